//! The people of a condition as a phrase.
//!
//! What somebody must be all at once is said in one breath (「…に住んでいる18歳以上の人」) where it holds no alternatives; anything
//! else is put together from phrases, and brackets say what belongs together.

use super::super::attestation::AttestationKind;
use super::super::condition::{Area, Clauses, Condition};
use crate::locale::Locale;
use crate::municipality::{Gazetteer, MunicipalityCode};

/// Who speaks of people: in which language, and of which municipality as the own one.
pub(in super::super) struct Who<'a> {
    pub(in super::super) own: MunicipalityCode,
    pub(in super::super) gazetteer: &'a dyn Gazetteer,
    pub(in super::super) locale: Locale,
}

/// What is said of somebody in one breath.
enum Said {
    /// What they do, as it ends a phrase and, in Japanese, as it goes on.
    Does(String, String),
    /// Which age or school year they have.
    Is(Limit),
}

enum Limit {
    AgeFrom(u8),
    AgeTo(u8),
    SchoolFrom(u8),
    SchoolTo(u8),
}

impl Who<'_> {
    /// Everybody whom a rule admits, without its exclusions.
    pub(super) fn everybody(&self, clauses: &Clauses<'_>) -> String {
        let Clauses { admits, everyone, .. } = clauses;
        match (admits.as_slice(), everyone.as_slice(), self.locale) {
            ([], [], Locale::Ja) => "すべての人".to_owned(),
            ([], [], Locale::En) => "everybody".to_owned(),
            ([], everyone, _) => self.all(everyone, 0),
            (admits, [], _) => self.any(admits),
            ([one], everyone, _) => {
                let parts: Vec<&Condition> = [one].into_iter().chain(everyone).copied().collect();
                self.all(&parts, 0)
            }
            (admits, everyone, Locale::Ja) => {
                format!("「{}」のうち、{}", self.any_at(admits, 1), self.all(everyone, 0))
            }
            (admits, everyone, Locale::En) => {
                format!("({}), of these only {}", self.any_at(admits, 1), self.all(everyone, 1))
            }
        }
    }

    /// The people of any of these.
    pub(super) fn any(&self, conditions: &[&Condition]) -> String {
        self.any_at(conditions, 0)
    }

    /// The people of a condition.
    pub(in super::super) fn phrase(&self, condition: &Condition) -> String {
        self.phrase_at(condition, 0)
    }

    /// `depth` counts the brackets around it.
    fn phrase_at(&self, condition: &Condition, depth: usize) -> String {
        match condition {
            Condition::All { conditions } => self.all(&conditions.iter().collect::<Vec<_>>(), depth),
            Condition::Any { conditions } => self.any_at(&conditions.iter().collect::<Vec<_>>(), depth),
            Condition::Not { condition: within } => match self.said(condition) {
                Some(said) => self.in_one_breath(vec![said]),
                None => {
                    let inner = self.bracketed(&self.phrase_at(within, depth + 1), depth);
                    match self.locale {
                        Locale::Ja => format!("{inner}に当てはまらない人"),
                        Locale::En => format!("everybody except {inner}"),
                    }
                }
            },
            leaf => self.said(leaf).map(|said| self.in_one_breath(vec![said])).unwrap_or_default(),
        }
    }

    fn all(&self, conditions: &[&Condition], depth: usize) -> String {
        if let Some(said) = conditions.iter().map(|one| self.said(one)).collect::<Option<Vec<_>>>() {
            return self.in_one_breath(said);
        }
        self.joined(conditions, depth, "で、かつ", " who are also ")
    }

    fn any_at(&self, conditions: &[&Condition], depth: usize) -> String {
        self.joined(conditions, depth, "、または", ", or ")
    }

    fn joined(&self, conditions: &[&Condition], depth: usize, ja: &str, en: &str) -> String {
        if let [one] = conditions {
            return self.phrase_at(one, depth);
        }
        let phrases: Vec<String> = conditions
            .iter()
            .map(|one| {
                if self.has_several(one) {
                    self.bracketed(&self.phrase_at(one, depth + 1), depth)
                } else {
                    self.phrase_at(one, depth)
                }
            })
            .collect();
        phrases.join(match self.locale {
            Locale::Ja => ja,
            Locale::En => en,
        })
    }

    /// Within another phrase it would not be clear where it ends.
    fn has_several(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All { conditions } | Condition::Any { conditions } => match conditions.as_slice() {
                [one] => self.has_several(one),
                several => {
                    let one_breath = matches!(condition, Condition::All { .. })
                        && self.locale == Locale::Ja
                        && several.iter().all(|one| self.said(one).is_some());
                    !one_breath
                }
            },
            _ => false,
        }
    }

    fn bracketed(&self, phrase: &str, depth: usize) -> String {
        match (self.locale, depth % 2) {
            (Locale::Ja, 0) => format!("「{phrase}」"),
            (Locale::Ja, _) => format!("『{phrase}』"),
            (Locale::En, 0) => format!("({phrase})"),
            (Locale::En, _) => format!("[{phrase}]"),
        }
    }

    /// What a condition without alternatives says of somebody.
    fn said(&self, condition: &Condition) -> Option<Said> {
        Some(match condition {
            Condition::OwnMunicipality => self.lives(&self.place(self.own), true),
            Condition::LivesIn { areas } => self.lives(&self.areas(areas), true),
            Condition::Attested { kinds } => self.tied(kinds, true),
            Condition::AgeAtLeast { years } => Said::Is(Limit::AgeFrom(*years)),
            Condition::AgeAtMost { years } => Said::Is(Limit::AgeTo(*years)),
            Condition::SchoolYearAtLeast { year } => Said::Is(Limit::SchoolFrom(*year)),
            Condition::SchoolYearAtMost { year } => Said::Is(Limit::SchoolTo(*year)),
            Condition::Not { condition } => match condition.as_ref() {
                Condition::OwnMunicipality => self.lives(&self.place(self.own), false),
                Condition::LivesIn { areas } => self.lives(&self.areas(areas), false),
                Condition::Attested { kinds } => self.tied(kinds, false),
                _ => return None,
            },
            Condition::All { .. } | Condition::Any { .. } => return None,
        })
    }

    fn lives(&self, places: &str, holds: bool) -> Said {
        match (self.locale, holds) {
            (Locale::Ja, true) => Said::Does(format!("{places}に住んでいる"), format!("{places}に住んでいて")),
            (Locale::Ja, false) => Said::Does(format!("{places}に住んでいない"), format!("{places}に住んでいなくて")),
            (Locale::En, true) => Said::Does(format!("living in {places}"), String::new()),
            (Locale::En, false) => Said::Does(format!("not living in {places}"), String::new()),
        }
    }

    fn tied(&self, kinds: &[AttestationKind], holds: bool) -> Said {
        let own = self.place(self.own);
        let has = |kind| kinds.contains(&kind);
        let (works, studies, other) =
            (has(AttestationKind::Work), has(AttestationKind::School), has(AttestationKind::Other));
        match self.locale {
            Locale::Ja => {
                let here = match (works, studies) {
                    (true, true) => format!("{own}で働いているか学んでいる(在勤・在学)"),
                    (true, false) => format!("{own}で働いている(在勤)"),
                    (false, true) => format!("{own}で学んでいる(在学)"),
                    (false, false) => String::new(),
                };
                let tie = match (other, here.is_empty()) {
                    (false, _) => here,
                    (true, true) => format!("{own}とほかのつながりがある"),
                    (true, false) => format!("{here}か、ほかのつながりがある"),
                };
                match holds {
                    true => Said::Does(format!("{tie}と確認された"), format!("{tie}と確認されていて")),
                    false => Said::Does(format!("{tie}と確認されていない"), format!("{tie}と確認されていなくて")),
                }
            }
            Locale::En => {
                let named = [(works, "working in"), (studies, "studying in"), (other, "otherwise tied to")];
                let words: Vec<String> =
                    named.iter().filter(|(named, _)| *named).map(|(_, words)| (*words).to_owned()).collect();
                let not = if holds { "" } else { "not " };
                Said::Does(format!("{not}confirmed as {} {own}", listed(&words)), String::new())
            }
        }
    }

    fn in_one_breath(&self, said: Vec<Said>) -> String {
        let (mut does, mut limits) = (Vec::new(), Vec::new());
        for one in said {
            match one {
                Said::Does(ends, goes_on) => does.push((ends, goes_on)),
                Said::Is(limit) => limits.push(limit),
            }
        }
        let limits = self.limits(&limits);
        match self.locale {
            Locale::Ja => {
                let last = does.pop().map(|(ends, _)| ends).unwrap_or_default();
                let before: String = does.iter().map(|(_, goes_on)| format!("{goes_on}、")).collect();
                let ages = limits.join("で");
                let of = if ages.is_empty() { "" } else { "の" };
                format!("{before}{last}{ages}{of}人")
            }
            Locale::En => {
                let mut words: Vec<String> = does.into_iter().map(|(ends, _)| ends).collect();
                words.extend(limits);
                match words.as_slice() {
                    [] => "people".to_owned(),
                    [one] => format!("people {one}"),
                    [first @ .., last] => format!("people {}, and {last}", first.join(", ")),
                }
            }
        }
    }

    /// Ages and school years, each range as one where it has one end of each kind.
    fn limits(&self, limits: &[Limit]) -> Vec<String> {
        let locale = self.locale;
        let mut ages: (Vec<u8>, Vec<u8>) = Default::default();
        let mut years: (Vec<u8>, Vec<u8>) = Default::default();
        for limit in limits {
            match limit {
                Limit::AgeFrom(age) => ages.0.push(*age),
                Limit::AgeTo(age) => ages.1.push(*age),
                Limit::SchoolFrom(year) => years.0.push(*year),
                Limit::SchoolTo(year) => years.1.push(*year),
            }
        }
        let year = |year: &u8| school_year(*year, locale);
        let mut said = Vec::new();
        match (ages.0.as_slice(), ages.1.as_slice(), locale) {
            ([from], [to], Locale::Ja) => said.push(format!("{from}歳以上{to}歳以下")),
            ([from], [to], Locale::En) => said.push(format!("aged {from} to {to}")),
            (from, to, Locale::Ja) => {
                said.extend(from.iter().map(|age| format!("{age}歳以上")));
                said.extend(to.iter().map(|age| format!("{age}歳以下")));
            }
            (from, to, Locale::En) => {
                said.extend(from.iter().map(|age| format!("aged {age} or over")));
                said.extend(to.iter().map(|age| format!("aged {age} or under")));
            }
        }
        match (years.0.as_slice(), years.1.as_slice(), locale) {
            ([from], [to], Locale::Ja) => said.push(format!("{}から{}まで", year(from), year(to))),
            ([from], [to], Locale::En) => said.push(format!("from {} to {}", year(from), year(to))),
            (from, to, Locale::Ja) => {
                said.extend(from.iter().map(|from| format!("{}以上", year(from))));
                said.extend(to.iter().map(|to| format!("{}まで", year(to))));
            }
            (from, to, Locale::En) => {
                said.extend(from.iter().map(|from| format!("in {} or above", year(from))));
                said.extend(to.iter().map(|to| format!("in {} or below", year(to))));
            }
        }
        said
    }

    fn areas(&self, areas: &[Area]) -> String {
        let names: Vec<String> = areas.iter().map(|area| self.area(area)).collect();
        match self.locale {
            Locale::Ja => names.join("・"),
            Locale::En => listed(&names),
        }
    }

    fn area(&self, area: &Area) -> String {
        match (area, self.locale) {
            (Area::Prefecture { code }, locale) => code.name(locale).to_owned(),
            (Area::Municipality { code }, _) => self.place(*code),
            (Area::Towns { code, towns }, Locale::Ja) => format!("{}の〔{}〕", self.place(*code), towns.join("、")),
            (Area::Towns { code, towns }, Locale::En) => format!("{} (only {})", self.place(*code), towns.join(", ")),
        }
    }

    /// The name that tells namesakes apart; the bare code of a municipality that the gazetteer does not know.
    pub(in super::super) fn place(&self, code: MunicipalityCode) -> String {
        self.gazetteer.municipality(code).map_or_else(|| code.to_string(), |found| found.full_name(self.locale))
    }
}

/// 学年 by the name of its school: 1 is `小学1年`, 12 `高校3年`.
pub fn school_year(year: u8, locale: Locale) -> String {
    let (ja, en, first) = match year {
        0..=6 => ("小学", "elementary", 0),
        7..=9 => ("中学", "junior high", 6),
        _ => ("高校", "high", 9),
    };
    match locale {
        Locale::Ja => format!("{ja}{}年", year - first),
        Locale::En => format!("year {} of {en} school", year - first),
    }
}

/// `one, two or three`.
fn listed(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => names.join(", "),
    }
}
