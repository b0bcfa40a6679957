//! Several identity providers of one town, of every kind: set up by one person and put into use by another, chosen by
//! residents, and refused when they misbehave.

use domain::attributes::Item;
use domain::ids::{IdentityProviderId, ResidencyRuleId};
use domain::locale::Locale;
use domain::names::Reason;
use domain::residency::ReasonCode;
use domain::violations::Violation;
use secrecy::SecretString;
use service::federation::{
    Ending, FlowPage, Go, Preset, ProviderChoice, ProviderContact, Stop, TriedPlace, TryOutFailure, TryOutStanding,
};
use service::identity_providers::{Activation, AtProvider, ProviderCheck, ProviderForm, ProviderKey};
use service::{Conflict, Error};

use crate::data_at_rest::tables_about_people;
use crate::harness::gateway::rule_form;
use crate::harness::{
    CLIENT_ID, Card, Client, Gateway, Given, HANAKO, Holder, Mood, SECRET, Shape, Tab, flow_of, on_both, on_sqlite,
    sent_code,
};

/// The same person, whose address comes in three parts.
pub(super) const APART: Holder =
    Holder {
        address: "福島県|大沼郡昭和村|大字下中津川字中島652番地", given: Given::Apart, ..HANAKO
    };

fn preset(shape: Shape) -> Preset {
    match shape {
        Shape::Agency => Preset::DigitalAgency,
        Shape::Xid => Preset::Xid,
        Shape::Other => Preset::Generic,
    }
}

/// The form of a connection to a provider of the tests; `more` replaces or adds some fields.
pub(super) fn form(card: &Card, shape: Shape, more: &[(&str, &str)]) -> ProviderForm {
    let issuer = card.issuer();
    let userdata = format!("{issuer}/userdata");
    let of_shape: &[(&str, &str)] = match shape {
        Shape::Agency => &[],
        Shape::Xid => &[("userdata_url", &userdata), ("algorithm.ES256", "on")],
        Shape::Other => &[
            ("name.ja", "県のID"),
            ("name.en", "Prefecture ID"),
            ("authentication", "client_secret_post"),
            ("level.0.ial", "2"),
            ("level.0.aal", "2"),
            ("level.0.method", "provider_device"),
            ("claim.name", "/person/full_name"),
            ("claim.address", "/person/home/text"),
            ("claim.birthdate", "born"),
            ("birthdate_form", "day_first"),
            ("claim.gender", "sex"),
            ("gender.male", "M"),
            ("gender.female", "F"),
        ],
    };
    let begun = ProviderForm::of_preset(preset(shape));
    // Two algorithms are named, and not the third.
    let begun = begun.iter().filter(|(name, _)| *name != "algorithm.PS256");
    let begun: Vec<(String, String)> = begun.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let ours = [("issuer", issuer.as_str()), ("client_id", CLIENT_ID)];
    let later = ours.iter().chain(of_shape).chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    begun.into_iter().chain(later).collect()
}

/// The public keys to which fields may be sealed, the one in force first.
pub(super) fn field_keys(at: &AtProvider) -> Vec<&str> {
    let fields = at.keys.iter().filter(|view| view.key == ProviderKey::Fields);
    let keys = fields.flat_map(|view| [Some(&view.public), view.next.as_ref().map(|next| &next.public)]);
    keys.flatten().map(String::as_str).collect()
}

pub(super) fn secret(shape: Shape) -> SecretString {
    SecretString::from(if shape == Shape::Agency { "" } else { SECRET })
}

