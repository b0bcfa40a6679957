//! Dates and months as a Japanese office counts them: months and fiscal years as values, the era beside the year, the
//! age that a person has in law. Japan has no daylight saving time, so Asia/Tokyo is +09:00, always.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Date, Duration, Month as MonthName, OffsetDateTime, UtcOffset};

use crate::locale::Locale;

/// Years that a date may have here. Wider than any person's life, narrow enough that adding a term never overflows.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9000;

/// The text is not a month (`2026-11`), a date (`2026-11-21`), or names one that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date")]
pub struct InvalidDate;

/// A month of a year, written `2026-11`. Everything about residents is counted in months, never in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(Date);

/// The year of a Japanese office: from 1 April of the year that names it to 31 March.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(i32);

impl Month {
    /// The month of a year, 1 to 12.
    pub fn new(year: i32, month: u8) -> Option<Month> {
        if !YEARS.contains(&year) {
            return None;
        }
        let name = MonthName::try_from(month).ok()?;
        Date::from_calendar_date(year, name, 1).ok().map(Month)
    }

    /// The month in which a day lies.
    pub fn of(day: Date) -> Month {
        Month(day.replace_day(1).unwrap_or(day))
    }

    /// The month in Japan at a moment.
    pub fn at(moment: OffsetDateTime) -> Month {
        Month::of(tokyo_date(moment))
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0.year()
    }

    /// The month of the year, 1 to 12.
    pub const fn number(self) -> u8 {
        self.0.month() as u8
    }

    /// The month that many months later; stays where it is beyond the year 9000.
    pub fn plus_months(self, months: u16) -> Month {
        self.shifted(i32::from(months))
    }

    /// The following month.
    pub fn next(self) -> Month {
        self.shifted(1)
    }

    /// The month before.
    pub fn previous(self) -> Month {
        self.shifted(-1)
    }

    /// Months from `earlier` to this one; negative if this one comes first.
    pub fn months_since(self, earlier: Month) -> i32 {
        self.index() - earlier.index()
    }

    /// The first day.
    pub const fn first_day(self) -> Date {
        self.0
    }

    /// The last day.
    pub fn last_day(self) -> Date {
        let length = self.0.month().length(self.0.year());
        self.0.replace_day(length).unwrap_or(self.0)
    }

    /// The fiscal year in which the month lies.
    pub fn fiscal_year(self) -> FiscalYear {
        FiscalYear(if self.number() >= 4 { self.year() } else { self.year() - 1 })
    }

    /// `2026年11月` or `November 2026`.
    pub fn text(self, locale: Locale) -> String {
        match locale {
            Locale::Ja => format!("{}年{}月", self.year(), self.number()),
            Locale::En => format!("{} {}", self.0.month(), self.year()),
        }
    }

    fn index(self) -> i32 {
        self.year() * 12 + i32::from(self.number()) - 1
    }

