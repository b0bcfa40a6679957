//! The statistics page.

use domain::calendar::{FiscalYear, Month, long_date, tokyo_date};
use domain::ids::RelyingPartyId;
use domain::locale::Locale;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::gate::{Act, Resource};
use service::usage::{ServiceUsage, UsageReport};

use super::band_table::{band_table, no_months};
use super::cells_table::cells_table;
use super::period::{Chosen, Period, back, latest};
use super::summary::summary;
use super::text::{Words, joined, short_month};
use crate::components::button::{LinkButton, Weight};
use crate::components::chart::{BarChart, LINES, LineChart, Point, Series};
use crate::components::empty_state::EmptyInline;
use crate::components::icon::Drawing;
use crate::components::list::ListQuery;
use crate::console::{Area, Console, ConsolePage};
use crate::text::fill;

/// Everything that the page shows.
struct View {
    report: UsageReport,
    period: Period,
    /// The service whose months stand beside those of the year before.
    chosen: Option<RelyingPartyId>,
    coming: Month,
    settings: Option<String>,
    printed: String,
    locale: Locale,
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let query = ListQuery::of(&console);
    let now = console.service().clock().now();
    let period = Period::of(&query, now);
    let (from, to) = period.with_year_before();
    let report = console.service().read_usage(&console.town().caller, from, to, false).await?;
    let words = Words::of(console.locale);
    let tenant = &console.town().tenant;
    let today = long_date(tokyo_date(now), console.locale);
    let view = View {
        coming: coming(&report, now),
        chosen: query.get("service").parse().ok(),
        settings: console.may(Act::Update, Resource::Tenant).then(|| paths::console_settings(tenant)),
        printed: fill(words.printed, &[("town", console.organisation_name()), ("day", &today)]),
        locale: console.locale,
        report,
        period,
    };
    let file = query.with("service", "").replacen(query.cleared(), &paths::console_usage_csv(tenant), 1);
    let page = ConsolePage::new(Area::Usage, words.title, move || body(&view)).lead(words.lead);
    Ok(page.actions(move || {
        view! { <LinkButton word=words.save_csv href=file weight=Weight::Quiet icon=Drawing::Save/> }
    }))
}

/// The month that is added next: the one after the last closed one, or the one that runs.
fn coming(report: &UsageReport, now: time::OffsetDateTime) -> Month {
    report.closed.last().map_or_else(|| latest(now).next(), |month| month.next())
}

/// Services that have something to say in these months.
pub(super) fn visible<'a>(report: &'a UsageReport, months: &[Month]) -> Vec<&'a ServiceUsage> {
    report.services.iter().filter(|service| months.iter().any(|month| service.cells.contains_key(month))).collect()
}

fn body(view: &View) -> impl IntoView + use<> {
    let View { report, period, locale, .. } = view;
    let words = Words::of(*locale);
    let months: Vec<Month> = report.months.iter().copied().filter(|month| period.contains(*month)).collect();
    let services = visible(report, &months);
    let anything = services
        .iter()
        .any(|service| months.iter().any(|month| service.cells.get(month).is_some_and(|cell| cell.people().is_some())));
    let by_month = matches!(report.publication, domain::disclosure::Publication::Months(_)) || anything;
    let content = if report.closed.is_empty() {
        nothing(words.nothing_title, words.nothing_text)
    } else if services.is_empty() {
        nothing(words.none_in_period, words.none_in_period_text)
    } else if by_month {
        let charts = anything.then(|| charts(view, &services, &months));
        view! {
            {summary(&services, &months, view.coming, *locale)}
            {charts}
            {cells_table(&services, &months, report.publication, *locale)}
        }
        .into_any()
    } else {
        ().into_any()
    };
    let year = view.coming.fiscal_year();
    view! {
        <p class="print-only">{view.printed.clone()}</p>
        <div class="stack stack--tight">
            {by_month.then(|| toolbar(view, &services))}
            {no_months(report, year, view.settings.clone(), *locale)}
            {band_table(report, *locale)}
            {content}
        </div>
    }
}

fn nothing(title: &'static str, text: &'static str) -> AnyView {
    view! { <div class="panel"><EmptyInline title text icon=Drawing::Bars/></div> }.into_any()
}

