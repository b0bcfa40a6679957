//! What may be shown, by example and for every town and count.

use proptest::prelude::*;

use super::*;

fn policy(population: u32) -> DisclosurePolicy {
    DisclosurePolicy::of(Some(population), None)
}

fn people(cell: Cell) -> Option<u32> {
    cell.people().map(DisclosedFigure::number)
}

#[test]
fn thresholds_follow_the_population() {
    assert_eq!(policy(1_999).publication(), Publication::YearlyBand);
    assert_eq!(policy(2_000).publication(), Publication::Months(Threshold::TWENTY));
    assert_eq!(policy(24_999).publication(), Publication::Months(Threshold::TWENTY));
    assert_eq!(policy(25_000).publication(), Publication::Months(Threshold::TEN));
    assert_eq!(DisclosurePolicy::of(None, None).publication(), Publication::Nothing);
}

#[test]
fn a_town_may_be_stricter_but_not_laxer() {
    let own = |population, threshold: u32| DisclosurePolicy::of(Some(population), threshold.try_into().ok());
    assert_eq!(own(30_000, 50).publication(), Publication::Months(Threshold::try_from(50).unwrap()));
    assert_eq!(own(10_000, 10).publication(), Publication::Months(Threshold::TWENTY));
    assert_eq!(Threshold::try_from(25), Err(Violation::Malformed));
    assert_eq!(Threshold::try_from(0), Err(Violation::OutOfRange));
}

#[test]
fn months_are_rounded_and_hidden_below_the_threshold() {
    let shown = |count| people(close_month_cell(count, count * 2, &policy(10_000)));
    assert_eq!(shown(19), None);
    assert_eq!(shown(20), Some(20));
    assert_eq!(shown(24), Some(20));
    assert_eq!(shown(25), Some(30));
    assert_eq!(shown(9_980), Some(9_980));
    assert_eq!(shown(9_981), None);
    assert_eq!(close_month_cell(0, 0, &policy(10_000)), close_month_cell(19, 400, &policy(10_000)));
    assert_eq!(close_month_cell(0, 0, &policy(10_000)), close_month_cell(10_000, 10_000, &policy(10_000)));
    assert_eq!(close_month_cell(500, 900, &policy(1_100)), Cell::Hidden(HiddenReason::SmallMunicipality));
    let unknown = DisclosurePolicy::of(None, None);
    assert_eq!(close_month_cell(500, 900, &unknown), Cell::Hidden(HiddenReason::PopulationUnknown));
}

#[test]
fn small_towns_get_one_band_a_year() {
    let band = |count| close_year_band(count, &policy(1_100));
    let hidden = Some(BandCell::Hidden(HiddenReason::FewPeople));
    assert_eq!(band(0), hidden);
    assert_eq!(band(19), hidden);
    assert_eq!(band(20), Some(BandCell::Shown(Band::From20)));
    assert_eq!(band(99), Some(BandCell::Shown(Band::From50)));
    assert_eq!(band(100), Some(BandCell::Shown(Band::From100)));
    assert_eq!(band(1_081), hidden);
    assert_eq!(close_year_band(500, &policy(2_000)), None);
    assert_eq!(close_year_band(30, &policy(35)), hidden);
    let strict = DisclosurePolicy::of(Some(1_100), Threshold::try_from(40).ok());
    assert_eq!(close_year_band(45, &strict), hidden);
    assert_eq!(close_year_band(60, &strict), Some(BandCell::Shown(Band::From50)));
}

