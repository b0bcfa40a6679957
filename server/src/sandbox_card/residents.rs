//! Invented people for a municipality, each with something to try, and people typed in by hand. The word 架空 (made up) is
//! in their addresses, so that no page and no log can be taken for a real one.

use domain::attributes::Gender;
use domain::calendar;
use domain::locale::Words;
use domain::municipality::{Municipality, MunicipalityCode, MunicipalityTable};
use time::Date;

/// Somebody whose card can be read.
#[derive(Clone)]
pub(super) struct Person {
    /// Tells people apart; the pseudonym of a client is derived from it.
    pub(super) key: String,
    /// As on the card.
    pub(super) name: String,
    /// As on the card: one string.
    pub(super) address: String,
    /// As on the card.
    pub(super) birthdate: Date,
    /// As on the card.
    pub(super) gender: Gender,
}

impl Person {
    /// Somebody typed in by hand. Who types the same name, birthdate and gender is the same person wherever the address
    /// lies, so that a move can be tried.
    pub(super) fn typed(name: String, address: String, birthdate: Date, gender: Gender) -> Self {
        let key = format!("typed/{}/{}/{}", calendar::iso_date(birthdate), gender.claim(), name);
        Self { key, name, address, birthdate, gender }
    }

    /// The same person with a renewed card: to every client somebody else.
    pub(super) fn renewed(self) -> Self {
        Self { key: format!("{}/renewed", self.key), ..self }
    }
}

/// A person on the page, with what can be tried with them.
pub(super) struct TestResident {
    /// The value of the radio button.
    pub(super) id: &'static str,
    /// Who it is.
    pub(super) person: Person,
    /// What this one is good for.
    pub(super) about: Words,
}

/// Neighbours of the demo towns, so that "the next town" is one that a resident would name.
const NEIGHBOURS: [(&str, &str); 5] =
    [("074462", "074454"), ("085421", "085464"), ("212059", "212075"), ("212075", "212059"), ("454061", "454052")];

/// 群馬県利根郡昭和村: a namesake for municipalities that have none.
const OTHER_SHOWA: &str = "104485";

/// The test residents of a municipality, those of the ordinary cases first. Ages are as of `today`.
pub(super) fn of(municipality: MunicipalityCode, today: Date) -> Vec<TestResident> {
    let table = MunicipalityTable::japan();
    let Some(home) = table.find(municipality) else { return Vec::new() };
    let neighbour = neighbour(table, home);
    let namesake = namesake(table, home);
    let years_ago = |years: i32| {
        // The fifth of May exists in every year.
        Date::from_calendar_date(today.year() - years, time::Month::May, 5).unwrap_or(today)
    };
    let resident =
        |id: &'static str, who: &str, name: &str, address: String, years: i32, gender: Gender, about: Words| {
            let person = Person {
                key: format!("{municipality}/{who}"),
                name: name.to_owned(),
                address,
                birthdate: years_ago(years),
                gender,
            };
            TestResident { id, person, about }
        };
    let at = |place: &Municipality, number: u8| format!("{}大字架空{number}番地", prefixed(place));
    vec![
        resident(
            "hanako",
            "hanako",
            "鍵山 花子",
            at(home, 1),
            36,
            Gender::Female,
            Words { ja: "この自治体の住民", en: "A resident of this municipality" },
        ),
        resident(
            "taro",
            "taro",
            "鍵山 太郎",
            at(home, 1),
            68,
            Gender::Male,
            Words { ja: "この自治体の住民(もう一人)", en: "Another resident of this municipality" },
        ),
        resident(
            "mebae",
            "mebae",
            "鍵山 めばえ",
            at(home, 1),
            10,
            Gender::Female,
            Words { ja: "この自治体の住民で、10歳", en: "A resident of this municipality, ten years old" },
        ),
        resident(
            "minoru",
            "minoru",
            "隣野 実",
            at(neighbour, 2),
            45,
            Gender::Male,
            Words { ja: "となりの自治体の住民", en: "A resident of the next municipality" },
        ),
        resident(
            "hikaru",
            "hikaru",
            "同名 光",
            at(namesake, 3),
            29,
            Gender::Other,
            Words {
                ja: "同じ名前の、遠くの自治体の住民",
                en: "A resident of a far-away municipality of the same name",
            },
        ),
        resident(
            "ayumi",
            "ayumi",
            "引越 歩",
            at(home, 4),
            33,
            Gender::Female,
            Words {
                ja: "引っこす前: まだこの自治体にいる", en: "Before moving: still lives in this municipality"
            },
        ),
        resident(
            "ayumi-moved",
            "ayumi",
            "引越 歩",
            at(neighbour, 4),
            33,
            Gender::Female,
            Words {
                ja: "引っこした後: 同じ人が、となりへ移った", en: "After moving: the same person, now next door"
            },
        ),
        resident(
            "sora",
            "sora",
            "不明 空",
            "架空県架空郡架空町大字架空5番地".to_owned(),
            52,
            Gender::NotStated,
            Words { ja: "どこか分からない住所", en: "An address that nobody can place" },
        ),
        resident(
            "aimai",
            "aimai",
            "曖昧 望",
            ambiguous(home, namesake),
            41,
            Gender::Female,
            Words {
                ja: "都道府県も郡も書いていない住所", en: "An address without its prefecture and county"
            },
        ),
        resident(
            "ichiro",
            "ichiro",
            "〓橋 一郎",
            substituted(home),
            60,
            Gender::Male,
            Words {
                ja: "代わりの文字(〓)が入った名前と住所", en: "Substitute characters (〓) in name and address"
            },
        ),
    ]
}

