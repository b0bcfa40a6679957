//! Every row of the table of towns, in every way in which its address may be written: the municipality is right, or ambiguous
//! where a second candidate fits, and never wrong. The counts stand in docs/addresses.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;

use super::super::clean::clean_names;
use super::*;
use crate::municipality::Municipality;

/// One row of the postcode file, with what stands in front of its town.
struct Row<'t> {
    place: &'t Municipality,
    postcode: String,
    /// As the file has it; empty for everything that it does not list.
    town: String,
    /// What the answer may name.
    towns: Vec<String>,
    number: usize,
}

/// An address, and which of its characters are flagged.
#[derive(Default)]
struct Written {
    text: String,
    flags: Vec<usize>,
    postcode: Option<String>,
    seams: Option<[String; 3]>,
}

impl From<String> for Written {
    fn from(text: String) -> Written {
        Written { text, ..Written::default() }
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    right: u32,
    ambiguous: u32,
    unknown: u32,
    wrong: u32,
    town_right: u32,
    town_several: u32,
    town_unknown: u32,
    town_wrong: u32,
}

impl Row<'_> {
    fn county(&self) -> &str {
        self.place.county.as_deref().unwrap_or_default()
    }

    fn head(&self) -> String {
        format!("{}{}{}", self.place.prefecture, self.county(), self.city())
    }

    /// The municipality with its ward.
    fn city(&self) -> String {
        format!("{}{}", self.place.city, self.place.ward.as_deref().unwrap_or_default())
    }

    /// The town as people write it, without what only the postcode file says.
    fn town(&self) -> &str {
        self.towns.first().map_or("", String::as_str)
    }

    fn whole(&self) -> String {
        format!("{}{}12番地3", self.head(), self.town())
    }

