//! One answer of the resolver as a line.

use std::io::{self, Write};

use clap::ValueEnum;
use domain::locale::Locale;
use domain::municipality::{Municipality, MunicipalityCode, MunicipalityTable};
use domain::residency::{Address, Answer, Level, Place, Resolution, Town};
use serde::Serialize;

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// JSON Lines
    Jsonl,
    /// Comma-separated, with a line of headings; candidates are separated by semicolons
    Csv,
    /// For people
    Text,
}

/// What is told of one address.
#[derive(Debug, Serialize)]
struct Line<'t> {
    outcome: &'static str,
    level: Option<&'static str>,
    code: Option<MunicipalityCode>,
    city_code: Option<MunicipalityCode>,
    prefecture: Option<&'t str>,
    municipality: Option<String>,
    town: Option<&'t str>,
    candidates: Vec<String>,
    decided_by: Option<&'static str>,
}

const HEADINGS: &str = "outcome,level,code,city_code,prefecture,municipality,town,candidates,decided_by";

pub(super) fn write_head(out: &mut impl Write, format: Format) -> io::Result<()> {
    if format == Format::Csv { writeln!(out, "{HEADINGS}") } else { Ok(()) }
}

pub(super) fn write_answer(out: &mut impl Write, format: Format, address: &Address, answer: &Answer) -> io::Result<()> {
    let line = line(address, answer);
    match format {
        Format::Jsonl => {
            serde_json::to_writer(&mut *out, &line)?;
            writeln!(out)
        }
        // Names of the table hold no comma and no quotation mark.
        Format::Csv => writeln!(
            out,
            "{},{},{},{},{},{},{},{},{}",
            line.outcome,
            line.level.unwrap_or_default(),
            line.code.map(String::from).unwrap_or_default(),
            line.city_code.map(String::from).unwrap_or_default(),
            line.prefecture.unwrap_or_default(),
            line.municipality.unwrap_or_default(),
            line.town.unwrap_or_default(),
            line.candidates.join(";"),
            line.decided_by.unwrap_or_default()
        ),
        Format::Text => {
            let code = line.code.map(|code| format!("{code} ")).unwrap_or_default();
            let named = [line.prefecture, line.municipality.as_deref(), line.town];
            let named: Vec<&str> = named.into_iter().flatten().collect();
            let place = format!("{code}{}", named.join(" "));
            let outcome = if line.code.is_some() { place } else { format!("{} {place}", line.outcome) };
            let decided = line.decided_by.map(|by| format!(" ({by})")).unwrap_or_default();
            let candidates = if line.candidates.is_empty() {
                String::new()
            } else {
                format!(", one of: {}", line.candidates.join(", "))
            };
            writeln!(out, "{}{decided}{candidates}", outcome.trim_end())
        }
    }
}

fn line<'t>(address: &Address, answer: &'t Answer) -> Line<'t> {
    let table = MunicipalityTable::japan();
    let prefecture = match answer.prefecture() {
        Level::Resolved(number) => {
            table.rows().iter().find(|row| row.code.prefecture_number() == number).map(|row| row.prefecture.as_str())
        }
        Level::Ambiguous(_) | Level::Unknown => None,
    };
    let mut line = Line {
        outcome: "unknown",
        level: prefecture.map(|_| "prefecture"),
        code: None,
        city_code: None,
        prefecture,
        municipality: None,
        town: None,
        candidates: Vec::new(),
        decided_by: answer.decided_by.map(|by| by.as_str()),
    };
    match &answer.resolution {
        Resolution::Resolved(place) => {
            let town = place.town();
            line.outcome = "resolved";
            line.level = Some(if town.is_some() { "town" } else { "municipality" });
            line.code = Some(place.code());
            line.city_code = Some(place.municipality);
            line.municipality = table.find(place.code()).map(|row| row.name(Locale::Ja));
            line.town = town.map(|town| town.name.as_str());
            line.candidates = open(place, table);
        }
        Resolution::Ambiguous(places) => {
            line.outcome = "ambiguous";
            let codes = places.iter().flat_map(|place| match place.wards.as_slice() {
                [] => vec![place.municipality],
                wards => wards.to_vec(),
            });
            line.candidates = codes.filter_map(|code| table.find(code)).map(whole_name).collect();
        }
        Resolution::Unknown if address.is_too_long() => line.decided_by = Some("too_long"),
        Resolution::Abroad => line.decided_by = Some("moved_abroad"),
        Resolution::Unknown => {}
    }
    line
}

/// What a known municipality leaves open: its wards, else its towns.
fn open(place: &Place, table: &MunicipalityTable) -> Vec<String> {
    match (place.wards.as_slice(), place.towns.as_slice()) {
        ([_, _, ..], _) => place.wards.iter().filter_map(|code| table.find(*code)).map(whole_name).collect(),
        (_, [_, _, ..]) => place.towns.iter().map(|Town { code, name }| format!("{code} {name}")).collect(),
        _ => Vec::new(),
    }
}

fn whole_name(row: &Municipality) -> String {
    let county = row.county.as_deref().unwrap_or_default();
    format!("{} {}{county}{}", row.code, row.prefecture, row.name(Locale::Ja))
}
