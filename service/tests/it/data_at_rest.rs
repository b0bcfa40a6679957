//! What rests, column by column. `service/data-at-rest.csv` says of each column whom it is about, what for and until when;
//! `docs/data-at-rest.md` is made from it. A column that is not described fails here, and so does a description of none.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::harness::on_both;

const REGISTER: &str = include_str!("../../data-at-rest.csv");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/data-at-rest.md");

/// What the columns of ties cannot say one by one.
const TIES: &str = "
# From a person to an employer
In a village an employer is a person. A resident's tie (`attestation`) is a kind and a month; nothing in the database leads from it
to the batch of codes that it came from, nor to the school or employer beside that batch:

- When a code is redeemed, its row is deleted and the tie is written, in one transaction. No row of the batch is touched, no time
  is noted, no count is raised: how many were redeemed is how many codes are no longer there.
- Codes rest as SHA-256 of 80 random bits, bound to the municipality. Their rows lie in the order of these digests and were
  inserted in it, so that a gap says nothing about a place on the sheet; slips carry no number.
- Ties end with September or March. A month of its own would lead from a person to a batch.
- Fewer than five codes have no name beside them. Codes of the desk are made one at a time, belong to one nameless batch for each
  kind and month, and end on the same day.
- The audit trail, which is kept for good, says for which tie codes were made, how many and until when, and names nobody for
  whom. A batch is deleted with its name a year after its end; until then how many were redeemed is kept rounded down to ten.
- Pages say how many people redeemed a code or have a tie only as figures that passed disclosure control.

What whoever holds the whole database can still do: count how many codes of a batch are gone, and how many people have a tie of
its kind and month. Where a single batch was made for a kind and a month, all of these people come from it, as a group. Two copies
of the database, from before and after one redemption, show the code that went and the tie that came. `consent_grant.given_on` is
a day, and a batch cannot have been redeemed before `made_on`. PostgreSQL keeps a deleted row, with the number of the transaction
that deleted it, until the table is vacuumed, which is asked for after every deletion (`autovacuum_vacuum_threshold`), and in its
write-ahead log for as long as that is archived; SQLite overwrites it at once (`secure_delete`).
";

struct Column {
    name: &'static str,
    about: &'static str,
    purpose: &'static str,
    kept: &'static str,
}

fn register() -> BTreeMap<&'static str, Vec<Column>> {
    let mut tables: BTreeMap<_, Vec<Column>> = BTreeMap::new();
    for line in REGISTER.lines().skip(1) {
        let mut columns: Vec<&str> = line.splitn(4, ',').collect();
        let rest = columns.pop().unwrap();
        // A purpose with a comma in it stands in quotes.
        let (purpose, kept) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once("\",").unwrap(),
            None => rest.split_once(',').unwrap(),
        };
        columns.extend([purpose, kept.trim_matches('"')]);
        let [table, name, about, purpose, kept] = columns[..] else { panic!("five columns: {line}") };
        tables.entry(table).or_default().push(Column { name, about, purpose, kept });
    }
    tables
}

/// Tables of a town with a column about residents, or a count of them.
pub(crate) fn tables_about_people() -> Vec<&'static str> {
    let about = |column: &Column| column.about == "resident" || column.about == "count";
    register().into_iter().filter(|(_, columns)| columns.iter().any(about)).map(|(table, _)| table).collect()
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
        "level_word",
        "aal",
        "amr",
        "since_month",
        "relinked_month",
        "resident_id",
        "rule_id",
        "handle",
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
        "asked_at",
        "session_id",
        "grant_id",
        "code_hash",
        "digest",
        "code_expires_at",
        "redeemed_at",
        "revoked_at",
        "cleared_number",
        "cleared_until",
        "used_in",
        "used_in_year",
        "credential_id",
        "user_handle",
        "public_key",
        "algorithm",
        "counter",
        "backup_eligible",
        "backed_up",
        "number",
        "added_month",
        "family_id",
        "handle_hash",
        "previous_hash",
        "previous_scopes",
        "used_at",
        "generation",
        "scopes",
        "key_thumbprint",
        "subject",
        "sid",
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
    page.push_str(TIES);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(PAGE).unwrap(), page, "run with UPDATE_DOCS=1");
}
