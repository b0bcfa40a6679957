//! Disclosure control: which counts of residents may be shown, and the only type in which a shown count exists.
//!
//! The rules are those of the first release: closed months of one service, distinct people beside sign-ins, rounded to
//! ten, hidden below a threshold that follows from the population; under 2,000 inhabitants no counts, but one band a year.
//! Nothing here adds, averages or compares figures, and no other module can make one. From when on a municipality publishes
//! what is `policy`.

mod policy;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::policy::{DisclosurePolicy, Publication, Threshold};
use crate::locale::{Locale, Words};
use crate::violations::Violation;

/// Version of the method, stored beside every published figure.
pub const METHOD_VERSION: u16 = 1;

/// Figures are rounded to multiples of this.
const ROUNDING: u32 = 10;

/// Why a figure is not shown. Few, none and nearly everybody are one and the same reason: telling them apart would narrow
/// what is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenReason {
    /// The number of people is outside what may be shown.
    FewPeople,
    /// Under 2,000 inhabitants no month is published.
    SmallMunicipality,
    /// The population is not set.
    PopulationUnknown,
}

impl HiddenReason {
    /// Every reason.
    pub const ALL: [HiddenReason; 3] =
        [HiddenReason::FewPeople, HiddenReason::SmallMunicipality, HiddenReason::PopulationUnknown];

    /// The word in columns and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            HiddenReason::FewPeople => "few_people",
            HiddenReason::SmallMunicipality => "small_municipality",
            HiddenReason::PopulationUnknown => "population_unknown",
        }
    }

    /// The short reason beside 非表示.
    pub const fn words(self) -> Words {
        match self {
            HiddenReason::FewPeople => Words { ja: "少数のため", en: "few people" },
            HiddenReason::SmallMunicipality => {
                Words { ja: "人口2,000人未満のため", en: "population under 2,000" }
            }
            HiddenReason::PopulationUnknown => Words { ja: "人口が未設定のため", en: "population not set" },
        }
    }

    /// The sentence under the table.
    pub const fn explanation(self) -> Words {
        match self {
            HiddenReason::FewPeople => Words {
                ja: "人数が基準に満たない月は、0人でも同じように表示しません。住民のほとんどが使った月も同じです。隠した数は残しません。",
                en: "A month with fewer people than the threshold is not shown, also when it is nobody; nor is one in which nearly all residents took part. Hidden numbers are not kept.",
            },
            HiddenReason::SmallMunicipality => Words {
                ja: "人口が2,000人に満たない自治体では、月ごとの数を表示しません。年度ごとの大まかな人数だけを、設定したときに表示します。",
                en: "Municipalities under 2,000 inhabitants publish no monthly numbers, only a coarse band per fiscal year if they switch it on.",
            },
            HiddenReason::PopulationUnknown => Words {
                ja: "人口が設定されるまで、数を表示しません。運営者に連絡してください。",
                en: "Nothing is shown until the population is set. Please contact the operator.",
            },
        }
    }
}

impl fmt::Display for HiddenReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for HiddenReason {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// A number about residents that passed disclosure control: a multiple of ten. Only [`close_month_cell`] and [`at_least`]
/// decide that one comes into being; reading a stored or transmitted one back is the other way to hold it, and checks its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct DisclosedFigure(u32);

impl DisclosedFigure {
    /// The number, for a column, a CSV cell or the height of a bar.
    pub const fn number(self) -> u32 {
        self.0
    }

    fn rounded(count: u32) -> DisclosedFigure {
        DisclosedFigure(count.saturating_add(ROUNDING / 2) / ROUNDING * ROUNDING)
    }
}

impl fmt::Display for DisclosedFigure {
    /// With separators of thousands, as both languages write them: `2,330`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 1_000_000, self.0 / 1000 % 1000, self.0 % 1000) {
            (0, 0, ones) => write!(f, "{ones}"),
            (0, thousands, ones) => write!(f, "{thousands},{ones:03}"),
            (millions, thousands, ones) => write!(f, "{millions},{thousands:03},{ones:03}"),
        }
    }
}

