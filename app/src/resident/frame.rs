//! The frame of every resident page: the town's colour, seal and name above, whom to ask below.

use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use leptos::prelude::*;

use super::document::{Document, Sheets};
use super::words::Frame;

/// The municipality, in the language of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Town {
    /// In addresses.
    pub slug: TenantSlug,
    /// `昭和村`.
    pub name: String,
    /// Prefecture and county.
    pub region: String,
    /// The character of the seal.
    pub seal: String,
    /// What the town calls its ID.
    pub town_id: String,
    /// Who answers questions about these pages.
    pub contact: String,
    /// Their telephone number.
    pub phone: String,
    /// A test municipality.
    pub sandbox: bool,
}

/// What a page stands in.
pub struct Setting<'a> {
    /// The language.
    pub locale: Locale,
    /// Whose page it is; `None` where no municipality is known, as on an address that does not exist.
    pub town: Option<&'a Town>,
    /// The product's files.
    pub sheets: &'a Sheets,
    /// The same page in the other language.
    pub switch: String,
    /// Somebody is signed in here: the page offers to sign out.
    pub signed_in: bool,
}

impl Setting<'_> {
    /// The whole document.
    pub(super) fn page(&self, title: &str, main: AnyView) -> String {
        let words = Frame::of(self.locale);
        let town_name = self.town.map_or(words.product, |town| town.name.as_str());
        let title = if title == town_name { title.to_owned() } else { format!("{title} - {town_name}") };
        let document = Document {
            locale: self.locale,
            title: &title,
            body_class: "r-page",
            sheets: self.sheets,
            theme: self.town.map(|town| paths::town_theme(&town.slug)),
        };
        let body = view! {
            <a class="r-skip" href="#main">{words.skip}</a>
            {self.head(words)}
            <main class="r-main" id="main" tabindex="-1">{main}</main>
            {self.foot(words)}
        };
        document.html(body.into_any())
    }

    fn head(&self, words: &'static Frame) -> AnyView {
        let other = self.locale.other();
        let label = if other == Locale::En { "English" } else { "日本語" };
        let sandbox = self.town.is_some_and(|town| town.sandbox);
        let name = match self.town {
            Some(town) => view! {
                <span class="r-seal" aria-hidden="true">{town.seal.clone()}</span>
                <p class="r-town">{town.name.clone()}<small>{town.region.clone()}</small></p>
            }
            .into_any(),
            None => view! { <p class="r-town">{words.product}</p> }.into_any(),
        };
        let class = if sandbox { "r-head r-head--sandbox" } else { "r-head" };
        view! {
            <header class=class><div class="r-head__in">
                {name}
                {sandbox.then(|| view! {
                    <span class="r-trial">{words.trial}<span class="r-hidden">{words.trial_hidden}</span></span>
                })}
                <a class="r-lang" href=self.switch.clone() lang=other.as_str() hreflang=other.as_str()>{label}</a>
            </div></header>
        }
        .into_any()
    }

    fn foot(&self, words: &'static Frame) -> AnyView {
        let Some(town) = self.town else { return ().into_any() };
        let sign_out = self.signed_in.then(|| {
            view! {
                <form method="post" action=paths::me_sign_out(&town.slug)>
                    <button class="r-tap" type="submit">{words.sign_out}</button>
                </form>
            }
        });
        view! {
            <footer class="r-foot"><div class="r-foot__in">
                <ul>
                    <li><a href=paths::town_privacy(&town.slug)>{words.privacy}</a></li>
                    <li><a href=paths::town_help(&town.slug)>{words.help}</a></li>
                    <li><a href=paths::town_accessibility(&town.slug)>{words.accessibility}</a></li>
                </ul>
                {sign_out}
                <p>{town.contact.clone()}" "{words.phone}" "{town.phone.clone()}
                    {town.sandbox.then(|| view! { <br/>{words.trial_note} })}</p>
            </div></footer>
        }
        .into_any()
    }
}

/// A `tel:` link: digits and a leading plus only.
pub(super) fn telephone(number: &str) -> AnyView {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    view! { <a class="r-contact" href=format!("tel:{digits}")>{number.to_owned()}</a> }.into_any()
}

/// A sentence about something that was just done.
pub(super) fn said(text: &str) -> AnyView {
    view! { <p class="r-status" role="status">{text.to_owned()}</p> }.into_any()
}
