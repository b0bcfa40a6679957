//! The form under the clerk's hands: what each event does.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use domain::locale::Locale;
use domain::municipality::{Municipality, MunicipalityCode};
use domain::violations::{Violation, Violations};
use leptos::prelude::*;
use leptos::{ev, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventTarget, HtmlElement, HtmlFormElement, KeyboardEvent, SubmitEvent};

use super::browser::{all, ask, document, fields, named, parsed, set, set_value, unset, value_of};
use super::marks::{count, filter, mark};
use super::{TellerWords, combobox};
use crate::residency_rules::reading::Fields;
use crate::residency_rules::told::{Told, tell};

/// After so long without a key the sentence is told anew.
const TELL: Duration = Duration::from_millis(250);
/// After so long places are looked for.
const SUGGEST: Duration = Duration::from_millis(200);
/// After so long the server looks at the rule and the person made up.
const LOOK: Duration = Duration::from_millis(700);

/// What the page gave along.
pub(super) struct Facts {
    pub(super) own: String,
    pub(super) locale: Locale,
    pub(super) endpoint: String,
    pub(super) words: TellerWords,
}

/// What the island shows.
#[derive(Clone, Copy)]
pub(super) struct Signals {
    pub(super) told: RwSignal<Told>,
    pub(super) said: RwSignal<String>,
    pub(super) failed: RwSignal<bool>,
}

/// The form, awake.
pub(super) struct Page {
    form: HtmlFormElement,
    pub(super) facts: Facts,
    shows: Signals,
    telling: Timer,
    suggesting: Timer,
    looking: Timer,
    /// Counts what was asked: only the newest answer is shown.
    asked: Cell<u32>,
    busy: Cell<bool>,
    /// Fields that were left once: what is wrong with them is said from then on.
    touched: RefCell<BTreeSet<String>>,
    /// What was said last about the person made up.
    tried: RefCell<String>,
}

#[derive(Default)]
struct Timer(Cell<Option<TimeoutHandle>>);

impl Timer {
    /// Runs after the time, unless it is begun again.
    fn begin(&self, after: Duration, then: impl FnOnce() + 'static) {
        self.stop();
        self.0.set(set_timeout_with_handle(then, after).ok());
    }

    fn stop(&self) {
        if let Some(handle) = self.0.take() {
            handle.clear();
        }
    }
}

/// Wakes the form in which the island stands.
pub(super) fn wake(island: &HtmlElement, facts: Facts, shows: Signals) {
    let Some(form) = island.closest("form").ok().flatten().and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
    else {
        return;
    };
    let page = Rc::new(Page {
        form,
        facts,
        shows,
        telling: Timer::default(),
        suggesting: Timer::default(),
        looking: Timer::default(),
        asked: Cell::new(0),
        busy: Cell::new(false),
        touched: RefCell::default(),
        tried: RefCell::default(),
    });
    let _ = page.form.class_list().add_1("is-awake");
    page.dress();
    // What was typed before the island was awake counts.
    page.tell();
    let on = Rc::clone(&page);
    window_event_listener(ev::submit, move |event| on.on_submit(&event));
    let on = Rc::clone(&page);
    window_event_listener(ev::input, move |event| on.on_input(&event));
    let on = Rc::clone(&page);
    window_event_listener(ev::change, move |event| on.on_change(&event));
    let on = Rc::clone(&page);
    window_event_listener(ev::keydown, move |event| on.on_key(&event));
    let on = Rc::clone(&page);
    window_event_listener(ev::focusout, move |event| on.on_leave(&event));
    let on = Rc::clone(&page);
    window_event_listener(ev::mousedown, move |event| {
        // The field keeps the focus while an option is pressed.
        if on.option(event.target()).is_some() {
            event.prevent_default();
        }
    });
    window_event_listener(ev::click, move |event| {
        if let Some(option) = page.option(event.target()) {
            combobox::choose(&page, &option);
        }
    });
}

