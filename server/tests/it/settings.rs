//! `docs/running.md` tells every setting, by the name under which it is set.

use std::path::Path;

use server::configuration::Configuration;

/// The keys that are known at a place, as the refusal of one that is not names them; `None` where there are none to name.
fn known(directory: &Path, section: Option<&str>) -> Option<Vec<String>> {
    let file = directory.join("machikagi.toml");
    let head = section.map(|section| format!("[{section}]\n")).unwrap_or_default();
    std::fs::write(&file, format!("{head}no_such_key = 1\n")).unwrap();
    let refusal = Configuration::read(Some(&file)).unwrap_err().to_string();
    let (_, known) = refusal.split_once("known here: ")?;
    Some(known.split(", ").map(str::to_owned).collect())
}

#[test]
fn every_setting_is_documented() {
    let directory = tempfile::tempdir().unwrap();
    let mut settings = Vec::new();
    for key in known(directory.path(), None).unwrap() {
        match known(directory.path(), Some(&key)) {
            Some(keys) => settings.extend(keys.into_iter().map(|one| format!("{key}.{one}"))),
            None => settings.push(key),
        }
    }
    assert!(settings.iter().any(|setting| setting == "limits.idle_seconds"), "{settings:?}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/running.md");
    let page = std::fs::read_to_string(page).unwrap();
    settings.retain(|setting| !page.contains(&format!("| `{setting}` |")));
    assert_eq!(settings, Vec::<String>::new(), "not in a table of docs/running.md");
}
