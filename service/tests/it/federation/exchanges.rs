//! What a request costs: exchanges with the database, each of which wakes somebody up and waits. Few of them are what makes a
//! sign-in cheap; whoever adds one sees it here.

use std::cell::Cell;
use std::sync::Once;

use domain::configuration::ClauseForm;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::gateway::{Gateway, rule_form};
use crate::harness::{HANAKO, TARO, Tab, World, on_postgres, on_sqlite, sent_code};

thread_local! {
    /// The exchanges of this thread, on which a test's use-cases run.
    static EXCHANGES: Cell<u64> = const { Cell::new(0) };
}

/// The one listener of all tests here: what an event means to whom is remembered for the whole process.
struct Counter;

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "machikagi::exchange"
    }

    fn event(&self, _: &Event<'_>) {
        EXCHANGES.set(EXCHANGES.get() + 1);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Those since the last call.
fn since() -> u64 {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| tracing::subscriber::set_global_default(Counter).unwrap());
    EXCHANGES.take()
}

/// At authorize, callback, consent page, consent, token and userinfo of a first sign-in; at authorize, token and userinfo of
/// a resident who has a session. On PostgreSQL a transaction's begin, commit and rollback are exchanges of their own.
#[tokio::test]
async fn a_sign_in_asks_the_database_so_often() {
    on_sqlite(async |world| assert_eq!(exchanges(&world).await, ([1, 3, 1, 5, 2, 1], [4, 2, 1]))).await;
    on_postgres(async |world| assert_eq!(exchanges(&world).await, ([1, 7, 1, 7, 4, 3], [8, 4, 3]))).await;
}

/// Ties are read with the card of somebody who is found again, in one exchange more, and only where a rule asks for one.
#[tokio::test]
async fn ties_cost_an_exchange_where_a_rule_asks_for_one() {
    on_sqlite(async |world| assert_eq!(found_again(&world).await, (11, 12))).await;
    on_postgres(async |world| assert_eq!(found_again(&world).await, (17, 18))).await;
}

/// The callback of somebody who is in the register, without and with ties in a rule of the town.
async fn found_again(world: &World) -> (u64, u64) {
    let mut gateway = world.gateway("showa").await;
    let library = gateway.client("library", "").await;
    gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
    let callback = async |gateway: &Gateway<'_>| {
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        since();
        sent_code(&gateway.read_card(&mut tab, &go, HANAKO).await);
        since()
    };
    let without = callback(&gateway).await;
    let mut form = rule_form("");
    form.clauses.push(ClauseForm { ties: vec!["work".to_owned()], ..ClauseForm::default() });
    gateway.rule = gateway.publish_rule(form).await;
    (without, callback(&gateway).await)
}

async fn exchanges(world: &World) -> ([u64; 6], [u64; 3]) {
    let gateway = world.gateway("showa").await;
    let library = gateway.client("library", "").await;
    let request = gateway.request(&library, &[]);
    // The first one in a process reads the configuration.
    gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
    gateway.userinfo(&"nonsense".into()).await.unwrap_err();

    since();
    let mut tab = Tab::default();
    let go = gateway.authorize(&mut tab, &request).await;
    let authorize = since();
    let go = gateway.read_card(&mut tab, &go, TARO).await;
    let callback = since();
    let answer = gateway.agreeing(&tab, &go).await;
    let page = since();
    let go = gateway.answer(&mut tab, &go, answer).await;
    let consent = since();
    let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
    let token = since();
    gateway.userinfo(&tokens.access_token).await.unwrap();
    let userinfo = since();
    let first = [authorize, callback, page, consent, token, userinfo];

    let go = gateway.authorize(&mut tab, &request).await;
    let authorize = since();
    let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
    let token = since();
    gateway.userinfo(&tokens.access_token).await.unwrap();
    let userinfo = since();
    (first, [authorize, token, userinfo])
}
