//! Merging another town ID into one's own: where it begins, the question once both sign-ins are there, and what came of it.

use domain::paths;
use leptos::prelude::*;

use super::frame::Setting;
use super::merge_words::MergeWords;
use crate::text::fill;

/// What came of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merging {
    /// Either sign-in leads to this town ID now.
    Merged,
    /// The other sign-in leads to no town ID.
    NoOther,
    /// It leads to this one.
    Same,
    /// Something about the other one waits for the desk.
    AtDesk,
}

/// What the question shows.
pub struct MergeQuestion {
    /// Services that go on as before.
    pub kept: Vec<String>,
    /// Services whose consent ends; the mark says that the town ID that stays has one too.
    pub ending: Vec<(String, bool)>,
}

/// The sentence on the own page.
pub(super) fn said_of(merging: Merging, setting: &Setting<'_>) -> String {
    let words = MergeWords::of(setting.locale);
    let text = match merging {
        Merging::Merged => words.merged,
        Merging::NoOther => words.none,
        Merging::Same => words.same,
        Merging::AtDesk => words.at_desk,
    };
    named(text, setting)
}

/// That the card was renewed, and since when the new one leads here.
pub(super) fn relinked(month: &str, setting: &Setting<'_>) -> String {
    fill(&named(MergeWords::of(setting.locale).relinked, setting), &[("month", month)])
}

/// The part of the own page that leads to it.
pub(super) fn section(setting: &Setting<'_>, merged: bool) -> AnyView {
    let words = MergeWords::of(setting.locale);
    let Some(town) = setting.town else { return ().into_any() };
    let text = |text| named(text, setting);
    let merged = merged.then(|| view! { <p>{text(words.section_merged)}</p> });
    view! {
        <section class="r-section" aria-labelledby="merge">
            <h2 class="r-h2" id="merge">{text(words.section)}</h2>
            {merged}
            <p>{text(words.section_text)}</p>
            <div class="r-actions"><a class="r-button r-button--plain" href=paths::me_merge(&town.slug)>{text(words.link)}</a></div>
        </section>
    }
    .into_any()
}

/// The page on which it begins; the form posts to the page's own address. Somebody whose sign-in is not `fresh` signs in first.
pub fn merge_start_page(setting: &Setting<'_>, fresh: bool) -> String {
    let words = MergeWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let title = named(words.start_title, setting);
    let (note, action, id, label) = if fresh {
        (words.start_note, None, "merge-sign-in", words.start)
    } else {
        (words.sign_in_first, Some(paths::town_sign_in(&town.slug)), "sign-in", words.sign_in)
    };
    let begin = view! {
        <p class="r-note">{named(note, setting)}</p>
        <form class="r-actions" method="post" action=action>
            <button class="r-button" type="submit" id=id>{named(label, setting)}</button>
            <a class="r-button r-button--plain" href=paths::me(&town.slug)>{words.back}</a>
        </form>
    };
    let main = view! {
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{named(words.start_lead, setting)}</p>
        {begin}
    };
    setting.page(&title, main.into_any())
}

/// The question, once both sign-ins are there; the form posts to the page's own address.
pub fn merge_page(setting: &Setting<'_>, question: MergeQuestion) -> String {
    let words = MergeWords::of(setting.locale);
    let title = named(words.ask_title, setting);
    let row = |name: String, effect: Option<String>| {
        let effect = effect.map(|effect| view! { <small>{effect}</small> });
        view! {
            <li><div class="r-row"><span class="r-row__text"><span class="r-row__title">{name}</span>{effect}</span></div></li>
        }
    };
    let kept: Vec<_> = question.kept.into_iter().map(|name| row(name, None)).collect();
    let ending = question.ending.into_iter().map(|(name, both)| {
        let effect = if both { words.ending_both } else { words.ending_only };
        row(name, Some(named(effect, setting)))
    });
    let ending: Vec<_> = ending.collect();
    let list = |rows: Vec<_>, none: &'static str| {
        if rows.is_empty() {
            view! { <p>{none}</p> }.into_any()
        } else {
            view! { <ul class="r-list">{rows}</ul> }.into_any()
        }
    };
    let main = view! {
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{named(words.ask_lead, setting)}</p>
        <section class="r-section" aria-labelledby="kept">
            <h2 class="r-h2" id="kept">{words.kept}</h2>
            {list(kept, words.kept_none)}
        </section>
        <section class="r-section" aria-labelledby="ending">
            <h2 class="r-h2" id="ending">{named(words.ending, setting)}</h2>
            {list(ending, words.ending_none)}
        </section>
        <p class="r-note">{named(words.effect, setting)}</p>
        <form class="r-actions" method="post">
            <button class="r-button r-button--danger" type="submit" name="decision" value="merge" id="merge-confirm">{words.confirm}</button>
            <button class="r-button r-button--plain" type="submit" name="decision" value="keep" id="merge-refuse">{words.back}</button>
        </form>
    };
    setting.page(&title, main.into_any())
}

/// A text with the town's word for its ID.
fn named(text: &str, setting: &Setting<'_>) -> String {
    setting.town.map_or_else(|| text.to_owned(), |town| fill(text, &[("town_id", &town.town_id)]))
}
