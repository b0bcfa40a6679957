//! The last closed month of each service on the overview, beside the eleven before it.

use domain::calendar::Month;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::gate::{Act, Resource};
use service::usage::{ServiceUsage, UsageReport};

use super::page::visible;
use super::period::back;
use super::text::{Words, joins_on, month_name};
use crate::components::badge::{Badge, Mark};
use crate::components::chart::{Point, Spark};
use crate::components::empty_state::EmptyInline;
use crate::components::icon::Drawing;
use crate::console::Console;
use crate::render::{Piece, piece};
use crate::text::fill;

/// The panel, for those who may read figures; reading it is not an act of its own.
pub(crate) async fn recent_panel(console: &Console) -> Result<Option<Piece>, Error> {
    if !console.may(Act::Read, Resource::UsageReport) {
        return Ok(None);
    }
    let report = console.service().glance_at_usage(&console.town().caller).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    Ok(Some(piece(move || match report.months.last() {
        Some(last) => panel(&report, *last, locale, &tenant).into_any(),
        None => nothing_yet(locale),
    })))
}

fn nothing_yet(locale: Locale) -> AnyView {
    let words = Words::of(locale);
    view! {
        <section class="panel" aria-labelledby="use">
            <div class="panel__head panel__head--line"><h2 id="use">{words.recent_title}</h2></div>
            <EmptyInline title=words.nothing_title text=words.nothing_text icon=Drawing::Bars/>
        </section>
    }
    .into_any()
}

fn panel(report: &UsageReport, last: Month, locale: Locale, tenant: &TenantSlug) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let months: Vec<Month> = (0..12).rev().map(|ago| back(last, ago)).collect();
    let month = month_name(last, locale);
    let values = [("month", month.as_str())];
    let (first, until) = (back(last, 11).text(locale), last.text(locale));
    let span = [("from", first.as_str()), ("to", until.as_str())];
    let rows = visible(report, &months).into_iter().map(|service| row(service, &months, locale, tenant)).collect_view();
    let joins = joins_on(last.next(), locale);
    view! {
        <section class="panel" aria-labelledby="use">
            <div class="panel__head">
                <div>
                    <h2 id="use">{words.recent_title}" "<Badge mark=Mark::Final word=fill(words.recent_until, &values)/></h2>
                    <p>{fill(words.recent_note, &[("joins", &joins)])}</p>
                </div>
                <a class="text-14" href=paths::console_usage(tenant)>{words.recent_all}</a>
            </div>
            <div class="table-scroll" role="region" aria-labelledby="use-c" tabindex="0">
                <table class="table use-table table--sticky">
                    <caption class="visually-hidden" id="use-c">{fill(words.recent_caption, &values)}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{words.csv_service}</th>
                            <th scope="col" class="num">{fill(words.recent_people, &values)}</th>
                            <th scope="col" class="num">{words.recent_sign_ins}</th>
                            <th scope="col">{fill(words.recent_span, &span)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div class="panel__foot">
                <ul class="legend">
                    <li><span class="swatch swatch--gap"></span>{words.gap_legend}</li>
                    <li>{words.heights_legend}</li>
                </ul>
            </div>
        </section>
    }
}

fn row(service: &ServiceUsage, months: &[Month], locale: Locale, tenant: &TenantSlug) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let name = service.name.get(locale).to_owned();
    let points: Vec<Point> = months.iter().map(|month| Point::of(service.cells.get(month))).collect();
    let text = |month: Option<&Month>| month.map(|month| month.text(locale)).unwrap_or_default();
    let more = if points.contains(&Point::Hidden) { words.spark_hidden } else { "" };
    let label = fill(
        words.spark_label,
        &[("name", &name), ("from", &text(months.first())), ("to", &text(months.last())), ("more", more)],
    );
    let cell = months.last().and_then(|month| service.cells.get(month));
    let figures = match cell.map(|cell| (cell, cell.people(), cell.sign_ins())) {
        Some((_, Some(people), Some(sign_ins))) => view! {
            <td class="num use-table__n">{people.to_string()}<small>{words.unit_people}</small></td>
            <td class="num muted">{sign_ins.to_string()}{words.unit_times}</td>
        }
        .into_any(),
        Some((cell, ..)) => {
            let reason = cell.hidden().map(|reason| reason.words().get(locale));
            view! { <td class="num cell-hidden" colspan="2">{words.hidden_word}<span class="sub">{reason}</span></td> }
                .into_any()
        }
        None => view! { <td class="num muted" colspan="2">{words.not_begun}</td> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><a href=paths::console_relying_party(tenant, service.id)>{name}</a></th>
            {figures}
            <td><Spark label=label points=points/></td>
        </tr>
    }
}
