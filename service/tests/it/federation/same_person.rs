//! One person, two names at the providers: a renewed card that the provider vouches for, and two town IDs that the resident merges.

use std::sync::Arc;

use service::Error;
use service::federation::{Go, MergePage, MergeView, Stop};

use crate::harness::{
    CHILD, Card, Client, Gateway, HANAKO, Holder, Shape, TARO, Tab, flow_of, on_both, on_postgres, sent_code,
};

/// The same person with a renewed card.
const RENEWED: Holder = Holder { sub: "hanako-2", ..HANAKO };

impl Gateway<'_> {
    /// Signs in at a service, the first time or again.
    async fn comes(&self, tab: &mut Tab, client: &Client, holder: Holder) -> String {
        let go = self.authorize(tab, &self.request(client, &[("prompt", "login")])).await;
        let go = self.read_card(tab, &go, holder).await;
        let go = if matches!(go, Go::To(_)) { self.agree(tab, &go).await } else { go };
        self.sub(client, &sent_code(&go)).await
    }

    async fn sub(&self, client: &Client, code: &str) -> String {
        let tokens = self.redeem(client, code).await.unwrap();
        self.claims(&tokens).await.text("sub").unwrap().to_owned()
    }

    /// Reads the other card, as the resident of a tab.
    async fn other_card(&self, tab: &mut Tab, holder: Holder) -> Go {
        let step = self.world.service.begin_merge(&self.town.slug, &tab.0).await.unwrap();
        let go = tab.take(step);
        assert!(matches!(&go, Go::Away(url) if url.contains("prompt=login")), "not a fresh sign-in: {go:?}");
        self.read_card(tab, &go, holder).await
    }

    async fn question(&self, tab: &Tab, go: &Go) -> Box<MergeView> {
        match self.world.service.merge_page(&self.town.slug, flow_of(go), &tab.0).await.unwrap() {
            MergePage::Ask(view) => view,
            _ => panic!("no question: {go:?}"),
        }
    }

    async fn answer_merge(&self, tab: &mut Tab, go: &Go, agreed: bool) -> Result<Go, Error> {
        let step = self.world.service.answer_merge(&self.town.slug, flow_of(go), &tab.0, agreed).await?;
        Ok(tab.take(step))
    }
}

fn own_page(query: &str) -> Go {
    Go::To(format!("/t/showa/me?{query}"))
}

