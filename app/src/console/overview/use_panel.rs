//! The use of each service in the last closed month, with a year's bars. Only what was published: closed months, people in
//! tens, a reason where nothing is shown.

use std::fmt::Write;

use domain::calendar::Month;
use domain::disclosure::Cell;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::gate::{Act, Resource};
use service::usage::{ServiceUsage, UsageReport};
use time::Date;

use super::words::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::empty_state::EmptyInline;
use crate::components::icon::Drawing;
use crate::components::table::{Column, Table};
use crate::console::Console;
use crate::text::fill;

/// Months of a row of bars.
const MONTHS: u16 = 12;
/// The drawing: the height of the highest bar, and the ground on which all stand.
const HIGHEST: f64 = 37.0;
const GROUND: f64 = 39.0;

/// What is published, for those who may read it.
pub(super) async fn read(console: &Console, today: Date) -> Result<Option<UsageReport>, Error> {
    if !console.may(Act::Read, Resource::UsageReport) {
        return Ok(None);
    }
    let last = Month::of(today).previous();
    let first = (1..MONTHS).fold(last, |month, _| month.previous());
    console.service().glance_at_usage(&console.town().caller, first, last).await.map(Some)
}

pub(super) fn view(console: &Console, report: UsageReport) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = console.town().tenant.clone();
    let Some(last) = report.months.last().copied() else {
        return view! {
            <section class="panel" aria-labelledby="use">
                <div class="panel__head panel__head--line"><h2 id="use">{words.use_title}</h2></div>
                <EmptyInline title=words.no_months text=words.no_months_text icon=Drawing::Bars/>
            </section>
        }
        .into_any();
    };
    let months = report.months;
    let month = last.text(locale);
    let columns = vec![
        Column::new(words.service),
        Column::new(fill(words.people_in, &[("month", &month)])).numeric(),
        Column::new(words.sign_ins).numeric(),
        Column::new(months.first().map_or_else(String::new, |first| format!("{} → {month}", first.text(locale)))),
    ];
    let final_to = fill(words.final_to, &[("month", &month)]);
    let caption = fill(words.use_caption, &[("month", &month)]);
    let usage = paths::console_usage(&tenant);
    let rows = report
        .services
        .into_iter()
        .map(|service| {
            let href = paths::console_relying_party(&tenant, service.id);
            let name = service.name.get(locale).to_owned();
            let (people, sign_ins) = match service.cells.get(&last) {
                Some(Cell::Shown { people, sign_ins }) => (
                    view! { {people.to_string()}<small>{words.people}</small> }.into_any(),
                    fill(words.times, &[("n", &sign_ins.to_string())]),
                ),
                Some(Cell::Hidden(_)) => (words.hidden.into_any(), words.hidden.to_owned()),
                None => (words.not_begun.into_any(), words.not_begun.to_owned()),
            };
            let from = months.first().map(|first| first.text(locale)).unwrap_or_default();
            let label = fill(words.spark, &[("name", &name), ("from", &from), ("to", &month)]);
            view! {
                <tr>
                    <th scope="row"><a href=href>{name}</a></th>
                    <td class="num use-table__n">{people}</td>
                    <td class="num muted">{sign_ins}</td>
                    <td>
                        <svg
                            class="chart spark"
                            viewBox="0 0 202 40"
                            role="img"
                            aria-label=label
                            inner_html=bars(&service, &months)
                        ></svg>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="use">
            <div class="panel__head">
                <div>
                    <h2 id="use">{words.use_title}" "<Badge mark=Mark::Final word=final_to/></h2>
                    <p>{words.use_note}</p>
                </div>
                <a class="text-14" href=usage>{words.use_all}</a>
            </div>
            <Table id="use-caption" caption columns class="use-table">{rows}</Table>
            <div class="panel__foot">
                <ul class="legend">
                    <li><span class="swatch swatch--gap"></span>{words.legend_hidden}</li>
                    <li>{words.legend_height}</li>
                </ul>
            </div>
        </section>
    }
    .into_any()
}

/// One bar per month: as high as the month against the service's busiest; a dashed box where nothing is shown.
fn bars(service: &ServiceUsage, months: &[Month]) -> String {
    let people = |month: &Month| match service.cells.get(month) {
        Some(Cell::Shown { people, .. }) => Some(f64::from(u32::from(*people))),
        _ => None,
    };
    let busiest = months.iter().filter_map(people).fold(1.0, f64::max);
    let mut drawing = "<path class=\"chart__axis\" d=\"M0 39.5H202\"/>".to_owned();
    for (index, month) in (0_u16..).zip(months) {
        let x = 1.0 + 17.0 * f64::from(index);
        let class = if months.last() == Some(month) { "bar" } else { "bar bar--before" };
        let written = match (people(month), service.cells.contains_key(month)) {
            (Some(people), _) => {
                let height = (HIGHEST * people / busiest).max(1.0);
                let y = GROUND - height;
                write!(
                    drawing,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{y:.1}\" width=\"12\" height=\"{height:.1}\" rx=\"1.5\"/>"
                )
            }
            (None, true) => {
                let x = x + 0.5;
                write!(drawing, "<rect class=\"spark__hidden\" x=\"{x}\" y=\"29.5\" width=\"11\" height=\"9\"/>")
            }
            (None, false) => Ok(()),
        };
        // Writing into a string cannot fail.
        written.unwrap_or_default();
    }
    drawing
}
