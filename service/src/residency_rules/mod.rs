//! Trying a rule out with an address that somebody made up. Nothing of it is kept, noted or logged.

mod cases;
mod compare;
mod exchange;
mod json_line;
mod mass;
mod naming;
mod version;

use domain::calendar::{Month, parse_iso_date, tokyo_date};
use domain::configuration::ResidencyRuleForm;
use domain::municipality::MunicipalityTable;
use domain::residency::{Address, AddressSource, Answer, Attestation, AttestationKind, Determination, Facts, Resolver};
use domain::violations::{Violation, Violations};
use zeroize::Zeroizing;

use crate::Service;
use crate::configuration::store;
use crate::error::Error;
use crate::gate::{Caller, Resource, action};

pub use cases::{CASES, CaseView, Cases, FINDINGS, MAX_CASES};
pub use compare::{ComparedCase, Effects, RuleComparison};
pub use exchange::{BeforeImport, Imported};
pub use mass::{MASS_CSV_HEAD, MAX_MASS_LINES, MassAnswer, MassTrial};
pub use naming::NamingRule;
pub use version::RuleVersion;

/// Somebody who does not exist, as typed. The fields of its violations have `try_` before their names.
#[derive(Default)]
pub struct MadeUp {
    /// One line.
    pub address: Zeroizing<String>,
    /// `2001-04-01`; empty if the provider gives none.
    pub birthdate: Zeroizing<String>,
    /// Names of the kinds of ties that staff attested.
    pub ties: Vec<String>,
    /// The day of the sign-in; empty for today.
    pub day: String,
}

/// What a rule says about somebody made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Outcome, reason, clause and expiry.
    pub determination: Determination,
    /// How the address was read; names of the table, nothing that was typed.
    pub reading: Answer,
}

impl Service {
    /// Decides a rule, as it stands in the builder, for somebody made up, on that day's evidence from the card.
    ///
    /// # Errors
    /// [`Error::Invalid`]: what the rule lacks, or `try_address`, `try_birthdate`, `try_ties`, `try_day`.
    pub async fn try_rule(&self, caller: &Caller, form: &ResidencyRuleForm, somebody: MadeUp) -> Result<Trial, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let own = store::own_code(&scope).await?;
        let mut wrong = Violations::default();
        let rule = form.rule(&mut wrong, MunicipalityTable::japan());
        if somebody.address.trim().is_empty() {
            wrong.add("try_address", Violation::Required);
        }
        let date = |text: &str| parse_iso_date(text).map(Some).map_err(|_| Violation::Malformed);
        let mut given = |field: &str, text: &str| match text.trim() {
            "" => None,
            text => wrong.check(field, date(text)).flatten(),
        };
        let birthdate = given("try_birthdate", &somebody.birthdate);
        let today = given("try_day", &somebody.day).unwrap_or_else(|| tokyo_date(self.clock.now()));
        let month = Month::of(today);
        let ties = somebody.ties.iter().map(|kind| kind.parse::<AttestationKind>()).collect::<Result<Vec<_>, _>>();
        let ties = wrong.check("try_ties", ties).unwrap_or_default();
        let rule = match rule {
            Some(rule) if wrong.is_empty() => rule,
            _ => return Err(wrong.into()),
        };
        let reading = Resolver::japan().read(&Address::new(somebody.address.as_str().to_owned()));
        let facts = Facts {
            resolution: reading.resolution.clone(),
            birthdate,
            source: AddressSource::SignatureCertificate,
            verified: Some(month),
            attested: ties.into_iter().map(|kind| Attestation { kind, until: month.plus_months(12) }).collect(),
        };
        Ok(Trial { determination: rule.decide(own, &facts, today), reading })
    }
}
