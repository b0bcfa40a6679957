//! Two versions of a rule over every town of Japan and over the saved cases: who becomes eligible, who is not any more.

use domain::ids::ResidencyRuleId;
use domain::locale::Locale;
use domain::municipality::MunicipalityTable;
use domain::residency::{ChangedTowns, Difference};
use leptos::prelude::*;
use service::Error;
use service::configuration::{Compared, Detail};
use service::residency_rules::{ComparedCase, Effects, RuleComparison};

use super::parts::{self, Part};
use super::proof_text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::panel::Panel;
use crate::components::table::{Column, Table};
use crate::configuration::text::Words as Shared;
use crate::configuration::version_word;
use crate::console::{Console, ConsolePage};
use crate::text::fill;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let (service, caller) = (console.service(), &console.town().caller);
    let number = |name: &str| console.query(name).parse::<i64>().ok();
    let detail = service.get_configuration(caller, id, Compared::default(), console.locale).await?;
    let found = service.compare_rule_versions(caller, id, number("from"), number("to")).await?;
    let (at, about) = (console.clone(), detail.clone());
    Ok(parts::page(&at, &about, id, Part::Comparison, move || body(&detail, found, console.locale)))
}

fn body(detail: &Detail, found: RuleComparison, locale: Locale) -> AnyView {
    let choice = (detail.versions.len() > 1).then(|| choose(detail, found.from, found.to, locale));
    view! { {choice}{effects(found, locale)} }.into_any()
}

fn choose(detail: &Detail, from: Option<i64>, to: i64, locale: Locale) -> AnyView {
    let words = Shared::of(locale);
    let options = |chosen: Option<i64>| {
        let option = |number: i64| {
            view! {
                <option value=number.to_string() selected=Some(number) == chosen>{version_word(number, locale)}</option>
            }
        };
        detail.versions.iter().map(|version| option(version.number)).collect_view()
    };
    view! {
        <form class="inline-field" method="get">
            <label for="compare-from">{words.compare_from}</label>
            <select class="input input--short" id="compare-from" name="from">{options(from)}</select>
            <label for="compare-to">{words.compare_with}</label>
            <select class="input input--short" id="compare-to" name="to">{options(Some(to))}</select>
            <button class="button button--quiet" type="submit">{words.compare}</button>
        </form>
    }
    .into_any()
}

/// What changes from one version to the other; also on the page of a decision.
pub(crate) fn effects(found: RuleComparison, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let to = version_word(found.to, locale);
    let Some(from) = found.from else {
        return view! { <Panel id="effects" title=words.effects><p>{words.first_version}</p></Panel> }.into_any();
    };
    let note = fill(words.effects_note, &[("from", &version_word(from, locale)), ("to", &to)]);
    let Some(Effects { towns, cases }) = found.effects else {
        return view! { <Panel id="effects" title=words.effects note><p>{words.nothing_complete}</p></Panel> }
            .into_any();
    };
    let summary = summary(towns.gained(), towns.lost(), locale);
    let differences = towns
        .differences
        .iter()
        .filter(|difference| !difference.gained.is_empty() || !difference.lost.is_empty())
        .map(|difference| profile(difference, locale))
        .collect_view();
    let cases = case_table(cases, from, found.to, locale);
    view! {
        <Panel id="effects" title=words.effects note line=true>
            <p class="sentence-large">{summary}</p>
            {differences}
        </Panel>
        {cases}
    }
    .into_any()
}

/// `12の町域が新しく対象になり、対象から外れる町域はありません。`
fn summary(gained: usize, lost: usize, locale: Locale) -> String {
    let words = Words::of(locale);
    let template = match (gained, lost) {
        (0, 0) => words.no_town_changes,
        (_, 0) => words.towns_gained,
        (0, _) => words.towns_lost,
        (_, _) => words.towns_both,
    };
    fill(template, &[("gained", &grouped(gained)), ("lost", &grouped(lost))])
}

/// `117,259`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What changes for somebody, by municipality.
fn profile(difference: &Difference, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let count = |changed: &[ChangedTowns]| grouped(changed.iter().map(|one| one.count).sum());
    let label = difference.profile.label(locale);
    let title = fill(
        words.profile,
        &[("who", &label), ("gained", &count(&difference.gained)), ("lost", &count(&difference.lost))],
    );
    let list = |title: &'static str, changed: &[ChangedTowns]| {
        (!changed.is_empty()).then(|| {
            let rows = changed.iter().map(|one| municipality(one, locale)).collect_view();
            view! { <p class="field__label">{title}</p><ul class="towns">{rows}</ul> }
        })
    };
    let (gained, lost) = (list(words.gained, &difference.gained), list(words.lost, &difference.lost));
    view! {
        <details class="disclosure">
            <summary><span>{title}</span></summary>
            <div class="disclosure__body">{gained}{lost}</div>
        </details>
    }
    .into_any()
}

fn municipality(changed: &ChangedTowns, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let row = MunicipalityTable::japan().find(changed.code);
    let name = row.map_or_else(|| changed.code.to_string(), |row| row.full_name(locale));
    let count = grouped(changed.count);
    let towns = match &changed.towns {
        None => fill(words.whole_municipality, &[("n", &count)]),
        Some(names) => names.join(crate::text::dot(locale)),
    };
    view! { <li><b>{name}</b><span class="sub">{towns}</span></li> }.into_any()
}

fn case_table(cases: Vec<ComparedCase>, from: i64, to: i64, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    if cases.is_empty() {
        return ().into_any();
    }
    let changed = cases.iter().filter(|one| one.before.outcome != one.after.outcome).count().to_string();
    let note = fill(words.cases_changed, &[("n", &cases.len().to_string()), ("changed", &changed)]);
    let columns = vec![
        Column::new(words.case),
        Column::new(words.expected),
        Column::new(version_word(from, locale)),
        Column::new(version_word(to, locale)),
        Column::new(words.result),
    ];
    let rows = cases
        .into_iter()
        .map(|ComparedCase { case, before, after }| {
            let badge = match case.passes(&after) {
                true => view! { <Badge mark=Mark::Live word=words.passes/> }.into_any(),
                false => view! { <Badge mark=Mark::Failed word=words.fails/> }.into_any(),
            };
            view! {
                <tr>
                    <th scope="row" class="cell-text">{case.label(locale)}</th>
                    <td>{case.expected().words().get(locale)}</td>
                    <td>{before.outcome.words().get(locale)}</td>
                    <td>{after.outcome.words().get(locale)}</td>
                    <td>{badge}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel id="compared-cases" title=words.cases_title note bare=true>
            <Table id="compared-case-list" caption=words.cases_caption columns class="table--wide table--top">{rows}</Table>
        </Panel>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_one_sentence() {
        assert_eq!(summary(12, 0, Locale::Ja), "12の町域が新しく対象になり、対象から外れる町域はありません。");
        assert_eq!(summary(1_234, 117_259, Locale::En), "1,234 towns become eligible, 117,259 are not any more.");
        assert_eq!(summary(0, 0, Locale::En), "In no town does the outcome change.");
        assert_eq!(summary(0, 100, Locale::Ja), "100の町域が対象から外れ、新しく対象になる町域はありません。");
    }
}