// conforms: Our own
#[tokio::test]
async fn two_town_ids_are_merged_by_whoever_has_both_sign_ins() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let health = gateway.client("health", "").await;
        let (mut tab, mut other) = (Tab::default(), Tab::default());
        let stays = gateway.comes(&mut tab, &library, HANAKO).await;
        let ends = gateway.comes(&mut other, &library, TARO).await;
        let at_health = gateway.comes(&mut other, &health, TARO).await;
        assert_ne!(stays, ends);
        assert_eq!((gateway.rows("resident").await, gateway.rows("usage_mark").await), (2, 3));

        let go = gateway.other_card(&mut tab, TARO).await;
        let view = gateway.question(&tab, &go).await;
        assert_eq!((view.kept.len(), view.ending.len()), (1, 2));
        // Until the answer nothing has changed, and giving up leaves nothing.
        assert_eq!(gateway.answer_merge(&mut tab, &go, false).await.unwrap(), Go::To("/t/showa/me".to_owned()));
        assert!(tab.0.flows.iter().all(|(id, _)| *id != flow_of(&go)));
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (2, 0));

        let go = gateway.other_card(&mut tab, TARO).await;
        assert_eq!(gateway.answer_merge(&mut tab, &go, true).await.unwrap(), own_page("done=merged"));
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (1, 1));
        assert_eq!((gateway.rows("consent_grant").await, gateway.rows("resident_session").await), (1, 1));
        // Who used the library in this month was one person, counted twice; the other service's count stays.
        assert_eq!(gateway.rows("usage_mark").await, 2);
        assert_eq!((gateway.tally(&library, "people").await, gateway.tally(&health, "people").await), (1, 1));
        assert!(world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap().merged);
        assert!(matches!(world.service.my_page(&gateway.town.slug, &other.0).await, Err(Error::Unauthenticated)));

        // Either sign-in leads to what stays; the other service sees somebody new.
        for holder in [HANAKO, TARO] {
            assert_eq!(gateway.comes(&mut Tab::default(), &library, holder).await, stays);
        }
        assert_ne!(gateway.comes(&mut Tab::default(), &health, TARO).await, at_health);
        assert_eq!(gateway.rows("resident").await, 1);
        assert_eq!(gateway.tally(&health, "people").await, 1);

        // It is deleted as a whole.
        world.service.delete_town_id(&gateway.town.slug, &tab.0).await.unwrap();
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (0, 0));
        let again = gateway.comes(&mut Tab::default(), &library, TARO).await;
        assert!(again != stays && again != ends);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_chain_of_merges_keeps_every_sign_in() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (mut first, mut second) = (Tab::default(), Tab::default());
        let stays = gateway.comes(&mut first, &library, HANAKO).await;
        gateway.comes(&mut second, &library, TARO).await;
        gateway.comes(&mut Tab::default(), &library, CHILD).await;
        for (tab, holder) in [(&mut second, CHILD), (&mut first, CHILD)] {
            let go = gateway.other_card(tab, holder).await;
            assert_eq!(gateway.answer_merge(tab, &go, true).await.unwrap(), own_page("done=merged"));
        }
        for holder in [HANAKO, TARO, CHILD] {
            assert_eq!(gateway.comes(&mut Tab::default(), &library, holder).await, stays);
        }
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (1, 2));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_cannot_be_merged_changes_nothing() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let slug = &gateway.town.slug;
        let (mut tab, mut other) = (Tab::default(), Tab::default());
        assert!(matches!(world.service.begin_merge(slug, &tab.0).await, Err(Error::Unauthenticated)));
        gateway.comes(&mut tab, &library, HANAKO).await;
        assert_eq!(gateway.other_card(&mut tab, HANAKO).await, own_page("done=merge-same"));
        assert_eq!(gateway.other_card(&mut tab, TARO).await, own_page("done=merge-none"));
        assert_eq!((gateway.rows("resident").await, gateway.rows("desk_request").await), (1, 0));

        // Somebody else signs in in this browser between the two: the question is not theirs.
        gateway.comes(&mut other, &library, TARO).await;
        let go = gateway.other_card(&mut tab, TARO).await;
        let mut taken = Tab::default();
        taken.0.flows = tab.0.flows.clone();
        taken.0.session = other.0.session.clone();
        assert_eq!(gateway.answer_merge(&mut taken, &go, true).await.unwrap(), Go::Stop(Stop::FlowGone));
        taken.0.session = None;
        assert!(matches!(gateway.answer_merge(&mut taken, &go, true).await, Err(Error::Unauthenticated)));
        // The ordinary answers of a flow do not fit it.
        let step = world.service.retry_flow(slug, flow_of(&go), &tab.0).await.unwrap();
        assert_eq!(step.go, go);

        // Something waits at the desk.
        let waits = "insert into desk_request
            (organisation_id, id, subject_digest, rule_id, reason, code_hash, expires_at)
            select organisation_id, id, subject_digest, id, 'address_unknown', subject_digest, 9999999999 from resident";
        world.execute(waits, Some(&gateway.town)).await;
        assert_eq!(gateway.answer_merge(&mut tab, &go, true).await.unwrap(), own_page("done=merge-desk"));
        assert_eq!(gateway.other_card(&mut tab, TARO).await, own_page("done=merge-desk"));
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (2, 0));

        // A town is a register of its own.
        let elsewhere = world.gateway("mino").await;
        let card = elsewhere.client("library", "").await;
        let there = Holder { address: "岐阜県美濃市1350番地", ..CHILD };
        elsewhere.comes(&mut Tab::default(), &card, there).await;
        assert_eq!(gateway.other_card(&mut tab, CHILD).await, own_page("done=merge-none"));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn two_merges_at_once_leave_one_town_id() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (mut one, mut two) = (Tab::default(), Tab::default());
        gateway.comes(&mut one, &library, HANAKO).await;
        gateway.comes(&mut two, &library, TARO).await;
        // Each into the other, and the first one twice.
        let first = gateway.other_card(&mut one, TARO).await;
        let again = gateway.other_card(&mut one, TARO).await;
        let second = gateway.other_card(&mut two, HANAKO).await;
        let service = world.another_process().await;
        let answer = |service: Arc<service::Service>, tab: &Tab, go: &Go| {
            let (slug, browser, id) = (gateway.town.slug.clone(), tab.0.clone(), flow_of(go));
            tokio::spawn(async move { service.answer_merge(&slug, id, &browser, true).await.map(|step| step.go) })
        };
        let answers = [
            answer(world.service.clone(), &one, &first),
            answer(service.clone(), &one, &again),
            answer(service, &two, &second),
        ];
        let mut merged = 0;
        for answer in answers {
            match answer.await.unwrap() {
                Ok(go) if go == own_page("done=merged") => merged += 1,
                Ok(Go::To(_)) | Err(Error::Unauthenticated) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(merged, 1);
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (1, 1));
        let subs = [
            gateway.comes(&mut Tab::default(), &library, HANAKO).await,
            gateway.comes(&mut Tab::default(), &library, TARO).await,
        ];
        assert_eq!(subs[0], subs[1]);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_sign_in_beside_a_merge_ends_in_what_stays_or_begins_again() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let health = gateway.client("health", "").await;
        let (mut tab, mut other) = (Tab::default(), Tab::default());
        let stays = gateway.comes(&mut tab, &library, HANAKO).await;
        gateway.comes(&mut other, &library, TARO).await;
        let merge = gateway.other_card(&mut tab, TARO).await;
        // At the consent page of another service while the town ID ends.
        let mut late = Tab::default();
        let go = gateway.authorize(&mut late, &gateway.request(&health, &[])).await;
        let consent = gateway.read_card(&mut late, &go, TARO).await;
        // And at the reader, in the same moment.
        let mut beside = Tab::default();
        let go = gateway.authorize(&mut beside, &gateway.request(&library, &[])).await;
        let (answered, signed_in) =
            tokio::join!(gateway.answer_merge(&mut tab, &merge, true), gateway.read_card(&mut beside, &go, TARO));
        assert_eq!(answered.unwrap(), own_page("done=merged"));
        if let Ok(tokens) = gateway.redeem(&library, &sent_code(&signed_in)).await {
            assert!(!gateway.claims(&tokens).await.text("sub").unwrap().is_empty());
        }
        assert_eq!(gateway.agree(&mut late, &consent).await, Go::Stop(Stop::FlowGone));
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (1, 1));
        assert_eq!(gateway.comes(&mut Tab::default(), &library, TARO).await, stays);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn whoever_was_a_stranger_before_a_merge_makes_no_second_town_id_after_it() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        // The card is read by somebody who is not in the register yet …
        let mut early = Tab::default();
        let go = gateway.authorize(&mut early, &gateway.request(&library, &[])).await;
        let consent = gateway.read_card(&mut early, &go, TARO).await;
        // … who then registers elsewhere, and merges.
        let mut tab = Tab::default();
        gateway.comes(&mut tab, &library, HANAKO).await;
        gateway.comes(&mut Tab::default(), &library, TARO).await;
        let go = gateway.other_card(&mut tab, TARO).await;
        gateway.answer_merge(&mut tab, &go, true).await.unwrap();
        assert_eq!(gateway.agree(&mut early, &consent).await, Go::Stop(Stop::FlowGone));
        assert_eq!(gateway.rows("resident").await, 1);
    })
    .await;
}

