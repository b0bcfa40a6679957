//! Proofs of possession over HTTP (RFC 9449, sections 4.3, 7.1 and 8): the headers around them.

use axum::http::StatusCode;
use serde_json::json;

use super::{Front, is_protocol_error, json};
use crate::harness::possession::{DeviceKey, hash};
use crate::harness::{on_both, token_body};

#[tokio::test]
async fn a_client_is_told_the_nonce_and_comes_again() {
    on_both(async |world| {
        let front = Front::of(&world, "showa").await;
        let device = DeviceKey::new();
        let body = token_body(&front.library, &front.code().await, &[]);
        let (token, userinfo) = (front.path("token"), front.path("userinfo"));
        let at = |path: &str| format!("http://localhost:3000{path}");
        let ask = async |proof: &str| {
            front.browser().ask("POST", &token, Some(&body), &[("dpop", proof), ("accept", "application/json")]).await
        };
        let proof =
            |nonce: &str| device.proof(&front.gateway, &json!({"htm": "POST", "htu": at(&token), "nonce": nonce}));

        let answer = ask("x").await.unwrap();
        is_protocol_error(&answer, 400, "invalid_dpop_proof", "no proof at all");
        let answer = ask(&proof("")).await.unwrap();
        is_protocol_error(&answer, 400, "use_dpop_nonce", "without a nonce");
        let nonce = answer.header("dpop-nonce").to_owned();
        let twice = [("dpop", proof(&nonce)), ("dpop", proof(&nonce))];
        let twice: Vec<(&str, &str)> = twice.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = front.browser().ask("POST", &token, Some(&body), &twice).await.unwrap();
        is_protocol_error(&answer, 400, "invalid_dpop_proof", "two proofs");
        let answer = ask(&proof(&nonce)).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(json(&answer)["token_type"], "DPoP");
        let next = answer.header("dpop-nonce").to_owned();
        assert!(!next.is_empty() && next != nonce);

        let access = json(&answer)["access_token"].as_str().unwrap().to_owned();
        let bound = format!("DPoP {access}");
        let answer = front.browser().ask("GET", &userinfo, None, &[("authorization", &bound)]).await.unwrap();
        is_protocol_error(&answer, 401, "invalid_dpop_proof", "userinfo without a proof");
        assert!(answer.header("www-authenticate").starts_with("DPoP error=\"invalid_dpop_proof\""));
        let proof = |nonce: &str| {
            let claims = json!({"htm": "GET", "htu": at(&userinfo), "nonce": nonce, "ath": hash(&access)});
            device.proof(&front.gateway, &claims)
        };
        let ask = async |proof: String| {
            front.browser().ask("GET", &userinfo, None, &[("authorization", &bound), ("dpop", &proof)]).await.unwrap()
        };
        let answer = ask(proof("old")).await;
        is_protocol_error(&answer, 401, "use_dpop_nonce", "userinfo with another nonce");
        assert!(!answer.header("dpop-nonce").is_empty());
        assert_eq!(ask(proof(&next)).await.status, StatusCode::OK);
        // Whoever sends no proof is told no nonce.
        let answer = front.browser().post(&token, &body).await.unwrap();
        assert_eq!(answer.header("dpop-nonce"), "");
    })
    .await;
}
