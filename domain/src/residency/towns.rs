//! The 124,526 rows of towns (町域), as the build script lays them out, used in place: no start-up, and only the pages of
//! memory that are looked at.
//!
//! `towns.fst` maps three bytes of municipality or ward code, the folded name in UTF-8 and one byte that tells names of one
//! spelling apart to the number of the name; `town_names.bin` holds how many names there are, where each ends (32 bits each,
//! high byte first) and the names; `postcodes.fst` is a set of three bytes of postcode and three of code.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use fst::raw::{CompiledAddr, Fst, Output};
use fst::{IntoStreamer as _, Set, Streamer as _};

use super::fold::ANY;
use super::numerals::{Text, fold_name};
use super::place::Town;
use crate::municipality::MunicipalityCode;

const TOWNS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/towns.fst"));
const NAMES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/town_names.bin"));
const POSTCODES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/postcodes.fst"));

/// Characters below this end a name in `towns.fst`; no folded name holds one.
const FIRST_OF_NAMES: u8 = 0x20;

/// So many markers (大字, 字, 小字) may be passed over within one name.
const MOST_MARKERS: u8 = 3;

/// Every town of Japan, with the municipality or ward in which it lies.
pub struct TownTable {
    towns: Option<Fst<&'static [u8]>>,
    postcodes: Option<Set<&'static [u8]>>,
}

/// A town with whose name a text goes on.
#[derive(Debug, Clone, Copy)]
pub(super) struct TownMatch {
    pub(super) name: u64,
    /// The position behind the name.
    pub(super) end: usize,
    /// Some characters of the text may be any.
    pub(super) wild: bool,
}

/// What a text goes on with.
#[derive(Debug, Default)]
pub(super) struct Matches {
    pub(super) towns: Vec<TownMatch>,
    /// A name may go on with a character that nobody can read.
    pub(super) unreadable: bool,
}

#[derive(Clone, Copy)]
struct Open {
    node: CompiledAddr,
    output: Output,
    position: usize,
    wild: bool,
    markers: u8,
    /// A marker stands right before this position; a second one would be part of a name.
    behind_marker: bool,
}

impl TownTable {
    /// The towns of Japan.
    pub fn japan() -> &'static TownTable {
        static TABLE: OnceLock<TownTable> = OnceLock::new();
        TABLE.get_or_init(|| TownTable { towns: Fst::new(TOWNS).ok(), postcodes: Set::new(POSTCODES).ok() })
    }

    /// The towns of a municipality without wards, or of a ward, in the order of their names.
    pub fn towns_of(&self, code: MunicipalityCode) -> Vec<Town> {
        let Some(towns) = &self.towns else { return Vec::new() };
        let (from, behind) = (three(code.number()), three(code.number() + 1));
        let mut stream = towns.range().ge(from).lt(behind).into_stream();
        let mut names = BTreeSet::new();
        while let Some((_, number)) = stream.next() {
            names.insert(number.value());
        }
        names.into_iter().filter_map(|number| self.town(code, number)).collect()
    }

    /// The municipality without wards, or the ward, has a town of exactly this name.
    pub fn has_town(&self, code: MunicipalityCode, name: &str) -> bool {
        let Some(towns) = &self.towns else { return false };
        let mut from = three(code.number()).to_vec();
        from.extend(fold_name(name).into_iter().collect::<String>().into_bytes());
        let behind = [from.as_slice(), &[FIRST_OF_NAMES]].concat();
        let mut stream = towns.range().ge(from).lt(behind).into_stream();
        while let Some((_, number)) = stream.next() {
            if self.town(code, number.value()).is_some_and(|town| town.name == name) {
                return true;
            }
        }
        false
    }

    /// The postcode belongs to the municipality without wards, or to the ward.
    pub fn has_postcode(&self, code: MunicipalityCode, postcode: Postcode) -> bool {
        let [high, middle, low] = three(postcode.0);
        let [a, b, c] = three(code.number());
        self.postcodes.as_ref().is_some_and(|postcodes| postcodes.contains([high, middle, low, a, b, c]))
    }

    /// A town by the number of its name.
    pub(super) fn town(&self, code: MunicipalityCode, number: u64) -> Option<Town> {
        let number = usize::try_from(number).ok()?;
        let begin = if number == 0 { 0 } else { word(number)? };
        let (count, end) = (word(0)?, word(number + 1)?);
        let text = NAMES.get(4 * (count + 1)..)?;
        let name = std::str::from_utf8(text.get(begin..end)?).ok()?;
        Some(Town { code, name: name.to_owned() })
    }

    /// Every town of a municipality or ward with whose name the text goes on at `from`.
    pub(super) fn matches(&self, code: MunicipalityCode, text: &Text, from: usize) -> Matches {
        let mut found = Matches::default();
        let Some(towns) = &self.towns else { return found };
        let root = Open {
            node: towns.root().addr(),
            output: Output::zero(),
            position: from,
            wild: false,
            markers: 0,
            behind_marker: false,
        };
        let begin = three(code.number()).iter().try_fold(root, |open, byte| step(towns, open, *byte));
        let mut open: Vec<Open> = begin.into_iter().collect();
        while let Some(at) = open.pop() {
            names_that_end(towns, &at, &mut found.towns);
            let Some(c) = text.chars.get(at.position) else { continue };
            if *c == ANY {
                found.unreadable = true;
                any_character(towns, &at, &mut open);
            } else {
                let mut bytes = [0; 4];
                let begin = Open { position: at.position + 1, behind_marker: false, ..at };
                let next = c.encode_utf8(&mut bytes).bytes().try_fold(begin, |at, byte| step(towns, at, byte));
                open.extend(next);
            }
            if at.markers < MOST_MARKERS && !at.behind_marker {
                let passed = |length| Open {
                    position: at.position + length,
                    wild: at.wild || *c == ANY,
                    markers: at.markers + 1,
                    behind_marker: true,
                    ..at
                };
                open.extend(marker(text, at.position).into_iter().flatten().map(passed));
            }
        }
        found
    }
}

