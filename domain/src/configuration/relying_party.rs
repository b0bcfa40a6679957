//! The content of a relying party's version: what a clerk fills in, checks and publishes.

#[macro_use]
mod choices;
mod acr_words;
mod client;
mod events;
mod icon;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldKey, References, Warning};
use crate::assurance::{Aal, Assurance, Ial};
use crate::attributes::{AgeLimit, Delivery, Item, Items, ReleasedItem};
use crate::ids::{ConsentTextId, ResidencyRuleId};
use crate::locale::{Locale, Localized, Words};
use crate::names::DisplayName;
use crate::prose;
use crate::violations::{Violation, Violations};
use crate::web_address::{HttpsUrl, LoopbackPolicy, RedirectUri};

pub use acr_words::AcrWords;
pub use client::{
    ApplicationType, ClientAuthentication, ClientForm, ClientKeys, ClientSettings, Encryption, IdTokenSigning,
    SecurityProfile,
};
pub use events::{EventDelivery, EventKind, EventSettings, EventsForm, SecretNumber, TypedSecret};
pub use icon::Icon;

/// The most redirect URIs of one relying party.
const MAX_REDIRECT_URIS: usize = 10;

/// By what a resident is known to the service. Fixed before the relying party goes live: a service that was promised a
/// number of its own never gets the common one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// A pseudonym of this service alone (OpenID Connect Core, section 8).
    #[default]
    Pairwise,
    /// The town ID, common to the services of a linkage group that the consent text lists.
    TownWide,
}

impl SubjectType {
    /// The word in columns and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            SubjectType::Pairwise => "pairwise",
            SubjectType::TownWide => "town_wide",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            SubjectType::Pairwise => {
                Words { ja: "このサービスだけの仮名", en: "A pseudonym of this service alone" }
            }
            SubjectType::TownWide => Words { ja: "共通ID", en: "The town-wide ID" },
        }
    }
}

impl FromStr for SubjectType {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        match text {
            "pairwise" => Ok(SubjectType::Pairwise),
            "town_wide" => Ok(SubjectType::TownWide),
            "" => Err(Violation::Required),
            _ => Err(Violation::Unknown),
        }
    }
}

/// Whether the service must use PKCE (RFC 7636, S256 only). A challenge once sent is always enforced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// Requests without a challenge are refused.
    #[default]
    Required,
    /// For confidential clients that do not know PKCE.
    WhenOffered,
}

impl Pkce {
    /// The word in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Pkce::Required => "required",
            Pkce::WhenOffered => "when_offered",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            Pkce::Required => Words { ja: "必須(S256)", en: "Required (S256)" },
            Pkce::WhenOffered => Words { ja: "使われたときだけ確かめる", en: "Checked when offered" },
        }
    }
}

/// One version of a relying party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelyingPartyContent {
    /// What residents call it; one line of up to 40 characters.
    pub name: Localized,
    /// What it is, on the town page; up to 80 characters.
    pub description: Localized,
    /// The vendor's name.
    pub provider: DisplayName,
    /// Whom clerks reach at the vendor: a line of up to 200 characters.
    pub contact: String,
    /// Where the town page links.
    pub home_url: HttpsUrl,
    /// 1 to 10, without repetition, in the order typed.
    pub redirect_uris: Vec<RedirectUri>,
    /// Whether PKCE is required.
    pub pkce: Pkce,
    /// Who is eligible.
    pub rule: ResidencyRuleId,
    /// What the resident reads.
    pub consent_text: ConsentTextId,
    /// What is handed over of a person, in the order of [`Items::iter`].
    pub items: Vec<ReleasedItem>,
    /// The residency claim goes out without being asked for.
    pub residency_claim_by_default: bool,
    /// The residency claim says in which month the card was read. What is left out of an older version is no.
    #[serde(default)]
    pub residency_verified_at: bool,
    /// The least assurance of a sign-in.
    pub minimum: Assurance,
    /// The symbol on the town page.
    pub icon: Icon,
    /// How its software connects.
    #[serde(default)]
    pub client: ClientSettings,
}

/// The form of a relying party. Fields are named as violations name them; `redirect_uris` is a text with one per line; each
/// `item_…` is empty, `once` or `every_time`; `age_limits` are numbers; `residency_claim` and `residency_verified_at` are empty or `on`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RelyingPartyForm {
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Description in Japanese.
    pub description_ja: String,
    /// Description in English.
    pub description_en: String,
    /// The vendor's name.
    pub provider: String,
    /// The vendor's contact.
    pub contact: String,
    /// The home page.
    pub home_url: String,
    /// Redirect URIs, one per line.
    pub redirect_uris: String,
    /// `required` or `when_offered`.
    pub pkce: String,
    /// Id of the residency rule.
    pub rule: String,
    /// Id of the consent text.
    pub consent_text: String,
    /// Delivery of the name.
    pub item_name: String,
    /// Delivery of the address.
    pub item_address: String,
    /// Delivery of the birthdate.
    pub item_birthdate: String,
    /// Delivery of the gender.
    pub item_gender: String,
    /// Delivery of the municipality.
    pub item_municipality: String,
    /// Delivery of the decade of the age.
    pub item_age_band: String,
    /// Delivery of whether the limits are reached.
    pub item_age_over: String,
    /// Limits of age.
    pub age_limits: String,
    /// The residency claim by default.
    pub residency_claim: String,
    /// The month in it.
    #[serde(default)]
    pub residency_verified_at: String,
    /// 1 to 3.
    pub minimum_ial: String,
    /// 1 to 3.
    pub minimum_aal: String,
    /// Name of a symbol.
    pub icon: String,
    /// How its software connects.
    pub client: ClientForm,
}

