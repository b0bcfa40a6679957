//! What a service is told of beside sign-ins: events about people that it knows, and about itself (RFC 8417).

use serde::{Deserialize, Serialize};

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
    /// A resident is not eligible any more, before the month that the service was told.
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
            EventKind::EligibilityEnded => {
                Words { ja: "期限より前に資格が終わった", en: "An eligibility ended before its month" }
            }
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
}

/// The part of the form. Its fields are called `events_delivery`, `events_uri` and, once for each kind, `event_kinds`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventsForm {
    /// `none`, `push` or `poll`.
    pub delivery: String,
    /// An address, or nothing.
    pub uri: String,
    /// The words of the kinds, with a space between two.
    pub kinds: String,
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
        Self { delivery, uri, kinds }
    }

    pub(super) fn fields(&self, locale: Locale) -> [Field; 3] {
        [
            Field::line(FieldKey::EventsDelivery, self.delivery.words().get(locale)),
            Field { key: FieldKey::EventsUri, lines: self.uri.iter().map(HttpsUrl::to_string).collect() },
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(delivery: &str, uri: &str, kinds: &str) -> Result<EventSettings, Violations> {
        let form = EventsForm { delivery: delivery.to_owned(), uri: uri.to_owned(), kinds: kinds.to_owned() };
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
}
