//! What rests, column by column. `service/data-at-rest.csv` says of each column whom it is about, what for and until when;
//! `docs/data-at-rest.md` is made from it. A column that is not described fails here, and so does a description of none.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::harness::on_both;

const REGISTER: &str = include_str!("../../data-at-rest.csv");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/data-at-rest.md");

struct Column {
    name: &'static str,
    about: &'static str,
    purpose: &'static str,
    kept: &'static str,
}

fn register() -> BTreeMap<&'static str, Vec<Column>> {
    let mut tables: BTreeMap<_, Vec<Column>> = BTreeMap::new();
    for line in REGISTER.lines().skip(1) {
        let columns: Vec<&str> = line.splitn(5, ',').map(|text| text.trim_matches('"')).collect();
        let [table, name, about, purpose, kept] = columns[..] else { panic!("five columns: {line}") };
        tables.entry(table).or_default().push(Column { name, about, purpose, kept });
    }
    tables
}

#[tokio::test]
async fn every_column_is_described() {
    on_both(async |world| {
        let described: Vec<(String, String)> = register()
            .into_iter()
            .filter(|(table, _)| *table != "epoch_key")
            .flat_map(|(table, columns)| {
                columns.into_iter().map(move |column| (table.to_owned(), column.name.to_owned()))
            })
            .collect();
        let columns = world.columns().await;
        for column in &columns {
            assert!(described.contains(column), "{column:?}: say whom it is about, what for and until when");
        }
        for column in &described {
            assert!(columns.contains(column), "{column:?} is described and not there");
        }
    })
    .await;
}

#[test]
fn nobody_is_described_by_more_than_a_pseudonym() {
    // Columns about residents hold ids, digests, months, days, levels and codes. A new word in a name is looked at here.
    let known = [
        "organisation_id",
        "id",
        "identity_provider_id",
        "subject_digest",
        "pepper_number",
        "ial",
        "aal",
        "amr",
        "since_month",
        "resident_id",
        "rule_id",
        "rule_number",
        "outcome",
        "reason",
        "address_source",
        "verified_month",
        "expires_month",
        "recheck_month",
        "kind",
        "until_month",
        "relying_party_id",
        "consent_text_id",
        "consent_text_number",
        "language",
        "items",
        "state",
        "given_on",
        "ended_on",
        "revision",
        "token_hash",
        "auth_time",
        "expires_at",
        "session_id",
        "grant_id",
        "code_hash",
        "code_expires_at",
        "redeemed_at",
        "revoked_at",
        "cleared_number",
        "cleared_until",
        "used_in",
        "used_in_year",
    ];
    for (table, columns) in register() {
        for column in columns.iter().filter(|column| column.about == "resident") {
            assert!(known.contains(&column.name), "{table}.{}", column.name);
        }
    }
}

#[test]
fn the_page_says_what_the_register_says() {
    let mut page = String::from(
        "# What rests\n\nEvery column of every table, whom it is about, what it is for and until when it is kept. Made from \
         `service/data-at-rest.csv`; a test on both databases fails on a column that is not in it \
         (`UPDATE_DOCS=1 cargo test -p service --test it data_at_rest` writes this page).\n\nNo column holds a resident's name, \
         address, birthdate, gender, mail address, card number or certificate serial, nor anything from which one can be \
         computed. Rows about residents are pseudonyms; they are personal information in law all the same, because the \
         municipality can join them with what it knows.\n",
    );
    for (table, columns) in register() {
        let kept = columns.first().map_or("", |column| column.kept);
        write!(page, "\n## `{table}`\nKept: {kept}.\n\n| column | about | what for |\n|---|---|---|\n").unwrap();
        for column in columns {
            writeln!(page, "| `{}` | {} | {} |", column.name, column.about, column.purpose).unwrap();
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(PAGE).unwrap(), page, "run with UPDATE_DOCS=1");
}