impl RelyingPartyForm {
    /// Fields of the form with what each of them hands over, but for the limits of age.
    fn deliveries(&self) -> [(&'static str, Item, &str); 6] {
        [
            ("item_name", Item::Name, &self.item_name),
            ("item_address", Item::Address, &self.item_address),
            ("item_birthdate", Item::Birthdate, &self.item_birthdate),
            ("item_gender", Item::Gender, &self.item_gender),
            ("item_municipality", Item::Municipality, &self.item_municipality),
            ("item_age_band", Item::AgeBand, &self.item_age_band),
        ]
    }

    fn items(&self, wrong: &mut Violations) -> Vec<ReleasedItem> {
        let mut items = Vec::new();
        for (field, item, delivery) in self.deliveries() {
            items.extend(delivery_of(wrong, field, delivery).map(|delivery| ReleasedItem { item, delivery }));
        }
        let delivery = delivery_of(wrong, "item_age_over", &self.item_age_over);
        if delivery.is_none() && !self.age_limits.trim().is_empty() {
            wrong.add("item_age_over", Violation::Required);
        }
        if let Some(delivery) = delivery {
            let limits = wrong.check("age_limits", AgeLimit::parse_list(&self.age_limits)).unwrap_or_default();
            items.extend(limits.into_iter().map(|limit| ReleasedItem { item: Item::AgeOver(limit), delivery }));
        }
        items
    }
}

impl RelyingPartyContent {
    /// Checks a form. Whether the rule and the consent text exist in this town is the store's to check.
    ///
    /// # Errors
    /// By the form's field names.
    pub fn parse(form: &RelyingPartyForm, loopback: LoopbackPolicy) -> Result<Self, Violations> {
        let mut wrong = Violations::default();
        let name = super::localized(&mut wrong, "name", Localized::parse(&form.name_ja, &form.name_en, 40));
        let description = Localized::parse(&form.description_ja, &form.description_en, 80);
        let description = super::localized(&mut wrong, "description", description);
        let provider = wrong.check("provider", DisplayName::parse(&form.provider));
        let contact = wrong.check("contact", prose::line(&form.contact, 200));
        let home_url = wrong.check("home_url", HttpsUrl::parse(form.home_url.trim(), loopback));
        let redirect_uris =
            wrong.check("redirect_uris", redirect_uris(&form.redirect_uris, form.client.is_native(), loopback));
        let pkce = match form.pkce.as_str() {
            "required" => Ok(Pkce::Required),
            "when_offered" => Ok(Pkce::WhenOffered),
            "" => Err(Violation::Required),
            _ => Err(Violation::Unknown),
        };
        let pkce = wrong.check("pkce", pkce);
        let rule = wrong.check("rule", super::id(&form.rule));
        let consent_text = wrong.check("consent_text", super::id(&form.consent_text));
        let items = form.items(&mut wrong);
        let ial = wrong.check("minimum_ial", Ial::parse(&form.minimum_ial));
        let aal = wrong.check("minimum_aal", Aal::parse(&form.minimum_aal));
        let icon = Icon::ALL.iter().copied().find(|icon| icon.as_str() == form.icon);
        let icon = wrong.check("icon", icon.ok_or(Violation::Unknown));
        let client = ClientSettings::parse(&form.client, pkce, loopback, &mut wrong);
        let content = (|| {
            Some(RelyingPartyContent {
                name: name?,
                description: description?,
                provider: provider?,
                contact: contact?,
                home_url: home_url?,
                redirect_uris: redirect_uris?,
                pkce: pkce?,
                rule: rule?,
                consent_text: consent_text?,
                items,
                residency_claim_by_default: form.residency_claim == "on",
                residency_verified_at: form.residency_verified_at == "on",
                minimum: Assurance { ial: ial?, aal: aal? },
                icon: icon?,
                client,
            })
        })();
        wrong.finish(content)
    }

    /// The items that are handed over at all.
    pub fn item_set(&self) -> Items {
        Items::of(&self.items)
    }

