//! A transaction as the scopes use it. On SQLite every statement passes a guard, the second layer of isolation: one that
//! names a tenant-owned table without the key of whoever the transaction is for is refused, whoever built it. On PostgreSQL
//! row-level security does this.

use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};

use super::statement_guard::carries_its_keys;
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
