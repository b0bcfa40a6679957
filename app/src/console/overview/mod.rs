//! The first page of the console: work first, then the use that is published, then what was decided lately.

mod health;
mod words;

use domain::calendar::{long_date, parse_iso_date, tokyo_date};
use domain::configuration::ChangeRequestState;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths::{self, Route};
use domain::sign_in_health::SignInHealth;
use leptos::prelude::*;
use service::Error;
use service::decisions::{Queue, QueueFilter, QueueRow};
use service::gate::{Act, Resource};
use service::overview::Overview;
use time::{Date, OffsetDateTime, Weekday};

use self::words::Words;
use super::words::Words as Frame;
use super::{Area, Console, ConsolePage};
use crate::components::button::{LinkButton, Weight};
use crate::components::empty_state::EmptyInline;
use crate::components::facts::{Fact, Facts};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::components::side_nav::MenuPage;
use crate::components::timeline::{Step, Timeline, TimelineStep};
use crate::pages::{PageRoute, page};
use crate::text::fill;
use crate::usage::recent_panel::recent_panel;

/// Decisions that the timeline shows.
const RECENT: usize = 5;

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![page(Route::ConsoleOverview, show), page(Route::ConsoleMenu, menu)]
}

async fn show(console: Console) -> Result<ConsolePage, Error> {
    let today = tokyo_date(console.service().clock().now());
    let caller = &console.town().caller;
    let decides = console.may(Act::Read, Resource::ChangeRequest);
    let (waiting, decided) = if decides {
        let queue = async |queue| {
            let filter = QueueFilter { queue, ..QueueFilter::default() };
            console.service().list_decisions(caller, &filter).await.map(|page| page.rows)
        };
        (queue(Queue::ForMe).await?, queue(Queue::Decided).await?)
    } else {
        (Vec::new(), Vec::new())
    };
    let usage = recent_panel(&console).await?;
    let found = console.service().overview(caller, &console.town().organisation).await?;
    let title = Frame::of(console.locale).overview;
    let (in_body, in_actions) = (console.clone(), console.clone());
    let lead = format!("{}{}", long_date(today, console.locale), weekday(today, console.locale));
    Ok(ConsolePage::new(Area::Overview, title, move || {
        view! {
            <div class="columns">
                <div class="stack">
                    <Attention console=in_body.clone() rows=waiting found=found.clone()/>
                    {usage.map(|panel| panel())}
                </div>
                <div class="stack stack--tight">
                    {health::panel(&found, &in_body.town().tenant, in_body.locale)}
                    <Settings console=in_body.clone()/>
                    {decides.then(|| view! { <Recent console=in_body.clone() rows=decided/> })}
                </div>
            </div>
        }
    })
    .lead_view(move || view! { <time datetime=today.to_string()>{lead}</time> })
    .actions(move || actions(&in_actions)))
}

/// The navigation as a page, where the drawer does not open.
async fn menu(console: Console) -> Result<ConsolePage, Error> {
    let title = Frame::of(console.locale).menu;
    Ok(ConsolePage::new(Area::Overview, title, move || view! { <MenuPage console/> }))
}

fn actions(console: &Console) -> impl IntoView + use<> {
    let words = Words::of(console.locale);
    let tenant = &console.town().tenant;
    let usage = console.may(Act::Read, Resource::UsageReport).then(|| {
        view! {
            <LinkButton word=words.see_usage href=paths::console_usage(tenant) weight=Weight::Quiet icon=Drawing::Bars/>
        }
    });
    let add = console.may(Act::Create, Resource::RelyingParty).then(|| {
        view! {
            <LinkButton
                word=words.add_relying_party
                href=paths::console_relying_party_new(tenant)
                icon=Drawing::Plus
            />
        }
    });
    view! { {usage}{add} }
}

