//! Makes the table of towns: `data/towns.csv.gz` becomes three files that the program uses in place, without reading them
//! first. Without the feature `table` (in the browser) there is nothing to make.

#[cfg(feature = "table")]
#[path = "src/residency/clean.rs"]
mod clean;
#[cfg(feature = "table")]
#[path = "src/residency/fold.rs"]
mod fold;
#[cfg(feature = "table")]
#[path = "src/residency/numerals.rs"]
mod numerals;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "table")]
    table::make()?;
    Ok(())
}

#[cfg(feature = "table")]
mod table {
    use std::collections::{BTreeMap, BTreeSet};
    use std::error::Error;
    use std::fs::{self, File};
    use std::io::Read as _;
    use std::path::PathBuf;

    use super::clean::clean_names;
    use super::numerals::fold_name;

    /// What `src/residency/towns.rs` reads; its first lines say how the files are laid out.
    pub(super) fn make() -> Result<(), Box<dyn Error>> {
        for file in
            ["data/towns.csv.gz", "src/residency/clean.rs", "src/residency/fold.rs", "src/residency/numerals.rs"]
        {
            println!("cargo::rerun-if-changed={file}");
        }
        let mut file = String::new();
        flate2::read::GzDecoder::new(File::open("data/towns.csv.gz")?).read_to_string(&mut file)?;
        let mut rows: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
        let mut postcodes = BTreeSet::new();
        for line in file.lines().skip(1) {
            let mut fields = line.split(',');
            let mut next = || fields.next().ok_or("a row of the table of towns is too short");
            let (code, postcode, town): (u32, u32, _) = (next()?.parse()?, next()?.parse()?, next()?);
            postcodes.insert([three(postcode)?, three(code)?].concat());
            rows.entry(code).or_default().extend(clean_names(town));
        }
        let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
        fs::write(out.join("postcodes.fst"), fst::Set::from_iter(postcodes)?.as_fst().as_bytes())?;

        let distinct: BTreeSet<&String> = rows.values().flatten().collect();
        let numbers: BTreeMap<&String, u64> = distinct.iter().copied().zip(0..).collect();
        let mut keys: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
        for (code, towns) in &rows {
            for town in towns {
                let folded: String = fold_name(town).into_iter().collect();
                let mut key = three(*code)?;
                key.extend_from_slice(folded.as_bytes());
                let ordinal = (1..=u8::MAX).find(|ordinal| {
                    key.push(*ordinal);
                    let free = !keys.contains_key(&key);
                    if !free {
                        key.pop();
                    }
                    free
                });
                ordinal.ok_or("too many towns of one spelling")?;
                keys.insert(key, *numbers.get(town).ok_or("every town is numbered")?);
            }
        }
        fs::write(out.join("towns.fst"), fst::Map::from_iter(keys)?.as_fst().as_bytes())?;
        fs::write(out.join("town_names.bin"), names(&distinct)?)?;
        Ok(())
    }

    /// The number of names, where each ends, and the names one after the other.
    fn names(distinct: &BTreeSet<&String>) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut ends = u32::try_from(distinct.len())?.to_be_bytes().to_vec();
        let mut text = Vec::new();
        for name in distinct {
            text.extend_from_slice(name.as_bytes());
            ends.extend_from_slice(&u32::try_from(text.len())?.to_be_bytes());
        }
        ends.extend(text);
        Ok(ends)
    }

    /// Three bytes, the highest first.
    fn three(number: u32) -> Result<Vec<u8>, Box<dyn Error>> {
        match number.to_be_bytes() {
            [0, rest @ ..] => Ok(rest.to_vec()),
            _ => Err("a code of more than three bytes".into()),
        }
    }
}
