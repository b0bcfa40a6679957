//! What the provider remembers: sign-ins that have begun, codes, access tokens, spent assertions.

use domain::attributes::Items;
use domain::locale::Locale;
use oidc::provider::authorize::AuthorizationRequest;

use super::clients::CardClient;
use super::expiring::Expiring;
use super::residents::Person;

/// A form may stay open for so long, in seconds.
pub(super) const ATTEMPT_SECONDS: i64 = 600;
/// A code lives so long, in seconds.
pub(super) const CODE_SECONDS: i64 = 60;
/// An access token lives so long, in seconds. It is used at once.
pub(super) const TOKEN_SECONDS: u32 = 60;

/// Bounds of memory; a test device that is flooded forgets.
const MAX_ATTEMPTS: usize = 20_000;
const MAX_GRANTS: usize = 50_000;

/// A sign-in that has begun.
pub(super) struct Attempt {
    /// Who asked.
    pub(super) client: CardClient,
    /// Where the answer goes; one of the client's own.
    pub(super) redirect_uri: String,
    /// What was asked.
    pub(super) request: AuthorizationRequest,
    /// The language of the form.
    pub(super) locale: Locale,
    /// Wrong PINs so far.
    pub(super) wrong_pins: u8,
}

/// What a code stands for.
pub(super) struct Grant {
    /// The client that it was made for.
    pub(super) client_id: String,
    /// The redirect URI that it was sent to.
    pub(super) redirect_uri: String,
    /// What was asked.
    pub(super) request: AuthorizationRequest,
    /// When the PIN was right, epoch seconds.
    pub(super) auth_time: i64,
    /// Whose card it was.
    pub(super) person: Person,
    /// The client's pseudonym for the person.
    pub(super) subject: String,
    /// The access token that came of it. A second use of the code takes it back.
    pub(super) redeemed: Option<String>,
}

/// What an access token opens.
pub(super) struct Release {
    /// The client's pseudonym for the person.
    pub(super) subject: String,
    /// The attributes asked for.
    pub(super) items: Items,
    /// Whose they are.
    pub(super) person: Person,
}

/// All of it.
pub(super) struct Memory {
    pub(super) attempts: Expiring<Attempt>,
    /// What became of one, in its place: where it led. A second press of the button leads there too.
    pub(super) answers: Expiring<String>,
    pub(super) codes: Expiring<Grant>,
    pub(super) tokens: Expiring<Release>,
    pub(super) spent_assertions: Expiring<()>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            attempts: Expiring::new(MAX_ATTEMPTS),
            answers: Expiring::new(MAX_GRANTS),
            codes: Expiring::new(MAX_GRANTS),
            tokens: Expiring::new(MAX_GRANTS),
            spent_assertions: Expiring::new(MAX_GRANTS),
        }
    }
}
