//! The settings: a section for each, and for the one that the address names its form in place of its facts.

use domain::calendar::{long_date, parse_iso_date};
use domain::disclosure::{DisclosurePolicy, Publication};
use domain::locale::Locale;
use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::provisioning::TenantMode;
use service::tenants::{ContactInput, PublicationInput, TenantView};

use super::text::Words;
use crate::components::button::{DisabledButton, LinkButton, Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::{Checkbox, Choice, RadioCards, Select, TextArea, TextField};
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};
use crate::text::fill;

/// A group of settings that is changed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Contact,
    FourEyes,
    Sessions,
    Requests,
    Publication,
}

impl Section {
    const ALL: [Section; 5] =
        [Section::Contact, Section::FourEyes, Section::Sessions, Section::Requests, Section::Publication];
    const PARAMETER: &str = "edit";

    fn of(console: &Console) -> Option<Self> {
        Self::ALL.into_iter().find(|section| console.query(Self::PARAMETER) == section.as_str())
    }

    /// The name in the address, and the id of the section on the page.
    const fn as_str(self) -> &'static str {
        match self {
            Section::Contact => "contact",
            Section::FourEyes => "four-eyes",
            Section::Sessions => "sessions",
            Section::Requests => "requests",
            Section::Publication => "publication",
        }
    }

    const fn title(self, words: &Words) -> &'static str {
        match self {
            Section::Contact => words.contact,
            Section::FourEyes => words.four_eyes,
            Section::Sessions => words.sessions,
            Section::Requests => words.requests,
            Section::Publication => words.publication,
        }
    }

    const fn note(self, words: &Words) -> &'static str {
        match self {
            Section::Contact => words.contact_note,
            Section::FourEyes => words.four_eyes_note,
            Section::Sessions => words.sessions_note,
            Section::Requests => words.requests_note,
            Section::Publication => words.publication_note,
        }
    }
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let tenant = console.service().tenant(&console.town().caller).await?;
    let words = Words::of(console.locale);
    let lead = fill(words.lead, &[("town", console.organisation_name())]);
    let editing = Section::of(&console).filter(|_| tenant.may_change);
    let Some(section) = editing else {
        return Ok(ConsolePage::new(Area::Settings, words.title, move || all(&console, &tenant)).lead(lead));
    };
    let path = paths::console_settings(&console.town().tenant);
    let back = path.clone();
    let page =
        ConsolePage::new(Area::Settings, section.title(words), move || section_form(section, words, tenant, back));
    Ok(page.below(words.title, path).lead(section.note(words)))
}

fn section_form(section: Section, words: &'static Words, tenant: TenantView, back: String) -> AnyView {
    let revision = tenant.revision.to_string();
    view! {
        <PageForm class="form--page">
            <Hidden name="revision" value=revision/>
            {fields(section, words, &tenant)}
            <FormActions>
                <SubmitButton word=words.save size=Size::M/>
                <LinkButton word=words.cancel href=back weight=Weight::Quiet size=Size::M/>
            </FormActions>
        </PageForm>
    }
    .into_any()
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let (service, caller, revision) = (console.service(), &console.town().caller, form.revision());
    let section = Section::of(&console).ok_or(Error::NotFound)?;
    match section {
        Section::Contact => {
            let field = |name: &str| form.get(name).to_owned();
            let input = ContactInput { ja: field("contact.ja"), en: field("contact.en"), phone: field("phone") };
            service.update_contact(caller, revision, &input).await?;
        }
        Section::FourEyes => {
            service.set_four_eyes(caller, revision, form.get("four_eyes") != "off", form.get("reason")).await?;
        }
        Section::Sessions => {
            let seconds = form.get("session_seconds").parse();
            let seconds = seconds.map_err(|_| Error::invalid("session_seconds", Violation::Malformed))?;
            service.set_session_length(caller, revision, seconds).await?;
        }
        Section::Requests => service.set_pushed_only(caller, revision, form.get("pushed_only") == "on").await?,
        Section::Publication => {
            let threshold = match form.get("threshold") {
                "" => None,
                people => Some(people.parse().map_err(|_| Error::invalid("threshold", Violation::Malformed))?),
            };
            let input = PublicationInput { threshold, yearly_band: form.has("yearly_band") };
            service.update_publication(caller, revision, &input).await?;
        }
    }
    let words = Words::of(console.locale);
    let flash = Flash::success(fill(words.saved, &[("name", section.title(words))]));
    Ok(Answer::to(paths::console_settings(&console.town().tenant)).saying(flash))
}

