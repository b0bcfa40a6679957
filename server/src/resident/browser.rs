//! A resident's cookies: one per flow, one for the session in each town. Over https they are `__Host-` cookies, which no other
//! host and no plain connection can set; on an http loopback address they have plain names.

use app::language;
use domain::ids::FlowId;
use domain::names::TenantSlug;
use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use service::federation::{Browser, Cookies, SessionCookie};

fn flow_prefix(https: bool) -> &'static str {
    if https { "__Host-flow-" } else { "flow-" }
}

fn session_name(https: bool, slug: &TenantSlug) -> String {
    format!("{}resident-{slug}", if https { "__Host-" } else { "" })
}

/// What the browser sent along.
pub(crate) fn browser(headers: &HeaderMap, https: bool, slug: &TenantSlug) -> Browser {
    let mut found = Browser { locale: language::of(headers), ..Browser::default() };
    let session = session_name(https, slug);
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    for (name, value) in lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('=')) {
        if name == session {
            found.session = Some(SecretString::from(value));
        } else if let Some(id) = name.strip_prefix(flow_prefix(https)).and_then(|id| id.parse::<FlowId>().ok()) {
            found.flows.push((id, value.to_owned()));
        }
    }
    found
}

/// Writes the cookies of an answer.
pub(crate) fn set_cookies(headers: &mut HeaderMap, https: bool, slug: &TenantSlug, cookies: &Cookies) {
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
}
