//! A transaction as the scopes use it. On SQLite every statement passes a guard, the second layer of isolation: one that
//! names a tenant-owned table without that table's key is refused, whoever built it. On PostgreSQL row-level security does this.

use std::sync::LazyLock;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};

use super::guarded::TABLES;

/// What a statement must hold to pass, for each guarded table.
static MARKS: LazyLock<Vec<Marks>> = LazyLock::new(|| {
    TABLES
        .iter()
        .map(|table| Marks {
            named: format!("\"{table}\""),
            by_organisation: format!("\"{table}\".\"organisation_id\" = "),
            inserted: format!("INSERT INTO \"{table}\" (\"organisation_id\""),
            by_account: matches!(*table, "membership" | "membership_role")
                .then(|| format!("\"{table}\".\"account_id\" = ")),
        })
        .collect()
});

struct Marks {
    named: String,
    by_organisation: String,
    inserted: String,
    by_account: Option<String>,
}

/// Whether a statement names every guarded table together with its key.
fn carries_its_keys(sql: &str) -> bool {
    MARKS.iter().filter(|marks| sql.contains(&marks.named)).all(|marks| {
        sql.contains(&marks.by_organisation)
            || sql.starts_with(&marks.inserted)
            || marks.by_account.as_deref().is_some_and(|account| sql.contains(account))
    })
}

/// One transaction, seen by nothing outside `gate`.
#[derive(Debug)]
pub struct Connection {
    transaction: DatabaseTransaction,
    guarded: bool,
}

impl Connection {
    pub(super) fn new(transaction: DatabaseTransaction, guarded: bool) -> Self {
        let guarded = guarded && transaction.get_database_backend() == DbBackend::Sqlite;
        Self { transaction, guarded }
    }

    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }

    fn check(&self, statement: &Statement) -> Result<(), DbErr> {
        if self.guarded && !carries_its_keys(&statement.sql) {
            return Err(DbErr::Query(RuntimeErr::Internal("a tenant-owned table without its key".to_owned())));
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.check(&statement)?;
        self.transaction.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, _sql: &str) -> Result<ExecResult, DbErr> {
        Err(DbErr::Query(RuntimeErr::Internal("only prepared statements pass the gate".to_owned())))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.check(&statement)?;
        self.transaction.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.check(&statement)?;
        self.transaction.query_all_raw(statement).await
    }
}

#[cfg(test)]
mod tests {
    use super::carries_its_keys;

    #[test]
    fn a_statement_without_the_key_is_caught() {
        assert!(!carries_its_keys(r#"SELECT "resident"."id" FROM "resident""#));
        assert!(!carries_its_keys(r#"DELETE FROM "token_family" WHERE "token_family"."id" = ?"#));
        assert!(!carries_its_keys(r#"SELECT 1 FROM "resident" JOIN "tenant" ON 1 = 1 WHERE "resident"."organisation_id" = ?"#));
    }

    #[test]
    fn a_statement_with_the_key_passes() {
        assert!(carries_its_keys(r#"SELECT "resident"."id" FROM "resident" WHERE "resident"."organisation_id" = ?"#));
        assert!(carries_its_keys(r#"INSERT INTO "resident" ("organisation_id", "id") VALUES (?, ?)"#));
        assert!(carries_its_keys(r#"SELECT "account"."id" FROM "account""#));
    }
}