/// Every section with its facts.
fn all(console: &Console, tenant: &TenantView) -> AnyView {
    let words = Words::of(console.locale);
    let path = paths::console_settings(&console.town().tenant);
    let sections = Section::ALL
        .map(|section| {
            let id = section.as_str();
            let change = if tenant.may_change {
                let href = format!("{path}?{}={id}", Section::PARAMETER);
                let object = section.title(words);
                view! { <LinkButton word=words.change href object weight=Weight::Secondary/> }.into_any()
            } else {
                let id = format!("change-{id}");
                view! { <DisabledButton word=words.change reason=words.only_admin id weight=Weight::Secondary/> }
                    .into_any()
            };
            let facts = facts(section, words, console.locale, tenant);
            view! {
                <Panel id title=section.title(words) note=section.note(words)>
                    <div class="stack stack--tight"><Facts>{facts}</Facts><div>{change}</div></div>
                </Panel>
            }
        })
        .collect_view();
    let mode = if tenant.mode == TenantMode::Production { words.production } else { words.sandbox };
    let population = tenant.population.as_ref().map_or_else(
        || words.population_unknown.to_owned(),
        |population| {
            let people = grouped(population.people);
            let day = parse_iso_date(&population.on).map(|day| long_date(day, console.locale));
            let day = day.unwrap_or_else(|_| population.on.clone());
            let values = [("people", people.as_str()), ("source", &population.source), ("day", &day)];
            fill(words.population_text, &values)
        },
    );
    let code = tenant.code.clone();
    view! {
        <div class="stack">
            <Panel id="town" title=words.town note=words.town_note>
                <Facts>
                    <Fact term=words.code><code>{code}</code></Fact>
                    <Fact term=words.mode>{mode}</Fact>
                    <Fact term=words.population>{population}</Fact>
                </Facts>
            </Panel>
            {sections}
        </div>
    }
    .into_any()
}

fn facts(section: Section, words: &'static Words, locale: Locale, tenant: &TenantView) -> AnyView {
    match section {
        Section::Contact => {
            let phone = Some(tenant.contact_phone.clone()).filter(|phone| !phone.is_empty());
            let (ja, en) = (tenant.contact.get(Locale::Ja).to_owned(), tenant.contact.get(Locale::En).to_owned());
            view! {
                <Fact term=words.language_ja>{ja}</Fact>
                <Fact term=words.language_en>{en}</Fact>
                <Fact term=words.phone>{phone.unwrap_or_else(|| words.not_given.to_owned())}</Fact>
            }
            .into_any()
        }
        Section::FourEyes => {
            let state = if tenant.four_eyes { words.four_eyes_on } else { words.four_eyes_off };
            let coming = tenant.four_eyes_off_from.filter(|_| tenant.four_eyes);
            let coming = coming.map(|day| fill(words.four_eyes_off_from, &[("day", &long_date(day, locale))]));
            let reason = tenant.four_eyes_reason.clone();
            view! {
                <Fact term=words.now>{state}{coming.map(|coming| view! { <small>{coming}</small> })}</Fact>
                {reason.map(|reason| view! { <Fact term=words.reason>{reason}</Fact> })}
            }
            .into_any()
        }
        Section::Sessions => {
            let length = length_words(tenant.session_seconds, words);
            view! { <Fact term=words.now>{length}</Fact> }.into_any()
        }
        Section::Requests => {
            let state = if tenant.pushed_only { words.pushed_on } else { words.pushed_off };
            view! { <Fact term=words.now>{state}</Fact> }.into_any()
        }
        Section::Publication => {
            let rule = match tenant.publication {
                Publication::Months(threshold) => fill(words.months, &[("n", &threshold.people().to_string())]),
                Publication::YearlyBand => words.yearly.to_owned(),
                Publication::Nothing => words.nothing.to_owned(),
            };
            let band = (tenant.publication == Publication::YearlyBand).then_some(if tenant.yearly_band {
                words.band_on
            } else {
                words.band_off
            });
            view! { <Fact term=words.now>{rule}{band.map(|band| view! { <small>{band}</small> })}</Fact> }.into_any()
        }
    }
}

