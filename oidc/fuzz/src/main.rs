//! libFuzzer on one reader of foreign input: `PARSER` names it. `scripts/fuzz` builds and starts this.

#![no_main]
#![expect(
    clippy::unwrap_used,
    reason = "a property that does not hold ends the process, and so does a sample that is none"
)]

mod parsers;

use std::sync::LazyLock;

/// The reader that is asked for.
static PARSER: LazyLock<parsers::Parser> = LazyLock::new(|| {
    let name = std::env::var("PARSER").unwrap_or_default();
    let named = parsers::PARSERS.iter().find(|(known, _)| *known == name);
    named.unwrap_or_else(|| panic!("PARSER is none of {:?}", parsers::PARSERS.iter().map(|(name, _)| name))).1
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| PARSER(data));
