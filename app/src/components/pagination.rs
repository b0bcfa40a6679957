//! Pages of a list, and how many rows a page has.

use leptos::prelude::*;

use super::icon::{Drawing, Icon};
use super::list::{ListQuery, SIZES};
use crate::render::locale;
use crate::text::{Shared, fill};

/// `14件のうち 1〜10件を表示`.
pub fn range_words(list: &ListQuery, total: usize) -> String {
    let from = if total == 0 { 0 } else { list.offset() + 1 };
    let to = (list.offset() + list.size()).min(total);
    fill(
        Shared::of(locale()).range,
        &[("total", &total.to_string()), ("from", &from.min(total).to_string()), ("to", &to.to_string())],
    )
}

/// The page numbers near the current one, with the first and the last; `None` stands for a gap.
fn numbers(page: usize, last: usize) -> Vec<Option<usize>> {
    let mut numbers = Vec::new();
    for number in 1..=last {
        if number == 1 || number == last || number.abs_diff(page) <= 2 {
            numbers.push(Some(number));
        } else if numbers.last() != Some(&None) {
            numbers.push(None);
        }
    }
    numbers
}

/// The foot of a list of `total` rows.
#[component]
pub fn Pagination(list: ListQuery, total: usize) -> impl IntoView {
    let words = Shared::of(locale());
    let last = total.div_ceil(list.size()).max(1);
    let page = list.page().min(last);
    let hidden = list
        .others(&["size"])
        .map(|(key, value)| view! { <input type="hidden" name=key.to_owned() value=value.to_owned()/> })
        .collect_view();
    let sizes = SIZES.map(|size| view! { <option selected=size == list.size()>{size.to_string()}</option> }).collect_view();
    let step = |to: usize, enabled: bool, word: &'static str, of: Drawing| {
        if enabled {
            view! { <li><a href=list.with("page", &to.to_string()) aria-label=word><Icon of class="icon--s"/></a></li> }
                .into_any()
        } else {
            view! { <li><span class="is-off" aria-hidden="true"><Icon of class="icon--s"/></span></li> }.into_any()
        }
    };
    let links = numbers(page, last)
        .into_iter()
        .map(|number| match number {
            None => view! { <li><span class="is-off">"…"</span></li> }.into_any(),
            Some(number) => {
                let text = number.to_string();
                let label = fill(words.page_n, &[("n", &text)]);
                let current = (number == page).then_some("page");
                view! { <li><a href=list.with("page", &text) aria-current=current aria-label=label>{text.clone()}</a></li> }
                    .into_any()
            }
        })
        .collect_view();
    view! {
        <nav class="pagination" aria-label=words.pages>
            <form class="inline-field" method="get">
                {hidden}
                <label for="page-size">{words.page_size}</label>
                <select class="input input--short" id="page-size" name="size">{sizes}</select>
                <button class="button button--quiet" type="submit">{words.change}</button>
            </form>
            <ol>
                {step(page.saturating_sub(1), page > 1, words.previous_page, Drawing::Left)}
                {links}
                {step(page + 1, page < last, words.next_page, Drawing::Right)}
            </ol>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn first_last_and_neighbours() {
        assert_eq!(numbers(1, 1), [Some(1)]);
        let far = numbers(10, 20);
        assert_eq!(far, [1, 0, 8, 9, 10, 11, 12, 0, 20].map(|n| (n > 0).then_some(n)));
    }
}
