//! The marker test: residents whose name, address, birthdate, gender and provider subject occur nowhere else pass through
//! every outcome of the real router; afterwards no byte that rests anywhere knows them.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use axum::http::StatusCode;
use domain::access::Role;
use domain::calendar::Month;
use domain::configuration::ClauseForm;
use domain::ids::OrganisationId;
use domain::residency::{AttestationBatch, AttestationKind};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use time::macros::date;

use crate::browser::Browser;
use crate::client::Client;
use crate::harness::device::Device;
use crate::harness::gateway::{Gateway, rule_form};
use crate::harness::{Given, Holder, Mood, PASSWORD, World, code_of, mail, on_postgres, on_sqlite, token_body};
use crate::traces::Traces;

const SUBJECT: &str = "sbj7f3kqz";
const PLANTED: &str = "植込漏洩検査";

/// Every resident of this test; only subject and address differ.
const MARKED: Holder = Holder {
    sub: "sbj7f3kqz-1",
    name: "鷽沼　緋奈乃ｱｲｺ",
    address: "福島県大沼郡昭和村大字字標識原９８７６番地５４",
    birthdate: "19340817",
    gender: "2",
    given: Given::Whole,
};
const ELSEWHERE: &str = "群馬県利根郡昭和村大字字標識原９８７６番地５４";
const NOWHERE: &str = "■■■字標識原９８７６番地５４";

fn markers() -> Traces {
    let texts = [
        MARKED.name,
        "鷽沼",
        "緋奈乃",
        "ｱｲｺ",
        "字標識原９８７６番地５４",
        "字標識原",
        "９８７６番地５４",
        SUBJECT,
        r#""gender":"2""#,
        r#""gender":"female""#,
        "gender=female",
    ];
    Traces::of(&texts, MARKED.birthdate)
}

/// What the process says of itself, from the first call on.
struct Observed {
    lines: Arc<Mutex<Vec<u8>>>,
    metrics: PrometheusHandle,
}

fn observed() -> &'static Observed {
    static OBSERVED: OnceLock<Observed> = OnceLock::new();
    OBSERVED.get_or_init(|| {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let writer = Lines(Arc::clone(&lines));
        // More than an operator sees: of our own code every level.
        let filter = "info,sqlx=warn,app=trace,domain=trace,oidc=trace,server=trace,service=trace";
        tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_env_filter(filter)
            .with_writer(move || writer.clone())
            .init();
        Observed { lines, metrics: PrometheusBuilder::new().install_recorder().unwrap() }
    })
}

#[derive(Clone)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nobody_is_known_afterwards() {
    observed();
    let test = async |world: World| {
        let (said, key) = Box::pin(everybody_passes(&world)).await;
        let mut places = world.places(key).await;
        places.push(("addresses and headers".to_owned(), said.into_bytes()));
        places.push(("logs".to_owned(), observed().lines.lock().unwrap().clone()));
        places.push(("metrics".to_owned(), observed().metrics.render().into_bytes()));
        places.push(("mails".to_owned(), mails_to_staff(&world).await));
        let markers = markers();
        for (place, bytes) in &places {
            let found: Vec<&str> = markers.found_in(bytes).iter().map(|trace| trace.form.as_str()).collect();
            assert!(found.is_empty(), "{place}: {found:?}");
        }
        let text = |name: &str| {
            let (_, bytes) = places.iter().find(|(place, _)| place.contains(name)).unwrap();
            String::from_utf8_lossy(bytes).into_owned()
        };
        // It was looked at where something is.
        assert!(text("logs").contains("/t/{tenant}/callback") && text("metrics").contains("/t/{tenant}/token"));
        assert!(text("addresses").contains("set-cookie: flow-"));
        assert!(
            text("mails").contains("does not answer") && text("mails").contains("The client secret of the service")
        );

        // The same reading finds a leak: one planted into a column, in clear and in hex.
        let hex: String = PLANTED.bytes().map(|byte| format!("{byte:02x}")).collect();
        let traces = Traces::of(&[PLANTED], "17991231");
        for (planted, form) in [(PLANTED, "text"), (hex.as_str(), "hex")] {
            let sql = format!("update organisation set name_ja = '{planted}' where id = {}", world.literal(key.uuid()));
            world.execute(&sql, None).await;
            let places = world.places(key).await;
            let leaks = |bytes: &[u8]| traces.found_in(bytes).iter().any(|trace| trace.form.starts_with(form));
            assert!(
                places.iter().any(|(_, bytes)| leaks(bytes.as_slice())),
                "{form} is in none of {} places",
                places.len()
            );
        }
    };
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

