//! Numbers inside names: 北1条西, 北１条西 and 北一条西 are one town, 六ヶ所村 is not a number.
//!
//! Names of the table are compared with their numbers in kanji, as most of them are written. In an address each Arabic number
//! is put into kanji *as a whole*: a name ends behind it or before it, never within, so that 中町12番地 is not in 中町一.

use zeroize::Zeroizing;

use super::fold::{Folded, GAP, fold};

/// Names hold no larger numbers; longer runs of digits stay as they are.
const MOST_DIGITS: usize = 3;

/// Where a character comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// From itself.
    Plain,
    /// The first character of an Arabic number.
    Number,
    /// A further character of an Arabic number: nothing begins or ends before it.
    Inside,
}

/// Characters ready for comparison.
pub(crate) struct Text {
    pub(crate) chars: Zeroizing<Vec<char>>,
    pub(crate) origins: Vec<Origin>,
    /// Where the parts of a pre-split address end.
    pub(crate) seams: Vec<usize>,
}

/// A digit or a power of ten, in kanji.
pub(crate) fn is_numeral(c: char) -> bool {
    matches!(c, '〇' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百' | '千')
}

/// Folds a name of the table.
pub(crate) fn fold_name(name: &str) -> Vec<char> {
    let folded = fold(name.chars().map(|c| (c, false)), &[]);
    Text::new(&folded, 0).chars.to_vec()
}

impl Text {
    /// The folded characters from a position on, with Arabic numbers in kanji.
    pub(crate) fn new(folded: &Folded, from: usize) -> Text {
        let mut text = Text {
            chars: Zeroizing::new(Vec::with_capacity(folded.chars.len() + 16)),
            origins: Vec::with_capacity(folded.chars.len() + 16),
            seams: Vec::with_capacity(folded.seams.len()),
        };
        let mut rest = folded.chars.get(from..).unwrap_or_default();
        let mut position = from;
        loop {
            while folded.seams.get(text.seams.len()).is_some_and(|seam| *seam <= position) {
                text.seams.push(text.chars.len());
            }
            let Some(first) = rest.first() else { break };
            let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
            // A number does not reach across a seam.
            let until_seam = folded.seams.get(text.seams.len()).map_or(digits, |seam| seam - position);
            let digits = digits.min(until_seam);
            let taken = digits.max(1);
            if digits == 0 {
                text.push(*first, Origin::Plain);
            } else {
                text.push_number(rest.get(..digits).unwrap_or_default());
                if rest.get(digits).is_some_and(|next| is_numeral(*next)) {
                    text.push(GAP, Origin::Plain);
                }
            }
            rest = rest.get(taken..).unwrap_or_default();
            position += taken;
        }
        text
    }

    fn push(&mut self, c: char, origin: Origin) {
        self.chars.push(c);
        self.origins.push(origin);
    }

    fn push_number(&mut self, digits: &[char]) {
        if self.chars.last().is_some_and(|last| is_numeral(*last)) {
            self.push(GAP, Origin::Plain);
        }
        let mut origin = Origin::Number;
        let mut push = |c| {
            self.push(c, origin);
            origin = Origin::Inside;
        };
        if digits.len() > MOST_DIGITS || digits.first() == Some(&'0') {
            digits.iter().for_each(|digit| push(*digit));
            return;
        }
        for (place, digit) in digits.iter().rev().enumerate().collect::<Vec<_>>().into_iter().rev() {
            let power = [None, Some('十'), Some('百')].get(place).copied().flatten();
            match (digit, power) {
                ('0', _) => {}
                ('1', Some(power)) => push(power),
                (_, power) => {
                    push(kanji(*digit));
                    power.into_iter().for_each(&mut push);
                }
            }
        }
    }
}

fn kanji(digit: char) -> char {
    match digit {
        '1' => '一',
        '2' => '二',
        '3' => '三',
        '4' => '四',
        '5' => '五',
        '6' => '六',
        '7' => '七',
        '8' => '八',
        '9' => '九',
        _ => '〇',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        fold_name(text).into_iter().collect()
    }

    #[test]
    fn numbers_are_kanji() {
        for (text, expected) in [
            ("北１条西", "北一条西"),
            ("10", "十"),
            ("11線", "十一線"),
            ("20", "二十"),
            ("105", "百五"),
            ("213", "二百十三"),
            ("456", "四百五十六"),
            ("789", "七百八十九"),
            ("300", "三百"),
            ("1234", "1234"),
            ("007", "007"),
            ("六ヶ所村", "六ケ所村"),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_of_both_kinds_stay_apart() {
        assert_eq!(name("上三12番地"), "上三\u{1}十二番地");
        assert_eq!(name("12三番町"), "十二\u{1}三番町");
    }

    #[test]
    fn a_number_ends_at_a_seam() {
        let folded = fold("中町123".chars().map(|c| (c, false)), &[3]);
        let text = Text::new(&folded, 0);
        assert_eq!((text.chars.iter().collect::<String>(), text.seams), ("中町一\u{1}二十三".to_owned(), vec![3]));
    }
}
