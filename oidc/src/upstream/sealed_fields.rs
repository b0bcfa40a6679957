//! Fields that a provider seals to our public key, each in a box of its own (libsodium's sealed boxes: X25519 and
//! XSalsa20-Poly1305, with a key pair of the sender's that is made for one box and forgotten).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use crypto_box::SecretKey;
use secrecy::SecretString;
use zeroize::Zeroizing;

/// The private key to which fields are sealed.
pub struct FieldKey(SecretKey);

/// A field is not a box for this key, or what was in it is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed field does not open")]
pub struct NotSealedToUs;

/// The longest box that is opened, in base64 characters: an address of 200 characters is a tenth of it.
const MAX_CHARS: usize = 8 * 1024;

/// Some put as many random bytes before a box as a nonce of XSalsa20 has, although a sealed box derives its own (xID, as its public
/// clients read it).
const PREFIX_BYTES: usize = 24;

impl FieldKey {
    /// The key of these random bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(SecretKey::from_bytes(*bytes))
    }

    /// The public key in base64, to be registered at the provider.
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.0.public_key().as_bytes())
    }

    /// Opens one field: a box in base64, in either alphabet, or one with 24 bytes before it that mean nothing.
    ///
    /// Both are tried, which lets nothing in that either would keep out: a box is authenticated (Poly1305, under a key that needs our
    /// private one), so that what does not begin where the sender's box begins opens by no accident, and the bytes before it are
    /// not read.
    ///
    /// # Errors
    /// [`NotSealedToUs`].
    pub fn open(&self, field: &str) -> Result<SecretString, NotSealedToUs> {
        if field.len() > MAX_CHARS {
            return Err(NotSealedToUs);
        }
        let sealed =
            [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD].into_iter().find_map(|form| form.decode(field).ok());
        let sealed = sealed.ok_or(NotSealedToUs)?;
        let mut boxes = [Some(sealed.as_slice()), sealed.get(PREFIX_BYTES..)].into_iter().flatten();
        let opened = boxes.find_map(|sealed| self.0.unseal(sealed).ok()).map(Zeroizing::new).ok_or(NotSealedToUs)?;
        std::str::from_utf8(&opened).map(SecretString::from).map_err(|_| NotSealedToUs)
    }
}

#[cfg(test)]
mod tests {
    use crypto_box::aead::OsRng;
    use secrecy::ExposeSecret;

    use super::*;

    // conforms: OpenID Connect Core 1.0 §5.3.4 MUST
    #[test]
    fn only_what_is_sealed_to_us_opens() {
        let key = FieldKey::new(&[7; 32]);
        let sealed = |to: &FieldKey, text: &[u8]| STANDARD.encode(to.0.public_key().seal(&mut OsRng, text).unwrap());
        let field = sealed(&key, "昭和 花子".as_bytes());
        assert_eq!(key.open(&field).unwrap().expose_secret(), "昭和 花子");
        let url_safe = field.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned();
        assert_eq!(key.open(&url_safe).unwrap().expose_secret(), "昭和 花子");
        let mut altered = STANDARD.decode(&field).unwrap();
        *altered.last_mut().unwrap() ^= 1;
        for field in [
            sealed(&FieldKey::new(&[8; 32]), b"x"),
            sealed(&key, &[0xff]),
            STANDARD.encode(&altered),
            "昭和 花子".to_owned(),
            String::new(),
            "A".repeat(9_000),
        ] {
            assert!(key.open(&field).is_err());
        }
    }

    // conforms: OpenID Connect Core 1.0 §5.3.4 MUST
    #[test]
    fn bytes_before_a_box_are_left_away() {
        let key = FieldKey::new(&[7; 32]);
        let sealed = |to: &FieldKey| to.0.public_key().seal(&mut OsRng, "昭和 花子".as_bytes()).unwrap();
        let after = |bytes: usize, sealed: &[u8]| STANDARD.encode([&vec![5; bytes], sealed].concat());
        assert_eq!(key.open(&after(24, &sealed(&key))).unwrap().expose_secret(), "昭和 花子");
        let mut altered = sealed(&key);
        *altered.last_mut().unwrap() ^= 1;
        for field in [
            after(23, &sealed(&key)),
            after(25, &sealed(&key)),
            after(48, &sealed(&key)),
            after(24, &altered),
            after(24, &sealed(&FieldKey::new(&[8; 32]))),
            after(24, &[]),
        ] {
            assert!(key.open(&field).is_err());
        }
    }

    #[test]
    fn the_public_key_is_the_one_of_curve25519() {
        // RFC 7748, section 6.1: Alice's key pair.
        let private = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=";
        let key = FieldKey::new(STANDARD.decode(private).unwrap().first_chunk().unwrap());
        assert_eq!(key.public_key(), "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=");
    }

    proptest::proptest! {
        #[test]
        fn foreign_fields_never_panic(text in ".*") {
            let _ = FieldKey::new(&[7; 32]).open(&text);
        }
    }
}