fn toolbar(view: &View, services: &[&ServiceUsage]) -> impl IntoView + use<> {
    let View { report, period, locale, .. } = view;
    let words = Words::of(*locale);
    let mut years: Vec<FiscalYear> = report.closed.iter().map(|month| month.fiscal_year()).collect();
    years.dedup();
    if let Chosen::Year(year) = period.chosen
        && !years.contains(&year)
    {
        years.push(year);
    }
    let preset = period.preset();
    let presets = std::iter::once((String::new(), words.recent.to_owned()))
        .chain(years.iter().rev().take(10).map(|year| (format!("fy{}", year.year()), year.text(*locale))))
        .chain([("months".to_owned(), words.choose.to_owned())]);
    let presets: Vec<_> = presets.map(|(value, word)| (value.clone(), word, value == preset)).collect();
    let months = |chosen: Month| -> Vec<_> {
        let mut months = report.closed.clone();
        if !months.contains(&chosen) {
            months.push(chosen);
            months.sort_unstable();
        }
        let options = months.into_iter().rev();
        options.map(|month| (month.to_string(), month.text(*locale), month == chosen)).collect()
    };
    let compared = compared(view, services).map(|service| service.id);
    let choices: Vec<_> = services
        .iter()
        .map(|service| (service.id.to_string(), service.name.get(*locale).to_owned(), Some(service.id) == compared))
        .collect();
    view! {
        <form class="panel no-print" method="get" aria-label=words.filter_label>
            <div class="toolbar">
                {select("preset", words.period, presets)}
                {select("from", words.from, months(period.from))}
                {select("to", words.to, months(period.to))}
                {(!choices.is_empty()).then(|| select("service", words.compared, choices))}
                <button class="button button--secondary" type="submit">{words.apply}</button>
            </div>
            <p class="toolbar__applied muted">{words.choose_help}</p>
        </form>
    }
}

fn select(name: &'static str, label: &'static str, options: Vec<(String, String, bool)>) -> impl IntoView {
    let options = options
        .into_iter()
        .map(|(value, word, selected)| view! { <option value=value selected=selected>{word}</option> })
        .collect_view();
    view! {
        <div class="field">
            <label class="field__label" for=name>{label}</label>
            <select class="input" id=name name=name>{options}</select>
        </div>
    }
}

/// The service of the bars: the one that was asked for, else the one with the most people in the last month.
fn compared<'a>(view: &View, services: &[&'a ServiceUsage]) -> Option<&'a ServiceUsage> {
    let asked = services.iter().find(|service| Some(service.id) == view.chosen);
    asked.copied().or_else(|| services.iter().rev().max_by_key(|service| last_figure(service, view.period.to)).copied())
}

/// The last figure that is shown up to a month, for the order of services.
fn last_figure(service: &ServiceUsage, to: Month) -> Option<domain::disclosure::DisclosedFigure> {
    service.cells.range(..=to).rev().find_map(|(_, cell)| cell.people())
}

fn charts(view: &View, services: &[&ServiceUsage], months: &[Month]) -> impl IntoView + use<> {
    let bars = compared(view, services).map(|service| bars(service, months, view.locale));
    view! {
        <div class="columns columns--half columns--pair">
            {lines(services, months, view.period.to, view.locale)}
            {bars}
        </div>
    }
}

fn lines(services: &[&ServiceUsage], months: &[Month], to: Month, locale: Locale) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let mut drawn = services.to_vec();
    if drawn.len() > LINES {
        drawn.sort_by_key(|service| std::cmp::Reverse(last_figure(service, to)));
        drawn.truncate(LINES);
    }
    let rest = (services.len() > LINES).then(|| view! { <p class="text-14 muted">{words.lines_rest}</p> });
    let hidden: Vec<String> = drawn
        .iter()
        .filter(|service| {
            months.iter().any(|month| service.cells.get(month).is_some_and(|cell| cell.hidden().is_some()))
        })
        .map(|service| service.name.get(locale).to_owned())
        .collect();
    let legend = (!hidden.is_empty()).then(|| {
        let text = fill(words.hidden_legend, &[("names", &joined(&hidden, locale))]);
        view! { <ul class="legend"><li><span class="swatch swatch--hidden"></span>{text}</li></ul> }
    });
    let series = drawn
        .iter()
        .map(|service| Series {
            name: service.name.get(locale).to_owned(),
            points: months.iter().map(|month| Point::of(service.cells.get(month))).collect(),
        })
        .collect();
    let description = lines_description(&drawn, months, &hidden, to, locale);
    let names = months.iter().map(|month| short_month(*month, locale)).collect();
    view! {
        <section class="panel" aria-labelledby="lines">
            <div class="panel__head"><div><h2 id="lines">{words.lines_title}</h2><p>{words.chart_note}</p></div></div>
            <div class="panel__body">
                <LineChart
                    id="lines-chart"
                    title=words.lines_full.to_owned()
                    description=description
                    months=names
                    series=series
                    hidden_word=words.hidden_word
                />
                {legend}
                {rest}
            </div>
        </section>
    }
}

