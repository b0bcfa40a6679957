//! Services that share a pseudonym: by a document that names them all, with words that tell people so.

use domain::configuration::{EarlierEligibilities, RelyingPartyForm, SubjectType};
use domain::violations::Violation;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use service::configuration::{ConfigurationId, Form, Seen, Submission};
use service::federation::{FlowPage, Go};
use service::relying_parties::Imported;
use service::{Conflict, Error};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::imports::import_one;
use crate::harness::forms::{consent_text, identity, reason};
use crate::harness::{Client, Gateway, HANAKO, Tab, on_both, sent_code};

/// The server of a vendor, on which the document of its sector is.
async fn vendor(document: &Value) -> MockServer {
    let server = MockServer::start().await;
    let answer = |status, body: String| ResponseTemplate::new(status).set_body_string(body);
    Mock::given(path("/sector.json")).respond_with(answer(200, document.to_string())).mount(&server).await;
    Mock::given(path("/page")).respond_with(answer(200, "<html>".to_owned())).mount(&server).await;
    Mock::given(path("/moved")).respond_with(answer(404, "[]".to_owned())).mount(&server).await;
    server
}

fn form(gateway: &Gateway<'_>, key: &str, sector: &str) -> RelyingPartyForm {
    let mut form = gateway.party_form(key, "", gateway.rule);
    form.client.sector_identifier_uri = sector.to_owned();
    form
}

