//! A resident's cookies: one per flow, one for the session in each town. Over https they are `__Host-` cookies, which no other
//! host and no plain connection can set; on an http loopback address they have plain names.
//!
//! They are here and not with the endpoints, because a clerk's test begins its flow in the console.

use domain::ids::FlowId;
use domain::names::TenantSlug;
use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use service::federation::{Browser, Cookies, Passkeys, SessionCookie};

use crate::language;

fn flow_prefix(https: bool) -> &'static str {
    if https { "__Host-flow-" } else { "flow-" }
}

fn session_name(https: bool, slug: &TenantSlug) -> String {
    format!("{}resident-{slug}", if https { "__Host-" } else { "" })
}

fn passkeys_name(https: bool, slug: &TenantSlug) -> String {
    format!("{}passkey-{slug}", if https { "__Host-" } else { "" })
}

/// As long as browsers keep any cookie: 400 days.
const REMEMBERED_SECONDS: i64 = 400 * 24 * 3_600;

/// What the browser sent along.
pub fn browser(headers: &HeaderMap, https: bool, slug: &TenantSlug) -> Browser {
    let mut found = Browser { locale: language::of(headers), ..Browser::default() };
    let session = session_name(https, slug);
    let passkeys = passkeys_name(https, slug);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    for (name, value) in lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('=')) {
        if name == session {
            found.session = Some(SecretString::from(value));
        } else if name == passkeys {
            found.passkeys = match value {
                "used" => Passkeys::Used,
                "offered" => Passkeys::Offered,
                _ => Passkeys::Unknown,
            };
        } else if let Some(id) = name.strip_prefix(flow_prefix(https)).and_then(|id| id.parse::<FlowId>().ok()) {
            found.flows.push((id, value.to_owned()));
        }
    }
    found
}

/// Writes the cookies of an answer.
pub fn set_cookies(headers: &mut HeaderMap, https: bool, slug: &TenantSlug, cookies: &Cookies) {
    // Lax: the way back from a provider is a navigation from another site.
    let attributes = if https { "Path=/; HttpOnly; SameSite=Lax; Secure" } else { "Path=/; HttpOnly; SameSite=Lax" };
    let mut set = |name: &str, value: &str, seconds: i64| {
        if let Ok(cookie) = HeaderValue::from_str(&format!("{name}={value}; Max-Age={seconds}; {attributes}")) {
            headers.append(header::SET_COOKIE, cookie);
        }
    };
    for flow in &cookies.flows {
        set(&format!("{}{}", flow_prefix(https), flow.id), &flow.value, flow.seconds);
    }
    for id in &cookies.forget {
        set(&format!("{}{id}", flow_prefix(https)), "", 0);
    }
    match &cookies.session {
        SessionCookie::Keep => {}
        SessionCookie::Set { token, seconds } => set(&session_name(https, slug), token.expose_secret(), *seconds),
        SessionCookie::Remove => set(&session_name(https, slug), "", 0),
    }
    // Says nothing about who it is: only which page is of use here.
    match cookies.passkeys {
        Some(Passkeys::Used) => set(&passkeys_name(https, slug), "used", REMEMBERED_SECONDS),
        Some(Passkeys::Offered) => set(&passkeys_name(https, slug), "offered", REMEMBERED_SECONDS),
        Some(Passkeys::Unknown | Passkeys::Possible) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use service::federation::FlowCookie;

    use super::*;

    fn slug() -> TenantSlug {
        TenantSlug::parse("showa").unwrap()
    }

    fn written(https: bool, cookies: &Cookies) -> Vec<String> {
        let mut headers = HeaderMap::new();
        set_cookies(&mut headers, https, &slug(), cookies);
        headers.get_all(header::SET_COOKIE).iter().map(|line| line.to_str().unwrap().to_owned()).collect()
    }

    fn some_cookies() -> Cookies {
        Cookies {
            flows: vec![FlowCookie { id: FlowId::from_bytes([1; 16]), value: "sealed".to_owned(), seconds: 1800 }],
            forget: vec![FlowId::from_bytes([2; 16])],
            session: SessionCookie::Set { token: SecretString::from("token"), seconds: 28_800 },
            passkeys: Some(Passkeys::Used),
        }
    }

    #[test]
    fn cookies_over_https_belong_to_this_host_alone() {
        assert_eq!(
            written(true, &some_cookies()),
            [
                "__Host-flow-01010101010101010101010101010101=sealed; Max-Age=1800; Path=/; HttpOnly; SameSite=Lax; Secure",
                "__Host-flow-02020202020202020202020202020202=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure",
                "__Host-resident-showa=token; Max-Age=28800; Path=/; HttpOnly; SameSite=Lax; Secure",
                "__Host-passkey-showa=used; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax; Secure",
            ]
        );
    }

    #[test]
    fn cookies_on_a_loopback_address_have_plain_names() {
        let lines = written(false, &some_cookies());
        assert!(lines.iter().all(|line| !line.contains("__Host-") && !line.contains("Secure")), "{lines:?}");
        let removed = written(false, &Cookies { session: SessionCookie::Remove, ..Cookies::default() });
        assert_eq!(removed, ["resident-showa=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"]);
        assert!(written(false, &Cookies::default()).is_empty());
    }

    #[test]
    fn only_cookies_of_this_town_and_of_flows_are_read() {
        let mut headers = HeaderMap::new();
        let line = "a=b; flow-01010101010101010101010101010101=plain; __Host-flow-zz=x; __Host-resident-mino=m; \
                    __Host-resident-showa=s; __Host-passkey-mino=used; __Host-passkey-showa=offered; __Host-flow-03030303030303030303030303030303=f; locale=en";
        headers.insert(header::COOKIE, HeaderValue::from_static(line));
        let found = browser(&headers, true, &slug());
        assert_eq!(found.flows, [(FlowId::from_bytes([3; 16]), "f".to_owned())]);
        assert_eq!(found.session.as_ref().map(|session| session.expose_secret()), Some("s"));
        assert_eq!(found.locale, domain::locale::Locale::En);
        assert_eq!(found.passkeys, Passkeys::Offered);
    }
}
