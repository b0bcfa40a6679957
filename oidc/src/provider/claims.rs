//! What a service is told: the claims of the ID token and of the userinfo response.
//!
//! This is the one place where attributes become JSON. What may go out was decided before; here it only gets its form.

use domain::attributes::{AgeBand, Attributes, Gender, Item, Items};
use domain::calendar::{Month, iso_date};
use serde::{Serialize, Serializer, ser::SerializeMap};
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::verified_claims::VerifiedAnswer;

/// The residency claim: eligibility in months, never in days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResidencyClaim {
    /// Whether the town's rule for this service is met.
    pub eligible: bool,
    /// The six-digit local government code of the town that determined it.
    pub municipality: String,
    /// The last month in which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Month>,
    /// The month of the attestation it rests on; only where the town approved it with a reason and the person agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Month>,
}

/// What goes out about a person (OpenID Connect Core section 5.1, and coarse claims of ours).
#[derive(Clone, Copy)]
pub struct AttributeClaims<'a> {
    attributes: Option<&'a Attributes>,
    items: Items,
}

impl<'a> AttributeClaims<'a> {
    /// Nothing: what a token after a session, and most services, get.
    pub const NONE: Self = Self { attributes: None, items: Items::NONE };

    /// All that is in `released`: the caller narrowed it down to what is approved and agreed to ([`Attributes::only`]).
    pub fn of(released: &'a Attributes) -> Self {
        Self::some(released, released.items())
    }

    /// Some of what is in `released`.
    pub fn some(released: &'a Attributes, items: Items) -> Self {
        let mut items = released.items().intersection(items);
        if released.gender().is_none_or(|gender| gender == Gender::NotStated) {
            items = items.minus(Items::NONE.with(Item::Gender));
        }
        Self { attributes: Some(released), items }
    }

    /// What goes out.
    pub const fn items(self) -> Items {
        self.items
    }

    /// Whether nothing goes out.
    pub const fn is_empty(self) -> bool {
        self.items.is_empty()
    }
}

impl Serialize for AttributeClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Address<'a> {
            formatted: &'a str,
        }
        let mut claims = serializer.serialize_map(None)?;
        let Some(attributes) = self.attributes else { return claims.end() };
        for item in self.items.iter() {
            match item {
                Item::Name => claims.serialize_entry("name", &attributes.name())?,
                Item::Address => {
                    let formatted = attributes.address().unwrap_or_default();
                    claims.serialize_entry("address", &Address { formatted })?;
                }
                Item::Birthdate => {
                    let text = Zeroizing::new(attributes.birthdate().map(iso_date));
                    claims.serialize_entry("birthdate", &*text)?;
                }
                Item::Gender => claims.serialize_entry("gender", &attributes.gender().map(Gender::claim))?,
                Item::Municipality => claims.serialize_entry("municipality", &attributes.municipality())?,
                Item::AgeBand => {
                    claims.serialize_entry("age_band", &attributes.age_band().map(AgeBand::claim))?;
                }
                Item::AgeOver(limit) => {
                    let reached = attributes.ages_over().find(|(of, _)| *of == limit).map(|(_, reached)| reached);
                    claims.serialize_entry(&*item.claim(), &reached)?;
                }
            }
        }
        claims.end()
    }
}

/// The claims of an ID token (OpenID Connect Core section 2).
#[derive(Clone, Serialize)]
pub struct IdTokenClaims<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// The pseudonym for this client.
    pub sub: &'a str,
    /// The client.
    pub aud: &'a str,
    /// When the token ends.
    #[serde(with = "time::serde::timestamp")]
    pub exp: OffsetDateTime,
    /// When it was made.
    #[serde(with = "time::serde::timestamp")]
    pub iat: OffsetDateTime,
    /// When the person proved to be there.
    #[serde(with = "time::serde::timestamp")]
    pub auth_time: OffsetDateTime,
    /// The request's `nonce`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// The level that was reached, in the client's words.
    pub acr: &'a str,
    /// The methods (RFC 8176).
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub amr: &'a [&'a str],
    /// The session, under this client's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<&'a str>,
    /// The hash of the access token that comes with it ([`crate::jose::at_hash`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<&'a str>,
    /// The residency claim, where asked for.
    #[serde(rename = "urn:machikagi:claims:residency", skip_serializing_if = "Option::is_none")]
    pub residency: Option<&'a ResidencyClaim>,
    /// Whether this is a test: said by sandbox tenants only.
    #[serde(rename = "urn:machikagi:claims:sandbox", skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
    /// Attributes that the `claims` parameter wanted here.
    #[serde(flatten)]
    pub attributes: AttributeClaims<'a>,
    /// What it wanted here with how it was verified.
    #[serde(skip_serializing_if = "VerifiedAnswer::is_empty")]
    pub verified_claims: VerifiedAnswer<'a>,
}

