//! Addresses as they are written, and every municipality of the table in every spelling.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::violations::Violation;

fn code(text: &str) -> MunicipalityCode {
    text.parse().unwrap()
}

fn resolve(text: &str) -> Resolution {
    Resolver::japan().resolve(&Address::new(text.to_owned()))
}

/// `074462` where resolved (of a ward the ward's), `?` with the candidates where ambiguous, else a word.
fn answer(text: &str) -> String {
    show(&resolve(text))
}

fn show(resolution: &Resolution) -> String {
    match resolution {
        Resolution::Resolved(place) => place.code().to_string(),
        Resolution::Ambiguous(places) => {
            let codes: Vec<String> = places.iter().map(|place| place.code().to_string()).collect();
            format!("? {}", codes.join(" "))
        }
        Resolution::Unknown => "unknown".to_owned(),
        Resolution::Abroad => "abroad".to_owned(),
    }
}

#[test]
fn addresses_as_they_are_written() {
    for (text, expected) in [
        ("福島県大沼郡昭和村大字下中津川字中島652番地", "074462"),
        ("福島県昭和村下中津川", "074462"),
        ("大沼郡昭和村下中津川", "074462"),
        ("福島県大沼郡大沼郡昭和村", "074462"),
        ("福島県 大沼郡　昭和村 大字下中津川", "074462"),
        ("〒968-0103福島県大沼郡昭和村", "074462"),
        ("9680103 福島県大沼郡昭和村", "074462"),
        ("群馬県利根郡昭和村大字糸井", "104485"),
        ("利根郡昭和村大字糸井", "104485"),
        ("岐阜県美濃市1350", "212075"),
        ("美濃市1350番地", "212075"),
        ("茨城県猿島郡五霞町大字小福田", "085421"),
        ("岐阜県関市若草通3丁目1番地", "212059"),
        ("宮崎県児湯郡都農町大字川北4874番地2", "454061"),
        // Names that hold 市, 区, 町, 村 or 郡.
        ("三重県四日市市諏訪町", "242021"),
        ("広島県廿日市市下平良", "342131"),
        ("千葉県市川市八幡", "122033"),
        ("山形県村山市中央", "062081"),
        ("福島県郡山市朝日", "072036"),
        ("長野県大町市大町", "202126"),
        ("新潟県十日町市千歳町", "152102"),
        ("愛知県蒲郡市旭町", "232149"),
        ("奈良県大和郡山市北郡山町", "292036"),
        ("北海道余市郡余市町朝日町", "014087"),
        ("群馬県佐波郡玉村町", "104647"),
        ("富山県中新川郡上市町", "163228"),
        // Prefecture names at the head of towns.
        ("石川郡石川町字下泉", "075019"),
        ("福島県石川郡石川町", "075019"),
        ("長野県東筑摩郡山形村", "204501"),
        ("北海道松前郡福島町", "013323"),
        ("群馬県吾妻郡長野原町", "104248"),
        // Spellings.
        ("青森県上北郡六ケ所村", "024112"),
        ("茨城県竜ヶ崎市", "082082"),
        ("岐阜県不破郡関ヶ原町", "213624"),
        ("青森県西津軽郡鯵ケ沢町", "023213"),
        ("宮城県塩釜市旭町", "042030"),
        ("高知県高岡郡檮原町", "394050"),
        ("北海道虻田郡ﾆｾｺ町", "013951"),
        ("奈良県葛\u{E0100}城市", "292117"),
        // Wards.
        ("北海道札幌市中央区北一条西二丁目", "011011"),
        ("札幌市中央区", "011011"),
        ("東京都北区王子本町", "131172"),
        ("新宿区歌舞伎町", "131041"),
        ("東京都三宅島三宅村", "133817"),
        ("東京都三宅村", "133817"),
        // Nobody is registered in the northern territories.
        ("北海道泊村", "014036"),
        ("北海道色丹郡色丹村", "unknown"),
        // Contradictions and nonsense.
        ("福島県利根郡昭和村", "unknown"),
        ("群馬県大沼郡昭和村", "unknown"),
        ("福島県", "unknown"),
        ("昭和", "unknown"),
        ("", "unknown"),
        ("Tokyo, Japan", "unknown"),
        ("国外転出", "abroad"),
        ("国外転出(2026年4月1日)", "abroad"),
    ] {
        assert_eq!(answer(text), expected, "{text}");
    }
}

