//! A town that signs residents in: a rule, a consent text, services, a card reader; and browsers that walk through it.

use std::collections::HashMap;

use domain::configuration::{
    AgesForm, ClauseForm, ClientForm, ConsentTextForm, RelyingPartyForm, ResidencyRuleForm, SubjectType,
};
use domain::ids::{ConsentTextId, FlowId, RelyingPartyId, ResidencyRuleId};
use domain::names::{ClientId, Reason};
use oidc::jose::{self, Algorithm};
use oidc::parameters::Parameters;
use oidc::pkce::CodeVerifier;
use oidc::provider::token::TokenResponse;
use oidc::{ErrorCode, ProtocolError};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use service::Service;
use service::configuration::{ConfigurationId, Form, NewRelyingParty};
use service::federation::{
    Browser, ConsentAnswer, Cookies, FlowPage, Go, Headers, ProviderSettings, Sent, SessionCookie, ShownText, Step,
    Userinfo,
};

use super::card::{CLIENT_ID, Card, Holder};
use super::{Town, World};

/// A town with its card reader and its services.
pub(crate) struct Gateway<'w> {
    pub(crate) world: &'w World,
    pub(crate) town: Town,
    pub(crate) card: Card,
    pub(crate) rule: ResidencyRuleId,
    pub(crate) text: ConsentTextId,
}

/// A service of the town, as its developers know it.
pub(crate) struct Client {
    pub(crate) id: RelyingPartyId,
    pub(crate) client_id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
}

/// A browser with its cookies.
#[derive(Clone, Default)]
pub(crate) struct Tab(pub(crate) Browser);

pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

impl World {
    /// One of the demo's towns, ready to sign residents of its own in.
    pub(crate) async fn gateway(&self, slug: &str) -> Gateway<'_> {
        let town = self.town(slug).await;
        let card = Card::start(&self.clock).await;
        card.register(self.service.upstream_key_set(&town.slug).await.unwrap());
        let settings = serde_json::to_string(&ProviderSettings::card()).unwrap();
        let (organisation, id) = (self.literal(town.organisation.uuid()), self.literal(uuid::Uuid::from_u128(1)));
        self.execute(
            &format!(
                "insert into identity_provider (organisation_id, id, tenant_mode, kind, name_ja, name_en, issuer,
                     client_id, subject_namespace, settings, active, created_at, revision)
                 values ({organisation}, {id}, 'sandbox', 'sandbox_card', 'カード', 'Card', '{}', '{CLIENT_ID}',
                     'card', '{settings}', true, 0, 1)",
                card.issuer()
            ),
            Some(&town),
        )
        .await;
        let mut gateway = Gateway {
            world: self,
            town,
            card,
            rule: ResidencyRuleId::from_uuid(uuid::Uuid::nil()),
            text: ConsentTextId::from_uuid(uuid::Uuid::nil()),
        };
        gateway.rule = gateway.publish_rule(rule_form("")).await;
        gateway.text = gateway.publish_text(text_form("同意の画面")).await;
        gateway
    }
}

pub(crate) fn rule_form(age_at_least: &str) -> ResidencyRuleForm {
    ResidencyRuleForm {
        name_ja: "住民".to_owned(),
        name_en: "Residents".to_owned(),
        clauses: vec![ClauseForm {
            area: "own".to_owned(),
            ages: AgesForm { age_at_least: age_at_least.to_owned(), ..AgesForm::default() },
            ..ClauseForm::default()
        }],
        term: "months".to_owned(),
        term_months: "12".to_owned(),
        weakest_source: "card_surface".to_owned(),
        greatest_age_months: "0".to_owned(),
        when_undecidable: "desk_code".to_owned(),
        ..ResidencyRuleForm::default()
    }
}

pub(crate) fn text_form(title: &str) -> ConsentTextForm {
    let ja = |text: &str| text.to_owned();
    ConsentTextForm {
        name_ja: ja(title),
        name_en: ja("Consent"),
        title_ja: ja(title),
        title_en: ja("Consent"),
        receiver_ja: ja("図書館システム株式会社"),
        receiver_en: ja("Library Systems"),
        receiver_contact_ja: ja("0240-00-0000"),
        receiver_contact_en: ja("0240-00-0000"),
        holder_ja: ja("昭和村"),
        holder_en: ja("Showa Village"),
        purpose_ja: ja("本を貸すため"),
        purpose_en: ja("To lend books"),
        record_ja: ja("同意した日と版"),
        record_en: ja("Day and version"),
        retention_ja: ja("やめてから30日"),
        retention_en: ja("30 days after the end"),
        withdrawal_ja: ja("自分のページ"),
        withdrawal_en: ja("Your own page"),
        contact_ja: ja("公民館図書室"),
        contact_en: ja("Library room"),
        basis: ja("consent"),
        linked: String::new(),
        material: ja("on"),
    }
}

