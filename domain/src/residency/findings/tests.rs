//! Findings by example; that they are true of random rules; and what the largest rule costs.

use proptest::prelude::*;
use time::macros::date;

use super::*;
use crate::locale::Locale;
use crate::residency::made_up::*;
use crate::residency::{Acceptance, AddressSource, AttestationKind, Outcome, Parts, Place, Resolution, Town};

fn found(condition: Condition) -> Vec<(Option<Clause>, FindingKind)> {
    let rule = rule(condition);
    let findings = rule.findings(own(), table());
    for finding in &findings {
        for locale in Locale::ALL {
            let words = finding.words(&rule, own(), table(), locale);
            assert!(words.ends_with(['。', '.']), "{words}");
        }
    }
    findings.into_iter().map(|finding| (finding.at, finding.kind)).collect()
}

#[test]
fn nothing_is_odd_about_ordinary_rules() {
    assert_eq!(found(OWN), []);
    assert_eq!(found(any_of([OWN, works(), all_of([lives(["074454"]), from(1)])])), []);
    assert_eq!(found(all_of([any_of([OWN, works()]), from(1), not(lives(["074462/大芦"]))])), []);
    assert_eq!(found(all_of([OWN, works()])), []);
    // Somebody has the greatest age.
    assert_eq!(found(all_of([OWN, least(130)])), []);
    assert_eq!(found(all_of([OWN, least(18), from(13 - 1)])), [(Some(Clause::Everyone(1)), changes(None))]);
}

#[test]
fn many_people_are_told_apart() {
    // Thirteen ages and eight sets of ties: more than sixty-four people.
    let ages = table().municipalities().zip((0u8..).step_by(10)).take(12).zip(AttestationKind::ALL.into_iter().cycle());
    let clauses = ages.map(|((row, years), kind)| {
        let areas = vec![Area::Municipality { code: row.code }];
        let tied = Condition::Attested { kinds: vec![kind] };
        all_of([Condition::LivesIn { areas }, tied, least(years + 1), not(least(years + 11))])
    });
    let conditions = clauses.collect();
    assert_eq!(found(Condition::Any { conditions }), [(None, FindingKind::AgePassedWithinTerm)]);
}

/// It names a ward and a town that are gone.
fn of_last_year() -> Condition {
    let towns = Area::Towns { code: code("074454"), towns: vec!["水沼".to_owned(), "架空".to_owned()] };
    any_of([OWN, Condition::LivesIn { areas: vec![area("221317"), towns] }])
}