#[test]
fn namesakes_without_their_prefecture_are_ambiguous() {
    assert_eq!(answer("昭和村大字下中津川"), "? 074462 104485");
    assert_eq!(answer("府中市"), "? 132063 342084");
    assert_eq!(answer("池田町").split(' ').count(), 5);
}

#[test]
fn a_ward_without_its_city_is_ambiguous_even_alone() {
    assert!(answer("北区").starts_with("? "));
    assert!(matches!(resolve("北区"), Resolution::Ambiguous(places) if places.len() > 10));
    assert_eq!(answer("大阪府北区"), "? 271276 271462");
    assert_eq!(answer("美原区"), "? 271471");
}

#[test]
fn a_ward_that_no_longer_exists_leaves_the_city() {
    let Resolution::Resolved(place) = resolve("静岡県浜松市西区雄踏町") else { panic!() };
    assert_eq!((place.municipality, place.ward(), place.wards.len()), (code("221309"), None, 3));
}

#[test]
fn substitute_characters_match_anything() {
    let flagged = |text: &str, flags: &str| {
        show(&Resolver::japan().resolve(&Address::with_substitutes(text.to_owned(), flags).ok().unwrap()))
    };
    assert_eq!(flagged("福島県大沼郡昭□村", "000000010"), "074462");
    assert_eq!(flagged("福島県□□郡昭和村", "000110000"), "074462");
    assert_eq!(flagged("□□県□□郡昭和村", "110110000"), "? 074462 104485");
    assert_eq!(answer("福島県大沼郡〓和村"), "074462");
    assert_eq!(answer("〓〓〓〓〓〓〓〓〓"), "unknown");
    assert!(matches!(Address::with_substitutes("昭和村".to_owned(), "00"), Err(Violation::Malformed)));
    assert!(Address::with_substitutes("昭和村".to_owned(), "002").is_err());
}

#[test]
fn a_text_of_more_than_a_thousand_characters_is_no_address() {
    assert_eq!(answer(&format!("福島県大沼郡昭和村{}", "あ".repeat(991))), "074462");
    assert_eq!(answer(&format!("福島県大沼郡昭和村{}", "あ".repeat(992))), "unknown");
}

/// Every way in which a clerk may have written the name of a municipality.
fn spellings(text: &str) -> BTreeSet<String> {
    let half = |c: char| match c {
        'ニ' => "ﾆ".to_owned(),
        'セ' => "ｾ".to_owned(),
        'コ' => "ｺ".to_owned(),
        'ケ' => "ｹ".to_owned(),
        'ノ' => "ﾉ".to_owned(),
        other => other.to_string(),
    };
    [
        text.to_owned(),
        text.replace('ヶ', "ケ"),
        text.replace('ケ', "ヶ"),
        text.replace(['ヶ', 'ケ'], "が"),
        text.replace(['ヶ', 'ケ'], "ガ"),
        text.replace('ノ', "の"),
        text.replace('之', "ノ"),
        text.replace('沢', "澤").replace('竜', "龍").replace('広', "廣").replace('国', "國"),
        text.chars().map(half).collect(),
        text.chars().flat_map(|c| [c, '\u{3000}']).collect(),
    ]
    .into()
}

