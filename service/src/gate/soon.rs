//! Writing without waiting: rows that travel with the next statement of the same transaction, or with its commit.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryTrait};

use super::guarded::Guarded;
use super::scope::WriteScope;
use super::scope::sealed::Sealed;
use crate::error::Error;

impl WriteScope {
    /// As [`WriteScope::insert`], with the next statement. What the database refuses is the error of that one, and then
    /// nothing of the transaction lasts.
    ///
    /// # Errors
    /// A row that names another organisation.
    pub fn insert_soon<E, A>(&self, row: A) -> Result<(), Error>
    where
        E: Guarded,
        A: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let insert = E::insert(self.keyed::<E, A>(row));
        let connection = self.connection();
        Ok(connection.execute_soon(insert.build(connection.get_database_backend()))?)
    }

    /// As [`WriteScope::insert_or`], for several rows, with the next statement. Rows of one table in one call, because what
    /// travels together must not meet the same row twice.
    ///
    /// # Errors
    /// As [`WriteScope::insert_soon`].
    pub fn insert_all_or_soon<E, A>(&self, rows: Vec<A>, conflict: OnConflict) -> Result<(), Error>
    where
        E: Guarded,
        A: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        if rows.is_empty() {
            return Ok(());
        }
        let insert = E::insert_many(rows.into_iter().map(|row| self.keyed::<E, A>(row))).on_conflict(conflict);
        let connection = self.connection();
        Ok(connection.execute_soon(insert.build(connection.get_database_backend()))?)
    }
}
