//! The organisations of the account; with only one there is nothing to choose.

use domain::names::TenantSlug;
use domain::paths::{self, Route};
use leptos::prelude::*;
use service::Error;

use super::CardPage;
use super::session;
use super::words::Words;
use crate::console::{name_of, role_word};
use crate::pages::{PageRoute, Shown, Visitor, page};
use crate::request::session_keys;
use crate::text::dot;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![page(Route::AccountOrganisations, show)]
}

async fn show(visitor: Visitor) -> Result<Shown<CardPage>, Error> {
    let account = session::account(&visitor)?;
    let words = Words::of(visitor.locale);
    let locale = visitor.locale;
    let belongings: Vec<(TenantSlug, service::gate::Belonging)> = visitor
        .service()
        .belongings(account)
        .await?
        .into_iter()
        .filter_map(|belonging| Some((belonging.organisation.slug.parse().ok()?, belonging)))
        .collect();
    if let [(only, _)] = belongings.as_slice() {
        keep_flash(&visitor).await?;
        return Ok(Shown::Elsewhere(paths::console_overview(only)));
    }
    let card = CardPage::new(words.organisations_title, move || {
        let none = belongings.is_empty().then(|| view! { <p>{words.no_organisations}</p> });
        let items = belongings
            .into_iter()
            .map(|(slug, belonging)| {
                let name = name_of(&belonging.organisation, locale).to_owned();
                let seal: String = belonging.organisation.name_ja.chars().take(1).collect();
                let roles: Vec<&str> = belonging.colleague.roles.iter().map(|role| role_word(*role, locale)).collect();
                view! {
                    <li>
                        <a class="menu__item" href=paths::console_overview(&slug)>
                            <span class="seal" aria-hidden="true">{seal}</span>
                            <span>{name}<small>{roles.join(dot(locale))}</small></span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! { {none}<ul class="side-nav__list">{items}</ul> }
    });
    Ok(card.into())
}

/// What was to be said is said on the page after this one.
async fn keep_flash(visitor: &Visitor) -> Result<(), Error> {
    let Some(flash) = visitor.flash.clone() else { return Ok(()) };
    visitor.session.insert(session_keys::FLASH, flash).await.map_err(|_| Error::Unavailable)
}
