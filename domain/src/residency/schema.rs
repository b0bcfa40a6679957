//! Rules as JSON, to carry them from one municipality to another: the published schema, writing, and reading that says where
//! something is wrong.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::condition::{Area, Condition, MAX_DEPTH};
use super::rule::{Acceptance, FORMAT, ResidencyRule, Term, WhenUndecidable};
use crate::municipality::Gazetteer;
use crate::violations::Violation;

/// The published JSON Schema (2020-12) of a rule.
pub const RULE_SCHEMA: &str = include_str!("../../../docs/schema/residency-rule.json");

/// The most bytes of a rule's JSON.
pub const MAX_RULE_JSON: usize = 2_000_000;

/// Why a JSON is no rule, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// The place as a JSON Pointer (RFC 6901), such as `/condition/areas/0/code`; empty for all of it.
    pub pointer: String,
    /// What is wrong there.
    pub violation: Violation,
}

impl ResidencyRule {
    /// The rule as JSON that [`ResidencyRule::from_json`] reads, indented for people.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads a rule and checks it as one from a form is checked.
    ///
    /// # Errors
    /// The first place at which something is wrong: `Malformed` (no JSON, another type), `Required` (a member is missing),
    /// `NotAllowed` (a member that rules do not have), `Unknown` (a word, code or town), or what [`ResidencyRule::parse`]
    /// refuses.
    pub fn from_json(text: &str, gazetteer: &dyn Gazetteer) -> Result<ResidencyRule, Misplaced> {
        if text.len() > MAX_RULE_JSON {
            return wrong("", Violation::TooLong);
        }
        let value = serde_json::from_str(text).or_else(|_| wrong("", Violation::Malformed))?;
        // Stricter than serde: members beside a kind that has none would be passed over.
        shape(&value)?;
        // Well formed member by member, and still no rule: a member is there twice.
        let rule = serde_json::from_str::<ResidencyRule>(text).or_else(|_| wrong("", Violation::Duplicate))?;
        condition(rule.condition(), "/condition", gazetteer)?;
        ResidencyRule::parse(rule.parts(), gazetteer).map_err(|refused| {
            let (field, violation) = refused.iter().next().unwrap_or(("", Violation::Malformed));
            let pointer = match field {
                "condition" => "/condition",
                "term" => "/term/months",
                "recheck_months" => "/recheck_months",
                "greatest_age_months" => "/acceptance/greatest_age_months",
                _ => "",
            };
            Misplaced { pointer: pointer.to_owned(), violation }
        })
    }
}

fn wrong<T>(pointer: impl Into<String>, violation: Violation) -> Result<T, Misplaced> {
    Err(Misplaced { pointer: pointer.into(), violation })
}

/// Finds the place at which a value is not a rule.
fn shape(value: &Value) -> Result<(), Misplaced> {
    let object =
        members(value, "", &["version", "condition", "term", "acceptance"], &["recheck_months", "when_undecidable"])?;
    let member = |name: &str| object.get(name).unwrap_or(&Value::Null);
    if member("version").as_u64() != Some(u64::from(FORMAT)) {
        return wrong("/version", Violation::Unknown);
    }
    shape_of_condition(member("condition"), "/condition", 1)?;
    shape_of_term(member("term"))?;
    read::<Option<u8>>(member("recheck_months"), "/recheck_months")?;
    let acceptance = members(member("acceptance"), "/acceptance", &["weakest_source", "greatest_age_months"], &[])?;
    for (name, value) in acceptance {
        let pointer = format!("/acceptance/{name}");
        match name.as_str() {
            "greatest_age_months" => drop(read::<u8>(value, &pointer)?),
            _ => drop(word::<super::rule::AddressSource>(value, &pointer)?),
        }
    }
    read::<Acceptance>(member("acceptance"), "/acceptance")?;
    match object.get("when_undecidable") {
        None => Ok(()),
        Some(value) => word::<WhenUndecidable>(value, "/when_undecidable").map(drop),
    }
}

fn shape_of_term(value: &Value) -> Result<(), Misplaced> {
    match kind(value, "/term")? {
        "months" => {
            let object = members(value, "/term", &["kind", "months"], &[])?;
            object.get("months").map_or(Ok(0), |months| read::<u8>(months, "/term/months"))?;
        }
        "fiscal_year_end" => drop(members(value, "/term", &["kind"], &[])?),
        _ => return wrong("/term/kind", Violation::Unknown),
    }
    read::<Term>(value, "/term").map(drop)
}

