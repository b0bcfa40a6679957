//! What a service asks to be told: scopes (OpenID Connect Core section 5.4) and the `claims` parameter (section 5.5).
//!
//! Asking is never refused for what it asks: unknown scopes and claims are ignored, and what is granted is decided later by
//! approval and consent. Only a `claims` parameter that is not of the form of section 5.5 is an error.

use domain::attributes::{Item, Items};
use serde_json::{Map, Value};

use super::verified_claims::{VERIFIED_CLAIMS, VerifiedRequest};
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

impl Scopes {
    /// Reads a `scope` parameter; words without effect and unknown ones fall away.
    pub fn parse(text: &str) -> Self {
        text.split(' ').filter_map(Scope::from_name).collect()
    }

    /// The attributes that these scopes ask for.
    pub fn items(self) -> Items {
        self.iter().filter_map(Scope::item).collect()
    }
}

impl Scope {
    /// The attribute that the scope asks for.
    pub const fn item(self) -> Option<Item> {
        match self {
            Self::Openid | Self::OfflineAccess | Self::Residency => None,
            Self::Name => Some(Item::Name),
            Self::Birthdate => Some(Item::Birthdate),
            Self::Gender => Some(Item::Gender),
            Self::Address => Some(Item::Address),
        }
    }
}

/// What is asked for at one place, and needs approval and, where it is about the person, consent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimSet {
    /// What is about the person; it exists only in a flow in which the card was used.
    pub items: Items,
    /// Eligibility, municipality and term.
    pub residency: bool,
    /// What is wanted together with how it was verified.
    pub verified: Vec<VerifiedRequest>,
}

impl ClaimSet {
    /// Everything about the person, verified or not.
    pub fn all_items(&self) -> Items {
        self.verified.iter().fold(self.items, |items, request| items.union(request.items))
    }

    /// The same without what is not approved.
    #[must_use]
    fn among(self, approved: Items) -> Self {
        let narrowed =
            |request: VerifiedRequest| VerifiedRequest { items: request.items.intersection(approved), ..request };
        let verified = self.verified.into_iter().map(narrowed).filter(|request| !request.items.is_empty()).collect();
        Self { items: self.items.intersection(approved), verified, ..self }
    }

    fn named(members: &Map<String, Value>) -> Self {
        Self {
            items: members.keys().filter_map(|name| Item::of_claim(name)).collect(),
            residency: members.contains_key(RESIDENCY_CLAIM),
            verified: members.get(VERIFIED_CLAIMS).map(VerifiedRequest::read_all).unwrap_or_default(),
        }
    }
}

/// The `claims` parameter, as far as it concerns us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    /// Asked for in the ID token.
    pub id_token: ClaimSet,
    /// Asked for at the userinfo endpoint.
    pub userinfo: ClaimSet,
}

impl ClaimsRequest {
    /// Everything about the person that is asked for, wherever it is to appear.
    pub fn items(&self) -> Items {
        self.id_token.all_items().union(self.userinfo.all_items())
    }

    /// Whether the residency claim is asked for somewhere.
    pub const fn residency(&self) -> bool {
        self.id_token.residency || self.userinfo.residency
    }

    /// The same without what is not approved: it would only make what is sealed longer.
    #[must_use]
    pub fn among(self, approved: Items) -> Self {
        Self { id_token: self.id_token.among(approved), userinfo: self.userinfo.among(approved) }
    }
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
/// `invalid_request` when it is not a JSON object of objects whose members are `null` or objects (of `verified_claims` also an array).
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
        request: ClaimsRequest { id_token: ClaimSet::named(&id_token), userinfo: ClaimSet::named(&userinfo) },
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
            let fits = |(name, member): (&String, &Value)| {
                member.is_null() || member.is_object() || name == VERIFIED_CLAIMS && member.is_array()
            };
            members.iter().all(fits).then_some(members)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn scopes_without_effect_fall_away() {
        let scopes = Scopes::parse("address openid profile email  urn:x name");
        assert_eq!(scopes.to_string(), "openid name address");
        assert_eq!(scopes.items(), [Item::Name, Item::Address].into_iter().collect());
    }

    #[test]
    fn the_example_of_section_5_5() {
        let parsed = parse_claims(
            r#"{"userinfo": {"given_name": {"essential": true}, "name": null, "address": {"essential": false}},
                "id_token": {"auth_time": {"essential": true}, "urn:machikagi:claims:residency": null,
                             "acr": {"values": ["urn:mace:incommon:iap:silver"], "essential": true}}}"#,
        )
        .unwrap();
        let items = [Item::Name, Item::Address].into_iter().collect();
        assert_eq!(parsed.request.userinfo, ClaimSet { items, ..ClaimSet::default() });
        assert_eq!(parsed.request.id_token, ClaimSet { residency: true, ..ClaimSet::default() });
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
    fn coarse_claims_are_asked_for_by_name() {
        let parsed = parse_claims(
            r#"{"userinfo": {"municipality": null, "age_over_20": {"essential": true}, "age_over_200": null,
                "verified_claims": [{"verification": {"trust_framework": null}, "claims": {"age_band": null}}, 1]}}"#,
        );
        let request = parsed.unwrap().request;
        let over = Item::of_claim("age_over_20").unwrap();
        assert_eq!(request.userinfo.items, [Item::Municipality, over].into_iter().collect());
        assert_eq!(request.items(), request.userinfo.items.with(Item::AgeBand));
        let approved = request.among(Items::NONE.with(over));
        assert_eq!((approved.items(), approved.userinfo.verified.len()), (Items::NONE.with(over), 0));
    }

    proptest! {
        #[test]
        fn foreign_text_never_panics(text in ".*") {
            let _ = parse_claims(&text);
            let _ = Scopes::parse(&text);
        }
    }
}
