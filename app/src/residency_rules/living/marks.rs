//! What the island changes about single fields of the form: errors beside them, and the list of towns.

use web_sys::{Element, HtmlElement};

use super::browser::{all, document, set, unset, value_of};

/// Says beside a field what is wrong with it, or takes that back.
pub(super) fn mark(field: &HtmlElement, words: Option<&str>) {
    let id = format!("{}-error", field.id());
    let there = document().and_then(|document| document.get_element_by_id(&id));
    match (words, there) {
        (None, there) => {
            if let Some(there) = there {
                there.remove();
                unset(field, "aria-invalid");
                describe(field, &id, false);
            }
        }
        (Some(words), Some(there)) => there.set_text_content(Some(&format!("＊{words}"))),
        (Some(words), None) => {
            let error = document().and_then(|document| document.create_element("p").ok());
            let place = field.closest(".limits, .field").ok().flatten();
            let Some((error, place)) = error.zip(place) else { return };
            error.set_class_name("field__error");
            error.set_id(&id);
            error.set_text_content(Some(&format!("＊{words}")));
            let before: Option<&web_sys::Node> = if place.class_list().contains("field") { Some(field) } else { None };
            let before = before.cloned().or_else(|| place.first_child());
            let _ = place.insert_before(&error, before.as_ref());
            set(field, "aria-invalid", "true");
            describe(field, &id, true);
        }
    }
}

fn describe(field: &Element, id: &str, by: bool) {
    let described = field.get_attribute("aria-describedby").unwrap_or_default();
    let others = described.split_whitespace().filter(|other| *other != id);
    let ids: Vec<&str> = others.chain(by.then_some(id)).collect();
    match ids.is_empty() {
        true => unset(field, "aria-describedby"),
        false => set(field, "aria-describedby", &ids.join(" ")),
    }
}

/// Leaves the towns whose names hold what is typed.
pub(super) fn filter(field: &Element) {
    let typed = value_of(field);
    let Some(towns) = field.closest(".towns").ok().flatten() else { return };
    for town in all(&towns, ".towns__list > li") {
        let fits = town.text_content().unwrap_or_default().contains(typed.trim());
        if fits { unset(&town, "hidden") } else { set(&town, "hidden", "") }
    }
}

/// How many towns are ticked.
pub(super) fn count(towns: &Element) {
    let Some(place) = all(towns, "[data-count]").into_iter().next() else { return };
    let (every, ticked) = (all(towns, "[type=checkbox]").len(), all(towns, "[type=checkbox]:checked").len());
    let template = place.get_attribute("data-count").unwrap_or_default();
    place.set_text_content(Some(&template.replace("{all}", &every.to_string()).replace("{n}", &ticked.to_string())));
}
