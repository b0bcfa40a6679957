//! Where months are not published: why, and the bands of the fiscal years.

use domain::calendar::FiscalYear;
use domain::disclosure::{BandCell, HiddenReason, Publication};
use domain::locale::Locale;
use leptos::prelude::*;
use service::usage::{ServiceUsage, UsageReport, closes_on};

use super::text::{Words, day_name};
use crate::components::banner::Banner;
use crate::components::table::{Column, Table};
use crate::forms::Tone;
use crate::text::fill;

/// Says why there are no months, and what there is instead. `settings` leads to where the band is switched on.
pub(super) fn no_months(report: &UsageReport, year: FiscalYear, settings: Option<String>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let reason = match report.publication {
        Publication::Months(_) => return ().into_any(),
        Publication::YearlyBand => HiddenReason::SmallMunicipality,
        Publication::Nothing => HiddenReason::PopulationUnknown,
    };
    let next = (report.publication == Publication::YearlyBand).then(|| {
        if report.yearly_band {
            let day = day_name(closes_on(year.last_month()), locale);
            let waits = fill(words.band_waits, &[("year", &year.text(locale)), ("day", &day)]);
            view! { <p>{waits}</p> }.into_any()
        } else {
            let link = settings.map(|href| view! { " "<a href=href>{words.to_settings}</a> });
            view! { <p>{words.band_off}{link}</p> }.into_any()
        }
    });
    view! {
        <Banner tone=Tone::Info title=words.small_title><p>{reason.explanation().get(locale)}</p>{next}</Banner>
    }
    .into_any()
}

/// The bands of closed fiscal years, newest first; nothing if there are none.
pub(super) fn band_table(report: &UsageReport, locale: Locale) -> Option<AnyView> {
    let words = Words::of(locale);
    let services: Vec<&ServiceUsage> = report.services.iter().filter(|service| !service.bands.is_empty()).collect();
    if services.is_empty() {
        return None;
    }
    let mut columns = vec![Column::new(words.fiscal_year)];
    columns.extend(services.iter().map(|service| Column::new(service.name.get(locale))));
    let rows = report
        .years
        .iter()
        .map(|year| {
            let cells = services.iter().map(|service| band_view(service.bands.get(year), locale)).collect_view();
            view! { <tr><th scope="row" class="nowrap">{year.text(locale)}</th>{cells}</tr> }
        })
        .collect_view();
    let table = view! {
        <section class="panel" aria-labelledby="bands-h">
            <div class="panel__head"><div><h2 id="bands-h">{words.bands_title}</h2><p>{words.bands_note}</p></div></div>
            <Table id="bands" caption=words.bands_caption columns>{rows}</Table>
        </section>
    };
    Some(table.into_any())
}

fn band_view(cell: Option<&BandCell>, locale: Locale) -> AnyView {
    match cell {
        None => view! { <td class="muted">{Words::of(locale).not_begun}</td> }.into_any(),
        Some(cell @ BandCell::Shown(_)) => view! { <td>{cell.text(locale)}</td> }.into_any(),
        Some(cell @ BandCell::Hidden(reason)) => view! {
            <td class="cell-hidden">{cell.text(locale)}<span class="sub">{reason.words().get(locale)}</span></td>
        }
        .into_any(),
    }
}
