//! What the island asks of the browser.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, FormData, HtmlElement, HtmlFormElement, RequestInit, Response, UrlSearchParams};

pub(super) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The fields of a form in their order, as a submission would send them.
pub(super) fn fields(form: &HtmlFormElement) -> Vec<(String, String)> {
    let Ok(data) = FormData::new_with_form(form) else { return Vec::new() };
    let Ok(Some(entries)) = js_sys::try_iter(&data) else { return Vec::new() };
    let text = |value: JsValue| value.as_string();
    entries
        .filter_map(|entry| {
            let entry: Array = entry.ok()?.dyn_into().ok()?;
            Some((text(entry.get(0))?, text(entry.get(1))?))
        })
        .collect()
}

/// Sends fields in the body of a POST; what came back, if it is what was asked for.
pub(super) async fn ask(endpoint: &str, fields: &[(String, String)]) -> Option<String> {
    let body = UrlSearchParams::new().ok()?;
    fields.iter().for_each(|(name, value)| body.append(name, value));
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&body);
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(endpoint, &init)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    // Whoever is signed out meanwhile is led to the sign-in page, which is no part of this one.
    if !answer.ok() || answer.redirected() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// The elements that HTML of our own server holds.
pub(super) fn parsed(html: &str) -> Vec<Element> {
    let Some(holder) = document().and_then(|document| document.create_element("div").ok()) else { return Vec::new() };
    holder.set_inner_html(html);
    let children = holder.children();
    (0..children.length()).filter_map(|index| children.item(index)).collect()
}

/// Every element below another that a selector names.
pub(super) fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

/// The element by whose name an input is sent.
pub(super) fn named(within: &Element, name: &str) -> Option<HtmlElement> {
    // Names of fields hold letters, digits, dots and underscores.
    within.query_selector(&format!("[name=\"{name}\"]")).ok()??.dyn_into().ok()
}

/// The value of an input or a choice.
pub(super) fn value_of(element: &Element) -> String {
    js_sys::Reflect::get(element, &JsValue::from_str("value"))
        .ok()
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

/// Puts a value into an input or a choice.
pub(super) fn set_value(element: &Element, value: &str) {
    // Only a frozen object refuses.
    let _ = js_sys::Reflect::set(element, &JsValue::from_str("value"), &JsValue::from_str(value));
}

pub(super) fn set(element: &Element, name: &str, value: &str) {
    // The names are ours, and valid.
    let _ = element.set_attribute(name, value);
}

pub(super) fn unset(element: &Element, name: &str) {
    let _ = element.remove_attribute(name);
}
