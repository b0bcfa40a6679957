//! 在勤・在学: people of another town who are let in by a one-time code, and what becomes of the code and of the tie.

use domain::calendar::Month;
use domain::configuration::{ClauseForm, ResidencyRuleForm};
use domain::residency::{AttestationBatch, AttestationKind, AttestationKinds, ReasonCode};
use secrecy::SecretString;
use service::attestations::TieEnd;
use service::federation::{ConsentAnswer, Ending, FlowPage, Go, TieAnswer};
use time::macros::date;

use crate::harness::gateway::{Client, Gateway, rule_form};
use crate::harness::{HANAKO, Holder, Tab, World, flow_of, on_both, on_postgres, on_sqlite, sent_code};

/// Somebody who lives in the next town.
const COMMUTER: Holder =
    Holder { sub: "commuter", address: "福島県大沼郡金山町大字川口字谷地1番地", ..HANAKO };
const OTHER: Holder = Holder { sub: "other", ..COMMUTER };

const REGISTER: [&str; 7] =
    ["resident", "eligibility", "consent_grant", "resident_session", "token_family", "usage_mark", "attestation"];

/// Who lives in the village, or works there.
fn residents_and_workers() -> ResidencyRuleForm {
    let mut form = rule_form("");
    form.clauses.push(ClauseForm { ties: vec!["work".to_owned()], ..ClauseForm::default() });
    form
}

async fn town<'w>(world: &'w World, slug: &str) -> Gateway<'w> {
    let mut gateway = world.gateway(slug).await;
    gateway.rule = gateway.publish_rule(residents_and_workers()).await;
    gateway
}

impl Gateway<'_> {
    async fn codes(&self, kind: AttestationKind, count: u16) -> Vec<String> {
        let (until, redeem_until) = (Month::new(2027, 3).unwrap(), date!(2026 - 12 - 31));
        let batch = AttestationBatch { kind, name: String::new(), count, until, redeem_until };
        let issued = self.world.service.create_attestation_batch(&self.town.drafter().await, &batch).await.unwrap();
        issued.codes.iter().map(ToString::to_string).collect()
    }

    /// Puts a card on the reader whose holder is not let in, and stays on the outcome page.
    async fn is_refused(&self, tab: &mut Tab, client: &Client, holder: Holder) -> Go {
        let go = self.authorize(tab, &self.request(client, &[])).await;
        let go = self.read_card(tab, &go, holder).await;
        assert!(matches!(&go, Go::To(path) if path.ends_with("/outcome")), "{go:?}");
        go
    }

    async fn types(&self, tab: &mut Tab, go: &Go, code: &str) -> Result<Go, &'static str> {
        let (slug, typed) = (&self.town.slug, SecretString::from(code.to_owned()));
        match self.world.service.answer_with_code(slug, flow_of(go), &tab.0, &typed).await.unwrap() {
            TieAnswer::Step(step) => Ok(tab.take(*step)),
            TieAnswer::Refused => Err("refused"),
            TieAnswer::Wait => Err("wait"),
        }
    }

    async fn ended(&self, tab: &Tab, go: &Go) -> (Ending, AttestationKinds) {
        let FlowPage::Ended(page) = self.page(tab, go).await else { panic!("no outcome page") };
        (page.ending, page.would_do)
    }
}

const WORK: AttestationKinds = AttestationKinds::of_bits(1);

