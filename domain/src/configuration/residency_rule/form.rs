//! The form of a residency rule: clauses of places, ties and ages, as the builder shows them.

use serde::{Deserialize, Serialize};

use super::ResidencyRuleContent;
use crate::configuration::localized;
use crate::locale::{Locale, Localized};
use crate::municipality::{Gazetteer, MunicipalityCode, PrefectureCode};
use crate::prose;
use crate::residency::{
    Acceptance, AddressSource, Area, AttestationKind, Clauses, Condition, Parts, ResidencyRule, Term, WhenUndecidable,
};
use crate::violations::{Violation, Violations};

/// The most clauses of one kind.
pub const MAX_CLAUSES: usize = 20;

/// Limits of age; empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgesForm {
    /// Completed years.
    pub age_at_least: String,
    /// Completed years.
    pub age_at_most: String,
    /// 1 (小学1年) to 12 (高校3年).
    pub school_from: String,
    /// 1 (小学1年) to 12 (高校3年).
    pub school_to: String,
}

/// A part of Japan that was picked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlaceForm {
    /// Two digits of a prefecture, or six of a municipality or ward.
    pub code: String,
    /// Its towns that count; empty for all of it.
    pub towns: Vec<String>,
}

/// One clause of the builder: where somebody lives, a tie, ages, or several of these (かつ). Clauses are joined by または.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClauseForm {
    /// `own`, `listed`, or empty for everywhere.
    pub area: String,
    /// Read for `listed` only.
    pub places: Vec<PlaceForm>,
    /// Names of [`AttestationKind`]s, one of which is asked for; none if no tie is.
    pub ties: Vec<String>,
    /// Of the people of this clause.
    #[serde(flatten)]
    pub ages: AgesForm,
}

/// The form of a residency rule. Violations name `clauses.{index}.area`, `….places`, `….ties` and those of [`AgesForm`]
/// (counted from 0), `excludes.{index}.…` the same, `everyone.…` those of [`AgesForm`], `clauses` for all of them, and the other
/// fields by their own names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResidencyRuleForm {
    /// Name in Japanese.
    pub name_ja: String,
    /// Name in English.
    pub name_en: String,
    /// Joined by または; 1 to 20.
    pub clauses: Vec<ClauseForm>,
    /// Asked of everybody.
    pub everyone: AgesForm,
    /// ただし…を除く; up to 20.
    pub excludes: Vec<ClauseForm>,
    /// `months` or `fiscal_year_end`.
    pub term: String,
    /// 1 to 60; read for `months` only.
    pub term_months: String,
    /// 1 to 60, or empty.
    pub recheck_months: String,
    /// Name of an [`AddressSource`].
    pub weakest_source: String,
    /// 0 to 60.
    pub greatest_age_months: String,
    /// Name of a [`WhenUndecidable`].
    pub when_undecidable: String,
    /// May be empty.
    pub note: String,
    /// An imported rule that the builder cannot show, as JSON; empty of every other. Beside it only names and note are read.
    pub json: String,
}

impl ResidencyRuleContent {
    /// Checks a form.
    ///
    /// # Errors
    /// By the form's field names.
    pub fn parse(form: &ResidencyRuleForm, gazetteer: &dyn Gazetteer) -> Result<Self, Violations> {
        let mut wrong = Violations::default();
        let name = localized(&mut wrong, "name", Localized::parse(&form.name_ja, &form.name_en, 40));
        let note = if form.note.trim().is_empty() { Ok(String::new()) } else { prose::block(&form.note, 1000) };
        let note = wrong.check("note", note);
        let rule = form.rule(&mut wrong, gazetteer);
        let content = (|| Some(ResidencyRuleContent { name: name?, rule: rule?, note: note? }))();
        wrong.finish(content)
    }
}

