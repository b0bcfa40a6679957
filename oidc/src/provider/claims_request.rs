//! What a service asks to be told: scopes (OpenID Connect Core section 5.4) and the `claims` parameter (section 5.5).
//!
//! Asking is never refused for what it asks: unknown scopes and claims are ignored, and what is granted is decided later by
//! approval and consent. Only a `claims` parameter that is not of the form of section 5.5 is an error.

use domain::attributes::{Item, Items};
use serde_json::{Map, Value};

use crate::error::ProtocolError;
use crate::named_set::named_set;

/// The name of the residency claim.
pub const RESIDENCY_CLAIM: &str = "urn:machikagi:claims:residency";

named_set! {
    /// A scope that has an effect. `profile` and `email` are accepted and have none.
    Scope,
    /// A set of scopes; its text is the `scope` of a response.
    Scopes {
        /// Says that the request is OpenID Connect.
        Openid = "openid",
        /// Asks for the residency claim.
        Residency = "residency",
        /// Asks for the name.
        Name = "name",
        /// Asks for the date of birth.
        Birthdate = "birthdate",
        /// Asks for the gender.
        Gender = "gender",
        /// Asks for the address.
        Address = "address",
        /// Asks for a refresh token (section 11).
        OfflineAccess = "offline_access",
    }
}

named_set! {
    /// A claim that can be asked for and needs approval and, where it is an attribute, consent.
    Claim,
    /// A set of claims.
    ClaimSet {
        /// The name.
        Name = "name",
        /// The address, as `{formatted}`.
        Address = "address",
        /// The date of birth, `YYYY-MM-DD`.
        Birthdate = "birthdate",
        /// The gender.
        Gender = "gender",
        /// Eligibility, municipality and term.
        Residency = "urn:machikagi:claims:residency",
    }
}

impl Scopes {
    /// Reads a `scope` parameter; words without effect and unknown ones fall away.
    pub fn parse(text: &str) -> Self {
        text.split(' ').filter_map(Scope::from_name).collect()
    }

    /// The claims that these scopes ask for.
    pub fn claims(self) -> ClaimSet {
        self.iter().filter_map(Scope::claim).collect()
    }
}

impl Scope {
    /// The claim that the scope asks for.
    pub const fn claim(self) -> Option<Claim> {
        match self {
            Self::Openid | Self::OfflineAccess => None,
            Self::Residency => Some(Claim::Residency),
            Self::Name => Some(Claim::Name),
            Self::Birthdate => Some(Claim::Birthdate),
            Self::Gender => Some(Claim::Gender),
            Self::Address => Some(Claim::Address),
        }
    }
}

impl Claim {
    /// The attribute of a person that this is, if it is one; these exist only in a flow in which the card was used.
    pub const fn item(self) -> Option<Item> {
        match self {
            Self::Name => Some(Item::Name),
            Self::Address => Some(Item::Address),
            Self::Birthdate => Some(Item::Birthdate),
            Self::Gender => Some(Item::Gender),
            Self::Residency => None,
        }
    }
}

impl ClaimSet {
    /// The attributes among the claims.
    pub fn items(self) -> Items {
        self.iter().filter_map(Claim::item).collect()
    }
}

/// The `claims` parameter, as far as it concerns us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    /// Asked for in the ID token.
    pub id_token: ClaimSet,
    /// Asked for at the userinfo endpoint.
    pub userinfo: ClaimSet,
}

/// What the `claims` parameter says beside the names of claims.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ParsedClaims {
    /// The claims asked for.
    pub request: ClaimsRequest,
    /// `id_token.acr.values` (or `value`): acceptable levels.
    pub acr_values: Vec<String>,
    /// Whether one of these levels must be reached (section 5.5.1.1).
    pub acr_is_essential: bool,
    /// `id_token.sub.value`: the only person for whom an answer may be given (section 5.5.1).
    pub subject: Option<String>,
}

