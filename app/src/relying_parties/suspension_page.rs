//! Suspending and resuming, each after a page that names its object and its effect.

use domain::ids::RelyingPartyId;
use domain::names::Reason;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::configuration::Compared;

use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::TextArea;
use crate::components::form::{Form as PageForm, FormActions};
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::text::fill;

async fn name(console: &Console, id: RelyingPartyId) -> Result<String, Error> {
    let caller = &console.town().caller;
    let detail = console.service().get_configuration(caller, id, Compared::default(), console.locale).await?;
    Ok(detail.title.get(console.locale).to_owned())
}

pub(super) async fn show_suspend(console: Console) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    confirmation(console, words.suspend_title, words.suspend_text, words.suspend_confirm, Weight::Danger).await
}

pub(super) async fn show_resume(console: Console) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    confirmation(console, words.resume_title, words.resume_text, words.resume_confirm, Weight::Primary).await
}

async fn confirmation(
    console: Console,
    title: &'static str,
    text: &'static str,
    confirm: &'static str,
    weight: Weight,
) -> Result<ConsolePage, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let name = name(&console, id).await?;
    let words = Words::of(console.locale);
    let tenant = &console.town().tenant;
    let (list, back) = (paths::console_relying_parties(tenant), paths::console_relying_party(tenant, id));
    let (above, cancel) = (back.clone(), Shared::of(console.locale).cancel);
    let title = fill(title, &[("name", &name)]);
    let page = ConsolePage::new(Area::RelyingParties, title, move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Warning>{text}</Banner>
                <TextArea name="reason" label=words.reason help=words.reason_help rows=3/>
                <FormActions>
                    <SubmitButton word=confirm weight size=Size::M/>
                    <LinkButton word=cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        }
    });
    Ok(page.below(words.title, list).below(name, above))
}

pub(super) async fn suspend(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let reason = reason(&form)?;
    console.service().suspend_relying_party(&console.town().caller, id, &reason).await?;
    done(&console, id, Words::of(console.locale).suspended_done).await
}

pub(super) async fn resume(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let reason = reason(&form)?;
    console.service().resume_relying_party(&console.town().caller, id, &reason).await?;
    done(&console, id, Words::of(console.locale).resumed_done).await
}

fn reason(form: &Form) -> Result<Reason, Error> {
    Reason::parse(form.get("reason")).map_err(|violation| Error::invalid("reason", violation))
}

async fn done(console: &Console, id: RelyingPartyId, said: &str) -> Result<Answer<ConsolePage>, Error> {
    let flash = Flash::success(fill(said, &[("name", &name(console, id).await?)]));
    Ok(Answer::to(paths::console_relying_party(&console.town().tenant, id)).saying(flash))
}
