//! How a connection is set up, as facts.

use domain::assurance::Method;
use domain::locale::Locale;
use leptos::prelude::*;
use service::federation::{AttributesFrom, Preset, ProviderSettings, Verified};
use service::identity_providers::Algorithm;

use super::text::Words;
use crate::components::code_block::CopyValue;
use crate::components::facts::{Fact, Facts};
use crate::text::dot;

/// What kind of connection it is.
pub(super) const fn preset_word(preset: Preset, words: &'static Words) -> &'static str {
    match preset {
        Preset::DigitalAgency => words.digital_agency,
        Preset::Xid => words.xid,
        Preset::Generic => words.generic,
    }
}

pub(super) const fn verified_words(verified: Verified, words: &'static Words) -> &'static str {
    match verified {
        Verified::AtSignIn => words.verified_at_sign_in,
        Verified::Stated => words.verified_stated,
        Verified::NotStated => words.verified_not_stated,
    }
}

pub(super) const fn method_word(method: Method, words: &'static Words) -> &'static str {
    match method {
        Method::Card => words.method_card,
        Method::PhoneCertificate => words.method_phone,
        Method::ProviderDevice | Method::Session | Method::DevicePasskey | Method::SyncedPasskey => words.method_device,
    }
}

/// Issuer, client and settings.
pub(super) fn facts(issuer: String, client_id: String, settings: &ProviderSettings, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let level = |level: &service::federation::ProviderLevel| {
        let meaning = format!("IAL{}{}AAL{}", level.assurance.ial, dot(locale), level.assurance.aal);
        let word = if level.acr.is_empty() { words.level_unstated.to_owned() } else { level.acr.clone() };
        let method = method_word(level.method, words);
        view! { <span>{meaning}" "<code>{word}</code>" "<small>{method}</small></span> }
    };
    let levels: Vec<_> = settings.levels.iter().map(level).collect();
    let algorithms: Vec<&str> = settings.algorithms.iter().map(|algorithm| Algorithm::as_str(*algorithm)).collect();
    let method = format!("{}{}{}", settings.authentication.as_str(), dot(locale), algorithms.join(", "));
    let asked =
        settings.acr_values.clone().map(|values| view! { <Fact term=words.acr_values><code>{values}</code></Fact> });
    let attributes = match &settings.attributes {
        AttributesFrom::Userinfo => view! { {words.from_userinfo} }.into_any(),
        AttributesFrom::SealedUserdata(url) => {
            let url = url.clone();
            view! { {words.from_userdata}<small><code>{url}</code></small> }.into_any()
        }
    };
    let map = &settings.claims;
    let claims: Vec<_> = [
        (words.claim_name, &map.name),
        (words.claim_address, &map.address),
        (words.claim_prefecture, &map.prefecture),
        (words.claim_city, &map.city),
        (words.claim_street, &map.street),
        (words.claim_postal_code, &map.postal_code),
        (words.claim_flags, &map.substitute_flags),
        (words.claim_birthdate, &map.birthdate),
        (words.claim_gender, &map.gender),
        (words.claim_verified_at, &map.verified_at),
        (words.claim_former_subject, &map.former_subject),
    ]
    .into_iter()
    .filter_map(|(word, path)| {
        let path = path.as_ref()?.as_str().to_owned();
        Some(view! { <small>{word}" "<code>{path}</code></small> })
    })
    .collect();
    let button = settings.button.as_ref().map(|text| {
        let text = text.get(locale).to_owned();
        view! { <Fact term=words.button>{text}</Fact> }
    });
    let (kind, scopes) = (preset_word(settings.preset, words), settings.scopes.clone());
    let source = settings.address_source.words().get(locale);
    let verified = verified_words(settings.verified, words);
    view! {
        <Facts>
            <Fact term=words.kind>{kind}</Fact>
            {button}
            <Fact term=words.issuer><CopyValue value=issuer/></Fact>
            <Fact term=words.client_id><CopyValue value=client_id/></Fact>
            <Fact term=words.method>{method}</Fact>
            <Fact term=words.scopes>
                <code>{scopes}</code>
                <small>{words.scopes_note}</small>
            </Fact>
            {asked}
            <Fact term=words.levels>{levels}</Fact>
            <Fact term=words.source>{source}</Fact>
            <Fact term=words.verified>{verified}</Fact>
            <Fact term=words.attributes>{attributes}</Fact>
            <Fact term=words.claims>{claims}</Fact>
        </Facts>
    }
    .into_any()
}