/// Everything that staff are told by mail of what happened: of a provider that failed, and of secrets a year later.
async fn mails_to_staff(world: &World) -> Vec<u8> {
    world.service.note_outages().await.unwrap();
    world.clock.advance(2 * 3_600);
    assert!(world.service.send_due_mails().await.unwrap() > 0, "of the provider");
    world.clock.advance(340 * 24 * 3_600);
    assert!(world.service.send_due_mails().await.unwrap() > 0, "of secrets");
    let mails = world.mailbox.take().into_iter();
    mails
        .flat_map(|mail| [mail.subject.into_bytes(), mail.text.into_bytes(), mail.html.into_bytes(), mail.wire])
        .flatten()
        .collect()
}

/// What a page hands to its script.
fn options(page: &str) -> String {
    let (_, options) = page.split_once("data-options=\"").unwrap();
    options.split_once('"').unwrap().0.replace("&quot;", "\"").replace("&amp;", "&")
}

fn credential(answer: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("credential", answer).finish()
}

/// Every outcome, with a person of the markers each time: what answers said outside their pages.
async fn everybody_passes(world: &World) -> (String, OrganisationId) {
    let mut gateway = world.gateway("showa").await;
    let mut rule = rule_form("");
    rule.clauses.push(ClauseForm { ties: vec!["work".to_owned()], ..ClauseForm::default() });
    gateway.rule = gateway.publish_rule(rule).await;
    let gateway = gateway;
    gateway.open_town_page().await;
    let form = gateway.client("form", "name:once address:every_time birthdate:once gender:once").await;
    let library = gateway.client("library", "").await;
    let router = Client::nobody(world).router;
    let scope = "openid residency name address birthdate gender";
    let with_attributes = format!("/t/showa/authorize?{}", gateway.request(&form, &[("scope", scope)]));
    let without = format!("/t/showa/authorize?{}", gateway.request(&library, &[]));
    let new = || Browser::at_router(router.clone());
    let mut said = Vec::new();

    let to_page = async |browser: &mut Browser, request: &str, holder: Holder, mood: Mood| -> String {
        let answer = browser.get(request).await.unwrap();
        let card = browser.way(&answer);
        assert!(card.starts_with(&gateway.card.issuer()), "{card}");
        let query = gateway.card.read(&card, holder);
        gateway.card.behaves(mood);
        let answer = browser.get(&format!("/t/showa/callback?{query}")).await.unwrap();
        gateway.card.behaves(Mood::Fine);
        browser.way(&answer)
    };
    let code_of_url = |url: &str| {
        let url = url::Url::parse(url).unwrap();
        let (_, code) = url.query_pairs().find(|(name, _)| name == "code").unwrap();
        code.into_owned()
    };
    let decide = async |browser: &mut Browser, page: &str, decision: &str| -> String {
        assert!(page.ends_with("/consent"), "{page}");
        assert_eq!(browser.get(page).await.unwrap().status, StatusCode::OK);
        let answer = match decision {
            "accept" => browser.agree(page).await.unwrap(),
            other => browser.post(page, &format!("decision={other}")).await.unwrap(),
        };
        browser.way(&answer)
    };

    // Consents, with attributes; the service asks for them, then shows the code a second time.
    let mut resident = new();
    let page = to_page(&mut resident, &with_attributes, MARKED, Mood::Fine).await;
    let code = code_of_url(&decide(&mut resident, &page, "accept").await);
    let body = token_body(&form, &code, &[]);
    let mut backend = new();
    let answer = backend.post("/t/showa/token", &body).await.unwrap();
    let tokens: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let userinfo = backend.ask("GET", "/t/showa/userinfo", None, &[("authorization", &bearer)]).await.unwrap();
    assert!(userinfo.body.contains("緋奈乃") && userinfo.body.contains("1934-08-17"), "{}", userinfo.body);
    assert_eq!(backend.post("/t/showa/token", &body).await.unwrap().status, StatusCode::BAD_REQUEST);
    let userinfo = backend.ask("GET", "/t/showa/userinfo", None, &[("authorization", &bearer)]).await.unwrap();
    assert_eq!(userinfo.status, StatusCode::UNAUTHORIZED);
    // A second service, from the session and without attributes; and a code that nobody redeems.
    let answer = resident.get(&without).await.unwrap();
    let page = resident.way(&answer);
    decide(&mut resident, &page, "accept").await;
    // Found again, in another browser.
    let mut again = new();
    code_of_url(&to_page(&mut again, &without, MARKED, Mood::Fine).await);
    // Adds a passkey there, and comes again with it.
    let mut device = Device::new("device");
    let asked = again.get("/t/showa/me/passkeys").await.unwrap().body;
    let answer = again.post("/t/showa/me/passkeys", &credential(&device.make(&options(&asked)))).await.unwrap();
    assert_eq!(again.way(&answer), "/t/showa/me?done=passkey-added");
    again.cookies.retain(|name, _| !name.starts_with("resident-"));
    let answer = again.get(&without).await.unwrap();
    let page = again.way(&answer);
    let asked = again.get(&page).await.unwrap().body;
    let answer = again.post(&page, &credential(&device.sign(&options(&asked)))).await.unwrap();
    code_of_url(&again.way(&answer));
    // Withdraws.
    let me = resident.get("/t/showa/me").await.unwrap().body;
    let link = me.split('"').find(|text| text.starts_with("/t/showa/me/withdraw/")).unwrap().to_owned();
    assert_eq!(resident.post(&link, "").await.unwrap().status, StatusCode::SEE_OTHER);
    // Moves away, then to where nobody can tell.
    for address in [ELSEWHERE, NOWHERE] {
        let moved = Holder { address, ..MARKED };
        let page = to_page(&mut new(), &without, moved, Mood::Fine).await;
        assert!(page.ends_with("/outcome"), "{page}");
    }
    // Refuses; is not eligible; cannot be decided; gives up in the middle; has no card at hand.
    let mut refusing = new();
    let page = to_page(&mut refusing, &with_attributes, Holder { sub: "sbj7f3kqz-2", ..MARKED }, Mood::Fine).await;
    assert!(decide(&mut refusing, &page, "refuse").await.contains("access_denied"));
    for (sub, address) in [("sbj7f3kqz-3", ELSEWHERE), ("sbj7f3kqz-4", NOWHERE)] {
        let mut browser = new();
        let page = to_page(&mut browser, &with_attributes, Holder { sub, address, ..MARKED }, Mood::Fine).await;
        assert_eq!(browser.get(&page).await.unwrap().status, StatusCode::OK);
        let answer = browser.post(&page.replace("/outcome", "/return"), "").await.unwrap();
        assert!(browser.way(&answer).contains("access_denied"));
        said.push(browser.said);
    }
    let mut leaving = new();
    let page = to_page(&mut leaving, &with_attributes, Holder { sub: "sbj7f3kqz-5", ..MARKED }, Mood::Fine).await;
    assert_eq!(leaving.get(&page).await.unwrap().status, StatusCode::OK);
    let mut declining = new();
    let answer = declining.get(&with_attributes).await.unwrap();
    let query = gateway.card.decline(&declining.way(&answer), "access_denied");
    declining.get(&format!("/t/showa/callback?{query}")).await.unwrap();
    // The provider fails, after it has learnt who it is or with an answer that names the person.
    let moods = [
        Mood::Down,
        Mood::Nonsense,
        Mood::RefusesCode,
        Mood::WrongNonce,
        Mood::WrongAccessTokenHash,
        Mood::Expired,
        Mood::NoLevel,
        Mood::OtherKey,
        Mood::OtherSubject,
        Mood::NoName,
        Mood::LongAddress,
    ];
    for mood in moods {
        let mut browser = new();
        let page = to_page(&mut browser, &with_attributes, Holder { sub: "sbj7f3kqz-6", ..MARKED }, mood).await;
        assert!(page.ends_with("/outcome"), "{mood:?}: {page}");
        browser.get(&page).await.unwrap();
        said.push(browser.said);
    }
    // Signs in on the town's own page and deletes the town ID.
    let mut deleting = new();
    let answer = deleting.post("/t/showa/sign-in", "").await.unwrap();
    let query = gateway.card.read(&deleting.way(&answer), Holder { sub: "sbj7f3kqz-7", ..MARKED });
    let answer = deleting.get(&format!("/t/showa/callback?{query}")).await.unwrap();
    let page = deleting.way(&answer);
    decide(&mut deleting, &page, "accept").await;
    assert_eq!(deleting.post("/t/showa/me/delete", "").await.unwrap().status, StatusCode::SEE_OTHER);
    // Lives elsewhere and works here: types a name where a code is asked for, then the code, and comes again.
    let (until, redeem_until) = (Month::new(2027, 3).unwrap(), date!(2026 - 12 - 31));
    let batch = AttestationBatch { kind: AttestationKind::Work, name: String::new(), count: 1, until, redeem_until };
    let issued = world.service.create_attestation_batch(&gateway.town.drafter().await, &batch).await.unwrap();
    let works_here = Holder { sub: "sbj7f3kqz-10", address: ELSEWHERE, ..MARKED };
    let mut commuter = new();
    let page = to_page(&mut commuter, &without, works_here, Mood::Fine).await;
    let typed =
        |code: &str| url::form_urlencoded::Serializer::new(String::new()).append_pair("tie_code", code).finish();
    let wrong = commuter.post(&page, &typed(MARKED.name)).await.unwrap();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = commuter.post(&page, &typed(&issued.codes[0].to_string())).await.unwrap();
    let page = commuter.way(&answer);
    code_of_url(&decide(&mut commuter, &page, "accept").await);
    code_of_url(&to_page(&mut new(), &without, works_here, Mood::Fine).await);
    // Goes to the desk with a code, where two clerks look at the card; goes on from the open page, and comes again.
    let nowhere = Holder { sub: "sbj7f3kqz-9", address: NOWHERE, ..MARKED };
    let mut undecided = new();
    let page = to_page(&mut undecided, &without, nowhere, Mood::Fine).await;
    assert_eq!(undecided.post(&page, "desk=code").await.unwrap().status, StatusCode::SEE_OTHER);
    let shown = undecided.get(&page).await.unwrap().body;
    let (_, code) = shown.split_once("r-code").and_then(|(_, rest)| rest.split_once("</span>")).unwrap();
    let code = code.get(..9).unwrap();
    let first = Client::of(world, &gateway.town, Role::Drafter).await;
    let mut desk = first.browser();
    let answer = desk.post("/console/showa/desk", &format!("desk_code={code}")).await.unwrap();
    let request = desk.way(&answer);
    let seen = desk.get(&request).await.unwrap();
    assert_eq!(seen.status, StatusCode::OK);
    let until = seen.body.split("value=\"20").nth(1).and_then(|rest| rest.get(..5)).unwrap();
    let typed = [
        ("finding", "eligible".to_owned()),
        ("until", format!("20{until}")),
        ("mail", mail(&gateway.town, Role::Approver)),
        ("password", PASSWORD.to_owned()),
        ("code", code_of(&world.clock)),
    ];
    let typed = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish();
    let recorded = desk.post(&request, &typed).await.unwrap();
    assert!(recorded.status == StatusCode::OK && recorded.body.contains("secret__value"), "{}", recorded.body);
    let answer = undecided.post(&page, "desk=done").await.unwrap();
    let page = undecided.way(&answer);
    code_of_url(&decide(&mut undecided, &page, "accept").await);
    code_of_url(&to_page(&mut new(), &without, nowhere, Mood::Fine).await);
    // Keeps a recovery number, and comes with a renewed card, as somebody else; two clerks put it in the place of the former one.
    let (mut former, mut renewed) = (new(), new());
    for (browser, sub) in [(&mut former, "sbj7f3kqz-11"), (&mut renewed, "sbj7f3kqz-12")] {
        let page = to_page(browser, &without, Holder { sub, ..MARKED }, Mood::Fine).await;
        code_of_url(&decide(browser, &page, "accept").await);
    }
    let shown = |body: &str| -> String {
        let (_, shown) = body.split_once("r-code").and_then(|(_, rest)| rest.split_once("</span>")).unwrap();
        shown.split_once('<').unwrap().0.to_owned()
    };
    let number = shown(&former.post("/t/showa/me/renewed-card", "want=number").await.unwrap().body);
    let code = shown(&renewed.post("/t/showa/me/renewed-card", "want=code").await.unwrap().body);
    let answer = desk.post("/console/showa/desk", &format!("desk_code={code}")).await.unwrap();
    let request = desk.way(&answer);
    // The code that confirmed the other one is used up.
    world.clock.advance(60);
    for (typed, status) in [(MARKED.name, StatusCode::UNPROCESSABLE_ENTITY), (&number, StatusCode::OK)] {
        assert_eq!(desk.get(&request).await.unwrap().status, StatusCode::OK);
        let typed = [
            ("finding", "take_over".to_owned()),
            ("number", typed.to_owned()),
            ("reason", "reissued".to_owned()),
            ("mail", mail(&gateway.town, Role::Approver)),
            ("password", PASSWORD.to_owned()),
            ("code", code_of(&world.clock)),
        ];
        let typed = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(typed).finish();
        assert_eq!(desk.post(&request, &typed).await.unwrap().status, status);
    }
    code_of_url(&to_page(&mut new(), &without, Holder { sub: "sbj7f3kqz-12", ..MARKED }, Mood::Fine).await);
    said.push(clerk_types_it_everywhere(&first, &gateway).await);
    // A clerk tries the service and sees claims; somebody who is not eligible is tried as well.
    let clerk = Client::of(world, &gateway.town, Role::Drafter).await;
    let test = domain::paths::console_relying_party_test(&gateway.town.slug, form.id);
    for (address, seen) in [(MARKED.address, "鷽沼"), (ELSEWHERE, "not_eligible")] {
        let mut testing = Browser::at_router(clerk.router.clone());
        testing.cookies.extend([clerk.session()]);
        let answer = testing.post(&test, "").await.unwrap();
        let holder = Holder { sub: "sbj7f3kqz-8", address, ..MARKED };
        let query = gateway.card.read(&testing.way(&answer), holder);
        let answer = testing.get(&format!("/t/showa/callback?{query}")).await.unwrap();
        let page = testing.way(&answer);
        let shown = testing.get(&page).await.unwrap();
        assert!(shown.status == StatusCode::OK && shown.body.contains(seen), "{}: {}", shown.status, shown.body);
        said.push(testing.said);
    }

    // In the end the provider is away, which staff are told.
    let mut late = new();
    to_page(&mut late, &with_attributes, Holder { sub: "sbj7f3kqz-13", ..MARKED }, Mood::Down).await;
    said.push(late.said);

    let more =
        [resident, backend, again, refusing, leaving, declining, deleting, commuter, undecided, desk, former, renewed];
    said.extend(more.map(|browser| browser.said));
    (said.concat().join("\n"), gateway.town.organisation)
}

