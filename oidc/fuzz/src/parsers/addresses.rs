//! Web addresses that are registered: what is taken is what a browser will go to, letter by letter.

use domain::web_address::{BaseUrl, HttpsUrl, LoopbackPolicy, RedirectUri, is_of_app};
use oidc::provider::authorize_response::with_parameters;
use url::Url;

use super::documents::is_loopback;
use super::text;

pub(super) fn redirect_uri(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for loopback in [LoopbackPolicy::Refused, LoopbackPolicy::Allowed] {
        let (web, native) = (RedirectUri::parse(text, loopback), RedirectUri::parse_native(text, loopback));
        if let Ok(web) = &web {
            assert_eq!(native.as_ref(), Ok(web), "what a web service may register, an app may");
            assert!(!web.is_of_app());
            web_address(web.as_str(), text, loopback);
        }
        let Ok(uri) = native else { continue };
        assert_eq!(uri.as_str(), text);
        let kept = serde_json::to_string(&uri).unwrap();
        assert_eq!(serde_json::from_str::<RedirectUri>(&kept).ok().as_ref(), Some(&uri));
        assert_eq!(uri.port_of(text), Some(None));
        assert_eq!(uri.at_port(None), text);
        if uri.is_of_app() {
            of_app(text);
        } else {
            web_address(text, text, LoopbackPolicy::Allowed);
            at_any_port(&uri);
        }
        response(text);
    }
}

/// An address with a host.
fn web_address(kept: &str, typed: &str, loopback: LoopbackPolicy) {
    assert_eq!(kept, typed);
    assert!(kept.len() <= 2048 && kept.bytes().all(|byte| byte.is_ascii_graphic()) && !kept.contains('#'));
    let url = Url::parse(kept).unwrap();
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    assert!(url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url));
    assert!(loopback == LoopbackPolicy::Allowed || !is_loopback(&url));
    assert_eq!(spelled_by_a_browser(&url, kept), kept, "a browser goes somewhere else");
    // In a content security policy it is one source, and nothing else.
    assert!(!url.origin().ascii_serialization().contains([';', ',', ' ', '\'', '*']));
}

/// The address as a browser spells it, but for what means the same: the first slash of an empty path, and the port that a
/// scheme has anyway.
fn spelled_by_a_browser(url: &Url, typed: &str) -> String {
    let (origin, rest) = (url.origin().ascii_serialization(), &url[url::Position::BeforePath..]);
    let port = url.port_or_known_default().map(|port| format!(":{port}")).filter(|_| url.port().is_none());
    let port = port.filter(|port| typed.strip_prefix(&origin).is_some_and(|typed| typed.starts_with(port)));
    let origin = format!("{origin}{}", port.unwrap_or_default());
    let has_path = typed.strip_prefix(&origin).is_some_and(|typed| typed.starts_with('/'));
    format!("{origin}{}", if has_path { rest } else { rest.strip_prefix('/').unwrap_or(rest) })
}

/// An address of an app's own scheme.
fn of_app(text: &str) {
    assert!(is_of_app(text));
    let scheme = text.split(':').next().unwrap();
    assert!(
        scheme.contains('.')
            && scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
    );
    assert!(!text.contains(['#', '@', '<', '>', '"', '\'', ' ', '\\']));
    if let Ok(url) = Url::parse(text) {
        assert_eq!(url.scheme(), scheme);
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    }
}

/// On the device itself the port is free, and nothing else.
fn at_any_port(uri: &RedirectUri) {
    let moved = uri.at_port(Some(51_004)).into_owned();
    match uri.port_of(&moved) {
        Some(Some(port)) => {
            let (moved, registered) = (Url::parse(&moved).unwrap(), Url::parse(uri.as_str()).unwrap());
            assert_eq!((port, moved.port()), (51_004, Some(51_004)));
            assert_eq!(
                (moved.host_str(), moved.path(), moved.query()),
                (registered.host_str(), registered.path(), registered.query())
            );
            assert!(is_loopback(&moved) && moved.scheme() == "http" && !uri.is_claimed());
        }
        _ => assert_eq!(moved, uri.as_str()),
    }
    for other in ["https://evil.example/", "http://127.0.0.1:51004/not-registered-by-anybody"] {
        assert!(
            uri.port_of(other).is_none()
                || uri.as_str() == other
                || uri.as_str().ends_with("/not-registered-by-anybody")
        );
    }
}

/// A response goes where the address says, with its own parameters behind those that were registered.
fn response(registered: &str) {
    let said = [("code", "a&b=c #"), ("state", "é"), ("iss", "https://id.example/t/showa")];
    let sent = with_parameters(registered, said);
    assert!(sent.starts_with(registered));
    let (Ok(before), Ok(after)) = (Url::parse(registered), Url::parse(&sent)) else { return };
    assert_eq!(before.origin().ascii_serialization(), after.origin().ascii_serialization());
    assert_eq!((before.host_str(), before.path(), after.fragment()), (after.host_str(), after.path(), None));
    let mut expected: Vec<(String, String)> = before.query_pairs().into_owned().collect();
    expected.extend(said.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(after.query_pairs().into_owned().collect::<Vec<_>>(), expected);
}

pub(super) fn https_url(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for loopback in [LoopbackPolicy::Refused, LoopbackPolicy::Allowed] {
        let Ok(url) = HttpsUrl::parse(text, loopback) else { continue };
        web_address(url.as_str(), text, loopback);
        assert_eq!(url.origin(), Url::parse(text).unwrap().origin().ascii_serialization());
        let kept = serde_json::to_string(&url).unwrap();
        assert_eq!(serde_json::from_str::<HttpsUrl>(&kept).ok(), Some(url));
        // Where people are sent after signing out.
        response(text);
    }
}

pub(super) fn base_url(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(base) = BaseUrl::parse(text) else { return };
    assert_eq!(BaseUrl::parse(base.as_str()).as_ref(), Ok(&base));
    let url = Url::parse(&base.join("/t/showa")).unwrap();
    assert_eq!((url.path(), url.query(), url.fragment()), ("/t/showa", None, None));
    assert_eq!(url.host_str(), Some(base.host()));
    assert_eq!(base.is_https(), url.scheme() == "https");
    assert!(base.is_https() || base.is_loopback());
}
