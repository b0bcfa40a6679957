//! Determinations by example; what must hold for every rule and person is beside (`properties`).

use time::macros::date;

use super::*;
use crate::residency::{Acceptance, Parts, Place, WhenUndecidable};

fn code(text: &str) -> MunicipalityCode {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn rule(condition: Condition, term: Term) -> ResidencyRule {
    let acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 1 };
    checked(condition, term, acceptance)
}

/// A rule whose municipalities are all known to the gazetteer.
fn checked(condition: Condition, term: Term, acceptance: Acceptance) -> ResidencyRule {
    let known = ["074462", "104485", "011002", "011011", "011029"].map(|text| {
        let row = crate::municipality::Municipality {
            code: code(text),
            prefecture: String::new(),
            county: None,
            city: String::new(),
            ward: None,
            kind: crate::municipality::MunicipalityKind::City,
            kana: String::new(),
        };
        (row.code, row)
    });
    let when_undecidable = WhenUndecidable::DeskCode;
    let parts = Parts { condition, term, recheck_months: None, acceptance, when_undecidable };
    ResidencyRule::parse(parts, &std::collections::BTreeMap::from(known)).unwrap()
}

fn facts(resolution: Resolution, birthdate: Option<Date>) -> Facts {
    let verified = Some(month("2026-11"));
    Facts { resolution, birthdate, source: AddressSource::CardSurface, verified, attested: Vec::new() }
}

fn lives_in(text: &str) -> Resolution {
    Resolution::Resolved(Place::of(code(text), vec![]))
}

const TODAY: Date = date!(2026 - 11 - 21);
const YEAR: Term = Term::Months { months: 12 };

fn reason(condition: Condition, resolution: Resolution, birthdate: Option<Date>) -> ReasonCode {
    let determination = rule(condition, YEAR).decide(code("074462"), &facts(resolution, birthdate), TODAY);
    assert_eq!(determination.reason.outcome(), determination.outcome);
    assert_eq!(determination.expires.is_some(), determination.outcome == Outcome::Eligible);
    determination.reason
}

fn namesakes() -> Resolution {
    Resolution::Ambiguous(vec![Place::of(code("074462"), vec![]), Place::of(code("104485"), vec![])])
}

fn listed(codes: &[&str]) -> Condition {
    Condition::LivesIn { areas: codes.iter().map(|text| Area::Municipality { code: code(text) }).collect() }
}

fn adults(years: u8) -> Condition {
    Condition::AgeAtLeast { years }
}

