//! Mails to staff: that a client secret ends, that an identity provider is away or back.
//!
//! An [`Announcement`] is written in the transaction of its cause and holds no content and no address: which mail, about what, to
//! be looked at when ([`crate::gate::WriteScope::announce`]). When it is due a job opens the organisation's scope as the actor
//! `Mailer`, reads whether there is something to say still and who is to hear it, and makes the mail of what it reads ([`outbox`]).
//! Each mail has a folder beside this file with its subject and body, of which the HTML is made; its words come into it by name, checked by the compiler.
//!
//! What is in no mail: anything of or about a resident, secrets or parts of them, links that do something by themselves.

mod client_secret;
mod letter;
mod outbox;
mod post;
mod provider;

use uuid::Uuid;

use crate::gate::{Act, Resource};

pub(crate) use self::client_secret::secret_made;
pub(crate) use self::outbox::anew;
pub(crate) use self::post::Post;
pub use self::post::{MailSettings, Mailbox, PostedMail, UnfitMail};
pub(crate) use self::provider::{provider_away, provider_back};

/// Which mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailKind {
    /// The last secret of a service in use ends soon. About the secret; the occasion is how many days before.
    ClientSecretEnds,
    /// An identity provider does not answer. About the connection; the occasion is the hour since when.
    ProviderAway,
    /// It answers again. As the mail before.
    ProviderBack,
}

impl MailKind {
    const ALL: [MailKind; 3] = [MailKind::ClientSecretEnds, MailKind::ProviderAway, MailKind::ProviderBack];

    /// The name in the column.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            MailKind::ClientSecretEnds => "client_secret_ends",
            MailKind::ProviderAway => "provider_away",
            MailKind::ProviderBack => "provider_back",
        }
    }

    fn of_column(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Who hears it: those whose roles may do this, because they can do something about it.
    const fn addressed_to_who_may(self) -> (Act, Resource) {
        match self {
            MailKind::ClientSecretEnds => (Act::Create, Resource::ClientSecret),
            MailKind::ProviderAway | MailKind::ProviderBack => (Act::Update, Resource::IdentityProvider),
        }
    }
}

/// A mail to be looked at when its time has come. Announcing the same again is announcing it anew, unless it was said already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Announcement {
    pub(crate) kind: MailKind,
    pub(crate) about: Uuid,
    /// Which time of several (see [`MailKind`]).
    pub(crate) occasion: i64,
    /// Seconds since 1970.
    pub(crate) due_at: i64,
}
