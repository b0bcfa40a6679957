//! A municipality's settings.

use domain::locale::Locale;
use domain::violations::Violation;
use service::tenants::{ContactInput, PublicationInput, TownPageInput};
use service::{Conflict, Error};

use crate::harness::{Town, World, on_both};

fn contact(ja: &str) -> ContactInput {
    ContactInput { ja: ja.to_owned(), en: "Planning Division".to_owned(), phone: "0241-57-2111".to_owned() }
}

async fn entries(world: &World, town: &Town) -> i64 {
    world.rows_where(town, "audit_entry", "action like 'tenant.%' and action <> 'tenant.created'").await
}

#[tokio::test]
async fn the_contact_is_changed_by_an_administrator_with_what_was_read() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let admin = town.admin().await;
        world.service.update_contact(&admin, 1, &contact("総務課")).await.unwrap();
        let view = world.service.tenant(&town.analyst().await).await.unwrap();
        assert_eq!(view.contact.get(Locale::Ja), "総務課");
        assert_eq!(view.contact_phone, "0241-57-2111");
        assert_eq!(view.revision, 2);
        assert!(!view.may_change);
        let stale = world.service.update_contact(&admin, 1, &contact("企画課")).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        world.service.update_contact(&admin, 2, &contact("総務課")).await.unwrap();
        assert_eq!(world.service.tenant(&admin).await.unwrap().revision, 2, "nothing differs, nothing is written");
        assert_eq!(entries(&world, &town).await, 1);
        for caller in [town.drafter().await, town.approver().await, town.auditor().await] {
            assert!(matches!(world.service.update_contact(&caller, 2, &contact("x")).await, Err(Error::Denied)));
        }
        assert_eq!(entries(&world, &town).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let input = ContactInput { ja: String::new(), en: "x".repeat(121), phone: "電話".to_owned() };
        let Err(Error::Invalid(violations)) = world.service.update_contact(&town.admin().await, 1, &input).await else {
            panic!("all of it is wrong");
        };
        assert_eq!(violations.get("contact.ja"), Some(Violation::Required));
        assert_eq!(violations.get("contact.en"), Some(Violation::TooLong));
        assert_eq!(violations.get("phone"), Some(Violation::Malformed));
        assert_eq!(world.rows_where(&town, "tenant", "revision = 1").await, 1);
    })
    .await;
}

#[tokio::test]
async fn four_eyes_is_switched_off_with_a_reason() {
    on_both(async |world| {
        let town = world.town("showa").await;
        let admin = town.admin().await;
        let without = world.service.set_four_eyes(&admin, 1, false, " ").await;
        assert!(matches!(without, Err(Error::Invalid(_))));
        world.service.set_four_eyes(&admin, 1, false, "担当者が一人のため").await.unwrap();
        let view = world.service.tenant(&admin).await.unwrap();
        assert!(view.four_eyes, "until tomorrow");
        assert_eq!(view.four_eyes_off_from, world.service.today().next_day());
        assert_eq!(view.four_eyes_reason.as_deref(), Some("担当者が一人のため"));
        world.service.set_four_eyes(&admin, 2, true, "").await.unwrap();
        let view = world.service.tenant(&admin).await.unwrap();
        assert!(view.four_eyes && view.four_eyes_off_from.is_none() && view.four_eyes_reason.is_none());
        assert_eq!(world.rows_where(&town, "audit_entry", "action = 'tenant.four_eyes_changed'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_threshold_is_stricter_and_the_band_is_for_small_towns() {
    on_both(async |world| {
        let (showa, seki) = (world.town("showa").await, world.town("seki").await);
        let publish = async |town: &Town, threshold, yearly_band| {
            let input = PublicationInput { threshold, yearly_band };
            let admin = town.admin().await;
            let revision = world.service.tenant(&admin).await.unwrap().revision;
            world.service.update_publication(&admin, revision, &input).await
        };
        publish(&seki, Some(30), false).await.unwrap();
        assert_eq!(world.service.tenant(&seki.admin().await).await.unwrap().own_threshold, Some(30));
        assert!(matches!(publish(&seki, Some(10), false).await, Err(Error::Invalid(_))));
        assert!(matches!(publish(&seki, None, true).await, Err(Error::Invalid(_))));
        assert!(matches!(publish(&showa, Some(30), false).await, Err(Error::Invalid(_))));
        publish(&showa, None, true).await.unwrap();
        assert!(world.service.tenant(&showa.admin().await).await.unwrap().yearly_band);
        publish(&seki, None, false).await.unwrap();
        assert_eq!(world.service.tenant(&seki.admin().await).await.unwrap().own_threshold, None);
    })
    .await;
}

#[tokio::test]
async fn sessions_of_residents_may_be_shortened() {
    on_both(async |world| {
        let town = world.town("tsuno").await;
        let admin = town.admin().await;
        for seconds in [899, 28_801] {
            assert!(matches!(world.service.set_session_length(&admin, 1, seconds).await, Err(Error::Invalid(_))));
        }
        world.service.set_session_length(&admin, 1, 3_600).await.unwrap();
        assert_eq!(world.service.tenant(&admin).await.unwrap().session_seconds, 3_600);
    })
    .await;
}

#[tokio::test]
async fn the_town_pages_words_are_each_towns_own() {
    on_both(async |world| {
        let (tsuno, seki) = (world.town("tsuno").await, world.town("seki").await);
        let both = |ja: &str, en: &str| (ja.to_owned(), en.to_owned());
        let input = TownPageInput {
            town_id: both("都農ID", "Tsuno ID"),
            title: both("都農町のサービス", "Services of Tsuno"),
            lead: both("一つのIDで、\r\nすべてのサービスへ。", "One ID, all services."),
        };
        world.service.update_town_page(&tsuno.admin().await, 1, &input).await.unwrap();
        let view = world.service.tenant(&tsuno.admin().await).await.unwrap();
        assert_eq!(view.page_lead.get(Locale::Ja), "一つのIDで、\nすべてのサービスへ。");
        let other = world.service.tenant(&seki.admin().await).await.unwrap();
        assert_eq!(other.town_id.get(Locale::Ja), "関市の共通ID");
        assert_eq!(other.revision, 1);
    })
    .await;
}
