//! The fields of a connection. Every kind has all of them; a preset fills in what is known.

use domain::locale::Locale;
use domain::residency::AddressSource;
use domain::violations::Violation;
use leptos::prelude::*;
use service::federation::Preset;
use service::identity_providers::{Algorithm, BirthdateForm, LEVELS, METHODS, ProviderForm, VERIFIED, verified_word};

use super::facts::{birthdate_words, method_word, verified_words};
use super::text::Words;
use crate::components::field::{Checkbox, Choice, FieldError, RadioCards, Select, TextField};
use crate::components::form::Hidden;
use crate::render::submitted;
use crate::text::fill;

/// Every field with what is set up. Where residents were sent to a connection before, its issuer and client are read-only.
pub(super) fn fields(
    form: &ProviderForm,
    callback: String,
    fixed: bool,
    known_secret: bool,
    locale: Locale,
) -> AnyView {
    let words = Words::of(locale);
    let value = |name: &str| form.get(name).to_owned();
    let xid = Preset::of(form.get("preset")) == Some(Preset::Xid);
    view! {
        <Hidden name="preset" value=value("preset")/>
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_name}</legend>
            <div class="form">
                <div class="form__pair">
                    <TextField name="name.ja" label=words.name_ja value=value("name.ja")/>
                    <TextField name="name.en" label=words.name_en value=value("name.en")/>
                </div>
                <div class="form__pair">
                    <TextField name="button.ja" label=words.button_ja help=words.button_help value=value("button.ja") optional=true/>
                    <TextField name="button.en" label=words.button_en help=words.button_help value=value("button.en") optional=true/>
                </div>
            </div>
        </fieldset>
        {client(form, callback, fixed, known_secret, words)}
        {levels(form, words)}
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_attributes}</legend>
            <div class="form">
                {evidence(form, words, locale)}
                <RadioCards name="attributes" label=words.attributes choices=vec![
                    Choice::new("userinfo", words.from_userinfo),
                    Choice::new("signed_userinfo", words.from_signed).help(words.from_signed_help),
                    Choice::new("userdata", words.from_userdata).help(words.from_userdata_help),
                ] value=value("attributes")/>
                <TextField name="userdata_url" label=words.userdata_url help=words.userdata_url_help value=value("userdata_url")
                    class="mono-input" inputmode="url" optional=!xid/>
                {claims(form, words)}
            </div>
        </fieldset>
    }
    .into_any()
}

fn client(form: &ProviderForm, callback: String, fixed: bool, known_secret: bool, words: &'static Words) -> AnyView {
    let value = |name: &str| form.get(name).to_owned();
    let methods = vec![
        Choice::new("private_key_jwt", "private_key_jwt").help(words.private_key_jwt_help),
        Choice::new("client_secret_basic", "client_secret_basic").help(words.secret_basic_help),
        Choice::new("client_secret_post", "client_secret_post").help(words.secret_post_help),
    ];
    let audiences =
        vec![Choice::new("token_endpoint", words.audience_token), Choice::new("issuer", words.audience_issuer)];
    let fixed_help = if fixed { words.fixed_help } else { words.issuer_help };
    let secret_help = if known_secret { words.secret_known } else { words.secret_help };
    let algorithms = Algorithm::ALL.map(|algorithm| {
        let name = format!("algorithm.{}", algorithm.as_str());
        let checked = form.has(&name);
        view! { <Checkbox name label=algorithm.as_str() checked/> }
    });
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_client}</legend>
            <div class="form">
                <TextField name="callback" label=words.callback help=words.callback_help value=callback class="mono-input" readonly=true plain=true/>
                <TextField name="issuer" label=words.issuer help=fixed_help value=value("issuer") class="mono-input" inputmode="url" readonly=fixed plain=fixed/>
                <TextField name="client_id" label=words.client_id value=value("client_id") class="mono-input" readonly=fixed plain=fixed/>
                <RadioCards name="authentication" label=words.authentication choices=methods value=value("authentication")/>
                <TextField name="secret" label=words.secret help=secret_help kind="password" optional=true autocomplete="new-password"/>
                <Select name="audience" label=words.audience help=words.audience_help choices=audiences value=value("audience") class="input--short"/>
                <fieldset class="field">
                    <legend class="field__label">{words.algorithms}</legend>
                    <span class="field__help">{words.algorithms_help}</span>
                    <FieldError name="algorithms" label=words.algorithms/>
                    <div class="choice-grid choice-grid--columns">{algorithms}</div>
                </fieldset>
                <TextField name="scopes" label=words.scopes help=words.scopes_help value=value("scopes") class="mono-input"/>
                <TextField name="acr_values" label=words.acr_values help=words.acr_values_help value=value("acr_values") class="mono-input" optional=true/>
            </div>
        </fieldset>
    }
    .into_any()
}

