//! Every reader of foreign input, with what must be true of whatever it takes. Not to panic is the least of it.
//!
//! The fuzzer runs these, and `oidc/tests/corpora.rs` replays on them what the fuzzer found worth keeping.

mod addresses;
mod answers;
mod documents;
mod passkeys;
mod requests;
mod signed;
mod signer;
mod texts;

/// Reads foreign bytes; panics where a property does not hold.
pub(crate) type Parser = fn(&[u8]);

/// The name of each is that of its corpus.
pub(crate) const PARSERS: &[(&str, Parser)] = &[
    ("authorization_request", requests::authorization_request),
    ("base_url", addresses::base_url),
    ("bearer", requests::bearer),
    ("callback", answers::callback),
    ("claims_parameter", requests::claims_parameter),
    ("client_assertion", signed::client_assertion),
    ("client_authentication", requests::client_authentication),
    ("client_metadata", documents::client_metadata),
    ("discovery", documents::discovery),
    ("dpop_proof", signed::dpop_proof),
    ("event_poll", documents::event_poll),
    ("former_ids", documents::former_ids),
    ("former_ids_signature", signed::former_ids_signature),
    ("https_url", addresses::https_url),
    ("id_token_hint", signed::id_token_hint),
    ("jwks", documents::jwks),
    ("jws", signed::jws),
    ("logout_request", requests::logout_request),
    ("names", texts::names),
    ("passkey_registration", passkeys::registration),
    ("passkey_sign_in", passkeys::sign_in),
    ("passkey_signed", passkeys::signed),
    ("pkce", texts::pkce),
    ("pushed_reference", requests::pushed_reference),
    ("redirect_uri", addresses::redirect_uri),
    ("refresh_token", texts::refresh_token),
    ("request_object", signed::request_object),
    ("sealed_token", texts::sealed_token),
    ("sealed_userinfo", answers::sealed_userinfo),
    ("sector_document", documents::sector_document),
    ("signed_userinfo", signed::signed_userinfo),
    ("token_answer", answers::token_answer),
    ("token_request", requests::token_request),
    ("upstream_id_token", signed::upstream_id_token),
    ("userinfo", answers::userinfo),
];

/// Foreign input is text nearly everywhere: what is none never reaches a reader.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// A first line and the rest: how one file holds a header and a body. The line is `None` where it is empty or the only one.
fn head_and_body(text: &str) -> (Option<&str>, &str) {
    match text.split_once('\n') {
        Some((head, body)) => (Some(head).filter(|head| !head.is_empty()), body),
        None => (None, text),
    }
}
