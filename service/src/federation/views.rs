//! What pages are made of. Plain values, nothing sealed, and of a person's attributes only which ones, never what they are.

use domain::attributes::Item;
use domain::calendar::Month;
use domain::configuration::{ConsentTextContent, Icon};
use domain::consent::{ConsentDue, GrantState};
use domain::ids::{ConsentGrantId, PasskeyId, RelyingPartyId, ResidentId};
use domain::locale::{Locale, Localized};
use domain::names::TenantSlug;
use domain::residency::{Attestation, AttestationKinds};
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::choose::ProviderChoice;
use super::consent::ShownText;
use super::flow::Ending;
use super::published::{Party, Published};

/// A town as its pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownView {
    /// Its name in URLs.
    pub slug: TenantSlug,
    /// Its name.
    pub name: Localized,
    /// Its local government code, six digits.
    pub code: String,
    /// A test town, whose pages are marked 試験.
    pub sandbox: bool,
    /// Whom to ask.
    pub contact: Localized,
    /// Whom to call.
    pub contact_phone: String,
    /// What the town calls its ID, such as 都農ID.
    pub town_id: Localized,
    /// Two colours, light and dark theme.
    pub accents: [String; 2],
}

/// A service as residents see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// Its identity.
    pub id: RelyingPartyId,
    /// What residents call it.
    pub name: Localized,
    /// What it is.
    pub description: Localized,
    /// Who runs it.
    pub provider: String,
    /// Where it is.
    pub home_url: String,
    /// Its symbol.
    pub icon: Icon,
}

/// What a page of a flow shows.
pub enum FlowPage {
    /// The consent page.
    Consent(Box<ConsentView>),
    /// The sign-in ended without a code, or can be tried again.
    Ended(Box<EndedView>),
    /// Nothing is asked but to go on: the tie on which it rests ends soon.
    EndsSoon(Box<EndsSoonView>),
    /// A passkey or the card.
    SignIn(Box<SignInView>),
    /// A passkey for the next time.
    PasskeyOffer(Box<PasskeyOfferView>),
    /// Nothing to show here.
    Stop(super::Stop),
    /// The page is elsewhere: a path of ours.
    To(String),
}

/// The consent page.
pub struct ConsentView {
    /// The town.
    pub town: TownView,
    /// The service; none when it is the town's own page.
    pub service: Option<ServiceView>,
    /// The words.
    pub text: ConsentTextContent,
    /// Which they are, for the answer.
    pub shown: ShownText,
    /// Since when they are published, in Japan.
    pub text_published_on: Date,
    /// Why the page is shown.
    pub due: ConsentDue,
    /// Handed over now and not again.
    pub once: Vec<Item>,
    /// Handed over at every use.
    pub every_time: Vec<Item>,
    /// Not handed over.
    pub withheld: Vec<Item>,
    /// Whether the service is told that the person is a resident.
    pub residency: bool,
    /// That says in which month the card was read.
    pub verified_at: bool,
    /// Whether the service may go on without the person.
    pub offline: bool,
    /// Services that know the same number; empty for a pseudonym of this service alone.
    pub linked: Vec<Localized>,
    /// They know it as services of one sector, not by the town ID.
    pub of_sector: bool,
    /// Whether a session would begin: the person has none open here, so the box for a shared computer is shown.
    pub may_keep_session: bool,
    /// The language of the request.
    pub locale: Locale,
    /// Origins that `form-action` needs beside `'self'`: the way back to the service.
    pub form_origins: Vec<String>,
}

