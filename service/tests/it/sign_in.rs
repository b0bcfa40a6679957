//! Staff sign in: password, second factor, recovery codes, throttling.

use domain::access::Role;
use service::accounts::{PasswordChange, PasswordOutcome, Refusal, SecondFactorOutcome};
use service::{Conflict, Error};
use totp_rs::Secret;

use crate::harness::{PASSWORD, World, code_of, code_with, mail, on_both};

const HERE: &str = "192.0.2.0/24";

async fn password(world: &World, mail: &str, password: &str) -> PasswordOutcome {
    world.service.sign_in_password(mail, &password.into(), HERE).await.unwrap()
}

fn refused(retry_after_seconds: u32, attempts_left: u32) -> Refusal {
    Refusal { retry_after_seconds, attempts_left }
}

#[tokio::test]
async fn password_and_code_sign_in() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let admin = town.account(Role::Admin);
        let address = mail(&town, Role::Admin).to_uppercase();
        assert_eq!(password(&world, &address, PASSWORD).await, PasswordOutcome::SecondFactor(admin));
        let code = code_of(&world.clock);
        let outcome = world.service.sign_in_code(admin, &code, HERE).await.unwrap();
        assert_eq!(outcome, SecondFactorOutcome::SignedIn);
        assert_eq!(world.rows("throttle").await, 0, "what was right leaves no trace");
        let belongings = world.service.belongings(admin).await.unwrap();
        assert_eq!(belongings.len(), 1);
        assert_eq!(belongings[0].organisation.slug, "showa");
        assert_eq!(belongings[0].colleague.roles, [Role::Admin]);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_right_once() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let admin = town.account(Role::Admin);
        let code = code_of(&world.clock);
        assert_eq!(world.service.sign_in_code(admin, &code, HERE).await.unwrap(), SecondFactorOutcome::SignedIn);
        let again = world.service.sign_in_code(admin, &code, HERE).await.unwrap();
        assert_eq!(again, SecondFactorOutcome::Refused(refused(0, 4)));
        // The code before it is within the grace of one step, and older than the last one used.
        world.clock.advance(-30);
        let before = code_of(&world.clock);
        world.clock.advance(30);
        let older = world.service.sign_in_code(admin, &before, HERE).await.unwrap();
        assert_eq!(older, SecondFactorOutcome::Refused(refused(0, 3)));
        world.clock.advance(30);
        let next = code_of(&world.clock);
        assert_eq!(world.service.sign_in_code(admin, &next, HERE).await.unwrap(), SecondFactorOutcome::SignedIn);
    })
    .await;
}

#[tokio::test]
async fn two_tabs_cannot_use_the_same_code() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let admin = town.account(Role::Admin);
        let code = code_of(&world.clock);
        let (one, other) = tokio::join!(
            world.service.sign_in_code(admin, &code, HERE),
            world.service.sign_in_code(admin, &code, HERE)
        );
        let signed_in = [one.unwrap(), other.unwrap()].iter().filter(|o| **o == SecondFactorOutcome::SignedIn).count();
        assert_eq!(signed_in, 1);
    })
    .await;
}

#[tokio::test]
async fn wrong_passwords_wait_and_the_waiting_is_kept() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let address = mail(&town, Role::Admin);
        for left in [4, 3, 2, 1] {
            assert_eq!(password(&world, &address, "wrong").await, PasswordOutcome::Refused(refused(0, left)));
        }
        assert_eq!(password(&world, &address, "wrong").await, PasswordOutcome::Refused(refused(900, 5)));
        assert_eq!(world.rows("throttle").await, 2, "one row for the account, one for the caller");
        // The right password is not looked at either, by no server process.
        let elsewhere = world.another_process().await;
        let outcome = elsewhere.sign_in_password(&address, &PASSWORD.into(), "198.51.100.0/24").await.unwrap();
        assert_eq!(outcome, PasswordOutcome::Refused(refused(900, 0)));
        world.clock.advance(900);
        let admin = town.account(Role::Admin);
        assert_eq!(password(&world, &address, PASSWORD).await, PasswordOutcome::SecondFactor(admin));
        assert_eq!(world.rows("throttle").await, 1, "the account's failures are forgotten, the caller's are not");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_address_is_treated_like_a_known_one() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let known = mail(&town, Role::Admin);
        for _ in 0..6 {
            let about_known = password(&world, &known, "wrong").await;
            assert_eq!(about_known, password(&world, "stranger@example.jp", "wrong").await);
            assert_eq!(about_known, password(&world, "not an address", "wrong").await);
            assert_eq!(about_known, password(&world, "no column\0holds this@example.jp", "wrong").await);
        }
    })
    .await;
}