fn levels(form: &ProviderForm, words: &'static Words) -> AnyView {
    let numbers = |axis: &str| {
        let mut choices = vec![Choice::new("", words.not_chosen)];
        choices.extend(["1", "2", "3"].map(|level| Choice::new(level, format!("{axis}{level}"))));
        choices
    };
    let methods = || {
        let mut choices = vec![Choice::new("", words.not_chosen)];
        choices.extend(METHODS.map(|method| Choice::new(method.as_str(), method_word(method, words))));
        choices
    };
    let row = |at: usize| {
        let field = |name: &str| format!("level.{at}.{name}");
        let value = |name: &str| form.get(&field(name)).to_owned();
        let legend = fill(words.level_row, &[("n", &(at + 1).to_string())]);
        view! {
            <fieldset class="field">
            <legend class="field__label">{legend}</legend>
            <div class="form__pair">
                <TextField name=field("acr") label=words.level_acr value=value("acr") class="mono-input" optional=true/>
                <Select name=field("ial") label=words.level_ial choices=numbers("IAL") value=value("ial") optional={at > 0}/>
                <Select name=field("aal") label=words.level_aal choices=numbers("AAL") value=value("aal") optional={at > 0}/>
                <Select name=field("method") label=words.level_method choices=methods() value=value("method") optional={at > 0}/>
            </div>
            </fieldset>
        }
    };
    let submitted = submitted();
    let is_used = |at: &usize| {
        ["acr", "ial", "aal", "method"].iter().any(|name| {
            let field = format!("level.{at}.{name}");
            let typed = submitted.as_ref().map_or(form.get(&field), |submitted| submitted.values().get(&field));
            !typed.is_empty()
        })
    };
    let used = (0..LEVELS).rev().find(is_used).map_or(1, |last| last + 1);
    let rows: Vec<_> = (0..used).map(row).collect();
    let more = (used < LEVELS).then(|| {
        let rows: Vec<_> = (used..LEVELS).map(row).collect();
        view! {
            <details class="disclosure">
                <summary>{words.level_more}</summary>
                <div class="form">{rows}</div>
            </details>
        }
    });
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_levels}</legend>
            <div class="form"><p class="muted">{words.levels_help}</p>
                <TextField name="level_claim" label=words.level_claim help=words.level_claim_help value=form.get("level_claim").to_owned()
                    class="mono-input" optional=true/>
                {rows}{more}</div>
        </fieldset>
    }
    .into_any()
}

fn evidence(form: &ProviderForm, words: &'static Words, locale: Locale) -> AnyView {
    let value = |name: &str| form.get(name).to_owned();
    let sources = AddressSource::ALL.map(|source| Choice::new(source.as_str(), source.words().get(locale))).to_vec();
    let verified = VERIFIED.map(|known| Choice::new(verified_word(known), verified_words(known, words))).to_vec();
    view! {
        <div class="form">
            <Select name="source" label=words.source help=words.source_help choices=sources value=value("source")/>
            <Select name="verified" label=words.verified help=words.verified_help choices=verified value=value("verified")/>
        </div>
    }
    .into_any()
}

fn explain_names(violation: Violation, locale: Locale) -> Option<&'static str> {
    let words = Words::of(locale);
    match violation {
        Violation::Unknown => Some(words.in_clear_unknown),
        Violation::NotAllowed => Some(words.birthdate_pieces),
        _ => None,
    }
}

fn claims(form: &ProviderForm, words: &'static Words) -> AnyView {
    let path = |name: &str, label: &'static str| {
        let field = format!("claim.{name}");
        let value = form.get(&field).to_owned();
        view! { <TextField name=field label value class="mono-input" optional=true/> }
    };
    let list = |name: &'static str, label: &'static str| {
        let value = form.get(name).to_owned();
        view! { <TextField name label value optional=true/> }
    };
    let forms = BirthdateForm::ALL.map(|form| Choice::new(form.as_str(), birthdate_words(form, words)));
    let birthdate_form = form.get("birthdate_form").to_owned();
    view! {
        <fieldset class="field">
            <legend class="field__label">{words.claims}</legend>
            <span class="field__help">{words.claims_help}</span>
            <div class="form">
                {path("subject", words.claim_subject)}
                <Checkbox name="subject_optional" label=words.subject_optional help=words.subject_optional_help checked=form.has("subject_optional")/>
                <TextField name="in_clear" label=words.in_clear help=words.in_clear_help value=form.get("in_clear").to_owned()
                    class="mono-input" optional=true explain=explain_names/>
                <TextField name="claim.name" label=words.claim_name help=words.claim_name_help value=form.get("claim.name").to_owned()
                    class="mono-input" optional=true/>
                <div class="form__pair">{path("address", words.claim_address)}{path("postal_code", words.claim_postal_code)}</div>
                <div class="form__pair">
                    {path("prefecture", words.claim_prefecture)}{path("city", words.claim_city)}{path("street", words.claim_street)}
                </div>
                <div class="form__pair">{path("substitute_flags", words.claim_flags)}{path("verified_at", words.claim_verified_at)}</div>
                <div class="form__pair">
                    <TextField name="claim.birthdate" label=words.claim_birthdate help=words.claim_birthdate_help
                        value=form.get("claim.birthdate").to_owned() class="mono-input" optional=true explain=explain_names/>
                    <Select name="birthdate_form" label=words.birthdate_form choices=forms.to_vec() value=birthdate_form/>
                </div>
                <TextField name="claim.gender" label=words.claim_gender help=words.gender_help value=form.get("claim.gender").to_owned()
                    class="mono-input" optional=true/>
                <div class="form__pair">
                    {list("gender.male", words.gender_male)}{list("gender.female", words.gender_female)}{list("gender.other", words.gender_other)}
                </div>
                <TextField name="claim.former_subject" label=words.claim_former_subject help=words.claim_former_subject_help
                    value=form.get("claim.former_subject").to_owned() class="mono-input" optional=true/>
            </div>
        </fieldset>
    }
    .into_any()
}
