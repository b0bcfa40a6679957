//! Counting people while a month is open: exact however often they sign in, agree, withdraw or delete, and from however many
//! servers.

use std::sync::Arc;

use domain::calendar::Month;
use domain::ids::{RelyingPartyId, ResidentId};
use domain::municipality::MunicipalityCode;
use domain::names::TenantSlug;
use migration::{Migrator, MigratorTrait};
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, ConnectionTrait, Database, Set};
use time::macros::datetime;

use super::tally::{SignIn, count_sign_in, forget_resident, keeps_year};
use crate::accounts::PasswordCost;
use crate::gate::{DatabaseSettings, Organisation, Resource, Scope, SystemActor, WriteScope, action};
use crate::provisioning::{NewTenant, TenantMode};
use crate::{Clock, Limits, Outgoing, Service, Settings};

pub(crate) struct Town {
    pub(crate) service: Service,
    pub(crate) organisation: Organisation,
    pub(crate) slug: TenantSlug,
    library: RelyingPartyId,
    _directory: tempfile::TempDir,
}

pub(crate) async fn on_both(test: impl AsyncFn(Arc<Town>)) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", directory.path().join("town.sqlite").display());
    migrate(&url).await;
    test(town(url, directory).await).await;
    if let (Ok(owner), Ok(app)) = (std::env::var("TEST_DATABASE_OWNER_URL"), std::env::var("TEST_DATABASE_URL")) {
        let name = format!("usage_{}", crate::Rng::system().uuid_v4().unwrap().simple());
        let at = |url: &str| format!("{}/{name}", url.rsplit_once('/').unwrap().0);
        let create = format!("create database {name}");
        Database::connect(&owner).await.unwrap().execute_unprepared(&create).await.unwrap();
        migrate(&at(&owner)).await;
        test(town(at(&app), tempfile::tempdir().unwrap()).await).await;
    }
}

async fn migrate(url: &str) {
    let connection = Database::connect(url).await.unwrap();
    Migrator::up(&connection, None).await.unwrap();
    connection.close().await.unwrap();
}

async fn town(url: String, directory: tempfile::TempDir) -> Arc<Town> {
    let service = Service::connect(Settings {
        database: DatabaseSettings { url: url.into(), max_connections: 8 },
        master_key: crate::keys::MasterKey::new(&[7; 32]).unwrap(),
        rotation: crate::keys::Rotation::default(),
        clock: Clock::fixed(datetime!(2026-11-16 10:00 +9)),
        public_base_url: "http://localhost:3000".parse().unwrap(),
        allow_loopback: true,
        outgoing: Outgoing::default(),
        mail: None,
        limits: Limits::STANDARD,
        password_cost: PasswordCost::TRIVIAL,
    })
    .await
    .unwrap();
    let slug: TenantSlug = "showa".parse().unwrap();
    let code: MunicipalityCode = "074462".parse().unwrap();
    let new = NewTenant::with_defaults(slug.clone(), code, TenantMode::Sandbox).unwrap();
    let organisation = service.create_tenant(&new).await.unwrap().value();
    let library = RelyingPartyId::from_uuid(service.rng.uuid_v7(&service.clock).unwrap());
    Arc::new(Town { service, organisation, slug, library, _directory: directory })
}

impl Town {
    pub(crate) async fn scope(&self) -> WriteScope {
        let caller = self.service.gate.system(SystemActor::SignIn, &self.organisation);
        self.service.gate.open(&caller, action::Create, Resource::Resident).await.unwrap()
    }

    pub(crate) async fn resident(&self) -> ResidentId {
        let id = self.service.rng.uuid_v4().unwrap();
        let scope = self.scope().await;
        let row = entity::resident::ActiveModel {
            organisation_id: Set(self.organisation.id.uuid()),
            id: Set(id),
            identity_provider_id: Set(id),
            level_word: Set(None),
            subject_digest: Set(id.into_bytes().to_vec()),
            pepper_number: Set(1),
            ial: Set(3),
            relinked_month: Set(None),
            since_month: Set("2026-04".to_owned()),
        };
        scope.insert::<entity::resident::Entity, _>(row).await.unwrap();
        scope.commit().await.unwrap();
        ResidentId::from_uuid(id)
    }

    async fn sign_in(&self, resident: ResidentId, party: RelyingPartyId, month: &str, year: bool) {
        let scope = self.scope().await;
        let month: Month = month.parse().unwrap();
        let sign_in = SignIn { resident, newcomer: false, party, month, keeps_year: year };
        count_sign_in(&scope, self.service.rng, &sign_in).await.unwrap();
        scope.commit().await.unwrap();
    }

    pub(crate) async fn delete(&self, resident: ResidentId) {
        let caller = self.service.gate.resident(resident, &self.organisation);
        let scope = self.service.gate.open_own(&caller, action::Remove, Resource::Resident).await.unwrap();
        forget_resident(&scope, self.service.rng).await.unwrap();
        scope.delete_many::<entity::resident::Entity>().exec().await.unwrap();
        scope.commit().await.unwrap();
    }

