//! What a service is told of beside sign-ins: events about people that it knows, and about itself (RFC 8417).

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::super::field::{Field, FieldKey};
use crate::locale::{Locale, Words};
use crate::violations::{Violation, Violations};
use crate::web_address::{HttpsUrl, LoopbackPolicy};

choices! {
    /// How security event tokens reach the service.
    EventDelivery {
        /// They do not.
        #[default]
        None = "none", "知らせない", "Not at all";
        /// They are posted to it (RFC 8935).
        Push = "push", "送る(push)", "Pushed (RFC 8935)";
        /// It fetches them (RFC 8936).
        Poll = "poll", "取りに来る(poll)", "Polled (RFC 8936)";
    }
}

/// Something that a service may want to be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A resident withdrew the consent to this service.
    ConsentWithdrawn,
    /// A resident deleted the town ID.
    TownIdDeleted,
    /// A resident is not eligible any more: before the month that the service was told, or because it is over.
    EligibilityEnded,
    /// The town suspended the service.
    RelyingPartySuspended,
}

impl EventKind {
    /// Every kind, in the order of the form.
    pub const ALL: &'static [EventKind] = &[
        EventKind::ConsentWithdrawn,
        EventKind::TownIdDeleted,
        EventKind::EligibilityEnded,
        EventKind::RelyingPartySuspended,
    ];

    /// The word in forms, in columns and in client metadata.
    pub const fn as_str(self) -> &'static str {
        match self {
            EventKind::ConsentWithdrawn => "consent_withdrawn",
            EventKind::TownIdDeleted => "town_id_deleted",
            EventKind::EligibilityEnded => "eligibility_ended",
            EventKind::RelyingPartySuspended => "relying_party_suspended",
        }
    }

    /// The words on screen.
    pub const fn words(self) -> Words {
        match self {
            EventKind::ConsentWithdrawn => Words { ja: "同意がやめられた", en: "A consent was withdrawn" },
            EventKind::TownIdDeleted => Words { ja: "共通IDが消された", en: "A town ID was deleted" },
            EventKind::EligibilityEnded => Words { ja: "利用資格が終わった", en: "An eligibility ended" },
            EventKind::RelyingPartySuspended => {
                Words { ja: "このサービスが停止された", en: "This service was suspended" }
            }
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

/// The longest `Authorization` header that is sent with a push, in bytes.
const LONGEST_AUTHORIZATION: usize = 1_024;

/// What a form says about a secret that it does not show. It is no part of what is stored: whoever stores the form puts a
/// [`SecretNumber`] in its place.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum TypedSecret {
    /// Nothing was typed.
    #[default]
    AsBefore,
    /// There shall be none.
    None,
    /// This one.
    New(Zeroizing<String>),
}

impl fmt::Debug for TypedSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            TypedSecret::AsBefore => "AsBefore",
            TypedSecret::None => "None",
            TypedSecret::New(_) => "New(***)",
        })
    }
}

impl TypedSecret {
    /// What came from two fields of a form: the secret, and the switch that there shall be none.
    pub fn of_fields(typed: &str, none: bool) -> Self {
        match (typed.trim(), none) {
            ("", false) => TypedSecret::AsBefore,
            ("", true) => TypedSecret::None,
            (typed, _) => TypedSecret::New(Zeroizing::new(typed.to_owned())),
        }
    }
}

/// By which number a version names a secret that is sealed elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretNumber(pub i64);

/// What a version says about events. What is left out of an older version is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventSettings {
    /// How they reach the service.
    pub delivery: EventDelivery,
    /// Where they are posted to; there where they are.
    pub uri: Option<HttpsUrl>,
    /// Which, in the order of [`EventKind::ALL`]; some where there is a delivery.
    pub kinds: Vec<EventKind>,
    /// The `Authorization` header that goes with each push, where the service wants one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<SecretNumber>,
}

/// The part of the form. Its fields are called `events_delivery`, `events_uri`, `events_authorization` with the switch
/// `events_authorization_none` and, once for each kind, `event_kinds`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventsForm {
    /// `none`, `push` or `poll`.
    pub delivery: String,
    /// An address, or nothing.
    pub uri: String,
    /// The words of the kinds, with a space between two.
    pub kinds: String,
    /// The secret that is known already; no field says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization: Option<SecretNumber>,
    /// What was typed about it, until it is sealed. Nothing writes it down.
    #[serde(skip)]
    pub typed: TypedSecret,
}