#[tokio::test]
async fn guesses_sent_at_once_are_all_counted() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let address = mail(&town, Role::Admin);
        let guesses = (0..8).map(|_| password(&world, &address, "wrong"));
        let outcomes = futures_at_once(guesses).await;
        let looked_at = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, PasswordOutcome::Refused(refusal) if refusal.attempts_left > 0))
            .count();
        assert_eq!(looked_at, 5);
    })
    .await;
}

async fn futures_at_once<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(Box::pin).collect();
    let mut outputs = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                outputs.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    outputs
}

#[tokio::test]
async fn a_caller_who_tries_many_accounts_waits() {
    on_both(async |world| {
        let town = world.town("showa").await;
        for number in 0..50 {
            password(&world, &format!("guess{number}@example.jp"), "wrong").await;
        }
        let address = mail(&town, Role::Admin);
        assert_eq!(password(&world, &address, PASSWORD).await, PasswordOutcome::Refused(refused(900, 0)));
        let elsewhere = world.service.sign_in_password(&address, &PASSWORD.into(), "198.51.100.0/24").await.unwrap();
        assert_eq!(elsewhere, PasswordOutcome::SecondFactor(town.account(Role::Admin)));
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_tries_many_accounts_at_once_waits() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let strangers = (0..80).map(|number| (format!("guess{number}@example.jp"), "wrong"));
        let attempts = strangers.chain([(mail(&town, Role::Admin), PASSWORD)]);
        let sent = attempts.map(|(address, typed)| {
            let world = &world;
            async move { password(world, &address, typed).await }
        });
        let outcomes = futures_at_once(sent).await;
        let signed_in = outcomes.iter().filter(|outcome| !matches!(outcome, PasswordOutcome::Refused(_))).count();
        assert_eq!(signed_in, 0, "the right guess was judged after fifty wrong ones");
    })
    .await;
}

#[tokio::test]
async fn wrong_codes_wait_even_with_the_right_password_between() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let admin = town.account(Role::Admin);
        let wrong = if code_of(&world.clock) == "000000" { "000001" } else { "000000" };
        for _ in 0..4 {
            password(&world, &mail(&town, Role::Admin), PASSWORD).await;
            world.service.sign_in_code(admin, wrong, HERE).await.unwrap();
        }
        let fifth = world.service.sign_in_code(admin, wrong, HERE).await.unwrap();
        assert_eq!(fifth, SecondFactorOutcome::Refused(refused(900, 5)));
        let right = world.service.sign_in_code(admin, &code_of(&world.clock), HERE).await.unwrap();
        assert_eq!(right, SecondFactorOutcome::Refused(refused(900, 0)));
    })
    .await;
}

