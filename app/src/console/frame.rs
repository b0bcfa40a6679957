//! The console's frame: header, side navigation, the head of the page.

use axum::response::Response;
use domain::paths;
use http::StatusCode;
use leptos::prelude::*;

use super::words::Words;
use super::{Area, Console, ConsolePage, name_of, role_word};
use crate::components::banner::FlashBanner;
use crate::components::breadcrumb::{Breadcrumb, Crumb};
use crate::components::frame::language_name;
use crate::components::icon::{Drawing, Icon, Mark};
use crate::components::side_nav::SideNav;
use crate::language;
use crate::render::{Document, Look, to_html};
use crate::text::{Shared, dot};

/// The whole document.
pub(super) fn respond(console: &Console, page: ConsolePage, status: StatusCode) -> Response {
    let title = format!("{} - {}", page.title, console.organisation_name());
    let visitor = console.clone();
    let form_origins = page.form_origins.clone();
    let body = to_html(console.locale, console.submitted.clone(), move || document(&visitor, page));
    let accent = Some(paths::town_theme(&console.town().tenant));
    Document { title, look: Look::Console, accent, body, form_origins, status }.respond(&console.site, console.locale)
}

fn document(console: &Console, page: ConsolePage) -> AnyView {
    let words = Shared::of(console.locale);
    let town =
        Crumb { word: console.organisation_name().to_owned(), href: paths::console_overview(&console.town().tenant) };
    // The overview is the organisation itself: it has nothing above it.
    let breadcrumb = (page.area != Some(Area::Overview)).then(|| {
        let trail = std::iter::once(town).chain(page.trail).collect();
        view! { <Breadcrumb trail here=page.title.clone()/> }
    });
    let flash = console.flash.clone().map(|flash| view! { <FlashBanner flash/> });
    // The body first: what it renders is known to nobody else, and the order on the page is the view's.
    let body = (page.body)();
    view! {
        <a class="skip-link" href="#main">{words.skip}</a>
        <Header console=console.clone()/>
        <div class="frame">
            <SideNav console=console.clone() current=page.area/>
            <main class="main" id="main" tabindex="-1">
                {breadcrumb}
                {flash}
                <div class="page-head">
                    <div class="page-head__text">
                        <h1>{page.title}{page.mark.map(|mark| mark())}</h1>
                        {page.lead.map(|lead| view! { <p class="page-head__lead">{lead()}</p> })}
                    </div>
                    {page.actions.map(|actions| view! { <div class="page-head__actions">{actions()}</div> })}
                </div>
                {body}
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn Header(console: Console) -> impl IntoView {
    let words = Words::of(console.locale);
    let town = console.town();
    let product = Shared::of(console.locale).product;
    view! {
        <header class=if console.is_sandbox() { "app-header app-header--sandbox" } else { "app-header" }>
            <button class="nav-open" type="button" popovertarget="side-nav" aria-label=words.menu>
                <Icon of=Drawing::Menu/>
            </button>
            <a class="nav-open nav-open--link" href=paths::console_menu(&town.tenant) aria-label=words.menu>
                <Icon of=Drawing::Menu/>
            </a>
            <a class="brand" href=paths::console_overview(&town.tenant) aria-label=words.home>
                <Mark/>
                <span>{product}</span>
            </a>
            <span class="app-header__slash"></span>
            <OrganisationMenu console=console.clone()/>
            {console.is_sandbox().then(|| view! {
                <span class="trial">
                    <Icon of=Drawing::Flask/>
                    {words.trial}
                    <span class="visually-hidden">{words.trial_rest}</span>
                </span>
            })}
            <div class="app-header__end"><PersonMenu console=console.clone()/></div>
        </header>
    }
}

/// The first character of a name, as a seal.
fn initial(name: &str) -> String {
    name.chars().take(1).collect()
}

#[component]
fn OrganisationMenu(console: Console) -> impl IntoView {
    let words = Words::of(console.locale);
    let town = console.town();
    let items = town
        .belongings
        .iter()
        .filter_map(|belonging| {
            let organisation = &belonging.organisation;
            let slug = organisation.slug.parse().ok()?;
            let current = organisation.id == town.organisation.id;
            let name = name_of(organisation, console.locale).to_owned();
            Some(view! {
                <a class="menu__item" href=paths::console_overview(&slug) aria-current=current.then_some("true")>
                    <span class="seal" aria-hidden="true">{initial(&organisation.name_ja)}</span>
                    <span>{name}</span>
                    {current.then(|| view! { <Icon of=Drawing::Tick/> })}
                </a>
            })
        })
        .collect_view();
    view! {
        <details class="menu">
            <summary>
                <span class="visually-hidden">{words.switch_organisation}</span>
                <span class="seal" aria-hidden="true">{initial(&town.organisation.name_ja)}</span>
                <span class="org"><b>{console.organisation_name().to_owned()}</b><small>{console.place()}</small></span>
                <Icon of=Drawing::Switch class="icon--s"/>
            </summary>
            <div class="menu__panel"><p class="menu__title">{words.organisations}</p>{items}</div>
        </details>
    }
}

#[component]
fn PersonMenu(console: Console) -> impl IntoView {
    let words = Words::of(console.locale);
    let other = console.locale.other();
    let colleague = console.town().caller.colleague();
    let name = colleague.map(|colleague| colleague.display_name.clone()).unwrap_or_default();
    let separator = dot(console.locale);
    let place = colleague.map(|colleague| {
        let roles = colleague.roles.iter().map(|role| role_word(*role, console.locale).to_owned());
        let department = Some(colleague.department.clone()).filter(|department| !department.is_empty());
        department.into_iter().chain(roles).collect::<Vec<_>>().join(separator)
    });
    view! {
        <details class="menu menu--end">
            <summary>
                <span class="avatar" aria-hidden="true">{initial(&name)}</span>
                <span class="org person-name"><b class="text-14">{name}</b><small>{place}</small></span>
                <span class="visually-hidden">{words.person_menu}</span>
            </summary>
            <div class="menu__panel">
                <a class="menu__item" href=paths::account_profile()>{words.own_account}</a>
                <a class="menu__item" href=language::switch_link(&console.uri, other) lang=other.as_str() hreflang=other.as_str()>
                    {language_name(other)}
                </a>
                <form method="post" action=paths::account_sign_out()>
                    <button class="menu__item" type="submit">{words.sign_out}</button>
                </form>
            </div>
        </details>
    }
}
