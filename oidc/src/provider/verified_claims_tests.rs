use domain::attributes::{Gender, parse_birthdate};
use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_795_000_000;

fn person() -> Attributes {
    let mut person = Attributes::none();
    person.set_name("昭和 花子".to_owned()).unwrap();
    person.set_birthdate(parse_birthdate("19840229").unwrap());
    person.set_gender(Gender::NotStated);
    person
}

fn by_card() -> Verification {
    Verification { framework: TrustFramework::Ds511, ial: Ial::THREE, evidence: Evidence::Card, time: Some(NOW - 60) }
}

/// What is answered to a request, in one place of the `claims` parameter.
fn answer_of(verification: &Verification, request: &Value) -> Option<Value> {
    let person = person();
    let now = OffsetDateTime::from_unix_timestamp(NOW).unwrap();
    let answer = VerifiedAnswer::to(&VerifiedRequest::read_all(request), Some(verification), &person, now);
    (!answer.is_empty()).then(|| serde_json::to_value(&answer).unwrap())
}

fn answer(request: &Value) -> Option<Value> {
    answer_of(&by_card(), request)
}

fn wanting(verification: &Value) -> Value {
    json!({ "verification": verification, "claims": { "name": null } })
}

// conforms: OpenID Connect for Identity Assurance 1.0 §5 MUST
#[test]
fn date_and_method_are_told_when_asked_for() {
    let all = json!({
        "trust_framework": null, "assurance_level": null, "time": null, "verification_process": null,
        "evidence": [{
            "type": { "value": "document" }, "document_details": { "type": null, "document_number": null },
            "check_details": [{ "check_method": null }],
        }],
    });
    let told = answer(&wanting(&all)).unwrap();
    let expected = json!({
        "verification": {
            "trust_framework": "urn:machikagi:trust-framework:ds-511",
            "assurance_level": "ial3",
            "time": "2026-11-18T11:05Z",
            "evidence": [{ "type": "document", "document_details": { "type": "jp_individual_number_card" } }],
        },
        "claims": { "name": "昭和 花子" },
    });
    assert_eq!(told["claims"], expected["claims"]);
    assert_eq!(told["verification"]["evidence"], expected["verification"]["evidence"]);
    assert_eq!(told["verification"]["assurance_level"], "ial3");
    assert!(told["verification"]["time"].as_str().unwrap().starts_with("2026-11-1"));
    assert!(told["verification"].get("verification_process").is_none());
    let certificate = Verification { evidence: Evidence::Certificate, ..by_card() };
    let told = answer_of(&certificate, &wanting(&all)).unwrap();
    assert_eq!(told["verification"]["evidence"][0]["check_details"], json!([{ "check_method": "vcrypt" }]));
}

#[test]
fn what_is_not_asked_for_is_not_told() {
    let told = answer(&wanting(&Value::Null)).unwrap();
    assert_eq!(told["verification"], json!({ "trust_framework": "urn:machikagi:trust-framework:ds-511" }));
    let told = answer(&wanting(&json!({ "evidence": [{ "type": { "value": "document" } }] }))).unwrap();
    assert_eq!(told["verification"]["evidence"], json!([{ "type": "document" }]));
}

