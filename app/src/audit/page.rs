//! The page: the state of the chain, the filtered list, how to check it oneself.

use domain::calendar::{Month, long_date, tokyo_date, tokyo_midnight};
use domain::locale::Locale;
use domain::names::TenantSlug;
use leptos::prelude::*;
use service::Error;
use service::audit::{ActKind, Broken, Trail, TrailFilter, Verdict};
use time::{Duration, OffsetDateTime};

use super::entries::{by_day, clock_time, moment, short_mac};
use super::text::{GROUPS, Words, group_of, group_word};
use crate::components::button::{SubmitButton, Weight};
use crate::components::code_block::CodeBlock;
use crate::components::form::{Filter, Toolbar};
use crate::components::icon::{Drawing, Icon};
use crate::components::list::ListQuery;
use crate::components::pagination::{Pagination, range_words};
use crate::components::table::NothingFound;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};
use crate::text::fill;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let query = ListQuery::of(&console);
    let now = console.service().clock().now();
    let trail = console.service().read_audit_trail(&console.town().caller, &filter(&query, now)).await?;
    let words = Words::of(console.locale);
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    Ok(ConsolePage::new(Area::Audit, words.title, move || body(query, trail, now, locale, &tenant)).lead(words.lead))
}

/// "Verify now": the whole chain is computed again.
pub(super) async fn submit(console: Console, _form: Form) -> Result<Answer<ConsolePage>, Error> {
    let verdict = console.service().verify_audit_trail(&console.town().caller).await?;
    Ok(Answer::to(console.path()).saying(found(&verdict, console.locale)))
}

fn found(verdict: &Verdict, locale: Locale) -> Flash {
    let words = Words::of(locale);
    let broken = match verdict {
        Verdict::Whole(head) => {
            return Flash::success(fill(words.verified_whole, &[("n", &head.entries.to_string())]));
        }
        Verdict::Broken(broken) => broken,
    };
    let (template, number) = match *broken {
        Broken::Missing(number) => (words.found_missing, number),
        Broken::Altered(number) => (words.found_altered, number),
        Broken::TextAltered(number) => (words.found_text, number),
        Broken::TextMissing(number) => (words.found_text_missing, number),
        Broken::Head | Broken::Kept => (words.found_head, 0),
    };
    let said = fill(template, &[("n", &number.to_string())]);
    let space = if locale == Locale::En { " " } else { "" };
    Flash::error(format!("{said}{space}{}", words.found_rest))
}

fn filter(query: &ListQuery, now: OffsetDateTime) -> TrailFilter {
    let today = tokyo_date(now);
    let since = match query.get("since") {
        "week" => today.checked_sub(Duration::days(6)),
        "month" => Some(Month::of(today).first_day()),
        "year" => Some(Month::of(today).fiscal_year().first_month().first_day()),
        _ => None,
    };
    let group = query.get("kind");
    TrailFilter {
        words: query.get("q").to_owned(),
        account: query.get("who").parse().ok(),
        kinds: ActKind::ALL.iter().copied().filter(|kind| group_of(*kind) == group).collect(),
        since: since.map(|day| tokyo_midnight(day).unix_timestamp()),
        until: None,
        offset: u64::try_from(query.offset()).unwrap_or(0),
        limit: u64::try_from(query.size()).unwrap_or(25),
    }
}