    /// What whoever decides should know.
    pub fn warnings(&self) -> Vec<Warning> {
        let items = self.item_set();
        let asks_for_age = |item: Item| matches!(item, Item::AgeBand | Item::AgeOver(_));
        let coarser_would_do = items.contains(Item::Birthdate) && !items.iter().any(asks_for_age)
            || items.contains(Item::Address) && !items.contains(Item::Municipality);
        let local = |address: &str| address.starts_with("http://") || address.contains("://localhost");
        // An app may well listen on the device that it runs on.
        let redirected = !self.client.is_native() && self.redirect_uris.iter().any(|uri| local(uri.as_str()));
        let on_this_machine = local(self.home_url.as_str()) || redirected;
        let found = [
            (Warning::AddressRequested, items.contains(Item::Address)),
            (Warning::CoarserMayDo, coarser_would_do),
            (Warning::ManyItems, items.intersection(Items::ATTRIBUTES).iter().count() >= 3),
            (Warning::CardEveryTime, self.items.iter().any(|released| released.delivery == Delivery::EveryTime)),
            (Warning::VerifiedAt, self.residency_verified_at),
            (Warning::PkceWhenOffered, self.pkce == Pkce::WhenOffered),
            (Warning::Loopback, on_this_machine),
        ];
        let found = found.into_iter().filter(|(_, holds)| *holds).map(|(warning, _)| warning);
        found.chain(self.client.warnings()).collect()
    }

    /// Its fields in words.
    pub fn fields(&self, locale: Locale, references: &References<'_>) -> Vec<Field> {
        let item = |released: &ReleasedItem| {
            format!("{} — {}", released.item.text(locale), released.delivery.words().get(locale))
        };
        let mut fields = vec![
            Field::line(FieldKey::Name, self.name.get(locale)),
            Field::line(FieldKey::Description, self.description.get(locale)),
            Field::line(FieldKey::Provider, self.provider.as_str()),
            Field::line(FieldKey::Contact, &self.contact),
            Field::line(FieldKey::HomeUrl, self.home_url.as_str()),
            Field {
                key: FieldKey::RedirectUris,
                lines: self.redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
            },
            Field::line(FieldKey::Pkce, self.pkce.words().get(locale)),
            Field::line(FieldKey::Rule, references.name(self.rule.uuid())),
            Field::line(FieldKey::ConsentText, references.name(self.consent_text.uuid())),
            Field { key: FieldKey::Items, lines: self.items.iter().map(item).collect() },
            Field::line(FieldKey::ResidencyClaim, Words::yes_no(self.residency_claim_by_default).get(locale)),
            Field::line(FieldKey::ResidencyVerifiedAt, Words::yes_no(self.residency_verified_at).get(locale)),
            Field::line(FieldKey::MinimumIal, format!("IAL{}", self.minimum.ial)),
            Field::line(FieldKey::MinimumAal, format!("AAL{}", self.minimum.aal)),
            Field::line(FieldKey::Icon, self.icon.words().get(locale)),
        ];
        fields.extend(self.client.fields(locale));
        fields
    }
}

impl From<&RelyingPartyContent> for RelyingPartyForm {
    /// The form of a new draft that begins with this version.
    fn from(content: &RelyingPartyContent) -> RelyingPartyForm {
        let delivery = |item| {
            let released = content.items.iter().find(|released| released.item == item);
            released.map(|released| released.delivery.as_str().to_owned()).unwrap_or_default()
        };
        let switch = |on: bool| if on { "on".to_owned() } else { String::new() };
        let over = |released: &&ReleasedItem| matches!(released.item, Item::AgeOver(_));
        let limits: Vec<String> = content.item_set().limits().map(|limit| limit.to_string()).collect();
        let uris: Vec<&str> = content.redirect_uris.iter().map(RedirectUri::as_str).collect();
        RelyingPartyForm {
            name_ja: content.name.get(Locale::Ja).to_owned(),
            name_en: content.name.get(Locale::En).to_owned(),
            description_ja: content.description.get(Locale::Ja).to_owned(),
            description_en: content.description.get(Locale::En).to_owned(),
            provider: content.provider.to_string(),
            contact: content.contact.clone(),
            home_url: content.home_url.to_string(),
            redirect_uris: uris.join("\n"),
            pkce: content.pkce.as_str().to_owned(),
            rule: content.rule.to_string(),
            consent_text: content.consent_text.to_string(),
            item_name: delivery(Item::Name),
            item_address: delivery(Item::Address),
            item_birthdate: delivery(Item::Birthdate),
            item_gender: delivery(Item::Gender),
            item_municipality: delivery(Item::Municipality),
            item_age_band: delivery(Item::AgeBand),
            item_age_over: (content.items.iter().find(over))
                .map(|released| released.delivery.as_str().to_owned())
                .unwrap_or_default(),
            age_limits: limits.join(" "),
            residency_claim: switch(content.residency_claim_by_default),
            residency_verified_at: switch(content.residency_verified_at),
            minimum_ial: content.minimum.ial.to_string(),
            minimum_aal: content.minimum.aal.to_string(),
            icon: content.icon.as_str().to_owned(),
            client: (&content.client).into(),
        }
    }
}

fn redirect_uris(text: &str, native: bool, loopback: LoopbackPolicy) -> Result<Vec<RedirectUri>, Violation> {
    let uris = client::addresses(text, native, loopback)?;
    if uris.is_empty() { Err(Violation::Required) } else { Ok(uris) }
}

fn delivery_of(wrong: &mut Violations, field: &str, delivery: &str) -> Option<Delivery> {
    if delivery.is_empty() { None } else { wrong.check(field, delivery.parse()) }
}

#[cfg(test)]
mod tests;
