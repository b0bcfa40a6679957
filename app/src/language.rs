//! Which language a request reads: the cookie that the switch sets, else what the browser prefers, else Japanese.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::locale::Locale;
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use url::form_urlencoded;

use crate::site::Site;

/// The cookie, and the parameter of the link that sets it.
const COOKIE: &str = "locale";
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// The language of a request.
pub fn of(headers: &HeaderMap) -> Locale {
    cookie(headers, COOKIE).and_then(|value| value.parse().ok()).unwrap_or_else(|| {
        headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .and_then(Locale::of_accept_language)
            .unwrap_or_default()
    })
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The link that shows the same page in the other language.
pub fn switch_link(uri: &Uri, to: Locale) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs(uri).filter(|(key, _)| key != COOKIE));
    query.append_pair(COOKIE, to.as_str());
    format!("{}?{}", uri.path(), query.finish())
}

/// A layer around pages: `?locale=en` sets the cookie and shows the page at its own address again.
pub async fn switch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let chosen = (*request.method() == Method::GET)
        .then(|| pairs(request.uri()).find_map(|(key, value)| (key == COOKIE).then(|| value.parse::<Locale>().ok())?))
        .flatten();
    let Some(locale) = chosen else { return next.run(request).await };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs(request.uri()).filter(|(key, _)| key != COOKIE));
    let (path, query) = (request.uri().path(), query.finish());
    // A path of two slashes would be another host's address.
    let path = if path.starts_with("//") { "/" } else { path };
    let to = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let mut response = Redirect::to(&to).into_response();
    let secure = if site.is_https() { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={locale}; Path=/; Max-Age={YEAR_SECONDS}; SameSite=Lax; HttpOnly{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn pairs(uri: &Uri) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_comes_before_the_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(of(&headers), Locale::Ja);
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("en-GB,ja;q=0.5"));
        assert_eq!(of(&headers), Locale::En);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; locale=ja"));
        assert_eq!(of(&headers), Locale::Ja);
        headers.insert(header::COOKIE, HeaderValue::from_static("locale=<script>"));
        assert_eq!(of(&headers), Locale::En);
    }

    #[test]
    fn the_switch_keeps_what_was_asked_for() {
        let uri: Uri = "/console/showa/staff?q=%E4%BD%90%26&locale=ja".parse().unwrap();
        assert_eq!(switch_link(&uri, Locale::En), "/console/showa/staff?q=%E4%BD%90%26&locale=en");
    }
}
