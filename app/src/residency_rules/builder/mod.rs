//! The builder: clauses joined by または, exclusions, ages of everybody, term, evidence. It is one form that works without a
//! script; the island (`living`) sends the same buttons without leaving the page.

mod area;
mod clause;
mod places;
mod press;

use domain::configuration::{ClauseForm, ResidencyRuleForm};
use domain::locale::Locale;
use domain::municipality::{Municipality, MunicipalityCode, MunicipalityTable};
use domain::residency::{AddressSource, Clause, WhenUndecidable};
use leptos::prelude::*;

pub(super) use self::area::options;
pub(super) use self::press::{LOOK, changed, read};

use self::clause::Scene;
use super::reading::{CLAUSES, EXCLUDES, OPEN};
use super::text::Words;
use crate::components::field::{Choice, FieldError, RadioCards, Select, TextArea, TextField};
use crate::configuration::editing::THEN;
use crate::forms::Form;

/// The id of the part that a press changes.
pub(super) const ID: &str = "rule-builder";

/// What the page shows beside the rule.
#[derive(Default)]
pub(super) struct Shown {
    /// Where the next key goes: the name of a field, or the value of a button.
    focus: String,
    /// Said to whoever does not see what changed.
    said: String,
    /// The clause whose search was pressed, with what was typed.
    searched: Option<(String, String)>,
    /// The clause whose neighbours stand open.
    near: String,
    /// The clause and the place whose towns stand open.
    open: Option<(String, String)>,
    filters: Vec<(String, String)>,
    /// The part of the form that decided a trial.
    deciding: Option<String>,
}

impl Shown {
    /// What the form asks to be shown, and the part that decided.
    pub(super) fn of(typed: Option<&Form>, deciding: Option<String>) -> Shown {
        let Some(form) = typed else { return Shown { deciding, ..Shown::default() } };
        let searched = form.get(press::SEARCHED);
        let pair = |text: &str| text.split_once(' ').map(|(clause, code)| (clause.to_owned(), code.to_owned()));
        let filters = form.iter().filter(|(name, _)| name.ends_with(".filter"));
        Shown {
            focus: form.get(press::FOCUS).to_owned(),
            said: form.get(press::SAID).to_owned(),
            searched: (!searched.is_empty())
                .then(|| (searched.to_owned(), form.get(&format!("{searched}.search")).to_owned())),
            near: form.get(press::NEAR).to_owned(),
            open: pair(form.get(OPEN)),
            filters: filters.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect(),
            deciding,
        }
    }

    fn is_focus(&self, name: &str) -> bool {
        self.focus == name
    }

    fn is_near(&self, clause: &str) -> bool {
        self.near == clause
    }

    fn decides(&self, part: &str) -> bool {
        self.deciding.as_deref() == Some(part)
    }

    fn open_in(&self, clause: &str) -> Option<&str> {
        self.open.as_ref().filter(|(of, _)| of == clause).map(|(_, code)| code.as_str())
    }

    fn searched_in(&self, clause: &str) -> Option<&str> {
        let (_, typed) = self.searched.as_ref().filter(|(of, _)| of == clause)?;
        Some(typed.trim()).filter(|typed| !typed.is_empty())
    }

    fn filter(&self, name: &str) -> String {
        self.filters.iter().find(|(of, _)| of == name).map(|(_, typed)| typed.clone()).unwrap_or_default()
    }
}

/// A new rule begins with people who live here, for a year.
pub(super) fn usual() -> ResidencyRuleForm {
    ResidencyRuleForm {
        clauses: vec![ClauseForm { area: "own".to_owned(), ..ClauseForm::default() }],
        term: "months".to_owned(),
        term_months: "12".to_owned(),
        weakest_source: AddressSource::CardSurface.as_str().to_owned(),
        greatest_age_months: "0".to_owned(),
        when_undecidable: WhenUndecidable::DeskCode.as_str().to_owned(),
        ..ResidencyRuleForm::default()
    }
}

/// The part of the form that a clause of the rule stands in: `clauses.0`, `excludes.1`, `everyone`.
pub(super) fn part_of(form: &ResidencyRuleForm, clause: Clause) -> String {
    match clause {
        Clause::Admits(index) => format!("{CLAUSES}.{index}"),
        Clause::Excludes(index) => format!("{EXCLUDES}.{index}"),
        // Of a single clause its own limits are asked of everybody.
        Clause::Everyone(_) if form.everyone == Default::default() => format!("{CLAUSES}.0"),
        Clause::Everyone(_) => "everyone".to_owned(),
    }
}

/// The municipalities that a rule names, and the town's own: what the browser needs to tell it.
fn named(rule: &ResidencyRuleForm, own: MunicipalityCode) -> Vec<Municipality> {
    let places = rule.clauses.iter().chain(&rule.excludes).flat_map(|clause| &clause.places);
    let codes = places.filter_map(|place| MunicipalityCode::parse(&place.code).ok());
    let mut found: Vec<Municipality> =
        codes.chain([own]).filter_map(|code| MunicipalityTable::japan().find(code)).cloned().collect();
    found.sort_by_key(|row| row.code);
    found.dedup_by_key(|row| row.code);
    found
}

