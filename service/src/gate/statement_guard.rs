//! What a statement has to carry on SQLite, read off its text. PostgreSQL has row-level security in its place.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use sea_orm::Value;

use super::connection::Bound;
use super::guarded::TABLES;

/// The tables that an account sees its own rows of.
const OF_AN_ACCOUNT: [&str; 2] = ["membership", "membership_role"];

/// Texts that are remembered; there are some hundreds, and more only where lists of values differ in length.
const KEPT: usize = 4_096;
/// Bytes of a text that is worth remembering: a longer one holds a list that will not come again.
const LONGEST: usize = 8_192;

/// Which values of a statement must be the key of whoever its transaction is for.
#[derive(Debug, Default)]
struct Demand {
    /// What is written as the organisation of a new row.
    inserted: Vec<usize>,
    /// For each tenant-owned table that is named: how often rows are taken from it, and the values that it is keyed with.
    taken: Vec<(usize, Vec<usize>)>,
}

/// Demands by text, for organisations and for accounts; `None` is a text that nothing can make good. A text asks for the same
/// whenever it is run, and reading it takes longer than running it.
type Read = RwLock<HashMap<String, Option<Arc<Demand>>>>;

static READ: LazyLock<[Read; 2]> = LazyLock::new(Default::default);

/// Whether a statement keys every tenant-owned table as often as it takes rows from it, each time with the value that the
/// transaction is bound to, and moves no row to another organisation.
pub(super) fn carries_its_keys(sql: &str, values: &[Value], bound: Bound) -> bool {
    let (account, key) = match bound {
        Bound::Organisation(id) => (false, Some(id)),
        Bound::Account(id) => (true, Some(id)),
        Bound::Platform => (false, None),
    };
    let is_key = |number: &usize| match (key, values.get(*number)) {
        (Some(key), Some(Value::Uuid(Some(value)))) => *value == key,
        _ => false,
    };
    remembered(sql, account).is_some_and(|demand| {
        demand.inserted.iter().all(is_key)
            && demand.taken.iter().all(|(rows, keys)| keys.iter().filter(|number| is_key(number)).count() >= *rows)
    })
}

fn remembered(sql: &str, account: bool) -> Option<Arc<Demand>> {
    let [organisations, accounts] = &*READ;
    let read = if account { accounts } else { organisations };
    if let Some(demand) = read.read().unwrap_or_else(PoisonError::into_inner).get(sql) {
        return demand.clone();
    }
    let demand = demand(sql, account).map(Arc::new);
    if sql.len() > LONGEST {
        return demand;
    }
    let mut read = read.write().unwrap_or_else(PoisonError::into_inner);
    if read.len() >= KEPT {
        read.clear();
    }
    read.insert(sql.to_owned(), demand.clone());
    demand
}

/// The number of a tenant-owned table, however its name is capitalised.
fn table(name: &str) -> Option<usize> {
    TABLES.iter().position(|table| table.eq_ignore_ascii_case(name))
}

