//! Encryption is tested by a reader written from the RFCs. The reader itself is tested with what another library (npm `jose`)
//! encrypted, and the derivation of keys with the example of RFC 7518.

use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::JwkSet;
use super::*;

enum Private {
    Rsa(OaepPrivateDecryptingKey),
    P256(PrivateKey),
}

/// Reads a compact JWE as a service would: header and content.
fn decrypt(jwe: &str, key: &Private) -> Option<(Value, String)> {
    let parts: Vec<&str> = jwe.split('.').collect();
    let [header, encrypted_key, nonce, content, tag] = parts.as_slice() else { return None };
    let read: Value = serde_json::from_slice(&from_base64url(header)?).ok()?;
    let encrypted_key = from_base64url(encrypted_key)?;
    let mut content_key = vec![0; 512];
    let length = match key {
        Private::Rsa(key) => key.decrypt(&OAEP_SHA256_MGF1SHA256, &encrypted_key, &mut content_key, None).ok()?.len(),
        Private::P256(key) => {
            let point = KeyMaterial::point(read["epk"]["x"].as_str()?, read["epk"]["y"].as_str()?)?;
            let theirs = UnparsedPublicKey::new(&ECDH_P256, point);
            let kek: Zeroizing<[u8; 32]> = agreement::agree(key, theirs, EncryptionFailed, |secret| {
                concat_kdf(secret, read["alg"].as_str().unwrap(), b"", b"")
            })
            .ok()?;
            AesKek::new(&AES_256, &*kek).unwrap().unwrap(&encrypted_key, &mut content_key).ok()?.len()
        }
    };
    let content_key = UnboundKey::new(&AES_256_GCM, &content_key[..length]).ok()?;
    let nonce = Nonce::try_assume_unique_for_key(&from_base64url(nonce)?).ok()?;
    let mut sealed = [from_base64url(content)?, from_base64url(tag)?].concat();
    let opened = LessSafeKey::new(content_key).open_in_place(nonce, Aad::from(header.as_bytes()), &mut sealed).ok()?;
    Some((read, String::from_utf8(opened.to_vec()).unwrap()))
}

