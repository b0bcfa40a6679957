//! `docs/openid.md` names a test for everything that it promises: each of them is there.

use std::collections::BTreeSet;
use std::path::Path;

/// The names of all functions in the Rust files below a directory.
fn functions(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for mark in ["#[tokio::test", "#[test]"] {
                let tests = text.split(mark).skip(1).filter_map(|after| after.split("fn ").nth(1));
                names.extend(tests.filter_map(|name| name.split('(').next()).map(str::to_owned));
            }
        }
    }
}

#[test]
fn every_test_that_the_conformance_table_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut known = BTreeSet::new();
    for directory in ["server/tests", "service/tests", "oidc/src", "oidc/tests", "domain/src"] {
        functions(&root.join(directory), &mut known);
    }
    let page = std::fs::read_to_string(root.join("docs/openid.md")).unwrap();
    let (_, table) = page.split_once("## What holds").unwrap();
    let rows = table.lines().filter(|line| line.starts_with('|')).skip(2);
    let mut named = 0;
    for row in rows {
        let cell = row.split('|').nth(3).unwrap();
        let tests: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            assert!(known.contains(test), "{test}");
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}
