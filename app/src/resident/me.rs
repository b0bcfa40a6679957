//! The resident's own page: consents and how to end them, sessions, sign-out, and deleting the town ID. Every act that
//! cannot be undone has a page that names its object and its effect.

use domain::attributes::Items;
use domain::calendar::{Month, long_date};
use domain::ids::ConsentGrantId;
use domain::locale::Locale;
use domain::paths;
use domain::residency::AttestationKind;
use leptos::prelude::*;
use time::Date;

use super::consent::{names, separator};
use super::frame::{Setting, said};
use super::merge::{self, Merging};
use super::passkey::{self, Passkey};
use super::renewed_card;
use super::town::own_page;
use super::words::MeWords;
use crate::text::fill;

/// A consent that holds.
pub struct Consent {
    /// Names it.
    pub grant: ConsentGrantId,
    /// The service, or the town itself.
    pub service: String,
    /// What is handed over.
    pub items: Items,
    /// The day on which it was given, if it can be told.
    pub given_on: Option<Date>,
    /// Version of the text that was agreed to.
    pub version: u32,
    /// What happens after withdrawal, in the town's words.
    pub withdrawal: String,
    /// How to reach the receiver, for what it holds already.
    pub receiver: String,
    /// It is the consent to the town ID itself, which ends by deleting the ID.
    pub is_town: bool,
}

/// A tie (在勤・在学) that staff attested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tie {
    /// Which.
    pub kind: AttestationKind,
    /// Its last month.
    pub until: Month,
    /// That is this month or the next.
    pub ends_soon: bool,
}

/// An open session.
pub struct Session {
    /// Names it in the form that ends it; random, and no secret.
    pub id: String,
    /// It is the one that looks.
    pub current: bool,
    /// A passkey opened it.
    pub by_passkey: bool,
    /// When it ends, in the words of a clock in Japan: `11月21日 18時05分`.
    pub ends: String,
}

/// What was just done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// A consent was withdrawn.
    Withdrawn,
    /// Another session was ended.
    SessionEnded,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// Another town ID was merged into this one, or was not.
    Merging(Merging),
}

/// What the own page shows.
pub struct MyPage {
    /// The last month of the eligibility; `None` where none is kept.
    pub valid_until: Option<Month>,
    /// From which month on the card is asked for again, where that is before the end.
    pub card_from: Option<Month>,
    /// The month in which a renewed card was taken over to this town ID.
    pub relinked: Option<Month>,
    /// Another town ID was merged into this one.
    pub merged: bool,
    /// There is a number by which the desk finds this town ID again.
    pub has_recovery_number: bool,
    /// Ties that count this month, the first to end first.
    pub ties: Vec<Tie>,
    /// Consents that hold, the newest first.
    pub consents: Vec<Consent>,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
    /// One can be added now.
    pub may_add_passkey: bool,
    /// Open sessions, this one first.
    pub sessions: Vec<Session>,
    /// What was just done.
    pub done: Option<Done>,
}

/// The page as a document.
pub fn my_page(setting: &Setting<'_>, page: MyPage) -> String {
    let words = MeWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let slug = &town.slug;
    let lead = match page.valid_until {
        Some(month) => {
            let until = month_end(month, setting.locale);
            // Somebody with a tie may live elsewhere.
            let words = if page.ties.is_empty() { words.valid_until } else { words.usable_until };
            fill(words, &[("town", &town.name), ("month", &until)])
        }
        None => fill(words.no_eligibility, &[("town", &town.name)]),
    };
    let card_from = page.card_from.map(|month| {
        view! { <p class="r-lead">{fill(words.card_from, &[("month", &month.text(setting.locale))])}</p> }
    });
    let relinked = page.relinked.map(|month| {
        view! { <p class="r-note">{merge::relinked(&month.text(setting.locale), setting)}</p> }
    });
    let ties = (!page.ties.is_empty()).then(|| ties(setting, words, &page.ties));
    let done = page.done.map(|done| match done {
        Done::Withdrawn => words.withdrawn.to_owned(),
        Done::SessionEnded => words.session_ended.to_owned(),
        Done::PasskeyAdded => passkey::done(true, setting.locale).to_owned(),
        Done::PasskeyRemoved => passkey::done(false, setting.locale).to_owned(),
        Done::Merging(merging) => merge::said_of(merging, setting),
    });
    let consents = if page.consents.is_empty() {
        view! { <p>{words.no_consents}</p> }.into_any()
    } else {
        let rows: Vec<_> = page.consents.into_iter().map(|row| consent(setting, words, row)).collect();
        view! { <ul class="r-list">{rows}</ul> }.into_any()
    };
    let sessions: Vec<_> = page.sessions.into_iter().map(|row| session(setting, words, row)).collect();
    let title = own_page(setting.locale);
    let main = view! {
        {done.map(|text| said(&text))}
        <h1 class="r-title">{title}</h1>
        <p class="r-lead">{lead}</p>
        {card_from}
        {relinked}
        {ties}
        <section class="r-section" aria-labelledby="consents"><h2 class="r-h2" id="consents">{words.consents}</h2>{consents}</section>
        {passkey::section(setting, &page.passkeys, page.may_add_passkey)}
        <section class="r-section" aria-labelledby="sessions">
            <h2 class="r-h2" id="sessions">{words.sessions}</h2>
            <ul class="r-list">{sessions}</ul>
            <p class="r-small">{words.no_history}</p>
            <form class="r-actions" method="post" action=paths::me_sign_out(slug)>
                <button class="r-button r-button--plain" type="submit">{words.sign_out}</button>
            </form>
        </section>
        {renewed_card::section(setting, page.has_recovery_number)}
        {merge::section(setting, page.merged)}
        <section class="r-section" aria-labelledby="leave">
            <h2 class="r-h2" id="leave">{fill(words.delete_title, &[("town_id", &town.town_id)])}</h2>
            <p>{words.delete_effect}</p>
            <div class="r-actions"><a class="r-button r-button--danger" href=paths::me_delete(slug)>{fill(words.delete_link, &[("town_id", &town.town_id)])}</a></div>
        </section>
    };
    // The frame's own button would be a second one.
    let setting = Setting { signed_in: false, switch: setting.switch.clone(), ..*setting };
    setting.page(title, main.into_any())
}