/// A clerk copies somebody real into every form that tries or proves a rule, whether it is a field of ours or not.
async fn clerk_types_it_everywhere(clerk: &Client, gateway: &Gateway<'_>) -> Vec<String> {
    let (slug, rule) = (&gateway.town.slug, gateway.rule);
    let mut browser = clerk.browser();
    let form =
        |fields: &[(&str, &str)]| url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let somebody = [("address", MARKED.address), ("name", MARKED.name), ("birthdate", "1934-08-17")];
    let case = [
        ("municipality", "074462"),
        ("town", ""),
        ("age", "92"),
        ("birthday", "mid_year"),
        ("on_day", "2026-11-16"),
        ("expected", "eligible"),
    ];
    let cases = domain::paths::console_residency_rule_cases(slug, rule);
    let saved = browser.post(&cases, &form(&[&case[..], &somebody].concat())).await.unwrap();
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    for (at, typed) in [(1, "字標識原９８７６番地５４"), (2, "19340817"), (3, "1934-08-17")] {
        let mut wrong = case;
        wrong[at].1 = typed;
        assert_eq!(browser.post(&cases, &form(&wrong)).await.unwrap().status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let many = domain::paths::console_residency_rule_mass_trial(slug, rule);
    let lines = format!("{}\t1934-08-17\n{NOWHERE},19340817\n", MARKED.address);
    for then in ["count", "csv"] {
        let answer = browser.post(&many, &form(&[("then", then), ("lines", &lines)])).await.unwrap();
        assert_eq!(answer.status, StatusCode::OK);
    }
    let import = domain::paths::console_residency_rule_import(slug);
    let json = format!("{{\"version\":1,\"name\":\"{}\"}}", MARKED.name);
    let refused = browser.post(&import, &form(&[("name_ja", "x"), ("json", &json)])).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.said
}

#[test]
fn a_planted_leak_of_each_form_is_caught() {
    let markers = markers();
    for trace in markers.all() {
        let mut place = b"\"{ ".to_vec();
        place.extend_from_slice(trace.bytes());
        place.extend_from_slice(b" }\"");
        let found = markers.found_in(&place);
        assert!(found.iter().any(|found| found.bytes() == trace.bytes()), "{}", trace.form);
    }
    // As programs write them, wherever they begin in a longer text.
    for before in ["", "x", "xy"] {
        let line = format!("{before}{}{}", MARKED.name, MARKED.birthdate);
        use base64::Engine;
        let encoded = base64::engine::general_purpose::STANDARD.encode(&line);
        for leak in [line.clone(), encoded, format!("{:02x?}", line.as_bytes()).replace([',', ' '], "")] {
            assert!(!markers.found_in(leak.as_bytes()).is_empty(), "{leak}");
        }
    }
    let encoded: String = url::form_urlencoded::byte_serialize(MARKED.address.as_bytes()).collect();
    for leak in [encoded.as_str(), "born 0817 or", "\"08-17\"", "8月17日", "1934年8月17日", "１９３４年８月１７日"]
    {
        assert!(!markers.found_in(leak.as_bytes()).is_empty(), "{leak}");
    }
    for innocent in ["a08-17f", "10817", "2026-08-17", "福島県大沼郡昭和村", "sbj7f3kq"] {
        assert!(markers.found_in(innocent.as_bytes()).is_empty(), "{innocent}");
    }
}
