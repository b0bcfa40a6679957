//! Scopes: a transaction bound to one organisation. They are made by the gate after a decision, add the organisation's key
//! to every statement themselves, and are the only way to a tenant-owned table.

use domain::ids::OrganisationId;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, IntoCondition, OnConflict, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, DeleteMany, EntityTrait, Iden, IntoActiveModel,
    Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, UpdateMany, Value,
};

use super::caller::Actor;
use super::connection::Connection;
use super::guarded::Guarded;
use crate::audit;
use crate::error::{Conflict, Error};

pub(super) mod sealed {
    pub trait Sealed {
        fn connection(&self) -> &super::Connection;
        fn key(&self) -> sea_orm::prelude::Uuid;
    }
}

/// What both scopes can do: read inside the organisation.
pub trait Scope: sealed::Sealed + Send + Sync {
    /// The organisation that this scope is bound to.
    fn organisation(&self) -> OrganisationId;

    /// Rows of a guarded table, of this organisation only.
    fn find<E: Guarded>(&self) -> Find<'_, E> {
        Find { connection: self.connection(), select: E::find().filter(E::organisation().eq(self.key())) }
    }

    /// For a condition on another table: that a row of this one, of the same organisation, is there.
    fn exists<E: Guarded>(&self, condition: impl IntoCondition) -> SimpleExpr {
        let rows = E::find().select_only().column(E::organisation()).filter(E::organisation().eq(self.key()));
        Expr::exists(rows.filter(condition).into_query())
    }
}

/// How the gate makes a scope of the kind that an action asks for.
pub trait Open: Scope + Sized {
    /// Whether its transaction may write.
    const WRITES: bool;
    #[doc(hidden)]
    fn assemble(opened: Opened) -> Self;
}

/// A transaction that the gate opened after its decision.
pub struct Opened {
    pub(super) connection: Connection,
    pub(super) organisation: OrganisationId,
    pub(super) actor: Actor,
    pub(super) pen: audit::Pen,
}

/// A read-only transaction within one organisation.
pub struct ReadScope {
    connection: Connection,
    organisation: OrganisationId,
}

/// A writing transaction within one organisation. Dropped without [`WriteScope::commit`], it leaves nothing behind.
pub struct WriteScope {
    connection: Connection,
    organisation: OrganisationId,
    actor: Actor,
    pen: audit::Pen,
}

impl sealed::Sealed for ReadScope {
    fn connection(&self) -> &Connection {
        &self.connection
    }
    fn key(&self) -> sea_orm::prelude::Uuid {
        self.organisation.uuid()
    }
}

impl sealed::Sealed for WriteScope {
    fn connection(&self) -> &Connection {
        &self.connection
    }
    fn key(&self) -> sea_orm::prelude::Uuid {
        self.organisation.uuid()
    }
}

impl Scope for ReadScope {
    fn organisation(&self) -> OrganisationId {
        self.organisation
    }
}

impl Scope for WriteScope {
    fn organisation(&self) -> OrganisationId {
        self.organisation
    }
}

impl Open for ReadScope {
    const WRITES: bool = false;
    fn assemble(opened: Opened) -> Self {
        Self { connection: opened.connection, organisation: opened.organisation }
    }
}

impl Open for WriteScope {
    const WRITES: bool = true;
    fn assemble(opened: Opened) -> Self {
        Self { connection: opened.connection, organisation: opened.organisation, actor: opened.actor, pen: opened.pen }
    }
}

impl WriteScope {
    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Inserts a row; the organisation's key is set here, whatever the row said.
    ///
    /// # Errors
    /// [`Conflict::Exists`] if a unique key is taken.
    pub async fn insert<E, A>(&self, row: A) -> Result<(), Error>
    where
        E: Guarded,
        A: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        E::insert(self.keyed::<E, A>(row)).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Inserts several rows at once; nothing to insert is no fault.
    ///
    /// # Errors
    /// As [`WriteScope::insert`].
    pub async fn insert_all<E, A>(&self, rows: Vec<A>) -> Result<(), Error>
    where
        E: Guarded,
        A: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        if rows.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = rows.into_iter().map(|row| self.keyed::<E, A>(row)).collect();
        E::insert_many(rows).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Inserts a row, or does what `conflict` says where its key is there already. The conflict's target must begin with the
    /// organisation's key, as every unique key of a guarded table does. Returns the rows affected.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn insert_or<E, A>(&self, row: A, conflict: OnConflict) -> Result<u64, Error>
    where
        E: Guarded,
        A: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: Send,
    {
        let inserted =
            E::insert(self.keyed::<E, A>(row)).on_conflict(conflict).exec_without_returning(&self.connection).await;
        match inserted {
            Ok(rows) => Ok(rows),
            Err(DbErr::RecordNotInserted) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn keyed<E, A>(&self, row: A) -> E::ActiveModel
    where
        E: Guarded,
        A: IntoActiveModel<E::ActiveModel>,
    {
        let mut row = row.into_active_model();
        row.set(E::organisation(), Value::from(self.organisation.uuid()));
        row
    }

    /// Changes rows of a guarded table, of this organisation only.
    pub fn update_many<E: Guarded>(&self) -> Update<'_, E> {
        Update {
            connection: &self.connection,
            update: E::update_many().filter(E::organisation().eq(self.organisation.uuid())),
        }
    }

    /// Deletes rows of a guarded table, of this organisation only.
    pub fn delete_many<E: Guarded>(&self) -> Delete<'_, E> {
        Delete {
            connection: &self.connection,
            delete: E::delete_many().filter(E::organisation().eq(self.organisation.uuid())),
        }
    }

