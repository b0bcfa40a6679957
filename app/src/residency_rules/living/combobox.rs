//! Places while their names are typed: a combobox with a list below it (WAI-ARIA Authoring Practices, editable combobox with list
//! autocomplete). The focus stays in the field; the arrow keys move through the list.

use std::rc::Rc;

use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::browser::{all, ask, document, parsed, set, unset, value_of};
use super::page::Page;

/// Makes comboboxes of the fields that the server marked.
pub(super) fn dress(form: &Element) {
    for field in all(form, "[data-suggest]") {
        set(&field, "role", "combobox");
        set(&field, "aria-autocomplete", "list");
        set(&field, "aria-expanded", "false");
        set(&field, "aria-controls", &format!("{}-list", field.id()));
    }
}

fn list_of(field: &Element) -> Option<Element> {
    document()?.get_element_by_id(&format!("{}-list", field.id()))
}

fn is_open(field: &Element) -> bool {
    field.get_attribute("aria-expanded").as_deref() == Some("true")
}

/// Lets the list go.
pub(super) fn close(field: &Element) {
    set(field, "aria-expanded", "false");
    unset(field, "aria-activedescendant");
    if let Some(list) = list_of(field) {
        set(&list, "hidden", "");
        list.set_inner_html("");
    }
}

/// Asks for what fits, and shows it if the field still says the same.
pub(super) fn suggest(page: &Rc<Page>, field: Element) {
    let typed = value_of(&field);
    if typed.trim().is_empty() {
        close(&field);
        return;
    }
    let clause = field.get_attribute("data-suggest").unwrap_or_default();
    let chosen = page.value(&format!("{clause}.places"));
    let asked = [("then", "places".to_owned()), ("at", clause), ("typed", typed.clone()), ("chosen", chosen)];
    let asked = asked.map(|(name, value)| (name.to_owned(), value));
    let page = Rc::clone(page);
    spawn_local(async move {
        let Some(html) = ask(&page.facts.endpoint, &asked).await else {
            page.fail();
            return;
        };
        if value_of(&field) != typed || !field.is_connected() {
            return;
        }
        let Some((list, found)) = list_of(&field).zip(parsed(&html).into_iter().next()) else { return };
        list.set_inner_html(&found.inner_html());
        unset(&list, "hidden");
        set(&field, "aria-expanded", "true");
        unset(&field, "aria-activedescendant");
        page.say(found.get_attribute("data-said"));
    });
}

/// A key in the field.
pub(super) fn key(page: &Rc<Page>, field: &Element, event: &KeyboardEvent) {
    // Keys that choose among an input method's words are not ours.
    if event.is_composing() {
        return;
    }
    match event.key().as_str() {
        "ArrowDown" => go(field, event, true),
        "ArrowUp" => go(field, event, false),
        "Escape" if is_open(field) => {
            event.prevent_default();
            close(field);
        }
        "Enter" if !value_of(field).trim().is_empty() => {
            event.prevent_default();
            let options = options(field);
            match active(field, &options).or((!options.is_empty()).then_some(0)).and_then(|at| options.get(at)) {
                Some(option) if is_open(field) => choose(page, option),
                _ => suggest(page, field.clone()),
            }
        }
        _ => {}
    }
}

/// Puts the option's place into the rule.
pub(super) fn choose(page: &Rc<Page>, option: &Element) {
    if let Some(press) = option.get_attribute("data-press") {
        page.press(&press);
    }
}

fn options(field: &Element) -> Vec<Element> {
    list_of(field).map(|list| all(&list, "[data-press]")).unwrap_or_default()
}

fn active(field: &Element, options: &[Element]) -> Option<usize> {
    let id = field.get_attribute("aria-activedescendant")?;
    options.iter().position(|option| option.id() == id)
}

fn go(field: &Element, event: &KeyboardEvent, forward: bool) {
    let options = options(field);
    if !is_open(field) || options.is_empty() {
        return;
    }
    event.prevent_default();
    let last = options.len() - 1;
    let next = match (active(field, &options), forward) {
        (None, true) => 0,
        (Some(at), true) => (at + 1) % options.len(),
        (None | Some(0), false) => last,
        (Some(at), false) => at - 1,
    };
    for (at, option) in options.iter().enumerate() {
        set(option, "aria-selected", if at == next { "true" } else { "false" });
    }
    if let Some(option) = options.get(next) {
        set(field, "aria-activedescendant", &option.id());
        if let Some(option) = option.dyn_ref::<web_sys::HtmlElement>() {
            let nearest = web_sys::ScrollIntoViewOptions::new();
            nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
            option.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
    }
}