/// A rule that the store holds, and nobody checks again.
fn stored(condition: &Condition) -> ResidencyRule {
    let mut json = serde_json::to_value(rule(OWN)).unwrap();
    json["condition"] = serde_json::to_value(condition).unwrap();
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_rule_with_more_conditions_than_any_that_was_checked_is_not_looked_at() {
    let different = |count: u8| Condition::Any { conditions: (0..count).map(least).collect() };
    let kinds = |condition: &Condition| -> Vec<FindingKind> {
        stored(condition).findings(own(), table()).into_iter().map(|finding| finding.kind).collect()
    };
    assert!(kinds(&different(128)).contains(&FindingKind::AdmitsEverybody));
    assert_eq!(kinds(&different(129)), []);
}

fn changes(part: Option<u8>) -> FindingKind {
    FindingKind::ChangesNothing { part }
}

#[test]
fn contradictions() {
    use FindingKind::{AdmitsNobody, AgePassedWithinTerm, NeverHolds, TurnedAway};
    assert_eq!(found(all_of([OWN, least(20), most(19)])), [(None, AdmitsNobody), (None, AgePassedWithinTerm)]);
    assert_eq!(found(all_of([OWN, not(OWN)])), [(None, AdmitsNobody)]);
    assert_eq!(
        found(any_of([OWN, all_of([works(), least(20), most(19)])])),
        [(Some(Clause::Admits(1)), NeverHolds), (None, AgePassedWithinTerm)]
    );
    // 小学1年 begins with six years; nobody of five is there on any day.
    assert_eq!(found(any_of([OWN, all_of([works(), from(2), most(5)])]))[0], (Some(Clause::Admits(1)), NeverHolds));
    // On 31 March everybody born on 1 April is six, and still before school.
    assert_eq!(found(any_of([OWN, all_of([works(), from(1), most(6)])])), [(None, AgePassedWithinTerm)]);
    assert_eq!(
        found(all_of([any_of([OWN, all_of([works(), most(15)])]), least(16)]))[0],
        (Some(Clause::Admits(1)), TurnedAway)
    );
    assert_eq!(found(all_of([any_of([OWN, lives(["074454/水沼"])]), not(lives(["07"]))])), [(None, AdmitsNobody)]);
    // A ward lies in its city, a town in its ward.
    let wards = all_of([lives(["011011/北一条西"]), lives(["011029"])]);
    assert_eq!(found(any_of([OWN, wards])), [(Some(Clause::Admits(1)), NeverHolds)]);
}

#[test]
fn what_makes_no_difference() {
    use FindingKind::{AddsNobody, AdmitsEverybody, AdmitsFromAnywhere, ExcludesNobody};
    let by = |index| AddsNobody { by: Some(Clause::Admits(index)) };
    assert_eq!(found(any_of([OWN, lives(["07"])])), [(Some(Clause::Admits(0)), by(1))]);
    assert_eq!(found(any_of([OWN, OWN])), [(Some(Clause::Admits(1)), by(0))]);
    assert_eq!(found(any_of([lives(["011002"]), lives(["011011"])])), [(Some(Clause::Admits(1)), by(0))]);
    let halves = any_of([OWN, all_of([lives(["07"]), from(7)]), all_of([lives(["07"]), not(from(7))])]);
    assert_eq!(found(halves), [(Some(Clause::Admits(0)), AddsNobody { by: None })]);
    assert_eq!(found(any_of([OWN, all_of([works(), least(0)])])), [(Some(Clause::Admits(1)), changes(Some(1)))]);
    assert_eq!(found(all_of([OWN, least(0)])), [(Some(Clause::Everyone(0)), changes(None))]);
    assert_eq!(
        found(all_of([any_of([OWN, works()]), not(any_of([not(least(0)), most(17)]))])),
        [(Some(Clause::Excludes(0)), ExcludesNobody)]
    );
    assert_eq!(found(all_of([OWN, not(lives(["074454"]))])), [(Some(Clause::Excludes(0)), ExcludesNobody)]);
    assert_eq!(
        found(all_of([OWN, not(any_of([lives(["074462/大芦"]), lives(["074462"])]))])),
        [(None, FindingKind::AdmitsNobody)]
    );
    assert_eq!(
        found(all_of([OWN, not(any_of([most(5), most(12)]))])),
        [(Some(Clause::Excludes(0)), AddsNobody { by: Some(Clause::Excludes(1)) })]
    );
    assert_eq!(found(any_of([least(20), not(least(20))]))[0], (None, AdmitsEverybody));
    assert_eq!(found(any_of([OWN, least(65)])), [(Some(Clause::Admits(1)), AdmitsFromAnywhere)]);
    assert_eq!(found(any_of([OWN, works()])), []);
    assert_eq!(found(not(OWN)), [(None, AdmitsFromAnywhere)]);
    assert_eq!(found(all_of([from(1), to(9)])), [(None, AdmitsFromAnywhere)]);
}

#[test]
fn places_within_places_and_places_that_are_gone() {
    let within = |place: &str, within: &str| FindingKind::ListedTwice { place: place.into(), within: within.into() };
    assert_eq!(found(lives(["07", "074454"])), [(Some(Clause::Admits(0)), within("074454", "07"))]);
    assert_eq!(found(lives(["011002", "011011/北一条西"])), [(Some(Clause::Admits(0)), within("011011", "011002"))]);
    assert_eq!(found(all_of([OWN, not(lives(["074462/大芦", "15"]))])), []);
    // What is listed twice is no other place.
    let twice = [["07", "074454"], ["07", "074454/水沼"], ["011002", "011011"], ["01", "011002"]];
    for (listed, place) in twice.map(|both| (both, both[1])).into_iter().chain([(["01", "011002"], "011011")]) {
        let kinds = found(any_of([OWN, lives(listed), lives([place])]));
        let adds_nobody = FindingKind::AddsNobody { by: Some(Clause::Admits(1)) };
        assert!(kinds.contains(&(Some(Clause::Admits(2)), adds_nobody)), "{listed:?} {place}: {kinds:?}");
    }
    let findings = stored(&of_last_year()).findings(own(), table());
    let at = Some(Clause::Admits(1));
    let towns = FindingKind::UnknownTowns { code: code("074454"), towns: vec!["架空".into()] };
    let gone = FindingKind::UnknownCode { code: code("221317") };
    assert_eq!(findings, [Finding { at, kind: gone }, Finding { at, kind: towns }]);
    assert!(findings.iter().all(Finding::refuses));
}

#[test]
fn terms_that_do_not_do_what_they_seem_to() {
    let kinds = |parts: Parts| -> Vec<FindingKind> {
        let findings = ResidencyRule::parse(parts, table()).unwrap().findings(own(), table());
        findings.into_iter().map(|finding| finding.kind).collect()
    };
    let old = |greatest_age_months| Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months };
    let months = |months| Term::Months { months };
    use FindingKind::{AgePassedWithinTerm, EndsWithMarch, OlderThanTerm, RecheckNeverDue};
    assert_eq!(kinds(Parts { recheck_months: Some(12), ..parts(OWN) }), [RecheckNeverDue]);
    assert_eq!(kinds(Parts { recheck_months: Some(11), ..parts(OWN) }), []);
    assert_eq!(kinds(Parts { term: months(3), acceptance: old(4), ..parts(OWN) }), [OlderThanTerm]);
    assert_eq!(kinds(Parts { term: months(3), acceptance: old(3), ..parts(OWN) }), []);
    assert_eq!(kinds(Parts { recheck_months: Some(2), acceptance: old(3), ..parts(OWN) }), [OlderThanTerm]);
    assert_eq!(kinds(Parts { term: Term::FiscalYearEnd, ..parts(OWN) }), [EndsWithMarch]);
    let recheck = Parts { term: Term::FiscalYearEnd, recheck_months: Some(11), ..parts(OWN) };
    assert_eq!(kinds(recheck), [RecheckNeverDue, EndsWithMarch]);
    assert_eq!(kinds(parts(all_of([OWN, most(74)]))), [AgePassedWithinTerm]);
    assert_eq!(kinds(parts(all_of([OWN, not(least(75))]))), [AgePassedWithinTerm]);
    assert_eq!(kinds(parts(all_of([OWN, to(9)]))), []);
    assert_eq!(kinds(parts(all_of([OWN, least(18)]))), []);
}