/// What was stored cannot have come from the publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a disclosed figure")]
pub struct NotDisclosed;

impl TryFrom<u32> for DisclosedFigure {
    type Error = NotDisclosed;

    fn try_from(number: u32) -> Result<Self, NotDisclosed> {
        let possible = number >= Threshold::TEN.people() && number.is_multiple_of(ROUNDING);
        if possible { Ok(DisclosedFigure(number)) } else { Err(NotDisclosed) }
    }
}

impl From<DisclosedFigure> for u32 {
    fn from(figure: DisclosedFigure) -> u32 {
        figure.0
    }
}

/// One published month of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// May be shown.
    Shown {
        /// Distinct people.
        people: DisclosedFigure,
        /// Sign-ins; they exist beside visible people only.
        sign_ins: DisclosedFigure,
    },
    /// Not shown, not kept.
    Hidden(HiddenReason),
}

impl Cell {
    /// Reads a cell back from the store, where [`close_month_cell`] left it: both numbers, or a reason and neither. For
    /// the store of closed months only; nothing else may hand numbers to this function.
    ///
    /// # Errors
    /// Anything that the publisher cannot have written.
    pub fn from_store(people: Option<u32>, sign_ins: Option<u32>, hidden: Option<&str>) -> Result<Cell, NotDisclosed> {
        match (people, sign_ins, hidden) {
            (Some(people), Some(sign_ins), None) => {
                Ok(Cell::Shown { people: people.try_into()?, sign_ins: sign_ins.try_into()? })
            }
            (None, None, Some(reason)) => reason.parse().map(Cell::Hidden).map_err(|_| NotDisclosed),
            _ => Err(NotDisclosed),
        }
    }

    /// The cell as it may be read now. A town that has become stricter since the month was closed hides what it would no
    /// longer publish; one that has become laxer brings nothing back, because what was hidden was not kept.
    #[must_use]
    pub fn held_to(self, publication: Publication) -> Cell {
        match (self, publication) {
            (Cell::Shown { people, .. }, Publication::Months(threshold)) if people.0 < threshold.people() => {
                Cell::Hidden(HiddenReason::FewPeople)
            }
            _ => self,
        }
    }

    /// Distinct people, if shown.
    pub const fn people(&self) -> Option<DisclosedFigure> {
        match self {
            Cell::Shown { people, .. } => Some(*people),
            Cell::Hidden(_) => None,
        }
    }

    /// Sign-ins, if shown.
    pub const fn sign_ins(&self) -> Option<DisclosedFigure> {
        match self {
            Cell::Shown { sign_ins, .. } => Some(*sign_ins),
            Cell::Hidden(_) => None,
        }
    }

    /// The reason, if hidden.
    pub const fn hidden(&self) -> Option<HiddenReason> {
        match self {
            Cell::Shown { .. } => None,
            Cell::Hidden(reason) => Some(*reason),
        }
    }
}

/// Closes one month of one service: raw counters in, what may ever be seen of them out.
pub fn close_month_cell(people: u32, sign_ins: u32, policy: &DisclosurePolicy) -> Cell {
    let threshold = match policy.publication() {
        Publication::Months(threshold) => threshold,
        Publication::YearlyBand => return Cell::Hidden(HiddenReason::SmallMunicipality),
        Publication::Nothing => return Cell::Hidden(HiddenReason::PopulationUnknown),
    };
    let rounded = DisclosedFigure::rounded(people);
    // The rounded number is held to the same bounds: 1,995 of 2,015 must not be shown as 2,000.
    if !policy.admits(people, threshold) || !policy.admits(rounded.0, threshold) {
        return Cell::Hidden(HiddenReason::FewPeople);
    }
    // Nobody is counted without a sign-in, so that sign-ins below people would be a fault of the counters.
    Cell::Shown { people: rounded, sign_ins: DisclosedFigure::rounded(sign_ins.max(people)) }
}

