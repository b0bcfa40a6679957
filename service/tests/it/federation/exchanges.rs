//! What a request costs: exchanges with the database, each of which wakes somebody up and waits. Few of them are what makes a
//! sign-in cheap; whoever adds one sees it here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use service::federation::ConsentAnswer;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::{HANAKO, TARO, Tab, World, on_postgres, on_sqlite, sent_code};

/// Counts the exchanges of this thread, on which a test's use-cases run.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicU64>);

impl Subscriber for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "machikagi::exchange"
    }

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Counter {
    /// Those since the last call.
    fn since(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// At authorize, callback, consent page, consent, token and userinfo of a first sign-in; at authorize, token and userinfo of
/// a resident who has a session. On PostgreSQL a transaction's begin, commit and rollback are exchanges of their own.
#[tokio::test]
async fn a_sign_in_asks_the_database_so_often() {
    on_sqlite(async |world| assert_eq!(exchanges(&world).await, ([1, 2, 1, 4, 2, 1], [4, 2, 1]))).await;
    on_postgres(async |world| assert_eq!(exchanges(&world).await, ([1, 4, 1, 6, 4, 3], [8, 4, 3]))).await;
}

async fn exchanges(world: &World) -> ([u64; 6], [u64; 3]) {
    let gateway = world.gateway("showa").await;
    let library = gateway.client("library", "").await;
    let request = gateway.request(&library, &[]);
    // The first one in a process reads the configuration.
    gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
    gateway.userinfo(&"nonsense".into()).await.unwrap_err();

    let counter = Counter::default();
    let _counting = tracing::subscriber::set_default(counter.clone());
    counter.since();
    let mut tab = Tab::default();
    let go = gateway.authorize(&mut tab, &request).await;
    let authorize = counter.since();
    let go = gateway.read_card(&mut tab, &go, TARO).await;
    let callback = counter.since();
    gateway.page(&tab, &go).await;
    let page = counter.since();
    let go = gateway.answer(&mut tab, &go, ConsentAnswer::Agree { shared_computer: false }).await;
    let consent = counter.since();
    let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
    let token = counter.since();
    gateway.userinfo(&tokens.access_token).await.unwrap();
    let userinfo = counter.since();
    let first = [authorize, callback, page, consent, token, userinfo];

    let go = gateway.authorize(&mut tab, &request).await;
    let authorize = counter.since();
    let tokens = gateway.redeem(&library, &sent_code(&go)).await.unwrap();
    let token = counter.since();
    gateway.userinfo(&tokens.access_token).await.unwrap();
    let userinfo = counter.since();
    (first, [authorize, token, userinfo])
}