#[test]
fn findings_read_as_sentences() {
    let rules = [
        all_of([OWN, least(20), most(19)]),
        any_of([OWN, all_of([works(), least(20), most(19)])]),
        all_of([any_of([OWN, all_of([works(), most(15)])]), least(16)]),
        any_of([OWN, lives(["07"]), least(65)]),
        any_of([all_of([OWN, least(18)]), all_of([OWN, most(17)]), OWN]),
        all_of([OWN, least(18), from(1)]),
        all_of([any_of([OWN, all_of([works(), least(18), least(0)])]), not(lives(["011011", "011002"]))]),
        any_of([OWN, not(OWN)]),
        all_of([OWN, works(), least(0)]),
        lives(["07", "074454"]),
        of_last_year(),
    ];
    let mut text = String::new();
    for condition in rules {
        let rule = stored(&condition);
        for finding in rule.findings(own(), table()) {
            let [ja, en] = Locale::ALL.map(|locale| finding.words(&rule, own(), table(), locale));
            text += &format!("{}{ja}\n  {en}\n", if finding.refuses() { "× " } else { "" });
        }
    }
    insta::assert_snapshot!(text);
}

/// The rule without what a finding says makes no difference.
fn without(rule: &ResidencyRule, finding: &Finding) -> Option<Condition> {
    let Clauses { mut admits, mut everyone, mut excludes } = rule.clauses();
    let open = admits.is_empty();
    match finding.at? {
        Clause::Admits(at) => drop(admits.remove(at.into())),
        Clause::Everyone(at) => drop(everyone.remove(at.into())),
        Clause::Excludes(at) => drop(excludes.remove(at.into())),
    }
    let cloned = |conditions: Vec<&Condition>| conditions.into_iter().cloned().collect::<Vec<_>>();
    let mut all = cloned(everyone);
    if !open {
        all.push(Condition::Any { conditions: cloned(admits) });
    }
    all.extend(cloned(excludes).into_iter().map(not));
    Some(Condition::All { conditions: all })
}

