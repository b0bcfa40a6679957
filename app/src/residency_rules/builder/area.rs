//! Where the people of a clause live: here, or in places that are picked. The picker works without a script: every chip and
//! every result is a button of the form.

use domain::configuration::{ClauseForm, PlaceForm};
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::residency::TownTable;
use leptos::prelude::*;

use super::clause::{Scene, press};
use super::places::{self, Found};
use crate::components::field::{FieldError, field_id};
use crate::components::icon::{Drawing, Icon};
use crate::configuration::editing::THEN;
use crate::residency_rules::text::Words;
use crate::text::fill;

/// Places that a search shows.
pub(crate) const FOUND: usize = 12;

/// The address of a clause.
pub(super) fn line(scene: Scene<'_>, clause: &str, form: &ClauseForm) -> AnyView {
    let words = Words::of(scene.locale);
    let name = format!("{clause}.area");
    let key = format!("k-{}", field_id(&name));
    let key_id = key.clone();
    let focus = scene.shown.is_focus(&name);
    let radios = [("own", words.area_own), ("listed", words.area_listed), ("", words.area_any)]
        .into_iter()
        .map(|(value, word)| {
            let id = format!("{}-{}", field_id(&name), if value.is_empty() { "any" } else { value });
            let checked = form.area == value;
            view! {
                <span class="pick">
                    <input type="radio" id=id.clone() name=name.clone() value=value checked=checked autofocus=focus && checked/>
                    <label for=id>{word}</label>
                </span>
            }
        })
        .collect_view();
    let has_parts = !TownTable::japan().towns_of(scene.own).is_empty() || wards(scene.own, scene.locale).is_some();
    let own = (form.area == "own" && has_parts).then(|| {
        view! {
            <div class="clause__line clause__own">
                <span class="clause__key">{words.town}</span>
                <span class="cluster">{press(words.towns_own, format!("own.{clause}"), Some(Drawing::Pencil))}</span>
            </div>
        }
    });
    view! {
        <div class="clause__line" role="radiogroup" aria-labelledby=key>
            <span class="clause__key" id=key_id>{words.area}</span>
            <div class="picks"><FieldError name=name label=words.area/>{radios}</div>
        </div>
        {own}
        <div class="clause__places">{picker(scene, clause, &form.places)}</div>
    }
    .into_any()
}

fn picker(scene: Scene<'_>, clause: &str, chosen: &[PlaceForm]) -> AnyView {
    let words = Words::of(scene.locale);
    let name = format!("{clause}.places");
    let codes = chosen.iter().map(|place| place.code.as_str()).collect::<Vec<_>>().join(" ");
    let chips = chosen.iter().map(|place| chip(scene, clause, place)).collect_view();
    let none = chosen.is_empty().then(|| view! { <li class="muted">{words.none_chosen}</li> });
    let open = scene.shown.open_in(clause).and_then(|code| chosen.iter().find(|place| place.code == code));
    let towns = open.map(|place| towns(scene, clause, place));
    let results = scene.shown.searched_in(clause).map(|typed| results(scene, clause, typed, chosen));
    view! {
        <div class="clause__line">
            <span class="clause__key">{words.places}</span>
            <div class="limits">
                <FieldError name=name.clone() label=words.places/>
                <input type="hidden" name=name value=codes/>
                <ul class="chips">{chips}{none}</ul>
            </div>
        </div>
        {towns}
        {search_field(scene, clause)}
        {results}
        {near(scene, clause, chosen)}
    }
    .into_any()
}

/// A place that was picked: what of it counts, and the way to take it out.
fn chip(scene: Scene<'_>, clause: &str, place: &PlaceForm) -> AnyView {
    let words = Words::of(scene.locale);
    let code = place.code.clone();
    let found = Found::of(&code, scene.locale);
    let known = found.is_some();
    let found = found.unwrap_or_else(|| Found { code: code.clone(), name: code.clone(), within: String::new() });
    let label = fill(words.take_away, &[("name", &found.name)]);
    let open = scene.shown.open_in(clause) == Some(code.as_str());
    let municipality = MunicipalityCode::parse(&code).ok();
    let towns_there = municipality.is_some_and(|code| !TownTable::japan().towns_of(code).is_empty());
    let wards_there = municipality.is_some_and(|code| wards(code, scene.locale).is_some());
    let count = place.towns.iter().filter(|town| !town.is_empty()).count();
    let part = match (place.towns.is_empty(), count) {
        _ if wards_there => words.wards_pick.to_owned(),
        (true, _) => words.towns_all.to_owned(),
        (false, 0) => words.towns_none.to_owned(),
        (false, count) => fill(words.towns_some, &[("n", &count.to_string())]),
    };
    let value = format!("towns.{clause}.{code}");
    let focus = scene.shown.is_focus(&value);
    let pick = fill(words.towns_pick, &[("name", &found.name)]);
    let pick = (known && (towns_there || wards_there)).then(|| {
        view! {
            <button class="chip__part" type="submit" name=THEN value=value aria-expanded=if open { "true" } else { "false" } autofocus=focus>
                {part}<span class="visually-hidden">": "{pick}</span>
            </button>
        }
    });
    // Towns that stand open to be ticked are sent by their boxes.
    let kept = (!open).then(|| {
        let name = format!("{clause}.towns.{code}");
        let inputs =
            place.towns.iter().map(|town| view! { <input type="hidden" name=name.clone() value=town.clone()/> });
        inputs.collect_view()
    });
    let take = format!("take.{clause}.{code}");
    let focus = scene.shown.is_focus(&take);
    let within = (!found.within.is_empty()).then(|| view! { <span class="chip__within">{found.within}</span> });
    view! {
        <li class="chip chip--place">
            <span>{found.name}{within}</span>
            {pick}
            {kept}
            <button type="submit" name=THEN value=take aria-label=label autofocus=focus><Icon of=Drawing::Cross class="icon--s"/></button>
        </li>
    }
    .into_any()
}