fn addresses(gateway: &Gateway<'_>, keys: &[&str]) -> Value {
    keys.iter()
        .flat_map(|key| {
            gateway.party_form(key, "", gateway.rule).redirect_uris.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn today(gateway: &Gateway<'_>) -> Submission {
    Submission {
        reason: reason(),
        effective_on: gateway.world.service.today(),
        earlier_eligibilities: EarlierEligibilities::default(),
    }
}

async fn draft(gateway: &Gateway<'_>, key: &str, form: &RelyingPartyForm) -> ConfigurationId {
    let (service, drafter) = (&gateway.world.service, gateway.town.drafter().await);
    let new = identity(key, SubjectType::Pairwise);
    service.draft_relying_party(&drafter, &new, &Form::RelyingParty(form.clone())).await.unwrap()
}

/// Saves the form as the newest version and puts it into force.
pub(super) async fn publish(gateway: &Gateway<'_>, id: ConfigurationId, form: &RelyingPartyForm) -> Result<(), Error> {
    publish_anew(gateway, id, &Form::RelyingParty(form.clone())).await
}

/// The next version of something, in force today.
pub(super) async fn publish_anew(gateway: &Gateway<'_>, id: ConfigurationId, form: &Form) -> Result<(), Error> {
    let (service, drafter) = (&gateway.world.service, gateway.town.drafter().await);
    let draft = service.get_draft(&drafter, id).await?;
    let seen = service.save_draft(&drafter, id, draft.seen, form).await?;
    let request = service.submit_draft(&drafter, id, seen, &today(gateway)).await?;
    let published = service.approve_request(&gateway.town.approver().await, request, 1, service.today(), "").await;
    published.map(|_| ())
}

pub(super) async fn with_secret(
    gateway: &Gateway<'_>,
    key: &str,
    id: ConfigurationId,
    form: &RelyingPartyForm,
) -> Client {
    let ConfigurationId::RelyingParty(id) = id else { panic!() };
    let secret = gateway.world.service.issue_client_secret(&gateway.town.admin().await, id, None).await.unwrap();
    let redirect_uri = form.redirect_uris.lines().next().unwrap().to_owned();
    Client { id, client_id: key.to_owned(), secret: secret.secret.expose_secret().to_owned(), redirect_uri }
}

async fn sub(gateway: &Gateway<'_>, client: &Client) -> Value {
    let mut tab = Tab::default();
    let go = gateway.authorize(&mut tab, &gateway.request(client, &[])).await;
    let go = match gateway.read_card(&mut tab, &go, HANAKO).await {
        page @ Go::To(_) => gateway.agree(&mut tab, &page).await,
        agreed => agreed,
    };
    let tokens = gateway.redeem(client, &sent_code(&go)).await.unwrap();
    gateway.claims(&tokens).await.get("sub").unwrap().clone()
}

fn refused(outcome: &Result<(), Error>, field: &str, why: Violation) {
    assert!(matches!(&outcome, Err(Error::Invalid(wrong)) if wrong.get(field) == Some(why)), "{field} {outcome:?}");
}

// conforms: OpenID Connect Core 1.0 §8.1 MUST
#[tokio::test]
async fn services_of_a_sector_share_a_pseudonym_that_the_consent_page_tells_of() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let keys = ["library", "reading"];
        let vendor = vendor(&addresses(&gateway, &keys)).await;
        let sector = format!("{}/sector.json", vendor.uri());
        let mut forms = keys.map(|key| form(&gateway, key, &sector));
        let library = draft(&gateway, "library", &forms[0]).await;
        let reading = draft(&gateway, "reading", &forms[1]).await;
        // Alone it is a pseudonym like any other. A second one needs words that name both, at the first one as well.
        publish(&gateway, library, &forms[0]).await.unwrap();
        refused(&publish(&gateway, reading, &forms[1]).await, "consent_text", Violation::Mismatch);
        let mut listing = consent_text("図書館システム");
        listing.linked = format!("{} {}", library.uuid(), reading.uuid());
        let listing = world.publish_consent_text(&gateway.town, listing).await.to_string();
        forms[1].consent_text.clone_from(&listing);
        refused(&publish(&gateway, reading, &forms[1]).await, "consent_text", Violation::Mismatch);
        forms[0].consent_text.clone_from(&listing);
        publish(&gateway, library, &forms[0]).await.unwrap();
        publish(&gateway, reading, &forms[1]).await.unwrap();

        let library = with_secret(&gateway, "library", library, &forms[0]).await;
        let reading = with_secret(&gateway, "reading", reading, &forms[1]).await;
        let other = gateway.client("other", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, HANAKO).await;
        let FlowPage::Consent(page) = gateway.page(&tab, &go).await else { panic!() };
        assert!(page.of_sector && page.linked.len() == 2, "{:?}", page.linked);
        let shared = sub(&gateway, &library).await;
        assert_eq!(shared, sub(&gateway, &reading).await);
        assert_ne!(shared, sub(&gateway, &other).await);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §8.1 MUST
#[tokio::test]
async fn a_sector_is_fixed_with_the_first_version_in_use() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let vendor = vendor(&addresses(&gateway, &["library", "other"])).await;
        let at = |host: &str, path: &str| format!("http://{host}:{}{path}", vendor.address().port());
        let sector = at("127.0.0.1", "/sector.json");
        let (mut one, mut other) = (form(&gateway, "library", &sector), form(&gateway, "other", ""));
        let (library, alone) = (draft(&gateway, "library", &one).await, draft(&gateway, "other", &other).await);
        publish(&gateway, library, &one).await.unwrap();
        publish(&gateway, alone, &other).await.unwrap();
        let before = sub(&gateway, &with_secret(&gateway, "library", library, &one).await).await;
        one.client.sector_identifier_uri = at("localhost", "/sector.json");
        refused(&publish(&gateway, library, &one).await, "sector_identifier_uri", Violation::NotAllowed);
        one.client.sector_identifier_uri = String::new();
        refused(&publish(&gateway, library, &one).await, "sector_identifier_uri", Violation::NotAllowed);
        other.client.sector_identifier_uri.clone_from(&sector);
        refused(&publish(&gateway, alone, &other).await, "sector_identifier_uri", Violation::NotAllowed);
        // Another document of the same sector is the same sector.
        one.client.sector_identifier_uri = format!("{sector}?v=2");
        publish(&gateway, library, &one).await.unwrap();
        assert_eq!(before, sub(&gateway, &with_secret(&gateway, "library", library, &one).await).await);
        // The town ID is common to all that have it, and knows no sectors.
        let drafter = gateway.town.drafter().await;
        let new = identity("points", SubjectType::TownWide);
        let points = Form::RelyingParty(form(&gateway, "library", &sector));
        let points = world.service.draft_relying_party(&drafter, &new, &points).await.unwrap();
        let seen = Seen { number: 1, revision: 1 };
        let outcome = world.service.submit_draft(&drafter, points, seen, &today(&gateway)).await;
        refused(&outcome.map(|_| ()), "sector_identifier_uri", Violation::NotAllowed);
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §8.1 MUST
#[tokio::test]
async fn the_document_of_a_sector_lists_every_redirect_uri() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let vendor = vendor(&addresses(&gateway, &["library"])).await;
        let drafter = gateway.town.drafter().await;
        for (key, path, why) in [
            ("library", "/sector.json", None),
            ("other", "/sector.json", Some(Violation::Mismatch)),
            ("library", "/page", Some(Violation::Malformed)),
            ("library", "/moved", Some(Violation::Unreachable)),
        ] {
            let form = Form::RelyingParty(form(&gateway, key, &format!("{}{path}", vendor.uri())));
            match (world.service.check_form(&drafter, &form).await, why) {
                (Ok(()), None) => {}
                (outcome, Some(why)) => refused(&outcome, "sector_identifier_uri", why),
                (outcome, None) => panic!("{outcome:?}"),
            }
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §8.1 MUST
#[tokio::test]
async fn an_imported_client_may_name_a_sector_that_nobody_has_yet() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        let uri = "https://test.example.jp/cb";
        let vendor = vendor(&json!([uri])).await;
        let metadata =
            json!({"redirect_uris": [uri], "sector_identifier_uri": format!("{}/sector.json", vendor.uri())});
        let import = async |metadata: &Value| import_one(&gateway, metadata).await;
        let Imported::Published(client) = import(&metadata).await.unwrap() else { panic!() };
        assert_eq!(client.metadata["sector_identifier_uri"], metadata["sector_identifier_uri"]);
        // The town page's text names nobody with whom a number is shared.
        let second = import(&metadata).await.map(|_| ());
        refused(&second, "sector_identifier_uri", Violation::NotAllowed);
        let mut town_wide = metadata.clone();
        town_wide["subject_type"] = json!("public");
        refused(&import(&town_wide).await.map(|_| ()), "sector_identifier_uri", Violation::NotAllowed);
        let mut elsewhere = metadata;
        elsewhere["redirect_uris"] = json!(["https://other.example.jp/cb"]);
        refused(&import(&elsewhere).await.map(|_| ()), "sector_identifier_uri", Violation::Mismatch);
        assert!(!matches!(import(&town_wide).await, Err(Error::Conflict(Conflict::Exists))));
    })
    .await;
}
