//! From an address to prefecture, municipality, ward and town: every way to read its beginning against the table, then what
//! tells the readings apart. Never a suffix rule (四日市市, 大町市, 玉村町 would break it) and never a guess.

mod names;
mod town_fit;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use time::Date;

use self::names::{Named, Names, Reading, Shared};
use self::town_fit::{Fit, TownFit};
use super::address::Address;
use super::fold::{ANY, Folded, fold};
use super::numerals::{Text, fold_name};
use super::place::{Answer, DecidedBy, Place, Resolution, Town};
use super::towns::{Postcode, TownTable};
use crate::municipality::{MunicipalityCode, MunicipalityTable};

/// With more unreadable characters than this at its head an address names nothing any more.
const MAX_UNREADABLE: usize = 6;

/// Where so many places fit, nobody looks for their towns.
const MAX_LOOKED_AT: usize = 500;

/// Reads addresses against the table.
pub struct Resolver {
    names: Names,
    towns: &'static TownTable,
    /// 国外転出, folded.
    abroad: Vec<char>,
}

/// A part of Japan in which the address can lie, after its head was read in one way.
struct Spot {
    city: MunicipalityCode,
    /// The wards, or the municipality itself.
    codes: Vec<MunicipalityCode>,
    /// The position at which the town begins.
    end: usize,
    /// A ward whose city the address does not say.
    cityless: bool,
    former_until: Option<Date>,
    /// What decides if no other spot remains.
    decided_by: DecidedBy,
    fit: TownFit,
}

impl Resolver {
    /// The resolver over the tables of Japan.
    pub fn japan() -> &'static Resolver {
        static RESOLVER: OnceLock<Resolver> = OnceLock::new();
        RESOLVER.get_or_init(|| Resolver {
            names: Names::new(MunicipalityTable::japan()),
            towns: TownTable::japan(),
            abroad: fold_name("国外転出"),
        })
    }

    /// Where the address lies.
    pub fn resolve(&self, address: &Address) -> Resolution {
        self.read(address).resolution
    }

    /// Where the address lies, and what decided.
    pub fn read(&self, address: &Address) -> Answer {
        if address.is_too_long() {
            return Answer::nothing(Resolution::Unknown);
        }
        let folded = fold(address.characters(), address.seams());
        let (behind, leading) = leading_postcode(&folded);
        let text = Text::new(&folded, behind);
        if contains(&text.chars, &self.abroad) {
            return Answer::nothing(Resolution::Abroad);
        }
        if text.chars.iter().take(24).filter(|c| **c == ANY).count() > MAX_UNREADABLE {
            return Answer::nothing(Resolution::Unknown);
        }
        let (readings, named_prefecture) = self.names.readings(&text);
        let mut spots: Vec<Spot> = Vec::new();
        for reading in &readings {
            self.spots(&text, reading, &mut spots);
        }
        let few = spots.len() <= MAX_LOOKED_AT;
        for spot in &mut spots {
            let look = || town_fit::of(self.towns, &text, &spot.codes, spot.end);
            spot.fit = if few { look() } else { TownFit { fit: Fit::Perhaps, towns: Vec::new() } };
        }
        drop_shadowed(&mut spots, &readings);
        self.tell_apart(&mut spots, address.postcode().or(leading));
        Answer { named_prefecture, ..answer(self.towns, spots) }
    }

    /// What lies behind one reading of the head.
    fn spots(&self, text: &Text, reading: &Reading, spots: &mut Vec<Spot>) {
        let spot = |city, codes, end, decided_by| Spot {
            city,
            codes,
            end,
            cityless: false,
            former_until: None,
            decided_by,
            fit: TownFit::default(),
        };
        match &reading.named {
            Named::Ward { code, city } => {
                let cityless = spot(*city, vec![*code], reading.end, DecidedBy::Municipality);
                spots.push(Spot { cityless: true, ..cityless });
            }
            Named::Former(former) => {
                let Some(city) = former.successors.first() else { return };
                let former_until = Some(former.until);
                let one = spot(*city, former.successors.clone(), reading.end, DecidedBy::FormerName);
                spots.push(Spot { former_until, ..one });
            }
            Named::City { code, shared } => {
                let decided_by = match shared {
                    Shared::WithNone => DecidedBy::Municipality,
                    Shared::OutsideThePrefecture if reading.prefecture => DecidedBy::Prefecture,
                    Shared::OutsideThePrefecture | Shared::Within => DecidedBy::County,
                };
                let wards = self.names.wards_behind(text, *code, reading.end);
                spots.extend(wards.into_iter().map(|ward| Spot {
                    former_until: ward.former_until,
                    ..spot(*code, ward.codes, ward.end, decided_by)
                }));
            }
        }
    }

    /// Where more than one municipality fits, the town or the postcode may decide; in a city they may tell the ward.
    fn tell_apart(&self, spots: &mut Vec<Spot>, postcode: Option<Postcode>) {
        if several(spots) && spots.iter().any(|spot| spot.fit.fit == Fit::Whole) {
            spots.retain(|spot| spot.fit.fit != Fit::None);
            if !several(spots) {
                spots.iter_mut().for_each(|spot| spot.decided_by = DecidedBy::Town);
            }
        }
        let Some(postcode) = postcode else { return };
        let has = |code: &MunicipalityCode| self.towns.has_postcode(*code, postcode);
        if spots.iter().any(|spot| spot.codes.iter().any(has)) {
            let open = several(spots) || spots.iter().any(|spot| spot.cityless);
            spots.retain_mut(|spot| {
                spot.codes.retain(has);
                !spot.codes.is_empty()
            });
            if open && !several(spots) {
                for spot in spots.iter_mut() {
                    (spot.decided_by, spot.cityless) = (DecidedBy::Postcode, false);
                }
            }
        }
    }
}

