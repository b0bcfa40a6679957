//! What the figures say in words: which month has the most people, and where nothing may be shown. No number of people is in
//! it, no share and no difference.

use domain::calendar::Month;
use domain::locale::Locale;
use leptos::prelude::*;
use service::usage::ServiceUsage;

use super::text::{Words, joins_on, month_name};
use crate::text::fill;

/// What can be said of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// Rose almost throughout, up to the last month.
    Steady,
    /// The last month has the most people.
    PeakAtLast,
    /// This month has.
    Peak(Month),
    /// No month stands out.
    Even,
    /// No month may be shown.
    NeverShown,
}

/// The paragraph above the charts. `coming` is the month that will be added next.
pub(super) fn summary(
    services: &[&ServiceUsage],
    months: &[Month],
    coming: Month,
    locale: Locale,
) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let last = months.last().copied();
    let courses: Vec<(String, Course)> =
        services.iter().map(|service| (service.name.get(locale).to_owned(), course(service, months))).collect();
    let of = |wanted: Course| -> Vec<String> {
        courses.iter().filter(|(_, course)| *course == wanted).map(|(name, _)| name.clone()).collect()
    };
    let count = months.len().to_string();
    let within_a_year = months.len() <= 12;
    let name = |month: Month| if within_a_year { month_name(month, locale) } else { month.text(locale) };
    let mut sentences: Vec<(Vec<String>, String)> = Vec::new();
    let steady = of(Course::Steady);
    if let Some(last) = last {
        let month = name(last);
        let values = [("n", count.as_str()), ("month", month.as_str())];
        let at_last = if steady.is_empty() { words.peak } else { words.also_last };
        sentences.push((steady, fill(words.steady, &values)));
        sentences.push((of(Course::PeakAtLast), fill(at_last, &values)));
    }
    for month in months {
        sentences.push((of(Course::Peak(*month)), fill(words.peak, &[("month", &name(*month))])));
    }
    sentences.push((of(Course::Even), words.even.to_owned()));
    sentences.push((of(Course::NeverShown), words.never_shown.to_owned()));
    let said = sentences
        .into_iter()
        .filter(|(names, _)| !names.is_empty())
        .map(|(names, rest)| {
            // An empty text would be rendered as a space.
            let space = (locale == Locale::En).then_some(" ");
            view! { {strong(names, locale)}{rest}{space} }
        })
        .collect_view();
    view! { <p class="summary-text">{said}{joins_on(coming, locale)}</p> }
}

/// Names in bold, one after the other.
fn strong(names: Vec<String>, locale: Locale) -> impl IntoView {
    let words = Words::of(locale);
    let last = names.len().saturating_sub(1);
    names
        .into_iter()
        .enumerate()
        .map(|(index, name)| {
            let before = match (index, locale) {
                (0, _) => None,
                (index, Locale::En) if index < last => Some(words.comma),
                _ => Some(words.and),
            };
            view! { {before}<strong>{name}</strong> }
        })
        .collect_view()
}

fn course(service: &ServiceUsage, months: &[Month]) -> Course {
    let shown: Vec<(Month, u32)> =
        months.iter().filter_map(|month| Some((*month, service.cells.get(month)?.people()?.number()))).collect();
    let Some(most) = shown.iter().map(|(_, people)| *people).max() else { return Course::NeverShown };
    let mut peaks = shown.iter().filter(|(_, people)| *people == most).map(|(month, _)| *month);
    let peak = match (peaks.next(), peaks.next()) {
        (Some(peak), None) => peak,
        _ => return Course::Even,
    };
    if Some(peak) != months.last().copied() {
        return Course::Peak(peak);
    }
    // "Almost": at most one step in six leads down, and the service was there and shown in every month.
    let down = shown.iter().zip(shown.iter().skip(1)).filter(|(before, after)| after.1 < before.1).count();
    if shown.len() == months.len() && shown.len() >= 6 && down * 6 <= shown.len() {
        Course::Steady
    } else {
        Course::PeakAtLast
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::disclosure::Cell;
    use domain::ids::RelyingPartyId;
    use domain::locale::Localized;

    use super::*;

    fn service(name: &str, people: &[u32]) -> (ServiceUsage, Vec<Month>) {
        let first: Month = "2026-01".parse().unwrap();
        let months: Vec<Month> = (0..u16::try_from(people.len()).unwrap()).map(|n| first.plus_months(n)).collect();
        let cells = months.iter().zip(people).filter(|(_, people)| **people > 1).map(|(month, people)| {
            let hidden = (*people < 10).then_some("few_people");
            let shown = hidden.is_none().then_some(*people);
            (*month, Cell::from_store(shown, shown, hidden).unwrap())
        });
        let usage = ServiceUsage {
            id: RelyingPartyId::from_uuid("0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f".parse().unwrap()),
            name: Localized::composed(name, name),
            cells: cells.collect(),
            bands: BTreeMap::new(),
        };
        (usage, months)
    }

    fn of(people: &[u32]) -> Course {
        let (service, months) = service("a", people);
        course(&service, &months)
    }

    #[test]
    fn the_course_of_a_service_in_words() {
        let month = |text: &str| Course::Peak(text.parse().unwrap());
        assert_eq!(of(&[10, 20, 20, 30, 40, 50]), Course::Steady);
        assert_eq!(of(&[10, 20, 10, 30, 20, 50]), Course::PeakAtLast);
        assert_eq!(of(&[2, 20, 20, 30, 40, 50]), Course::PeakAtLast, "a hidden month is nothing to have risen from");
        assert_eq!(of(&[10, 50, 20]), month("2026-02"));
        assert_eq!(of(&[20, 20, 20]), Course::Even);
        assert_eq!(of(&[2, 2, 2]), Course::NeverShown);
        assert_eq!(of(&[0, 0, 20]), Course::PeakAtLast);
    }

    #[test]
    fn no_number_of_people_is_in_a_sentence() {
        let (first, months) = service("甲", &[110, 120, 130, 140, 150, 160]);
        let (second, _) = service("乙", &[70, 2, 50, 60, 2, 90]);
        for locale in Locale::ALL {
            let coming = "2026-07".parse().unwrap();
            let services = [&first, &second];
            let html = crate::render::to_html(locale, None, || summary(&services, &months, coming, locale).into_any());
            for number in ["110", "160", "70", "90", "50"] {
                assert!(!html.contains(number), "{html}");
            }
            assert!(html.contains("<strong>甲<"), "{html}");
        }
    }
}
