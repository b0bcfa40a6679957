//! Passkeys on residents' pages: the choice between one and the card, the offer for the next time, the list on the own page.
//!
//! The ceremony stays on its page: a script of ours (`style/public/passkey.js`) hands the options to the browser and the
//! device's answer to the page's own form. Without it the page says so, and its other button works.

use domain::calendar::Month;
use domain::ids::PasskeyId;
use domain::locale::Locale;
use domain::paths;
use leptos::prelude::*;

use super::frame::{Setting, Town};
use super::icons;
use super::passkey_words::PasskeyWords;
use crate::text::fill;

/// What a page of the ceremony hands to its script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// What the browser is asked for, as JSON.
    pub options: String,
    /// The script's address.
    pub script: String,
}

/// Why the last answer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Too late, or a second time.
    Again,
    /// No passkey of this town.
    Unknown,
    /// Not good enough.
    Unusable,
    /// There are as many as can be.
    Full,
    /// Only the card lets one be added.
    CardFirst,
}

/// One passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passkey {
    /// Names it in addresses.
    pub id: PasskeyId,
    /// Its name.
    pub number: u32,
    /// When it was added.
    pub added: Option<Month>,
    /// The platform may copy it.
    pub synced: bool,
}

/// The offer of a passkey for the next time.
pub struct OfferPage {
    /// The service; none for the town's own page.
    pub service: Option<String>,
    /// The ceremony.
    pub ceremony: Ceremony,
    /// What became of the last answer.
    pub refused: Option<Refused>,
}

/// The page on which passkeys are added.
pub struct AddPage {
    /// The ceremony; none where none can be added now.
    pub ceremony: Option<Ceremony>,
    /// No more can be added.
    pub full: bool,
    /// What became of the last answer.
    pub refused: Option<Refused>,
}

#[derive(Clone, Copy)]
enum Kind {
    Get,
    Create,
}

/// The offer of a passkey before a service is reached. `with=nothing` goes on without one.
pub fn offer_page(setting: &Setting<'_>, page: OfferPage) -> String {
    let words = PasskeyWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let main = view! {
        {page.service.map(|service| view! { <p class="r-muted">{service}</p> })}
        <h1 class="r-title">{words.offer_title}</h1>
        <p class="r-lead">{words.offer_lead}</p>
        {page.refused.map(|refused| refusal(refused, words, town))}
        <form class="r-actions" method="post" autocomplete="off">
            {device(Kind::Create, page.ceremony, words.add_here, words)}
            <button class="r-button r-button--plain" type="submit" name="with" value="nothing" id="passkey-later">{words.later}</button>
        </form>
        <p class="r-note">{fill(words.offer_kept, &[("town_id", &town.town_id)])}</p>
    };
    setting.page(words.offer_title, main.into_any())
}

/// The page on which a resident adds a passkey.
pub fn add_page(setting: &Setting<'_>, page: AddPage) -> String {
    let words = PasskeyWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let form = match page.ceremony {
        Some(ceremony) => view! {
            <p class="r-lead">{words.add_lead}</p>
            {page.refused.map(|refused| refusal(refused, words, town))}
            <form class="r-actions" method="post" autocomplete="off">{device(Kind::Create, ceremony, words.add_here, words)}</form>
        }
        .into_any(),
        None => {
            // To have signed in a while ago is no mistake.
            let why = match page.refused.or(page.full.then_some(Refused::Full)) {
                Some(refused) => refusal(refused, words, town),
                None => view! { <p class="r-lead">{words.card_first}</p> }.into_any(),
            };
            view! {
                {why}
                {(!page.full).then(|| view! {
                    <form class="r-actions" method="post" action=paths::town_sign_in(&town.slug)>
                        <button class="r-button" type="submit" name="with" value="card" id="with-card">{words.with_card}</button>
                    </form>
                })}
            }
            .into_any()
        }
    };
    let main = view! {
        <h1 class="r-title">{words.add_title}</h1>
        {form}
        <p class="r-note">{fill(words.offer_kept, &[("town_id", &town.town_id)])}<br/>{words.lost}</p>
        <div class="r-actions"><a class="r-button r-button--plain" href=paths::me(&town.slug)>{words.back}</a></div>
    };
    setting.page(words.add_title, main.into_any())
}

/// Asks whether a passkey is to be removed; the form posts to the page's own address.
pub fn remove_page(setting: &Setting<'_>, passkey: &Passkey) -> String {
    let words = PasskeyWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let name = name(passkey, words);
    let title = fill(words.remove_title, &[("name", &name)]);
    let main = view! {
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{about(passkey, words, setting.locale)}</p>
        <p class="r-lead">{words.remove_effect}</p>
        <p class="r-note">{words.remove_device}</p>
        <form class="r-actions" method="post">
            <button class="r-button r-button--danger" type="submit">{fill(words.remove_label, &[("name", &name)])}</button>
            <a class="r-button r-button--plain" href=paths::me(&town.slug)>{words.keep}</a>
        </form>
    };
    setting.page(&title, main.into_any())
}

