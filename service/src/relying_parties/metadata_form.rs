//! From client metadata to the form that a clerk would have filled in.

use domain::attributes::{Item, Items};
use domain::configuration::{
    ApplicationType, ClientAuthentication, ClientForm, Encryption, EventsForm, IdTokenSigning, RelyingPartyForm,
    TypedSecret,
};
use domain::violations::{Violation, Violations};
use domain::web_address::{LoopbackPolicy, RedirectUri};
use oidc::provider::client_metadata::ClientMetadata;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

/// The form that a clerk would have filled in.
pub(super) fn form(
    metadata: &ClientMetadata,
    rule: String,
    consent_text: String,
    loopback: LoopbackPolicy,
) -> Result<RelyingPartyForm, Violations> {
    let mut wrong = Violations::default();
    let name = |language| metadata.name_in(language).or(metadata.client_id.as_deref()).unwrap_or("Client").to_owned();
    let first = metadata.redirect_uris.first().map(String::as_str).unwrap_or_default();
    // The scheme of an app is no page: an app says itself where its home is.
    let is_app = metadata.application_type.as_deref() == Some(ApplicationType::Native.as_str());
    let origin = match RedirectUri::parse(first, loopback) {
        Ok(uri) => Some(format!("{}/", uri.origin())),
        Err(_) if is_app => None,
        Err(violation) => {
            wrong.add("redirect_uris", violation);
            None
        }
    };
    let scopes: Vec<&str> = metadata.scope.as_deref().unwrap_or_default().split(' ').collect();
    let coarse = coarse_claims(metadata, &mut wrong);
    let coarse_item = |item| if coarse.contains(item) { "once".to_owned() } else { String::new() };
    let limits: Vec<String> = coarse.limits().map(|limit| limit.to_string()).collect();
    let item = |scope: &str| if scopes.contains(&scope) { "once".to_owned() } else { String::new() };
    let client = client_form(metadata, &mut wrong);
    let form = RelyingPartyForm {
        name_ja: name("ja"),
        name_en: name("en"),
        description_ja: "OpenID Connect でつながるサービス".to_owned(),
        description_en: "A service connected by OpenID Connect".to_owned(),
        provider: name("ja"),
        contact: if metadata.contacts.is_empty() { "未登録".to_owned() } else { metadata.contacts.join(", ") },
        home_url: metadata.client_uri.clone().or(origin).unwrap_or_default(),
        redirect_uris: metadata.redirect_uris.join("\n"),
        pkce: metadata.pkce.clone().unwrap_or_else(|| {
            // Who has no secret, or keeps to FAPI 2.0, has no choice.
            let required = client.authentication == "none" || client.profile == "fapi2";
            if required { "required".to_owned() } else { "when_offered".to_owned() }
        }),
        rule,
        consent_text,
        item_name: item("name"),
        item_address: item("address"),
        item_birthdate: item("birthdate"),
        item_gender: item("gender"),
        item_municipality: coarse_item(Item::Municipality),
        item_age_band: coarse_item(Item::AgeBand),
        item_age_over: if limits.is_empty() { String::new() } else { "once".to_owned() },
        age_limits: limits.join(" "),
        residency_claim: "on".to_owned(),
        residency_verified_at: String::new(),
        minimum_ial: "3".to_owned(),
        minimum_aal: "2".to_owned(),
        icon: "other".to_owned(),
        client,
    };
    wrong.finish(Some(form))
}

/// Claims that have no scope; a name that is not of one of them is refused.
fn coarse_claims(metadata: &ClientMetadata, wrong: &mut Violations) -> Items {
    let known = |name: &String| Item::of_claim(name).filter(|item| !Items::ATTRIBUTES.contains(*item));
    let claims: Option<Items> = metadata.claims.iter().map(known).collect();
    wrong.check("urn:machikagi:claims", claims.ok_or(Violation::Unknown)).unwrap_or_default()
}

