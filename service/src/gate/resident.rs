//! What a resident's own session opens: own rows, and nothing else of the municipality. A [`ResidentScope`] has no way to a
//! table whose rows are not each some resident's, and keys every statement with this resident as well: there is no check that
//! a use-case could forget.

use domain::ids::ResidentId;
use sea_orm::ColumnTrait;

use super::caller::{Actor, Caller};
use super::guarded::Guarded;
use super::resource::{Action, Resource};
use super::scope::{Delete, Find, Scope, Update, WriteScope};
use super::{Gate, Organisation};
use crate::error::Error;

/// A table whose rows each belong to one resident.
pub(crate) trait OfResident: Guarded {
    /// The column with the resident's key.
    fn resident() -> Self::Column;
}

macro_rules! of_resident {
    ($($table:ident by $column:ident),+ $(,)?) => {
        $(impl OfResident for entity::$table::Entity {
            fn resident() -> Self::Column {
                entity::$table::Column::$column
            }
        })+
    };
}

of_resident! {
    resident by Id,
    resident_lookup by ResidentId,
    eligibility by ResidentId,
    attestation by ResidentId,
    consent_grant by ResidentId,
    resident_session by ResidentId,
    resident_passkey by ResidentId,
    token_family by ResidentId,
    usage_mark by ResidentId,
    recovery_number by ResidentId,
    relink_request by ResidentId,
}

/// A resident who is signed in. Not a [`Caller`]: no door but [`Gate::open_own`] takes it.
pub(crate) struct ResidentCaller {
    caller: Caller,
    resident: ResidentId,
}

/// A transaction over one resident's own rows.
pub(crate) struct ResidentScope<S> {
    scope: S,
    resident: ResidentId,
}

impl Gate {
    /// A resident as a caller. The session was checked by the use-case that calls this.
    pub(crate) fn resident(&self, resident: ResidentId, organisation: &Organisation) -> ResidentCaller {
        let caller = Caller {
            actor: Actor::Resident(resident),
            organisation: organisation.id,
            generation: organisation.generation,
            permissions: self.resident,
            colleague: None,
        };
        ResidentCaller { caller, resident }
    }

    /// Decides, then opens a scope of the resident's own rows.
    ///
    /// # Errors
    /// As [`Gate::open`].
    pub(crate) async fn open_own<A: Action>(
        &self,
        caller: &ResidentCaller,
        action: A,
        on: Resource,
    ) -> Result<ResidentScope<A::Scope>, Error> {
        Ok(ResidentScope { scope: self.open(&caller.caller, action, on).await?, resident: caller.resident })
    }
}

impl WriteScope {
    /// Narrows a transaction of somebody else's down to one resident, whose rows it ends.
    pub(crate) fn about(self, resident: ResidentId) -> ResidentScope<WriteScope> {
        ResidentScope { scope: self, resident }
    }
}

impl<S: Scope> ResidentScope<S> {
    /// The resident's rows of a table.
    pub(crate) fn find<E: OfResident>(&self) -> Find<'_, E>
    where
        E::Model: Send + Sync,
    {
        self.scope.find::<E>().filter(E::resident().eq(self.resident.uuid()))
    }
}

impl ResidentScope<WriteScope> {
    /// Changes the resident's rows of a table.
    pub(crate) fn update_many<E: OfResident>(&self) -> Update<'_, E> {
        self.scope.update_many::<E>().filter(E::resident().eq(self.resident.uuid()))
    }

    /// Deletes the resident's rows of a table.
    pub(crate) fn delete_many<E: OfResident>(&self) -> Delete<'_, E> {
        self.scope.delete_many::<E>().filter(E::resident().eq(self.resident.uuid()))
    }

    /// The one door to rows that are nobody's own: the open counters, which a resident who leaves is taken out of, and notices
    /// to services whose session ends.
    pub(crate) fn of_everybody(&self) -> &WriteScope {
        &self.scope
    }

    /// Makes everything last.
    ///
    /// # Errors
    /// What the database refused; then nothing was written.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.scope.commit().await
    }
}