impl Page {
    /// The value of a field of the form.
    pub(super) fn value(&self, name: &str) -> String {
        named(&self.form, name).map(|field| value_of(&field)).unwrap_or_default()
    }

    /// Says something to whoever does not see it.
    pub(super) fn say(&self, words: Option<String>) {
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            self.shows.said.set(words);
        }
    }

    pub(super) fn fail(&self) {
        self.shows.failed.set(true);
    }

    /// The field of ours at which an event happened.
    fn field(&self, target: Option<EventTarget>) -> Option<Element> {
        target?.dyn_into::<Element>().ok().filter(|field| self.form.contains(Some(field)))
    }

    fn option(&self, target: Option<EventTarget>) -> Option<Element> {
        self.field(target)?.closest("[role=option]").ok().flatten()
    }

    fn on_submit(self: &Rc<Self>, event: &SubmitEvent) {
        if event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()).as_ref() != Some(&self.form) {
            return;
        }
        let pressed = event.submitter().and_then(|button| button.get_attribute("value")).unwrap_or_default();
        match pressed.as_str() {
            "" | "save" | "submit" => {}
            "look" | "try" => {
                event.prevent_default();
                self.look();
            }
            press => {
                event.prevent_default();
                self.press(press);
            }
        }
    }

    fn on_input(self: &Rc<Self>, event: &Event) {
        let Some(field) = self.field(event.target()) else { return };
        if field.has_attribute("data-suggest") {
            let page = Rc::clone(self);
            self.suggesting.begin(SUGGEST, move || combobox::suggest(&page, field));
            return;
        }
        if field.has_attribute("data-filter") {
            filter(&field);
            return;
        }
        self.tell_and_look_soon();
    }

    fn on_change(self: &Rc<Self>, event: &Event) {
        let Some(field) = self.field(event.target()) else { return };
        if field.has_attribute("data-suggest") || field.has_attribute("data-filter") {
            return;
        }
        if let Some(towns) = field.closest(".towns").ok().flatten() {
            count(&towns);
        }
        if let Some(name) = field.get_attribute("name").filter(|name| !name.starts_with("try_")) {
            self.touched.borrow_mut().insert(name);
        }
        self.tell_and_look_soon();
    }

    fn tell_and_look_soon(self: &Rc<Self>) {
        let page = Rc::clone(self);
        self.telling.begin(TELL, move || page.tell());
        let page = Rc::clone(self);
        self.looking.begin(LOOK, move || page.look());
    }

    fn on_key(self: &Rc<Self>, event: &KeyboardEvent) {
        let Some(field) = self.field(event.target()) else { return };
        if field.has_attribute("data-suggest") {
            combobox::key(self, &field, event);
        } else if event.key() == "Enter" && !event.is_composing() {
            let trying = field.get_attribute("name").is_some_and(|name| name.starts_with("try_"));
            if trying || field.has_attribute("data-filter") {
                event.prevent_default();
            }
            if trying {
                self.look();
            }
        }
    }

    fn on_leave(&self, event: &web_sys::FocusEvent) {
        if let Some(field) = self.field(event.target()).filter(|field| field.has_attribute("data-suggest")) {
            self.suggesting.stop();
            combobox::close(&field);
        }
    }

    /// Tells the rule as the form says it, and what is wrong with the fields that were left.
    fn tell(&self) {
        let Ok(own) = MunicipalityCode::parse(&self.facts.own) else { return };
        let form = Fields::new(fields(&self.form)).rule();
        let (told, wrong) = tell(&form, own, &self.municipalities(), self.facts.locale);
        if self.shows.told.with_untracked(|shown| *shown != told) {
            self.shows.told.set(told);
        }
        self.mark(&wrong);
    }

    /// The municipalities that the builder brought along.
    fn municipalities(&self) -> BTreeMap<MunicipalityCode, Municipality> {
        let json = all(&self.form, "[data-municipalities]")
            .first()
            .and_then(|builder| builder.get_attribute("data-municipalities"))
            .unwrap_or_default();
        let rows: Vec<Municipality> = serde_json::from_str(&json).unwrap_or_default();
        rows.into_iter().map(|row| (row.code, row)).collect()
    }

    fn mark(&self, wrong: &Violations) {
        for name in self.touched.borrow().iter() {
            let Some(field) = named(&self.form, name).filter(|field| !field.id().is_empty()) else { continue };
            let words = wrong.get(name).map(|violation| self.words(violation));
            mark(&field, words);
        }
    }

    fn words(&self, violation: Violation) -> &str {
        let words = self.facts.words.wrong.iter();
        words.clone().find(|(known, _)| *known == violation).map_or("", |(_, words)| words.as_str())
    }

    /// Lets the server look for what is odd, and decide about the person made up.
    fn look(self: &Rc<Self>) {
        self.looking.stop();
        self.send("look", false);
    }

    /// A button that changes the form.
    pub(super) fn press(self: &Rc<Self>, press: &str) {
        if !self.busy.replace(true) {
            self.looking.stop();
            set(&self.form, "aria-busy", "true");
            self.send(press, true);
        }
    }

    fn send(self: &Rc<Self>, then: &str, presses: bool) {
        let sent = fields(&self.form);
        let mut asked = sent.clone();
        asked.push(("then".to_owned(), then.to_owned()));
        self.asked.set(self.asked.get().wrapping_add(1));
        let (turn, page) = (self.asked.get(), Rc::clone(self));
        spawn_local(async move {
            let answer = ask(&page.facts.endpoint, &asked).await;
            if presses {
                page.busy.set(false);
                unset(&page.form, "aria-busy");
            }
            match answer {
                None => page.fail(),
                // A press that was sent meanwhile knows more than a look.
                Some(_) if turn != page.asked.get() && !presses => {}
                Some(html) => page.show(&html, &sent),
            }
        });
    }

    /// Puts the parts that came back in the place of those that are there.
    fn show(&self, html: &str, sent: &[(String, String)]) {
        self.shows.failed.set(false);
        let open: Vec<String> = all(&self.form, "details[open][id]").iter().map(Element::id).collect();
        // What was typed while the answer was on its way.
        let now = fields(&self.form);
        let late: Vec<&(String, String)> = now.iter().filter(|field| !sent.contains(field)).collect();
        let mut said = None;
        for part in parsed(html) {
            let Some(old) = document().and_then(|document| document.get_element_by_id(&part.id())) else { continue };
            let words = part.get_attribute("data-said");
            let _ = old.replace_with_with_node_1(&part);
            if part.has_attribute("data-municipalities") {
                self.settle(&part, &open, &late);
                said = words;
            } else if let Some(words) = words
                && *self.tried.borrow() != words
            {
                self.tried.replace(words.clone());
                said = said.filter(|said: &String| !said.is_empty()).or(Some(words));
            }
            if part.id() == "try-answer" {
                self.highlight(part.get_attribute("data-deciding"));
            }
        }
        self.say(said);
        self.tell();
    }

    /// The builder is a new one: opened parts, late keys and the focus as they were meant.
    fn settle(&self, builder: &Element, open: &[String], late: &[&(String, String)]) {
        self.touched.borrow_mut().clear();
        for details in all(builder, "details[id]").iter().filter(|details| open.contains(&details.id())) {
            set(details, "open", "");
        }
        for (name, value) in late {
            let typed = named(builder, name).filter(|field| field.get_attribute("type").as_deref() == Some("text"));
            if let Some(field) = typed {
                set_value(&field, value);
            }
        }
        self.dress();
        let next = builder.query_selector("[autofocus]").ok().flatten();
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            let _ = next.focus();
        }
    }

    fn highlight(&self, part: Option<String>) {
        for deciding in all(&self.form, ".is-deciding") {
            let _ = deciding.class_list().remove_1("is-deciding");
        }
        if let Some(part) = part.and_then(|part| document()?.get_element_by_id(&part)) {
            let _ = part.class_list().add_1("is-deciding");
        }
    }

    fn dress(&self) {
        combobox::dress(&self.form);
    }
}
