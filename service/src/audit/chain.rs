//! The chain itself, pure: each entry's MAC covers the MAC before it and everything that the entry says.

use aws_lc_rs::{digest, hmac};
use sea_orm::prelude::Uuid;

/// The head of a chain: how many entries, and the MAC of the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Entries in the chain.
    pub entries: i64,
    /// MAC of the last entry; empty before the first.
    pub mac: Vec<u8>,
}

/// What one entry says.
#[derive(Debug, Clone)]
pub struct Link<'a> {
    /// From 1, without gaps.
    pub number: i64,
    /// Seconds since 1970, UTC.
    pub at: i64,
    /// `staff`, or the name of a system actor.
    pub actor_kind: &'a str,
    /// The account, for staff.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: &'a str,
    /// To what kind of thing.
    pub object_kind: &'a str,
    /// To which one.
    pub object_id: &'a str,
    /// Digest of the salted text beside the entry.
    pub text_digest: &'a [u8],
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry follows from the one before, up to this head.
    Whole(Head),
    /// The chain is broken.
    Broken(Broken),
}

/// Where and how a chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// An entry is not there, or stands elsewhere; the number that was expected.
    Missing(i64),
    /// An entry, or one before it, was altered.
    Altered(i64),
    /// The text beside an entry is not the one that was chained.
    TextAltered(i64),
    /// The text beside an entry is gone, and no entry says that it was erased.
    TextMissing(i64),
    /// The stored head is not the head of these entries.
    Head,
    /// The chain is shorter than the head that was kept elsewhere, or another chain.
    Kept,
}

impl Head {
    /// The head of a chain without entries.
    pub const fn empty() -> Self {
        Self { entries: 0, mac: Vec::new() }
    }

    /// The stored head.
    pub fn of(row: &entity::audit_head::Model) -> Self {
        Self { entries: row.entries, mac: row.mac.clone() }
    }

    /// The head after one more entry.
    #[must_use]
    pub fn followed_by(&self, key: &hmac::Key, link: &Link<'_>) -> Self {
        let mut context = hmac::Context::with_key(key);
        let actor_id = link.actor_id.map(Uuid::into_bytes);
        let parts: [&[u8]; 9] = [
            &self.mac,
            &link.number.to_be_bytes(),
            &link.at.to_be_bytes(),
            link.actor_kind.as_bytes(),
            actor_id.as_ref().map_or(&[], |id| id.as_slice()),
            link.action.as_bytes(),
            link.object_kind.as_bytes(),
            link.object_id.as_bytes(),
            link.text_digest,
        ];
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        Self { entries: link.number, mac: context.sign().as_ref().to_vec() }
    }
}

impl Verdict {
    /// The verdict in a few characters, as the entry about a verification holds it: `whole/18204`, `altered/17`.
    pub fn code(&self) -> String {
        match self {
            Verdict::Whole(head) => format!("whole/{}", head.entries),
            Verdict::Broken(broken) => match broken {
                Broken::Missing(number) => format!("missing/{number}"),
                Broken::Altered(number) => format!("altered/{number}"),
                Broken::TextAltered(number) => format!("text_altered/{number}"),
                Broken::TextMissing(number) => format!("text_missing/{number}"),
                Broken::Head => "head".to_owned(),
                Broken::Kept => "kept".to_owned(),
            },
        }
    }
}

/// SHA-256 of length ‖ salt ‖ text: the chain holds this, so that the text can be erased and the chain still be verified. The
/// length keeps characters from being moved out of the text into the salt unnoticed.
pub(super) fn text_digest(salt: &[u8], body: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&(salt.len() as u64).to_be_bytes());
    context.update(salt);
    context.update(body.as_bytes());
    context.finish().as_ref().to_vec()
}
