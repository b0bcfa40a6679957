//! A rule as it reads while somebody builds it: worked out on the server for the first look, in the browser at every touch.

use domain::configuration::ResidencyRuleForm;
use domain::locale::Locale;
use domain::municipality::{Gazetteer, MunicipalityCode};
use domain::residency::{People, ResidencyRule, lines, people};
use domain::violations::Violations;
use serde::{Deserialize, Serialize};

/// The sentences of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who, in one sentence. Empty while the rule cannot be told.
    pub(super) who: String,
    /// The people of each clause, where there are several: a list is easier than the sentence.
    pub(super) admits: Vec<String>,
    /// What is asked of all of them.
    pub(super) everyone: Vec<String>,
    /// Who is left out.
    pub(super) excludes: Vec<String>,
    /// Term, evidence, and what follows where nothing can be decided.
    pub(super) rest: Vec<String>,
}

/// Tells a form as far as it is a rule, with what is wrong with it.
pub(super) fn tell(
    form: &ResidencyRuleForm,
    own: MunicipalityCode,
    gazetteer: &dyn Gazetteer,
    locale: Locale,
) -> (Told, Violations) {
    let mut wrong = Violations::default();
    match form.rule(&mut wrong, gazetteer).filter(|_| wrong.is_empty()) {
        Some(rule) => (of_rule(&rule, own, gazetteer, locale), wrong),
        None => (Told::default(), wrong),
    }
}

/// Tells a rule.
pub(super) fn of_rule(rule: &ResidencyRule, own: MunicipalityCode, gazetteer: &dyn Gazetteer, locale: Locale) -> Told {
    let mut rest = lines(rule, own, gazetteer, locale);
    let who = if rest.is_empty() { String::new() } else { rest.remove(0) };
    let People { admits, everyone, excludes } = people(rule, own, gazetteer, locale);
    // A single clause is told best by its sentence.
    if admits.len() > 1 {
        Told { who, admits, everyone, excludes, rest }
    } else {
        Told { who, rest, ..Told::default() }
    }
}
