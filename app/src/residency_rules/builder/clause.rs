//! One clause of the builder: where somebody lives, ties, ages.

use domain::configuration::{AgesForm, ClauseForm};
use domain::locale::Locale;
use domain::municipality::MunicipalityCode;
use domain::residency::{AttestationKind, MAX_SCHOOL_YEAR, school_year};
use leptos::prelude::*;

use super::{Shown, area};
use crate::components::button::{Size, SubmitButton, Weight};
use crate::components::error_summary::Labels;
use crate::components::field::{FieldError, field_id};
use crate::components::icon::{Drawing, Icon};
use crate::configuration::editing::THEN;
use crate::render::submitted;
use crate::residency_rules::reading::CLAUSES;
use crate::residency_rules::text::Words;
use crate::text::{fill, violation_words};

/// What every clause of a page has in common.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) own: MunicipalityCode,
    pub(super) shown: &'a Shown,
    pub(super) locale: Locale,
}

/// A clause that admits, or an exclusion.
pub(super) fn clause(scene: Scene<'_>, section: &'static str, index: usize, form: ClauseForm) -> AnyView {
    let words = Words::of(scene.locale);
    let number = (index + 1).to_string();
    let title = fill(if section == CLAUSES { words.clause } else { words.exclusion }, &[("n", &number)]);
    let name = format!("{section}.{index}");
    let (drawing, kind) = kind(&form, words);
    let class = if scene.shown.decides(&name) { "clause is-deciding" } else { "clause" };
    let title_id = format!("{section}-{index}-title");
    let ages = form.ages.clone();
    let remove = format!("remove.{name}");
    let focus = scene.shown.is_focus(&remove);
    let limited = ages != AgesForm::default() || scene.shown.is_focus(&format!("{name}.age_at_least"));
    view! {
        <li class=class id=format!("{section}-{index}")>
            <div class="clause__head">
                <span class="clause__no" aria-hidden="true">{number}</span>
                <h2 id=title_id.clone()>
                    <Icon of=drawing/><span class="visually-hidden">{title.clone()}": "</span>{kind}
                </h2>
                <button class="button button--quiet button--xs" type="submit" name=THEN value=remove autofocus=focus>
                    {words.remove_clause}<span class="visually-hidden">": "{title}</span>
                </button>
            </div>
            <div class="clause__body" role="group" aria-labelledby=title_id>
                {area::line(scene, &name, &form)}
                {ties(scene, &name, &form.ties)}
                <details class="disclosure clause__limits" id=format!("{section}-{index}-limits") open=limited>
                    <summary><span>{words.limits}</span></summary>
                    <div class="disclosure__body">{age_lines(scene, &name, &ages)}</div>
                </details>
            </div>
        </li>
    }
    .into_any()
}

/// What a clause is about, for its heading.
fn kind(form: &ClauseForm, words: &'static Words) -> (Drawing, &'static str) {
    match (form.area.as_str(), form.ties.is_empty()) {
        ("own", _) => (Drawing::Hall, words.people_own),
        ("listed", _) => (Drawing::Pin, words.people_listed),
        (_, false) => (Drawing::Work, words.people_tied),
        _ if form.ages == AgesForm::default() => (Drawing::Question, words.people_new),
        _ => (Drawing::People, words.people_aged),
    }
}

fn ties(scene: Scene<'_>, clause: &str, chosen: &[String]) -> AnyView {
    let words = Words::of(scene.locale);
    let name = format!("{clause}.ties");
    let (key, help) = (format!("k-{}", field_id(&name)), format!("h-{}", field_id(&name)));
    let (key_id, help_id) = (key.clone(), help.clone());
    let focus = scene.shown.is_focus(&name);
    let boxes = AttestationKind::ALL
        .into_iter()
        .enumerate()
        .map(|(index, kind)| {
            let id = format!("{}-{kind}", field_id(&name));
            let checked = chosen.iter().any(|tie| tie == kind.as_str());
            let word = kind.words().get(scene.locale);
            view! {
                <span class="pick">
                    <input type="checkbox" id=id.clone() name=name.clone() value=kind.as_str() checked=checked autofocus=focus && index == 0/>
                    <label for=id>{word}</label>
                </span>
            }
        })
        .collect_view();
    view! {
        <div class="clause__line" role="group" aria-labelledby=key aria-describedby=help>
            <span class="clause__key" id=key_id>{words.ties}</span>
            <div class="picks">
                <FieldError name=name label=words.ties/>
                {boxes}
                <span class="picks__help" id=help_id>{words.ties_help}</span>
            </div>
        </div>
    }
    .into_any()
}