    /// Notes an act for the audit chain; it is written, chained and committed together with what it speaks of.
    pub fn audit(&mut self, act: impl Into<audit::Noted>) {
        self.pen.note(act.into());
    }

    /// Makes every server process read this organisation's configuration, roles and keys anew.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn bump_generation(&self) -> Result<(), Error> {
        use entity::organisation::{Column, Entity};
        Entity::update_many()
            .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
            .filter(Column::Id.eq(self.organisation.uuid()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// Asks for work to be done for this organisation at or after `due_at` (seconds). Asking twice is asking once.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn enqueue(&self, kind: crate::jobs::Kind, due_at: i64) -> Result<(), Error> {
        use entity::job;
        let row = job::ActiveModel {
            organisation_id: sea_orm::Set(self.organisation.uuid()),
            kind: sea_orm::Set(kind.as_str().to_owned()),
            due_at: sea_orm::Set(due_at),
            leased_until: sea_orm::Set(0),
            attempts: sea_orm::Set(0),
        };
        let key = [job::Column::OrganisationId, job::Column::Kind, job::Column::DueAt];
        // Written over, so that a job at work is deleted after this transaction and by somebody who sees what it wrote.
        let again = OnConflict::columns(key).update_column(job::Column::Kind).to_owned();
        job::Entity::insert(row).on_conflict(again).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Writes the audit entries and makes everything last.
    ///
    /// # Errors
    /// What the database refused; then nothing was written.
    pub async fn commit(mut self) -> Result<(), Error> {
        let pen = std::mem::take(&mut self.pen);
        pen.write(&self).await?;
        self.connection.commit().await?;
        Ok(())
    }
}

/// A query within one organisation.
#[must_use = "a query does nothing until it is run"]
pub struct Find<'s, E: Guarded> {
    pub(super) connection: &'s Connection,
    pub(super) select: Select<E>,
}

impl<E> Find<'_, E>
where
    E: Guarded,
    E::Model: Send + Sync,
{
    /// Keeps the rows for which the condition holds.
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.select = self.select.filter(condition);
        self
    }

    /// Sorts by one more column.
    pub fn order_by(mut self, column: E::Column, order: Order) -> Self {
        self.select = self.select.order_by(column, order);
        self
    }

    /// At most so many rows, after skipping some. Both come from URLs; what no database can count to is brought down to what
    /// it can, because the driver panics over it.
    pub fn page(mut self, offset: u64, limit: u64) -> Self {
        let most = i64::MAX.unsigned_abs();
        self.select = self.select.offset(Ord::min(offset, most)).limit(Ord::min(limit, most));
        self
    }

    /// Locks the rows until the end of the transaction (SQLite has one writer and needs none).
    pub fn locked(mut self) -> Self {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            self.select = self.select.lock_exclusive();
        }
        self
    }

    /// Keeps the rows as they are until the end of the transaction; whoever would change them waits (see [`Find::locked`]).
    pub fn held(mut self) -> Self {
        if self.connection.get_database_backend() == DbBackend::Postgres {
            self.select = self.select.lock_shared();
        }
        self
    }

    /// The first row.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn one(self) -> Result<Option<E::Model>, Error> {
        Ok(self.select.one(self.connection).await?)
    }

    /// The first row, or [`Error::NotFound`].
    ///
    /// # Errors
    /// [`Error::NotFound`], or what the database refused.
    pub async fn get(self) -> Result<E::Model, Error> {
        self.one().await?.ok_or(Error::NotFound)
    }

    /// Every row.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn all(self) -> Result<Vec<E::Model>, Error> {
        Ok(self.select.all(self.connection).await?)
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn count(self) -> Result<u64, Error> {
        Ok(self.select.count(self.connection).await?)
    }
}

/// A change of rows within one organisation.
#[must_use = "a change does nothing until it is run"]
pub struct Update<'s, E: Guarded> {
    pub(super) connection: &'s Connection,
    pub(super) update: UpdateMany<E>,
}

impl<E: Guarded> Update<'_, E> {
    /// Sets a column to a value.
    pub fn set(mut self, column: E::Column, value: impl Into<Value>) -> Self {
        self.update = self.update.col_expr(column, SimpleExpr::Value(value.into()));
        self
    }

    /// Adds to a column of amounts.
    pub fn add(mut self, column: E::Column, amount: i64) -> Self {
        let sum = Expr::col(Alias::new(column.unquoted().to_owned())).add(amount);
        self.update = self.update.col_expr(column, sum);
        self
    }

    /// Keeps the change to the rows for which the condition holds.
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.update = self.update.filter(condition);
        self
    }

    /// Changes the rows; returns how many.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn exec(self) -> Result<u64, Error> {
        Ok(self.update.exec(self.connection).await?.rows_affected)
    }

    /// Changes exactly one row, which the filter names together with the revision that was read.
    ///
    /// # Errors
    /// [`Conflict::Stale`] if the row was changed or deleted meanwhile.
    pub async fn exec_one(self) -> Result<(), Error> {
        if self.exec().await? == 1 { Ok(()) } else { Err(Conflict::Stale.into()) }
    }
}

/// A deletion of rows within one organisation.
#[must_use = "a deletion does nothing until it is run"]
pub struct Delete<'s, E: Guarded> {
    connection: &'s Connection,
    delete: DeleteMany<E>,
}

impl<E: Guarded> Delete<'_, E> {
    /// Keeps the deletion to the rows for which the condition holds.
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.delete = self.delete.filter(condition);
        self
    }

    /// Deletes the rows; returns how many.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn exec(self) -> Result<u64, Error> {
        Ok(self.delete.exec(self.connection).await?.rows_affected)
    }
}
