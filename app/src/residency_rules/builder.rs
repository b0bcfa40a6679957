//! The builder: clauses joined by または, a picker of municipalities that works without a script, the term, the evidence. A
//! button that only changes the form says what to change in its value, and gets the page back with the form changed.

use domain::configuration::{AgesForm, ClauseForm, PlaceForm, ResidencyRuleForm};
use domain::locale::Locale;
use domain::municipality::{Municipality, MunicipalityCode, MunicipalityTable};
use domain::residency::{AddressSource, WhenUndecidable};
use leptos::prelude::*;

use super::text::Words;
use crate::components::button::{Size, SubmitButton, Weight};
use crate::components::field::{Choice, FieldError, RadioCards, Select, TextArea, TextField};
use crate::components::icon::{Drawing, Icon};
use crate::configuration::editing::THEN;
use crate::forms::Form;
use crate::text::fill;

/// Clauses that a form may hold; the rule's own limit is said when it is checked.
const MOST_CLAUSES: usize = 20;
/// Municipalities that a search shows.
const FOUND: usize = 12;

/// Reads the form of a rule.
pub(super) fn read(form: &Form) -> ResidencyRuleForm {
    let get = |name: &str| form.get(name).to_owned();
    let count = form.get("clauses").parse::<usize>().unwrap_or(0).min(MOST_CLAUSES);
    let clauses = (0..count)
        .map(|index| ClauseForm {
            area: get(&format!("clauses.{index}.area")),
            places: places(&get(&format!("clauses.{index}.municipalities"))),
            ages: AgesForm { age_at_least: get(&format!("clauses.{index}.age_at_least")), ..AgesForm::default() },
            ..ClauseForm::default()
        })
        .collect();
    ResidencyRuleForm {
        name_ja: get("name_ja"),
        name_en: get("name_en"),
        clauses,
        term: get("term"),
        term_months: get("term_months"),
        weakest_source: get("weakest_source"),
        greatest_age_months: get("greatest_age_months"),
        note: get("note"),
        when_undecidable: WhenUndecidable::DeskCode.as_str().to_owned(),
        ..ResidencyRuleForm::default()
    }
}

fn places(codes: &str) -> Vec<PlaceForm> {
    codes.split_whitespace().map(|code| PlaceForm { code: code.to_owned(), towns: Vec::new() }).collect()
}

fn codes(places: &[PlaceForm]) -> String {
    places.iter().map(|place| place.code.as_str()).collect::<Vec<_>>().join(" ")
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

/// What a button changes in the form; none for a button that does something else.
pub(super) fn changed(form: &Form) -> Option<Form> {
    let mut rule = read(form);
    let mut parts = form.get(THEN).split('.');
    let index = |part: Option<&str>| part.and_then(|text| text.parse::<usize>().ok());
    let mut searched = None;
    match (parts.next(), parts.next()) {
        (Some("clause"), Some("add")) if rule.clauses.len() < MOST_CLAUSES => rule.clauses.push(ClauseForm::default()),
        (Some("clause"), Some("remove")) => {
            let index = index(parts.next()).filter(|index| *index < rule.clauses.len())?;
            rule.clauses.remove(index);
        }
        (Some("search"), at) => searched = index(at),
        (Some(verb @ ("put" | "take")), at) => {
            let clause = rule.clauses.get_mut(index(at)?)?;
            let code = parts.next()?;
            clause.places.retain(|place| place.code != code);
            if verb == "put" {
                clause.places.push(PlaceForm { code: code.to_owned(), towns: Vec::new() });
            }
            "listed".clone_into(&mut clause.area);
        }
        _ => return None,
    }
    Some(written(&rule, form, searched))
}

/// The form again, with a rule as it now is; what was searched for stays where it was searched.
fn written(rule: &ResidencyRuleForm, form: &Form, searched: Option<usize>) -> Form {
    let ours = |name: &str| name.starts_with("clauses");
    let mut pairs: Vec<(String, String)> =
        form.iter().filter(|(name, _)| !ours(name)).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    pairs.push(("clauses".to_owned(), rule.clauses.len().to_string()));
    for (index, clause) in rule.clauses.iter().enumerate() {
        pairs.push((format!("clauses.{index}.area"), clause.area.clone()));
        pairs.push((format!("clauses.{index}.municipalities"), codes(&clause.places)));
        pairs.push((format!("clauses.{index}.age_at_least"), clause.ages.age_at_least.clone()));
        if searched == Some(index) {
            let name = format!("clauses.{index}.search");
            pairs.push((name.clone(), form.get(&name).to_owned()));
        }
    }
    pairs.into_iter().collect()
}

/// The fields. `typed` is the form that the page shows again, for what was searched.
pub(super) fn fields(rule: ResidencyRuleForm, typed: Option<&Form>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let sources = AddressSource::ALL.map(|source| Choice::new(source.as_str(), source.words().get(locale))).to_vec();
    let terms = vec![
        Choice::new("months", words.term_months).help(words.term_months_help),
        Choice::new("fiscal_year_end", words.term_year).help(words.term_year_help),
    ];
    let count = rule.clauses.len();
    let clauses = rule
        .clauses
        .into_iter()
        .enumerate()
        .map(|(index, form)| {
            let searched = typed.map(|typed| typed.get(&format!("clauses.{index}.search")).to_owned());
            clause(index, form, searched.filter(|text| !text.trim().is_empty()), locale)
        })
        .collect_view();
    let none = (count == 0).then(|| view! { <p class="rule__none">{words.no_clauses}</p> });
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_name}</legend>
            <div class="form__pair">
                <TextField name="name_ja" label=words.name_ja help=words.name_help value=rule.name_ja/>
                <TextField name="name_en" label=words.name_en help=words.name_help value=rule.name_en/>
            </div>
        </fieldset>
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.clauses}<span>{words.clauses_help}</span></legend>
            <div>
                <input type="hidden" name="clauses" value=count.to_string()/>
                <FieldError name="clauses" label=words.clauses/>
                {none}
                <ol class="rule__clauses">{clauses}</ol>
                <div class="rule__add">
                    <SubmitButton word=words.add_clause weight=Weight::Secondary icon=Drawing::Plus name=THEN value="clause.add"/>
                </div>
            </div>
        </fieldset>
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.term}</legend>
            <div class="form">
                <RadioCards name="term" label=words.term_kind choices=terms value=rule.term/>
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
                <TextArea name="note" label=words.note help=words.note_help value=rule.note rows=2 optional=true/>
            </div>
        </fieldset>
    }
    .into_any()
}

