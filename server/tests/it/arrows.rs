//! Which crate may use which: what the architecture draws, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

#[test]
fn crates_use_each_other_as_drawn() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let members: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let mut arrows = BTreeMap::new();
    for package in &metadata.packages {
        let uses: BTreeSet<String> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development && members.contains(&dependency.name))
            .map(|dependency| dependency.name.clone())
            .collect();
        arrows.insert(package.name.to_string(), uses.into_iter().collect::<Vec<_>>().join(" "));
    }
    let drawn = [
        ("app", "domain service"),
        ("bench", "domain"),
        ("domain", ""),
        ("entity", ""),
        ("migration", ""),
        ("oidc", "domain"),
        ("server", "app domain migration oidc service"),
        ("service", "domain entity oidc"),
    ];
    for (name, uses) in drawn {
        assert_eq!(arrows.remove(name).as_deref(), Some(uses), "what {name} uses");
    }
    assert!(arrows.is_empty(), "crates that the architecture does not know: {arrows:?}");
}

#[test]
fn the_browser_gets_the_rules_and_nothing_else_of_ours() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    let app = metadata.packages.iter().find(|package| *package.name == "app").unwrap();
    let always: Vec<&str> = app
        .dependencies
        .iter()
        .filter(|dependency| {
            dependency.kind == DependencyKind::Normal && !dependency.optional && dependency.path.is_some()
        })
        .map(|dependency| dependency.name.as_str())
        .collect();
    assert_eq!(always, ["domain"]);
    assert!(!app.features["hydrate"].iter().any(|feature| feature.contains("service")));
}
