//! How a service's software connects: the client metadata of RFC 7591, as far as a town decides about it.

use serde::{Deserialize, Serialize};

use super::super::field::{Field, FieldKey, Warning};
use super::acr_words::AcrWords;
use super::events::{EventDelivery, EventSettings, EventsForm};
use super::{MAX_REDIRECT_URIS, Pkce};
use crate::locale::{Locale, Words};
use crate::names::ClientId;
use crate::violations::{Violation, Violations};
use crate::web_address::{HttpsUrl, LoopbackPolicy, RedirectUri};

/// The longest inline JWKS, in bytes.
const MAX_JWKS: usize = 16 * 1024;

choices! {
    /// What the software is (RFC 7591, section 2; OpenID Connect Registration, section 2).
    ApplicationType {
        /// It runs on a server.
        #[default]
        Web = "web", "Web サービス", "Web service";
        /// It runs on a person's device (RFC 8252): custom schemes and loopback addresses may be registered.
        Native = "native", "アプリ", "Native app";
    }
    /// How it proves who it is.
    ClientAuthentication {
        /// A secret, in the header or the body (`client_secret_basic`, `client_secret_post`).
        #[default]
        Secret = "client_secret", "秘密の文字列", "Client secret";
        /// An assertion signed with its own key (RFC 7523).
        PrivateKeyJwt = "private_key_jwt", "署名(private_key_jwt)", "Signed assertion (private_key_jwt)";
        /// Not at all: software on a person's device keeps no secret. PKCE stands in for it.
        None = "none", "なし(公開クライアント)", "None (public client)";
    }
    /// The algorithm of its ID tokens (RFC 7518, section 3.1).
    IdTokenSigning {
        /// ECDSA on P-256.
        #[default]
        Es256 = "ES256", "ES256", "ES256";
        /// RSASSA-PKCS1-v1_5.
        Rs256 = "RS256", "RS256", "RS256";
        /// RSASSA-PSS.
        Ps256 = "PS256", "PS256", "PS256";
    }
    /// Whether ID tokens and userinfo are encrypted to a key of the service (RFC 7518, section 4.1); always with A256GCM.
    Encryption {
        /// They are not.
        #[default]
        None = "none", "しない", "No";
        /// By an RSA key.
        RsaOaep256 = "RSA-OAEP-256", "RSA-OAEP-256", "RSA-OAEP-256";
        /// By a key on P-256.
        EcdhEsA256kw = "ECDH-ES+A256KW", "ECDH-ES+A256KW", "ECDH-ES+A256KW";
    }
    /// A set of rules that is stricter as a whole.
    SecurityProfile {
        /// OpenID Connect and RFC 9700.
        #[default]
        Standard = "standard", "標準", "Standard";
        /// The FAPI 2.0 Security Profile: pushed requests, DPoP, `private_key_jwt`, ES256 or PS256.
        Fapi2 = "fapi2", "FAPI 2.0", "FAPI 2.0";
    }
}

/// Where the public keys of a service are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKeys {
    /// Given once, as a JWKS (RFC 7517, section 5). Whether it is one, the gateway's protocol library says.
    Jwks(String),
    /// At an address of the service, to be fetched.
    JwksUri(HttpsUrl),
}

/// What a version says about the service's software. What is left out of an older version is the usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientSettings {
    /// What it is.
    pub application_type: ApplicationType,
    /// How it proves who it is.
    pub authentication: ClientAuthentication,
    /// Its keys, if it has any.
    pub keys: Option<ClientKeys>,
    /// The algorithm of its ID tokens.
    pub id_token_signing: IdTokenSigning,
    /// Whether what it gets is encrypted.
    pub encryption: Encryption,
    /// Whether userinfo is signed ([`ClientSettings::signs_userinfo`]). A version from before this was a question does not say.
    pub userinfo_signed: Option<bool>,
    /// The profile that it keeps to.
    pub profile: SecurityProfile,
    /// Only pushed requests are taken (RFC 9126, section 6).
    pub pushed_only: bool,
    /// Only signed requests are taken (RFC 9101, section 10.5).
    pub signed_only: bool,
    /// Only tokens bound to a key are given (RFC 9449, section 5.2).
    pub dpop_only: bool,
    /// `offline_access` may be asked for.
    pub offline_access: bool,
    /// Where the browser may be sent after signing out, up to ten.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where the service is told that a session ended (OpenID Connect Back-Channel Logout, section 2.2).
    pub backchannel_logout_uri: Option<HttpsUrl>,
    /// A document that lists the redirect URIs of all who share a pseudonym (OpenID Connect Core, section 8.1). Fixed with the
    /// first version that is published: another sector is other people to the service.
    pub sector_identifier_uri: Option<HttpsUrl>,
    /// The client that handed in what people were called before they came with the card: this one, or one that it takes the
    /// place of.
    pub former_ids_of: Option<ClientId>,
    /// What else the service is told of, and how.
    pub events: EventSettings,
    /// Its words for levels of assurance.
    pub acr_words: AcrWords,
}

