//! Entries by day, each a disclosure with what was before and after.

use domain::calendar::{tokyo, tokyo_date};
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::audit::{ActText, TrailEntry};
use time::OffsetDateTime;

use super::sentence::{actor, field, object_kind, sentence, value};
use super::text::{Words, day_heading};
use crate::components::facts::{Fact, Facts};
use crate::components::icon::{Drawing, Icon};
use crate::text::dot;

/// The list, newest first.
pub(super) fn by_day(entries: Vec<TrailEntry>, locale: Locale, tenant: &TenantSlug) -> impl IntoView + use<> {
    let mut days: Vec<(time::Date, Vec<TrailEntry>)> = Vec::new();
    for entry in entries {
        let day = tokyo_date(moment(entry.at));
        match days.last_mut() {
            Some((last, of_day)) if *last == day => of_day.push(entry),
            _ => days.push((day, vec![entry])),
        }
    }
    days.into_iter()
        .map(|(day, entries)| {
            let rows = entries.into_iter().map(|entry| row(&entry, locale, tenant)).collect_view();
            view! {
                <h2 class="audit__day">{day_heading(day, locale)}</h2>
                <ol class="audit__list">{rows}</ol>
            }
        })
        .collect_view()
}

pub(super) fn moment(at: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `9:04`, on a clock in Japan.
pub(super) fn clock_time(at: i64) -> String {
    let time = tokyo(moment(at)).time();
    format!("{}:{:02}", time.hour(), time.minute())
}

/// The first and last bytes of a MAC, as people compare them.
pub(super) fn short_mac(mac: &[u8]) -> String {
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    match (hex.get(..4), hex.len().checked_sub(4).and_then(|from| hex.get(from..))) {
        (Some(first), Some(last)) => format!("{first}…{last}"),
        _ => "–".to_owned(),
    }
}

fn row(entry: &TrailEntry, locale: Locale, tenant: &TenantSlug) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let iso = tokyo(moment(entry.at));
    let machine = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+09:00",
        iso.year(),
        u8::from(iso.month()),
        iso.day(),
        iso.hour(),
        iso.minute(),
        iso.second()
    );
    let mac = short_mac(&entry.mac);
    let number = entry.number.to_string();
    let object = entry.text.as_ref().filter(|text| !text.object.is_empty()).map(|text| {
        let kind = object_kind(&entry.object_kind, locale);
        let name = match locale {
            Locale::Ja => format!("{kind}「{}」", text.object),
            Locale::En => format!("{kind} “{}”", text.object),
        };
        match object_path(entry, tenant) {
            Some(href) => view! { <a href=href>{name}</a> }.into_any(),
            None => name.into_any(),
        }
    });
    let reason = entry.text.as_ref().filter(|text| !text.reason.is_empty()).map(|text| text.reason.clone());
    let details = match &entry.text {
        Some(text) => changes(text, &number, locale),
        None => view! { <p class="muted text-14">{words.erased}</p> }.into_any(),
    };
    let before = if entry.previous_mac.is_empty() {
        view! { <span>{words.first_entry}</span> }.into_any()
    } else {
        view! { {words.entry_before}" "<code>{short_mac(&entry.previous_mac)}</code><Icon of=Drawing::Chain/> }
            .into_any()
    };
    view! {
        <li>
            <details class="audit__row">
                <summary>
                    <time datetime=machine>{clock_time(entry.at)}</time>
                    <strong>{actor(entry, locale)}</strong>
                    <span class="audit__what">{sentence(entry, locale)}</span>
                    <code class="hash-mini">{mac.clone()}</code>
                </summary>
                <div class="audit__body">
                    <Facts class="facts--narrow facts--plain">
                        <Fact term=words.number>{number}</Fact>
                        {object.map(|object| view! { <Fact term=words.object>{object}</Fact> })}
                        {reason.map(|reason| view! { <Fact term=words.reason>{reason}</Fact> })}
                    </Facts>
                    {details}
                    <p class="hashes">{before}{words.this_entry}" "<code>{mac}</code></p>
                </div>
            </details>
        </li>
    }
}