#[tokio::test]
async fn a_commuter_is_let_in_by_a_code_and_without_another_card() {
    on_both(async |world| {
        let gateway = town(&world, "showa").await;
        let library = gateway.client("library", "").await;
        let codes = gateway.codes(AttestationKind::Work, 2).await;
        let mut tab = Tab::default();
        let go = gateway.is_refused(&mut tab, &library, COMMUTER).await;
        assert_eq!(gateway.ended(&tab, &go).await, (Ending::Determined(ReasonCode::LivesElsewhere), WORK));
        let go = gateway.types(&mut tab, &go, &codes[0].to_lowercase()).await.unwrap();
        for table in REGISTER {
            assert_eq!(gateway.rows(table).await, 0, "{table} before consent");
        }
        assert_eq!(gateway.rows("attestation_code").await, 2, "a sign-in that is given up costs no code");
        let FlowPage::Consent(_) = gateway.page(&tab, &go).await else { panic!("no consent page") };
        let code = sent_code(&gateway.agree(&mut tab, &go).await);
        for table in REGISTER {
            assert_eq!(gateway.rows(table).await, 1, "{table} after consent");
        }
        assert_eq!(gateway.rows("attestation_code").await, 1);
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        let claims = gateway.claims(&tokens).await;
        assert_eq!(claims.get("urn:machikagi:claims:residency").unwrap()["valid_until"], "2027-03");
        let page = world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap();
        let [tie] = page.ties[..] else { panic!("one tie") };
        assert_eq!((tie.tie.kind, tie.tie.until.to_string().as_str()), (AttestationKind::Work, "2027-03"));
        assert!(!tie.ends_soon);
        // The tie decides at the next card, in any browser.
        let mut other = Tab::default();
        let go = gateway.authorize(&mut other, &gateway.request(&library, &[])).await;
        sent_code(&gateway.read_card(&mut other, &go, COMMUTER).await);
        // Nobody else is let in by it.
        gateway.is_refused(&mut Tab::default(), &library, OTHER).await;
    })
    .await;
}

#[tokio::test]
async fn whatever_a_code_lacks_the_answer_is_the_same() {
    on_both(async |world| {
        let gateway = town(&world, "showa").await;
        let elsewhere = town(&world, "tsuno").await;
        let library = gateway.client("library", "").await;
        let foreign = elsewhere.codes(AttestationKind::Work, 1).await;
        let school = gateway.codes(AttestationKind::School, 1).await;
        let codes = gateway.codes(AttestationKind::Work, 2).await;
        let mut tab = Tab::default();
        let go = gateway.is_refused(&mut tab, &library, COMMUTER).await;
        for wrong in ["", "0000-0000-0000-0000", "在勤です", &foreign[0], &school[0]] {
            assert_eq!(gateway.types(&mut tab, &go, wrong).await, Err("refused"), "{wrong}");
        }
        // After five wrong ones not even a right one is looked at in this sign-in.
        assert_eq!(gateway.types(&mut tab, &go, &codes[0]).await, Err("wait"));
        let mut fresh = Tab::default();
        let again = gateway.is_refused(&mut fresh, &library, COMMUTER).await;
        let again = gateway.types(&mut fresh, &again, &codes[0]).await.unwrap();
        gateway.agree(&mut fresh, &again).await;

        let mut late = Tab::default();
        let go = gateway.is_refused(&mut late, &library, OTHER).await;
        assert_eq!(gateway.types(&mut late, &go, &codes[0]).await, Err("refused"), "used");
        world.execute("update attestation_batch set ended_on = '2026-11-16'", Some(&gateway.town)).await;
        assert_eq!(gateway.types(&mut late, &go, &codes[1]).await, Err("refused"), "revoked");
        world
            .execute("update attestation_batch set ended_on = null, redeem_until = '2026-11-15'", Some(&gateway.town))
            .await;
        assert_eq!(gateway.types(&mut late, &go, &codes[1]).await, Err("refused"), "over");
        world.execute("update attestation_batch set redeem_until = '2026-11-16'", Some(&gateway.town)).await;
        let go = gateway.types(&mut late, &go, &codes[1]).await.unwrap();
        sent_code(&gateway.agree(&mut late, &go).await);
    })
    .await;
}

