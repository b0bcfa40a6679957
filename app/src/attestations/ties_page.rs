//! All ties of a kind at the turn of the fiscal year: which and until when, then how many people it concerns and a last word.

use domain::calendar::Month;
use domain::disclosure::DisclosedFigure;
use domain::locale::Locale;
use domain::paths;
use domain::residency::{AttestationKind, tie_ends};
use domain::violations::Violations;
use leptos::prelude::*;
use service::Error;
use service::attestations::TieEnd;
use time::Date;

use super::issue_page::{kind_and_until, kind_of, until_field};
use super::kinds;
use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::{Choice, RadioCards, Select};
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::text::fill;

/// The field of the second form: what it says was read.
const CONFIRMED: &str = "confirmed";

pub(super) async fn show_extend(console: Console) -> Result<ConsolePage, Error> {
    let (locale, today) = (console.locale, console.service().today());
    let words = Words::of(locale);
    let until = move || until_field(locale, today, words.extend_until);
    Ok(first_page(&console, words.extend_title, words.extend_note, until))
}

pub(super) async fn extend(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let (kind, until) = kind_and_until(&form, console.service().today())?;
    let (service, caller, locale) = (console.service(), &console.town().caller, console.locale);
    let words = Words::of(locale);
    let (kind_word, month) = (kind.words().get(locale), until.text(locale));
    let said = [("kind", kind_word), ("month", month.as_str())];
    if form.has(CONFIRMED) {
        service.extend_attestations(caller, kind, until).await?;
        return Ok(done(&console, fill(words.extend_done, &said)));
    }
    let people = service.count_extended(caller, kind, until).await?;
    Ok(Answer::Once(last_page(
        &console,
        Asked {
            title: fill(words.extend_check_title, &said),
            text: fill(words.extend_check, &said),
            people,
            kind,
            until: until.to_string(),
            confirm: words.extend_confirm,
            weight: Weight::Primary,
        },
    )))
}

pub(super) async fn show_end(console: Console) -> Result<ConsolePage, Error> {
    let (locale, today) = (console.locale, console.service().today());
    let words = Words::of(locale);
    let when = move || {
        let choices = ends(locale, today);
        let value = Month::of(today).fiscal_year().last_month().to_string();
        view! { <Select name="until" label=words.end_when choices value class="input--short"/> }.into_any()
    };
    Ok(first_page(&console, words.end_title, words.end_note, when))
}

pub(super) async fn end(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let (service, caller, locale) = (console.service(), &console.town().caller, console.locale);
    let mut wrong = Violations::default();
    let kind = wrong.check("kind", kind_of(&form));
    let end = wrong.check("until", TieEnd::parse(form.get("until"), service.today()));
    let (kind, end) = wrong.finish(kind.zip(end))?;
    let words = Words::of(locale);
    let kind_word = kind.words().get(locale);
    if form.has(CONFIRMED) {
        service.end_attestations(caller, kind, end).await?;
        return Ok(done(&console, fill(words.end_done, &[("kind", kind_word)])));
    }
    let text = match end {
        TieEnd::Now => fill(words.end_check_now, &[("kind", kind_word)]),
        TieEnd::With(month) => fill(words.end_check_with, &[("kind", kind_word), ("month", &month.text(locale))]),
    };
    let people = service.count_ended(caller, kind, end).await?;
    Ok(Answer::Once(last_page(
        &console,
        Asked {
            title: fill(words.end_check_title, &[("kind", kind_word)]),
            text,
            people,
            kind,
            until: form.get("until").to_owned(),
            confirm: words.end_confirm,
            weight: Weight::Danger,
        },
    )))
}

/// Now, with this month, or with one in which ties end anyway.
fn ends(locale: Locale, today: Date) -> Vec<Choice> {
    let words = Words::of(locale);
    let mut months = tie_ends(today);
    months.insert(0, Month::of(today));
    months.dedup();
    let with = |month: Month| Choice::new(month.to_string(), fill(words.end_with, &[("month", &month.text(locale))]));
    std::iter::once(Choice::new("now", words.end_now)).chain(months.into_iter().map(with)).collect()
}

fn first_page(
    console: &Console,
    title: &'static str,
    note: &'static str,
    until: impl FnOnce() -> AnyView + Send + 'static,
) -> ConsolePage {
    let locale = console.locale;
    let (words, cancel) = (Words::of(locale), Shared::of(locale).cancel);
    let list = paths::console_attestations(&console.town().tenant);
    let back = list.clone();
    let page = ConsolePage::new(Area::Attestations, title, move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Info>{note}</Banner>
                <RadioCards name="kind" label=words.kind choices=kinds(locale)/>
                {until()}
                <FormActions>
                    <SubmitButton word=words.check size=Size::M/>
                    <LinkButton word=cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        }
    });
    page.below(words.title, list)
}

/// What the last page asks.
struct Asked {
    title: String,
    text: String,
    people: Option<DisclosedFigure>,
    kind: AttestationKind,
    until: String,
    confirm: &'static str,
    weight: Weight,
}

fn last_page(console: &Console, asked: Asked) -> ConsolePage {
    let locale = console.locale;
    let (words, cancel) = (Words::of(locale), Shared::of(locale).cancel);
    let list = paths::console_attestations(&console.town().tenant);
    let back = list.clone();
    let people = match asked.people {
        Some(figure) => fill(words.people_at_least, &[("n", &figure.to_string())]),
        None => words.people_few.to_owned(),
    };
    let page = ConsolePage::new(Area::Attestations, asked.title, move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Warning title=people>{asked.text}</Banner>
                <Hidden name="kind" value=asked.kind.as_str()/>
                <Hidden name="until" value=asked.until/>
                <Hidden name=CONFIRMED value="on"/>
                <FormActions>
                    <SubmitButton word=asked.confirm weight=asked.weight size=Size::M/>
                    <LinkButton word=cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        }
    });
    page.below(words.title, list)
}

fn done(console: &Console, said: String) -> Answer<ConsolePage> {
    Answer::to(paths::console_attestations(&console.town().tenant)).saying(Flash::success(said))
}