#[tokio::test]
async fn the_second_factor_is_enrolled_at_the_first_sign_in() {
    on_both(async |world| {
        let person = world.person("new@example.jp", false).await;
        assert_eq!(password(&world, &person.mail, PASSWORD).await, PasswordOutcome::Enrol(person.account));
        let shown = world.service.begin_totp_enrolment(person.account).await.unwrap();
        let again = world.service.begin_totp_enrolment(person.account).await.unwrap();
        assert_eq!(shown.secret_base32, again.secret_base32, "reloading the page shows the same picture");
        assert!(shown.otpauth_url.starts_with("otpauth://totp/"));
        assert_eq!(world.service.finish_totp_enrolment(person.account, "000000").await.unwrap(), None);

        let secret = Secret::try_from_base32(shown.secret_base32.as_str()).unwrap();
        let code = code_with(secret.as_ref(), &world.clock);
        let codes = world.service.finish_totp_enrolment(person.account, &code).await.unwrap().unwrap();
        assert_eq!(codes.len(), 10);
        let replay = world.service.sign_in_code(person.account, &code, HERE).await.unwrap();
        assert!(matches!(replay, SecondFactorOutcome::Refused(_)), "the enrolling code is used up");
        assert_eq!(password(&world, &person.mail, PASSWORD).await, PasswordOutcome::SecondFactor(person.account));
        let begun = world.service.begin_totp_enrolment(person.account).await;
        assert!(matches!(begun, Err(Error::Conflict(Conflict::State))), "an enrolled factor is not shown again");
    })
    .await;
}

#[tokio::test]
async fn a_secret_that_was_shown_and_not_enrolled_is_nobodys() {
    on_both(async |world| {
        let person = world.person("new@example.jp", false).await;
        password(&world, &person.mail, PASSWORD).await;
        let before = world.service.begin_totp_enrolment(person.account).await.unwrap();
        password(&world, &person.mail, PASSWORD).await;
        let after = world.service.begin_totp_enrolment(person.account).await.unwrap();
        assert_ne!(before.secret_base32, after.secret_base32);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_works_once_and_for_its_account_only() {
    on_both(async |world| {
        let person = world.person("new@example.jp", false).await;
        let other = world.nobody().await;
        let shown = world.service.begin_totp_enrolment(person.account).await.unwrap();
        let secret = Secret::try_from_base32(shown.secret_base32.as_str()).unwrap();
        let code = code_with(secret.as_ref(), &world.clock);
        let codes = world.service.finish_totp_enrolment(person.account, &code).await.unwrap().unwrap();

        let by_other = world.service.sign_in_recovery_code(other.account, &codes[0], HERE).await.unwrap();
        assert!(matches!(by_other, SecondFactorOutcome::Refused(_)));
        let typed = codes[0].to_uppercase().replace('-', " ");
        let first = world.service.sign_in_recovery_code(person.account, &typed, HERE).await.unwrap();
        assert_eq!(first, SecondFactorOutcome::SignedInByRecovery { codes_left: 9 });
        let second = world.service.sign_in_recovery_code(person.account, &codes[0], HERE).await.unwrap();
        assert_eq!(second, SecondFactorOutcome::Refused(refused(0, 4)));
        assert_eq!(world.service.account(person.account).await.unwrap().recovery_codes_left, 9);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    on_both(async |world| {
        let person = world.nobody().await;
        let change = async |current: &str, new: &str| {
            world.service.change_password(person.account, &current.into(), &new.into(), None).await
        };
        assert!(matches!(change(PASSWORD, "short").await, Err(Error::Invalid(_))));
        assert!(matches!(change("wrong", "another long password").await.unwrap(), PasswordChange::Refused(_)));
        assert_eq!(change(PASSWORD, "another long password").await.unwrap(), PasswordChange::Changed);
        assert!(matches!(password(&world, &person.mail, PASSWORD).await, PasswordOutcome::Refused(_)));
        let outcome = password(&world, &person.mail, "another long password").await;
        assert_eq!(outcome, PasswordOutcome::SecondFactor(person.account));
    })
    .await;
}

#[tokio::test]
async fn nothing_readable_rests() {
    on_both(async |world| {
        let person = world.nobody().await;
        let hashed = "password_hash like '$argon2id$v=19$%'";
        assert_eq!(world.rows(&format!("account where {hashed}")).await, 1);
        let clear = "password_hash like '%a long enough password%'";
        assert_eq!(world.rows(&format!("account where {clear}")).await, 0);
        let _ = person;
    })
    .await;
}
