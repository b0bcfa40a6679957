//! Pages of the sandbox card reader: the form with the PIN, and the page that ends an attempt. No script. Grey and striped,
//! so that nobody takes it for the real card app.

mod text;

use domain::attributes::Items;
use domain::calendar::long_date;
use domain::locale::Locale;
use domain::paths;
use leptos::prelude::*;
use time::Date;

use self::text::Words;
use crate::error_code;
use crate::resident::document::{Document, Sheets};
use crate::resident::failure::Failure;
use crate::text::fill;

/// A test resident to choose.
pub struct Choice {
    /// The value that the form sends.
    pub id: &'static str,
    /// Name as on the card.
    pub name: String,
    /// What can be tried with this one.
    pub about: &'static str,
    /// Address as on the card.
    pub address: String,
    /// Birthdate as on the card.
    pub birthdate: Date,
    /// It was chosen.
    pub chosen: bool,
}

/// The fields of a person typed in by hand, as they were typed.
#[derive(Default)]
pub struct TypedIn {
    /// It was chosen.
    pub chosen: bool,
    /// Name.
    pub name: String,
    /// Address, one string.
    pub address: String,
    /// Birthdate.
    pub birthdate: String,
    /// Gender: the card's digit.
    pub gender: String,
}

/// Why the card was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The PIN is wrong; so many more and the card locks.
    WrongPin {
        /// How many more.
        left: u8,
    },
    /// The PIN was wrong too often.
    Locked,
    /// No test resident was chosen.
    NobodyChosen,
    /// The typed name is missing or too long.
    Name,
    /// The typed address is missing or too long.
    Address,
    /// The typed birthdate is none.
    Birthdate,
    /// No gender was chosen.
    Gender,
}

/// What the form shows.
pub struct ReadPage {
    /// Names the attempt; the form sends it back.
    pub attempt: String,
    /// Who asked.
    pub client: String,
    /// What would be handed over.
    pub items: Items,
    /// The PIN, which is no secret here.
    pub pin: &'static str,
    /// The test residents.
    pub people: Vec<Choice>,
    /// The fields of a person typed in.
    pub typed: TypedIn,
    /// The card is a renewed one.
    pub renewed: bool,
    /// The card is locked.
    pub locked: bool,
    /// What was wrong with the form.
    pub problem: Option<Problem>,
}

/// Why there is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The client is not known here.
    UnknownClient,
    /// The redirect URI is not the client's.
    UnknownRedirectUri,
    /// The attempt is over, or there never was one.
    Over,
    /// A fault.
    Unavailable,
}

impl Refusal {
    const fn code(self) -> &'static str {
        match self {
            Refusal::UnknownClient => Failure::UnknownClient.code(),
            Refusal::UnknownRedirectUri => Failure::RedirectUri.code(),
            Refusal::Over => Failure::FlowGone.code(),
            Refusal::Unavailable => Failure::Unavailable.code(),
        }
    }
}

/// The form as a document.
pub fn read(sheets: &Sheets, locale: Locale, page: ReadPage) -> String {
    let words = Words::of(locale);
    let switch = format!("{}?attempt={}&locale={}", paths::sandbox_card_read(), page.attempt, locale.other());
    framed(sheets, locale, words.title, Some(switch), form(locale, page))
}

/// The page that ends an attempt as a document.
pub fn refusal(sheets: &Sheets, locale: Locale, refusal: Refusal) -> String {
    let words = Words::of(locale);
    let (title, text) = match refusal {
        Refusal::UnknownClient => (words.unknown_client_title, words.unknown_client),
        Refusal::UnknownRedirectUri => (words.unknown_client_title, words.unknown_redirect_uri),
        Refusal::Over => (words.over_title, words.over),
        Refusal::Unavailable => (words.unavailable_title, words.unavailable),
    };
    let code = error_code::said(locale, refusal.code());
    let body = view! { <h1 class="card-title">{title}</h1><p class="card-lead">{text}</p><p class="card-lead card-note">{code}</p> };
    framed(sheets, locale, title, None, body.into_any())
}

