//! Security event tokens (RFC 8417): what a service is told of people that it knows and of itself, pushed to it (RFC 8935) or fetched
//! by it (RFC 8936).

use std::collections::BTreeMap;

use domain::configuration::EventKind;
use serde::{Deserialize, Serialize};

use crate::encoding::from_json_object;
use crate::error::ProtocolError;
use crate::jose::{SigningFailed, SigningKey};
use crate::parameters::Parameters;

/// The media type and, without its first part, the `typ` of a token (RFC 8417, section 2.3).
pub const MEDIA_TYPE: &str = "application/secevent+jwt";
/// The most tokens of one answer to a service that fetches.
pub const MOST_EVENTS: usize = 100;
/// The most ids that one request may acknowledge or complain of.
const MOST_IDS: usize = 1_000;
/// The longest id that is looked at; ours are shorter.
const LONGEST_ID: usize = 64;

/// The name of an event type: the one of OpenID RISC where it says what happened, else our own.
pub const fn event_type(kind: EventKind) -> &'static str {
    match kind {
        EventKind::ConsentWithdrawn => "urn:machikagi:events:consent-withdrawn",
        EventKind::TownIdDeleted => "https://schemas.openid.net/secevent/risc/event-type/account-purged",
        EventKind::EligibilityEnded => "urn:machikagi:events:eligibility-ended",
        EventKind::RelyingPartySuspended => "urn:machikagi:events:relying-party-suspended",
    }
}

/// Whom an event is about (RFC 9493).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A person, as this service knows them (section 3.2.4).
    Person(&'a str),
    /// The service itself, by its client id (section 3.2.7).
    Client,
}

/// One event. It has neither `exp` nor `sub`: nobody can take it for an ID token (RFC 8417, section 4.5 and 4.6).
#[derive(Debug, Clone, Copy)]
pub struct SecurityEventToken<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The service.
    pub client_id: &'a str,
    /// The event's id, the same each time that it is sent.
    pub jti: &'a str,
    /// When it was noted, in seconds since 1970; the same each time as well.
    pub iat: i64,
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub subject: Subject<'a>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    jti: &'a str,
    sub_id: SubjectId<'a>,
    events: BTreeMap<&'static str, Nothing>,
}

#[derive(Serialize)]
#[serde(tag = "format", rename_all = "snake_case")]
enum SubjectId<'a> {
    IssSub { iss: &'a str, sub: &'a str },
    Opaque { id: &'a str },
}

#[derive(Serialize)]
struct Nothing {}

impl SecurityEventToken<'_> {
    /// The signed token.
    ///
    /// # Errors
    /// When the cryptography library fails.
    pub fn sign(&self, key: &SigningKey) -> Result<String, SigningFailed> {
        let claims = Claims {
            iss: self.issuer,
            aud: self.client_id,
            iat: self.iat,
            jti: self.jti,
            sub_id: match self.subject {
                Subject::Person(sub) => SubjectId::IssSub { iss: self.issuer, sub },
                Subject::Client => SubjectId::Opaque { id: self.client_id },
            },
            events: BTreeMap::from([(event_type(self.kind), Nothing {})]),
        };
        key.sign_as("secevent+jwt", &claims)
    }
}

/// What a service that refuses a token says is wrong with it (RFC 8935, section 2.4). Its description is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaint {
    /// It will not take this token, whenever it is sent: as something else than what it expects.
    Final(&'static str),
    /// It may take it later: a key that it has not fetched yet, a secret that it has not been given yet, or a fault of its own.
    Passing(&'static str),
}

impl Complaint {
    /// Reads the body of a refusal.
    pub fn read(body: &[u8]) -> Self {
        let said = from_json_object::<ErrorSaid>(body).and_then(|said| said.err);
        let codes = [
            Complaint::Final("invalid_request"),
            Complaint::Final("invalid_issuer"),
            Complaint::Final("invalid_audience"),
            Complaint::Passing("invalid_key"),
            Complaint::Passing("authentication_failed"),
            Complaint::Passing("access_denied"),
        ];
        let known = codes.into_iter().find(|known| said.as_deref() == Some(known.code()));
        known.unwrap_or(Complaint::Passing("other"))
    }

    /// The registered code, or `other`: a word of ours, whatever the service wrote.
    pub const fn code(self) -> &'static str {
        match self {
            Complaint::Final(code) | Complaint::Passing(code) => code,
        }
    }
}

#[derive(Deserialize)]
struct ErrorSaid {
    err: Option<String>,
}

/// What a service asks that fetches its events (RFC 8936, section 2.2).
#[derive(Debug, Default)]
pub struct PollRequest {
    /// The most that it takes now, up to [`MOST_EVENTS`]; none if it only acknowledges.
    pub max_events: usize,
    /// The `jti`s that it is done with: taken, or refused for good.
    pub done: Vec<String>,
    /// How many of these it refused.
    pub refused: usize,
    /// With what it proves who it is, where that is in the body.
    pub credentials: Parameters,
}

/// Members that nobody asks about are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    max_events: Option<u64>,
    #[serde(default)]
    ack: Vec<String>,
    #[serde(default)]
    set_errs: BTreeMap<String, serde::de::IgnoredAny>,
    #[serde(default, rename = "client_id")]
    client_id: Option<String>,
    #[serde(default, rename = "client_secret")]
    client_secret: Option<String>,
    #[serde(default, rename = "client_assertion_type")]
    client_assertion_type: Option<String>,
    #[serde(default, rename = "client_assertion")]
    client_assertion: Option<String>,
}

