use super::*;

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
    insta::assert_snapshot!(json, @r#"{"name":{"ja":"電子図書館","en":"E-Library"},"description":{"ja":"24時間、家で本が読めます","en":"Read at home, day and night"},"provider":"みなと書誌システム株式会社","contact":"電話 0241-57-0000","home_url":"https://tosho.example.jp/showa","redirect_uris":["https://tosho.example.jp/cb","https://tosho.example.jp/cb2"],"pkce":"required","rule":"0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f","consent_text":"0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f","items":[{"item":"name","delivery":"once"}],"residency_claim_by_default":false,"minimum":{"ial":3,"aal":2},"icon":"book"}"#);
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
    form.home_url = "http://127.0.0.1:4001/".into();
    let content = RelyingPartyContent::parse(&form, LoopbackPolicy::Allowed).unwrap();
    assert_eq!(
        content.warnings(),
        [
            Warning::AddressRequested,
            Warning::ManyItems,
            Warning::CardEveryTime,
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
