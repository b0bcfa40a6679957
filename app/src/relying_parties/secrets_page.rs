//! Issuing a secret, which is shown once in place of a redirect, and ending one.

use domain::calendar::{iso_date, long_date, parse_iso_date};
use domain::ids::{ClientSecretId, RelyingPartyId};
use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::configuration::Compared;
use service::relying_parties::IssuedSecret;

use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::code_block::CopyValue;
use crate::components::field::TextField;
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::{Drawing, Icon};
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::text::fill;

/// Days that the form offers.
const USUAL_DAYS: i64 = 365;

async fn frame(console: &Console, id: RelyingPartyId) -> Result<(String, String, String), Error> {
    let caller = &console.town().caller;
    let detail = console.service().get_configuration(caller, id, Compared::default(), console.locale).await?;
    let tenant = &console.town().tenant;
    let back = format!("{}#credentials", paths::console_relying_party(tenant, id));
    Ok((detail.title.get(console.locale).to_owned(), paths::console_relying_parties(tenant), back))
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let (name, list, back) = frame(&console, id).await?;
    let (words, cancel) = (Words::of(console.locale), Shared::of(console.locale).cancel);
    let today = console.service().today();
    let usual = iso_date(today.saturating_add(time::Duration::days(USUAL_DAYS)));
    let latest = iso_date(today.saturating_add(time::Duration::days(2 * USUAL_DAYS)));
    let (today, above) = (iso_date(today), back.clone());
    let title = fill(words.issue_title, &[("name", &name)]);
    let page = ConsolePage::new(Area::RelyingParties, title, move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Info>{words.issue_text}</Banner>
                <TextField
                    name="valid_through"
                    label=words.valid_through
                    help=words.valid_through_help
                    kind="date"
                    class="input--short"
                    value=usual
                    min=today
                    max=latest
                />
                <FormActions>
                    <SubmitButton word=words.issue size=Size::M icon=Drawing::Key/>
                    <LinkButton word=cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        }
    });
    Ok(page.below(words.title, list).below(name, above))
}

pub(super) async fn issue(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let day = parse_iso_date(form.get("valid_through"));
    let day = day.map_err(|_| Error::invalid("valid_through", Violation::Malformed))?;
    let issued = console.service().issue_client_secret(&console.town().caller, id, Some(day)).await?;
    let (name, list, back) = frame(&console, id).await?;
    let (locale, words) = (console.locale, Words::of(console.locale));
    let above = back.clone();
    let page = ConsolePage::new(Area::RelyingParties, words.secret_title, move || reveal(&issued, back, locale));
    Ok(Answer::Once(page.below(words.title, list).below(name, above)))
}

fn reveal(issued: &IssuedSecret, back: String, locale: domain::locale::Locale) -> AnyView {
    let words = Words::of(locale);
    view! {
        <section class="secret" aria-labelledby="secret-title">
            <h2 class="secret__title" id="secret-title"><Icon of=Drawing::Key/>{words.secret_note}</h2>
            <p class="secret__value"><CopyValue value=issued.reveal().to_owned()/></p>
            <p>{words.valid_through}": "{long_date(issued.valid_through, locale)}</p>
            <p class="secret__once">{words.secret_once}</p>
            <p><LinkButton word=words.secret_done href=back weight=Weight::Secondary/></p>
        </section>
    }
    .into_any()
}

pub(super) async fn show_end(console: Console) -> Result<ConsolePage, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let secret: ClientSecretId = console.param("secret")?;
    let secrets = console.service().list_client_secrets(&console.town().caller, id).await?;
    let hint = secrets.into_iter().find(|found| found.id == secret).ok_or(Error::NotFound)?.hint;
    let (name, list, back) = frame(&console, id).await?;
    let (words, cancel) = (Words::of(console.locale), Shared::of(console.locale).cancel);
    let above = back.clone();
    let title = fill(words.end_title, &[("name", &name)]);
    let text = fill(words.end_text, &[("hint", &hint)]);
    let page = ConsolePage::new(Area::RelyingParties, title, move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Warning>{text}</Banner>
                <FormActions>
                    <SubmitButton word=words.end weight=Weight::Danger size=Size::M/>
                    <LinkButton word=cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        }
    });
    Ok(page.below(words.title, list).below(name, above))
}

pub(super) async fn end(console: Console, _form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let secret: ClientSecretId = console.param("secret")?;
    console.service().end_client_secret(&console.town().caller, id, secret).await?;
    let (_, _, back) = frame(&console, id).await?;
    Ok(Answer::to(back).saying(Flash::success(Words::of(console.locale).end_done)))
}
