//! What a clerk would have typed to configure the demo: the same forms, through the same use-cases.

use domain::calendar::iso_date;
use domain::configuration::{
    AgesForm, ClauseForm, ClientForm, ConsentTextForm, EventDelivery, EventKind, EventsForm, PlaceForm,
    RelyingPartyForm, ResidencyRuleForm,
};
use domain::residency::{AttestationBatchForm, AttestationKind, usual_redeem_until, usual_tie_end};
use time::Date;

use super::towns::{Product, Rule, Town};

/// Where the sample services listen.
pub(super) const LIBRARY: &str = "http://127.0.0.1:4001";
pub(super) const POINTS: &str = "http://127.0.0.1:4002";

pub(super) fn rule(rule: &Rule) -> ResidencyRuleForm {
    let age = rule.age_at_least.map(|years| years.to_string()).unwrap_or_default();
    let mut clauses = vec![ClauseForm { area: "own".into(), ..ClauseForm::default() }];
    if !rule.listed.is_empty() {
        let place = |code: &&str| PlaceForm { code: (*code).into(), towns: Vec::new() };
        let places = rule.listed.iter().map(place).collect();
        clauses.push(ClauseForm { area: "listed".into(), places, ..ClauseForm::default() });
    }
    if !rule.ties.is_empty() {
        let ties = rule.ties.iter().map(|tie| (*tie).to_owned()).collect();
        clauses.push(ClauseForm { ties, ..ClauseForm::default() });
    }
    let [name_ja, name_en] = rule.name.map(str::to_owned);
    ResidencyRuleForm {
        name_ja,
        name_en,
        clauses,
        everyone: AgesForm { age_at_least: age, ..AgesForm::default() },
        when_undecidable: "desk_code".into(),
        term: if rule.months.is_some() { "months" } else { "fiscal_year_end" }.into(),
        term_months: rule.months.map(|months| months.to_string()).unwrap_or_default(),
        weakest_source: "card_surface".into(),
        greatest_age_months: "1".into(),
        note: rule.note.into(),
        ..ResidencyRuleForm::default()
    }
}

/// Codes for an employer, as many as a small one needs.
pub(super) fn attestation_batch(today: Date) -> AttestationBatchForm {
    AttestationBatchForm {
        kind: AttestationKind::Work.as_str().into(),
        name: "利根川精密 五霞工場".into(),
        count: "40".into(),
        until: usual_tie_end(today).to_string(),
        redeem_until: iso_date(usual_redeem_until(today)),
    }
}

/// The text for one service. `linked` are the ids of its linkage group, separated by spaces.
pub(super) fn consent_text(town: &Town<'_>, product: &Product, linked: String) -> ConsentTextForm {
    let [town_ja, town_en] = town.name;
    let [service_ja, service_en] = product.name;
    ConsentTextForm {
        name_ja: format!("{service_ja}の同意文"),
        name_en: format!("Consent for {service_en}"),
        title_ja: "この情報を渡してもよいですか".into(),
        title_en: "May we pass on this information?".into(),
        receiver_ja: product.provider.into(),
        receiver_en: format!("The company that runs {service_en}"),
        receiver_contact_ja: format!("電話 {}", product.provider_phone),
        receiver_contact_en: format!("Phone {}", product.provider_phone),
        holder_ja: town_ja.into(),
        holder_en: town_en.into(),
        purpose_ja: product.purpose[0].into(),
        purpose_en: product.purpose[1].into(),
        record_ja: format!("同意した日と文の版だけを、{town_ja}が残します"),
        record_en: format!("{town_en} keeps only the day of your consent and the version of this text"),
        retention_ja: product.retention[0].into(),
        retention_en: product.retention[1].into(),
        withdrawal_ja: format!(
            "「自分のページ」でいつでもやめられます。やめたあとは{service_ja}に何も渡しません。渡した情報を早く消したいときは、受け取る人に頼めます"
        ),
        withdrawal_en: format!(
            "You can stop at any time on your own page. After that nothing more goes to {service_en}. To have what was passed on deleted early, ask the receiver"
        ),
        contact_ja: format!("{town_ja} {} 電話 {}", town.contact[0], town.phone),
        contact_en: format!("{town_en}, {}, phone {}", town.contact[1], town.phone),
        basis: "consent".into(),
        linked,
        material: "on".into(),
    }
}

