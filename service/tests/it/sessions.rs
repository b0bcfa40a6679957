//! Sessions of staff, as tower-sessions keeps them in our store.

use std::sync::Arc;

use domain::access::Role;
use domain::ids::AccountId;
use service::staff_sessions::{ABSOLUTE_LIFETIME, ACCOUNT, INACTIVITY, PENDING_ACCOUNT, Store};
use tower_sessions::session::{Id, Record};
use tower_sessions::{ExpiredDeletion, Session, SessionStore};

use crate::harness::{PASSWORD, World, on_both};

fn store(world: &World) -> Arc<Store> {
    Arc::new(Store::new(Arc::clone(&world.service)))
}

/// Signs in as the pages do: a new identifier, with the account in it.
async fn signed_in(store: &Arc<Store>, account: AccountId) -> Id {
    let session = Session::new(None, store.clone(), None);
    session.insert(ACCOUNT, account.to_string()).await.unwrap();
    session.save().await.unwrap();
    session.id().unwrap()
}

async fn account_of(store: &Store, id: &Id) -> Option<String> {
    let record = store.load(id).await.unwrap()?;
    record.data.get(ACCOUNT).and_then(|value| value.as_str()).map(str::to_owned)
}

#[tokio::test]
async fn a_session_is_kept_by_the_hash_of_its_id() {
    on_both(async |world| {
        let person = world.nobody().await;
        let store = store(&world);
        let id = signed_in(&store, person.account).await;
        assert_eq!(account_of(&store, &id).await, Some(person.account.to_string()));
        assert_eq!(world.rows("staff_session where account_id is not null").await, 1);
        assert_eq!(world.rows(&format!("staff_session where data like '%{id}%'")).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_ended_does_not_come_back_to_life() {
    on_both(async |world| {
        let person = world.nobody().await;
        let store = store(&world);
        let id = signed_in(&store, person.account).await;
        // A request that began before the sign-out, and ends after it.
        let slow = Session::new(Some(id), store.clone(), None);
        slow.insert("flash", "saved").await.unwrap();
        Session::new(Some(id), store.clone(), None).flush().await.unwrap();
        slow.save().await.unwrap();
        assert_eq!(world.rows("staff_session").await, 0);
        assert_eq!(account_of(&store, &id).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_identifier_changes_at_sign_in() {
    on_both(async |world| {
        let person = world.nobody().await;
        let store = store(&world);
        let session = Session::new(None, store.clone(), None);
        session.insert("pending", "a password was right").await.unwrap();
        session.save().await.unwrap();
        let before = session.id().unwrap();

        // Writing the account under the identifier that the browser came with is refused.
        let careless = Session::new(Some(before), store.clone(), None);
        careless.insert(ACCOUNT, person.account.to_string()).await.unwrap();
        assert!(careless.save().await.is_err());

        session.insert(ACCOUNT, person.account.to_string()).await.unwrap();
        session.cycle_id().await.unwrap();
        session.save().await.unwrap();
        assert_ne!(session.id(), Some(before));
        assert_eq!(account_of(&store, &before).await, None);
        assert_eq!(account_of(&store, &session.id().unwrap()).await, Some(person.account.to_string()));
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_inactivity_and_by_age() {
    on_both(async |world| {
        let person = world.nobody().await;
        let store = store(&world);
        let idle = signed_in(&store, person.account).await;
        let busy = signed_in(&store, person.account).await;
        world.clock.advance(INACTIVITY - 60);
        assert!(account_of(&store, &busy).await.is_some());
        world.clock.advance(60);
        assert!(account_of(&store, &idle).await.is_none(), "nobody used it");
        let mut left = ABSOLUTE_LIFETIME - INACTIVITY;
        while left > 600 {
            assert!(account_of(&store, &busy).await.is_some(), "{left} seconds before its end");
            world.clock.advance(600);
            left -= 600;
        }
        world.clock.advance(left);
        assert!(account_of(&store, &busy).await.is_none(), "twelve hours are over");
        assert_eq!(world.rows("staff_session").await, 2);
        store.delete_expired().await.unwrap();
        assert_eq!(world.rows("staff_session").await, 0);
    })
    .await;
}

#[tokio::test]
async fn activity_is_written_at_most_every_five_minutes() {
    on_both(async |world| {
        let person = world.nobody().await;
        let store = store(&world);
        let id = signed_in(&store, person.account).await;
        let begun = world.clock.seconds();
        world.clock.advance(299);
        store.load(&id).await.unwrap();
        assert_eq!(world.rows(&format!("staff_session where touched_at = {begun}")).await, 1);
        world.clock.advance(1);
        store.load(&id).await.unwrap();
        assert_eq!(world.rows(&format!("staff_session where touched_at = {}", begun + 300)).await, 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_requests_at_once_the_later_loses_its_message_and_nothing_else() {
    on_both(async |world| {
        let person = world.nobody().await;
        let store = store(&world);
        let id = signed_in(&store, person.account).await;
        let (first, second) =
            (Session::new(Some(id), store.clone(), None), Session::new(Some(id), store.clone(), None));
        first.insert("flash", "first").await.unwrap();
        second.insert("flash", "second").await.unwrap();
        first.save().await.unwrap();
        second.save().await.unwrap();
        let record: Record = store.load(&id).await.unwrap().unwrap();
        assert_eq!(record.data.get("flash").and_then(|value| value.as_str()), Some("first"));
        assert_eq!(account_of(&store, &id).await, Some(person.account.to_string()));
    })
    .await;
}

#[tokio::test]
async fn a_changed_password_and_a_reset_second_factor_end_sessions() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.account(Role::Drafter);
        let store = store(&world);
        let (here, elsewhere) = (signed_in(&store, drafter).await, signed_in(&store, drafter).await);
        let admin = signed_in(&store, town.account(Role::Admin)).await;
        let new = "another long password".into();
        world.service.change_password(drafter, &PASSWORD.into(), &new, Some(&here)).await.unwrap();
        assert!(account_of(&store, &here).await.is_some());
        assert!(account_of(&store, &elsewhere).await.is_none());
        world.service.reset_second_factor(&town.admin().await, drafter, "スマートフォンの紛失").await.unwrap();
        assert!(account_of(&store, &here).await.is_none());
        assert!(account_of(&store, &admin).await.is_some(), "nobody else's session ends");
    })
    .await;
}

/// The password was right, the second factor is due.
async fn half_signed_in(store: &Arc<Store>, account: AccountId) -> Id {
    let session = Session::new(None, store.clone(), None);
    session.insert(PENDING_ACCOUNT, account.to_string()).await.unwrap();
    session.save().await.unwrap();
    session.id().unwrap()
}

#[tokio::test]
async fn who_is_half_signed_in_goes_with_the_password_and_the_second_factor() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let drafter = town.account(Role::Drafter);
        let store = store(&world);
        let thief = half_signed_in(&store, drafter).await;
        let new = "another long password".into();
        world.service.change_password(drafter, &PASSWORD.into(), &new, None).await.unwrap();
        assert!(store.load(&thief).await.unwrap().is_none(), "the password that was right is no longer");
        let thief = half_signed_in(&store, drafter).await;
        world.service.reset_second_factor(&town.admin().await, drafter, "スマートフォンの紛失").await.unwrap();
        assert!(store.load(&thief).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn nobody_looks_on_while_a_second_factor_is_enrolled() {
    on_both(async |world| {
        let person = world.person("new@example.jp", false).await;
        let store = store(&world);
        let thief = half_signed_in(&store, person.account).await;
        world.service.sign_in_password(&person.mail, &PASSWORD.into(), "192.0.2.0/24").await.unwrap();
        assert!(store.load(&thief).await.unwrap().is_none(), "the next secret is shown to somebody else");
    })
    .await;
}
