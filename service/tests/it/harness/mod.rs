//! A world of its own for each test: a fresh database, a clock that stands still, towns with staff of every role.
//!
//! ```ignore
//! #[tokio::test]
//! async fn an_admin_does_it() {
//!     on_both(async |world| {
//!         let town = world.town("showa").await;
//!         let done = world.service.do_it(&town.admin().await).await;
//!         assert_eq!(world.rows_of(&town, "something").await, 1);
//!     })
//!     .await;
//! }
//! ```

mod card;
mod database;
pub(crate) mod device;
pub(crate) mod forms;
pub(crate) mod gateway;
mod people;
pub(crate) mod possession;
pub(crate) mod software;

use std::sync::Arc;

use domain::ids::OrganisationId;
use service::accounts::PasswordCost;
use service::gate::DatabaseSettings;
use service::keys::{MasterKey, Rotation};
use service::mails::{MailSettings, Mailbox};
use service::{Clock, Limits, Outgoing, Service, Settings};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) use self::card::{
    CHILD, CLIENT_ID, Card, Given, HANAKO, Holder, Mood, NAMESAKE, SECRET, Shape, TARO, UNREADABLE,
};
use self::database::Database;
pub(crate) use self::gateway::{Client, Gateway, Tab, flow_of, parameter, sent_code, text_form, token_body};
pub(crate) use self::people::{PASSWORD, Town, code_of, code_with, mail};

/// Monday morning in Japan, after the 5th of the month.
pub(crate) const START: OffsetDateTime = datetime!(2026-11-16 10:00 +9);

/// The master key of every server that does not say otherwise.
pub(crate) const MASTER_KEY: [u8; 32] = [42; 32];

/// Whom every mail is from.
pub(crate) const SENDER: &str = "街鍵 <no-reply@id.example.jp>";

/// One test's world.
pub(crate) struct World {
    pub(crate) service: Arc<Service>,
    pub(crate) clock: Clock,
    /// Mails to staff, of every server process that has no other way for them.
    pub(crate) mailbox: Mailbox,
    database: Database,
}

