//! Which months a reader asks for. It stands in the address, so that a view can be kept and sent.

use domain::calendar::{FiscalYear, Month, tokyo_date};
use service::usage::closes_on;
use time::OffsetDateTime;

use crate::components::list::ListQuery;

/// Months that one view shows at most.
const LONGEST: u16 = 36;
/// Months of the view that nobody chose.
const RECENT: u16 = 12;

/// The months of one view, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Month,
    pub(super) to: Month,
    pub(super) chosen: Chosen,
}

/// How they were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chosen {
    Recent,
    Year(FiscalYear),
    Months,
}

/// The last month that can be closed by now.
pub(super) fn latest(now: OffsetDateTime) -> Month {
    let month = Month::at(now).previous();
    if tokyo_date(now) < closes_on(month) { month.previous() } else { month }
}

/// So many months earlier.
pub(super) fn back(month: Month, months: u16) -> Month {
    (0..months).fold(month, |month, _| month.previous())
}

impl Period {
    /// The last twelve closed months.
    pub(super) fn recent(now: OffsetDateTime) -> Self {
        let to = latest(now);
        Self { from: back(to, RECENT - 1), to, chosen: Chosen::Recent }
    }

    /// What the address asks for; what it does not say well is the last twelve months.
    pub(super) fn of(query: &ListQuery, now: OffsetDateTime) -> Self {
        let preset = query.get("preset");
        if let Some(year) = preset.strip_prefix("fy").and_then(|year| FiscalYear::new(year.parse().ok()?)) {
            return Self { from: year.first_month(), to: year.last_month(), chosen: Chosen::Year(year) };
        }
        let months = (query.get("from").parse::<Month>(), query.get("to").parse::<Month>());
        match (preset, months) {
            ("months", (Ok(one), Ok(other))) => {
                let (from, to) = (one.min(other), one.max(other));
                Self { from: from.max(back(to, LONGEST - 1)), to, chosen: Chosen::Months }
            }
            _ => Self::recent(now),
        }
    }

    /// The value of the select.
    pub(super) fn preset(&self) -> String {
        match self.chosen {
            Chosen::Recent => String::new(),
            Chosen::Year(year) => format!("fy{}", year.year()),
            Chosen::Months => "months".to_owned(),
        }
    }

    /// The same months of the year before and these: what bars beside each other need.
    pub(super) fn with_year_before(&self) -> (Month, Month) {
        (back(self.from, 12), self.to)
    }

    /// Whether a month lies in it.
    pub(super) fn contains(&self, month: Month) -> bool {
        (self.from..=self.to).contains(&month)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-20 10:00 +9);

    fn of(pairs: &[(&str, &str)]) -> (String, String) {
        let period = Period::of(&ListQuery::for_test("/usage", pairs), NOW);
        (period.from.to_string(), period.to.to_string())
    }

    fn text(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn the_last_closed_month_changes_on_the_fifth() {
        assert_eq!(latest(datetime!(2026-12-04 14:59:59 UTC)).to_string(), "2026-10");
        assert_eq!(latest(datetime!(2026-12-04 15:00 UTC)).to_string(), "2026-11");
        assert_eq!(latest(datetime!(2027-01-01 0:00 +9)).to_string(), "2026-11");
    }

    #[test]
    fn the_address_says_which_months() {
        let recent = text("2025-11", "2026-10");
        assert_eq!(of(&[]), recent);
        assert_eq!(of(&[("preset", "fy2025")]), text("2025-04", "2026-03"));
        assert_eq!(of(&[("preset", "months"), ("from", "2026-05"), ("to", "2026-02")]), text("2026-02", "2026-05"));
        assert_eq!(of(&[("preset", "months"), ("from", "1900-01"), ("to", "2026-10")]), text("2023-11", "2026-10"));
        for nonsense in [[("preset", "fyx")], [("preset", "months")], [("preset", "fy99999")], [("from", "2026-05")]] {
            assert_eq!(of(&nonsense), recent);
        }
    }
}