// conforms: OpenID Connect for Identity Assurance 1.0 §6 MUST
#[test]
fn a_verification_that_does_not_fit_leaves_everything_out() {
    for (verification, fits) in [
        (json!({ "trust_framework": { "value": "urn:machikagi:trust-framework:ds-511" } }), true),
        (json!({ "trust_framework": { "value": "jp_aml" } }), false),
        (json!({ "trust_framework": { "value": "urn:machikagi:trust-framework:sandbox" } }), false),
        (json!({ "trust_framework": { "values": ["jp_aml", "urn:machikagi:trust-framework:ds-511"] } }), true),
        (json!({ "assurance_level": { "values": ["ial2", "ial3"] } }), true),
        (json!({ "assurance_level": { "value": "ial2" } }), false),
        (json!({ "assurance_level": { "essential": true } }), true),
        (json!({ "time": { "max_age": 60 } }), true),
        (json!({ "time": { "max_age": 59 } }), false),
        (json!({ "time": { "max_age": "60" } }), false),
        (json!({ "time": { "value": "2026-11-18" } }), false),
        (json!({ "verification_process": { "value": "x" } }), false),
        (json!({ "evidence": [{ "type": { "value": "electronic_record" } }] }), false),
        (json!({ "evidence": [{ "type": { "value": "vouch" } }, { "type": { "value": "document" } }] }), true),
        (
            json!({ "evidence": [{ "type": { "value": "document" }, "document_details": { "type": { "value": "passport" } } }] }),
            false,
        ),
        (
            json!({ "evidence": [{ "type": { "value": "document" }, "check_details": [{ "check_method": { "value": "vcrypt" } }] }] }),
            false,
        ),
        (json!("x"), false),
    ] {
        assert_eq!(answer(&wanting(&verification)).is_some(), fits, "{verification}");
    }
    // Nothing is known of the moment, so nothing is younger than anything.
    let undated = Verification { time: None, ..by_card() };
    assert!(answer_of(&undated, &wanting(&json!({ "time": { "max_age": 4_000_000_000_u32 } }))).is_none());
    assert!(answer_of(&undated, &wanting(&json!({ "time": null }))).unwrap()["verification"].get("time").is_none());
    let phone = Verification { evidence: Evidence::NotStated, ..by_card() };
    assert!(answer_of(&phone, &wanting(&json!({ "evidence": [{ "type": { "value": "document" } }] }))).is_none());
}

#[test]
fn claims_that_are_not_there_are_left_out_and_without_any_there_is_nothing() {
    let claims = |claims: Value| answer(&json!({ "verification": { "trust_framework": null }, "claims": claims }));
    let told =
        claims(json!({ "name": null, "birthdate": { "essential": true }, "gender": null, "address": null })).unwrap();
    assert_eq!(told["claims"], json!({ "name": "昭和 花子", "birthdate": "1984-02-29" }));
    assert!(claims(json!({ "gender": null })).is_none(), "it is not stated");
    assert!(claims(json!({ "given_name": null })).is_none());
    // Whether a guess is right, nobody is told.
    assert!(claims(json!({ "birthdate": { "value": "1984-02-29" } })).is_none());
    for malformed in
        [json!({}), json!({ "claims": null }), json!({ "claims": {} }), json!("name"), Value::Null, json!([])]
    {
        assert!(answer(&malformed).is_none(), "{malformed}");
    }
}

#[test]
fn each_of_several_requests_is_answered_by_itself() {
    let of = |framework: &str, claim: &str| {
        let mut request = json!({ "verification": { "trust_framework": { "value": framework } }, "claims": {} });
        request["claims"][claim] = Value::Null;
        request
    };
    let ours = "urn:machikagi:trust-framework:ds-511";
    let told = answer(&json!([of("jp_aml", "name"), of(ours, "birthdate")])).unwrap();
    assert_eq!(told["claims"], json!({ "birthdate": "1984-02-29" }));
    let told = answer(&json!([of(ours, "name"), of(ours, "birthdate"), of(ours, "name")])).unwrap();
    assert_eq!(told.as_array().map(Vec::len), Some(MAX_VERIFIED_REQUESTS));
}

#[test]
fn without_a_verification_there_is_nothing() {
    let requests = VerifiedRequest::read_all(&wanting(&Value::Null));
    assert!(VerifiedAnswer::to(&requests, None, &person(), OffsetDateTime::UNIX_EPOCH).is_empty());
    assert!(forms().count() <= 32);
}

proptest! {
    #[test]
    fn foreign_requests_never_panic(text in ".*", name in "verification|claims|evidence|time", value in "\\PC*") {
        if let Ok(asked) = serde_json::from_str::<Value>(&text) {
            let _ = answer(&asked);
        }
        let mut request = wanting(&json!({ "trust_framework": null }));
        request[name.as_str()] = Value::String(value.clone());
        let _ = answer(&request);
        request["verification"] = json!({ name: { "value": value } });
        let _ = answer(&request);
    }
}
