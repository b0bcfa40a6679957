//! The content of a residency rule's version: the rule with its name and a note for colleagues.

mod form;

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldKey, References, Warning};
use crate::locale::{Locale, Localized};
use crate::municipality::{Gazetteer, MunicipalityCode};
use crate::residency::{AddressSource, Finding, ResidencyRule, lines};

pub use form::{AgesForm, ClauseForm, MAX_CLAUSES, PlaceForm, ResidencyRuleForm};

/// One version of a residency rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidencyRuleContent {
    /// What clerks and residents call it; one line of up to 40 characters.
    pub name: Localized,
    /// The rule.
    pub rule: ResidencyRule,
    /// For colleagues; up to 1,000 characters, empty if there is none.
    pub note: String,
}

impl ResidencyRuleContent {
    /// What whoever decides should know.
    pub fn warnings(&self) -> Vec<Warning> {
        let stored = self.rule.acceptance().weakest_source == AddressSource::StoredByProvider;
        let found =
            [(Warning::StoredAddressAccepted, stored), (Warning::EndsWithFiscalYear, self.rule.depends_on_age())];
        found.into_iter().filter(|(_, holds)| *holds).map(|(warning, _)| warning).collect()
    }

    /// What is odd about the rule; with one that refuses, it cannot be submitted.
    pub fn findings(&self, own: MunicipalityCode, gazetteer: &dyn Gazetteer) -> Vec<Finding> {
        self.rule.findings(own, gazetteer)
    }

    /// Its fields in words.
    pub fn fields(&self, locale: Locale, references: &References<'_>) -> Vec<Field> {
        let keys = [FieldKey::Condition, FieldKey::Term, FieldKey::WeakestSource, FieldKey::WhenUndecidable];
        let sentences = lines(&self.rule, references.own, references.gazetteer, locale);
        let mut fields = vec![Field::line(FieldKey::Name, self.name.get(locale))];
        fields.extend(keys.into_iter().zip(sentences).map(|(key, sentence)| Field::line(key, sentence)));
        let note = if self.note.is_empty() { Vec::new() } else { self.note.lines().map(str::to_owned).collect() };
        fields.push(Field { key: FieldKey::Note, lines: note });
        fields
    }
}
