//! What must hold for every rule and person.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::residency::made_up::*;
use crate::residency::{Acceptance, Clauses, Parts, ResidencyRule};

fn parsed(condition: Condition) -> Option<ResidencyRule> {
    ResidencyRule::parse(parts(condition), table()).ok()
}

fn decided(rule: &ResidencyRule, somebody: &Somebody) -> Determination {
    rule.decide(own(), &somebody.facts(), somebody.today)
}

/// Places that an address may leave open between them, and the ways in which it does.
fn unclear() -> impl Strategy<Value = (Resolution, Vec<Resolution>)> {
    let town = |of: &str, name: &str| Town { code: code(of), name: name.to_owned() };
    let place = |of: &str| Place::of(code(of), vec![]);
    let ward = |of: &str| Place::of(code("011002"), vec![code(of)]);
    let resolved = |places: &[Place]| places.iter().cloned().map(Resolution::Resolved).collect::<Vec<_>>();
    let namesakes = [place("074462"), place("104485"), place("074454")];
    let towns = [town("074462", "大芦"), town("074462", "下中津川")];
    let wards = [ward("011011"), ward("011029")];
    let across = [town("011011", "北一条西"), town("011029", "北七条西")];
    let city = Place::of(code("011002"), vec![code("011011"), code("011029")]);
    let (in_towns, in_wards) = (place("074462").in_towns(towns.to_vec()), city.clone().in_towns(across.to_vec()));
    let each_town = towns.map(|town| place("074462").in_towns(vec![town]));
    let each_ward = across.map(|town| ward(&town.code.to_string()).in_towns(vec![town]));
    let mut anywhere = resolved(&namesakes);
    anywhere.extend(resolved(&wards));
    anywhere.push(Resolution::Abroad);
    prop_oneof![
        Just((Resolution::Ambiguous(namesakes.to_vec()), resolved(&namesakes))),
        Just((Resolution::Resolved(in_towns), resolved(&each_town))),
        Just((Resolution::Resolved(city), resolved(&wards))),
        Just((Resolution::Resolved(in_wards), resolved(&each_ward))),
        Just((Resolution::Unknown, anywhere)),
        Just((Resolution::Resolved(place("074462")), resolved(&each_town))),
    ]
}

fn looks_at_the_address(condition: &Condition) -> bool {
    condition.subject() == Some(Subject::Address) || condition.children().iter().any(looks_at_the_address)
}

