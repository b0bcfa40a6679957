//! The console's navigation: areas in groups. A column on wide screens, a drawer on phones, a page of its own where the
//! drawer does not work.

use leptos::prelude::*;

use super::icon::Icon;
use crate::console::{Area, Console, Group, words::Words};

/// The groups of areas that the caller may read.
fn groups(console: &Console, current: Option<Area>) -> impl IntoView + use<> {
    let words = Words::of(console.locale);
    Group::ALL
        .into_iter()
        .map(|group| {
            let links: Vec<_> = Area::ALL
                .into_iter()
                .filter(|area| area.group() == group && area.is_open_to(&console.town().caller))
                .map(|area| {
                    let mark = (current == Some(area)).then_some("page");
                    let waiting = console.town().waiting;
                    let count = (area == Area::Decisions && waiting > 0).then(|| {
                        view! {
                            <span class="count">{waiting.to_string()}<span class="visually-hidden">{words.waiting}</span></span>
                        }
                    });
                    view! {
                        <li>
                            <a class="side-nav__link" href=area.path(&console.town().tenant) aria-current=mark>
                                <Icon of=area.drawing()/>
                                {area.word(words)}
                                {count}
                            </a>
                        </li>
                    }
                })
                .collect();
            let heading = group.word(words).map(|word| view! { <p class="side-nav__group">{word}</p> });
            (!links.is_empty()).then(|| view! { {heading}<ul class="side-nav__list">{links}</ul> })
        })
        .collect_view()
}

/// The column and the drawer.
#[component]
pub fn SideNav(console: Console, current: Option<Area>) -> impl IntoView {
    let label = Words::of(console.locale).main_menu;
    view! {
        <div class="side">
            <nav class="side-nav" id="side-nav" popover aria-label=label>{groups(&console, current)}</nav>
        </div>
    }
}

/// The same as the content of a page.
#[component]
pub fn MenuPage(console: Console) -> impl IntoView {
    let label = Words::of(console.locale).main_menu;
    view! { <nav class="menu-page" aria-label=label>{groups(&console, None)}</nav> }
}
