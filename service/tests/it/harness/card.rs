//! An identity provider of the card's profile, on loopback: it signs with a key of its own, checks our assertion and our
//! verifier, and can be told to misbehave.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use oidc::jose::{Algorithm, JwkSet, SigningKey, at_hash};
use oidc::parameters::Parameters;
use oidc::pkce::{self, CodeChallenge, CodeVerifier};
use oidc::provider::client_assertion;
use serde_json::{Value, json};
use service::Clock;
use time::OffsetDateTime;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// Somebody with a card.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder {
    pub(crate) sub: &'static str,
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) birthdate: &'static str,
    pub(crate) gender: &'static str,
    pub(crate) given: Given,
}

/// How the provider gives the address.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Given {
    /// As one string.
    Whole,
    /// Prefecture, municipality and rest apart: the address has a bar at each seam.
    Apart,
    /// With the certificate's flags of substitute characters.
    Flagged(&'static str),
    /// With a postcode.
    With(&'static str),
}

/// A resident of 昭和村 in 福島.
pub(crate) const HANAKO: Holder = Holder {
    sub: "hanako",
    name: "昭和 花子",
    address: "福島県大沼郡昭和村大字下中津川字中島652番地",
    birthdate: "19840229",
    gender: "2",
    given: Given::Whole,
};
/// A second resident.
pub(crate) const TARO: Holder =
    Holder { sub: "taro", name: "昭和 太郎", birthdate: "19750401", gender: "1", ..HANAKO };
/// A child of the village.
pub(crate) const CHILD: Holder = Holder { sub: "child", birthdate: "20150401", ..HANAKO };
/// A resident of the village of the same name in 群馬.
pub(crate) const NAMESAKE: Holder =
    Holder { sub: "namesake", address: "群馬県利根郡昭和村大字糸井388番地", ..HANAKO };
/// An address that names no municipality of the table.
pub(crate) const UNREADABLE: Holder = Holder { sub: "unreadable", address: "■■■■■■1番地", ..HANAKO };

/// How the provider misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Fine,
    Down,
    Slow,
    Nonsense,
    RefusesCode,
    WrongIssuer,
    WrongAudience,
    /// The token was made for us and given to somebody else.
    WrongAuthorizedParty,
    WrongNonce,
    Unsigned,
    OtherKey,
    /// Signed with a key that is published, by an algorithm that no connection names.
    OtherAlgorithm,
    NoSubject,
    NoIssuedAt,
    NoExpiry,
    WrongAccessTokenHash,
    Expired,
    NoLevel,
    OldAuthentication,
    OtherSubject,
    NoName,
    LongAddress,
    /// Fields are sealed to somebody else's key.
    WrongSeal,
    /// Fields are not sealed at all.
    NoSeal,
    /// Userinfo comes as plain JSON where it must be signed.
    UserinfoInClear,
    /// Its header says that nobody signed it.
    UserinfoUnsigned,
    UserinfoOfOtherKey,
    UserinfoOfOtherIssuer,
    UserinfoForOthers,
    UserinfoExpired,
    /// Signed with a key that is published, by an algorithm that no connection names.
    UserinfoByOtherAlgorithm,
    /// The discovery document is another issuer's.
    OtherDocument,
}

/// What kind of provider it plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The Digital Agency's profile: an assertion signed with our key, userinfo in clear, `iss` in the callback.
    Agency,
    /// xID's, as its public clients read it: a shared secret in the header, a level in a claim of its own, userdata without a subject,
    /// names in clear and every other field sealed with 24 bytes before it, no `iss`.
    Xid,
    /// Any other: a shared secret in the body, claims of its own names, no `acr`.
    Other,
}

/// The secret of the shapes that have one.
pub(crate) const SECRET: &str = "s3cret with: a colon";

struct Login {
    holder: Holder,
    nonce: String,
    challenge: CodeChallenge,
}

