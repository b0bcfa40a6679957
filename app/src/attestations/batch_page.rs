//! One batch: what it is, and revoking it.

use domain::calendar::long_date;
use domain::ids::AttestationBatchId;
use domain::locale::Locale;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::attestations::{BatchStanding, BatchView};
use service::gate::{Act, Resource};

use super::list_page::state_badge;
use super::name_of;
use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::panel::Panel;
use crate::configuration::text::Words as Shared;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::text::fill;

async fn found(console: &Console) -> Result<BatchView, Error> {
    let id: AttestationBatchId = console.param("batch")?;
    console.service().attestation_batch(&console.town().caller, id).await
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let batch = found(&console).await?;
    let (locale, tenant) = (console.locale, &console.town().tenant);
    let words = Words::of(locale);
    let open = batch.standing == BatchStanding::Open;
    let more = (open && console.may(Act::Create, Resource::AttestationBatch))
        .then(|| paths::console_attestation_batch_more(tenant, batch.id));
    let revoke = (open && console.may(Act::Remove, Resource::AttestationBatch))
        .then(|| paths::console_attestation_batch_revoke(tenant, batch.id));
    let standing = batch.standing;
    let page = ConsolePage::new(Area::Attestations, name_of(&batch, locale), move || {
        view! {
            <Panel id="batch" title=words.facts>{facts(&batch, locale)}</Panel>
            <p class="muted text-14">{words.hidden_note}</p>
        }
    });
    let page = page.mark(move || state_badge(standing, locale));
    let page = page.below(words.title, paths::console_attestations(tenant));
    Ok(page.actions(move || {
        view! {
            {revoke.map(|href| view! { <LinkButton word=words.revoke href weight=Weight::Danger/> })}
            {more.map(|href| view! { <LinkButton word=words.more href weight=Weight::Secondary/> })}
        }
    }))
}

fn facts(batch: &BatchView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let total = fill(words.count_of, &[("n", &batch.total.to_string())]);
    let used = match batch.redeemed {
        Some(figure) => fill(words.at_least, &[("n", &figure.to_string())]),
        None => words.hidden.to_owned(),
    };
    let (kind, until) = (batch.kind.words().get(locale), batch.until.text(locale));
    let (redeem_until, made) = (long_date(batch.redeem_until, locale), long_date(batch.made_on, locale));
    let revoked = batch.ended_on.map(|day| view! { <Fact term=words.revoked_on>{long_date(day, locale)}</Fact> });
    view! {
        <Facts>
            <Fact term=words.kind>{kind}</Fact>
            <Fact term=words.total>{total}</Fact>
            <Fact term=words.used>{used}</Fact>
            <Fact term=words.redeem_until>{redeem_until}</Fact>
            <Fact term=words.until>{until}</Fact>
            <Fact term=words.made>{made}</Fact>
            {revoked}
        </Facts>
    }
    .into_any()
}

pub(super) async fn show_revoke(console: Console) -> Result<ConsolePage, Error> {
    let batch = found(&console).await?;
    let (locale, tenant) = (console.locale, &console.town().tenant);
    let words = Words::of(locale);
    let (list, above) = (paths::console_attestations(tenant), paths::console_attestation_batch(tenant, batch.id));
    let (back, cancel) = (above.clone(), Shared::of(locale).cancel);
    let name = name_of(&batch, locale);
    let page = ConsolePage::new(Area::Attestations, fill(words.revoke_title, &[("name", &name)]), move || {
        view! {
            <PageForm class="form--page">
                <Banner tone=Tone::Warning>{words.revoke_text}</Banner>
                {facts(&batch, locale)}
                <FormActions>
                    <SubmitButton word=words.revoke_confirm weight=Weight::Danger size=Size::M/>
                    <LinkButton word=cancel href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        }
    });
    Ok(page.below(words.title, list).below(name, above))
}

pub(super) async fn revoke(console: Console, _form: Form) -> Result<Answer<ConsolePage>, Error> {
    let batch = found(&console).await?;
    console.service().revoke_attestation_batch(&console.town().caller, batch.id).await?;
    let name = name_of(&batch, console.locale);
    let flash = Flash::success(fill(Words::of(console.locale).revoke_done, &[("name", &name)]));
    Ok(Answer::to(paths::console_attestation_batch(&console.town().tenant, batch.id)).saying(flash))
}
