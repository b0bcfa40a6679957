//! Short texts: names, verifiers, challenges, and tokens that mean something only to us.

use domain::names::{ClientId, DisplayName, MailAddress, TenantSlug};
use oidc::jose::Thumbprint;
use oidc::pkce::{self, CodeChallenge, CodeVerifier};
use oidc::provider::refresh::RefreshToken;
use oidc::sealed::{Context, KeyId, Purpose, SealingKey};
use oidc::subject::SubjectSalt;
use secrecy::ExposeSecret;

use super::text;

pub(super) fn names(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(id) = ClientId::parse(text) {
        assert_eq!(id.as_str(), text);
        assert!((3..=64).contains(&text.len()) && is_plain(text, b"_-"));
    }
    if let Ok(slug) = TenantSlug::parse(text) {
        assert_eq!(slug.as_str(), text);
        assert!((2..=40).contains(&text.len()) && is_plain(text, b"-") && text.to_lowercase() == text);
    }
    if let Ok(address) = MailAddress::parse(text) {
        assert_eq!(MailAddress::parse(address.as_str()), Ok(address.clone()));
        assert!(address.as_str().len() <= 254 && address.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
        assert_eq!(address.as_str().matches('@').count(), 1);
    }
    if let Ok(name) = DisplayName::parse(text) {
        assert_eq!(DisplayName::parse(name.as_str()), Ok(name.clone()));
        assert!((1..=100).contains(&name.as_str().chars().count()) && !name.as_str().contains(char::is_control));
    }
}

fn is_plain(text: &str, others: &[u8]) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

pub(super) fn pkce(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let challenge = CodeChallenge::parse(text);
    if let Some(challenge) = challenge {
        assert_eq!((challenge.to_text().as_str(), text.len()), (text, 43));
        assert_eq!(Thumbprint::parse(text).map(|same| *same.bytes()), Some(*challenge.bytes()));
        assert!(pkce::verify(Some(challenge), None).is_err());
    }
    let Some(verifier) = CodeVerifier::parse(text) else { return };
    assert_eq!(verifier.expose(), text);
    assert!((43..=128).contains(&text.len()) && is_plain(text, b"-._~"));
    assert!(pkce::verify(Some(verifier.challenge()), Some(&verifier)).is_ok());
    assert!(pkce::verify(None, Some(&verifier)).is_err());
    // A challenge is not its own verifier: `plain` is refused.
    assert!(pkce::verify(challenge, Some(&verifier)).is_err());
}

pub(super) fn refresh_token(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Some(token) = RefreshToken::parse(text) else { return };
    assert_eq!((token.to_text().expose_secret(), text.len()), (text, 64));
    let next = token.successor(&SubjectSalt::new(&[7; 32]));
    // The line stays the same, the secret does not.
    assert_eq!(next.handle_digest(), token.handle_digest());
    assert_ne!(next.digest(), token.digest());
    assert!(RefreshToken::parse(next.to_text().expose_secret()) == Some(next));
}

pub(super) fn sealed_token(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let key = SealingKey::new(KeyId(7), &[9; 32]).unwrap();
    let context = Context::of_platform(Purpose::Flow, b"flow");
    let known = key.seal(context, [1; 12], b"state of a flow").unwrap();
    let opened = key.open(context, text);
    assert_eq!(opened.is_ok(), text == known, "only what was sealed opens, in its one spelling");
    if opened.is_ok() {
        assert_eq!(KeyId::of(text), Some(key.id()));
        assert!(key.open(Context::of_platform(Purpose::Code, b"flow"), text).is_err());
        assert!(key.open(Context::of_platform(Purpose::Flow, b"another flow"), text).is_err());
    }
}
