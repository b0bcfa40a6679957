//! Saved cases: made-up people of whom somebody said what a rule must determine. A case is put together from pickers alone, so
//! nothing of a real address or birthdate can get into one; house number and birthdate are made up here.

use serde::{Deserialize, Serialize};
use time::{Date, Month as MonthName};

use super::address::Address;
use super::attestation::{Attestation, AttestationKind, AttestationKinds};
use super::condition::MAX_AGE;
use super::decide::{Determination, Facts};
use super::reason::Outcome;
use super::resolver::Resolver;
use super::rule::{AddressSource, ResidencyRule};
use crate::calendar::{self, Month, iso_date, parse_iso_date};
use crate::locale::{Locale, Words};
use crate::municipality::{Gazetteer, MunicipalityCode, MunicipalityKind, MunicipalityTable};
use crate::violations::{Violation, Violations};

/// No house of Japan has this number. The space keeps it apart from towns that end with one (第1).
const HOUSE: &str = " 99999番地";
/// The years in which a case may be decided.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// On which day of the year somebody made up was born: the two on either side of the turn of the school year, and one far
/// from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Birthday {
    /// 1 April: the last of a school year, 早生まれ.
    FirstOfApril,
    /// 2 April: the first of the next one.
    SecondOfApril,
    /// 1 October.
    MidYear,
}

impl Birthday {
    /// All of them, in the order of forms.
    pub const ALL: [Birthday; 3] = [Birthday::FirstOfApril, Birthday::SecondOfApril, Birthday::MidYear];

    /// The word in forms and columns.
    pub const fn as_str(self) -> &'static str {
        match self {
            Birthday::FirstOfApril => "first_of_april",
            Birthday::SecondOfApril => "second_of_april",
            Birthday::MidYear => "mid_year",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            Birthday::FirstOfApril => Words { ja: "4月1日生まれ", en: "born on 1 April" },
            Birthday::SecondOfApril => Words { ja: "4月2日生まれ", en: "born on 2 April" },
            Birthday::MidYear => Words { ja: "10月1日生まれ", en: "born on 1 October" },
        }
    }

    const fn month_and_day(self) -> (MonthName, u8) {
        match self {
            Birthday::FirstOfApril => (MonthName::April, 1),
            Birthday::SecondOfApril => (MonthName::April, 2),
            Birthday::MidYear => (MonthName::October, 1),
        }
    }
}

impl std::str::FromStr for Birthday {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|birthday| birthday.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// The form of a case, and how it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaseForm {
    /// Six digits of a municipality or ward.
    pub municipality: String,
    /// A town of it as the table writes it, or empty for an address that names none.
    pub town: String,
    /// Completed years, 0 to 130, on the day of the case.
    pub age: String,
    /// Name of a [`Birthday`].
    pub birthday: String,
    /// Names of [`AttestationKind`]s.
    pub ties: Vec<String>,
    /// `2026-11-21`: the day on which it is decided.
    pub on_day: String,
    /// Name of an [`Outcome`].
    pub expected: String,
}

/// A made-up person on a day, with the outcome that a rule must reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CaseForm", into = "CaseForm")]
pub struct SavedCase {
    municipality: MunicipalityCode,
    town: Option<String>,
    age: u8,
    birthday: Birthday,
    ties: AttestationKinds,
    on: Date,
    expected: Outcome,
    birthdate: Date,
}

/// What a rule says of a case.
pub type CaseResult = Determination;

impl SavedCase {
    /// Checks a form.
    ///
    /// # Errors
    /// By the form's field names; `birthday` is `NotAllowed` where nobody of the age was born on it.
    pub fn parse(form: &CaseForm, gazetteer: &dyn Gazetteer) -> Result<SavedCase, Violations> {
        let case = SavedCase::stored(form)?;
        let mut wrong = Violations::default();
        let row = gazetteer.municipality(case.municipality);
        let inhabited = |kind| kind != MunicipalityKind::NorthernTerritoryVillage;
        if !row.is_some_and(|row| inhabited(row.kind)) {
            wrong.add("municipality", Violation::Unknown);
        } else if case.town.as_deref().is_some_and(|town| !gazetteer.has_town(case.municipality, town)) {
            wrong.add("town", Violation::Unknown);
        }
        wrong.finish(Some(case))
    }

    /// Reads a case that was checked when it was kept: its municipality and town may be gone since.
    ///
    /// # Errors
    /// By the form's field names.
    pub fn stored(form: &CaseForm) -> Result<SavedCase, Violations> {
        let mut wrong = Violations::default();
        let municipality = wrong.check("municipality", MunicipalityCode::parse(&form.municipality));
        let age = wrong.check("age", age(&form.age));
        let birthday = wrong.check("birthday", chosen::<Birthday>(&form.birthday));
        let kinds = form.ties.iter().map(|tie| tie.parse::<AttestationKind>()).collect::<Result<AttestationKinds, _>>();
        let ties = wrong.check("ties", kinds);
        let on = wrong.check("on_day", day(&form.on_day));
        let expected = wrong.check("expected", chosen::<Outcome>(&form.expected));
        let birthdate = match (age, birthday, on) {
            (Some(age), Some(birthday), Some(on)) => {
                wrong.check("birthday", birthdate(age, birthday, on).ok_or(Violation::NotAllowed))
            }
            _ => None,
        };
        let town = (!form.town.is_empty()).then(|| form.town.clone());
        let case = (|| {
            Some(SavedCase {
                municipality: municipality?,
                town,
                age: age?,
                birthday: birthday?,
                ties: ties?,
                on: on?,
                expected: expected?,
                birthdate: birthdate?,
            })
        })();
        wrong.finish(case)
    }

