//! What is told of an age in place of a birthdate: the decade, and whether a limit is reached.
//!
//! Both are counted as the law counts ([`crate::calendar::age_on`]). A service that may ask for many limits, or asks day after
//! day, would find the birthdate out by and by: that is why a version names at most [`AgeLimit::MOST`] of them.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::calendar::age_on;
use crate::violations::Violation;

/// An age in completed years that somebody has reached or not: 1 to 90, because above there is one band as well
/// ([`AgeBand`]). What was stored while limits up to 120 were taken can still be read; nobody can ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct AgeLimit(u8);

impl AgeLimit {
    /// The limits that one version of a relying party may name.
    pub const MOST: usize = 4;
    const OLDEST: u8 = 90;
    const OLDEST_STORED: u8 = 120;

    /// The years.
    pub const fn years(self) -> u8 {
        self.0
    }

    /// Whether somebody who was born on a day has reached it on another; `None` before the birth.
    pub fn is_reached(self, birthdate: Date, on: Date) -> Option<bool> {
        age_on(birthdate, on).map(|age| age >= self.0)
    }

    /// Reads digits without a sign or a leading zero.
    ///
    /// # Errors
    /// `Malformed`, or `OutOfRange`.
    pub fn parse(text: &str) -> Result<AgeLimit, Violation> {
        if text.is_empty() || text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Violation::Malformed);
        }
        let years = text.parse().ok().filter(|years| (1..=Self::OLDEST).contains(years));
        years.map(AgeLimit).ok_or(Violation::OutOfRange)
    }

    /// Reads the field of a form: one to [`AgeLimit::MOST`] limits, apart by spaces, commas or 、; the answer ascends.
    ///
    /// # Errors
    /// `Required`, `TooLong` or `Duplicate`, and those of [`AgeLimit::parse`].
    pub fn parse_list(text: &str) -> Result<Vec<AgeLimit>, Violation> {
        let apart = |character: char| character.is_whitespace() || matches!(character, ',' | '、' | '，');
        let words = text.split(apart).filter(|word| !word.is_empty());
        let mut limits = words.map(AgeLimit::parse).collect::<Result<Vec<_>, _>>()?;
        let given = limits.len();
        limits.sort_unstable();
        limits.dedup();
        match given {
            0 => Err(Violation::Required),
            _ if given > limits.len() => Err(Violation::Duplicate),
            _ if given > Self::MOST => Err(Violation::TooLong),
            _ => Ok(limits),
        }
    }
}

impl TryFrom<u8> for AgeLimit {
    type Error = Violation;

    fn try_from(years: u8) -> Result<AgeLimit, Violation> {
        if (1..=Self::OLDEST_STORED).contains(&years) { Ok(AgeLimit(years)) } else { Err(Violation::OutOfRange) }
    }
}

impl From<AgeLimit> for u8 {
    fn from(limit: AgeLimit) -> u8 {
        limit.0
    }
}

impl fmt::Display for AgeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The decade of an age (年代). From 90 on it is one: in a village there may be a single person of a hundred.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgeBand(u8);

/// Their claims, the youngest first.
const BANDS: [&str; 10] = ["0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80-89", "90+"];

impl AgeBand {
    /// The decade in which somebody who was born on a day is on another; `None` before the birth.
    pub fn on(birthdate: Date, day: Date) -> Option<AgeBand> {
        age_on(birthdate, day).map(|age| AgeBand((age / 10).min(9)))
    }

    /// The value of the claim: `40-49`, and `90+` for the last.
    pub fn claim(self) -> &'static str {
        BANDS.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// Its place, counted from the youngest; part of sealed forms.
    pub const fn index(self) -> u8 {
        self.0
    }