fn outcome(rule: &ResidencyRule, somebody: &Somebody) -> Outcome {
    rule.decide(own(), &somebody.facts(), somebody.today).outcome
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn findings_are_true_of_everybody(condition in conditions(), people in proptest::collection::vec(people(), 30)) {
        let Ok(rule) = ResidencyRule::parse(parts(condition), table()) else { return Ok(()) };
        let clauses = rule.clauses();
        for finding in rule.findings(own(), table()) {
            for somebody in &people {
                let decided = outcome(&rule, somebody);
                // Where an address does not say enough, findings promise nothing.
                if decided == Outcome::Undecidable {
                    continue;
                }
                let eligible = decided == Outcome::Eligible;
                match &finding.kind {
                    FindingKind::AdmitsNobody => prop_assert!(!eligible),
                    FindingKind::AdmitsEverybody => prop_assert!(eligible),
                    FindingKind::NeverHolds | FindingKind::TurnedAway => {
                        let alone = clauses.get(finding.at.unwrap()).unwrap().clone();
                        let mut all: Vec<Condition> = clauses.everyone.iter().map(|one| (*one).clone()).collect();
                        all.extend(clauses.excludes.iter().map(|one| not((*one).clone())));
                        all.push(alone);
                        let alone = ResidencyRule::parse(parts(Condition::All { conditions: all }), table());
                        if let Ok(alone) = alone {
                            prop_assert_ne!(outcome(&alone, somebody), Outcome::Eligible);
                        }
                    }
                    FindingKind::AddsNobody { .. }
                    | FindingKind::ExcludesNobody
                    | FindingKind::ChangesNothing { part: None } => {
                        let less = ResidencyRule::parse(parts(without(&rule, &finding).unwrap()), table());
                        if let Ok(less) = less {
                            prop_assert_eq!(outcome(&less, somebody), decided);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_rule_that_may_be_submitted_admits_somebody(condition in conditions()) {
        let Ok(rule) = ResidencyRule::parse(parts(condition), table()) else { return Ok(()) };
        if rule.findings(own(), table()).iter().any(Finding::refuses) {
            return Ok(());
        }
        let places = ["074462/大芦", "074462/下中津川", "074454/水沼", "074454/川口", "011011/北一条西", "011029/北六条西", "082015/赤塚", "072010/飯坂町"];
        let days = [date!(2026 - 03 - 31), date!(2026 - 04 - 01), date!(2026 - 04 - 02), date!(2026 - 11 - 21)];
        let births = [(3, 31), (4, 1), (4, 2), (5, 1), (12, 31)];
        let mut everybody = places.iter().flat_map(|place| {
            let (municipality, town) = place.split_once('/').unwrap();
            let ward = code(municipality);
            let city = table().city_of(ward);
            let town = Town { code: ward, name: town.to_owned() };
            let place = Place::of(city.unwrap_or(ward), city.map(|_| ward).into_iter().collect()).in_towns(vec![town]);
            let resolution = Resolution::Resolved(place);
            (0..8).flat_map(move |ties| {
                let resolution = resolution.clone();
                days.into_iter().flat_map(move |today| {
                    let resolution = resolution.clone();
                    (0..=130).flat_map(move |age| {
                        let resolution = resolution.clone();
                        births.into_iter().map(move |(month, day)| {
                            let birthdate = born(2026 - age, month, day);
                            Somebody { resolution: resolution.clone(), birthdate: Some(birthdate), ties, today }
                        })
                    })
                })
            })
        });
        let somebody = everybody
            .any(|somebody| somebody.birthdate <= Some(somebody.today) && outcome(&rule, &somebody) == Outcome::Eligible);
        prop_assert!(somebody);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn the_largest_rules_are_looked_at_in_a_moment() {
    use crate::residency::TownTable;
    // As many clauses as a rule may have, of as many towns, hardly two of which are in the same ones; ages beside.
    let towns: Vec<Town> =
        table().rows().iter().skip(700).take(200).flat_map(|row| TownTable::japan().towns_of(row.code)).collect();
    let clauses = (0..29usize).map(|at| {
        let mut areas: std::collections::BTreeMap<MunicipalityCode, Vec<String>> = Default::default();
        let some = towns.iter().enumerate().filter(|(index, _)| (index * 2_654_435_761) >> (at + 5) & 7 == 0);
        for (_, town) in some.take(680) {
            areas.entry(town.code).or_default().push(town.name.clone());
        }
        let areas = areas.into_iter().map(|(code, towns)| Area::Towns { code, towns }).collect();
        let years = u8::try_from(at * 4).unwrap();
        all_of([
            Condition::LivesIn { areas },
            least(years),
            Condition::Attested { kinds: vec![AttestationKind::ALL[at % 3]] },
        ])
    });
    let largest = rule(Condition::Any { conditions: clauses.collect() });
    let before = std::time::Instant::now();
    let findings = largest.findings(own(), table());
    println!("{} findings in {:?}", findings.len(), before.elapsed());
    // It took 0.12 s; on a busy machine a multiple of it.
    assert!(before.elapsed().as_secs() < 10);
}