impl ResidencyRuleForm {
    /// The rule alone, without name and note: what the builder says and tries while somebody types.
    pub fn rule(&self, wrong: &mut Violations, gazetteer: &dyn Gazetteer) -> Option<ResidencyRule> {
        if !self.json.is_empty() {
            return wrong.check("json", imported(&self.json, gazetteer));
        }
        let condition = self.condition(wrong);
        let term = match self.term.as_str() {
            "fiscal_year_end" => Some(Term::FiscalYearEnd),
            "months" => wrong.check("term_months", number(&self.term_months)).map(|months| Term::Months { months }),
            "" => wrong.check("term", Err(Violation::Required)),
            _ => wrong.check("term", Err(Violation::Unknown)),
        };
        let recheck = wrong.check("recheck_months", optional(&self.recheck_months));
        let source = wrong.check("weakest_source", chosen::<AddressSource>(&self.weakest_source));
        let age = wrong.check("greatest_age_months", number(&self.greatest_age_months));
        let undecidable = wrong.check("when_undecidable", chosen::<WhenUndecidable>(&self.when_undecidable));
        let parts = Parts {
            condition: condition?,
            term: term?,
            recheck_months: recheck?,
            acceptance: Acceptance { weakest_source: source?, greatest_age_months: age? },
            when_undecidable: undecidable?,
        };
        ResidencyRule::parse(parts, gazetteer).map_err(|refused| rename(wrong, &refused)).ok()
    }

    fn condition(&self, wrong: &mut Violations) -> Option<Condition> {
        let admits = clauses(wrong, "clauses", &self.clauses);
        let excludes = clauses(wrong, "excludes", &self.excludes);
        let mut refused = Violations::default();
        let everyone = ages(&mut refused, &self.everyone);
        if let [only] = self.clauses.as_slice() {
            // Of a single clause its people are everybody: one limit of each kind is all that there can be.
            for (name, one, other) in only.ages.pairs(&self.everyone) {
                if !one.trim().is_empty() && !other.trim().is_empty() {
                    refused.add(name, Violation::Duplicate);
                }
            }
        }
        let refused_any = refused.iter().next().is_some();
        wrong.nest("everyone", refused);
        let everyone = if refused_any { None } else { everyone };
        let (admits, excludes, everyone) = (admits?, excludes?, everyone?);
        let mut all: Vec<Condition> = Vec::new();
        match admits.len() {
            0 => return wrong.check("clauses", Err(Violation::Required)),
            1 => all.extend(admits.into_iter().flat_map(flat)),
            _ => all.push(Condition::Any { conditions: admits }),
        }
        all.extend(everyone);
        // The order in which a form is read, whichever part of it a limit stood in.
        all.sort_by_key(rank);
        if let Some(excluded) = joined(excludes, |conditions| Condition::Any { conditions }) {
            all.push(Condition::Not { condition: Box::new(excluded) });
        }
        joined(all, |conditions| Condition::All { conditions })
    }

    /// The form of a new draft that begins with this version; `None` for a rule that the builder cannot show.
    pub fn of(content: &ResidencyRuleContent) -> Option<ResidencyRuleForm> {
        let Clauses { admits, everyone, excludes } = content.rule.clauses();
        // Asked of everybody, with nothing that admits: one clause that asks for all of it.
        let (clauses, everyone) = if admits.is_empty() && !everyone.is_empty() {
            (vec![clause(&everyone)?], AgesForm::default())
        } else {
            let clauses = admits.iter().map(|one| clause(&parts(one))).collect::<Option<Vec<_>>>()?;
            (clauses, clause(&everyone).filter(|form| form.is_ages())?.ages)
        };
        let excludes = excludes.iter().map(|one| clause(&parts(one))).collect::<Option<Vec<_>>>()?;
        if clauses.is_empty() {
            return None;
        }
        let (term, term_months) = match content.rule.term() {
            Term::Months { months } => ("months", months.to_string()),
            Term::FiscalYearEnd => ("fiscal_year_end", String::new()),
        };
        let acceptance = content.rule.acceptance();
        Some(ResidencyRuleForm {
            name_ja: content.name.get(Locale::Ja).to_owned(),
            name_en: content.name.get(Locale::En).to_owned(),
            clauses,
            everyone,
            excludes,
            term: term.to_owned(),
            term_months,
            recheck_months: content.rule.recheck_months().map(|months| months.to_string()).unwrap_or_default(),
            weakest_source: acceptance.weakest_source.as_str().to_owned(),
            greatest_age_months: acceptance.greatest_age_months.to_string(),
            when_undecidable: content.rule.when_undecidable().as_str().to_owned(),
            note: content.note.clone(),
            json: String::new(),
        })
    }
}

