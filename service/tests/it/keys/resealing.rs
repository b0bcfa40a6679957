//! Changing the master key.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::Role;
use oidc::jose::{self, Algorithm};
use oidc::parameters::Parameters;
use secrecy::ExposeSecret;
use service::accounts::{PasswordOutcome, SecondFactorOutcome};
use service::audit::{ActKind, Verdict};
use service::federation::Go;
use service::keys::{MasterKey, SoftwareKey, Urgency};

use crate::harness::{HANAKO, MASTER_KEY, PASSWORD, Tab, Town, World, code_of, mail, on_both, sent_code, token_body};

const NEW: [u8; 32] = [43; 32];

fn only(bytes: &[u8; 32]) -> MasterKey {
    MasterKey::new(bytes).unwrap()
}

/// The new one seals, the old one still opens.
fn both() -> MasterKey {
    only(&NEW).and(SoftwareKey::new(&MASTER_KEY).unwrap())
}

/// How the text of everything begins that is sealed under a key: version and name, in base 64. The last letter holds bits
/// of what follows.
fn beginning(key: &MasterKey) -> String {
    let mut text = URL_SAFE_NO_PAD.encode([&[1][..], &key.id().0.to_be_bytes()].concat());
    text.pop();
    text
}

/// Values in the database, whatever their table, that are sealed under a key. It asks the schema, so that a new column with
/// secrets cannot be forgotten.
async fn sealed_under(world: &World, key: &MasterKey, towns: &[&Town]) -> i64 {
    let begins = beginning(key);
    // PostgreSQL shows bytes as hexadecimal digits.
    let digits: String = begins.bytes().map(|byte| format!("{byte:02x}")).collect();
    let forms = [begins, format!("\\x{digits}")];
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in world.columns().await {
        tables.entry(table).or_default().push(column);
    }
    let mut found = 0;
    for (table, columns) in tables {
        let is = |column: &String| {
            let is = |form: &String| format!("substr(cast({column} as text), 1, {}) = '{form}'", form.len());
            forms.each_ref().map(is).join(" or ")
        };
        // No table has two such columns, so rows are values.
        let condition = format!("({})", columns.iter().map(is).collect::<Vec<_>>().join(" or "));
        if columns.iter().any(|column| column == "organisation_id")
            && !["job", "outgoing_mail"].contains(&table.as_str())
        {
            for town in towns {
                found += world.rows_where(town, &table, &condition).await;
            }
        } else {
            found += world.rows(&format!("{table} where {condition}")).await;
        }
    }
    found
}

