//! Whatever stands for a rule's JSON is read or refused without a panic; what is read is written and read again as it was, and
//! reads as sentences.
#![no_main]

use domain::locale::Locale;
use domain::municipality::MunicipalityTable;
use domain::residency::{ResidencyRule, lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let table = MunicipalityTable::japan();
    if let Ok(rule) = ResidencyRule::from_json(text, table) {
        assert!(ResidencyRule::from_json(&rule.to_json(), table).is_ok_and(|again| again == rule));
        let Ok(own) = "074462".parse() else { return };
        assert!(lines(&rule, own, table, Locale::Ja).iter().all(|line| !line.is_empty()));
        let _ = rule.findings(own, table);
    }
});