#[cfg(feature = "table")]
fn imported(json: &str, gazetteer: &dyn Gazetteer) -> Result<ResidencyRule, Violation> {
    ResidencyRule::from_json(json, gazetteer).map_err(|misplaced| misplaced.violation)
}

/// The browser's builder shows no imported rule.
#[cfg(not(feature = "table"))]
fn imported(_: &str, _: &dyn Gazetteer) -> Result<ResidencyRule, Violation> {
    Err(Violation::NotAllowed)
}

impl AgesForm {
    /// Each limit by its name, here and in another form.
    fn pairs<'a>(&'a self, other: &'a AgesForm) -> [(&'static str, &'a str, &'a str); 4] {
        [
            ("age_at_least", &self.age_at_least, &other.age_at_least),
            ("age_at_most", &self.age_at_most, &other.age_at_most),
            ("school_from", &self.school_from, &other.school_from),
            ("school_to", &self.school_to, &other.school_to),
        ]
    }
}

impl ClauseForm {
    fn is_ages(&self) -> bool {
        self.area.is_empty() && self.ties.is_empty()
    }
}

fn chosen<T: std::str::FromStr<Err = Violation>>(text: &str) -> Result<T, Violation> {
    if text.is_empty() { Err(Violation::Required) } else { text.parse() }
}

fn number(text: &str) -> Result<u8, Violation> {
    match text.trim() {
        "" => Err(Violation::Required),
        digits if digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) => Err(Violation::Malformed),
        digits => digits.parse().map_err(|_| Violation::OutOfRange),
    }
}

