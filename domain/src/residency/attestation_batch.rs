//! What staff say when they make one-time codes: for which tie, for whom, how many, until when.

use time::{Date, Duration};

use super::attestation::AttestationKind;
use crate::calendar::{Month, parse_iso_date};
use crate::prose;
use crate::violations::{Violation, Violations};

/// The most codes that are made at a time.
pub const MAX_CODES: u16 = 2_000;
/// The fewest codes of a batch that has a name. In a village an employer is a person, and so is its only employee: fewer codes
/// go out without a name beside them.
pub const NAMED_FROM: u16 = 5;
/// Days in which a code can be redeemed at most.
const MOST_DAYS: i64 = 366;
/// Days in which a code can be redeemed unless somebody says otherwise.
const USUAL_DAYS: i64 = 60;
/// Months of expiry that a form offers.
const OFFERED: usize = 4;

/// The form of a new batch, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AttestationBatchForm {
    /// Name of an [`AttestationKind`].
    pub kind: String,
    /// School or employer, for staff only; may be empty.
    pub name: String,
    /// 1 to [`MAX_CODES`].
    pub count: String,
    /// One of [`tie_ends`].
    pub until: String,
    /// A day, ISO form.
    pub redeem_until: String,
}

/// A batch that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationBatch {
    /// The tie.
    pub kind: AttestationKind,
    /// School or employer; empty for none.
    pub name: String,
    /// How many codes.
    pub count: u16,
    /// The last month of the tie.
    pub until: Month,
    /// The last day on which a code can be redeemed.
    pub redeem_until: Date,
}

/// The months in which ties may end, from this one on: September and March. Few, and the same for everybody, because a month of
/// its own would lead from a person to a batch.
pub fn tie_ends(today: Date) -> Vec<Month> {
    let this = Month::of(today);
    (0..).map(|months| this.plus_months(months)).filter(|month| matches!(month.number(), 3 | 9)).take(OFFERED).collect()
}

/// The month that a form offers first: the end of the fiscal year, or of the next one where this one is nearly over.
pub fn usual_tie_end(today: Date) -> Month {
    Month::of(today).plus_months(2).fiscal_year().last_month()
}

/// The last day for redeeming that a form offers first.
pub fn usual_redeem_until(today: Date) -> Date {
    today.saturating_add(Duration::days(USUAL_DAYS)).min(usual_tie_end(today).last_day())
}

/// The last day for redeeming that a form takes.
pub fn latest_redeem_until(today: Date) -> Date {
    today.saturating_add(Duration::days(MOST_DAYS))
}

/// Reads how many codes are to be made.
///
/// # Errors
/// Nothing typed, no number, or not 1 to [`MAX_CODES`].
pub fn parse_count(typed: &str) -> Result<u16, Violation> {
    match typed.trim() {
        "" => Err(Violation::Required),
        digits if digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) => Err(Violation::Malformed),
        digits => digits.parse().ok().filter(|count| (1..=MAX_CODES).contains(count)).ok_or(Violation::OutOfRange),
    }
}

/// Reads one of the months in which ties may end.
///
/// # Errors
/// Nothing chosen, or none of [`tie_ends`].
pub fn parse_tie_end(typed: &str, today: Date) -> Result<Month, Violation> {
    if typed.is_empty() {
        return Err(Violation::Required);
    }
    let month: Month = typed.parse().map_err(|_| Violation::Malformed)?;
    if tie_ends(today).contains(&month) { Ok(month) } else { Err(Violation::OutOfRange) }
}

