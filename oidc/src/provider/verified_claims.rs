//! Claims together with how they were verified (OpenID Connect for Identity Assurance 1.0, section 6; the schema is that of
//! OpenID Identity Assurance Schema Definition 1.0, section 5).
//!
//! What we can say of a verification takes few forms, so a request is held against each of them when it is read. What has to
//! travel until the card was used is which of them will do, and what of them is to be told.

use domain::assurance::Ial;
use domain::attributes::{Attributes, Item, Items};
use domain::calendar::iso_date;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, UtcOffset};

use super::claims::AttributeClaims;

/// The claim and the member of the `claims` parameter.
pub const VERIFIED_CLAIMS: &str = "verified_claims";
/// Requests that are looked at in one place: more would not fit the cookie of a flow.
pub const MAX_VERIFIED_REQUESTS: usize = 2;
/// The card, among the predefined types of documents.
pub const CARD: &str = "jp_individual_number_card";
/// Its certificate was checked, among the predefined check methods.
pub const CERTIFICATE_CHECKED: &str = "vcrypt";

/// The rules under which a person was identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustFramework {
    /// DS-511, by which public bodies in Japan judge who somebody is. None of the predefined identifiers is a rule under which
    /// a town reads cards: `jp_aml` binds banks.
    Ds511,
    /// The card sandbox, in which nobody was identified.
    Sandbox,
}

impl TrustFramework {
    const ALL: [Self; 2] = [Self::Ds511, Self::Sandbox];

    /// Its identifier.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ds511 => "urn:machikagi:trust-framework:ds-511",
            Self::Sandbox => "urn:machikagi:trust-framework:sandbox",
        }
    }
}

/// What was looked at, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Not known, or none for which there is a word.
    NotStated,
    /// The card.
    Card,
    /// The card, and the signature of the certificate on it.
    Certificate,
}

impl Evidence {
    const ALL: [Self; 3] = [Self::NotStated, Self::Card, Self::Certificate];
}

/// How somebody was identified in a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Under which rules.
    pub framework: TrustFramework,
    /// How well, in the words of DS-511.
    pub ial: Ial,
    /// By what.
    pub evidence: Evidence,
    /// When, in seconds since 1970; none where the provider does not attest it.
    pub time: Option<i64>,
}

/// One form that the verification may have, without its moment.
type Form = (TrustFramework, Ial, Evidence);

fn forms() -> impl Iterator<Item = Form> {
    let levels = [Ial::ONE, Ial::TWO, Ial::THREE];
    TrustFramework::ALL.into_iter().flat_map(move |framework| {
        levels
            .into_iter()
            .flat_map(move |ial| Evidence::ALL.into_iter().map(move |evidence| (framework, ial, evidence)))
    })
}

/// What a request wants to be told beside the framework.
const LEVEL: u8 = 1;
const TIME: u8 = 1 << 1;
const EVIDENCE: u8 = 1 << 2;
const DOCUMENT: u8 = 1 << 3;
const CHECKS: u8 = 1 << 4;

/// One `verified_claims` of a request that we may be able to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedRequest {
    /// The claims that it wants.
    pub items: Items,
    /// Which forms of a verification will do: bit n is the n-th of them.
    pub fits: u32,
    /// What of it is to be told; bits that have a meaning here only.
    pub told: u8,
    /// How long ago the verification may have been.
    pub max_age_seconds: Option<u32>,
}

impl VerifiedRequest {
    /// Reads the requests at one place, an object or an array of them; those that nothing of ours would fulfil fall away.
    pub fn read_all(asked: &Value) -> Vec<Self> {
        let one = std::slice::from_ref(asked);
        let requests = asked.as_array().map_or(one, Vec::as_slice);
        requests.iter().filter_map(Self::read).take(MAX_VERIFIED_REQUESTS).collect()
    }

    fn read(asked: &Value) -> Option<Self> {
        // Whether a guess at a value is right, we do not tell: who asks for a certain value is not told this claim at all.
        let free = |wanted: &Value| !wanted.as_object().is_some_and(is_constraint);
        let claims = asked.get("claims")?.as_object()?.iter().filter(|(_, wanted)| free(wanted));
        let items: Items = claims.filter_map(|(name, _)| Item::of_claim(name)).collect();
        let nothing = Map::new();
        let verification = match asked.get("verification") {
            None | Some(Value::Null) => &nothing,
            Some(wanted) => wanted.as_object()?,
        };
        let max_age_seconds = match verification.get("time").and_then(Value::as_object) {
            Some(time) if time.contains_key("value") || time.contains_key("values") => return None,
            Some(time) => match time.get("max_age") {
                None => None,
                Some(seconds) => Some(u32::try_from(seconds.as_u64()?).unwrap_or(u32::MAX)),
            },
            None => None,
        };
        let will_do = |form: &Form| {
            let have = form_json(*form);
            verification.iter().filter(|(name, _)| *name != "time").all(|(name, wanted)| meets(wanted, have.get(name)))
        };
        let fits = forms().zip(0_u32..).filter(|(form, _)| will_do(form)).fold(0, |fits, (_, at)| fits | 1 << at);
        if fits == 0 || items.is_empty() {
            return None;
        }
        let evidence = verification.get("evidence").and_then(Value::as_array);
        let of_evidence = |member| evidence.into_iter().flatten().any(|entry| entry.get(member).is_some());
        let told = [
            (LEVEL, verification.contains_key("assurance_level")),
            (TIME, verification.contains_key("time")),
            (EVIDENCE, verification.contains_key("evidence")),
            (DOCUMENT, of_evidence("document_details")),
            (CHECKS, of_evidence("check_details")),
        ];
        let told = told.into_iter().filter(|(_, wanted)| *wanted).fold(0, |told, (bit, _)| told | bit);
        Some(Self { items, fits, told, max_age_seconds })
    }

