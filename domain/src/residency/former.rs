//! Names of municipalities and wards that no longer hold, with what followed (`data/README.md` says since when).

use time::Date;

use crate::calendar::parse_iso_date;
use crate::municipality::MunicipalityCode;

const FILE: &str = include_str!("../../data/former.csv");

/// A name that no longer holds.
#[derive(Debug, Clone)]
pub(super) struct Former {
    /// The first day on which it no longer held.
    pub(super) until: Date,
    pub(super) county: Option<&'static str>,
    pub(super) city: &'static str,
    pub(super) ward: Option<&'static str>,
    /// What lies there today: one municipality, or the wards of one city.
    pub(super) successors: Vec<MunicipalityCode>,
}

/// Every former name. Rows that cannot be read are left out; a test counts that there are none.
pub(super) fn names() -> impl Iterator<Item = Former> {
    FILE.lines().skip(1).filter_map(row)
}

fn row(line: &'static str) -> Option<Former> {
    let mut fields = line.split(',');
    let mut next = || fields.next();
    let optional = |text: &'static str| (!text.is_empty()).then_some(text);
    let until = parse_iso_date(next()?).ok()?;
    // The prefecture is for whoever reads the file; the codes say the same.
    next()?;
    Some(Former {
        until,
        county: optional(next()?),
        city: next()?,
        ward: optional(next()?),
        successors: next()?.split(' ').map(MunicipalityCode::parse).collect::<Result<_, _>>().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipality::MunicipalityTable;

    #[test]
    fn every_former_name_leads_to_one_municipality_of_today() {
        assert_eq!(names().count(), FILE.lines().count() - 1);
        let table = MunicipalityTable::japan();
        for (former, line) in names().zip(FILE.lines().skip(1)) {
            let cities: Vec<_> = former
                .successors
                .iter()
                .map(|code| {
                    let row = table.find(*code).unwrap();
                    assert_eq!(line.split(',').nth(1), Some(row.prefecture.as_str()));
                    assert_eq!(row.ward.is_some(), former.ward.is_some(), "{}", former.city);
                    row.city.clone()
                })
                .collect();
            assert!(cities.windows(2).all(|pair| pair[0] == pair[1]), "{}", former.city);
            if former.ward.is_some() {
                assert_eq!(cities[0], former.city);
            }
        }
    }
}