impl AttestationBatch {
    /// Checks a form on a day.
    ///
    /// # Errors
    /// By the form's field names. A name beside fewer than [`NAMED_FROM`] codes is [`Violation::NotAllowed`].
    pub fn parse(form: &AttestationBatchForm, today: Date) -> Result<AttestationBatch, Violations> {
        let mut wrong = Violations::default();
        let kind = if form.kind.is_empty() { Err(Violation::Required) } else { form.kind.parse() };
        let kind: Option<AttestationKind> = wrong.check("kind", kind);
        let name = if form.name.trim().is_empty() { Ok(String::new()) } else { prose::line(&form.name, 60) };
        let name = wrong.check("name", name);
        let count = wrong.check("count", parse_count(&form.count));
        if let (Some(name), Some(count)) = (&name, count)
            && !name.is_empty()
            && count < NAMED_FROM
        {
            wrong.add("name", Violation::NotAllowed);
        }
        let until = wrong.check("until", parse_tie_end(&form.until, today));
        let day = match form.redeem_until.trim() {
            "" => Err(Violation::Required),
            day => parse_iso_date(day).map_err(|_| Violation::Malformed),
        };
        let redeem_until = wrong.check("redeem_until", day);
        if let Some(day) = redeem_until {
            let latest = until.map_or(Date::MAX, Month::last_day).min(latest_redeem_until(today));
            if day < today || day > latest {
                wrong.add("redeem_until", Violation::OutOfRange);
            }
        }
        let batch = (|| {
            Some(AttestationBatch {
                kind: kind?,
                name: name?,
                count: count?,
                until: until?,
                redeem_until: redeem_until?,
            })
        })();
        wrong.finish(batch)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    const TODAY: Date = date!(2026 - 11 - 22);

    fn form() -> AttestationBatchForm {
        AttestationBatchForm {
            kind: "work".to_owned(),
            name: " 昭和村役場 ".to_owned(),
            count: "40".to_owned(),
            until: "2027-03".to_owned(),
            redeem_until: "2027-01-31".to_owned(),
        }
    }

    fn refused(change: impl FnOnce(&mut AttestationBatchForm)) -> Violations {
        let mut form = form();
        change(&mut form);
        AttestationBatch::parse(&form, TODAY).unwrap_err()
    }

    #[test]
    fn a_form_becomes_a_batch() {
        let batch = AttestationBatch::parse(&form(), TODAY).unwrap();
        assert_eq!((batch.kind, batch.name.as_str(), batch.count), (AttestationKind::Work, "昭和村役場", 40));
        assert_eq!((batch.until.to_string(), batch.redeem_until), ("2027-03".to_owned(), date!(2027 - 01 - 31)));
    }

    #[test]
    fn every_field_says_what_is_wrong_with_it() {
        assert_eq!(refused(|form| form.kind.clear()).get("kind"), Some(Violation::Required));
        assert_eq!(refused(|form| form.kind = "friend".into()).get("kind"), Some(Violation::Unknown));
        assert_eq!(refused(|form| form.name = "会社".repeat(40)).get("name"), Some(Violation::TooLong));
        assert_eq!(refused(|form| form.count.clear()).get("count"), Some(Violation::Required));
        assert_eq!(refused(|form| form.count = "4O".into()).get("count"), Some(Violation::Malformed));
        assert_eq!(refused(|form| form.count = "0".into()).get("count"), Some(Violation::OutOfRange));
        assert_eq!(refused(|form| form.count = "2001".into()).get("count"), Some(Violation::OutOfRange));
        assert_eq!(refused(|form| form.until = "2027-05".into()).get("until"), Some(Violation::OutOfRange));
        assert_eq!(refused(|form| form.until.clear()).get("until"), Some(Violation::Required));
        for (day, violation) in [
            ("", Violation::Required),
            ("soon", Violation::Malformed),
            ("2026-11-21", Violation::OutOfRange),
            ("2027-04-01", Violation::OutOfRange),
        ] {
            assert_eq!(refused(|form| form.redeem_until = day.into()).get("redeem_until"), Some(violation), "{day}");
        }
    }

    #[test]
    fn the_limits_themselves_are_allowed() {
        for count in [1, NAMED_FROM, MAX_CODES] {
            let name = if count < NAMED_FROM { String::new() } else { form().name };
            let batch =
                AttestationBatch::parse(&AttestationBatchForm { count: count.to_string(), name, ..form() }, TODAY);
            assert_eq!(batch.unwrap().count, count);
        }
        for day in [TODAY, date!(2027 - 03 - 31)] {
            let redeem_until = day.to_string();
            let batch = AttestationBatch::parse(&AttestationBatchForm { redeem_until, ..form() }, TODAY);
            assert_eq!(batch.unwrap().redeem_until, day);
        }
        // A number, and too great a one; more digits than that are a slip.
        assert_eq!(parse_count("99999"), Err(Violation::OutOfRange));
        assert_eq!(parse_count("100000"), Err(Violation::Malformed));
    }

    #[test]
    fn few_codes_have_no_name() {
        assert_eq!(refused(|form| form.count = "4".into()).get("name"), Some(Violation::NotAllowed));
        let few = AttestationBatchForm { count: "1".into(), name: " ".into(), ..form() };
        assert_eq!(AttestationBatch::parse(&few, TODAY).unwrap().name, "");
    }

    #[test]
    fn ties_end_with_half_a_fiscal_year() {
        let text = |day| tie_ends(day).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(text(TODAY), ["2027-03", "2027-09", "2028-03", "2028-09"]);
        assert_eq!(text(date!(2027 - 03 - 31)), ["2027-03", "2027-09", "2028-03", "2028-09"]);
        assert_eq!(usual_tie_end(TODAY).to_string(), "2027-03");
        assert_eq!(usual_tie_end(date!(2027 - 02 - 01)).to_string(), "2028-03");
        assert_eq!(usual_redeem_until(date!(2027 - 01 - 30)), date!(2027 - 03 - 31));
        assert!(tie_ends(TODAY).contains(&usual_tie_end(TODAY)));
    }
}
