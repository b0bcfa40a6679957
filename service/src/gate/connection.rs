//! A transaction as the scopes use it. On SQLite every statement passes a guard, the second layer of isolation: one that
//! names a tenant-owned table without the key of whoever the transaction is for is refused, whoever built it. On PostgreSQL
//! row-level security does this.

use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value};

use super::guarded::TABLES;
use super::transaction::{Answer, Transaction, no_answer};

/// Whom a transaction is for: whose rows of tenant-owned tables its statements may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// One organisation.
    Organisation(Uuid),
    /// One account, which sees where it belongs and nothing else.
    Account(Uuid),
    /// Nobody: no tenant-owned table at all.
    Platform,
}

/// The tables that an account sees its own rows of.
const OF_AN_ACCOUNT: [&str; 2] = ["membership", "membership_role"];

/// The number of a tenant-owned table, however its name is capitalised.
fn table(name: &str) -> Option<usize> {
    TABLES.iter().position(|table| table.eq_ignore_ascii_case(name))
}

/// Whether a statement keys every tenant-owned table as often as it takes rows from it, each time with the value that the
/// transaction is bound to, and moves no row to another organisation.
fn carries_its_keys(sql: &str, values: &[Value], bound: Bound) -> bool {
    let (column, key) = match bound {
        Bound::Organisation(id) => ("organisation_id", Some(id)),
        Bound::Account(id) => ("account_id", Some(id)),
        Bound::Platform => ("organisation_id", None),
    };
    let is_key = |number: usize| match (key, values.get(number)) {
        (Some(key), Some(Value::Uuid(Some(value)))) => *value == key,
        _ => false,
    };
    // What stands between double quotes is an identifier: every other part, from the second on.
    let parts: Vec<&str> = sql.split('"').collect();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let mut placeholders = 0;
    let mut unkeyed = vec![0_i32; TABLES.len()];
    for (index, text) in parts.iter().copied().enumerate() {
        if index % 2 == 0 {
            // Named without quotes: not written by the query builder, and not to be read by this function either.
            let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            if words.any(|word| table(word).is_some()) {
                return false;
            }
            placeholders += text.matches('?').count();
            continue;
        }
        let (before, after) = (part(index.saturating_sub(1)), part(index + 1));
        if text == "organisation_id" && !before.ends_with('.') && after.starts_with(" =") {
            return false;
        }
        let Some(number) = table(text) else { continue };
        if TABLES.get(number) != Some(&text) || matches!(bound, Bound::Account(_)) && !OF_AN_ACCOUNT.contains(&text) {
            return false;
        }
        let Some(balance) = unkeyed.get_mut(number) else { return false };
        if before.ends_with("INSERT INTO ") {
            if after != " (" || part(index + 2) != "organisation_id" {
                return false;
            }
            let columns = 1 + (index + 3..parts.len()).step_by(2).take_while(|at| part(*at) == ", ").count();
            let rows = part(index + 1 + 2 * columns).matches("(?").count();
            if rows == 0 || !(0..rows).all(|row| is_key(placeholders + row * columns)) {
                return false;
            }
        } else if after != "." {
            *balance += 1;
        } else if part(index + 2) == column && part(index + 3).starts_with(" = ?") && is_key(placeholders) {
            *balance -= 1;
        }
    }
    unkeyed.iter().all(|balance| *balance <= 0)
}

/// One transaction, seen by nothing outside `gate`.
#[derive(Debug)]
pub struct Connection {
    transaction: Transaction,
    guard: Option<Bound>,
}

impl Connection {
    /// `guard` is whom the transaction is for; only a test that shows what the guard is good for passes none.
    pub(super) fn new(transaction: Transaction, guard: Option<Bound>) -> Self {
        let guard = guard.filter(|_| transaction.backend() == DbBackend::Sqlite);
        Self { transaction, guard }
    }

    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }

    /// Runs a statement together with the next one, or with the commit: for what nobody waits for. What the database refuses
    /// of it is the error of that next one.
    pub(super) fn execute_soon(&self, statement: Statement) -> Result<(), DbErr> {
        self.check(&statement)?;
        self.transaction.wait(statement);
        Ok(())
    }

    /// Runs two statements in one exchange where the database can.
    pub(super) async fn run_both(&self, first: Statement, second: Statement) -> Result<(Answer, Answer), DbErr> {
        self.check(&first)?;
        self.check(&second)?;
        let mut answers = self.transaction.run_all(vec![first, second]).await?.into_iter();
        answers.next().zip(answers.next()).ok_or_else(no_answer)
    }

    fn check(&self, statement: &Statement) -> Result<(), DbErr> {
        let values = statement.values.as_ref().map_or(&[][..], |values| values.0.as_slice());
        match self.guard {
            Some(bound) if !carries_its_keys(&statement.sql, values, bound) => {
                Err(DbErr::Query(RuntimeErr::Internal("a tenant-owned table without its key".to_owned())))
            }
            _ => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.check(&statement)?;
        let answer = self.transaction.run(statement).await?;
        answer.result.ok_or_else(no_answer)
    }

    async fn execute_unprepared(&self, _sql: &str) -> Result<ExecResult, DbErr> {
        Err(DbErr::Query(RuntimeErr::Internal("only prepared statements pass the gate".to_owned())))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.check(&statement)?;
        Ok(self.transaction.run(statement).await?.rows.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.check(&statement)?;
        Ok(self.transaction.run(statement).await?.rows)
    }
}

#[cfg(test)]
mod tests {
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
}
