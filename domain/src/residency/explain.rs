//! Rules and reasons in words: the sentence that a clerk reads beside the builder and a resident on the page.

use super::decide::{Outcome, ReasonCode};
use super::rule::{Acceptance, Condition, ResidencyRule, Term};
use crate::locale::{Locale, Localized, Words};
use crate::municipality::{Gazetteer, MunicipalityCode};

/// The whole rule as sentences: who, for how long, on what evidence.
pub fn describe(rule: &ResidencyRule, own: MunicipalityCode, gazetteer: &dyn Gazetteer) -> Localized {
    let text = |locale: Locale| lines(rule, own, gazetteer, locale).join(if locale == Locale::Ja { "" } else { " " });
    Localized::composed(text(Locale::Ja), text(Locale::En))
}

/// The same, one sentence per line: who, term, evidence. A diff compares these.
pub fn lines(rule: &ResidencyRule, own: MunicipalityCode, gazetteer: &dyn Gazetteer, locale: Locale) -> Vec<String> {
    let who = Who { own, gazetteer, locale }.phrase(rule.condition(), false);
    let who = match locale {
        Locale::Ja => format!("{who}が使えます。"),
        Locale::En => format!("Open to {who}."),
    };
    vec![who, term(rule, locale), evidence(rule.acceptance(), locale)]
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

struct Who<'a> {
    own: MunicipalityCode,
    gazetteer: &'a dyn Gazetteer,
    locale: Locale,
}

impl Who<'_> {
    /// A phrase for the people of a condition; a list within another phrase is bracketed.
    fn phrase(&self, condition: &Condition, inner: bool) -> String {
        match (condition, self.locale) {
            (Condition::OwnMunicipality, locale) => self.living_in(&self.place(self.own), locale),
            (Condition::ListedMunicipalities { codes }, locale) => {
                let names: Vec<String> = codes.iter().map(|code| self.place(*code)).collect();
                self.living_in(&listed(&names, locale), locale)
            }
            (Condition::AgeAtLeast { years }, Locale::Ja) => format!("{years}歳以上の人"),
            (Condition::AgeAtLeast { years }, Locale::En) => format!("people aged {years} or over"),
            (Condition::All { conditions }, Locale::Ja) => self.joined(conditions, "で、かつ", inner),
            (Condition::All { conditions }, Locale::En) => {
                self.joined(conditions, " and ", inner).replace(" and people ", " who are also ")
            }
            (Condition::Any { conditions }, Locale::Ja) => self.joined(conditions, "、または", inner),
            (Condition::Any { conditions }, Locale::En) => self.joined(conditions, ", or ", inner),
        }
    }

    fn joined(&self, conditions: &[Condition], word: &str, inner: bool) -> String {
        let phrases: Vec<String> = conditions.iter().map(|condition| self.phrase(condition, true)).collect();
        match (phrases.as_slice(), inner, self.locale) {
            ([only], _, _) => only.clone(),
            (_, false, _) => phrases.join(word),
            (_, true, Locale::Ja) => format!("「{}」", phrases.join(word)),
            (_, true, Locale::En) => format!("({})", phrases.join(word)),
        }
    }

    fn living_in(&self, places: &str, locale: Locale) -> String {
        match locale {
            Locale::Ja => format!("{places}に住んでいる人"),
            Locale::En => format!("people living in {places}"),
        }
    }

    /// The name that tells namesakes apart; the bare code of a municipality that the gazetteer does not know.
    fn place(&self, code: MunicipalityCode) -> String {
        self.gazetteer.municipality(code).map_or_else(|| code.to_string(), |found| found.full_name(self.locale))
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
            ReasonCode::ConditionsNotMet => Words {
                ja: "住所と年齢の条件を、合わせて満たしません。",
                en: "Address and age together do not meet the conditions.",
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
    use super::super::rule::AddressSource;
    use super::*;
    use crate::municipality::MunicipalityTable;

    fn described(condition: Condition, months: u8) -> Localized {
        let table = MunicipalityTable::japan();
        let acceptance = Acceptance { weakest_source: AddressSource::CardSurface, greatest_age_months: 0 };
        let rule = ResidencyRule::parse(condition, Term::Months { months }, acceptance, table).unwrap();
        describe(&rule, "074462".parse().unwrap(), table)
    }

    #[test]
    fn rules_read_as_sentences() {
        let neighbours =
            Condition::ListedMunicipalities { codes: vec!["074454".parse().unwrap(), "074446".parse().unwrap()] };
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
        昭和村(福島県大沼郡)に住んでいる人が使えます。資格は、住所を確かめた月から12か月後の月末まで有効です。住所は「カードの券面の情報」以上の確かさで、その月のうちに確かめたものに限ります。
        Open to people living in Showa Village (Fukushima). Eligibility lasts until the end of the month 12 months after the address was verified. The address must come from: Data on the card's surface or better, verified within the month.
        昭和村(福島県大沼郡)に住んでいる人、または「金山町(福島県大沼郡)・三島町(福島県大沼郡)に住んでいる人で、かつ18歳以上の人」が使えます。資格は、住所を確かめた月から24か月後の月末まで有効です。年齢の条件があるため、年度末(3月末)をこえません。住所は「カードの券面の情報」以上の確かさで、その月のうちに確かめたものに限ります。
        Open to people living in Showa Village (Fukushima), or (people living in Kaneyama Town (Fukushima) or Mishima Town (Fukushima) who are also aged 18 or over). Eligibility lasts until the end of the month 24 months after the address was verified, but not beyond the fiscal year (March), because the rule asks for an age. The address must come from: Data on the card's surface or better, verified within the month.
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
