//! Saving a draft from its editor. A button that only changes what is shown (one more clause, a preview) sends the form too
//! and gets the same page back with what was typed; nothing is saved by it.

use domain::locale::Locale;
use domain::violations::Violations;
use leptos::prelude::*;
use service::Error;
use service::configuration::{ConfigurationId, Draft, Form as Content, Seen};

use super::life::Doing;
use super::text::Words;
use super::{detail_path, edit_path, minute};
use crate::components::banner::Banner;
use crate::components::form::Hidden;
use crate::console::{Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Submitted, Tone};
use crate::pages::Visit;
use crate::text::fill;

/// The button of an editor that was pressed.
pub(crate) const THEN: &str = "then";
/// Saves and stays.
pub(crate) const SAVE: &str = "save";
/// Saves and goes on to the submission.
pub(crate) const SUBMIT: &str = "submit";

/// The version that the editor began with, to travel along.
pub(crate) fn seen_fields(seen: Option<Seen>) -> AnyView {
    let seen = seen.unwrap_or(Seen { number: 0, revision: 0 });
    view! {
        <Hidden name="number" value=seen.number.to_string()/>
        <Hidden name="seen" value=seen.revision.to_string()/>
    }
    .into_any()
}

/// Saves the draft that a form holds, or drafts something new with `create`.
pub(crate) async fn save(
    console: &Console,
    id: ConfigurationId,
    form: &Form,
    content: &Content,
) -> Result<Answer<ConsolePage>, Error> {
    let number = |name: &str| form.get(name).parse::<i64>().unwrap_or(-1);
    let seen = Seen { number: number("number"), revision: number("seen") };
    console.service().save_draft(&console.town().caller, id, seen, content).await?;
    Ok(after(console, id, form))
}

/// Where an editor leads once the draft is saved.
pub(crate) fn after(console: &Console, id: ConfigurationId, form: &Form) -> Answer<ConsolePage> {
    let tenant = &console.town().tenant;
    let saved = Flash::success(Words::of(console.locale).saved);
    if form.get(THEN) == SUBMIT {
        return Answer::to(Doing::Submit.link(&detail_path(tenant, id))).saying(saved);
    }
    Answer::to(edit_path(tenant, id)).saying(saved)
}

/// The same visit with a form as it is now shown: typed text and what was changed in it, nothing wrong with it.
pub(crate) fn showing(console: &Console, form: Form) -> Console {
    console.refused(Submitted::new(form, Violations::default(), None))
}

/// Lets the fields below read the form that this page shows. A page that a button asked for is no refused form, so the
/// frame does not know it.
pub(crate) fn provide_form(console: &Console) {
    if let Some(submitted) = console.submitted.clone() {
        provide_context(submitted);
    }
}

/// What the form said, if the page shows one.
pub(crate) fn typed(console: &Console) -> Option<&Form> {
    console.submitted.as_ref().map(Submitted::values)
}

/// The line under the title of an editor.
pub(crate) fn lead(draft: Option<&Draft>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let Some(draft) = draft else {
        return view! { <span class="meta-line"><span>{words.unsaved_new}</span></span> }.into_any();
    };
    let number = draft.number.to_string();
    let version = match draft.published {
        Some(published) => fill(words.editing_beside, &[("n", &number), ("published", &published.to_string())]),
        None => fill(words.editing, &[("n", &number)]),
    };
    let saved = if draft.saved {
        fill(words.last_saved, &[("day", &minute(draft.saved_at, locale))])
    } else {
        words.unsaved_new.to_owned()
    };
    view! { <span class="meta-line"><span>{version}</span><span>{saved}</span></span> }.into_any()
}

/// What whoever sent the draft back said.
pub(crate) fn sent_back(draft: Option<&Draft>, locale: Locale) -> AnyView {
    let Some((comment, number)) = draft.and_then(|draft| Some((draft.sent_back.clone()?, draft.number))) else {
        return ().into_any();
    };
    let title = fill(Words::of(locale).back_title, &[("n", &number.to_string())]);
    view! { <Banner tone=Tone::Warning title class="page-banner">{comment}</Banner> }.into_any()
}