/// Limits of age and school year, of a clause or of everybody.
pub(super) fn age_lines(scene: Scene<'_>, name: &str, ages: &AgesForm) -> AnyView {
    let words = Words::of(scene.locale);
    let number = |field: &str, label: &'static str, value: &str| {
        let name = format!("{name}.{field}");
        let autofocus = scene.shown.is_focus(&name);
        let wrong = Wrong::of(&name, label, scene.locale);
        let input = view! {
            <input
                class="input input--number"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                id=wrong.id.clone()
                name=name
                value=value.to_owned()
                aria-label=label
                aria-invalid=wrong.invalid()
                aria-describedby=wrong.described_by()
                autofocus=autofocus
            />
        };
        (input, wrong)
    };
    let year = |field: &str, label: &'static str, chosen: &str| {
        let name = format!("{name}.{field}");
        let wrong = Wrong::of(&name, label, scene.locale);
        let options = (1..=MAX_SCHOOL_YEAR)
            .map(|year| {
                let value = year.to_string();
                let selected = value == chosen;
                view! { <option value=value selected=selected>{school_year(year, scene.locale)}</option> }
            })
            .collect_view();
        let select = view! {
            <select
                class="input input--short"
                id=wrong.id.clone()
                name=name
                aria-label=label
                aria-invalid=wrong.invalid()
                aria-describedby=wrong.described_by()
            >
                <option value="">{words.school_any}</option>
                {options}
            </select>
        };
        (select, wrong)
    };
    let (least, wrong_least) = number("age_at_least", words.age_least, &ages.age_at_least);
    let (most, wrong_most) = number("age_at_most", words.age_most, &ages.age_at_most);
    let (from, wrong_from) = year("school_from", words.school_least, &ages.school_from);
    let (to, wrong_to) = year("school_to", words.school_most, &ages.school_to);
    view! {
        <div class="clause__line">
            <span class="clause__key">{words.age}</span>
            <div class="limits">
                {wrong_least.view()}{wrong_most.view()}
                <span class="inline-field">{least}<span>{words.age_from}</span>{most}<span>{words.age_to}</span></span>
            </div>
        </div>
        <div class="clause__line">
            <span class="clause__key">{words.school}</span>
            <div class="limits">
                {wrong_from.view()}{wrong_to.view()}
                <span class="inline-field">{from}<span>{words.school_from}</span>{to}<span>{words.school_to}</span></span>
            </div>
        </div>
    }
    .into_any()
}

/// What is wrong with an input that stands in a line with others.
struct Wrong {
    id: String,
    error: Option<&'static str>,
}

impl Wrong {
    fn of(name: &str, label: &str, locale: Locale) -> Wrong {
        let violation = submitted().and_then(|submitted| submitted.violation(name));
        let error = violation.map(|violation| violation_words(violation, locale));
        Labels::note(name, label, error);
        Wrong { id: field_id(name), error }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    fn described_by(&self) -> Option<String> {
        self.error.map(|_| format!("{}-error", self.id))
    }

    fn view(self) -> AnyView {
        let id = format!("{}-error", self.id);
        self.error.map(|error| view! { <p class="field__error" id=id>"＊"{error}</p> }).into_any()
    }
}

/// The ways to begin another clause.
pub(super) fn add(scene: Scene<'_>, section: &'static str) -> AnyView {
    let words = Words::of(scene.locale);
    let button = |kind: &str, word: &'static str, focus: bool| {
        let value = format!("add.{section}.{kind}");
        view! {
            <button class="button button--secondary" type="submit" name=THEN value=value autofocus=focus>
                <Icon of=Drawing::Plus/>{word}
            </button>
        }
        .into_any()
    };
    let first = scene.shown.is_focus(&format!("add.{section}"));
    let label = if section == CLAUSES { words.add_clause } else { words.add_exclude };
    let own = (section == CLAUSES).then(|| button("own", words.add_own, first));
    view! {
        <div class="rule__add" role="group" aria-label=label>
            <span class="rule__add-word" aria-hidden="true">{label}</span>
            {own}
            {button("listed", words.add_listed, first && section != CLAUSES)}
            {button("tie", words.add_tie, false)}
            {button("age", words.add_age, false)}
        </div>
    }
    .into_any()
}

/// A small button of the form.
pub(super) fn press(word: impl Into<String>, value: String, icon: Option<Drawing>) -> AnyView {
    let word = word.into();
    match icon {
        Some(icon) => {
            view! { <SubmitButton word weight=Weight::Quiet size=Size::S icon=icon name=THEN value/> }.into_any()
        }
        None => view! { <SubmitButton word weight=Weight::Quiet size=Size::S name=THEN value/> }.into_any(),
    }
}