/// The part of the form. Switches are empty or `on`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientForm {
    /// `web` or `native`.
    pub application_type: String,
    /// `client_secret`, `private_key_jwt` or `none`.
    pub authentication: String,
    /// An address, or nothing.
    pub jwks_uri: String,
    /// A JWKS, or nothing.
    pub jwks: String,
    /// A name of RFC 7518.
    pub id_token_signing: String,
    /// `none` or a name of RFC 7518.
    pub encryption: String,
    /// A switch.
    pub userinfo_signed: String,
    /// `standard` or `fapi2`.
    pub profile: String,
    /// A switch.
    pub pushed_only: String,
    /// A switch.
    pub signed_only: String,
    /// A switch.
    pub dpop_only: String,
    /// A switch.
    pub offline_access: String,
    /// One per line.
    pub post_logout_redirect_uris: String,
    /// An address, or nothing.
    pub backchannel_logout_uri: String,
    /// An address, or nothing.
    pub sector_identifier_uri: String,
    /// A client id, or nothing.
    pub former_ids_of: String,
    /// What else the service is told of.
    pub events: EventsForm,
    /// A level and its word per line.
    pub acr_words: String,
}

impl ClientForm {
    /// Addresses of apps may be given.
    pub(super) fn is_native(&self) -> bool {
        self.application_type == ApplicationType::Native.as_str()
    }

    /// The host of the sector, as [`ClientSettings::sector_host`] has it once the form is taken.
    pub fn sector_host(&self) -> Option<String> {
        HttpsUrl::parse(self.sector_identifier_uri.trim(), LoopbackPolicy::Allowed).ok().map(|uri| uri.host())
    }
}

impl ClientSettings {
    /// Userinfo is signed, with the algorithm of ID tokens (OpenID Connect Core, section 5.3.2); before it is encrypted, where it is.
    /// What was encrypted before a version could say so was signed, and goes on being so.
    pub fn signs_userinfo(&self) -> bool {
        self.userinfo_signed.unwrap_or(self.encryption != Encryption::None)
    }

    /// It runs on people's devices.
    pub fn is_native(&self) -> bool {
        self.application_type == ApplicationType::Native
    }

    /// It cannot keep a secret.
    pub fn is_public(&self) -> bool {
        self.authentication == ClientAuthentication::None
    }

    /// Whether only pushed requests are taken.
    pub fn requires_pushed(&self) -> bool {
        self.pushed_only || self.profile == SecurityProfile::Fapi2
    }

    /// Whether only tokens bound to a key are given.
    pub fn requires_dpop(&self) -> bool {
        self.dpop_only || self.profile == SecurityProfile::Fapi2
    }

    /// The host by which pseudonyms are told apart, where the service shares them (OpenID Connect Core, section 8.1).
    pub fn sector_host(&self) -> Option<String> {
        self.sector_identifier_uri.as_ref().map(HttpsUrl::host)
    }

    /// The text of an inline JWKS.
    pub fn inline_keys(&self) -> Option<&str> {
        match &self.keys {
            Some(ClientKeys::Jwks(text)) => Some(text),
            _ => None,
        }
    }

