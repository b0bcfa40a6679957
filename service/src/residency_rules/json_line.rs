//! In which line of a JSON text something stands.

/// The line, from 1, of the value that a JSON Pointer (RFC 6901) names; of what is not there the line of the nearest value
/// around it, and of a text that is no JSON the line at which it stops being any.
pub(super) fn line_of(json: &str, pointer: &str) -> usize {
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(json) {
        return error.line().max(1);
    }
    let mut cursor = Cursor { bytes: json.as_bytes(), at: 0 };
    cursor.space();
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let Some(at) = cursor.child(&token) else { break };
        cursor.at = at;
    }
    cursor.bytes.iter().take(cursor.at).filter(|byte| **byte == b'\n').count() + 1
}

/// A position in a text that is known to be JSON.
#[derive(Clone, Copy)]
struct Cursor<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn byte(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or_default()
    }

    fn space(&mut self) {
        while self.byte().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    /// Where the member or the item of this name begins in the object or the list at the cursor.
    fn child(&self, name: &str) -> Option<usize> {
        let object = match self.byte() {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        let mut inner = Cursor { at: self.at + 1, ..*self };
        for index in 0_usize.. {
            inner.space();
            if matches!(inner.byte(), b'}' | b']' | 0) {
                return None;
            }
            let found = if object {
                let from = inner.at;
                inner.string();
                let key = inner.bytes.get(from..inner.at).and_then(|key| serde_json::from_slice::<String>(key).ok());
                inner.space();
                // The colon.
                inner.at += 1;
                inner.space();
                key.is_some_and(|key| key == name)
            } else {
                name.parse() == Ok(index)
            };
            if found {
                return Some(inner.at);
            }
            inner.value();
            inner.space();
            if inner.byte() == b',' {
                inner.at += 1;
            }
        }
        None
    }

    /// Goes past the string at the cursor.
    fn string(&mut self) {
        self.at += 1;
        while !matches!(self.byte(), b'"' | 0) {
            self.at += if self.byte() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
    }

    /// Goes past the value at the cursor.
    fn value(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.byte() {
                0 => return,
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => self.at += 1,
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    while !matches!(self.byte(), b',' | b'}' | b']' | 0) && !self.byte().is_ascii_whitespace() {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn a_place_has_a_line() {
        let json = "\n{\n \"a\": [1, {\"x\": \"]}\\\"\"},\n  {\"b\":\n true}],\n \"c/~\": -1.5e3,\n \"d\": {}\n}";
        let rows = [
            ("", 2),
            ("/a", 3),
            ("/a/1/x", 3),
            ("/a/2", 4),
            ("/a/2/b", 5),
            ("/a/2/nothing", 4),
            ("/a/9", 3),
            ("/c~1~0", 6),
            ("/d", 7),
            ("/d/x", 7),
            ("/nothing", 2),
        ];
        for (pointer, line) in rows {
            assert_eq!(line_of(json, pointer), line, "{pointer}");
        }
        assert_eq!(line_of("{\n \"a\": [1,\n }", ""), 3);
        assert_eq!(line_of("", ""), 1);
    }
}
