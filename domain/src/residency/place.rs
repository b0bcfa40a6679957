//! What can be said about where an address lies: a place, or several, level by level, and what decided.

use time::Date;

use crate::municipality::MunicipalityCode;

/// Where an address lies: a municipality and, in a designated city, the wards and towns in which it can lie.
///
/// Places are made with [`Place::of`], so that they can grow.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Place {
    /// The municipality; of a ward, its city.
    pub municipality: MunicipalityCode,
    /// Empty where there are no wards; one where it is known; several where it is not (a card may carry a ward from before
    /// a reorganisation for years).
    pub wards: Vec<MunicipalityCode>,
    /// Empty where nobody can tell the town; one where it is known; several where it is one of these.
    pub towns: Vec<Town>,
}

/// A town (町域) of the postcode file: 大字 and 字 left out, without 丁目.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Town {
    /// Its municipality; in a designated city its ward.
    pub code: MunicipalityCode,
    /// As the table writes it, such as 下中津川 or 北一条西.
    pub name: String,
}

impl Place {
    /// A place in a municipality, with the wards in which it can lie; its town is not known.
    pub fn of(municipality: MunicipalityCode, wards: Vec<MunicipalityCode>) -> Place {
        Place { municipality, wards, towns: Vec::new() }
    }

    /// The same place, in one of these towns.
    #[must_use]
    pub fn in_towns(self, towns: Vec<Town>) -> Place {
        Place { towns, ..self }
    }

    /// The ward, if there is one and it is known.
    pub fn ward(&self) -> Option<MunicipalityCode> {
        match self.wards.as_slice() {
            [ward] => Some(*ward),
            _ => None,
        }
    }

    /// The town, if it is known.
    pub fn town(&self) -> Option<&Town> {
        match self.towns.as_slice() {
            [town] => Some(town),
            _ => None,
        }
    }

    /// The finest code that is known: the ward's, else the municipality's.
    pub fn code(&self) -> MunicipalityCode {
        self.ward().unwrap_or(self.municipality)
    }
}

/// What can be said about an address. Never a guess: where more than one place fits, all of them are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It lies here.
    Resolved(Place),
    /// It lies in one of these, in the order of the codes. A single one is a ward whose city the address does not say.
    Ambiguous(Vec<Place>),
    /// No municipality of the table fits, or the text is longer than 1,000 characters.
    Unknown,
    /// 国外転出: the person has moved out of Japan.
    Abroad,
}

/// One level of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Level<T> {
    /// It is this one.
    Resolved(T),
    /// It is one of these.
    Ambiguous(Vec<T>),
    /// The address does not say.
    Unknown,
}

impl<T: PartialEq> Level<T> {
    fn of(candidates: impl Iterator<Item = T>) -> Level<T> {
        let mut distinct: Vec<T> = Vec::new();
        for candidate in candidates {
            if !distinct.contains(&candidate) {
                distinct.push(candidate);
            }
        }
        match distinct.len() {
            0 => Level::Unknown,
            1 => distinct.pop().map_or(Level::Unknown, Level::Resolved),
            _ => Level::Ambiguous(distinct),
        }
    }
}

/// The part of an address that decided between municipalities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecidedBy {
    /// The name of the municipality alone: Japan has no second one.
    Municipality,
    /// The prefecture: it has one municipality of this name, others have one too.
    Prefecture,
    /// The county.
    County,
    /// A name that no longer holds, and was held by one municipality only.
    FormerName,
    /// The town, which only one of the candidates has.
    Town,
    /// The postcode, which only one of the candidates has.
    Postcode,
}

impl DecidedBy {
    /// The word in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            DecidedBy::Municipality => "municipality",
            DecidedBy::Prefecture => "prefecture",
            DecidedBy::County => "county",
            DecidedBy::FormerName => "former_name",
            DecidedBy::Town => "town",
            DecidedBy::Postcode => "postcode",
        }
    }
}

/// A resolution with what led to it. It holds names of the table only, nothing of the address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// Where the address lies.
    pub resolution: Resolution,
    /// What decided, where it is resolved.
    pub decided_by: Option<DecidedBy>,
    /// The address bears a name, of municipality or ward, that no longer held from this day on.
    pub former_until: Option<Date>,
    /// The prefecture that the address names at its head, 1 to 47.
    pub named_prefecture: Option<u32>,
}

impl Answer {
    /// An answer that names nothing.
    #[cfg(feature = "table")]
    pub(super) fn nothing(resolution: Resolution) -> Answer {
        Answer { resolution, decided_by: None, former_until: None, named_prefecture: None }
    }

    /// The prefecture by its number, 1 to 47.
    pub fn prefecture(&self) -> Level<u32> {
        match self.places() {
            [] => self.named_prefecture.map_or(Level::Unknown, Level::Resolved),
            places => Level::of(places.iter().map(|place| place.municipality.prefecture_number())),
        }
    }

    /// The municipality. A ward whose city the address does not say leaves it ambiguous, even with one candidate.
    pub fn municipality(&self) -> Level<MunicipalityCode> {
        match &self.resolution {
            Resolution::Resolved(place) => Level::Resolved(place.municipality),
            Resolution::Ambiguous(places) => Level::Ambiguous(places.iter().map(|place| place.municipality).collect()),
            Resolution::Unknown | Resolution::Abroad => Level::Unknown,
        }
    }

    /// The ward; unknown where the municipality has none.
    pub fn ward(&self) -> Level<MunicipalityCode> {
        Level::of(self.places().iter().flat_map(|place| place.wards.iter().copied()))
    }

    /// The town, where the municipality is known.
    pub fn town(&self) -> Level<&Town> {
        match &self.resolution {
            Resolution::Resolved(place) => Level::of(place.towns.iter()),
            _ => Level::Unknown,
        }
    }

    fn places(&self) -> &[Place] {
        match &self.resolution {
            Resolution::Resolved(place) => std::slice::from_ref(place),
            Resolution::Ambiguous(places) => places,
            Resolution::Unknown | Resolution::Abroad => &[],
        }
    }
}