    /// Checks its part of the form and notes what is wrong under the form's field names.
    pub(super) fn parse(
        form: &ClientForm,
        pkce: Option<Pkce>,
        loopback: LoopbackPolicy,
        wrong: &mut Violations,
    ) -> Self {
        let on = |switch: &str| switch == "on";
        let keys = match (form.jwks_uri.trim(), form.jwks.trim()) {
            ("", "") => Ok(None),
            ("", text) if text.len() > MAX_JWKS => Err(("jwks", Violation::TooLong)),
            ("", text) => Ok(Some(ClientKeys::Jwks(text.to_owned()))),
            (uri, "") => HttpsUrl::parse(uri, loopback)
                .map(|uri| Some(ClientKeys::JwksUri(uri)))
                .map_err(|violation| ("jwks_uri", violation)),
            _ => Err(("jwks", Violation::NotAllowed)),
        };
        let keys = keys.map_err(|(field, violation)| wrong.add(field, violation)).ok().flatten();
        let back_channel = match form.backchannel_logout_uri.trim() {
            "" => None,
            uri => wrong.check("backchannel_logout_uri", HttpsUrl::parse(uri, loopback)),
        };
        let sector = match form.sector_identifier_uri.trim() {
            "" => None,
            uri => wrong.check("sector_identifier_uri", HttpsUrl::parse(uri, loopback)),
        };
        let former_ids_of = match form.former_ids_of.trim() {
            "" => None,
            client_id => wrong.check("former_ids_of", ClientId::parse(client_id)),
        };
        let after_logout = addresses(&form.post_logout_redirect_uris, form.is_native(), loopback);
        let settings = Self {
            application_type: wrong.check("application_type", form.application_type.parse()).unwrap_or_default(),
            authentication: wrong.check("authentication", form.authentication.parse()).unwrap_or_default(),
            keys,
            id_token_signing: wrong.check("id_token_signing", form.id_token_signing.parse()).unwrap_or_default(),
            encryption: wrong.check("encryption", form.encryption.parse()).unwrap_or_default(),
            userinfo_signed: Some(on(&form.userinfo_signed)),
            profile: wrong.check("profile", form.profile.parse()).unwrap_or_default(),
            pushed_only: on(&form.pushed_only),
            signed_only: on(&form.signed_only),
            dpop_only: on(&form.dpop_only),
            offline_access: on(&form.offline_access),
            post_logout_redirect_uris: wrong.check("post_logout_redirect_uris", after_logout).unwrap_or_default(),
            backchannel_logout_uri: back_channel,
            acr_words: wrong.check("acr_words", AcrWords::parse(&form.acr_words)).unwrap_or_default(),
            sector_identifier_uri: sector,
            former_ids_of,
            events: EventSettings::parse(&form.events, loopback, wrong),
        };
        settings.check_together(pkce, wrong);
        settings
    }

    /// What each alone may be and both together may not.
    fn check_together(&self, pkce: Option<Pkce>, wrong: &mut Violations) {
        let (public, fapi) = (self.is_public(), self.profile == SecurityProfile::Fapi2);
        let needs_keys = self.authentication == ClientAuthentication::PrivateKeyJwt
            || self.encryption != Encryption::None
            || self.signed_only;
        let refused = [
            ("jwks_uri", needs_keys && self.keys.is_none(), Violation::Required),
            ("pkce", public && pkce == Some(Pkce::WhenOffered), Violation::NotAllowed),
            ("pkce", fapi && pkce == Some(Pkce::WhenOffered), Violation::NotAllowed),
            (
                "authentication",
                fapi && self.authentication != ClientAuthentication::PrivateKeyJwt,
                Violation::NotAllowed,
            ),
            ("id_token_signing", fapi && self.id_token_signing == IdTokenSigning::Rs256, Violation::NotAllowed),
            // Whoever has no secret proves nothing where more than a request is taken or given.
            ("former_ids_of", public && self.former_ids_of.is_some(), Violation::NotAllowed),
            ("events_delivery", public && self.events.delivery == EventDelivery::Poll, Violation::NotAllowed),
        ];
        for (field, holds, violation) in refused {
            if holds && wrong.get(field).is_none() {
                wrong.add(field, violation);
            }
        }
    }

    /// What whoever decides should know.
    pub(super) fn warnings(&self) -> impl Iterator<Item = Warning> {
        let found = [
            (Warning::PublicClient, self.is_public()),
            (Warning::OfflineAccess, self.offline_access),
            (Warning::NoBackchannelLogout, self.offline_access && self.backchannel_logout_uri.is_none()),
        ];
        found.into_iter().filter(|(_, holds)| *holds).map(|(warning, _)| warning)
    }