fn step(towns: &Fst<&'static [u8]>, at: Open, byte: u8) -> Option<Open> {
    let node = towns.node(at.node);
    let transition = node.transition(node.find_input(byte)?);
    Some(Open { node: transition.addr, output: at.output.cat(transition.out), ..at })
}

fn names_that_end(towns: &Fst<&'static [u8]>, at: &Open, found: &mut Vec<TownMatch>) {
    // The name ended before the marker, and was found there.
    if at.behind_marker {
        return;
    }
    let node = towns.node(at.node);
    for transition in node.transitions().take_while(|transition| transition.inp < FIRST_OF_NAMES) {
        let output = at.output.cat(transition.out).cat(towns.node(transition.addr).final_output());
        found.push(TownMatch { name: output.value(), end: at.position, wild: at.wild });
    }
}

/// Goes on with every character there is.
fn any_character(towns: &Fst<&'static [u8]>, at: &Open, open: &mut Vec<Open>) {
    let mut within = vec![(*at, 0u8)];
    while let Some((at, missing)) = within.pop() {
        // The byte that ends a name is one of these; behind it nothing goes on.
        for transition in towns.node(at.node).transitions() {
            let missing = if missing == 0 { following(transition.inp) } else { missing - 1 };
            let next = Open { node: transition.addr, output: at.output.cat(transition.out), wild: true, ..at };
            if missing == 0 {
                open.push(Open { position: at.position + 1, behind_marker: false, ..next });
            } else {
                within.push((next, missing));
            }
        }
    }
}

/// How many bytes follow the first of a character in UTF-8.
fn following(lead: u8) -> u8 {
    match lead {
        0xF0.. => 3,
        0xE0.. => 2,
        0xC0.. => 1,
        _ => 0,
    }
}

/// The lengths of a marker at a position: 字, 大字, 小字, also where a character may be any.
pub(super) fn marker(text: &Text, position: usize) -> [Option<usize>; 2] {
    let at = |position: usize| text.chars.get(position).copied();
    let is = |c: Option<char>, wanted: &[char]| c.is_some_and(|c| c == ANY || wanted.contains(&c));
    let long = is(at(position), &['大', '小']) && is(at(position + 1), &['字']);
    [long.then_some(2), is(at(position), &['字']).then_some(1)]
}

/// A postcode of seven digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Postcode(u32);

impl Postcode {
    /// Reads seven digits, in any width, with or without mark and hyphen.
    pub fn parse(text: &str) -> Option<Postcode> {
        let folded = super::fold::fold(text.chars().take(20).map(|c| (c, false)), &[]);
        Self::of(folded.chars.strip_prefix(&['〒']).unwrap_or(&folded.chars))
    }

    /// Reads folded characters: seven digits, or eight with a hyphen or gap after the third.
    pub(super) fn of(chars: &[char]) -> Option<Postcode> {
        let apart = matches!(chars, [_, _, _, '-' | super::fold::GAP, _, _, _, _]);
        if !apart && chars.len() != 7 {
            return None;
        }
        let digits = chars.iter().enumerate().filter(|(at, _)| !apart || *at != 3);
        digits.map(|(_, c)| c.to_digit(10)).try_fold(0, |number, digit| Some(number * 10 + digit?)).map(Postcode)
    }
}

