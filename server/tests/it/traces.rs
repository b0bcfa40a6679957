//! Finds what is known of a person in raw bytes, in every form in which a program may have written it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use unicode_normalization::UnicodeNormalization;

/// A form of a marker.
pub(crate) struct Trace {
    pub(crate) form: String,
    bytes: Vec<u8>,
    /// So short that it stands for something only where nothing else touches it, and only in text.
    bounded: bool,
}

/// Every form of every marker, found in one pass.
pub(crate) struct Traces {
    all: Vec<Trace>,
    by_start: Vec<Vec<usize>>,
}

impl Traces {
    /// Of texts as they are, and of a birthdate given as `YYYYMMDD`.
    pub(crate) fn of(texts: &[&str], birthdate: &str) -> Traces {
        let mut all = Vec::new();
        for text in texts {
            every_form(text, &mut all);
        }
        let (year, month, day) =
            (birthdate.get(..4).unwrap(), birthdate.get(4..6).unwrap(), birthdate.get(6..).unwrap());
        let (short_month, short_day) = (month.trim_start_matches('0'), day.trim_start_matches('0'));
        for text in [
            birthdate.to_owned(),
            format!("{year}-{month}-{day}"),
            format!("{year}/{month}/{day}"),
            format!("{year}年{short_month}月{short_day}日"),
            format!("{year}年{month}月{day}日"),
            format!("{short_month}月{short_day}日"),
            format!("{month}月{day}日"),
            format!("--{month}-{day}"),
        ] {
            every_form(&text, &mut all);
        }
        for text in [format!("{month}-{day}"), format!("{month}/{day}"), format!("{month}{day}")] {
            all.push(Trace { form: "month and day".to_owned(), bytes: text.into_bytes(), bounded: true });
        }
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (index, trace) in all.iter().enumerate() {
            by_start[start(&trace.bytes)].push(index);
        }
        Traces { all, by_start }
    }

    /// What is found.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<&Trace> {
        let is_text = std::str::from_utf8(bytes).is_ok();
        let mut found = Vec::new();
        for at in 0..bytes.len().saturating_sub(1) {
            for index in &self.by_start[start(&bytes[at..])] {
                let trace = &self.all[*index];
                if bytes[at..].starts_with(&trace.bytes)
                    && (!trace.bounded || (is_text && stands_alone(bytes, at, trace.bytes.len())))
                {
                    found.push(trace);
                }
            }
        }
        found
    }

    pub(crate) fn all(&self) -> &[Trace] {
        &self.all
    }
}

impl Trace {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

fn stands_alone(bytes: &[u8], at: usize, length: usize) -> bool {
    let touches = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/=.:%".contains(byte);
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    !before.is_some_and(touches) && !bytes.get(at + length).is_some_and(touches)
}

fn every_form(text: &str, all: &mut Vec<Trace>) {
    let normalised: String = text.nfkc().collect();
    let wide: String = normalised
        .chars()
        .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
        .collect();
    let without_spaces: String = normalised.split_whitespace().collect();
    let mut spellings = vec![text.to_owned(), normalised, wide, without_spaces];
    spellings.sort();
    spellings.dedup();
    for spelling in spellings {
        let mut add = |form: &str, bytes: Vec<u8>| {
            all.push(Trace { form: format!("{form} of {spelling}"), bytes, bounded: false });
        };
        let bytes = spelling.as_bytes();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        let units: Vec<u16> = spelling.encode_utf16().collect();
        let escaped: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
        add("text", bytes.to_vec());
        add("hex", hex.clone().into_bytes());
        add("HEX", hex.to_ascii_uppercase().into_bytes());
        add("percent", percent.clone().into_bytes());
        add("percent, lower", percent.to_ascii_lowercase().into_bytes());
        add("UTF-16LE", units.iter().flat_map(|unit| unit.to_le_bytes()).collect());
        add("UTF-16BE", units.iter().flat_map(|unit| unit.to_be_bytes()).collect());
        add("JSON escapes", escaped.clone().into_bytes());
        add("JSON ESCAPES", escaped.to_ascii_uppercase().replace("\\U", "\\u").into_bytes());
        for offset in 0..3 {
            let shifted = [&[0; 2][..offset], bytes].concat();
            // The first and last characters depend on what stands beside.
            let (from, to) = ((offset * 8).div_ceil(6), shifted.len() * 8 / 6);
            for (alphabet, engine) in [("base64", &STANDARD_NO_PAD), ("base64url", &URL_SAFE_NO_PAD)] {
                let encoded = engine.encode(&shifted).into_bytes();
                add(&format!("{alphabet} at {offset}"), encoded[from..to].to_vec());
            }
        }
    }
}