impl Gateway<'_> {
    /// Connects a provider as a town does: an administrator sets it up, an approver puts it into use.
    pub(super) async fn connect(&self, card: &Card, shape: Shape, more: &[(&str, &str)]) -> IdentityProviderId {
        let (service, admin) = (&self.world.service, self.town.admin().await);
        let form = form(card, shape, more);
        let id = service.draft_identity_provider(&admin, None, &form, &secret(shape)).await.unwrap();
        let at = service.at_provider(&admin, &self.town.slug).await.unwrap();
        if let Some(key) = field_keys(&at).first() {
            card.seal_to(key);
        }
        card.register(service.upstream_key_set(&self.town.slug).await.unwrap());
        assert_eq!(self.activate(id).await.unwrap(), Activation::Done);
        id
    }

    /// Sets a connection up anew, and puts that into use.
    pub(super) async fn set_up_anew(&self, id: IdentityProviderId, card: &Card, shape: Shape, more: &[(&str, &str)]) {
        let (service, admin) = (&self.world.service, self.town.admin().await);
        let revision = service.identity_provider(&admin, id).await.unwrap().revision;
        let form = form(card, shape, more);
        service.draft_identity_provider(&admin, Some((id, revision)), &form, &secret(shape)).await.unwrap();
        assert_eq!(self.activate(id).await.unwrap(), Activation::Done);
    }

    pub(super) async fn activate(&self, id: IdentityProviderId) -> Result<Activation, Error> {
        let approver = self.town.approver().await;
        let revision = self.world.service.identity_provider(&approver, id).await?.revision;
        self.world.service.activate_identity_provider(&approver, id, revision).await
    }

    /// Puts a connection back that an administrator stopped.
    pub(super) async fn activate_by_another(&self, id: IdentityProviderId) {
        assert_eq!(self.activate(id).await.unwrap(), Activation::Done);
    }

    pub(super) async fn stop(&self, id: IdentityProviderId) {
        let admin = self.town.admin().await;
        let revision = self.world.service.identity_provider(&admin, id).await.unwrap().revision;
        let reason = Reason::parse("使わなくなった").unwrap();
        self.world.service.stop_identity_provider(&admin, id, revision, &reason).await.unwrap();
    }

    /// Takes the card sandbox of the harness out of use.
    pub(super) async fn stop_the_sandbox(&self) {
        self.stop(IdentityProviderId::from_uuid(uuid::Uuid::from_u128(1))).await;
    }

    async fn choices(&self, tab: &Tab, go: &Go) -> Vec<ProviderChoice> {
        match self.page(tab, go).await {
            FlowPage::SignIn(view) => view.providers,
            _ => panic!("not the page of the choice: {go:?}"),
        }
    }

    pub(super) async fn choose(&self, tab: &mut Tab, go: &Go, id: IdentityProviderId) -> Go {
        let step = self.world.service.choose_provider(&self.town.slug, flow_of(go), Some(id), &tab.0).await.unwrap();
        tab.take(step)
    }

    /// Comes back from a provider.
    pub(super) async fn attested_by(&self, card: &Card, tab: &mut Tab, go: &Go, holder: Holder) -> Go {
        let Go::Away(url) = go else { panic!("not on the way to a provider: {go:?}") };
        assert!(url.starts_with(&card.issuer()), "on the way to another provider: {url}");
        let query = card.read(url, holder);
        self.callback(tab, &query).await
    }

    /// A service under a rule that takes what a provider keeps.
    pub(super) async fn client_of_stored(&self, key: &str, items: &str) -> Client {
        let rule: ResidencyRuleId = self
            .publish_rule(domain::configuration::ResidencyRuleForm {
                weakest_source: "stored_by_provider".to_owned(),
                greatest_age_months: "3".to_owned(),
                ..rule_form("")
            })
            .await;
        self.client_with(key, items, domain::configuration::SubjectType::Pairwise, rule).await
    }
}