fn three(number: u32) -> [u8; 3] {
    let [_, rest @ ..] = number.to_be_bytes();
    rest
}

/// One of the 32-bit numbers at the head of the names.
fn word(index: usize) -> Option<usize> {
    let bytes = NAMES.get(4 * index..4 * index + 4)?;
    usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    /// A `?` may be any character.
    fn matches(code: &str, text: &str) -> Matches {
        let text = Text::new(&fold(text.chars().map(|c| (c, c == '?')), &[]), 0);
        TownTable::japan().matches(code.parse().unwrap(), &text, 0)
    }

    fn named(code: &str, text: &str) -> Vec<String> {
        let table = TownTable::japan();
        let found = matches(code, text);
        let code = code.parse().unwrap();
        let mut found: Vec<_> = found
            .towns
            .iter()
            .map(|found| format!("{} {}", table.town(code, found.name).unwrap().name, found.end))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn the_table_is_whole() {
        let rows = crate::municipality::MunicipalityTable::japan().rows();
        let towns: Vec<usize> = rows.iter().map(|row| TownTable::japan().towns_of(row.code).len()).collect();
        assert_eq!(towns.iter().sum::<usize>(), 117_301);
        for row in rows {
            let towns = TownTable::japan().towns_of(row.code);
            assert!(towns.iter().all(|town| TownTable::japan().has_town(row.code, &town.name)), "{}", row.city);
        }
        let showa = "074462".parse().unwrap();
        for unknown in ["関町", "下中津", "下中津川下", "大字下中津川", ""] {
            assert!(!TownTable::japan().has_town(showa, unknown), "{unknown}");
        }
        let showa: Vec<String> =
            TownTable::japan().towns_of("074462".parse().unwrap()).into_iter().map(|town| town.name).collect();
        assert!(showa.contains(&"下中津川".to_owned()), "{showa:?}");
    }

    #[test]
    fn markers_and_numbers_may_be_written_or_not() {
        assert_eq!(named("074462", "大字下中津川字中島652"), ["下中津川 6"]);
        assert_eq!(named("074462", "字下中津川"), ["下中津川 5"]);
        assert_eq!(named("011011", "北1条西2丁目"), ["北一条西 4"]);
        assert_eq!(named("011011", "北１１条西2丁目"), ["北十一条西 5"]);
        assert!(named("074462", "何処").is_empty());
    }

    #[test]
    fn three_markers_may_be_passed_over_and_none_that_follows_another() {
        assert_eq!(named("074462", "字下字中大字津川"), ["下中津川 8"]);
        assert!(named("074462", "字下字中字津字川").is_empty());
        assert!(named("074462", "字字下中津川").is_empty());
    }

    #[test]
    fn a_lost_character_may_be_any() {
        assert_eq!(named("074462", "下中?川"), ["下中津川 4"]);
        assert_eq!(named("074462", "大?下中津川"), ["下中津川 6", "大芦 2"]);
        assert_eq!(named("074462", "下中津字?"), ["下中津川 5"]);
        let ten = ["一", "七", "三", "九", "二", "五", "八", "六", "十", "四"];
        assert_eq!(named("011011", "北?条西"), ten.map(|number| format!("北{number}条西 4")));
        let wild = |text: &str| matches("074462", text).towns.iter().map(|found| found.wild).collect::<Vec<_>>();
        assert_eq!((wild("下中?川"), wild("?下中津川"), wild("字下中津川")), (vec![true], vec![true], vec![false]));
    }

    #[test]
    fn the_first_byte_tells_how_many_follow() {
        for c in ['a', 'é', '下', '𠮷'] {
            let bytes = c.to_string().into_bytes();
            assert_eq!(usize::from(following(bytes[0])), bytes.len() - 1, "{c}");
        }
    }

    #[test]
    fn postcodes() {
        let table = TownTable::japan();
        let showa = "074462".parse().unwrap();
        for text in ["968-0103", "〒968‐0103", "９６８０１０３", "968 0103"] {
            assert!(table.has_postcode(showa, Postcode::parse(text).unwrap()), "{text}");
        }
        assert!(!table.has_postcode(showa, Postcode::parse("100-0001").unwrap()));
        assert_eq!(Postcode::parse("96801034"), None);
        assert_eq!(Postcode::parse("968-010"), None);
    }
}
