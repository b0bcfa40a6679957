//! Web addresses that a town or a vendor registers, and the gateway's own base address.
//!
//! A registered address is kept exactly as it was typed: redirect URIs are compared byte by byte (RFC 9700, section
//! 4.1.3), so whatever a browser would silently normalise (a backslash, a dot segment, a tab) is refused instead.

mod native;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::names::checked_string;
use crate::violations::Violation;

pub use native::is_of_app;

/// Whether http on this machine may be registered: development and sandbox only (`development.allow_loopback`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopbackPolicy {
    /// https with a public name, nothing else.
    Refused,
    /// http and https on `localhost` and on loopback literals as well.
    Allowed,
}

/// Where a relying party takes its authorization responses. At most 2,048 characters, compared as an exact string.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// A page of a service or of a town to which we link or send people back, such as a home page or the page after logout.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpsUrl(String);

/// The public base address of the gateway, such as `https://id.example.jp`: scheme, host and port, no path. Issuers,
/// cookie names and the `Secure` attribute follow from it, never from a `Host` header.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl(String);

checked_string!(RedirectUri);
checked_string!(HttpsUrl);
checked_string!(BaseUrl);

/// Query parameters that an authorization response carries itself (RFC 6749, section 4.1.2; RFC 9207; JARM).
const RESERVED_PARAMETERS: [&str; 4] = ["code", "state", "response", "iss"];

const MAX_LENGTH: usize = 2048;

impl RedirectUri {
    /// Checks a redirect URI as a clerk or a vendor registers it.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn parse(text: &str, loopback: LoopbackPolicy) -> Result<Self, Violation> {
        let url = registered(text, loopback)?;
        if url.query_pairs().any(|(name, _)| RESERVED_PARAMETERS.contains(&name.as_ref())) {
            return Err(Violation::ReservedParameter);
        }
        Ok(Self(text.to_owned()))
    }

    /// The origin (scheme, host, port where it is not the default) for `form-action` in the content security policy; `null`
    /// of an app's own scheme.
    pub fn origin(&self) -> String {
        origin(&self.0)
    }

    fn read_back(text: &str) -> Result<Self, Violation> {
        Self::parse_native(text, LoopbackPolicy::Allowed)
    }
}

impl HttpsUrl {
    /// Checks the address of a page.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn parse(text: &str, loopback: LoopbackPolicy) -> Result<Self, Violation> {
        registered(text, loopback)?;
        Ok(Self(text.to_owned()))
    }

    /// The origin (scheme, host, port where it is not the default).
    pub fn origin(&self) -> String {
        origin(&self.0)
    }

    /// The host alone, without a port: what a sector of pseudonyms is named after.
    pub fn host(&self) -> String {
        Url::parse(&self.0).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    fn read_back(text: &str) -> Result<Self, Violation> {
        Self::parse(text, LoopbackPolicy::Allowed)
    }
}

impl BaseUrl {
    /// Checks the operator's setting; a trailing slash is dropped. http is for loopback only.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let url = registered(text, LoopbackPolicy::Allowed)?;
        if url.path() != "/" || url.query().is_some() {
            return Err(Violation::NotAllowed);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// https: cookies get `__Host-` and `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host is this machine: development settings may apply.
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.0).is_ok_and(|url| is_loopback(&url))
    }

    /// The host name without scheme and port: the relying party id of passkeys, the sender's domain of last resort.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        match rest.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => rest,
        }
    }

    /// The absolute URL of one of our paths, which begins with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    fn read_back(text: &str) -> Result<Self, Violation> {
        Self::parse(text)
    }
}

