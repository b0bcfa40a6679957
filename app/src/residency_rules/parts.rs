//! What the pages of one rule have in common: its tabs, its place in the console, its versions.

use std::collections::BTreeSet;

use domain::configuration::VersionState;
use domain::ids::ResidencyRuleId;
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::names::TenantSlug;
use domain::paths;
use domain::residency::changes::codes_named_by;
use domain::violations::Violations;
use leptos::prelude::*;
use service::configuration::{Content, Detail, Form};

use super::proof_text::Words;
use super::text::Words as Rules;
use crate::components::panel::Panel;
use crate::components::tabs::{Tab, Tabs};
use crate::configuration::{standing_badge, version_word};
use crate::console::{Area, Console, ConsolePage};

/// A part of a rule's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Rule,
    Cases,
    MassTrial,
    Comparison,
}

impl Part {
    const ALL: [Part; 4] = [Part::Rule, Part::Cases, Part::MassTrial, Part::Comparison];

    const fn word(self, words: &Words) -> &'static str {
        match self {
            Part::Rule => words.tab_rule,
            Part::Cases => words.tab_cases,
            Part::MassTrial => words.tab_mass,
            Part::Comparison => words.tab_comparison,
        }
    }

    fn path(self, tenant: &TenantSlug, id: ResidencyRuleId) -> String {
        match self {
            Part::Rule => paths::console_residency_rule(tenant, id),
            Part::Cases => paths::console_residency_rule_cases(tenant, id),
            Part::MassTrial => paths::console_residency_rule_mass_trial(tenant, id),
            Part::Comparison => paths::console_residency_rule_comparison(tenant, id),
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

/// The municipalities that the rule on the page names, for pickers.
pub(super) fn codes_named(detail: &Detail) -> BTreeSet<MunicipalityCode> {
    let of_draft = detail.draft.as_ref().and_then(|draft| match draft {
        Form::ResidencyRule(form) => form.rule(&mut Violations::default(), MunicipalityTable::japan()),
        _ => None,
    });
    let of_content = match &detail.content {
        Some(Content::ResidencyRule(content)) => Some(content.rule.clone()),
        _ => None,
    };
    of_draft.iter().chain(&of_content).flat_map(codes_named_by).collect()
}

/// A rule's versions as files, and the way to make the next one from a file.
pub(super) fn exchange(detail: &Detail, tenant: &TenantSlug, id: ResidencyRuleId, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let files = complete_versions(detail)
        .into_iter()
        .filter(|number| *number == detail.latest || Some(*number) == detail.published);
    let files = files
        .map(|number| {
            let href = paths::console_residency_rule_json(tenant, id, number);
            view! { <li><a href=href>{version_word(number, locale)}": "{words.export}</a></li> }
        })
        .collect_view();
    let import = detail.abilities.draft.is_ok().then(|| {
        let href = paths::console_residency_rule_import_next(tenant, id);
        view! { <li><a href=href>{words.import_title}</a></li> }
    });
    let schema = paths::residency_rule_schema();
    view! {
        <Panel id="exchange" title=words.exchange note=words.exchange_note>
            <ul>{files}{import}<li><a href=schema>{words.schema}</a></li></ul>
        </Panel>
    }
    .into_any()
}
