//! What is wrong with an answer about a relying party's software, where the general words would leave a clerk guessing.

use domain::locale::Locale;
use domain::violations::Violation;

use super::text::Words;

macro_rules! explained {
    ($($name:ident: $($violation:ident => $word:ident),+;)+) => {
        $(pub(super) fn $name(violation: Violation, locale: Locale) -> Option<&'static str> {
            match violation {
                $(Violation::$violation => Some(Words::of(locale).$word),)+
                _ => None,
            }
        })+
    };
}

explained! {
    explain_authentication: NotAllowed => authentication_fapi;
    explain_keys:
        Required => keys_missing, Malformed => jwks_malformed, Unknown => jwks_unusable, NotAllowed => jwks_not_allowed,
        Duplicate => jwks_twice, Unreachable => jwks_silent;
    explain_pkce: NotAllowed => pkce_demanded;
    explain_signing: NotAllowed => signing_fapi;
    explain_acr_words: Malformed => acr_words_malformed, NotAllowed => acr_words_ours;
    explain_sector:
        NotAllowed => sector_fixed, Malformed => sector_malformed, Mismatch => sector_mismatch, Unreachable => sector_silent;
    explain_former_ids: Unknown => former_ids_unknown, NotAllowed => former_ids_public;
    explain_delivery: NotAllowed => events_public;
    explain_events_uri: Required => events_uri_missing, NotAllowed => events_uri_unused;
    explain_secret:
        Required => events_authorization_again, Malformed => events_authorization_malformed,
        NotAllowed => events_authorization_push;
    explain_event_kinds: Required => event_kinds_missing, NotAllowed => event_kinds_unused;
}