impl PollRequest {
    /// Reads the body. A service may prove who it is by the members of RFC 6749 and RFC 7521 in it, because it is no form.
    ///
    /// # Errors
    /// `invalid_request` for another document, and for one with more ids than are looked at.
    pub fn read(body: &[u8]) -> Result<Self, ProtocolError> {
        let asked: Asked = from_json_object(body)
            .ok_or(ProtocolError::invalid_request("the body is not the JSON object of a poll"))?;
        let refused = asked.set_errs.len();
        let done: Vec<String> = asked.ack.into_iter().chain(asked.set_errs.into_keys()).collect();
        if done.len() > MOST_IDS || done.iter().any(|id| id.len() > LONGEST_ID) {
            return Err(ProtocolError::invalid_request("more ids, or longer ones, than there can be"));
        }
        let members = [
            ("client_id", asked.client_id),
            ("client_secret", asked.client_secret),
            ("client_assertion_type", asked.client_assertion_type),
            ("client_assertion", asked.client_assertion),
        ];
        let given = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let wanted = asked.max_events.and_then(|wanted| usize::try_from(wanted).ok());
        Ok(Self {
            max_events: wanted.unwrap_or(MOST_EVENTS).min(MOST_EVENTS),
            done,
            refused,
            credentials: Parameters::of(given.collect()),
        })
    }
}

/// The answer (section 2.3): tokens by their `jti`.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PollResponse {
    /// Tokens that were not acknowledged yet, the oldest ones.
    pub sets: BTreeMap<String, String>,
    /// There are more.
    pub more_available: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::jose::{self, Algorithm, JwkSet};

    fn signed(kind: EventKind, subject: Subject<'_>) -> jose::VerifiedJws {
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let token =
            SecurityEventToken { issuer: "i", client_id: "library", jti: "j", iat: 1_795_000_000, kind, subject };
        jose::verify(&token.sign(&key).unwrap(), &JwkSet::of([key.public_jwk()]), &[Algorithm::ES256]).unwrap()
    }

    // conforms: RFC 8417 §2.2 MUST; RFC 9493 §3.2.1 MUST
    #[test]
    fn a_security_event_token_is_no_id_token() {
        let read = signed(EventKind::TownIdDeleted, Subject::Person("p"));
        assert_eq!(read.typ.as_deref(), Some("secevent+jwt"));
        for absent in ["sub", "exp", "nonce"] {
            assert_eq!(read.claims.get(absent), None, "{absent}");
        }
        let person = json!({"format": "iss_sub", "iss": "i", "sub": "p"});
        assert_eq!(read.claims.get("sub_id"), Some(&person));
        let event = json!({"https://schemas.openid.net/secevent/risc/event-type/account-purged": {}});
        assert_eq!(read.claims.get("events"), Some(&event));
        assert_eq!(read.claims.get("iat"), Some(&json!(1_795_000_000)));
        let read = signed(EventKind::RelyingPartySuspended, Subject::Client);
        assert_eq!(read.claims.get("sub_id"), Some(&json!({"format": "opaque", "id": "library"})));
    }

    // conforms: RFC 8936 §2.4 MUST
    #[test]
    fn a_poll_says_what_is_done_and_how_much_is_wanted() {
        let body = json!({"ack": ["a"], "setErrs": {"b": {"err": "invalid_key"}}, "returnImmediately": true, "x": 1,
            "maxEvents": 5, "client_id": "library", "client_secret": "s"});
        let asked = PollRequest::read(body.to_string().as_bytes()).unwrap();
        assert_eq!((asked.max_events, asked.done, asked.refused), (5, vec!["a".to_owned(), "b".to_owned()], 1));
        assert_eq!(asked.credentials.get("client_secret").unwrap(), Some("s"));
        let none = PollRequest::read(b"{}").unwrap();
        assert_eq!((none.max_events, none.done.len()), (MOST_EVENTS, 0));
        assert_eq!(PollRequest::read(br#"{"maxEvents": 0}"#).unwrap().max_events, 0);
        let many = json!({"ack": vec!["a"; MOST_IDS + 1]}).to_string();
        let long = json!({"ack": ["a".repeat(LONGEST_ID + 1)]}).to_string();
        for refused in ["", "[]", "1", r#"{"ack": "a"}"#, r#"{"maxEvents": -1}"#, &many, &long] {
            assert!(PollRequest::read(refused.as_bytes()).is_err(), "{refused:.20}");
        }
    }

    #[test]
    fn what_a_service_complains_of_may_pass() {
        for (body, complaint) in [
            (r#"{"err": "invalid_audience", "description": "not me"}"#, Complaint::Final("invalid_audience")),
            (r#"{"err": "invalid_request"}"#, Complaint::Final("invalid_request")),
            (r#"{"err": "invalid_key"}"#, Complaint::Passing("invalid_key")),
            (r#"{"err": "authentication_failed"}"#, Complaint::Passing("authentication_failed")),
            (r#"{"err": "昭和 花子"}"#, Complaint::Passing("other")),
            (r#"{"err": null}"#, Complaint::Passing("other")),
            ("<html>", Complaint::Passing("other")),
            ("", Complaint::Passing("other")),
        ] {
            assert_eq!(Complaint::read(body.as_bytes()), complaint, "{body}");
        }
    }

    proptest! {
        #[test]
        fn foreign_bodies_never_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = PollRequest::read(&body);
            let _ = Complaint::read(&body);
        }
    }
}
