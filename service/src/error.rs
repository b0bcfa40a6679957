//! Why a use-case did not happen. What the browser or a client may know of it is decided at the edge (`app`, `oidc`).

use domain::violations::{Violation, Violations};
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Why a use-case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input is wrong; field by field.
    #[error("the input is not valid")]
    Invalid(Violations),
    /// It is not there, or the caller may not know that it is.
    #[error("not found")]
    NotFound,
    /// The caller may read it, but not do this to it.
    #[error("not allowed")]
    Denied,
    /// Nobody is signed in, or no longer.
    #[error("nobody is signed in")]
    Unauthenticated,
    /// It cannot happen in the state that things are in.
    #[error("conflict: {0:?}")]
    Conflict(Conflict),
    /// The database or a provider is away; trying again later may help.
    #[error("not available at the moment")]
    Unavailable,
    /// A fault of ours.
    #[error("internal fault: {0}")]
    Internal(Fault),
}

/// Which conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Somebody else changed the row since it was read.
    Stale,
    /// A row with this key is there already.
    Exists,
    /// The state machine has no such transition from here.
    State,
    /// The same person drafted and decides, and the municipality requires four eyes.
    FourEyes,
    /// The last administrator cannot be removed.
    LastAdmin,
    /// The account belongs to other organisations too; the operator resets it.
    SharedAccount,
    /// The period was closed already.
    Closed,
    /// The period cannot be closed yet.
    TooEarly,
    /// What it depends on is not published.
    DependencyUnpublished,
    /// A limit of the product was reached (rules, secrets, redirect URIs).
    Limit,
    /// A rule came from JSON and asks for more than the builder's form can hold.
    BeyondForm,
}

/// A fault of ours: where, and a code of the database if there is one. Never a foreign text, which may hold what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    place: &'static str,
    code: Option<String>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{} ({code})", self.place),
            None => f.write_str(self.place),
        }
    }
}

impl Error {
    /// A fault at a named place.
    pub fn internal(place: &'static str) -> Self {
        Self::Internal(Fault { place, code: None })
    }

    /// One field is wrong.
    pub fn invalid(field: &str, violation: Violation) -> Self {
        Self::Invalid(Violations::of(field, violation))
    }
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        Self::Invalid(violations)
    }
}

impl From<Conflict> for Error {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<DbErr> for Error {
    /// Keeps the kind and the database's code; the text holds SQL and sometimes values, and is dropped here.
    fn from(error: DbErr) -> Self {
        if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
            return Self::Conflict(Conflict::Exists);
        }
        let runtime = match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return Self::Unavailable,
            DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => error,
            DbErr::RecordNotFound(_) => return Self::NotFound,
            _ => return Self::internal("database"),
        };
        match runtime.as_ref() {
            sqlx::Error::Database(database) => {
                let code = database.code().map(|code| code.into_owned());
                // PostgreSQL holds no U+0000; whoever typed it or put it into an address hears so.
                if code.as_deref() == Some("22021") {
                    return Self::invalid("text", Violation::Malformed);
                }
                // SQLITE_BUSY and friends, and PostgreSQL's classes of shutdown, resources and serialisation.
                let transient = code.as_deref().is_some_and(|code| {
                    matches!(code, "5" | "6" | "261" | "517" | "13" | "14" | "10")
                        || ["08", "40", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                });
                if transient { Self::Unavailable } else { Self::Internal(Fault { place: "database", code }) }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_) => Self::Unavailable,
            _ => Self::internal("database driver"),
        }
    }
}
