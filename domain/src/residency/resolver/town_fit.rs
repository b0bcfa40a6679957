//! Whether the text behind a municipality's name goes on with one of its towns, and which.
//!
//! A town counts only where its name ends for sure: 中央 in 中央台1丁目 may be a piece of a town that the table does not know yet.

use super::super::fold::{ANY, GAP};
use super::super::numerals::{Origin, Text, is_numeral};
use super::super::towns::{TownMatch, TownTable, marker};
use crate::municipality::MunicipalityCode;

/// So many characters behind the municipality are taken for the street name of Kyoto at most.
const LONGEST_STREET: usize = 40;

/// How well the text fits the towns of a municipality.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fit {
    /// No town's name stands there.
    #[default]
    None,
    /// Something stands there with which a town's name begins, or unreadable characters, or a number at once.
    Perhaps,
    /// A town's name stands there, whole.
    Whole,
}

/// The towns that fit, by code and number of the name.
#[derive(Debug, Default)]
pub(super) struct TownFit {
    pub(super) fit: Fit,
    pub(super) towns: Vec<(MunicipalityCode, u64)>,
}

/// Looks at the text from `end` on for towns of these wards, or of this municipality.
pub(super) fn of(table: &TownTable, text: &Text, codes: &[MunicipalityCode], end: usize) -> TownFit {
    let fit = at(table, text, codes, end);
    if fit.fit == Fit::Whole || !codes.iter().any(|code| in_kyoto(*code)) {
        return fit;
    }
    let mut behind_street = behind_streets(text, end).map(|from| at(table, text, codes, from));
    behind_street.find(|behind| behind.fit == Fit::Whole).unwrap_or(fit)
}

fn at(table: &TownTable, text: &Text, codes: &[MunicipalityCode], from: usize) -> TownFit {
    let (mut found, mut unreadable) = (Vec::new(), false);
    for code in codes {
        let matches = table.matches(*code, text, from);
        unreadable |= matches.unreadable;
        found.extend(
            matches.towns.into_iter().filter(|found| is_name(text, from, found.end)).map(|found| (*code, found)),
        );
    }
    let towns = |wanted: &dyn Fn(&TownMatch) -> bool| {
        let towns = found.iter().filter(|(_, found)| wanted(found)).map(|(code, found)| (*code, found.name)).collect();
        TownFit { fit: Fit::Whole, towns }
    };
    let perhaps = TownFit { fit: Fit::Perhaps, towns: Vec::new() };
    let Some(longest) = found.iter().map(|(_, found)| found.end).max() else {
        return if unreadable || nothing_named(text, from) { perhaps } else { TownFit::default() };
    };
    if found.iter().any(|(_, found)| found.wild) {
        // Every town that fits, if all of their names end for sure; beside a digit a lost character may be one too.
        let digits = text
            .chars
            .windows(2)
            .zip(text.origins.windows(2))
            .skip(from)
            .take(longest - from)
            .any(|(c, o)| c.contains(&ANY) && o.iter().any(|origin| *origin != Origin::Plain));
        let whole = !digits && found.iter().all(|(_, found)| name_ends(text, found.end));
        return if whole { towns(&|_| true) } else { perhaps };
    }
    if !name_ends(text, longest) {
        return perhaps;
    }
    if splits_numerals(text, longest) {
        // 上三十二番地 is 三十二番地 in 上 or 十二番地 in 上三.
        return towns(&|found| name_ends(text, found.end));
    }
    towns(&|found| found.end == longest)
}

/// Whether a name can reach from here to there: not to the middle of a number, and 12番地 is a number, not the town 十二.
fn is_name(text: &Text, from: usize, end: usize) -> bool {
    text.origins.get(end) != Some(&Origin::Inside)
        && text.origins.iter().take(end).skip(from).any(|origin| *origin == Origin::Plain)
}

/// The address ends here, or goes on with its number: there are addresses without a town.
fn nothing_named(text: &Text, from: usize) -> bool {
    text.chars
        .get(from)
        .is_none_or(|next| text.origins.get(from) == Some(&Origin::Number) || is_numeral(*next) && counted(text, from))
}

