//! The list of batches, and what can be done to all ties of a kind.

use domain::calendar::long_date;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use domain::residency::AttestationKind;
use leptos::prelude::*;
use service::Error;
use service::attestations::{BatchFilter, BatchListing, BatchSort, BatchStanding, BatchView};
use service::configuration::Barred;

use super::name_of;
use super::text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::button::{LinkButton, Weight};
use crate::components::empty_state::EmptyState;
use crate::components::form::{Filter, Toolbar};
use crate::components::icon::Drawing;
use crate::components::list::{ListQuery, Order};
use crate::components::pagination::{Pagination, range_words};
use crate::components::panel::Panel;
use crate::components::table::{Column, NothingFound, Table};
use crate::configuration::allowed_link;
use crate::console::{Area, Console, ConsolePage};
use crate::text::fill;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let query = ListQuery::of(&console);
    let found = console.service().list_attestation_batches(&console.town().caller, &filter(&query)).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let lead = fill(words.lead, &[("town", console.organisation_name())]);
    let empty = found.total == 0;
    let may_create = found.may_create;
    let new = tenant.clone();
    let page = ConsolePage::new(Area::Attestations, words.title, move || {
        let ties = found.may_change_ties.then(|| ties_panel(&tenant, locale));
        let list = if empty { nothing_yet(&tenant, may_create, locale) } else { body(query, found, locale, &tenant) };
        view! { <div class="stack">{list}{ties}</div> }
    });
    let page = page.lead(lead);
    if empty {
        return Ok(page);
    }
    Ok(page.actions(move || make_buttons(&new, may_create, locale)))
}

fn filter(query: &ListQuery) -> BatchFilter {
    let (sort, descending) = match query.sort() {
        Some(("name", order)) => (BatchSort::Name, order == Order::Descending),
        Some(("redeem_until", order)) => (BatchSort::RedeemUntil, order == Order::Descending),
        Some((_, order)) => (BatchSort::Made, order == Order::Descending),
        None => (BatchSort::Made, true),
    };
    BatchFilter {
        search: query.get("q").to_owned(),
        kind: query.get("kind").parse().ok(),
        standing: query.get("state").parse().ok(),
        sort,
        descending,
        page: u64::try_from(query.page().saturating_sub(1)).unwrap_or(0),
        size: u64::try_from(query.size()).unwrap_or(25),
    }
}

fn make_buttons(tenant: &TenantSlug, may_create: bool, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let new = paths::console_attestation_batch_new(tenant);
    let ability = if may_create { Ok(()) } else { Err(Barred::Role) };
    let desk = may_create.then(|| {
        let href = paths::console_attestation_desk(tenant);
        view! { <LinkButton word=words.desk href weight=Weight::Secondary/> }
    });
    view! {
        {desk}
        {allowed_link(ability, words.make, new, Weight::Primary, Drawing::Plus, "make", locale)}
    }
    .into_any()
}

fn nothing_yet(tenant: &TenantSlug, may_create: bool, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let buttons = make_buttons(tenant, may_create, locale);
    let step = |title: &'static str, text: &'static str| view! { <li><b>{title}</b>{text}</li> };
    view! {
        <section class="panel">
            <EmptyState title=words.empty_title text=words.empty_text>{buttons}</EmptyState>
            <div class="empty">
                <ol class="empty__steps">
                    {step(words.step_rule_title, words.step_rule)}
                    {step(words.step_make_title, words.step_make)}
                    {step(words.step_year_title, words.step_year)}
                </ol>
            </div>
        </section>
    }
    .into_any()
}

fn ties_panel(tenant: &TenantSlug, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let (extend, end) = (paths::console_attestations_extend(tenant), paths::console_attestations_end(tenant));
    view! {
        <Panel id="ties" title=words.ties_title note=words.ties_text>
            <div class="cluster">
                <LinkButton word=words.extend href=extend weight=Weight::Secondary/>
                <LinkButton word=words.end href=end weight=Weight::Danger/>
            </div>
        </Panel>
    }
    .into_any()
}

fn body(query: ListQuery, found: BatchListing, locale: Locale, tenant: &TenantSlug) -> AnyView {
    let words = Words::of(locale);
    let total = usize::try_from(found.matching).unwrap_or(usize::MAX);
    let range = range_words(&query, total);
    let list = if found.rows.is_empty() {
        view! { <NothingFound list=query.clone()/> }.into_any()
    } else {
        let columns = vec![
            Column::new(words.batch).sorts("name"),
            Column::new(words.kind),
            Column::new(words.state),
            Column::new(words.codes),
            Column::new(words.redeem_until).sorts("redeem_until"),
            Column::new(words.until),
            Column::new(words.made).sorts("made"),
        ];
        let rows = found.rows.iter().map(|row| table_row(row, locale, tenant)).collect_view();
        view! {
            <Table id="list" caption=words.caption columns list=query.clone() class="table--wide">{rows}</Table>
            <p class="panel__foot">{words.hidden_note}</p>
            <Pagination list=query.clone() total/>
        }
        .into_any()
    };
    let kinds = AttestationKind::ALL.map(|kind| (kind.as_str().to_owned(), kind.words().get(locale).to_owned()));
    let states =
        BatchStanding::ALL.map(|standing| (standing.as_str().to_owned(), state_word(standing, locale).to_owned()));
    let filters = vec![
        Filter { name: "kind", label: words.kind.to_owned(), choices: kinds.to_vec() },
        Filter { name: "state", label: words.state.to_owned(), choices: states.to_vec() },
    ];
    view! { <div class="panel"><Toolbar list=query search_label=words.search filters range/>{list}</div> }.into_any()
}

fn table_row(row: &BatchView, locale: Locale, tenant: &TenantSlug) -> AnyView {
    let words = Words::of(locale);
    let total = fill(words.count_of, &[("n", &row.total.to_string())]);
    let used = match row.redeemed {
        Some(figure) => fill(words.used_at_least, &[("n", &figure.to_string())]),
        None => words.used_hidden.to_owned(),
    };
    view! {
        <tr>
            <th scope="row"><a href=paths::console_attestation_batch(tenant, row.id)>{name_of(row, locale)}</a></th>
            <td class="nowrap">{row.kind.words().get(locale)}</td>
            <td>{state_badge(row.standing, locale)}</td>
            <td class="nowrap">{total}<span class="sub">{used}</span></td>
            <td class="nowrap">{long_date(row.redeem_until, locale)}</td>
            <td class="nowrap">{row.until.text(locale)}</td>
            <td class="nowrap">{long_date(row.made_on, locale)}</td>
        </tr>
    }
    .into_any()
}

const fn state_word(standing: BatchStanding, locale: Locale) -> &'static str {
    let words = Words::of(locale);
    match standing {
        BatchStanding::Open => words.open,
        BatchStanding::Over => words.over,
        BatchStanding::Revoked => words.revoked,
    }
}

pub(super) fn state_badge(standing: BatchStanding, locale: Locale) -> AnyView {
    let mark = match standing {
        BatchStanding::Open => Mark::Live,
        BatchStanding::Over => Mark::Over,
        BatchStanding::Revoked => Mark::Paused,
    };
    view! { <Badge mark word=state_word(standing, locale)/> }.into_any()
}