/// A sign-in that ended without a code.
pub struct EndedView {
    /// The town.
    pub town: TownView,
    /// The service; none when it is the town's own page.
    pub service: Option<ServiceView>,
    /// Why.
    pub ending: Ending,
    /// Whether the provider can be tried once more.
    pub can_retry: bool,
    /// Trying once more leads to a choice: several providers would do.
    pub others: bool,
    /// Whether a passkey can be tried in its place.
    pub may_use_passkey: bool,
    /// Each of these ties, proved by a one-time code, would make the person eligible; none where no tie would do.
    pub would_do: AttestationKinds,
    /// The desk code, where one helps.
    pub desk: DeskView,
    /// Who may use it, as a sentence.
    pub rule: Option<Localized>,
    /// The same clause by clause, where each alone would let somebody in and nothing more is asked; else empty.
    pub clauses: Vec<ClauseView>,
    /// Whom to ask about this service, where its consent text says so.
    pub contact: Option<Localized>,
    /// The language of the request.
    pub locale: Locale,
    /// Origins that `form-action` needs beside `'self'`.
    pub form_origins: Vec<String>,
}

/// What an outcome page says about the desk.
pub enum DeskView {
    /// Nothing: it would not help, or the town's rule names a contact in its place.
    None,
    /// A code can be had.
    Offered,
    /// It was given in this flow.
    Given {
        /// As it is read out: `7K2M-9XQ4`.
        code: String,
        /// When it ends; a whole hour.
        until: OffsetDateTime,
    },
}

/// A clause of a rule that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseView {
    /// Whom.
    pub people: Localized,
    /// It asks for a tie.
    pub asks_for_tie: bool,
}

/// A sign-in that goes on once this was read: the tie on which the eligibility rests ends soon.
pub struct EndsSoonView {
    /// The town.
    pub town: TownView,
    /// The service.
    pub service: ServiceView,
    /// The last month.
    pub until: Month,
    /// Whom to ask about this service.
    pub contact: Localized,
    /// The language of the request.
    pub locale: Locale,
    /// Origins that `form-action` needs beside `'self'`.
    pub form_origins: Vec<String>,
}

/// The page that asks for a passkey or the card, or which provider reads the card.
pub struct SignInView {
    /// The town.
    pub town: TownView,
    /// The service; none when it is the town's own page.
    pub service: Option<ServiceView>,
    /// What the browser is asked for, as JSON with base64url for bytes; none where a passkey would not do.
    pub options: Option<String>,
    /// The identity providers that would do, in the town's order.
    pub providers: Vec<ProviderChoice>,
    /// The language of the request.
    pub locale: Locale,
    /// Origins that `form-action` needs beside `'self'`: the way back to the service, and the providers.
    pub form_origins: Vec<String>,
}

/// The page that offers a passkey before it goes back to the service.
pub struct PasskeyOfferView {
    /// The town.
    pub town: TownView,
    /// The service.
    pub service: Option<ServiceView>,
    /// What the browser is asked to make, as JSON with base64url for bytes.
    pub options: String,
    /// The language of the request.
    pub locale: Locale,
    /// Origins that `form-action` needs beside `'self'`.
    pub form_origins: Vec<String>,
}

/// The page on which a passkey is added.
pub struct PasskeysPage {
    /// The town.
    pub town: TownView,
    /// Those that are there.
    pub passkeys: Vec<PasskeyView>,
    /// What the browser is asked to make; none where the card is asked for first, or no more can be added.
    pub options: Option<String>,
    /// No more can be added.
    pub full: bool,
    /// Origins that `form-action` needs beside `'self'`: the provider's.
    pub form_origins: Vec<String>,
}

/// One passkey. It has a number for a name: whatever a person would call a device could be a person's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasskeyView {
    /// Names it, to remove it.
    pub id: PasskeyId,
    /// Counted from 1, in the order in which they were added.
    pub number: u32,
    /// The month in which it was added.
    pub added: Option<Month>,
    /// The platform may keep copies of it for the person's other devices.
    pub synced: bool,
}

/// A claim that a test shows, as JSON. Its text may hold the clerk's own attributes and is wiped after use.
pub type SecretClaim = Zeroizing<String>;

