use std::collections::HashSet;
use std::sync::atomic::Ordering;

use super::*;
use crate::counterfeit;
use crate::report::Report;

fn plan(kind: Kind, towns: usize, most: u64) -> Plan {
    Plan {
        kind,
        concurrency: 4,
        towns,
        service: "library".to_owned(),
        warm_up: Duration::ZERO,
        window: Duration::from_secs(20),
        most,
    }
}

/// The counterfeit server is this process.
fn meter() -> Meter {
    Meter::new(0, Some(std::process::id()), None).unwrap()
}

#[tokio::test]
async fn newcomers_are_all_different_and_pass_every_page() {
    let (memory, towns) = counterfeit::start(3).await;
    let plan = plan(Kind::First, 3, 30);
    let outcome = run(&towns, &plan, &meter()).await.unwrap();
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let steps: Vec<&str> = outcome.steps.keys().copied().collect();
    let expected =
        ["authorize", "callback", "card page", "card read", "consent given", "consent page", "token", "userinfo"];
    assert_eq!(steps, expected);
    let people = memory.people.lock().unwrap();
    assert!(people.len() >= 30 && people.iter().collect::<HashSet<_>>().len() == people.len());
    let report = Report::new(&plan, outcome);
    assert!(report.to_string().contains("first sign-ins, 3 town(s), 4 at once"), "{report}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["flow"]["count"], 30);
    assert_eq!(json["steps"][0]["name"], "authorize");
}

#[tokio::test]
async fn who_returns_sees_no_page() {
    let (memory, towns) = counterfeit::start(6).await;
    let outcome = run(&towns, &plan(Kind::Returning, 6, 50), &meter()).await.unwrap();
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    assert_eq!(outcome.steps.keys().copied().collect::<Vec<_>>(), ["authorize", "token", "userinfo"]);
    // One resident of each town, made before the run.
    assert_eq!(memory.people.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn single_requests_are_measured_alone() {
    for (kind, most_people) in [(Kind::Begun, 0), (Kind::Introspection, 4), (Kind::Userinfo, 4)] {
        let (memory, towns) = counterfeit::start(2).await;
        let plan = plan(kind, 2, 40);
        let outcome = run(&towns, &plan, &meter()).await.unwrap();
        assert!(outcome.failures.is_empty() && outcome.steps.is_empty(), "{kind:?}: {:?}", outcome.failures);
        assert_eq!(memory.people.lock().unwrap().len(), most_people);
        let report = Report::new(&plan, outcome);
        assert!(report.to_string().starts_with(kind.words()), "{report}");
    }
}

#[tokio::test]
async fn failures_are_counted_by_what_was_wrong() {
    let (memory, towns) = counterfeit::start(1).await;
    memory.refusals.store(3, Ordering::SeqCst);
    let outcome = run(&towns, &plan(Kind::First, 1, 10), &meter()).await.unwrap();
    assert_eq!(outcome.failures, BTreeMap::from([("token: answered 400 invalid_grant".to_owned(), 3)]));
}

#[tokio::test]
async fn without_any_success_it_ends_at_once() {
    let (memory, towns) = counterfeit::start(1).await;
    memory.refusals.store(u64::MAX, Ordering::SeqCst);
    let failure = run(&towns, &plan(Kind::First, 1, 10), &meter()).await.err().unwrap();
    assert!(failure.to_string().contains("invalid_grant"), "{failure}");
    assert!(run(&towns, &plan(Kind::First, 2, 10), &meter()).await.is_err());
}
