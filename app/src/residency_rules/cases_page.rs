//! 試すケース: made-up people, what must come out, what the versions say; adding one and removing one.

use domain::calendar::iso_date;
use domain::ids::{ResidencyRuleId, RuleCaseId};
use domain::locale::Locale;
use domain::municipality::{Municipality, MunicipalityCode, MunicipalityTable};
use domain::paths;
use domain::residency::{AttestationKind, Birthday, CaseForm, CaseResult, Outcome, TownTable};
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Compared, Detail};
use service::residency_rules::{CASES, CaseView, Cases, FINDINGS};

use super::parts::{self, Part};
use super::proof_text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::banner::Banner;
use crate::components::button::{Size, SubmitButton, Weight};
use crate::components::empty_state::EmptyInline;
use crate::components::field::{Checkboxes, Choice, RadioCards, Select, TextField};
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::components::table::{Column, Table};
use crate::configuration::text::Words as Shared;
use crate::configuration::version_word;
use crate::console::{Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Refusal, Tone};
use crate::text::fill;

/// Municipalities that a search shows.
const FOUND: usize = 12;
const THEN: &str = "then";
const REMOVE: &str = "remove.";

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let (service, caller) = (console.service(), &console.town().caller);
    let detail = service.get_configuration(caller, id, Compared::default(), console.locale).await?;
    let cases = service.list_rule_cases(caller, id).await?;
    let (at, about) = (console.clone(), detail.clone());
    Ok(parts::page(&at, &about, id, Part::Cases, move || body(&console, &detail, cases, id)))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let (service, caller) = (console.service(), &console.town().caller);
    let words = Words::of(console.locale);
    let said = if let Some(case) = form.get(THEN).strip_prefix(REMOVE) {
        let case: RuleCaseId = case.parse().map_err(|_| Error::NotFound)?;
        service.remove_rule_case(caller, id, case).await?;
        words.case_removed
    } else {
        service.add_rule_case(caller, id, &read(&form)).await?;
        words.case_added
    };
    let path = paths::console_residency_rule_cases(&console.town().tenant, id);
    Ok(Answer::to(path).saying(Flash::success(said)))
}

fn read(form: &Form) -> CaseForm {
    let get = |name: &str| form.get(name).to_owned();
    CaseForm {
        municipality: get("municipality"),
        town: get("town"),
        age: get("age"),
        birthday: get("birthday"),
        ties: form.all("ties").map(str::to_owned).collect(),
        on_day: get("on_day"),
        expected: get("expected"),
    }
}

fn body(console: &Console, detail: &Detail, cases: Cases, id: ResidencyRuleId) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let own = cases.own;
    let editable = cases.editable;
    let state = standing(&cases, locale);
    let list = list(cases, locale);
    let add = if editable {
        add(console, detail, own, id)
    } else {
        let reason = Shared::of(locale).barred(service::configuration::Barred::Role, locale);
        view! { <p class="muted">{reason}</p> }.into_any()
    };
    view! {
        {state}
        <Panel id="cases" title=words.cases_title note=words.cases_note bare=true>{list}</Panel>
        {add}
    }
    .into_any()
}

/// Whether the newest version can be submitted with these cases.
fn standing(cases: &Cases, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let newest = version_word(cases.newest, locale);
    if cases.rows.is_empty() {
        return ().into_any();
    }
    if !cases.complete {
        return view! { <Banner tone=Tone::Info>{words.nothing_complete}</Banner> }.into_any();
    }
    let failing = cases.failing().to_string();
    let all = cases.rows.len().to_string();
    if cases.failing() == 0 {
        let title = fill(words.all_pass, &[("version", &newest), ("n", &all)]);
        return view! { <Banner tone=Tone::Success title>{words.all_pass_text}</Banner> }.into_any();
    }
    let title = fill(words.some_fail, &[("version", &newest), ("n", &all), ("failing", &failing)]);
    view! { <Banner tone=Tone::Error title>{words.some_fail_text}</Banner> }.into_any()
}