/// A town whose only provider names the former subject of a renewed card.
async fn with_relinking<'w>(world: &'w crate::harness::World) -> (Gateway<'w>, Card) {
    let gateway = world.gateway("showa").await;
    let card = Card::start_as(&world.clock, Shape::Agency).await;
    gateway.connect(&card, Shape::Agency, &[("claim.former_subject", "relink_id")]).await;
    gateway.stop_the_sandbox().await;
    (gateway, card)
}

impl Gateway<'_> {
    async fn comes_by(&self, card: &Card, client: &Client, holder: Holder) -> (Tab, String) {
        let mut tab = Tab::default();
        let go = self.authorize(&mut tab, &self.request(client, &[])).await;
        let go = self.attested_by(card, &mut tab, &go, holder).await;
        let go = if matches!(go, Go::To(_)) { self.agree(&mut tab, &go).await } else { go };
        let sub = self.sub(client, &sent_code(&go)).await;
        (tab, sub)
    }
}

// conforms: Our own
#[tokio::test]
async fn a_renewed_card_is_the_same_person_where_the_provider_says_so() {
    on_both(async |world| {
        let (gateway, card) = with_relinking(&world).await;
        let library = gateway.client("library", "").await;
        let (_, before) = gateway.comes_by(&card, &library, HANAKO).await;
        // Without a word of the provider it is somebody else, however much the same the person looks.
        let (stranger, other) = gateway.comes_by(&card, &library, RENEWED).await;
        assert_ne!(before, other);
        world.service.delete_town_id(&gateway.town.slug, &stranger.0).await.unwrap();

        card.says_before("hanako-2", "hanako");
        let (tab, after) = gateway.comes_by(&card, &library, RENEWED).await;
        assert_eq!((before.as_str(), gateway.rows("resident").await), (after.as_str(), 1));
        let page = world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap();
        assert!(page.relinked.is_some() && !page.merged);
        // Once, whatever the provider goes on saying; and the card that was handed in leads nowhere any more.
        gateway.comes_by(&card, &library, RENEWED).await;
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", "action = 'resident.relinked'").await, 1);
        let (_, old_card) = gateway.comes_by(&card, &library, HANAKO).await;
        assert_ne!(old_card, before);
        // Where both are known already, neither takes the other over.
        let (_, again) = gateway.comes_by(&card, &library, RENEWED).await;
        assert_eq!((again, gateway.rows("resident").await), (before, 2));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_merged_sign_in_is_renewed_where_it_stands() {
    on_both(async |world| {
        let (gateway, card) = with_relinking(&world).await;
        let library = gateway.client("library", "").await;
        let (mut tab, stays) = gateway.comes_by(&card, &library, TARO).await;
        gateway.comes_by(&card, &library, HANAKO).await;
        let step = world.service.begin_merge(&gateway.town.slug, &tab.0).await.unwrap();
        let go = tab.take(step);
        let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
        gateway.answer_merge(&mut tab, &go, true).await.unwrap();
        card.says_before("hanako-2", "hanako");
        for holder in [RENEWED, TARO, RENEWED] {
            assert_eq!(gateway.comes_by(&card, &library, holder).await.1, stays);
        }
        assert_eq!((gateway.rows("resident").await, gateway.rows("resident_lookup").await), (1, 1));
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", "action = 'resident.relinked'").await, 1);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_renewed_card_at_two_services_at_once_is_taken_over_once() {
    on_postgres(async |world| {
        let (gateway, card) = with_relinking(&world).await;
        let library = gateway.client("library", "").await;
        let (_, before) = gateway.comes_by(&card, &library, HANAKO).await;
        card.says_before("hanako-2", "hanako");
        let (one, two, three) = tokio::join!(
            gateway.comes_by(&card, &library, RENEWED),
            gateway.comes_by(&card, &library, RENEWED),
            gateway.comes_by(&card, &library, RENEWED),
        );
        for (_, sub) in [one, two, three] {
            assert_eq!(sub, before);
        }
        assert_eq!(gateway.rows("resident").await, 1);
        assert_eq!(world.rows_where(&gateway.town, "audit_entry", "action = 'resident.relinked'").await, 1);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn whoever_finds_a_session_open_merges_nothing_into_it() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (service, slug) = (&world.service, &gateway.town.slug);
        let (mut tab, mut other) = (Tab::default(), Tab::default());
        let stays = gateway.comes(&mut tab, &library, HANAKO).await;
        let theirs = gateway.comes(&mut other, &library, TARO).await;
        world.clock.advance(600);
        assert!(service.merge_start(slug, &tab.0).await.unwrap().fresh);
        world.clock.advance(1);
        assert!(!service.merge_start(slug, &tab.0).await.unwrap().fresh);
        let flows = tab.0.flows.len();
        let step = service.begin_merge(slug, &tab.0).await.unwrap();
        assert_eq!(tab.take(step), Go::To("/t/showa/me/merge".to_owned()));
        assert_eq!(tab.0.flows.len(), flows, "no second sign-in begins");
        assert_eq!(gateway.comes(&mut Tab::default(), &library, TARO).await, theirs);
        // Whoever signs in once more goes on, and has as long as any sign-in.
        assert_eq!(gateway.comes(&mut tab, &library, HANAKO).await, stays);
        let go = gateway.other_card(&mut tab, TARO).await;
        world.clock.advance(20 * 60);
        assert_eq!(gateway.answer_merge(&mut tab, &go, true).await.unwrap(), own_page("done=merged"));
    })
    .await;
}