/// The town's own page.
pub struct TownPage {
    /// The town.
    pub town: TownView,
    /// Heading.
    pub title: Localized,
    /// The sentence below it.
    pub lead: Localized,
    /// Services that can be used.
    pub services: Vec<ServiceView>,
    /// Whether the sign-in button works.
    pub can_sign_in: bool,
    /// Whether somebody is signed in in this browser.
    pub signed_in: bool,
    /// The name of the identity provider.
    pub provider: Option<Localized>,
    /// Origins that `form-action` needs beside `'self'`: the provider's.
    pub form_origins: Vec<String>,
}

/// A resident's own page.
pub struct MyPage {
    /// The town.
    pub town: TownView,
    /// The town ID.
    pub town_id: ResidentId,
    /// Since which month the town ID exists.
    pub since: Option<Month>,
    /// The month in which a renewed card took the place of the former one, because the identity provider said so, or the desk.
    pub relinked: Option<Month>,
    /// Another town ID was merged into this one: more than one sign-in leads here.
    pub merged: bool,
    /// There is a number by which the desk finds this town ID again.
    pub has_recovery_number: bool,
    /// The last month of an eligibility, if there is one.
    pub eligible_until: Option<Month>,
    /// The month from which the card is asked for again, where a rule asks for it before that.
    pub card_from: Option<Month>,
    /// Ties that staff attested and that count this month, with those that end soon marked.
    pub ties: Vec<TieView>,
    /// Consents, the current ones first.
    pub grants: Vec<GrantView>,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// Whether one can be added now: with the card, and not without end.
    pub may_add_passkey: bool,
    /// Live sessions, this one first.
    pub sessions: Vec<SessionView>,
}

/// One tie (在勤・在学).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TieView {
    /// Which, and its last month.
    pub tie: Attestation,
    /// It ends with this month or the next.
    pub ends_soon: bool,
}

impl TieView {
    /// The tie in a month; none if it is over.
    pub(super) fn of(tie: Attestation, month: Month) -> Option<Self> {
        (tie.until >= month).then(|| Self { tie, ends_soon: tie.until <= month.next() })
    }
}

/// One consent.
pub struct GrantView {
    /// The record.
    pub id: ConsentGrantId,
    /// The service; none when it is the town's own page, or the service is gone.
    pub service: Option<ServiceView>,
    /// Whether it is a consent to the town itself.
    pub of_town: bool,
    /// Its state.
    pub state: GrantState,
    /// The version of the words that was agreed to.
    pub text_number: u32,
    /// The words as they were agreed to, if they are still kept.
    pub text: Option<ConsentTextContent>,
    /// The items that were agreed to.
    pub items: Vec<Item>,
    /// The day.
    pub given_on: Option<Date>,
    /// The day of its end.
    pub ended_on: Option<Date>,
}

/// One live session.
pub struct SessionView {
    /// Names it, to end it.
    pub id: Uuid,
    /// Whether it is the one of this browser.
    pub current: bool,
    /// Whether a passkey opened it.
    pub by_passkey: bool,
    /// When it ends.
    pub expires_at: OffsetDateTime,
}

impl Published {
    /// The town for a page.
    pub(super) fn town_view(&self) -> TownView {
        let tenant = &self.tenant;
        TownView {
            slug: self.slug.clone(),
            name: Localized::composed(self.organisation.name_ja.clone(), self.organisation.name_en.clone()),
            code: tenant.code.clone(),
            sandbox: self.sandbox(),
            contact: Localized::composed(tenant.contact_ja.clone(), tenant.contact_en.clone()),
            contact_phone: tenant.contact_phone.clone(),
            town_id: Localized::composed(tenant.town_id_ja.clone(), tenant.town_id_en.clone()),
            accents: [tenant.accent_light.clone(), tenant.accent_dark.clone()],
        }
    }
}

impl Party {
    /// The service for a page.
    pub(super) fn view(&self) -> ServiceView {
        ServiceView {
            id: self.id,
            name: self.content.name.clone(),
            description: self.content.description.clone(),
            provider: self.content.provider.to_string(),
            home_url: self.content.home_url.to_string(),
            icon: self.content.icon,
        }
    }
}
