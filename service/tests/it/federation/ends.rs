//! Eligibilities that end with their month: who is told of it, when, and how often.

use std::collections::BTreeSet;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::configuration::ResidencyRuleForm;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::harness::gateway::rule_form;
use crate::harness::{Client, Gateway, HANAKO, Holder, TARO, Tab, World, on_both, sent_code};

/// Towns begin at three in the night and are spread over three hours.
const AFTER_THE_NIGHT: OffsetDateTime = datetime!(2027-01-01 06:30 +9);

async fn client(gateway: &Gateway<'_>, key: &str, kinds: &str) -> Client {
    gateway
        .client_that(key, |form| {
            form.client.events.delivery = "poll".to_owned();
            form.client.events.kinds = kinds.to_owned();
        })
        .await
}

fn go_to(world: &World, moment: OffsetDateTime) {
    world.clock.advance((moment - world.clock.now()).whole_seconds());
}

/// Signs in and says by which pseudonym the service knows the person.
async fn sign_in(gateway: &Gateway<'_>, tab: &mut Tab, client: &Client, holder: Holder) -> Value {
    let code = gateway.first_sign_in(tab, client, holder, "openid").await;
    let tokens = gateway.redeem(client, &code).await.unwrap();
    gateway.claims(&tokens).await.get("sub").unwrap().clone()
}

/// Of whom a service is told, in order; what it heard is acknowledged.
async fn told(gateway: &Gateway<'_>, client: &Client) -> Vec<Value> {
    let (service, slug) = (&gateway.world.service, &gateway.town.slug);
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{}", client.client_id, client.secret)));
    let poll = async |body: Value| {
        let answer = service.poll_events(slug, Some(&basic), body.to_string().as_bytes()).await;
        answer.unwrap().unwrap().sets
    };
    let sets = poll(json!({})).await;
    let mut people = Vec::new();
    for token in sets.values() {
        let claims = token.split('.').nth(1).unwrap();
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["events"], json!({"urn:machikagi:events:eligibility-ended": {}}));
        people.push(claims["sub_id"]["sub"].clone());
    }
    poll(json!({"ack": sets.keys().collect::<Vec<_>>(), "maxEvents": 0})).await;
    people.sort_by_key(Value::to_string);
    people
}

/// Whatever is due for so many minutes, as two server processes beside each other do it.
async fn let_work(world: &World, minutes: u32) {
    let elsewhere = world.another_process().await;
    for _ in 0..minutes {
        let (one, other) = futures::join!(world.service.run_due_jobs(), elsewhere.run_due_jobs());
        one.unwrap();
        other.unwrap();
        world.clock.advance(60);
    }
}

// conforms: Our own
#[tokio::test]
async fn who_wants_to_be_told_is_told_once_when_a_month_ends_an_eligibility() {
    on_both(async |world| {
        let mut gateway = world.gateway("showa").await;
        gateway.rule = gateway.publish_rule(ResidencyRuleForm { term_months: "1".to_owned(), ..rule_form("") }).await;
        let library = client(&gateway, "library", "eligibility_ended").await;
        let health = client(&gateway, "health", "eligibility_ended consent_withdrawn").await;
        let others = client(&gateway, "others", "consent_withdrawn town_id_deleted").await;
        let (mut hanako, mut taro) = (Tab::default(), Tab::default());
        let ending = sign_in(&gateway, &mut hanako, &library, HANAKO).await;
        let renewed = sign_in(&gateway, &mut taro, &library, TARO).await;
        let go = gateway.authorize(&mut hanako, &gateway.request(&others, &[])).await;
        sent_code(&gateway.agree(&mut hanako, &go).await);
        assert_eq!(world.rows_where(&gateway.town, "eligibility", "expires_month = '2026-12'").await, 2);

        go_to(&world, datetime!(2026-12-31 23:50 +9));
        let_work(&world, 1).await;
        assert_eq!(gateway.rows("service_notice").await, 0, "the month is not over");
        // He comes with the card in the first night, before anybody looked.
        go_to(&world, datetime!(2027-01-01 00:30 +9));
        let mut anew = Tab::default();
        let go = gateway.authorize(&mut anew, &gateway.request(&library, &[])).await;
        sent_code(&gateway.read_card(&mut anew, &go, TARO).await);
        let_work(&world, 1).await;
        assert_eq!(gateway.rows("service_notice").await, 0, "nobody looks at midnight");
        go_to(&world, AFTER_THE_NIGHT);
        let_work(&world, 2).await;
        assert_eq!(told(&gateway, &library).await, [ending]);
        assert_eq!(told(&gateway, &health).await, [json!(null); 0], "she never agreed to that one");
        assert_eq!(told(&gateway, &others).await, [json!(null); 0], "and this one did not ask");
        let_work(&world, 2).await;
        assert_eq!(gateway.rows("service_notice").await, 0, "once");

        // The next month is another one's, and a server that was away tells of it later.
        go_to(&world, datetime!(2027-04-20 12:00 +9));
        let_work(&world, 2).await;
        assert_eq!(told(&gateway, &library).await, [renewed]);
        let through = "through_month = '2027-03' and resident_id is null";
        assert_eq!(world.rows_where(&gateway.town, "told_ends", through).await, 1);
    })
    .await;
}