/// A number with a comma after each three digits: `84,000`.
fn grouped(number: u32) -> String {
    match number / 1_000 {
        0 => number.to_string(),
        thousands => format!("{},{:03}", grouped(thousands), number % 1_000),
    }
}

/// The lengths that a form offers, in seconds.
const LENGTHS: [i64; 6] = [900, 1_800, 3_600, 7_200, 14_400, 28_800];

fn length_words(seconds: i64, words: &Words) -> String {
    match seconds {
        900 => words.minutes_15.to_owned(),
        1_800 => words.minutes_30.to_owned(),
        3_600 => words.hours_1.to_owned(),
        7_200 => words.hours_2.to_owned(),
        14_400 => words.hours_4.to_owned(),
        28_800 => words.hours_8.to_owned(),
        other => fill(words.minutes, &[("n", &(other / 60).to_string())]),
    }
}

fn fields(section: Section, words: &'static Words, tenant: &TenantView) -> AnyView {
    match section {
        Section::Contact => {
            let (ja, en) = (tenant.contact.get(Locale::Ja).to_owned(), tenant.contact.get(Locale::En).to_owned());
            let phone = tenant.contact_phone.clone();
            view! {
                <TextField name="contact.ja" label=words.contact_ja help=words.contact_help value=ja/>
                <TextField name="contact.en" label=words.contact_en value=en/>
                <TextField name="phone" label=words.phone help=words.phone_help value=phone kind="tel" class="input--short"/>
            }
            .into_any()
        }
        Section::FourEyes => {
            let choices = vec![
                Choice::new("on", words.four_eyes_on).help(words.four_eyes_on_help),
                Choice::new("off", words.four_eyes_off).help(words.four_eyes_off_help),
            ];
            let value = if tenant.four_eyes_off_from.is_none() { "on" } else { "off" };
            let reason = tenant.four_eyes_reason.clone().unwrap_or_default();
            view! {
                <RadioCards name="four_eyes" label=words.four_eyes choices value/>
                <TextArea
                    name="reason"
                    label=words.reason
                    help=words.four_eyes_reason_help
                    value=reason
                    rows=3
                    optional=true
                />
            }
            .into_any()
        }
        Section::Sessions => {
            let choices =
                LENGTHS.map(|seconds| Choice::new(seconds.to_string(), length_words(seconds, words))).to_vec();
            let value = tenant.session_seconds.to_string();
            view! { <Select name="session_seconds" label=words.sessions choices value class="input--short"/> }
                .into_any()
        }
        Section::Requests => {
            let choices = vec![
                Choice::new("off", words.pushed_off).help(words.pushed_off_help),
                Choice::new("on", words.pushed_on).help(words.pushed_on_help),
            ];
            let value = if tenant.pushed_only { "on" } else { "off" };
            view! { <RadioCards name="pushed_only" label=words.pushed choices value/> }.into_any()
        }
        Section::Publication => {
            let population = tenant.population.as_ref().map(|population| population.people);
            match DisclosurePolicy::of(population, None).publication() {
                Publication::Months(least) => {
                    let stricter = [20, 30, 50, 100].into_iter().filter(|people| *people > least.people());
                    let mut choices = vec![Choice::new("", words.threshold_default)];
                    choices.extend(stricter.map(|people| {
                        let people = people.to_string();
                        Choice::new(people.clone(), fill(words.threshold_people, &[("n", &people)]))
                    }));
                    let value = tenant.own_threshold.map(|people| people.to_string()).unwrap_or_default();
                    let (label, help) = (words.threshold, words.threshold_help);
                    view! { <Select name="threshold" label help choices value class="input--short"/> }.into_any()
                }
                Publication::YearlyBand => {
                    let checked = tenant.yearly_band;
                    view! { <Checkbox name="yearly_band" label=words.band help=words.band_help checked/> }.into_any()
                }
                Publication::Nothing => view! { <p>{words.nothing}</p> }.into_any(),
            }
        }
    }
}