fn client_form(metadata: &ClientMetadata, wrong: &mut Violations) -> ClientForm {
    let authentication = match metadata.auth_method() {
        "client_secret_basic" | "client_secret_post" => ClientAuthentication::Secret.as_str(),
        method @ ("private_key_jwt" | "none") => method,
        _ => {
            wrong.add("token_endpoint_auth_method", Violation::NotAllowed);
            ""
        }
    };
    let grants = metadata.grant_types.as_deref().unwrap_or_default();
    if grants.iter().any(|grant| !matches!(grant.as_str(), "authorization_code" | "refresh_token")) {
        wrong.add("grant_types", Violation::NotAllowed);
    }
    if metadata.response_types.as_ref().is_some_and(|types| types.iter().any(|kind| kind != "code")) {
        wrong.add("response_types", Violation::NotAllowed);
    }
    let encryption = encryption(metadata, wrong);
    let signed_userinfo = metadata.userinfo_signed_response_alg.as_deref();
    let signing = metadata.id_token_signed_response_alg.as_deref().unwrap_or(IdTokenSigning::Rs256.as_str());
    if signed_userinfo.is_some_and(|alg| alg != signing) {
        wrong.add("userinfo_signed_response_alg", Violation::NotAllowed);
    }
    let acr_words = metadata.acr_words.iter().map(|(level, word)| format!("{level} {word}"));
    let authorization =
        metadata.events_authorization.as_ref().map(|value| Zeroizing::new(value.expose_secret().trim().to_owned()));
    let on = |switch: bool| if switch { "on".to_owned() } else { String::new() };
    ClientForm {
        application_type: metadata.application_type.clone().unwrap_or_default(),
        authentication: authentication.to_owned(),
        jwks_uri: metadata.jwks_uri.clone().unwrap_or_default(),
        jwks: metadata.jwks.as_ref().map(serde_json::Value::to_string).unwrap_or_default(),
        id_token_signing: signing.to_owned(),
        encryption: encryption.to_owned(),
        userinfo_signed: on(signed_userinfo.is_some()),
        profile: metadata.profile.clone().unwrap_or_default(),
        pushed_only: on(metadata.require_pushed_authorization_requests),
        signed_only: on(metadata.require_signed_request_object),
        dpop_only: on(metadata.dpop_bound_access_tokens),
        offline_access: on(grants.iter().any(|grant| grant == "refresh_token")),
        post_logout_redirect_uris: metadata.post_logout_redirect_uris.join("\n"),
        backchannel_logout_uri: metadata.backchannel_logout_uri.clone().unwrap_or_default(),
        acr_words: acr_words.collect::<Vec<_>>().join("\n"),
        sector_identifier_uri: metadata.sector_identifier_uri.clone().unwrap_or_default(),
        former_ids_of: String::new(),
        events: EventsForm {
            delivery: metadata.events_delivery.clone().unwrap_or_default(),
            uri: metadata.events_uri.clone().unwrap_or_default(),
            kinds: metadata.events.join(" "),
            typed: authorization.map(TypedSecret::New).unwrap_or_default(),
            ..EventsForm::default()
        },
    }
}

/// ID tokens and userinfo are encrypted alike, always with A256GCM; the default of the standard is another one, so it must be
/// said.
fn encryption<'m>(metadata: &'m ClientMetadata, wrong: &mut Violations) -> &'m str {
    let id_token = (&metadata.id_token_encrypted_response_alg, &metadata.id_token_encrypted_response_enc);
    let userinfo = (&metadata.userinfo_encrypted_response_alg, &metadata.userinfo_encrypted_response_enc);
    for (member, (alg, enc)) in
        [("id_token_encrypted_response_enc", id_token), ("userinfo_encrypted_response_enc", userinfo)]
    {
        if alg.is_some() && enc.as_deref() != Some("A256GCM") {
            wrong.add(member, Violation::NotAllowed);
        }
    }
    match (id_token.0, userinfo.0) {
        (None, None) => Encryption::None.as_str(),
        (Some(one), Some(other)) if one == other => one,
        _ => {
            wrong.add("userinfo_encrypted_response_alg", Violation::Mismatch);
            Encryption::None.as_str()
        }
    }
}
