//! The layers between two organisations, one switched off at a time, where only the gate can switch them off. SQLite's second
//! layer is tested here; PostgreSQL's from outside, in `tests/it/isolation.rs`.

use std::sync::Arc;

use domain::ids::OrganisationId;
use entity::{membership, organisation};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use tempfile::TempDir;

use super::connection::{Bound, Connection};
use super::guarded::TABLES;
use super::pools::{Mode, Pools};
use super::scope::{Open, Opened, ReadScope, Scope, WriteScope};
use super::{Actor, DatabaseSettings, SystemActor};
use crate::keys::MasterKey;
use crate::{Clock, Rng, audit};

struct TwoTowns {
    pools: Pools,
    ink: audit::Ink,
    one: Uuid,
    other: Uuid,
    _directory: TempDir,
}

impl TwoTowns {
    /// Two organisations with a member each, written where nothing guards.
    async fn found() -> TwoTowns {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("test.sqlite").display());
        migration::up(&url).await.unwrap();
        let pools = Pools::connect(&DatabaseSettings { url: url.into(), max_connections: 2 }).await.unwrap();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let unguarded = Connection::new(pools.begin(Mode::Write, Bound::Platform).await.unwrap(), None);
        for (id, slug) in [(one, "one"), (other, "other")] {
            let organisation = organisation::Model {
                id,
                kind: "tenant".to_owned(),
                slug: slug.to_owned(),
                name_ja: slug.to_owned(),
                name_en: slug.to_owned(),
                generation: 1,
                created_at: 0,
            };
            let account = entity::account::Model {
                id,
                mail: slug.to_owned(),
                password_hash: String::new(),
                totp_secret: None,
                totp_enrolled_at: None,
                totp_last_step: 0,
                revision: 1,
                created_at: 0,
            };
            let member = membership::Model {
                organisation_id: id,
                account_id: id,
                display_name: slug.to_owned(),
                department: String::new(),
                mail: slug.to_owned(),
                generation: 1,
                created_at: 0,
                ended_at: None,
                revision: 1,
            };
            let row: organisation::ActiveModel = organisation.into();
            organisation::Entity::insert(row).exec_without_returning(&unguarded).await.unwrap();
            let row: entity::account::ActiveModel = account.into();
            entity::account::Entity::insert(row).exec_without_returning(&unguarded).await.unwrap();
            let row: membership::ActiveModel = member.into();
            membership::Entity::insert(row).exec_without_returning(&unguarded).await.unwrap();
        }
        unguarded.commit().await.unwrap();
        let master = Arc::new(MasterKey::new(&[1; 32]).unwrap());
        let ink = audit::Ink::new(master, Clock::system(), Rng::system());
        TwoTowns { pools, ink, one, other, _directory: directory }
    }

    async fn connection(&self, mode: Mode, guarded: bool) -> Connection {
        let bound = Bound::Organisation(self.one);
        Connection::new(self.pools.begin(mode, bound).await.unwrap(), guarded.then_some(bound))
    }

    async fn scope<S: Open>(&self, guarded: bool) -> S {
        S::assemble(Opened {
            connection: self.connection(if S::WRITES { Mode::Write } else { Mode::Read }, guarded).await,
            organisation: OrganisationId::from_uuid(self.one),
            actor: Actor::System(SystemActor::Provisioner),
            pen: self.ink.pen(),
        })
    }
}

