//! How a connection to an identity provider is set up: what every kind of provider is reduced to. The JSON of
//! `identity_provider.settings`.

use domain::assurance::{Assurance, Method};
use domain::locale::Localized;
use domain::residency::AddressSource;
use oidc::jose::Algorithm;
use oidc::upstream::claim_map::ClaimMap;
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::Error;

/// The level that a card reader of the Digital Agency's profile attests, in its own words.
pub const CARD_ACR: &str = "aal3";

/// A connection apart from its issuer and our client id there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Which settings it was begun with.
    #[serde(default)]
    pub preset: Preset,
    /// The words of the button that leads there; without them the provider's name stands on it.
    #[serde(default)]
    pub button: Option<Localized>,
    /// The scopes that are asked for, with a space between two; `openid` among them.
    pub scopes: String,
    /// The words that are asked for as `acr_values`; without them the words of the levels, where `acr` says the level.
    #[serde(default)]
    pub acr_values: Option<String>,
    /// The claim of the ID token that says the level; `acr` where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_claim: Option<String>,
    /// The levels that will do, best liked first. One of them must be reached.
    pub levels: Vec<ProviderLevel>,
    /// Where the provider has the address from.
    pub address_source: AddressSource,
    /// As of when the provider attests it.
    pub verified: Verified,
    /// How we authenticate there.
    #[serde(default)]
    pub authentication: ClientAuthentication,
    /// How the provider wants to be called in our assertions.
    pub assertion_audience: AssertionAudience,
    /// The algorithms with which it may sign; no other is accepted, whatever its metadata says.
    #[serde(default = "es256")]
    pub algorithms: Vec<Algorithm>,
    /// Where the attributes are asked for.
    #[serde(default)]
    pub attributes: AttributesFrom,
    /// Under which names they stand there.
    #[serde(default = "ClaimMap::standard")]
    pub claims: ClaimMap,
    /// The origin of its authorization endpoint, as it was when the connection was put into use: pages whose forms lead there
    /// name it in their policy.
    #[serde(default)]
    pub form_origin: Option<String>,
    /// The account that took the connection out of use: somebody else puts it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<Uuid>,
}

/// The kinds of connections that are offered, each a set of settings to begin with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// マイナアプリ, 旧デジタル認証アプリ.
    #[default]
    DigitalAgency,
    /// xID.
    Xid,
    /// Any OpenID provider.
    Generic,
}

impl Preset {
    /// Every preset, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::DigitalAgency, Self::Xid, Self::Generic];

    /// The word in addresses and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DigitalAgency => "digital_agency",
            Self::Xid => "xid",
            Self::Generic => "generic",
        }
    }

    /// The preset of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == word)
    }

    /// The issuer that it is known by; empty where there is none.
    pub const fn issuer(self) -> &'static str {
        match self {
            Self::DigitalAgency => "https://auth-and-sign.go.jp/api/realms/main",
            Self::Xid => "https://oidc.x-id.io",
            Self::Generic => "",
        }
    }

    /// The hosts below this name belong to one another.
    const fn domain(self) -> Option<&'static str> {
        match self {
            Self::Xid => Some("x-id.io"),
            Self::DigitalAgency | Self::Generic => None,
        }
    }

    /// Whether an address is the issuer's own, so that an access token of the issuer may be shown there: of the same origin, or
    /// both of one provider that is known to spread over hosts.
    pub(crate) fn of_issuer(address: &str, issuer: &str) -> bool {
        let (Ok(address), Ok(issuer)) = (Url::parse(address), Url::parse(issuer)) else { return false };
        let below = |url: &Url, domain: &str| {
            let host = url.host_str().and_then(|host| host.strip_suffix(domain));
            url.port().is_none() && host.is_some_and(|rest| rest.ends_with('.'))
        };
        let known = Self::ALL.into_iter().filter_map(Self::domain);
        let mut known = known.filter(|domain| below(&address, domain) && below(&issuer, domain));
        address.origin() == issuer.origin() || known.next().is_some()
    }

    /// What a new connection begins with.
    pub fn settings(self) -> ProviderSettings {
        let card = ProviderSettings::card();
        match self {
            Self::DigitalAgency => ProviderSettings { acr_values: Some("aal3 crl".to_owned()), ..card },
            Self::Xid => ProviderSettings {
                preset: self,
                scopes: "openid verification".to_owned(),
                level_claim: Some("XID_verified".to_owned()),
                levels: vec![ProviderLevel {
                    acr: "true".to_owned(),
                    assurance: Assurance::passkey(domain::assurance::Ial::THREE),
                    method: Method::ProviderDevice,
                }],
                address_source: AddressSource::StoredByProvider,
                verified: Verified::Stated,
                authentication: ClientAuthentication::ClientSecretBasic(0),
                algorithms: vec![Algorithm::RS256, Algorithm::ES256],
                attributes: AttributesFrom::SealedUserdata(String::new()),
                claims: ClaimMap::userdata(),
                ..card
            },
            Self::Generic => ProviderSettings {
                preset: self,
                scopes: "openid profile address".to_owned(),
                levels: Vec::new(),
                address_source: AddressSource::StoredByProvider,
                verified: Verified::NotStated,
                authentication: ClientAuthentication::ClientSecretBasic(0),
                algorithms: Algorithm::ALL.to_vec(),
                ..card
            },
        }
    }
}

