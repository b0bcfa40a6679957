//! Findings in words for clerks.

use super::super::condition::{Clause, Clauses, Condition};
use super::super::explain::Who;
use super::super::rule::ResidencyRule;
use super::{Finding, FindingKind};
use crate::locale::Locale;
use crate::municipality::{Gazetteer, MunicipalityCode, PrefectureCode};

impl Finding {
    /// What was found in the rule, in a sentence or two; the clause is named by its number in the builder.
    pub fn words(
        &self,
        rule: &ResidencyRule,
        own: MunicipalityCode,
        gazetteer: &dyn Gazetteer,
        locale: Locale,
    ) -> String {
        let clauses = rule.clauses();
        let who = Who { own, gazetteer, locale };
        let says = Says { clauses: &clauses, who: &who, at: self.at };
        let (ja, en) = match &self.kind {
            FindingKind::UnknownCode { code } => says.unknown_code(*code),
            FindingKind::UnknownTowns { code, towns } => says.unknown_towns(*code, towns),
            FindingKind::ListedTwice { place, within } => says.listed_twice(place, within),
            FindingKind::AddsNobody { by } => says.adds_nobody(*by),
            FindingKind::ChangesNothing { part } => says.changes_nothing(*part),
            other => says.plain(other),
        };
        match locale {
            Locale::Ja => ja,
            Locale::En => en,
        }
    }
}

struct Says<'a> {
    clauses: &'a Clauses<'a>,
    who: &'a Who<'a>,
    at: Option<Clause>,
}

