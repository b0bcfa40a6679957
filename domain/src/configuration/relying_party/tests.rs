use super::*;
use crate::configuration::EventsForm;

fn form() -> RelyingPartyForm {
    let id = "0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f".to_owned();
    RelyingPartyForm {
        name_ja: "電子図書館".into(),
        name_en: "E-Library".into(),
        description_ja: "24時間、家で本が読めます".into(),
        description_en: "Read at home, day and night".into(),
        provider: "みなと書誌システム株式会社".into(),
        contact: "電話 0241-57-0000".into(),
        home_url: "https://tosho.example.jp/showa".into(),
        redirect_uris: " https://tosho.example.jp/cb\r\n\r\nhttps://tosho.example.jp/cb2 ".into(),
        pkce: "required".into(),
        rule: id.clone(),
        consent_text: id,
        item_name: "once".into(),
        minimum_ial: "3".into(),
        minimum_aal: "2".into(),
        icon: "book".into(),
        ..RelyingPartyForm::default()
    }
}

fn refused(change: impl FnOnce(&mut RelyingPartyForm)) -> Vec<(String, Violation)> {
    let mut form = form();
    change(&mut form);
    let wrong = RelyingPartyContent::parse(&form, LoopbackPolicy::Refused).unwrap_err();
    wrong.iter().map(|(field, violation)| (field.to_owned(), violation)).collect()
}

