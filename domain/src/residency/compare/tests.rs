//! Comparisons by example, against each address decided by itself, and quick.

use time::macros::date;

use super::*;
use crate::residency::made_up::*;
use crate::residency::{Address, Resolver};

const TODAY: Date = date!(2026 - 11 - 21);

fn compared(before: Condition, after: Condition) -> Comparison {
    Comparison::of(&rule(before), &rule(after), own(), TODAY)
}

fn towns(changed: &[ChangedTowns]) -> Vec<(String, usize)> {
    changed.iter().map(|one| (one.code.to_string(), one.count)).collect()
}

#[test]
fn towns_that_become_eligible_and_towns_that_lose() {
    let comparison = compared(OWN, any_of([OWN, lives(["074454/水沼", "074446"])]));
    let mishima = TownTable::japan().towns_of(code("074446")).len();
    assert_eq!((comparison.gained(), comparison.lost()), (mishima + 1, 0));
    let [only] = comparison.differences.as_slice() else { panic!("one profile is enough") };
    assert_eq!((only.profile.born_from, only.profile.born_to), (None, None));
    assert_eq!(only.profile.label(Locale::Ja), "すべての年齢");
    assert_eq!(towns(&only.gained), [("074446".to_owned(), mishima), ("074454".to_owned(), 1)]);
    assert_eq!(only.gained[0].towns, None);
    assert_eq!(only.gained[1].towns, Some(vec!["水沼".to_owned()]));

    // Listed town by town beside the whole, and still all of it.
    let comparison = compared(OWN, any_of([OWN, lives(["074446"]), lives(["074446/宮下"])]));
    assert_eq!((comparison.gained(), comparison.differences[0].gained[0].towns.as_ref()), (mishima, None));

    let comparison = compared(OWN, all_of([OWN, not(lives(["074462/大芦"]))]));
    assert_eq!((comparison.gained(), comparison.lost()), (0, 1));
    let [only] = comparison.differences.as_slice() else { panic!("one profile is enough") };
    assert_eq!((towns(&only.gained), towns(&only.lost)), (vec![], vec![("074462".to_owned(), 1)]));
    let same = compared(OWN, OWN);
    assert_eq!((same.gained(), same.lost(), same.differences.len()), (0, 0, 1));
    // A whole prefecture, and a designated city by its wards.
    let comparison = compared(lives(["07"]), lives(["011002"]));
    let fukushima: usize = table()
        .municipalities()
        .filter(|row| row.prefecture == "福島県")
        .map(|row| TownTable::japan().towns_of(row.code).len())
        .sum();
    let sapporo: usize = table().wards_of(code("011002")).map(|row| TownTable::japan().towns_of(row.code).len()).sum();
    assert_eq!((comparison.gained(), comparison.lost()), (sapporo, fukushima));
    // Nowhere in particular: all of Japan.
    assert_eq!(compared(OWN, least(0)).gained() + TownTable::japan().towns_of(own()).len(), 117_301);
}

#[test]
fn wards_stand_for_their_city_and_nobody_lives_in_the_northern_territories() {
    let everywhere = compared(OWN, least(0));
    let named: BTreeSet<MunicipalityCode> =
        everywhere.differences.iter().flat_map(|one| &one.gained).map(|one| one.code).collect();
    for row in table().rows().iter().filter(|row| row.code != own()) {
        let lived_in =
            !matches!(row.kind, MunicipalityKind::DesignatedCity | MunicipalityKind::NorthernTerritoryVillage);
        assert_eq!(named.contains(&row.code), lived_in, "{}", row.city);
    }
}

#[test]
fn people_are_told_apart_as_the_rules_do() {
    let comparison = compared(all_of([OWN, from(1)]), all_of([any_of([OWN, works()]), least(18)]));
    let labels: Vec<String> = comparison
        .differences
        .iter()
        .map(|one| {
            format!("{} +{} -{}", one.profile.label(Locale::Ja), count(one.gained.iter()), count(one.lost.iter()))
        })
        .collect();
    insta::assert_snapshot!(labels.join("\n"));
    let english: Vec<String> = comparison.differences.iter().map(|one| one.profile.label(Locale::En)).collect();
    insta::assert_snapshot!(english.join("\n"));
    for difference in &comparison.differences {
        let Profile { born_from, born_to, birthdate, age, .. } = difference.profile;
        assert!(born_from.is_none_or(|from| from <= birthdate) && born_to.is_none_or(|to| birthdate <= to));
        assert_eq!(calendar::age_on(birthdate, TODAY), Some(age));
    }
}

#[test]
fn bands_are_whole_and_nobody_in_one_differs() {
    let condition = all_of([least(6), most(17), from(1), to(9)]);
    for today in [
        date!(2026 - 03 - 30),
        date!(2026 - 03 - 31),
        date!(2026 - 04 - 01),
        TODAY,
        date!(2028 - 02 - 28),
        date!(2028 - 02 - 29),
    ] {
        let bands = bands(&[&condition], today);
        let holds = |born: Date| {
            let age = calendar::age_on(born, today).map_or(0, i32::from);
            let mut leaves = Vec::new();
            collect(&condition, &mut leaves);
            leaves.iter().map(|leaf| leaf.holds_at(age, calendar::school_year_on(born, today))).collect::<Vec<_>>()
        };
        let mut day = today;
        while calendar::age_on(day, today).is_none_or(|age| age < 40) {
            let of: Vec<&Profile> = bands
                .iter()
                .filter(|band| band.born_from.is_none_or(|from| from <= day) && band.born_to.is_none_or(|to| day <= to))
                .collect();
            let [band] = of.as_slice() else { panic!("{today}: {day} is in {} bands", of.len()) };
            assert_eq!(holds(band.birthdate), holds(day), "{today}: {day}");
            day = day.previous_day().unwrap();
        }
    }
}

/// Every 50th town of Japan by its address, under both rules.
#[test]
fn a_comparison_says_what_addresses_say() {
    let before = rule(any_of([OWN, lives(["07", "011011/北一条西", "231002"])]));
    let after =
        rule(any_of([lives(["074454/水沼", "13", "011002", "282219"]), all_of([OWN, not(lives(["074462/大芦"]))])]));
    let comparison = Comparison::of(&before, &after, own(), TODAY);
    let [difference] = comparison.differences.as_slice() else { panic!("one profile is enough") };
    let is_in = |changed: &[ChangedTowns], code: MunicipalityCode, town: &str| {
        let of = changed.iter().find(|one| one.code == code);
        of.is_some_and(|one| one.towns.as_ref().is_none_or(|towns| towns.iter().any(|name| name == town)))
    };
    let mut looked_at = 0;
    for row in table().rows() {
        for town in TownTable::japan().towns_of(row.code).into_iter().step_by(if row.code == own() { 1 } else { 50 }) {
            let ward = row.ward.as_deref().unwrap_or_default();
            let county = row.county.as_deref().unwrap_or_default();
            let address = format!("{}{county}{}{ward}{} 1番地", row.prefecture, row.city, town.name);
            let eligible = |rule: &ResidencyRule| {
                let resolution = Resolver::japan().resolve(&Address::new(address.clone()));
                let facts = Facts { resolution, ..facts(difference.profile, Place::of(own(), vec![]), TODAY) };
                rule.decide(own(), &facts, TODAY).outcome == Outcome::Eligible
            };
            let (was, is) = (eligible(&before), eligible(&after));
            assert_eq!(is_in(&difference.gained, row.code, &town.name), !was && is, "{address}");
            assert_eq!(is_in(&difference.lost, row.code, &town.name), was && !is, "{address}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 2000);
}
