//! From which number of people on a municipality's use is published, and in which form: it follows from the population.

use serde::{Deserialize, Serialize};

use super::ROUNDING;
use crate::violations::Violation;

/// Below this population no month is counted.
const SMALL: u32 = 2_000;
/// From this population on, the threshold is the lower one.
const LARGE: u32 = 25_000;

/// The fewest distinct people that a figure may stand for: a multiple of ten from 10 to 1,000, so that rounding never
/// shows a number below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Threshold(u32);

impl Threshold {
    /// 25,000 inhabitants and more.
    pub const TEN: Threshold = Threshold(10);
    /// 2,000 to 24,999 inhabitants, and every yearly band.
    pub const TWENTY: Threshold = Threshold(20);

    /// The number of people.
    pub const fn people(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Threshold {
    type Error = Violation;

    fn try_from(people: u32) -> Result<Threshold, Violation> {
        match people {
            10..=1000 if people.is_multiple_of(ROUNDING) => Ok(Threshold(people)),
            10..=1000 => Err(Violation::Malformed),
            _ => Err(Violation::OutOfRange),
        }
    }
}

impl From<Threshold> for u32 {
    fn from(threshold: Threshold) -> u32 {
        threshold.0
    }
}

/// What a municipality may publish: its population as the operator set it, and its own threshold where it wants a
/// stricter one. A laxer one is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisclosurePolicy {
    population: Option<u32>,
    own_threshold: Option<Threshold>,
}

/// How a municipality's use is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Publication {
    /// Months with people and sign-ins, from this threshold on.
    Months(Threshold),
    /// One band of people per fiscal year and service, if the town switches it on.
    YearlyBand,
    /// Nothing: nobody has set the population.
    Nothing,
}

impl DisclosurePolicy {
    /// The policy of a municipality; without a population the strictest holds.
    pub const fn of(population: Option<u32>, own_threshold: Option<Threshold>) -> DisclosurePolicy {
        DisclosurePolicy { population, own_threshold }
    }

    /// How its use is published.
    pub fn publication(&self) -> Publication {
        match self.population {
            None => Publication::Nothing,
            Some(population) if population < SMALL => Publication::YearlyBand,
            Some(population) if population < LARGE => Publication::Months(self.stricter(Threshold::TWENTY)),
            Some(_) => Publication::Months(self.stricter(Threshold::TEN)),
        }
    }

    pub(super) fn stricter(&self, by_population: Threshold) -> Threshold {
        self.own_threshold.map_or(by_population, |own| own.max(by_population))
    }

    /// So many people may be shown: neither few nor nearly everybody.
    pub(super) fn admits(&self, people: u32, threshold: Threshold) -> bool {
        let most = self.population.and_then(|population| population.checked_sub(threshold.0));
        people >= threshold.0 && most.is_some_and(|most| people <= most)
    }
}
