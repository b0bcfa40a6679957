//! The list of rules.

use domain::configuration::ConfigurationKind;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Barred, Listed, Listing};

use super::proof_text::Words as Proof;
use super::text::Words;
use crate::components::button::{LinkButton, Weight};
use crate::components::empty_state::EmptyState;
use crate::components::form::Toolbar;
use crate::components::icon::Drawing;
use crate::components::list::ListQuery;
use crate::components::pagination::{Pagination, range_words};
use crate::components::table::{Column, NothingFound, Table};
use crate::configuration::text::Words as Shared;
use crate::configuration::{allowed_link, detail_path, lists};
use crate::console::{Area, Console, ConsolePage};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let query = ListQuery::of(&console);
    let (caller, filter) = (&console.town().caller, lists::filter(&query));
    let found = console.service().list_configurations(caller, ConfigurationKind::ResidencyRule, &filter).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let ability = if found.may_create { Ok(()) } else { Err(Barred::Role) };
    let new = paths::console_residency_rule_new(&tenant);
    let import = found.may_create.then(|| paths::console_residency_rule_import(&tenant));
    let add = move || {
        let import = import.map(|href| {
            view! { <LinkButton word=Proof::of(locale).import_new href weight=Weight::Secondary/> }
        });
        let add = allowed_link(ability, words.add, new, Weight::Primary, Drawing::Plus, "add", locale);
        view! { {import}{add} }
    };
    if found.total == 0 {
        let page = ConsolePage::new(Area::ResidencyRules, words.title, move || {
            view! {
                <section class="panel">
                    <EmptyState title=words.empty_title text=words.empty_text>{add()}</EmptyState>
                </section>
            }
        });
        return Ok(page.lead(words.lead));
    }
    let page = ConsolePage::new(Area::ResidencyRules, words.title, move || body(query, found, locale, &tenant));
    Ok(page.lead(words.lead).actions(add))
}

fn body(query: ListQuery, found: Listing, locale: Locale, tenant: &TenantSlug) -> AnyView {
    let words = Words::of(locale);
    let shared = Shared::of(locale);
    let total = usize::try_from(found.matching).unwrap_or(usize::MAX);
    let range = range_words(&query, total);
    let list = if found.rows.is_empty() {
        view! { <NothingFound list=query.clone()/> }.into_any()
    } else {
        let columns = vec![
            Column::new(words.name).sorts("title"),
            Column::new(shared.state),
            Column::new(words.who),
            Column::new(words.version),
            Column::new(shared.used_by),
            Column::new(shared.updated).sorts("updated"),
        ];
        let rows = found.rows.into_iter().map(|row| table_row(&row, locale, tenant)).collect_view();
        view! {
            <Table id="list" caption=words.caption columns list=query.clone() class="table--wide">{rows}</Table>
            <Pagination list=query.clone() total/>
        }
        .into_any()
    };
    let filters = vec![lists::state_filter(locale, false)];
    view! { <div class="panel"><Toolbar list=query search_label=words.search filters range/>{list}</div> }.into_any()
}

fn table_row(row: &Listed, locale: Locale, tenant: &TenantSlug) -> AnyView {
    let sentence = row.sentence.as_ref().map(|sentence| sentence.get(locale).to_owned());
    view! {
        <tr>
            <th scope="row"><a href=detail_path(tenant, row.id)>{row.title.get(locale).to_owned()}</a></th>
            {lists::standing_cell(row, locale)}
            <td class="cell-text">{sentence}</td>
            {lists::version_cell(row, locale)}
            {lists::used_by_cell(row, locale)}
            {lists::updated_cell(row, locale)}
        </tr>
    }
    .into_any()
}
