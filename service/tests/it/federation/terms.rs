//! For how long a determination holds: until the card is due again, until its term is over, through new versions of the rule.

use domain::configuration::{EarlierEligibilities, ResidencyRuleForm};
use domain::locale::Locale;
use service::configuration::{Form, Submission};
use service::federation::{CardDue, Ending, FlowPage};

use crate::harness::forms::reason;
use crate::harness::gateway::{Client, Gateway, rule_form};
use crate::harness::{HANAKO, TARO, Tab, flow_of, on_both, parameter, sent_code};

/// A sign-in in a browser with a session: the code, or why the card is asked for.
async fn signs_in(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client) -> Result<String, CardDue> {
    let silent = gateway.authorize(tab, &gateway.request(client, &[("prompt", "none")])).await;
    let go = gateway.authorize(tab, &gateway.request(client, &[])).await;
    if parameter(&silent, "code").is_some() {
        return Ok(sent_code(&go));
    }
    assert_eq!(parameter(&silent, "error").as_deref(), Some("interaction_required"));
    let FlowPage::Ended(page) = gateway.page(tab, &go).await else { panic!("no page that says why") };
    let Ending::CardDue(due) = page.ending else { panic!("{:?}", page.ending) };
    assert!(page.can_retry);
    let step = gateway.world.service.retry_flow(&gateway.town.slug, flow_of(&go), &tab.0).await.unwrap();
    let go = tab.take(step);
    sent_code(&gateway.read_card(tab, &go, HANAKO).await);
    Err(due)
}

async fn publish_next(gateway: &Gateway<'_>, form: ResidencyRuleForm, earlier_eligibilities: EarlierEligibilities) {
    let (service, town) = (&gateway.world.service, &gateway.town);
    let (drafter, approver) = (town.drafter().await, town.approver().await);
    let draft = service.get_draft(&drafter, gateway.rule).await.unwrap();
    let seen = service.save_draft(&drafter, gateway.rule, draft.seen, &Form::ResidencyRule(form)).await.unwrap();
    let submission = Submission { reason: reason(), effective_on: service.today(), earlier_eligibilities };
    let request = service.submit_draft(&drafter, gateway.rule, seen, &submission).await.unwrap();
    let seen_by_approver = service.get_decision(&approver, request, Locale::Ja).await.unwrap();
    assert_eq!(seen_by_approver.earlier_eligibilities, Some(earlier_eligibilities));
    service.approve_request(&approver, request, 1, service.today(), "").await.unwrap();
    // What was chosen stays with the version.
    let decided = service.get_decision(&approver, request, Locale::Ja).await.unwrap();
    assert_eq!(decided.earlier_eligibilities, Some(earlier_eligibilities));
}

#[tokio::test]
async fn the_card_is_asked_for_again_before_the_term_is_over() {
    on_both(async |world| {
        let mut gateway = world.gateway("showa").await;
        let form = ResidencyRuleForm { recheck_months: "3".to_owned(), ..rule_form("") };
        gateway.rule = gateway.publish_rule(form).await;
        let library = gateway.client("library", "").await;
        let mut tab = Tab::default();
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        let months = "expires_month = '2027-11' and recheck_month = '2027-02'";
        assert_eq!(world.rows_where(&gateway.town, "eligibility", months).await, 1);
        let page = world.service.my_page(&gateway.town.slug, &tab.0).await.unwrap();
        assert_eq!(page.eligible_until.map(|month| month.to_string()).as_deref(), Some("2027-11"));
        assert_eq!(page.card_from.map(|month| month.to_string()).as_deref(), Some("2027-03"));
        let code = signs_in(&gateway, &mut tab, &library).await.unwrap();
        let tokens = gateway.redeem(&library, &code).await.unwrap();
        let residency = gateway.claims(&tokens).await;
        let residency = residency.get("urn:machikagi:claims:residency").unwrap();
        assert_eq!(residency["valid_until"], "2027-11", "services are told the end, not the next card");

        // A session lives for hours, so the row is moved instead of the clock.
        world.execute("update eligibility set recheck_month = '2026-11'", Some(&gateway.town)).await;
        signs_in(&gateway, &mut tab, &library).await.unwrap();
        world.execute("update eligibility set recheck_month = '2026-10'", Some(&gateway.town)).await;
        assert_eq!(signs_in(&gateway, &mut tab, &library).await, Err(CardDue::Recheck));
        assert_eq!(world.rows_where(&gateway.town, "eligibility", months).await, 1);
        signs_in(&gateway, &mut tab, &library).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_new_version_lets_earlier_eligibilities_run_on_or_asks_for_the_card() {
    use EarlierEligibilities::{CardAgain, RunOn};
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = gateway.client("library", "").await;
        let (mut tab, mut other) = (Tab::default(), Tab::default());
        gateway.first_sign_in(&mut tab, &library, HANAKO, "openid").await;
        gateway.first_sign_in(&mut other, &library, TARO, "openid").await;
        let of_version =
            async |number: u8| world.rows_where(&gateway.town, "eligibility", &format!("rule_number = {number}")).await;
        let form = |months: &str| ResidencyRuleForm { term_months: months.to_owned(), ..rule_form("") };

        // A code that is on its way is redeemed under a version that lets earlier ones run on.
        let code = signs_in(&gateway, &mut tab, &library).await.unwrap();
        publish_next(&gateway, form("11"), RunOn).await;
        gateway.redeem(&library, &code).await.unwrap();
        signs_in(&gateway, &mut tab, &library).await.unwrap();
        assert_eq!((of_version(1).await, of_version(2).await), (2, 0));
        // The next card decides by the new version all the same.
        let mut anew = Tab::default();
        let go = gateway.authorize(&mut anew, &gateway.request(&library, &[])).await;
        sent_code(&gateway.read_card(&mut anew, &go, HANAKO).await);
        assert_eq!((of_version(1).await, of_version(2).await), (1, 1));
        assert_eq!(world.rows_where(&gateway.town, "eligibility", "expires_month = '2027-10'").await, 1);

        let code = signs_in(&gateway, &mut tab, &library).await.unwrap();
        publish_next(&gateway, form("10"), CardAgain).await;
        assert!(gateway.redeem(&library, &code).await.is_err());
        assert_eq!(signs_in(&gateway, &mut tab, &library).await, Err(CardDue::NewRule));
        assert_eq!((of_version(1).await, of_version(3).await), (1, 1));

        // What ended does not come back with a later version that lets its own predecessor run on.
        publish_next(&gateway, form("9"), RunOn).await;
        signs_in(&gateway, &mut tab, &library).await.unwrap();
        assert_eq!(of_version(3).await, 1);
        let silent = gateway.authorize(&mut other, &gateway.request(&library, &[("prompt", "none")])).await;
        assert_eq!(parameter(&silent, "error").as_deref(), Some("interaction_required"));

        // The choice stands in the audit trail, at the submission and in force.
        let said = |word: &str| format!("body like '%前の版で決まった資格: {word}%'");
        for (word, times) in [("期限まで続ける", 4), ("もう一度カードで確かめる", 2)] {
            assert_eq!(world.rows_where(&gateway.town, "audit_text", &said(word)).await, times, "{word}");
        }
    })
    .await;
}
