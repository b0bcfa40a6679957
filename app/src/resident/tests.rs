use domain::attributes::{Item, Items};
use domain::calendar::Month;
use domain::configuration::Icon;
use domain::consent::ConsentDue;
use domain::ids::{FlowId, IdentityProviderId, PasskeyId};
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::residency::{AttestationKind, AttestationKinds, ReasonCode};
use time::macros::{date, datetime};

use super::consent::{ConsentForm, ConsentPage, Pseudonym, consent_page};
use super::desk::{Desk, DeskSaid};
use super::document::Sheets;
use super::failure::{Failure, failure_page};
use super::frame::{Setting, Town};
use super::information::{Information, information_page};
use super::me::{
    Consent, Done, Leaving, MyPage, Session, Tie, delete_page, gone_page, my_page, sign_out_page, withdraw_page,
};
use super::merge::{MergeQuestion, Merging, merge_page, merge_start_page};
use super::outcome::{CodeRefused, Ending, EndsSoonPage, OutcomePage, ends_soon_page, outcome_page};
use super::passkey::{AddPage, Ceremony, OfferPage, Passkey, Refused, add_page, offer_page, remove_page};
use super::renewed_card::{Handed, RenewedCardPage, renewed_card_page};
use super::sign_in::{Provider, SignInPage, sign_in_page};
use super::town::{ServiceLink, TownPage, town_page};
use crate::error_code::tests::{controls, documented};

fn town() -> Town {
    Town {
        slug: TenantSlug::parse("tsuno").unwrap(),
        name: "都農町".to_owned(),
        region: "宮崎県児湯郡".to_owned(),
        seal: "都".to_owned(),
        town_id: "都農ID".to_owned(),
        contact: "総合政策課".to_owned(),
        phone: "0983-25-0000".to_owned(),
        sandbox: true,
    }
}

fn sheets() -> Sheets {
    Sheets { css: "/pkg/resident.0123456789abcdef.css".to_owned(), favicon: "/favicon.0123456789abcdef.svg".to_owned() }
}

