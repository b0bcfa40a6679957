//! What a client is told that was registered (RFC 7591, section 3.2.1): the version in force, in the words of its metadata. It says
//! nothing of what was sent and is not kept.

use domain::attributes::Item;
use domain::configuration::{
    ClientKeys, ClientSettings, Encryption, EventDelivery, RelyingPartyContent, SecurityProfile, SubjectType,
};
use domain::locale::Locale;
use oidc::provider::client_metadata::ClientMetadata;
use serde_json::{Map, Value, json};

/// The metadata of a client. `sent` says which of two names its way to prove who it is has.
pub(super) fn registered_metadata(
    content: &RelyingPartyContent,
    subject_type: SubjectType,
    sent: &ClientMetadata,
) -> Map<String, Value> {
    let client = &content.client;
    let uris = |uris: &[domain::web_address::RedirectUri]| uris.iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut grant_types = vec!["authorization_code"];
    let mut scopes = vec!["openid", "residency"];
    if client.offline_access {
        grant_types.push("refresh_token");
        scopes.push("offline_access");
    }
    let (attributes, coarse): (Vec<Item>, Vec<Item>) =
        content.items.iter().map(|released| released.item).partition(|item| Item::ATTRIBUTES.contains(item));
    let attributes: Vec<_> = attributes.into_iter().map(Item::claim).collect();
    scopes.extend(attributes.iter().map(AsRef::as_ref));
    let signing = client.id_token_signing.as_str();
    let mut metadata = Map::new();
    let mut say = |name: &str, value: Value| {
        if !value.is_null() {
            metadata.insert(name.to_owned(), value);
        }
    };
    say("client_name", json!(content.name.get(Locale::En)));
    say("client_name#ja", json!(content.name.get(Locale::Ja)));
    say("client_uri", json!(content.home_url.as_str()));
    say("contacts", json!([content.contact]));
    say("redirect_uris", json!(uris(&content.redirect_uris)));
    say("application_type", json!(client.application_type.as_str()));
    say("token_endpoint_auth_method", json!(sent.auth_method()));
    say("grant_types", json!(grant_types));
    say("response_types", json!(["code"]));
    say("scope", json!(scopes.join(" ")));
    say(
        "subject_type",
        json!(match subject_type {
            SubjectType::Pairwise => "pairwise",
            SubjectType::TownWide => "public",
        }),
    );
    say("sector_identifier_uri", json!(client.sector_identifier_uri.as_ref().map(ToString::to_string)));
    match &client.keys {
        Some(ClientKeys::JwksUri(uri)) => say("jwks_uri", json!(uri.as_str())),
        Some(ClientKeys::Jwks(text)) => say("jwks", serde_json::from_str(text).unwrap_or_default()),
        None => {}
    }
    say("id_token_signed_response_alg", json!(signing));
    say("userinfo_signed_response_alg", json!(client.signs_userinfo().then_some(signing)));
    if client.encryption != Encryption::None {
        for member in ["id_token_encrypted_response", "userinfo_encrypted_response"] {
            say(&format!("{member}_alg"), json!(client.encryption.as_str()));
            say(&format!("{member}_enc"), json!(oidc::jose::CONTENT_ENCRYPTION));
        }
    }
    say("require_pushed_authorization_requests", json!(client.requires_pushed()));
    say("require_signed_request_object", json!(client.signed_only));
    say("dpop_bound_access_tokens", json!(client.requires_dpop()));
    say("post_logout_redirect_uris", json!(uris(&client.post_logout_redirect_uris)));
    say("backchannel_logout_uri", json!(client.backchannel_logout_uri.as_ref().map(ToString::to_string)));
    let coarse: Vec<String> = coarse.iter().map(ToString::to_string).collect();
    if !coarse.is_empty() {
        say("urn:machikagi:claims", json!(coarse));
    }
    own_members(content, client, say);
    metadata
}

/// What no standard has a name for.
fn own_members(content: &RelyingPartyContent, client: &ClientSettings, mut say: impl FnMut(&str, Value)) {
    say("urn:machikagi:pkce", json!(content.pkce.as_str()));
    if client.profile != SecurityProfile::Standard {
        say("urn:machikagi:profile", json!(client.profile.as_str()));
    }
    let words: Map<String, Value> = client
        .acr_words
        .lines()
        .filter_map(|line| line.split_once(' ').map(|(level, word)| (level.to_owned(), json!(word))))
        .collect();
    if !words.is_empty() {
        say("urn:machikagi:acr_words", json!(words));
    }
    if client.events.delivery != EventDelivery::None {
        let kinds: Vec<&str> = client.events.kinds.iter().map(|kind| kind.as_str()).collect();
        say("urn:machikagi:events_delivery", json!(client.events.delivery.as_str()));
        say("urn:machikagi:events_uri", json!(client.events.uri.as_ref().map(ToString::to_string)));
        say("urn:machikagi:events", json!(kinds));
    }
}
