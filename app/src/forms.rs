//! Forms without JavaScript: a form posts to its own page; the answer is a redirect, or the same page again with what was
//! typed and what is wrong with it.

use std::sync::Arc;

use axum::body::Bytes;
use domain::violations::{Violation, Violations};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use service::Conflict;
use url::form_urlencoded;

use crate::render::Piece;

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

    /// Reads a form as its media type says: with files (`multipart/form-data`, RFC 7578) or without. A file's text stands under
    /// its field's name; what cannot be read is not there.
    pub async fn read(media_type: &str, body: Bytes) -> Self {
        let Ok(boundary) = multer::parse_boundary(media_type) else { return Self::parse(&body) };
        let whole = futures::stream::iter([Ok::<_, std::convert::Infallible>(body)]);
        let mut parts = multer::Multipart::new(whole, boundary);
        let mut pairs = Vec::new();
        while let Ok(Some(part)) = parts.next_field().await {
            let Some(name) = part.name().map(str::to_owned) else { continue };
            let Ok(bytes) = part.bytes().await else { break };
            pairs.push((name, text_of(&bytes)));
        }
        Self(pairs)
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

/// Text in UTF-8, or else in Shift_JIS, as spreadsheets of town halls write it.
fn text_of(bytes: &[u8]) -> String {
    let (text, _, malformed) = encoding_rs::UTF_8.decode(bytes);
    if malformed { encoding_rs::SHIFT_JIS.decode(bytes).0.into_owned() } else { text.into_owned() }
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
    /// Parts of a page, for the island that asked.
    Parts(Piece),
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
    fn a_file_comes_with_its_form_in_either_encoding() {
        let mut body = b"--x\r\nContent-Disposition: form-data; name=\"lines\"\r\n\r\n\xE6\x9D\x91\n\r\n--x\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n"
            .to_vec();
        body.extend_from_slice(b"\x91\xBA\r\n--x--\r\n");
        let read = Form::read("multipart/form-data; boundary=x", Bytes::from(body));
        let form = futures::executor::block_on(read);
        assert_eq!(form.iter().collect::<Vec<_>>(), [("lines", "村\n"), ("file", "村")]);
        let plain = Form::read("application/x-www-form-urlencoded", Bytes::from_static(b"a=1"));
        assert_eq!(futures::executor::block_on(plain).get("a"), "1");
        let broken = Form::read("multipart/form-data; boundary=x", Bytes::from_static(b"--x\r\nnonsense"));
        assert_eq!(futures::executor::block_on(broken).iter().count(), 0);
    }

    #[test]
    fn secrets_are_not_shown_again() {
        let form: Form = [("mail", "a@b.example"), ("password", "x"), ("code", "123456")].into_iter().collect();
        let submitted = Submitted::new(form, Violations::default(), None);
        assert_eq!(submitted.values().iter().collect::<Vec<_>>(), [("mail", "a@b.example")]);
    }
}