    /// A number below `most` that is the same in every run.
    fn chance(&self, salt: usize, most: usize) -> usize {
        let mixed = (self.number + 1)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(salt.wrapping_mul(0xBF58_476D_1CE4_E5B9));
        ((mixed ^ (mixed >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 33) % most
    }
}

type Variant = (&'static str, fn(&Row) -> Written);

/// Variants that write further names behind the town, or not all of it, and so may spell another town of the table: then
/// nobody could tell, and the address is not counted.
const ADDING: [&str; 6] = [
    "条, 丁目 and 号",
    "大字 and 字 added, small town named",
    "字 dropped, small town named",
    "イ, 甲 and 地割",
    "building with 号, 番 and 丁目",
    "cut off anywhere behind the municipality",
];

const VARIANTS: &[Variant] = &[
    ("as the register writes it", |row| row.whole().into()),
    ("without a house number", |row| format!("{}{}", row.head(), row.town()).into()),
    ("prefecture dropped", |row| format!("{}{}{}12番地3", row.county(), row.city(), row.town()).into()),
    ("county dropped", |row| format!("{}{}{}12番地3", row.place.prefecture, row.city(), row.town()).into()),
    ("prefecture and county dropped", |row| format!("{}{}12番地3", row.city(), row.town()).into()),
    ("county doubled", |row| row.whole().replacen(row.county(), &row.county().repeat(2), 1).into()),
    ("ward dropped", |row| match &row.place.ward {
        Some(ward) => row.whole().replacen(ward, "", 1).into(),
        None => row.whole().into(),
    }),
    ("split by the provider", |row| Written {
        text: row.whole(),
        seams: Some([
            row.place.prefecture.clone(),
            format!("{}{}", row.county(), row.city()),
            format!("{}12番地3", row.town()),
        ]),
        ..Written::default()
    }),
    ("postcode in front", |row| format!("〒{}{}", row.postcode, row.whole()).into()),
    ("prefecture and county dropped, postcode beside", |row| Written {
        text: format!("{}{}12番地3", row.city(), row.town()),
        postcode: Some(row.postcode.clone()),
        ..Written::default()
    }),
    ("full width", |row| row.whole().chars().map(full_width).collect::<String>().into()),
    ("half width", |row| row.whole().chars().map(half_width).collect::<String>().into()),
    ("spaces everywhere", |row| row.whole().chars().flat_map(|c| [c, '\u{3000}']).collect::<String>().into()),
    ("Arabic numerals", |row| format!("{}{}12番地3", row.head(), arabic(row.town())).into()),
    ("kanji numerals", |row| format!("{}{}十二番地三", row.head(), kanji(row.town())).into()),
    ("hyphens between numbers", |row| format!("{}{}1\u{2212}2\u{FF0D}3", row.head(), row.town()).into()),
    ("条, 丁目 and 号", |row| format!("{}{}三丁目12番3号", row.head(), row.town()).into()),
    ("ヶ as ケ", |row| row.whole().replace('ヶ', "ケ").into()),
    ("ケ as ヶ", |row| row.whole().replace('ケ', "ヶ").into()),
    ("ケ as が", |row| row.whole().replace(['ヶ', 'ケ'], "が").into()),
    ("ケ as half-width ｹ", |row| row.whole().replace(['ヶ', 'ケ'], "ｹ").into()),
    ("ノ, の and 之 exchanged", |row| {
        row.whole()
            .chars()
            .map(|c| {
                if matches!(c, 'ノ' | 'の') {
                    '之'
                } else if c == '之' {
                    'の'
                } else {
                    c
                }
            })
            .collect::<String>()
            .into()
    }),
    ("hiragana as katakana", |row| row.whole().chars().map(katakana).collect::<String>().into()),
    ("大字 added", |row| match row.town() {
        "" => row.whole().into(),
        town => format!("{}大字{town}12番地3", row.head()).into(),
    }),
    ("大字 and 字 added, small town named", |row| match row.town() {
        "" => row.whole().into(),
        town => format!("{}大字{town}字中島12番地3", row.head()).into(),
    }),
    ("字 dropped, small town named", |row| format!("{}{}中島12番地3", row.head(), row.town()).into()),
    ("イ, 甲 and 地割", |row| {
        let sign = ["イ12番", "甲12番地", "第3地割12番地"][row.chance(1, 3)];
        format!("{}{}{sign}", row.head(), row.town()).into()
    }),
    ("old kanji", |row| row.whole().chars().map(old).collect::<String>().into()),
    ("variation selectors", |row| row.whole().chars().flat_map(|c| [c, '\u{E0100}']).collect::<String>().into()),
    ("building with 号, 番 and 丁目", |row| format!("{}コーポ三番町四丁目501号室", row.whole()).into()),
    ("building named like another town", |row| format!("{}東京都中央区銀座ビル(旧大阪市北区)", row.whole()).into()),
    ("street of Kyoto in front", |row| {
        let street = ["寺町通御池上る", "四条通西洞院東入ル", "烏丸通五条下ル二丁目東入"][row.chance(2, 3)];
        if row.place.city == "京都市" {
            format!("{}{street}{}12番地3", row.head(), row.town()).into()
        } else {
            row.whole().into()
        }
    }),
    ("one substitute character", |row| flagged(row.whole(), row, 1)),
    ("three substitute characters", |row| flagged(row.whole(), row, 3)),
    ("one substitute character, prefecture dropped", |row| {
        flagged(format!("{}{}{}12番地3", row.county(), row.city(), row.town()), row, 1)
    }),
    ("one damaged character", |row| {
        let mut chars: Vec<char> = row.whole().chars().collect();
        let at = row.chance(3, chars.len());
        chars[at] = ['〓', '\u{FFFD}'][row.chance(4, 2)];
        chars.into_iter().collect::<String>().into()
    }),
    ("cut off anywhere behind the municipality", |row| {
        let rest: Vec<char> = format!("{}12番地3", row.town()).chars().collect();
        let rest: String = rest.iter().take(row.chance(5, rest.len() + 1)).collect();
        format!("{}{rest}", row.head()).into()
    }),
];

fn flagged(text: String, row: &Row, many: usize) -> Written {
    let length = text.chars().count();
    let flags = (0..many).map(|salt| row.chance(salt + 10, length)).collect();
    Written { text, flags, ..Written::default() }
}

fn full_width(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c }
}

/// Half-width digits and, for the kana that place names use most, half-width kana.
fn half_width(c: char) -> String {
    const WIDE: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヶー";
    const NARROW: &str = "ｱ ｲ ｳ ｴ ｵ ｶ ｷ ｸ ｹ ｺ ｻ ｼ ｽ ｾ ｿ ﾀ ﾁ ﾂ ﾃ ﾄ ﾅ ﾆ ﾇ ﾈ ﾉ ﾊ ﾋ ﾌ ﾍ ﾎ ﾏ ﾐ ﾑ ﾒ ﾓ ﾔ ﾕ ﾖ ﾗ ﾘ ﾙ ﾚ ﾛ ﾜ ﾝ ｶﾞ ｷﾞ ｸﾞ ｹﾞ ｺﾞ ｻﾞ ｼﾞ ｽﾞ ｾﾞ ｿﾞ ﾀﾞ ﾁﾞ ﾂﾞ ﾃﾞ ﾄﾞ ﾊﾞ ﾋﾞ ﾌﾞ ﾍﾞ ﾎﾞ ﾊﾟ ﾋﾟ ﾌﾟ ﾍﾟ ﾎﾟ ｹ ｰ";
    if let Some(at) = WIDE.chars().position(|wide| wide == c) {
        return NARROW.split(' ').nth(at).unwrap().to_owned();
    }
    match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap().to_string(),
        _ => c.to_string(),
    }
}

fn katakana(c: char) -> char {
    if matches!(c, 'ぁ'..='ゖ') { char::from_u32(u32::from(c) + 0x60).unwrap() } else { c }
}

/// An old form of each character that has one; more than the table of forms knows would prove nothing about it.
fn old(c: char) -> char {
    const PAIRS: &str = "沢澤 竜龍 崎﨑 条條 騨驒 恵惠 梼檮 島嶋 広廣 国國 浜濱 辺邊 斉齊 高髙 塚塚 関關 滝瀧 県縣 区區 塩鹽 桜櫻 会會 学學 鉄鐵 万萬 宝寶 峰峯 亀龜 麦麥 徳德 戸戶 瀬瀨 黒黑 青靑 吉𠮷 円圓 旧舊 与與 栄榮 渋澁 蔵藏 台臺 豊豐 真眞 諸諸 祖祖 福福 神神 都都";
    PAIRS.split(' ').find(|pair| pair.starts_with(c)).and_then(|pair| pair.chars().nth(1)).unwrap_or(c)
}

const NUMERALS: &str = "一二三四五六七八九十";

/// Kanji numbers that count (北十一条, 三番町, 二丁目) in Arabic numerals.
fn arabic(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| NUMERALS.contains(**c)).count();
        let counts = chars.get(at + run).is_some_and(|c| "条線番丁号区".contains(*c));
        match (run, value(&chars[at..at + run])) {
            (1.., Some(number)) if counts => write!(out, "{number}").unwrap(),
            (0, _) => out.push(chars[at]),
            _ => out.extend(&chars[at..at + run]),
        }
        at += run.max(1);
    }
    out
}

