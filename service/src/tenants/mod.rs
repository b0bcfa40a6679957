//! A municipality's own settings: contact, town page, four eyes, sessions of residents, how services send their requests, and how
//! its use is published.
//!
//! Each group of settings is one form and one change: checked against the revision that was read, audited line by line, and read
//! anew by every server through the organisation's generation. The population is the operator's and is only shown here.

mod change;
mod public;
mod view;

use domain::calendar::iso_date;
use domain::configuration::FourEyes;
use domain::disclosure::{DisclosurePolicy, Publication, Threshold};
use domain::locale::Localized;
use domain::names::Reason;
use domain::violations::{Violation, Violations};
use entity::tenant::Column;

use self::change::Change;
pub use self::public::Theme;
pub use self::view::{ContactInput, PublicationInput, TenantView, TownPageInput};
use crate::Service;
use crate::audit::ActKind;
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, action};

/// The longest life of a resident's session, in seconds; a municipality may shorten it.
pub const LONGEST_SESSION_SECONDS: i64 = 8 * 3_600;
/// The shortest.
pub const SHORTEST_SESSION_SECONDS: i64 = 15 * 60;

/// Most characters of the contact, of the town ID's name, of the town page's heading and of its first paragraph.
const CONTACT_CHARS: usize = 120;
const TOWN_ID_CHARS: usize = 40;
const TITLE_CHARS: usize = 60;
const LEAD_CHARS: usize = 400;

impl Service {
    /// The settings.
    ///
    /// # Errors
    /// [`Error::NotFound`] to a role that may not see them.
    pub async fn tenant(&self, caller: &Caller) -> Result<TenantView, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Tenant).await?;
        TenantView::of(caller, scope.find::<entity::tenant::Entity>().get().await?, self.today())
    }

    /// Changes whom residents ask.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`contact.ja`, `contact.en`, `phone`); [`crate::Conflict::Stale`].
    pub async fn update_contact(&self, caller: &Caller, revision: i64, input: &ContactInput) -> Result<(), Error> {
        let mut violations = Violations::default();
        let contact = nested(&mut violations, "contact", Localized::parse(&input.ja, &input.en, CONTACT_CHARS));
        let phone = violations.check("phone", phone(&input.phone));
        let (contact, phone) = violations.finish(contact.zip(phone))?;

        let mut change = self.begin(caller, revision).await?;
        change.text(Column::ContactJa, Column::ContactEn, &contact);
        change.line(Column::ContactPhone, phone);
        change.commit(ActKind::TenantChanged, String::new()).await
    }

    /// Changes the words of the town page and the name of the town ID.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`town_id.ja`, `title.ja`, `lead.ja` and the same in `en`); [`crate::Conflict::Stale`].
    pub async fn update_town_page(&self, caller: &Caller, revision: i64, input: &TownPageInput) -> Result<(), Error> {
        let mut violations = Violations::default();
        let (id, title, lead) = (&input.town_id, &input.title, &input.lead);
        let id = nested(&mut violations, "town_id", Localized::parse(&id.0, &id.1, TOWN_ID_CHARS));
        let title = nested(&mut violations, "title", Localized::parse(&title.0, &title.1, TITLE_CHARS));
        let lead = nested(&mut violations, "lead", Localized::parse_block(&lead.0, &lead.1, LEAD_CHARS));
        let ((id, title), lead) = violations.finish(id.zip(title).zip(lead))?;

        let mut change = self.begin(caller, revision).await?;
        change.text(Column::TownIdJa, Column::TownIdEn, &id);
        change.text(Column::PageTitleJa, Column::PageTitleEn, &title);
        change.text(Column::PageLeadJa, Column::PageLeadEn, &lead);
        change.commit(ActKind::TenantChanged, String::new()).await
    }

    /// Requires that somebody decides who did not work on the change, at once, or stops requiring it, which needs a reason and
    /// acts from tomorrow in Japan: so that colleagues can see it before anything is published by one person alone. What is
    /// submitted already keeps what was required when it was.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`reason`); [`crate::Conflict::Stale`].
    pub async fn set_four_eyes(&self, caller: &Caller, revision: i64, on: bool, reason: &str) -> Result<(), Error> {
        let reason = match Reason::parse(reason) {
            Ok(reason) => Some(String::from(reason)),
            Err(Violation::Required) if on => None,
            Err(violation) => return Err(Error::invalid("reason", violation)),
        };
        let mut change = self.begin(caller, revision).await?;
        let off_from = match &change.row().four_eyes_off_from {
            _ if on => None,
            Some(day) => Some(day.clone()),
            None => Some(iso_date(FourEyes::off_from(self.today()))),
        };
        change.optional_line(Column::FourEyesOffFrom, off_from);
        change.optional_line(Column::FourEyesReason, reason.clone().filter(|_| !on));
        change.commit(ActKind::FourEyesChanged, reason.unwrap_or_default()).await
    }

    /// Changes how long a resident's session lives at most.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`session_seconds`) outside 15 minutes to 8 hours; [`crate::Conflict::Stale`].
    pub async fn set_session_length(&self, caller: &Caller, revision: i64, seconds: i64) -> Result<(), Error> {
        if !(SHORTEST_SESSION_SECONDS..=LONGEST_SESSION_SECONDS).contains(&seconds) {
            return Err(Error::invalid("session_seconds", Violation::OutOfRange));
        }
        let mut change = self.begin(caller, revision).await?;
        change.number(Column::SessionSeconds, Some(seconds));
        change.commit(ActKind::TenantChanged, String::new()).await
    }

    /// Takes pushed requests only, whichever service asks, or leaves that to each service's version (RFC 9126, section 5).
    ///
    /// # Errors
    /// [`crate::Conflict::Stale`].
    pub async fn set_pushed_only(&self, caller: &Caller, revision: i64, on: bool) -> Result<(), Error> {
        let mut change = self.begin(caller, revision).await?;
        change.switch(Column::PushedOnly, on);
        change.commit(ActKind::TenantChanged, String::new()).await
    }

    /// Changes how the use of services is published: a stricter threshold, or the yearly band of a small municipality.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`threshold`: not a multiple of ten up to 1,000, or laxer than the population permits; `yearly_band`:
    /// the municipality publishes months); [`crate::Conflict::Stale`].
    pub async fn update_publication(
        &self,
        caller: &Caller,
        revision: i64,
        input: &PublicationInput,
    ) -> Result<(), Error> {
        let mut change = self.begin(caller, revision).await?;
        let population = change.row().population.and_then(|people| u32::try_from(people).ok());
        let publication = DisclosurePolicy::of(population, None).publication();
        let mut violations = Violations::default();
        let threshold = match input.threshold {
            None => Some(None),
            Some(people) => violations.check("threshold", stricter(people, publication)).map(Some),
        };
        if input.yearly_band && publication != Publication::YearlyBand {
            violations.add("yearly_band", Violation::NotAllowed);
        }
        let threshold = violations.finish(threshold)?;
        change.number(Column::Threshold, threshold.map(|threshold| i64::from(threshold.people())));
        change.switch(Column::YearlyBand, input.yearly_band);
        change.commit(ActKind::TenantChanged, String::new()).await
    }

    async fn begin(&self, caller: &Caller, revision: i64) -> Result<Change, Error> {
        let (scope, row) =
            self.gate.fetch::<_, entity::tenant::Entity>(caller, action::Update, caller.organisation().uuid()).await?;
        Change::begin(scope, row, revision)
    }
}

