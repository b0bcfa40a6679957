//! Trying a rule out with an address that somebody made up. Nothing of it is kept, noted or logged.

use domain::calendar::{Month, parse_iso_date, tokyo_date};
use domain::configuration::{ResidencyRuleContent, ResidencyRuleForm};
use domain::locale::Localized;
use domain::municipality::{Municipality, MunicipalityTable};
use domain::residency::{Address, AddressSource, Clause, Determination, Facts, Resolution, Resolver, describe};
use domain::violations::{Violation, Violations};

use crate::Service;
use crate::configuration::store;
use crate::error::Error;
use crate::gate::{Caller, Resource, action};

/// What was read in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// It lies here (a ward where one is known).
    Place(Municipality),
    /// It may lie in any of these.
    Places(Vec<Municipality>),
    /// No municipality fits.
    Unknown,
    /// It says that the person moved out of Japan.
    Abroad,
}

/// What a rule says about somebody made up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Outcome, reason and expiry.
    pub determination: Determination,
    /// The clause of the builder that admits the person, from 1.
    pub clause: Option<usize>,
    /// What was read in the address.
    pub reading: Reading,
}

impl Service {
    /// A rule in words, as it stands in the builder; none while it cannot be read.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read configuration.
    pub async fn describe_rule(&self, caller: &Caller, form: &ResidencyRuleForm) -> Result<Option<Localized>, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let own = store::own_code(&scope).await?;
        let table = MunicipalityTable::japan();
        // A rule that only lacks a name can be told all the same.
        let named = ResidencyRuleForm { name_ja: "-".to_owned(), name_en: "-".to_owned(), ..form.clone() };
        Ok(ResidencyRuleContent::parse(&named, table).ok().map(|content| describe(&content.rule, own, table)))
    }

    /// Decides a rule, as it stands in the builder, for an address and a birthdate that somebody made up, on today's evidence
    /// from the card. The birthdate may be empty.
    ///
    /// # Errors
    /// [`Error::Invalid`]: what the rule lacks, or `try_address`, `try_birthdate`.
    pub async fn try_rule(
        &self,
        caller: &Caller,
        form: &ResidencyRuleForm,
        address: &str,
        birthdate: &str,
    ) -> Result<Trial, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let own = store::own_code(&scope).await?;
        let table = MunicipalityTable::japan();
        let named = ResidencyRuleForm { name_ja: "-".to_owned(), name_en: "-".to_owned(), ..form.clone() };
        let mut wrong = Violations::default();
        let content = ResidencyRuleContent::parse(&named, table);
        if address.trim().is_empty() {
            wrong.add("try_address", Violation::Required);
        }
        let birthdate = match birthdate.trim() {
            "" => None,
            text => wrong.check("try_birthdate", parse_iso_date(text).map_err(|_| Violation::Malformed)),
        };
        let content = match content {
            Ok(content) if wrong.is_empty() => content,
            Ok(_) => return Err(wrong.into()),
            Err(refused) => {
                for (field, violation) in refused.iter() {
                    wrong.add(field, violation);
                }
                return Err(wrong.into());
            }
        };
        let today = tokyo_date(self.clock.now());
        let resolution = Resolver::japan().resolve(&Address::new(address.to_owned()));
        let reading = reading(&resolution, table);
        let facts = Facts {
            resolution,
            birthdate,
            source: AddressSource::SignatureCertificate,
            verified: Some(Month::of(today)),
            attested: Vec::new(),
        };
        let determination = content.rule.decide(own, &facts, today);
        let clause = match determination.clause {
            Some(Clause::Admits(index)) => Some(usize::from(index) + 1),
            _ => None,
        };
        Ok(Trial { determination, clause, reading })
    }
}

fn reading(resolution: &Resolution, table: &MunicipalityTable) -> Reading {
    match resolution {
        Resolution::Resolved(place) => table.find(place.code()).cloned().map_or(Reading::Unknown, Reading::Place),
        Resolution::Ambiguous(places) => {
            Reading::Places(places.iter().filter_map(|place| table.find(place.code()).cloned()).collect())
        }
        Resolution::Unknown => Reading::Unknown,
        Resolution::Abroad => Reading::Abroad,
    }
}