fn framed(sheets: &Sheets, locale: Locale, title: &str, switch: Option<String>, body: AnyView) -> String {
    let words = Words::of(locale);
    let title = format!("{title} - {}", words.mark);
    let other = locale.other();
    let switch = switch.map(|href| {
        let label = if other == Locale::En { "English" } else { "日本語" };
        view! { <a href=href lang=other.as_str() hreflang=other.as_str()>{label}</a> }
    });
    let body = view! {
        <header class="card-bar"><p class="card-bar__text"><strong>{words.mark}</strong><span>{words.not_real}</span>{switch}</p></header>
        <main class="card-main">{body}</main>
    };
    Document { locale, title: &title, body_class: "card-page", sheets, theme: None }.html(body.into_any())
}

fn form(locale: Locale, page: ReadPage) -> AnyView {
    let words = Words::of(locale);
    let error = page.problem.map(|problem| sentence(words, problem));
    let pin_error = matches!(page.problem, Some(Problem::WrongPin { .. } | Problem::Locked));
    let items: Vec<_> = page.items.iter().map(|item| item.text(locale)).collect();
    let items = if items.is_empty() { words.only_pseudonym.to_owned() } else { items.join(words_separator(locale)) };
    let people: Vec<_> = page.people.into_iter().map(|choice| person(locale, words, choice)).collect();
    let typed_problem = page
        .problem
        .filter(|problem| matches!(problem, Problem::Name | Problem::Address | Problem::Birthdate | Problem::Gender));
    let fields = typed(words, &page.typed, typed_problem);
    let pin_field = (!page.locked).then(|| {
        view! {
            <div class="card-field">
                <label class="card-label" for="card-pin">{words.pin}</label>
                <p class="card-note" id="card-pin-help">{fill(words.pin_help, &[("pin", page.pin)])}</p>
                {pin_error.then(|| view! { <p class="card-error" id="card-pin-error">"＊"{error.clone()}</p> })}
                <input class="card-input card-input--pin" id="card-pin" name="pin" type="password" inputmode="numeric"
                    autocomplete="off" maxlength="4" autofocus=pin_error aria-invalid=pin_error.then_some("true")
                    aria-describedby=if pin_error { "card-pin-help card-pin-error" } else { "card-pin-help" }/>
            </div>
        }
    });
    let read_button = (!page.locked).then(|| {
        view! { <button class="card-button" type="submit" name="action" value="read" id="card-read">{words.read}</button> }
    });
    let summary = (page.locked || matches!(page.problem, Some(Problem::NobodyChosen))).then(|| {
        let text = if page.locked { words.locked } else { words.nobody_chosen };
        view! { <p class="card-error" role="alert">"＊"{text}</p> }
    });
    view! {
        <h1 class="card-title">{words.title}</h1>
        <p class="card-lead">{fill(words.lead, &[("client", &page.client)])}</p>
        <dl class="card-facts">
            <div><dt>{words.receiver}</dt><dd>{page.client.clone()}</dd></div>
            <div><dt>{words.items}</dt><dd>{items}</dd></div>
        </dl>
        <form class="card-form" method="post" action=paths::sandbox_card_read()>
            <input type="hidden" name="attempt" value=page.attempt/>
            <input type="hidden" name="locale" value=locale.as_str()/>
            {summary}
            {(!page.locked).then(|| view! {
                <fieldset class="card-people"><legend class="card-label">{words.who}</legend>{people}{fields}</fieldset>
            })}
            {(!page.locked).then(|| view! {
                <label class="card-person">
                    <input type="checkbox" name="renewed" value="on" id="card-renewed" checked=page.renewed/>
                    <span>
                        <span class="card-person__name">{words.renewed}</span>
                        <span class="card-person__text">{words.renewed_help}</span>
                    </span>
                </label>
            })}
            {pin_field}
            <div class="card-actions">
                {read_button}
                <button class="card-button card-button--plain" type="submit" name="action" value="cancel" id="card-cancel">{words.cancel}</button>
            </div>
        </form>
    }
    .into_any()
}