/// How many people of a group there are at least, for the staff who have to deal with all of them at once: the holders of a
/// batch of codes, the people with one kind of tie. `of` is the size of the group, if it is known. `None` where they are few,
/// or nearly the whole group or municipality. Rounded down, and under 2,000 inhabitants as coarse as a year's band, so that one
/// person more or less hardly ever changes it.
pub fn at_least(people: u32, of: Option<u32>, policy: &DisclosurePolicy) -> Option<DisclosedFigure> {
    let (threshold, rounded) = match policy.publication() {
        Publication::Months(threshold) => (threshold, people / ROUNDING * ROUNDING),
        Publication::YearlyBand => {
            let band = Band::ALL.into_iter().rfind(|band| people >= band.from_people())?;
            (policy.stricter(Threshold::TWENTY), band.from_people())
        }
        Publication::Nothing => return None,
    };
    let few_are_left = of.is_some_and(|of| of.saturating_sub(people) < threshold.people());
    let shown = policy.admits(people, threshold) && rounded >= threshold.people() && !few_are_left;
    shown.then_some(DisclosedFigure(rounded))
}

/// A band of distinct people in a fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// 20人以上.
    From20,
    /// 50人以上.
    From50,
    /// 100人以上.
    From100,
}

impl Band {
    const ALL: [Band; 3] = [Band::From20, Band::From50, Band::From100];

    /// The fewest people of the band.
    pub const fn from_people(self) -> u32 {
        match self {
            Band::From20 => 20,
            Band::From50 => 50,
            Band::From100 => 100,
        }
    }

    /// The word in columns and CSV.
    pub const fn as_str(self) -> &'static str {
        match self {
            Band::From20 => "from_20",
            Band::From50 => "from_50",
            Band::From100 => "from_100",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            Band::From20 => Words { ja: "20人以上", en: "20 people or more" },
            Band::From50 => Words { ja: "50人以上", en: "50 people or more" },
            Band::From100 => Words { ja: "100人以上", en: "100 people or more" },
        }
    }
}

/// One published fiscal year of one service in a municipality under 2,000 inhabitants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandCell {
    /// May be shown.
    Shown(Band),
    /// 表示しません.
    Hidden(HiddenReason),
}

impl BandCell {
    /// Reads a band back from the store, where [`close_year_band`] left it. For the store of closed years only.
    ///
    /// # Errors
    /// Anything that the publisher cannot have written.
    pub fn from_store(band: Option<&str>, hidden: Option<&str>) -> Result<BandCell, NotDisclosed> {
        match (band, hidden) {
            (Some(word), None) => {
                Band::ALL.into_iter().find(|band| band.as_str() == word).map(BandCell::Shown).ok_or(NotDisclosed)
            }
            (None, Some(reason)) => reason.parse().map(BandCell::Hidden).map_err(|_| NotDisclosed),
            _ => Err(NotDisclosed),
        }
    }

    /// The words of the cell: the band, or 表示しません.
    pub const fn text(&self, locale: Locale) -> &'static str {
        match self {
            BandCell::Shown(band) => band.words().get(locale),
            BandCell::Hidden(_) => Words { ja: "表示しません", en: "Not shown" }.get(locale),
        }
    }
}

/// Closes one fiscal year of one service where months are not published and the town switched the band on. `None` where
/// months are: two publications of the same people would narrow each other.
pub fn close_year_band(people: u32, policy: &DisclosurePolicy) -> Option<BandCell> {
    match policy.publication() {
        Publication::Months(_) => None,
        Publication::Nothing => Some(BandCell::Hidden(HiddenReason::PopulationUnknown)),
        Publication::YearlyBand => {
            let threshold = policy.stricter(Threshold::TWENTY);
            let reached = |band: &Band| people >= band.from_people() && band.from_people() >= threshold.people();
            let band = Band::ALL.into_iter().rfind(reached).filter(|_| policy.admits(people, threshold));
            Some(band.map_or(BandCell::Hidden(HiddenReason::FewPeople), BandCell::Shown))
        }
    }
}

#[cfg(test)]
mod tests;
