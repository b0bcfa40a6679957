//! What the pages of one rule have in common: its tabs, its place in the console, its versions.

use domain::configuration::VersionState;
use domain::ids::ResidencyRuleId;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::configuration::Detail;

use super::proof_text::Words;
use super::text::Words as Rules;
use crate::components::tabs::{Tab, Tabs};
use crate::configuration::standing_badge;
use crate::console::{Area, Console, ConsolePage};

/// A part of a rule's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Rule,
    MassTrial,
}

impl Part {
    const ALL: [Part; 2] = [Part::Rule, Part::MassTrial];

    const fn word(self, words: &Words) -> &'static str {
        match self {
            Part::Rule => words.tab_rule,
            Part::MassTrial => words.tab_mass,
        }
    }

    fn path(self, tenant: &TenantSlug, id: ResidencyRuleId) -> String {
        match self {
            Part::Rule => paths::console_residency_rule(tenant, id),
            Part::MassTrial => paths::console_residency_rule_mass_trial(tenant, id),
        }
    }
}

/// The tabs above a part.
pub(super) fn tabs(tenant: &TenantSlug, id: ResidencyRuleId, current: Part, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let tab =
        |part: Part| Tab { word: part.word(words).to_owned(), href: part.path(tenant, id), current: part == current };
    view! { <Tabs label=words.tabs tabs=Part::ALL.map(tab).to_vec()/> }.into_any()
}

/// A part of a rule as a page: title, trail, badge and tabs above its body.
pub(super) fn page(
    console: &Console,
    detail: &Detail,
    id: ResidencyRuleId,
    part: Part,
    body: impl FnOnce() -> AnyView + Send + 'static,
) -> ConsolePage {
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let name = detail.title.get(locale).to_owned();
    let (standing, words) = (detail.standing, Words::of(locale));
    let (list, rule) = (paths::console_residency_rules(&tenant), paths::console_residency_rule(&tenant, id));
    let title = format!("{name}: {}", part.word(words));
    let page = ConsolePage::new(Area::ResidencyRules, title, move || {
        view! { <div class="stack">{tabs(&tenant, id, part, locale)}{body()}</div> }
    });
    page.below(Rules::of(locale).title, list).below(name, rule).mark(move || standing_badge(standing, locale))
}

/// The versions that can be tried, newest first: drafts that lack something cannot.
pub(super) fn complete_versions(detail: &Detail) -> Vec<i64> {
    let drafting = |state: VersionState| state.is_editable();
    let complete = detail.versions.iter().filter(|version| !drafting(version.state) || detail.lacks.is_empty());
    complete.map(|version| version.number).collect()
}