    fn shifted(self, months: i32) -> Month {
        let index = self.index().saturating_add(months);
        let number = u8::try_from(index.rem_euclid(12) + 1).unwrap_or(1);
        Month::new(index.div_euclid(12), number).unwrap_or(self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl FromStr for Month {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Month, InvalidDate> {
        let (year, month) = text.split_once('-').ok_or(InvalidDate)?;
        let year = i32::from(digits(year, 4)?);
        let month = u8::try_from(digits(month, 2)?).map_err(|_| InvalidDate)?;
        Month::new(year, month).ok_or(InvalidDate)
    }
}

impl TryFrom<String> for Month {
    type Error = InvalidDate;

    fn try_from(text: String) -> Result<Month, InvalidDate> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> String {
        month.to_string()
    }
}

impl FiscalYear {
    /// The fiscal year that begins on 1 April of this year.
    pub fn new(year: i32) -> Option<FiscalYear> {
        YEARS.contains(&year).then_some(FiscalYear(year))
    }

    /// The year of its April.
    pub const fn year(self) -> i32 {
        self.0
    }

    /// Its April; beyond the years that a date may have, the first April of all.
    pub fn first_month(self) -> Month {
        Month::new(self.0, 4).unwrap_or(Month(Date::MIN))
    }

    /// Its March, in the following calendar year.
    pub fn last_month(self) -> Month {
        self.first_month().plus_months(11)
    }

    /// `令和8年度(2026年)` or `FY 2026`. The era is that of 1 May, after the government's usage: the year that began under
    /// 平成31年 is 令和元年度, while the one in which 昭和64年 ended stays 昭和63年度.
    pub fn text(self, locale: Locale) -> String {
        match locale {
            Locale::Ja => match era_year(self.first_month().next().first_day()) {
                Some(era) => format!("{era}度({}年)", self.0),
                None => format!("{}年度", self.0),
            },
            Locale::En => format!("FY {}", self.0),
        }
    }
}

/// The day in Japan at a moment.
pub fn tokyo_date(moment: OffsetDateTime) -> Date {
    tokyo(moment).date()
}

/// The moment on a clock in Japan.
pub fn tokyo(moment: OffsetDateTime) -> OffsetDateTime {
    moment.checked_to_offset(TOKYO).unwrap_or(moment)
}

/// The moment at which a day begins in Japan.
pub fn tokyo_midnight(day: Date) -> OffsetDateTime {
    day.midnight().assume_offset(TOKYO)
}

const TOKYO: UtcOffset = match UtcOffset::from_hms(9, 0, 0) {
    Ok(offset) => offset,
    Err(_) => UtcOffset::UTC,
};

/// `2026-11-21`, as forms and columns hold a day.
pub fn iso_date(day: Date) -> String {
    format!("{:04}-{:02}-{:02}", day.year(), day.month() as u8, day.day())
}

/// Reads `2026-11-21`.
///
/// # Errors
/// Another form, or a day that does not exist.
pub fn parse_iso_date(text: &str) -> Result<Date, InvalidDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    match (year, month, day, parts.next()) {
        (Some(year), Some(month), Some(day), None) => calendar_date(year, month, day),
        _ => Err(InvalidDate),
    }
}

/// Reads `20261121`, the form of the Digital Agency's birthdate.
///
/// # Errors
/// Another form, or a day that does not exist.
pub fn parse_compact_date(text: &str) -> Result<Date, InvalidDate> {
    match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(year), Some(month), Some(day)) => calendar_date(year, month, day),
        _ => Err(InvalidDate),
    }
}

fn calendar_date(year: &str, month: &str, day: &str) -> Result<Date, InvalidDate> {
    let year = i32::from(digits(year, 4)?);
    let month = u8::try_from(digits(month, 2)?).ok().and_then(|month| MonthName::try_from(month).ok());
    let day = u8::try_from(digits(day, 2)?).map_err(|_| InvalidDate)?;
    match month {
        Some(month) if YEARS.contains(&year) => Date::from_calendar_date(year, month, day).map_err(|_| InvalidDate),
        _ => Err(InvalidDate),
    }
}

/// Exactly so many ASCII digits: `parse` alone would take a sign.
fn digits(text: &str, count: usize) -> Result<u16, InvalidDate> {
    if text.len() != count || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidDate);
    }
    text.parse().map_err(|_| InvalidDate)
}

/// `2026年11月21日(令和8年)` or `21 November 2026`.
pub fn long_date(day: Date, locale: Locale) -> String {
    match locale {
        Locale::Ja => {
            let western = format!("{}年{}月{}日", day.year(), day.month() as u8, day.day());
            match era_year(day) {
                Some(era) => format!("{western}({era})"),
                None => western,
            }
        }
        Locale::En => format!("{} {} {}", day.day(), day.month(), day.year()),
    }
}

/// First days of the eras, the latest first. The Gregorian calendar came on 1 January 1873 (明治6年); before it there is no
/// day-by-day correspondence that an office would print.
const ERAS: [(&str, i32, u8, u8, i32); 5] = [
    ("令和", 2019, 5, 1, 2019),
    ("平成", 1989, 1, 8, 1989),
    ("昭和", 1926, 12, 25, 1926),
    ("大正", 1912, 7, 30, 1912),
    ("明治", 1873, 1, 1, 1868),
];

/// The year in the Japanese era in force on a day, such as `令和8年` (the first year is 元年).
pub fn era_year(day: Date) -> Option<String> {
    let today = (day.year(), day.month() as u8, day.day());
    let (name, first) = ERAS.iter().find(|era| today >= (era.1, era.2, era.3)).map(|era| (era.0, era.4))?;
    Some(match day.year() - first + 1 {
        1 => format!("{name}元年"),
        year => format!("{name}{year}年"),
    })
}