/// The ties, each with its last month, and what to do where one ends soon.
fn ties(setting: &Setting<'_>, words: &'static MeWords, ties: &[Tie]) -> AnyView {
    let rows: Vec<_> = ties
        .iter()
        .map(|tie| {
            let until = fill(words.tie_until, &[("month", &month_end(tie.until, setting.locale))]);
            let soon = tie.ends_soon.then(|| view! { " "<span class="r-badge r-badge--soon">{words.tie_soon}</span> });
            view! {
                <li><div class="r-row"><span class="r-row__text">
                    <span class="r-row__title">{tie.kind.words().get(setting.locale)}{soon}</span><small>{until}</small>
                </span></div></li>
            }
        })
        .collect();
    let soon = ties.iter().any(|tie| tie.ends_soon).then(|| view! { <p class="r-note">{words.tie_soon_note}</p> });
    view! {
        <section class="r-section" aria-labelledby="ties">
            <h2 class="r-h2" id="ties">{words.ties}</h2>
            <ul class="r-list">{rows}</ul>
            {soon}
            <p class="r-small">{words.ties_kept}</p>
        </section>
    }
    .into_any()
}

/// `2027年6月末` or `the end of June 2027`.
pub(super) fn month_end(month: Month, locale: Locale) -> String {
    match locale {
        Locale::Ja => format!("{}末", month.text(locale)),
        Locale::En => format!("the end of {}", month.text(locale)),
    }
}

fn items_text(items: Items, words: &'static MeWords, locale: Locale) -> String {
    let names = names(items.iter(), locale);
    if names.is_empty() { words.number_only.to_owned() } else { names.join(separator(locale)) }
}

fn consent(setting: &Setting<'_>, words: &'static MeWords, row: Consent) -> AnyView {
    let locale = setting.locale;
    let items = items_text(row.items, words, locale);
    let number = row.version.to_string();
    let (since, version) = match row.given_on.map(|day| long_date(day, locale)) {
        Some(day) => (
            fill(words.since, &[("items", &items), ("date", &day)]),
            fill(words.agreed, &[("number", &number), ("date", &day)]),
        ),
        None => (items, fill(words.agreed_undated, &[("number", &number)])),
    };
    let link = setting.town.filter(|_| !row.is_town).map(|town| {
        let label = fill(words.withdraw_link, &[("service", &row.service)]);
        view! { <div class="r-actions"><a class="r-button r-button--danger" href=paths::me_withdraw(&town.slug, row.grant)>{label}</a></div> }
    });
    view! {
        <li>
            <div class="r-row"><span class="r-row__text"><span class="r-row__title">{row.service}" "<span class="r-badge">{words.consented}</span></span><small>{since}</small></span></div>
            <details class="r-more"><summary>{if row.is_town { words.record_only } else { words.record }}</summary><div>
                <p>{version}</p>
                <p class="r-note">{row.withdrawal}</p>
                {link}
            </div></details>
        </li>
    }
    .into_any()
}

