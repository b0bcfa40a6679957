//! Mails to staff: what is said, to whom, and that it is said once.

mod server;

use std::sync::Arc;
use std::time::Duration;

use domain::access::Role;
use domain::ids::RelyingPartyId;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use service::mails::{MailSettings, PostedMail};
use service::{Outgoing, Service};

use self::server::{MailServer, Mood};
use crate::harness::{self, Client, Gateway, HANAKO, SENDER, Tab, Town, World, mail, on_both, on_sqlite, sent_code};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

async fn issue(world: &World, town: &Town, party: RelyingPartyId, days: i64) -> service::relying_parties::IssuedSecret {
    let day = world.service.today() + time::Duration::days(days);
    world.service.issue_client_secret(&town.admin().await, party, Some(day)).await.unwrap()
}

/// A town whose library has a secret that ends in forty days, and as many days until it is announced.
async fn town_with_a_secret(world: &World, slug: &str) -> (Town, RelyingPartyId) {
    let town = world.town(slug).await;
    let party = world.publish_library(&town).await;
    issue(world, &town, party, 40).await;
    (town, party)
}

const UNTIL_ANNOUNCED: i64 = 11 * DAY;

/// Who was written to, by address: which of several goes first is not promised.
fn to(mails: &[PostedMail]) -> Vec<&str> {
    let mut recipients: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    recipients.sort_unstable();
    recipients
}

/// A mail as it is read, with a word in the place of an id.
fn read(mail: &PostedMail, id: &str) -> String {
    let parts = [&mail.subject, &mail.text, &mail.html].map(|part| part.replace(id, "{id}"));
    assert!(parts[1].contains("{id}") && parts[2].contains("{id}"), "it leads to the page");
    parts.join("\n────────\n")
}

