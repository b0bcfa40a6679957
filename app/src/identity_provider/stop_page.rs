//! Taking a connection out of use, after a page that names its object and its effect.

use domain::ids::IdentityProviderId;
use domain::names::Reason;
use domain::paths;
use leptos::prelude::*;
use service::Error;

use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::TextArea;
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::text::fill;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    let provider = console.service().identity_provider(&console.town().caller, id).await?;
    let words = Words::of(console.locale);
    let tenant = &console.town().tenant;
    let (list, back) = (paths::console_identity_providers(tenant), paths::console_identity_provider(tenant, id));
    let name = provider.name.get(console.locale).to_owned();
    let (above, revision) = (back.clone(), provider.revision.to_string());
    let title = fill(words.stop_title, &[("name", &name)]);
    let page = ConsolePage::new(Area::IdentityProvider, title, move || {
        view! {
            <PageForm class="form--page">
                <Hidden name="revision" value=revision/>
                <Banner tone=Tone::Warning>{words.stop_text}</Banner>
                <TextArea name="reason" label=words.reason help=words.reason_help rows=3/>
                <FormActions>
                    <SubmitButton word=words.stop weight=Weight::Danger size=Size::M/>
                    <LinkButton word=words.cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        }
    });
    Ok(page.below(words.title, list).below(name, above))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    let reason = Reason::parse(form.get("reason")).map_err(|violation| Error::invalid("reason", violation))?;
    console.service().stop_identity_provider(&console.town().caller, id, form.revision(), &reason).await?;
    let to = paths::console_identity_provider(&console.town().tenant, id);
    Ok(Answer::to(to).saying(Flash::success(Words::of(console.locale).stopped)))
}