/// The field to type into. The island makes a combobox of it; the listbox is empty until then.
fn search_field(scene: Scene<'_>, clause: &str) -> AnyView {
    let words = Words::of(scene.locale);
    let name = format!("{clause}.search");
    let id = field_id(&name);
    let (help, list) = (format!("{id}-help"), format!("{id}-list"));
    let focus = scene.shown.is_focus(&name);
    let value = scene.shown.searched_in(clause).unwrap_or_default().to_owned();
    view! {
        <div class="clause__line">
            <label class="clause__key" for=id.clone()>{words.search_towns}</label>
            <div class="limits">
                <div class="place-search">
                    <div class="search">
                        <Icon of=Drawing::Search/>
                        <input
                            class="input"
                            type="text"
                            id=id
                            name=name
                            value=value
                            autocomplete="off"
                            aria-describedby=help.clone()
                            data-suggest=clause.to_owned()
                            autofocus=focus
                        />
                        <ul class="suggestions" id=list role="listbox" aria-label=words.suggestions hidden=true></ul>
                    </div>
                    <span class="no-script">{press(words.search_button, format!("search.{clause}"), None)}</span>
                </div>
                <span class="picks__help" id=help>{words.search_help}</span>
            </div>
        </div>
    }
    .into_any()
}

fn results(scene: Scene<'_>, clause: &str, typed: &str, chosen: &[PlaceForm]) -> AnyView {
    let locale = scene.locale;
    let found = places::search(typed, FOUND, scene.own, locale);
    let left: Vec<Found> =
        found.into_iter().filter(|found| !chosen.iter().any(|place| place.code == found.code)).collect();
    if left.is_empty() {
        return view! { <p class="muted" role="status">{Words::of(locale).nothing_found}</p> }.into_any();
    }
    view! { <ul class="chips">{left.into_iter().map(|found| add_chip(clause, found, "", locale, false)).collect_view()}</ul> }
        .into_any()
}

fn add_chip(clause: &str, found: Found, suffix: &str, locale: Locale, focus: bool) -> AnyView {
    let label = fill(Words::of(locale).put_in, &[("name", &format!("{} {}", found.name, found.within))]);
    let value = format!("put.{clause}.{}{suffix}", found.code);
    let within = suffix.is_empty().then(|| view! { <span class="chip__within">{found.within}</span> });
    view! {
        <li>
            <button class="chip chip--add" type="submit" name=THEN value=value aria-label=label.trim().to_owned() autofocus=focus>
                <Icon of=Drawing::Plus class="icon--s"/>{found.name}{within}
            </button>
        </li>
    }
    .into_any()
}

fn near(scene: Scene<'_>, clause: &str, chosen: &[PlaceForm]) -> AnyView {
    let words = Words::of(scene.locale);
    let open = scene.shown.is_near(clause);
    let mut focus = scene.shown.is_focus(&format!("near.{clause}"));
    let groups = places::near(scene.own, scene.locale);
    let groups = groups
        .into_iter()
        .map(|(heading, found)| {
            let left: Vec<Found> =
                found.into_iter().filter(|found| !chosen.iter().any(|place| place.code == found.code)).collect();
            if left.is_empty() {
                return ().into_any();
            }
            let chips = left
                .into_iter()
                .map(|found| add_chip(clause, found, ".near", scene.locale, std::mem::take(&mut focus)))
                .collect_view();
            view! { <p class="near__group">{heading}</p><ul class="chips">{chips}</ul> }.into_any()
        })
        .collect_view();
    view! {
        <details class="disclosure near" id=format!("{}-near", clause.replace('.', "-")) open=open>
            <summary><span>{words.near}</span></summary>
            <div class="disclosure__body"><p class="picks__help">{words.near_help}</p>{groups}</div>
        </details>
    }
    .into_any()
}

fn wards(city: MunicipalityCode, locale: Locale) -> Option<Vec<Found>> {
    let wards: Vec<Found> =
        MunicipalityTable::japan().wards_of(city).filter_map(|row| Found::of(&row.code.to_string(), locale)).collect();
    (!wards.is_empty()).then_some(wards)
}

