//! Many made-up addresses at once: counts by outcome, and an answer for each line. In memory only; nothing of it is kept,
//! noted or logged, and no answer holds anything of an address.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use domain::calendar::{Month, parse_compact_date, parse_iso_date, tokyo_date};
use domain::ids::ResidencyRuleId;
use domain::municipality::MunicipalityCode;
use domain::residency::{
    Address, AddressSource, Answer, Clause, Facts, Level, Outcome, ReasonCode, ResidencyRule, Resolver,
};
use domain::violations::Violation;
use time::Date;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::version::RuleVersion;
use crate::Service;
use crate::error::Error;
use crate::gate::{Caller, Resource, action};

/// The most lines of one trial.
pub const MAX_MASS_LINES: usize = 50_000;

/// So much of this kind is worked on at once; others wait, so that sign-ins keep a core to themselves.
pub(super) static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// What came out of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MassAnswer {
    /// Its number, from 1.
    pub line: usize,
    /// Why; the outcome follows from it.
    pub reason: ReasonCode,
    /// The clause that decided, where it was a single one.
    pub clause: Option<Clause>,
    /// The municipality, where it is known; in a designated city the ward.
    pub municipality: Option<MunicipalityCode>,
    /// The finest level that is known: `town`, `municipality`, `prefecture`, or nothing.
    pub level: &'static str,
}

/// What came out of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MassTrial {
    /// One for each line that is not empty, in their order.
    pub answers: Vec<MassAnswer>,
}

impl MassTrial {
    /// How many lines came to each reason, in the order of the reasons.
    pub fn by_reason(&self) -> Vec<(ReasonCode, usize)> {
        let mut counts: BTreeMap<u8, usize> = BTreeMap::new();
        for answer in &self.answers {
            *counts.entry(answer.reason.index()).or_default() += 1;
        }
        counts
            .into_iter()
            .filter_map(|(index, count)| ReasonCode::of_index(index).map(|reason| (reason, count)))
            .collect()
    }

    /// How many lines came to an outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.answers.iter().filter(|answer| answer.reason.outcome() == outcome).count()
    }

    /// Line numbers and answers as CSV (RFC 4180), with [`MASS_CSV_HEAD`] as its first line. No field needs quotes.
    pub fn csv(&self) -> String {
        let mut csv = String::from(MASS_CSV_HEAD);
        for MassAnswer { line, reason, clause, municipality, level } in &self.answers {
            let outcome = reason.outcome().as_str();
            let clause = clause.map(clause_word).unwrap_or_default();
            let municipality = municipality.map(|code| code.to_string()).unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = write!(csv, "{line},{outcome},{reason},{clause},{municipality},{level}\r\n");
        }
        csv
    }
}

/// The first line of the CSV.
pub const MASS_CSV_HEAD: &str = "line,outcome,reason,clause,municipality_code,level\r\n";

/// The clause as the builder numbers it, from 1.
fn clause_word(clause: Clause) -> String {
    match clause {
        Clause::Admits(index) => format!("admits {}", u16::from(index) + 1),
        Clause::Everyone(index) => format!("everyone {}", u16::from(index) + 1),
        Clause::Excludes(index) => format!("excludes {}", u16::from(index) + 1),
    }
}

impl Service {
    /// Decides a version of a rule for many made-up addresses, one a line, each with a birthdate behind a tab or a comma if
    /// it has one; on today's evidence from the card, without ties. Lines are numbered from `first`; empty ones are skipped.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`]: `lines` without any (`Required`), with more than [`MAX_MASS_LINES`]
    /// (`TooLong`); `version` that still lacks something (`Unknown`).
    pub async fn try_many(
        &self,
        caller: &Caller,
        rule: ResidencyRuleId,
        version: RuleVersion,
        lines: String,
        first: usize,
    ) -> Result<MassTrial, Error> {
        let lines = Zeroizing::new(lines);
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let own = crate::configuration::store::own_code(&scope).await?;
        let content = self.rule_version(&scope, rule, version).await?;
        // The database waits for no addresses.
        drop(scope);
        let content = content.ok_or_else(|| Error::invalid("version", Violation::Unknown))?;
        match lines.lines().filter(|line| !line.trim().is_empty()).take(MAX_MASS_LINES + 1).count() {
            0 => return Err(Error::invalid("lines", Violation::Required)),
            many if many > MAX_MASS_LINES => return Err(Error::invalid("lines", Violation::TooLong)),
            _ => {}
        }
        let today = tokyo_date(self.clock.now());
        let turn = TURNS.acquire().await.map_err(|_| Error::Unavailable)?;
        let done = tokio::task::spawn_blocking(move || {
            let trial = decide_all(&content.rule, own, &lines, first, today);
            drop(turn);
            trial
        });
        done.await.map_err(|_| Error::internal("the thread that tries many addresses"))
    }
}

fn decide_all(rule: &ResidencyRule, own: MunicipalityCode, lines: &str, first: usize, today: Date) -> MassTrial {
    let resolver = Resolver::japan();
    let numbered = lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let answers = numbered.map(|(index, line)| {
        let (address, birthdate) = split(line);
        let answer = resolver.read(&Address::new(address.to_owned()));
        let level = level(&answer);
        let municipality = match answer.ward() {
            Level::Resolved(ward) => Some(ward),
            Level::Ambiguous(_) | Level::Unknown => match answer.municipality() {
                Level::Resolved(code) => Some(code),
                Level::Ambiguous(_) | Level::Unknown => None,
            },
        };
        let facts = Facts {
            resolution: answer.resolution,
            birthdate,
            source: AddressSource::SignatureCertificate,
            verified: Some(Month::of(today)),
            attested: Vec::new(),
        };
        let determination = rule.decide(own, &facts, today);
        let line = first.saturating_add(index);
        MassAnswer { line, reason: determination.reason, clause: determination.clause, municipality, level }
    });
    MassTrial { answers: answers.collect() }
}

/// The address and the birthdate behind its last tab or comma; what stands there and is no date belongs to the address.
fn split(line: &str) -> (&str, Option<Date>) {
    let date = |text: &str| parse_iso_date(text).or_else(|_| parse_compact_date(text)).ok();
    match line.rsplit_once(['\t', ',']).and_then(|(address, text)| Some((address, date(text.trim())?))) {
        Some((address, birthdate)) => (address, Some(birthdate)),
        None => (line, None),
    }
}

fn level(answer: &Answer) -> &'static str {
    if matches!(answer.town(), Level::Resolved(_)) {
        "town"
    } else if matches!(answer.municipality(), Level::Resolved(_)) {
        "municipality"
    } else if matches!(answer.prefecture(), Level::Resolved(_)) {
        "prefecture"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthdate_stands_behind_the_last_comma_or_tab() {
        let born = parse_iso_date("2015-04-02").ok();
        assert_eq!(split("福島県昭和村下中津川1\t2015-04-02"), ("福島県昭和村下中津川1", born));
        assert_eq!(split("福島県昭和村下中津川1,1-2,20150402"), ("福島県昭和村下中津川1,1-2", born));
        assert_eq!(split("福島県昭和村下中津川1,1-2"), ("福島県昭和村下中津川1,1-2", None));
        assert_eq!(split("福島県昭和村下中津川1"), ("福島県昭和村下中津川1", None));
    }
}
