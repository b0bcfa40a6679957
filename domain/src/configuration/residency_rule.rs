//! The content of a residency rule's version: the rule with its name and a note for colleagues.

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldKey, References, Warning};
use crate::locale::{Locale, Localized};
use crate::municipality::{Gazetteer, MunicipalityCode};
use crate::prose;
use crate::residency::{Acceptance, AddressSource, Condition, ResidencyRule, Term, lines};
use crate::violations::{Violation, Violations};

/// The most clauses of the builder.
const MAX_CLAUSES: usize = 20;

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

/// One clause of the builder: an area, an age, or both (かつ). Clauses are joined by または.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClauseForm {
    /// `own`, `listed`, or empty for everywhere.
    pub area: String,
    /// Codes, separated by spaces, commas or line breaks; read for `listed` only.
    pub municipalities: String,
    /// Completed years, or empty for every age.
    pub age_at_least: String,
}

/// The form of a residency rule. Violations name `clauses.{index}.area`, `….municipalities` and `….age_at_least` (counted
/// from 0), `clauses` for all of them, and the other fields by their own names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResidencyRuleForm {
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Joined by または; 1 to 20.
    pub clauses: Vec<ClauseForm>,
    /// `months` or `fiscal_year_end`.
    pub term: String,
    /// 1 to 60; read for `months` only.
    pub term_months: String,
    /// Name of an [`AddressSource`].
    pub weakest_source: String,
    /// 0 to 60.
    pub greatest_age_months: String,
    /// May be empty.
    pub note: String,
}

impl ResidencyRuleContent {
    /// Checks a form.
    ///
    /// # Errors
    /// By the form's field names.
    pub fn parse(form: &ResidencyRuleForm, gazetteer: &dyn Gazetteer) -> Result<Self, Violations> {
        let mut wrong = Violations::default();
        let name = super::localized(&mut wrong, "name", Localized::parse(&form.name_ja, &form.name_en, 40));
        let condition = condition(&mut wrong, &form.clauses);
        let term = match form.term.as_str() {
            "fiscal_year_end" => Some(Term::FiscalYearEnd),
            "months" => wrong.check("term_months", number(&form.term_months)).map(|months| Term::Months { months }),
            "" => wrong.check("term", Err(Violation::Required)),
            _ => wrong.check("term", Err(Violation::Unknown)),
        };
        let source = match form.weakest_source.as_str() {
            "" => Err(Violation::Required),
            text => text.parse::<AddressSource>(),
        };
        let source = wrong.check("weakest_source", source);
        let age = wrong.check("greatest_age_months", number(&form.greatest_age_months));
        let note = if form.note.trim().is_empty() { Ok(String::new()) } else { prose::block(&form.note, 1000) };
        let note = wrong.check("note", note);
        let rule = (|| {
            let acceptance = Acceptance { weakest_source: source?, greatest_age_months: age? };
            ResidencyRule::parse(condition?, term?, acceptance, gazetteer)
                .map_err(|refused| rename(&mut wrong, &refused))
                .ok()
        })();
        let content = (|| Some(ResidencyRuleContent { name: name?, rule: rule?, note: note? }))();
        wrong.finish(content)
    }

    /// What whoever decides should know.
    pub fn warnings(&self) -> Vec<Warning> {
        let stored = self.rule.acceptance().weakest_source == AddressSource::StoredByProvider;
        let found =
            [(Warning::StoredAddressAccepted, stored), (Warning::EndsWithFiscalYear, self.rule.depends_on_age())];
        found.into_iter().filter(|(_, holds)| *holds).map(|(warning, _)| warning).collect()
    }

    /// Its fields in words.
    pub fn fields(&self, locale: Locale, references: &References<'_>) -> Vec<Field> {
        let keys = [FieldKey::Condition, FieldKey::Term, FieldKey::WeakestSource];
        let sentences = lines(&self.rule, references.own, references.gazetteer, locale);
        let mut fields = vec![Field::line(FieldKey::Name, self.name.get(locale))];
        fields.extend(keys.into_iter().zip(sentences).map(|(key, sentence)| Field::line(key, sentence)));
        let note = if self.note.is_empty() { Vec::new() } else { self.note.lines().map(str::to_owned).collect() };
        fields.push(Field { key: FieldKey::Note, lines: note });
        fields
    }
}