struct State {
    key: SigningKey,
    mood: Mood,
    logins: HashMap<String, Login>,
    clients: JwkSet,
    seen: u32,
    documents: u32,
    presented: u32,
    shape: Shape,
    /// The public key to which fields are sealed.
    field_key: Option<[u8; 32]>,
    /// Userinfo is a signed JWT.
    signs_userinfo: bool,
    /// Subjects, and what they were before.
    before: HashMap<&'static str, &'static str>,
}

/// A key that every provider publishes and none signs with, unless it misbehaves.
static UNNAMED: LazyLock<SigningKey> = LazyLock::new(|| {
    let key = SigningKey::generate_for(Algorithm::PS256).unwrap();
    SigningKey::from_pkcs8_for(Algorithm::PS256, &key).unwrap()
});

/// The provider.
pub(crate) struct Card {
    server: MockServer,
    state: Arc<Mutex<State>>,
    clock: Clock,
}

pub(crate) const CLIENT_ID: &str = "machikagi";

fn key() -> SigningKey {
    SigningKey::from_pkcs8(&SigningKey::generate().unwrap()).unwrap()
}

impl Card {
    pub(crate) async fn start(clock: &Clock) -> Card {
        Self::start_as(clock, Shape::Agency).await
    }

    pub(crate) async fn start_as(clock: &Clock, shape: Shape) -> Card {
        let server = MockServer::start().await;
        let state = State {
            key: key(),
            mood: Mood::Fine,
            logins: HashMap::new(),
            clients: JwkSet::default(),
            seen: 0,
            documents: 0,
            presented: 0,
            shape,
            field_key: None,
            signs_userinfo: false,
            before: HashMap::new(),
        };
        let card = Card { server, state: Arc::new(Mutex::new(state)), clock: clock.clone() };
        for (verb, at) in [
            ("GET", "/.well-known/openid-configuration"),
            ("GET", "/jwks"),
            ("POST", "/token"),
            ("GET", "/userinfo"),
            ("GET", "/userdata"),
        ] {
            let answering =
                Answering { state: Arc::clone(&card.state), issuer: card.issuer(), clock: clock.clone(), at };
            Mock::given(method(verb)).and(path(at)).respond_with(answering).mount(&card.server).await;
        }
        card
    }

    pub(crate) fn issuer(&self) -> String {
        self.server.uri()
    }

    /// Registers our public key.
    pub(crate) fn register(&self, keys: JwkSet) {
        self.state.lock().unwrap().clients = keys;
    }

    /// Registers the key to which fields are sealed, in base64.
    pub(crate) fn seal_to(&self, key: &str) {
        use base64::Engine;
        let key = base64::engine::general_purpose::STANDARD.decode(key).unwrap();
        self.state.lock().unwrap().field_key = key.first_chunk().copied();
    }

    /// Answers at its userinfo endpoint with a signed JWT from now on.
    pub(crate) fn signs_userinfo(&self) {
        self.state.lock().unwrap().signs_userinfo = true;
    }