/// Where the object is shown, if it still has a page.
fn object_path(entry: &TrailEntry, tenant: &TenantSlug) -> Option<String> {
    let id = &entry.object_id;
    match entry.object_kind.as_str() {
        "relying_party" | "client_secret" => Some(paths::console_relying_party(tenant, id.parse().ok()?)),
        "residency_rule" => Some(paths::console_residency_rule(tenant, id.parse().ok()?)),
        "identity_provider" => Some(paths::console_identity_provider(tenant, id.parse().ok()?)),
        "consent_text" => Some(paths::console_consent_text(tenant, id.parse().ok()?)),
        "membership" => Some(paths::console_staff_member(tenant, id.parse().ok()?)),
        _ => None,
    }
}

/// `field: value` lines side by side; what has no field stands in a row of its own.
fn changes(text: &ActText, number: &str, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    if text.before.is_empty() && text.after.is_empty() {
        return ().into_any();
    }
    let rows = paired(&text.before, &text.after)
        .into_iter()
        .map(|(name, before, after)| {
            let before = values(&before, locale).map_or_else(
                || view! { <span class="muted">{words.nothing}</span> }.into_any(),
                |text| view! { <del>{text}</del> }.into_any(),
            );
            let after = values(&after, locale).map_or_else(
                || view! { <span class="muted">{words.nothing}</span> }.into_any(),
                |text| view! { <ins>{text}</ins> }.into_any(),
            );
            let name = if name.is_empty() { words.content } else { field(&name, locale) }.to_owned();
            view! { <tr><th scope="row">{name}</th><td>{before}</td><td>{after}</td></tr> }
        })
        .collect_view();
    // Several entries may be open at once.
    let label = format!("{} {number}", words.before_and_after);
    view! {
        <div class="table-scroll panel diff" role="region" aria-label=label tabindex="0">
            <table class="table table--top">
                <caption class="visually-hidden">{words.before_and_after}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.field}</th>
                        <th scope="col">{words.before}</th>
                        <th scope="col">{words.after}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn values(lines: &[String], locale: Locale) -> Option<String> {
    let separator = dot(locale);
    let words: Vec<String> = lines.iter().map(|line| value(line, locale)).collect();
    (!words.is_empty()).then(|| words.join(separator))
}

/// The lines of both sides by field, in the order in which fields first occur. Lines without a field share one.
fn paired(before: &[String], after: &[String]) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut rows: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
    for (line, is_after) in before.iter().map(|line| (line, false)).chain(after.iter().map(|line| (line, true))) {
        let (name, value) = line.split_once(": ").unwrap_or(("", line));
        let at = rows.iter().position(|row| row.0 == name).unwrap_or_else(|| {
            rows.push((name.to_owned(), Vec::new(), Vec::new()));
            rows.len() - 1
        });
        if let Some(row) = rows.get_mut(at) {
            if is_after { row.2.push(value.to_owned()) } else { row.1.push(value.to_owned()) }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_field_stand_side_by_side() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let rows = paired(&lines(&["a: 1", "admin"]), &lines(&["b: x: y", "a: 2", "auditor"]));
        assert_eq!(rows[0], ("a".to_owned(), lines(&["1"]), lines(&["2"])));
        assert_eq!(rows[1], (String::new(), lines(&["admin"]), lines(&["auditor"])));
        assert_eq!(rows[2], ("b".to_owned(), lines(&[]), lines(&["x: y"])));
        assert_eq!(short_mac(&[0x7c, 0x41, 0, 0xe0, 0x9a]), "7c41…e09a");
        assert_eq!(short_mac(&[]), "–");
        assert_eq!(clock_time(0), "9:00");
    }
}
