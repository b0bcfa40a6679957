//! Names and short texts that people type: checked once where they come in, trusted afterwards. Web addresses are in
//! [`crate::web_address`].

use crate::prose;
use crate::violations::Violation;

/// Gives a checked string its accessors, its text form and a serde form that checks again.
macro_rules! checked_string {
    ($name:ident) => {
        impl $name {
            /// The checked text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::violations::Violation;

            fn try_from(text: String) -> Result<Self, $crate::violations::Violation> {
                Self::read_back(&text)
            }
        }
    };
}
pub(crate) use checked_string;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks a typed text.
            ///
            /// # Errors
            /// Why it was refused.
            pub fn parse(text: &str) -> Result<Self, Violation> {
                let check: fn(&str) -> Result<String, Violation> = $check;
                check(text).map(Self)
            }

            fn read_back(text: &str) -> Result<Self, Violation> {
                Self::parse(text)
            }
        }

        checked_string!($name);

        impl std::str::FromStr for $name {
            type Err = Violation;

            fn from_str(text: &str) -> Result<Self, Violation> {
                Self::parse(text)
            }
        }
    };
}

name! {
    /// A municipality's name in URLs, such as `showa`: 2 to 40 of a–z, 0–9 and single hyphens, a letter first. Words that
    /// a page of the product or a mail role uses are refused, so that no town looks like the platform.
    TenantSlug, slug
}

name! {
    /// A mail address of a member of staff or of a desk: trimmed, lower case, at most 254 octets (RFC 5321, section
    /// 4.5.3.1). The check is pragmatic: one `@`, an atom before it, a host name with a dot after it. Whether it exists
    /// is found out by writing to it.
    MailAddress, mail_address
}

name! {
    /// How a person or an organisation is called on screen: one line of 1 to 100 characters.
    DisplayName, |text| prose::line(text, 100)
}

name! {
    /// An OAuth 2.0 `client_id`: 3 to 64 of `A–Z a–z 0–9 _ -`, so that it needs no escaping in a URL, in a Basic header
    /// (RFC 6749, section 2.3.1) or in a log.
    ClientId, client_id
}

name! {
    /// Why somebody does something: 1 to 1,000 characters in which lines may break. It goes into the audit trail, so it
    /// must never name a resident; the page says so.
    Reason, |text| prose::block(text, 1000)
}

/// Slugs that would shadow a page of the product or pretend to be the platform.
const RESERVED_SLUGS: [&str; 35] = [
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "auth",
    "callback",
    "console",
    "docs",
    "health",
    "healthz",
    "help",
    "issuer",
    "login",
    "logout",
    "machikagi",
    "metrics",
    "oauth",
    "oidc",
    "operator",
    "pkg",
    "platform",
    "portal",
    "readyz",
    "root",
    "sandbox",
    "sandbox-card",
    "static",
    "status",
    "support",
    "system",
    "well-known",
    "www",
];

fn slug(text: &str) -> Result<String, Violation> {
    match text.len() {
        0 => return Err(Violation::Required),
        1 => return Err(Violation::TooShort),
        2..=40 => {}
        _ => return Err(Violation::TooLong),
    }
    let well_formed = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--");
    if !well_formed {
        return Err(Violation::Malformed);
    }
    if RESERVED_SLUGS.contains(&text) {
        return Err(Violation::NotAllowed);
    }
    Ok(text.to_owned())
}

fn mail_address(text: &str) -> Result<String, Violation> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Err(Violation::Required);
    }
    if text.len() > 254 {
        return Err(Violation::TooLong);
    }
    let (local, host) = text.rsplit_once('@').ok_or(Violation::Malformed)?;
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    let local_is_fine = (1..=64).contains(&local.len())
        && local.bytes().all(atom)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_is_fine = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let host_is_fine = host.contains('.')
        && host.split('.').all(label_is_fine)
        && host.rsplit('.').next().is_some_and(|top| top.bytes().any(|b| b.is_ascii_alphabetic()));
    if local_is_fine && host_is_fine { Ok(text) } else { Err(Violation::Malformed) }
}

fn client_id(text: &str) -> Result<String, Violation> {
    match text.len() {
        0 => Err(Violation::Required),
        1..=2 => Err(Violation::TooShort),
        3..=64 if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') => Ok(text.to_owned()),
        3..=64 => Err(Violation::Malformed),
        _ => Err(Violation::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for text in ["showa", "tsuno-sandbox", "a1"] {
            assert_eq!(TenantSlug::parse(text).unwrap().as_str(), text);
        }
        for (text, why) in [
            ("", Violation::Required),
            ("a", Violation::TooShort),
            ("1a", Violation::Malformed),
            ("-ab", Violation::Malformed),
            ("ab-", Violation::Malformed),
            ("a--b", Violation::Malformed),
            ("Showa", Violation::Malformed),
            ("昭和", Violation::Malformed),
            ("a/b", Violation::Malformed),
            ("admin", Violation::NotAllowed),
            ("sandbox-card", Violation::NotAllowed),
        ] {
            assert_eq!(TenantSlug::parse(text), Err(why), "{text}");
        }
        assert_eq!(TenantSlug::parse(&"a".repeat(41)), Err(Violation::TooLong));
        assert!(RESERVED_SLUGS.is_sorted());
    }

    #[test]
    fn mail_addresses_are_normalised() {
        assert_eq!(
            MailAddress::parse(" Sato.Misaki@Town.Tsuno.Example.JP ").unwrap().as_str(),
            "sato.misaki@town.tsuno.example.jp"
        );
        for text in [
            "a",
            "a@b",
            "@b.jp",
            "a@b..jp",
            ".a@b.jp",
            "a..b@c.jp",
            "a b@c.jp",
            "a@b@c",
            "a@-b.jp",
            "a@192.0.2.1",
            "a\n@b.jp",
        ] {
            assert_eq!(MailAddress::parse(text), Err(Violation::Malformed), "{text}");
        }
    }

    #[test]
    fn client_ids_and_reasons() {
        assert!(ClientId::parse("showa-library").is_ok());
        assert_eq!(ClientId::parse("ab"), Err(Violation::TooShort));
        assert_eq!(ClientId::parse("a:b"), Err(Violation::Malformed));
        assert_eq!(Reason::parse("  x\r\ny ").unwrap().as_str(), "x\ny");
        assert_eq!(Reason::parse(" "), Err(Violation::Required));
    }

    #[test]
    fn serde_checks_again() {
        assert_eq!(serde_json::from_str::<TenantSlug>("\"showa\"").unwrap().as_str(), "showa");
        assert!(serde_json::from_str::<TenantSlug>("\"Showa\"").is_err());
    }
}