    pub(crate) fn behaves(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// Signs with a new key from now on, and publishes the one of before no more.
    pub(crate) fn rotates(&self) {
        self.state.lock().unwrap().key = key();
    }

    /// How often the keys were fetched.
    pub(crate) fn keys_fetched(&self) -> u32 {
        self.state.lock().unwrap().seen
    }

    /// How often the discovery document was asked for.
    pub(crate) fn documents_fetched(&self) -> u32 {
        self.state.lock().unwrap().documents
    }

    /// Says from now on what a subject was before its card was renewed.
    pub(crate) fn says_before(&self, subject: &'static str, before: &'static str) {
        self.state.lock().unwrap().before.insert(subject, before);
    }

    /// How often a code was presented.
    pub(crate) fn codes_presented(&self) -> u32 {
        self.state.lock().unwrap().presented
    }

    /// Somebody puts the card on the reader: the query of the callback, with the address before it where that is a connection's.
    pub(crate) fn read(&self, request: &str, holder: Holder) -> String {
        let url = url::Url::parse(request).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut state = self.state.lock().unwrap();
        let code = format!("code-{}-{}", holder.sub, state.logins.len());
        let login = Login {
            holder,
            nonce: asked["nonce"].clone(),
            challenge: CodeChallenge::parse(&asked["code_challenge"]).unwrap(),
        };
        state.logins.insert(code.clone(), login);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", &asked["state"]).append_pair("code", &code);
        if state.shape != Shape::Xid {
            query.append_pair("iss", &self.issuer());
        }
        let (callback, query) = (&asked["redirect_uri"], query.finish());
        if callback.ends_with("/callback") { query } else { format!("{callback}?{query}") }
    }

    /// The card is not read: the query of the callback.
    pub(crate) fn decline(&self, request: &str, error: &str) -> String {
        let url = url::Url::parse(request).unwrap();
        let (_, state) = url.query_pairs().into_owned().find(|(name, _)| name == "state").unwrap();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", &state).append_pair("error", error).append_pair("iss", &self.issuer());
        query.finish()
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }
}

struct Answering {
    state: Arc<Mutex<State>>,
    issuer: String,
    clock: Clock,
    at: &'static str,
}

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut state = self.state.lock().unwrap();
        state.documents += u32::from(self.at.starts_with("/.well-known"));
        match state.mood {
            Mood::Down => return ResponseTemplate::new(503),
            Mood::Slow => return ResponseTemplate::new(200).set_delay(std::time::Duration::from_secs(20)),
            Mood::Nonsense => return ResponseTemplate::new(200).set_body_string("<html>こんにちは</html>"),
            _ => {}
        }
        match self.at {
            "/jwks" => {
                state.seen += 1;
                ResponseTemplate::new(200).set_body_json(JwkSet::of([state.key.public_jwk(), UNNAMED.public_jwk()]))
            }
            "/token" => {
                state.presented += 1;
                self.token(&mut state, request)
            }
            "/userinfo" => match userinfo(&state, request) {
                None => ResponseTemplate::new(401),
                Some(claims) if state.signs_userinfo => self.signed(&state, claims),
                Some(claims) => ResponseTemplate::new(200).set_body_json(claims),
            },
            "/userdata" => userdata(&state, request, self.clock.seconds()),
            _ => ResponseTemplate::new(200).set_body_json(json!({
                "issuer": if state.mood == Mood::OtherDocument { "https://elsewhere.example" } else { &self.issuer },
                "authorization_endpoint": format!("{}/authorize", self.issuer),
                "token_endpoint": format!("{}/token", self.issuer),
                "userinfo_endpoint": format!("{}/userinfo", self.issuer),
                "jwks_uri": format!("{}/jwks", self.issuer),
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "authorization_response_iss_parameter_supported": state.shape != Shape::Xid,
            })),
        }
    }
}