/// What a rule's clauses mean, put together again.
fn put_together(clauses: &Clauses<'_>) -> Condition {
    let cloned = |conditions: &[&Condition]| conditions.iter().map(|one| (*one).clone()).collect::<Vec<_>>();
    let mut all = cloned(&clauses.everyone);
    if !clauses.admits.is_empty() {
        all.push(Condition::Any { conditions: cloned(&clauses.admits) });
    }
    all.extend(cloned(&clauses.excludes).into_iter().map(not));
    Condition::All { conditions: all }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn learning_more_never_overturns_a_determination(
        condition in conditions(),
        (resolution, places) in unclear(),
        somebody in people(),
    ) {
        let Some(rule) = parsed(condition) else { return Ok(()) };
        let outcome = |resolution: &Resolution, birthdate| {
            decided(&rule, &Somebody { resolution: resolution.clone(), birthdate, ..somebody.clone() }).outcome
        };
        for birthdate in [None, somebody.birthdate] {
            let before = outcome(&resolution, birthdate);
            let after: BTreeSet<&str> = places.iter().map(|place| outcome(place, somebody.birthdate).as_str()).collect();
            if before != Outcome::Undecidable {
                prop_assert_eq!(&after, &BTreeSet::from([before.as_str()]));
            }
        }
        // And nothing stays open that every place of an address agrees on.
        let named = !matches!(resolution, Resolution::Unknown) && places.len() > 1;
        let open = matches!(&resolution, Resolution::Resolved(place) if place.towns.is_empty() && place.wards.is_empty());
        if named && !open {
            let alone: BTreeSet<&str> = places.iter().map(|place| outcome(place, somebody.birthdate).as_str()).collect();
            if alone.len() == 1 {
                prop_assert!(alone.contains(outcome(&resolution, somebody.birthdate).as_str()));
            }
        }
    }

    #[test]
    fn the_expiry_never_depends_on_the_birthdate(
        condition in conditions(),
        months in proptest::option::of(1..=60u8),
        recheck_months in proptest::option::of(1..=60u8),
        untils in proptest::collection::vec(0..40u16, 3),
        somebody in people(),
        other in people(),
    ) {
        let term = months.map_or(Term::FiscalYearEnd, |months| Term::Months { months });
        let acceptance = Acceptance { weakest_source: AddressSource::StoredByProvider, greatest_age_months: 3 };
        let parts = Parts { term, recheck_months, acceptance, ..parts(condition) };
        let Ok(rule) = ResidencyRule::parse(parts, table()) else { return Ok(()) };
        let this_month = Month::of(somebody.today);
        let mut months = BTreeSet::new();
        for birthdate in [None, somebody.birthdate, other.birthdate.map(|born| born.min(somebody.today))] {
            let mut facts = Somebody { birthdate, ..somebody.clone() }.facts();
            for (tie, until) in facts.attested.iter_mut().zip(&untils) {
                tie.until = this_month.plus_months(*until);
            }
            let found = rule.decide(own(), &facts, somebody.today);
            prop_assert_eq!(found.expires.is_some(), found.outcome == Outcome::Eligible);
            prop_assert_eq!(found.recheck.is_some(), found.expires.is_some() && recheck_months.is_some());
            if let Some(expires) = found.expires {
                prop_assert!(this_month <= expires);
                prop_assert!(found.recheck.is_none_or(|recheck| this_month <= recheck && recheck <= expires));
                months.insert((expires, found.recheck));
            }
        }
        prop_assert!(months.len() <= 1, "{months:?}");
    }

    #[test]
    fn a_tie_that_would_do_does_and_another_does_not(condition in conditions(), somebody in people()) {
        let Some(rule) = parsed(condition) else { return Ok(()) };
        let before = decided(&rule, &somebody);
        if before.outcome != Outcome::NotEligible {
            prop_assert!(before.would_do.is_empty());
            return Ok(());
        }
        for kind in AttestationKind::ALL {
            let with = AttestationKinds::of_bits(somebody.ties).iter().chain([kind]).collect::<AttestationKinds>();
            let after = decided(&rule, &Somebody { ties: with.bits(), ..somebody.clone() });
            prop_assert_eq!(before.would_do.contains(kind), after.outcome == Outcome::Eligible);
        }
    }

    #[test]
    fn the_clause_that_is_named_decides(condition in conditions(), somebody in people()) {
        let Some(rule) = parsed(condition) else { return Ok(()) };
        let found = decided(&rule, &somebody);
        let clauses = rule.clauses();
        let holds = |condition: Condition| parsed(condition).map(|rule| decided(&rule, &somebody).outcome);
        let Some(clause) = found.clause else { return Ok(()) };
        let named = clauses.get(clause).unwrap().clone();
        match clause {
            Clause::Admits(_) => {
                prop_assert_eq!(found.outcome, Outcome::Eligible);
                let alone = put_together(&Clauses { admits: vec![&named], ..clauses });
                prop_assert!(holds(alone).is_none_or(|outcome| outcome == Outcome::Eligible));
            }
            Clause::Everyone(_) => {
                prop_assert_eq!(found.outcome, Outcome::NotEligible);
                prop_assert_ne!(found.reason, ReasonCode::Excluded);
                prop_assert_eq!(holds(named), Some(Outcome::NotEligible));
            }
            Clause::Excludes(_) => {
                prop_assert_eq!(found.reason, ReasonCode::Excluded);
                prop_assert_eq!(holds(named), Some(Outcome::Eligible));
            }
        }
    }

    #[test]
    fn clauses_mean_what_the_condition_means(
        condition in conditions(),
        (resolution, _) in unclear(),
        known in any::<bool>(),
        somebody in people(),
    ) {
        let Some(rule) = parsed(condition) else { return Ok(()) };
        let Some(again) = parsed(put_together(&rule.clauses())) else { return Ok(()) };
        let birthdate = somebody.birthdate.filter(|_| known);
        let unclear = Somebody { resolution, birthdate, ..somebody };
        for somebody in [somebody, unclear] {
            prop_assert_eq!(decided(&rule, &somebody).outcome, decided(&again, &somebody).outcome);
        }
    }

    #[test]
    fn reasons_fit_outcomes_and_rules(
        condition in conditions(),
        (resolution, _) in unclear(),
        known in any::<bool>(),
        somebody in people(),
    ) {
        let address = looks_at_the_address(&condition);
        let (age, kinds) = (condition.depends_on_age(), condition.kinds_named());
        let Some(rule) = parsed(condition) else { return Ok(()) };
        let birthdate = somebody.birthdate.filter(|_| known);
        let unclear = Somebody { resolution, birthdate, ..somebody };
        for somebody in [somebody, unclear] {
            use ReasonCode::*;
            let found = decided(&rule, &somebody);
            prop_assert_eq!(found.reason.outcome(), found.outcome);
            match found.reason {
                LivesElsewhere | LivesAbroad | AddressAmbiguous | AddressUnknown => prop_assert!(address),
                TooYoung | TooOld | BirthdateMissing => prop_assert!(age),
                NotAttested => prop_assert!(!kinds.is_empty()),
                _ => {}
            }
            prop_assert!(found.reason != BirthdateMissing || somebody.birthdate.is_none());
            prop_assert!(found.reason != LivesAbroad || somebody.resolution == Resolution::Abroad);
            prop_assert!(found.reason != AddressAmbiguous || matches!(somebody.resolution, Resolution::Ambiguous(_)));
        }
    }
}