fn prefixed(place: &Municipality) -> String {
    format!("{}{}{}", place.prefecture, place.county.as_deref().unwrap_or_default(), place.city)
}

/// A namesake alone makes an address ambiguous, so one without a namesake gets the other's.
fn ambiguous(home: &Municipality, namesake: &Municipality) -> String {
    let city = if home.city == namesake.city { &home.city } else { &namesake.city };
    format!("{city}大字架空6番地")
}

/// One character of the place name was not in the card's character set; the rest still names one place only.
fn substituted(home: &Municipality) -> String {
    let mut name: Vec<char> = home.city.chars().collect();
    if let Some(first) = name.first_mut() {
        *first = '〓';
    }
    let name: String = name.into_iter().collect();
    format!("{}{}{name}大字〓空7番地", home.prefecture, home.county.as_deref().unwrap_or_default())
}

fn neighbour<'t>(table: &'t MunicipalityTable, home: &'t Municipality) -> &'t Municipality {
    let code = home.code.to_string();
    let known = NEIGHBOURS.iter().find(|(town, _)| *town == code);
    let known = known.and_then(|(_, neighbour)| table.find(neighbour.parse().ok()?));
    known.unwrap_or_else(|| {
        let others = || table.municipalities().filter(|row| row.prefecture == home.prefecture && row.code != home.code);
        others().find(|row| row.code > home.code).or_else(|| others().next()).unwrap_or(home)
    })
}

fn namesake<'t>(table: &'t MunicipalityTable, home: &'t Municipality) -> &'t Municipality {
    let mut same = table.municipalities().filter(|row| row.city == home.city && row.prefecture != home.prefecture);
    same.next().or_else(|| table.find(OTHER_SHOWA.parse().ok()?)).unwrap_or(home)
}

#[cfg(test)]
mod tests {
    use domain::residency::{Address, Resolution, Resolver};
    use time::macros::date;

    use super::*;

    const TOWNS: [&str; 5] = ["074462", "085421", "212059", "212075", "454061"];

    fn resolved(person: &Person) -> Resolution {
        Resolver::japan().resolve(&Address::new(person.address.clone()))
    }

    #[test]
    fn every_test_resident_of_the_demo_towns_is_what_the_page_says() {
        for town in TOWNS {
            let code: MunicipalityCode = town.parse().unwrap();
            let people = of(code, date!(2026 - 11 - 21));
            for TestResident { id, person, .. } in &people {
                let home = matches!(resolved(person), Resolution::Resolved(place) if place.municipality == code);
                let expected = matches!(*id, "hanako" | "taro" | "mebae" | "ayumi" | "ichiro");
                assert_eq!(home, expected, "{town} {id} {}", person.address);
            }
            let of_id = |id: &str| resolved(&people.iter().find(|resident| resident.id == id).unwrap().person);
            assert!(matches!(of_id("minoru"), Resolution::Resolved(_)), "{town}");
            assert!(matches!(of_id("hikaru"), Resolution::Resolved(_)), "{town}");
            assert_eq!(of_id("sora"), Resolution::Unknown, "{town}");
            assert!(matches!(of_id("aimai"), Resolution::Ambiguous(_)), "{town}");
        }
    }

    #[test]
    fn who_moves_stays_the_same_person() {
        let people = of("074462".parse().unwrap(), date!(2026 - 11 - 21));
        let of_id = |id: &str| people.iter().find(|resident| resident.id == id).unwrap();
        let (before, after) = (&of_id("ayumi").person, &of_id("ayumi-moved").person);
        assert_eq!(before.key, after.key);
        assert_ne!(before.address, after.address);
        assert!(of_id("hikaru").person.address.starts_with("群馬県利根郡昭和村"));
        assert!(of_id("minoru").person.address.starts_with("福島県大沼郡"));
    }

    #[test]
    fn every_municipality_of_japan_has_test_residents() {
        for municipality in MunicipalityTable::japan().municipalities() {
            assert_eq!(of(municipality.code, date!(2026 - 11 - 21)).len(), 10);
        }
    }

    #[test]
    fn a_typed_person_is_the_same_after_a_move() {
        let typed = |address: &str| {
            Person::typed("試し 人".to_owned(), address.to_owned(), date!(1980 - 1 - 1), Gender::Female)
        };
        assert_eq!(typed("福島県大沼郡昭和村").key, typed("福島県大沼郡金山町").key);
    }
}
