//! The codes, the one time that they can be seen: to print, eight slips on a page of A4, and as CSV. The file is in the page
//! itself, because nobody can ask for it again.

use domain::calendar::{iso_date, long_date};
use domain::locale::Locale;
use domain::paths;
use domain::residency::AttestationKind;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use service::attestations::{BatchView, IssuedCodes};

use super::name_of;
use super::text::{Slip, Words};
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::icon::{Drawing, Icon};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::Tone;
use crate::text::fill;

/// The page with what was made.
pub(super) fn page(console: &Console, issued: IssuedCodes) -> ConsolePage {
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let words = Words::of(locale);
    let list = paths::console_attestations(&tenant);
    let above = list.clone();
    let organisation = &console.town().organisation;
    let sheet = Sheet {
        town_ja: organisation.name_ja.clone(),
        town_en: organisation.name_en.clone(),
        page: address(console),
        file: format!("codes-{tenant}-{}.csv", iso_date(console.service().today())),
    };
    ConsolePage::new(Area::Attestations, words.sheet_title, move || body(&sheet, &issued, list, locale))
        .below(words.title, above)
}

/// What all slips of a sheet have in common.
struct Sheet {
    town_ja: String,
    town_en: String,
    page: String,
    file: String,
}

/// The town page, as somebody types it.
fn address(console: &Console) -> String {
    let path = paths::town(&console.town().tenant);
    console.site.public_base_url.join(&path).map_or(path, |url| url.to_string())
}

fn body(sheet: &Sheet, issued: &IssuedCodes, back: String, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let batch = &issued.batch;
    let count = fill(words.count_of, &[("n", &issued.codes.len().to_string())]);
    // A file in an address: nothing leaves this page, and no second request could find the codes.
    let csv = csv(sheet, issued, locale);
    let csv = format!("data:text/csv;charset=utf-8,{}", utf8_percent_encode(&csv, NON_ALPHANUMERIC));
    let (name, kind) = (name_of(batch, locale), batch.kind.words().get(locale));
    let (redeem_until, until) = (long_date(batch.redeem_until, locale), batch.until.text(locale));
    let slips = issued.codes.iter().map(|code| slip(sheet, batch, &code.to_string())).collect_view();
    view! {
        <div class="no-print">
            <Banner tone=Tone::Warning class="page-banner">{words.sheet_once}</Banner>
            <section class="panel">
                <div class="panel__body stack stack--tight">
                    <Facts>
                        <Fact term=words.batch>{name}</Fact>
                        <Fact term=words.kind>{kind}</Fact>
                        <Fact term=words.codes>{count}</Fact>
                        <Fact term=words.redeem_until>{redeem_until}</Fact>
                        <Fact term=words.until>{until}</Fact>
                    </Facts>
                    <p class="cluster">
                        <a class="button button--primary" href=csv download=sheet.file.clone()><Icon of=Drawing::Save/>{words.csv}</a>
                        <LinkButton word=words.sheet_done href=back weight=Weight::Secondary/>
                    </p>
                    <p class="muted text-14">{words.sheet_print}</p>
                </div>
            </section>
        </div>
        <section class="slips" aria-label=words.sheet_label>{slips}</section>
    }
    .into_any()
}

/// One slip. The people who get it read Japanese or English, whatever the clerk does.
fn slip(sheet: &Sheet, batch: &BatchView, code: &str) -> AnyView {
    let (ja, en) = (Slip::of(Locale::Ja), Slip::of(Locale::En));
    let day = |locale| fill(Slip::of(locale).by, &[("day", &long_date(batch.redeem_until, locale))]);
    let tie = |locale| fill(Slip::of(locale).tie, &[("month", &batch.until.text(locale))]);
    let steps = ja.how.lines().map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <article class="slip" lang="ja">
            <p class="slip__town"><b>{sheet.town_ja.clone()}</b>" "{title(batch.kind, ja)}</p>
            <p class="slip__code mono">{code.to_owned()}</p>
            <ol class="slip__steps">{steps}</ol>
            <p class="slip__page mono">{sheet.page.clone()}</p>
            <p><b>{day(Locale::Ja)}</b>{tie(Locale::Ja)}</p>
            <p class="slip__other" lang="en">
                {sheet.town_en.clone()}", "{title(batch.kind, en)}". "{en.how}" "{day(Locale::En)}" "{tie(Locale::En)}
            </p>
        </article>
    }
    .into_any()
}

const fn title(kind: AttestationKind, words: &Slip) -> &'static str {
    match kind {
        AttestationKind::Work => words.work,
        AttestationKind::School => words.school,
        AttestationKind::Other => words.other,
    }
}

/// No field can hold a comma, a quote or a formula: they are codes, words of ours, dates and an address of ours.
fn csv(sheet: &Sheet, issued: &IssuedCodes, locale: Locale) -> String {
    let words = Words::of(locale);
    let batch = &issued.batch;
    let heads = [words.csv_code, words.csv_kind, words.csv_until, words.csv_redeem, words.csv_page];
    // The mark tells spreadsheets that this is UTF-8.
    let mut csv = format!("\u{feff}{}\r\n", heads.join(","));
    let rest = format!(
        "{},{},{},{}\r\n",
        batch.kind.words().get(locale),
        batch.until,
        iso_date(batch.redeem_until),
        sheet.page
    );
    for code in &issued.codes {
        csv.push_str(&format!("{code},{rest}"));
    }
    csv
}
