//! What the foot of every page links to: how personal data is treated, how to use these pages, accessibility.

use leptos::prelude::*;

use super::frame::{Setting, telephone};
use super::words::InformationWords;
use crate::text::fill;

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Information {
    /// 個人情報の取り扱い.
    Privacy,
    /// 使い方.
    Help,
    /// アクセシビリティ.
    Accessibility,
}

/// The page as a document.
pub fn information_page(setting: &Setting<'_>, which: Information) -> String {
    let words = InformationWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let fillers = [("town", town.name.as_str()), ("town_id", town.town_id.as_str())];
    let (title, lead, sections): (_, _, &[(&str, &str)]) = match which {
        Information::Privacy => (
            words.privacy_title,
            words.privacy_lead,
            &[
                (words.not_kept_title, words.not_kept),
                (words.kept_title, words.kept),
                (words.passed_title, words.passed),
                (words.statistics_title, words.statistics),
                (words.cookies_title, words.cookies),
                (words.rights_title, words.rights),
            ],
        ),
        Information::Help => (
            words.help_title,
            words.help_lead,
            &[
                (words.prepare_title, words.prepare),
                (words.first_title, words.first),
                (words.later_title, words.later),
                (words.renewed_title, words.renewed),
                (words.shared_title, words.shared),
                (words.stop_title, words.stop),
                (words.trouble_title, words.trouble),
            ],
        ),
        Information::Accessibility => (
            words.accessibility_title,
            words.accessibility_lead,
            &[
                (words.target_title, words.target),
                (words.made_title, words.made),
                (words.limits_title, words.limits),
                (words.report_title, words.report),
            ],
        ),
    };
    let sections: Vec<_> = sections
        .iter()
        .map(|(heading, text)| {
            view! {
                <section class="r-section"><h2 class="r-h2">{fill(heading, &fillers)}</h2><p>{fill(text, &fillers)}</p></section>
            }
        })
        .collect();
    let main = view! {
        <h1 class="r-title">{title}</h1>
        <p class="r-lead">{fill(lead, &fillers)}</p>
        {sections}
        <section class="r-section">
            <h2 class="r-h2">{words.ask}</h2>
            <p>{town.contact.clone()}{telephone(&town.phone)}</p>
        </section>
    };
    setting.page(title, main.into_any())
}