/// Age in completed years on a day, as Japanese law counts it (年齢計算ニ関する法律 and Civil Code art. 143): a person reaches
/// an age at the end of the day *before* the birthday, and so has it, for limits counted in days, on that day. That is why a
/// child born on 1 April belongs to the school year above: it turned six on 31 March. Somebody born on 29 February reaches an
/// age on 28 February of every year. `None` before the birth.
pub fn age_on(birthdate: Date, day: Date) -> Option<u8> {
    let counted = day.checked_add(Duration::DAY).unwrap_or(day);
    if counted <= birthdate {
        return None;
    }
    let had_birthday = (counted.month() as u8, counted.day()) >= (birthdate.month() as u8, birthdate.day());
    let years = counted.year() - birthdate.year() - i32::from(!had_birthday);
    Some(u8::try_from(years).unwrap_or(u8::MAX))
}

/// The school year (学年) to which a birthdate belongs on a day: 1 is 小学1年, 7 is 中学1年, 10 is 高校1年; 0 and less before school,
/// 13 and more behind it. Children enter school on the first 1 April after the day on which they turn six (学校教育法 art. 17),
/// so those born on 1 April are the last of the year that began on 2 April of the year before.
pub fn school_year_on(birthdate: Date, day: Date) -> i32 {
    let before_2_april = (birthdate.month() as u8, birthdate.day()) < (4, 2);
    let cohort = birthdate.year() - i32::from(before_2_april);
    Month::of(day).fiscal_year().year() - cohort - 6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn months_read_back_and_add_up() {
        assert_eq!(month("2026-11").to_string(), "2026-11");
        assert_eq!(month("2026-11").plus_months(14), month("2028-01"));
        assert_eq!(month("2026-12").next(), month("2027-01"));
        assert_eq!(month("2026-01").previous(), month("2025-12"));
        assert_eq!(month("2028-02").last_day(), date!(2028 - 02 - 29));
        assert_eq!(month("2026-11").months_since(month("2025-12")), 11);
        for text in ["2026-13", "2026-00", "2026-1", "26-01", "+026-01", "2026-011", "2026/01", ""] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
        assert_eq!(serde_json::to_string(&month("2026-11")).unwrap(), "\"2026-11\"");
    }

    #[test]
    fn the_fiscal_year_begins_in_april() {
        assert_eq!(month("2026-03").fiscal_year(), FiscalYear::new(2025).unwrap());
        assert_eq!(month("2026-04").fiscal_year(), FiscalYear::new(2026).unwrap());
        assert_eq!(month("2026-04").fiscal_year().last_month(), month("2027-03"));
        assert_eq!(FiscalYear(2026).text(Locale::Ja), "令和8年度(2026年)");
        assert_eq!(FiscalYear(2019).text(Locale::Ja), "令和元年度(2019年)");
        assert_eq!(FiscalYear(1988).text(Locale::Ja), "昭和63年度(1988年)");
    }

    #[test]
    fn dates_on_screen() {
        assert_eq!(long_date(date!(2026 - 11 - 21), Locale::Ja), "2026年11月21日(令和8年)");
        assert_eq!(long_date(date!(2026 - 11 - 21), Locale::En), "21 November 2026");
        assert_eq!(long_date(date!(2019 - 04 - 30), Locale::Ja), "2019年4月30日(平成31年)");
        assert_eq!(long_date(date!(2019 - 05 - 01), Locale::Ja), "2019年5月1日(令和元年)");
        assert_eq!(long_date(date!(1989 - 01 - 07), Locale::Ja), "1989年1月7日(昭和64年)");
        assert_eq!(month("2026-11").text(Locale::Ja), "2026年11月");
        assert_eq!(month("2026-11").text(Locale::En), "November 2026");
    }

    #[test]
    fn the_day_in_japan_begins_at_three_in_the_afternoon_utc() {
        assert_eq!(tokyo_date(datetime!(2026-11-30 14:59:59 UTC)), date!(2026 - 11 - 30));
        assert_eq!(tokyo_date(datetime!(2026-11-30 15:00 UTC)), date!(2026 - 12 - 01));
        assert_eq!(Month::at(datetime!(2026-11-30 15:00 UTC)), month("2026-12"));
        assert_eq!(tokyo_midnight(date!(2026 - 12 - 01)), datetime!(2026-11-30 15:00 UTC));
    }

    // conforms: OpenID Connect Core 1.0 §5.5 MAY
    #[test]
    fn an_age_is_reached_on_the_day_before_the_birthday() {
        let born = date!(2020 - 04 - 01);
        assert_eq!(age_on(born, date!(2026 - 03 - 30)), Some(5));
        assert_eq!(age_on(born, date!(2026 - 03 - 31)), Some(6));
        assert_eq!(age_on(born, date!(2020 - 03 - 30)), None);
        let leap = date!(2004 - 02 - 29);
        assert_eq!(age_on(leap, date!(2022 - 02 - 27)), Some(17));
        assert_eq!(age_on(leap, date!(2022 - 02 - 28)), Some(18));
        assert_eq!(age_on(leap, date!(2024 - 02 - 27)), Some(19));
        assert_eq!(age_on(leap, date!(2024 - 02 - 28)), Some(20));
    }

    #[test]
    fn school_begins_on_the_first_1_april_after_turning_six() {
        let last = date!(2020 - 04 - 01);
        let first = date!(2020 - 04 - 02);
        assert_eq!(school_year_on(last, date!(2026 - 03 - 31)), 0);
        assert_eq!(school_year_on(last, date!(2026 - 04 - 01)), 1);
        assert_eq!(school_year_on(first, date!(2026 - 04 - 01)), 0);
        assert_eq!(school_year_on(first, date!(2027 - 04 - 01)), 1);
        assert_eq!(school_year_on(date!(2020 - 12 - 31), date!(2027 - 03 - 31)), 0);
        assert_eq!(school_year_on(date!(2021 - 01 - 01), date!(2027 - 04 - 01)), 1);
        assert_eq!(school_year_on(date!(2014 - 03 - 31), date!(2026 - 11 - 21)), 7);
        assert_eq!(school_year_on(date!(2008 - 04 - 02), date!(2027 - 03 - 31)), 12);
        assert_eq!(school_year_on(date!(1950 - 06 - 01), date!(2026 - 11 - 21)), 70);
    }

    #[test]
    fn birthdates_in_both_forms() {
        assert_eq!(parse_compact_date("19840229"), Ok(date!(1984 - 02 - 29)));
        assert_eq!(parse_iso_date("1984-02-29"), Ok(date!(1984 - 02 - 29)));
        for text in ["19830229", "198402", "1984022a", "1984年", "", "19840229 "] {
            assert_eq!(parse_compact_date(text), Err(InvalidDate), "{text}");
        }
        assert!(parse_iso_date("1984-2-29").is_err());
    }

    proptest! {
        #[test]
        fn adding_months_is_undone_by_counting_them(year in 1900..2200i32, number in 1..=12u8, months in 0..600u16) {
            let from = Month::new(year, number).unwrap();
            prop_assert_eq!(from.plus_months(months).months_since(from), i32::from(months));
            prop_assert_eq!(Month::of(from.last_day()), from);
            prop_assert_eq!(from.last_day().next_day().map(Month::of), Some(from.next()));
        }

        /// 学校教育法 art. 17: from the beginning of the first school year after the day on which the child has turned six. The
        /// year begins on 1 April; whoever was born on that day has turned six on the day before.
        #[test]
        fn the_school_year_is_what_the_law_says(born in 0..40_000i32, days in 0..30_000i32) {
            let birthdate = Date::from_julian_day(2_415_021 + born).unwrap();
            let day = birthdate + Duration::days(days.into());
            let april = |year| Date::from_calendar_date(year, MonthName::April, 1).unwrap();
            let entry = (birthdate.year()..)
                .map(april)
                .find(|april| april.previous_day().and_then(|eve| age_on(birthdate, eve)).is_some_and(|age| age >= 6))
                .unwrap();
            let years = Month::of(day).fiscal_year().year() - entry.year();
            prop_assert_eq!(school_year_on(birthdate, day), years + 1);
        }

        #[test]
        fn age_never_falls(born in 0..40_000i32, days in 0..30_000i32) {
            let birthdate = Date::from_julian_day(2_415_021 + born).unwrap();
            let day = birthdate + Duration::days(days.into());
            prop_assert!(age_on(birthdate, day) <= age_on(birthdate, day + Duration::DAY));
        }
    }
}
