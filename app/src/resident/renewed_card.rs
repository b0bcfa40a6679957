//! Before and after a card is renewed: the recovery number to keep on paper, and the code for the desk. Each is shown once, on the
//! answer to the form, to be written down or printed.

use domain::locale::Locale;
use domain::paths;
use leptos::prelude::*;
use time::OffsetDateTime;

use super::desk;
use super::frame::{Setting, Town, telephone};
use super::renewed_card_words::RenewedCardWords;
use crate::text::fill;

/// The page.
pub struct RenewedCardPage {
    /// The session was opened with the card, so that something can be had.
    pub by_card: bool,
    /// There is a number.
    pub has_number: bool,
    /// What was asked for.
    pub handed: Option<Handed>,
}

/// What is taken away.
pub enum Handed {
    /// The recovery number.
    Number(String),
    /// The code for the desk.
    Code {
        /// As it is read out.
        code: String,
        /// When it ends; a whole hour.
        until: OffsetDateTime,
    },
}

/// The part of the own page that leads to it.
pub(super) fn section(setting: &Setting<'_>, has_number: bool) -> AnyView {
    let words = RenewedCardWords::of(setting.locale);
    let Some(town) = setting.town else { return ().into_any() };
    let text = if has_number { words.section_has_number } else { words.section_text };
    view! {
        <section class="r-section" aria-labelledby="renewed-card">
            <h2 class="r-h2" id="renewed-card">{words.section}</h2>
            <p>{named(text, town)}</p>
            <div class="r-actions"><a class="r-button r-button--plain" href=paths::me_renewed_card(&town.slug)>{words.link}</a></div>
        </section>
    }
    .into_any()
}

/// The page as a document; its forms post to the page's own address.
pub fn renewed_card_page(setting: &Setting<'_>, page: &RenewedCardPage) -> String {
    let words = RenewedCardWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let (title, main) = match &page.handed {
        Some(Handed::Number(number)) => (words.number_title, number_made(words, number, town)),
        Some(Handed::Code { code, until }) => (words.code_title, code_given(words, code, *until, town, setting.locale)),
        None => (words.title, offers(words, page, town)),
    };
    let main = view! {
        <h1 class="r-title">{title}</h1>
        {main}
        <div class="r-actions"><a class="r-button r-button--plain" href=paths::me(&town.slug)>{words.back}</a></div>
    };
    setting.page(title, main.into_any())
}

fn offers(words: &'static RenewedCardWords, page: &RenewedCardPage, town: &Town) -> AnyView {
    let form = |value: &'static str, id: &'static str, word: &'static str, class: &'static str| {
        page.by_card.then(|| {
            view! {
                <form class="r-actions" method="post">
                    <button class=class type="submit" name="want" value=value id=id>{word}</button>
                </form>
            }
        })
    };
    let card_first = (!page.by_card).then(|| {
        view! {
            <p class="r-note">{words.card_first}</p>
            <form class="r-actions" method="post" action=paths::town_sign_in(&town.slug)>
                <button class="r-button" type="submit" name="with" value="card" id="with-card">{words.with_card}</button>
            </form>
        }
    });
    let there = page.has_number.then(|| view! { <p class="r-note">{words.has_number}</p> });
    let (make, weight) =
        if page.has_number { (words.make_anew, "r-button r-button--plain") } else { (words.make, "r-button") };
    view! {
        <p class="r-lead">{named(words.lead, town)}</p>
        {card_first}
        <section class="r-section" aria-labelledby="before">
            <h2 class="r-h2" id="before">{words.before}</h2>
            <p>{named(words.before_text, town)}</p>
            {there}
            {form("number", "recovery-number", make, weight)}
        </section>
        <section class="r-section" aria-labelledby="after">
            <h2 class="r-h2" id="after">{named(words.after, town)}</h2>
            <p>{named(words.after_text, town)}</p>
            <p class="r-note">{named(words.after_effect, town)}</p>
            {form("code", "relink-code", words.ask, "r-button r-button--plain")}
        </section>
    }
    .into_any()
}

fn number_made(words: &'static RenewedCardWords, number: &str, town: &Town) -> AnyView {
    view! {
        <p class="r-lead">{words.number_lead}</p>
        <p class="r-code r-code--long"><span class="r-hidden">{words.number}": "</span>{number.to_owned()}</p>
        <p>{named(words.number_use, town)}</p>
        <p class="r-note">{words.number_keep}</p>
    }
    .into_any()
}

fn code_given(
    words: &'static RenewedCardWords,
    code: &str,
    until: OffsetDateTime,
    town: &Town,
    locale: Locale,
) -> AnyView {
    let until = fill(words.until_value, &[("time", &desk::ends(until, locale))]);
    view! {
        <p class="r-lead">{words.code_lead}</p>
        <p class="r-code"><span class="r-hidden">{words.code}": "</span>{code.to_owned()}</p>
        <dl class="r-facts">
            <div><dt>{words.until}</dt><dd>{until}</dd></div>
            <div><dt>{words.place}</dt><dd>{town.contact.clone()}{telephone(&town.phone)}</dd></div>
            <div><dt>{words.bring}</dt><dd>{words.bring_card}<br/>{words.bring_number}</dd></div>
        </dl>
        <p class="r-note">{words.code_keep}<br/>{named(words.code_then, town)}</p>
    }
    .into_any()
}

/// A text with the town's word for its ID.
fn named(text: &str, town: &Town) -> String {
    fill(text, &[("town_id", &town.town_id)])
}
