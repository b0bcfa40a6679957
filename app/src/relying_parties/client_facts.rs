//! How the service's software connects, as far as it is not as with most services.

use domain::configuration::{
    ClientAuthentication, ClientKeys, Encryption, EventDelivery, Pkce, RelyingPartyContent, SecurityProfile,
};
use domain::disclosure::DisclosedFigure;
use domain::locale::Locale;
use leptos::prelude::*;

use super::text::Words;
use crate::components::code_block::CodeBlock;
use crate::components::facts::{Fact, Facts};
use crate::components::panel::Panel;
use crate::text::{dot, fill};

/// The panel, with how many people have a former id where the service is given them.
pub(super) fn panel(content: &RelyingPartyContent, people: Option<DisclosedFigure>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let client = &content.client;
    let pkce = match content.pkce {
        Pkce::Required => "PKCE (S256)".to_owned(),
        Pkce::WhenOffered => format!("PKCE: {}", content.pkce.words().get(locale)),
    };
    let demanded: Vec<&str> = [
        (words.short_pushed, client.requires_pushed()),
        (words.short_signed, client.signed_only),
        (words.short_dpop, client.requires_dpop()),
    ]
    .into_iter()
    .filter_map(|(word, holds)| holds.then_some(word))
    .collect();
    let after_logout: Vec<String> = client.post_logout_redirect_uris.iter().map(ToString::to_string).collect();
    let acr_words: Vec<String> = client.acr_words.lines().collect();
    let encrypted = client.encryption != Encryption::None;
    let strict = client.profile != SecurityProfile::Standard;
    let tells = client.events.delivery != EventDelivery::None;
    let kinds: Vec<&str> = client.events.kinds.iter().map(|kind| kind.words().get(locale)).collect();
    let facts: Vec<AnyView> = [
        Some(fact(words.application_type, client.application_type.words().get(locale))),
        Some(fact(words.authentication, client.authentication.words().get(locale))),
        client.keys.as_ref().map(|given| keys(given, locale)),
        Some(fact(words.signing, [client.id_token_signing.as_str(), &pkce].join(dot(locale)))),
        encrypted.then(|| fact(words.encryption, [client.encryption.as_str(), "A256GCM"].join(dot(locale)))),
        client.signs_userinfo().then(|| fact(words.userinfo_signed, client.id_token_signing.as_str())),
        strict.then(|| fact(words.profile, client.profile.words().get(locale))),
        (!demanded.is_empty()).then(|| fact(words.demanded, demanded.join(dot(locale)))),
        client.offline_access.then(|| fact(words.refresh, words.refresh_given)),
        (!acr_words.is_empty()).then(|| codes(words.acr_words, acr_words)),
        (!after_logout.is_empty()).then(|| codes(words.post_logout, after_logout)),
        client.backchannel_logout_uri.as_ref().map(|uri| codes(words.backchannel, vec![uri.to_string()])),
        client.sector_identifier_uri.as_ref().map(|uri| codes(words.sector, vec![uri.to_string()])),
        client.former_ids_of.as_ref().map(|of| codes(words.former_ids_of, vec![of.to_string()])),
        client.former_ids_of.as_ref().map(|_| fact(words.former_ids_kept, how_many(people, locale))),
        tells.then(|| fact(words.events_delivery, client.events.delivery.words().get(locale))),
        client.events.uri.as_ref().map(|uri| codes(words.events_uri, vec![uri.to_string()])),
        client.events.authorization.map(|_| fact(words.events_authorization, words.events_authorization_set)),
        tells.then(|| fact(words.event_kinds, kinds.join(dot(locale)))),
    ]
    .into_iter()
    .flatten()
    .collect();
    view! {
        <div id="software">
            <Panel id="software-h" title=words.part_software line=true>
                <Facts>{facts}</Facts>
            </Panel>
        </div>
    }
    .into_any()
}

fn how_many(people: Option<DisclosedFigure>, locale: Locale) -> String {
    let words = Words::of(locale);
    match people {
        Some(people) => fill(words.former_ids_least, &[("people", &people.to_string())]),
        None => words.former_ids_few.to_owned(),
    }
}

fn fact(term: &'static str, text: impl Into<String>) -> AnyView {
    let text = text.into();
    view! { <Fact term=term>{text}</Fact> }.into_any()
}

fn codes(term: &'static str, values: Vec<String>) -> AnyView {
    let lines = values.into_iter().map(|value| view! { <p><code>{value}</code></p> }).collect_view();
    view! { <Fact term=term>{lines}</Fact> }.into_any()
}

fn keys(keys: &ClientKeys, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    match keys {
        ClientKeys::JwksUri(uri) => codes(words.jwks_uri, vec![uri.to_string()]),
        ClientKeys::Jwks(text) => {
            let text = text.clone();
            view! {
                <Fact term=words.jwks>
                    <details class="disclosure">
                        <summary>{words.jwks_pasted}</summary>
                        <CodeBlock text label=words.jwks/>
                    </details>
                </Fact>
            }
            .into_any()
        }
    }
}

/// Whether secrets are of any use to this service.
pub(super) fn uses_secrets(content: Option<&RelyingPartyContent>) -> bool {
    content.is_none_or(|content| content.client.authentication == ClientAuthentication::Secret)
}