    /// The form again.
    pub fn form(&self) -> CaseForm {
        CaseForm {
            municipality: self.municipality.to_string(),
            town: self.town.clone().unwrap_or_default(),
            age: self.age.to_string(),
            birthday: self.birthday.as_str().to_owned(),
            ties: self.ties.iter().map(|kind| kind.to_string()).collect(),
            on_day: iso_date(self.on),
            expected: self.expected.as_str().to_owned(),
        }
    }

    /// The municipality or ward.
    pub fn municipality(&self) -> MunicipalityCode {
        self.municipality
    }

    /// Completed years on the day of the case.
    pub fn age(&self) -> u8 {
        self.age
    }

    /// The birthdate that was made up for the age.
    pub fn birthdate(&self) -> Date {
        self.birthdate
    }

    /// The day on which it is decided.
    pub fn on(&self) -> Date {
        self.on
    }

    /// What must come out.
    pub fn expected(&self) -> Outcome {
        self.expected
    }

    /// The same person on the same day, whatever is expected.
    pub fn is_same_person(&self, other: &SavedCase) -> bool {
        SavedCase { expected: self.expected, ..other.clone() } == *self
    }

    /// The address that was made up; `None` where the table no longer has the municipality.
    pub fn address(&self) -> Option<String> {
        let row = MunicipalityTable::japan().find(self.municipality)?;
        let county = row.county.as_deref().unwrap_or_default();
        let ward = row.ward.as_deref().unwrap_or_default();
        let town = self.town.as_deref().unwrap_or_default();
        Some(format!("{}{county}{}{ward}{town}{HOUSE}", row.prefecture, row.city))
    }

    /// Determines the case under a rule, as if the card had been read on its day: from the address on.
    pub fn run(&self, rule: &ResidencyRule, own: MunicipalityCode) -> CaseResult {
        let address = Address::new(self.address().unwrap_or_default());
        let month = Month::of(self.on);
        let facts = Facts {
            resolution: Resolver::japan().resolve(&address),
            birthdate: Some(self.birthdate),
            source: AddressSource::SignatureCertificate,
            verified: Some(month),
            attested: self.ties.iter().map(|kind| Attestation { kind, until: month }).collect(),
        };
        rule.decide(own, &facts, self.on)
    }

    /// The determination is the expected one.
    pub fn passes(&self, result: &CaseResult) -> bool {
        result.outcome == self.expected
    }

    /// Who it is: `昭和村(福島県大沼郡)下中津川、18歳(4月1日生まれ)、在勤、2026年11月21日`.
    pub fn label(&self, locale: Locale) -> String {
        let place = MunicipalityTable::japan().find(self.municipality);
        let place = place.map_or_else(|| self.municipality.to_string(), |row| row.full_name(locale));
        let town = self.town.as_deref().unwrap_or_default();
        let (age, birthday) = (self.age, self.birthday.words().get(locale));
        let ties: Vec<&str> = self.ties.iter().map(|kind| kind.words().get(locale)).collect();
        let day = iso_date(self.on);
        let mut parts = match locale {
            Locale::Ja => vec![format!("{place}{town}"), format!("{age}歳({birthday})")],
            Locale::En if town.is_empty() => vec![place, format!("aged {age} ({birthday})")],
            Locale::En => vec![format!("{place} {town}"), format!("aged {age} ({birthday})")],
        };
        match locale {
            Locale::Ja if !ties.is_empty() => parts.push(ties.join("・")),
            Locale::En if !ties.is_empty() => parts.push(ties.join(", ").to_lowercase()),
            _ => {}
        }
        parts.push(day);
        parts.join(match locale {
            Locale::Ja => "、",
            Locale::En => ", ",
        })
    }
}

impl TryFrom<CaseForm> for SavedCase {
    type Error = Violation;

    fn try_from(form: CaseForm) -> Result<SavedCase, Violation> {
        SavedCase::stored(&form).map_err(|wrong| wrong.iter().next().map_or(Violation::Malformed, |(_, first)| first))
    }
}

impl From<SavedCase> for CaseForm {
    fn from(case: SavedCase) -> CaseForm {
        case.form()
    }
}

/// The birthdate of somebody who has the age on the day and was born on the birthday. On 31 March nobody is 0 years old who
/// was born on 1 April: one year is reached on that very day.
fn birthdate(age: u8, birthday: Birthday, on: Date) -> Option<Date> {
    let (month, day) = birthday.month_and_day();
    let years = [0, 1].map(|before| on.year() - i32::from(age) - before);
    let dates = years.into_iter().filter_map(|year| Date::from_calendar_date(year, month, day).ok());
    dates.into_iter().find(|born| calendar::age_on(*born, on) == Some(age))
}

fn age(text: &str) -> Result<u8, Violation> {
    match text.trim() {
        "" => Err(Violation::Required),
        digits if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) => Err(Violation::Malformed),
        digits => digits.parse().ok().filter(|age| *age <= MAX_AGE).ok_or(Violation::OutOfRange),
    }
}

fn day(text: &str) -> Result<Date, Violation> {
    if text.is_empty() {
        return Err(Violation::Required);
    }
    let day = parse_iso_date(text).map_err(|_| Violation::Malformed)?;
    if YEARS.contains(&day.year()) { Ok(day) } else { Err(Violation::OutOfRange) }
}

fn chosen<T: std::str::FromStr<Err = Violation>>(text: &str) -> Result<T, Violation> {
    if text.is_empty() { Err(Violation::Required) } else { text.parse() }
}

#[cfg(test)]
mod tests;
