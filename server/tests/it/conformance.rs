//! `docs/conformance.md` is made from the tests: a line above each says which part of which standard it holds us to, and the
//! test's name says what holds. A promise without a test has no row, and a row's test runs with all others.
//!
//! ```text
//! // conforms: RFC 9126 §2.2 MUST; OpenID Connect Core 1.0 §6.2 SHOULD
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const MARK: &str = "// conforms: ";
/// What a test shows that no standard asks for.
const OUR_OWN: &str = "Our own";
const BEGIN: &str = "<!-- made from the tests: UPDATE_DOCS=1 cargo test -p server --test it conformance -->\n";

/// What discovery and this product's design promise. The table has them in this order, each with at least one row.
const STANDARDS: [(&str, &str); 25] = [
    ("OpenID Connect Core 1.0", "https://openid.net/specs/openid-connect-core-1_0.html"),
    ("OpenID Connect Discovery 1.0", "https://openid.net/specs/openid-connect-discovery-1_0.html"),
    ("OpenID Connect RP-Initiated Logout 1.0", "https://openid.net/specs/openid-connect-rpinitiated-1_0.html"),
    ("OpenID Connect Back-Channel Logout 1.0", "https://openid.net/specs/openid-connect-backchannel-1_0.html"),
    (
        "OpenID Connect for Identity Assurance 1.0",
        "https://openid.net/specs/openid-connect-4-identity-assurance-1_0.html",
    ),
    ("FAPI 2.0 Security Profile", "https://openid.net/specs/fapi-security-profile-2_0-final.html"),
    ("RFC 6749", "https://www.rfc-editor.org/rfc/rfc6749"),
    ("RFC 6750", "https://www.rfc-editor.org/rfc/rfc6750"),
    ("RFC 7009", "https://www.rfc-editor.org/rfc/rfc7009"),
    ("RFC 7523", "https://www.rfc-editor.org/rfc/rfc7523"),
    ("RFC 7591", "https://www.rfc-editor.org/rfc/rfc7591"),
    ("RFC 7636", "https://www.rfc-editor.org/rfc/rfc7636"),
    ("RFC 7662", "https://www.rfc-editor.org/rfc/rfc7662"),
    ("RFC 8252", "https://www.rfc-editor.org/rfc/rfc8252"),
    ("RFC 8414", "https://www.rfc-editor.org/rfc/rfc8414"),
    ("RFC 8417", "https://www.rfc-editor.org/rfc/rfc8417"),
    ("RFC 8935", "https://www.rfc-editor.org/rfc/rfc8935"),
    ("RFC 8936", "https://www.rfc-editor.org/rfc/rfc8936"),
    ("RFC 9101", "https://www.rfc-editor.org/rfc/rfc9101"),
    ("RFC 9126", "https://www.rfc-editor.org/rfc/rfc9126"),
    ("RFC 9207", "https://www.rfc-editor.org/rfc/rfc9207"),
    ("RFC 9449", "https://www.rfc-editor.org/rfc/rfc9449"),
    ("RFC 9493", "https://www.rfc-editor.org/rfc/rfc9493"),
    ("RFC 9700", "https://www.rfc-editor.org/rfc/rfc9700"),
    ("Web Authentication Level 3", "https://www.w3.org/TR/webauthn-3/"),
];

/// What a test holds us to.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Claim {
    place: usize,
    /// Numbers, so that section 10 comes after section 9.
    section: Vec<u32>,
    level: String,
    /// The test's name as a sentence, and its file.
    holds: (String, PathBuf),
}

fn files(directory: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|of| of == extension) {
            found.push(path);
        }
    }
}

/// The function below a mark, if it is a test that runs.
fn test_below<'t>(lines: &mut impl Iterator<Item = &'t str>) -> Option<String> {
    let mut is_test = false;
    for line in lines {
        let line = line.trim();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if let Some((_, after)) = line.split_once("fn ")
            && !line.starts_with("//")
        {
            return is_test.then(|| after.split('(').next().unwrap().replace('_', " "));
        } else if line.starts_with("#[ignore") || line.is_empty() {
            return None;
        }
    }
    None
}

fn place(standard: &str) -> usize {
    if standard == OUR_OWN {
        return STANDARDS.len();
    }
    STANDARDS.iter().position(|(name, _)| *name == standard).unwrap_or_else(|| panic!("no such standard: {standard}"))
}

/// `RFC 9126 §2.2 MUST`, or [`OUR_OWN`].
fn read(claim: &str, holds: (String, PathBuf)) -> Claim {
    let Some((standard, rest)) = claim.split_once(" §") else {
        return Claim { place: place(claim), section: Vec::new(), level: String::new(), holds };
    };
    let (section, level) = rest.split_once(' ').unwrap();
    assert!(["MUST", "SHOULD", "MAY"].contains(&level), "{claim}");
    let section = section.split('.').map(|number| number.parse().unwrap()).collect();
    Claim { place: place(standard), section, level: level.to_owned(), holds }
}

fn claims(root: &Path) -> BTreeSet<Claim> {
    let mut found = Vec::new();
    for directory in
        ["domain/src", "oidc/src", "oidc/tests", "service/src", "service/tests", "server/src", "server/tests"]
    {
        files(&root.join(directory), "rs", &mut found);
    }
    let mut claims = BTreeSet::new();
    for file in found {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(said) = line.trim().strip_prefix(MARK) else { continue };
            let name = test_below(&mut lines).unwrap_or_else(|| panic!("{}: no test below: {said}", file.display()));
            let at = file.strip_prefix(root).unwrap().to_owned();
            claims.extend(said.split("; ").map(|claim| read(claim, (name.clone(), at.clone()))));
        }
    }
    claims
}

/// What standards ask for, and then what only we do.
fn tables(claims: &BTreeSet<Claim>) -> String {
    let mut asked = String::from("\n| standard | section | level | test | in |\n|---|---|---|---|---|\n");
    let mut our_own = String::from("\n## What no standard asks for\n\n| test | in |\n|---|---|\n");
    for Claim { place, section, level, holds: (sentence, file) } in claims {
        let test = format!("{sentence} | [{0}](../{0}) |", file.to_str().unwrap());
        let Some((standard, link)) = STANDARDS.get(*place) else {
            writeln!(our_own, "| {test}").unwrap();
            continue;
        };
        let section: Vec<String> = section.iter().map(u32::to_string).collect();
        writeln!(asked, "| [{standard}]({link}) | {} | {level} | {test}", section.join(".")).unwrap();
    }
    asked + our_own.as_str()
}

#[test]
fn the_conformance_table_is_made_from_the_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let claims = claims(root);
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    for claim in &claims {
        *rows.entry(claim.place).or_default() += 1;
    }
    for (place, (standard, _)) in STANDARDS.iter().enumerate() {
        assert!(rows.contains_key(&place), "no test holds us to {standard}");
    }
    let file = root.join("docs/conformance.md");
    let page = std::fs::read_to_string(&file).unwrap();
    let (before, now) = page.split_once(BEGIN).unwrap();
    let made = tables(&claims);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, format!("{before}{BEGIN}{made}")).unwrap();
    } else {
        assert!(now == made, "run with UPDATE_DOCS=1");
    }
}