fn value(run: &[char]) -> Option<usize> {
    let digit =
        |c: &char| NUMERALS.chars().position(|numeral| numeral == *c).map(|at| at + 1).filter(|digit| *digit < 10);
    match run {
        ['十'] => Some(10),
        [one] => digit(one),
        ['十', one] => Some(10 + digit(one)?),
        [ten, '十'] => Some(10 * digit(ten)?),
        [ten, '十', one] => Some(10 * digit(ten)? + digit(one)?),
        _ => None,
    }
}

fn kanji(name: &str) -> String {
    fold_name(&name.chars().filter(|c| matches!(c, '０'..='９')).collect::<String>());
    let mut out = String::new();
    let mut digits = String::new();
    for c in name.chars().chain(['\n']) {
        if matches!(c, '０'..='９') {
            digits.push(c);
        } else {
            out.extend(fold_name(&std::mem::take(&mut digits)));
            out.push(c);
        }
    }
    out.trim_end().to_owned()
}

fn rows() -> Vec<Row<'static>> {
    let table = MunicipalityTable::japan();
    let file = include_bytes!("../../../data/towns.csv.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&file[..]).read_to_string(&mut text).unwrap();
    let row = |(number, line): (usize, &str)| {
        let fields: Vec<&str> = line.split(',').collect();
        let place = table.find(fields[0].parse().unwrap()).unwrap();
        let (postcode, town) = (fields[1].to_owned(), fields[2].to_owned());
        Row { place, postcode, towns: clean_names(&town), town, number }
    };
    text.lines().skip(1).enumerate().map(row).collect()
}

/// A town of which the row's is the beginning, or that is the beginning of the row's.
fn spells_another(row: &Row, place: &Place) -> bool {
    let begins = |town: &Town| {
        let (found, own) = (fold_name(&town.name), fold_name(row.town()));
        (found.starts_with(&own) || own.starts_with(&found)) && found != own
    };
    !place.towns.is_empty() && place.towns.iter().all(begins)
}

/// Every candidate's name stands in the text, where all of it can be read; of 市, 町 and 村 the last may have changed.
fn all_named(written: &Written, places: &[Place]) -> bool {
    let legible = written.flags.is_empty() && !written.text.contains(['〓', '\u{FFFD}']);
    let text = fold_name(&written.text);
    let named = |place: &Place| {
        let row = MunicipalityTable::japan().find(place.code());
        let name = row.map(|row| fold_name(row.ward.as_ref().unwrap_or(&row.city))).unwrap_or_default();
        name.len() > 1 && contains(&text, &name[..name.len() - 1])
    };
    !legible || places.iter().all(named)
}

