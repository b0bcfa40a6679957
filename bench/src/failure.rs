//! Why something did not come to its end, in words that are the same for every person: failures are counted by them.

/// A failure.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// In these words.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The same, with the step at which it happened.
    pub(crate) fn at(self, step: &str) -> Self {
        Self(format!("{step}: {}", self.0))
    }
}
