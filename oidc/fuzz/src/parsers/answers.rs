//! What identity providers answer: callbacks, tokens and attributes.

use std::sync::LazyLock;

use domain::attributes::{MAX_ADDRESS_CHARS, MAX_NAME_CHARS};
use oidc::parameters::Parameters;
use oidc::upstream::callback::{Asked, Callback, CallbackOutcome};
use oidc::upstream::claim_map::ClaimMap;
use oidc::upstream::sealed_fields::FieldKey;
use oidc::upstream::token::{TokenRefused, UpstreamTokens};
use oidc::upstream::userinfo::UpstreamAttributes;
use secrecy::ExposeSecret;
use serde_json::Value;

use super::text;

const SUBJECT: &str = "person";
static FIELD_KEY: LazyLock<FieldKey> = LazyLock::new(|| FieldKey::new(&[7; 32]));

pub(super) fn callback(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let read = || Callback::read(&Parameters::parse(text)).ok();
    let Some(callback) = read() else { return };
    let state = callback.state;
    assert!((1..=256).contains(&state.len()));
    let asked =
        |state, issuer, sends_iss| read().and_then(|read| read.answer_to(&Asked { state, issuer, sends_iss }).ok());
    assert!(
        asked("another state of ours", "https://card.example", false).is_none() || state == "another state of ours"
    );
    if let Some(CallbackOutcome::Code(code)) = asked(&state, "https://card.example", false) {
        assert!((1..=8192).contains(&code.expose_secret().len()));
        assert_eq!(Parameters::parse(text).get("code"), Ok(Some(code.expose_secret())));
        assert_eq!(Parameters::parse(text).get("error"), Ok(None));
    }
    // Who always sends `iss` is believed only with it, and no two issuers send the same one.
    let issuers = ["https://card.example", "https://other.example"];
    assert!(issuers.iter().filter(|issuer| asked(&state, issuer, true).is_some()).count() <= 1);
}

pub(super) fn token_answer(data: &[u8]) {
    // Members that nobody reads need not make sense, so the whole may be no JSON to others.
    let read = UpstreamTokens::parse(data);
    let Ok(answer) = serde_json::from_slice::<Value>(data) else { return };
    match read {
        Ok(tokens) => {
            assert!(answer["error"].is_null());
            assert_eq!(answer["access_token"], tokens.access_token.expose_secret());
            assert_eq!(answer["id_token"], tokens.id_token.expose_secret());
        }
        Err(TokenRefused::CodeRefused) => assert_eq!(answer["error"], "invalid_grant"),
        Err(TokenRefused::ClientRefused) => assert!(answer["error"].is_string()),
        Err(TokenRefused::Malformed) => {}
    }
}

pub(super) fn userinfo(data: &[u8]) {
    for map in [ClaimMap::standard(), ClaimMap::userdata()] {
        attributes(data, &map, None);
    }
}

pub(super) fn sealed_userinfo(data: &[u8]) {
    attributes(data, &ClaimMap::userdata(), Some(std::slice::from_ref(&*FIELD_KEY)));
    if let Some(Ok(opened)) = text(data).map(|field| FIELD_KEY.open(field)) {
        assert!(opened.expose_secret().len() < data.len());
    }
}

fn attributes(data: &[u8], map: &ClaimMap, keys: Option<&[FieldKey]>) {
    let Ok(read) = UpstreamAttributes::parse(data, SUBJECT, map, keys) else { return };
    let answer: Value = serde_json::from_slice(data).unwrap();
    assert!(answer["sub"] == SUBJECT || (map.subject_optional && keys.is_some() && answer["sub"].is_null()));
    let (name, address) = (read.attributes.name(), read.attributes.address());
    assert!(name.is_none_or(|name| name.chars().count() <= MAX_NAME_CHARS));
    assert!(address.is_none_or(|address| address.chars().count() <= MAX_ADDRESS_CHARS));
    assert!(read.attributes.birthdate().is_none_or(|date| (0..=9999).contains(&date.year())));
    // What was in clear is the text that stands there, piece by piece.
    if let (Some(name), None, Some(paths)) = (name, keys, &map.name) {
        let mut pieces = paths.pieces().iter().map(|path| &answer[path.as_str()]);
        assert!(pieces.all(|piece| piece.is_null() || piece.is_number() || name.contains(piece.as_str().unwrap())));
    }
    if let Some(parts) = read.address.as_ref().filter(|address| address.formatted().is_none()) {
        let whole = parts.parts().unwrap().concat();
        assert!(read.incomplete || address.is_none_or(|address| address == whole));
    }
}