// conforms: Our own
#[tokio::test]
async fn residents_choose_among_several_providers_and_are_found_again_by_each() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let agency = Card::start(&world.clock).await;
        let id = gateway
            .connect(&agency, Shape::Agency, &[("button.ja", "マイナアプリで"), ("button.en", "Myna App")])
            .await;
        let library = gateway.client("library", "").await;

        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let choices = gateway.choices(&tab, &go).await;
        let words = |choice: &ProviderChoice| {
            choice.button.as_ref().map(|button| Locale::ALL.map(|locale| button.get(locale).to_owned()))
        };
        let seen: Vec<_> = choices.iter().map(|choice| (choice.id, words(choice))).collect();
        let sandbox = IdentityProviderId::from_uuid(uuid::Uuid::from_u128(1));
        assert_eq!(seen, [(sandbox, None), (id, Some(["マイナアプリで".to_owned(), "Myna App".to_owned()]))]);
        // Whoever names none, or one of nobody's, sees the page again.
        let nobody = IdentityProviderId::from_uuid(uuid::Uuid::from_u128(77));
        assert_eq!(gateway.choose(&mut tab, &go, nobody).await, go);
        // There, back by the browser's history, and to the other.
        let first = gateway.choose(&mut tab, &go, choices[0].id).await;
        assert!(matches!(&first, Go::Away(url) if url.starts_with(&gateway.card.issuer())));
        let away = gateway.choose(&mut tab, &go, id).await;
        let back = gateway.attested_by(&agency, &mut tab, &away, HANAKO).await;
        sent_code(&gateway.agree(&mut tab, &back).await);
        assert_eq!(gateway.rows("resident").await, 1);

        // Found again by the same provider; somebody else by the other, though the subject is the same word.
        for (provider, card, residents) in [(id, &agency, 1), (choices[0].id, &gateway.card, 2)] {
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            let away = gateway.choose(&mut tab, &go, provider).await;
            let back = gateway.attested_by(card, &mut tab, &away, HANAKO).await;
            if residents == 2 {
                gateway.agree(&mut tab, &back).await;
            } else {
                sent_code(&back);
            }
            assert_eq!(gateway.rows("resident").await, residents);
        }

        // The order is the town's.
        world.service.raise_identity_provider(&gateway.town.admin().await, id).await.unwrap();
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        assert_eq!(gateway.choices(&tab, &go).await[0].id, id);
        // With one left nobody is asked.
        gateway.stop(id).await;
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[])).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&gateway.card.issuer())));
        gateway.stop_the_sandbox().await;
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[])).await;
        assert_eq!(go, Go::Stop(Stop::NotSetUp));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_connection_is_used_only_after_somebody_else_said_so() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (service, admin) = (&world.service, gateway.town.admin().await);
        let card = Card::start_as(&world.clock, Shape::Other).await;
        let typed = form(&card, Shape::Other, &[]);
        let none = SecretString::from("");
        let wanting = service.draft_identity_provider(&admin, None, &typed, &none).await;
        assert!(matches!(wanting, Err(Error::Invalid(wrong)) if wrong.get("secret") == Some(Violation::Required)));
        let id = service.draft_identity_provider(&admin, None, &typed, &secret(Shape::Other)).await.unwrap();
        let view = service.identity_provider(&admin, id).await.unwrap();
        assert!(!view.active && !view.fixed && view.draft.as_ref().is_some_and(|draft| draft.needs_other));
        // Nothing that is shown holds the secret.
        assert!(!format!("{view:?}").contains(SECRET));
        let (shown, _) = service.identity_provider_form(&admin, id).await.unwrap();
        assert!(shown.iter().all(|(_, value)| value != SECRET));

        let own = service.activate_identity_provider(&admin, id, view.revision).await;
        assert!(matches!(own, Err(Error::Conflict(Conflict::FourEyes))));
        card.behaves(Mood::Down);
        world.clock.advance(11);
        assert_eq!(gateway.activate(id).await.unwrap(), Activation::Refused(ProviderCheck::Silent));
        card.behaves(Mood::Nonsense);
        // Whoever asks again and again is told what was found some seconds ago.
        assert_eq!(gateway.activate(id).await.unwrap(), Activation::Refused(ProviderCheck::Silent));
        world.clock.advance(11);
        assert_eq!(gateway.activate(id).await.unwrap(), Activation::Refused(ProviderCheck::Unusable));
        card.behaves(Mood::OtherDocument);
        world.clock.advance(11);
        assert_eq!(gateway.activate(id).await.unwrap(), Activation::Refused(ProviderCheck::Unusable));
        card.behaves(Mood::Fine);
        world.clock.advance(11);
        let drafter = gateway.town.drafter().await;
        let denied = service.activate_identity_provider(&drafter, id, view.revision).await;
        assert!(matches!(denied, Err(Error::Denied)));
        assert_eq!(gateway.activate(id).await.unwrap(), Activation::Done);
        // Whoever stopped it does not put it back alone.
        let approver = gateway.town.approver().await;
        gateway.stop(id).await;
        let view = service.identity_provider(&admin, id).await.unwrap();
        assert!(view.needs_other && view.draft.is_none());
        let own = service.activate_identity_provider(&admin, id, view.revision).await;
        assert!(matches!(own, Err(Error::Conflict(Conflict::FourEyes))));
        assert!(!service.identity_provider(&approver, id).await.unwrap().needs_other);
        assert_eq!(gateway.activate(id).await.unwrap(), Activation::Done);
        assert!(!service.identity_provider(&admin, id).await.unwrap().needs_other);

        // A change waits beside what is in use; the issuer does not change any more.
        let revision = service.identity_provider(&admin, id).await.unwrap().revision;
        let renamed = form(&card, Shape::Other, &[("name.ja", "新しい名前")]);
        service.draft_identity_provider(&admin, Some((id, revision)), &renamed, &none).await.unwrap();
        let view = service.identity_provider(&admin, id).await.unwrap();
        assert!(view.active && view.name.get(Locale::Ja) == "県のID");
        let elsewhere = form(&card, Shape::Other, &[("issuer", "https://elsewhere.example")]);
        let moved = service.draft_identity_provider(&admin, Some((id, view.revision)), &elsewhere, &none).await;
        assert!(matches!(moved, Err(Error::Invalid(wrong)) if wrong.get("issuer") == Some(Violation::NotAllowed)));
        let stale = service.draft_identity_provider(&admin, Some((id, revision)), &renamed, &none).await;
        assert!(matches!(stale, Err(Error::Conflict(Conflict::Stale))));
        gateway.activate(id).await.unwrap();
        let own_namespace = format!("id = {} and subject_namespace = '{id}'", world.literal(id.uuid()));
        assert_eq!(world.rows_where(&gateway.town, "identity_provider", &own_namespace).await, 1);
        // One secret is kept, however often something else was saved; a new one takes its place.
        let secrets = || world.rows_where(&gateway.town, "tenant_key", "purpose = 'upstream_secret'");
        assert_eq!(secrets().await, 1);
        let revision = service.identity_provider(&admin, id).await.unwrap().revision;
        let another = SecretString::from("another");
        service.draft_identity_provider(&admin, Some((id, revision)), &renamed, &another).await.unwrap();
        assert_eq!(secrets().await, 2);
        assert!(service.identity_provider(&admin, id).await.unwrap().draft.is_some_and(|draft| draft.new_secret));
        service.discard_identity_provider_draft(&admin, id).await.unwrap();
        assert_eq!(secrets().await, 1);

        // The card sandbox is no address that anybody may type in, and another town's connections are nobody's here.
        let sandbox = form(&card, Shape::Agency, &[("issuer", "http://localhost:3000/sandbox-card")]);
        let typed = service.draft_identity_provider(&admin, None, &sandbox, &none).await;
        assert!(matches!(typed, Err(Error::Invalid(wrong)) if wrong.get("issuer") == Some(Violation::NotAllowed)));
        let other = world.town("tsuno").await.admin().await;
        assert!(matches!(service.identity_provider(&other, id).await, Err(Error::NotFound)));
        assert!(matches!(service.raise_identity_provider(&other, id).await, Err(Error::NotFound)));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_provider_that_cannot_attest_the_level_is_not_offered() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let other = Card::start_as(&world.clock, Shape::Other).await;
        gateway.connect(&other, Shape::Other, &[]).await;
        let low = gateway.client("library", "").await;
        let high = gateway
            .client_that("office", |form| {
                form.minimum_ial = "3".to_owned();
                form.minimum_aal = "3".to_owned();
            })
            .await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&low, &[])).await;
        assert_eq!(gateway.choices(&tab, &go).await.len(), 2);
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&high, &[])).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&gateway.card.issuer())));
        gateway.stop_the_sandbox().await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&high, &[])).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::TooWeak);
        let go = gateway.authorize(&mut Tab::default(), &gateway.request(&low, &[])).await;
        assert!(matches!(&go, Go::Away(url) if url.starts_with(&other.issuer()) && !url.contains("acr_values")));
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn xid_attests_with_sealed_fields_an_address_in_parts_and_its_own_time() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let xid = Card::start_as(&world.clock, Shape::Xid).await;
        gateway.connect(&xid, Shape::Xid, &[]).await;
        let form = gateway.client_of_stored("form", "name:once address:once birthdate:once gender:once").await;
        let mut tab = Tab::default();
        let scope = "openid name address birthdate gender residency";
        let go = gateway.authorize(&mut tab, &gateway.request(&form, &[("scope", scope)])).await;
        assert!(matches!(&go, Go::Away(url) if !url.contains("acr_values")));
        let go = gateway.attested_by(&xid, &mut tab, &go, APART).await;
        let code = sent_code(&gateway.agree(&mut tab, &go).await);
        let tokens = gateway.redeem(&form, &code).await.unwrap();
        let claims = gateway.userinfo(&tokens.access_token).await.unwrap();
        assert_eq!(claims["name"], "昭和 花子");
        assert_eq!(claims["address"]["formatted"], "福島県大沼郡昭和村大字下中津川字中島652番地");
        assert_eq!((&claims["birthdate"], &claims["gender"]), (&"1984-02-29".into(), &"female".into()));
        // A month ago is when the provider verified it: the term counts from there.
        let verified = world.rows_where(&gateway.town, "eligibility", "verified_month = '2026-10'").await;
        assert_eq!(verified, 1);
        // A rule that wants the card itself cannot be decided on a copy.
        let strict = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&strict, &[])).await;
        let go = gateway.attested_by(&xid, &mut tab, &go, APART).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::Determined(ReasonCode::SourceTooWeak));
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §2 MUST
#[tokio::test]
async fn what_a_provider_reached_is_told_as_it_was() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let card = Card::start_as(&world.clock, Shape::Other).await;
        gateway.connect(&card, Shape::Other, &[("verified", "at_sign_in")]).await;
        let library = gateway.client_of_stored("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
        let first = sent_code(&gateway.agree(&mut tab, &go).await);
        world.clock.advance(30);
        let again = sent_code(&gateway.authorize(&mut tab, &gateway.request(&library, &[])).await);
        for code in [first, again] {
            let claims = gateway.claims(&gateway.redeem(&library, &code).await.unwrap()).await;
            assert_eq!(claims.text("acr"), Some("urn:machikagi:assurance:ial2-aal2"));
            assert_eq!(claims.get("amr").unwrap(), &serde_json::json!(["user", "mfa"]));
            assert_eq!(claims.get("auth_time").unwrap(), world.clock.seconds() - 30);
        }
    })
    .await;
}