/// The claims of a userinfo response (OpenID Connect Core section 5.3.2).
#[derive(Clone, Serialize)]
pub struct UserinfoClaims<'a> {
    /// The same pseudonym as in the ID token.
    pub sub: &'a str,
    /// The residency claim, where asked for.
    #[serde(rename = "urn:machikagi:claims:residency", skip_serializing_if = "Option::is_none")]
    pub residency: Option<&'a ResidencyClaim>,
    /// Whether this is a test: said by sandbox tenants only.
    #[serde(rename = "urn:machikagi:claims:sandbox", skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
    /// Attributes that are approved, agreed to, and fresh from the card.
    #[serde(flatten)]
    pub attributes: AttributeClaims<'a>,
    /// The same with how they were verified.
    #[serde(skip_serializing_if = "VerifiedAnswer::is_empty")]
    pub verified_claims: VerifiedAnswer<'a>,
}

impl UserinfoClaims<'_> {
    /// The body of the response.
    ///
    /// # Errors
    /// Never in practice: every part is text.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        // Room for the largest answer at once: growing would leave copies behind that nobody wipes.
        let mut json = Zeroizing::new(Vec::with_capacity(4096));
        serde_json::to_writer(&mut *json, self)?;
        Ok(json)
    }
}

#[cfg(test)]
mod tests {
    use domain::attributes::parse_birthdate;

    use super::*;

    fn person() -> Attributes {
        let mut attributes = Attributes::none();
        attributes.set_name("昭和 花子".to_owned()).unwrap();
        attributes.set_address("福島県大沼郡昭和村大字下中津川字中島652番地".to_owned()).unwrap();
        attributes.set_birthdate(parse_birthdate("19900401").unwrap());
        attributes.set_gender(Gender::Female);
        attributes
    }

    fn residency() -> ResidencyClaim {
        ResidencyClaim {
            eligible: true,
            municipality: "074462".to_owned(),
            valid_until: Month::new(2027, 10),
            verified_at: None,
        }
    }

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    fn id_token<'a>(residency: &'a ResidencyClaim, attributes: AttributeClaims<'a>) -> IdTokenClaims<'a> {
        IdTokenClaims {
            iss: "https://id.example/t/showa",
            sub: "jSrNUE8IfXvKVFVlTIiA06OD2xlYuQ5QEsLdyfSM5lI",
            aud: "library",
            exp: at(1_795_000_300),
            iat: at(1_795_000_000),
            auth_time: at(1_794_999_990),
            nonce: Some("n-0S6_WzA2Mj"),
            acr: "urn:machikagi:assurance:ial3-aal3",
            amr: &["sc", "pin", "mfa"],
            sid: Some("s"),
            at_hash: None,
            residency: Some(residency),
            sandbox: true,
            attributes,
            verified_claims: VerifiedAnswer::default(),
        }
    }

    #[test]
    fn id_token_of_a_library() {
        let residency = residency();
        let claims = id_token(&residency, AttributeClaims::NONE);
        insta::assert_snapshot!(serde_json::to_string_pretty(&claims).unwrap());
    }

    #[test]
    fn userinfo_of_an_application_form() {
        let (residency, person) = (residency(), person());
        let claims = UserinfoClaims {
            sub: "p",
            residency: Some(&residency),
            sandbox: false,
            attributes: AttributeClaims::of(&person),
            verified_claims: VerifiedAnswer::default(),
        };
        let json: serde_json::Value = serde_json::from_slice(&claims.to_json().unwrap()).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&json).unwrap());
    }

    #[test]
    fn userinfo_after_a_session_is_the_pseudonym() {
        let claims = UserinfoClaims {
            sub: "p",
            residency: None,
            sandbox: false,
            attributes: AttributeClaims::NONE,
            verified_claims: VerifiedAnswer::default(),
        };
        assert_eq!(claims.to_json().unwrap().as_slice(), br#"{"sub":"p"}"#);
    }

    #[test]
    fn coarse_claims_stand_without_what_they_follow_from() {
        let over = |years: u8| Item::of_claim(&format!("age_over_{years}")).unwrap();
        let items: Items = [Item::Municipality, Item::AgeBand, over(18), over(65)].into_iter().collect();
        let today = parse_birthdate("20261122").unwrap();
        let told = person().with_coarse(items, "074462".parse().ok(), today).only(items);
        let json = serde_json::to_string(&AttributeClaims::of(&told)).unwrap();
        assert_eq!(json, r#"{"municipality":"074462","age_band":"30-39","age_over_18":true,"age_over_65":false}"#);
    }

    #[test]
    fn a_gender_that_is_not_stated_is_left_out() {
        let mut attributes = Attributes::none();
        attributes.set_gender(Gender::NotStated);
        assert_eq!(serde_json::to_string(&AttributeClaims::of(&attributes)).unwrap(), "{}");
    }

    #[test]
    fn the_largest_id_token_stays_small() {
        let mut largest = Attributes::none();
        largest.set_name("字".repeat(100)).unwrap();
        largest.set_address("字".repeat(200)).unwrap();
        let (residency, nonce) = (residency(), "n".repeat(256));
        let claims = IdTokenClaims { nonce: Some(&nonce), ..id_token(&residency, AttributeClaims::of(&largest)) };
        assert!(serde_json::to_string(&claims).unwrap().len() < 2048);
    }
}
