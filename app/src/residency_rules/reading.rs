//! What the form of a rule says: its fields by name, read alike by the server and by the browser.

use domain::configuration::{AgesForm, ClauseForm, MAX_CLAUSES, PlaceForm, ResidencyRuleForm};

/// The two lists of clauses, by the names of their fields.
pub(crate) const CLAUSES: &str = "clauses";
/// The exclusions.
pub(crate) const EXCLUDES: &str = "excludes";
/// Names the clause and the place whose towns stand open to be ticked.
pub(crate) const OPEN: &str = "open";

/// The fields of a form in their order, a name as often as it was sent.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn new(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(fields.into_iter().collect())
    }

    fn get(&self, name: &str) -> String {
        self.0.iter().find_map(|(key, value)| (key == name).then(|| value.clone())).unwrap_or_default()
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    /// The rule that the fields say.
    pub(crate) fn rule(&self) -> ResidencyRuleForm {
        ResidencyRuleForm {
            name_ja: self.get("name_ja"),
            name_en: self.get("name_en"),
            clauses: self.clauses(CLAUSES),
            everyone: self.ages("everyone"),
            excludes: self.clauses(EXCLUDES),
            term: self.get("term"),
            term_months: self.get("term_months"),
            recheck_months: self.get("recheck_months"),
            weakest_source: self.get("weakest_source"),
            greatest_age_months: self.get("greatest_age_months"),
            when_undecidable: self.get("when_undecidable"),
            note: self.get("note"),
            json: String::new(),
        }
    }

    fn clauses(&self, section: &str) -> Vec<ClauseForm> {
        let count = self.get(section).parse::<usize>().unwrap_or(0).min(MAX_CLAUSES);
        (0..count).map(|index| self.clause(&format!("{section}.{index}"))).collect()
    }

    fn clause(&self, name: &str) -> ClauseForm {
        let codes = self.get(&format!("{name}.places"));
        ClauseForm {
            area: self.get(&format!("{name}.area")),
            places: codes.split_whitespace().map(|code| self.place(name, code)).collect(),
            ties: self.all(&format!("{name}.ties")),
            ages: self.ages(name),
        }
    }

    fn place(&self, clause: &str, code: &str) -> PlaceForm {
        let mut towns = self.all(&format!("{clause}.towns.{code}"));
        if self.get(OPEN) == format!("{clause} {code}") {
            let all = self.get(&format!("{clause}.of.{code}")).parse::<usize>();
            match towns.len() {
                // Said apart from a place whose towns nobody opened, all of which count.
                0 => towns.push(String::new()),
                ticked if all == Ok(ticked) => towns.clear(),
                _ => {}
            }
        }
        PlaceForm { code: code.to_owned(), towns }
    }

    fn ages(&self, name: &str) -> AgesForm {
        AgesForm {
            age_at_least: self.get(&format!("{name}.age_at_least")),
            age_at_most: self.get(&format!("{name}.age_at_most")),
            school_from: self.get(&format!("{name}.school_from")),
            school_to: self.get(&format!("{name}.school_to")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn ticked_towns_are_some_none_or_all() {
        let towns = |open: &str, ticked: &[&str]| {
            let mut pairs = vec![("clauses", "1"), ("clauses.0.places", "074454 07"), ("clauses.0.of.074454", "2")];
            pairs.push((OPEN, open));
            pairs.extend(ticked.iter().map(|town| ("clauses.0.towns.074454", *town)));
            fields(&pairs).rule().clauses[0].places[0].towns.clone()
        };
        assert_eq!(towns("clauses.0 074454", &["川口"]), ["川口"]);
        assert_eq!(towns("clauses.0 074454", &[]), [""]);
        assert!(towns("clauses.0 074454", &["川口", "大志"]).is_empty());
        assert!(towns("", &[]).is_empty());
        assert_eq!(towns("clauses.1 074454", &["川口", "大志"]).len(), 2, "another clause's towns are open");
    }

    #[test]
    fn a_form_holds_no_more_clauses_than_a_rule() {
        assert_eq!(fields(&[("excludes", "4000000000")]).rule().excludes.len(), MAX_CLAUSES);
        assert!(fields(&[("clauses", "-1")]).rule().clauses.is_empty());
    }
}