#[test]
fn every_municipality_is_found_in_every_spelling() {
    let table = MunicipalityTable::japan();
    for row in table.municipalities() {
        let county = row.county.as_deref().unwrap_or_default();
        let prefecture = &row.prefecture;
        for named in [
            format!("{prefecture}{county}{}", row.city),
            format!("{prefecture}{}", row.city),
            format!("{prefecture}{county}{county}{}大字本町1番地", row.city),
        ] {
            for text in spellings(&named) {
                let Resolution::Resolved(place) = resolve(&text) else { panic!("{text}: {}", answer(&text)) };
                assert_eq!(place.municipality, row.code, "{text}");
            }
        }
    }
}

#[test]
fn without_its_prefecture_a_municipality_is_found_or_one_of_its_namesakes() {
    let table = MunicipalityTable::japan();
    // By folded name: 鹿嶋市 (茨城) and 鹿島市 (佐賀) are one name to somebody who writes either kanji.
    let mut by_name: BTreeMap<Vec<char>, BTreeSet<MunicipalityCode>> = BTreeMap::new();
    for row in table.rows().iter().filter(|row| row.kind != MunicipalityKind::NorthernTerritoryVillage) {
        let name = row.ward.as_ref().unwrap_or(&row.city);
        by_name.entry(fold_name(name)).or_default().insert(row.code);
    }
    for row in table.municipalities() {
        let namesakes = &by_name[&fold_name(&row.city)];
        match resolve(&row.city) {
            Resolution::Resolved(place) => {
                assert_eq!(place.municipality, row.code);
                assert_eq!(namesakes.len(), 1, "{}", row.city);
            }
            Resolution::Ambiguous(places) => {
                let codes: BTreeSet<MunicipalityCode> = places.iter().map(Place::code).collect();
                assert_eq!(&codes, namesakes, "{}", row.city);
                assert!(codes.len() > 1, "{}", row.city);
            }
            other => panic!("{}: {}", row.city, show(&other)),
        }
        if let Some(county) = &row.county {
            let text = format!("{county}{}", row.city);
            assert_eq!(answer(&text), row.code.to_string(), "{text}");
        }
    }
}

#[test]
fn every_ward_is_found_behind_its_city() {
    let table = MunicipalityTable::japan();
    for row in table.rows() {
        let Some(ward) = &row.ward else { continue };
        for text in [format!("{}{}{ward}1丁目", row.prefecture, row.city), format!("{}{ward}", row.city)] {
            let Resolution::Resolved(place) = resolve(&text) else { panic!("{text}") };
            assert_eq!((Some(place.municipality), place.ward()), (table.city_of(row.code), Some(row.code)), "{text}");
        }
        assert!(matches!(resolve(&format!("{}{ward}", row.prefecture)), Resolution::Ambiguous(_)), "{ward}");
    }
}

proptest! {
    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,60}", flags in proptest::collection::vec(any::<bool>(), 60)) {
        resolve(&text);
        let flags: String = flags.iter().zip(text.chars()).map(|(flag, _)| if *flag { '1' } else { '0' }).collect();
        if let Ok(address) = Address::with_substitutes(text, &flags) {
            Resolver::japan().resolve(&address);
        }
    }

    #[test]
    fn a_flagged_character_never_hides_the_true_municipality(index in 0..1741usize, position in 0..12usize) {
        let row = MunicipalityTable::japan().municipalities().nth(index).unwrap();
        let text = format!("{}{}{}", row.prefecture, row.county.as_deref().unwrap_or_default(), row.city);
        let length = text.chars().count();
        let flags: String = (0..length).map(|at| if at == position % length { '1' } else { '0' }).collect();
        let address = Address::with_substitutes(text.clone(), &flags).ok().unwrap();
        let codes: Vec<MunicipalityCode> = match Resolver::japan().resolve(&address) {
            Resolution::Resolved(place) => vec![place.municipality],
            Resolution::Ambiguous(places) => places.iter().map(|place| place.municipality).collect(),
            other => return Err(TestCaseError::fail(format!("{text} {flags}: {other:?}"))),
        };
        prop_assert!(codes.contains(&row.code), "{text} {flags}");
    }
}