#[test]
fn the_own_municipality() {
    let own = || Condition::OwnMunicipality;
    assert_eq!(reason(own(), lives_in("074462"), None), ReasonCode::Meets);
    assert_eq!(reason(own(), lives_in("104485"), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(own(), namesakes(), None), ReasonCode::AddressAmbiguous);
    assert_eq!(reason(own(), Resolution::Unknown, None), ReasonCode::AddressUnknown);
    assert_eq!(reason(own(), Resolution::Abroad, None), ReasonCode::LivesAbroad);
}

#[test]
fn an_unclear_address_matters_only_where_the_rule_depends_on_it() {
    let born = Some(date!(1984 - 02 - 29));
    assert_eq!(reason(adults(18), Resolution::Unknown, born), ReasonCode::Meets);
    let either = Condition::Any { conditions: vec![Condition::OwnMunicipality, adults(18)] };
    assert_eq!(reason(either, namesakes(), born), ReasonCode::Meets);
    let both = || Condition::All { conditions: vec![Condition::OwnMunicipality, adults(65)] };
    assert_eq!(reason(both(), namesakes(), born), ReasonCode::TooYoung);
    assert_eq!(reason(both(), namesakes(), None), ReasonCode::AddressAmbiguous);
    assert_eq!(reason(both(), lives_in("104485"), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(both(), lives_in("074462"), None), ReasonCode::BirthdateMissing);
    assert_eq!(reason(listed(&["074462", "104485"]), namesakes(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011002"]), namesakes(), None), ReasonCode::LivesElsewhere);
}

#[test]
fn a_designated_city_stands_for_its_wards_and_a_ward_for_itself() {
    let wards = || vec![code("011011"), code("011029")];
    let in_ward = || Resolution::Resolved(Place::of(code("011002"), vec![code("011011")]));
    let in_city = || Resolution::Resolved(Place::of(code("011002"), wards()));
    assert_eq!(reason(listed(&["011002"]), in_ward(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011002"]), in_city(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011011"]), in_ward(), None), ReasonCode::Meets);
    assert_eq!(reason(listed(&["011029"]), in_ward(), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(listed(&["011011"]), in_city(), None), ReasonCode::AddressUnknown);
    assert_eq!(reason(listed(&["011011", "011029"]), in_city(), None), ReasonCode::Meets);
}

#[test]
fn an_age_is_reached_on_the_day_before_the_birthday() {
    assert_eq!(reason(adults(18), Resolution::Unknown, Some(date!(2008 - 11 - 22))), ReasonCode::Meets);
    assert_eq!(reason(adults(18), Resolution::Unknown, Some(date!(2008 - 11 - 23))), ReasonCode::TooYoung);
}

#[test]
fn mixed_reasons_stay_coarse() {
    let condition = Condition::Any {
        conditions: vec![
            Condition::All { conditions: vec![Condition::OwnMunicipality, adults(65)] },
            Condition::All { conditions: vec![listed(&["104485"]), adults(75)] },
        ],
    };
    assert_eq!(reason(condition, lives_in("074462"), Some(date!(1984 - 02 - 29))), ReasonCode::TooYoung);
    let condition =
        Condition::Any { conditions: vec![listed(&["104485"]), Condition::All { conditions: vec![adults(65)] }] };
    assert_eq!(reason(condition, lives_in("074462"), Some(date!(1984 - 02 - 29))), ReasonCode::ConditionsNotMet);
}

#[test]
fn weak_or_old_evidence_decides_nothing() {
    let rule = rule(Condition::OwnMunicipality, YEAR);
    let decide = |source, verified: Option<&str>| {
        let facts = Facts { source, verified: verified.map(month), ..facts(lives_in("074462"), None) };
        rule.decide(code("074462"), &facts, TODAY).reason
    };
    assert_eq!(decide(AddressSource::SignatureCertificate, Some("2026-11")), ReasonCode::Meets);
    assert_eq!(decide(AddressSource::StoredByProvider, Some("2026-11")), ReasonCode::SourceTooWeak);
    assert_eq!(decide(AddressSource::CardSurface, None), ReasonCode::VerificationTimeUnknown);
    assert_eq!(decide(AddressSource::CardSurface, Some("2026-12")), ReasonCode::VerificationTimeUnknown);
    assert_eq!(decide(AddressSource::CardSurface, Some("2026-10")), ReasonCode::Meets);
    assert_eq!(decide(AddressSource::CardSurface, Some("2026-09")), ReasonCode::VerificationTooOld);
}

#[test]
fn terms_count_from_the_providers_month() {
    let expires = |condition: Condition, term: Term, verified: &str, today: Date| {
        let facts = Facts { verified: Some(month(verified)), ..facts(lives_in("074462"), Some(date!(1984 - 02 - 29))) };
        rule(condition, term).decide(code("074462"), &facts, today).expires.map(|month| month.to_string())
    };
    let own = || Condition::OwnMunicipality;
    assert_eq!(expires(own(), YEAR, "2026-11", TODAY).as_deref(), Some("2027-11"));
    assert_eq!(expires(own(), YEAR, "2026-10", TODAY).as_deref(), Some("2027-10"));
    assert_eq!(expires(own(), Term::FiscalYearEnd, "2026-11", TODAY).as_deref(), Some("2027-03"));
    assert_eq!(expires(own(), Term::FiscalYearEnd, "2026-03", date!(2026 - 03 - 31)).as_deref(), Some("2026-03"));
    // Verified in the fiscal year before: that term is over already.
    assert_eq!(expires(own(), Term::FiscalYearEnd, "2026-03", date!(2026 - 04 - 01)), None);
    // A rule that asks for an age ends with the fiscal year.
    assert_eq!(expires(adults(18), YEAR, "2026-11", TODAY).as_deref(), Some("2027-03"));
    assert_eq!(expires(adults(18), Term::Months { months: 1 }, "2026-11", TODAY).as_deref(), Some("2026-12"));
}

#[test]
fn between_places_that_are_all_admitted_it_does_not_matter_which_it_is() {
    let either = || Condition::Any { conditions: vec![Condition::OwnMunicipality, listed(&["104485"])] };
    assert_eq!(reason(either(), namesakes(), None), ReasonCode::Meets);
    let neither = || Condition::Not { condition: Box::new(either()) };
    let not_both = Condition::All { conditions: vec![neither(), adults(0)] };
    assert_eq!(reason(not_both, namesakes(), Some(TODAY)), ReasonCode::Excluded);
    // Excluded wherever it is, by one exclusion here and another there; also while the age is not known.
    let all = || Condition::All { conditions: vec![either(), adults(18), neither()] };
    let born = Some(date!(1984 - 02 - 29));
    for birthdate in [born, None] {
        let found = rule(all(), YEAR).decide(code("074462"), &facts(namesakes(), birthdate), TODAY);
        assert_eq!((found.reason, found.clause), (ReasonCode::Excluded, None));
    }
    let one_ward = Condition::Any { conditions: vec![listed(&["011011"]), listed(&["011029"])] };
    let in_city = Resolution::Resolved(Place::of(code("011002"), vec![code("011011"), code("011029")]));
    assert_eq!(reason(one_ward, in_city, None), ReasonCode::Meets);
    assert_eq!(reason(Condition::OwnMunicipality, Resolution::Ambiguous(vec![]), None), ReasonCode::AddressAmbiguous);
}

fn towns(text: &str, names: &[&str]) -> Condition {
    let towns = names.iter().map(|name| (*name).to_owned()).collect();
    Condition::LivesIn { areas: vec![Area::Towns { code: code(text), towns }] }
}

fn in_towns(municipality: &str, wards: &[&str], names: &[(&str, &str)]) -> Resolution {
    let towns = names.iter().map(|(of, name)| Town { code: code(of), name: (*name).to_owned() }).collect();
    Resolution::Resolved(Place::of(code(municipality), wards.iter().map(|ward| code(ward)).collect()).in_towns(towns))
}

#[test]
fn towns_of_a_municipality() {
    let oashi = || towns("074462", &["大芦", "両原"]);
    assert_eq!(reason(oashi(), in_towns("074462", &[], &[("074462", "大芦")]), None), ReasonCode::Meets);
    assert_eq!(reason(oashi(), in_towns("074462", &[], &[("074462", "下中津川")]), None), ReasonCode::LivesElsewhere);
    // The same name in another municipality is another town.
    assert_eq!(reason(oashi(), in_towns("104485", &[], &[("104485", "大芦")]), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(oashi(), lives_in("074462"), None), ReasonCode::AddressUnknown);
    assert_eq!(reason(oashi(), lives_in("104485"), None), ReasonCode::LivesElsewhere);
    let both = [("074462", "大芦"), ("074462", "両原")];
    assert_eq!(reason(oashi(), in_towns("074462", &[], &both), None), ReasonCode::Meets);
    let mixed = [("074462", "大芦"), ("074462", "下中津川")];
    assert_eq!(reason(oashi(), in_towns("074462", &[], &mixed), None), ReasonCode::AddressUnknown);
    // In a designated city the town tells the ward.
    let wards = ["011011", "011029"];
    let across = [("011011", "北一条西"), ("011029", "北七条西")];
    assert_eq!(reason(listed(&["011011"]), in_towns("011002", &wards, &across), None), ReasonCode::AddressUnknown);
    assert_eq!(reason(listed(&["011011"]), in_towns("011002", &wards, &across[..1]), None), ReasonCode::Meets);
    assert_eq!(
        reason(towns("011029", &["北七条西"]), in_towns("011002", &wards, &across[1..]), None),
        ReasonCode::Meets
    );
}

#[test]
fn whole_prefectures() {
    let fukushima = || Condition::LivesIn { areas: vec![Area::Prefecture { code: "07".parse().unwrap() }] };
    assert_eq!(reason(fukushima(), lives_in("074462"), None), ReasonCode::Meets);
    assert_eq!(reason(fukushima(), lives_in("104485"), None), ReasonCode::LivesElsewhere);
    assert_eq!(reason(fukushima(), namesakes(), None), ReasonCode::AddressAmbiguous);
    let neighbours = Resolution::Ambiguous(vec![Place::of(code("074462"), vec![]), Place::of(code("074454"), vec![])]);
    assert_eq!(reason(fukushima(), neighbours, None), ReasonCode::Meets);
}

#[test]
fn school_years_turn_on_1_april_between_births_of_1_and_2_april() {
    let decide = |condition: Condition, born: Date, today: Date| {
        let facts = Facts { verified: Some(Month::of(today)), ..facts(Resolution::Unknown, Some(born)) };
        rule(condition, YEAR).decide(code("074462"), &facts, today).reason
    };
    let from = |year| Condition::SchoolYearAtLeast { year };
    let to = |year| Condition::SchoolYearAtMost { year };
    let (last, first) = (date!(2020 - 04 - 01), date!(2020 - 04 - 02));
    assert_eq!(decide(from(1), last, date!(2026 - 03 - 31)), ReasonCode::TooYoung);
    assert_eq!(decide(from(1), last, date!(2026 - 04 - 01)), ReasonCode::Meets);
    assert_eq!(decide(from(1), first, date!(2026 - 04 - 01)), ReasonCode::TooYoung);
    assert_eq!(decide(from(1), first, date!(2027 - 04 - 01)), ReasonCode::Meets);
    assert_eq!(decide(to(9), last, date!(2035 - 03 - 31)), ReasonCode::Meets);
    assert_eq!(decide(to(9), last, date!(2035 - 04 - 01)), ReasonCode::TooOld);
    assert_eq!(decide(to(9), first, date!(2035 - 04 - 01)), ReasonCode::Meets);
    // Ages turn on the day before the birthday all the same.
    assert_eq!(decide(Condition::AgeAtMost { years: 14 }, last, date!(2035 - 03 - 30)), ReasonCode::Meets);
    assert_eq!(decide(Condition::AgeAtMost { years: 14 }, last, date!(2035 - 03 - 31)), ReasonCode::TooOld);
    // A birthdate in the future is none, whichever way an age is limited.
    for condition in [adults(0), Condition::AgeAtMost { years: 14 }, from(1), to(9)] {
        assert_eq!(decide(condition, date!(2026 - 11 - 30), TODAY), ReasonCode::BirthdateMissing);
    }
}

fn attested(kind: AttestationKind) -> Condition {
    Condition::Attested { kinds: vec![kind] }
}

fn works() -> Condition {
    attested(AttestationKind::Work)
}

fn tie(kind: AttestationKind, until: &str) -> Attestation {
    Attestation { kind, until: month(until) }
}

fn determined(condition: Condition, resolution: Resolution, attested: Vec<Attestation>) -> Determination {
    let facts = Facts { attested, ..facts(resolution, Some(date!(1984 - 02 - 29))) };
    rule(condition, YEAR).decide(code("074462"), &facts, TODAY)
}

#[test]
fn ties_count_until_their_month_is_over() {
    use AttestationKind::{Other, School, Work};
    let far = || lives_in("104485");
    let with = |until: &str| determined(works(), far(), vec![tie(Work, until)]);
    assert_eq!((with("2026-11").outcome, with("2026-11").expires), (Outcome::Eligible, Some(month("2026-11"))));
    assert_eq!(with("2027-03").expires, Some(month("2027-03")));
    // The term ends first.
    assert_eq!(with("2030-03").expires, Some(month("2027-11")));
    let expired = with("2026-10");
    assert_eq!((expired.reason, expired.expires), (ReasonCode::NotAttested, None));
    assert_eq!(expired.would_do, [Work].into_iter().collect());
    assert_eq!(determined(works(), far(), vec![tie(School, "2027-03")]).reason, ReasonCode::NotAttested);
    // Who is eligible without a tie does not lose it with one.
    let either = || Condition::Any { conditions: vec![Condition::OwnMunicipality, works()] };
    assert_eq!(determined(either(), lives_in("074462"), vec![tie(Work, "2026-12")]).expires, Some(month("2027-11")));
    assert_eq!(determined(either(), far(), vec![tie(Work, "2026-12")]).expires, Some(month("2026-12")));
    assert_eq!(determined(either(), far(), vec![]).reason, ReasonCode::LivesElsewhere);
    assert_eq!(determined(either(), far(), vec![]).would_do, [Work].into_iter().collect());
    // Of one kind the longest counts, of several kinds the shortest; kinds that the rule does not name count for nothing.
    let any = || Condition::Attested { kinds: vec![Work, School] };
    let ties = |ties: &[(AttestationKind, &str)]| {
        determined(any(), far(), ties.iter().map(|(kind, until)| tie(*kind, until)).collect()).expires
    };
    assert_eq!(ties(&[(Work, "2026-12"), (Work, "2027-02")]), Some(month("2027-02")));
    assert_eq!(ties(&[(Work, "2027-03"), (School, "2027-02")]), Some(month("2027-02")));
    assert_eq!(ties(&[(Work, "2027-03"), (School, "2026-10"), (Other, "2026-12")]), Some(month("2027-03")));
    let each = Condition::Attested { kinds: AttestationKind::ALL.to_vec() };
    let three = vec![tie(Work, "2027-03"), tie(School, "2027-02"), tie(Other, "2027-05")];
    assert_eq!(determined(each, far(), three).expires, Some(month("2027-02")));
    // An age that decides whether the tie was needed does not show in the expiry.
    let young = Condition::Any { conditions: vec![adults(18), works()] };
    assert_eq!(determined(young, far(), vec![tie(Work, "2026-12")]).expires, Some(month("2026-12")));
}

#[test]
fn exclusions_and_negations() {
    let not = |condition: Condition| Condition::Not { condition: Box::new(condition) };
    let except = |excluded: Condition| Condition::All { conditions: vec![Condition::OwnMunicipality, not(excluded)] };
    let home = || lives_in("074462");
    let excluded = determined(except(adults(18)), home(), vec![]);
    assert_eq!((excluded.reason, excluded.clause), (ReasonCode::Excluded, Some(Clause::Excludes(0))));
    assert_eq!(determined(except(adults(65)), home(), vec![]).clause, Some(Clause::Admits(0)));
    // Whoever is not admitted is not excluded either.
    let elsewhere = determined(except(adults(18)), lives_in("104485"), vec![]);
    assert_eq!((elsewhere.reason, elsewhere.clause), (ReasonCode::LivesElsewhere, None));
    let second = except(Condition::Any { conditions: vec![adults(65), adults(18)] });
    assert_eq!(determined(second, home(), vec![]).clause, Some(Clause::Excludes(1)));
    assert_eq!(reason(not(Condition::OwnMunicipality), lives_in("104485"), None), ReasonCode::Meets);
    assert_eq!(reason(not(Condition::OwnMunicipality), Resolution::Abroad, None), ReasonCode::Meets);
    assert_eq!(reason(not(Condition::OwnMunicipality), namesakes(), None), ReasonCode::AddressAmbiguous);
    assert_eq!(reason(not(adults(18)), Resolution::Unknown, None), ReasonCode::BirthdateMissing);
    let tied = determined(except(attested(AttestationKind::Work)), home(), vec![tie(AttestationKind::Work, "2027-03")]);
    assert_eq!(tied.reason, ReasonCode::Excluded);
}

#[test]
fn the_clause_that_decided() {
    let rule = || Condition::All {
        conditions: vec![
            Condition::Any {
                conditions: vec![Condition::OwnMunicipality, attested(AttestationKind::Work), listed(&["104485"])],
            },
            adults(18),
            Condition::AgeAtMost { years: 41 },
        ],
    };
    assert_eq!(determined(rule(), lives_in("074462"), vec![]).clause, Some(Clause::Everyone(1)));
    assert_eq!(determined(rule(), lives_in("074462"), vec![]).reason, ReasonCode::TooOld);
    let wider = || Condition::Any {
        conditions: vec![Condition::OwnMunicipality, attested(AttestationKind::Work), listed(&["104485"])],
    };
    assert_eq!(determined(wider(), lives_in("074462"), vec![]).clause, Some(Clause::Admits(0)));
    assert_eq!(determined(wider(), lives_in("104485"), vec![]).clause, Some(Clause::Admits(2)));
    // Whoever has the tie beside is admitted by the first clause that holds.
    let works = vec![tie(AttestationKind::Work, "2027-03")];
    assert_eq!(determined(wider(), lives_in("104485"), works).clause, Some(Clause::Admits(1)));
    // One of two does, and nobody can say which.
    let unclear = determined(wider(), namesakes(), vec![]);
    assert_eq!((unclear.reason, unclear.clause), (ReasonCode::Meets, None));
}

#[test]
fn the_card_is_due_again_before_the_term_ends() {
    let decide = |recheck: Option<u8>, verified: &str, attested: Vec<Attestation>| {
        let condition = Condition::Any { conditions: vec![Condition::OwnMunicipality, works()] };
        let acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 12 };
        let parts = Parts { recheck_months: recheck, ..checked(condition, YEAR, acceptance).parts() };
        let rule = ResidencyRule::parse(parts, &std::collections::BTreeMap::new()).unwrap();
        let resolution = lives_in(if attested.is_empty() { "074462" } else { "104485" });
        let facts = Facts { verified: Some(month(verified)), attested, ..facts(resolution, None) };
        let found = rule.decide(code("074462"), &facts, TODAY);
        (found.reason, found.expires.map(|month| month.to_string()), found.recheck.map(|month| month.to_string()))
    };
    let is = |expires: &str, recheck: Option<&str>| {
        (ReasonCode::Meets, Some(expires.to_owned()), recheck.map(str::to_owned))
    };
    assert_eq!(decide(None, "2026-11", vec![]), is("2027-11", None));
    assert_eq!(decide(Some(6), "2026-11", vec![]), is("2027-11", Some("2027-05")));
    assert_eq!(decide(Some(24), "2026-11", vec![]), is("2027-11", Some("2027-11")));
    assert_eq!(decide(Some(1), "2026-10", vec![]), is("2027-10", Some("2026-11")));
    assert_eq!(decide(Some(1), "2026-09", vec![]), (ReasonCode::VerificationTooOld, None, None));
    assert_eq!(decide(None, "2025-11", vec![]), is("2026-11", None));
    assert_eq!(decide(None, "2025-10", vec![]), (ReasonCode::VerificationTooOld, None, None));
    let works = vec![tie(AttestationKind::Work, "2026-12")];
    assert_eq!(decide(Some(6), "2026-11", works), is("2026-12", Some("2026-12")));
}
