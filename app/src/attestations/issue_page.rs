//! Making codes: a batch, more of one, or a single one at the desk. What is made is shown in place of a redirect, once.

use domain::calendar::{Month, iso_date};
use domain::ids::AttestationBatchId;
use domain::locale::Locale;
use domain::paths;
use domain::residency::{
    AttestationBatch, AttestationBatchForm, AttestationKind, MAX_CODES, NAMED_FROM, latest_redeem_until, parse_count,
    parse_tie_end, tie_ends, usual_redeem_until, usual_tie_end,
};
use domain::violations::{Violation, Violations};
use leptos::prelude::*;
use service::Error;
use service::attestations::IssuedCodes;
use time::Date;

use super::text::Words;
use super::{kinds, name_of, sheet};
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::{Choice, RadioCards, Select, TextField};
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::Drawing;
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form, Refusal, Tone};
use crate::text::fill;

pub(super) async fn show_new(console: Console) -> Result<ConsolePage, Error> {
    let (locale, today) = (console.locale, console.service().today());
    let (words, list) = (Words::of(locale), paths::console_attestations(&console.town().tenant));
    let back = list.clone();
    let page = ConsolePage::new(Area::Attestations, words.new_title, move || {
        let name_help = fill(words.name_help, &[("n", &NAMED_FROM.to_string())]);
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Info>{words.new_note}</Banner>
                <RadioCards name="kind" label=words.kind_label choices=kinds(locale)/>
                <TextField name="name" label=words.name help=name_help optional=true/>
                {count_field(locale)}
                {until_field(locale, today, words.until)}
                <TextField
                    name="redeem_until"
                    label=words.redeem_until
                    help=words.redeem_help
                    kind="date"
                    class="input--short"
                    value=iso_date(usual_redeem_until(today))
                    min=iso_date(today)
                    max=iso_date(latest_redeem_until(today))
                />
                {actions(words.make, back, locale)}
            </PageForm>
        }
    });
    Ok(page.below(words.title, list))
}

pub(super) async fn make(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let typed = |name: &str| form.get(name).to_owned();
    let form = AttestationBatchForm {
        kind: typed("kind"),
        name: typed("name"),
        count: typed("count"),
        until: typed("until"),
        redeem_until: typed("redeem_until"),
    };
    let batch = match AttestationBatch::parse(&form, console.service().today()) {
        Ok(batch) => batch,
        Err(wrong) if wrong.iter().count() == 1 && wrong.get("name") == Some(Violation::NotAllowed) => {
            let sentence = fill(Words::of(console.locale).name_few, &[("n", &NAMED_FROM.to_string())]);
            return Ok(Answer::Refused(Refusal::of("name", Violation::NotAllowed, sentence)));
        }
        Err(wrong) => return Err(wrong.into()),
    };
    let issued = console.service().create_attestation_batch(&console.town().caller, &batch).await?;
    Ok(shown_once(&console, issued))
}

pub(super) async fn show_desk(console: Console) -> Result<ConsolePage, Error> {
    let (locale, today) = (console.locale, console.service().today());
    let (words, list) = (Words::of(locale), paths::console_attestations(&console.town().tenant));
    let back = list.clone();
    let page = ConsolePage::new(Area::Attestations, words.desk_title, move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Info>{words.desk_note}</Banner>
                <RadioCards name="kind" label=words.kind_label choices=kinds(locale) value=AttestationKind::Work.as_str()/>
                {until_field(locale, today, words.until)}
                {actions(words.desk_make, back, locale)}
            </PageForm>
        }
    });
    Ok(page.below(words.title, list))
}

pub(super) async fn make_for_desk(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let (kind, until) = kind_and_until(&form, console.service().today())?;
    let issued = console.service().issue_desk_code(&console.town().caller, kind, until).await?;
    Ok(shown_once(&console, issued))
}

pub(super) async fn show_more(console: Console) -> Result<ConsolePage, Error> {
    let id: AttestationBatchId = console.param("batch")?;
    let batch = console.service().attestation_batch(&console.town().caller, id).await?;
    let (locale, tenant) = (console.locale, &console.town().tenant);
    let words = Words::of(locale);
    let (list, above) = (paths::console_attestations(tenant), paths::console_attestation_batch(tenant, id));
    let (name, back) = (name_of(&batch, locale), above.clone());
    let page = ConsolePage::new(Area::Attestations, fill(words.more_title, &[("name", &name)]), move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Info>{words.more_note}</Banner>
                {count_field(locale)}
                {actions(words.more, back, locale)}
            </PageForm>
        }
    });
    Ok(page.below(words.title, list).below(name, above))
}

pub(super) async fn make_more(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: AttestationBatchId = console.param("batch")?;
    let count = parse_count(form.get("count")).map_err(|violation| Error::invalid("count", violation))?;
    let issued = console.service().add_attestation_codes(&console.town().caller, id, count).await?;
    Ok(shown_once(&console, issued))
}

/// Kind and month of a form.
pub(super) fn kind_and_until(form: &Form, today: Date) -> Result<(AttestationKind, Month), Violations> {
    let mut wrong = Violations::default();
    let kind = wrong.check("kind", kind_of(form));
    let until = wrong.check("until", parse_tie_end(form.get("until"), today));
    wrong.finish(kind.zip(until))
}

/// The kind of a form.
pub(super) fn kind_of(form: &Form) -> Result<AttestationKind, Violation> {
    match form.get("kind") {
        "" => Err(Violation::Required),
        kind => kind.parse(),
    }
}

/// The months in which ties may end, as a field.
pub(super) fn until_field(locale: Locale, today: Date, label: &'static str) -> AnyView {
    let words = Words::of(locale);
    let choices = tie_ends(today).into_iter().map(|month| Choice::new(month.to_string(), month.text(locale))).collect();
    let value = usual_tie_end(today).to_string();
    view! { <Select name="until" label help=words.until_help choices value class="input--short"/> }.into_any()
}

fn count_field(locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let help = fill(words.count_help, &[("n", &MAX_CODES.to_string())]);
    view! { <TextField name="count" label=words.count help class="input--number" inputmode="numeric" maxlength=5/> }
        .into_any()
}

fn actions(word: &'static str, back: String, locale: Locale) -> AnyView {
    let cancel = Shared::of(locale).cancel;
    view! {
        <FormActions>
            <SubmitButton word size=Size::M icon=Drawing::Key/>
            <LinkButton word=cancel href=back weight=Weight::Quiet size=Size::M/>
        </FormActions>
    }
    .into_any()
}

fn shown_once(console: &Console, issued: IssuedCodes) -> Answer<ConsolePage> {
    Answer::Once(sheet::page(console, issued))
}
