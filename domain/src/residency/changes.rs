//! What differs between last year's tables and those that ship, so that somebody looks before rules meet the new ones.

use std::collections::{BTreeMap, BTreeSet};

use super::clean::clean_names;
use super::condition::Area;
use super::place::Town;
use super::rule::ResidencyRule;
use super::towns::TownTable;
use crate::municipality::{Municipality, MunicipalityCode, MunicipalityTable};

/// A municipality or ward that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<'t> {
    /// Its code is only in the new table.
    New(&'t Municipality),
    /// Its code is only in the old table: merged, or become a city, or its wards reorganised.
    Gone(&'t Municipality),
    /// The code stayed, the name of prefecture, county, municipality or ward did not.
    Renamed {
        /// As it was.
        before: &'t Municipality,
        /// As it is.
        after: &'t Municipality,
    },
}

impl Change<'_> {
    /// The code that it is about.
    pub fn code(&self) -> MunicipalityCode {
        match self {
            Change::New(row) | Change::Gone(row) | Change::Renamed { after: row, .. } => row.code,
        }
    }
}

/// Everything that differs, in the order of the codes.
pub fn compare<'t>(old: &'t MunicipalityTable, new: &'t MunicipalityTable) -> Vec<Change<'t>> {
    let gone = old.rows().iter().filter(|row| new.find(row.code).is_none()).map(Change::Gone);
    let others = new.rows().iter().filter_map(|after| match old.find(after.code) {
        None => Some(Change::New(after)),
        Some(before) if names(before) != names(after) => Some(Change::Renamed { before, after }),
        Some(_) => None,
    });
    let mut changes: Vec<Change<'t>> = gone.chain(others).collect();
    changes.sort_by_key(Change::code);
    changes
}

fn names(row: &Municipality) -> (&str, Option<&str>, &str, Option<&str>) {
    (&row.prefecture, row.county.as_deref(), &row.city, row.ward.as_deref())
}

/// Towns of one municipality or ward that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TownChange {
    /// Which municipality or ward.
    pub code: MunicipalityCode,
    /// Towns that are only in the new table.
    pub new: Vec<String>,
    /// Towns that are only in the old table.
    pub gone: Vec<String>,
}

/// The towns that differ between an old file (the columns of `data/README.md`, unpacked) and the table, in the order of the
/// codes.
///
/// # Errors
/// The number of a line that cannot be read, from 1.
pub fn compare_towns(old_file: &str, new: &TownTable) -> Result<Vec<TownChange>, usize> {
    let mut old: BTreeMap<MunicipalityCode, BTreeSet<String>> = BTreeMap::new();
    for (index, line) in old_file.lines().enumerate().skip(1) {
        let mut fields = line.split(',');
        let (Some(code), Some(_), Some(town)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(index + 1);
        };
        let code = MunicipalityCode::parse(code).map_err(|_| index + 1)?;
        old.entry(code).or_default().extend(clean_names(town));
    }
    let mut codes: BTreeSet<MunicipalityCode> = old.keys().copied().collect();
    codes.extend(MunicipalityTable::japan().rows().iter().map(|row| row.code));
    let changes = codes.into_iter().map(|code| {
        let before = old.remove(&code).unwrap_or_default();
        let after: BTreeSet<String> = new.towns_of(code).into_iter().map(|Town { name, .. }| name).collect();
        let only = |these: &BTreeSet<String>, those| these.difference(those).cloned().collect();
        TownChange { code, new: only(&after, &before), gone: only(&before, &after) }
    });
    Ok(changes.filter(|change| !change.new.is_empty() || !change.gone.is_empty()).collect())
}

