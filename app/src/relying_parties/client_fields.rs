//! The part of a relying party's form that its vendor's engineers answer: how the software connects.

use domain::configuration::{
    ApplicationType, ClientAuthentication, ClientForm, Encryption, EventDelivery, EventKind, EventsForm,
    IdTokenSigning, SecurityProfile, TypedSecret,
};
use domain::locale::Locale;
use leptos::prelude::*;

use super::explained::{
    explain_acr_words, explain_authentication, explain_delivery, explain_event_kinds, explain_events_uri,
    explain_former_ids, explain_keys, explain_secret, explain_sector, explain_signing,
};
use super::text::Words;
use crate::components::field::{Checkbox, Checkboxes, Choice, RadioCards, Select, TextArea, TextField};
use crate::forms::Form;
use crate::render::submitted;

/// What most services leave as it is: shown when something of it was changed or is wrong.
const RARELY_CHANGED: [&str; 16] = [
    "acr_words",
    "application_type",
    "profile",
    "id_token_signing",
    "encryption",
    "userinfo_signed",
    "pushed_only",
    "signed_only",
    "dpop_only",
    "offline_access",
    "sector_identifier_uri",
    "former_ids_of",
    "events_delivery",
    "events_uri",
    SECRET,
    "event_kinds",
];

/// What goes with events that are pushed, and that nothing shall.
const SECRET: &str = "events_authorization";
const NO_SECRET: &str = "events_authorization_none";

/// Reads its part of the form.
pub(super) fn read(form: &Form) -> ClientForm {
    let get = |name: &str| form.get(name).to_owned();
    ClientForm {
        application_type: get("application_type"),
        authentication: get("authentication"),
        jwks_uri: get("jwks_uri"),
        jwks: get("jwks"),
        id_token_signing: get("id_token_signing"),
        encryption: get("encryption"),
        userinfo_signed: get("userinfo_signed"),
        profile: get("profile"),
        pushed_only: get("pushed_only"),
        signed_only: get("signed_only"),
        dpop_only: get("dpop_only"),
        offline_access: get("offline_access"),
        post_logout_redirect_uris: get("post_logout_redirect_uris"),
        backchannel_logout_uri: get("backchannel_logout_uri"),
        acr_words: get("acr_words"),
        sector_identifier_uri: get("sector_identifier_uri"),
        former_ids_of: get("former_ids_of"),
        events: EventsForm {
            delivery: get("events_delivery"),
            uri: get("events_uri"),
            kinds: form.all("event_kinds").collect::<Vec<_>>().join(" "),
            typed: TypedSecret::of_fields(&get(SECRET), form.has(NO_SECRET)),
            ..EventsForm::default()
        },
    }
}