// conforms: OpenID Connect Core 1.0 §5.3.4 MUST
#[tokio::test]
async fn every_bad_answer_of_every_kind_is_refused_and_nothing_is_lost() {
    for shape in [Shape::Agency, Shape::Xid, Shape::Other] {
        on_both(async |world| {
            let gateway = world.gateway("showa").await;
            gateway.stop_the_sandbox().await;
            let card = Card::start_as(&world.clock, shape).await;
            gateway.connect(&card, shape, &[]).await;
            let form = gateway.client_of_stored("form", "name:once").await;
            let holder = if shape == Shape::Xid { APART } else { HANAKO };
            let failed = Ending::ProviderFailed;
            let mut moods = vec![
                (Mood::Down, failed),
                (Mood::Nonsense, failed),
                (Mood::RefusesCode, failed),
                (Mood::WrongIssuer, failed),
                (Mood::WrongAudience, failed),
                (Mood::WrongAuthorizedParty, failed),
                (Mood::WrongNonce, failed),
                (Mood::Unsigned, failed),
                (Mood::OtherKey, failed),
                (Mood::OtherAlgorithm, failed),
                (Mood::NoSubject, failed),
                (Mood::NoIssuedAt, failed),
                (Mood::NoExpiry, failed),
                (Mood::WrongAccessTokenHash, failed),
                (Mood::Expired, failed),
                (Mood::OtherSubject, failed),
                (Mood::NoLevel, Ending::TooWeak),
                (Mood::LongAddress, Ending::Determined(ReasonCode::AddressUnknown)),
            ];
            if shape == Shape::Xid {
                moods.extend([(Mood::WrongSeal, failed), (Mood::NoSeal, failed)]);
            }
            if shape == Shape::Other {
                // It does not say when it verified, so that no rule goes on to look at what it says.
                moods.retain(|(mood, _)| *mood != Mood::LongAddress);
            } else {
                moods.push((Mood::NoName, Ending::ItemMissing));
            }
            for (mood, ending) in moods {
                card.behaves(Mood::Fine);
                let mut tab = Tab::default();
                let go = gateway.authorize(&mut tab, &gateway.request(&form, &[("scope", "openid name")])).await;
                card.behaves(mood);
                let go = gateway.attested_by(&card, &mut tab, &go, holder).await;
                let FlowPage::Ended(page) = gateway.page(&tab, &go).await else {
                    panic!("{shape:?} {mood:?}: no outcome page")
                };
                assert_eq!(page.ending, ending, "{shape:?} {mood:?}");
                assert_eq!(gateway.rows("resident").await, 0, "{shape:?} {mood:?}");
            }
        })
        .await;
    }
}