// conforms: Our own
#[tokio::test]
async fn the_end_of_a_secret_is_announced_to_who_can_make_another_one() {
    on_both(async |world| {
        let (town, party) = town_with_a_secret(&world, "showa").await;
        world.town("mino").await;
        let second = world.person("second@showa.example.jp", true).await;
        world.join(&town, &second, "二人目", &[Role::Analyst, Role::Admin]).await;
        assert_eq!(world.rows("outgoing_mail").await, 2, "one row for each day on which it is said");
        world.clock.advance(UNTIL_ANNOUNCED - DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 0);
        world.clock.advance(DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 2);
        let mails = world.mailbox.take();
        assert_eq!(to(&mails), ["admin@showa.example.jp", "second@showa.example.jp"]);
        insta::assert_snapshot!("client_secret_ends", read(&mails[0], &party.to_string()));
        // Once, whichever process looks and however often.
        assert_eq!(world.service.send_due_mails().await.unwrap(), 0);
        assert_eq!(world.another_process().await.send_due_mails().await.unwrap(), 0);
        world.clock.advance(23 * DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 2);
        assert!(world.mailbox.take()[0].text.contains("あと6日"));
        world.clock.advance(30 * DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 0);
        assert_eq!(world.mailbox.take(), []);
        // What was sent is forgotten after three months.
        assert_eq!(world.service.sweep_mails().await.unwrap(), 0);
        world.clock.advance(91 * DAY);
        assert_eq!(world.service.sweep_mails().await.unwrap(), 6);
        assert_eq!(world.rows("outgoing_mail").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_leaves_no_gap_is_not_announced() {
    on_both(async |world| {
        let (town, party) = town_with_a_secret(&world, "showa").await;
        // Followed by another one, which is then announced in its place; and one that was ended on purpose.
        let later = issue(&world, &town, party, 60).await;
        world.clock.advance(UNTIL_ANNOUNCED);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 0);
        world.clock.advance(20 * DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 1);
        world.mailbox.take();
        world.service.end_client_secret(&town.admin().await, party, later.id).await.unwrap();
        world.clock.advance(23 * DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 0);
        // For so short a time nobody needs to be reminded of what they just did.
        issue(&world, &town, party, 5).await;
        world.clock.advance(4 * DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn after_a_long_pause_only_the_last_of_two_is_said() {
    on_both(async |world| {
        town_with_a_secret(&world, "showa").await;
        world.clock.advance(UNTIL_ANNOUNCED + 24 * DAY);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 1);
        assert!(world.mailbox.take()[0].text.contains("あと5日"));
    })
    .await;
}

#[tokio::test]
async fn without_a_way_no_mail_is_made_and_none_is_lost() {
    on_both(async |world| {
        town_with_a_secret(&world, "showa").await;
        world.clock.advance(UNTIL_ANNOUNCED);
        let silent = world.process_mailing(None).await;
        assert_eq!(silent.send_due_mails().await.unwrap(), 0);
        assert_eq!(world.rows("outgoing_mail where attempts > 0").await, 0);
        assert_eq!(world.service.send_due_mails().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn several_processes_send_each_mail_once() {
    on_both(async |world| {
        for slug in ["showa", "mino", "goka", "seki", "tsuno"] {
            town_with_a_secret(&world, slug).await;
        }
        world.clock.advance(UNTIL_ANNOUNCED);
        let (second, third) = (world.another_process().await, world.another_process().await);
        let sent = futures::join!(world.service.send_due_mails(), second.send_due_mails(), third.send_due_mails());
        assert_eq!(sent.0.unwrap() + sent.1.unwrap() + sent.2.unwrap(), 5);
        let mails = world.mailbox.take();
        let admins = ["goka", "mino", "seki", "showa", "tsuno"].map(|town| format!("admin@{town}.example.jp"));
        assert_eq!(to(&mails), admins);
        for mail in &mails {
            // Each town hears of itself alone.
            let (_, town) = mail.to.split_once('@').unwrap();
            let (slug, _) = town.split_once('.').unwrap();
            assert!(mail.text.contains(&format!("/console/{slug}/")), "{}", mail.text);
        }
    })
    .await;
}

async fn fails(gateway: &Gateway<'_>, library: &Client) {
    let mut tab = Tab::default();
    gateway.card.behaves(harness::Mood::Fine);
    let go = gateway.authorize(&mut tab, &gateway.request(library, &[])).await;
    gateway.card.behaves(harness::Mood::Down);
    gateway.read_card(&mut tab, &go, HANAKO).await;
    gateway.world.service.note_outages().await.unwrap();
}

async fn answers(gateway: &Gateway<'_>) {
    gateway.card.behaves(harness::Mood::Fine);
    let admin = gateway.town.admin().await;
    let connection = gateway.world.service.identity_providers(&admin).await.unwrap().remove(0);
    gateway.world.service.test_identity_provider(&admin, connection.id).await.unwrap();
    gateway.world.service.note_outages().await.unwrap();
}

/// Goes on by so many minutes, one at a time, and says at which of them a mail was sent, as minutes from the first on.
async fn minutes_with_mail(world: &World, minutes: i64) -> Vec<i64> {
    let mut found = Vec::new();
    for minute in 1..=minutes {
        world.clock.advance(MINUTE);
        if world.service.send_due_mails().await.unwrap() > 0 {
            found.push(minute);
        }
    }
    found
}

// conforms: Our own
#[tokio::test]
async fn staff_are_told_that_a_provider_is_away_and_that_it_is_back() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let provider = uuid::Uuid::from_u128(1).to_string();
        world.clock.advance(17 * MINUTE);
        fails(&gateway, &library).await;
        // At a quarter past the next hour, whenever in this one it was.
        assert_eq!(minutes_with_mail(&world, 60).await, [58]);
        let mails = world.mailbox.take();
        assert_eq!(to(&mails), [mail(&gateway.town, Role::Admin)]);
        insta::assert_snapshot!("provider_away", read(&mails[0], &provider));
        for _ in 0..3 {
            fails(&gateway, &library).await;
            assert_eq!(minutes_with_mail(&world, 60).await, [0; 0], "said once");
        }
        // 14:17; it is said when the hour is over.
        answers(&gateway).await;
        assert_eq!(minutes_with_mail(&world, 60).await, [43]);
        let mails = world.mailbox.take();
        assert_eq!(to(&mails), [mail(&gateway.town, Role::Admin)]);
        insta::assert_snapshot!("provider_back", read(&mails[0], &provider));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_provider_that_comes_and_goes_is_no_flood() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        // Away and back within the hour, again and again: not a word.
        for _ in 0..4 {
            fails(&gateway, &library).await;
            answers(&gateway).await;
            world.clock.advance(10 * MINUTE);
        }
        assert_eq!(minutes_with_mail(&world, 3 * 60).await, [0; 0]);
        // Away for hours and back for one, a day long: every six hours at most.
        let mut mails = 0;
        for _ in 0..8 {
            fails(&gateway, &library).await;
            mails += minutes_with_mail(&world, 2 * 60).await.len();
            answers(&gateway).await;
            mails += minutes_with_mail(&world, 60).await.len();
        }
        assert!((4..=8).contains(&mails), "{mails} mails in a day");
        // Whoever was told that it is away is told that it is back.
        assert_eq!(minutes_with_mail(&world, 2 * 60).await.len(), mails % 2);
        let subjects: Vec<String> = world.mailbox.take().into_iter().map(|mail| mail.subject).collect();
        for (number, subject) in subjects.iter().enumerate() {
            assert_eq!(subject.contains("再び"), number % 2 == 1, "{subjects:?}");
        }
    })
    .await;
}

async fn by_smtp(world: &World, server: &MailServer) -> Arc<Service> {
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let settings = MailSettings::smtp(&url.into(), SENDER, &Outgoing::default()).unwrap();
    world.process_mailing(Some(settings)).await
}

#[tokio::test]
async fn a_mail_server_gets_mails_over_tls_from_an_authority_that_is_believed() {
    on_sqlite(async |world| {
        let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let settings = rustls::ServerConfig::builder().with_no_client_auth();
        let settings = settings.with_single_cert(vec![own.cert.der().clone()], key.into()).unwrap();
        let server = MailServer::start(Some(tokio_rustls::TlsAcceptor::from(Arc::new(settings)))).await;
        let url = format!("smtps://localhost:{}", server.port);
        let believing = Outgoing::new(Some(own.cert.pem().as_bytes()), Vec::new(), Vec::new()).unwrap();

        town_with_a_secret(&world, "showa").await;
        world.clock.advance(UNTIL_ANNOUNCED);
        let doubting = MailSettings::smtp(&url.clone().into(), SENDER, &Outgoing::default()).unwrap();
        assert_eq!(world.process_mailing(Some(doubting)).await.send_due_mails().await.unwrap(), 0);
        world.clock.advance(HOUR);
        let settings = MailSettings::smtp(&url.into(), SENDER, &believing).unwrap();
        assert_eq!(world.process_mailing(Some(settings)).await.send_due_mails().await.unwrap(), 1);
        let mail = server.take().remove(0);
        assert_eq!((mail.from.as_str(), mail.to.as_str()), ("no-reply@id.example.jp", "admin@showa.example.jp"));
        let (head, body) = mail.data.split_once("\r\n\r\n").unwrap();
        for line in [
            "To: admin@showa.example.jp\r\n",
            "Subject: =?utf-8?b?",
            "Auto-Submitted: auto-generated\r\n",
            "Date: Fri, 27 Nov 2026 02:00:00 +0000\r\n",
            "Content-Type: multipart/alternative;",
        ] {
            assert!(head.contains(line), "{line} in\n{head}");
        }
        let id = head.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
        assert!(id.ends_with("@localhost>") && id.len() > 40, "{id}");
        assert!(body.contains("text/plain; charset=utf-8") && body.contains("text/html; charset=utf-8"), "{body}");
    })
    .await;
}

#[tokio::test]
async fn what_a_mail_server_does_not_take_comes_later_and_to_nobody_twice() {
    on_both(async |world| {
        let (town, _) = town_with_a_secret(&world, "showa").await;
        let mut people = Vec::new();
        for name in ["full", "gone", "left"] {
            let person = world.person(&format!("{name}@showa.example.jp"), true).await;
            world.join(&town, &person, name, &[Role::Admin]).await;
            people.push(person);
        }
        let server = MailServer::start(None).await;
        let process = by_smtp(&world, &server).await;
        world.clock.advance(UNTIL_ANNOUNCED);
        // Nobody is there: one knock at a look, whoever else waits.
        server.behaves(Mood::HangsUp);
        assert_eq!(process.send_due_mails().await.unwrap(), 0);
        assert_eq!(server.conversations(), 1);
        assert_eq!(process.send_due_mails().await.unwrap(), 0);
        assert_eq!(server.conversations(), 2);
        // There again. One mailbox is full, one is gone, and one of the four left meanwhile.
        server.behaves(Mood::Fine);
        server.behaves_to("full@showa.example.jp", Mood::Full);
        server.behaves_to("gone@showa.example.jp", Mood::NoSuchMailbox);
        let (left, admin) = (people[2].account, town.admin().await);
        let revision = world.service.membership(&admin, left).await.unwrap().revision;
        world.service.end_access(&admin, left, revision, "退職").await.unwrap();
        world.clock.advance(MINUTE);
        assert_eq!(process.send_due_mails().await.unwrap(), 1);
        assert_eq!(server.take_recipients(), ["admin@showa.example.jp"]);
        for _ in 0..30 {
            world.clock.advance(HOUR);
            assert_eq!(process.send_due_mails().await.unwrap(), 0);
        }
        server.behaves_to("full@showa.example.jp", Mood::Fine);
        world.clock.advance(6 * HOUR);
        assert_eq!(process.send_due_mails().await.unwrap(), 1);
        assert_eq!(server.take_recipients(), ["full@showa.example.jp"]);
        let ended =
            async |state: &str| world.rows(&format!("outgoing_mail where state = '{state}' and occasion = 30")).await;
        assert_eq!((ended("done").await, ended("dropped").await, ended("given_up").await), (3, 1, 1));
        assert_eq!(world.rows("outgoing_mail where state = 'given_up' and attempts = 3").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_whose_receipt_was_lost_comes_again_under_the_same_id_and_not_for_ever() {
    on_sqlite(async |world| {
        town_with_a_secret(&world, "showa").await;
        let server = MailServer::start(None).await;
        let process = by_smtp(&world, &server).await;
        world.clock.advance(UNTIL_ANNOUNCED);
        server.behaves(Mood::ForgetsToSaySo);
        for _ in 0..100 {
            process.send_due_mails().await.unwrap();
            world.clock.advance(6 * HOUR);
        }
        let mut ids: Vec<String> = Vec::new();
        for mail in server.take() {
            let (_, id) = mail.data.split_once("Message-ID: ").unwrap();
            ids.push(id.lines().next().unwrap().to_owned());
        }
        let sent = ids.len();
        ids.dedup();
        // That of thirty days before, and that of seven; each at most as often as is said.
        assert_eq!(ids.len(), 2);
        assert!((4..=40).contains(&sent), "{sent}");
    })
    .await;
}

#[tokio::test]
async fn a_silent_mail_server_keeps_nobody_waiting() {
    on_sqlite(async |world| {
        town_with_a_secret(&world, "mino").await;
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let server = MailServer::start(None).await;
        server.behaves(Mood::Silent);
        let process = by_smtp(&world, &server).await;
        world.clock.advance(UNTIL_ANNOUNCED);
        let patient = tokio::spawn(async move { process.send_due_mails().await });
        while server.conversations() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut done = 0;
        while !patient.is_finished() {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[("scope", "openid")])).await;
            sent_code(&gateway.read_card(&mut tab, &go, HANAKO).await);
            done += 1;
        }
        assert!(done > 1, "sign-ins go on meanwhile");
        // It is left after a while, and asked once.
        assert_eq!(patient.await.unwrap().unwrap(), 0);
        assert_eq!(server.conversations(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_developer_reads_mails_as_files() {
    on_sqlite(async |world| {
        town_with_a_secret(&world, "showa").await;
        world.clock.advance(UNTIL_ANNOUNCED);
        let directory = tempfile::tempdir().unwrap();
        let settings = MailSettings::directory(directory.path().to_owned(), SENDER).unwrap();
        assert_eq!(world.process_mailing(Some(settings)).await.send_due_mails().await.unwrap(), 1);
        let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].extension().unwrap(), "eml");
        assert!(std::fs::read_to_string(&files[0]).unwrap().contains("To: admin@showa.example.jp"));
    })
    .await;
}

/// Secrets that were made before there were mails.
#[tokio::test]
async fn an_installation_that_has_secrets_already_announces_them() {
    let directory = tempfile::tempdir().unwrap();
    let connection =
        before_mails(&format!("sqlite://{}?mode=rwc", directory.path().join("old.sqlite").display())).await;
    let id = |number: u8| format!("x'{}'", uuid::Uuid::from_u128(number.into()).simple());
    connection.execute_unprepared("pragma foreign_keys = off").await.unwrap();
    let organisation = format!(
        "insert into organisation (id, kind, slug, name_ja, name_en, created_at) values ({}, 'tenant', 'showa', 'x', 'x', 0)",
        id(1)
    );
    connection.execute_unprepared(&organisation).await.unwrap();
    for (secret, ended) in [(3, "null"), (4, "1")] {
        let sql = format!(
            "insert into client_secret (organisation_id, id, relying_party_id, hash, hint, created_at, expires_at, ended_at)
             values ({}, {}, {}, x'00', 'x', 0, {}, {ended})",
            id(1),
            id(secret),
            id(2),
            100 * DAY
        );
        connection.execute_unprepared(&sql).await.unwrap();
    }
    Migrator::up(&connection, None).await.unwrap();
    for (sql, expected) in [
        ("select count(*) from outgoing_mail".to_owned(), 2),
        (format!("select due_at from outgoing_mail where occasion = 30 and about = {}", id(3)), 70 * DAY),
        (format!("select due_at from outgoing_mail where occasion = 7 and about = {}", id(3)), 93 * DAY),
    ] {
        let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, sql);
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i64>(0).unwrap(), expected);
    }
}

async fn before_mails(url: &str) -> DatabaseConnection {
    let connection = Database::connect(url).await.unwrap();
    let earlier = Migrator::migrations().iter().position(|change| change.name() == "m0029_outgoing_mails").unwrap();
    Migrator::up(&connection, Some(u32::try_from(earlier).unwrap())).await.unwrap();
    connection
}