/// A name that ends here leaves something that no name goes on with.
fn name_ends(text: &Text, end: usize) -> bool {
    let at = |position: usize| text.chars.get(position).copied();
    let Some(next) = at(end) else { return true };
    if next == ANY {
        return false;
    }
    if text.origins.get(end) == Some(&Origin::Number) || marker(text, end) != [None, None] {
        return true;
    }
    match next {
        GAP | '-' | '(' | ')' | ',' | '.' | '、' | '。' | '・' | '/' | '「' => true,
        '丁' | '甲' | '乙' | '丙' | '戊' | '己' | '庚' | '辛' | '壬' | '癸' | 'イ' | 'ロ' | 'ホ' | 'ヘ' | 'ト'
        | 'チ' | 'リ' | 'ヌ' | 'ル' | 'ヲ' | 'ワ' | 'ケ' | 'ヨ' | 'タ' | 'レ' => match at(end + 1) {
            None => true,
            Some(second) => {
                text.origins.get(end + 1) == Some(&Origin::Number)
                    || matches!(second, '番' | '-')
                    || is_numeral(second) && counted(text, end + 1)
            }
        },
        '無' => at(end + 1) == Some('番'),
        '第' => text.origins.get(end + 1) == Some(&Origin::Number) || at(end + 1).is_some_and(is_numeral),
        '地' => matches!(at(end + 1), Some('先' | '割')),
        _ => is_numeral(next) && counted(text, end),
    }
}

/// Kanji numerals from here on count something: 三丁目, not 三谷.
fn counted(text: &Text, from: usize) -> bool {
    let numerals = text.chars.iter().skip(from).take_while(|c| is_numeral(**c)).count();
    match text.chars.get(from + numerals) {
        None => true,
        Some(counter) => {
            matches!(*counter, '丁' | '番' | '号' | '条' | '線' | '区' | '組' | '割' | 'ノ' | '-' | GAP | '(')
        }
    }
}

/// Kanji numerals stand on both sides.
fn splits_numerals(text: &Text, at: usize) -> bool {
    let numeral = |position: usize| {
        text.chars.get(position).is_some_and(|c| is_numeral(*c)) && text.origins.get(position) == Some(&Origin::Plain)
    };
    numeral(at) && at.checked_sub(1).is_some_and(numeral)
}

/// The city has 26100, its wards the numbers behind it; the other municipalities of the prefecture begin with 26201.
fn in_kyoto(code: MunicipalityCode) -> bool {
    code.number() / 1000 == 261
}

