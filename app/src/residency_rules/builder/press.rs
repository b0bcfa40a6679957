//! Buttons that only change the form: one more clause, a place put in or taken out, towns ticked. What such a button does stands
//! in its value, `verb.section.index.code`; the page comes back with the form changed, and says what to look at next.

use domain::configuration::{AgesForm, ClauseForm, MAX_CLAUSES, PlaceForm, ResidencyRuleForm};
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::residency::TownTable;

use super::places;
use crate::configuration::editing::THEN;
use crate::forms::Form;
use crate::residency_rules::reading::{CLAUSES, EXCLUDES, Fields, OPEN};
use crate::residency_rules::text::Words;
use crate::text::fill;

/// Tells the rule and looks for what is odd about it; changes nothing.
pub(crate) const LOOK: &str = "look";

// What a press leaves for the page that comes back; no input has these names, so the next press begins without them.
pub(super) const FOCUS: &str = "at.focus";
pub(super) const SAID: &str = "at.said";
pub(super) const SEARCHED: &str = "at.search";
pub(super) const NEAR: &str = "at.near";

/// Reads the form of a rule.
pub(crate) fn read(form: &Form) -> ResidencyRuleForm {
    fields(form).rule()
}

fn fields(form: &Form) -> Fields {
    Fields::new(form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// The form while a press changes it.
struct Press<'a> {
    form: &'a Form,
    rule: ResidencyRuleForm,
    open: String,
    /// Name and value of each thing that the page shows next.
    shown: Vec<(&'static str, String)>,
    own: MunicipalityCode,
    locale: Locale,
}

/// What a button changes in the form; none for a button that does something else.
pub(crate) fn changed(form: &Form, own: MunicipalityCode, locale: Locale) -> Option<Form> {
    let parts: Vec<&str> = form.get(THEN).split('.').collect();
    let open = form.get(OPEN).to_owned();
    let mut press = Press { form, rule: read(form), open, shown: Vec::new(), own, locale };
    match *parts.as_slice() {
        [LOOK] => {}
        ["add", section, ref kind @ ..] => press.add(section, kind.first().copied().unwrap_or_default())?,
        ["remove", section, index] => press.remove(section, index)?,
        ["search", section, index] => {
            let clause = format!("{section}.{index}");
            press.focus(format!("{clause}.search"));
            press.shown.push((SEARCHED, clause));
        }
        ["put", section, index, code] => press.put(section, index, code, false)?,
        ["put", section, index, code, "near"] => press.put(section, index, code, true)?,
        ["take", section, index, code] => press.take(section, index, code)?,
        ["own", section, index] => press.towns_of_own(section, index)?,
        ["towns", section, index, code] => press.open(section, index, code)?,
        ["close", section, index, code] => {
            press.open.clear();
            press.focus(format!("towns.{section}.{index}.{code}"));
        }
        ["filter", section, index, _] => press.focus(format!("{section}.{index}.filter")),
        [verb @ ("all" | "none"), section, index, code] => press.tick(verb == "all", section, index, code)?,
        _ => return None,
    }
    Some(press.written())
}

impl Press<'_> {
    fn focus(&mut self, name: impl Into<String>) {
        self.shown.push((FOCUS, name.into()));
    }

    fn say(&mut self, template: &str, name: &str) {
        self.shown.push((SAID, fill(template, &[("name", name)])));
    }

    fn section(&mut self, section: &str) -> Option<&mut Vec<ClauseForm>> {
        match section {
            CLAUSES => Some(&mut self.rule.clauses),
            EXCLUDES => Some(&mut self.rule.excludes),
            _ => None,
        }
    }

    fn clause(&mut self, section: &str, index: &str) -> Option<&mut ClauseForm> {
        self.section(section)?.get_mut(index.parse::<usize>().ok()?)
    }

    fn add(&mut self, section: &str, kind: &str) -> Option<()> {
        let clauses = self.section(section)?;
        let index = clauses.len();
        if index >= MAX_CLAUSES {
            return None;
        }
        let (clause, focus) = match kind {
            "own" => (ClauseForm { area: "own".to_owned(), ..ClauseForm::default() }, "area"),
            "tie" => (ClauseForm { ties: vec!["work".to_owned()], ..ClauseForm::default() }, "ties"),
            "age" => (ClauseForm::default(), "age_at_least"),
            _ => (ClauseForm { area: "listed".to_owned(), ..ClauseForm::default() }, "search"),
        };
        clauses.push(clause);
        self.focus(format!("{section}.{index}.{focus}"));
        let number = (index + 1).to_string();
        let words = Words::of(self.locale);
        self.say(if section == CLAUSES { words.said_added } else { words.said_excluded }, &number);
        Some(())
    }

    fn remove(&mut self, section: &str, index: &str) -> Option<()> {
        let at = index.parse::<usize>().ok()?;
        let clauses = self.section(section)?;
        if at >= clauses.len() {
            return None;
        }
        clauses.remove(at);
        let left = clauses.len();
        // The towns that stand open may be those of a clause that now has another number.
        self.open.clear();
        self.focus(match left {
            0 => format!("add.{section}"),
            _ => format!("remove.{section}.{}", at.min(left - 1)),
        });
        self.say(Words::of(self.locale).said_removed, &(at + 1).to_string());
        Some(())
    }

    fn put(&mut self, section: &str, index: &str, code: &str, near: bool) -> Option<()> {
        let found = places::Found::of(code, self.locale)?;
        let ward_of = MunicipalityCode::parse(code).ok().and_then(|code| MunicipalityTable::japan().city_of(code));
        let clause = self.clause(section, index)?;
        // A ward in place of its city, which would count as a whole; a city in place of its wards.
        clause.places.retain(|place| {
            let within =
                MunicipalityCode::parse(&place.code).ok().and_then(|code| MunicipalityTable::japan().city_of(code));
            place.code != code
                && ward_of.is_none_or(|city| place.code != city.to_string())
                && within.is_none_or(|city| city.to_string() != code)
        });
        clause.places.push(PlaceForm { code: code.to_owned(), towns: Vec::new() });
        "listed".clone_into(&mut clause.area);
        let clause = format!("{section}.{index}");
        if near {
            self.focus(format!("near.{clause}"));
            self.shown.push((NEAR, clause));
        } else {
            self.focus(format!("{clause}.search"));
        }
        self.say(Words::of(self.locale).said_put, &found.name);
        Some(())
    }

    fn take(&mut self, section: &str, index: &str, code: &str) -> Option<()> {
        let clause = self.clause(section, index)?;
        let at = clause.places.iter().position(|place| place.code == code)?;
        clause.places.remove(at);
        let next = clause.places.get(at).or(clause.places.last()).map(|place| place.code.clone());
        let clause = format!("{section}.{index}");
        if self.open == format!("{clause} {code}") {
            self.open.clear();
        }
        self.focus(match next {
            Some(next) => format!("take.{clause}.{next}"),
            None => format!("{clause}.search"),
        });
        let name = places::Found::of(code, self.locale).map_or_else(|| code.to_owned(), |found| found.name);
        self.say(Words::of(self.locale).said_taken, &name);
        Some(())
    }

    /// The clause's own municipality, by its towns: it becomes one that is listed.
    fn towns_of_own(&mut self, section: &str, index: &str) -> Option<()> {
        let code = self.own.to_string();
        let clause = self.clause(section, index)?;
        "listed".clone_into(&mut clause.area);
        if !clause.places.iter().any(|place| place.code == code) {
            clause.places.insert(0, PlaceForm { code: code.clone(), towns: Vec::new() });
        }
        self.open(section, index, &code)
    }

    fn open(&mut self, section: &str, index: &str, code: &str) -> Option<()> {
        self.clause(section, index)?.places.iter().find(|place| place.code == code)?;
        self.open = format!("{section}.{index} {code}");
        self.focus(format!("{section}.{index}.filter"));
        Some(())
    }

    /// Ticks every town that the filter lets through, or takes their ticks away.
    fn tick(&mut self, tick: bool, section: &str, index: &str, code: &str) -> Option<()> {
        let municipality = MunicipalityCode::parse(code).ok()?;
        let towns: Vec<String> = TownTable::japan().towns_of(municipality).into_iter().map(|town| town.name).collect();
        let filter = self.form.get(&format!("{section}.{index}.filter")).trim().to_owned();
        let clause = self.clause(section, index)?;
        let place = clause.places.iter_mut().find(|place| place.code == code)?;
        let was = |town: &String| place.towns.is_empty() || place.towns.contains(town);
        let ticked: Vec<String> =
            towns.iter().filter(|town| if town.contains(&filter) { tick } else { was(town) }).cloned().collect();
        let count = ticked.len();
        place.towns = match count {
            0 => vec![String::new()],
            all if all == towns.len() => Vec::new(),
            _ => ticked,
        };
        self.focus(format!("{}.{section}.{index}.{code}", if tick { "all" } else { "none" }));
        self.say(Words::of(self.locale).said_ticked, &count.to_string());
        Some(())
    }

    /// The form again, with the rule as it now is.
    fn written(self) -> Form {
        let ours = |name: &str| {
            let kept = name.ends_with(".filter") && !self.open.is_empty();
            !kept && (name == OPEN || name.starts_with(CLAUSES) || name.starts_with(EXCLUDES))
        };
        let others = self.form.iter().filter(|(name, _)| !ours(name));
        let mut pairs: Vec<(String, String)> =
            others.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for (section, clauses) in [(CLAUSES, &self.rule.clauses), (EXCLUDES, &self.rule.excludes)] {
            pairs.push((section.to_owned(), clauses.len().to_string()));
            for (index, clause) in clauses.iter().enumerate() {
                pairs.extend(clause_pairs(&format!("{section}.{index}"), clause));
            }
        }
        if let Some((_, clause)) = self.shown.iter().find(|(name, _)| *name == SEARCHED) {
            let name = format!("{clause}.search");
            let typed = self.form.get(&name).to_owned();
            pairs.push((name, typed));
        }
        pairs.push((OPEN.to_owned(), self.open));
        pairs.extend(self.shown.into_iter().map(|(name, value)| (name.to_owned(), value)));
        pairs.into_iter().collect()
    }
}

fn clause_pairs(name: &str, clause: &ClauseForm) -> Vec<(String, String)> {
    let codes: Vec<&str> = clause.places.iter().map(|place| place.code.as_str()).collect();
    let AgesForm { age_at_least, age_at_most, school_from, school_to } = &clause.ages;
    let mut pairs = vec![
        (format!("{name}.area"), clause.area.clone()),
        (format!("{name}.places"), codes.join(" ")),
        (format!("{name}.age_at_least"), age_at_least.clone()),
        (format!("{name}.age_at_most"), age_at_most.clone()),
        (format!("{name}.school_from"), school_from.clone()),
        (format!("{name}.school_to"), school_to.clone()),
    ];
    pairs.extend(clause.ties.iter().map(|tie| (format!("{name}.ties"), tie.clone())));
    for place in &clause.places {
        pairs.extend(place.towns.iter().map(|town| (format!("{name}.towns.{}", place.code), town.clone())));
    }
    pairs
}
