//! The list of relying parties.

use domain::configuration::ConfigurationKind;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Listed, Listing};

use super::text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::button::{LinkButton, Weight};
use crate::components::empty_state::EmptyState;
use crate::components::form::Toolbar;
use crate::components::icon::{Drawing, Icon};
use crate::components::list::ListQuery;
use crate::components::pagination::{Pagination, range_words};
use crate::components::table::{Column, NothingFound, Table};
use crate::configuration::text::Words as Shared;
use crate::configuration::{allowed_link, day, detail_path, lists, version_word};
use crate::console::{Area, Console, ConsolePage};
use crate::text::fill;

/// Days before the end of the last secret at which the list says so.
const SOON_DAYS: i64 = 30;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let query = ListQuery::of(&console);
    let filter = lists::filter(&query);
    let (service, caller) = (console.service(), &console.town().caller);
    let found = service.list_configurations(caller, ConfigurationKind::RelyingParty, &filter).await?;
    let (locale, tenant, now) = (console.locale, console.town().tenant.clone(), service.clock().seconds());
    let words = Words::of(locale);
    let lead = fill(words.lead, &[("town", console.organisation_name())]);
    let empty = found.total == 0;
    let ability = if found.may_create { Ok(()) } else { Err(service::configuration::Barred::Role) };
    let new = paths::console_relying_party_new(&tenant);
    let page = ConsolePage::new(Area::RelyingParties, words.title, move || {
        if empty { nothing_yet(&tenant, found.may_create, locale) } else { body(query, found, locale, &tenant, now) }
    });
    let page = page.lead(lead);
    if empty {
        return Ok(page);
    }
    Ok(page.actions(move || allowed_link(ability, words.add, new, Weight::Primary, Drawing::Plus, "add", locale)))
}

fn nothing_yet(tenant: &TenantSlug, may_create: bool, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let (rules, texts) = (paths::console_residency_rules(tenant), paths::console_consent_texts(tenant));
    let new = paths::console_relying_party_new(tenant);
    let ability = if may_create { Ok(()) } else { Err(service::configuration::Barred::Role) };
    let step = |title: &'static str, text: &'static str| view! { <li><b>{title}</b>{text}</li> };
    view! {
        <section class="panel">
            <EmptyState title=words.empty_title text=words.empty_text>
                {allowed_link(ability, words.add, new, Weight::Primary, Drawing::Plus, "add", locale)}
                <LinkButton word=words.rule href=rules weight=Weight::Secondary/>
                <LinkButton word=words.consent_text href=texts weight=Weight::Secondary/>
            </EmptyState>
            <div class="empty">
                <ol class="empty__steps">
                    {step(words.step_rule_title, words.step_rule)}
                    {step(words.step_add_title, words.step_add)}
                    {step(words.step_try_title, words.step_try)}
                </ol>
            </div>
        </section>
    }
    .into_any()
}

fn body(query: ListQuery, found: Listing, locale: Locale, tenant: &TenantSlug, now: i64) -> AnyView {
    let words = Words::of(locale);
    let shared = Shared::of(locale);
    let total = usize::try_from(found.matching).unwrap_or(usize::MAX);
    let range = range_words(&query, total);
    let list = if found.rows.is_empty() {
        view! { <NothingFound list=query.clone()/> }.into_any()
    } else {
        let columns = vec![
            Column::new(words.service).sorts("title"),
            Column::new(shared.state),
            Column::new(words.vendor),
            Column::new(words.rule),
            Column::new(words.secret_until),
            Column::new(shared.updated).sorts("updated"),
        ];
        let rows = found.rows.into_iter().map(|row| table_row(&row, locale, tenant, now)).collect_view();
        view! {
            <Table id="list" caption=words.caption columns list=query.clone() class="table--wide">{rows}</Table>
            <Pagination list=query.clone() total/>
        }
        .into_any()
    };
    let filters = vec![lists::state_filter(locale, true)];
    view! { <div class="panel"><Toolbar list=query search_label=words.search filters range/>{list}</div> }.into_any()
}

fn table_row(row: &Listed, locale: Locale, tenant: &TenantSlug, now: i64) -> AnyView {
    let words = Words::of(locale);
    let Some(party) = &row.party else { return ().into_any() };
    let rule = match &party.rule {
        None => view! { <span class="muted">{words.not_chosen}</span> }.into_any(),
        Some((title, number)) => {
            let number = number.map(|number| view! { <span class="sub">{version_word(number, locale)}</span> });
            view! { {title.get(locale).to_owned()}{number} }.into_any()
        }
    };
    let provider = if party.provider.is_empty() { lists::nothing(locale) } else { party.provider.clone().into_any() };
    view! {
        <tr>
            <th scope="row">
                <div class="row-title">
                    <span class="tile"><Icon of=super::drawing(party.icon)/></span>
                    <span>
                        <a href=detail_path(tenant, row.id)>{row.title.get(locale).to_owned()}</a>
                        <span class="sub mono">{party.client_id.clone()}</span>
                    </span>
                </div>
            </th>
            {lists::standing_cell(row, locale)}
            <td>{provider}</td>
            <td>{rule}</td>
            <td class="nowrap">{expiry(party.secret_expires_at, now, locale)}</td>
            {lists::updated_cell(row, locale)}
        </tr>
    }
    .into_any()
}

/// When the last valid secret ends; said aloud when that is near.
fn expiry(at: Option<i64>, now: i64, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let Some(at) = at else { return view! { <span class="muted">{words.no_secret}</span> }.into_any() };
    // The end is a midnight; the last day is the one before it.
    let (date, days) = (day(at - 1, locale), (at - now) / (24 * 60 * 60));
    if days > SOON_DAYS {
        return date.into_any();
    }
    let left = fill(words.soon, &[("n", &days.to_string())]);
    view! { <Badge mark=Mark::Due word=left/><span class="sub">{date}</span> }.into_any()
}
