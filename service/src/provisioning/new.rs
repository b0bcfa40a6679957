//! What is to be created.

use domain::access::Role;
use domain::ids::AccountId;
use domain::locale::{Locale, Localized};
use domain::municipality::{Municipality, MunicipalityCode, MunicipalityTable};
use domain::names::{DisplayName, MailAddress, TenantSlug};
use domain::violations::Violation;
use entity::tenant::ActiveModel;
use sea_orm::{NotSet, Set};
use secrecy::SecretString;

use crate::error::Error;

/// Whether a municipality serves residents or is a test. Fixed at creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TenantMode {
    /// Serves residents.
    Production,
    /// Is a test (試験): the sandbox card attaches to these only.
    Sandbox,
}

impl TenantMode {
    /// The name in the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            TenantMode::Production => "production",
            TenantMode::Sandbox => "sandbox",
        }
    }

    /// Reads a column; what is not `production` is a test, which permits less.
    pub fn of_column(text: &str) -> Self {
        if text == "production" { TenantMode::Production } else { TenantMode::Sandbox }
    }
}

/// How many people live in a municipality, by whom, as of when. The operator sets it; thresholds of figures follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// People.
    pub people: u32,
    /// Who counted.
    pub source: String,
    /// As of which day, `YYYY-MM-DD`.
    pub on: String,
}

/// A municipality to be created.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// Its name in URLs.
    pub slug: TenantSlug,
    /// Its local government code.
    pub code: MunicipalityCode,
    /// Its name.
    pub name: Localized,
    /// Production or sandbox.
    pub mode: TenantMode,
    /// Its population; without it the strictest threshold holds.
    pub population: Option<Population>,
    /// Whether a year's use is published as a band (below 2,000 people).
    pub yearly_band: bool,
    /// Whom residents ask: department and hours.
    pub contact: Localized,
    /// The telephone number of the contact.
    pub contact_phone: String,
    /// What the town ID is called (都農ID).
    pub town_id: Localized,
    /// Heading of the town page.
    pub page_title: Localized,
    /// First paragraph of the town page.
    pub page_lead: Localized,
    /// The accent colour on light ground, `#rrggbb`.
    pub accent_light: String,
    /// The accent colour on dark ground, `#rrggbb`.
    pub accent_dark: String,
}

impl NewTenant {
    /// A municipality with texts that name it and can be changed in the console.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`code`) for a code that no municipality has.
    pub fn with_defaults(slug: TenantSlug, code: MunicipalityCode, mode: TenantMode) -> Result<Self, Error> {
        let town = municipality(code)?;
        let (ja, en) = (town.name(Locale::Ja), town.name(Locale::En));
        Ok(Self {
            slug,
            code,
            mode,
            population: None,
            yearly_band: false,
            contact: Localized::composed(format!("{ja}役場"), format!("{en} office")),
            contact_phone: String::new(),
            town_id: Localized::composed(format!("{ja}の共通ID"), format!("{en} ID")),
            page_title: Localized::composed(format!("{ja}のサービス"), format!("Services of {en}")),
            page_lead: Localized::composed(
                format!("マイナンバーカードで{ja}にお住まいであることを確かめて、サービスを使えます。"),
                format!("Show with your My Number Card that you live in {en}, and use its services."),
            ),
            accent_light: "#0017c1".to_owned(),
            accent_dark: "#9db7f9".to_owned(),
            name: Localized::composed(ja, en),
        })
    }

    pub(super) fn row(&self) -> ActiveModel {
        let both = |text: &Localized| (text.get(Locale::Ja).to_owned(), text.get(Locale::En).to_owned());
        let (contact_ja, contact_en) = both(&self.contact);
        let (town_id_ja, town_id_en) = both(&self.town_id);
        let (page_title_ja, page_title_en) = both(&self.page_title);
        let (page_lead_ja, page_lead_en) = both(&self.page_lead);
        ActiveModel {
            // The scope sets it.
            organisation_id: NotSet,
            code: Set(self.code.to_string()),
            mode: Set(self.mode.as_str().to_owned()),
            population: Set(self.population.as_ref().map(|population| i64::from(population.people))),
            population_source: Set(self.population.as_ref().map(|population| population.source.clone())),
            population_on: Set(self.population.as_ref().map(|population| population.on.clone())),
            threshold: Set(None),
            yearly_band: Set(self.yearly_band),
            four_eyes_off_from: Set(None),
            four_eyes_reason: Set(None),
            contact_ja: Set(contact_ja),
            contact_en: Set(contact_en),
            contact_phone: Set(self.contact_phone.clone()),
            town_id_ja: Set(town_id_ja),
            town_id_en: Set(town_id_en),
            page_title_ja: Set(page_title_ja),
            page_title_en: Set(page_title_en),
            page_lead_ja: Set(page_lead_ja),
            page_lead_en: Set(page_lead_en),
            page_consent_text_id: Set(None),
            page_rule_id: Set(None),
            accent_light: Set(self.accent_light.clone()),
            accent_dark: Set(self.accent_dark.clone()),
            session_seconds: Set(crate::tenants::LONGEST_SESSION_SECONDS),
            ties_ended: Set(0),
            pushed_only: Set(false),
            revision: Set(1),
        }
    }
}

/// The municipality of a code, if it is one of the 1,741.
pub(super) fn municipality(code: MunicipalityCode) -> Result<&'static Municipality, Error> {
    MunicipalityTable::japan()
        .find(code)
        .filter(|town| town.kind.is_municipality())
        .ok_or_else(|| Error::invalid("code", Violation::Unknown))
}

/// What provisioning found or made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provisioned<T> {
    /// It was made now.
    Created(T),
    /// It was there already, and is as it was.
    Existed(T),
}

impl<T> Provisioned<T> {
    /// What was found or made.
    pub fn value(self) -> T {
        match self {
            Provisioned::Created(value) | Provisioned::Existed(value) => value,
        }
    }
}

/// An account to be created.
pub struct NewStaffAccount {
    /// The address that it signs in with.
    pub mail: MailAddress,
    /// Its first password.
    pub password: SecretString,
    /// The secret of an authenticator that is enrolled already, 20 bytes (the demo's); else it is enrolled at first sign-in.
    pub totp_secret: Option<zeroize::Zeroizing<[u8; 20]>>,
}

/// A membership to be created.
#[derive(Debug, Clone)]
pub struct NewMembership {
    /// Whose.
    pub account: AccountId,
    /// The address that colleagues see.
    pub mail: MailAddress,
    /// The name that colleagues see.
    pub display_name: DisplayName,
    /// Department (課・係).
    pub department: String,
    /// Roles; at least one.
    pub roles: Vec<Role>,
}