fn session(setting: &Setting<'_>, words: &'static MeWords, row: Session) -> AnyView {
    let by = if row.by_passkey { words.by_passkey } else { "" };
    let text = format!("{by}{}", fill(words.ends, &[("time", &row.ends)]));
    let title = if row.current {
        view! { <span class="r-row__title">{words.this_device}" "<span class="r-badge">{words.looking}</span></span> }
            .into_any()
    } else {
        view! { <span class="r-row__title">{words.other_device}</span> }.into_any()
    };
    let end = setting.town.filter(|_| !row.current).map(|town| {
        view! {
            <form method="post" action=paths::me_sign_out(&town.slug)>
                <input type="hidden" name="session" value=row.id/>
                <button class="r-tap" type="submit" aria-label=words.end_session_label>{words.end_session}</button>
            </form>
        }
    });
    view! { <li><div class="r-row"><span class="r-row__text">{title}<small>{text}</small></span>{end}</div></li> }
        .into_any()
}

/// Asks whether a consent is to be withdrawn; the form posts to the page's own address.
pub fn withdraw_page(setting: &Setting<'_>, row: &Consent) -> String {
    let words = MeWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let title = fill(words.withdraw_title, &[("service", &row.service)]);
    let effects = [
        fill(words.withdraw_stops, &[("service", &row.service)]),
        words.withdraw_stays.to_owned(),
        fill(words.withdraw_ask, &[("receiver", &row.receiver)]),
    ];
    let effects: Vec<_> = effects.into_iter().map(|text| view! { <p class="r-lead">{text}</p> }).collect();
    let main = view! {
        <h1 class="r-title">{title.clone()}</h1>
        {effects}
        <p class="r-note">{row.withdrawal.clone()}</p>
        <form class="r-actions" method="post">
            <button class="r-button r-button--danger" type="submit">{fill(words.withdraw_confirm, &[("service", &row.service)])}</button>
            <a class="r-button r-button--plain" href=paths::me(&town.slug)>{words.keep}</a>
        </form>
    };
    setting.page(&title, main.into_any())
}

/// Asks whether the town ID is to be deleted; the form posts to the page's own address.
pub fn delete_page(setting: &Setting<'_>) -> String {
    let words = MeWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let id = [("town_id", town.town_id.as_str())];
    let title = fill(words.delete_question, &id);
    let main = view! {
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{words.delete_effect}</p>
        <p class="r-lead">{fill(words.delete_again, &id)}</p>
        <form class="r-actions" method="post">
            <button class="r-button r-button--danger" type="submit">{fill(words.delete_confirm, &id)}</button>
            <a class="r-button r-button--plain" href=paths::me(&town.slug)>{words.keep_id}</a>
        </form>
    };
    setting.page(&title, main.into_any())
}

/// After sign-out, or after the ID was deleted.
pub fn gone_page(setting: &Setting<'_>, deleted: bool) -> String {
    let words = MeWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let id = [("town_id", town.town_id.as_str()), ("town", town.name.as_str())];
    let (title, text) = if deleted {
        (fill(words.deleted_title, &id), fill(words.deleted, &id))
    } else {
        (words.signed_out_title.to_owned(), words.signed_out.to_owned())
    };
    let main = view! {
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{text}</p>
        <div class="r-actions"><a class="r-button r-button--plain" href=paths::town(&town.slug)>{fill(words.to_town, &id)}</a></div>
    };
    setting.page(&title, main.into_any())
}

/// A service that asks to sign out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaving {
    /// What it asked for, sealed: goes with the answer.
    pub request: Option<String>,
    /// Its name, if it said who it is.
    pub service: Option<String>,
    /// The way back to it.
    pub back: Option<String>,
}

/// Asks whether to sign out: what the address shows when it is opened while somebody is signed in, or when a service asks.
pub fn sign_out_page(setting: &Setting<'_>, leaving: &Leaving) -> String {
    let words = MeWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let text = match &leaving.service {
        Some(service) => fill(words.sign_out_asked, &[("service", service), ("town", &town.name)]),
        None => words.sign_out_text.to_owned(),
    };
    let stay = leaving.back.clone().unwrap_or_else(|| paths::me(&town.slug));
    let request = leaving.request.clone().map(|request| view! { <input type="hidden" name="request" value=request/> });
    let main = view! {
        <h1 class="r-title">{words.sign_out_title}</h1>
        <p class="r-lead">{text}</p>
        <form class="r-actions" method="post" action=paths::me_sign_out(&town.slug)>
            {request}
            <button class="r-button" type="submit" id="logout-confirm">{words.sign_out}</button>
            <a class="r-button r-button--plain" id="logout-refuse" href=stay>{words.stay_signed_in}</a>
        </form>
    };
    let setting = Setting { signed_in: false, switch: setting.switch.clone(), ..*setting };
    setting.page(words.sign_out_title, main.into_any())
}
