//! How a connection is set up, as facts.

use domain::assurance::Method;
use domain::locale::Locale;
use leptos::prelude::*;
use service::federation::{
    AssertionAudience, AttributesFrom, ClientAuthentication, Preset, ProviderSettings, Verified,
};
use service::identity_providers::{Algorithm, BirthdateForm, ClaimPath, ClaimPaths};

use super::text::Words;
use crate::components::code_block::CopyValue;
use crate::components::facts::{Fact, Facts};
use crate::text::dot;

/// What kind of connection it is: the sandbox's has a preset too, of which nobody needs to know.
pub(super) const fn kind_word(sandbox: bool, preset: Preset, words: &'static Words) -> &'static str {
    if sandbox { words.sandbox_kind } else { preset_word(preset, words) }
}

/// What kind of connection a preset makes.
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

pub(super) const fn birthdate_words(form: BirthdateForm, words: &'static Words) -> &'static str {
    match form {
        BirthdateForm::YearFirst => words.birthdate_year_first,
        BirthdateForm::Separated => words.birthdate_separated,
        BirthdateForm::DayFirst => words.birthdate_day_first,
        BirthdateForm::MonthFirst => words.birthdate_month_first,
        BirthdateForm::Certificate => words.birthdate_certificate,
    }
}

/// Callback, issuer, client and settings: all that is decided on.
pub(super) fn facts(
    kind: &'static str,
    callback: String,
    issuer: String,
    client_id: String,
    settings: &ProviderSettings,
    locale: Locale,
) -> AnyView {
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
        AttributesFrom::SignedUserinfo => view! { {words.from_signed} }.into_any(),
        AttributesFrom::SealedUserdata(url) => {
            let url = url.clone();
            view! { {words.from_userdata}<small><code>{url}</code></small> }.into_any()
        }
    };
    let map = &settings.claims;
    let text = |path: &Option<ClaimPath>| path.as_ref().map(|path| path.as_str().to_owned());
    let pieces = |paths: &Option<ClaimPaths>| paths.as_ref().map(ClaimPaths::to_text);
    let in_clear: Vec<&str> = map.in_clear.iter().map(ClaimPath::as_str).collect();
    let in_clear = Some(in_clear.join(" ")).filter(|list| !list.is_empty());
    let claims: Vec<_> = [
        (words.claim_name, pieces(&map.name)),
        (words.claim_address, text(&map.address)),
        (words.claim_prefecture, text(&map.prefecture)),
        (words.claim_city, text(&map.city)),
        (words.claim_street, text(&map.street)),
        (words.claim_postal_code, text(&map.postal_code)),
        (words.claim_flags, text(&map.substitute_flags)),
        (words.claim_birthdate, pieces(&map.birthdate)),
        (words.claim_gender, text(&map.gender)),
        (words.claim_verified_at, text(&map.verified_at)),
        (words.claim_former_subject, text(&map.former_subject)),
    ]
    .into_iter()
    .chain([(words.in_clear, in_clear)])
    .filter_map(|(word, path)| Some(view! { <small>{word}": "<code>{path?}</code></small> }))
    .collect();
    let subject = (words.claim_subject, map.subject.as_str().to_owned());
    let genders = [
        (words.gender_male, &map.gender_words.male),
        (words.gender_female, &map.gender_words.female),
        (words.gender_other, &map.gender_words.other),
    ];
    let genders = genders.into_iter().filter(|(_, list)| !list.is_empty()).map(|(word, list)| (word, list.join(" ")));
    let read: Vec<_> = std::iter::once(subject)
        .chain(genders)
        .map(|(word, value)| view! { <small>{word}": "<code>{value}</code></small> })
        .collect();
    let no_subject = map.subject_optional.then(|| view! { <small>{words.subject_optional}</small> });
    let level_claim = settings.level_claim.clone();
    let level_claim = level_claim.map(|claim| view! { <Fact term=words.level_claim><code>{claim}</code></Fact> });
    let birthdate = birthdate_words(map.birthdate_form, words);
    let audience = (settings.authentication == ClientAuthentication::PrivateKeyJwt).then(|| {
        let word = match settings.assertion_audience {
            AssertionAudience::TokenEndpoint => words.audience_token,
            AssertionAudience::Issuer => words.audience_issuer,
        };
        view! { <Fact term=words.audience>{word}</Fact> }
    });
    let button = settings.button.as_ref().map(|text| {
        let text = text.get(locale).to_owned();
        view! { <Fact term=words.button>{text}</Fact> }
    });
    let scopes = settings.scopes.clone();
    let source = settings.address_source.words().get(locale);
    let verified = verified_words(settings.verified, words);
    view! {
        <Facts>
            <Fact term=words.kind>{kind}</Fact>
            {button}
            <Fact term=words.callback><CopyValue value=callback/></Fact>
            <Fact term=words.issuer><CopyValue value=issuer/></Fact>
            <Fact term=words.client_id><CopyValue value=client_id/></Fact>
            <Fact term=words.method>{method}</Fact>
            {audience}
            <Fact term=words.scopes>
                <code>{scopes}</code>
                <small>{words.scopes_note}</small>
            </Fact>
            {asked}
            {level_claim}
            <Fact term=words.levels>{levels}</Fact>
            <Fact term=words.source>{source}</Fact>
            <Fact term=words.verified>{verified}</Fact>
            <Fact term=words.attributes>{attributes}</Fact>
            <Fact term=words.claims>{claims}{read}{no_subject}</Fact>
            <Fact term=words.birthdate_form>{birthdate}</Fact>
        </Facts>
    }
    .into_any()
}
