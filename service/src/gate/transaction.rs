//! A transaction on a connection that was lent, in as few exchanges with the database as it can be had.
//!
//! It begins with its first statement: on SQLite `BEGIN` travels together with it. Statements whose result nobody waits for
//! travel together with the next one or with `COMMIT`. On SQLite they are one text, on PostgreSQL one statement: each is then a
//! `WITH` of the next `INSERT`.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::TryStreamExt;
use sea_orm::{DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Either, Executor, PgConnection, SqliteConnection};

use super::lending::{Lent, is_broken};

/// The connection behind a transaction.
pub(super) enum Wire {
    Sqlite(Lent<SqliteConnection>),
    Postgres(Lent<PgConnection>),
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was sent.
    Fresh,
    /// It runs.
    Open,
    /// A statement was refused: nothing of it may last.
    Failed,
    /// It is over.
    Done,
}

struct State {
    wire: Wire,
    stage: Stage,
}

/// How a transaction begins.
pub(super) enum Begin {
    /// It does not: one statement by itself.
    Alone,
    /// With this text.
    With(String),
}

/// One transaction.
pub(super) struct Transaction {
    begin: Begin,
    backend: DbBackend,
    state: tokio::sync::Mutex<State>,
    waiting: Mutex<Vec<Statement>>,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Transaction")
    }
}

/// What a statement answered.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) rows: Vec<QueryResult>,
    pub(super) result: Option<ExecResult>,
}

impl Transaction {
    pub(super) fn new(wire: Wire, begin: Begin) -> Self {
        let backend = match wire {
            Wire::Sqlite(_) => DbBackend::Sqlite,
            Wire::Postgres(_) => DbBackend::Postgres,
        };
        let state = State { wire, stage: Stage::Fresh };
        Self { begin, backend, state: tokio::sync::Mutex::new(state), waiting: Mutex::default() }
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Runs a statement with the next one, or before the commit.
    pub(super) fn wait(&self, statement: Statement) {
        self.waiting().push(statement);
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Statement>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a statement, after those that wait for it.
    pub(super) async fn run(&self, statement: Statement) -> Result<Answer, DbErr> {
        let mut answers = self.run_all(vec![statement]).await?;
        answers.pop().ok_or_else(no_answer)
    }

    /// Runs statements one after the other, after those that wait for them; the last answers are theirs.
    pub(super) async fn run_all(&self, asked: Vec<Statement>) -> Result<Vec<Answer>, DbErr> {
        let state = &mut *self.state.lock().await;
        let waiting = std::mem::take(&mut *self.waiting());
        self.send(state, waiting, asked, false).await
    }

    /// Makes everything last.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        let mut state = self.state.lock().await;
        let statements = std::mem::take(&mut *self.waiting());
        if state.stage == Stage::Fresh && statements.is_empty() {
            return Ok(());
        }
        self.send(&mut state, statements, Vec::new(), true).await?;
        state.stage = Stage::Done;
        Ok(())
    }

    async fn send(
        &self,
        state: &mut State,
        waiting: Vec<Statement>,
        asked: Vec<Statement>,
        last: bool,
    ) -> Result<Vec<Answer>, DbErr> {
        if state.stage == Stage::Failed {
            return Err(DbErr::Query(RuntimeErr::Internal("a statement of this transaction was refused".to_owned())));
        }
        let begin = match &self.begin {
            Begin::With(text) if state.stage == Stage::Fresh => Some(text.as_str()),
            Begin::Alone if state.stage == Stage::Open => {
                return Err(DbErr::Query(RuntimeErr::Internal("a second statement where one was meant".to_owned())));
            }
            _ => None,
        };
        // Whoever stops waiting for the answer leaves it in a state that nobody may build on.
        state.stage = Stage::Failed;
        let sent = match &mut state.wire {
            Wire::Sqlite(lent) => send_sqlite(lent, begin, waiting, asked, last).await,
            Wire::Postgres(lent) if matches!(self.begin, Begin::Alone) => {
                // A single reading can be asked again, of a new connection, where an idle one had lost its database.
                match send_postgres(lent, begin, waiting.clone(), asked.clone(), last).await {
                    Err(Refused::Driver(error)) if is_broken(&error) && lent.replace().await? => {
                        send_postgres(lent, begin, waiting, asked, last).await
                    }
                    sent => sent,
                }
            }
            Wire::Postgres(lent) => send_postgres(lent, begin, waiting, asked, last).await,
        };
        match sent {
            Ok(answers) => {
                state.stage = Stage::Open;
                Ok(answers)
            }
            Err(Refused::Driver(error)) => {
                if is_broken(&error) {
                    match &mut state.wire {
                        Wire::Sqlite(lent) => lent.discard(),
                        Wire::Postgres(lent) => lent.discard(),
                    }
                }
                Err(DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
            }
            Err(Refused::Connection(error)) => Err(error),
        }
    }
}

/// One exchange with the database is about to happen. They are what a request costs; a test counts them.
fn exchange() {
    tracing::trace!(target: "machikagi::exchange", "asked");
}

pub(super) fn no_answer() -> DbErr {
    DbErr::Query(RuntimeErr::Internal("a statement without an answer".to_owned()))
}

/// Why nothing was answered.
enum Refused {
    Driver(sqlx::Error),
    Connection(DbErr),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::Connection(error)
    }
}

/// Everything as one text.
async fn send_sqlite(
    lent: &mut Lent<SqliteConnection>,
    begin: Option<&str>,
    waiting: Vec<Statement>,
    asked: Vec<Statement>,
    last: bool,
) -> Result<Vec<Answer>, Refused> {
    let unasked = usize::from(begin.is_some()) + waiting.len();
    let mut result = Vec::with_capacity(asked.len());
    let mut text = begin.map(|begin| format!("{begin};\n")).unwrap_or_default();
    let mut values = Vec::new();
    for statement in waiting.into_iter().chain(asked) {
        let mut own = statement.values.map(|values| values.0).unwrap_or_default();
        text.push_str(&with_its_limit(&statement.sql, &mut own));
        text.push_str(";\n");
        values.append(&mut own);
    }
    if last {
        text.push_str("COMMIT");
    }
    let query = sqlx::query_with(AssertSqlSafe(text), SqlxValues(sea_orm::Values(values)));
    exchange();
    let mut answers = lent.get()?.fetch_many(query);
    let mut answer = Answer::default();
    let mut answered = 0;
    while let Some(part) = answers.try_next().await? {
        match part {
            Either::Left(done) => {
                let ended = std::mem::take(&mut answer);
                if answered >= unasked && result.len() < result.capacity() {
                    result.push(Answer { result: Some(done.into()), ..ended });
                }
                answered += 1;
            }
            Either::Right(row) => answer.rows.push(row.into()),
        }
    }
    Ok(result)
}

/// The text with its last value as a number where that is the limit: SQLite looks at a limit when it plans, and so plans a
/// statement whose limit is a parameter anew each time that it runs.
fn with_its_limit<'a>(sql: &'a str, values: &mut Vec<Value>) -> Cow<'a, str> {
    match (sql.strip_suffix(" LIMIT ?"), values.last()) {
        (Some(before), Some(Value::BigUnsigned(Some(limit)))) => {
            let text = format!("{before} LIMIT {limit}");
            values.pop();
            text.into()
        }
        _ => sql.into(),
    }
}