impl ResidencyRuleForm {
    /// The form of a new draft that begins with this version; `None` for a rule that the builder cannot show.
    pub fn of(content: &ResidencyRuleContent) -> Option<ResidencyRuleForm> {
        let condition = content.rule.condition();
        let clauses = match condition {
            Condition::Any { conditions } => conditions.iter().map(clause).collect::<Option<Vec<_>>>()?,
            single => vec![clause(single)?],
        };
        let (term, term_months) = match content.rule.term() {
            Term::Months { months } => ("months", months.to_string()),
            Term::FiscalYearEnd => ("fiscal_year_end", String::new()),
        };
        let acceptance = content.rule.acceptance();
        Some(ResidencyRuleForm {
            name_ja: content.name.get(Locale::Ja).to_owned(),
            name_en: content.name.get(Locale::En).to_owned(),
            clauses,
            term: term.to_owned(),
            term_months,
            weakest_source: acceptance.weakest_source.as_str().to_owned(),
            greatest_age_months: acceptance.greatest_age_months.to_string(),
            note: content.note.clone(),
        })
    }
}

fn number(text: &str) -> Result<u8, Violation> {
    match text.trim() {
        "" => Err(Violation::Required),
        digits if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) => Err(Violation::Malformed),
        digits => digits.parse().map_err(|_| Violation::OutOfRange),
    }
}

/// The rule's own field names as those of the form.
fn rename(wrong: &mut Violations, refused: &Violations) {
    for (field, violation) in refused.iter() {
        let field = match field {
            "condition" => "clauses",
            "term" => "term_months",
            other => other,
        };
        wrong.add(field, violation);
    }
}

fn condition(wrong: &mut Violations, clauses: &[ClauseForm]) -> Option<Condition> {
    if clauses.is_empty() {
        return wrong.check("clauses", Err(Violation::Required));
    }
    if clauses.len() > MAX_CLAUSES {
        return wrong.check("clauses", Err(Violation::TooLong));
    }
    let mut read: Vec<Condition> = Vec::new();
    for (index, form) in clauses.iter().enumerate() {
        let mut refused = Violations::default();
        let clause = read_clause(&mut refused, form);
        wrong.nest(&format!("clauses.{index}"), refused);
        read.extend(clause);
    }
    match (read.len() == clauses.len(), read.len()) {
        (false, _) => None,
        (true, 1) => read.pop(),
        (true, _) => Some(Condition::Any { conditions: read }),
    }
}

fn read_clause(wrong: &mut Violations, form: &ClauseForm) -> Option<Condition> {
    let area = match form.area.as_str() {
        "" => None,
        "own" => Some(Condition::OwnMunicipality),
        "listed" => Some(Condition::ListedMunicipalities { codes: wrong.check("municipalities", codes(form))? }),
        _ => return wrong.check("area", Err(Violation::Unknown)),
    };
    let age = match form.age_at_least.trim() {
        "" => None,
        text => Some(Condition::AgeAtLeast { years: wrong.check("age_at_least", number(text))? }),
    };
    match (area, age) {
        (Some(area), Some(age)) => Some(Condition::All { conditions: vec![area, age] }),
        (Some(only), None) | (None, Some(only)) => Some(only),
        (None, None) => wrong.check("area", Err(Violation::Required)),
    }
}

fn codes(form: &ClauseForm) -> Result<Vec<MunicipalityCode>, Violation> {
    let separator = |c: char| c.is_whitespace() || matches!(c, ',' | '、');
    let texts = form.municipalities.split(separator).filter(|text| !text.is_empty());
    let codes = texts.map(MunicipalityCode::parse).collect::<Result<Vec<_>, _>>()?;
    if codes.is_empty() { Err(Violation::Required) } else { Ok(codes) }
}