/// Each condition is looked at once, and no deeper than rules may go: what somebody sends costs no more than its length.
fn shape_of_condition(value: &Value, at: &str, depth: usize) -> Result<(), Misplaced> {
    if depth > MAX_DEPTH {
        return wrong(at, Violation::TooLong);
    }
    let needed = match kind(value, at)? {
        "own_municipality" => None,
        "lives_in" => Some("areas"),
        "attested" => Some("kinds"),
        "age_at_least" | "age_at_most" => Some("years"),
        "school_year_at_least" | "school_year_at_most" => Some("year"),
        "all" | "any" => Some("conditions"),
        "not" => Some("condition"),
        _ => return wrong(format!("{at}/kind"), Violation::Unknown),
    };
    let names: Vec<&str> = ["kind"].into_iter().chain(needed).collect();
    let object = members(value, at, &names, &[])?;
    if let Some((name, value)) = needed.and_then(|name| Some((name, object.get(name)?))) {
        let at = format!("{at}/{name}");
        match name {
            "condition" => shape_of_condition(value, &at, depth + 1)?,
            "years" | "year" => drop(read::<u8>(value, &at)?),
            _ => {
                let Some(items) = value.as_array() else { return wrong(at, Violation::Malformed) };
                for (index, item) in items.iter().enumerate() {
                    let at = format!("{at}/{index}");
                    match name {
                        "conditions" => shape_of_condition(item, &at, depth + 1)?,
                        "kinds" => drop(word::<super::attestation::AttestationKind>(item, &at)?),
                        _ => shape_of_area(item, &at)?,
                    }
                }
            }
        }
    }
    match needed {
        // What they hold was read one by one.
        Some("conditions" | "condition") => Ok(()),
        _ => read::<Condition>(value, at).map(drop),
    }
}

fn shape_of_area(value: &Value, at: &str) -> Result<(), Misplaced> {
    let names: &[&str] = match kind(value, at)? {
        "prefecture" | "municipality" => &["kind", "code"],
        "towns" => &["kind", "code", "towns"],
        _ => return wrong(format!("{at}/kind"), Violation::Unknown),
    };
    let object = members(value, at, names, &[])?;
    if let Some(towns) = object.get("towns") {
        read::<Vec<String>>(towns, &format!("{at}/towns"))?;
    }
    // With every other member in its place it is the code.
    read::<Area>(value, &format!("{at}/code")).map(drop)
}

/// The members of an object: all that are needed, and none but those that may be.
fn members<'v>(
    value: &'v Value,
    at: &str,
    needed: &[&str],
    optional: &[&str],
) -> Result<&'v Map<String, Value>, Misplaced> {
    let Some(object) = value.as_object() else { return wrong(at, Violation::Malformed) };
    if let Some(missing) = needed.iter().find(|name| !object.contains_key(**name)) {
        return wrong(format!("{at}/{missing}"), Violation::Required);
    }
    let known = |name: &&String| needed.iter().chain(optional).any(|known| known == name);
    match object.keys().find(|name| !known(name)) {
        // RFC 6901, section 3: `~` and `/` are escaped.
        Some(other) => wrong(format!("{at}/{}", other.replace('~', "~0").replace('/', "~1")), Violation::NotAllowed),
        None => Ok(object),
    }
}

fn kind<'v>(value: &'v Value, at: &str) -> Result<&'v str, Misplaced> {
    let Some(object) = value.as_object() else { return wrong(at, Violation::Malformed) };
    match object.get("kind") {
        None => wrong(format!("{at}/kind"), Violation::Required),
        Some(kind) => kind.as_str().map_or_else(|| wrong(format!("{at}/kind"), Violation::Malformed), Ok),
    }
}

fn read<T: DeserializeOwned>(value: &Value, at: &str) -> Result<T, Misplaced> {
    serde_json::from_value(value.clone()).or_else(|_| wrong(at, Violation::Malformed))
}

/// One of some words.
fn word<T: DeserializeOwned>(value: &Value, at: &str) -> Result<T, Misplaced> {
    let violation = if value.is_string() { Violation::Unknown } else { Violation::Malformed };
    serde_json::from_value(value.clone()).or_else(|_| wrong(at, violation))
}

/// Finds the condition that a rule may not have.
fn condition(found: &Condition, at: &str, gazetteer: &dyn Gazetteer) -> Result<(), Misplaced> {
    match found {
        Condition::All { conditions } | Condition::Any { conditions } if !conditions.is_empty() => {
            let each = conditions.iter().enumerate();
            each.map(|(index, one)| (one, format!("{at}/conditions/{index}")))
                .try_for_each(|(one, at)| condition(one, &at, gazetteer))
        }
        Condition::Not { condition: inner } => condition(inner, &format!("{at}/condition"), gazetteer),
        leaf => leaf.check(gazetteer).or_else(|violation| wrong(at_fault(leaf, at, violation, gazetteer), violation)),
    }
}

/// The member of a condition that is at fault.
fn at_fault(leaf: &Condition, at: &str, violation: Violation, gazetteer: &dyn Gazetteer) -> String {
    match leaf {
        Condition::LivesIn { areas } => {
            let alone =
                |area: &Area| Condition::LivesIn { areas: vec![area.clone()] }.check(gazetteer) == Err(violation);
            match areas.iter().position(alone) {
                Some(index) => format!("{at}/areas/{index}"),
                None => format!("{at}/areas"),
            }
        }
        Condition::Attested { .. } => format!("{at}/kinds"),
        Condition::AgeAtLeast { .. } | Condition::AgeAtMost { .. } => format!("{at}/years"),
        Condition::SchoolYearAtLeast { .. } | Condition::SchoolYearAtMost { .. } => format!("{at}/year"),
        Condition::All { .. } | Condition::Any { .. } => format!("{at}/conditions"),
        Condition::OwnMunicipality | Condition::Not { .. } => at.to_owned(),
    }
}

#[cfg(test)]
mod tests;