fn list(cases: Cases, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    if cases.rows.is_empty() {
        return view! { <EmptyInline title=words.no_cases text=words.no_cases_text icon=Drawing::Rules/> }.into_any();
    }
    let mut columns = vec![Column::new(words.case), Column::new(words.expected)];
    columns.push(Column::new(version_word(cases.newest, locale)));
    if let Some(published) = cases.published {
        columns.push(Column::new(fill(words.in_use, &[("version", &version_word(published, locale))])));
    }
    columns.push(Column::new(words.result));
    if cases.editable {
        columns.push(Column::new(words.remove).hidden());
    }
    let (both, complete, editable) = (cases.published.is_some(), cases.complete, cases.editable);
    let rows = cases.rows.into_iter().map(|row| case_row(row, both, complete, editable, locale)).collect_view();
    let table = view! { <Table id="case-list" caption=words.cases_caption columns class="table--wide table--top">{rows}</Table> };
    if editable { view! { <form method="post">{table}</form> }.into_any() } else { table.into_any() }
}

fn case_row(row: CaseView, both: bool, complete: bool, editable: bool, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let label = row.case.label(locale);
    let expected = row.case.expected().words().get(locale);
    let passes = row.passes();
    let published = both.then(|| view! { <td class="cell-text">{said(row.published.as_ref(), locale)}</td> });
    let badge = complete.then(|| match passes {
        true => view! { <Badge mark=Mark::Live word=words.passes/> }.into_any(),
        false => view! { <Badge mark=Mark::Failed word=words.fails/> }.into_any(),
    });
    let remove = editable.then(|| {
        let value = format!("{REMOVE}{}", row.id);
        view! {
            <td>
                <SubmitButton word=words.remove weight=Weight::Quiet size=Size::Xs object=label.clone() name=THEN value/>
            </td>
        }
    });
    view! {
        <tr class=(complete && !passes).then_some("row-error")>
            <th scope="row" class="cell-text">{label}</th>
            <td>{expected}</td>
            <td class="cell-text">{said(row.newest.as_ref(), locale)}</td>
            {published}
            <td>{badge}</td>
            {remove}
        </tr>
    }
    .into_any()
}

/// What a version says, and why.
fn said(result: Option<&CaseResult>, locale: Locale) -> AnyView {
    match result {
        None => view! { <span class="muted">"—"</span> }.into_any(),
        Some(result) => {
            let why = result.reason.for_clerk().get(locale);
            view! { {result.reason.outcome().words().get(locale)}<span class="sub">{why}</span> }.into_any()
        }
    }
}

/// The form of a new case: first the municipality, by a search in the address, then the rest.
fn add(console: &Console, detail: &Detail, own: MunicipalityCode, id: ResidencyRuleId) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let table = MunicipalityTable::japan();
    let asked = MunicipalityCode::parse(console.query("municipality")).ok().and_then(|code| table.find(code));
    let Some(chosen) = asked.or_else(|| table.find(own)) else { return ().into_any() };
    let path = paths::console_residency_rule_cases(&console.town().tenant, id);
    let places = places(&path, chosen, &offered(console, detail, own, chosen), locale);
    let towns = TownTable::japan().towns_of(chosen.code);
    let none = Choice::new("", words.no_town);
    let towns = std::iter::once(none).chain(towns.into_iter().map(|town| Choice::new(town.name.clone(), town.name)));
    let birthdays = Birthday::ALL.map(|of| Choice::new(of.as_str(), of.words().get(locale))).to_vec();
    let ties = AttestationKind::ALL.map(|of| Choice::new(of.as_str(), of.words().get(locale))).to_vec();
    let outcomes = [Outcome::Eligible, Outcome::NotEligible, Outcome::Undecidable];
    let outcomes = outcomes.map(|of| Choice::new(of.as_str(), of.words().get(locale))).to_vec();
    let today = iso_date(console.service().today());
    let search = console.query("q").to_owned();
    view! {
        <Panel id="add-case" title=words.add_title note=words.add_note>
            <div class="form">
                <div class="field">
                    <p class="field__label">{words.municipality}": "{chosen.full_name(locale)}</p>
                    {places}
                    <form method="get" action=path.clone() class="inline-field">
                        <label for="case-q">{words.other_municipality}</label>
                        <input class="input input--short" id="case-q" name="q" type="search" autocomplete="off" value=search/>
                        <button class="button button--quiet" type="submit">{words.find}</button>
                    </form>
                </div>
                <PageForm label=words.add_title>
                    <Hidden name="municipality" value=chosen.code.to_string()/>
                    <Select name="town" label=words.town choices=towns.collect() optional=true class="input--short"/>
                    <div class="form__pair">
                        <TextField name="age" label=words.age help=words.age_help class="input--number" inputmode="numeric"/>
                        <Select name="birthday" label=words.birthday help=words.birthday_help choices=birthdays/>
                        <TextField name="on_day" label=words.on_day help=words.on_day_help kind="date" class="input--short" value=today/>
                    </div>
                    <Checkboxes name="ties" label=words.ties choices=ties optional=true/>
                    <RadioCards name="expected" label=words.expected choices=outcomes/>
                    <FormActions><SubmitButton word=words.add size=Size::M name=THEN value="add"/></FormActions>
                </PageForm>
            </div>
        </Panel>
    }
    .into_any()
}