fn origin(text: &str) -> String {
    Url::parse(text).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// The rules that every registered address obeys.
fn registered(text: &str, loopback: LoopbackPolicy) -> Result<Url, Violation> {
    if text.is_empty() {
        return Err(Violation::Required);
    }
    if text.len() > MAX_LENGTH {
        return Err(Violation::TooLong);
    }
    // A browser strips or rewrites these; an address that holds one is not the address that it looks like.
    if text.bytes().any(|b| !(0x21..=0x7e).contains(&b) || b"\\<>\"{}|^`'".contains(&b)) {
        return Err(Violation::Malformed);
    }
    let rest = match text.split_once("://") {
        Some(("https" | "http", rest)) => rest,
        Some(_) | None => return Err(Violation::NotHttps),
    };
    if text.contains('#') {
        return Err(Violation::HasFragment);
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Violation::HasUserInfo);
    }
    if authority.contains('*') {
        return Err(Violation::HostNotAllowed);
    }
    let url = Url::parse(text).map_err(|_| Violation::Malformed)?;
    if has_dot_segment(rest) || url.path().contains('*') {
        return Err(Violation::Malformed);
    }
    if url.domain().is_some_and(|name| !is_host_name(name)) {
        return Err(Violation::HostNotAllowed);
    }
    let on_this_machine = is_loopback(&url);
    if on_this_machine && loopback == LoopbackPolicy::Allowed {
        return if is_as_typed(&url, authority) { Ok(url) } else { Err(Violation::Malformed) };
    }
    if url.scheme() != "https" {
        return Err(Violation::NotHttps);
    }
    match url.host() {
        // A public name has a dot.
        Some(Host::Domain(name)) if !on_this_machine && name.contains('.') => {
            if is_as_typed(&url, authority) {
                Ok(url)
            } else {
                Err(Violation::Malformed)
            }
        }
        _ => Err(Violation::HostNotAllowed),
    }
}

/// The letters of host names (RFC 1123, section 2.1) and the underscore. URLs may have others, such as a semicolon, which in a
/// content security policy would begin something else.
fn is_host_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
    name.split('.').all(|label| !label.is_empty() && label.bytes().all(plain))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The host and port that a browser would go to are spelled as they were typed: no capitals, no percent-encoding, no number
/// written as a name, no empty host that the next segment takes the place of.
fn is_as_typed(url: &Url, authority: &str) -> bool {
    let host = url.host_str().unwrap_or_default();
    match (authority.strip_prefix(host), url.port_or_known_default()) {
        (Some(""), _) => url.port().is_none(),
        (Some(port), Some(number)) => port == format!(":{number}"),
        _ => false,
    }
}

