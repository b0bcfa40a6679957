//! Rules and reasons in words: the sentence that a clerk reads beside the builder and a resident on the page.

use super::condition::{Area, Clauses, Condition};
use super::reason::{Outcome, ReasonCode};
use super::rule::{Acceptance, ResidencyRule, Term, WhenUndecidable};
use crate::locale::{Locale, Localized, Words};
use crate::municipality::{Gazetteer, MunicipalityCode};

/// The whole rule as sentences: who, for how long, on what evidence, and what follows where nothing can be decided.
pub fn describe(rule: &ResidencyRule, own: MunicipalityCode, gazetteer: &dyn Gazetteer) -> Localized {
    let text = |locale: Locale| lines(rule, own, gazetteer, locale).join(if locale == Locale::Ja { "" } else { " " });
    Localized::composed(text(Locale::Ja), text(Locale::En))
}

/// The same, one line each for who, term, evidence and what cannot be decided. A diff compares these.
pub fn lines(rule: &ResidencyRule, own: MunicipalityCode, gazetteer: &dyn Gazetteer, locale: Locale) -> Vec<String> {
    let who = Who { own, gazetteer, locale };
    let clauses = rule.clauses();
    let people = who.everybody(&clauses);
    let people = match (clauses.excludes.is_empty(), locale) {
        (true, Locale::Ja) => format!("{people}が使えます。"),
        (true, Locale::En) => format!("Open to {people}."),
        (false, Locale::Ja) => format!("{people}が使えます。ただし、{}は使えません。", who.any(&clauses.excludes)),
        (false, Locale::En) => format!("Open to {people}. Not open to {}.", who.any(&clauses.excludes)),
    };
    vec![
        people,
        term(rule, locale) + &recheck(rule, locale),
        evidence(rule.acceptance(), locale),
        undecidable(rule, locale),
    ]
}

/// Whom a rule admits, clause by clause: what a list shows where the sentence would be long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// The people of each clause that admits.
    pub admits: Vec<String>,
    /// What is asked of everybody.
    pub everyone: Vec<String>,
    /// The people of each exclusion.
    pub excludes: Vec<String>,
}

/// The phrases of [`People`], in the order of the rule's clauses.
pub fn people(rule: &ResidencyRule, own: MunicipalityCode, gazetteer: &dyn Gazetteer, locale: Locale) -> People {
    let who = Who { own, gazetteer, locale };
    let phrases = |conditions: &[&Condition]| conditions.iter().map(|condition| who.phrase(condition, false)).collect();
    let Clauses { admits, everyone, excludes } = rule.clauses();
    People { admits: phrases(&admits), everyone: phrases(&everyone), excludes: phrases(&excludes) }
}

fn term(rule: &ResidencyRule, locale: Locale) -> String {
    let months = match rule.term() {
        Term::Months { months } => months,
        Term::FiscalYearEnd => {
            return match locale {
                Locale::Ja => "資格は、住所を確かめた年度の末(3月末)まで有効です。".to_owned(),
                Locale::En => {
                    "Eligibility lasts until the end of the fiscal year (March) in which the address was verified."
                        .to_owned()
                }
            };
        }
    };
    match (locale, rule.depends_on_age()) {
        (Locale::Ja, false) => format!("資格は、住所を確かめた月から{months}か月後の月末まで有効です。"),
        (Locale::Ja, true) => {
            format!(
                "資格は、住所を確かめた月から{months}か月後の月末まで有効です。年齢の条件があるため、年度末(3月末)をこえません。"
            )
        }
        (Locale::En, false) => {
            format!("Eligibility lasts until the end of the month {months} months after the address was verified.")
        }
        (Locale::En, true) => format!(
            "Eligibility lasts until the end of the month {months} months after the address was verified, but not beyond \
             the fiscal year (March), because the rule asks for an age."
        ),
    }
}

fn recheck(rule: &ResidencyRule, locale: Locale) -> String {
    match (rule.recheck_months(), locale) {
        (None, _) => String::new(),
        (Some(months), Locale::Ja) => format!("その間も、{months}か月ごとにカードで確かめます。"),
        (Some(months), Locale::En) => format!(" Within it the card is asked for again every {months} months."),
    }
}