/// The positions behind 上る, 下る, 東入, 西入 (also 上ル, 上がる, 東入る), the last one first.
fn behind_streets(text: &Text, from: usize) -> impl Iterator<Item = usize> {
    let at = |position: usize| text.chars.get(position).copied();
    let until = text.chars.len().min(from + LONGEST_STREET);
    (from..until).rev().filter_map(move |position| match (at(position)?, at(position + 1)?, at(position + 2)) {
        ('上' | '下', 'ル', _) => Some(position + 2),
        ('上' | '下', 'ケ', Some('ル')) | ('東' | '西' | '南' | '北', '入', Some('ル')) => Some(position + 3),
        ('東' | '西' | '南' | '北', '入', _) => Some(position + 2),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::fold::fold;
    use super::*;

    /// A `〓` may be any character.
    fn text(text: &str) -> Text {
        Text::new(&fold(text.chars().map(|c| (c, false)), &[]), 0)
    }

    /// How well a text fits behind 昭和村, and the towns.
    fn fit(behind: &str) -> (Fit, Vec<String>) {
        let (code, table) = ("074462".parse().unwrap(), TownTable::japan());
        let found = of(table, &text(&format!("昭和村{behind}")), &[code], 3);
        let names = found.towns.iter().map(|(code, name)| table.town(*code, *name).unwrap().name).collect();
        (found.fit, names)
    }

    #[test]
    fn a_town_fits_whole_perhaps_or_not() {
        for (behind, expected, town) in [
            ("下中津川652", Fit::Whole, Some("下中津川")),
            ("下中津川台652", Fit::Perhaps, None),
            ("架空652", Fit::None, None),
            // There are addresses without a town.
            ("", Fit::Perhaps, None),
            ("652番地", Fit::Perhaps, None),
            ("〓", Fit::Perhaps, None),
            ("下〓津川1", Fit::Whole, Some("下中津川")),
            ("下〓津川1〓", Fit::Whole, Some("下中津川")),
            // The lost character may be a digit of the number.
            ("下中津〓1", Fit::Perhaps, None),
            ("下〓津川台1", Fit::Perhaps, None),
            // Only Kyoto has streets in front of its towns.
            ("架空上る下中津川652", Fit::None, None),
        ] {
            assert_eq!(fit(behind), (expected, town.map(str::to_owned).into_iter().collect()), "{behind}");
        }
    }

    #[test]
    fn a_name_reaches_to_no_middle_of_a_number_and_is_none() {
        let is_name = |written: &str, end: usize| is_name(&text(written), 0, end);
        assert!(is_name("中町12番地", 2) && is_name("中町12番地", 4));
        assert!(!is_name("中町12番地", 3));
        assert!(is_name("十二番地", 2) && !is_name("12番地", 2));
    }

    #[test]
    fn a_number_at_once_names_no_town() {
        for number in ["", "652番地", "1234", "12本町", "三番地", "三"] {
            assert!(nothing_named(&text(number), 0), "{number}");
        }
        for name in ["三谷", "下中津川", "番町"] {
            assert!(!nothing_named(&text(name), 0), "{name}");
        }
    }

    #[test]
    fn what_stands_behind_a_name_tells_whether_it_ends() {
        let behind = |rest: &str| name_ends(&text(&format!("中町{rest}")), 2);
        for end in [
            "",
            "1",
            "字中島",
            "大字中島",
            "-1",
            "(中島)",
            ")",
            ",1",
            ".1",
            "、1",
            "。",
            "・1",
            "/1",
            "「中島」",
            "甲",
            "甲1",
            "イ1",
            "甲番外",
            "甲-1",
            "甲三番地",
            "無番地",
            "第1地割",
            "第一地割",
            "地先",
            "地割",
            "三丁目",
            "三番地",
            "三",
        ] {
            assert!(behind(end), "{end}");
        }
        for more in ["台", "〓", "甲乙", "甲三谷", "無町", "第町", "地蔵", "三谷", "谷"] {
            assert!(!behind(more), "{more}");
        }
    }

    #[test]
    fn numerals_on_both_sides_can_be_parted_anywhere() {
        assert!(splits_numerals(&text("上三十二番地"), 2));
        assert!(!splits_numerals(&text("上三十二番地"), 1));
        assert!(!splits_numerals(&text("上三十二番地"), 4));
        // A number in digits is one number.
        assert!(!splits_numerals(&text("上三12番地"), 3) && !splits_numerals(&text("12番地"), 1));
    }

    #[test]
    fn towns_of_kyoto_stand_behind_a_crossing() {
        let streets = |written: &str| behind_streets(&text(written), 0).collect::<Vec<_>>();
        assert_eq!(streets("寺町通御池上る亀屋町"), [7]);
        assert_eq!(streets("寺町通御池上がる亀屋町"), [8]);
        assert_eq!(streets("寺町通御池下ル東入亀屋町"), [9, 7]);
        assert_eq!(streets("御池通寺町西入る亀屋町"), [8]);
        assert_eq!(streets("下中津川"), [] as [usize; 0]);
        let far = |many: usize| streets(&format!("{}上る亀屋町", "通".repeat(many)));
        assert_eq!((far(LONGEST_STREET - 1), far(LONGEST_STREET)), (vec![LONGEST_STREET + 1], vec![]));
        let in_kyoto = |code: &str| in_kyoto(code.parse().unwrap());
        assert!(in_kyoto("261009") && in_kyoto("261041"));
        assert!(!in_kyoto("262013") && !in_kyoto("252018"));
    }
}