const fn words_separator(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "、",
        Locale::En => ", ",
    }
}

fn person(locale: Locale, words: &'static Words, choice: Choice) -> AnyView {
    let day = long_date(choice.birthdate, locale);
    let born = match locale {
        Locale::Ja => format!("{day}{}", words.born),
        Locale::En => format!("{} {day}", words.born),
    };
    view! {
        <label class="card-person">
            <input type="radio" name="person" value=choice.id id=format!("card-person-{}", choice.id) checked=choice.chosen/>
            <span>
                <span class="card-person__name" lang="ja">{choice.name}</span>
                <span class="card-person__text">{choice.about}</span>
                <span class="card-person__text"><span lang="ja">{choice.address}</span><br/>{born}</span>
            </span>
        </label>
    }
    .into_any()
}

fn typed(words: &'static Words, typed: &TypedIn, problem: Option<Problem>) -> AnyView {
    let field = |name: &'static str, label: &'static str, help: Option<&'static str>, value: &str, wrong: Problem| {
        let id = format!("card-{name}");
        let error = (problem == Some(wrong)).then(|| sentence(words, wrong));
        let described = match (help, &error) {
            (Some(_), Some(_)) => Some(format!("{id}-help {id}-error")),
            (Some(_), None) => Some(format!("{id}-help")),
            (None, Some(_)) => Some(format!("{id}-error")),
            (None, None) => None,
        };
        let invalid = error.is_some().then_some("true");
        view! {
            <div class="card-field">
                <label class="card-label" for=id.clone()>{label}</label>
                {help.map(|help| view! { <p class="card-note" id=format!("{id}-help")>{help}</p> })}
                {error.map(|error| view! { <p class="card-error" id=format!("{id}-error")>"＊"{error}</p> })}
                <input class="card-input" id=id name=name value=value.to_owned() autocomplete="off" aria-invalid=invalid aria-describedby=described/>
            </div>
        }
    };
    let no_gender = problem == Some(Problem::Gender);
    let chosen = if typed.gender.is_empty() { "2" } else { typed.gender.as_str() };
    let genders: Vec<_> = [("2", words.female), ("1", words.male), ("3", words.other), ("9", words.not_stated)]
        .into_iter()
        .map(|(digit, label)| view! { <option value=digit selected=digit == chosen>{label}</option> })
        .collect();
    view! {
        <label class="card-person">
            <input type="radio" name="person" value="typed" id="card-person-typed" checked=typed.chosen/>
            <span>
                <span class="card-person__name">{words.typed}</span>
                <span class="card-person__text">{words.typed_help}</span>
            </span>
        </label>
        <div class="card-form">
            {field("name", words.name, None, &typed.name, Problem::Name)}
            {field("address", words.address, Some(words.address_help), &typed.address, Problem::Address)}
            {field("birthdate", words.birthdate, Some(words.birthdate_help), &typed.birthdate, Problem::Birthdate)}
            <div class="card-field">
                <label class="card-label" for="card-gender">{words.gender}</label>
                {no_gender.then(|| view! { <p class="card-error" id="card-gender-error">"＊"{words.gender_wrong}</p> })}
                <select class="card-input" id="card-gender" name="gender" aria-invalid=no_gender.then_some("true")
                    aria-describedby=no_gender.then_some("card-gender-error")>{genders}</select>
            </div>
        </div>
    }
    .into_any()
}

fn sentence(words: &'static Words, problem: Problem) -> String {
    match problem {
        Problem::WrongPin { left: 1 } => words.wrong_pin_last.to_owned(),
        Problem::WrongPin { left } => fill(words.wrong_pin, &[("left", &left.to_string())]),
        Problem::Locked => words.locked.to_owned(),
        Problem::NobodyChosen => words.nobody_chosen.to_owned(),
        Problem::Name => words.name_wrong.to_owned(),
        Problem::Address => words.address_wrong.to_owned(),
        Problem::Birthdate => words.birthdate_wrong.to_owned(),
        Problem::Gender => words.gender_wrong.to_owned(),
    }
}

#[cfg(test)]
mod tests;
