//! Rules in words: the sentence that a clerk reads beside the builder and a resident on the page. It is the record of what was
//! decided, so it names every place, and no two rules that differ read the same.

mod people;
mod reasons;

pub(super) use self::people::Who;
pub use self::people::school_year;
use super::condition::{Clauses, Condition};
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
        term(rule, locale) + &tied(rule, locale) + &recheck(rule, locale),
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
    let phrases = |conditions: &[&Condition]| conditions.iter().map(|condition| who.phrase(condition)).collect();
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
            format!("Eligibility lasts until the end of the month {} after the address was verified.", counted(months))
        }
        (Locale::En, true) => format!(
            "Eligibility lasts until the end of the month {} after the address was verified, but not beyond \
             the fiscal year (March), because the rule asks for an age.",
            counted(months)
        ),
    }
}

/// `1 month`, `12 months`.
fn counted(months: u8) -> String {
    if months == 1 { "1 month".to_owned() } else { format!("{months} months") }
}

/// As in "every month", "every 12 months".
fn in_months(months: u8) -> String {
    if months == 1 { "month".to_owned() } else { counted(months) }
}

fn tied(rule: &ResidencyRule, locale: Locale) -> String {
    let words = Words {
        ja: "在勤などの確認で対象になった人は、その確認の期限をこえません。",
        en: " Where it rests on a confirmed tie, it ends with that tie at the latest.",
    };
    if rule.condition().kinds_named().is_empty() { String::new() } else { words.get(locale).to_owned() }
}

fn recheck(rule: &ResidencyRule, locale: Locale) -> String {
    match (rule.recheck_months(), locale) {
        (None, _) => String::new(),
        (Some(months), Locale::Ja) => format!("その間も、{months}か月ごとにカードで確かめます。"),
        (Some(months), Locale::En) => format!(" Within it the card is asked for again every {}.", in_months(months)),
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
            format!("The address must come from: {source} or better, verified within the last {}.", in_months(months))
        }
    }
}

#[cfg(feature = "table")]
#[cfg(test)]
mod tests;
