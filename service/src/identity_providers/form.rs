//! The form of a connection: what is typed, and what it says once it was checked. The secret is not in it: it is typed, sealed
//! and never shown again.

use std::collections::BTreeMap;

use domain::assurance::{Aal, Assurance, Ial, Method};
use domain::ids::IdentityProviderId;
use domain::locale::{Locale, Localized};
use domain::residency::AddressSource;
use domain::violations::{Violation, Violations};
use domain::web_address::{HttpsUrl, LoopbackPolicy};
use oidc::jose::Algorithm;
use oidc::upstream::claim_map::{ClaimPath, ClaimPaths};

use super::draft::Draft;
use crate::federation::{
    AssertionAudience, AttributesFrom, ClientAuthentication, Preset, ProviderLevel, ProviderSettings, Verified,
};

/// Levels that a form holds.
pub const LEVELS: usize = 4;
/// Most characters of a name and of the words on a button.
const NAME_CHARS: usize = 40;
/// Most characters of a list of words.
const WORDS_CHARS: usize = 300;
/// The ways to prove to be there that a provider can attest.
pub const METHODS: [Method; 3] = [Method::Card, Method::PhoneCertificate, Method::ProviderDevice];

/// What is typed, by field. A box that is ticked is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProviderForm(BTreeMap<String, String>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for ProviderForm {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(pairs: T) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// What the checked form says, but for the secret.
pub(super) struct Checked {
    pub(super) name: Localized,
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) settings: ProviderSettings,
}

impl ProviderForm {
    /// The value of a field; empty if it was not typed.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether a box is ticked.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every field, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The form with which a new connection begins.
    pub fn of_preset(preset: Preset) -> Self {
        let name = match preset {
            Preset::DigitalAgency => ("マイナアプリ", "Myna App"),
            Preset::Xid => ("xID", "xID"),
            Preset::Generic => ("", ""),
        };
        Self::of(&Draft {
            name: Localized::composed(name.0, name.1),
            issuer: preset.issuer().to_owned(),
            client_id: String::new(),
            settings: preset.settings(),
            authors: Vec::new(),
        })
    }