    /// The band of such a place.
    pub fn of_index(index: u8) -> Option<AgeBand> {
        (usize::from(index) < BANDS.len()).then_some(AgeBand(index))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;
    use time::macros::date;

    use super::*;

    fn limit(years: u8) -> AgeLimit {
        AgeLimit::try_from(years).unwrap()
    }

    /// 年齢計算ニ関スル法律: an age is reached at the end of the day before the birthday.
    #[test]
    fn an_age_is_reached_on_the_day_before_the_birthday() {
        let born = date!(2006 - 04 - 01);
        assert_eq!(limit(20).is_reached(born, date!(2026 - 03 - 30)), Some(false));
        assert_eq!(limit(20).is_reached(born, date!(2026 - 03 - 31)), Some(true));
        assert_eq!(AgeBand::on(born, date!(2026 - 03 - 30)).map(AgeBand::claim), Some("10-19"));
        assert_eq!(AgeBand::on(born, date!(2026 - 03 - 31)).map(AgeBand::claim), Some("20-29"));
    }

    // conforms: OpenID Connect Core 1.0 §5.5 MAY
    #[test]
    fn who_was_born_on_29_february_is_older_on_the_28th() {
        let born = date!(2008 - 02 - 29);
        assert_eq!(limit(18).is_reached(born, date!(2026 - 02 - 27)), Some(false));
        assert_eq!(limit(18).is_reached(born, date!(2026 - 02 - 28)), Some(true));
        // In a leap year the day before the birthday is the 28th as well.
        assert_eq!(limit(20).is_reached(born, date!(2028 - 02 - 27)), Some(false));
        assert_eq!(limit(20).is_reached(born, date!(2028 - 02 - 28)), Some(true));
    }

    #[test]
    fn the_oldest_are_one_band_and_the_unborn_none() {
        let of = |born| AgeBand::on(born, date!(2026 - 11 - 22)).map(AgeBand::claim);
        assert_eq!(of(date!(1937 - 01 - 01)), Some("80-89"));
        assert_eq!(of(date!(1936 - 01 - 01)), Some("90+"));
        assert_eq!(of(date!(1903 - 01 - 01)), Some("90+"));
        assert_eq!(of(date!(2026 - 11 - 01)), Some("0-9"));
        assert_eq!(of(date!(2027 - 01 - 01)), None);
        assert_eq!(limit(1).is_reached(date!(2027 - 01 - 01), date!(2026 - 11 - 22)), None);
    }

    #[test]
    fn a_list_of_limits_is_short_and_says_nothing_twice() {
        let years =
            |text| AgeLimit::parse_list(text).map(|limits| limits.iter().map(|n| n.years()).collect::<Vec<_>>());
        assert_eq!(years("65、20, 18"), Ok(vec![18, 20, 65]));
        assert_eq!(years(" "), Err(Violation::Required));
        assert_eq!(years("20 20"), Err(Violation::Duplicate));
        assert_eq!(years("1 2 3 4 5"), Err(Violation::TooLong));
        assert_eq!(years("90"), Ok(vec![90]));
        assert_eq!(years("91"), Err(Violation::OutOfRange));
        assert_eq!(years("300"), Err(Violation::OutOfRange));
        for text in ["0", "020", "+20", "二十", "20歳"] {
            assert_eq!(years(text), Err(Violation::Malformed), "{text}");
        }
    }

    proptest! {
        /// Bands and limits say the same of everybody on every day.
        #[test]
        fn bands_and_limits_agree(born in 0..50_000i32, days in 0..45_000i32, years in 1..=120u8) {
            let born = date!(1890 - 01 - 01) + Duration::days(born.into());
            let day = born + Duration::days(days.into());
            let (reached, band) = (limit(years).is_reached(born, day).unwrap(), AgeBand::on(born, day).unwrap());
            let lowest = band.index() * 10;
            if reached {
                prop_assert!(band.index() == 9 || years < lowest + 10);
            } else {
                prop_assert!(years > lowest);
            }
            let before = limit(years).is_reached(born, day - Duration::DAY);
            prop_assert!(reached || before != Some(true), "an age that was reached stays so");
            prop_assert_eq!(AgeBand::of_index(band.index()).map(AgeBand::claim), Some(band.claim()));
        }
    }
}
