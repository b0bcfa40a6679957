//! The keys of ours that providers know change in two steps, and nobody is kept out by it.

use domain::ids::IdentityProviderId;
use service::federation::{Ending, FlowPage, Go, TryOutStanding};
use service::identity_providers::{NextKey, ProviderKey};
use service::keys::{MasterKey, SoftwareKey};
use service::{Conflict, Error};

use super::providers::{APART, field_keys};
use crate::harness::{Card, Client, Gateway, HANAKO, Holder, MASTER_KEY, Shape, Tab, on_both, sent_code};

impl Gateway<'_> {
    async fn next_key(&self, key: ProviderKey) -> Option<NextKey> {
        let at = self.world.service.at_provider(&self.town.approver().await, &self.town.slug).await.unwrap();
        at.keys.into_iter().find(|view| view.key == key).unwrap().next
    }

    /// Whether somebody gets in by a provider.
    async fn lets_in(&self, card: &Card, client: &Client, holder: Holder) -> bool {
        let mut tab = Tab::default();
        let go = self.authorize(&mut tab, &self.request(client, &[])).await;
        let go = self.attested_by(card, &mut tab, &go, holder).await;
        if let FlowPage::Ended(page) = self.page(&tab, &go).await {
            assert_eq!(page.ending, Ending::ProviderFailed);
            return false;
        }
        sent_code(&self.agree(&mut tab, &go).await);
        self.world.service.delete_town_id(&self.town.slug, &tab.0).await.unwrap();
        true
    }

    /// Whether a field was sealed to the key that is to be removed, as trying out says.
    async fn tries_former_key(&self, card: &Card, id: IdentityProviderId) -> bool {
        let (service, admin, slug) = (&self.world.service, self.town.admin().await, &self.town.slug);
        let mut tab = Tab::default();
        let step = service.begin_try_out(&admin, slug, id, &tab.0).await.unwrap();
        let go = tab.take(step);
        let go = self.attested_by(card, &mut tab, &go, APART).await;
        let Go::To(path) = &go else { panic!("not back at the page: {go:?}") };
        let flow = path.rsplit_once("flow=").unwrap().1.parse().unwrap();
        let page = service.try_out_page(&admin, slug, id, Some(flow), &tab.0).await.unwrap();
        let TryOutStanding::Read(view) = page.standing else { panic!("nothing was read") };
        view.former_key
    }
}

