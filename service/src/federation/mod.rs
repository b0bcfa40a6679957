//! The gateway: it signs residents in for services, and services never learn more than the town decided.
//!
//! What the server calls, in the order of a sign-in. Every page of a resident is made from one of these views; every answer
//! that moves the browser is a [`Step`], whose cookies the server sets as they are.
//!
//! | call | when |
//! |---|---|
//! | [`Service::authorize`] | GET and POST of the authorization endpoint (also `?flow=` after a POST) |
//! | [`Service::begin_town_sign_in`] | the button of the town page |
//! | [`Service::begin_test_sign_in`], [`Service::test_page`] | a clerk's test, begun and looked at in the console |
//! | [`Service::answer_callback`] | the provider sends the browser back |
//! | [`Service::choose_passkey`], [`Service::answer_with_passkey`], [`Service::choose_provider`] | POST of the page that asks for a passkey or the card, and the ways to it |
//! | [`Service::answer_passkey_offer`] | POST of the page that offers a passkey for the next time |
//! | [`Service::flow_page`] | GET of the consent page and of the outcome page: the view says which it is |
//! | [`Service::answer_consent`] | POST of the consent page |
//! | [`Service::leave_flow`] | POST: back to the service without a code |
//! | [`Service::answer_with_code`] | POST of the outcome page: a one-time code of a tie (在勤・在学) |
//! | [`Service::retry_flow`] | POST of the outcome page: to the provider once more |
//! | [`Service::ask_desk_code`], [`Service::go_on_after_desk`] | POST of the outcome page, where nothing could be decided: to the desk, and back |
//! | [`Service::exchange`], [`Service::userinfo`], [`Service::dpop_nonce`] | token and userinfo endpoint |
//! | [`Service::provider_metadata_document`], [`Service::key_set`] | discovery, JWKS |
//! | [`Service::town_page`] | the town's page with its services |
//! | [`Service::my_page`], [`Service::withdraw_consent`], [`Service::sign_out`], [`Service::end_session`], [`Service::delete_town_id`] | a resident's own page |
//! | [`Service::passkeys_page`], [`Service::add_passkey`], [`Service::remove_passkey`] | passkeys on a resident's own page |
//! | [`Service::merge_start`], [`Service::begin_merge`], [`Service::merge_page`], [`Service::answer_merge`] | a resident merges another town ID into this one |
//! | [`Service::renewed_card_page`], [`Service::make_recovery_number`], [`Service::ask_relink_code`] | a resident before and after the card is renewed |
//! | [`Service::poll_events`] | a service fetches what it is told |
//! | [`Service::former_ids`] | a service hands in what people were called before, or asks for it |
//! | [`Service::leave`], [`Service::leaving_view`] | a service asks to sign out, and the question about it |
//! | [`Service::sandbox_client`] | the sandbox card reader asks who calls |
//! | [`Service::upstream_key_set`] | our public key at the provider, to be registered there |
//! | [`Service::sweep_expired`] | every few minutes: what has expired is deleted |
//!
//! Nothing about a person is written before consent; what waits meanwhile travels sealed in the flow's cookie ([`flow`]).

mod about_tokens;
mod authorize;
mod callback;
mod carded_format;
mod choose;
mod claims_format;
mod client;
mod code;
mod consent;
mod cookies;
mod decide;
mod desk;
mod determine;
mod dpop;
mod ending;
mod ends;
mod events;
mod finish;
mod flow;
mod flow_format;
mod flow_page;
mod former_ids;
mod found_again;
mod grant;
mod key_sets;
mod levels;
mod logout;
mod merge;
mod metadata;
mod my_page;
mod notices;
mod outages;
mod packing;
mod passkey_offer;
mod passkey_sign_in;
mod passkeys;
mod protect;
mod provider;
mod provider_cache;
mod provider_settings;
mod published;
mod pushed;
mod recognise;
mod redeem;
mod refresh;
mod register;
mod remembered;
mod renewed_card;
mod sandbox_card;
mod send;
mod sessions;
mod signed_request;
mod silence;
mod spent;
mod store;
mod sweep;
mod test_sign_in;
mod ties;
mod token;
mod tried;
mod try_out;
mod uploads;
mod userinfo;
mod verification;
mod views;

use aws_lc_rs::digest;
use domain::attributes::Attributes;
use domain::ids::FlowId;
use domain::locale::Locale;
use secrecy::SecretString;