impl EventsForm {
    /// Events are pushed.
    pub fn is_push(&self) -> bool {
        self.delivery == EventDelivery::Push.as_str()
    }

    /// Whether what was typed can be sent as the value of an `Authorization` header (RFC 9110, section 11.6.2): a scheme, a
    /// space, and what the scheme asks for.
    ///
    /// # Errors
    /// [`Violation::NotAllowed`] where nothing is pushed, [`Violation::TooLong`], [`Violation::Malformed`].
    pub fn check_typed(&self) -> Result<(), Violation> {
        let TypedSecret::New(value) = &self.typed else { return Ok(()) };
        let is_token = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let is_said = |text: &str| text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        match value.split_once(' ') {
            _ if !self.is_push() => Err(Violation::NotAllowed),
            _ if value.len() > LONGEST_AUTHORIZATION => Err(Violation::TooLong),
            Some((scheme, said))
                if !scheme.is_empty() && is_token(scheme) && !said.trim().is_empty() && is_said(said) =>
            {
                Ok(())
            }
            _ => Err(Violation::Malformed),
        }
    }
}

impl EventSettings {
    /// Whether the service wants to be told of this, in one way or the other.
    pub fn wants(&self, kind: EventKind) -> bool {
        self.delivery != EventDelivery::None && self.kinds.contains(&kind)
    }

    pub(super) fn parse(form: &EventsForm, loopback: LoopbackPolicy, wrong: &mut Violations) -> Self {
        let delivery = wrong.check("events_delivery", form.delivery.parse::<EventDelivery>()).unwrap_or_default();
        let uri = match (delivery, form.uri.trim()) {
            (EventDelivery::Push, "") => {
                wrong.add("events_uri", Violation::Required);
                None
            }
            (_, "") => None,
            (EventDelivery::Push, uri) => wrong.check("events_uri", HttpsUrl::parse(uri, loopback)),
            // Nobody is to believe that something is sent there.
            (EventDelivery::None | EventDelivery::Poll, _) => {
                wrong.add("events_uri", Violation::NotAllowed);
                None
            }
        };
        let words: Vec<&str> = form.kinds.split_whitespace().collect();
        if words.iter().any(|word| EventKind::of(word).is_none()) {
            wrong.add("event_kinds", Violation::Unknown);
        }
        let kinds: Vec<EventKind> =
            EventKind::ALL.iter().copied().filter(|kind| words.contains(&kind.as_str())).collect();
        if kinds.is_empty() == (delivery != EventDelivery::None) {
            let violation = if kinds.is_empty() { Violation::Required } else { Violation::NotAllowed };
            wrong.add("event_kinds", violation);
        }
        wrong.check("events_authorization", form.check_typed());
        let authorization = form.authorization.filter(|_| delivery == EventDelivery::Push);
        Self { delivery, uri, kinds, authorization }
    }

    pub(super) fn fields(&self, locale: Locale) -> [Field; 4] {
        [
            Field::line(FieldKey::EventsDelivery, self.delivery.words().get(locale)),
            Field { key: FieldKey::EventsUri, lines: self.uri.iter().map(HttpsUrl::to_string).collect() },
            Field {
                key: FieldKey::EventsAuthorization,
                // The number tells one secret from the next; nobody decides on what it says.
                lines: self.authorization.iter().map(|SecretNumber(number)| format!("*** ({number})")).collect(),
            },
            Field {
                key: FieldKey::EventKinds,
                lines: self.kinds.iter().map(|kind| kind.words().get(locale).to_owned()).collect(),
            },
        ]
    }
}