/// Reads a `claims` parameter.
///
/// # Errors
/// `invalid_request` when it is not a JSON object of objects whose members are `null` or objects.
pub fn parse_claims(json: &str) -> Result<ParsedClaims, ProtocolError> {
    let malformed = || ProtocolError::invalid_request("claims is not of the form of OpenID Connect Core section 5.5");
    let Ok(Value::Object(mut places)) = serde_json::from_str(json) else { return Err(malformed()) };
    let id_token = members(places.remove("id_token")).ok_or_else(malformed)?;
    let userinfo = members(places.remove("userinfo")).ok_or_else(malformed)?;
    let acr = id_token.get("acr");
    let texts = |values: &Value| -> Option<Vec<String>> {
        values.as_array()?.iter().map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let acr_values = match acr.and_then(|acr| acr.get("values")) {
        Some(values) => texts(values).ok_or_else(malformed)?,
        None => one_text(acr).ok_or_else(malformed)?.into_iter().collect(),
    };
    Ok(ParsedClaims {
        request: ClaimsRequest { id_token: named(&id_token), userinfo: named(&userinfo) },
        acr_is_essential: !acr_values.is_empty()
            && acr.and_then(|acr| acr.get("essential")) == Some(&Value::Bool(true)),
        acr_values,
        subject: one_text(id_token.get("sub").or_else(|| userinfo.get("sub"))).ok_or_else(malformed)?,
    })
}

/// The members of `id_token` or `userinfo`; `None` when that is malformed.
fn members(place: Option<Value>) -> Option<Map<String, Value>> {
    match place {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(members)) => {
            members.values().all(|member| member.is_null() || member.is_object()).then_some(members)
        }
        Some(_) => None,
    }
}

/// The `value` of a member, if it has one; the outer `None` when that is not text.
fn one_text(member: Option<&Value>) -> Option<Option<String>> {
    match member.and_then(|member| member.get("value")) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    }
}

fn named(members: &Map<String, Value>) -> ClaimSet {
    members.keys().filter_map(|name| Claim::from_name(name)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn scopes_without_effect_fall_away() {
        let scopes = Scopes::parse("address openid profile email  urn:x name");
        assert_eq!(scopes.to_string(), "openid name address");
        assert_eq!(scopes.claims(), ClaimSet::of(&[Claim::Name, Claim::Address]));
        assert_eq!(scopes.claims().items(), [Item::Name, Item::Address].into_iter().collect());
    }

    #[test]
    fn the_example_of_section_5_5() {
        let parsed = parse_claims(
            r#"{"userinfo": {"given_name": {"essential": true}, "name": null, "address": {"essential": false}},
                "id_token": {"auth_time": {"essential": true}, "urn:machikagi:claims:residency": null,
                             "acr": {"values": ["urn:mace:incommon:iap:silver"], "essential": true}}}"#,
        )
        .unwrap();
        assert_eq!(parsed.request.userinfo, ClaimSet::of(&[Claim::Name, Claim::Address]));
        assert_eq!(parsed.request.id_token, ClaimSet::of(&[Claim::Residency]));
        assert_eq!(parsed.acr_values, ["urn:mace:incommon:iap:silver"]);
        assert!(parsed.acr_is_essential);
        assert_eq!(parsed.subject, None);
    }

    #[test]
    fn a_subject_may_be_asked_for() {
        assert_eq!(parse_claims(r#"{"id_token":{"sub":{"value":"x"}}}"#).unwrap().subject.as_deref(), Some("x"));
    }

    #[test]
    fn malformed_claims_are_refused() {
        for json in [
            "",
            "[]",
            "null",
            "{",
            r#"{"userinfo": []}"#,
            r#"{"userinfo": {"name": "yes"}}"#,
            r#"{"id_token": {"name": true}}"#,
            r#"{"id_token": {"sub": {"value": 1}}}"#,
            r#"{"id_token": {"acr": {"values": "aal3"}}}"#,
        ] {
            assert_eq!(parse_claims(json).unwrap_err().code, ErrorCode::InvalidRequest, "{json}");
        }
    }

    #[test]
    fn the_residency_claim_has_one_name() {
        assert_eq!(Claim::Residency.as_str(), RESIDENCY_CLAIM);
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in ".*") {
            let _ = parse_claims(&text);
            let _ = Scopes::parse(&text);
        }
    }
}
