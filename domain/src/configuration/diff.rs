//! What changed between two versions: field by field, and within a field word by word.

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::field::{Field, FieldKey};
use crate::locale::Words;

/// How a field changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// 追加: it was empty before.
    Added,
    /// 削除: it is empty now.
    Removed,
    /// 変更.
    Changed,
    /// 変更なし.
    Same,
}

impl ChangeKind {
    /// The word beside the field.
    pub const fn words(self) -> Words {
        match self {
            ChangeKind::Added => Words { ja: "追加", en: "Added" },
            ChangeKind::Removed => Words { ja: "削除", en: "Removed" },
            ChangeKind::Changed => Words { ja: "変更", en: "Changed" },
            ChangeKind::Same => Words { ja: "変更なし", en: "Unchanged" },
        }
    }
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which.
    pub field: FieldKey,
    /// Its lines before.
    pub old: Vec<String>,
    /// Its lines after.
    pub new: Vec<String>,
    /// How it changed.
    pub kind: ChangeKind,
}

/// Compares two contents field by field, in the order of the newer one; fields that only the older one has come last.
/// Without an older version every field is added or unchanged (empty).
pub fn diff(old: &[Field], new: &[Field]) -> Vec<FieldChange> {
    let lines = |fields: &[Field], key: FieldKey| {
        fields.iter().find(|field| field.key == key).map(|field| field.lines.clone()).unwrap_or_default()
    };
    let gone = old.iter().filter(|field| new.iter().all(|other| other.key != field.key));
    new.iter().chain(gone).map(|field| change(field.key, lines(old, field.key), lines(new, field.key))).collect()
}

fn change(field: FieldKey, old: Vec<String>, new: Vec<String>) -> FieldChange {
    let kind = match (old.is_empty(), new.is_empty()) {
        _ if old == new => ChangeKind::Same,
        (true, _) => ChangeKind::Added,
        (_, true) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    FieldChange { field, old, new, kind }
}

/// The most signs of a text that is not compared piece by piece.
const SHORT: usize = 4;

/// A piece of a text that stayed or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The piece.
    pub text: String,
    /// Deleted (in the old text) or inserted (in the new one).
    pub changed: bool,
}

/// Compares two texts word by word: the old one with what was deleted, the new one with what was inserted. Japanese has no
/// spaces, so a word is a run of one script (kanji, katakana, letters and digits); hiragana, which joins words, and signs
/// stand alone. Of two texts of a few signs, such as はい and いいえ, the whole has changed.
pub fn segments(old: &str, new: &str) -> (Vec<Segment>, Vec<Segment>) {
    if old != new && [old, new].into_iter().all(|text| text.chars().count() <= SHORT) {
        let whole = |text: &str| {
            let segment = Segment { text: text.to_owned(), changed: true };
            if text.is_empty() { Vec::new() } else { vec![segment] }
        };
        return (whole(old), whole(new));
    }
    let (old, new) = (words(old), words(new));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let changed = !matches!(op, DiffOp::Equal { .. });
        push(&mut before, old.get(op.old_range()), changed);
        push(&mut after, new.get(op.new_range()), changed);
    }
    (before, after)
}

fn push(segments: &mut Vec<Segment>, words: Option<&[&str]>, changed: bool) {
    let text = words.unwrap_or_default().concat();
    if text.is_empty() {
        return;
    }
    match segments.last_mut() {
        Some(last) if last.changed == changed => last.text.push_str(&text),
        _ => segments.push(Segment { text, changed }),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Kanji,
    Katakana,
    Letters,
    Single,
}

fn script(c: char) -> Script {
    match c {
        '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '々' | '〆' => Script::Kanji,
        '\u{30A1}'..='\u{30FA}' | 'ー' => Script::Katakana,
        _ if c.is_ascii_alphanumeric() || ('０'..='９').contains(&c) => Script::Letters,
        _ => Script::Single,
    }
}

fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = script(first);
        let end = match kind {
            Script::Single => first.len_utf8(),
            _ => rest.find(|c| script(c) != kind).unwrap_or(rest.len()),
        };
        let (word, behind) = rest.split_at(end);
        words.push(word);
        rest = behind;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(segments: &[Segment]) -> String {
        segments
            .iter()
            .map(|segment| if segment.changed { format!("[{}]", segment.text) } else { segment.text.clone() })
            .collect()
    }

    #[test]
    fn words_that_changed_are_marked() {
        let (old, new) = segments(
            "電子図書館の利用者であることを確かめるため",
            "電子図書館の利用者であることを確かめ、年齢に合った本を案内するため",
        );
        assert_eq!(marked(&old), "電子図書館の利用者であることを確かめるため");
        assert_eq!(marked(&new), "電子図書館の利用者であることを確かめ[、年齢に合った本を案内す]るため");
        let (old, new) = segments("https://v1.tosho.example.jp/cb", "https://tosho.example.jp/tsuno/cb");
        assert_eq!(marked(&old), "https://[v1.]tosho.example.jp/cb");
        assert_eq!(marked(&new), "https://tosho.example.jp/[tsuno/]cb");
        let (old, new) = segments("いいえ", "はい");
        assert_eq!((marked(&old), marked(&new)), ("[いいえ]".to_owned(), "[はい]".to_owned()));
    }

    #[test]
    fn fields_are_added_removed_changed_or_the_same() {
        let field = |key, lines: &[&str]| Field { key, lines: lines.iter().map(|line| (*line).to_owned()).collect() };
        let old = [field(FieldKey::Name, &["a"]), field(FieldKey::Note, &["n"]), field(FieldKey::Items, &[])];
        let new = [field(FieldKey::Name, &["b"]), field(FieldKey::Items, &["x"]), field(FieldKey::Pkce, &["p"])];
        let kinds: Vec<_> = diff(&old, &new).iter().map(|change| (change.field, change.kind)).collect();
        assert_eq!(
            kinds,
            [
                (FieldKey::Name, ChangeKind::Changed),
                (FieldKey::Items, ChangeKind::Added),
                (FieldKey::Pkce, ChangeKind::Added),
                (FieldKey::Note, ChangeKind::Removed),
            ]
        );
        assert!(diff(&new, &new).iter().all(|change| change.kind == ChangeKind::Same));
    }

    proptest! {
        #[test]
        fn segments_put_together_are_the_texts(old in "\\PC{0,40}", new in "\\PC{0,40}") {
            let (before, after) = segments(&old, &new);
            let whole = |segments: &[Segment]| segments.iter().map(|segment| segment.text.as_str()).collect::<String>();
            prop_assert_eq!(whole(&before), old.as_str());
            prop_assert_eq!(whole(&after), new.as_str());
            if old == new {
                prop_assert!(before.iter().chain(&after).all(|segment| !segment.changed));
            }
        }
    }
}