/// What was searched for; else the town itself, its wards, and what the rule names.
fn offered(
    console: &Console,
    detail: &Detail,
    own: MunicipalityCode,
    chosen: &Municipality,
) -> Vec<&'static Municipality> {
    let table = MunicipalityTable::japan();
    let typed = console.query("q");
    if !typed.is_empty() {
        return table.search(typed, FOUND);
    }
    let mut codes = vec![own];
    codes.extend(parts::codes_named(detail));
    let city = table.city_of(chosen.code).unwrap_or(chosen.code);
    codes.extend(table.wards_of(city).map(|ward| ward.code));
    let mut seen = std::collections::BTreeSet::new();
    codes.retain(|code| seen.insert(*code));
    codes.into_iter().filter_map(|code| table.find(code)).collect()
}

fn places(path: &str, chosen: &Municipality, offered: &[&Municipality], locale: Locale) -> AnyView {
    let words = Words::of(locale);
    if offered.is_empty() {
        return view! { <p class="muted" role="status">{words.nothing_found}</p> }.into_any();
    }
    let links = offered
        .iter()
        .map(|row| {
            let href = format!("{path}?municipality={}#add-case", row.code);
            let current = (row.code == chosen.code).then_some("true");
            view! { <li><a class="chip chip--link" href=href aria-current=current>{row.full_name(locale)}</a></li> }
        })
        .collect_view();
    view! { <ul class="chips" aria-label=words.municipality>{links}</ul> }.into_any()
}

/// What the submission says of failing cases, with the way there; nothing where all pass.
pub(super) async fn before_submission(console: &Console, id: ResidencyRuleId) -> Result<Option<AnyView>, Error> {
    let cases = console.service().list_rule_cases(&console.town().caller, id).await?;
    let words = Words::of(console.locale);
    let href = paths::console_residency_rule_cases(&console.town().tenant, id);
    let failing = cases.failing();
    Ok((failing > 0).then(|| {
        let title = fill(words.cannot_submit, &[("n", &failing.to_string())]);
        view! { <Banner tone=Tone::Error title class="page-banner"><a href=href>{words.open_cases}</a></Banner> }
            .into_any()
    }))
}

/// What is said of a submission that the rule's proof refuses, in place of the words for a form.
pub(crate) fn refusal(error: Error, locale: Locale) -> Result<Answer<ConsolePage>, Error> {
    let words = Words::of(locale);
    match error {
        Error::Invalid(wrong) if wrong.get(CASES).is_some() => {
            Ok(Answer::Refused(Refusal::of(CASES, Violation::Mismatch, words.some_fail_text)))
        }
        Error::Invalid(wrong) if wrong.get(FINDINGS).is_some() => {
            Ok(Answer::Refused(Refusal::of(FINDINGS, Violation::NotAllowed, words.has_findings)))
        }
        other => Err(other),
    }
}
