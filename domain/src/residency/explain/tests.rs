//! Rules of many shapes as sentences; that no two which differ read the same; words for every reason.

use std::collections::BTreeMap;

use super::super::reason::ReasonCode;
use super::*;
use crate::residency::made_up::*;
use crate::residency::{Area, AttestationKind, Parts, people};

fn kinds(kinds: &[AttestationKind]) -> Condition {
    Condition::Attested { kinds: kinds.to_vec() }
}

fn first_line(condition: Condition, locale: Locale) -> String {
    lines(&rule(condition), own(), table(), locale).into_iter().next().unwrap()
}

#[test]
fn whom_a_rule_admits() {
    use AttestationKind::{Other, School, Work};
    let towns = Condition::LivesIn {
        areas: vec![
            area("074454"),
            Area::Towns { code: code("074446"), towns: vec!["宮下".into(), "滝谷".into()] },
            area("15"),
        ],
    };
    let rules = [
        OWN,
        lives(["07"]),
        towns.clone(),
        kinds(&[Work]),
        kinds(&[Work, School]),
        kinds(&[Work, School, Other]),
        least(18),
        all_of([OWN, least(18), most(74)]),
        all_of([OWN, from(1), to(9)]),
        all_of([OWN, most(15), from(1)]),
        all_of([lives(["074454"]), works(), least(18)]),
        any_of([OWN, works()]),
        any_of([OWN, all_of([lives(["074454", "074446"]), least(18)])]),
        all_of([any_of([OWN, works()]), from(1)]),
        all_of([any_of([OWN, all_of([towns, kinds(&[School])])]), from(1), not(lives(["074462/大芦"]))]),
        all_of([OWN, not(any_of([lives(["074462/大芦"]), most(5)]))]),
        not(OWN),
        all_of([not(works()), OWN]),
        all_of([any_of([OWN, works()]), any_of([least(65), to(9)])]),
        any_of([OWN, not(least(65)), not(any_of([works(), all_of([least(20), not(most(30))])]))]),
        all_of([least(18), least(20), OWN]),
        any_of([not(OWN), not(lives(["07"])), not(kinds(&[School]))]),
    ];
    let text: Vec<String> =
        rules.into_iter().map(|rule| Locale::ALL.map(|locale| first_line(rule.clone(), locale)).join("\n  ")).collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn whom_a_rule_admits_clause_by_clause() {
    let usual = rule(all_of([any_of([OWN, works()]), from(1), not(lives(["074462/大芦"]))]));
    let of = |locale: Locale| {
        let People { admits, everyone, excludes } = people(&usual, own(), table(), locale);
        [admits, everyone, excludes].map(|phrases| phrases.join(" / "))
    };
    let tied = "昭和村(福島県大沼郡)で働いている(在勤)と確認された人";
    let lives = "昭和村(福島県大沼郡)に住んでいる人";
    let oashi = "昭和村(福島県大沼郡)の〔大芦〕に住んでいる人";
    assert_eq!(of(Locale::Ja), [format!("{lives} / {tied}").as_str(), "小学1年以上の人", oashi]);
    let here = "in Showa Village (Fukushima)";
    let clauses = format!("people living {here} / people confirmed as working {here}");
    let oashi = format!("people living {here} (only 大芦)");
    assert_eq!(of(Locale::En), [&clauses, "people in year 1 of elementary school or above", &oashi]);
}

#[test]
fn the_other_lines() {
    let plain = || parts(all_of([OWN, works()]));
    let stored =
        Acceptance { weakest_source: crate::residency::AddressSource::StoredByProvider, greatest_age_months: 3 };
    let rules = [
        plain(),
        Parts { term: Term::FiscalYearEnd, recheck_months: Some(6), ..parts(OWN) },
        Parts { acceptance: stored, when_undecidable: WhenUndecidable::Contact, ..parts(least(18)) },
    ];
    let text: Vec<String> = rules
        .into_iter()
        .flat_map(|parts| {
            let rule = ResidencyRule::parse(parts, table()).unwrap();
            Locale::ALL.map(|locale| lines(&rule, own(), table(), locale).get(1..).unwrap().join("\n  "))
        })
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn a_description_is_its_lines() {
    let rule = rule(OWN);
    let described = describe(&rule, own(), table());
    assert_eq!(described.get(Locale::Ja), lines(&rule, own(), table(), Locale::Ja).concat());
    assert_eq!(described.get(Locale::En), lines(&rule, own(), table(), Locale::En).join(" "));
    assert_eq!(school_year(7, Locale::Ja), "中学1年");
    assert_eq!(school_year(12, Locale::En), "year 3 of high school");
}

/// Which of the leaves' sixteen combinations a condition holds for; bit `n` for the combination `n`.
fn meaning(condition: &Condition, leaves: &[Condition; 4]) -> u16 {
    let conditions =
        |conditions: &[Condition]| -> Vec<u16> { conditions.iter().map(|one| meaning(one, leaves)).collect() };
    match condition {
        Condition::All { conditions: all } => conditions(all).into_iter().fold(u16::MAX, |all, one| all & one),
        Condition::Any { conditions: any } => conditions(any).into_iter().fold(0, |any, one| any | one),
        Condition::Not { condition } => !meaning(condition, leaves),
        leaf => {
            let at = leaves.iter().position(|known| known == leaf).unwrap();
            (0..16u16)
                .filter(|combination| combination >> at & 1 == 1)
                .fold(0, |bits, combination| bits | 1 << combination)
        }
    }
}

#[test]
fn rules_that_differ_read_differently() {
    let leaves = [OWN, lives(["074454"]), works(), least(18)];
    let join = |conditions: &[Condition]| -> Vec<Condition> {
        let mut joined: Vec<Condition> = conditions.iter().cloned().map(not).collect();
        for one in conditions {
            for other in conditions {
                joined.push(all_of([one.clone(), other.clone()]));
                joined.push(any_of([one.clone(), other.clone()]));
            }
        }
        joined
    };
    let shallow: Vec<Condition> = leaves.iter().cloned().chain(join(&leaves)).collect();
    let mut deep = join(&shallow);
    for leaf in &leaves {
        for one in &shallow {
            let three = |third: &Condition| [leaf.clone(), one.clone(), third.clone()];
            deep.extend([all_of(three(&not(one.clone()))), any_of(three(&leaves[3])), all_of(three(&leaves[2]))]);
            deep.push(all_of([any_of([leaf.clone(), all_of([one.clone(), leaves[3].clone()])]), least(18)]));
        }
    }
    deep.extend(shallow);
    for locale in Locale::ALL {
        let mut read: BTreeMap<String, (u16, Condition)> = BTreeMap::new();
        for condition in &deep {
            let means = meaning(condition, &leaves);
            let sentence = first_line(condition.clone(), locale);
            let (known, first) = read.entry(sentence.clone()).or_insert_with(|| (means, condition.clone()));
            assert_eq!(*known, means, "{sentence}\n{first:?}\n{condition:?}");
        }
        assert!(read.len() > 1000);
    }
}

#[test]
fn every_reason_has_words_that_fit_its_outcome() {
    for reason in ReasonCode::ALL {
        for words in [reason.for_resident(), reason.for_clerk()] {
            assert!(words.ja.ends_with('。') && words.en.ends_with('.'), "{reason}");
        }
        assert_eq!(reason.to_string().parse(), Ok(reason));
        assert_eq!(ReasonCode::of_index(reason.index()), Some(reason));
    }
}