// conforms: OpenID Connect Core 1.0 §5.3.4 SHOULD
#[tokio::test]
async fn every_bad_signed_userinfo_is_refused_and_nothing_is_lost() {
    for shape in [Shape::Agency, Shape::Other] {
        on_sqlite(async |world| {
            let gateway = world.gateway("showa").await;
            gateway.stop_the_sandbox().await;
            let card = Card::start_as(&world.clock, shape).await;
            let signed = [("attributes", "signed_userinfo"), ("verified", "at_sign_in")];
            gateway.connect(&card, shape, &signed).await;
            let form = gateway.client_of_stored("form", "name:once").await;
            card.signs_userinfo();
            let scope = ("scope", "openid name");
            let mut moods = vec![
                Mood::UserinfoInClear,
                Mood::UserinfoUnsigned,
                Mood::UserinfoOfOtherKey,
                Mood::UserinfoOfOtherIssuer,
                Mood::UserinfoForOthers,
                Mood::UserinfoExpired,
                Mood::OtherSubject,
            ];
            if shape == Shape::Agency {
                // Any other provider may sign as it likes, unless the town says how.
                moods.push(Mood::UserinfoByOtherAlgorithm);
            }
            for mood in moods {
                card.behaves(Mood::Fine);
                let mut tab = Tab::default();
                let go = gateway.authorize(&mut tab, &gateway.request(&form, &[scope])).await;
                card.behaves(mood);
                let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
                let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("{mood:?}: no outcome page") };
                assert_eq!(page.ending, Ending::ProviderFailed, "{shape:?} {mood:?}");
                assert_eq!(gateway.rows("resident").await, 0, "{shape:?} {mood:?}");
            }
            card.behaves(Mood::Fine);
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&form, &[scope])).await;
            let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
            let code = sent_code(&gateway.agree(&mut tab, &go).await);
            let tokens = gateway.redeem(&form, &code).await.unwrap();
            assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap()["name"], "昭和 花子");
        })
        .await;
    }
}

