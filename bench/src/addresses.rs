//! Addresses to town level, on one core of this machine, in this process.

use std::fmt;

use domain::municipality::{Municipality, MunicipalityTable};
use domain::residency::{Address, Level, Resolver, Town, TownTable};
use serde::Serialize;

use crate::Failure;
use crate::ambient::Stopwatch;
use crate::process;

/// What resolving took.
#[derive(Debug, Serialize)]
pub(crate) struct Resolved {
    addresses: usize,
    to_town: usize,
    per_second: f64,
    first_answer_ms: f64,
    resident_before_mib: f64,
    resident_after_mib: f64,
}

/// So many addresses are written before the clock runs; enough for a clock that ticks every 10 ms.
const BATCH: usize = 100_000;

/// Resolves so many addresses, each a town of the table in the form of the register, municipality after municipality so that
/// neighbours are never alike. What counts is processor time: other programs share the cores.
///
/// # Errors
/// If this process cannot be looked at.
pub(crate) fn measure(count: usize) -> Result<Resolved, Failure> {
    let memory = || process::memory(std::process::id()).map(|memory| memory.resident_mib);
    let resident_before_mib = memory()?;
    let start = Stopwatch::start();
    let resolver = Resolver::japan();
    resolver.read(&Address::new("福島県大沼郡昭和村大字下中津川字中島652番地".to_owned()));
    let first = start.elapsed();

    let table = MunicipalityTable::japan();
    let towns: Vec<Vec<Town>> = table.rows().iter().map(|row| TownTable::japan().towns_of(row.code)).collect();
    let places: Vec<(&Municipality, &Vec<Town>)> =
        table.rows().iter().zip(&towns).filter(|(_, towns)| !towns.is_empty()).collect();
    let texts = (0..).flat_map(|round| places.iter().filter_map(move |(row, towns)| text(row, towns, round)));
    let mut texts = texts.take(count);
    // Once over every page of the tables, so that memory is what it can become.
    for text in places.iter().flat_map(|(row, towns)| (0..towns.len()).filter_map(|round| text(row, towns, round))) {
        resolver.read(&Address::new(text));
    }
    let resident_after_mib = memory()?;

    let (mut addresses, mut to_town, mut seconds) = (0, 0, 0.0);
    loop {
        let batch: Vec<Address> = texts.by_ref().take(BATCH).map(Address::new).collect();
        if batch.is_empty() {
            break;
        }
        let before = process::own_cpu_seconds();
        for address in &batch {
            to_town += usize::from(matches!(resolver.read(address).town(), Level::Resolved(_)));
        }
        seconds += process::own_cpu_seconds() - before;
        addresses += batch.len();
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let per_second = addresses as f64 / seconds.max(0.01);
    let first_answer_ms = first.as_secs_f64() * 1e3;
    Ok(Resolved { addresses, to_town, per_second, first_answer_ms, resident_before_mib, resident_after_mib })
}

/// The address of one of the towns of a municipality or ward.
fn text(row: &Municipality, towns: &[Town], round: usize) -> Option<String> {
    let town = towns.get(round.checked_rem(towns.len())?)?;
    let county = row.county.as_deref().unwrap_or_default();
    let ward = row.ward.as_deref().unwrap_or_default();
    let number = round % 2_000 + 1;
    Some(format!("{}{county}{}{ward}大字{}{number}番地{}", row.prefecture, row.city, town.name, number % 9 + 1))
}

impl fmt::Display for Resolved {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} addresses, {} of them to town level", self.addresses, self.to_town)?;
        writeln!(out, "  {:.0} a second of processor time", self.per_second)?;
        writeln!(out, "  {:.1} ms from nothing to the first answer", self.first_answer_ms)?;
        write!(
            out,
            "  {:.1} MiB resident before, {:.1} MiB after every town was looked for once",
            self.resident_before_mib, self.resident_after_mib
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_resolved_to_towns() {
        let resolved = measure(3_000).unwrap();
        assert_eq!(resolved.addresses, 3_000);
        assert!(resolved.to_town > 2_950, "{}", resolved.to_town);
    }
}