/// So many invented residents whose eligibility under the town's rule ends with this month, each with a consent for each service.
async fn people(gateway: &Gateway<'_>, how_many: u32, services: &[&Client]) {
    let world = gateway.world;
    let town = world.literal(gateway.town.organisation.uuid());
    let id = |kind: u128, number: u32| world.literal(uuid::Uuid::from_u128((kind << 64) | u128::from(number) << 8));
    let bytes = |number: u32| {
        let digits = format!("{number:064x}");
        if town.starts_with('x') { format!("x'{digits}'") } else { format!("'\\x{digits}'") }
    };
    let (rule, text) = (world.literal(gateway.rule.uuid()), world.literal(gateway.text.uuid()));
    for numbers in (1..=how_many).collect::<Vec<_>>().chunks(250) {
        let (mut residents, mut eligibilities, mut grants) = (String::new(), String::new(), String::new());
        for number in numbers.iter().copied() {
            let resident = id(1, number);
            write!(residents, ",({town}, {resident}, {resident}, {}, 1, 3, '2026-11')", bytes(number)).unwrap();
            let term = "'2026-11', '2026-11'";
            write!(eligibilities, ",({town}, {resident}, {rule}, 1, 'eligible', 'met', 'chip', {term})").unwrap();
            for (at, client) in (2..).zip(services) {
                let (grant, party) = (id(at, number), world.literal(client.id.uuid()));
                write!(grants, ",({town}, {grant}, {resident}, {party}, {text}, 1, 'ja', 0, 'given', '2026-11-16')")
                    .unwrap();
            }
        }
        for (into, rows) in [
            ("resident (organisation_id, id, identity_provider_id, subject_digest, pepper_number, ial, since_month)", residents),
            (
                "eligibility (organisation_id, resident_id, rule_id, rule_number, outcome, reason, address_source,
                    verified_month, expires_month)",
                eligibilities,
            ),
            (
                "consent_grant (organisation_id, id, resident_id, relying_party_id, consent_text_id, consent_text_number,
                    language, items, state, given_on)",
                grants,
            ),
        ] {
            world.execute(&format!("insert into {into} values {}", rows.trim_start_matches(',')), Some(&gateway.town)).await;
        }
    }
}

