//! How to sign in: with a passkey where one may do, or at one of the town's identity providers.

use domain::ids::IdentityProviderId;
use leptos::prelude::*;

use super::frame::Setting;
use super::icons;
use super::passkey::{Ceremony, Refused, ask_device, refusal};
use super::passkey_words::PasskeyWords;
use crate::text::fill;

/// One way to show who one is.
pub struct Provider {
    /// Which; posted as `with`.
    pub id: IdentityProviderId,
    /// Its name.
    pub name: String,
    /// The town's own words for the button.
    pub button: Option<String>,
    /// It did not answer lately.
    pub silent: bool,
}

/// The page on which somebody chooses.
pub struct SignInPage {
    /// The service; none for the town's own page.
    pub service: Option<String>,
    /// What a passkey needs; none where one would not do.
    pub ceremony: Option<Ceremony>,
    /// The providers, in the town's order.
    pub providers: Vec<Provider>,
    /// What became of the last answer of a device.
    pub refused: Option<Refused>,
    /// The address that leads back without a sign-in, by POST.
    pub leave: Option<String>,
}

/// The page as a document. A device's answer is posted as `credential`, the way to a provider as `with` and its id, or `card`
/// where there is one.
pub fn sign_in_page(setting: &Setting<'_>, page: SignInPage) -> String {
    let words = PasskeyWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let passkey = page.ceremony.is_some();
    let (title, lead) = match (passkey, page.providers.len() > 1) {
        (true, false) => (words.sign_in_title, words.sign_in_lead),
        (true, true) => (words.sign_in_title, words.choose_lead_passkey),
        (false, _) => (words.choose_title, words.choose_lead),
    };
    let alone = page.providers.len() == 1;
    let buttons =
        page.providers.into_iter().enumerate().map(|(at, provider)| button(words, provider, at, alone, passkey));
    let buttons: Vec<_> = buttons.collect();
    let main = view! {
        {page.service.map(|service| view! { <p class="r-muted">{service}</p> })}
        <h1 class="r-title">{title}</h1>
        <p class="r-lead">{lead}</p>
        {page.refused.map(|refused| refusal(refused, words, town))}
        <form class="r-actions" method="post" autocomplete="off">
            {page.ceremony.map(|ceremony| ask_device(ceremony, setting.locale))}
            {buttons}
        </form>
        {page.leave.map(|address| view! {
            <form method="post" action=address><button class="r-tap" type="submit" id="back-to-service">{words.leave}</button></form>
        })}
    };
    setting.page(title, main.into_any())
}

fn button(words: &'static PasskeyWords, provider: Provider, at: usize, alone: bool, passkey: bool) -> AnyView {
    let (value, label) = match (alone, provider.button) {
        (true, None) => ("card".to_owned(), words.with_card.to_owned()),
        (_, Some(text)) => (provider.id.to_string(), text),
        (false, None) => (provider.id.to_string(), fill(words.with_provider, &[("name", &provider.name)])),
    };
    let first = at == 0 && !passkey;
    let class = if first { "r-button" } else { "r-button r-button--plain" };
    let id = match (at, passkey) {
        (0, true) => "with-card".to_owned(),
        (0, false) => "sign-in".to_owned(),
        _ => format!("sign-in-{}", at + 1),
    };
    let silent = provider.silent.then(|| {
        let note = fill(words.silent, &[("name", &provider.name)]);
        view! { <p class="r-small">{note}</p> }
    });
    view! {
        <button class=class type="submit" name="with" value=value id=id>{first.then(icons::sign_in)}{label}</button>
        {silent}
    }
    .into_any()
}
