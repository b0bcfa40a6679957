//! How much a rule may list, and how the clauses of a condition are found in the builder's form.

use super::*;
use crate::residency::TownTable;
use crate::residency::made_up::*;

fn checked(condition: &Condition) -> Result<(), Violation> {
    condition.check(table())
}

fn towns(of: &str, towns: Vec<String>) -> Area {
    Area::Towns { code: code(of), towns }
}

#[test]
fn the_greatest_age_and_the_last_school_year_may_be_asked_for() {
    for condition in [least(MAX_AGE), most(MAX_AGE), from(1), from(MAX_SCHOOL_YEAR), to(1), to(MAX_SCHOOL_YEAR)] {
        assert_eq!(checked(&condition), Ok(()), "{condition:?}");
    }
    for condition in [least(MAX_AGE + 1), most(MAX_AGE + 1), to(0), from(MAX_SCHOOL_YEAR + 1)] {
        assert_eq!(checked(&condition), Err(Violation::OutOfRange), "{condition:?}");
    }
}

#[test]
fn a_condition_lists_so_many_areas_and_no_more() {
    let listing = |count: usize| {
        let some = table().municipalities().take(count).map(|row| Area::Municipality { code: row.code });
        Condition::LivesIn { areas: some.collect() }
    };
    assert_eq!(checked(&listing(MAX_AREAS)), Ok(()));
    assert_eq!(checked(&listing(MAX_AREAS + 1)), Err(Violation::TooLong));
}

#[test]
fn no_municipality_has_so_many_towns_that_they_cannot_all_be_listed() {
    let most = table().rows().iter().map(|row| TownTable::japan().towns_of(row.code).len()).max().unwrap();
    assert!(most < MAX_TOWNS, "{most}");
    let invented = |count: usize| {
        let names = (0..count).map(|at| format!("架空{at}")).collect();
        Condition::LivesIn { areas: vec![towns("074462", names)] }
    };
    assert_eq!(checked(&invented(MAX_TOWNS)), Err(Violation::Unknown));
    assert_eq!(checked(&invented(MAX_TOWNS + 1)), Err(Violation::TooLong));
}

#[test]
fn all_conditions_of_a_rule_together_list_so_many_places_and_no_more() {
    // 富山市 has more than a thousand towns.
    let thousand: Vec<String> =
        TownTable::japan().towns_of(code("162019")).into_iter().take(1000).map(|town| town.name).collect();
    let each = Condition::LivesIn { areas: vec![towns("162019", thousand)] };
    let mut conditions = vec![each; MAX_LISTED / 1000];
    assert_eq!(checked(&Condition::Any { conditions: conditions.clone() }), Ok(()));
    conditions.push(lives(["07"]));
    assert_eq!(checked(&Condition::Any { conditions }), Err(Violation::TooLong));
}

#[test]
fn a_clause_is_found_in_the_builders_form() {
    let fields = |condition: &Condition| -> Vec<String> {
        let clauses = Clauses::of(condition);
        clauses.all().into_iter().map(|(at, _)| clauses.form_field(at)).collect()
    };
    let usual = all_of([any_of([OWN, works()]), from(1), not(any_of([lives(["074462/大芦"]), most(5)]))]);
    assert_eq!(fields(&usual), ["clauses.0", "clauses.1", "everyone", "excludes.0", "excludes.1"]);
    // Nothing admits: what is asked of everybody is shown as the one clause.
    assert_eq!(fields(&all_of([OWN, works(), least(18)])), ["clauses.0"; 3]);
}