    /// The answer, if the verification is as the request wants it, and a claim of it is among the attributes.
    pub fn answer<'a>(
        &self,
        verification: &Verification,
        attributes: &'a Attributes,
        now: OffsetDateTime,
    ) -> Option<VerifiedClaims<'a>> {
        let form = (verification.framework, verification.ial, verification.evidence);
        let at = forms().position(|known| known == form)?;
        let verified_at = verification.time.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        let young = match self.max_age_seconds {
            None => true,
            Some(seconds) => verified_at.is_some_and(|at| (now - at).whole_seconds() <= i64::from(seconds)),
        };
        let claims = AttributeClaims::some(attributes, self.items);
        if self.fits >> at & 1 == 0 || !young || claims.is_empty() {
            return None;
        }
        let mut told = Map::new();
        let mut all = form_json(form);
        let mut tell = |name: &str, wanted: bool| {
            if let Some(value) = all.remove(name).filter(|_| wanted) {
                told.insert(name.to_owned(), value);
            }
        };
        tell("trust_framework", true);
        tell("assurance_level", self.told & LEVEL != 0);
        tell("evidence", self.told & EVIDENCE != 0);
        for entry in told.get_mut("evidence").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(entry) = entry.as_object_mut() {
                entry.retain(|name, _| match name.as_str() {
                    "document_details" => self.told & DOCUMENT != 0,
                    "check_details" => self.told & CHECKS != 0,
                    _ => true,
                });
            }
        }
        if let Some(at) = verified_at.filter(|_| self.told & TIME != 0) {
            told.insert("time".to_owned(), Value::String(moment(at)));
        }
        Some(VerifiedClaims { verification: told, claims })
    }
}

fn is_constraint(wanted: &Map<String, Value>) -> bool {
    ["value", "values", "max_age"].iter().any(|name| wanted.contains_key(*name))
}

/// Whether what we have fulfils what is wanted of it (section 6.4). What is wanted without a constraint may be missing.
fn meets(wanted: &Value, have: Option<&Value>) -> bool {
    match wanted {
        Value::Object(wanted) if is_constraint(wanted) => {
            let value = wanted.get("value").is_none_or(|value| have == Some(value));
            let values = wanted.get("values").is_none_or(|values| {
                have.is_some_and(|have| values.as_array().is_some_and(|values| values.contains(have)))
            });
            value && values && !wanted.contains_key("max_age")
        }
        Value::Object(wanted) => {
            wanted.iter().all(|(name, wanted)| meets(wanted, have.and_then(|have| have.get(name))))
        }
        // Each entry is a filter, and one of them must let something through.
        Value::Array(filters) => match have.and_then(Value::as_array) {
            Some(have) => {
                filters.is_empty() || filters.iter().any(|filter| have.iter().any(|one| meets(filter, Some(one))))
            }
            None => filters.is_empty() || filters.iter().any(|filter| meets(filter, None)),
        },
        _ => true,
    }
}

fn form_json((framework, ial, evidence): Form) -> Map<String, Value> {
    let mut form = Map::new();
    form.insert("trust_framework".to_owned(), framework.as_str().into());
    form.insert("assurance_level".to_owned(), format!("ial{ial}").into());
    let mut card = json!({ "type": "document", "document_details": { "type": CARD } });
    if let (Evidence::Certificate, Some(card)) = (evidence, card.as_object_mut()) {
        card.insert("check_details".to_owned(), json!([{ "check_method": CERTIFICATE_CHECKED }]));
    }
    if evidence != Evidence::NotStated {
        form.insert("evidence".to_owned(), Value::Array(vec![card]));
    }
    form
}

/// ISO 8601 to the minute, in UTC.
fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{}T{:02}:{:02}Z", iso_date(at.date()), at.hour(), at.minute())
}

/// One `verified_claims` element of an answer.
#[derive(Clone, Serialize)]
pub struct VerifiedClaims<'a> {
    verification: Map<String, Value>,
    claims: AttributeClaims<'a>,
}

/// All of them: nothing, one element, or an array.
#[derive(Clone, Default)]
pub struct VerifiedAnswer<'a>(Vec<VerifiedClaims<'a>>);

impl<'a> VerifiedAnswer<'a> {
    /// Answers the requests of one place; those that are not fulfilled are left out (section 6.6.4).
    pub fn to(
        requests: &[VerifiedRequest],
        verification: Option<&Verification>,
        attributes: &'a Attributes,
        now: OffsetDateTime,
    ) -> Self {
        let Some(verification) = verification else { return Self::default() };
        Self(requests.iter().filter_map(|request| request.answer(verification, attributes, now)).collect())
    }

    /// Whether the claim is left out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is told in it.
    pub fn items(&self) -> Items {
        self.0.iter().fold(Items::NONE, |items, element| items.union(element.claims.items()))
    }
}

impl Serialize for VerifiedAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

#[cfg(test)]
#[path = "verified_claims_tests.rs"]
mod tests;
