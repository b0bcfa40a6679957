//! What people were called at a service before they came with the card: handed in by the service once, and given to whom the town
//! names when an account is to be found again.
//!
//! It comes as a handle: HMAC-SHA-256 of the former id under a key of the service, which never gets here. Nobody here can
//! compute the id from it, nor try ids out.
//!
//! A service that has keys signs what it hands in: a JWT beside the lines, with a digest of them, because 2,000 lines are more than
//! a token may hold.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use time::OffsetDateTime;

use super::request_object::is_current;
use crate::error::ProtocolError;
use crate::jose::VerifiedJws;

/// The most lines of one request.
pub const MOST_LINES: usize = 2_000;
/// The most lines that an answer complains of.
const MOST_COMPLAINTS: usize = 50;
/// The fewest different values among 32 bytes that may be a digest. Random ones have thirty; fewer than twenty have been made.
const FEWEST_VALUES: usize = 20;

/// The type of the JWT that signs lines: one that was signed for another purpose is none (RFC 8725, section 3.11).
const TYPE: &str = "former-ids+jwt";
/// Its claim with base64url(SHA-256(the lines as they were sent)).
const DIGEST: &str = "former_ids_sha256";

/// What a JWT that signs lines must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The lines, as they were sent.
    pub lines: &'a str,
    /// The client that hands them in.
    pub client_id: &'a str,
    /// The issuer that they are handed to.
    pub issuer: &'a str,
    /// The time.
    pub now: OffsetDateTime,
}

/// Judges what a client signed: `typ`, `iss`, `aud`, `exp` (which must be there, at most an hour ahead), `nbf`, `iat`, and the digest.
///
/// # Errors
/// `invalid_request`, whatever is wrong.
pub fn judge(signed: &VerifiedJws, expected: &Expected<'_>) -> Result<(), ProtocolError> {
    let claims = &signed.claims;
    let good = signed.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE))
        && claims.text("iss") == Some(expected.client_id)
        && claims.audiences().contains(&expected.issuer)
        && claims.get("exp").is_some()
        && is_current(claims, expected.now)
        && claims.text(DIGEST) == Some(&URL_SAFE_NO_PAD.encode(digest(&SHA256, expected.lines.as_bytes())));
    if good { Ok(()) } else { Err(unsigned()) }
}

/// The error for lines that their service did not sign.
pub const fn unsigned() -> ProtocolError {
    ProtocolError::invalid_request("signature is not of these lines, by a key of the client, for us and now")
}

/// 32 bytes that stand for a former id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub [u8; 32]);

impl Handle {
    /// Reads base64url without padding.
    ///
    /// # Errors
    /// [`LineError::Malformed`], or [`LineError::Readable`] for bytes that are text or repeat themselves: names, numbers and dates
    /// that were padded to the length of a digest.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| LineError::Malformed)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| LineError::Malformed)?;
        let mut values = bytes;
        values.sort_unstable();
        let values = values.chunk_by(|one, other| one == other).count();
        if values < FEWEST_VALUES || std::str::from_utf8(&bytes).is_ok() {
            return Err(LineError::Readable);
        }
        Ok(Self(bytes))
    }

    /// As it is written.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// What is wrong with a line. What stands in it is never said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineError {
    /// Not `sub,handle`.
    Malformed,
    /// The handle is no keyed digest.
    Readable,
    /// The person or the handle stands in an earlier line.
    Repeated,
    /// Nobody who agreed to this service is known to it by this `sub`.
    UnknownPerson,
    /// The handle was handed in for somebody else.
    Taken,
}

/// A line that is wrong, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct WrongLine {
    /// Which.
    pub line: usize,
    /// Why.
    pub error: LineError,
}

/// A line: the person as the service knows them now, and the handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// The pseudonym.
    pub sub: &'a str,
    /// The handle.
    pub handle: Handle,
}

/// Why nothing of what was handed in is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There are more lines than are taken at once.
    TooMany,
    /// These are wrong, the first of them at least.
    Lines(Vec<WrongLine>),
}

/// Reads lines `sub,handle`; empty ones are passed over.
///
/// # Errors
/// Every line that is wrong, as far as can be told from the text alone.
pub fn read(text: &str) -> Result<Vec<Line<'_>>, Refused> {
    let (mut lines, mut wrong): (Vec<Line<'_>>, Vec<WrongLine>) = (Vec::new(), Vec::new());
    let (mut people, mut handles) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.is_empty() {
            continue;
        }
        if lines.len() >= MOST_LINES {
            return Err(Refused::TooMany);
        }
        let read = line.split_once(',').ok_or(LineError::Malformed).and_then(|(sub, handle)| {
            let (sub, handle) = (sub.trim(), Handle::parse(handle.trim())?);
            if people.insert(sub) & handles.insert(handle) { Ok((sub, handle)) } else { Err(LineError::Repeated) }
        });
        match read {
            Ok((sub, handle)) => lines.push(Line { number, sub, handle }),
            Err(error) => wrong.push(WrongLine { line: number, error }),
        }
    }
    if wrong.is_empty() { Ok(lines) } else { Err(refused(wrong)) }
}