fn with<T>(locale: Locale, signed_in: bool, page: impl FnOnce(&Setting<'_>) -> T) -> T {
    let (town, sheets) = (town(), sheets());
    let switch = format!("?locale={}", locale.other());
    page(&Setting { locale, town: Some(&town), sheets: &sheets, switch, signed_in })
}

fn consent(service: Option<&str>) -> ConsentPage {
    ConsentPage {
        service: service.map(str::to_owned),
        due: ConsentDue::WordsChanged,
        title: "この情報を渡してもよいですか".to_owned(),
        once: Items::NONE.with(Item::Name),
        every_time: Items::NONE.with(Item::Gender),
        residency: true,
        verified_at: false,
        offline: false,
        pseudonym: Pseudonym::TownWide(vec!["つのコイン".to_owned(), "電子申請".to_owned(), "施設予約".to_owned()]),
        receiver: "日向ヘルスデータ株式会社".to_owned(),
        receiver_contact: "電話 0982-50-0000".to_owned(),
        holder: "都農町".to_owned(),
        purpose: "歩いた数に合わせて、つのコインを本人に渡すため".to_owned(),
        record: "同意した日と文の版だけを、町が残します".to_owned(),
        retention: "使うのをやめてから30日で消します".to_owned(),
        withdrawal: "「自分のページ」でいつでもやめられます。やめたあとは何も渡しません。".to_owned(),
        contact: "健康福祉課 電話 0983-25-0000".to_owned(),
        version: 4,
        published_on: date!(2026 - 12 - 15),
    }
}

fn asking() -> ConsentForm {
    ConsentForm { shown: "0191f1d2.4".to_owned(), new_words: false, may_keep_session: true, probe: None }
}

fn grant(service: &str, is_town: bool) -> Consent {
    Consent {
        grant: "0191f1d2-8d5e-4c3a-9b1e-2f4a6c8d0e1f".parse().unwrap(),
        service: service.to_owned(),
        items: Items::NONE.with(Item::Name),
        given_on: Some(date!(2026 - 12 - 15)),
        version: 4,
        withdrawal: "やめると、つのコインはすぐに使えなくなります。".to_owned(),
        receiver: "日向ヘルスデータ(電話 0982-50-0000)".to_owned(),
        is_town,
    }
}

fn services(name: &str) -> Vec<ServiceLink> {
    Icon::ALL
        .iter()
        .map(|icon| ServiceLink {
            name: name.to_owned(),
            description: "歩いてためる、町のコイン".to_owned(),
            href: "https://coin.example/".to_owned(),
            icon: *icon,
        })
        .collect()
}

fn outcome(ending: Ending, service: Option<&str>) -> OutcomePage {
    OutcomePage {
        ending,
        flow: Some(FlowId::from_bytes([7; 16])),
        service: service.map(str::to_owned),
        rule: Some("都農町(宮崎県児湯郡)に住んでいる人が使えます。".to_owned()),
        clauses: vec![("都農町に住んでいる人".to_owned(), false), ("都農町で働いている人".to_owned(), true)],
        contact: "教育委員会(公民館図書室)".to_owned(),
        others: false,
        retry: Some("/t/tsuno/flow/07070707070707070707070707070707/outcome".to_owned()),
        passkey: true,
        ties: AttestationKinds::from_iter([AttestationKind::Work]),
        refused: Some(CodeRefused::Unusable),
        desk: Some(Desk::Given { code: "7K2M-9XQ4".to_owned(), until: datetime!(2026-11-25 10:00 +9) }),
        desk_said: Some(DeskSaid::NotYet),
    }
}

#[test]
fn coarse_things_are_said_in_plain_words_with_what_does_not_come_with_them() {
    let over = Item::of_claim("age_over_20").unwrap();
    let coarse = [Item::Municipality, Item::AgeBand, over].into_iter().collect();
    for (locale, words) in [
        (
            Locale::Ja,
            [
                "お住まいの市区町村",
                "町名や番地は渡りません",
                "年代(例: 40代)",
                "生年月日は渡りません",
                "20歳以上かどうか",
                "名前・住所・生年月日・性別・マイナンバー",
            ],
        ),
        (
            Locale::En,
            [
                "The municipality you live in",
                "Not the rest of your address",
                "Your age group (such as 40 to 49)",
                "Not your date of birth",
                "Whether you are 20 or older",
                "Name, address, date of birth, gender",
            ],
        ),
    ] {
        let page = ConsentPage { once: coarse, every_time: Items::NONE, ..consent(Some("つのコイン")) };
        let html = with(locale, false, |setting| consent_page(setting, &page, &asking()));
        for words in words {
            assert!(html.contains(words), "{words}\n{html}");
        }
        // With the attribute itself there is nothing to reassure about.
        let page = ConsentPage { every_time: Items::ATTRIBUTES, ..page };
        let html = with(locale, false, |setting| consent_page(setting, &page, &asking()));
        assert!(!html.contains("生年月日は渡りません") && !html.contains("Not your date of birth"));
    }
}

/// The one script of these pages.
const SCRIPT: &str = "/assets/passkey.0123456789abcdef.js";

fn a_passkey(number: u32, synced: bool) -> Passkey {
    Passkey {
        id: PasskeyId::from_uuid(uuid::Uuid::from_u128(number.into())),
        number,
        added: Month::new(2026, 11),
        synced,
    }
}

/// A page without the one script that it may load.
fn without_ours(html: &str) -> String {
    html.replace(&format!("<script src=\"{SCRIPT}\" defer></script>"), "")
}

fn endings() -> Vec<Ending> {
    let mut endings: Vec<Ending> =
        ReasonCode::ALL.into_iter().filter(|reason| *reason != ReasonCode::Meets).map(Ending::Determined).collect();
    endings.extend([
        Ending::MovedAway,
        Ending::Declined,
        Ending::ProviderFailed,
        Ending::TooWeak,
        Ending::ItemMissing,
        Ending::Changed,
        Ending::CodeTaken,
        Ending::TermOver,
        Ending::RecheckDue,
        Ending::NewRule,
    ]);
    endings
}

/// Every state of the page about renewing the card.
fn renewals() -> [RenewedCardPage; 4] {
    let page = |by_card, has_number, handed| RenewedCardPage { by_card, has_number, handed };
    let until = datetime!(2026-12-18 18:00 +9);
    [
        page(false, false, None),
        page(true, true, None),
        page(true, true, Some(Handed::Number("7KQF-2M9X-T4HB-0C3D".to_owned()))),
        page(true, false, Some(Handed::Code { code: "7K2M-9XQ4".to_owned(), until })),
    ]
}

/// Every page in one language, with `text` wherever a town or a vendor can write.
fn every_page(locale: Locale, text: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: String, html: String| pages.push((format!("{name}-{locale}"), html));
    let page = TownPage { title: text.to_owned(), lead: text.to_owned(), services: services(text), sign_in: true };
    add("town".to_owned(), with(locale, false, |setting| town_page(setting, page)));
    add("consent".to_owned(), with(locale, false, |setting| consent_page(setting, &consent(Some(text)), &asking())));
    for ending in endings() {
        let html = with(locale, false, |setting| outcome_page(setting, outcome(ending, Some(text))));
        add(format!("outcome-{ending:?}"), html);
    }
    let page = OutcomePage { desk: Some(Desk::Offered), desk_said: None, ..outcome(Ending::Declined, Some(text)) };
    add("outcome-at-desk".to_owned(), with(locale, false, |setting| outcome_page(setting, page)));
    let page = EndsSoonPage { service: text.to_owned(), until: Month::new(2027, 3).unwrap(), contact: text.to_owned() };
    add("ends-soon".to_owned(), with(locale, false, |setting| ends_soon_page(setting, page)));
    for failure in Failure::ALL {
        add(format!("failure-{failure:?}"), with(locale, false, |setting| failure_page(setting, failure, text)));
    }
    let mine = MyPage {
        valid_until: Month::new(2027, 6),
        card_from: Month::new(2027, 2),
        relinked: None,
        merged: false,
        has_recovery_number: false,
        ties: vec![Tie { kind: AttestationKind::Work, until: Month::new(2026, 12).unwrap(), ends_soon: true }],
        consents: vec![grant(text, false), grant("都農ID", true)],
        sessions: vec![
            Session { id: "1".to_owned(), current: true, by_passkey: true, ends: "12月15日 18時00分".to_owned() },
            Session { id: "2".to_owned(), current: false, by_passkey: false, ends: "12月15日 15時00分".to_owned() },
        ],
        passkeys: vec![a_passkey(1, true), a_passkey(2, false)],
        may_add_passkey: true,
        done: Some(Done::Withdrawn),
    };
    add("me".to_owned(), with(locale, true, |setting| my_page(setting, mine)));
    add("withdraw".to_owned(), with(locale, true, |setting| withdraw_page(setting, &grant(text, false))));
    add("delete".to_owned(), with(locale, true, delete_page));
    for page in renewals() {
        let html = with(locale, true, |setting| renewed_card_page(setting, &page));
        add(format!("renewed-card-{}", page.has_number), html);
    }
    add("merge-start".to_owned(), with(locale, true, |setting| merge_start_page(setting, true)));
    let page = MergeQuestion { kept: vec![text.to_owned()], ending: vec![(text.to_owned(), true)] };
    add("merge".to_owned(), with(locale, true, |setting| merge_page(setting, page)));
    add("sign-out".to_owned(), with(locale, true, |setting| sign_out_page(setting, &Leaving::default())));
    let leaving = Leaving {
        request: Some("sealed".to_owned()),
        service: Some("電子図書館".to_owned()),
        back: Some("https://tosho.example.jp/bye".to_owned()),
    };
    add("sign-out-asked".to_owned(), with(locale, true, |setting| sign_out_page(setting, &leaving)));
    add("signed-out".to_owned(), with(locale, false, |setting| gone_page(setting, false)));
    add("deleted".to_owned(), with(locale, false, |setting| gone_page(setting, true)));
    let ceremony = || Ceremony {
        options: format!("{{\"rp\":{{\"name\":\"{}\"}}}}", text.replace('"', "'")),
        script: SCRIPT.to_owned(),
    };
    let provider = |number: u128| Provider {
        id: IdentityProviderId::from_uuid(uuid::Uuid::from_u128(number)),
        name: text.to_owned(),
        button: (number == 1).then(|| text.to_owned()),
        silent: number == 2,
    };
    let page = |refused| SignInPage {
        service: Some(text.to_owned()),
        ceremony: Some(ceremony()),
        providers: vec![provider(1)],
        refused,
        leave: Some("/x".to_owned()),
    };
    for refused in [Refused::Again, Refused::Unknown, Refused::Unusable, Refused::Full, Refused::CardFirst] {
        let html = with(locale, false, |setting| sign_in_page(setting, page(Some(refused))));
        add(format!("sign-in-{refused:?}"), html);
    }
    let choice = SignInPage { ceremony: None, providers: vec![provider(1), provider(2)], ..page(None) };
    add("choice".to_owned(), with(locale, false, |setting| sign_in_page(setting, choice)));
    let offer = OfferPage { service: Some(text.to_owned()), ceremony: ceremony(), refused: None };
    add("offer".to_owned(), with(locale, true, |setting| offer_page(setting, offer)));
    for (ceremony, full) in [(Some(ceremony()), false), (None, false), (None, true)] {
        let page = AddPage { ceremony, full, refused: None };
        add(format!("add-{full}"), with(locale, true, |setting| add_page(setting, page)));
    }
    add("remove".to_owned(), with(locale, true, |setting| remove_page(setting, &a_passkey(1, true))));
    for which in [Information::Privacy, Information::Help, Information::Accessibility] {
        add(format!("{which:?}"), with(locale, false, |setting| information_page(setting, which)));
    }
    pages
}

#[test]
fn every_page_has_one_heading_one_language_and_nothing_that_the_policy_forbids() {
    for locale in Locale::ALL {
        for (name, html) in every_page(locale, "つのコイン") {
            let html = without_ours(&html);
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert!(html.contains(&format!("<html lang=\"{locale}\">")), "{name}");
            assert!(html.contains("試験") || html.contains("Test"), "{name}");
            for forbidden in ["<script", " style=", "onclick", "javascript:", "{town}", "{service}", "{town_id}"] {
                assert!(!html.contains(forbidden), "{name} holds {forbidden}");
            }
        }
    }
}

/// Pages between the start of a sign-in and its end, with those to which they lead.
const OF_A_SIGN_IN: [&str; 9] =
    ["town", "consent", "outcome", "ends-soon", "failure", "sign-out", "sign-in", "choice", "offer"];

/// A browser that is driven by a script finds each control of a sign-in by an id that stays, and no id twice on a page.
#[test]
fn every_control_of_a_sign_in_has_an_id_of_its_own_that_the_documentation_lists() {
    let listed: Vec<String> = documented().into_iter().flat_map(|(ids, _)| ids).collect();
    let mut found = std::collections::BTreeSet::new();
    for locale in Locale::ALL {
        for (name, html) in every_page(locale, "つのコイン") {
            let (ids, nameless) = controls(&html);
            let of_a_sign_in = OF_A_SIGN_IN.iter().any(|kind| name.starts_with(kind));
            assert!(!of_a_sign_in || !nameless, "{name} has a control without an id: {html}");
            for id in &ids {
                assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{id} on {name}");
                let numbered = id.strip_prefix("sign-in-").is_some_and(|number| number.parse::<u8>().is_ok());
                assert!(!of_a_sign_in || numbered || listed.contains(id), "{id} on {name} is not listed");
            }
            found.extend(listed.iter().filter(|id| html.contains(&format!(" id=\"{id}\""))).cloned());
        }
    }
    let of_other_pages = |id: &&String| id.starts_with("card-") || *id == "open-app";
    let lost: Vec<_> = listed.iter().filter(|id| !of_other_pages(id) && !found.contains(*id)).collect();
    assert!(lost.is_empty(), "listed, and on no page: {lost:?}");
}

#[test]
fn hostile_texts_stay_text_on_every_page() {
    for locale in Locale::ALL {
        for (name, html) in every_page(locale, "</title><script>alert(1)</script>\"><img src=x onerror=alert(1)>") {
            let html = without_ours(&html);
            assert!(!html.contains("<script") && !html.contains("<img"), "{name}: {html}");
        }
    }
}

/// What a phone loads for a page: the page, the bundle's files as they are (the server minifies them further), the
/// theme of two short rules.
#[test]
fn a_page_and_its_stylesheets_stay_under_thirty_kilobytes() {
    let style = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../style");
    let bundle = std::fs::read_to_string(style.join("resident.bundle")).unwrap();
    let css: usize = bundle.lines().map(|file| std::fs::read(style.join(file)).unwrap().len()).sum();
    let theme = 150;
    for locale in Locale::ALL {
        for (name, html) in every_page(locale, "健康ポイント「つのコイン」") {
            let weight = html.len() + css + theme;
            assert!(weight <= 30_000, "{name} weighs {weight} bytes");
        }
    }
}

#[test]
fn consent_says_what_is_given_when_and_what_is_not() {
    let html = with(Locale::Ja, false, |setting| consent_page(setting, &consent(Some("つのコイン")), &asking()));
    for part in [
        "一度だけ渡すもの",
        "使うたびに渡すもの",
        "渡さないもの",
        "住所・生年月日・マイナンバー",
        "都農IDの番号",
        "つのコイン、電子申請、施設予約",
        "日向ヘルスデータ株式会社",
        "第4版",
        "2026年12月15日(令和8年)",
        "大切な内容が変わりました",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert!(html.contains("value=\"accept\"") && html.contains("value=\"refuse\""));
    let page = ConsentPage {
        once: Items::NONE,
        every_time: Items::NONE,
        residency: false,
        verified_at: false,
        offline: false,
        pseudonym: Pseudonym::Own,
        due: ConsentDue::FirstTime,
        ..consent(None)
    };
    let html = with(Locale::En, false, |setting| consent_page(setting, &page, &asking()));
    assert!(!html.contains("Given once") && html.contains("It cannot be linked"), "{html}");
    assert!(html.contains("Name, address, date of birth, gender, Individual Number"), "{html}");
}

#[test]
fn not_eligible_is_not_an_error_and_leads_back() {
    let page = outcome(Ending::Determined(ReasonCode::LivesElsewhere), Some("電子図書館"));
    let html = with(Locale::Ja, false, |setting| outcome_page(setting, page));
    assert!(html.contains("いまは、電子図書館を使えません") && html.contains("電子図書館へ戻る"), "{html}");
    assert!(html.contains("/t/tsuno/flow/07070707070707070707070707070707/return"), "{html}");
    assert!(!html.contains("r-status--error"), "{html}");
    let page = outcome(Ending::Determined(ReasonCode::AddressUnknown), None);
    let html = with(Locale::Ja, false, |setting| outcome_page(setting, page));
    assert!(
        html.contains("都農IDを使えるか、確かめられませんでした") && html.contains("都農町のページへ戻る"),
        "{html}"
    );
}

#[test]
fn a_consent_to_the_town_itself_ends_with_the_id_only() {
    let mine = MyPage {
        valid_until: None,
        card_from: None,
        relinked: None,
        merged: false,
        has_recovery_number: false,
        ties: Vec::new(),
        consents: vec![grant("都農ID", true)],
        passkeys: Vec::new(),
        may_add_passkey: false,
        sessions: Vec::new(),
        done: None,
    };
    let html = with(Locale::Ja, true, |setting| my_page(setting, mine));
    assert!(!html.contains("/me/withdraw/") && html.contains("/me/delete"), "{html}");
    assert_eq!(html.matches("サインアウトする").count(), 1, "{html}");
}

#[test]
fn a_merge_says_what_goes_on_and_what_ends() {
    let question = || MergeQuestion {
        kept: vec!["電子図書館".to_owned()],
        ending: vec![("電子図書館".to_owned(), true), ("つのコイン".to_owned(), false)],
    };
    let html = with(Locale::Ja, true, |setting| merge_page(setting, question()));
    assert!(html.contains("二つの都農IDをまとめますか") && html.contains("どちらの都農IDでも使っています"), "{html}");
    assert!(html.contains("いままでの記録は引き継がれません") && html.contains("元に戻すことはできません"), "{html}");
    assert!(html.contains("id=\"merge-confirm\"") && html.contains("id=\"merge-refuse\""), "{html}");
    assert!(!html.contains("{town_id}"), "{html}");
    let html = with(Locale::En, true, |setting| merge_start_page(setting, true));
    assert!(html.contains("Sign in with the other one") && !html.contains('{'), "{html}");
    let none = MergeQuestion { kept: Vec::new(), ending: Vec::new() };
    let html = with(Locale::Ja, true, |setting| merge_page(setting, none));
    assert_eq!(html.matches("ありません。").count(), 2, "{html}");
}

#[test]
fn the_own_page_says_that_a_card_was_renewed_and_what_was_merged() {
    let mine = |done| MyPage {
        valid_until: None,
        card_from: None,
        relinked: "2026-11".parse().ok(),
        merged: true,
        has_recovery_number: false,
        ties: Vec::new(),
        consents: Vec::new(),
        passkeys: Vec::new(),
        may_add_passkey: false,
        sessions: Vec::new(),
        done,
    };
    for (merging, words) in [
        (Merging::Merged, "二つの都農IDをまとめました"),
        (Merging::NoOther, "都農IDはありませんでした"),
        (Merging::Same, "同じ都農IDのサインインでした"),
        (Merging::AtDesk, "窓口での確認の途中です"),
    ] {
        let html = with(Locale::Ja, true, |setting| my_page(setting, mine(Some(Done::Merging(merging)))));
        assert!(html.contains(words) && html.contains("/t/tsuno/me/merge"), "{html}");
        assert!(html.contains("2026年11月に、新しいカードでのサインインを、同じ人として"), "{html}");
        assert!(html.contains("もう一つの都農IDを、この都農IDにまとめてあります"), "{html}");
    }
}

#[test]
fn what_is_for_the_desk_is_had_with_the_card_alone() {
    let [without_card, before, number, code] = renewals();
    let html = with(Locale::Ja, true, |setting| renewed_card_page(setting, &without_card));
    assert!(html.contains("カードでサインインする") && !html.contains("name=\"want\""), "{html}");
    let html = with(Locale::Ja, true, |setting| renewed_card_page(setting, &before));
    assert!(html.contains("id=\"recovery-number\"") && html.contains("id=\"relink-code\""), "{html}");
    assert!(html.contains("引き継ぎ番号を作り直す") && html.contains("前の番号は使えなくなります"), "{html}");
    let html = with(Locale::Ja, true, |setting| renewed_card_page(setting, &number));
    assert!(html.contains("7KQF-2M9X-T4HB-0C3D") && !html.contains("name=\"want\""), "{html}");
    let html = with(Locale::En, true, |setting| renewed_card_page(setting, &code));
    assert!(html.contains("7K2M-9XQ4") && html.contains("18:00 on 18 December 2026"), "{html}");
}

#[test]
fn a_page_without_a_town_has_a_frame_too() {
    let sheets = sheets();
    let setting = Setting {
        locale: Locale::Ja,
        town: None,
        sheets: &sheets,
        switch: "/t/x?locale=en".to_owned(),
        signed_in: false,
    };
    let html = failure_page(&setting, Failure::NotFound, "id");
    assert!(html.contains("ページが見つかりません - 街鍵") && !html.contains("r-foot"), "{html}");
}
