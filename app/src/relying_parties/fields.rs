//! The form of a relying party.

use std::borrow::Cow;

use domain::attributes::{Delivery, Item};
use domain::configuration::{Icon as Symbol, Pkce, RelyingPartyForm, SubjectType};
use domain::locale::Locale;
use domain::violations::Violation;
use leptos::prelude::*;

use super::client_fields;
use super::explained::explain_pkce;
use super::text::Words;
use crate::components::field::{Checkbox, Choice, RadioCards, Select, TextArea, TextField};
use crate::forms::Form;

/// Reads the form; what was not sent is empty.
pub(super) fn read(form: &Form) -> RelyingPartyForm {
    let get = |name: &str| form.get(name).to_owned();
    RelyingPartyForm {
        name_ja: get("name_ja"),
        name_en: get("name_en"),
        description_ja: get("description_ja"),
        description_en: get("description_en"),
        provider: get("provider"),
        contact: get("contact"),
        home_url: get("home_url"),
        redirect_uris: get("redirect_uris"),
        pkce: get("pkce"),
        rule: get("rule"),
        consent_text: get("consent_text"),
        item_name: get("item_name"),
        item_address: get("item_address"),
        item_birthdate: get("item_birthdate"),
        item_gender: get("item_gender"),
        item_municipality: get("item_municipality"),
        item_age_band: get("item_age_band"),
        item_age_over: get("item_age_over"),
        age_limits: get("age_limits"),
        residency_claim: get("residency_claim"),
        residency_verified_at: get("residency_verified_at"),
        minimum_ial: get("minimum_ial"),
        minimum_aal: get("minimum_aal"),
        icon: get("icon"),
        client: client_fields::read(form),
    }
}

/// A new one begins with what most services need.
pub(super) fn usual() -> RelyingPartyForm {
    RelyingPartyForm {
        pkce: Pkce::Required.as_str().to_owned(),
        minimum_ial: "3".to_owned(),
        minimum_aal: "2".to_owned(),
        icon: "other".to_owned(),
        residency_claim: "on".to_owned(),
        ..RelyingPartyForm::default()
    }
}

/// Rules and texts that can be named: id and word.
pub(super) struct Named {
    pub(super) rules: Vec<Choice>,
    pub(super) texts: Vec<Choice>,
}