#[test]
fn the_store_gives_back_only_what_the_publisher_wrote() {
    let cell = close_month_cell(123, 456, &policy(10_000));
    let read = Cell::from_store(Some(120), Some(460), None);
    assert_eq!(read, Ok(cell));
    assert_eq!(Cell::from_store(None, None, Some("few_people")), Ok(Cell::Hidden(HiddenReason::FewPeople)));
    for (people, sign_ins, hidden) in [
        (Some(123), Some(460), None),
        (Some(0), Some(0), None),
        (Some(120), None, None),
        (Some(120), Some(460), Some("few_people")),
        (None, None, Some("other")),
        (None, None, None),
    ] {
        assert_eq!(Cell::from_store(people, sign_ins, hidden), Err(NotDisclosed));
    }
    assert_eq!(BandCell::from_store(Some("from_50"), None), Ok(BandCell::Shown(Band::From50)));
    assert_eq!(BandCell::from_store(Some("from_10"), None), Err(NotDisclosed));
    assert!(serde_json::from_str::<DisclosedFigure>("7").is_err());
    let json = serde_json::to_string(&cell).unwrap();
    assert_eq!(json, r#"{"shown":{"people":120,"sign_ins":460}}"#);
    assert_eq!(serde_json::from_str::<Cell>(&json).unwrap(), cell);
}

#[test]
fn a_town_that_became_stricter_hides_what_it_published() {
    let at = |threshold: u32| Publication::Months(threshold.try_into().unwrap());
    let cell = close_month_cell(30, 90, &policy(30_000));
    assert_eq!(cell.held_to(at(30)), cell);
    assert_eq!(cell.held_to(at(40)), Cell::Hidden(HiddenReason::FewPeople));
    let hidden = close_month_cell(9, 90, &policy(30_000));
    assert_eq!(hidden.held_to(at(10)), hidden);
}

#[test]
fn a_group_is_shown_where_neither_it_nor_its_rest_is_few() {
    let shown = |people, of| at_least(people, of, &policy(10_000)).map(DisclosedFigure::number);
    assert_eq!([shown(19, None), shown(20, None), shown(29, None)], [None, Some(20), Some(20)]);
    assert_eq!([shown(30, Some(49)), shown(30, Some(50)), shown(50, Some(50))], [None, Some(30), None]);
    assert_eq!([shown(9_980, None), shown(9_981, None)], [Some(9_980), None]);
    let village = |people| at_least(people, None, &policy(1_100)).map(DisclosedFigure::number);
    assert_eq!([village(19), village(49), village(99), village(400)], [None, Some(20), Some(50), Some(100)]);
    assert_eq!(at_least(500, None, &DisclosurePolicy::of(None, None)), None);
    let strict = DisclosurePolicy::of(Some(1_100), Threshold::try_from(60).ok());
    assert_eq!(at_least(80, None, &strict), None);
}

#[test]
fn figures_are_written_with_separators() {
    let text = |number: u32| DisclosedFigure(number).to_string();
    assert_eq!((text(20), text(2_330), text(1_000_050)), ("20".into(), "2,330".into(), "1,000,050".into()));
}

proptest! {
    #[test]
    fn no_shown_figure_is_below_the_threshold_or_near_everybody(
        population in proptest::option::of(0..200_000u32),
        own in proptest::option::of(1..=100u32),
        count in 0..200_000u32,
        more in 0..100_000u32,
    ) {
        let own = own.map(|tens| Threshold::try_from(tens * 10).unwrap());
        let policy = DisclosurePolicy::of(population, own);
        if let Cell::Shown { people, sign_ins } = close_month_cell(count, count.saturating_add(more), &policy) {
            let least = if population.unwrap() < 25_000 { 20 } else { 10 };
            let least = own.map_or(least, |own| own.people().max(least));
            prop_assert!(population.unwrap() >= 2_000);
            prop_assert!(count >= least && people.number() >= least);
            prop_assert!(people.number() <= population.unwrap() - least);
            prop_assert!(people.number().is_multiple_of(10) && people.number().abs_diff(count) <= 5);
            prop_assert!(sign_ins >= people);
            prop_assert_eq!(Cell::from_store(Some(people.number()), Some(sign_ins.number()), None),
                Ok(Cell::Shown { people, sign_ins }));
        }
    }

    #[test]
    fn hidden_cells_of_one_town_are_all_alike(population in 2_000..200_000u32, a in 0..200_000u32, b in 0..200_000u32) {
        let policy = policy(population);
        let cells = [close_month_cell(a, a, &policy), close_month_cell(b, b * 3, &policy)];
        if cells.iter().all(|cell| cell.hidden().is_some()) {
            prop_assert_eq!(cells[0], cells[1]);
        }
    }

    #[test]
    fn a_band_never_says_more_than_there_are(population in 0..2_000u32, count in 0..2_000u32) {
        if let Some(BandCell::Shown(band)) = close_year_band(count, &policy(population)) {
            prop_assert!(count >= band.from_people() && count + 20 <= population);
        }
    }
}
