//! A rule as it reads while somebody builds it: worked out on the server for the first look, in the browser at every touch.

use domain::configuration::ResidencyRuleForm;
use domain::locale::Locale;
use domain::municipality::{Gazetteer, MunicipalityCode};
use domain::residency::{lines, people};
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
    let Some(rule) = form.rule(&mut wrong, gazetteer).filter(|_| wrong.is_empty()) else {
        return (Told::default(), wrong);
    };
    let mut rest = lines(&rule, own, gazetteer, locale);
    let who = if rest.is_empty() { String::new() } else { rest.remove(0) };
    let who_is = people(&rule, own, gazetteer, locale);
    // A single clause is told best by its sentence.
    let listed = who_is.admits.len() > 1;
    let told = Told {
        who,
        admits: if listed { who_is.admits } else { Vec::new() },
        everyone: if listed { who_is.everyone } else { Vec::new() },
        excludes: if listed { who_is.excludes } else { Vec::new() },
        rest,
    };
    (told, wrong)
}
