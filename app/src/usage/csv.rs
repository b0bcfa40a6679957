//! The same cells as a file: one line per month and service, nothing that the table does not show.

use domain::disclosure::{BandCell, Cell};
use domain::locale::Locale;
use service::Error;
use service::usage::UsageReport;

use super::page::visible;
use super::period::Period;
use super::text::Words;
use crate::components::list::ListQuery;
use crate::console::{Console, ConsolePage};
use crate::forms::File;
use crate::pages::Shown;

pub(super) async fn show(console: Console) -> Result<Shown<ConsolePage>, Error> {
    let period = Period::of(&ListQuery::of(&console), console.service().clock().now());
    let report = console.service().read_usage(&console.town().caller, period.from, period.to, true).await?;
    let name = format!("usage-{}-{}-{}.csv", console.town().tenant, period.from, period.to);
    let content = content(&report, console.locale).into_bytes();
    Ok(Shown::File(File { name, media_type: "text/csv; charset=utf-8", content }))
}

fn content(report: &UsageReport, locale: Locale) -> String {
    let words = Words::of(locale);
    // The mark tells spreadsheets that this is UTF-8.
    let mut csv = String::from('\u{feff}');
    line(&mut csv, [words.csv_period, words.csv_service, words.people, words.sign_ins, words.csv_reason]);
    for service in visible(report, &report.months) {
        let name = service.name.get(locale);
        for month in &report.months {
            let month_text = month.to_string();
            match service.cells.get(month) {
                None => line(&mut csv, [&month_text, name, "", "", words.not_begun]),
                Some(Cell::Hidden(reason)) => {
                    let reason = format!("{}: {}", words.hidden_word, reason.words().get(locale));
                    line(&mut csv, [&month_text, name, "", "", &reason]);
                }
                Some(Cell::Shown { people, sign_ins }) => {
                    let (people, sign_ins) = (people.number().to_string(), sign_ins.number().to_string());
                    line(&mut csv, [&month_text, name, &people, &sign_ins, ""]);
                }
            }
        }
    }
    for service in &report.services {
        let name = service.name.get(locale);
        for (year, cell) in &service.bands {
            let year = year.text(locale);
            match cell {
                BandCell::Shown(_) => line(&mut csv, [&year, name, cell.text(locale), "", ""]),
                BandCell::Hidden(reason) => line(&mut csv, [&year, name, "", "", reason.words().get(locale)]),
            }
        }
    }
    csv
}

fn line(csv: &mut String, values: [&str; 5]) {
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            csv.push(',');
        }
        // A name that begins like a formula stays a name in a spreadsheet.
        let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if formula || value.contains(['"', ',', '\n', '\r']) {
            csv.push('"');
            if formula {
                csv.push('\'');
            }
            csv.push_str(&value.replace('"', "\"\""));
            csv.push('"');
        } else {
            csv.push_str(value);
        }
    }
    csv.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::calendar::FiscalYear;
    use domain::disclosure::{Publication, Threshold};
    use domain::ids::RelyingPartyId;
    use domain::locale::Localized;
    use service::usage::ServiceUsage;

    use super::*;

    #[test]
    fn every_cell_of_the_table_is_a_line() {
        let months = vec!["2026-08".parse().unwrap(), "2026-09".parse().unwrap(), "2026-10".parse().unwrap()];
        let cells = BTreeMap::from([
            ("2026-09".parse().unwrap(), Cell::from_store(None, None, Some("few_people")).unwrap()),
            ("2026-10".parse().unwrap(), Cell::from_store(Some(2_330), Some(4_000), None).unwrap()),
        ]);
        let bands = BTreeMap::from([
            (FiscalYear::new(2024).unwrap(), BandCell::from_store(None, Some("few_people")).unwrap()),
            (FiscalYear::new(2025).unwrap(), BandCell::from_store(Some("from_50"), None).unwrap()),
        ]);
        let report = UsageReport {
            publication: Publication::Months(Threshold::TWENTY),
            yearly_band: false,
            closed: months.clone(),
            months,
            years: Vec::new(),
            services: vec![ServiceUsage {
                id: RelyingPartyId::from_uuid("0191f1d2-8d5e-7c3a-9b1e-2f4a6c8d0e1f".parse().unwrap()),
                name: Localized::composed("=1+1, \"図書館\"", "Library"),
                cells,
                bands,
            }],
        };
        assert_eq!(
            content(&report, Locale::Ja),
            "\u{feff}月または年度,サービス,利用者,回数,表示しない理由\r\n\
             2026-08,\"'=1+1, \"\"図書館\"\"\",,,開始前\r\n\
             2026-09,\"'=1+1, \"\"図書館\"\"\",,,非表示: 少数のため\r\n\
             2026-10,\"'=1+1, \"\"図書館\"\"\",2330,4000,\r\n\
             令和6年度(2024年),\"'=1+1, \"\"図書館\"\"\",,,少数のため\r\n\
             令和7年度(2025年),\"'=1+1, \"\"図書館\"\"\",50人以上,,\r\n"
        );
    }
}
