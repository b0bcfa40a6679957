//! Settings as pages show and send them.

use domain::configuration::FourEyes;
use domain::disclosure::{DisclosurePolicy, Publication, Threshold};
use domain::locale::Localized;
use entity::tenant::Model;
use time::Date;

use crate::configuration::store::off_from;
use crate::error::Error;
use crate::gate::{Act, Caller, Resource};
use crate::provisioning::{Population, TenantMode};

/// A municipality's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantView {
    /// Local government code, six digits.
    pub code: String,
    /// Production or sandbox.
    pub mode: TenantMode,
    /// Whom residents ask.
    pub contact: Localized,
    /// The contact's telephone number; empty if none was given yet.
    pub contact_phone: String,
    /// What the town ID is called.
    pub town_id: Localized,
    /// Heading of the town page.
    pub page_title: Localized,
    /// First paragraph of the town page.
    pub page_lead: Localized,
    /// Somebody who did not work on a change decides, as of today.
    pub four_eyes: bool,
    /// The day in Japan from which it is not so: today or earlier, or tomorrow if it was switched off today.
    pub four_eyes_off_from: Option<Date>,
    /// Why not, where a day is set.
    pub four_eyes_reason: Option<String>,
    /// How long a resident's session lives at most.
    pub session_seconds: i64,
    /// Services must push their requests.
    pub pushed_only: bool,
    /// The population, as the operator set it.
    pub population: Option<Population>,
    /// How the use of services is published.
    pub publication: Publication,
    /// The municipality's own, stricter threshold.
    pub own_threshold: Option<u32>,
    /// Whether a small municipality publishes its yearly band.
    pub yearly_band: bool,
    /// The revision that a change names.
    pub revision: i64,
    /// Whether the caller may change anything here.
    pub may_change: bool,
}

impl TenantView {
    pub(super) fn of(caller: &Caller, row: Model, today: Date) -> Result<Self, Error> {
        let four_eyes_off_from = off_from(&row)?;
        let people = row.population.and_then(|people| u32::try_from(people).ok());
        let own_threshold = row.threshold.and_then(|people| u32::try_from(people).ok());
        let own = own_threshold.map(Threshold::try_from).transpose();
        let own = own.map_err(|_| Error::internal("a threshold that was stored"))?;
        Ok(Self {
            mode: TenantMode::of_column(&row.mode),
            contact: Localized::composed(row.contact_ja, row.contact_en),
            town_id: Localized::composed(row.town_id_ja, row.town_id_en),
            page_title: Localized::composed(row.page_title_ja, row.page_title_en),
            page_lead: Localized::composed(row.page_lead_ja, row.page_lead_en),
            population: people.map(|people| Population {
                people,
                source: row.population_source.unwrap_or_default(),
                on: row.population_on.unwrap_or_default(),
            }),
            publication: DisclosurePolicy::of(people, own).publication(),
            own_threshold,
            code: row.code,
            contact_phone: row.contact_phone,
            four_eyes: FourEyes::on(today, four_eyes_off_from) == FourEyes::Required,
            four_eyes_off_from,
            four_eyes_reason: row.four_eyes_reason,
            session_seconds: row.session_seconds,
            pushed_only: row.pushed_only,
            yearly_band: row.yearly_band,
            revision: row.revision,
            may_change: caller.may(Act::Update, Resource::Tenant),
        })
    }
}

/// The contact as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactInput {
    /// Department and hours, Japanese.
    pub ja: String,
    /// The same, English.
    pub en: String,
    /// Telephone number.
    pub phone: String,
}

/// The town page's words as they were typed: Japanese and English of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TownPageInput {
    /// The name of the town ID.
    pub town_id: (String, String),
    /// The heading.
    pub title: (String, String),
    /// The first paragraph.
    pub lead: (String, String),
}

/// How use is published, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicationInput {
    /// The municipality's own threshold; none: the one that follows from the population.
    pub threshold: Option<u32>,
    /// Publish the yearly band.
    pub yearly_band: bool,
}