impl Answering {
    fn token(&self, state: &mut State, request: &Request) -> ResponseTemplate {
        let body = Parameters::parse(std::str::from_utf8(&request.body).unwrap());
        let one = |name| body.get(name).unwrap().unwrap().to_owned();
        if !self.knows(state, request, &body) {
            return ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_client"}));
        }
        let code = one("code");
        let refused = || ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"}));
        let Some(login) = state.logins.get(&code) else { return refused() };
        if state.mood == Mood::RefusesCode {
            return refused();
        }
        let verifier = CodeVerifier::parse(&one("code_verifier")).unwrap();
        pkce::verify(Some(login.challenge), Some(&verifier)).unwrap();
        let access_token = format!("at-{code}");
        let now = self.clock.seconds();
        let mut claims = json!({
            "iss": self.issuer, "sub": login.holder.sub, "aud": CLIENT_ID, "nonce": login.nonce,
            "iat": now, "exp": now + 300, "auth_time": now, "acr": "aal3", "at_hash": at_hash(&access_token),
        });
        match state.shape {
            Shape::Agency => {}
            Shape::Xid | Shape::Other => {
                claims.as_object_mut().unwrap().remove("acr");
            }
        }
        if state.shape == Shape::Xid {
            claims["XID_verified"] = json!(state.mood != Mood::NoLevel);
        }
        match state.mood {
            Mood::WrongIssuer => claims["iss"] = json!("https://elsewhere.example"),
            Mood::WrongAudience => claims["aud"] = json!(["somebody", CLIENT_ID]),
            Mood::WrongAuthorizedParty => claims["azp"] = json!("somebody"),
            Mood::WrongNonce => claims["nonce"] = json!("another"),
            Mood::WrongAccessTokenHash => claims["at_hash"] = json!("another"),
            Mood::Expired => claims["exp"] = json!(now - 3600),
            Mood::NoLevel => claims["acr"] = json!("aal1"),
            Mood::OldAuthentication => claims["auth_time"] = json!(now - 3600),
            _ => {}
        }
        let missing = match state.mood {
            Mood::NoSubject => Some("sub"),
            Mood::NoIssuedAt => Some("iat"),
            Mood::NoExpiry => Some("exp"),
            _ => None,
        };
        missing.and_then(|claim| claims.as_object_mut().unwrap().remove(claim));
        let id_token = match state.mood {
            Mood::Unsigned => unsigned(&claims),
            Mood::OtherKey => key().sign(&claims).unwrap(),
            Mood::OtherAlgorithm => UNNAMED.sign(&claims).unwrap(),
            _ => state.key.sign(&claims).unwrap(),
        };
        let answer =
            json!({"access_token": access_token, "token_type": "Bearer", "expires_in": 60, "id_token": id_token});
        ResponseTemplate::new(200).set_body_json(answer)
    }
}

impl Answering {
    /// Userinfo as a signed JWT (OpenID Connect Core, section 5.3.2).
    fn signed(&self, state: &State, mut claims: Value) -> ResponseTemplate {
        if state.mood == Mood::UserinfoInClear {
            return ResponseTemplate::new(200).set_body_json(claims);
        }
        claims["iss"] = json!(self.issuer);
        claims["aud"] = json!(CLIENT_ID);
        match state.mood {
            Mood::UserinfoOfOtherIssuer => claims["iss"] = json!("https://elsewhere.example"),
            Mood::UserinfoForOthers => claims["aud"] = json!(["somebody", CLIENT_ID]),
            Mood::UserinfoExpired => claims["exp"] = json!(self.clock.seconds() - 3600),
            _ => {}
        }
        let token = match state.mood {
            Mood::UserinfoUnsigned => unsigned(&claims),
            Mood::UserinfoOfOtherKey => key().sign(&claims).unwrap(),
            Mood::UserinfoByOtherAlgorithm => UNNAMED.sign(&claims).unwrap(),
            _ => state.key.sign(&claims).unwrap(),
        };
        ResponseTemplate::new(200).set_body_raw(token, "application/jwt")
    }

    /// Whether the request comes from us, by the way to authenticate of its shape.
    fn knows(&self, state: &State, request: &Request, body: &Parameters) -> bool {
        let one = |name| body.get(name).unwrap();
        match state.shape {
            Shape::Agency => {
                let expected = client_assertion::Expected {
                    client_id: CLIENT_ID,
                    audience: client_assertion::Audience::Among(&[&format!("{}/token", self.issuer)]),
                    now: self.clock.now(),
                };
                let assertion = one("client_assertion").unwrap();
                client_assertion::verify(assertion, &state.clients, &[Algorithm::ES256], &expected).is_ok()
            }
            Shape::Xid => {
                use base64::Engine;
                let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
                let expected = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT_ID}:{encoded}"));
                let sent = request.headers.get("authorization").map(|header| header.to_str().unwrap().to_owned());
                sent == Some(format!("Basic {expected}"))
                    && one("client_secret").is_none()
                    && one("client_id").is_none()
            }
            Shape::Other => one("client_secret") == Some(SECRET) && one("client_id") == Some(CLIENT_ID),
        }
    }
}

/// A token that says of itself that nobody signed it.
fn unsigned(claims: &Value) -> String {
    use base64::Engine;
    let encode = |json: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}.", encode(&json!({"alg": "none"})), encode(claims))
}