fn optional(text: &str) -> Result<Option<u8>, Violation> {
    if text.trim().is_empty() { Ok(None) } else { number(text).map(Some) }
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

/// One condition as it is, several joined, none for none.
fn joined(mut conditions: Vec<Condition>, join: impl Fn(Vec<Condition>) -> Condition) -> Option<Condition> {
    match conditions.len() {
        0 | 1 => conditions.pop(),
        _ => Some(join(conditions)),
    }
}

/// Conditions that all hold, one by one.
fn flat(condition: Condition) -> Vec<Condition> {
    match condition {
        Condition::All { conditions } => conditions,
        other => vec![other],
    }
}

fn rank(condition: &Condition) -> u8 {
    match condition {
        Condition::AgeAtLeast { .. } => 1,
        Condition::AgeAtMost { .. } => 2,
        Condition::SchoolYearAtLeast { .. } => 3,
        Condition::SchoolYearAtMost { .. } => 4,
        _ => 0,
    }
}

fn clauses(wrong: &mut Violations, field: &str, forms: &[ClauseForm]) -> Option<Vec<Condition>> {
    if forms.len() > MAX_CLAUSES {
        return wrong.check(field, Err(Violation::TooLong));
    }
    let mut read: Vec<Condition> = Vec::new();
    for (index, form) in forms.iter().enumerate() {
        let mut refused = Violations::default();
        let clause = read_clause(&mut refused, form);
        wrong.nest(&format!("{field}.{index}"), refused);
        read.extend(clause);
    }
    (read.len() == forms.len()).then_some(read)
}

fn read_clause(wrong: &mut Violations, form: &ClauseForm) -> Option<Condition> {
    let mut all = match form.area.as_str() {
        "" => Vec::new(),
        "own" => vec![Condition::OwnMunicipality],
        "listed" => vec![Condition::LivesIn { areas: wrong.check("places", areas(&form.places))? }],
        _ => return wrong.check("area", Err(Violation::Unknown)),
    };
    let kinds = form.ties.iter().map(|kind| kind.parse::<AttestationKind>()).collect::<Result<Vec<_>, _>>();
    let kinds = wrong.check("ties", kinds)?;
    if !kinds.is_empty() {
        all.push(Condition::Attested { kinds });
    }
    all.extend(ages(wrong, &form.ages)?);
    if all.is_empty() {
        return wrong.check("area", Err(Violation::Required));
    }
    joined(all, |conditions| Condition::All { conditions })
}

fn areas(places: &[PlaceForm]) -> Result<Vec<Area>, Violation> {
    // A picker of towns in which none is ticked says so with an empty name: no towns at all would mean every town.
    if places.iter().any(|place| place.towns.iter().any(String::is_empty)) {
        return Err(Violation::Required);
    }
    let area = |place: &PlaceForm| match (place.code.len(), place.towns.is_empty()) {
        (2, true) => Ok(Area::Prefecture { code: PrefectureCode::parse(&place.code)? }),
        (_, true) => Ok(Area::Municipality { code: MunicipalityCode::parse(&place.code)? }),
        (_, false) => Ok(Area::Towns { code: MunicipalityCode::parse(&place.code)?, towns: place.towns.clone() }),
    };
    let areas = places.iter().map(area).collect::<Result<Vec<_>, Violation>>()?;
    if areas.is_empty() { Err(Violation::Required) } else { Ok(areas) }
}

fn ages(wrong: &mut Violations, form: &AgesForm) -> Option<Vec<Condition>> {
    let least = wrong.check("age_at_least", optional(&form.age_at_least));
    let most = wrong.check("age_at_most", optional(&form.age_at_most));
    let from = wrong.check("school_from", optional(&form.school_from));
    let to = wrong.check("school_to", optional(&form.school_to));
    let found = [
        least?.map(|years| Condition::AgeAtLeast { years }),
        most?.map(|years| Condition::AgeAtMost { years }),
        from?.map(|year| Condition::SchoolYearAtLeast { year }),
        to?.map(|year| Condition::SchoolYearAtMost { year }),
    ];
    Some(found.into_iter().flatten().collect())
}

fn parts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All { conditions } => conditions.iter().collect(),
        single => vec![single],
    }
}

fn clause(parts: &[&Condition]) -> Option<ClauseForm> {
    let mut form = ClauseForm::default();
    for part in parts {
        let empty = match part {
            Condition::OwnMunicipality => fill(&mut form.area, "own"),
            Condition::LivesIn { areas } => {
                form.places = areas.iter().map(place).collect();
                fill(&mut form.area, "listed")
            }
            Condition::Attested { kinds } => {
                let before = std::mem::replace(&mut form.ties, kinds.iter().map(ToString::to_string).collect());
                before.is_empty()
            }
            Condition::AgeAtLeast { years } => fill(&mut form.ages.age_at_least, &years.to_string()),
            Condition::AgeAtMost { years } => fill(&mut form.ages.age_at_most, &years.to_string()),
            Condition::SchoolYearAtLeast { year } => fill(&mut form.ages.school_from, &year.to_string()),
            Condition::SchoolYearAtMost { year } => fill(&mut form.ages.school_to, &year.to_string()),
            Condition::All { .. } | Condition::Any { .. } | Condition::Not { .. } => false,
        };
        if !empty {
            return None;
        }
    }
    Some(form)
}

/// Fills a field that was empty until now; says whether it was.
fn fill(field: &mut String, value: &str) -> bool {
    let before = std::mem::replace(field, value.to_owned());
    before.is_empty()
}

fn place(area: &Area) -> PlaceForm {
    let towns = match area {
        Area::Towns { towns, .. } => towns.clone(),
        _ => Vec::new(),
    };
    PlaceForm { code: area.to_string(), towns }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests;
