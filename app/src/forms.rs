//! Forms without JavaScript: a form posts to its own page; the answer is a redirect, or the same page again with what was
//! typed and what is wrong with it.

use std::sync::Arc;

use axum::body::Bytes;
use domain::violations::{Violation, Violations};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use service::Conflict;
use url::form_urlencoded;

/// Fields that are never shown again.
const SECRETS: [&str; 6] = ["password", "current_password", "new_password", "code", "recovery_code", "secret"];

/// What a form sent: names and values in order, a name as often as it was sent.
#[derive(Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(body: &Bytes) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The first value of a field; empty if it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find_map(|(key, value)| (key == name).then_some(value.as_str())).unwrap_or_default()
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the field was sent: a ticked checkbox, a pressed button.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// Every field, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// A number that every edit carries, so that a change made meanwhile is noticed.
    pub fn revision(&self) -> i64 {
        self.get("revision").parse().unwrap_or(-1)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Form {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

/// A form that was refused, while its page is rendered again. Secrets are not in it.
#[derive(Clone)]
pub struct Submitted(Arc<Refused>);

struct Refused {
    values: Form,
    refusal: Refusal,
    conflict: Option<Conflict>,
}

/// What is wrong with a form.
#[derive(Debug, Clone, Default)]
pub struct Refusal {
    violations: Violations,
    /// Sentences of a page's own, by field, in place of the general words for a violation.
    sentences: Vec<(String, String)>,
}

impl Refusal {
    /// One field is wrong, and the page says it in words of its own.
    pub fn of(field: &str, violation: Violation, sentence: impl Into<String>) -> Self {
        Self { violations: Violations::of(field, violation), sentences: vec![(field.to_owned(), sentence.into())] }
    }
}

impl From<Violations> for Refusal {
    fn from(violations: Violations) -> Self {
        Self { violations, sentences: Vec::new() }
    }
}

impl Submitted {
    /// What was typed, with what is wrong.
    pub fn new(values: Form, refusal: impl Into<Refusal>, conflict: Option<Conflict>) -> Self {
        let values = Form(values.0.into_iter().filter(|(key, _)| !SECRETS.contains(&key.as_str())).collect());
        Self(Arc::new(Refused { values, refusal: refusal.into(), conflict }))
    }

    /// What was typed.
    pub fn values(&self) -> &Form {
        &self.0.values
    }

    /// What is wrong, by field.
    pub fn violations(&self) -> &Violations {
        &self.0.refusal.violations
    }

    /// Why it cannot happen at all.
    pub fn conflict(&self) -> Option<Conflict> {
        self.0.conflict
    }

    /// What is wrong with one field.
    pub fn violation(&self, name: &str) -> Option<Violation> {
        self.violations().get(name)
    }

    /// The page's own sentence about one field.
    pub fn sentence(&self, name: &str) -> Option<&str> {
        self.0.refusal.sentences.iter().find_map(|(field, text)| (field == name).then_some(text.as_str()))
    }
}

/// The kind of a message, by which it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Something to know.
    Info,
    /// It worked.
    Success,
    /// It worked, but something follows from it.
    Warning,
    /// It did not work.
    Error,
}

/// What happened, told once on the next page. Travels in the staff session; never holds anything about a resident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Its kind.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
}

impl Flash {
    /// It worked.
    pub fn success(text: impl Into<String>) -> Self {
        Self { tone: Tone::Success, text: text.into() }
    }

    /// It worked, but something follows from it.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { tone: Tone::Warning, text: text.into() }
    }

    /// It did not work.
    pub fn error(text: impl Into<String>) -> Self {
        Self { tone: Tone::Error, text: text.into() }
    }
}

/// What a form leads to. A use-case's [`service::Error::Invalid`] and `Conflict` become [`Answer::Refused`] by themselves.
pub enum Answer<P> {
    /// Another page, by 303, with what to say there.
    To(String, Option<Flash>),
    /// Another address, perhaps another server's, by 303 with cookies: the beginning of a sign-in.
    Away(String, HeaderMap),
    /// The same page with its errors, 422.
    Refused(Refusal),
    /// A page in place of a redirect, for what is shown once and never stored (a new secret, recovery codes).
    Once(P),
    /// A file.
    File(File),
}

impl<P> Answer<P> {
    /// Another page.
    pub fn to(path: impl Into<String>) -> Self {
        Self::To(path.into(), None)
    }

    /// Says so on the next page.
    #[must_use]
    pub fn saying(self, flash: Flash) -> Self {
        match self {
            Self::To(path, _) => Self::To(path, Some(flash)),
            other => other,
        }
    }
}

/// A file to save.
pub struct File {
    /// Its name, ASCII.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub content: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_order_and_repetition() {
        let form = Form::parse(&Bytes::from_static(b"role=admin&role=drafter&name=%E4%BD%90+%E8%97%A4&empty="));
        assert_eq!(form.all("role").collect::<Vec<_>>(), ["admin", "drafter"]);
        assert_eq!(form.get("name"), "佐 藤");
        assert!(form.has("empty") && !form.has("absent"));
    }

    #[test]
    fn secrets_are_not_shown_again() {
        let form: Form = [("mail", "a@b.example"), ("password", "x"), ("code", "123456")].into_iter().collect();
        let submitted = Submitted::new(form, Violations::default(), None);
        assert_eq!(submitted.values().iter().collect::<Vec<_>>(), [("mail", "a@b.example")]);
    }
}