/// A threshold of the municipality's own: stricter than its population asks for.
fn stricter(people: u32, publication: Publication) -> Result<Threshold, Violation> {
    let own = Threshold::try_from(people)?;
    match publication {
        Publication::Months(least) if own > least => Ok(own),
        Publication::Months(_) => Err(Violation::OutOfRange),
        Publication::YearlyBand | Publication::Nothing => Err(Violation::NotAllowed),
    }
}

fn nested<T>(violations: &mut Violations, field: &str, parsed: Result<T, Violations>) -> Option<T> {
    parsed.map_err(|wrong| violations.nest(field, wrong)).ok()
}

/// A telephone number as people write it: digits with hyphens, spaces, brackets or a leading plus.
fn phone(text: &str) -> Result<String, Violation> {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let well_formed = text.bytes().all(|b| b.is_ascii_digit() || b"+-() ".contains(&b));
    match (text.len(), digits) {
        (0, _) => Err(Violation::Required),
        (31.., _) => Err(Violation::TooLong),
        (_, 3..=15) if well_formed => Ok(text.to_owned()),
        _ => Err(Violation::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_may_be_stricter_and_never_laxer() {
        let months = Publication::Months(Threshold::TWENTY);
        assert_eq!(stricter(30, months).map(Threshold::people), Ok(30));
        assert_eq!(stricter(20, months), Err(Violation::OutOfRange));
        assert_eq!(stricter(10, months), Err(Violation::OutOfRange));
        assert_eq!(stricter(25, months), Err(Violation::Malformed));
        assert_eq!(stricter(30, Publication::YearlyBand), Err(Violation::NotAllowed));
    }

    #[test]
    fn telephone_numbers() {
        assert_eq!(phone(" 0983-25-1111 "), Ok("0983-25-1111".to_owned()));
        assert_eq!(phone("+81 (0)983 25 1111"), Ok("+81 (0)983 25 1111".to_owned()));
        assert_eq!(phone(""), Err(Violation::Required));
        assert_eq!(phone("内線123"), Err(Violation::Malformed));
        assert_eq!(phone("--"), Err(Violation::Malformed));
    }
}