/// The chart in words, for those who do not see it. No number: those are in the table.
fn lines_description(
    drawn: &[&ServiceUsage],
    months: &[Month],
    hidden: &[String],
    to: Month,
    locale: Locale,
) -> String {
    let words = Words::of(locale);
    let text = |month: Option<&Month>| month.map(|month| month.text(locale)).unwrap_or_default();
    let mut said = fill(words.lines_span, &[("from", &text(months.first())), ("to", &text(months.last()))]);
    let name = |service: &ServiceUsage| service.name.get(locale).to_owned();
    if let Some(most) = drawn.iter().filter_map(|service| last_figure(service, to)).max() {
        let leaders: Vec<String> = drawn
            .iter()
            .filter(|service| last_figure(service, to) == Some(most))
            .map(|service| name(service))
            .collect();
        said.push_str(&fill(words.lines_most, &[("names", &joined(&leaders, locale))]));
    }
    for service in drawn {
        let began = months.iter().find(|month| service.cells.contains_key(month));
        if began.is_some() && began != months.first() {
            said.push_str(&fill(words.lines_began, &[("name", &name(service)), ("month", &text(began))]));
        }
    }
    if !hidden.is_empty() {
        said.push_str(&fill(words.lines_hidden, &[("names", &joined(hidden, locale))]));
    }
    said.push_str(words.numbers_below);
    said
}

fn bars(service: &ServiceUsage, months: &[Month], locale: Locale) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let name = service.name.get(locale).to_owned();
    let text = |month: Option<&Month>| month.map(|month| month.text(locale)).unwrap_or_default();
    let span = [("from", text(months.first())), ("to", text(months.last())), ("name", name)];
    let span = span.each_ref().map(|(key, value)| (*key, value.as_str()));
    let before = |month: &Month| service.cells.get(&back(*month, 12));
    let rows = months
        .iter()
        .map(|month| {
            let cells = [service.cells.get(month), before(month)].map(|cell| match cell {
                None => words.not_begun.to_owned(),
                Some(cell) => cell.people().map_or_else(|| words.hidden_word.to_owned(), |people| people.to_string()),
            });
            let cells = cells.map(|cell| view! { <td class="num">{cell}</td> }).collect_view();
            view! { <tr><th scope="row" class="nowrap">{month.text(locale)}</th>{cells}</tr> }
        })
        .collect_view();
    let description = if months.iter().any(|month| before(month).is_some()) {
        fill(words.bars_span, &span)
    } else {
        format!("{}{}", fill(words.lines_span, &span), words.numbers_below)
    };
    // Without a year before there is nothing to tell apart, and the numbers are in the one table.
    let compared = months.iter().any(|month| before(month).is_some()).then(|| {
        view! {
            <ul class="legend">
                <li><span class="swatch"></span>{fill(words.this_period, &span)}</li>
                <li><span class="swatch swatch--last-year"></span>{words.year_before}</li>
            </ul>
            <details class="disclosure">
                <summary><span>{words.before_as_table}</span></summary>
                <div class="disclosure__body">
                    <table class="table table--compact">
                        <caption class="visually-hidden">{fill(words.before_caption, &span)}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{words.month}</th>
                                <th scope="col" class="num">{words.in_period}</th>
                                <th scope="col" class="num">{words.year_before}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        }
    });
    view! {
        <section class="panel" aria-labelledby="bars">
            <div class="panel__head">
                <div><h2 id="bars">{fill(words.bars_title, &span)}</h2><p>{words.chart_note}</p></div>
            </div>
            <div class="panel__body">
                <BarChart
                    id="bars-chart"
                    title=fill(words.bars_full, &span)
                    description=description
                    months=months.iter().map(|month| short_month(*month, locale)).collect()
                    points=months.iter().map(|month| Point::of(service.cells.get(month))).collect()
                    before=months.iter().map(|month| Point::of(before(month))).collect()
                />
                {compared}
            </div>
        </section>
    }
}