pub use authorize::Sent;
pub use choose::ProviderChoice;
pub(crate) use client::algorithms;
pub use consent::{ConsentAnswer, NEW_WORDS, ShownText};
pub use desk::DeskNotice;
pub use dpop::Headers;
pub(crate) use ends::watch_ends;
pub use flow::{CardDue, Ending};
pub use former_ids::FormerIds;
pub(crate) use former_ids::forget_unwanted as forget_unwanted_former_ids;
pub(crate) use key_sets::KeySets;
pub use logout::LeavingView;
pub use merge::{MergeNotice, MergePage, MergeStart, MergeView};
pub use outages::Outage;
pub(crate) use outages::outages;
pub use passkeys::{Added, PasskeyAnswer, PasskeyRefusal};
pub use protect::Userinfo;
pub(crate) use protect::algorithm as signing_algorithm;
pub(crate) use provider::{Connection, ProviderFailure, callback_path, is_sandbox};
pub(crate) use provider_cache::ProviderCache;
pub use provider_cache::ProviderContact;
pub use provider_settings::{
    AssertionAudience, AttributesFrom, CARD_ACR, ClientAuthentication, Preset, ProviderLevel, ProviderSettings,
    Verified,
};
pub(crate) use published::{Published, PublishedCache, Rule as PublishedRule};
pub use renewed_card::{Handed, RenewedCardPage};
pub(crate) use renewed_card::{former_of as former_of_number, waiting as waiting_relink};
pub use sandbox_card::{SandboxClient, sandbox_card_client_id};
pub(crate) use silence::Silence;
pub use test_sign_in::{TestPage, TestRefusal, TestStanding, TestView};
pub use ties::TieAnswer;
pub use tried::{TriedPlace, TryOutFailure};
pub use try_out::{TryOutPage, TryOutStanding, TryOutView};
pub(crate) use uploads::Uploads;
pub use views::{
    ClauseView, ConsentView, DeskView, EndedView, EndsSoonView, FlowPage, GrantView, MyPage, PasskeyOfferView,
    PasskeyView, PasskeysPage, SecretClaim, ServiceView, SessionView, SignInView, TieView, TownPage, TownView,
};

/// What a browser sent along.
#[derive(Clone, Default)]
pub struct Browser {
    /// The cookies of its flows, whatever their names say: id and value.
    pub flows: Vec<(FlowId, String)>,
    /// The cookie of the resident's session in this town.
    pub session: Option<SecretString>,
    /// The language in which the pages are, where a request does not ask for one.
    pub locale: Locale,
    /// What is known about passkeys in it.
    pub passkeys: Passkeys,
}

/// What is known about passkeys in a browser. It decides which page is shown and nothing else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Passkeys {
    /// Nothing.
    #[default]
    Unknown,
    /// Its script says that the device can verify who uses it.
    Possible,
    /// One was offered in it, for this town.
    Offered,
    /// One of this town was added or used in it.
    Used,
}

/// Where the browser goes next, and what it keeps.
pub struct Step {
    /// Where.
    pub go: Go,
    /// Cookies to set and to remove.
    pub cookies: Cookies,
}

/// Where the browser goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Go {
    /// 303 to another server: a service's verified redirect URI, or the provider.
    Away(String),
    /// 303 to a path of ours.
    To(String),
    /// A page that says why it goes no further, in place.
    Stop(Stop),
}

/// Why a request is answered by a page of ours and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// No such client in this town, or its redirect URI is not registered: nobody to answer to (RFC 9700, section 4.11.2).
    UnknownClient,
    /// The redirect URI is not, character by character, a registered one.
    UnknownRedirectUri,
    /// The signed request cannot be read, and beside it stands no registered redirect URI.
    UnreadableRequest,
    /// The town suspended the service.
    Suspended,
    /// The cookie of the flow is missing, altered or too old: half an hour is over, or more than three sign-ins were begun.
    FlowGone,
    /// A callback that nobody here asked for.
    NotAskedFor,
    /// This sign-in is done; the code was taken.
    AlreadyDone,
    /// The town has no identity provider, or no page to sign in on.
    NotSetUp,
}

/// Cookies to set and to remove. The server knows their names and attributes.
#[derive(Default)]
pub struct Cookies {
    /// Flows to keep.
    pub flows: Vec<FlowCookie>,
    /// Flows to forget.
    pub forget: Vec<FlowId>,
    /// What becomes of the resident's session.
    pub session: SessionCookie,
    /// What the browser is to remember about passkeys of this town, if that changed.
    pub passkeys: Option<Passkeys>,
}

/// A flow as the browser keeps it.
pub struct FlowCookie {
    /// The flow.
    pub id: FlowId,
    /// Sealed.
    pub value: String,
    /// How long, in seconds.
    pub seconds: i64,
}

/// What becomes of the cookie of the resident's session.
#[derive(Default)]
pub enum SessionCookie {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is this one now.
    Set {
        /// The value.
        token: SecretString,
        /// How long, in seconds.
        seconds: i64,
    },
    /// It goes.
    Remove,
}

impl Step {
    fn stop(stop: Stop) -> Self {
        Self { go: Go::Stop(stop), cookies: Cookies::default() }
    }

    fn away(url: String) -> Self {
        Self { go: Go::Away(url), cookies: Cookies::default() }
    }
}

/// SHA-256, for tokens and codes of which only the digest is kept.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    digest::digest(&digest::SHA256, bytes).as_ref().first_chunk().copied().unwrap_or_default()
}

/// A second copy of a person's attributes, for the one place that needs two; each is wiped when it is dropped.
fn copy_of(attributes: &Attributes) -> Attributes {
    Attributes::decode(&attributes.encode()).unwrap_or_default()
}

#[cfg(doc)]
use crate::Service;