impl Says<'_> {
    /// `条件1`; `Condition 1`.
    fn label(&self, clause: Option<Clause>) -> (String, String) {
        match clause {
            None => ("このルール".to_owned(), "This rule".to_owned()),
            Some(Clause::Everyone(_)) if !self.clauses.admits.is_empty() => {
                ("全員に求める年齢・学年".to_owned(), "What is asked of everybody".to_owned())
            }
            Some(Clause::Everyone(_)) => ("条件1".to_owned(), "Condition 1".to_owned()),
            Some(Clause::Admits(index)) => {
                let number = usize::from(index) + 1;
                (format!("条件{number}"), format!("Condition {number}"))
            }
            Some(Clause::Excludes(index)) => {
                let number = usize::from(index) + 1;
                (format!("除外{number}"), format!("Exclusion {number}"))
            }
        }
    }

    fn plain(&self, kind: &FindingKind) -> (String, String) {
        let (ja, en) = self.label(self.at);
        let (ja_text, en_text) = match kind {
            FindingKind::AdmitsNobody => ("では、だれも対象になりません。", "admits nobody."),
            FindingKind::AdmitsEverybody => {
                ("では、住所や年齢にかかわらず、だれでも対象になります。", "admits everybody, wherever they live.")
            }
            FindingKind::NeverHolds => {
                ("は、中で食い違っていて、当てはまる人がいません。", "contradicts itself: it holds for nobody.")
            }
            FindingKind::TurnedAway => (
                "に当てはまる人は、全員に求める年齢・学年か除外のため、だれも対象になりません。",
                "holds for some people, but what is asked of everybody, or an exclusion, turns all of them away.",
            ),
            FindingKind::AdmitsFromAnywhere => (
                "では、全国どこに住んでいる人も対象になります。",
                "admits people wherever they live, in the whole country.",
            ),
            FindingKind::ExcludesNobody => (
                "は、対象になる人のだれにも当てはまりません。消しても、結果は変わりません。",
                "holds for nobody who would be admitted. Without it the outcomes are the same.",
            ),
            FindingKind::RecheckNeverDue => (
                "では、カードでもう一度確かめる前に、資格の期限が来ます。再確認の月数は働きません。",
                "ends the term before the card is asked for again, so the months of the re-check have no effect.",
            ),
            FindingKind::OlderThanTerm => (
                "は、資格の期限や再確認より古い住所も受け入れる設定です。そのような住所では、結局判定できません。",
                "accepts addresses older than its term or re-check allows. With such an address nothing can be determined.",
            ),
            FindingKind::EndsWithMarch => (
                "では、全員の資格が年度末(3月末)に終わります。3月に確かめた人の資格は、その月のうちに終わります。",
                "ends every eligibility with March. Whoever is verified in March is eligible for that month only.",
            ),
            FindingKind::AgePassedWithinTerm => (
                "では、誕生日で年齢の上限をこえた人も、期限(おそくとも年度末)までは使えます。",
                "lets people who pass the greatest age go on until their term ends, at the latest with the fiscal year.",
            ),
            FindingKind::UnknownCode { .. }
            | FindingKind::UnknownTowns { .. }
            | FindingKind::ListedTwice { .. }
            | FindingKind::AddsNobody { .. }
            | FindingKind::ChangesNothing { .. } => ("", ""),
        };
        (format!("{ja}{ja_text}"), format!("{en} {en_text}"))
    }

    fn unknown_code(&self, code: MunicipalityCode) -> (String, String) {
        let (ja, en) = self.label(self.at);
        let (ja_where, en_where) = PrefectureCode::of(code).map_or_else(Default::default, |prefecture| {
            (
                format!("({}の番号)", prefecture.name(Locale::Ja)),
                format!(" (a number of {})", prefecture.name(Locale::En)),
            )
        });
        (
            format!(
                "{ja}にある団体コード {code}{ja_where}は、いまはありません。合併や区の再編でなくなったときは、いまの市区町村をえらびなおしてください。"
            ),
            format!(
                "{en} names the code {code}{en_where}, which does not exist. If a merger ended it, choose the municipality \
                 of today."
            ),
        )
    }

    fn unknown_towns(&self, code: MunicipalityCode, towns: &[String]) -> (String, String) {
        let (ja, en) = self.label(self.at);
        let place = self.who.place(code);
        (
            format!(
                "{ja}にある町・字は、いまの{place}にありません: {}。住居表示などで変わったときは、いまの名前をえらびなおしてください。",
                towns.join("、")
            ),
            format!(
                "{en} names towns that {place} does not have: {}. Choose them by their names of today.",
                towns.join(", ")
            ),
        )
    }

    fn listed_twice(&self, place: &str, within: &str) -> (String, String) {
        let (ja, en) = self.label(self.at);
        let (place, within) = (self.token(place), self.token(within));
        (
            format!("{ja}の{place}は、同じ条件の{within}に含まれています。"),
            format!("{en} lists {place} and also {within}, in which it lies."),
        )
    }

    fn token(&self, code: &str) -> String {
        match (PrefectureCode::parse(code), MunicipalityCode::parse(code)) {
            (Ok(prefecture), _) => prefecture.name(self.who.locale).to_owned(),
            (_, Ok(municipality)) => self.who.place(municipality),
            _ => code.to_owned(),
        }
    }

    fn adds_nobody(&self, by: Option<Clause>) -> (String, String) {
        let (ja, en) = self.label(self.at);
        let (by_ja, by_en) = match by {
            None => ("ほかの条件".to_owned(), "other conditions".to_owned()),
            by => self.label(by),
        };
        let (by_en, verb) = (by_en.to_lowercase(), if by.is_some() { "covers" } else { "together cover" });
        (
            format!("{ja}の人は、{by_ja}にも全員当てはまります。消しても、結果は変わりません。"),
            format!("{en} makes no difference: {by_en} {verb} everybody in it."),
        )
    }

    fn changes_nothing(&self, part: Option<u8>) -> (String, String) {
        let (ja, en) = self.label(self.at);
        let phrase = self.part(part).map(|part| self.who.phrase(part)).unwrap_or_default();
        (
            format!("{ja}の「{phrase}」は、ほかの条件があれば全員に当てはまります。消しても、結果は変わりません。"),
            format!(
                "In {}, “{phrase}” makes no difference: it holds for everybody whom the rest admits.",
                en.to_lowercase()
            ),
        )
    }

    fn part(&self, part: Option<u8>) -> Option<&Condition> {
        let clause = self.clauses.get(self.at?)?;
        match (clause, part) {
            (Condition::All { conditions }, Some(part)) => conditions.get(usize::from(part)),
            _ => Some(clause),
        }
    }
}