/// A signed answer where none was agreed on is not looked into either: who could leave the signature away could put one there.
#[tokio::test]
async fn userinfo_is_signed_where_the_connection_says_so_and_nowhere_else() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let card = Card::start(&world.clock).await;
        gateway.connect(&card, Shape::Agency, &[]).await;
        card.signs_userinfo();
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert_eq!(page.ending, Ending::ProviderFailed);
    })
    .await;
}

// conforms: RFC 9700 §4.4 MUST
#[tokio::test]
async fn a_callback_of_another_provider_of_the_town_is_not_followed() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let xid = Card::start_as(&world.clock, Shape::Xid).await;
        let id = gateway.connect(&xid, Shape::Xid, &[]).await;
        let library = gateway.client("library", "").await;
        let sandbox = IdentityProviderId::from_uuid(uuid::Uuid::from_u128(1));

        // Begun at the one that names itself in every answer.
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let Go::Away(url) = gateway.choose(&mut tab, &go, sandbox).await else { panic!("not away") };
        let good = gateway.card.read(&url, HANAKO);
        let (ours, theirs) = (gateway.card.issuer(), xid.issuer());
        let encode = |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let mixed = good.replace(&encode(&ours), &encode(&theirs));
        assert_ne!(mixed, good);
        assert_eq!(gateway.callback(&mut tab.clone(), &mixed).await, Go::Stop(Stop::NotAskedFor));
        // The other one's answer names nobody: neither will do here.
        let from_other = xid.read(&url, HANAKO);
        assert_eq!(gateway.callback(&mut tab.clone(), &from_other).await, Go::Stop(Stop::NotAskedFor));

        // Begun at the one that does not name itself: an answer in another's name is refused, and a code of another's is
        // presented nowhere but where the flow went.
        let mut other = Tab::default();
        let go = gateway.authorize(&mut other, &gateway.request(&library, &[])).await;
        let Go::Away(url) = gateway.choose(&mut other, &go, id).await else { panic!("not away") };
        let named = gateway.card.read(&url, HANAKO);
        assert_eq!(gateway.callback(&mut other.clone(), &named).await, Go::Stop(Stop::NotAskedFor));
        // By the town's own callback, or by that of a third: a code that was issued to it is presented nowhere.
        let (at, foreign_code) = named.rsplit_once("&iss").unwrap().0.split_once('?').unwrap();
        assert!(at.ends_with(&format!("/t/showa/callback/{id}")));
        let third = at.replace(&id.to_string(), &sandbox.to_string());
        for mixed in [foreign_code.to_owned(), format!("{third}?{foreign_code}")] {
            assert_eq!(gateway.callback(&mut other.clone(), &mixed).await, Go::Stop(Stop::NotAskedFor), "{mixed}");
        }
        assert_eq!(xid.codes_presented(), 0);
        // And by its own callback nothing of the sandbox's is taken up.
        let ours = gateway.callback(&mut tab.clone(), &format!("{at}?{good}")).await;
        assert_eq!(ours, Go::Stop(Stop::NotAskedFor));
        // The state of one flow leads into no other.
        let state = |query: &str| query.split(['?', '&']).find(|part| part.starts_with("state=")).unwrap().to_owned();
        let swapped = good.replace(&state(&good), &state(&xid.read(&url, HANAKO)));
        assert!(matches!(
            gateway.callback(&mut tab.clone(), &swapped).await,
            Go::Stop(Stop::FlowGone | Stop::NotAskedFor)
        ));
        assert_eq!(gateway.rows("resident").await, 0);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn while_one_provider_is_away_the_other_is_offered() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let agency = Card::start(&world.clock).await;
        let id = gateway.connect(&agency, Shape::Agency, &[]).await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let away = gateway.choose(&mut tab, &go, id).await;
        agency.behaves(Mood::Down);
        let go = gateway.attested_by(&agency, &mut tab, &away, HANAKO).await;
        let FlowPage::Ended(page) = gateway.page(&tab, &go).await else { panic!("no outcome page") };
        assert!(page.ending == Ending::ProviderFailed && page.can_retry && page.others);
        let step = world.service.retry_flow(&gateway.town.slug, flow_of(&go), &tab.0).await.unwrap();
        let go = tab.take(step);
        let silent: Vec<bool> = gateway.choices(&tab, &go).await.iter().map(|choice| choice.silent).collect();
        assert_eq!(silent, [false, true]);
        // Staff see it, and residents sign in by the other.
        let providers = world.service.identity_providers(&gateway.town.approver().await).await.unwrap();
        assert_eq!(providers.iter().find(|provider| provider.id == id).unwrap().contact, Some(ProviderContact::Failed));
        let away = gateway.choose(&mut tab, &go, IdentityProviderId::from_uuid(uuid::Uuid::from_u128(1))).await;
        let go = gateway.attested_by(&gateway.card, &mut tab, &away, HANAKO).await;
        sent_code(&gateway.agree(&mut tab, &go).await);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn while_a_provider_is_away_it_is_not_asked_by_everybody() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let begin = async || gateway.authorize(&mut Tab::default(), &gateway.request(&library, &[])).await;
        gateway.card.behaves(Mood::Down);
        // Never seen before: one asks, the others get the same answer at once.
        for _ in 0..5 {
            assert!(matches!(begin().await, Go::To(path) if path.ends_with("/outcome")));
        }
        assert_eq!(gateway.card.documents_fetched(), 1);
        world.clock.advance(11);
        begin().await;
        assert_eq!(gateway.card.documents_fetched(), 2);
        // It is back a moment later, and then away again for an hour: what was seen serves on.
        gateway.card.behaves(Mood::Fine);
        world.clock.advance(11);
        assert!(matches!(begin().await, Go::Away(_)));
        gateway.card.behaves(Mood::Down);
        world.clock.advance(3_700);
        for _ in 0..5 {
            assert!(matches!(begin().await, Go::Away(_)));
        }
        assert_eq!(gateway.card.documents_fetched(), 4);
        world.clock.advance(25 * 3_600);
        assert!(matches!(begin().await, Go::To(_)));
    })
    .await;
}

