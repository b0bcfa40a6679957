//! What a service gets that only it can read.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPublicKeyUncompressedBin};
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oidc::jose::{self, Algorithm, Claims, SigningKey};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use service::federation::{Headers, Userinfo};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{DAY, header};
use crate::harness::gateway::Gateway;
use crate::harness::{HANAKO, Tab, on_both, on_sqlite};

/// The key pair of a service.
enum Key {
    Rsa(OaepPrivateDecryptingKey),
    P256(PrivateKey),
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn rsa() -> (Key, Value) {
    let pkcs8 = SigningKey::generate_for(Algorithm::RS256).unwrap();
    let public = SigningKey::from_pkcs8_for(Algorithm::RS256, &pkcs8).unwrap();
    let mut jwk = serde_json::to_value(public.public_jwk()).unwrap();
    jwk["use"] = "enc".into();
    jwk["alg"] = "RSA-OAEP-256".into();
    let private = PrivateDecryptingKey::from_pkcs8(&pkcs8).unwrap();
    (Key::Rsa(OaepPrivateDecryptingKey::new(private).unwrap()), jwk)
}

fn p256() -> (Key, Value) {
    let private = PrivateKey::generate(&ECDH_P256).unwrap();
    let public = private.compute_public_key().unwrap();
    let point: EcPublicKeyUncompressedBin<'_> = public.as_be_bytes().unwrap();
    let (x, y) = point.as_ref()[1..].split_at(32);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    (Key::P256(private), json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "theirs", "use": "enc"}))
}

/// Reads what was encrypted to the service (RFC 7516, section 5.2).
fn decrypt(key: &Key, content: &Value, jwe: &str) -> String {
    let parts: Vec<&str> = jwe.split('.').collect();
    assert_eq!(parts.len(), 5, "not encrypted");
    let header = header(jwe);
    assert_eq!((&header["enc"], &header["cty"]), (&json!("A256GCM"), content));
    let mut content_key = vec![0; 512];
    let length = match key {
        Key::Rsa(key) => {
            assert_eq!(header["alg"], "RSA-OAEP-256");
            key.decrypt(&OAEP_SHA256_MGF1SHA256, &bytes(parts[1]), &mut content_key, None).unwrap().len()
        }
        Key::P256(key) => {
            assert_eq!((&header["alg"], &header["kid"]), (&json!("ECDH-ES+A256KW"), &json!("theirs")));
            let [x, y] = ["x", "y"].map(|member| bytes(header["epk"][member].as_str().unwrap()));
            let theirs = UnparsedPublicKey::new(&ECDH_P256, [&[4], x.as_slice(), &y].concat());
            let info = b"\0\0\0\x0eECDH-ES+A256KW\0\0\0\0\0\0\0\0\0\0\x01\0";
            let sha256 = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).unwrap();
            let mut kek = [0; 32];
            agreement::agree(key, theirs, (), |secret| sskdf_digest(sha256, secret, info, &mut kek).map_err(|_| ()))
                .unwrap();
            AesKek::new(&AES_256, &kek).unwrap().unwrap(&bytes(parts[1]), &mut content_key).unwrap().len()
        }
    };
    let content_key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &content_key[..length]).unwrap());
    let nonce = Nonce::try_assume_unique_for_key(&bytes(parts[2])).unwrap();
    let mut sealed = [bytes(parts[3]), bytes(parts[4])].concat();
    let opened = content_key.open_in_place(nonce, Aad::from(parts[0].as_bytes()), &mut sealed).unwrap();
    String::from_utf8(opened.to_vec()).unwrap()
}

async fn read(gateway: &Gateway<'_>, key: &Key, jwe: &str) -> Claims {
    let keys = gateway.world.service.key_set(&gateway.town.slug).await.unwrap();
    jose::verify(&decrypt(key, &json!("JWT"), jwe), &keys, &Algorithm::ALL).unwrap().claims
}