fn login_of<'s>(state: &'s State, request: &Request) -> Option<&'s Login> {
    let token = request.headers.get("authorization").unwrap().to_str().unwrap().to_owned();
    token.strip_prefix("Bearer at-").and_then(|code| state.logins.get(code))
}

/// The sealed form: name and birthdate in pieces, an address in three parts, the bars of [`Given::Apart`] at its seams.
fn userdata(state: &State, request: &Request, now: i64) -> ResponseTemplate {
    use base64::Engine;
    let Some(login) = login_of(state, request) else { return ResponseTemplate::new(401) };
    let holder = login.holder;
    let other = crypto_box::SecretKey::from_bytes([9; 32]).public_key();
    let key = match state.mood {
        Mood::WrongSeal => other,
        _ => crypto_box::PublicKey::from(state.field_key.unwrap()),
    };
    let sealed = |text: &str| match state.mood {
        Mood::NoSeal => json!(text),
        _ => {
            let sealed = key.seal(&mut crypto_box::aead::OsRng, text.as_bytes()).unwrap();
            json!(base64::engine::general_purpose::STANDARD.encode([[5; 24].as_slice(), &sealed].concat()))
        }
    };
    let parts: Vec<&str> = holder.address.split('|').collect();
    let rest = match state.mood {
        Mood::LongAddress => "字".repeat(300),
        _ => parts.get(2).unwrap_or(&"").to_string(),
    };
    let (last_name, first_name) = holder.name.split_once(' ').unwrap();
    let born = |digits: std::ops::Range<usize>| sealed(holder.birthdate.get(digits).unwrap().trim_start_matches('0'));
    let mut fields = json!({
        "last_name": last_name, "first_name": first_name, "verified_at": now - 30 * 24 * 3600,
        "year": born(0..4), "month": born(4..6), "date": born(6..8), "gender": sealed(holder.gender),
        "prefecture": sealed(parts[0]), "city": sealed(parts.get(1).unwrap_or(&"")), "address": sealed(&rest),
        "sub_char_address": sealed(""), "previous_name": sealed(""),
    });
    match state.mood {
        Mood::OtherSubject => fields["sub"] = json!("somebody-else"),
        Mood::NoName => (fields["last_name"], fields["first_name"]) = (Value::Null, Value::Null),
        _ => {}
    }
    ResponseTemplate::new(200).set_body_json(fields)
}

fn userinfo(state: &State, request: &Request) -> Option<Value> {
    let holder = login_of(state, request)?.holder;
    let address = match holder.given {
        Given::Whole => json!(holder.address),
        Given::Apart => {
            let parts: Vec<&str> = holder.address.split('|').collect();
            json!({"region": parts[0], "locality": parts[1], "street_address": parts[2]})
        }
        Given::Flagged(flags) => json!({"formatted": holder.address, "substitute_flags": flags}),
        Given::With(postal_code) => json!({"formatted": holder.address, "postal_code": postal_code}),
    };
    let mut claims = json!({
        "sub": holder.sub, "name": holder.name, "address": address,
        "birthdate": holder.birthdate, "gender": holder.gender,
    });
    if let Some(before) = state.before.get(holder.sub) {
        claims["relink_id"] = json!(before);
    }
    match state.mood {
        Mood::OtherSubject => claims["sub"] = json!("somebody-else"),
        Mood::NoName => claims["name"] = Value::Null,
        Mood::LongAddress => claims["address"] = json!(format!("{}{}", holder.address, "字".repeat(300))),
        _ => {}
    }
    if state.shape == Shape::Other {
        let mut own =
            json!({"sub": claims["sub"], "person": {"full_name": claims["name"], "home": {"text": claims["address"]}}});
        let born = &holder.birthdate;
        own["born"] =
            json!(format!("{}/{}/{}", born.get(6..8).unwrap(), born.get(4..6).unwrap(), born.get(..4).unwrap()));
        own["sex"] = json!(if holder.gender == "2" { "F" } else { "M" });
        claims = own;
    }
    Some(claims)
}