/// The passkeys on the own page.
pub(super) fn section(setting: &Setting<'_>, passkeys: &[Passkey], may_add: bool) -> AnyView {
    let words = PasskeyWords::of(setting.locale);
    let Some(town) = setting.town else { return ().into_any() };
    let rows: Vec<_> = passkeys.iter().map(|passkey| row(town, passkey, words, setting.locale)).collect();
    let list = if rows.is_empty() {
        view! { <p>{words.none}</p> }.into_any()
    } else {
        view! { <ul class="r-list">{rows}</ul> }.into_any()
    };
    let label = if passkeys.is_empty() { words.add_first } else { words.add_another };
    let add = if may_add {
        view! { <div class="r-actions"><a class="r-button r-button--plain" href=paths::me_passkeys(&town.slug)>{label}</a></div> }
            .into_any()
    } else {
        view! { <p class="r-small">{words.add_with_card}</p> }.into_any()
    };
    view! {
        <section class="r-section" aria-labelledby="passkeys">
            <h2 class="r-h2" id="passkeys">{words.section}</h2>
            {list}
            {add}
        </section>
    }
    .into_any()
}

fn row(town: &Town, passkey: &Passkey, words: &'static PasskeyWords, locale: Locale) -> AnyView {
    let name = name(passkey, words);
    let label = fill(words.remove_label, &[("name", &name)]);
    view! {
        <li><div class="r-row">
            <span class="r-tile">{icons::device()}</span>
            <span class="r-row__text"><span class="r-row__title">{name}</span><small>{about(passkey, words, locale)}</small></span>
            <a class="r-tap" href=paths::me_passkey_remove(&town.slug, passkey.id) aria-label=label>{words.remove}</a>
        </div></li>
    }
    .into_any()
}

fn name(passkey: &Passkey, words: &'static PasskeyWords) -> String {
    fill(words.name, &[("number", &passkey.number.to_string())])
}

/// `2026年11月に登録。登録した端末だけで使えます`.
fn about(passkey: &Passkey, words: &'static PasskeyWords, locale: Locale) -> String {
    let reach = if passkey.synced { words.synced } else { words.device_only };
    match passkey.added {
        Some(month) => {
            let added = fill(words.added, &[("month", &month.text(locale))]);
            fill(words.added_reach, &[("added", &added), ("reach", reach)])
        }
        None => reach.to_owned(),
    }
}

/// The way to a passkey, for the page that asks for one.
pub(super) fn ask_device(ceremony: Ceremony, locale: Locale) -> AnyView {
    let words = PasskeyWords::of(locale);
    device(Kind::Get, ceremony, words.sign_in, words)
}

/// The button that the script wakes, the sentence that it hides, and those that it may show.
fn device(kind: Kind, ceremony: Ceremony, label: &'static str, words: &'static PasskeyWords) -> AnyView {
    let (kind, failed, without) = match kind {
        Kind::Get => ("get", words.failed_get, words.without_get),
        Kind::Create => ("create", words.failed_create, words.without_create),
    };
    view! {
        <input type="hidden" name="credential" value=""/>
        <p class="r-status r-status--error" role="alert" data-passkey-failed="" hidden>{failed}</p>
        <p class="r-status r-status--error" role="alert" data-passkey-known="" hidden>{words.known}</p>
        <p class="r-small" data-passkey-without="">{without}</p>
        <button class="r-button" type="button" id="passkey" data-passkey=kind data-options=ceremony.options hidden>{icons::sign_in()}{label}</button>
        <script src=ceremony.script defer></script>
    }
    .into_any()
}

pub(super) fn refusal(refused: Refused, words: &'static PasskeyWords, town: &Town) -> AnyView {
    let text = match refused {
        Refused::Again => words.again,
        Refused::Unknown => words.unknown,
        Refused::Unusable => words.unusable,
        Refused::Full => words.full,
        Refused::CardFirst => words.card_first,
    };
    view! { <p class="r-status r-status--error" role="alert">{fill(text, &[("town", &town.name)])}</p> }.into_any()
}

/// What was just done, on the own page.
pub(super) fn done(added: bool, locale: Locale) -> &'static str {
    let words = PasskeyWords::of(locale);
    if added { words.done_added } else { words.done_removed }
}

/// The way to the passkey from pages on which the card comes first.
pub(super) fn instead(locale: Locale) -> &'static str {
    PasskeyWords::of(locale).instead
}
