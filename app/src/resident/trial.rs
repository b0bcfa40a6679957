//! A clerk's test sign-in: what the rule says about the card that was read, and what the service would be told. Nothing was
//! written, and nothing of it is kept.

use domain::calendar::Month;
use domain::residency::{Outcome, ReasonCode};
use leptos::prelude::*;

use super::frame::Setting;
use super::words::TrialWords;
use crate::text::fill;

/// What the page shows.
pub struct TrialPage {
    /// The service.
    pub service: String,
    /// What its rule says of this card, and why.
    pub reason: ReasonCode,
    /// Until when it would hold.
    pub expires: Option<Month>,
    /// Level of the sign-in.
    pub acr: String,
    /// The body of the userinfo response, where there would be one.
    pub userinfo: Option<String>,
}

/// The page as a document.
pub fn trial_page(setting: &Setting<'_>, page: &TrialPage) -> String {
    let words = TrialWords::of(setting.locale);
    let title = fill(words.title, &[("service", &page.service)]);
    let outcome = page.reason.outcome();
    let reason = match outcome {
        Outcome::Eligible => {
            page.expires.map_or_else(String::new, |month| fill(words.until, &[("month", &month.text(setting.locale))]))
        }
        Outcome::NotEligible | Outcome::Undecidable => page.reason.for_clerk().get(setting.locale).to_owned(),
    };
    let told = match &page.userinfo {
        Some(json) => view! { <p class="r-note"><code>{json.clone()}</code></p> }.into_any(),
        None => view! { <p>{words.told_nothing}</p> }.into_any(),
    };
    let main = view! {
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{words.lead}</p>
        <dl class="r-facts r-section">
            <div><dt>{words.outcome}</dt><dd>{outcome.words().get(setting.locale)}<small>{reason}</small></dd></div>
            <div><dt>{words.level}</dt><dd>{page.acr.clone()}</dd></div>
        </dl>
        <section class="r-section"><h2 class="r-h2">{words.told}</h2>{told}</section>
        <p class="r-small r-section">{words.close}</p>
    };
    setting.page(&title, main.into_any())
}