/// The fields, the rarely changed ones folded away.
pub(super) fn fields(form: ClientForm, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let choice = |value: &str, word: domain::locale::Words| Choice::new(value, word.get(locale));
    let authentication = ClientAuthentication::ALL
        .iter()
        .map(|kind| {
            let help = match kind {
                ClientAuthentication::Secret => words.client_secret_help,
                ClientAuthentication::PrivateKeyJwt => words.private_key_jwt_help,
                ClientAuthentication::None => words.public_client_help,
            };
            choice(kind.as_str(), kind.words()).help(help)
        })
        .collect();
    let types = ApplicationType::ALL.iter().map(|kind| choice(kind.as_str(), kind.words())).collect();
    let profiles = SecurityProfile::ALL.iter().map(|kind| choice(kind.as_str(), kind.words())).collect();
    let signing = IdTokenSigning::ALL.iter().map(|kind| choice(kind.as_str(), kind.words())).collect();
    let encryption = Encryption::ALL.iter().map(|kind| choice(kind.as_str(), kind.words())).collect();
    let delivery = EventDelivery::ALL.iter().map(|kind| choice(kind.as_str(), kind.words())).collect();
    let events: Vec<Choice> = EventKind::ALL.iter().map(|kind| choice(kind.as_str(), kind.words())).collect();
    let told: Vec<String> = form.events.kinds.split_whitespace().map(str::to_owned).collect();
    let secret_help = if form.events.authorization.is_some() {
        words.events_authorization_known
    } else {
        words.events_authorization_help
    };
    let no_secret = form.events.authorization.map(|_| {
        view! { <Checkbox name=NO_SECRET label=words.events_authorization_none checked=false/> }
    });
    let usual = |value: &str, usual: &str| if value.is_empty() { usual.to_owned() } else { value.to_owned() };
    let unusual = ClientForm {
        authentication: String::new(),
        jwks_uri: String::new(),
        jwks: String::new(),
        post_logout_redirect_uris: String::new(),
        backchannel_logout_uri: String::new(),
        ..form.clone()
    };
    let is_usual = unusual == ClientForm::default() || unusual == with_usual_words();
    let open = !is_usual
        || submitted().is_some_and(|submitted| RARELY_CHANGED.iter().any(|name| submitted.violation(name).is_some()));
    let on = |switch: &str| switch == "on";
    view! {
        <fieldset class="panel rule__set">
            <legend class="rule__legend">{words.part_software}</legend>
            <div class="form">
                <RadioCards name="authentication" label=words.authentication choices=authentication
                    value=usual(&form.authentication, ClientAuthentication::Secret.as_str()) explain=explain_authentication/>
                <TextField name="jwks_uri" label=words.jwks_uri help=words.jwks_uri_help value=form.jwks_uri class="mono-input" inputmode="url" optional=true explain=explain_keys/>
                <TextArea name="jwks" label=words.jwks help=words.jwks_help value=form.jwks rows=3 optional=true explain=explain_keys/>
                <TextArea name="post_logout_redirect_uris" label=words.post_logout help=words.post_logout_help value=form.post_logout_redirect_uris rows=2 optional=true/>
                <TextField name="backchannel_logout_uri" label=words.backchannel help=words.backchannel_help value=form.backchannel_logout_uri class="mono-input" inputmode="url" optional=true/>
                <details class="disclosure" open=open>
                    <summary>{words.more_software}</summary>
                    <div class="form">
                        <div class="form__pair">
                            <Select name="application_type" label=words.application_type choices=types value=usual(&form.application_type, ApplicationType::Web.as_str())/>
                            <Select name="profile" label=words.profile help=words.profile_help choices=profiles value=usual(&form.profile, SecurityProfile::Standard.as_str())/>
                        </div>
                        <div class="form__pair">
                            <Select name="id_token_signing" label=words.id_token_signing help=words.id_token_signing_help choices=signing value=usual(&form.id_token_signing, IdTokenSigning::Es256.as_str()) explain=explain_signing/>
                            <Select name="encryption" label=words.encryption help=words.encryption_help choices=encryption value=usual(&form.encryption, Encryption::None.as_str())/>
                        </div>
                        <Checkbox name="userinfo_signed" label=words.userinfo_signed help=words.userinfo_signed_help checked=on(&form.userinfo_signed)/>
                        <TextArea name="acr_words" label=words.acr_words help=words.acr_words_help value=form.acr_words rows=2 optional=true explain=explain_acr_words/>
                        <Checkbox name="offline_access" label=words.offline_access help=words.offline_access_help checked=on(&form.offline_access)/>
                        <Checkbox name="pushed_only" label=words.pushed_only help=words.pushed_only_help checked=on(&form.pushed_only)/>
                        <Checkbox name="signed_only" label=words.signed_only help=words.signed_only_help checked=on(&form.signed_only)/>
                        <Checkbox name="dpop_only" label=words.dpop_only help=words.dpop_only_help checked=on(&form.dpop_only)/>
                        <TextField name="sector_identifier_uri" label=words.sector help=words.sector_help value=form.sector_identifier_uri class="mono-input" inputmode="url" optional=true explain=explain_sector/>
                        <TextField name="former_ids_of" label=words.former_ids_of help=words.former_ids_help value=form.former_ids_of class="mono-input" optional=true explain=explain_former_ids/>
                        <Select name="events_delivery" label=words.events_delivery help=words.events_delivery_help choices=delivery value=usual(&form.events.delivery, EventDelivery::None.as_str()) explain=explain_delivery/>
                        <TextField name="events_uri" label=words.events_uri help=words.events_uri_help value=form.events.uri class="mono-input" inputmode="url" optional=true explain=explain_events_uri/>
                        <TextField name=SECRET label=words.events_authorization help=secret_help kind="password" optional=true autocomplete="new-password" explain=explain_secret/>
                        {no_secret}
                        <Checkboxes name="event_kinds" label=words.event_kinds choices=events values=told optional=true explain=explain_event_kinds/>
                    </div>
                </details>
            </div>
        </fieldset>
    }
    .into_any()
}

/// The rarely changed part as it comes from a version in which nothing of it was changed.
fn with_usual_words() -> ClientForm {
    ClientForm { authentication: String::new(), ..ClientForm::from(&domain::configuration::ClientSettings::default()) }
}
