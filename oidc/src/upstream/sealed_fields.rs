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

impl FieldKey {
    /// The key of these random bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(SecretKey::from_bytes(*bytes))
    }

    /// The public key in base64, to be registered at the provider.
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.0.public_key().as_bytes())
    }

    /// Opens one field: a box in base64, in either alphabet.
    ///
    /// # Errors
    /// [`NotSealedToUs`].
    pub fn open(&self, field: &str) -> Result<SecretString, NotSealedToUs> {
        if field.len() > MAX_CHARS {
            return Err(NotSealedToUs);
        }
        let sealed =
            [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD].into_iter().find_map(|form| form.decode(field).ok());
        let opened = self.0.unseal(&sealed.ok_or(NotSealedToUs)?).map_err(|_| NotSealedToUs)?;
        let opened = Zeroizing::new(opened);
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