fn demand(sql: &str, account: bool) -> Option<Demand> {
    let column = if account { "account_id" } else { "organisation_id" };
    // What stands between double quotes is an identifier: every other part, from the second on.
    let parts: Vec<&str> = sql.split('"').collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let mut placeholders = 0;
    let mut inserted = Vec::new();
    let mut taken = vec![(0, Vec::new()); TABLES.len()];
    for (index, text) in parts.iter().copied().enumerate() {
        if index % 2 == 0 {
            // Named without quotes: not written by the query builder, and not to be read by this function either.
            let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            if words.any(|word| table(word).is_some()) {
                return None;
            }
            placeholders += text.matches('?').count();
            continue;
        }
        let (before, after) = (part(index.saturating_sub(1)), part(index + 1));
        if text == "organisation_id" && !before.ends_with('.') && after.starts_with(" =") {
            return None;
        }
        let Some(number) = table(text) else { continue };
        if TABLES.get(number) != Some(&text) || account && !OF_AN_ACCOUNT.contains(&text) {
            return None;
        }
        let (rows_taken, keys) = taken.get_mut(number)?;
        if before.ends_with("INSERT INTO ") {
            if after != " (" || part(index + 2) != "organisation_id" {
                return None;
            }
            let columns = 1 + (index + 3..parts.len()).step_by(2).take_while(|at| part(*at) == ", ").count();
            let rows = part(index + 1 + 2 * columns).matches("(?").count();
            if rows == 0 {
                return None;
            }
            inserted.extend((0..rows).map(|row| placeholders + row * columns));
        } else if after != "." {
            *rows_taken += 1;
        } else if part(index + 2) == column && part(index + 3).starts_with(" = ?") {
            keys.push(placeholders);
        }
    }
    taken.retain(|(rows, _)| *rows > 0);
    Some(Demand { inserted, taken })
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    const TOWN: Uuid = Uuid::from_u128(1);
    const NEXT_TOWN: Uuid = Uuid::from_u128(2);

    fn passes(sql: &str, values: &[Uuid]) -> bool {
        let values: Vec<Value> = values.iter().copied().map(Value::from).collect();
        carries_its_keys(sql, &values, Bound::Organisation(TOWN))
    }

    #[test]
    fn a_statement_without_the_key_is_caught() {
        for sql in [
            r#"SELECT "resident"."id" FROM "resident""#,
            r#"DELETE FROM "token_family" WHERE "token_family"."id" = ?"#,
            r#"SELECT 1 FROM "resident" JOIN "tenant" ON 1 = 1 WHERE "resident"."organisation_id" = ?"#,
            r#"SELECT 1 FROM "resident" WHERE "resident"."organisation_id" = "resident"."organisation_id""#,
            r#"SELECT 1 FROM "resident" WHERE "resident"."organisation_id" <> ?"#,
        ] {
            assert!(!passes(sql, &[TOWN]), "{sql}");
        }
    }

    #[test]
    fn neither_an_alias_nor_a_subquery_nor_another_spelling_gets_around_it() {
        for rest in [
            r#"AND EXISTS (SELECT 1 FROM "resident" AS "r" WHERE "r"."organisation_id" = ?)"#,
            r#"AND "resident"."id" IN (SELECT "resident"."id" FROM "resident")"#,
            r#"AND EXISTS (SELECT 1 FROM consent_grant)"#,
            r#"AND EXISTS (SELECT 1 FROM Consent_Grant)"#,
            r#"AND EXISTS (SELECT 1 FROM "CONSENT_GRANT" WHERE "CONSENT_GRANT"."organisation_id" = ?)"#,
            r#"AND EXISTS (SELECT 1 FROM [consent_grant])"#,
            r#"AND EXISTS (SELECT 1 FROM main.consent_grant)"#,
        ] {
            let sql =
                format!(r#"SELECT "resident"."id" FROM "resident" WHERE "resident"."organisation_id" = ? {rest}"#);
            assert!(!passes(&sql, &[TOWN, TOWN]), "{sql}");
        }
        let keyed = r#"SELECT 1 FROM "resident" WHERE "resident"."organisation_id" = ? AND "resident"."id" IN
            (SELECT "consent_grant"."resident_id" FROM "consent_grant" WHERE "consent_grant"."organisation_id" = ?)"#;
        assert!(passes(keyed, &[TOWN, TOWN]));
        assert!(!passes(keyed, &[TOWN, NEXT_TOWN]));
    }

    #[test]
    fn the_key_is_that_of_the_transaction() {
        let select =
            r#"SELECT "resident"."id" FROM "resident" WHERE "resident"."id" = ? AND "resident"."organisation_id" = ?"#;
        assert!(passes(select, &[NEXT_TOWN, TOWN]));
        assert!(!passes(select, &[TOWN, NEXT_TOWN]));
        let insert = r#"INSERT INTO "resident" ("organisation_id", "id") VALUES (?, ?), (?, ?)"#;
        assert!(passes(insert, &[TOWN, NEXT_TOWN, TOWN, NEXT_TOWN]));
        assert!(!passes(insert, &[TOWN, NEXT_TOWN, NEXT_TOWN, NEXT_TOWN]));
        assert!(!passes(r#"INSERT INTO "resident" ("id", "organisation_id") VALUES (?, ?)"#, &[TOWN, TOWN]));
        let upsert = r#"INSERT INTO "usage_counter" ("organisation_id", "tally") VALUES (?, ?)
            ON CONFLICT ("organisation_id", "tally") DO UPDATE SET "tally" = "usage_counter"."tally" + ?"#;
        assert!(passes(upsert, &[TOWN, NEXT_TOWN, NEXT_TOWN]));
    }

    #[test]
    fn no_row_is_moved_to_another_organisation() {
        let moved = r#"UPDATE "resident" SET "organisation_id" = ? WHERE "resident"."organisation_id" = ?"#;
        assert!(!passes(moved, &[NEXT_TOWN, TOWN]));
        let changed = r#"UPDATE "resident" SET "ial" = ? WHERE "resident"."organisation_id" = ?"#;
        assert!(passes(changed, &[NEXT_TOWN, TOWN]));
    }

    #[test]
    fn an_account_sees_where_it_belongs_and_the_platform_sees_nothing() {
        let own = r#"SELECT 1 FROM "membership" WHERE "membership"."account_id" = ?"#;
        assert!(carries_its_keys(own, &[TOWN.into()], Bound::Account(TOWN)));
        assert!(!carries_its_keys(own, &[NEXT_TOWN.into()], Bound::Account(TOWN)));
        assert!(!passes(own, &[TOWN]), "an organisation reads by its own key");
        let session = r#"SELECT 1 FROM "resident_session" WHERE "resident_session"."account_id" = ?"#;
        assert!(!carries_its_keys(session, &[TOWN.into()], Bound::Account(TOWN)));
        let town = r#"SELECT 1 FROM "tenant" WHERE "tenant"."organisation_id" = ?"#;
        assert!(!carries_its_keys(town, &[TOWN.into()], Bound::Platform));
        assert!(carries_its_keys(r#"SELECT "account"."id" FROM "account""#, &[], Bound::Platform));
    }

    #[test]
    fn a_text_that_was_read_once_is_judged_by_the_values_of_each_time() {
        let select = r#"SELECT "tenant"."status" FROM "tenant" WHERE "tenant"."organisation_id" = ?"#;
        for (key, passed) in [(TOWN, true), (NEXT_TOWN, false), (TOWN, true)] {
            assert_eq!(passes(select, &[key]), passed);
        }
        assert!(!carries_its_keys(select, &[TOWN.into()], Bound::Account(TOWN)), "another column is its key");
        assert!(!carries_its_keys(select, &[TOWN.into()], Bound::Platform));
    }
}