fn undecidable(rule: &ResidencyRule, locale: Locale) -> String {
    match rule.when_undecidable() {
        WhenUndecidable::DeskCode => Words {
            ja: "カードだけで判定できないときは、窓口コードを渡し、窓口で確かめます。",
            en: "Whoever cannot be determined from the card gets a code, and is checked at the desk.",
        },
        WhenUndecidable::Contact => Words {
            ja: "カードだけで判定できないときは、問い合わせ先を案内します。",
            en: "Whoever cannot be determined from the card is told whom to ask.",
        },
    }
    .get(locale)
    .to_owned()
}

fn evidence(acceptance: Acceptance, locale: Locale) -> String {
    let source = acceptance.weakest_source.words().get(locale);
    match (locale, acceptance.greatest_age_months) {
        (Locale::Ja, 0) => format!("住所は「{source}」以上の確かさで、その月のうちに確かめたものに限ります。"),
        (Locale::Ja, months) => {
            format!("住所は「{source}」以上の確かさで、{months}か月前までに確かめたものに限ります。")
        }
        (Locale::En, 0) => format!("The address must come from: {source} or better, verified within the month."),
        (Locale::En, months) => {
            format!("The address must come from: {source} or better, verified within the last {months} months.")
        }
    }
}

/// Who speaks of people: in which language, and of which municipality as the own one.
pub(super) struct Who<'a> {
    pub(super) own: MunicipalityCode,
    pub(super) gazetteer: &'a dyn Gazetteer,
    pub(super) locale: Locale,
}