fn clause(condition: &Condition) -> Option<ClauseForm> {
    let mut form = ClauseForm::default();
    let parts = match condition {
        Condition::All { conditions } => conditions.as_slice(),
        single => std::slice::from_ref(single),
    };
    for part in parts {
        match part {
            Condition::OwnMunicipality if form.area.is_empty() => form.area = "own".to_owned(),
            Condition::ListedMunicipalities { codes } if form.area.is_empty() => {
                form.area = "listed".to_owned();
                form.municipalities = codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            }
            Condition::AgeAtLeast { years } if form.age_at_least.is_empty() => form.age_at_least = years.to_string(),
            _ => return None,
        }
    }
    Some(form)
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipality::MunicipalityTable;

    fn form() -> ResidencyRuleForm {
        ResidencyRuleForm {
            name_ja: "村民と近くの大人".into(),
            name_en: "Villagers and adults nearby".into(),
            clauses: vec![
                ClauseForm { area: "own".into(), ..ClauseForm::default() },
                ClauseForm {
                    area: "listed".into(),
                    municipalities: "074454,\n074446".into(),
                    age_at_least: "18".into(),
                },
            ],
            term: "months".into(),
            term_months: "12".into(),
            weakest_source: "card_surface".into(),
            greatest_age_months: "0".into(),
            note: String::new(),
        }
    }

    fn parse(form: &ResidencyRuleForm) -> Result<ResidencyRuleContent, Violations> {
        ResidencyRuleContent::parse(form, MunicipalityTable::japan())
    }

    #[test]
    fn a_form_becomes_a_rule_and_a_form_again() {
        let content = parse(&form()).unwrap();
        let again = ResidencyRuleForm::of(&content).unwrap();
        assert_eq!(parse(&again).unwrap(), content);
        assert_eq!(content.warnings(), [Warning::EndsWithFiscalYear]);
        let json = serde_json::to_string(&content).unwrap();
        assert_eq!(serde_json::from_str::<ResidencyRuleContent>(&json).unwrap(), content);
        let references = References {
            own: "074462".parse().unwrap(),
            gazetteer: MunicipalityTable::japan(),
            names: Default::default(),
        };
        let keys: Vec<&str> = content.fields(Locale::Ja, &references).iter().map(|field| field.key.as_str()).collect();
        assert_eq!(keys, ["name", "condition", "term", "weakest_source", "note"]);
    }

    #[test]
    fn what_is_wrong_is_named_by_clause() {
        for (change, field, violation) in [
            (ClauseForm::default(), "clauses.1.area", Violation::Required),
            (ClauseForm { area: "x".into(), ..ClauseForm::default() }, "clauses.1.area", Violation::Unknown),
            (
                ClauseForm { area: "listed".into(), ..ClauseForm::default() },
                "clauses.1.municipalities",
                Violation::Required,
            ),
            (
                ClauseForm { area: "listed".into(), municipalities: "074463".into(), ..ClauseForm::default() },
                "clauses.1.municipalities",
                Violation::Malformed,
            ),
            (
                ClauseForm { area: "own".into(), age_at_least: "-1".into(), ..ClauseForm::default() },
                "clauses.1.age_at_least",
                Violation::Malformed,
            ),
            (
                ClauseForm { area: "own".into(), age_at_least: "131".into(), ..ClauseForm::default() },
                "clauses",
                Violation::OutOfRange,
            ),
        ] {
            let mut form = form();
            form.clauses[1] = change;
            assert_eq!(parse(&form).unwrap_err().get(field), Some(violation), "{field}");
        }
        let wrong = parse(&ResidencyRuleForm { term_months: "61".into(), ..form() }).unwrap_err();
        assert_eq!(wrong.get("term_months"), Some(Violation::OutOfRange));
        let wrong = parse(&ResidencyRuleForm::default()).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["clauses", "greatest_age_months", "name_en", "name_ja", "term", "weakest_source"]);
    }

    #[test]
    fn the_builder_declines_what_it_cannot_show() {
        let table = MunicipalityTable::japan();
        let nested =
            Condition::All { conditions: vec![Condition::Any { conditions: vec![Condition::OwnMunicipality] }] };
        let mut content = parse(&form()).unwrap();
        content.rule = ResidencyRule::parse(nested, content.rule.term(), content.rule.acceptance(), table).unwrap();
        assert_eq!(ResidencyRuleForm::of(&content), None);
    }
}
