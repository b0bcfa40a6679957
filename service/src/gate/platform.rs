//! A transaction over what belongs to nobody: organisations, accounts, sessions of staff, jobs. It cannot read a
//! tenant-owned table: the types refuse it, and behind them the statement guard and row-level security.

use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, DeleteMany, IntoActiveModel, Select, UpdateMany};

use super::connection::Connection;
use super::guarded::Unowned;
use crate::error::Error;

/// A transaction over platform tables.
pub(crate) struct PlatformScope {
    connection: Connection,
}

impl PlatformScope {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The first row of a query.
    pub(crate) async fn one<E>(&self, select: Select<E>) -> Result<Option<E::Model>, Error>
    where
        E: Unowned,
        E::Model: Send + Sync,
    {
        Ok(select.one(&self.connection).await?)
    }

    /// Every row of a query.
    pub(crate) async fn all<E>(&self, select: Select<E>) -> Result<Vec<E::Model>, Error>
    where
        E: Unowned,
        E::Model: Send + Sync,
    {
        Ok(select.all(&self.connection).await?)
    }

    /// Inserts a row.
    pub(crate) async fn insert<E, A>(&self, row: A) -> Result<(), Error>
    where
        E: Unowned,
        A: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        E::insert(row.into_active_model()).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Inserts a row, or does what `conflict` says; returns the rows affected.
    pub(crate) async fn insert_or<E, A>(&self, row: A, conflict: OnConflict) -> Result<u64, Error>
    where
        E: Unowned,
        A: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        match E::insert(row.into_active_model()).on_conflict(conflict).exec_without_returning(&self.connection).await {
            Ok(rows) => Ok(rows),
            Err(DbErr::RecordNotInserted) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Changes rows; returns how many.
    pub(crate) async fn update<E: Unowned>(&self, update: UpdateMany<E>) -> Result<u64, Error> {
        Ok(update.exec(&self.connection).await?.rows_affected)
    }

    /// Deletes rows; returns how many.
    pub(crate) async fn delete<E: Unowned>(&self, delete: DeleteMany<E>) -> Result<u64, Error> {
        Ok(delete.exec(&self.connection).await?.rows_affected)
    }

    /// Makes everything last.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.connection.commit().await?)
    }
}
