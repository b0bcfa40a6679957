//! What a suspended service still gets: nothing, from the moment on in which it was suspended.

use oidc::ErrorCode;
use service::federation::{Go, Stop};

use crate::harness::forms::reason;
use crate::harness::{HANAKO, TARO, Tab, on_both, sent_code};

#[tokio::test]
async fn a_token_dies_with_the_suspension() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, other) = (gateway.client("library", "").await, gateway.client("other", "").await);
        let elsewhere = world.another_process().await;
        let mut tab = Tab::default();
        let code = gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        let live = gateway.redeem(&library, &code).await.unwrap().access_token;
        let unspent = gateway.first_sign_in(&mut Tab::default(), &library, TARO, "openid").await;
        let code = gateway.first_sign_in(&mut Tab::default(), &other, TARO, "openid").await;
        let theirs = gateway.redeem(&other, &code).await.unwrap().access_token;
        assert!(gateway.userinfo(&live).await.is_ok());
        assert!(gateway.userinfo_at(&elsewhere, &live).await.is_ok());
        let page = gateway.authorize(&mut tab, &gateway.request(&library, &[("prompt", "consent")])).await;

        world.service.suspend_relying_party(&gateway.town.approver().await, library.id, &reason()).await.unwrap();
        for answer in [gateway.userinfo(&live).await, gateway.userinfo_at(&elsewhere, &live).await] {
            assert_eq!(answer.unwrap_err().code, ErrorCode::InvalidToken);
        }
        assert_eq!(gateway.redeem(&library, &unspent).await.err().unwrap().code, ErrorCode::InvalidGrant);
        // Neither with a session nor from a consent page that is open already.
        let query = gateway.request(&library, &[]);
        assert_eq!(gateway.authorize(&mut tab, &query).await, Go::Stop(Stop::Suspended));
        assert_eq!(gateway.agree(&mut tab, &page).await, Go::Stop(Stop::Suspended));
        assert!(gateway.userinfo(&theirs).await.is_ok(), "another service goes on");

        // What was taken back stays taken back.
        world.service.resume_relying_party(&gateway.town.admin().await, library.id, &reason()).await.unwrap();
        assert!(gateway.userinfo(&live).await.is_err());
        assert!(gateway.redeem(&library, &unspent).await.is_err());
        let code = sent_code(&gateway.authorize(&mut tab, &query).await);
        assert!(gateway.redeem(&library, &code).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn of_sign_ins_at_the_same_moment_none_outlives_the_suspension() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let approver = gateway.town.approver().await;
        let admin = gateway.town.admin().await;
        // A session of its own for each, so that every request would be answered with a code at once.
        let mut tabs = Vec::new();
        for _ in 0..4 {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            let go = gateway.read_card(&mut tab, &go, HANAKO).await;
            if let Go::To(_) = go {
                gateway.agree(&mut tab, &go).await;
            }
            tabs.push(tab);
        }
        let query = gateway.request(&library, &[]);
        for _ in 0..8 {
            let [one, two, three, four] = &mut tabs[..] else { panic!("four tabs") };
            let reason = reason();
            let (suspended, ..) = tokio::join!(
                world.service.suspend_relying_party(&approver, library.id, &reason),
                gateway.authorize(one, &query),
                gateway.authorize(two, &query),
                gateway.authorize(three, &query),
                gateway.authorize(four, &query),
            );
            suspended.unwrap();
            assert_eq!(world.rows_where(&gateway.town, "token_family", "revoked_at is null").await, 0);
            world.service.resume_relying_party(&admin, library.id, &reason).await.unwrap();
        }
    })
    .await;
}