fn judge(row: &Row, written: &Written, adding: bool, counts: &mut Counts) -> Option<String> {
    let flags = (0..written.text.chars().count()).map(|at| if written.flags.contains(&at) { '1' } else { '0' });
    let address = match &written.seams {
        Some([prefecture, city, rest]) => Address::split(prefecture, city, rest),
        None => Address::with_substitutes(written.text.clone(), &flags.collect::<String>()).unwrap(),
    };
    let address = match &written.postcode {
        Some(postcode) => address.with_postcode(Postcode::parse(postcode).unwrap()),
        None => address,
    };
    let city = MunicipalityTable::japan().city_of(row.place.code).unwrap_or(row.place.code);
    let fits =
        |place: &Place| place.municipality == city && (place.wards.is_empty() || place.wards.contains(&row.place.code));
    let wrong = match Resolver::japan().resolve(&address) {
        Resolution::Resolved(place) if adding && fits(&place) && spells_another(row, &place) => None,
        Resolution::Resolved(place) if fits(&place) => {
            counts.right += 1;
            let right = place.towns.iter().any(|town| row.towns.contains(&town.name));
            match place.towns.len() {
                0 => counts.town_unknown += 1,
                1 if right => counts.town_right += 1,
                _ if right => counts.town_several += 1,
                _ => counts.town_wrong += 1,
            }
            (!place.towns.is_empty() && !right).then(|| format!("{:?}", place.towns))
        }
        Resolution::Ambiguous(places) if places.len() > 1 && places.iter().any(fits) && all_named(written, &places) => {
            counts.ambiguous += 1;
            None
        }
        Resolution::Unknown => {
            counts.unknown += 1;
            None
        }
        other => {
            counts.wrong += 1;
            Some(format!("{other:?}"))
        }
    };
    wrong.map(|answer| format!("{} ({} {}): {answer}", written.text, row.place.code, row.town))
}

fn count(rows: &[Row], name: &str, write: fn(&Row) -> Written) -> (Counts, Vec<String>) {
    let (mut counts, mut wrong) = (Counts::default(), Vec::new());
    for row in rows {
        let written = write(row);
        // A variant that changes nothing would be counted for nothing.
        let plain = written.text == row.whole() && written.flags.is_empty() && written.seams.is_none();
        if !plain || name == VARIANTS[0].0 {
            wrong.extend(judge(row, &written, ADDING.contains(&name), &mut counts));
        }
    }
    (counts, wrong)
}

const BEGIN: &str = "<!-- counted by domain/src/residency/resolver/matrix.rs -->\n";
const END: &str = "<!-- end of what is counted -->\n";

#[test]
fn no_town_of_japan_is_ever_taken_for_another_municipality() {
    let rows = rows();
    assert_eq!(rows.len(), 124_526);
    let halves = rows.split_at(rows.len() / 2);
    let mut table = String::from(
        "\n| written | addresses | right | ambiguous | unknown | wrong | town right | one of several | town not told | town wrong |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    let mut failures: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, write) in VARIANTS {
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(|| count(halves.0, name, *write));
            (count(halves.1, name, *write), one.join().unwrap())
        });
        let sum = |of: fn(&Counts) -> u32| of(&one.0) + of(&other.0);
        let columns = [
            sum(|c| c.right + c.ambiguous + c.unknown + c.wrong),
            sum(|c| c.right),
            sum(|c| c.ambiguous),
            sum(|c| c.unknown),
            sum(|c| c.wrong),
            sum(|c| c.town_right),
            sum(|c| c.town_several),
            sum(|c| c.town_unknown),
            sum(|c| c.town_wrong),
        ];
        let columns: Vec<String> = columns.iter().map(|column| format!("{column}")).collect();
        writeln!(table, "| {name} | {} |", columns.join(" | ")).unwrap();
        failures.entry(name).or_default().extend(one.1.into_iter().chain(other.1));
    }
    table.push('\n');
    println!("{table}");
    failures.retain(|_, wrong| !wrong.is_empty());
    for (name, wrong) in &mut failures {
        println!("{name}: {} wrong", wrong.len());
        wrong.truncate(12);
    }
    assert!(failures.is_empty(), "{failures:#?}");

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/addresses.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (counted, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
    } else {
        assert_eq!(counted, table, "run with UPDATE_DOCS=1");
    }
}
