//! Place names in Latin letters for English pages: Hepburn without marks of length, as stations and town halls write them
//! (Tokyo, Ono). Made from the reading, so that 1,912 names need no second table.

use crate::municipality::MunicipalityKind;

/// A prefecture by its number, 1 to 47.
pub fn prefecture(number: u32) -> Option<&'static str> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    PREFECTURES.get(index).copied()
}

const PREFECTURES: [&str; 47] = [
    "Hokkaido",
    "Aomori",
    "Iwate",
    "Miyagi",
    "Akita",
    "Yamagata",
    "Fukushima",
    "Ibaraki",
    "Tochigi",
    "Gunma",
    "Saitama",
    "Chiba",
    "Tokyo",
    "Kanagawa",
    "Niigata",
    "Toyama",
    "Ishikawa",
    "Fukui",
    "Yamanashi",
    "Nagano",
    "Gifu",
    "Shizuoka",
    "Aichi",
    "Mie",
    "Shiga",
    "Kyoto",
    "Osaka",
    "Hyogo",
    "Nara",
    "Wakayama",
    "Tottori",
    "Shimane",
    "Okayama",
    "Hiroshima",
    "Yamaguchi",
    "Tokushima",
    "Kagawa",
    "Ehime",
    "Kochi",
    "Fukuoka",
    "Saga",
    "Nagasaki",
    "Kumamoto",
    "Oita",
    "Miyazaki",
    "Kagoshima",
    "Okinawa",
];

/// A municipality's English name from its reading, with the suffix of its kind; a ward's reading holds its city's.
pub(crate) fn municipality(kana: &str, kind: MunicipalityKind, suffix: &str) -> String {
    let ends: &[&str] = match kind {
        MunicipalityKind::City | MunicipalityKind::DesignatedCity => &["シ"],
        MunicipalityKind::SpecialWard | MunicipalityKind::DesignatedCityWard => &["ク"],
        MunicipalityKind::Town => &["チョウ", "マチ"],
        MunicipalityKind::Village | MunicipalityKind::NorthernTerritoryVillage => &["ムラ", "ソン"],
    };
    let stem = ends.iter().find_map(|end| kana.strip_suffix(end)).unwrap_or(kana);
    if kind == MunicipalityKind::DesignatedCityWard {
        let (city, ward) = split_ward(stem);
        return format!("{} City, {}{suffix}", latin(city), latin(ward));
    }
    format!("{}{suffix}", latin(stem))
}

/// The designated cities whose stem holds a シ of its own; every other one ends at the first シ (市).
const CITIES_WITH_SHI: [&str; 3] = ["シズオカシ", "ヒロシマシ", "キタキュウシュウシ"];

fn split_ward(kana: &str) -> (&str, &str) {
    let known = CITIES_WITH_SHI.iter().find_map(|city| Some((city.strip_suffix('シ')?, kana.strip_prefix(city)?)));
    known.or_else(|| kana.split_once('シ')).unwrap_or((kana, ""))
}

/// Hepburn with a capital letter; long o and u are written short.
fn latin(kana: &str) -> String {
    let mut letters = String::new();
    let mut doubled = false;
    for c in kana.chars() {
        let small = matches!(c, 'ャ' | 'ュ' | 'ョ');
        if c == 'ッ' {
            doubled = true;
            continue;
        }
        let syllable = syllable(c);
        if small {
            // キ + ャ is kya, シ + ャ is sha, ジ + ャ is ja: the i goes, and the y too after sh, ch and j.
            letters.pop();
            let vowel = if letters.ends_with("sh") || letters.ends_with("ch") || letters.ends_with('j') {
                syllable.trim_start_matches('y')
            } else {
                syllable
            };
            letters.push_str(vowel);
            continue;
        }
        if doubled {
            // ッチ is tchi, every other consonant stands twice.
            letters.extend(if syllable.starts_with("ch") { Some('t') } else { syllable.chars().next() });
            doubled = false;
        }
        letters.push_str(syllable);
    }
    let short = letters.replace("ou", "o").replace("oo", "o").replace("uu", "u");
    let mut chars = short.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

#[rustfmt::skip]
fn syllable(c: char) -> &'static str {
    match c {
        'ア' => "a", 'イ' => "i", 'ウ' => "u", 'エ' => "e", 'オ' => "o",
        'カ' => "ka", 'キ' => "ki", 'ク' => "ku", 'ケ' => "ke", 'コ' => "ko",
        'ガ' => "ga", 'ギ' => "gi", 'グ' => "gu", 'ゲ' => "ge", 'ゴ' => "go",
        'サ' => "sa", 'シ' => "shi", 'ス' => "su", 'セ' => "se", 'ソ' => "so",
        'ザ' => "za", 'ジ' | 'ヂ' => "ji", 'ズ' | 'ヅ' => "zu", 'ゼ' => "ze", 'ゾ' => "zo",
        'タ' => "ta", 'チ' => "chi", 'ツ' => "tsu", 'テ' => "te", 'ト' => "to",
        'ダ' => "da", 'デ' => "de", 'ド' => "do",
        'ナ' => "na", 'ニ' => "ni", 'ヌ' => "nu", 'ネ' => "ne", 'ノ' => "no",
        'ハ' => "ha", 'ヒ' => "hi", 'フ' => "fu", 'ヘ' => "he", 'ホ' => "ho",
        'バ' => "ba", 'ビ' => "bi", 'ブ' => "bu", 'ベ' => "be", 'ボ' => "bo",
        'パ' => "pa", 'ピ' => "pi", 'プ' => "pu", 'ペ' => "pe", 'ポ' => "po",
        'マ' => "ma", 'ミ' => "mi", 'ム' => "mu", 'メ' => "me", 'モ' => "mo",
        'ヤ' | 'ャ' => "ya", 'ユ' | 'ュ' => "yu", 'ヨ' | 'ョ' => "yo",
        'ラ' => "ra", 'リ' => "ri", 'ル' => "ru", 'レ' => "re", 'ロ' => "ro",
        'ワ' => "wa", 'ヲ' => "o", 'ン' => "n",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_become_the_names_on_the_signs() {
        for (kana, name) in [
            ("ショウワ", "Showa"),
            ("ツノ", "Tsuno"),
            ("クッチャン", "Kutchan"),
            ("サッポロ", "Sapporo"),
            ("オオサカ", "Osaka"),
            ("キュウシュウ", "Kyushu"),
            ("ニイガタ", "Niigata"),
            ("ジョウソウ", "Joso"),
        ] {
            assert_eq!(latin(kana), name);
        }
    }

    #[test]
    fn a_ward_is_split_from_its_city() {
        let ward = |kana| municipality(kana, MunicipalityKind::DesignatedCityWard, " Ward");
        assert_eq!(ward("シズオカシシミズク"), "Shizuoka City, Shimizu Ward");
        assert_eq!(ward("ヒロシマシヒガシク"), "Hiroshima City, Higashi Ward");
        assert_eq!(ward("サッポロシシロイシク"), "Sapporo City, Shiroishi Ward");
        assert_eq!(prefecture(47), Some("Okinawa"));
        assert_eq!((prefecture(0), prefecture(48)), (None, None));
    }
}
