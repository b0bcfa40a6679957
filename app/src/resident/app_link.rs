//! The way back into an app of a scheme of its own: a link that the person follows. A redirect there would be held against the
//! page's policy by some browsers and followed unasked by others.

use leptos::prelude::*;

use super::frame::Setting;
use super::words::AppLinkWords;

/// The page as a document. `href` is the app's verified address with the answer in it.
pub fn app_link_page(setting: &Setting<'_>, href: &str) -> String {
    let words = AppLinkWords::of(setting.locale);
    let main = view! {
        <h1 class="r-title">{words.title}</h1>
        <p class="r-lead">{words.lead}</p>
        <div class="r-actions"><a class="r-button" id="open-app" href=href.to_owned()>{words.open}</a></div>
        <p class="r-small">{words.note}</p>
    };
    setting.page(words.title, main.into_any())
}
