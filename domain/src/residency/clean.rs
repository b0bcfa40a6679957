//! Rows of the postcode file that are no town names as they stand: lists, ranges and remarks. The build script reads the table
//! through this.

/// The towns that a row names: none for a remark, several for a list.
pub(crate) fn clean_names(town: &str) -> Vec<String> {
    if town.is_empty() || town.contains("の次に") {
        return Vec::new();
    }
    let ranged = town.contains(['〜', '、', '−']);
    let mut names: Vec<String> = Vec::new();
    for piece in town.split('、') {
        let name = piece.split('〜').next().unwrap_or_default();
        let name = if ranged || cut_off(name) { without_number(name) } else { name };
        if !name.is_empty() && names.iter().all(|known| known != name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// A number that was cut off a range of 地割: 杉名畑４. A number of its own stands behind 第 or a word in katakana.
fn cut_off(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| matches!(c, '０'..='９'));
    stem.len() < name.len() && stem.ends_with(|c: char| matches!(c, '\u{4E00}'..='\u{9FFF}' | '々') && c != '第')
}

/// 下前７地割 and 大泉町西井出８２４０−１ are parts of 下前 and 大泉町西井出.
fn without_number(name: &str) -> &str {
    let name = name.strip_suffix("地割").unwrap_or(name);
    name.trim_end_matches(|c: char| matches!(c, '０'..='９' | '−'))
}

#[cfg(test)]
mod tests {
    use super::clean_names;

    #[test]
    fn lists_ranges_and_remarks() {
        for (row, names) in [
            ("下中津川", &["下中津川"] as &[_]),
            ("すずらん台東１番町", &["すずらん台東１番町"]),
            ("井道、奥井道、内井道", &["井道", "奥井道", "内井道"]),
            ("下前７地割〜下前１", &["下前"]),
            ("中村５８地割、中村５", &["中村"]),
            ("大泉町西井出８２４０−１", &["大泉町西井出"]),
            ("杉名畑４", &["杉名畑"]),
            ("種市第４地割", &["種市第４地割"]),
            ("鶴沼第１", &["鶴沼第１"]),
            ("東池袋サンシャイン６０", &["東池袋サンシャイン６０"]),
            ("琴平町の次に１〜４２６番地がくる場合", &[]),
            ("", &[]),
        ] {
            assert_eq!(clean_names(row), names, "{row}");
        }
    }
}
