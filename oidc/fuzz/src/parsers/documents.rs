//! Documents: keys, discovery, clients from a file, and what services hand in about events and former ids.

use oidc::jose::{self, Algorithm, JwkSet, KeyManagement};
use oidc::provider::client_metadata::ClientMetadata;
use oidc::provider::former_ids::{Handle, MOST_LINES, Refused, read as read_former_ids};
use oidc::provider::sector::SectorDocument;
use oidc::provider::security_event::{Complaint, MOST_EVENTS, PollRequest};
use oidc::upstream::discovery::{DiscoveryRefused, EndpointPolicy, UpstreamMetadata};
use serde_json::Value;
use url::{Host, Url};

use super::signer::SIGNER;
use super::text;

pub(super) fn jwks(data: &[u8]) {
    let Ok(keys) = JwkSet::parse(data) else { return };
    assert!(keys.keys().len() <= 100);
    let document = serde_json::to_vec(&keys).unwrap();
    let read: Value = serde_json::from_slice(&document).unwrap();
    for key in read["keys"].as_array().unwrap() {
        // Of a private key nothing is left, and a symmetric one is none of ours.
        assert!(["d", "p", "q", "k"].iter().all(|private| key.get(private).is_none()));
        assert!(key["kty"] == "EC" || key["kty"] == "RSA");
    }
    assert_eq!(JwkSet::parse(&document), Ok(keys.clone()));
    for key in keys.keys() {
        assert_eq!(key.material().thumbprint().len(), 43);
        for algorithm in [KeyManagement::RsaOaep256, KeyManagement::EcdhEsA256Kw] {
            if jose::can_be_encrypted_to(key, algorithm) {
                assert!(key.fits_encryption(algorithm));
                let parts = jose::encrypt_jwt("a.b.c", key, algorithm).unwrap().split('.').count();
                assert_eq!(parts, 5);
            }
        }
    }
    // A key that does not fit is no reason to fail, only to refuse.
    let token = SIGNER.token("{\"alg\":\"ES256\"}\n{}").text;
    if jose::verify(&token, &keys, &Algorithm::ALL).is_ok() {
        assert!(keys.keys().iter().any(|key| key.material() == SIGNER.jwk.material()));
    }
}

const CARD: &str = "https://card.example";

pub(super) fn discovery(data: &[u8]) {
    let strict = UpstreamMetadata::parse(data, CARD, EndpointPolicy::Https);
    let lenient = UpstreamMetadata::parse(data, CARD, EndpointPolicy::HttpsOrLoopback);
    match (&strict, &lenient) {
        (Ok(strict), Ok(lenient)) => assert_eq!(strict, lenient),
        (Ok(_), Err(_)) => panic!("what a production system takes, a development system takes too"),
        (Err(why), Ok(_)) => assert_eq!(*why, DiscoveryRefused::Insecure),
        (Err(_), Err(_)) => {}
    }
    assert!(UpstreamMetadata::parse(data, "https://card.example/", EndpointPolicy::Https).is_err() || strict.is_err());
    for (metadata, https_only) in strict.iter().map(|read| (read, true)).chain(lenient.iter().map(|read| (read, false)))
    {
        assert_eq!(metadata.issuer, CARD);
        assert!(!metadata.id_token_algorithms.is_empty());
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri];
        for url in endpoints.into_iter().chain(&metadata.userinfo_endpoint) {
            assert!(url.scheme() == "https" || !https_only && url.scheme() == "http" && is_loopback(url));
            assert!(url.has_host() && url.username().is_empty() && url.password().is_none());
            assert!(url.fragment().is_none());
        }
    }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(super) fn client_metadata(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(clients) = ClientMetadata::read_file(text) else { return };
    match serde_json::from_str(text).unwrap() {
        Value::Array(listed) => assert_eq!(listed.len(), clients.len()),
        _ => assert_eq!(clients.len(), 1),
    }
    for client in clients {
        assert!(client.name_in("ja").is_some() || client.client_name.is_none());
        assert!(
            client.token_endpoint_auth_method.is_none()
                || client.token_endpoint_auth_method.as_deref() == Some(client.auth_method())
        );
        let registered = client.without_credentials();
        assert!(registered.client_id.is_none() && registered.client_secret.is_none());
    }
}

pub(super) fn event_poll(data: &[u8]) {
    let complaint = Complaint::read(data);
    if complaint != Complaint::Passing("other") {
        let said = serde_json::from_slice::<Value>(data).ok();
        assert!(said.is_none_or(|said| said["err"].as_str() == Some(complaint.code())));
    }
    let Ok(request) = PollRequest::read(data) else { return };
    assert!(request.max_events <= MOST_EVENTS);
    assert!(request.done.len() <= 1_000 && request.done.iter().all(|id| id.len() <= 64));
    assert!(request.refused <= request.done.len());
    for name in ["client_id", "client_secret", "client_assertion_type", "client_assertion"] {
        assert!(request.credentials.get(name).is_ok());
    }
}

pub(super) fn sector_document(data: &[u8]) {
    let listed = serde_json::from_slice::<Value>(data).ok().and_then(|read| match read {
        Value::Array(items) => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        }
        _ => None,
    });
    let read = SectorDocument::parse(data);
    assert_eq!(read.is_some(), listed.is_some());
    let (Some(read), Some(listed)) = (read, listed) else { return };
    for uri in &listed {
        assert!(read.lists(uri));
        // Nothing that merely looks like one that is listed.
        for other in [format!("{uri}/"), uri.to_ascii_uppercase(), format!(" {uri}")] {
            assert_eq!(read.lists(&other), listed.contains(&other));
        }
    }
}

pub(super) fn former_ids(data: &[u8]) {
    let Some(text) = text(data) else { return };
    match read_former_ids(text) {
        Ok(lines) => {
            assert!(lines.len() <= MOST_LINES);
            assert!(lines.is_sorted_by(|one, next| one.number < next.number));
            for line in &lines {
                assert_eq!(Handle::parse(&line.handle.to_text()), Ok(line.handle));
                assert_eq!(lines.iter().filter(|other| other.sub == line.sub).count(), 1);
                assert_eq!(lines.iter().filter(|other| other.handle == line.handle).count(), 1);
                // What is readable would be an id, and no handle of one.
                assert!(std::str::from_utf8(&line.handle.0).is_err());
            }
        }
        Err(Refused::Lines(wrong)) => {
            assert!((1..=50).contains(&wrong.len()));
            assert!(wrong.is_sorted_by_key(|wrong| wrong.line));
            assert!(wrong.iter().all(|wrong| (1..=text.lines().count()).contains(&wrong.line)));
        }
        Err(Refused::TooMany) => assert!(text.lines().count() > MOST_LINES),
    }
}