/// One level of a provider and what it means here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderLevel {
    /// The provider's word for it, `true` for a claim that is; empty for an ID token that names no level.
    pub acr: String,
    /// What it is worth.
    pub assurance: Assurance,
    /// How the person proved to be there.
    pub method: Method,
}

/// As of when a provider attests the attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// Every sign-in reads the card anew.
    AtSignIn,
    /// It says so beside them.
    Stated,
    /// It does not say; rules that depend on it are then undecidable.
    NotStated,
}

/// How we prove who we are at a provider. A secret is named by its number among the town's sealed keys; 0 is none yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuthentication {
    /// An assertion signed with the town's key (ES256).
    #[default]
    PrivateKeyJwt,
    /// A shared secret in the header.
    ClientSecretBasic(i64),
    /// A shared secret in the body.
    ClientSecretPost(i64),
}

impl ClientAuthentication {
    /// The word in forms (OpenID Connect Core, section 9).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::ClientSecretBasic(_) => "client_secret_basic",
            Self::ClientSecretPost(_) => "client_secret_post",
        }
    }

    /// The number of its secret, if it has one.
    pub const fn secret(self) -> Option<i64> {
        match self {
            Self::ClientSecretBasic(number) | Self::ClientSecretPost(number) if number > 0 => Some(number),
            _ => None,
        }
    }
}

/// Where attributes come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributesFrom {
    /// The userinfo endpoint.
    #[default]
    Userinfo,
    /// The userinfo endpoint, which answers with a signed JWT (OpenID Connect Core, section 5.3.2) and must.
    SignedUserinfo,
    /// An address of the provider's own, asked with the access token, whose fields are sealed to the town's key.
    SealedUserdata(String),
}

/// The audience of our client assertions (RFC 7523, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionAudience {
    /// The issuer.
    Issuer,
    /// The token endpoint.
    TokenEndpoint,
}

fn es256() -> Vec<Algorithm> {
    vec![Algorithm::ES256]
}

