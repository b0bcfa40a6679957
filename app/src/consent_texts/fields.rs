//! The form of a consent text: each text in both languages side by side.

use domain::configuration::{Basis, ConsentTextForm};
use domain::ids::RelyingPartyId;
use domain::locale::{Locale, Localized};
use leptos::prelude::*;

use super::text::Words;
use crate::components::field::{Checkbox, Checkboxes, Choice, Select, TextArea, TextField};
use crate::forms::Form;
use crate::text::fill;

/// Reads the form; what was not sent is empty.
pub(super) fn read(form: &Form) -> ConsentTextForm {
    let get = |name: &str| form.get(name).to_owned();
    ConsentTextForm {
        name_ja: get("name_ja"),
        name_en: get("name_en"),
        title_ja: get("title_ja"),
        title_en: get("title_en"),
        receiver_ja: get("receiver_ja"),
        receiver_en: get("receiver_en"),
        receiver_contact_ja: get("receiver_contact_ja"),
        receiver_contact_en: get("receiver_contact_en"),
        holder_ja: get("holder_ja"),
        holder_en: get("holder_en"),
        purpose_ja: get("purpose_ja"),
        purpose_en: get("purpose_en"),
        record_ja: get("record_ja"),
        record_en: get("record_en"),
        retention_ja: get("retention_ja"),
        retention_en: get("retention_en"),
        withdrawal_ja: get("withdrawal_ja"),
        withdrawal_en: get("withdrawal_en"),
        contact_ja: get("contact_ja"),
        contact_en: get("contact_en"),
        basis: get("basis"),
        linked: form.all("linked").collect::<Vec<_>>().join(" "),
        material: get("material"),
    }
}

/// A new text begins with what the town itself always says.
pub(super) fn usual(town: &Localized, contact: &Localized) -> ConsentTextForm {
    let (ja, en) = (town.get(Locale::Ja), town.get(Locale::En));
    ConsentTextForm {
        title_ja: "この情報を渡してもよいですか".to_owned(),
        title_en: "May we pass this on?".to_owned(),
        holder_ja: ja.to_owned(),
        holder_en: en.to_owned(),
        record_ja: format!("同意した日と文の版だけを、{ja}が残します"),
        record_en: format!("{en} keeps only the day of your consent and the version of this text"),
        withdrawal_ja: "「自分のページ」でいつでもやめられます".to_owned(),
        withdrawal_en: "At any time on your own page".to_owned(),
        contact_ja: contact.get(Locale::Ja).to_owned(),
        contact_en: contact.get(Locale::En).to_owned(),
        basis: Basis::Consent.as_str().to_owned(),
        material: "on".to_owned(),
        ..ConsentTextForm::default()
    }
}

/// The fields; `town_wide` are the services that can share a number.
pub(super) fn fields(form: ConsentTextForm, town_wide: Vec<(RelyingPartyId, Localized)>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let label = |label: &str, template: &str| fill(template, &[("label", label)]);
    let line = |name: &'static str, word: &'static str, help: Option<&'static str>, ja: String, en: String| {
        let (first, second) = (label(word, words.japanese), label(word, words.english));
        let help = help.map(str::to_owned).unwrap_or_default();
        if help.is_empty() {
            return view! {
                <div class="form__pair">
                    <TextField name=format!("{name}_ja") label=first value=ja/>
                    <TextField name=format!("{name}_en") label=second value=en/>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="form__pair">
                <TextField name=format!("{name}_ja") label=first help=help.clone() value=ja/>
                <TextField name=format!("{name}_en") label=second help value=en/>
            </div>
        }
        .into_any()
    };
    let block = |name: &'static str, word: &'static str, help: &'static str, ja: String, en: String| {
        let (first, second) = (label(word, words.japanese), label(word, words.english));
        view! {
            <div class="form__pair">
                <TextArea name=format!("{name}_ja") label=first help value=ja rows=3/>
                <TextArea name=format!("{name}_en") label=second help value=en rows=3 lang="en"/>
            </div>
        }
        .into_any()
    };
    let basis = vec![Choice::new(Basis::Consent.as_str(), Basis::Consent.words().get(locale))];
    let values = form.linked.split_whitespace().map(str::to_owned).collect();
    let choices: Vec<Choice> =
        town_wide.iter().map(|(id, name)| Choice::new(id.to_string(), name.get(locale))).collect();
    let linked = if choices.is_empty() {
        view! {
            <div class="field">
                <span class="field__label">{words.linked}</span>
                <p class="muted">{words.no_linked}</p>
            </div>
        }
        .into_any()
    } else {
        view! { <Checkboxes name="linked" label=words.linked help=words.linked_help choices values optional=true/> }
            .into_any()
    };
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_text}</legend>
            <div class="form">
                {line("name", words.name, Some(words.name_help), form.name_ja, form.name_en)}
                {line("title", words.title_label, Some(words.title_help), form.title_ja, form.title_en)}
                {line("receiver", words.receiver, None, form.receiver_ja, form.receiver_en)}
                {line(
                    "receiver_contact",
                    words.receiver_contact,
                    Some(words.receiver_contact_help),
                    form.receiver_contact_ja,
                    form.receiver_contact_en,
                )}
                {line("holder", words.holder, None, form.holder_ja, form.holder_en)}
                {block("purpose", words.purpose, words.purpose_help, form.purpose_ja, form.purpose_en)}
                {block("record", words.record, words.record_help, form.record_ja, form.record_en)}
                {block("retention", words.retention, words.retention_help, form.retention_ja, form.retention_en)}
                {block("withdrawal", words.withdrawal, words.withdrawal_help, form.withdrawal_ja, form.withdrawal_en)}
                {line("contact", words.contact, None, form.contact_ja, form.contact_en)}
            </div>
        </fieldset>
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_more}</legend>
            <div class="form">
                <Select name="basis" label=words.basis choices=basis value=form.basis/>
                {linked}
                <Checkbox name="material" label=words.material help=words.material_help checked=form.material == "on"/>
            </div>
        </fieldset>
    }
    .into_any()
}
