//! Checks on typed text that several values share: what may stand on one line, and what in a paragraph.

use crate::violations::Violation;

/// Invisible characters that make a text read differently from what it is: bidirectional controls, zero-width marks.
/// The zero-width joiner is among them: nothing that a clerk types here needs it.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

fn sized(text: &str, max_chars: usize) -> Result<(), Violation> {
    if text.is_empty() {
        return Err(Violation::Required);
    }
    if text.chars().count() > max_chars {
        return Err(Violation::TooLong);
    }
    Ok(())
}

/// One trimmed line of 1 to `max_chars` characters without control characters.
pub(crate) fn line(text: &str, max_chars: usize) -> Result<String, Violation> {
    let text = text.trim();
    sized(text, max_chars)?;
    if text.chars().any(|c| c.is_control() || is_deceptive(c)) {
        return Err(Violation::Malformed);
    }
    Ok(text.to_owned())
}

/// A trimmed text of 1 to `max_chars` characters, in which lines may break (browsers send CR LF; LF is kept).
pub(crate) fn block(text: &str, max_chars: usize) -> Result<String, Violation> {
    let text = text.trim().replace("\r\n", "\n");
    sized(&text, max_chars)?;
    if text.chars().any(|c| (c.is_control() && c != '\n') || is_deceptive(c)) {
        return Err(Violation::Malformed);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_measured_in_characters() {
        assert_eq!(line("  昭和村 ", 3), Ok("昭和村".to_owned()));
        assert_eq!(line("昭和村立", 3), Err(Violation::TooLong));
        assert_eq!(line(" \u{3000}", 3), Err(Violation::Required));
    }

    #[test]
    fn control_and_bidirectional_characters_are_refused() {
        for text in ["a\nb", "a\u{7}b", "a\u{202E}b", "a\u{2066}b", "a\u{200B}b"] {
            assert_eq!(line(text, 10), Err(Violation::Malformed));
        }
    }

    #[test]
    fn a_block_keeps_its_lines() {
        assert_eq!(block("一\r\n二\n", 10), Ok("一\n二".to_owned()));
        assert_eq!(block("一\t二", 10), Err(Violation::Malformed));
    }
}