// conforms: Our own
#[tokio::test]
async fn the_master_key_changes_and_a_kill_in_the_middle_costs_nothing() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (mino, goka) = (world.town("mino").await, world.town("goka").await);
        let towns = [&gateway.town, &mino, &goka];
        let library = gateway.client("library", "").await;
        gateway.client_that("spring", |form| form.client.id_token_signing = "RS256".to_owned()).await;
        // One whose private half is gone has nothing to be sealed.
        world.service.rotate_signing_keys(&mino.slug, Urgency::Emergency, None).await.unwrap();
        let code = gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let pseudonym = gateway.claims(&gateway.redeem(&library, &code).await.unwrap()).await;
        // A sign-in is under way: its cookie is sealed under an epoch key.
        let mut tab = Tab::default();
        let on_the_way = gateway.authorize(&mut tab, &gateway.request(&library, &[("scope", "openid")])).await;
        assert!(world.service.adopt_master_key().await.unwrap().is_empty());
        let (old, new) = (only(&MASTER_KEY), only(&NEW));
        let before = sealed_under(&world, &old, &towns).await;
        // Per town five first keys (of one of them a signing key was replaced), an RSA key, fifteen colleagues.
        assert_eq!(before, 3 * 5 + 1 + 15);

        // Only the new one: a server says what is missing, and writes nothing.
        let missing = world.process_with(only(&NEW)).await.adopt_master_key().await.unwrap();
        assert_eq!(missing, [old.id().0]);
        assert_eq!(world.rows("master_key").await, 1);

        // The program is killed after some of it, several times.
        let changing = world.process_with(both()).await;
        assert!(changing.adopt_master_key().await.unwrap().is_empty());
        let mut left = u64::MAX;
        for kill_after in [2, 2, 3] {
            let (service, seen) = (Arc::clone(&changing), Arc::new(AtomicU64::new(0)));
            let told = Arc::clone(&seen);
            let mut reports = 0;
            let run = tokio::spawn(async move {
                let dies = service.reseal(|far| {
                    reports += 1;
                    told.store(far.left, Ordering::SeqCst);
                    if reports == kill_after {
                        std::panic::resume_unwind(Box::new("killed"));
                    }
                });
                dies.await.map(|_| ())
            });
            assert!(run.await.unwrap_err().is_panic());
            let now_left = seen.load(Ordering::SeqCst);
            assert!(now_left > 0 && now_left < left, "{now_left} of {left}");
            left = now_left;
            // Both servers go on working in between; each opens what the other sealed.
            assert!(changing.audit_head(&mino.slug).await.is_ok());
        }
        assert!(sealed_under(&world, &old, &towns).await > 0 && sealed_under(&world, &new, &towns).await > 0);
        assert_eq!(world.process_with(only(&NEW)).await.adopt_master_key().await.unwrap(), [old.id().0]);

        let far = changing.reseal(|_| {}).await.unwrap();
        assert_eq!(far.left, 0);
        assert!(far.done > 0 && far.done <= left);
        assert_eq!(sealed_under(&world, &old, &towns).await, 0);
        assert_eq!(sealed_under(&world, &new, &towns).await, before);
        assert_eq!(changing.reseal(|_| {}).await.unwrap().done, 0, "a further run finds nothing to do");

        // The old one is needed no more, and alone it is worth nothing.
        let after = world.process_with(only(&NEW)).await;
        assert!(after.adopt_master_key().await.unwrap().is_empty());
        assert_eq!(world.process_with(old.clone()).await.adopt_master_key().await.unwrap(), [new.id().0]);
        for town in towns {
            let verdict = after.audit_verify(&town.slug, None).await.unwrap();
            assert!(matches!(verdict, Verdict::Whole(_)));
            let noted = format!("action = '{}'", ActKind::KeysResealed.as_str());
            assert_eq!(world.rows_where(town, "audit_entry", &noted).await, 1, "once for each town");
        }
        let address = mail(&gateway.town, Role::Admin);
        let outcome = after.sign_in_password(&address, &PASSWORD.into(), "192.0.2.0/24").await.unwrap();
        let PasswordOutcome::SecondFactor(account) = outcome else { panic!("{outcome:?}") };
        let outcome = after.sign_in_code(account, &code_of(&world.clock), "192.0.2.0/24").await.unwrap();
        assert_eq!(outcome, SecondFactorOutcome::SignedIn);

        // The sign-in from before the change goes on, and finds the resident under the same pseudonym.
        let Go::Away(url) = &on_the_way else { panic!("{on_the_way:?}") };
        let answer = Parameters::parse(&gateway.card.read(url, HANAKO));
        let go = tab.take(after.answer_callback(&gateway.town.slug, None, &answer, &tab.0).await.unwrap());
        let body = token_body(&library, &sent_code(&go), &[]);
        let tokens = gateway.exchange_at(&after, &body, None).await.unwrap();
        let keys = after.key_set(&gateway.town.slug).await.unwrap();
        let claims =
            jose::verify(tokens.id_token.as_ref().unwrap().expose_secret(), &keys, &[Algorithm::ES256]).unwrap().claims;
        assert_eq!(claims.text("sub"), pseudonym.text("sub"));
        assert_eq!(gateway.rows("resident").await, 1);
    })
    .await;
}

/// A server that still runs with the configuration from before seals something while the keys are resealed.
// conforms: Our own
#[tokio::test]
async fn what_is_sealed_meanwhile_is_noticed() {
    on_both(async |world| {
        let town = world.town("showa").await;
        assert!(world.service.adopt_master_key().await.unwrap().is_empty());
        let changing = world.process_with(both()).await;
        changing.adopt_master_key().await.unwrap();
        changing.reseal(|_| {}).await.unwrap();
        let late = world.person("late@example.jp", true).await;
        world.join(&town, &late, "遅い人", &[Role::Drafter]).await;
        let mut reports = Vec::new();
        let far = changing.reseal(|far| reports.push(far.left)).await.unwrap();
        assert_eq!((reports.as_slice(), far.done, far.left), (&[1, 0][..], 1, 0));
    })
    .await;
}