async fn send_postgres(
    lent: &mut Lent<PgConnection>,
    begin: Option<&str>,
    waiting: Vec<Statement>,
    asked: Vec<Statement>,
    last: bool,
) -> Result<Vec<Answer>, Refused> {
    if let Some(begin) = begin {
        // One that was idle may have lost its database; nothing was asked of it yet, so a new one takes its place.
        match simple(lent, begin).await {
            Err(Refused::Driver(error)) if is_broken(&error) && lent.replace().await? => simple(lent, begin).await?,
            begun => begun?,
        }
    }
    let count = asked.len();
    let mut result = Vec::new();
    for statement in joined(waiting, asked) {
        let values = statement.values.unwrap_or(sea_orm::Values(Vec::new()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values));
        exchange();
        let mut answers = lent.get()?.fetch_many(query);
        let mut answer = Answer::default();
        while let Some(part) = answers.try_next().await? {
            match part {
                Either::Left(done) => answer.result = Some(done.into()),
                Either::Right(row) => answer.rows.push(row.into()),
            }
        }
        result.push(answer);
    }
    if last {
        simple(lent, "COMMIT").await?;
    }
    Ok(result.split_off(result.len().saturating_sub(count)))
}

async fn simple(lent: &mut Lent<PgConnection>, text: &str) -> Result<(), Refused> {
    exchange();
    lent.get()?.execute(AssertSqlSafe(text.to_owned())).await?;
    Ok(())
}

/// Makes `INSERT`s into different tables one statement, for PostgreSQL: all but the last of a run become its `WITH`. Only
/// what waited is joined to what follows, so that the answers that somebody waits for stay the last ones.
fn joined(waiting: Vec<Statement>, asked: Vec<Statement>) -> Vec<Statement> {
    let mut result: Vec<Statement> = Vec::with_capacity(waiting.len() + asked.len());
    let mut run: Vec<Statement> = Vec::new();
    let unasked = waiting.len();
    for (number, statement) in waiting.into_iter().chain(asked).enumerate() {
        // All parts of one statement see the database as it was before it: no row may be met twice.
        let fits = table_of(&statement)
            .is_some_and(|table| run.iter().all(|other| table_of(other).is_some_and(|other| other != table)));
        if !fits || number > unasked {
            result.extend(one_of(std::mem::take(&mut run)));
        }
        run.push(statement);
    }
    result.extend(one_of(run));
    result
}

