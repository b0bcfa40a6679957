//! What pages of relying parties, residency rules and consent texts have in common: badges, differences, versions, and the
//! steps of a version's life.

pub(crate) mod diff;
pub(crate) mod editing;
pub(crate) mod life;
pub(crate) mod lists;
pub(crate) mod text;
pub(crate) mod versions;

use domain::calendar::{long_date, parse_iso_date, tokyo, tokyo_date};
use domain::configuration::VersionState;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::configuration::{Ability, ConfigurationId, Standing};

use self::text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::button::{DisabledButton, LinkButton, Weight};
use crate::components::icon::Drawing;
use crate::text::fill;

fn at(seconds: i64) -> time::OffsetDateTime {
    time::OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
}

/// The day in Japan, in words.
pub(crate) fn day(seconds: i64, locale: Locale) -> String {
    long_date(tokyo_date(at(seconds)), locale)
}

/// The day and the minute in Japan.
pub(crate) fn minute(seconds: i64, locale: Locale) -> String {
    let time = tokyo(at(seconds));
    format!("{} {}:{:02}", day(seconds, locale), time.hour(), time.minute())
}

/// The minute as a machine reads it.
pub(crate) fn machine_minute(seconds: i64) -> String {
    let time = tokyo(at(seconds));
    format!("{}T{:02}:{:02}+09:00", domain::calendar::iso_date(time.date()), time.hour(), time.minute())
}

/// A day of a column, in words.
pub(crate) fn iso_day(text: &str, locale: Locale) -> String {
    parse_iso_date(text).map_or_else(|_| text.to_owned(), |day| long_date(day, locale))
}

/// `第3版`.
pub(crate) fn version_word(number: i64, locale: Locale) -> String {
    fill(Words::of(locale).version, &[("n", &number.to_string())])
}

/// How something stands, as a badge.
pub(crate) fn standing_badge(standing: Standing, locale: Locale) -> AnyView {
    let mark = match standing {
        Standing::Published => Mark::Live,
        Standing::InReview => Mark::Waiting,
        Standing::Approved => Mark::Due,
        Standing::SentBack => Mark::SentBack,
        Standing::Draft => Mark::Draft,
        Standing::Suspended => Mark::Paused,
        Standing::Withdrawn => Mark::Over,
    };
    view! { <Badge mark word=Words::of(locale).standing(standing)/> }.into_any()
}

/// The state of a version, as a badge.
pub(crate) fn state_badge(state: VersionState, locale: Locale) -> AnyView {
    let mark = match state {
        VersionState::Draft => Mark::Draft,
        VersionState::Submitted => Mark::Waiting,
        VersionState::ChangesRequested => Mark::SentBack,
        VersionState::Approved => Mark::Due,
        VersionState::Published => Mark::Live,
        VersionState::Archived | VersionState::Withdrawn => Mark::Over,
    };
    view! { <Badge mark word=state.words().get(locale)/> }.into_any()
}

/// A link that is a button, or the button with the reason why it cannot be pressed.
pub(crate) fn allowed_link(
    ability: Ability,
    word: &'static str,
    href: String,
    weight: Weight,
    icon: Drawing,
    id: &'static str,
    locale: Locale,
) -> AnyView {
    match ability {
        Ok(()) => view! { <LinkButton word href weight icon/> }.into_any(),
        Err(barred) => {
            let reason = Words::of(locale).barred(barred, locale);
            view! { <DisabledButton word reason id weight icon/> }.into_any()
        }
    }
}

/// The page of a configuration.
pub(crate) fn detail_path(tenant: &TenantSlug, id: ConfigurationId) -> String {
    match id {
        ConfigurationId::RelyingParty(id) => paths::console_relying_party(tenant, id),
        ConfigurationId::ResidencyRule(id) => paths::console_residency_rule(tenant, id),
        ConfigurationId::ConsentText(id) => paths::console_consent_text(tenant, id),
    }
}

/// Its editor.
pub(crate) fn edit_path(tenant: &TenantSlug, id: ConfigurationId) -> String {
    match id {
        ConfigurationId::RelyingParty(id) => paths::console_relying_party_edit(tenant, id),
        ConfigurationId::ResidencyRule(id) => paths::console_residency_rule_edit(tenant, id),
        ConfigurationId::ConsentText(id) => paths::console_consent_text_edit(tenant, id),
    }
}

/// The list that it is in.
pub(crate) fn list_path(tenant: &TenantSlug, id: ConfigurationId) -> String {
    match id {
        ConfigurationId::RelyingParty(_) => paths::console_relying_parties(tenant),
        ConfigurationId::ResidencyRule(_) => paths::console_residency_rules(tenant),
        ConfigurationId::ConsentText(_) => paths::console_consent_texts(tenant),
    }
}