    async fn sum(&self, party: RelyingPartyId, period: &str, outcome: &str) -> i64 {
        use entity::usage_counter::{Column, Entity};
        let rows = self.scope().await.find::<Entity>().filter(Column::Period.eq(period)).all().await.unwrap();
        let rows = rows.iter().filter(|row| row.relying_party_id == party.uuid() && row.outcome == outcome);
        rows.map(|row| row.tally).sum()
    }

    async fn marks(&self) -> Vec<(Uuid, Option<String>, Option<String>)> {
        let rows = self.scope().await.find::<entity::usage_mark::Entity>().all().await.unwrap();
        rows.into_iter().map(|row| (row.resident_id, row.used_in, row.used_in_year)).collect()
    }
}

#[tokio::test]
async fn a_person_counts_once_a_month_and_once_a_year() {
    on_both(async |town| {
        let person = town.resident().await;
        for month in ["2026-11", "2026-11", "2026-12", "2026-12", "2027-04"] {
            town.sign_in(person, town.library, month, true).await;
        }
        for (period, people, sign_ins) in [("2026-11", 1, 2), ("2026-12", 1, 2), ("2027-04", 1, 1)] {
            assert_eq!(town.sum(town.library, period, "people").await, people);
            assert_eq!(town.sum(town.library, period, "sign_ins").await, sign_ins);
        }
        assert_eq!(town.sum(town.library, "FY2026", "year_people").await, 1);
        assert_eq!(town.sum(town.library, "FY2027", "year_people").await, 1);
        assert_eq!(town.marks().await, [(person.uuid(), Some("2027-04".into()), Some("FY2027".into()))]);
    })
    .await;
}

#[tokio::test]
async fn without_the_band_nobody_notes_the_year() {
    on_both(async |town| {
        let person = town.resident().await;
        town.sign_in(person, town.library, "2026-11", false).await;
        assert_eq!(town.marks().await, [(person.uuid(), Some("2026-11".into()), None)]);
        assert_eq!(town.sum(town.library, "FY2026", "year_people").await, 0);
        let mut row = town.scope().await.find::<entity::tenant::Entity>().get().await.unwrap();
        for (population, switched_on, keeps) in
            [(Some(1_100), true, true), (Some(1_100), false, false), (Some(9_900), true, false), (None, true, false)]
        {
            (row.population, row.yearly_band) = (population, switched_on);
            assert_eq!(keeps_year(&row), keeps, "{population:?} {switched_on}");
        }
    })
    .await;
}

#[tokio::test]
async fn people_are_counted_exactly_by_many_at_once() {
    on_both(async |town| {
        let mut people = Vec::new();
        for _ in 0..6 {
            people.push(town.resident().await);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for round in 0..48 {
            let (town, person) = (Arc::clone(&town), people[round % people.len()]);
            tasks.spawn(async move { town.sign_in(person, town.library, "2026-11", true).await });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        assert_eq!(town.sum(town.library, "2026-11", "people").await, 6);
        assert_eq!(town.sum(town.library, "FY2026", "year_people").await, 6);
        assert_eq!(town.sum(town.library, "2026-11", "sign_ins").await, 48);
        assert_eq!(town.marks().await.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_a_little_behind_counts_nobody_twice() {
    on_both(async |town| {
        let person = town.resident().await;
        for month in ["2026-11", "2026-12", "2026-11", "2026-12"] {
            town.sign_in(person, town.library, month, true).await;
        }
        assert_eq!(town.sum(town.library, "2026-11", "people").await, 1);
        assert_eq!(town.sum(town.library, "2026-12", "people").await, 1);
    })
    .await;
}

#[tokio::test]
async fn deleting_the_town_id_and_making_a_new_one_does_not_make_two_people() {
    on_both(async |town| {
        let other = RelyingPartyId::from_uuid(town.service.rng.uuid_v7(&town.service.clock).unwrap());
        for _ in 0..25 {
            let person = town.resident().await;
            town.sign_in(person, town.library, "2026-11", true).await;
            town.sign_in(person, other, "2026-11", true).await;
            town.delete(person).await;
        }
        let person = town.resident().await;
        town.sign_in(person, town.library, "2026-11", true).await;
        assert_eq!(town.sum(town.library, "2026-11", "people").await, 1);
        assert_eq!(town.sum(other, "2026-11", "people").await, 0);
        assert_eq!(town.sum(town.library, "FY2026", "year_people").await, 1);
        assert_eq!(town.marks().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn closing_forgets_who_it_was_and_leaves_the_next_month_open() {
    on_both(async |town| {
        let (once, again) = (town.resident().await, town.resident().await);
        town.sign_in(once, town.library, "2026-10", false).await;
        town.sign_in(again, town.library, "2026-10", true).await;
        town.sign_in(again, town.library, "2026-11", true).await;
        town.service.close_month(&town.slug, "2026-10".parse().unwrap()).await.unwrap();
        let left = [(again.uuid(), Some("2026-11".to_owned()), Some("FY2026".to_owned()))];
        assert_eq!(town.marks().await, left);
        town.delete(once).await;
        assert_eq!(town.sum(town.library, "2026-10", "people").await, 2, "nobody can be taken out of a closed month");
        town.sign_in(again, town.library, "2026-11", true).await;
        assert_eq!(town.sum(town.library, "2026-11", "people").await, 1);
    })
    .await;
}
