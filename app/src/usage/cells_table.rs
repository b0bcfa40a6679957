//! The one table: months by services, people and sign-ins, hidden cells with their reason; and the notes under it.

use std::collections::BTreeSet;

use domain::calendar::Month;
use domain::disclosure::{Cell, HiddenReason, Publication, Threshold};
use domain::locale::Locale;
use leptos::prelude::*;
use service::usage::ServiceUsage;

use super::text::Words;
use crate::components::badge::{Badge, Mark};
use crate::text::fill;

pub(super) fn cells_table(
    services: &[&ServiceUsage],
    months: &[Month],
    publication: Publication,
    locale: Locale,
) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let span = |month: Option<&Month>| month.map(|month| month.text(locale)).unwrap_or_default();
    let caption = fill(words.table_caption, &[("from", &span(months.first())), ("to", &span(months.last()))]);
    let groups = services
        .iter()
        .map(|service| view! { <th scope="colgroup" colspan="2" class="group">{service.name.get(locale).to_owned()}</th> })
        .collect_view();
    let heads = services
        .iter()
        .map(|_| view! { <th scope="col" class="num group">{words.people}</th><th scope="col" class="num">{words.sign_ins}</th> })
        .collect_view();
    let rows = months
        .iter()
        .map(|month| {
            let cells = services.iter().map(|service| cell_view(service.cells.get(month), locale)).collect_view();
            view! { <tr><th scope="row" class="nowrap">{month.text(locale)}</th>{cells}</tr> }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="table-h">
            <div class="panel__head">
                <div>
                    <h2 id="table-h">{words.table_title}" "<Badge mark=Mark::Final word=words.settled/></h2>
                    <p>{words.table_note}</p>
                </div>
            </div>
            <div class="table-scroll" role="region" aria-labelledby="usage-c" tabindex="0">
                <table class="table table--sticky table--wide table--grouped">
                    <caption class="visually-hidden" id="usage-c">{caption}</caption>
                    <thead>
                        <tr><th scope="col" rowspan="2">{words.month}</th>{groups}</tr>
                        <tr>{heads}</tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div class="panel__foot">{notes(reasons(services, months), publication, locale)}</div>
        </section>
    }
}

fn cell_view(cell: Option<&Cell>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    match cell {
        None => view! { <td class="num group muted" colspan="2">{words.not_begun}</td> }.into_any(),
        Some(Cell::Hidden(reason)) => view! {
            <td class="num group cell-hidden" colspan="2">
                {words.hidden_word}<span class="sub">{reason.words().get(locale)}</span>
            </td>
        }
        .into_any(),
        Some(Cell::Shown { people, sign_ins }) => view! {
            <td class="num group">{people.to_string()}</td>
            <td class="num muted">{sign_ins.to_string()}</td>
        }
        .into_any(),
    }
}

fn reasons(services: &[&ServiceUsage], months: &[Month]) -> BTreeSet<&'static str> {
    let cells = services.iter().flat_map(|service| months.iter().filter_map(|month| service.cells.get(month)));
    cells.filter_map(Cell::hidden).map(HiddenReason::as_str).collect()
}

/// What the words of the table mean, the reasons that occur in it first.
fn notes(reasons: BTreeSet<&'static str>, publication: Publication, locale: Locale) -> impl IntoView {
    let words = Words::of(locale);
    let why = HiddenReason::ALL
        .into_iter()
        .filter(|reason| reasons.contains(reason.as_str()))
        .map(|reason| {
            let text = match (reason, publication) {
                (HiddenReason::FewPeople, Publication::Months(threshold)) => few_note(threshold, locale),
                _ => reason.explanation().get(locale).to_owned(),
            };
            view! { <div><dt>{reason.words().get(locale)}</dt><dd>{text}</dd></div> }
        })
        .collect_view();
    view! {
        <dl class="notes">
            {why}
            <div><dt>{words.people}</dt><dd>{words.people_note}</dd></div>
            <div><dt>{words.sign_ins}</dt><dd>{words.sign_ins_note}</dd></div>
            <div><dt>{words.settled}</dt><dd>{words.settled_note}</dd></div>
        </dl>
    }
}

fn few_note(threshold: Threshold, locale: Locale) -> String {
    let words = Words::of(locale);
    let basis = if threshold == Threshold::TEN { words.basis_large } else { words.basis_other };
    fill(words.few_note, &[("n", &threshold.people().to_string()), ("basis", basis)])
}
