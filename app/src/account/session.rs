//! The steps of a staff session. Its identifier changes at each step, so that one that somebody planted is worth nothing.

use domain::ids::AccountId;
use domain::paths;
use domain::violations::Violation;
use service::Error;
use service::accounts::Refusal;

use super::words::Words;
use crate::forms::{self, Answer};
use crate::pages::Visitor;
use crate::request::{local_path, session_keys};
use crate::text::fill;

/// The page to go on to, if it is one of ours.
pub(super) fn next(visitor: &Visitor) -> Option<&str> {
    local_path(visitor.query("next"))
}

/// A page of ours that keeps where to go on to.
pub(super) fn with_next(path: &str, next: Option<&str>) -> String {
    match next {
        Some(next) => {
            format!("{path}?next={}", percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC))
        }
        None => path.to_owned(),
    }
}

/// The password was right: the second factor is due.
pub(super) async fn await_second_factor(visitor: &Visitor, account: AccountId) -> Result<(), Error> {
    let session = &visitor.session;
    session.clear().await;
    session.cycle_id().await.map_err(|_| Error::Unavailable)?;
    session.insert(session_keys::PENDING_ACCOUNT, account).await.map_err(|_| Error::Unavailable)
}

/// Whose second factor is due.
pub(super) async fn awaited(visitor: &Visitor) -> Result<Option<AccountId>, Error> {
    visitor.session.get(session_keys::PENDING_ACCOUNT).await.map_err(|_| Error::Unavailable)
}

/// Both factors were right.
pub(super) async fn begin(visitor: &Visitor, account: AccountId) -> Result<(), Error> {
    let session = &visitor.session;
    session.clear().await;
    session.cycle_id().await.map_err(|_| Error::Unavailable)?;
    session.insert(session_keys::ACCOUNT, account).await.map_err(|_| Error::Unavailable)?;
    let now = visitor.service().clock().seconds();
    session.insert(session_keys::AUTH_TIME, now).await.map_err(|_| Error::Unavailable)
}

/// Who is signed in.
pub(super) fn account(visitor: &Visitor) -> Result<AccountId, Error> {
    visitor.account.ok_or(Error::Unauthenticated)
}

/// Where somebody goes who has signed in.
pub(super) fn destination(visitor: &Visitor) -> String {
    next(visitor).map_or_else(paths::account_organisations, str::to_owned)
}

/// Not signed in: what was wrong, and what comes next.
pub(super) fn refused<P>(visitor: &Visitor, field: &str, wrong: &str, refusal: Refusal) -> Answer<P> {
    let words = Words::of(visitor.locale);
    let sentence = match refusal {
        Refusal { retry_after_seconds: 0, attempts_left } => {
            format!("{wrong}{}", fill(words.attempts_left, &[("n", &attempts_left.to_string())]))
        }
        Refusal { retry_after_seconds, .. } => {
            fill(words.wait, &[("n", &retry_after_seconds.div_ceil(60).to_string())])
        }
    };
    Answer::Refused(forms::Refusal::of(field, Violation::Mismatch, sentence))
}
