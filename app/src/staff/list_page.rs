//! The list of staff.

use domain::access::Role;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::memberships::{MembershipFilter, MembershipList, MembershipRow, MembershipSort};

use super::text::{Words, day};
use crate::components::badge::{Badge, Mark, PlainBadge};
use crate::components::empty_state::EmptyInline;
use crate::components::facts::{Fact, Facts};
use crate::components::form::{Filter, Toolbar};
use crate::components::icon::Drawing;
use crate::components::list::{ListQuery, Order};
use crate::components::pagination::{Pagination, range_words};
use crate::components::panel::Panel;
use crate::components::table::{Column, NothingFound, Table};
use crate::components::tabs::{Tab, Tabs};
use crate::console::{Area, Console, ConsolePage, role_word};
use crate::text::fill;

/// The parameter that asks for people whose access was ended.
const STATE: &str = "state";
const ENDED: &str = "ended";

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let query = ListQuery::of(&console);
    let found = console.service().list_memberships(&console.town().caller, &filter(&query)).await?;
    let words = Words::of(console.locale);
    let lead = fill(words.lead, &[("town", console.organisation_name())]);
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    Ok(ConsolePage::new(Area::Staff, words.title, move || body(query, found, locale, &tenant)).lead(lead))
}

fn filter(query: &ListQuery) -> MembershipFilter {
    let (sort, descending) = match query.sort() {
        Some(("department", order)) => (MembershipSort::Department, order == Order::Descending),
        Some(("since", order)) => (MembershipSort::Created, order == Order::Descending),
        Some((_, order)) => (MembershipSort::Name, order == Order::Descending),
        None => (MembershipSort::Name, false),
    };
    MembershipFilter {
        search: query.get("q").to_owned(),
        role: query.get("role").parse().ok(),
        ended: query.get(STATE) == ENDED,
        sort,
        descending,
        offset: u64::try_from(query.offset()).unwrap_or(0),
        limit: u64::try_from(query.size()).unwrap_or(25),
    }
}

fn body(query: ListQuery, found: MembershipList, locale: Locale, tenant: &TenantSlug) -> AnyView {
    let words = Words::of(locale);
    let ended = query.get(STATE) == ENDED;
    let total = usize::try_from(found.total).unwrap_or(usize::MAX);
    let tabs = vec![
        Tab { word: words.present.to_owned(), href: query.with(STATE, ""), current: !ended },
        Tab { word: words.former.to_owned(), href: query.with(STATE, ENDED), current: ended },
    ];
    let choices = Role::OF_A_TENANT.map(|role| (role.to_string(), role_word(role, locale).to_owned())).to_vec();
    let filters = vec![Filter { name: "role", label: words.role.to_owned(), choices }];
    let narrowed = !query.get("q").is_empty() || !query.get("role").is_empty();
    let range = range_words(&query, total);
    let list = if found.rows.is_empty() && narrowed {
        view! { <NothingFound list=query.clone()/> }.into_any()
    } else if found.rows.is_empty() {
        view! { <EmptyInline title=words.nobody_left text=words.nobody_left_text icon=Drawing::People/> }.into_any()
    } else {
        let rows = found.rows.into_iter().map(|row| table_row(row, locale, tenant)).collect_view();
        let last = if ended { Column::new(words.until) } else { Column::new(words.since).sorts("since") };
        let columns = vec![
            Column::new(words.name).sorts("name"),
            Column::new(words.department).sorts("department"),
            Column::new(words.roles),
            Column::new(words.second_factor),
            last,
        ];
        view! {
            <Table id="staff-list" caption=words.list_caption columns list=query.clone() class="table--wide">{rows}</Table>
            <Pagination list=query.clone() total/>
        }
        .into_any()
    };
    let roles = Role::OF_A_TENANT
        .map(|role| view! { <Fact term=role_word(role, locale)>{words.may(role)}</Fact> })
        .collect_view();
    let toolbar = view! { <Toolbar list=query search_label=words.search_label filters range/> }.into_any();
    let explained = view! {
        <div class="columns columns--half">
            <Panel id="roles" title=words.what_roles_do><Facts>{roles}</Facts></Panel>
            <Panel id="adding" title=words.adding><p>{words.adding_text}</p></Panel>
        </div>
    };
    view! {
        <div class="stack">
            <div class="stack stack--tight">
                <Tabs label=words.list_parts tabs/>
                <div class="panel">{toolbar}{list}</div>
            </div>
            {explained.into_any()}
        </div>
    }
    .into_any()
}

fn table_row(row: MembershipRow, locale: Locale, tenant: &TenantSlug) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let roles = row.roles.iter().map(|role| view! { <PlainBadge word=role_word(*role, locale)/> }).collect_view();
    let roles = if row.roles.is_empty() {
        view! { <span class="muted">{words.none}</span> }.into_any()
    } else {
        view! { <span class="cluster">{roles}</span> }.into_any()
    };
    let at = day(row.ended_at.unwrap_or(row.created_at), locale);
    view! {
        <tr>
            <th scope="row">
                <div class="row-title">
                    <span>
                        <a href=paths::console_staff_member(tenant, row.account)>{row.display_name}</a>
                        <span class="sub">{row.mail}</span>
                    </span>
                </div>
            </th>
            <td>{row.department}</td>
            <td>{roles}</td>
            <td>{factor_badge(row.second_factor_since.is_some(), words)}</td>
            <td class="nowrap">{at}</td>
        </tr>
    }
}

/// Whether there is a second factor, as a badge.
pub(super) fn factor_badge(enrolled: bool, words: &'static Words) -> impl IntoView {
    if enrolled {
        view! { <Badge mark=Mark::Live word=words.enrolled/> }
    } else {
        view! { <Badge mark=Mark::Due word=words.not_enrolled/> }
    }
}