fn body(
    query: ListQuery,
    trail: Trail,
    now: OffsetDateTime,
    locale: Locale,
    tenant: &TenantSlug,
) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let chain = chain(&trail, now, locale);
    let choice = |value: &str, word: &str| (value.to_owned(), word.to_owned());
    let filters = vec![
        Filter {
            name: "who",
            label: words.who.to_owned(),
            choices: trail.colleagues.iter().map(|(account, name)| (account.to_string(), name.clone())).collect(),
        },
        Filter {
            name: "kind",
            label: words.kind.to_owned(),
            choices: GROUPS.map(|group| choice(group, group_word(group, locale))).to_vec(),
        },
        Filter {
            name: "since",
            label: words.since.to_owned(),
            choices: vec![
                choice("week", words.last_week),
                choice("month", words.this_month),
                choice("year", words.this_year),
            ],
        },
    ];
    let total = usize::try_from(trail.matching).unwrap_or(usize::MAX);
    let range = range_words(&query, total);
    let list = if trail.entries.is_empty() {
        view! { <NothingFound list=query.clone()/> }.into_any()
    } else {
        view! { {by_day(trail.entries, locale, tenant)}<Pagination list=query.clone() total/> }.into_any()
    };
    view! {
        <div class="stack stack--tight">
            {chain}
            <section class="panel" aria-label=words.list>
                <Toolbar list=query search_label=words.search_label filters range/>
                {list}
            </section>
            {how_to_check(locale, tenant)}
        </div>
    }
}

fn chain(trail: &Trail, now: OffsetDateTime, locale: Locale) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let mac = short_mac(&trail.head.mac);
    let entries = trail.head.entries;
    let (class, icon, drawing, title, text) = match &trail.verified {
        None => {
            let title = fill(words.unverified, &[("n", &counted(entries))]);
            ("panel chain", "", Drawing::Shield, title, fill(words.unverified_when, &[("mac", &mac)]))
        }
        Some(verified) => {
            let when = when(verified.at, now, locale);
            match verified.whole {
                Some(whole) => {
                    let since = entries.saturating_sub(whole);
                    let more =
                        if since > 0 { fill(words.more_since, &[("n", &counted(since))]) } else { String::new() };
                    let text = fill(words.whole_when, &[("when", &when), ("more", &more), ("mac", &mac)]);
                    let title = fill(words.whole, &[("n", &counted(whole))]);
                    ("panel chain chain--ok", "icon--success", Drawing::Shield, title, text)
                }
                None => {
                    let text = fill(words.broken_when, &[("when", &when)]);
                    ("panel chain chain--broken", "icon--error", Drawing::Stop, words.broken.to_owned(), text)
                }
            }
        }
    };
    view! {
        <section class=class aria-labelledby="chain-h">
            <Icon of=drawing class=icon/>
            <div><h2 id="chain-h">{title}</h2><p class="text-14 muted">{text}</p></div>
            <form class="chain__actions" method="post">
                <a class="button button--quiet" href="#check">{words.how}</a>
                <SubmitButton word=words.verify_now weight=Weight::Secondary/>
            </form>
        </section>
    }
}

/// A number of entries, with separators.
fn counted(number: i64) -> String {
    match (number / 1000, number % 1000) {
        (0, ones) => ones.to_string(),
        (thousands, ones) => format!("{thousands},{ones:03}"),
    }
}

/// `今日 9:04`, or the day with its time.
fn when(at: i64, now: OffsetDateTime, locale: Locale) -> String {
    let day = tokyo_date(moment(at));
    let time = clock_time(at);
    match (day == tokyo_date(now), locale) {
        (true, Locale::Ja) => format!("今日 {time} "),
        (true, Locale::En) => format!("today at {time}"),
        (false, Locale::Ja) => format!("{} {time} ", long_date(day, locale)),
        (false, Locale::En) => format!("on {} at {time}", long_date(day, locale)),
    }
}

fn how_to_check(locale: Locale, tenant: &TenantSlug) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let head = format!("machikagi audit head --tenant {tenant} > {tenant}.head");
    let verify = format!("machikagi audit verify --tenant {tenant} --head {tenant}.head");
    view! {
        <section class="panel no-print" id="check" aria-labelledby="check-h" tabindex="-1">
            <div class="panel__head"><h2 id="check-h">{words.check_title}</h2></div>
            <div class="panel__body prose">
                <p>{words.check_intro}</p>
                <p>{words.check_keep}</p>
                <CodeBlock text=head label=words.check_head/>
                <p>{words.check_compare}</p>
                <CodeBlock text=verify label=words.check_verify/>
                <p>{words.check_limit}</p>
            </div>
        </section>
    }
}
