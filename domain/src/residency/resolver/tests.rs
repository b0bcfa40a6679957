//! Addresses as they are written, and every municipality of the table in every spelling.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::municipality::MunicipalityKind;
use crate::residency::Level;
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
        ("大沼郡利根郡昭和村", "unknown"),
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
    assert_eq!(answer("昭和村大字架空"), "? 074462 104485");
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

fn read(text: &str) -> Answer {
    Resolver::japan().read(&Address::new(text.to_owned()))
}

/// Code, town (or how many it can be) and what decided.
fn told(text: &str) -> String {
    let answer = read(text);
    let town = match answer.town() {
        Level::Resolved(town) => town.name.clone(),
        Level::Ambiguous(towns) => format!("{} towns", towns.len()),
        Level::Unknown => "-".to_owned(),
    };
    let decided = answer.decided_by.map_or("-", DecidedBy::as_str);
    format!("{} {town} {decided}", show(&answer.resolution))
}

#[test]
fn towns_and_what_decided() {
    for (text, expected) in [
        ("福島県大沼郡昭和村大字下中津川字中島652番地", "074462 下中津川 prefecture"),
        ("大沼郡昭和村下中津川字中島652番地", "074462 下中津川 county"),
        ("昭和村大字下中津川字中島652番地", "074462 下中津川 town"),
        ("〒968-0103 昭和村652番地", "074462 - postcode"),
        ("昭和村652番地", "? 074462 104485 - -"),
        // Of five towns of the name one is in the prefecture.
        ("岐阜県揖斐郡池田町1", "214043 - prefecture"),
        ("揖斐郡池田町1", "214043 - county"),
        ("美濃市1350番地", "212075 - municipality"),
        ("北海道札幌市中央区北1条西2丁目", "011011 北一条西 municipality"),
        ("北海道札幌市中央区北一条西二丁目", "011011 北一条西 municipality"),
        ("札幌市北１条西２丁目", "011011 北一条西 municipality"),
        ("京都府京都市中京区寺町通御池上る上本能寺前町488", "261041 上本能寺前町 municipality"),
        ("岐阜県関市若草通3丁目1番地", "212059 若草通 municipality"),
        // A town that the table does not know, although a shorter one begins like it.
        ("福島県大沼郡昭和村大芦台1丁目", "074462 - prefecture"),
        ("福島県大沼郡昭和村大芦", "074462 大芦 prefecture"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn a_postcode_decides_where_the_address_does_not() {
    for (text, expected) in [
        // Decided already.
        ("〒968-0103 福島県大沼郡昭和村652番地", "074462 - prefecture"),
        // The ward of a city, and the city of a ward.
        ("〒430-0946 静岡県浜松市103番地", "221384 - municipality"),
        ("〒587-0002 美原区1", "271471 - postcode"),
        // No candidate has it.
        ("〒100-0001 昭和村652番地", "? 074462 104485 - -"),
        ("〒100-0001 美原区1", "? 271471 - -"),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
    // It may also come beside the address.
    let beside = |postcode: &str| {
        let address = Address::new("昭和村652番地".to_owned()).with_postcode(Postcode::parse(postcode).unwrap());
        show(&Resolver::japan().resolve(&address))
    };
    assert_eq!((beside("968-0103").as_str(), beside("100-0001").as_str()), ("074462", "? 074462 104485"));
}

#[test]
fn a_town_is_told_only_where_it_can_be_no_other() {
    // 北七条西 is in 北区; in 東区, 西区 or 南区 the address would name a town that the table does not know.
    let answer = read("札幌市〓区北7条西1丁目");
    let Resolution::Resolved(place) = &answer.resolution else { panic!() };
    assert_eq!((place.wards.len(), answer.town()), (4, Level::Unknown));
}

#[test]
fn names_that_no_longer_hold() {
    for (text, expected, until) in [
        ("兵庫県篠山市北新町41", "282219 北新町 former_name", "2019-05-01"),
        ("福岡県筑紫郡那珂川町西隈1丁目", "402311 西隈 former_name", "2018-10-01"),
        ("宮城県黒川郡富谷町富谷坂松田30番地", "042161 - former_name", "2016-10-10"),
        ("埼玉県鳩ケ谷市本町", "112038 本町 former_name", "2011-10-11"),
        ("静岡県浜松市西区雄踏町宇布見", "221384 雄踏町宇布見 municipality", "2024-01-01"),
        ("静岡県浜松市浜北区貴布祢3000番地", "221392 貴布祢 municipality", "2024-01-01"),
        ("静岡県浜松市北区細江町気賀305", "221392 細江町気賀 municipality", "2024-01-01"),
        ("静岡県浜松市北区初生町1", "221384 初生町 municipality", "2024-01-01"),
    ] {
        assert_eq!(told(text), expected, "{text}");
        assert_eq!(read(text).former_until.map(|day| day.to_string()).as_deref(), Some(until), "{text}");
    }
    // 栃木県那須郡那珂川町 is a town of today.
    assert_eq!(answer("那珂川町"), "? 094111 402311");
    assert_eq!(read("那須郡那珂川町").former_until, None);
}

#[test]
fn a_ward_that_never_existed_leaves_the_city() {
    let Resolution::Resolved(place) = resolve("静岡県浜松市謎区雄踏町") else { panic!() };
    assert_eq!((place.municipality, place.ward(), place.wards.len()), (code("221309"), None, 3));
    let Resolution::Resolved(place) = resolve("静岡県浜松市北区1番地") else { panic!() };
    assert_eq!((place.ward(), place.wards), (None, vec![code("221384"), code("221392")]));
}

#[test]
fn every_level_has_an_answer_of_its_own() {
    let answer = read("福島県謎村");
    assert_eq!((answer.prefecture(), answer.municipality()), (Level::Resolved(7), Level::Unknown));
    let answer = read("大阪府北区");
    assert_eq!(answer.prefecture(), Level::Resolved(27));
    assert_eq!(answer.municipality(), Level::Ambiguous(vec![code("271004"), code("271403")]));
    assert_eq!(answer.ward(), Level::Ambiguous(vec![code("271276"), code("271462")]));
    let answer = read("昭和村");
    assert_eq!((answer.prefecture(), answer.town()), (Level::Ambiguous(vec![7, 10]), Level::Unknown));
    assert_eq!(read("").prefecture(), Level::Unknown);
}

#[test]
fn a_provider_may_have_split_the_address() {
    let split = |prefecture: &str, city: &str, rest: &str| {
        show(&Resolver::japan().resolve(&Address::split(prefecture, city, rest)))
    };
    assert_eq!(split("福島県", "大沼郡昭和村", "大字下中津川字中島652番地"), "074462");
    assert_eq!(split("北海道", "札幌市中央区", "北1条西2丁目"), "011011");
    assert_eq!(split("", "府中市", "宮町1"), "132063");
    // Not split where it should be.
    assert_eq!(split("福島県大沼郡", "昭和村大字下", "中津川"), "074462");
    assert_eq!(split("福島県大沼郡昭和村", "", ""), "074462");
}

#[test]
fn the_split_tells_which_of_two_ends_is_meant() {
    let ends = |prefecture: &str, city: &str, rest: &str| {
        let address = Address::split(prefecture, city, rest);
        let text = Text::new(&fold(address.characters(), address.seams()), 0);
        let (readings, _) = Resolver::japan().names.readings(&text);
        readings.into_iter().map(|reading| reading.end).collect::<BTreeSet<_>>()
    };
    assert_eq!(ends("", "東村山市", "本町1"), [4].into());
    assert_eq!(ends("", "東村", "山市本町1"), [2, 4].into());
    // What may be 東村山市 does not rule 東村 out.
    assert_eq!(ends("", "東村〓市", "本町1"), [2, 4].into());
}

#[test]
fn a_reading_is_certain_where_every_character_agrees() {
    let wild = |text: &str| {
        let text = Text::new(&fold(text.chars().map(|c| (c, false)), &[]), 0);
        let (readings, _) = Resolver::japan().names.readings(&text);
        readings.into_iter().map(|reading| reading.wild).collect::<BTreeSet<_>>()
    };
    for certain in ["昭和村", "大沼郡昭和村", "福島県大沼郡昭和村", "福島県大沼郡大沼郡昭和村"]
    {
        assert_eq!(wild(certain), [false].into(), "{certain}");
    }
    for lost in ["昭〓村", "大〓郡昭和村", "福〓県大沼郡昭和村", "福島県大沼郡〓沼郡昭和村"]
    {
        assert!(wild(lost).contains(&true), "{lost}");
    }
}

#[test]
fn substitute_characters_match_anything() {
    let flagged = |text: &str, flags: &str| {
        show(&Resolver::japan().resolve(&Address::with_substitutes(text.to_owned(), flags).ok().unwrap()))
    };
    assert_eq!(flagged("福島県大沼郡昭□村", "000000010"), "074462");
    assert_eq!(told("福島県大沼郡昭和村下〓津川1"), "074462 下中津川 prefecture");
    assert_eq!(flagged("福島県□□郡昭和村", "000110000"), "074462");
    assert_eq!(flagged("□□県□□郡昭和村", "110110000"), "? 074462 104485");
    assert_eq!(answer("福島県大沼郡〓和村"), "074462");
    assert_eq!(answer("東村〓市本町1"), "? 132136 473031");
    assert_eq!(answer("〓〓〓〓〓〓〓〓〓"), "unknown");
    assert_eq!(answer("福島県大沼郡昭和村〓〓〓〓〓〓"), "074462");
    assert_eq!(answer("福島県大沼郡昭和村〓〓〓〓〓〓〓"), "unknown");
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
    // And 那珂川町, which is a town in 栃木県 and was one in 福岡県.
    for former in super::super::former::names().filter(|former| former.ward.is_none()) {
        by_name.entry(fold_name(former.city)).or_default().extend(former.successors);
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

/// Texts that once hurt such programs, or were made up to: one JSON string a line.
fn nasty() -> Vec<String> {
    include_str!("nasty.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whatever is answered about a text has to hang together.
fn check(address: &Address, text: &str) {
    let answer = Resolver::japan().read(address);
    match &answer.resolution {
        Resolution::Resolved(place) => {
            assert!(answer.decided_by.is_some(), "{text}");
            assert!(place.towns.iter().all(|town| town.code == place.municipality || place.wards.contains(&town.code)));
        }
        Resolution::Ambiguous(places) => {
            assert!(!places.is_empty() && places.windows(2).all(|pair| pair[0] < pair[1]), "{text}");
        }
        Resolution::Unknown | Resolution::Abroad => assert_eq!(answer.decided_by, None),
    }
}

#[test]
fn nasty_texts_get_an_answer_each_in_every_cut() {
    for text in nasty() {
        let length = text.chars().count();
        for cut in (0..=length).step_by(1 + length / 40) {
            let head: String = text.chars().take(cut).collect();
            check(&Address::new(head.clone()), &text);
            let tail: String = text.chars().skip(cut).collect();
            check(&Address::split(&head, &tail, &text), &text);
            check(&Address::new(format!("福島県大沼郡昭和村{tail}")), &text);
        }
    }
}

/// The worst of a thousand characters take no longer than a few hundred ordinary addresses: nothing grows faster than the text.
#[test]
#[expect(clippy::disallowed_methods, reason = "it is time that is measured")]
fn no_thousand_characters_take_long() {
    use std::time::{Duration, Instant};
    for text in nasty() {
        let unit: String = text.chars().take(1000).collect();
        let long: String = unit.chars().cycle().take(if unit.is_empty() { 0 } else { 1000 }).collect();
        // The best of a few, as other programs may be busy.
        let took = (0..5).map(|_| {
            let address = Address::new(long.clone());
            let start = Instant::now();
            Resolver::japan().read(&address);
            start.elapsed()
        });
        let took = took.min().unwrap_or_default();
        assert!(took < Duration::from_millis(20), "{took:?}: {text}");
    }
}

/// Pieces from which addresses are made, and what disturbs them.
fn disturbed() -> impl Strategy<Value = String> {
    let names = MunicipalityTable::japan().rows();
    let name = (0..names.len()).prop_map(move |index| {
        let row = &names[index];
        format!(
            "{}{}{}{}",
            row.prefecture,
            row.county.as_deref().unwrap_or_default(),
            row.city,
            row.ward.as_deref().unwrap_or_default()
        )
    });
    let piece = prop_oneof![
        4 => name,
        2 => "[市区町村郡県都道府字大小上下東西南北入通る丁目番地号条線の一二三十百千0-9０-９ヶケガノ之・-]{1,6}",
        1 => "\\PC{0,4}",
        1 => "[\u{0}-\u{20}\u{200B}-\u{200F}\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}〓\u{FFFD}゛゜]{1,3}",
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn disturbed_addresses_get_an_answer_that_hangs_together(text in disturbed(), flags in any::<u64>(), cut in 0..40usize) {
        check(&Address::new(text.clone()), &text);
        let (head, tail): (Vec<_>, Vec<_>) = text.chars().enumerate().partition(|(at, _)| *at < cut);
        let of = |part: Vec<(usize, char)>| part.into_iter().map(|(_, c)| c).collect::<String>();
        check(&Address::split("", &of(head), &of(tail)), &text);
        let flags: String = (0..text.chars().count()).map(|at| if flags >> (at % 64) & 0b111 == 1 { '1' } else { '0' }).collect();
        check(&Address::with_substitutes(text.clone(), &flags).ok().unwrap(), &text);
    }

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
