//! Connections that are lent out one at a time, in the order in which they were asked for.
//!
//! A pool of our own and not the driver's, because that one asks a connection whether it is well each time it comes back:
//! one exchange more for every use-case, and a use-case has few. Here what a statement said is believed, and a connection
//! that broke is not taken back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sea_orm::error::ConnAcquireErr;
use sea_orm::{DbErr, RuntimeErr};
use sqlx::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The options that a connection is opened with.
type Options<C> = <C as Connection>::Options;

struct Shared<C: Connection> {
    options: Options<C>,
    idle: Mutex<Vec<C>>,
    wait: Duration,
}

/// Connections of one kind.
pub(super) struct Lending<C: Connection> {
    shared: Arc<Shared<C>>,
    turns: Arc<Semaphore>,
}

/// A connection, until it is dropped.
pub(super) struct Lent<C: Connection> {
    connection: Option<C>,
    /// It was used before: whoever is at the other end may have gone meanwhile.
    used: bool,
    shared: Arc<Shared<C>>,
    turn: Option<OwnedSemaphorePermit>,
}

impl<C: Connection> Shared<C> {
    fn idle(&self) -> MutexGuard<'_, Vec<C>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open(&self) -> Result<C, DbErr> {
        let opened = tokio::time::timeout(self.wait, C::connect_with(&self.options)).await;
        opened
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
            .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
    }
}

impl<C: Connection> Lending<C> {
    /// At most `connections`, one of which is opened now. Who finds none waits in a queue, for `wait` at most.
    pub(super) async fn open(options: Options<C>, connections: u32, wait: Duration) -> Result<Self, DbErr> {
        let shared = Shared { options, idle: Mutex::default(), wait };
        let first = shared.open().await?;
        shared.idle().push(first);
        let turns = usize::try_from(connections).unwrap_or(1).max(1);
        Ok(Self { shared: Arc::new(shared), turns: Arc::new(Semaphore::new(turns)) })
    }

    /// The next connection that is free.
    pub(super) async fn lend(&self) -> Result<Lent<C>, DbErr> {
        let turn = tokio::time::timeout(self.shared.wait, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
            .map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        let idle = self.shared.idle().pop();
        let used = idle.is_some();
        let connection = match idle {
            Some(connection) => connection,
            None => self.shared.open().await?,
        };
        Ok(Lent { connection: Some(connection), used, shared: Arc::clone(&self.shared), turn: Some(turn) })
    }
}

impl<C: Connection> Lent<C> {
    /// The connection itself.
    pub(super) fn get(&mut self) -> Result<&mut C, DbErr> {
        self.connection.as_mut().ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
    }

    /// Takes it over, with its turn.
    pub(super) fn take(&mut self) -> Option<Self> {
        let connection = self.connection.take()?;
        let turn = self.turn.take();
        Some(Self { connection: Some(connection), used: self.used, shared: Arc::clone(&self.shared), turn })
    }

    /// Does not give it back: it broke, or nobody knows in which state it is.
    pub(super) fn discard(&mut self) {
        self.connection = None;
    }

    /// Opens a new one in the place of one that had been used and broke before anything was asked of it. False if this one
    /// was new already.
    pub(super) async fn replace(&mut self) -> Result<bool, DbErr> {
        if !std::mem::take(&mut self.used) {
            return Ok(false);
        }
        // Those that wait beside it are from the same time: the database was restarted, most likely.
        self.shared.idle().clear();
        self.connection = Some(self.shared.open().await?);
        Ok(true)
    }
}

impl<C: Connection> Drop for Lent<C> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.shared.idle().push(connection);
        }
        // The turn after the connection: whoever is next finds it.
        self.turn = None;
    }
}

/// Whether an error says that the connection is of no use any more.
pub(super) fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // PostgreSQL's class of a server that goes down or throws its clients out.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}
