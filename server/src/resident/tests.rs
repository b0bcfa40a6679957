use domain::ids::FlowId;
use domain::names::TenantSlug;
use http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};
use service::federation::{Cookies, FlowCookie, SessionCookie};

use super::{browser, set_cookies};

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
    }
}

#[test]
fn cookies_over_https_belong_to_this_host_alone() {
    insta::assert_snapshot!(written(true, &some_cookies()).join("\n"), @r"
    __Host-flow-01010101010101010101010101010101=sealed; Max-Age=1800; Path=/; HttpOnly; SameSite=Lax; Secure
    __Host-flow-02020202020202020202020202020202=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure
    __Host-resident-showa=token; Max-Age=28800; Path=/; HttpOnly; SameSite=Lax; Secure
    ");
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
                __Host-resident-showa=s; __Host-flow-03030303030303030303030303030303=f; locale=en";
    headers.insert(header::COOKIE, HeaderValue::from_static(line));
    let found = browser(&headers, true, &slug());
    assert_eq!(found.flows, [(FlowId::from_bytes([3; 16]), "f".to_owned())]);
    assert_eq!(found.session.as_ref().map(|session| session.expose_secret()), Some("s"));
    assert_eq!(found.locale, domain::locale::Locale::En);
}