// conforms: Our own
#[tokio::test]
async fn a_key_to_which_fields_are_sealed_changes_in_two_steps_by_two_people() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let (service, key) = (&world.service, ProviderKey::Fields);
        let admin = gateway.town.admin().await;
        // There is nothing to change before a connection needs one.
        let early = service.make_next_provider_key(&admin, key).await;
        assert!(matches!(early, Err(Error::Conflict(Conflict::State))));
        let card = Card::start_as(&world.clock, Shape::Xid).await;
        let id = gateway.connect(&card, Shape::Xid, &[]).await;
        let form = gateway.client_of_stored("form", "").await;
        assert!(gateway.lets_in(&card, &form, APART).await);
        assert!(!gateway.tries_former_key(&card, id).await);

        let approver = gateway.town.approver().await;
        assert!(matches!(service.make_next_provider_key(&approver, key).await, Err(Error::Denied)));
        service.make_next_provider_key(&admin, key).await.unwrap();
        let twice = service.make_next_provider_key(&admin, key).await;
        assert!(matches!(twice, Err(Error::Conflict(Conflict::State))));
        let next = gateway.next_key(key).await.unwrap();
        // The provider does not know of it yet; then it does; then the one before is wanted back.
        assert!(gateway.lets_in(&card, &form, APART).await);
        assert!(gateway.tries_former_key(&card, id).await);
        let at = service.at_provider(&admin, &gateway.town.slug).await.unwrap();
        let former = field_keys(&at)[0].to_owned();
        for (sealed_to, is_former) in [(&next.public, false), (&former, true), (&next.public, false)] {
            card.seal_to(sealed_to);
            assert!(gateway.lets_in(&card, &form, APART).await);
            assert_eq!(gateway.tries_former_key(&card, id).await, is_former);
        }
        // Both are sealed again when the master key changes.
        let new = MasterKey::new(&[43; 32]).unwrap();
        let changing = world.process_with(new.and(SoftwareKey::new(&MASTER_KEY).unwrap())).await;
        assert_eq!(changing.reseal(|_| ()).await.unwrap().left, 0);
        let at = changing.at_provider(&admin, &gateway.town.slug).await.unwrap();
        assert_eq!(field_keys(&at), [former.as_str(), next.public.as_str()]);
        let back =
            world.process_with(MasterKey::new(&MASTER_KEY).unwrap().and(SoftwareKey::new(&[43; 32]).unwrap())).await;
        assert_eq!(back.reseal(|_| ()).await.unwrap().left, 0);

        let own = service.remove_former_provider_key(&admin, key, &next.public).await;
        assert!(matches!(own, Err(Error::Conflict(Conflict::FourEyes))));
        let auditor = gateway.town.auditor().await;
        assert!(service.remove_former_provider_key(&auditor, key, &next.public).await.is_err());
        for other in ["", &former] {
            let stale = service.remove_former_provider_key(&approver, key, other).await;
            assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))), "{other}");
        }
        service.remove_former_provider_key(&approver, key, &next.public).await.unwrap();
        assert_eq!(gateway.next_key(key).await, None);
        assert_eq!(world.rows_where(&gateway.town, "tenant_key", "purpose = 'upstream_x25519'").await, 1);
        assert!(gateway.lets_in(&card, &form, APART).await);
        card.seal_to(&former);
        assert!(!gateway.lets_in(&card, &form, APART).await, "the key before is gone for good");
        for action in ["identity_provider.key_made", "identity_provider.key_changed"] {
            assert_eq!(world.rows_where(&gateway.town, "audit_entry", &format!("action = '{action}'")).await, 1);
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §10.1.1 SHOULD
#[tokio::test]
async fn assertions_are_signed_with_the_key_that_every_provider_knows() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let (service, key, slug) = (&world.service, ProviderKey::Assertion, &gateway.town.slug);
        let card = Card::start(&world.clock).await;
        gateway.connect(&card, Shape::Agency, &[]).await;
        let library = gateway.client("library", "").await;
        let before = service.upstream_key_set(slug).await.unwrap();
        service.make_next_provider_key(&gateway.town.admin().await, key).await.unwrap();
        let both = service.upstream_key_set(slug).await.unwrap();
        let next = gateway.next_key(key).await.unwrap();
        assert_eq!((before.keys().len(), both.keys().len()), (1, 2));
        assert!(both.keys().iter().any(|known| known.key_id() == next.public));
        // Who keeps the one before, and who fetched both, lets us in.
        assert!(gateway.lets_in(&card, &library, HANAKO).await);
        card.register(both);
        assert!(gateway.lets_in(&card, &library, HANAKO).await);

        service.remove_former_provider_key(&gateway.town.approver().await, key, &next.public).await.unwrap();
        let after = service.upstream_key_set(slug).await.unwrap();
        assert_eq!(after.keys().iter().map(|known| known.key_id()).collect::<Vec<_>>(), [next.public.as_str()]);
        assert!(gateway.lets_in(&card, &library, HANAKO).await);
        card.register(before);
        assert!(!gateway.lets_in(&card, &library, HANAKO).await);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_next_key_that_was_made_by_mistake_is_discarded() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let (service, key) = (&world.service, ProviderKey::Fields);
        let (admin, approver) = (gateway.town.admin().await, gateway.town.approver().await);
        let card = Card::start_as(&world.clock, Shape::Xid).await;
        gateway.connect(&card, Shape::Xid, &[]).await;
        let form = gateway.client_of_stored("form", "").await;
        let at = service.at_provider(&admin, &gateway.town.slug).await.unwrap();
        let former = field_keys(&at)[0].to_owned();
        let stale = |result: Result<(), Error>| matches!(result, Err(Error::Conflict(Conflict::Stale)));
        assert!(stale(service.discard_next_provider_key(&admin, key, &former).await), "there is no other one");
        service.make_next_provider_key(&admin, key).await.unwrap();
        let mistaken = gateway.next_key(key).await.unwrap();
        assert!(!mistaken.may_discard, "the approver decides, and makes none");
        let denied = service.discard_next_provider_key(&approver, key, &mistaken.public).await;
        assert!(matches!(denied, Err(Error::Denied)));
        let elsewhere = world.gateway("mino").await.town.admin().await;
        assert!(stale(service.discard_next_provider_key(&elsewhere, key, &mistaken.public).await));
        assert!(stale(service.discard_next_provider_key(&admin, key, &former).await), "the one in force stays");
        service.discard_next_provider_key(&admin, key, &mistaken.public).await.unwrap();
        assert_eq!(gateway.next_key(key).await, None);
        assert!(gateway.lets_in(&card, &form, APART).await);
        card.seal_to(&mistaken.public);
        assert!(!gateway.lets_in(&card, &form, APART).await);
        card.seal_to(&former);

        // Whoever has the page open from before means the one that was discarded.
        service.make_next_provider_key(&admin, key).await.unwrap();
        let next = gateway.next_key(key).await.unwrap();
        assert!(stale(service.remove_former_provider_key(&approver, key, &mistaken.public).await));
        assert!(stale(service.discard_next_provider_key(&admin, key, &mistaken.public).await));
        // At the same moment one takes the former away and somebody else the next: one of the two stays.
        let there = world.another_process().await;
        let (removed, discarded) = tokio::join!(
            service.remove_former_provider_key(&approver, key, &next.public),
            there.discard_next_provider_key(&admin, key, &next.public),
        );
        assert!(removed.is_ok() != discarded.is_ok());
        assert_eq!(world.rows_where(&gateway.town, "tenant_key", "purpose = 'upstream_x25519'").await, 1);
        let discarded = 1 + i64::from(discarded.is_ok());
        let acts = world.rows_where(&gateway.town, "audit_entry", "action = 'identity_provider.key_discarded'").await;
        assert_eq!(acts, discarded);
    })
    .await;
}