impl From<&EventSettings> for EventsForm {
    fn from(settings: &EventSettings) -> EventsForm {
        let words: Vec<&str> = settings.kinds.iter().map(|kind| kind.as_str()).collect();
        EventsForm {
            delivery: settings.delivery.as_str().to_owned(),
            uri: settings.uri.as_ref().map(HttpsUrl::to_string).unwrap_or_default(),
            kinds: words.join(" "),
            authorization: settings.authorization,
            typed: TypedSecret::AsBefore,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(delivery: &str, uri: &str, kinds: &str) -> Result<EventSettings, Violations> {
        let (delivery, uri, kinds) = (delivery.to_owned(), uri.to_owned(), kinds.to_owned());
        let form = EventsForm { delivery, uri, kinds, ..EventsForm::default() };
        let mut wrong = Violations::default();
        let settings = EventSettings::parse(&form, LoopbackPolicy::Refused, &mut wrong);
        wrong.finish(Some(settings))
    }

    #[test]
    fn events_are_wanted_in_a_way_and_of_a_kind() {
        let pushed = parse("push", "https://lib.example.jp/events", "town_id_deleted consent_withdrawn").unwrap();
        assert_eq!(pushed.kinds, [EventKind::ConsentWithdrawn, EventKind::TownIdDeleted]);
        assert!(pushed.wants(EventKind::TownIdDeleted) && !pushed.wants(EventKind::EligibilityEnded));
        assert_eq!(EventsForm::from(&pushed).kinds, "consent_withdrawn town_id_deleted");
        assert!(parse("poll", "", "eligibility_ended").unwrap().uri.is_none());
        assert_eq!(parse("", "", "").unwrap(), EventSettings::default());
        for (delivery, uri, kinds, field, violation) in [
            ("push", "", "town_id_deleted", "events_uri", Violation::Required),
            ("push", "http://lib.example.jp/", "town_id_deleted", "events_uri", Violation::NotHttps),
            ("poll", "https://lib.example.jp/", "town_id_deleted", "events_uri", Violation::NotAllowed),
            ("poll", "", "", "event_kinds", Violation::Required),
            ("none", "", "town_id_deleted", "event_kinds", Violation::NotAllowed),
            ("poll", "", "town_id_deleted birthday", "event_kinds", Violation::Unknown),
            ("mail", "", "", "events_delivery", Violation::Unknown),
        ] {
            let wrong = parse(delivery, uri, kinds).unwrap_err();
            assert_eq!(wrong.get(field), Some(violation), "{delivery} {uri} {kinds}");
        }
    }

    #[test]
    fn a_typed_secret_is_a_header_and_nothing_writes_it_down() {
        let form = |delivery: &str, typed: &str| EventsForm {
            delivery: delivery.to_owned(),
            typed: TypedSecret::of_fields(typed, false),
            authorization: Some(SecretNumber(3)),
            ..EventsForm::default()
        };
        for (delivery, typed, outcome) in [
            ("push", "Bearer s3cret", Ok(())),
            ("push", "  Basic dTpw ", Ok(())),
            ("push", "AWS4-HMAC-SHA256 Credential=a/b, Signature=c", Ok(())),
            ("push", "", Ok(())),
            ("poll", "Bearer s3cret", Err(Violation::NotAllowed)),
            ("none", "Bearer s3cret", Err(Violation::NotAllowed)),
            ("push", "s3cret", Err(Violation::Malformed)),
            ("push", "Bearer: s3cret", Err(Violation::Malformed)),
            ("push", "Bearer s3cret\r\nX: y", Err(Violation::Malformed)),
            ("push", "Bearer 秘密", Err(Violation::Malformed)),
            ("push", &format!("Bearer {}", "s".repeat(1_024)), Err(Violation::TooLong)),
        ] {
            assert_eq!(form(delivery, typed).check_typed(), outcome, "{delivery} {typed}");
        }
        let typed = form("push", "Bearer s3cret");
        let (written, said) = (serde_json::to_string(&typed).unwrap(), format!("{typed:?}"));
        assert!(!written.contains("s3cret") && !said.contains("s3cret"), "{written} {said}");
        let read: EventsForm = serde_json::from_str(&written).unwrap();
        assert_eq!((read.authorization, read.typed), (Some(SecretNumber(3)), TypedSecret::AsBefore));
        // An older version names none.
        assert_eq!(serde_json::from_str::<EventSettings>("{}").unwrap(), EventSettings::default());
        assert_eq!(TypedSecret::of_fields(" ", true), TypedSecret::None);
    }
}
