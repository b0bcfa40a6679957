//! The town page: its services, one button to sign in, three promises.

use domain::configuration::Icon;
use domain::locale::Locale;
use domain::paths;
use leptos::prelude::*;

use super::frame::Setting;
use super::icons;
use super::words::TownWords;
use crate::text::fill;

/// A published service.
pub struct ServiceLink {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its home page.
    pub href: String,
    /// Its symbol.
    pub icon: Icon,
}

/// What the town page shows.
pub struct TownPage {
    /// The heading that the town wrote.
    pub title: String,
    /// The sentence below it.
    pub lead: String,
    /// Its services, in the town's order.
    pub services: Vec<ServiceLink>,
    /// The town has a text and a rule for signing in here: the button can be offered.
    pub sign_in: bool,
}

/// The page as a document.
pub fn town_page(setting: &Setting<'_>, page: TownPage) -> String {
    let words = TownWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let slug = &town.slug;
    let action = if setting.signed_in {
        view! { <div class="r-actions"><a class="r-button" href=paths::me(slug)>{words.my_page}</a></div> }.into_any()
    } else if page.sign_in {
        view! {
            <form class="r-actions" method="post" action=paths::town_sign_in(slug)>
                <button class="r-button" id="sign-in" type="submit">{icons::sign_in()}{words.sign_in}</button>
                <button class="r-button r-button--plain" type="submit" name="with" value="passkey" id="with-passkey">{super::passkey::instead(setting.locale)}</button>
            </form>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let services = if page.services.is_empty() {
        view! { <p>{words.no_services}</p> }.into_any()
    } else {
        let rows: Vec<_> = page.services.into_iter().map(service).collect();
        view! { <ul class="r-list">{rows}</ul> }.into_any()
    };
    let promises = [
        fill(words.promise_nothing_kept, &[("town_id", &town.town_id)]),
        words.promise_asked.to_owned(),
        words.promise_withdraw.to_owned(),
    ];
    let promises: Vec<_> =
        promises.into_iter().map(|text| view! { <li>{icons::yes()}<span>{text}</span></li> }).collect();
    let title = page.title.clone();
    let main = view! {
        <h1 class="r-title">{page.title}</h1>
        <p class="r-lead">{page.lead}</p>
        {action}
        <section class="r-section" aria-labelledby="services"><h2 class="r-h2" id="services">{words.services}</h2>{services}</section>
        <section class="r-section" aria-labelledby="safe">
            <h2 class="r-h2" id="safe">{words.safe}</h2>
            <ul class="r-items">{promises}</ul>
            {(!setting.signed_in && page.sign_in).then(|| view! {
                <div class="r-actions"><a class="r-button r-button--plain" href=paths::me(slug)>{words.see_own}</a></div>
            })}
        </section>
    };
    setting.page(&title, main.into_any())
}

fn service(link: ServiceLink) -> AnyView {
    view! {
        <li><a class="r-row" href=link.href>
            <span class="r-tile">{icons::service(link.icon)}</span>
            <span class="r-row__text"><span class="r-row__title">{link.name}</span><small>{link.description}</small></span>
        </a></li>
    }
    .into_any()
}

/// The heading of a page of the town in the browser's tab where the town wrote none.
pub(super) fn own_page(locale: Locale) -> &'static str {
    TownWords::of(locale).my_page
}