/// More than one municipality.
fn several(spots: &[Spot]) -> bool {
    spots.windows(2).any(|pair| matches!(pair, [one, other] if one.city != other.city))
}

/// A reading that ends earlier than another is no reading (東村 in 東村山市), unless the text goes on with one of its own towns;
/// where the longer one needs characters that may be any, unless it could.
fn drop_shadowed(spots: &mut Vec<Spot>, readings: &[Reading]) {
    let longest = |wild: bool| readings.iter().filter(|reading| wild || !reading.wild).map(|reading| reading.end).max();
    let (certain, any) = (longest(false), longest(true));
    let reaches = |spot: &Spot, end: Option<usize>| end.is_none_or(|end| spot.end >= end);
    spots.retain(|spot| {
        spot.fit.fit == Fit::Whole || reaches(spot, certain) && (spot.fit.fit != Fit::None || reaches(spot, any))
    });
}

fn answer(towns: &TownTable, spots: Vec<Spot>) -> Answer {
    let (decided_by, former_until) =
        spots.first().map_or((None, None), |spot| (Some(spot.decided_by), spot.former_until));
    let cityless = spots.iter().all(|spot| spot.cityless);
    let mut places: BTreeMap<MunicipalityCode, (Vec<MunicipalityCode>, Vec<Town>, bool)> = BTreeMap::new();
    for spot in spots {
        let (wards, found, untold) = places.entry(spot.city).or_default();
        let whole = spot.fit.fit == Fit::Whole;
        *untold |= !whole;
        let told = spot.fit.towns.iter().filter(|_| whole);
        let named: Vec<Town> = told.filter_map(|(code, name)| towns.town(*code, *name)).collect();
        // The town tells the ward, where the address does not.
        let codes = if named.is_empty() { spot.codes } else { named.iter().map(|town| town.code).collect() };
        wards.extend(codes.into_iter().filter(|code| *code != spot.city));
        found.extend(named);
    }
    let mut places: Vec<Place> = places
        .into_iter()
        .map(|(city, (mut wards, mut towns, untold))| {
            wards.sort_unstable();
            wards.dedup();
            towns.sort();
            towns.dedup();
            Place::of(city, wards).in_towns(if untold { Vec::new() } else { towns })
        })
        .collect();
    match (places.len(), cityless) {
        (0, _) => Answer::nothing(Resolution::Unknown),
        (1, false) => {
            let resolution = places.pop().map_or(Resolution::Unknown, Resolution::Resolved);
            Answer { resolution, decided_by, former_until, named_prefecture: None }
        }
        _ => Answer::nothing(Resolution::Ambiguous(places)),
    }
}

/// The position behind a postcode at the head (`〒968-0214`, with or without the mark and the hyphen), and the postcode.
fn leading_postcode(folded: &Folded) -> (usize, Option<Postcode>) {
    let mark = usize::from(folded.chars.first() == Some(&'〒'));
    let found = [8, 7].into_iter().find_map(|length| {
        let postcode = Postcode::of(folded.chars.get(mark..mark + length)?)?;
        Some((mark + length, Some(postcode)))
    });
    found.unwrap_or((0, None))
}

fn contains(text: &[char], part: &[char]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod matrix;
#[cfg(test)]
mod tests;