/// The table that a statement inserts into, if it is such a one.
fn table_of(statement: &Statement) -> Option<&str> {
    statement.sql.strip_prefix("INSERT INTO \"")?.split('"').next()
}

fn one_of(mut run: Vec<Statement>) -> Option<Statement> {
    let last = run.pop()?;
    if run.is_empty() {
        return Some(last);
    }
    let mut text = String::from("WITH ");
    let mut values: Vec<Value> = Vec::new();
    let count = run.len();
    for (number, statement) in run.into_iter().enumerate() {
        text.push_str(&format!("step_{number} AS ({})", renumbered(&statement.sql, values.len())));
        text.push_str(if number + 1 == count { " " } else { ", " });
        values.extend(statement.values.into_iter().flat_map(|values| values.0));
    }
    text.push_str(&renumbered(&last.sql, values.len()));
    values.extend(last.values.into_iter().flat_map(|values| values.0));
    Some(Statement { sql: text, values: Some(sea_orm::Values(values)), db_backend: DbBackend::Postgres })
}

/// Counts the placeholders of a statement from `before` on. The query builder writes a `$` for nothing else.
fn renumbered(sql: &str, before: usize) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let number: usize = number.parse().unwrap_or(0);
        text.push_str(&format!("${}{rest}", number + before));
    }
    text
}

impl Drop for Transaction {
    /// What was not committed is taken back before the connection goes to the next one.
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if matches!(self.begin, Begin::Alone) && state.stage == Stage::Open
            || matches!(state.stage, Stage::Fresh | Stage::Done)
        {
            return;
        }
        let alone = matches!(self.begin, Begin::Alone);
        match &mut state.wire {
            Wire::Sqlite(lent) => roll_back(lent, alone),
            Wire::Postgres(lent) => roll_back(lent, alone),
        }
    }
}

fn roll_back<C>(lent: &mut Lent<C>, alone: bool)
where
    C: sqlx::Connection + 'static,
    for<'c> &'c mut C: Executor<'c>,
{
    let Some(mut lent) = lent.take() else { return };
    exchange();
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return lent.discard() };
    runtime.spawn(async move {
        let rolled_back = match lent.get() {
            Ok(connection) if alone => connection.ping().await,
            Ok(connection) => connection.execute(AssertSqlSafe("ROLLBACK".to_owned())).await.map(drop),
            Err(_) => return,
        };
        match rolled_back {
            // Refused: there was none, because its beginning failed.
            Ok(()) | Err(sqlx::Error::Database(_)) => {}
            Err(_) => lent.discard(),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_written_as_a_number_and_everything_else_stays_a_value() {
        let mut values: Vec<Value> = vec![7.into(), 1_u64.into()];
        assert_eq!(
            with_its_limit("SELECT 1 FROM x WHERE y = ? LIMIT ?", &mut values),
            "SELECT 1 FROM x WHERE y = ? LIMIT 1"
        );
        assert_eq!(values, [7.into()]);
        assert_eq!(with_its_limit("SELECT 1 FROM x WHERE y = ?", &mut values), "SELECT 1 FROM x WHERE y = ?");
        assert_eq!(
            with_its_limit("SELECT 1 FROM x LIMIT ?", &mut values),
            "SELECT 1 FROM x LIMIT ?",
            "not a limit's type"
        );
        assert_eq!(values, [7.into()]);
    }

    #[test]
    fn inserts_that_waited_are_one_statement() {
        let insert = |table: &str| {
            let sql = format!(r#"INSERT INTO "{table}" ("a", "b") VALUES ($1, $2)"#);
            Statement::from_sql_and_values(DbBackend::Postgres, sql, [1.into(), 2.into()])
        };
        let update = Statement::from_sql_and_values(DbBackend::Postgres, "UPDATE x SET y = $1", [1.into()]);
        let waiting = vec![insert("one"), insert("two"), insert("three"), update, insert("four"), insert("four")];
        let joined = joined(waiting, Vec::new());
        assert_eq!(
            joined.iter().map(|statement| statement.sql.as_str()).collect::<Vec<_>>(),
            [
                r#"WITH step_0 AS (INSERT INTO "one" ("a", "b") VALUES ($1, $2)), step_1 AS (INSERT INTO "two" ("a", "b") VALUES ($3, $4)) INSERT INTO "three" ("a", "b") VALUES ($5, $6)"#,
                "UPDATE x SET y = $1",
                r#"INSERT INTO "four" ("a", "b") VALUES ($1, $2)"#,
                r#"INSERT INTO "four" ("a", "b") VALUES ($1, $2)"#,
            ]
        );
        assert_eq!(joined.first().and_then(|first| first.values.as_ref()).map(|values| values.0.len()), Some(6));
    }
}