impl Gateway<'_> {
    async fn publish(&self, form: Form, subject_type: SubjectType, client_id: Option<&str>) -> ConfigurationId {
        let identity = NewRelyingParty { client_id: client_id.map(|id| ClientId::parse(id).unwrap()), subject_type };
        let (drafter, approver) = (self.town.drafter().await, self.town.approver().await);
        let reason = Reason::parse("始めるため").unwrap();
        self.world.service.enact(&drafter, &approver, &identity, &form, &reason).await.unwrap()
    }

    pub(crate) async fn publish_rule(&self, form: ResidencyRuleForm) -> ResidencyRuleId {
        match self.publish(Form::ResidencyRule(form), SubjectType::Pairwise, None).await {
            ConfigurationId::ResidencyRule(id) => id,
            other => panic!("{other:?}"),
        }
    }

    async fn publish_text(&self, form: ConsentTextForm) -> ConsentTextId {
        match self.publish(Form::ConsentText(form), SubjectType::Pairwise, None).await {
            ConfigurationId::ConsentText(id) => id,
            other => panic!("{other:?}"),
        }
    }

    /// A rule for residents of at least this age.
    pub(crate) async fn rule_with_age(&self, years: u8) -> ResidencyRuleId {
        self.publish_rule(rule_form(&years.to_string())).await
    }

    /// Lets people sign in on the town's own page.
    pub(crate) async fn open_town_page(&self) {
        let sql = format!(
            "update tenant set page_rule_id = {}, page_consent_text_id = {} where organisation_id = {}",
            self.world.literal(self.rule.uuid()),
            self.world.literal(self.text.uuid()),
            self.world.literal(self.town.organisation.uuid()),
        );
        self.world.execute(&sql, Some(&self.town)).await;
        self.bump().await;
    }

    /// Makes the server read the configuration anew.
    pub(crate) async fn bump(&self) {
        let key = self.world.literal(self.town.organisation.uuid());
        self.world
            .execute(&format!("update organisation set generation = generation + 1 where id = {key}"), None)
            .await;
    }

    /// A service that takes these items: `name:once address:every_time`.
    pub(crate) async fn client(&self, key: &str, items: &str) -> Client {
        self.client_with(key, items, SubjectType::Pairwise, self.rule).await
    }

    pub(crate) async fn client_with(
        &self,
        key: &str,
        items: &str,
        subject_type: SubjectType,
        rule: ResidencyRuleId,
    ) -> Client {
        self.publish_client(key, self.party_form(key, items, rule), subject_type).await
    }

    /// A service without attributes whose version says something else than usual.
    pub(crate) async fn client_that(&self, key: &str, change: impl FnOnce(&mut RelyingPartyForm)) -> Client {
        let mut form = self.party_form(key, "", self.rule);
        change(&mut form);
        self.publish_client(key, form, SubjectType::Pairwise).await
    }

    pub(crate) fn party_form(&self, key: &str, items: &str, rule: ResidencyRuleId) -> RelyingPartyForm {
        let delivery = |item: &str| {
            let found = items.split(' ').find_map(|given| given.strip_prefix(item)?.strip_prefix(':'));
            found.unwrap_or_default().to_owned()
        };
        RelyingPartyForm {
            name_ja: key.to_owned(),
            name_en: key.to_owned(),
            description_ja: "説明".to_owned(),
            description_en: "Description".to_owned(),
            provider: "図書館システム株式会社".to_owned(),
            contact: "0240-00-0000".to_owned(),
            home_url: format!("https://{key}.example.jp/"),
            redirect_uris: format!("https://{key}.example.jp/callback\nhttps://{key}.example.jp/other"),
            pkce: "required".to_owned(),
            rule: rule.to_string(),
            consent_text: self.text.to_string(),
            item_name: delivery("name"),
            item_address: delivery("address"),
            item_birthdate: delivery("birthdate"),
            item_gender: delivery("gender"),
            item_municipality: delivery("municipality"),
            item_age_band: delivery("age_band"),
            item_age_over: String::new(),
            age_limits: String::new(),
            residency_claim: String::new(),
            residency_verified_at: String::new(),
            minimum_ial: "2".to_owned(),
            minimum_aal: "2".to_owned(),
            icon: "book".to_owned(),
            client: ClientForm::default(),
        }
    }

    async fn publish_client(&self, key: &str, form: RelyingPartyForm, subject_type: SubjectType) -> Client {
        let redirect_uri = form.redirect_uris.lines().next().unwrap().to_owned();
        let id = match self.publish(Form::RelyingParty(form), subject_type, Some(key)).await {
            ConfigurationId::RelyingParty(id) => id,
            other => panic!("{other:?}"),
        };
        let secret = self.world.service.issue_client_secret(&self.town.admin().await, id, None).await.unwrap();
        Client { id, client_id: key.to_owned(), secret: secret.secret.expose_secret().to_owned(), redirect_uri }
    }

    /// An authorization request with the usual parameters; `more` replaces or adds some, an empty value removes one.
    pub(crate) fn request(&self, client: &Client, more: &[(&str, &str)]) -> String {
        let challenge = CodeVerifier::parse(VERIFIER).unwrap().challenge().to_text();
        let mut parameters: Vec<(String, String)> = [
            ("response_type", "code"),
            ("client_id", client.client_id.as_str()),
            ("redirect_uri", client.redirect_uri.as_str()),
            ("scope", "openid residency"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        for (name, value) in more {
            parameters.retain(|(given, _)| given != name);
            if !value.is_empty() {
                parameters.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
    }

    /// Pushes a request; the reference to it, or why it is refused.
    pub(crate) async fn push(&self, body: &str) -> Result<String, ErrorCode> {
        let (service, parameters) = (&self.world.service, Parameters::parse(body));
        let answer = service.push_request(&self.town.slug, Headers::default(), &parameters).await.unwrap();
        answer.map(|pushed| pushed.request_uri).map_err(|refusal| refusal.code)
    }

    /// Sends an authorization request.
    pub(crate) async fn authorize(&self, tab: &mut Tab, query: &str) -> Go {
        let step =
            self.world.service.authorize(&self.town.slug, &Parameters::parse(query), Sent::Get, &tab.0).await.unwrap();
        tab.take(step)
    }

    /// Puts a card on the reader and comes back.
    pub(crate) async fn read_card(&self, tab: &mut Tab, go: &Go, holder: Holder) -> Go {
        let Go::Away(url) = go else { panic!("not on the way to the card: {go:?}") };
        assert!(url.starts_with(&self.card.issuer()), "not on the way to the card: {url}");
        let query = self.card.read(url, holder);
        self.callback(tab, &query).await
    }

    /// Comes back from the card sandbox, with a query; or from elsewhere, with the callback of a connection before it.
    pub(crate) async fn callback(&self, tab: &mut Tab, answer: &str) -> Go {
        let (at, query) = answer.split_once('?').unwrap_or(("", answer));
        let from = at.rsplit('/').next().and_then(|id| id.parse().ok());
        let parameters = Parameters::parse(query);
        let step = self.world.service.answer_callback(&self.town.slug, from, &parameters, &tab.0).await.unwrap();
        tab.take(step)
    }

    /// Answers the consent page.
    pub(crate) async fn answer(&self, tab: &mut Tab, go: &Go, answer: ConsentAnswer) -> Go {
        let step = self.world.service.answer_consent(&self.town.slug, flow_of(go), &tab.0, answer).await.unwrap();
        tab.take(step)
    }

    /// Agrees.
    pub(crate) async fn agree(&self, tab: &mut Tab, go: &Go) -> Go {
        assert!(matches!(go, Go::To(path) if path.ends_with("/consent")), "not on the consent page: {go:?}");
        let answer = self.agreeing(tab, go).await;
        self.answer(tab, go, answer).await
    }

    /// The answer of somebody who agrees to what the page says now; where it says nothing any more, to the first words.
    pub(crate) async fn agreeing(&self, tab: &Tab, go: &Go) -> ConsentAnswer {
        let shown = match self.page(tab, go).await {
            FlowPage::Consent(view) => view.shown,
            _ => ShownText { id: self.text, number: 1 },
        };
        ConsentAnswer::Agree { shown: Some(shown), shared_computer: false }
    }

    /// The same on a shared computer.
    pub(crate) async fn agreeing_for_once(&self, tab: &Tab, go: &Go) -> ConsentAnswer {
        match self.agreeing(tab, go).await {
            ConsentAnswer::Agree { shown, .. } => ConsentAnswer::Agree { shown, shared_computer: true },
            answer => answer,
        }
    }

    /// What the page of a flow shows.
    pub(crate) async fn page(&self, tab: &Tab, go: &Go) -> FlowPage {
        self.world.service.flow_page(&self.town.slug, flow_of(go), &tab.0).await.unwrap()
    }

    /// From the service's request to the code of a first sign-in.
    pub(crate) async fn first_sign_in(&self, tab: &mut Tab, client: &Client, holder: Holder, scope: &str) -> String {
        let go = self.authorize(tab, &self.request(client, &[("scope", scope)])).await;
        let go = self.read_card(tab, &go, holder).await;
        let go = self.agree(tab, &go).await;
        sent_code(&go)
    }

    /// Redeems a code.
    pub(crate) async fn redeem(&self, client: &Client, code: &str) -> Result<TokenResponse, ProtocolError> {
        self.redeem_with(client, code, &[]).await
    }

    pub(crate) async fn redeem_with(
        &self,
        client: &Client,
        code: &str,
        more: &[(&str, &str)],
    ) -> Result<TokenResponse, ProtocolError> {
        let body = token_body(client, code, more);
        self.exchange(&body, None).await
    }

    /// Asks the token endpoint, perhaps with a proof of possession.
    pub(crate) async fn exchange(&self, body: &str, dpop: Option<&str>) -> Result<TokenResponse, ProtocolError> {
        self.exchange_at(&self.world.service, body, dpop).await
    }

    /// Asks that of another server process.
    pub(crate) async fn exchange_at(
        &self,
        service: &Service,
        body: &str,
        dpop: Option<&str>,
    ) -> Result<TokenResponse, ProtocolError> {
        let headers = Headers { authorization: None, dpop };
        service.exchange(&self.town.slug, headers, &Parameters::parse(body)).await.unwrap()
    }

    /// Asks for userinfo.
    pub(crate) async fn userinfo(&self, token: &SecretString) -> Result<Value, ProtocolError> {
        self.userinfo_at(&self.world.service, token).await
    }

    /// Asks another server process for userinfo.
    pub(crate) async fn userinfo_at(&self, service: &Service, token: &SecretString) -> Result<Value, ProtocolError> {
        let header = format!("Bearer {}", token.expose_secret());
        let headers = Headers { authorization: Some(&header), dpop: None };
        let answer = service.userinfo(&self.town.slug, "GET", headers, &Parameters::default()).await.unwrap();
        answer.map(|answer| match answer {
            Userinfo::Json(json) => serde_json::from_slice(&json).unwrap(),
            Userinfo::Jwt(_) => panic!("encrypted"),
        })
    }

    /// The claims of an ID token, after its signature was checked with the published keys.
    pub(crate) async fn claims(&self, tokens: &TokenResponse) -> jose::Claims {
        let keys = self.world.service.key_set(&self.town.slug).await.unwrap();
        jose::verify(tokens.id_token.as_ref().unwrap().expose_secret(), &keys, &Algorithm::ALL).unwrap().claims
    }

    /// Rows of the register.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        self.world.rows_of(&self.town, table).await
    }

    /// The sum of one counter of a service.
    pub(crate) async fn tally(&self, client: &Client, outcome: &str) -> i64 {
        let party = self.world.literal(client.id.uuid());
        let condition = format!("relying_party_id = {party} and outcome = '{outcome}'");
        self.world.sum_where(&self.town, "usage_counter", "tally", &condition).await
    }
}

pub(crate) fn token_body(client: &Client, code: &str, more: &[(&str, &str)]) -> String {
    let mut parameters: HashMap<&str, &str> = HashMap::from([
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_id", client.client_id.as_str()),
        ("client_secret", client.secret.as_str()),
    ]);
    for (name, value) in more {
        parameters.insert(name, value);
    }
    parameters.retain(|_, value| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

impl Tab {
    /// Takes over the cookies of a step, and says where it goes.
    pub(crate) fn take(&mut self, step: Step) -> Go {
        self.keep(step.cookies);
        step.go
    }

    fn keep(&mut self, cookies: Cookies) {
        for id in cookies.forget {
            self.0.flows.retain(|(kept, _)| *kept != id);
        }
        for cookie in cookies.flows {
            self.0.flows.retain(|(kept, _)| *kept != cookie.id);
            assert!(cookie.value.len() <= 3_500 && cookie.seconds > 0);
            self.0.flows.push((cookie.id, cookie.value));
        }
        match cookies.session {
            SessionCookie::Keep => {}
            SessionCookie::Set { token, seconds } => {
                assert!(seconds <= 8 * 3600);
                self.0.session = Some(token);
            }
            SessionCookie::Remove => self.0.session = None,
        }
        self.0.passkeys = cookies.passkeys.unwrap_or(self.0.passkeys);
    }
}

/// The flow that a path names.
pub(crate) fn flow_of(go: &Go) -> FlowId {
    let Go::To(path) = go else { panic!("not at a page of ours: {go:?}") };
    path.split('/').nth(4).unwrap().parse().unwrap()
}

/// A parameter of the way back to a service.
pub(crate) fn parameter(go: &Go, name: &str) -> Option<String> {
    let Go::Away(url) = go else { panic!("not on the way back: {go:?}") };
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

/// The code on the way back to a service.
pub(crate) fn sent_code(go: &Go) -> String {
    parameter(go, "code").unwrap_or_else(|| panic!("no code: {go:?}"))
}