/// How many rows each table has that is about residents, or counts them.
async fn rows_about_people(gateway: &Gateway<'_>) -> Vec<(&'static str, i64)> {
    let mut rows = Vec::new();
    for table in tables_about_people() {
        rows.push((table, gateway.rows(table).await));
    }
    rows
}

// conforms: Our own
#[tokio::test]
async fn trying_out_shows_what_was_read_and_writes_nothing() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (service, admin, slug) = (&world.service, gateway.town.admin().await, gateway.town.slug.clone());
        let card = Card::start_as(&world.clock, Shape::Other).await;
        let typed = form(&card, Shape::Other, &[]);
        let id = service.draft_identity_provider(&admin, None, &typed, &secret(Shape::Other)).await.unwrap();
        let before = rows_about_people(&gateway).await;
        assert!(before.len() > 15 && before.contains(&("resident", 0)) && before.contains(&("usage_counter", 0)));
        for (mood, expected) in [
            (Mood::Fine, None),
            (Mood::NoName, None),
            (Mood::RefusesCode, Some(TryOutFailure::Token)),
            (Mood::OtherKey, Some(TryOutFailure::Signature)),
            (Mood::WrongNonce, Some(TryOutFailure::IdToken)),
            (Mood::NoLevel, Some(TryOutFailure::Level)),
            (Mood::OtherSubject, Some(TryOutFailure::OtherSubject)),
            (Mood::Down, Some(TryOutFailure::Silent)),
        ] {
            card.behaves(Mood::Fine);
            let mut tab = Tab::default();
            let step = service.begin_try_out(&admin, &slug, id, &tab.0).await.unwrap();
            let go = tab.take(step);
            card.behaves(mood);
            let go = gateway.attested_by(&card, &mut tab, &go, HANAKO).await;
            let Go::To(path) = &go else { panic!("{mood:?}: {go:?}") };
            let flow = path.rsplit_once("flow=").unwrap().1.parse().unwrap();
            let page = service.try_out_page(&admin, &slug, id, Some(flow), &tab.0).await.unwrap();
            assert!(page.draft);
            match (page.standing, expected) {
                (TryOutStanding::Read(view), None) => {
                    assert_eq!(view.missing.len(), usize::from(mood == Mood::NoName));
                    assert!(matches!(&view.place, TriedPlace::In(code, _) if code.to_string() == "074462"));
                    assert_eq!(view.assurance.acr(), "urn:machikagi:assurance:ial2-aal2");
                    assert!(view.found.iter().any(|(_, value)| value.as_str() == "1984-02-29"));
                    // In words of the page, whatever the provider calls it.
                    let gender = view.found.iter().find(|(item, _)| *item == Item::Gender).unwrap();
                    assert_eq!(gender.1.as_str(), "女");
                }
                (TryOutStanding::Failed(failure), Some(expected)) => assert_eq!(failure, expected, "{mood:?}"),
                _ => panic!("{mood:?}"),
            }
            // Nobody else sees it, and not under another connection.
            let other = IdentityProviderId::from_uuid(uuid::Uuid::from_u128(1));
            let page = service.try_out_page(&admin, &slug, other, Some(flow), &tab.0).await.unwrap();
            assert!(matches!(page.standing, TryOutStanding::Gone));
        }
        let auditor = gateway.town.auditor().await;
        assert!(service.begin_try_out(&auditor, &slug, id, &Tab::default().0).await.is_err());
        assert_eq!(rows_about_people(&gateway).await, before);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn a_secret_that_is_kept_goes_to_nobody_else() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        let (service, admin) = (&world.service, gateway.town.admin().await);
        let card = Card::start_as(&world.clock, Shape::Other).await;
        // The callback that a new connection is registered with is the one that it gets.
        let callback = service.new_provider_callback(&gateway.town.slug).unwrap();
        let typed = form(&card, Shape::Other, &[("callback", &callback)]);
        let id = service.draft_identity_provider(&admin, None, &typed, &secret(Shape::Other)).await.unwrap();
        let view = service.identity_provider(&admin, id).await.unwrap();
        assert_eq!(service.provider_callback(&gateway.town.slug, &view), callback);
        let twice = service.draft_identity_provider(&admin, None, &typed, &secret(Shape::Other)).await;
        assert!(matches!(twice, Err(Error::Conflict(Conflict::Stale))));
        let none = SecretString::from("");
        for (field, value) in [("issuer", "https://elsewhere.example"), ("client_id", "somebody")] {
            let view = service.identity_provider(&admin, id).await.unwrap();
            let moved = form(&card, Shape::Other, &[(field, value)]);
            let wanting = service.draft_identity_provider(&admin, Some((id, view.revision)), &moved, &none).await;
            assert!(
                matches!(&wanting, Err(Error::Invalid(wrong)) if wrong.get("secret") == Some(Violation::Required)),
                "{field}"
            );
        }
        let revision = service.identity_provider(&admin, id).await.unwrap().revision;
        service.draft_identity_provider(&admin, Some((id, revision)), &typed, &none).await.unwrap();
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn codes_that_somebody_made_up_tell_nothing_about_a_provider() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.stop_the_sandbox().await;
        let (card, library) = (Card::start_as(&world.clock, Shape::Xid).await, gateway.client("library", "").await);
        let id = gateway.connect(&card, Shape::Xid, &[]).await;
        // The same provider is another town's too.
        let other = world.gateway("tsuno").await;
        let theirs = other.connect(&card, Shape::Xid, &[]).await;
        card.register(world.service.upstream_key_set(&gateway.town.slug).await.unwrap());
        let admin = (gateway.town.admin().await, other.town.admin().await);
        let contact = async || {
            let ours = world.service.identity_provider(&admin.0, id).await.unwrap().contact;
            (ours, world.service.identity_provider(&admin.1, theirs).await.unwrap().contact)
        };
        let answered = Some(ProviderContact::Answered);
        // Each was asked whether it is there when it was put into use; what becomes of one says nothing about the other.
        assert_eq!(contact().await, (answered, answered));
        for (mood, expected) in [
            (Mood::RefusesCode, answered),
            (Mood::Unsigned, answered),
            (Mood::Expired, answered),
            (Mood::WrongNonce, answered),
            (Mood::OtherSubject, Some(ProviderContact::Failed)),
            (Mood::Down, Some(ProviderContact::Failed)),
        ] {
            card.behaves(Mood::Fine);
            let mut tab = Tab::default();
            let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
            card.behaves(mood);
            gateway.attested_by(&card, &mut tab, &go, APART).await;
            assert_eq!(contact().await, (expected, answered), "{mood:?}");
        }
    })
    .await;
}