/// A `.` or `..` segment, in clear or percent-encoded: the browser would go somewhere else than the string says.
fn has_dot_segment(rest: &str) -> bool {
    let path = rest.split('?').next().unwrap_or_default();
    path.split('/').skip(1).any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Violation {
        RedirectUri::parse(text, LoopbackPolicy::Refused).unwrap_err()
    }

    #[test]
    fn https_addresses_are_kept_as_typed() {
        for text in [
            "https://tosho.example.jp/tsuno/cb",
            "https://tosho.example.jp:8443/cb?tenant=showa",
            "https://a.b.example.jp/%E6%98%AD",
        ] {
            let uri = RedirectUri::parse(text, LoopbackPolicy::Refused).unwrap();
            assert_eq!(uri.as_str(), text);
        }
        let uri = RedirectUri::parse("https://tosho.example.jp:443/cb", LoopbackPolicy::Refused).unwrap();
        assert_eq!(uri.origin(), "https://tosho.example.jp");
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        for (text, why) in [
            ("", Violation::Required),
            ("http://tosho.example.jp/cb", Violation::NotHttps),
            ("javascript:alert(1)", Violation::NotHttps),
            ("data:text/html,x", Violation::NotHttps),
            ("HTTPS://tosho.example.jp/cb", Violation::NotHttps),
            ("app://callback", Violation::NotHttps),
            ("https://tosho.example.jp/cb#", Violation::HasFragment),
            ("https://tosho.example.jp/cb#x", Violation::HasFragment),
            ("https://user@tosho.example.jp/cb", Violation::HasUserInfo),
            ("https://@tosho.example.jp/cb", Violation::HasUserInfo),
            ("https://*.example.jp/cb", Violation::HostNotAllowed),
            ("https://192.0.2.1/cb", Violation::HostNotAllowed),
            ("https://0x7f.1/cb", Violation::HostNotAllowed),
            ("https://[::1]/cb", Violation::HostNotAllowed),
            ("https://localhost/cb", Violation::HostNotAllowed),
            ("https://intranet/cb", Violation::HostNotAllowed),
            ("https://example.jp./cb", Violation::HostNotAllowed),
            ("https://tosho..example.jp/cb", Violation::HostNotAllowed),
            ("https://tosho;sandbox;.example.jp/cb", Violation::HostNotAllowed),
            ("https://tosho,.example.jp/cb", Violation::HostNotAllowed),
            ("https://tosho.example.jp/*", Violation::Malformed),
            ("https://tosho.example.jp/a/../cb", Violation::Malformed),
            ("https://tosho.example.jp/a/%2E%2e/cb", Violation::Malformed),
            ("https://Tosho.example.jp/cb", Violation::Malformed),
            ("https://tosho.example.jp\\cb", Violation::Malformed),
            ("https://tosho.example.jp/c b", Violation::Malformed),
            ("https://tosho.example.jp/\tcb", Violation::Malformed),
            ("https://tosho.example.jp/cb?a='b", Violation::Malformed),
            ("https://図書.example.jp/cb", Violation::Malformed),
            ("https://", Violation::Malformed),
            ("https:///tosho.example.jp/cb", Violation::Malformed),
            ("https:///user@tosho.example.jp/cb", Violation::Malformed),
            ("https://tosho.ex%61mple.jp/cb", Violation::Malformed),
            ("https://tosho.example.jp:/cb", Violation::Malformed),
            ("https://tosho.example.jp:0443/cb", Violation::Malformed),
            ("https://tosho.example.jp/cb?code=1", Violation::ReservedParameter),
            ("https://tosho.example.jp/cb?a=1&%73tate", Violation::ReservedParameter),
            ("https://tosho.example.jp/cb?iss=", Violation::ReservedParameter),
            ("https://tosho.example.jp/cb?a=1&response=x", Violation::ReservedParameter),
        ] {
            assert_eq!(refused(text), why, "{text}");
        }
        assert_eq!(refused(&format!("https://tosho.example.jp/{}", "a".repeat(2048))), Violation::TooLong);
    }

    #[test]
    fn loopback_is_for_development() {
        for text in ["http://127.0.0.1:4001/callback", "http://localhost:3000/x", "http://[::1]:4000/cb"] {
            assert!(RedirectUri::parse(text, LoopbackPolicy::Allowed).is_ok(), "{text}");
            assert!(RedirectUri::parse(text, LoopbackPolicy::Refused).is_err(), "{text}");
        }
        assert_eq!(RedirectUri::parse("http://192.168.0.1/cb", LoopbackPolicy::Allowed), Err(Violation::NotHttps));
        assert_eq!(RedirectUri::parse("https://10.0.0.1/cb", LoopbackPolicy::Allowed), Err(Violation::HostNotAllowed));
    }

    #[test]
    fn a_page_may_have_any_query() {
        assert!(HttpsUrl::parse("https://tosho.example.jp/?code=1", LoopbackPolicy::Refused).is_ok());
    }

    #[test]
    fn the_base_address_has_no_path() {
        let base = BaseUrl::parse("http://localhost:3000/").unwrap();
        assert_eq!(base.as_str(), "http://localhost:3000");
        assert_eq!(base.host(), "localhost");
        assert!(base.is_loopback() && !base.is_https());
        assert_eq!(base.join("/t/showa"), "http://localhost:3000/t/showa");
        assert_eq!(BaseUrl::parse("https://id.example.jp").unwrap().host(), "id.example.jp");
        assert_eq!(BaseUrl::parse("https://id.example.jp/x"), Err(Violation::NotAllowed));
        assert_eq!(BaseUrl::parse("http://id.example.jp"), Err(Violation::NotHttps));
    }
}