/// Runs a test in a world on SQLite, then in one on PostgreSQL if there is one.
pub(crate) async fn on_both(test: impl AsyncFn(World)) {
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

/// Runs a test in a world on SQLite.
pub(crate) async fn on_sqlite(test: impl AsyncFn(World)) {
    println!("on SQLite:");
    Box::pin(test(World::on(Database::sqlite().await).await)).await;
}

/// Runs a test in a world on PostgreSQL, if there is one.
pub(crate) async fn on_postgres(test: impl AsyncFn(World)) {
    match Database::postgres().await {
        Some(database) => {
            println!("on PostgreSQL:");
            Box::pin(test(World::on(database).await)).await;
        }
        None => println!("not on PostgreSQL: TEST_DATABASE_URL and TEST_DATABASE_OWNER_URL are not set"),
    }
}

impl World {
    async fn on(database: Database) -> World {
        let clock = Clock::fixed(START);
        let mailbox = Mailbox::default();
        let service = Service::connect(settings(&database.url(), &clock, &mailbox)).await.unwrap();
        World { service: Arc::new(service), clock, mailbox, database }
    }

    /// Another server process on the same database.
    pub(crate) async fn another_process(&self) -> Arc<Service> {
        self.process_at(&self.database_url()).await
    }

    /// Another server process, which reaches the database by this URL.
    pub(crate) async fn process_at(&self, url: &str) -> Arc<Service> {
        Arc::new(Service::connect(settings(url, &self.clock, &self.mailbox)).await.unwrap())
    }

    /// Another server process, with other master keys.
    pub(crate) async fn process_with(&self, master_key: MasterKey) -> Arc<Service> {
        let settings = Settings { master_key, ..settings(&self.database_url(), &self.clock, &self.mailbox) };
        Arc::new(Service::connect(settings).await.unwrap())
    }

    /// Another server process, with a lower limit for each relying party.
    pub(crate) async fn process_limited_to(&self, per_second: u32) -> Arc<Service> {
        let limits = Limits { client: per_second.try_into().unwrap(), ..Limits::STANDARD };
        let settings = Settings { limits, ..settings(&self.database_url(), &self.clock, &self.mailbox) };
        Arc::new(Service::connect(settings).await.unwrap())
    }

    /// Another server process, whose mails leave by another way, or by none.
    pub(crate) async fn process_mailing(&self, mail: Option<MailSettings>) -> Arc<Service> {
        let settings = Settings { mail, ..settings(&self.database_url(), &self.clock, &self.mailbox) };
        Arc::new(Service::connect(settings).await.unwrap())
    }

    /// How the server reaches the database.
    pub(crate) fn database_url(&self) -> String {
        self.database.url()
    }

    /// What a server says that starts as this database user (PostgreSQL).
    pub(crate) async fn connect_as(&self, user: &str) -> Result<Service, service::Error> {
        Service::connect(settings(&self.database.url_of(user), &self.clock, &self.mailbox)).await
    }

    /// Every column of the schema, as table and name.
    pub(crate) async fn columns(&self) -> Vec<(String, String)> {
        self.database.columns().await
    }

    /// Every place where the database keeps bytes, by name; the organisation is whose rows a table's owner may read.
    pub(crate) async fn places(&self, organisation: OrganisationId) -> Vec<(String, Vec<u8>)> {
        self.database.places(organisation).await
    }

    /// Rows of a table that belongs to nobody.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        self.database.count(&format!("select count(*) from {table}"), None).await
    }

    /// A town's rows of a table.
    pub(crate) async fn rows_of(&self, town: &Town, table: &str) -> i64 {
        self.rows_where(town, table, "1 = 1").await
    }

    /// A town's rows of a table for which a condition in SQL holds.
    pub(crate) async fn rows_where(&self, town: &Town, table: &str, condition: &str) -> i64 {
        let key = self.database.literal(town.organisation);
        let sql = format!("select count(*) from {table} where organisation_id = {key} and {condition}");
        self.database.count(&sql, Some(town.organisation)).await
    }

    /// The sum of a column over a town's rows for which a condition in SQL holds.
    pub(crate) async fn sum_where(&self, town: &Town, table: &str, column: &str, condition: &str) -> i64 {
        let key = self.database.literal(town.organisation);
        let sql = format!(
            "select cast(coalesce(sum({column}), 0) as bigint) from {table} where organisation_id = {key} and {condition}"
        );
        self.database.count(&sql, Some(town.organisation)).await
    }

    /// A key as SQL writes it.
    pub(crate) fn literal(&self, id: uuid::Uuid) -> String {
        self.database.literal(OrganisationId::from_uuid(id))
    }

    /// Runs SQL behind the service's back, bound to a town where one is given.
    pub(crate) async fn execute(&self, sql: &str, town: Option<&Town>) {
        self.database.execute(sql, town.map(|town| town.organisation)).await;
    }

    /// Whether the database itself refuses an SQL statement, bound to a town.
    pub(crate) async fn refuses(&self, sql: &str, town: &Town) -> bool {
        self.database.refuses(sql, town.organisation).await
    }

    /// How many rows the server's own database user sees, bound to an organisation or to none (PostgreSQL).
    pub(crate) async fn rows_seen_by_app(&self, table: &str, bound: Option<OrganisationId>) -> i64 {
        self.database.count_as_app(&format!("select count(*) from {table}"), bound).await
    }
}

fn settings(url: &str, clock: &Clock, mailbox: &Mailbox) -> Settings {
    Settings {
        database: DatabaseSettings { url: url.into(), max_connections: 3 },
        master_key: MasterKey::new(&MASTER_KEY).unwrap(),
        rotation: Rotation::default(),
        clock: clock.clone(),
        public_base_url: "http://localhost:3000".parse().unwrap(),
        allow_loopback: true,
        outgoing: Outgoing::default(),
        mail: Some(MailSettings::mailbox(mailbox.clone(), SENDER).unwrap()),
        limits: Limits::STANDARD,
        password_cost: PasswordCost::TRIVIAL,
    }
}