const fn weekday(day: Date, locale: Locale) -> &'static str {
    let words = Words::of(locale);
    // In English the date stands alone: its words have no place for the day behind it.
    match (locale, day.weekday()) {
        (Locale::En, _) => "",
        (_, Weekday::Monday) => words.monday,
        (_, Weekday::Tuesday) => words.tuesday,
        (_, Weekday::Wednesday) => words.wednesday,
        (_, Weekday::Thursday) => words.thursday,
        (_, Weekday::Friday) => words.friday,
        (_, Weekday::Saturday) => words.saturday,
        (_, Weekday::Sunday) => words.sunday,
    }
}

/// One thing to do: what, why, until when, one verb.
struct Item {
    drawing: Drawing,
    class: &'static str,
    title: String,
    text: String,
    due: String,
    word: &'static str,
    href: String,
    object: String,
}

/// What needs attention, the most urgent first: what does not work, what waits for this person, what will end.
fn items(tenant: &TenantSlug, locale: Locale, rows: Vec<QueueRow>, found: Overview, now: i64) -> Vec<Item> {
    let words = Words::of(locale);
    let date = |text: &str| parse_iso_date(text).map(|day| long_date(day, locale)).unwrap_or_default();
    let (warning, info) = ("icon--warning", "icon--info");
    let silent = found.provider.and_then(|provider| {
        let (outage, object) = (provider.outage?, provider.name.get(locale).to_owned());
        Some(Item {
            drawing: Drawing::Warning,
            class: warning,
            title: fill(words.provider_silent, &[("name", &object)]),
            text: words.provider_silent_text.to_owned(),
            due: fill(words.since_day, &[("date", &long_date(tokyo_day(outage.since), locale))]),
            word: words.open,
            href: paths::console_identity_providers(tenant),
            object,
        })
    });
    let failing = found.failing.into_iter().map(|(party, name, health)| {
        let template = if health == SignInHealth::MostFail { words.failing_most } else { words.failing_more };
        let object = name.get(locale).to_owned();
        Item {
            drawing: Drawing::Warning,
            class: warning,
            title: fill(template, &[("title", &object)]),
            text: words.failing_text.to_owned(),
            due: words.this_month.to_owned(),
            word: words.open,
            href: paths::console_relying_party(tenant, party),
            object,
        }
    });
    let overdue = found.overdue.into_iter().map(|request| {
        let object = request.title.get(locale).to_owned();
        Item {
            drawing: Drawing::Warning,
            class: warning,
            title: fill(words.overdue, &[("title", &object), ("n", &request.number.to_string())]),
            text: words.overdue_text.to_owned(),
            due: fill(words.overdue_day, &[("date", &date(&request.effective_on))]),
            word: words.look,
            href: paths::console_decision(tenant, request.id),
            object,
        }
    });
    let waiting = rows.into_iter().map(|row| {
        let object = row.title.get(locale).to_owned();
        let name = row.submitted_by.map(|person| person.name).unwrap_or_default();
        Item {
            drawing: Drawing::Stamp,
            class: info,
            title: fill(words.waiting, &[("title", &object), ("n", &row.number.to_string())]),
            text: fill(words.drafted_by, &[("name", &name), ("reason", &row.reason)]),
            due: fill(words.wanted, &[("date", &date(&row.effective_on))]),
            word: words.look,
            href: paths::console_decision(tenant, row.id),
            object,
        }
    });
    let secrets = found.secrets.into_iter().map(|secret| {
        let object = secret.name.get(locale).to_owned();
        let last = tokyo_day(secret.expires_at - 1);
        let days = (last - tokyo_day(now)).whole_days();
        let (template, text) = match (secret.expires_at > now, days) {
            (false, _) => (words.secret_ended, words.secret_ended_text),
            (true, 0) => (words.secret_today, words.secret_text),
            (true, 1) => (words.secret_tomorrow, words.secret_text),
            (true, _) => (words.secret_days, words.secret_text),
        };
        Item {
            drawing: Drawing::Key,
            class: if days > 7 { info } else { warning },
            title: fill(template, &[("title", &object), ("n", &days.to_string())]),
            text: text.to_owned(),
            due: fill(words.until, &[("date", &long_date(last, locale))]),
            word: words.open,
            href: format!("{}#credentials", paths::console_relying_party(tenant, secret.party)),
            object,
        }
    });
    silent.into_iter().chain(failing).chain(overdue).chain(waiting).chain(secrets).collect()
}