/// A service's key pair: its public half as it publishes it.
fn pair(algorithm: KeyManagement) -> (Private, Jwk) {
    let (private, mut jwk) = match algorithm {
        KeyManagement::RsaOaep256 => {
            let key = PrivateDecryptingKey::from_pkcs8(&STANDARD.decode(RSA_PKCS8).unwrap()).unwrap();
            (Private::Rsa(OaepPrivateDecryptingKey::new(key).unwrap()), json!({"kty": "RSA", "n": RSA_N, "e": "AQAB"}))
        }
        KeyManagement::EcdhEsA256Kw => {
            let key = PrivateKey::from_private_key(&ECDH_P256, &from_base64url(P256_D).unwrap()).unwrap();
            (Private::P256(key), json!({"kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_Y}))
        }
    };
    jwk["use"] = "enc".into();
    jwk["kid"] = "theirs".into();
    (private, published(&jwk))
}

fn published(jwk: &Value) -> Jwk {
    JwkSet::parse(json!({"keys": [jwk]}).to_string().as_bytes()).unwrap().keys()[0].clone()
}

#[test]
fn what_another_library_encrypts_is_read() {
    for (algorithm, jwe) in [(KeyManagement::RsaOaep256, RSA_JWE), (KeyManagement::EcdhEsA256Kw, P256_JWE)] {
        let (header, content) = decrypt(jwe, &pair(algorithm).0).unwrap();
        assert_eq!((header["alg"].as_str(), content.as_str()), (Some(algorithm.as_str()), "a.signed.jwt"));
    }
}

#[test]
fn what_we_encrypt_is_read() {
    for algorithm in KeyManagement::ALL {
        let (private, jwk) = pair(algorithm);
        let jwe = encrypt_jwt("a.signed.jwt", &jwk, algorithm).unwrap();
        let (header, content) = decrypt(&jwe, &private).unwrap();
        assert_eq!(content, "a.signed.jwt");
        assert_eq!(header["alg"], algorithm.as_str());
        assert_eq!(header["enc"], "A256GCM");
        assert_eq!(header["cty"], "JWT");
        assert_eq!(header["kid"], "theirs");
        assert_eq!(header.get("epk").is_some(), algorithm == KeyManagement::EcdhEsA256Kw);
        assert_ne!(jwe, encrypt_jwt("a.signed.jwt", &jwk, algorithm).unwrap(), "every message has keys of its own");
    }
}

#[test]
fn every_altered_part_is_noticed() {
    for algorithm in KeyManagement::ALL {
        let (private, jwk) = pair(algorithm);
        let jwe = encrypt_jwt("a.signed.jwt", &jwk, algorithm).unwrap();
        let parts: Vec<&str> = jwe.split('.').collect();
        for at in 1..parts.len() {
            let mut bytes = from_base64url(parts[at]).unwrap();
            bytes[0] ^= 1;
            let altered = base64url(bytes);
            let mut parts = parts.clone();
            parts[at] = &altered;
            assert!(decrypt(&parts.join("."), &private).is_none(), "part {at}");
        }
        let mut header = decrypt(&jwe, &private).unwrap().0;
        header["cty"] = "JSON".into();
        let altered = base64url(header.to_string());
        let parts: Vec<&str> = std::iter::once(altered.as_str()).chain(parts.into_iter().skip(1)).collect();
        assert!(decrypt(&parts.join("."), &private).is_none(), "the header");
    }
}

#[test]
fn keys_that_do_not_fit_are_refused() {
    let (_, rsa) = pair(KeyManagement::RsaOaep256);
    let (_, p256) = pair(KeyManagement::EcdhEsA256Kw);
    let refused = |jwk: &Jwk, algorithm| assert_eq!(encrypt_jwt("a", jwk, algorithm), Err(EncryptionFailed));
    refused(&rsa, KeyManagement::EcdhEsA256Kw);
    refused(&p256, KeyManagement::RsaOaep256);
    let off_the_curve = json!({"kty": "EC", "crv": "P-256", "x": P256_Y, "y": P256_X});
    refused(&published(&off_the_curve), KeyManagement::EcdhEsA256Kw);
    let signs = json!({"kty": "RSA", "n": RSA_N, "e": "AQAB", "use": "sig"});
    refused(&published(&signs), KeyManagement::RsaOaep256);
    for bytes in [1, 128, 255, 513, 5000] {
        let other_size = json!({"kty": "RSA", "n": base64url(vec![0xc1; bytes]), "e": "AQAB"});
        refused(&published(&other_size), KeyManagement::RsaOaep256);
    }
    // A modulus with a leading zero, an exponent that is none.
    for (n, e) in [("AAAA".to_owned() + RSA_N, "AQAB"), (RSA_N.to_owned(), "AA"), (RSA_N.to_owned(), "!")] {
        refused(&published(&json!({"kty": "RSA", "n": n, "e": e})), KeyManagement::RsaOaep256);
    }
    assert_eq!(encrypt_jwt(&"a".repeat(MAX_PAYLOAD_LEN + 1), &rsa, KeyManagement::RsaOaep256), Err(EncryptionFailed));
    assert!(encrypt_jwt(&"a".repeat(MAX_PAYLOAD_LEN), &rsa, KeyManagement::RsaOaep256).is_ok());
}

#[test]
fn rfc_7518_appendix_c() {
    let alice = PrivateKey::from_private_key(
        &ECDH_P256,
        &from_base64url("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo").unwrap(),
    )
    .unwrap();
    let bob = KeyMaterial::point(
        "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
        "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
    )
    .unwrap();
    let bob = UnparsedPublicKey::new(&ECDH_P256, bob);
    let derived: Zeroizing<[u8; 16]> =
        agreement::agree(&alice, bob, EncryptionFailed, |secret| concat_kdf(secret, "A128GCM", b"Alice", b"Bob"))
            .unwrap();
    assert_eq!(base64url(*derived), "VqqN6vgjbSBcIijNcacQGg");
}

proptest! {
    #[test]
    fn foreign_keys_never_panic(n in "[A-Za-z0-9_-]{0,700}", e in "[A-Za-z0-9_-]{0,20}", x in "[A-Za-z0-9_-]{43}", y in "[A-Za-z0-9_-]{43}") {
        let rsa = published(&json!({"kty": "RSA", "n": n, "e": e}));
        let _ = encrypt_jwt("a", &rsa, KeyManagement::RsaOaep256);
        let p256 = published(&json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}));
        let _ = encrypt_jwt("a", &p256, KeyManagement::EcdhEsA256Kw);
    }
}

const P256_D: &str = "TECQwSMqrb7HRhUkjXkEPk1i3uu5iN5hGHVt4_RWMno";
const P256_X: &str = "u3yqxUxg2Up3VD5eDpiKugOdPcjLK2fv9kTMAbZMDTw";
const P256_Y: &str = "uiXCIoLXeylAhyXPoutFGS-pBX6yLJFlwHSJqxEpQos";
const P256_JWE: &str = "\
     eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJjdHkiOiJKV1QiLCJraWQiOiJ0aGVpcnMiLCJlcGsiOnsi\
     eCI6Il9pSlhjNUZNd3VIMXhuTFlBbDdoS2VQOHRaWGpOUkd5ekY4R1JxMnlKR0kiLCJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwi\
     eSI6Inl5Y2pIX0hJM0ZvRm93TVEyekNZanJnLXhrMUh5OUV6NTVxeDh6YU1mTGcifX0.O-yoQUQjgsU3WidRLT9PLpFfwI0qHaDZ\
     yyltqo2eIDa3ZRy6Xe4X8Q.g5YJTR1vcQSV-dDa.BIOA9sZcQA6wEqvm.CdWwK3wG6IU3zI24qXtb6Q";
const RSA_N: &str = "\
     shDAnGpc6hLG8cweNqCfVl-en8W_LGmQ259mwOV-wSMLsz3AcIa0mMTnXuNesswQ_OKWBRKCWI8RUj14e1tGZQLiJspNrcihYdIu\
     Ivwi1ALbFkgnaADni7r-eu5EjygdWk7EbCkNi8Ex1BHVJhGZwMcI5p4qblu8MvYIc5BHSgjVJ_CXZ_fTTnq_AvQLSI3opKnyx27U\
     Qhi0I18murHIPAfrJd4c4YZ_RFgD0yanj7OvjKZC9ToJkfzo433nBqTaXXIZERFSZJCnFOatN0eqa17A3MOr6G23K5q7IjK1CS--\
     -tgFlUybFnIb75C6GldQrXOZX_j0vhtzwT5FnSzoJQ";
const RSA_PKCS8: &str = "\
     MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCyEMCcalzqEsbxzB42oJ9WX56fxb8saZDbn2bA5X7BIwuzPcBw\
     hrSYxOde416yzBD84pYFEoJYjxFSPXh7W0ZlAuImyk2tyKFh0i4i/CLUAtsWSCdoAOeLuv567kSPKB1aTsRsKQ2LwTHUEdUmEZnA\
     xwjmnipuW7wy9ghzkEdKCNUn8Jdn99NOer8C9AtIjeikqfLHbtRCGLQjXya6scg8B+sl3hzhhn9EWAPTJqePs6+MpkL1OgmR/Ojj\
     fecGpNpdchkREVJkkKcU5q03R6prXsDcw6vobbcrmrsiMrUJL7762AWVTJsWchvvkLoaV1Ctc5lf+PS+G3PBPkWdLOglAgMBAAEC\
     ggEANLqvPuJkV1BuJ0YpoEWaSYqRP4DgZrdwFQkz9WVATtMg8NgVd3z8V8zfMwMjlNDHKwuyHxhnDvB20aKwXd8ejmT3MUNxE0g5\
     Oe1yihud+KhL1mJRgQPbjU43c5HBLZ9UadyvX9QcVclFByasttQ5cpO9+ATYTcvOhEzFHeuYoLxULvuD0G1qTcOsUP2RmK/YFWnZ\
     tRIVo9350HcCn6WlrnFUzY1JAp2cA6CR8QXUASWrzE0nyJfgREEHdvxGO9lJILUY0CX+ugF0Ad5+RAlyzLuMrK5zN2XEo1Y7m8XF\
     kE4VXPBrVa9VM0I/rn5ztFcZudsTdItUCK6r8MvUGdncVQKBgQDigkt66gdvC8NOuKa/gHmH+mkgjvXsqXaECYJmPl69/D9SZnqK\
     XO8148+MjTjrZy9TTzh19UL1uK91XQt83vSxK5yw/p7Arc3ifojAlApXm3wTNpcPCx/YawP4qDGSfoHHbYK9FFxLFyMoUYwbUUSu\
     SjfL9QIbgzYjYrCNkNszNwKBgQDJP8zinC7oa4e5rUbCOKIyxQ71CHI4eLqzgU8yZTyBWb5YC/ZUS/dtqagre3zU9TiXXOdNk7XL\
     6nyWOxbrDpd+bCzKcrtmJMW4+ZV4aruJyk0PLmJUDTApy5DMSmtHh1IK4HQHMW1TgvMnyqDur9B64X0HRBEGebc6qe5AvRtlgwKB\
     gGiFu5Lyn4+MnAmdh8Ti4jHvSceucKlO4dO4F6ZarZl55zZ895sVm4UApOu010k5ikslSWaVUNrW6JB96SksMTn4aAv80wESsukL\
     fstvBP68TxsGm9pjRcS2TVTXOFjja7u9OxFJbfVwrdaTGtYYQFs1AF5rpxdPCxJ1HgeVirEtAoGBALZQmSD10rz1pTh9lGug+Le7\
     s6gh5a/pF2JFE+UYt26LSZfkBl0pkNaE6vexYE5gdMsS++xYk0pPfFxw3XtGddGu2AjzVXfcek7vtAwpzQmv/o1xPNzeMbK7Wsrn\
     5DYhjh6SZiqaCWutZvC2bYKuPdUEb8rkS/Qs0eRQS6nUZ3xXAoGBAJoPGVttyiXqdsB+gb3CRIzkz9gJx8Dn3/YP4sjaXsCoFIuj\
     I4/y+xMJ7Da8iGPghdXTO+wy1ZMjV/YYzz0mXK/LY/N4wXpKbnvq+ZVx6cNJlBAjcogkRUdjwW3YTvb9OqCJyEgGrVJL86V2hQ8H\
     euBs5XEM4hc8LU7egLJHdaLC";
const RSA_JWE: &str = "\
     eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwiY3R5IjoiSldUIiwia2lkIjoidGhlaXJzIn0.eg9Z5FOd9EdQ\
     zQ8Gf117vgxkJShtGoHUm1txC8g46s_3tXK0EmcNKCwt4Xe6QLeqYckorPPkARwqJWj3bBzzwnCMFagB5zikQ2NAhro5wRLJp4Cz\
     vD96ZgFPkJO_mNrslOSBrMW5yikmV_8iIOxQi3x7iXMtV2e13DOy12hOcVAL_qkpxOem1XiLtGfz3-RoQe_TpmsGo1isxe89Ee77\
     U9hVVvCzvDs1OVl4H6jPOKVCPuso8AbI7g4M9hgbPCHbviceyB4Ef9uEMdjlwYYk9_v4hS1Fgbb9j3m-PWmgHQRVqYY7XES27Ogo\
     HDwgSI5SaizUofHAIZ-utUJPfvKq7w.CQ0tFdSO6izlyoTM.fMR7ntjAJvZ8qU-z.QJUY12hRF4qy_uQ2a4xTxg";