// conforms: Our own
#[tokio::test]
async fn the_end_of_a_year_is_told_in_turns_and_of_nobody_twice() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let (library, health) =
            (client(&gateway, "library", "eligibility_ended").await, client(&gateway, "health", "eligibility_ended").await);
        people(&gateway, 2_500, &[&library, &health]).await;
        let small = world.gateway("mino").await;
        let theirs = client(&small, "library", "eligibility_ended").await;
        people(&small, 1, &[&theirs]).await;

        go_to(&world, datetime!(2026-12-01 06:30 +9));
        let_work(&world, 1).await;
        let noted = gateway.rows("service_notice").await;
        assert!(noted > 0 && noted <= 2 * 2_000, "{noted}: the large town takes all");
        assert_eq!(small.rows("service_notice").await, 1, "the small one had its turn");
        // Jobs that a process left behind when it died, and one that is done twice at the same moment.
        for ago in [30, 20, 10] {
            let (due_at, organisation) =
                (world.clock.seconds() - ago, world.literal(gateway.town.organisation.uuid()));
            let columns = "organisation_id, kind, due_at, leased_until, attempts";
            let job = format!("insert into job ({columns}) values ({organisation}, 'tell_ends', {due_at}, 0, 0)");
            world.execute(&job, None).await;
        }
        let_work(&world, 4).await;
        assert_eq!(gateway.rows("service_notice").await, 2 * 2_500);
        for client in [&library, &health] {
            let own = format!("relying_party_id = {}", world.literal(client.id.uuid()));
            assert_eq!(world.rows_where(&gateway.town, "service_notice", &own).await, 2_500);
            let twice = format!(
                "{own} and subject in (select subject from service_notice where {own} group by subject having count(*) > 1)"
            );
            assert_eq!(world.rows_where(&gateway.town, "service_notice", &twice).await, 0);
        }
        assert_eq!(small.rows("service_notice").await, 1);
        let whole = "through_month = '2026-11' and resident_id is null";
        assert_eq!(world.rows_where(&gateway.town, "told_ends", whole).await, 1);
        let heard: BTreeSet<String> = told(&gateway, &library).await.iter().map(Value::to_string).collect();
        assert_eq!(heard.len(), 100);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn what_ended_long_ago_rests_no_longer() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "eligibility_ended").await;
        people(&gateway, 900, &[&library]).await;
        let mut hanako = Tab::default();
        sign_in(&gateway, &mut hanako, &library, HANAKO).await;
        // Hers runs for long; in another town one ends as those of these people do, and nobody wants to be told.
        let (small, ended) = (world.gateway("mino").await, "expires_month = '2026-11'");
        people(&small, 1, &[&client(&small, "library", "consent_withdrawn").await]).await;

        go_to(&world, datetime!(2027-02-28 23:00 +9));
        let_work(&world, 2).await;
        assert_eq!(world.rows_where(&gateway.town, "eligibility", ended).await, 900, "three months are not over");
        go_to(&world, datetime!(2027-03-01 06:30 +9));
        let_work(&world, 2).await;
        assert_eq!(
            (world.rows_where(&gateway.town, "eligibility", ended).await, gateway.rows("eligibility").await),
            (0, 1)
        );
        assert_eq!((gateway.rows("resident").await, gateway.rows("consent_grant").await), (901, 901));
        assert_eq!(
            gateway.rows("service_notice").await,
            900,
            "they were told of when it ended, and not of its end here"
        );
        assert_eq!(small.rows("eligibility").await, 0);
        let next =
            format!("kind = 'tell_ends' and organisation_id = {}", world.literal(gateway.town.organisation.uuid()));
        assert_eq!(world.rows(&format!("job where {next}")).await, 1);
    })
    .await;
}

// conforms: Our own
#[tokio::test]
async fn where_nobody_asked_nothing_is_read() {
    on_both(async |world| {
        let gateway = world.gateway("showa").await;
        let library = client(&gateway, "library", "consent_withdrawn").await;
        people(&gateway, 3, &[&library]).await;
        go_to(&world, datetime!(2027-02-01 06:30 +9));
        let_work(&world, 1).await;
        assert_eq!(gateway.rows("service_notice").await, 0);
        assert_eq!(world.rows_where(&gateway.town, "told_ends", "through_month = '2027-01'").await, 1);
        // Whoever asks later is told of what ends later, and not of what ended long ago.
        let later = client(&gateway, "later", "eligibility_ended").await;
        let_work(&world, 1).await;
        assert_eq!(told(&gateway, &later).await, [json!(null); 0]);
    })
    .await;
}