    /// Its fields in words.
    pub(super) fn fields(&self, locale: Locale) -> Vec<Field> {
        let choice = |key: FieldKey, words: Words| Field::line(key, words.get(locale));
        let address = |key: FieldKey, address: Option<&str>| Field {
            key,
            lines: address.map(str::to_owned).into_iter().collect(),
        };
        let on = |key: FieldKey, on: bool| choice(key, Words::yes_no(on));
        let uri = match &self.keys {
            Some(ClientKeys::JwksUri(uri)) => Some(uri.as_str()),
            _ => None,
        };
        vec![
            choice(FieldKey::ApplicationType, self.application_type.words()),
            choice(FieldKey::Authentication, self.authentication.words()),
            address(FieldKey::JwksUri, uri),
            address(FieldKey::Jwks, self.inline_keys()),
            choice(FieldKey::IdTokenSigning, self.id_token_signing.words()),
            choice(FieldKey::Encryption, self.encryption.words()),
            on(FieldKey::UserinfoSigned, self.signs_userinfo()),
            choice(FieldKey::Profile, self.profile.words()),
            on(FieldKey::PushedOnly, self.requires_pushed()),
            on(FieldKey::SignedOnly, self.signed_only),
            on(FieldKey::DpopOnly, self.requires_dpop()),
            on(FieldKey::OfflineAccess, self.offline_access),
            Field {
                key: FieldKey::PostLogoutRedirectUris,
                lines: self.post_logout_redirect_uris.iter().map(|uri| uri.as_str().to_owned()).collect(),
            },
            address(FieldKey::BackchannelLogoutUri, self.backchannel_logout_uri.as_ref().map(HttpsUrl::as_str)),
            Field { key: FieldKey::AcrWords, lines: self.acr_words.lines().collect() },
            address(FieldKey::SectorIdentifierUri, self.sector_identifier_uri.as_ref().map(HttpsUrl::as_str)),
            address(FieldKey::FormerIdsOf, self.former_ids_of.as_ref().map(ClientId::as_str)),
        ]
        .into_iter()
        .chain(self.events.fields(locale))
        .collect()
    }
}

impl From<&ClientSettings> for ClientForm {
    fn from(settings: &ClientSettings) -> ClientForm {
        let switch = |on: bool| if on { "on".to_owned() } else { String::new() };
        let uris: Vec<&str> = settings.post_logout_redirect_uris.iter().map(RedirectUri::as_str).collect();
        ClientForm {
            application_type: settings.application_type.as_str().to_owned(),
            authentication: settings.authentication.as_str().to_owned(),
            jwks_uri: match &settings.keys {
                Some(ClientKeys::JwksUri(uri)) => uri.to_string(),
                _ => String::new(),
            },
            jwks: settings.inline_keys().map(str::to_owned).unwrap_or_default(),
            id_token_signing: settings.id_token_signing.as_str().to_owned(),
            encryption: settings.encryption.as_str().to_owned(),
            userinfo_signed: switch(settings.signs_userinfo()),
            profile: settings.profile.as_str().to_owned(),
            pushed_only: switch(settings.pushed_only),
            signed_only: switch(settings.signed_only),
            dpop_only: switch(settings.dpop_only),
            offline_access: switch(settings.offline_access),
            post_logout_redirect_uris: uris.join("\n"),
            backchannel_logout_uri: settings
                .backchannel_logout_uri
                .as_ref()
                .map(HttpsUrl::to_string)
                .unwrap_or_default(),
            acr_words: settings.acr_words.lines().collect::<Vec<_>>().join("\n"),
            sector_identifier_uri: settings.sector_identifier_uri.as_ref().map(HttpsUrl::to_string).unwrap_or_default(),
            former_ids_of: settings.former_ids_of.as_ref().map(ClientId::to_string).unwrap_or_default(),
            events: (&settings.events).into(),
        }
    }
}

/// Registered addresses, one per line; there may be none.
pub(super) fn addresses(text: &str, native: bool, loopback: LoopbackPolicy) -> Result<Vec<RedirectUri>, Violation> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > MAX_REDIRECT_URIS {
        return Err(Violation::TooLong);
    }
    let parse = if native { RedirectUri::parse_native } else { RedirectUri::parse };
    let uris = lines.iter().map(|line| parse(line, loopback)).collect::<Result<Vec<_>, _>>()?;
    let repeated = uris.iter().enumerate().any(|(index, uri)| uris.iter().take(index).any(|other| other == uri));
    if repeated { Err(Violation::Duplicate) } else { Ok(uris) }
}
