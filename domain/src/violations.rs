//! What is wrong with an input: field → code. Pages turn a code into words beside the field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a field was refused. A code, not a sentence: the words are the page's, in the reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Violation {
    /// Nothing was given where something must be.
    Required,
    /// More characters, or more items, than fit.
    TooLong,
    /// Fewer characters, or fewer items, than are needed.
    TooShort,
    /// Not in the form that the field asks for.
    Malformed,
    /// A number or date outside the range.
    OutOfRange,
    /// Given twice.
    Duplicate,
    /// Names something that is not there.
    Unknown,
    /// Not allowed here, although it is well formed.
    NotAllowed,
    /// An address that is not https (or http on a loopback address, where that is allowed).
    NotHttps,
    /// A redirect URI with a fragment.
    HasFragment,
    /// A redirect URI with a user name or password.
    HasUserInfo,
    /// A host that is a wildcard or an IP literal.
    HostNotAllowed,
    /// A query parameter that the protocol uses itself.
    ReservedParameter,
    /// Does not match what is on record (a password, a code); says no more on purpose.
    Mismatch,
    /// An address at which nobody answers as must be.
    Unreachable,
    /// Somebody else changed it meanwhile.
    Stale,
}

impl std::fmt::Display for Violation {
    /// For developers reading a log; people read the page's words.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Violation {}

/// All violations of one input, by field name in the order of the names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Violations(BTreeMap<String, Violation>);

impl Violations {
    /// One violation of one field.
    pub fn of(field: impl Into<String>, violation: Violation) -> Self {
        let mut violations = Self::default();
        violations.add(field, violation);
        violations
    }

    /// Adds a violation; the first one of a field stays.
    pub fn add(&mut self, field: impl Into<String>, violation: Violation) {
        self.0.entry(field.into()).or_insert(violation);
    }

    /// Adds every violation of `other`, its fields under `prefix.`.
    pub fn nest(&mut self, prefix: &str, other: Violations) {
        for (field, violation) in other.0 {
            self.add(format!("{prefix}.{field}"), violation);
        }
    }

    /// Keeps the value, or notes why it was refused.
    pub fn check<T>(&mut self, field: &str, value: Result<T, Violation>) -> Option<T> {
        value.map_err(|violation| self.add(field, violation)).ok()
    }

    /// The violation of one field.
    pub fn get(&self, field: &str) -> Option<Violation> {
        self.0.get(field).copied()
    }

    /// Fields and violations, in the order of the field names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Violation)> {
        self.0.iter().map(|(field, violation)| (field.as_str(), *violation))
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value if nothing is wrong, else what is.
    ///
    /// # Errors
    /// The violations, if there are any, or if `value` is missing although none was noted.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Violations> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            Some(_) => Err(self),
            None => {
                if self.is_empty() {
                    self.add("form", Violation::Required);
                }
                Err(self)
            }
        }
    }
}
