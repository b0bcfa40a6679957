//! The cookies that one browser has of one server: name, value, path. Everything else of a cookie is about other servers,
//! scripts and the passing of time, of which there is none here.

use std::fmt::Write;

/// The jar.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jar {
    cookies: Vec<Cookie>,
}

#[derive(Debug, Clone)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Jar {
    /// Keeps what a `Set-Cookie` header says, or forgets, if that is what it says (RFC 6265, section 5.3).
    pub(crate) fn set(&mut self, header: &str) {
        let mut parts = header.split(';');
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (name, value) = (name.trim(), value.trim());
        let mut path = "/";
        let mut gone = false;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.trim().to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => path = value.trim(),
                "max-age" => gone = value.trim().parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                _ => {}
            }
        }
        self.cookies.retain(|cookie| cookie.name != name || cookie.path != path);
        if !gone {
            self.cookies.push(Cookie { name: name.to_owned(), value: value.to_owned(), path: path.to_owned() });
        }
    }

    /// The `Cookie` header for a path, if any cookie is meant for it.
    pub(crate) fn header(&self, path: &str) -> Option<String> {
        let mut header = String::new();
        for cookie in self.cookies.iter().filter(|cookie| matches(&cookie.path, path)) {
            let separator = if header.is_empty() { "" } else { "; " };
            // A String takes every text.
            let _ = write!(header, "{separator}{}={}", cookie.name, cookie.value);
        }
        (!header.is_empty()).then_some(header)
    }

    /// How many there are.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.cookies.len()
    }
}

/// RFC 6265, section 5.1.4.
fn matches(cookie_path: &str, path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_where_it_belongs() {
        let mut jar = Jar::default();
        jar.set("flow-1=abc==; Path=/; HttpOnly; SameSite=Lax; Max-Age=1800");
        jar.set("town=x; path=/t/showa");
        assert_eq!(jar.header("/t/showa/authorize").as_deref(), Some("flow-1=abc==; town=x"));
        assert_eq!(jar.header("/t/showa").as_deref(), Some("flow-1=abc==; town=x"));
        assert_eq!(jar.header("/t/showa-sandbox/authorize").as_deref(), Some("flow-1=abc=="));
        assert_eq!(Jar::default().header("/"), None);
    }

    #[test]
    fn a_cookie_is_replaced_and_removed_under_its_own_path() {
        let mut jar = Jar::default();
        jar.set("a=1; Path=/");
        jar.set("a=2; Path=/");
        jar.set("a=3; Path=/t");
        assert_eq!(jar.header("/t/x").as_deref(), Some("a=2; a=3"));
        jar.set("a=; Path=/; Max-Age=0");
        assert_eq!(jar.header("/t/x").as_deref(), Some("a=3"));
        assert_eq!(jar.len(), 1);
    }

    #[test]
    fn nonsense_is_no_cookie() {
        let mut jar = Jar::default();
        jar.set("nonsense");
        jar.set("");
        assert_eq!(jar.len(), 0);
    }
}