#[tokio::test]
async fn the_guard_holds_where_a_query_forgets_the_organisation() {
    let towns = TwoTowns::found().await;
    let guarded = towns.connection(Mode::Write, true).await;
    assert!(membership::Entity::find().all(&guarded).await.is_err());
    let by_name = membership::Entity::find().filter(membership::Column::DisplayName.eq("other"));
    assert!(by_name.one(&guarded).await.is_err());
    let change = membership::Entity::update_many().col_expr(membership::Column::Mail, Expr::value("x"));
    assert!(change.exec(&guarded).await.is_err());
    assert!(membership::Entity::delete_many().exec(&guarded).await.is_err());
    // The layer is what stands between: without it the same query sees both towns.
    drop(guarded);
    let unguarded = towns.connection(Mode::Read, false).await;
    assert_eq!(membership::Entity::find().all(&unguarded).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_guard_holds_where_a_query_names_the_other_organisation() {
    let towns = TwoTowns::found().await;
    let scope: WriteScope = towns.scope(true).await;
    let moved = scope.update_many::<membership::Entity>().set(membership::Column::OrganisationId, towns.other);
    assert!(moved.exec().await.is_err());
    drop(scope);
    let guarded = towns.connection(Mode::Write, true).await;
    let of = |town| membership::Entity::find().filter(membership::Column::OrganisationId.eq(town));
    assert!(of(towns.other).all(&guarded).await.is_err());
    assert_eq!(of(towns.one).all(&guarded).await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_table_with_an_organisation_is_guarded() {
    let towns = TwoTowns::found().await;
    let unguarded = towns.connection(Mode::Read, false).await;
    let sql = "select t.name from sqlite_master t join pragma_table_info(t.name) c
               where t.type = 'table' and c.name = 'organisation_id' order by t.name";
    let rows = unguarded.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    let mut tables: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    // The row of a job, or of a mail, holds an organisation and no content: the platform leases it.
    tables.retain(|table| table != "job" && table != "outgoing_mail");
    let mut guarded = TABLES.to_vec();
    guarded.sort_unstable();
    assert_eq!(tables, guarded);
}

/// Read by an index to its last column, also before there is a row to learn from: by the organisation's key alone a sign-in
/// would read every consent of a municipality.
#[tokio::test]
async fn the_joins_of_a_sign_in_search_by_more_than_the_organisation() {
    let towns = TwoTowns::found().await;
    let connection = towns.connection(Mode::Read, false).await;
    for sql in [super::joined::STANDING, super::joined::FAMILY, super::joined::FAMILY_OF_CODE] {
        let nothing = vec![None::<i64>.into(); sql.matches('?').count()];
        let sql = format!("explain query plan {sql}");
        let plan = Statement::from_sql_and_values(DbBackend::Sqlite, sql, nothing);
        let steps = connection.query_all_raw(plan).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert!(!steps.iter().any(|step| step.contains("SCAN") || step.contains("(organisation_id=?)")), "{steps:?}");
    }
}

#[tokio::test]
async fn the_scope_holds_where_the_guard_is_off() {
    let towns = TwoTowns::found().await;
    let scope: ReadScope = towns.scope(false).await;
    let seen = scope.find::<membership::Entity>().all().await.unwrap();
    assert_eq!(seen.iter().map(|row| row.organisation_id).collect::<Vec<_>>(), [towns.one]);
    let stranger = membership::Column::AccountId.eq(towns.other);
    assert_eq!(scope.find::<membership::Entity>().filter(stranger.clone()).one().await.unwrap(), None);
    drop(scope);

    let scope: WriteScope = towns.scope(false).await;
    let change = scope.update_many::<membership::Entity>().set(membership::Column::Mail, "x").filter(stranger.clone());
    assert_eq!(change.exec().await.unwrap(), 0);
    assert_eq!(scope.delete_many::<membership::Entity>().filter(stranger).exec().await.unwrap(), 0);
    // A row that says that it is the other town's becomes one's own.
    let row = membership::ActiveModel {
        organisation_id: sea_orm::Set(towns.other),
        account_id: sea_orm::Set(towns.other),
        display_name: sea_orm::Set("smuggled".to_owned()),
        department: sea_orm::Set(String::new()),
        mail: sea_orm::Set("x".to_owned()),
        generation: sea_orm::Set(1),
        created_at: sea_orm::Set(0),
        ended_at: sea_orm::Set(None),
        revision: sea_orm::Set(1),
    };
    scope.insert::<membership::Entity, _>(row).await.unwrap();
    scope.commit().await.unwrap();
    let unguarded = towns.connection(Mode::Read, false).await;
    let of_other = membership::Entity::find().filter(membership::Column::OrganisationId.eq(towns.other));
    assert_eq!(of_other.all(&unguarded).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    let towns = TwoTowns::found().await;
    let reader = towns.connection(Mode::Read, true).await;
    let change = membership::Entity::update_many()
        .col_expr(membership::Column::Mail, Expr::value("x"))
        .filter(membership::Column::OrganisationId.eq(towns.one));
    assert!(change.exec(&reader).await.is_err());
}

#[tokio::test]
async fn what_is_dropped_was_never_there() {
    let towns = TwoTowns::found().await;
    let scope: WriteScope = towns.scope(true).await;
    assert_eq!(scope.delete_many::<membership::Entity>().exec().await.unwrap(), 1);
    drop(scope);
    let scope: ReadScope = towns.scope(true).await;
    assert_eq!(scope.find::<membership::Entity>().count().await.unwrap(), 1);
}