impl Who<'_> {
    /// Everybody whom a rule admits, as one phrase.
    fn everybody(&self, clauses: &Clauses<'_>) -> String {
        let admits = self.any(&clauses.admits);
        let everyone = self.all(&clauses.everyone);
        let people = match (clauses.admits.is_empty(), clauses.everyone.is_empty(), self.locale) {
            (false, true, _) => admits,
            (true, false, _) => everyone,
            (true, true, Locale::Ja) => "だれでも".to_owned(),
            (true, true, Locale::En) => "everybody".to_owned(),
            (false, false, Locale::Ja) if clauses.admits.len() > 1 => format!("「{admits}」のうち、{everyone}"),
            (false, false, Locale::En) if clauses.admits.len() > 1 => format!("({admits}), of these {everyone}"),
            (false, false, Locale::Ja) => format!("{admits}で、かつ{everyone}"),
            (false, false, Locale::En) => format!("{admits} and {everyone}").replace(" and people ", " who are also "),
        };
        people
    }

    fn any(&self, conditions: &[&Condition]) -> String {
        self.joined(conditions, "、または", ", or ")
    }

    fn all(&self, conditions: &[&Condition]) -> String {
        self.joined(conditions, "で、かつ", " and ").replace(" and people ", " who are also ")
    }

    fn joined(&self, conditions: &[&Condition], ja: &str, en: &str) -> String {
        let inner = conditions.len() > 1;
        let phrases: Vec<String> = conditions.iter().map(|condition| self.phrase(condition, inner)).collect();
        phrases.join(match self.locale {
            Locale::Ja => ja,
            Locale::En => en,
        })
    }

    /// A phrase for the people of a condition; several within another phrase are bracketed.
    pub(super) fn phrase(&self, condition: &Condition, inner: bool) -> String {
        let locale = self.locale;
        let bracketed = |phrase: String| match (inner && condition.children().len() > 1, locale) {
            (false, _) => phrase,
            (true, Locale::Ja) => format!("「{phrase}」"),
            (true, Locale::En) => format!("({phrase})"),
        };
        let children: Vec<&Condition> = condition.children().iter().collect();
        match (condition, locale) {
            (Condition::OwnMunicipality, _) => self.living_in(&self.place(self.own), locale),
            (Condition::LivesIn { areas }, _) => {
                let names: Vec<String> = areas.iter().map(|area| self.area(area)).collect();
                self.living_in(&listed(&names, locale), locale)
            }
            (Condition::Attested { kinds }, _) => {
                let own = self.place(self.own);
                let kinds: Vec<&str> = kinds.iter().map(|kind| kind.words().get(locale)).collect();
                match locale {
                    Locale::Ja => format!("{own}に{}と認められた人", kinds.join("または")),
                    Locale::En => {
                        format!("people with an attested tie to {own} ({})", kinds.join(" or ").to_lowercase())
                    }
                }
            }
            (Condition::AgeAtLeast { years }, Locale::Ja) => format!("{years}歳以上の人"),
            (Condition::AgeAtLeast { years }, Locale::En) => format!("people aged {years} or over"),
            (Condition::AgeAtMost { years }, Locale::Ja) => format!("{years}歳以下の人"),
            (Condition::AgeAtMost { years }, Locale::En) => format!("people aged {years} or under"),
            (Condition::SchoolYearAtLeast { year }, Locale::Ja) => format!("{}以上の人", school_year(*year, locale)),
            (Condition::SchoolYearAtLeast { year }, Locale::En) => {
                format!("people in {} or above", school_year(*year, locale))
            }
            (Condition::SchoolYearAtMost { year }, Locale::Ja) => format!("{}までの人", school_year(*year, locale)),
            (Condition::SchoolYearAtMost { year }, Locale::En) => {
                format!("people in {} or below", school_year(*year, locale))
            }
            (Condition::All { .. }, _) => bracketed(self.all(&children)),
            (Condition::Any { .. }, _) => bracketed(self.any(&children)),
            (Condition::Not { condition }, Locale::Ja) => format!("{}を除く人", self.phrase(condition, true)),
            (Condition::Not { condition }, Locale::En) => {
                format!("people who are not {}", self.phrase(condition, true))
            }
        }
    }

    fn area(&self, area: &Area) -> String {
        match (area, self.locale) {
            (Area::Prefecture { code }, locale) => code.name(locale).to_owned(),
            (Area::Municipality { code }, _) => self.place(*code),
            (Area::Towns { code, towns }, Locale::Ja) => format!("{}のうち{}", self.place(*code), towns.join("、")),
            (Area::Towns { code, towns }, Locale::En) => format!("{} (only {})", self.place(*code), towns.join(", ")),
        }
    }

    fn living_in(&self, places: &str, locale: Locale) -> String {
        match locale {
            Locale::Ja => format!("{places}に住んでいる人"),
            Locale::En => format!("people living in {places}"),
        }
    }

    /// The name that tells namesakes apart; the bare code of a municipality that the gazetteer does not know.
    pub(super) fn place(&self, code: MunicipalityCode) -> String {
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

fn listed(names: &[String], locale: Locale) -> String {
    match (locale, names) {
        (Locale::En, [first @ .., last]) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        (Locale::En, _) => names.join(", "),
        (Locale::Ja, _) => names.join("・"),
    }
}

impl Outcome {
    /// The word on badges and in verdicts.
    pub const fn words(self) -> Words {
        match self {
            Outcome::Eligible => Words { ja: "対象", en: "Eligible" },
            Outcome::NotEligible => Words { ja: "対象外", en: "Not eligible" },
            Outcome::Undecidable => Words { ja: "判定できない", en: "Cannot be determined" },
        }
    }
}

impl ReasonCode {
    /// The sentence for the resident, in plain words: what was found, never what the address was.
    pub const fn for_resident(self) -> Words {
        match self {
            ReasonCode::Meets => Words { ja: "条件に合っています。", en: "You meet the conditions." },
            ReasonCode::LivesElsewhere => Words {
                ja: "カードの住所が、対象の市区町村の外だったためです。",
                en: "The address on your card is outside the area of this service.",
            },
            ReasonCode::LivesAbroad => Words {
                ja: "カードの住所が、国外転出になっていたためです。",
                en: "Your card says that you have moved out of Japan.",
            },
            ReasonCode::TooYoung => Words {
                ja: "決められた年齢になっていないためです。",
                en: "You have not reached the age for this service.",
            },
            ReasonCode::TooOld => Words {
                ja: "決められた年齢または学年をこえているためです。",
                en: "You are past the age or school year for this service.",
            },
            ReasonCode::Excluded => Words {
                ja: "このサービスの対象から除かれる条件に合ったためです。",
                en: "Something that this service excludes applies to you.",
            },
            ReasonCode::NotAttested => Words {
                ja: "在勤・在学などの確認がまだのためです。",
                en: "Your work or school here has not been confirmed yet.",
            },
            ReasonCode::CheckedAtDesk => {
                Words { ja: "窓口で確かめました。", en: "This was checked at the desk." }
            }
            ReasonCode::ConditionsNotMet => Words {
                ja: "決められた条件に合わなかったためです。",
                en: "The conditions of this service are not met.",
            },
            ReasonCode::AddressAmbiguous => Words {
                ja: "カードの住所だけでは、どの市区町村か分かりませんでした。同じ名前の市区町村がほかにもあります。",
                en: "The address on your card does not say which municipality it is: several have the same name.",
            },
            ReasonCode::AddressUnknown => Words {
                ja: "カードの住所を読み取れませんでした。",
                en: "The address on your card could not be read.",
            },
            ReasonCode::BirthdateMissing => Words {
                ja: "年齢を確かめるための生年月日が届きませんでした。",
                en: "Your date of birth, which is needed to check the age, did not arrive.",
            },
            ReasonCode::SourceTooWeak => Words {
                ja: "住所の確かめ方が、このサービスの決まりに足りませんでした。マイナンバーカードでもう一度お試しください。",
                en: "Your address was not verified firmly enough for this service. Please try again with your card.",
            },
            ReasonCode::VerificationTimeUnknown => Words {
                ja: "住所をいつ確かめたかが分かりませんでした。",
                en: "It is not known when your address was verified.",
            },
            ReasonCode::VerificationTooOld => Words {
                ja: "住所を確かめてから時間がたっています。マイナンバーカードでもう一度確かめてください。",
                en: "Your address was verified too long ago. Please verify it again with your card.",
            },
        }
    }

    /// The sentence for the clerk who tries a rule, with what to look at.
    pub const fn for_clerk(self) -> Words {
        match self {
            ReasonCode::Meets => {
                Words { ja: "ルールの条件を満たします。", en: "The conditions of the rule hold." }
            }
            ReasonCode::LivesElsewhere => Words {
                ja: "住所がルールの市区町村の外です。",
                en: "The address lies outside the rule's municipalities.",
            },
            ReasonCode::LivesAbroad => Words {
                ja: "住所が国外転出です。",
                en: "The address says that the person moved out of Japan.",
            },
            ReasonCode::TooYoung => {
                Words { ja: "ルールの年齢に達していません。", en: "The age of the rule is not reached." }
            }
            ReasonCode::TooOld => Words {
                ja: "ルールの年齢または学年をこえています。",
                en: "The age or school year of the rule is past.",
            },
            ReasonCode::Excluded => Words {
                ja: "ルールの除外の条件に当てはまります。",
                en: "An exclusion of the rule holds.",
            },
            ReasonCode::NotAttested => Words {
                ja: "ルールの求める在勤・在学などの確認がありません。",
                en: "The tie that the rule asks for is not attested.",
            },
            ReasonCode::CheckedAtDesk => Words {
                ja: "窓口で確かめ、対象としました。",
                en: "Staff checked at the desk that the person is eligible.",
            },
            ReasonCode::ConditionsNotMet => Words {
                ja: "1つの条件だけでは決まりません。合わせて満たしません。",
                en: "No single condition decides: together they do not hold.",
            },
            ReasonCode::AddressAmbiguous => Words {
                ja: "住所に合う市区町村が2つ以上あります。都道府県か郡が書かれていません。",
                en: "Two or more municipalities fit the address: it names neither prefecture nor county.",
            },
            ReasonCode::AddressUnknown => Words {
                ja: "住所に合う市区町村または区が見つかりません。",
                en: "No municipality or ward fits the address.",
            },
            ReasonCode::BirthdateMissing => Words {
                ja: "生年月日がないため、年齢を判定できません。",
                en: "Without a birthdate the age cannot be checked.",
            },
            ReasonCode::SourceTooWeak => Words {
                ja: "住所の出どころが、ルールの求める確かさに届きません。",
                en: "The source of the address is weaker than the rule accepts.",
            },
            ReasonCode::VerificationTimeUnknown => Words {
                ja: "本人確認サービスが、確かめた時期を示していません。",
                en: "The identity provider does not say when it verified the address.",
            },
            ReasonCode::VerificationTooOld => Words {
                ja: "住所を確かめた時期が、ルールの求める期間より前です。",
                en: "The address was verified earlier than the rule accepts.",
            },
        }
    }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests {
    use super::super::rule::{AddressSource, Parts};
    use super::*;
    use crate::municipality::MunicipalityTable;

    fn described(condition: Condition, months: u8) -> Localized {
        let table = MunicipalityTable::japan();
        let acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 0 };
        let term = Term::Months { months };
        let when_undecidable = WhenUndecidable::DeskCode;
        let parts = Parts { condition, term, recheck_months: None, acceptance, when_undecidable };
        let rule = ResidencyRule::parse(parts, table).unwrap();
        describe(&rule, "074462".parse().unwrap(), table)
    }

    #[test]
    fn rules_read_as_sentences() {
        let area = |code: &str| Area::Municipality { code: code.parse().unwrap() };
        let neighbours = Condition::LivesIn { areas: vec![area("074454"), area("074446")] };
        let rules = [
            described(Condition::OwnMunicipality, 12),
            described(
                Condition::Any {
                    conditions: vec![
                        Condition::OwnMunicipality,
                        Condition::All { conditions: vec![neighbours, Condition::AgeAtLeast { years: 18 }] },
                    ],
                },
                24,
            ),
        ];
        let text: Vec<&str> = rules.iter().flat_map(|rule| Locale::ALL.map(|locale| rule.get(locale))).collect();
        insta::assert_snapshot!(text.join("\n"), @"
        昭和村(福島県大沼郡)に住んでいる人が使えます。資格は、住所を確かめた月から12か月後の月末まで有効です。住所は「カードの券面の情報」以上の確かさで、その月のうちに確かめたものに限ります。カードだけで判定できないときは、窓口コードを渡し、窓口で確かめます。
        Open to people living in Showa Village (Fukushima). Eligibility lasts until the end of the month 12 months after the address was verified. The address must come from: Data on the card's surface or better, verified within the month. Whoever cannot be determined from the card gets a code, and is checked at the desk.
        昭和村(福島県大沼郡)に住んでいる人、または「金山町(福島県大沼郡)・三島町(福島県大沼郡)に住んでいる人で、かつ18歳以上の人」が使えます。資格は、住所を確かめた月から24か月後の月末まで有効です。年齢の条件があるため、年度末(3月末)をこえません。住所は「カードの券面の情報」以上の確かさで、その月のうちに確かめたものに限ります。カードだけで判定できないときは、窓口コードを渡し、窓口で確かめます。
        Open to people living in Showa Village (Fukushima), or (people living in Kaneyama Town (Fukushima) or Mishima Town (Fukushima) who are also aged 18 or over). Eligibility lasts until the end of the month 24 months after the address was verified, but not beyond the fiscal year (March), because the rule asks for an age. The address must come from: Data on the card's surface or better, verified within the month. Whoever cannot be determined from the card gets a code, and is checked at the desk.
        ");
    }

    #[test]
    fn every_reason_has_words_that_fit_its_outcome() {
        for reason in ReasonCode::ALL {
            for words in [reason.for_resident(), reason.for_clerk()] {
                assert!(words.ja.ends_with('。') && words.en.ends_with('.'), "{reason}");
            }
            assert_eq!(reason.as_str().parse(), Ok(reason));
            assert_eq!(ReasonCode::of_index(reason.index()), Some(reason));
        }
    }
}
