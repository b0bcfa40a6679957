//! The queue of decisions.

use domain::configuration::ConfigurationKind;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::decisions::{QUEUE_PAGE, Queue, QueueFilter, QueuePage, QueueRow};

use super::state_badge;
use super::text::Words;
use crate::components::empty_state::EmptyInline;
use crate::components::icon::Drawing;
use crate::components::list::ListQuery;
use crate::components::pagination::Pagination;
use crate::components::table::{Column, Table};
use crate::components::tabs::{Tab, Tabs};
use crate::configuration::{day, iso_day, minute, version_word};
use crate::console::{Area, Console, ConsolePage};

const QUEUE: &str = "queue";

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let query = ListQuery::of(&console);
    let chosen: Option<Queue> = query.get(QUEUE).parse().ok();
    let (service, caller) = (console.service(), &console.town().caller);
    // Who decides nothing begins with what waits for others.
    let may_decide = console.may(service::gate::Act::Decide, service::gate::Resource::ChangeRequest);
    let queue = chosen.unwrap_or(if may_decide { Queue::ForMe } else { Queue::Waiting });
    let filter = QueueFilter {
        queue,
        kind: query.get("kind").parse::<ConfigurationKind>().ok(),
        page: u64::try_from(query.page().saturating_sub(1)).unwrap_or(0),
    };
    let found = service.list_decisions(caller, &filter).await?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let page = ConsolePage::new(Area::Decisions, words.title, move || body(query, found, queue, locale, &tenant))
        .lead(words.lead);
    Ok(page)
}

fn body(query: ListQuery, found: QueuePage, queue: Queue, locale: Locale, tenant: &TenantSlug) -> AnyView {
    let words = Words::of(locale);
    let count = |queue: Queue| match queue {
        Queue::ForMe => Some(found.for_me),
        Queue::Waiting => Some(found.waiting),
        Queue::Scheduled | Queue::Decided => None,
    };
    let tabs = Queue::ALL
        .into_iter()
        .filter(|queue| found.may_decide || *queue != Queue::ForMe)
        .map(|tab| {
            let count = count(tab).map(|count| format!(" ({count})")).unwrap_or_default();
            Tab {
                word: format!("{}{count}", words.queue(tab)),
                href: query.with(QUEUE, tab.as_str()),
                current: tab == queue,
            }
        })
        .collect();
    let total = usize::try_from(found.matching).unwrap_or(usize::MAX);
    let list = if found.rows.is_empty() {
        let (title, text) = match queue {
            Queue::ForMe => (words.empty_me, words.empty_me_text),
            Queue::Waiting | Queue::Scheduled | Queue::Decided => (words.empty, words.empty_text),
        };
        view! { <EmptyInline title text icon=Drawing::Stamp/> }.into_any()
    } else {
        let last = if queue == Queue::Decided { words.decided_column } else { words.effective };
        let columns = vec![
            Column::new(words.about),
            Column::new(words.state),
            Column::new(words.reason),
            Column::new(words.submitted),
            Column::new(last),
        ];
        let rows = found.rows.into_iter().map(|row| table_row(row, queue, locale, tenant)).collect_view();
        let more = (found.matching > QUEUE_PAGE).then(|| view! { <Pagination list=query.clone() total/> });
        view! { <Table id="queue" caption=words.caption columns class="table--wide">{rows}</Table>{more} }.into_any()
    };
    view! { <div><Tabs label=words.parts tabs/><div class="panel">{list}</div></div> }.into_any()
}

fn table_row(row: QueueRow, queue: Queue, locale: Locale, tenant: &TenantSlug) -> AnyView {
    let title = row.title.get(locale).to_owned();
    let kind = row.configuration.kind().words().get(locale);
    let version = version_word(row.number, locale);
    let who = row.submitted_by.map(|person| view! { <span class="sub">{person.name}</span> });
    let last = match (queue, row.decided_at) {
        (Queue::Decided, Some(at)) => {
            let who = row.decided_by.map(|person| view! { <span class="sub">{person.name}</span> });
            view! { {day(at, locale)}{who} }.into_any()
        }
        _ => iso_day(&row.effective_on, locale).into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=paths::console_decision(tenant, row.id)>{title}</a>
                <span class="sub">{kind}" "{version}</span>
            </th>
            <td>{state_badge(row.state, locale)}</td>
            <td class="cell-text">{row.reason}</td>
            <td class="nowrap">{minute(row.submitted_at, locale)}{who}</td>
            <td class="nowrap">{last}</td>
        </tr>
    }
    .into_any()
}