#[tokio::test]
async fn of_two_with_the_same_code_the_first_to_agree_has_it() {
    let test = async |world: World| {
        let gateway = town(&world, "showa").await;
        let library = gateway.client("library", "").await;
        let codes = gateway.codes(AttestationKind::Work, 1).await;
        let (mut first, mut second) = (Tab::default(), Tab::default());
        let mut at = Vec::new();
        for (tab, holder) in [(&mut first, COMMUTER), (&mut second, OTHER)] {
            let go = gateway.is_refused(tab, &library, holder).await;
            at.push(gateway.types(tab, &go, &codes[0]).await.unwrap());
        }
        let agree = gateway.agreeing(&first, &at[0]).await;
        let slug = &gateway.town.slug;
        let (one, two) = tokio::join!(
            world.service.answer_consent(slug, flow_of(&at[0]), &first.0, agree),
            world.service.answer_consent(slug, flow_of(&at[1]), &second.0, agree),
        );
        let (one, two) = (first.take(one.unwrap()), second.take(two.unwrap()));
        let (winner, loser, lost) = match &one {
            Go::Away(_) => (one, two, &mut second),
            _ => (two, one, &mut first),
        };
        sent_code(&winner);
        assert_eq!(gateway.ended(lost, &loser).await, (Ending::CodeTaken, AttestationKinds::NONE));
        for table in REGISTER {
            assert_eq!(gateway.rows(table).await, 1, "{table}");
        }
        assert_eq!(gateway.rows("attestation_code").await, 0);
    };
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

#[tokio::test]
async fn the_same_person_sends_the_form_twice() {
    on_both(async |world| {
        let gateway = town(&world, "showa").await;
        gateway.open_town_page().await;
        let library = gateway.client("library", "").await;
        let codes = gateway.codes(AttestationKind::Work, 2).await;
        let mut tab = Tab::default();
        let go = gateway.is_refused(&mut tab, &library, COMMUTER).await;
        let go = gateway.types(&mut tab, &go, &codes[0]).await.unwrap();
        let mut again = tab.clone();
        sent_code(&gateway.agree(&mut tab, &go).await);
        sent_code(&gateway.agree(&mut again, &go).await);
        assert_eq!((gateway.rows("resident").await, gateway.rows("attestation").await), (1, 1));
        assert_eq!(gateway.rows("attestation_code").await, 1);

        // On the town's own page a code does the same.
        let mut tab = Tab::default();
        let step = world.service.begin_town_sign_in(&gateway.town.slug, &tab.0).await.unwrap();
        let go = tab.take(step);
        let go = gateway.read_card(&mut tab, &go, OTHER).await;
        assert_eq!(gateway.ended(&tab, &go).await.1, WORK);
        let go = gateway.types(&mut tab, &go, &codes[1]).await.unwrap();
        let mut again = tab.clone();
        assert_eq!(gateway.agree(&mut tab, &go).await, Go::To("/t/showa/me".to_owned()));
        assert_eq!(gateway.agree(&mut again, &go).await, Go::To("/t/showa/me".to_owned()));
        assert_eq!((gateway.rows("resident").await, gateway.rows("attestation").await), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn a_tie_that_is_over_lets_nobody_in_and_one_that_ends_soon_is_said() {
    on_both(async |world| {
        let gateway = town(&world, "showa").await;
        let library = gateway.client("library", "").await;
        let codes = gateway.codes(AttestationKind::Work, 1).await;
        let mut tab = Tab::default();
        let go = gateway.is_refused(&mut tab, &library, COMMUTER).await;
        let go = gateway.types(&mut tab, &go, &codes[0]).await.unwrap();
        gateway.agree(&mut tab, &go).await;
        // In February it ends next month: that is said, and nothing is agreed to anew.
        let day = 24 * 3600;
        world.clock.advance(90 * day);
        let mut tab = Tab::default();
        let go = gateway.authorize(&mut tab, &gateway.request(&library, &[])).await;
        let go = gateway.read_card(&mut tab, &go, COMMUTER).await;
        let FlowPage::EndsSoon(page) = gateway.page(&tab, &go).await else { panic!("nothing is said") };
        assert_eq!(page.until.to_string(), "2027-03");
        sent_code(&gateway.answer(&mut tab, &go, ConsentAnswer::GoOn).await);
        let given = world.rows_where(&gateway.town, "consent_grant", "state = 'given' and revision = 1").await;
        assert_eq!(given, 1);
        let page = world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap();
        assert!(page.ties[0].ends_soon);
        // In April it is over.
        world.clock.advance(50 * day);
        let mut tab = Tab::default();
        let go = gateway.is_refused(&mut tab, &library, COMMUTER).await;
        assert_eq!(gateway.ended(&tab, &go).await, (Ending::MovedAway, WORK));
        assert_eq!(gateway.rows("eligibility").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_is_in_the_register_has_the_tie_at_once() {
    on_both(async |world| {
        let gateway = town(&world, "showa").await;
        let library = gateway.client("library", "").await;
        let codes = gateway.codes(AttestationKind::Work, 1).await;
        gateway.first_sign_in(&mut Tab::default(), &library, HANAKO, "openid").await;
        let mut tab = Tab::default();
        let moved = Holder { address: COMMUTER.address, ..HANAKO };
        let go = gateway.is_refused(&mut tab, &library, moved).await;
        assert_eq!(gateway.ended(&tab, &go).await, (Ending::MovedAway, WORK));
        assert_eq!(gateway.rows("eligibility").await, 0);
        // The consent stands, so the code leads straight back to the service.
        sent_code(&gateway.types(&mut tab, &go, &codes[0]).await.unwrap());
        for table in ["resident", "eligibility", "attestation"] {
            assert_eq!(gateway.rows(table).await, 1, "{table}");
        }
        assert_eq!(gateway.rows("attestation_code").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_only_the_card_holds_is_read_from_it_once_more() {
    on_both(async |world| {
        let gateway = town(&world, "showa").await;
        let form = gateway.client("form", "name:once").await;
        let codes = gateway.codes(AttestationKind::Work, 1).await;
        let mut tab = Tab::default();
        let request = gateway.request(&form, &[("scope", "openid name")]);
        let go = gateway.authorize(&mut tab, &request).await;
        let go = gateway.read_card(&mut tab, &go, COMMUTER).await;
        let go = gateway.types(&mut tab, &go, &codes[0]).await.unwrap();
        assert_eq!(gateway.rows("attestation_code").await, 1);
        let go = gateway.read_card(&mut tab, &go, COMMUTER).await;
        let code = sent_code(&gateway.agree(&mut tab, &go).await);
        assert_eq!((gateway.rows("attestation").await, gateway.rows("attestation_code").await), (1, 0));
        let tokens = gateway.redeem(&form, &code).await.unwrap();
        assert_eq!(gateway.userinfo(&tokens.access_token).await.unwrap()["name"], COMMUTER.name);
    })
    .await;
}

#[tokio::test]
async fn ties_that_staff_end_meanwhile_let_nobody_in() {
    on_both(async |world| {
        let gateway = town(&world, "showa").await;
        let library = gateway.client("library", "").await;
        let codes = gateway.codes(AttestationKind::Work, 2).await;
        // Somebody with a tie at the consent of a second service, and somebody who typed a code and did not agree yet.
        let mut tied = Tab::default();
        let go = gateway.is_refused(&mut tied, &library, COMMUTER).await;
        let go = gateway.types(&mut tied, &go, &codes[0]).await.unwrap();
        gateway.agree(&mut tied, &go).await;
        let second = gateway.client("second", "").await;
        let mut other = Tab::default();
        let go = gateway.authorize(&mut other, &gateway.request(&second, &[])).await;
        let at_consent = gateway.read_card(&mut other, &go, COMMUTER).await;

        let admin = gateway.town.admin().await;
        world.service.end_attestations(&admin, AttestationKind::Work, TieEnd::Now).await.unwrap();
        assert_eq!(gateway.rows("eligibility").await, 0);
        let go = gateway.agree(&mut other, &at_consent).await;
        assert!(!matches!(&go, Go::Away(url) if url.contains("code=")), "a code on a tie that is no more");
        assert_eq!(gateway.rows("eligibility").await, 0);
        gateway.is_refused(&mut Tab::default(), &library, COMMUTER).await;
    })
    .await;
}