async fn userinfo(gateway: &Gateway<'_>, token: &SecretString) -> String {
    let header = format!("Bearer {}", token.expose_secret());
    let service = &gateway.world.service;
    let headers = Headers { authorization: Some(&header), dpop: None };
    match service.userinfo(&gateway.town.slug, "GET", headers, &Default::default()).await.unwrap().unwrap() {
        Userinfo::Jwt(jwt) => jwt,
        Userinfo::Json(_) => panic!("not encrypted"),
    }
}

// conforms: OpenID Connect Core 1.0 §10.2 MAY
#[tokio::test]
async fn attributes_are_read_by_the_service_alone() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        for (name, algorithm, signing, (key, jwk)) in
            [("bank", "RSA-OAEP-256", "RS256", rsa()), ("clinic", "ECDH-ES+A256KW", "ES256", p256())]
        {
            let client = gateway
                .client_that(name, |form| {
                    form.item_name = "every_time".to_owned();
                    form.item_address = "every_time".to_owned();
                    form.client.encryption = algorithm.to_owned();
                    form.client.userinfo_signed = "on".to_owned();
                    form.client.id_token_signing = signing.to_owned();
                    form.client.jwks = json!({"keys": [jwk]}).to_string();
                })
                .await;
            let scope = "openid residency name address";
            let code = gateway.first_sign_in(&mut Tab::default(), &client, HANAKO, scope).await;
            let tokens = gateway.redeem(&client, &code).await.unwrap();
            let id_token = read(&gateway, &key, tokens.id_token.as_ref().unwrap().expose_secret()).await;
            assert_eq!(id_token.audiences(), [name]);
            let jwt = userinfo(&gateway, &tokens.access_token).await;
            let told = read(&gateway, &key, &jwt).await;
            assert_eq!(told.text("sub"), id_token.text("sub"));
            assert_eq!((told.text("iss"), told.audiences()), (id_token.text("iss"), vec![name]));
            assert!(told.text("name").is_some() && told.get("address").is_some());
            assert!(jwt.len() < 4_096, "{}", jwt.len());
        }
        let listed = gateway.listed("userinfo_encryption_alg_values_supported").await;
        assert_eq!(listed, json!(["ECDH-ES+A256KW", "RSA-OAEP-256"]));
        assert_eq!(gateway.listed("id_token_encryption_enc_values_supported").await, json!(["A256GCM"]));
    })
    .await;
}

/// OpenID Connect Core, section 5.3.2: userinfo is what the service asked for, signed, encrypted, both or neither.
#[tokio::test]
async fn userinfo_is_signed_or_encrypted_as_the_service_asked() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let (key, jwk) = p256();
        for (name, signed, encrypted) in [("signed", true, false), ("sealed", false, true)] {
            let client = gateway
                .client_that(name, |form| {
                    form.client.userinfo_signed = if signed { "on".to_owned() } else { String::new() };
                    if encrypted {
                        form.client.encryption = "ECDH-ES+A256KW".to_owned();
                        form.client.jwks = json!({"keys": [jwk]}).to_string();
                    }
                })
                .await;
            let code = gateway.first_sign_in(&mut Tab::default(), &client, HANAKO, "openid residency").await;
            let tokens = gateway.redeem(&client, &code).await.unwrap();
            let jwt = userinfo(&gateway, &tokens.access_token).await;
            if signed {
                let keys = gateway.world.service.key_set(&gateway.town.slug).await.unwrap();
                let told = jose::verify(&jwt, &keys, &Algorithm::ALL).unwrap().claims;
                assert_eq!((told.audiences(), told.text("sub").is_some()), (vec![name], true));
            } else {
                let told: Value = serde_json::from_str(&decrypt(&key, &Value::Null, &jwt)).unwrap();
                assert!(
                    told["sub"].is_string() && told["urn:machikagi:claims:residency"]["eligible"] == true,
                    "{told}"
                );
            }
        }
    })
    .await;
}