fn clause(index: usize, form: ClauseForm, searched: Option<String>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let number = (index + 1).to_string();
    let title = fill(words.clause, &[("n", &number)]);
    let areas = vec![
        Choice::new("own", words.area_own),
        Choice::new("listed", words.area_listed),
        Choice::new("", words.area_any),
    ];
    let name = |field: &str| format!("clauses.{index}.{field}");
    let chosen = (form.area == "listed").then(|| municipalities(index, &codes(&form.places), searched, locale));
    let kept = (form.area != "listed").then(|| {
        let value = codes(&form.places);
        view! { <input type="hidden" name=name("municipalities") value=value/> }
    });
    view! {
        <li class="clause">
            <div class="clause__head">
                <span class="clause__no" aria-hidden="true">{number}</span>
                <h2><Icon of=Drawing::Pin/>{title.clone()}</h2>
                <SubmitButton
                    word=words.remove_clause
                    weight=Weight::Quiet
                    size=Size::Xs
                    object=title
                    name=THEN
                    value=format!("clause.remove.{index}")
                />
            </div>
            <div class="clause__body form">
                <Select name=name("area") label=words.area choices=areas value=form.area optional=true class="input--short"/>
                {kept}
                {chosen}
                <TextField
                    name=name("age_at_least")
                    label=words.age
                    help=words.age_help
                    value=form.ages.age_at_least
                    class="input--number"
                    inputmode="numeric"
                    optional=true
                />
            </div>
        </li>
    }
    .into_any()
}

fn municipalities(index: usize, chosen: &str, searched: Option<String>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let table = MunicipalityTable::japan();
    let name = format!("clauses.{index}.municipalities");
    let codes: Vec<&str> =
        chosen.split(|c: char| c.is_whitespace() || matches!(c, ',' | '、')).filter(|code| !code.is_empty()).collect();
    let word = |code: &str| {
        let found = MunicipalityCode::parse(code).ok().and_then(|code| table.find(code));
        found.map_or_else(|| code.to_owned(), |found| found.full_name(locale))
    };
    let chips = codes
        .iter()
        .map(|code| {
            let word = word(code);
            let label = fill(words.take_away, &[("name", &word)]);
            let value = format!("take.{index}.{code}");
            view! {
                <li class="chip">
                    {word}
                    <button type="submit" name=THEN value=value aria-label=label><Icon of=Drawing::Cross class="icon--s"/></button>
                </li>
            }
        })
        .collect_view();
    let none = codes.is_empty().then(|| view! { <li class="muted">{words.none_chosen}</li> });
    let results = searched.map(|text| results(index, &table.search(&text, FOUND), &codes, locale));
    view! {
        <div class="field">
            <span class="field__label">{words.municipalities}</span>
            <FieldError name=name.clone() label=words.municipalities/>
            <input type="hidden" name=name value=codes.join(" ")/>
            <ul class="chips">{chips}{none}</ul>
        </div>
        <TextField
            name=format!("clauses.{index}.search")
            label=words.search_towns
            help=words.search_help
            class="input--short"
            optional=true
        />
        <div>
            <SubmitButton word=words.search_button weight=Weight::Quiet icon=Drawing::Search name=THEN value=format!("search.{index}")/>
        </div>
        {results}
    }
    .into_any()
}

fn results(index: usize, found: &[&Municipality], chosen: &[&str], locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let rows: Vec<AnyView> = found
        .iter()
        .filter(|row| !chosen.contains(&row.code.to_string().as_str()))
        .map(|row| {
            let name = row.full_name(locale);
            let label = fill(words.put_in, &[("name", &name)]);
            let value = format!("put.{index}.{}", row.code);
            view! {
                <li>
                    <button class="chip chip--add" type="submit" name=THEN value=value aria-label=label>
                        <Icon of=Drawing::Plus class="icon--s"/>{name}
                    </button>
                </li>
            }
            .into_any()
        })
        .collect();
    if rows.is_empty() {
        return view! { <p class="muted" role="status">{words.nothing_found}</p> }.into_any();
    }
    view! { <ul class="chips">{rows}</ul> }.into_any()
}

/// Pressing Enter saves: the first button of a form is the one that Enter presses, and the first to be seen would remove a
/// clause.
pub(super) fn enter_saves() -> AnyView {
    view! {
        <button class="visually-hidden" type="submit" name=THEN value=crate::configuration::editing::SAVE tabindex="-1" aria-hidden="true"></button>
    }
    .into_any()
}