/// The fields of a version.
pub(super) fn fields(form: RelyingPartyForm, named: Named, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let icons = Symbol::ALL.iter().map(|icon| Choice::new(icon.as_str(), icon.words().get(locale))).collect();
    let levels = |axis: &str| ["1", "2", "3"].map(|level| Choice::new(level, format!("{axis}{level}"))).to_vec();
    let pkce = vec![
        Choice::new(Pkce::Required.as_str(), Pkce::Required.words().get(locale)).help(words.pkce_required),
        Choice::new(Pkce::WhenOffered.as_str(), Pkce::WhenOffered.words().get(locale)).help(words.pkce_when_offered),
    ];
    let delivery = |name: &'static str, label: Cow<'static, str>, help: Option<&'static str>, value: &str| {
        let mut choices = vec![Choice::new("", words.item_none)];
        choices.extend(
            [Delivery::Once, Delivery::EveryTime]
                .map(|delivery| Choice::new(delivery.as_str(), delivery.words().get(locale))),
        );
        let value = value.to_owned();
        match help {
            Some(help) => view! { <Select name label help choices value optional=true/> }.into_any(),
            None => view! { <Select name label choices value optional=true/> }.into_any(),
        }
    };
    let item = |name, item: Item, help, value: &str| delivery(name, item.text(locale), help, value);
    let items = [
        item("item_name", Item::Name, None, &form.item_name),
        item("item_address", Item::Address, Some(words.item_address_help), &form.item_address),
        item("item_birthdate", Item::Birthdate, Some(words.item_birthdate_help), &form.item_birthdate),
        item("item_gender", Item::Gender, None, &form.item_gender),
    ];
    let coarse = [
        item("item_municipality", Item::Municipality, None, &form.item_municipality),
        item("item_age_band", Item::AgeBand, None, &form.item_age_band),
        delivery("item_age_over", words.item_age_over.into(), Some(words.item_age_over_help), &form.item_age_over),
    ];
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_service}</legend>
            <div class="form">
                <div class="form__pair">
                    <TextField name="name_ja" label=words.name_ja help=words.name_help value=form.name_ja/>
                    <TextField name="name_en" label=words.name_en help=words.name_help value=form.name_en/>
                </div>
                <div class="form__pair">
                    <TextField name="description_ja" label=words.description_ja help=words.description_help value=form.description_ja/>
                    <TextField name="description_en" label=words.description_en help=words.description_help value=form.description_en/>
                </div>
                <div class="form__pair">
                    <TextField name="provider" label=words.provider value=form.provider/>
                    <TextField name="contact" label=words.contact help=words.contact_help value=form.contact/>
                </div>
                <TextField name="home_url" label=words.home_url help=words.home_help value=form.home_url class="mono-input" inputmode="url"/>
                <Select name="icon" label=words.icon choices=icons value=form.icon class="input--short"/>
            </div>
        </fieldset>
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_connection}</legend>
            <div class="form">
                <TextArea name="redirect_uris" label=words.redirect_uris help=words.redirect_help value=form.redirect_uris rows=3/>
                <RadioCards name="pkce" label=words.pkce choices=pkce value=form.pkce explain=explain_pkce/>
                <div class="form__pair">
                    <Select name="minimum_ial" label=words.minimum_ial help=words.minimum_ial_help choices=levels("IAL") value=form.minimum_ial/>
                    <Select name="minimum_aal" label=words.minimum_aal help=words.minimum_aal_help choices=levels("AAL") value=form.minimum_aal/>
                </div>
            </div>
        </fieldset>
        {client_fields::fields(form.client, locale)}
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_decision}</legend>
            <div class="form">
                <Select name="rule" label=words.rule help=words.rule_help choices=named.rules value=form.rule/>
                <Select name="consent_text" label=words.consent_text help=words.consent_help choices=named.texts value=form.consent_text/>
                <fieldset class="field">
                    <legend class="field__label">{words.coarse}</legend>
                    <span class="field__help">{words.coarse_help}</span>
                    <div class="form__pair">
                        {coarse}
                        <TextField name="age_limits" label=words.age_limits help=words.age_limits_help value=form.age_limits class="input--short" inputmode="numeric" optional=true explain=explain_limits/>
                    </div>
                </fieldset>
                <fieldset class="field">
                    <legend class="field__label">{words.items}</legend>
                    <span class="field__help">{words.items_help}</span>
                    <div class="form__pair">{items}</div>
                </fieldset>
                <Checkbox name="residency_claim" label=words.residency_claim help=words.residency_help checked=form.residency_claim == "on"/>
                <Checkbox name="residency_verified_at" label=words.residency_verified_at help=words.residency_verified_help checked=form.residency_verified_at == "on"/>
            </div>
        </fieldset>
    }
    .into_any()
}

/// What is wrong with limits of age.
fn explain_limits(violation: Violation, locale: Locale) -> Option<&'static str> {
    let words = Words::of(locale);
    match violation {
        Violation::Required => Some(words.age_limits_missing),
        Violation::TooLong => Some(words.age_limits_many),
        Violation::Malformed | Violation::OutOfRange => Some(words.age_limits_malformed),
        _ => None,
    }
}

/// The fields that are fixed when it is created.
pub(super) fn identity_fields(locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let kind = |kind: SubjectType, help: &'static str| Choice::new(kind.as_str(), kind.words().get(locale)).help(help);
    let kinds =
        vec![kind(SubjectType::Pairwise, words.pairwise_help), kind(SubjectType::TownWide, words.town_wide_help)];
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_identity}</legend>
            <div class="form">
                <TextField name="client_id" label=words.client_id help=words.client_id_help class="mono-input" optional=true/>
                <RadioCards name="subject_type" label=words.subject_type choices=kinds value=SubjectType::Pairwise.as_str()/>
            </div>
        </fieldset>
    }
    .into_any()
}