/// A version from before it could say whether userinfo is signed goes on as it did: signed, then encrypted; and who asks what is
/// registered reads so.
#[tokio::test]
async fn what_was_encrypted_before_goes_on_being_signed() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let (key, jwk) = p256();
        let client = gateway
            .client_that("clinic", |form| {
                form.client.encryption = "ECDH-ES+A256KW".to_owned();
                form.client.jwks = json!({"keys": [jwk]}).to_string();
            })
            .await;
        let sql = r#"update configuration_version set content = replace(content, '"userinfo_signed":false,', '')"#;
        world.execute(sql, Some(&gateway.town)).await;
        gateway.bump().await;
        let left = world.rows_where(&gateway.town, "configuration_version", "content like '%userinfo_signed%'").await;
        assert_eq!(left, 0);
        let code = gateway.first_sign_in(&mut Tab::default(), &client, HANAKO, "openid residency").await;
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        let jwt = decrypt(&key, &json!("JWT"), &userinfo(&gateway, &tokens.access_token).await);
        let keys = gateway.world.service.key_set(&gateway.town.slug).await.unwrap();
        assert_eq!(jose::verify(&jwt, &keys, &[Algorithm::ES256]).unwrap().claims.audiences(), ["clinic"]);
        assert!(gateway.listed("userinfo_signing_alg_values_supported").await.as_array().is_some());
    })
    .await;
}

/// Nothing is sent in clear because a key cannot be had, and nothing is lost by it.
// conforms: OpenID Connect Core 1.0 §10.2 MUST
#[tokio::test]
async fn without_a_key_of_the_service_its_code_waits() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let (key, jwk) = p256();
        let theirs = MockServer::start().await;
        let answers = async |answer: ResponseTemplate| {
            theirs.reset().await;
            Mock::given(method("GET")).respond_with(answer).mount(&theirs).await;
        };
        let published = ResponseTemplate::new(200).set_body_json(json!({"keys": [jwk]}));
        answers(published.clone()).await;
        let client = gateway
            .client_that("clinic", |form| {
                form.client.encryption = "ECDH-ES+A256KW".to_owned();
                form.client.jwks_uri = format!("{}/jwks.json", theirs.uri());
            })
            .await;
        let code = gateway.first_sign_in(&mut Tab::default(), &client, HANAKO, "openid").await;
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        read(&gateway, &key, tokens.id_token.as_ref().unwrap().expose_secret()).await;

        // Later the keys cannot be had: the code waits until they can.
        world.clock.advance(2 * DAY);
        answers(ResponseTemplate::new(503)).await;
        let code = gateway.sign_in_again(&client).await;
        let refusal = gateway.redeem(&client, &code).await.err().unwrap();
        assert_eq!(refusal.code, oidc::ErrorCode::TemporarilyUnavailable);
        answers(published).await;
        world.clock.advance(40);
        let tokens = gateway.redeem(&client, &code).await.unwrap();
        read(&gateway, &key, tokens.id_token.as_ref().unwrap().expose_secret()).await;

        // Keys that are for signatures only are none to encrypt to.
        world.clock.advance(2 * DAY);
        let only_signs = json!({"keys": [{"kty": "RSA", "n": "AA", "e": "AQAB", "use": "sig"}]});
        answers(ResponseTemplate::new(200).set_body_json(only_signs)).await;
        let code = gateway.sign_in_again(&client).await;
        let refusal = gateway.redeem(&client, &code).await.err().unwrap();
        assert_eq!(refusal.code, oidc::ErrorCode::TemporarilyUnavailable);
    })
    .await;
}

impl Gateway<'_> {
    /// A card sign-in of somebody who agreed before.
    async fn sign_in_again(&self, client: &crate::harness::gateway::Client) -> String {
        let mut tab = Tab::default();
        let go = self.authorize(&mut tab, &self.request(client, &[("scope", "openid")])).await;
        crate::harness::sent_code(&self.read_card(&mut tab, &go, HANAKO).await)
    }
}