/// The towns of a place as boxes to tick; of a designated city its wards, which are places themselves.
fn towns(scene: Scene<'_>, clause: &str, place: &PlaceForm) -> AnyView {
    let words = Words::of(scene.locale);
    let Some(code) = MunicipalityCode::parse(&place.code).ok() else { return ().into_any() };
    let name = Found::of(&place.code, scene.locale).map(|found| found.name).unwrap_or_default();
    let open = format!("{clause} {code}");
    let close = press(words.towns_close, format!("close.{clause}.{code}"), None);
    if let Some(wards) = wards(code, scene.locale) {
        let chips = wards.into_iter().map(|ward| add_chip(clause, ward, "", scene.locale, false)).collect_view();
        return view! {
            <fieldset class="towns">
                <input type="hidden" name=crate::residency_rules::reading::OPEN value=open/>
                <legend>{fill(words.wards_of, &[("name", &name)])}</legend>
                <p class="picks__help">{words.wards_help}</p>
                <ul class="chips">{chips}</ul>
                {close}
            </fieldset>
        }
        .into_any();
    }
    let all: Vec<String> = TownTable::japan().towns_of(code).into_iter().map(|town| town.name).collect();
    let ticked = |town: &String| place.towns.is_empty() || place.towns.contains(town);
    let count = fill(
        words.towns_count,
        &[("all", &all.len().to_string()), ("n", &all.iter().filter(|town| ticked(town)).count().to_string())],
    );
    let filter_name = format!("{clause}.filter");
    let (id, focus) = (field_id(&filter_name), scene.shown.is_focus(&filter_name));
    let filter = scene.shown.filter(&filter_name);
    let field = format!("{clause}.towns.{code}");
    let boxes = all
        .iter()
        .enumerate()
        .map(|(index, town)| {
            let id = format!("{}-{index}", field_id(&field));
            // What the filter leaves out is still sent if it is ticked.
            let hidden = !town.contains(filter.as_str());
            view! {
                <li class="pick" hidden=hidden>
                    <input type="checkbox" id=id.clone() name=field.clone() value=town.clone() checked=ticked(town)/>
                    <label for=id>{town.clone()}</label>
                </li>
            }
        })
        .collect_view();
    let tick = |verb: &str, word: &'static str| {
        let value = format!("{verb}.{clause}.{code}");
        let focus = scene.shown.is_focus(&value);
        view! { <button class="button button--quiet" type="submit" name=THEN value=value autofocus=focus>{word}</button> }
    };
    view! {
        <fieldset class="towns">
            <input type="hidden" name=crate::residency_rules::reading::OPEN value=open/>
            <input type="hidden" name=format!("{clause}.of.{code}") value=all.len().to_string()/>
            <legend>{fill(words.towns_of, &[("name", &name)])}</legend>
            <p class="picks__help">{words.towns_help}</p>
            <div class="towns__bar">
                <label class="visually-hidden" for=id.clone()>{words.towns_filter}</label>
                <span class="search">
                    <Icon of=Drawing::Search/>
                    <input
                        class="input"
                        type="text"
                        id=id
                        name=filter_name
                        value=filter
                        placeholder=words.towns_filter
                        autocomplete="off"
                        data-filter=""
                        autofocus=focus
                    />
                </span>
                <span class="no-script">{press(words.towns_filter_button, format!("filter.{clause}.{code}"), None)}</span>
                {tick("all", words.towns_tick_all)}
                {tick("none", words.towns_tick_none)}
            </div>
            <ul class="towns__list">{boxes}</ul>
            <div class="towns__foot"><span data-count=words.towns_count>{count}</span>{close}</div>
        </fieldset>
    }
    .into_any()
}

/// The options of a listbox, for the island; a disabled line where there is nothing.
pub(crate) fn options(clause: &str, typed: &str, chosen: &[String], own: MunicipalityCode, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let list = format!("{}-list", field_id(&format!("{clause}.search")));
    let found = places::search(typed, FOUND, own, locale);
    let left: Vec<Found> = found.into_iter().filter(|found| !chosen.contains(&found.code)).collect();
    let said = match left.len() {
        0 => words.nothing_found.to_owned(),
        count => fill(words.found_many, &[("n", &count.to_string())]),
    };
    let none = left.is_empty().then(|| {
        view! { <li class="suggestions__none" role="option" aria-disabled="true" aria-selected="false">{words.nothing_found}</li> }
    });
    let options = left
        .into_iter()
        .map(|found| {
            let id = format!("{list}-{}", found.code);
            let value = format!("put.{clause}.{}", found.code);
            view! {
                <li role="option" id=id aria-selected="false" data-press=value>
                    <span>{found.name}</span><span class="chip__within">{found.within}" "{found.code}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul id=list data-said=said>{options}{none}</ul> }.into_any()
}
