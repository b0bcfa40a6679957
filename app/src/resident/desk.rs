//! 窓口 on the outcome page of somebody about whom the card decided nothing: the code, where to take it, with what, until
//! when, and the way on afterwards. It can be written down or printed: the page itself lives for half an hour.

use domain::calendar::{long_date, tokyo, tokyo_date};
use domain::locale::Locale;
use leptos::prelude::*;
use time::OffsetDateTime;

use super::frame::{Town, telephone};
use super::words::DeskWords;
use crate::text::fill;

/// What the page says about the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desk {
    /// A code can be had.
    Offered,
    /// It was given.
    Given {
        /// As it is read out.
        code: String,
        /// When it ends; a whole hour.
        until: OffsetDateTime,
    },
}

/// What became of a form of this part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskSaid {
    /// Nothing was recorded at the desk yet.
    NotYet,
    /// No code could be given.
    Full,
}

/// The section; its forms post to `address`.
pub(super) fn section(
    desk: &Desk,
    now_said: Option<DeskSaid>,
    town: &Town,
    address: String,
    service: &str,
    locale: Locale,
) -> AnyView {
    let words = DeskWords::of(locale);
    let notice = now_said.map(|notice| match notice {
        DeskSaid::NotYet => words.not_yet,
        DeskSaid::Full => words.full,
    });
    let notice = notice.map(|notice| view! { <p class="r-note" role="status">{notice}</p> });
    let content = match desk {
        Desk::Offered => offered(words, address, service),
        Desk::Given { code, until } => given(words, code, &ends(*until, locale), town, address, service),
    };
    view! {
        <section class="r-section" aria-labelledby="desk">
            <h2 class="r-h2" id="desk">{words.title}</h2>
            {content}
            {notice}
        </section>
    }
    .into_any()
}

fn offered(words: &'static DeskWords, address: String, service: &str) -> AnyView {
    view! {
        <p>{fill(words.offered, &[("service", service)])}</p>
        <div class="r-actions">
            <form method="post" action=address>
                <button class="r-button" type="submit" name="desk" value="code" id="desk-ask">{words.ask}</button>
            </form>
        </div>
        <p class="r-note">{words.kept}</p>
    }
    .into_any()
}

fn given(words: &'static DeskWords, code: &str, until: &str, town: &Town, address: String, service: &str) -> AnyView {
    view! {
        <p>{fill(words.given, &[("service", service)])}</p>
        <p class="r-code"><span class="r-hidden">{words.code}": "</span>{code.to_owned()}</p>
        <dl class="r-facts">
            <div><dt>{words.until}</dt><dd>{fill(words.until_value, &[("time", until)])}</dd></div>
            <div><dt>{words.place}</dt><dd>{town.contact.clone()}{telephone(&town.phone)}</dd></div>
            <div><dt>{words.bring}</dt><dd>{words.bring_card}<small>{words.bring_paper}</small></dd></div>
        </dl>
        <p class="r-note">{words.keep}</p>
        <div class="r-actions">
            <form method="post" action=address>
                <button class="r-button" type="submit" name="desk" value="done" id="desk-done">{words.done}</button>
            </form>
            <p class="r-small">{fill(words.later, &[("service", service)])}</p>
        </div>
    }
    .into_any()
}

/// A moment in Japan to the hour.
pub(super) fn ends(at: OffsetDateTime, locale: Locale) -> String {
    let (day, hour) = (long_date(tokyo_date(at), locale), tokyo(at).hour());
    match locale {
        Locale::Ja => format!("{day}の{hour}時"),
        Locale::En => format!("{hour}:00 on {day}"),
    }
}