    /// The form that says what is set up.
    pub(super) fn of(draft: &Draft) -> Self {
        let settings = &draft.settings;
        let claims = &settings.claims;
        let path = |path: &Option<ClaimPath>| path.as_ref().map(|path| path.as_str().to_owned()).unwrap_or_default();
        let pieces = |paths: &Option<ClaimPaths>| paths.as_ref().map(ClaimPaths::to_text).unwrap_or_default();
        let in_clear: Vec<&str> = claims.in_clear.iter().map(ClaimPath::as_str).collect();
        let button = |locale| settings.button.as_ref().map(|text| text.get(locale).to_owned()).unwrap_or_default();
        let (attributes, userdata_url) = match &settings.attributes {
            AttributesFrom::Userinfo => ("userinfo", String::new()),
            AttributesFrom::SignedUserinfo => ("signed_userinfo", String::new()),
            AttributesFrom::SealedUserdata(url) => ("userdata", url.clone()),
        };
        let mut fields: Vec<(String, String)> = [
            ("preset", settings.preset.as_str().to_owned()),
            ("name.ja", draft.name.get(Locale::Ja).to_owned()),
            ("name.en", draft.name.get(Locale::En).to_owned()),
            ("button.ja", button(Locale::Ja)),
            ("button.en", button(Locale::En)),
            ("issuer", draft.issuer.clone()),
            ("client_id", draft.client_id.clone()),
            ("authentication", settings.authentication.as_str().to_owned()),
            ("audience", audience_word(settings.assertion_audience).to_owned()),
            ("scopes", settings.scopes.clone()),
            ("acr_values", settings.acr_values.clone().unwrap_or_default()),
            ("level_claim", settings.level_claim.clone().unwrap_or_default()),
            ("source", settings.address_source.as_str().to_owned()),
            ("verified", verified_word(settings.verified).to_owned()),
            ("attributes", attributes.to_owned()),
            ("userdata_url", userdata_url),
            ("claim.subject", claims.subject.as_str().to_owned()),
            ("subject_optional", if claims.subject_optional { "on" } else { "" }.to_owned()),
            ("in_clear", in_clear.join(" ")),
            ("claim.name", pieces(&claims.name)),
            ("claim.address", path(&claims.address)),
            ("claim.prefecture", path(&claims.prefecture)),
            ("claim.city", path(&claims.city)),
            ("claim.street", path(&claims.street)),
            ("claim.postal_code", path(&claims.postal_code)),
            ("claim.substitute_flags", path(&claims.substitute_flags)),
            ("claim.birthdate", pieces(&claims.birthdate)),
            ("birthdate_form", claims.birthdate_form.as_str().to_owned()),
            ("claim.gender", path(&claims.gender)),
            ("gender.male", claims.gender_words.male.join(" ")),
            ("gender.female", claims.gender_words.female.join(" ")),
            ("gender.other", claims.gender_words.other.join(" ")),
            ("claim.verified_at", path(&claims.verified_at)),
            ("claim.former_subject", path(&claims.former_subject)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for algorithm in &settings.algorithms {
            fields.push((format!("algorithm.{}", algorithm.as_str()), "on".to_owned()));
        }
        for (at, level) in settings.levels.iter().enumerate() {
            fields.push((format!("level.{at}.acr"), level.acr.clone()));
            fields.push((format!("level.{at}.ial"), level.assurance.ial.to_string()));
            fields.push((format!("level.{at}.aal"), level.assurance.aal.to_string()));
            fields.push((format!("level.{at}.method"), level.method.as_str().to_owned()));
        }
        fields.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The connection that the callback names, with which a new one was announced to the provider.
    pub(super) fn callback_id(&self) -> Option<IdentityProviderId> {
        self.get("callback").rsplit('/').next().and_then(|id| id.parse().ok())
    }

    /// Checks everything but the secret.
    pub(super) fn check(&self, loopback: LoopbackPolicy) -> Result<Checked, Violations> {
        let mut wrong = Violations::default();
        let name = Localized::parse(self.get("name.ja"), self.get("name.en"), NAME_CHARS);
        let name = name.map_err(|violations| wrong.nest("name", violations)).ok();
        let button = match (self.get("button.ja"), self.get("button.en")) {
            ("", "") => Some(None),
            (ja, en) => {
                let button = Localized::parse(ja, en, NAME_CHARS);
                button.map_err(|violations| wrong.nest("button", violations)).ok().map(Some)
            }
        };
        let issuer = wrong.check("issuer", address(self.get("issuer"), loopback));
        let client_id = wrong.check("client_id", client_id(self.get("client_id")));
        let scopes = wrong.check("scopes", scopes(self.get("scopes")));
        let acr_values = wrong.check("acr_values", words(self.get("acr_values")));
        let level_claim = wrong.check("level_claim", claim_name(self.get("level_claim")));
        let levels = self.levels(&mut wrong);
        let preset = wrong.check("preset", Preset::of(self.get("preset")).ok_or(Violation::Unknown));
        let authentication = wrong.check(
            "authentication",
            match self.get("authentication") {
                "private_key_jwt" => Ok(ClientAuthentication::PrivateKeyJwt),
                "client_secret_basic" => Ok(ClientAuthentication::ClientSecretBasic(0)),
                "client_secret_post" => Ok(ClientAuthentication::ClientSecretPost(0)),
                _ => Err(Violation::Unknown),
            },
        );
        let algorithms = Algorithm::ALL.into_iter().filter(|known| self.has(&format!("algorithm.{}", known.as_str())));
        let algorithms: Vec<Algorithm> = algorithms.collect();
        if algorithms.is_empty() {
            wrong.add("algorithms", Violation::Required);
        }
        let source = AddressSource::ALL.into_iter().find(|source| source.as_str() == self.get("source"));
        let source = wrong.check("source", source.ok_or(Violation::Unknown));
        let verified = VERIFIED.into_iter().find(|known| verified_word(*known) == self.get("verified"));
        let verified = wrong.check("verified", verified.ok_or(Violation::Unknown));
        let attributes = match self.get("attributes") {
            "userdata" => wrong
                .check("userdata_url", address(self.get("userdata_url"), loopback))
                .map(AttributesFrom::SealedUserdata),
            "signed_userinfo" => Some(AttributesFrom::SignedUserinfo),
            _ => Some(AttributesFrom::Userinfo),
        };
        // Whoever tries a draft out shows the provider's access token there.
        if let (Some(AttributesFrom::SealedUserdata(url)), Some(issuer)) = (&attributes, &issuer)
            && !Preset::of_issuer(url, issuer)
        {
            wrong.add("userdata_url", Violation::NotAllowed);
        }
        let claims = self.claims(&mut wrong);
        // Userinfo must have a subject (OpenID Connect Core, section 5.3.2).
        if self.has("subject_optional") && !matches!(attributes, None | Some(AttributesFrom::SealedUserdata(_))) {
            wrong.add("subject_optional", Violation::NotAllowed);
        }
        if verified == Some(Verified::Stated) && self.get("claim.verified_at").is_empty() {
            wrong.add("claim.verified_at", Violation::Required);
        }
        let identity = name.zip(button).zip(issuer.zip(client_id));
        let request = scopes.zip(acr_values).zip(levels.zip(level_claim).zip(preset));
        let answer = source.zip(verified).zip(attributes.zip(claims)).zip(authentication);
        let checked = identity.zip(request).zip(answer).map(
            |(
                (((name, button), (issuer, client_id)), ((scopes, acr_values), ((levels, level_claim), preset))),
                answer,
            )| {
                let (((address_source, verified), (attributes, claims)), authentication) = answer;
                let assertion_audience = match self.get("audience") {
                    "issuer" => AssertionAudience::Issuer,
                    _ => AssertionAudience::TokenEndpoint,
                };
                let settings = ProviderSettings {
                    preset,
                    button,
                    scopes,
                    acr_values: Some(acr_values).filter(|words| !words.is_empty()),
                    level_claim,
                    levels,
                    address_source,
                    verified,
                    authentication,
                    assertion_audience,
                    algorithms,
                    attributes,
                    claims,
                    form_origin: None,
                    stopped_by: None,
                };
                Checked { name, issuer, client_id, settings }
            },
        );
        wrong.finish(checked)
    }

    fn levels(&self, wrong: &mut Violations) -> Option<Vec<ProviderLevel>> {
        let mut levels: Vec<ProviderLevel> = Vec::new();
        let mut whole = true;
        for at in 0..LEVELS {
            let field = |name: &str| format!("level.{at}.{name}");
            let acr = self.get(&field("acr")).trim();
            if acr.is_empty() && self.get(&field("ial")).is_empty() && self.get(&field("aal")).is_empty() {
                continue;
            }
            let one_word = acr.len() <= 120 && acr.bytes().all(|b| b.is_ascii_graphic());
            let acr_word = wrong.check(&field("acr"), if one_word { Ok(acr) } else { Err(Violation::Malformed) });
            let ial = wrong.check(&field("ial"), Ial::parse(self.get(&field("ial"))));
            let aal = wrong.check(&field("aal"), Aal::parse(self.get(&field("aal"))));
            let method = METHODS.into_iter().find(|known| known.as_str() == self.get(&field("method")));
            let method = wrong.check(&field("method"), method.ok_or(Violation::Required));
            if levels.iter().any(|level| level.acr == acr) {
                wrong.add(field("acr"), Violation::Duplicate);
                whole = false;
            }
            match acr_word.zip(ial).zip(aal.zip(method)) {
                Some(((acr, ial), (aal, method))) => {
                    levels.push(ProviderLevel { acr: acr.to_owned(), assurance: Assurance { ial, aal }, method });
                }
                None => whole = false,
            }
        }
        if levels.is_empty() && whole {
            wrong.add("level.0.ial", Violation::Required);
        }
        (whole && !levels.is_empty()).then_some(levels)
    }
}

/// Every answer to when a provider verified what it says.
pub const VERIFIED: [Verified; 3] = [Verified::AtSignIn, Verified::Stated, Verified::NotStated];

/// The word in forms.
pub const fn verified_word(verified: Verified) -> &'static str {
    match verified {
        Verified::AtSignIn => "at_sign_in",
        Verified::Stated => "stated",
        Verified::NotStated => "not_stated",
    }
}

const fn audience_word(audience: AssertionAudience) -> &'static str {
    match audience {
        AssertionAudience::Issuer => "issuer",
        AssertionAudience::TokenEndpoint => "token_endpoint",
    }
}

fn address(text: &str, loopback: LoopbackPolicy) -> Result<String, Violation> {
    let text = text.trim();
    // An issuer has neither (OpenID Connect Discovery, section 3), and nothing else here needs one.
    if text.contains('?') {
        return Err(Violation::NotAllowed);
    }
    HttpsUrl::parse(text, loopback).map(|_| text.to_owned())
}

fn client_id(text: &str) -> Result<String, Violation> {
    match text.trim() {
        "" => Err(Violation::Required),
        text if text.len() > 200 => Err(Violation::TooLong),
        text if text.bytes().all(|b| (0x20..=0x7e).contains(&b)) => Ok(text.to_owned()),
        _ => Err(Violation::Malformed),
    }
}

fn scopes(text: &str) -> Result<String, Violation> {
    let words = words(text)?;
    if words.split(' ').any(|word| word == "openid") { Ok(words) } else { Err(Violation::Required) }
}

/// The name of a claim of the ID token; none for `acr`.
fn claim_name(text: &str) -> Result<Option<String>, Violation> {
    match text.trim() {
        "" | "acr" => Ok(None),
        text if text.len() > 120 => Err(Violation::TooLong),
        text if text.bytes().all(|b| b.is_ascii_graphic()) => Ok(Some(text.to_owned())),
        _ => Err(Violation::Malformed),
    }
}

/// Words of RFC 6749, section 3.3, with one space between two.
fn words(text: &str) -> Result<String, Violation> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.join(" ");
    match words.len() {
        WORDS_CHARS.. => Err(Violation::TooLong),
        _ if words.bytes().all(|b| b == b' ' || (b.is_ascii_graphic() && b != b'"' && b != b'\\')) => Ok(words),
        _ => Err(Violation::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use oidc::upstream::claim_map::ClaimMap;

    use super::*;

    fn filled(preset: Preset, more: &[(&str, &str)]) -> ProviderForm {
        let begun = ProviderForm::of_preset(preset);
        let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        begun.0.into_iter().chain([("client_id".to_owned(), "showa".to_owned())]).chain(more).collect()
    }

    fn wrong(form: &ProviderForm) -> Vec<(String, Violation)> {
        let found = form.check(LoopbackPolicy::Refused).err().unwrap();
        found.iter().map(|(field, violation)| (field.to_owned(), violation)).collect()
    }

    #[test]
    fn presets_need_little_more_than_a_client_id() {
        let agency = filled(Preset::DigitalAgency, &[]).check(LoopbackPolicy::Refused).ok().unwrap();
        assert_eq!(agency.settings, Preset::DigitalAgency.settings());
        assert_eq!(wrong(&filled(Preset::Xid, &[])), [("userdata_url".to_owned(), Violation::Required)]);
        let xid = filled(Preset::Xid, &[("userdata_url", "https://api.x-id.io/userdata")]);
        let xid = xid.check(LoopbackPolicy::Refused).ok().unwrap();
        assert_eq!(xid.settings.attributes, AttributesFrom::SealedUserdata("https://api.x-id.io/userdata".to_owned()));
        assert_eq!(xid.settings.claims, ClaimMap::userdata());
        assert_eq!(xid.settings.level_claim.as_deref(), Some("XID_verified"));
        let fields: Vec<String> = wrong(&filled(Preset::Generic, &[])).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["issuer", "level.0.ial", "name.en", "name.ja"]);
    }

    #[test]
    fn what_is_set_up_reads_back() {
        let form = filled(
            Preset::Generic,
            &[
                ("name.ja", "県のID"),
                ("name.en", "Prefecture ID"),
                ("button.ja", "県のIDで確かめる"),
                ("button.en", "Use the prefecture's ID"),
                ("issuer", "https://id.example.jp"),
                ("level.0.acr", "gold"),
                ("level.0.ial", "2"),
                ("level.0.aal", "2"),
                ("level.0.method", "provider_device"),
                ("level.1.ial", "1"),
                ("level.1.aal", "1"),
                ("level.1.method", "provider_device"),
                ("claim.address", "/home/text"),
                ("birthdate_form", "day_first"),
                ("gender.male", "M 男"),
            ],
        );
        let Checked { name, issuer, client_id, settings } = form.check(LoopbackPolicy::Refused).ok().unwrap();
        assert_eq!(settings.levels.len(), 2);
        let draft = Draft { name, issuer, client_id, settings, authors: Vec::new() };
        let again = ProviderForm::of(&draft).check(LoopbackPolicy::Refused).ok().unwrap();
        assert_eq!(again.settings, draft.settings);
    }

    #[test]
    fn what_cannot_work_is_said_beside_its_field() {
        for (field, value, violation) in [
            ("issuer", "http://id.example.jp", Violation::NotHttps),
            ("issuer", "https://id.example.jp?x=1", Violation::NotAllowed),
            ("issuer", "https://192.0.2.1", Violation::HostNotAllowed),
            ("issuer", "http://localhost:3000", Violation::NotHttps),
            ("client_id", "昭和", Violation::Malformed),
            ("scopes", "name address", Violation::Required),
            ("level.0.acr", "two words", Violation::Malformed),
            ("level.0.ial", "4", Violation::OutOfRange),
            ("level.0.method", "session", Violation::Required),
            ("claim.name", "/", Violation::Malformed),
            ("birthdate_form", "moon", Violation::Unknown),
            ("claim.name", "a b c d e", Violation::TooLong),
            ("claim.birthdate", "year month", Violation::NotAllowed),
            ("level_claim", "two words", Violation::Malformed),
            ("in_clear", "nick_name", Violation::Unknown),
            ("in_clear", "name /", Violation::Malformed),
            ("subject_optional", "on", Violation::NotAllowed),
            ("verified", "", Violation::Unknown),
        ] {
            let form = filled(Preset::DigitalAgency, &[(field, value)]);
            assert_eq!(wrong(&form), [(field.to_owned(), violation)], "{field} {value}");
        }
        let form = filled(Preset::DigitalAgency, &[("claim.birthdate", "year month date")]);
        assert_eq!(wrong(&form), [("birthdate_form".to_owned(), Violation::NotAllowed)]);
        let own = ("userdata_url", "https://api.x-id.io/userdata");
        let elsewhere = ("userdata_url", "https://elsewhere.example/userdata");
        for more in [vec![elsewhere], vec![own, ("issuer", "https://id.example.jp")]] {
            let form = filled(Preset::Xid, &more);
            assert_eq!(wrong(&form), [("userdata_url".to_owned(), Violation::NotAllowed)], "{more:?}");
        }
        let twice = [("level.1.acr", "aal3"), ("level.1.ial", "1"), ("level.1.aal", "1"), ("level.1.method", "card")];
        let form = filled(Preset::DigitalAgency, &twice);
        assert_eq!(wrong(&form), [("level.1.acr".to_owned(), Violation::Duplicate)]);
    }
}