/// The codes that a rule names, in their order.
pub fn codes_named_by(rule: &ResidencyRule) -> BTreeSet<MunicipalityCode> {
    let code = |area: &Area| match area {
        Area::Prefecture { .. } => None,
        Area::Municipality { code } | Area::Towns { code, .. } => Some(*code),
    };
    rule.condition().areas().into_iter().filter_map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "code,prefecture,county,city,ward,kind,kana\n\
        221309,静岡県,,浜松市,,designated_city,ハママツシ\n\
        221317,静岡県,,浜松市,中区,designated_city_ward,ハママツシナカク\n\
        282219,兵庫県,,篠山市,,city,ササヤマシ\n";
    const NEW: &str = "code,prefecture,county,city,ward,kind,kana\n\
        221309,静岡県,,浜松市,,designated_city,ハママツシ\n\
        221384,静岡県,,浜松市,中央区,designated_city_ward,ハママツシチュウオウク\n\
        282219,兵庫県,,丹波篠山市,,city,タンバササヤマシ\n";

    #[test]
    fn new_gone_and_renamed() {
        let (old, new) = (MunicipalityTable::parse(OLD).unwrap(), MunicipalityTable::parse(NEW).unwrap());
        let told: Vec<String> = compare(&old, &new)
            .iter()
            .map(|change| match change {
                Change::New(row) => format!("new {}", row.code),
                Change::Gone(row) => format!("gone {}", row.code),
                Change::Renamed { before, after } => format!("{} {} {}", after.code, before.city, after.city),
            })
            .collect();
        assert_eq!(told, ["gone 221317", "new 221384", "282219 篠山市 丹波篠山市"]);
        assert!(compare(&old, &old).is_empty());
        assert_eq!(MunicipalityTable::parse("code\n221309,静岡県").unwrap_err(), 2);
    }

    #[test]
    fn towns_that_came_and_went() {
        let old: String = "code,postcode,town,kana,note\n".to_owned()
            + &TownTable::japan()
                .towns_of("074462".parse().unwrap())
                .iter()
                .filter(|town| town.name != "下中津川")
                .map(|town| format!("074462,0000000,{},,\n", town.name))
                .collect::<String>()
            + "074462,0000000,架空,,\n";
        let changes = compare_towns(&old, TownTable::japan()).unwrap();
        let showa = changes.iter().find(|change| change.code.to_string() == "074462").unwrap();
        assert_eq!(
            (showa.new.as_slice(), showa.gone.as_slice()),
            (&["下中津川".to_owned()][..], &["架空".to_owned()][..])
        );
        assert_eq!(compare_towns("header\nx,1,y\n", TownTable::japan()), Err(2));
        assert_eq!(compare_towns("header\n074462,1,大芦\n074462,1\n", TownTable::japan()), Err(3));
    }

    #[test]
    fn what_stayed_as_it_was_is_not_named() {
        let towns = |code: &str| TownTable::japan().towns_of(code.parse().unwrap());
        let line = |town: Town| format!("{},0000000,{},,\n", town.code, town.name);
        let stayed = ["074462", "074454"].into_iter().flat_map(towns).map(line).collect::<String>();
        let old = format!("code,postcode,town,kana,note\n{stayed}074454,0000000,架空,,\n");
        let changes = compare_towns(&old, TownTable::japan()).unwrap();
        let of = |code: &str| changes.iter().find(|change| change.code.to_string() == code);
        assert_eq!(of("074462"), None);
        assert_eq!(of("074454").map(|change| (change.new.len(), change.gone.len())), Some((0, 1)));
        assert_eq!(of("074446").map(|change| (change.new.len(), change.gone.len())), Some((towns("074446").len(), 0)));
    }

    #[test]
    fn rules_name_codes() {
        let rule: ResidencyRule = serde_json::from_str(
            r#"{"version":1,"condition":{"kind":"any","conditions":[{"kind":"own_municipality"},{"kind":"lives_in","areas":[{"kind":"municipality","code":"221317"},{"kind":"towns","code":"074462","towns":["大芦"]},{"kind":"prefecture","code":"07"}]}]},"term":{"kind":"months","months":12},"acceptance":{"weakest_source":"card_surface","greatest_age_months":0}}"#,
        )
        .unwrap();
        let codes: Vec<String> = codes_named_by(&rule).iter().map(ToString::to_string).collect();
        assert_eq!(codes, ["074462", "221317"]);
    }
}