fn tokyo_day(seconds: i64) -> Date {
    tokyo_date(OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH))
}

#[component]
fn Attention(console: Console, rows: Vec<QueueRow>, found: Overview) -> impl IntoView {
    let locale = console.locale;
    let words = Words::of(locale);
    let items = items(&console.town().tenant, locale, rows, found, console.service().clock().seconds());
    let count = items.len();
    let items = items
        .into_iter()
        .map(|item| {
            view! {
                <li class="attention__item">
                    <Icon of=item.drawing class=item.class/>
                    <div>
                        <p class="attention__title">{item.title}</p>
                        <p class="attention__text">{item.text}</p>
                    </div>
                    <div class="attention__due">
                        <span>{item.due}</span>
                        <LinkButton word=item.word href=item.href weight=Weight::Quiet object=item.object/>
                    </div>
                </li>
            }
        })
        .collect_view();
    let content = if count == 0 {
        view! { <EmptyInline title=words.nothing text=words.nothing_text icon=Drawing::Done/> }.into_any()
    } else {
        view! { <ul class="attention">{items}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="attention">
            <div class="panel__head panel__head--line">
                <h2 id="attention">
                    {words.attention}" "
                    <span class="count count--quiet">{count.to_string()}<span class="visually-hidden">{words.items}</span></span>
                </h2>
            </div>
            {content}
        </section>
    }
}

#[component]
fn Settings(console: Console) -> impl IntoView {
    let locale = console.locale;
    let words = Words::of(locale);
    let settings = &console.town().settings;
    let mode = if console.is_sandbox() { words.sandbox } else { words.production };
    let four_eyes = if settings.four_eyes { words.four_eyes_on } else { words.four_eyes_off };
    let contact = settings.contact.get(locale).to_owned();
    let phone = settings.contact_phone.clone();
    view! {
        <Panel id="settings" title=words.settings>
            <Facts class="facts--narrow facts--plain">
                <Fact term=words.mode>{mode}</Fact>
                <Fact term=words.four_eyes>{four_eyes}</Fact>
                <Fact term=words.contact>{contact}<small>{phone}</small></Fact>
            </Facts>
        </Panel>
    }
}

#[component]
fn Recent(console: Console, rows: Vec<QueueRow>) -> impl IntoView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = console.town().tenant.clone();
    let empty = rows.is_empty().then(|| view! { <p class="muted text-14">{words.nothing_recent}</p> });
    let steps = rows
        .into_iter()
        .take(RECENT)
        .map(|row| {
            let template = match row.state {
                ChangeRequestState::SentBack => words.sent_back,
                ChangeRequestState::Withdrawn => words.withdrawn,
                _ => words.published,
            };
            let values = [("title", row.title.get(locale)), ("n", &row.number.to_string())];
            let text = fill(template, &values);
            let href = paths::console_decision(&tenant, row.id);
            let actor = row.decided_by.or(row.submitted_by).map(|person| person.name).unwrap_or_default();
            let moment = row.decided_at.unwrap_or(row.submitted_at);
            let day = OffsetDateTime::from_unix_timestamp(moment).map(tokyo_date).ok();
            let when = day.map(|day| (day.to_string(), long_date(day, locale)));
            view! {
                <TimelineStep step=Step::Plain when=when.unwrap_or_default()>
                    <p>
                        <strong>{actor}</strong>{words.san}
                        <a href=href>{text}</a>
                    </p>
                </TimelineStep>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="recent">
            <div class="panel__head">
                <h2 id="recent">{words.recent}</h2>
                <a class="text-14" href=paths::console_decisions(&tenant)>{words.all_decisions}</a>
            </div>
            <div class="panel__body">{empty}<Timeline>{steps}</Timeline></div>
        </section>
    }
}