/// The text of the town page itself: who signs in there without a service.
pub(super) fn page_consent_text(town: &Town<'_>) -> ConsentTextForm {
    let [town_ja, town_en] = town.name;
    let [id_ja, id_en] = town.town_id;
    ConsentTextForm {
        name_ja: format!("{id_ja}の同意文"),
        name_en: format!("Consent for {id_en}"),
        title_ja: format!("{id_ja}を作ってもよいですか"),
        title_en: format!("Shall we make your {id_en}?"),
        receiver_ja: town_ja.into(),
        receiver_en: town_en.into(),
        receiver_contact_ja: format!("電話 {}", town.phone),
        receiver_contact_en: format!("Phone {}", town.phone),
        holder_ja: town_ja.into(),
        holder_en: town_en.into(),
        purpose_ja: "町のサービスを使える人かどうかを確かめるため".into(),
        purpose_en: "To check that you may use the town's services".into(),
        record_ja: format!("同意した日と文の版だけを、{town_ja}が残します"),
        record_en: format!("{town_en} keeps only the day of your consent and the version of this text"),
        retention_ja: "IDを消すまで残します".into(),
        retention_en: "Kept until you delete your ID".into(),
        withdrawal_ja: "「自分のページ」でいつでも消せます".into(),
        withdrawal_en: "You can delete it at any time on your own page".into(),
        contact_ja: format!("{town_ja} {} 電話 {}", town.contact[0], town.phone),
        contact_en: format!("{town_en}, {}, phone {}", town.contact[1], town.phone),
        basis: "consent".into(),
        linked: String::new(),
        material: "on".into(),
    }
}

/// Where one of the sample services is reached, and where it takes people back to.
pub(super) struct Addresses {
    pub(super) home: String,
    pub(super) redirect: String,
    /// Where people come back to after signing out of the town.
    pub(super) signed_out: String,
    /// Where it is told that a session ended; empty if it does not want to be.
    pub(super) told: String,
    /// Where security events about people are pushed to; empty if it wants none.
    pub(super) events: String,
}

pub(super) fn addresses(town: &Town<'_>, product: &Product) -> Addresses {
    let slug = town.slug;
    match product.key {
        "library" => {
            let home = format!("{LIBRARY}/{slug}");
            let (told, events) = (format!("{home}/signed-out"), format!("{home}/events"));
            Addresses { redirect: format!("{home}/callback"), signed_out: home.clone(), told, events, home }
        }
        "points" => Addresses::of(format!("{POINTS}/{slug}")),
        _ => Addresses::of(format!("{POINTS}/{slug}/application")),
    }
}

impl Addresses {
    /// One that is told of nothing.
    fn of(home: String) -> Self {
        let [signed_out, told, events] = [const { String::new() }; 3];
        Self { redirect: format!("{home}/callback"), home, signed_out, told, events }
    }
}

/// What ends somebody's account, or their right to it. That the town suspends the service is not for its readers to hear.
const ABOUT_PEOPLE: [EventKind; 3] =
    [EventKind::ConsentWithdrawn, EventKind::TownIdDeleted, EventKind::EligibilityEnded];

fn events(uri: String) -> EventsForm {
    if uri.is_empty() {
        return EventsForm::default();
    }
    let kinds = ABOUT_PEOPLE.map(EventKind::as_str).join(" ");
    EventsForm { delivery: EventDelivery::Push.as_str().to_owned(), uri, kinds, ..EventsForm::default() }
}

pub(super) fn relying_party(
    town: &Town<'_>,
    product: &Product,
    rule: String,
    consent_text: String,
) -> RelyingPartyForm {
    let once = |item: &str| if product.items.contains(&item) { "once".to_owned() } else { String::new() };
    let limits: Vec<&str> = product.items.iter().filter_map(|item| item.strip_prefix("age_over_")).collect();
    let addresses = addresses(town, product);
    RelyingPartyForm {
        name_ja: product.name[0].into(),
        name_en: product.name[1].into(),
        description_ja: product.description[0].into(),
        description_en: product.description[1].into(),
        provider: product.provider.into(),
        contact: format!("電話 {}", product.provider_phone),
        home_url: addresses.home,
        redirect_uris: addresses.redirect,
        pkce: "required".into(),
        rule,
        consent_text,
        item_name: once("name"),
        item_address: once("address"),
        item_birthdate: once("birthdate"),
        item_gender: once("gender"),
        item_municipality: once("municipality"),
        item_age_band: once("age_band"),
        item_age_over: if limits.is_empty() { String::new() } else { "once".to_owned() },
        age_limits: limits.join(" "),
        residency_claim: "on".into(),
        residency_verified_at: String::new(),
        minimum_ial: "3".into(),
        minimum_aal: "2".into(),
        icon: product.icon.into(),
        client: ClientForm {
            post_logout_redirect_uris: addresses.signed_out,
            backchannel_logout_uri: addresses.told,
            events: events(addresses.events),
            ..ClientForm::default()
        },
    }
}
