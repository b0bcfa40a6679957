//! `machikagi address changes`: last year's tables beside those that this program ships.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::residency::changes::{Change, codes_named_by, compare, compare_towns};
use domain::residency::{ResidencyRule, TownTable};

use super::super::say;
use super::unreadable;
use crate::configuration::Configuration;
use crate::{Failure, startup};

/// Tell what changed since an older table, and which rules name what is gone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  machikagi address changes --municipalities old/municipalities.csv\n  machikagi address changes --municipalities old/municipalities.csv --towns old/towns.csv --rule library.json\n  machikagi address changes --municipalities old/municipalities.csv --published\n\nExit code 1: a rule names a code that is gone."
)]
pub(crate) struct Arguments {
    /// The older municipalities.csv
    #[arg(long, value_name = "FILE")]
    municipalities: PathBuf,
    /// The older towns.csv, unpacked
    #[arg(long, value_name = "FILE")]
    towns: Option<PathBuf>,
    /// A rule as JSON; may be given several times
    #[arg(long = "rule", value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Look through the published rules of every town too; reads the database
    #[arg(long)]
    pub(super) published: bool,
}

pub(super) async fn run(arguments: &Arguments, configuration: Option<&Configuration>) -> Result<(), Failure> {
    let old = read(&arguments.municipalities)?;
    let old = MunicipalityTable::parse(&old).map_err(|line| malformed(&arguments.municipalities, line))?;
    let new = MunicipalityTable::japan();
    let changes = compare(&old, new);
    changes.iter().for_each(|change| say(&told(change)));
    if let Some(path) = &arguments.towns {
        let differing = compare_towns(&read(path)?, TownTable::japan()).map_err(|line| malformed(path, line))?;
        for change in differing {
            let name = new.find(change.code).or_else(|| old.find(change.code)).map(|row| row.full_name(Locale::Ja));
            let [came, went] = [&change.new, &change.gone].map(|towns| towns.join(" "));
            say(&format!("towns    {} {}: new [{came}], gone [{went}]", change.code, name.unwrap_or_default()));
        }
    }
    let gone: BTreeSet<MunicipalityCode> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Gone(row) => Some(row.code),
            Change::New(_) | Change::Renamed { .. } => None,
        })
        .collect();
    let mut naming = 0;
    for path in &arguments.rules {
        let rule: ResidencyRule = serde_json::from_str(&read(path)?)
            .map_err(|error| Failure::Environment(format!("{} is no residency rule: {error}", path.display())))?;
        for code in codes_named_by(&rule).intersection(&gone) {
            naming += 1;
            say(&format!("rule     {} names {code}, which is gone", path.display()));
        }
    }
    if let Some(configuration) = configuration.filter(|_| arguments.published) {
        for rule in startup::connect(configuration).await?.rules_naming(&gone).await? {
            for code in &rule.codes {
                naming += 1;
                let (name, number) = (rule.title.get(Locale::Ja), rule.number);
                say(&format!("rule     {} 「{name}」 version {number} names {code}, which is gone", rule.tenant));
            }
        }
    }
    match naming {
        0 => Ok(()),
        _ => Err(Failure::Environment("rules name codes that are gone".to_owned())),
    }
}

fn told(change: &Change<'_>) -> String {
    match change {
        Change::New(row) => format!("new      {} {}", row.code, row.full_name(Locale::Ja)),
        Change::Gone(row) => format!("gone     {} {}", row.code, row.full_name(Locale::Ja)),
        Change::Renamed { before, after } => {
            format!("renamed  {} {} → {}", after.code, before.full_name(Locale::Ja), after.full_name(Locale::Ja))
        }
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn malformed(path: &Path, line: usize) -> Failure {
    Failure::Environment(format!("{}, line {line}: not a row of this table", path.display()))
}