#[test]
fn a_form_becomes_a_content_and_a_form_again() {
    let content = RelyingPartyContent::parse(&form(), LoopbackPolicy::Refused).unwrap();
    assert_eq!(content.redirect_uris.len(), 2);
    let again = RelyingPartyForm::from(&content);
    assert_eq!(RelyingPartyContent::parse(&again, LoopbackPolicy::Refused).unwrap(), content);
    let json = serde_json::to_string(&content).unwrap();
    assert_eq!(serde_json::from_str::<RelyingPartyContent>(&json).unwrap(), content);
    insta::assert_snapshot!(json, @r#"{"name":{"ja":"電子図書館","en":"E-Library"},"description":{"ja":"24時間、家で本が読めます","en":"Read at home, day and night"},"provider":"みなと書誌システム株式会社","contact":"電話 0241-57-0000","home_url":"https://tosho.example.jp/showa","redirect_uris":["https://tosho.example.jp/cb","https://tosho.example.jp/cb2"],"pkce":"required","rule":"0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f","consent_text":"0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f","items":[{"item":"name","delivery":"once"}],"residency_claim_by_default":false,"residency_verified_at":false,"minimum":{"ial":3,"aal":2},"icon":"book","client":{"application_type":"web","authentication":"client_secret","keys":null,"id_token_signing":"ES256","encryption":"none","userinfo_signed":false,"profile":"standard","pushed_only":false,"signed_only":false,"dpop_only":false,"offline_access":false,"post_logout_redirect_uris":[],"backchannel_logout_uri":null,"sector_identifier_uri":null,"former_ids_of":null,"events":{"delivery":"none","uri":null,"kinds":[]},"acr_words":[]}}"#);
}

#[test]
fn every_field_that_is_wrong_is_named() {
    let wrong = RelyingPartyContent::parse(&RelyingPartyForm::default(), LoopbackPolicy::Refused).unwrap_err();
    let fields: Vec<&str> = wrong.iter().map(|(field, _)| field).collect();
    insta::assert_snapshot!(fields.join(" "), @"consent_text contact description_en description_ja home_url icon minimum_aal minimum_ial name_en name_ja pkce provider redirect_uris rule");
    assert_eq!(refused(|form| form.name_en = "x".repeat(41)), [("name_en".into(), Violation::TooLong)]);
    assert_eq!(refused(|form| form.item_address = "always".into()), [("item_address".into(), Violation::Unknown)]);
    assert_eq!(refused(|form| form.minimum_ial = "4".into()), [("minimum_ial".into(), Violation::OutOfRange)]);
    assert_eq!(refused(|form| form.rule = "x".into()), [("rule".into(), Violation::Unknown)]);
    let twice = "https://a.example.jp/\nhttps://a.example.jp/";
    assert_eq!(refused(|form| form.redirect_uris = twice.into()), [("redirect_uris".into(), Violation::Duplicate)]);
    let many: String = (0..11).map(|n| format!("https://a.example.jp/{n}\n")).collect();
    assert_eq!(refused(|form| form.redirect_uris = many), [("redirect_uris".into(), Violation::TooLong)]);
}

#[test]
fn warnings_say_what_to_think_about() {
    let mut form = form();
    form.item_address = "every_time".into();
    form.item_gender = "once".into();
    form.pkce = "when_offered".into();
    form.residency_verified_at = "on".into();
    form.home_url = "http://127.0.0.1:4001/".into();
    let content = RelyingPartyContent::parse(&form, LoopbackPolicy::Allowed).unwrap();
    assert_eq!(
        content.warnings(),
        [
            Warning::AddressRequested,
            Warning::CoarserMayDo,
            Warning::ManyItems,
            Warning::CardEveryTime,
            Warning::VerifiedAt,
            Warning::PkceWhenOffered,
            Warning::Loopback
        ]
    );
    let plain = RelyingPartyContent::parse(&self::form(), LoopbackPolicy::Refused).unwrap();
    assert!(plain.warnings().is_empty());
}

#[test]
fn the_difference_of_two_versions_names_the_fields() {
    let gazetteer = std::collections::BTreeMap::new();
    let references = References {
        own: "074462".parse().unwrap(),
        gazetteer: &gazetteer,
        names: [(ResidencyRuleId::from_str(&form().rule).unwrap().uuid(), "村民".to_owned())].into(),
    };
    let old = RelyingPartyContent::parse(&form(), LoopbackPolicy::Refused).unwrap();
    let mut changed = form();
    changed.item_name = String::new();
    changed.icon = "other".into();
    let new = RelyingPartyContent::parse(&changed, LoopbackPolicy::Refused).unwrap();
    let changes = super::super::diff(&old.fields(Locale::Ja, &references), &new.fields(Locale::Ja, &references));
    let text: Vec<String> = changes
        .iter()
        .filter(|change| change.kind != super::super::ChangeKind::Same)
        .map(|change| format!("{} {:?} → {:?}", change.kind.words().ja, change.old, change.new))
        .collect();
    assert_eq!(text, ["削除 [\"名前 — 一度だけ渡す\"] → []", "変更 [\"本\"] → [\"鍵\"]"]);
}

#[test]
fn coarse_things_are_taken_like_attributes() {
    let mut form = form();
    form.item_name = String::new();
    form.item_municipality = "every_time".into();
    form.item_age_band = "once".into();
    form.item_age_over = "once".into();
    form.age_limits = "65, 20".into();
    let content = RelyingPartyContent::parse(&form, LoopbackPolicy::Refused).unwrap();
    let again = RelyingPartyForm::from(&content);
    let coarse = |form: &RelyingPartyForm| {
        [&form.item_municipality, &form.item_age_band, &form.item_age_over].map(String::clone)
    };
    assert_eq!((coarse(&again), again.age_limits.as_str()), (coarse(&form), "20 65"));
    assert_eq!(content.warnings(), [Warning::CardEveryTime]);
    let references =
        References { own: "074462".parse().unwrap(), gazetteer: &std::collections::BTreeMap::new(), names: [].into() };
    let fields = content.fields(Locale::Ja, &references);
    let items = fields.iter().find(|field| field.key == FieldKey::Items).unwrap();
    assert_eq!(
        items.lines,
        [
            "お住まいの市区町村 — 使うたびに渡す",
            "年代(例: 40代) — 一度だけ渡す",
            "20歳以上かどうか — 一度だけ渡す",
            "65歳以上かどうか — 一度だけ渡す"
        ]
    );
    let limits = |limits: &str, delivery: &str| {
        let (limits, delivery) = (limits.to_owned(), delivery.to_owned());
        refused(|form| (form.age_limits, form.item_age_over) = (limits, delivery))
    };
    assert_eq!(limits("", "once"), [("age_limits".into(), Violation::Required)]);
    assert_eq!(limits("1 2 3 4 5", "once"), [("age_limits".into(), Violation::TooLong)]);
    assert_eq!(limits("20", ""), [("item_age_over".into(), Violation::Required)]);
}

#[test]
fn something_coarser_is_recommended() {
    let warned = |change: fn(&mut RelyingPartyForm)| {
        let mut form = form();
        change(&mut form);
        let content = RelyingPartyContent::parse(&form, LoopbackPolicy::Refused).unwrap();
        content.warnings().contains(&Warning::CoarserMayDo)
    };
    assert!(warned(|form| form.item_birthdate = "once".into()));
    assert!(warned(|form| form.item_address = "once".into()));
    assert!(!warned(|form| form.item_gender = "once".into()));
    assert!(!warned(|form| (form.item_birthdate, form.item_age_band) = ("once".into(), "once".into())));
}

fn refused_client(change: impl FnOnce(&mut ClientForm)) -> Vec<(String, Violation)> {
    refused(|form| change(&mut form.client))
}

#[test]
fn what_the_software_says_about_itself_comes_back_as_it_was_typed() {
    let mut form = form();
    form.client = ClientForm {
        application_type: "native".into(),
        authentication: "private_key_jwt".into(),
        jwks_uri: "https://tosho.example.jp/jwks.json".into(),
        id_token_signing: "PS256".into(),
        encryption: "ECDH-ES+A256KW".into(),
        userinfo_signed: "on".into(),
        profile: "fapi2".into(),
        signed_only: "on".into(),
        offline_access: "on".into(),
        post_logout_redirect_uris: "https://tosho.example.jp/bye".into(),
        backchannel_logout_uri: "https://tosho.example.jp/logout".into(),
        events: EventsForm {
            delivery: "push".into(),
            uri: "https://tosho.example.jp/events".into(),
            kinds: "consent_withdrawn town_id_deleted".into(),
            authorization: Some(SecretNumber(2)),
            ..EventsForm::default()
        },
        ..ClientForm::default()
    };
    let content = RelyingPartyContent::parse(&form, LoopbackPolicy::Refused).unwrap();
    assert_eq!(RelyingPartyForm::from(&content).client, form.client);
    assert!(content.client.requires_pushed() && content.client.requires_dpop() && !content.client.is_public());
}

#[test]
fn a_version_from_before_the_software_was_asked_about_is_read() {
    let content = RelyingPartyContent::parse(&form(), LoopbackPolicy::Refused).unwrap();
    let mut json = serde_json::to_value(&content).unwrap();
    json.as_object_mut().unwrap().remove("client");
    let read = serde_json::from_value::<RelyingPartyContent>(json).unwrap();
    assert_eq!(RelyingPartyForm::from(&read), RelyingPartyForm::from(&content));
}

#[test]
fn what_was_encrypted_before_a_version_could_say_so_is_signed() {
    let mut form = form();
    (form.client.encryption, form.client.jwks_uri) =
        ("ECDH-ES+A256KW".to_owned(), "https://tosho.example.jp/jwks".to_owned());
    for (encryption, stored, signed) in
        [("ecdh", None, true), ("ecdh", Some(false), false), ("none", None, false), ("none", Some(true), true)]
    {
        let mut content = RelyingPartyContent::parse(&form, LoopbackPolicy::Refused).unwrap();
        if encryption == "none" {
            content.client.encryption = Encryption::None;
        }
        let mut json = serde_json::to_value(&content).unwrap();
        let client = json["client"].as_object_mut().unwrap();
        client.remove("userinfo_signed");
        client.extend(stored.map(|stored: bool| ("userinfo_signed".to_owned(), stored.into())));
        let read = serde_json::from_value::<RelyingPartyContent>(json).unwrap();
        assert_eq!(read.client.signs_userinfo(), signed, "{encryption} {stored:?}");
        // The next version says so itself.
        let next = RelyingPartyContent::parse(&RelyingPartyForm::from(&read), LoopbackPolicy::Refused).unwrap();
        assert_eq!(next.client.userinfo_signed, Some(signed));
    }
}

#[test]
fn what_does_not_go_together_is_named() {
    let one = |field: &str, violation| vec![(field.to_owned(), violation)];
    assert_eq!(
        refused_client(|client| client.authentication = "private_key_jwt".into()),
        one("jwks_uri", Violation::Required)
    );
    assert_eq!(
        refused_client(|client| client.encryption = "RSA-OAEP-256".into()),
        one("jwks_uri", Violation::Required)
    );
    assert_eq!(refused_client(|client| client.signed_only = "on".into()), one("jwks_uri", Violation::Required));
    assert_eq!(
        refused_client(|client| client.id_token_signing = "HS256".into()),
        one("id_token_signing", Violation::Unknown)
    );
    assert_eq!(
        refused_client(|client| {
            client.jwks = "{}".into();
            client.jwks_uri = "https://tosho.example.jp/jwks".into();
        }),
        one("jwks", Violation::NotAllowed)
    );
    assert_eq!(refused_client(|client| client.jwks = "x".repeat(16 * 1024 + 1)), one("jwks", Violation::TooLong));
    let public = |form: &mut RelyingPartyForm| {
        form.client.authentication = "none".into();
        form.pkce = "when_offered".into();
    };
    assert_eq!(refused(public), one("pkce", Violation::NotAllowed));
    let fapi = |form: &mut RelyingPartyForm| {
        form.client.profile = "fapi2".into();
        form.client.id_token_signing = "RS256".into();
        form.pkce = "when_offered".into();
    };
    let fields: Vec<String> = refused(fapi).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["authentication", "id_token_signing", "pkce"]);
    assert_eq!(
        refused_client(|client| client.backchannel_logout_uri = "http://tosho.example.jp/x".into()),
        one("backchannel_logout_uri", Violation::NotHttps)
    );
    let many: String = (0..11).map(|n| format!("https://a.example.jp/{n}\n")).collect();
    assert_eq!(
        refused_client(|client| client.post_logout_redirect_uris = many),
        one("post_logout_redirect_uris", Violation::TooLong)
    );
}