impl ProviderSettings {
    /// Reads the column.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|_| Error::internal("settings of a provider"))
    }

    /// The column.
    pub(crate) fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|_| Error::internal("settings of a provider"))
    }

    /// Whether a sign-in there can be worth what is asked for.
    pub(crate) fn attests(&self, enough: impl Fn(Assurance) -> bool) -> bool {
        self.levels.iter().any(|level| enough(level.assurance))
    }

    /// The `acr_values` of a request for which these levels are enough.
    pub(crate) fn acr_values(&self, enough: impl Fn(Assurance) -> bool) -> String {
        if let Some(words) = &self.acr_values {
            return words.clone();
        }
        // The words of another claim are no values of `acr`.
        if self.level_claim.is_some() {
            return String::new();
        }
        let words = self.levels.iter().filter(|level| enough(level.assurance) && !level.acr.is_empty());
        words.map(|level| level.acr.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The Digital Agency's profile, which the sandbox card reader plays too: the card is read at every sign-in, its
    /// surface data come from userinfo.
    pub fn card() -> Self {
        Self {
            preset: Preset::DigitalAgency,
            button: None,
            scopes: "openid name address birthdate gender".to_owned(),
            acr_values: None,
            level_claim: None,
            levels: vec![ProviderLevel { acr: CARD_ACR.to_owned(), assurance: Assurance::CARD, method: Method::Card }],
            address_source: AddressSource::CardSurface,
            verified: Verified::AtSignIn,
            authentication: ClientAuthentication::PrivateKeyJwt,
            assertion_audience: AssertionAudience::TokenEndpoint,
            algorithms: es256(),
            attributes: AttributesFrom::Userinfo,
            claims: ClaimMap::standard(),
            form_origin: None,
            stopped_by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_from_before_presets_are_the_card_profile() {
        let text = r#"{"scopes":"openid name address birthdate gender",
            "levels":[{"acr":"aal3","assurance":{"ial":3,"aal":3},"method":"card"}],
            "address_source":"card_surface","verified":"at_sign_in","assertion_audience":"token_endpoint"}"#;
        assert_eq!(ProviderSettings::parse(text).ok(), Some(ProviderSettings::card()));
    }

    #[test]
    fn a_connection_from_before_the_level_had_a_claim_reads_acr() {
        let mut stored = serde_json::to_value(Preset::Xid.settings()).unwrap();
        stored.as_object_mut().unwrap().remove("level_claim");
        for (name, value) in [("name", "name"), ("birthdate", "birth_date")] {
            stored["claims"][name] = value.into();
        }
        for name in ["subject_optional", "in_clear"] {
            stored["claims"].as_object_mut().unwrap().remove(name);
        }
        let read = ProviderSettings::parse(&stored.to_string()).ok().unwrap();
        assert_eq!(read.level_claim, None);
        assert!(!read.claims.subject_optional && read.claims.in_clear.is_empty());
        assert_eq!(read.acr_values(|_| true), "true");
    }

    #[test]
    fn access_tokens_stay_with_their_issuer() {
        for (address, issuer, own) in [
            ("https://id.example.jp/userdata", "https://id.example.jp", true),
            ("https://id.example.jp:8443/userdata", "https://id.example.jp", false),
            ("https://api.example.jp/userdata", "https://id.example.jp", false),
            ("https://api.x-id.io/userdata", "https://oidc.x-id.io", true),
            ("https://apix-id.io/userdata", "https://oidc.x-id.io", false),
            ("https://api.x-id.io/userdata", "https://id.example.jp", false),
            ("https://id.example.jp/userdata", "https://oidc.x-id.io", false),
            ("https://api.x-id.io.example.jp/userdata", "https://oidc.x-id.io", false),
            ("", "", false),
        ] {
            assert_eq!(Preset::of_issuer(address, issuer), own, "{address} {issuer}");
        }
    }

    #[test]
    fn every_preset_reads_back() {
        for preset in Preset::ALL {
            let settings = preset.settings();
            assert_eq!(ProviderSettings::parse(&settings.to_text().unwrap()).ok(), Some(settings));
            assert_eq!(Preset::of(preset.as_str()), Some(preset));
        }
    }

    #[test]
    fn only_levels_that_are_enough_are_asked_for() {
        let level = |acr: &str, assurance| ProviderLevel { acr: acr.to_owned(), assurance, method: Method::Card };
        let low = Assurance { ial: domain::assurance::Ial::ONE, aal: domain::assurance::Aal::ONE };
        let settings = ProviderSettings {
            levels: vec![level("high", Assurance::CARD), level("low", low), level("", low)],
            ..ProviderSettings::card()
        };
        assert_eq!(settings.acr_values(|_| true), "high low");
        assert_eq!(settings.acr_values(|level| level.meets(Assurance::CARD)), "high");
        assert!(settings.attests(|level| level.meets(Assurance::CARD)));
        assert_eq!(Preset::DigitalAgency.settings().acr_values(|_| true), "aal3 crl");
        assert_eq!(Preset::Xid.settings().acr_values(|_| true), "");
    }
}
