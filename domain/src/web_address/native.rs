//! Redirect URIs of apps on people's devices (RFC 8252, section 7): a link that the system hands to the app, a port of the
//! device itself, or a scheme of the app's own.

use std::borrow::Cow;

use super::{LoopbackPolicy, MAX_LENGTH, RESERVED_PARAMETERS, RedirectUri, has_dot_segment, origin};
use crate::violations::Violation;

/// The addresses of the device itself, by number: `localhost` may be resolved to something else (RFC 8252, section 8.3).
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

impl RedirectUri {
    /// Checks a redirect URI of an app. What [`RedirectUri::parse`] takes is taken here too.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn parse_native(text: &str, loopback: LoopbackPolicy) -> Result<Self, Violation> {
        if parts(text).is_some() {
            // The same rules, with the port that the app will have.
            return Self::parse(text, LoopbackPolicy::Allowed);
        }
        match text.split_once(':') {
            Some((scheme, rest)) if is_reverse_domain(scheme) => Self::of_scheme(text, rest),
            _ => Self::parse(text, loopback),
        }
    }

    fn of_scheme(text: &str, rest: &str) -> Result<Self, Violation> {
        if text.len() > MAX_LENGTH {
            return Err(Violation::TooLong);
        }
        if rest.contains('#') {
            return Err(Violation::HasFragment);
        }
        if rest.contains('@') {
            return Err(Violation::HasUserInfo);
        }
        let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%?&=+".contains(&byte));
        if !rest.starts_with('/') || !plain || has_dot_segment(rest) {
            return Err(Violation::Malformed);
        }
        let query = rest.split_once('?').map_or("", |(_, query)| query);
        let reserved = |(name, _): (Cow<'_, str>, Cow<'_, str>)| RESERVED_PARAMETERS.contains(&name.as_ref());
        if url::form_urlencoded::parse(query.as_bytes()).any(reserved) {
            return Err(Violation::ReservedParameter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The scheme is an app's own: the way there is a link that somebody follows, no redirect.
    pub fn is_of_app(&self) -> bool {
        is_of_app(&self.0)
    }

    /// Whether nobody else can take what is sent there: the system checks who owns an https link. Any app may open a port, or
    /// claim a scheme (RFC 8252, section 8.6).
    pub fn is_claimed(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The port that an app has for this time, where `given` is this address on the device itself and nothing but the port
    /// differs; with none where it is this address, character by character. `None` for any other.
    pub fn port_of(&self, given: &str) -> Option<Option<u16>> {
        if given == self.0 {
            return Some(None);
        }
        let ((host, _, path), (given_host, port, given_path)) = (parts(&self.0)?, parts(given)?);
        (host == given_host && path == given_path && port.is_some()).then_some(port)
    }

    /// The origin for `form-action` in the content security policy; none for an app's own scheme, which no form leads to.
    pub fn form_origin(&self, port: Option<u16>) -> Option<String> {
        (!self.is_of_app()).then(|| origin(&self.at_port(port)))
    }

    /// The address at an app's port; as it was registered where there is none.
    pub fn at_port(&self, port: Option<u16>) -> Cow<'_, str> {
        match (port, parts(&self.0)) {
            (Some(port), Some((host, _, path))) => Cow::Owned(format!("{host}:{port}{path}")),
            _ => Cow::Borrowed(&self.0),
        }
    }
}

/// Whether an address is one of an app's own scheme.
pub fn is_of_app(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| is_reverse_domain(scheme))
}

/// An address of the device itself: scheme and host, the port if there is one, and the rest.
fn parts(text: &str) -> Option<(&str, Option<u16>, &str)> {
    let host = LOOPBACK.into_iter().find(|host| text.starts_with(host))?;
    let rest = text.strip_prefix(host)?;
    if rest.starts_with('/') {
        return Some((host, None, rest));
    }
    let rest = rest.strip_prefix(':')?;
    let slash = rest.find('/')?;
    let (digits, path) = rest.split_at_checked(slash)?;
    let port: u16 = digits.parse().ok().filter(|port| *port > 0)?;
    // One spelling of each number.
    (digits == port.to_string()).then_some((host, Some(port), path))
}

/// A name that its owner has as a domain, turned around: `jp.example.app`. With the dot it is none of the web's schemes, and no
/// `javascript` or `data` (RFC 8252, section 7.1).
fn is_reverse_domain(scheme: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    scheme.contains('.')
        && scheme.len() <= 100
        && scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(text: &str) -> Result<RedirectUri, Violation> {
        RedirectUri::parse_native(text, LoopbackPolicy::Refused)
    }

    // conforms: RFC 8252 §7 MUST
    #[test]
    fn an_app_has_links_ports_and_a_scheme_of_its_own() {
        for text in [
            "https://tosho.example.jp/app",
            "http://127.0.0.1/callback",
            "http://[::1]/callback",
            "http://127.0.0.1:4005/callback",
            "jp.example.tosho:/callback",
            "jp.example.tosho://signed-in/back?from=town",
        ] {
            assert_eq!(native(text).unwrap().as_str(), text);
            let kept = serde_json::to_string(&native(text).unwrap()).unwrap();
            assert_eq!(serde_json::from_str::<RedirectUri>(&kept).unwrap().as_str(), text);
        }
        for text in ["http://127.0.0.1/callback", "jp.example.tosho:/callback"] {
            assert!(RedirectUri::parse(text, LoopbackPolicy::Refused).is_err(), "a web service has no {text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for (text, why) in [
            ("tosho:/callback", Violation::NotHttps),
            ("javascript:alert(1)", Violation::NotHttps),
            ("data:text/html,x", Violation::NotHttps),
            ("JavaScript.x:alert(1)", Violation::NotHttps),
            ("Jp.example:/cb", Violation::NotHttps),
            (".example:/cb", Violation::NotHttps),
            ("jp.:/cb", Violation::NotHttps),
            ("jp.-a:/cb", Violation::NotHttps),
            ("1.2:/cb", Violation::NotHttps),
            ("http://localhost/cb", Violation::NotHttps),
            ("http://192.168.0.1/cb", Violation::NotHttps),
            ("http://127.0.0.1", Violation::NotHttps),
            ("http://127.0.0.1.example.jp/cb", Violation::NotHttps),
            ("http://127.0.0.1:0/cb", Violation::NotHttps),
            ("http://127.0.0.1:080/cb", Violation::NotHttps),
            ("http://127.0.0.1/cb#x", Violation::HasFragment),
            ("http://127.0.0.1/../cb", Violation::Malformed),
            ("http://127.0.0.1/cb?code=1", Violation::ReservedParameter),
            ("jp.example.tosho:callback", Violation::Malformed),
            ("jp.example.tosho:/a/../b", Violation::Malformed),
            ("jp.example.tosho:/cb\"><script>", Violation::Malformed),
            ("jp.example.tosho:/cb#x", Violation::HasFragment),
            ("jp.example.tosho://a@b/", Violation::HasUserInfo),
            ("jp.example.tosho:/cb?%63ode=1", Violation::ReservedParameter),
        ] {
            assert_eq!(native(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn only_the_port_of_the_device_itself_is_free() {
        let uri = native("http://127.0.0.1/cb?a=b").unwrap();
        assert_eq!(uri.port_of("http://127.0.0.1/cb?a=b"), Some(None));
        assert_eq!(uri.port_of("http://127.0.0.1:51004/cb?a=b"), Some(Some(51004)));
        assert_eq!(uri.at_port(Some(51004)), "http://127.0.0.1:51004/cb?a=b");
        assert_eq!(uri.at_port(None), "http://127.0.0.1/cb?a=b");
        for other in [
            "http://127.0.0.1:51004/cb",
            "http://127.0.0.1:51004/cb/?a=b",
            "http://127.0.0.1:51004/CB?a=b",
            "http://127.0.0.1:/cb?a=b",
            "http://127.0.0.1:0/cb?a=b",
            "http://127.0.0.1:99999/cb?a=b",
            "http://127.0.0.1:+80/cb?a=b",
            "http://127.0.0.1:80@evil.example/cb?a=b",
            "http://127.0.0.1.evil.example/cb?a=b",
            "http://[::1]:51004/cb?a=b",
            "http://localhost:51004/cb?a=b",
            "https://127.0.0.1:51004/cb?a=b",
        ] {
            assert_eq!(uri.port_of(other), None, "{other}");
        }
        let fixed = native("http://[::1]:4000/cb").unwrap();
        assert_eq!(fixed.port_of("http://[::1]:51004/cb"), Some(Some(51004)));
        assert_eq!(fixed.at_port(Some(51004)), "http://[::1]:51004/cb");
        assert_eq!(fixed.port_of("http://[::1]/cb"), None);
        let link = native("https://tosho.example.jp/cb").unwrap();
        assert_eq!(link.port_of("https://tosho.example.jp:444/cb"), None);
        assert!(link.is_claimed() && !uri.is_claimed());
        assert_eq!(uri.form_origin(Some(51004)).as_deref(), Some("http://127.0.0.1:51004"));
        assert_eq!(link.form_origin(None).as_deref(), Some("https://tosho.example.jp"));
        assert_eq!(native("jp.example.tosho:/cb").unwrap().form_origin(None), None);
    }

    #[test]
    fn an_app_is_known_by_its_scheme() {
        assert!(is_of_app("jp.example.tosho:/cb?code=x"));
        for other in ["https://a.b/c", "http://127.0.0.1/", "/t/showa", "javascript:x", ""] {
            assert!(!is_of_app(other), "{other}");
        }
    }
}