/// Clauses, exclusions and what is asked of everybody: what a press changes.
pub(super) fn changing(rule: ResidencyRuleForm, shown: &Shown, own: MunicipalityCode, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let scene = Scene { own, shown, locale };
    let municipalities = serde_json::to_string(&named(&rule, own)).unwrap_or_default();
    let list = |section: &'static str, forms: Vec<ClauseForm>| {
        let clauses = forms.into_iter().enumerate().map(|(index, form)| clause::clause(scene, section, index, form));
        let clauses = clauses.collect_view();
        view! { <ol class="rule__clauses">{clauses}</ol> }
    };
    let (count, excluded) = (rule.clauses.len(), rule.excludes.len());
    let none = (count == 0).then(|| view! { <p class="rule__none">{words.no_clauses}</p> });
    let nobody = (excluded == 0).then(|| view! { <p class="rule__none">{words.no_excludes}</p> });
    let everyone = if shown.decides("everyone") { "panel rule__set is-deciding" } else { "panel rule__set" };
    view! {
        <div class="stack stack--tight" id=ID data-municipalities=municipalities data-said=shown.said.clone()>
            <fieldset class="panel rule__set">
                <legend class="rule__legend">{words.clauses}<span>{words.clauses_help}</span></legend>
                <div>
                    <input type="hidden" name=CLAUSES value=count.to_string()/>
                    <FieldError name=CLAUSES label=words.clauses/>
                    {none}
                    {list(CLAUSES, rule.clauses)}
                    {clause::add(scene, CLAUSES)}
                </div>
            </fieldset>
            <fieldset class=everyone id="everyone">
                <legend class="rule__legend">{words.everyone}<span>{words.everyone_help}</span></legend>
                <div class="clause__ages">{clause::age_lines(scene, "everyone", &rule.everyone)}</div>
            </fieldset>
            <fieldset class="panel rule__set">
                <legend class="rule__legend">{words.excludes}<span>{words.excludes_help}</span></legend>
                <div>
                    <input type="hidden" name=EXCLUDES value=excluded.to_string()/>
                    <FieldError name=EXCLUDES label=words.excludes/>
                    {nobody}
                    {list(EXCLUDES, rule.excludes)}
                    {clause::add(scene, EXCLUDES)}
                </div>
            </fieldset>
        </div>
    }
    .into_any()
}

/// The name of the rule, for colleagues.
pub(super) fn naming(rule: &ResidencyRuleForm, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_name}</legend>
            <div class="form__pair">
                <TextField name="name_ja" label=words.name_ja help=words.name_help value=rule.name_ja.clone()/>
                <TextField name="name_en" label=words.name_en help=words.name_help value=rule.name_en.clone()/>
            </div>
        </fieldset>
    }
    .into_any()
}

/// Term, evidence and what cannot be settled.
pub(super) fn terms(rule: ResidencyRuleForm, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let sources = AddressSource::ALL.map(|source| Choice::new(source.as_str(), source.words().get(locale))).to_vec();
    let terms = vec![
        Choice::new("months", words.term_months).help(words.term_months_help),
        Choice::new("fiscal_year_end", words.term_year).help(words.term_year_help),
    ];
    let undecidable = WhenUndecidable::ALL
        .map(|choice| {
            let (word, help) = match choice {
                WhenUndecidable::DeskCode => (words.desk, words.desk_help),
                WhenUndecidable::Contact => (words.contact, words.contact_help),
            };
            Choice::new(choice.as_str(), word).help(help)
        })
        .to_vec();
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.term}</legend>
            <div class="form rule__term">
                <RadioCards name="term" label=words.term_kind choices=terms value=rule.term/>
                <div class="rule__months">
                    <TextField
                        name="term_months"
                        label=words.months
                        help=words.months_help
                        value=rule.term_months
                        class="input--number"
                        inputmode="numeric"
                        optional=true
                    />
                </div>
                <TextField
                    name="recheck_months"
                    label=words.recheck
                    help=words.recheck_help
                    value=rule.recheck_months
                    class="input--number"
                    inputmode="numeric"
                    optional=true
                />
            </div>
        </fieldset>
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.evidence}</legend>
            <div class="form">
                <Select name="weakest_source" label=words.weakest choices=sources value=rule.weakest_source/>
                <TextField
                    name="greatest_age_months"
                    label=words.greatest_age
                    help=words.greatest_age_help
                    value=rule.greatest_age_months
                    class="input--number"
                    inputmode="numeric"
                />
                <RadioCards name="when_undecidable" label=words.undecidable choices=undecidable value=rule.when_undecidable/>
                <TextArea name="note" label=words.note help=words.note_help value=rule.note rows=2 optional=true/>
            </div>
        </fieldset>
    }
    .into_any()
}

/// Pressing Enter saves: the first button of a form is the one that Enter presses, and the first to be seen would remove a
/// clause.
pub(super) fn enter_saves() -> AnyView {
    view! {
        <button class="visually-hidden" type="submit" name=THEN value=crate::configuration::editing::SAVE tabindex="-1" aria-hidden="true"></button>
    }
    .into_any()
}