/// The refusal for lines that are wrong: the first of them.
pub fn refused(mut wrong: Vec<WrongLine>) -> Refused {
    wrong.sort_by_key(|wrong| wrong.line);
    wrong.truncate(MOST_COMPLAINTS);
    Refused::Lines(wrong)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digest(text: &str) -> String {
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, b"a key of the service");
        URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, text.as_bytes()))
    }

    #[test]
    fn a_handle_is_a_digest_and_nothing_that_can_be_read() {
        assert_eq!(Handle::parse(&digest("1")).unwrap().to_text(), digest("1"));
        let padded = |bytes: &[u8]| {
            let mut all = [0_u8; 32];
            all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            URL_SAFE_NO_PAD.encode(all)
        };
        let (name, birthdate, mail) = ("山田太郎", "1984-02-29", "hanako.yamada@mail.example.jp...");
        let in_shift_jis = [0x8e, 0x52, 0x93, 0x63, 0x91, 0xbe, 0x98, 0x59];
        for readable in
            [padded(name.as_bytes()), padded(birthdate.as_bytes()), padded(mail.as_bytes()), padded(&in_shift_jis)]
        {
            assert_eq!(Handle::parse(&readable), Err(LineError::Readable));
        }
        for malformed in ["", "00012345", "山田太郎", "hanako@example.jp", &format!("{}=", digest("1"))] {
            assert_eq!(Handle::parse(malformed), Err(LineError::Malformed));
        }
    }

    #[test]
    fn every_wrong_line_is_named_and_nothing_of_it_is_said() {
        let (one, two) = (digest("1"), digest("2"));
        let text = format!("a,{one}\r\n\n b , {two} \n");
        let read_all = read(&text).unwrap();
        let numbers: Vec<_> = read_all.iter().map(|line| (line.number, line.sub)).collect();
        assert_eq!(numbers, [(1, "a"), (3, "b")]);
        let wrong = read(&format!("a,{one}\nb\nc,00012345\nb,{one}\na,{two}")).unwrap_err();
        let Refused::Lines(wrong) = wrong else { panic!() };
        let wrong: Vec<_> = wrong.iter().map(|wrong| (wrong.line, wrong.error)).collect();
        let (malformed, repeated) = (LineError::Malformed, LineError::Repeated);
        assert_eq!(wrong, [(2, malformed), (3, malformed), (4, repeated), (5, repeated)]);
        let many: String =
            (0..=MOST_LINES).map(|number| format!("{number},{}\n", digest(&number.to_string()))).collect();
        assert_eq!(read(&many), Err(Refused::TooMany));
    }

    #[test]
    fn a_signature_is_of_these_lines_by_this_client_for_us_and_now() {
        use serde_json::{Value, json};

        use crate::jose::{self, Algorithm, JwkSet, SigningKey};
        let key = SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap();
        let issuer = "https://id.example/t/showa";
        let now = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
        let judged = |typ: &str, lines: &str, claims: &Value| {
            let token = key.sign_as(typ, claims).unwrap();
            let signed = jose::verify(&token, &JwkSet::of([key.public_jwk()]), &Algorithm::ALL).unwrap();
            judge(&signed, &Expected { lines, client_id: "library", issuer, now })
        };
        let good = json!({
            "iss": "library", "aud": [issuer], "exp": 1_795_000_300,
            "former_ids_sha256": "-44gZVr50x3-IZVcNtsbM-NuR6QeNcXmr1arJb46-fs",
        });
        assert_eq!(judged(TYPE, "a,b", &good), Err(unsigned()));
        let with = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            claims
        };
        let of_these = with(DIGEST, json!(URL_SAFE_NO_PAD.encode(super::digest(&SHA256, b"a,b"))));
        assert_eq!(judged(TYPE, "a,b", &of_these), Ok(()));
        assert!(judged(TYPE, "a,b\n", &of_these).is_err());
        for typ in ["JWT", "oauth-authz-req+jwt", "client-authentication+jwt"] {
            assert!(judged(typ, "a,b", &of_these).is_err(), "{typ}");
        }
        for (name, value) in [
            ("iss", json!("other")),
            ("aud", json!("https://id.example/t/mino")),
            ("exp", json!(1_794_999_970)),
            ("exp", json!(1_795_003_631)),
            ("exp", Value::Null),
            ("iat", json!(1_795_000_031)),
            (DIGEST, Value::Null),
        ] {
            let mut claims = of_these.clone();
            claims[name] = value.clone();
            assert!(judged(TYPE, "a,b", &claims).is_err(), "{name} {value}");
        }
        let mut endless = of_these;
        endless.as_object_mut().unwrap().remove("exp");
        assert!(judged(TYPE, "a,b", &endless).is_err());
    }

    #[test]
    fn hardly_any_digest_is_taken_for_something_else() {
        for number in 0..20_000 {
            assert!(Handle::parse(&digest(&number.to_string())).is_ok());
        }
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in ".*") {
            let _ = read(&text);
        }
    }
}
