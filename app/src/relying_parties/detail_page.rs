//! One relying party on one page, with links to its parts.

use domain::configuration::{RelyingPartyContent, SubjectType};
use domain::disclosure::DisclosedFigure;
use domain::ids::RelyingPartyId;
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use domain::web_address::BaseUrl;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Content, Detail, PartyView};
use service::gate::{Act, Resource};
use service::relying_parties::SecretView;

use super::client_facts;
use super::text::Words;
use crate::components::badge::{Badge, Mark};
use crate::components::banner::Banner;
use crate::components::button::{DisabledButton, LinkButton, Size, Weight};
use crate::components::code_block::CopyValue;
use crate::components::facts::{Fact, Facts};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::components::table::{Column, Table};
use crate::configuration::life::{self, Doing};
use crate::configuration::text::Words as Shared;
use crate::configuration::{allowed_link, day, standing_badge, versions};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form, Tone};
use crate::text::{dot, fill};

/// Days before its end at which a secret is marked.
const SOON_SECONDS: i64 = 30 * 24 * 60 * 60;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let (service, caller) = (console.service(), &console.town().caller);
    let detail = service.get_configuration(caller, id, life::compared(&console), console.locale).await?;
    let secrets = if console.may(Act::Read, Resource::ClientSecret) {
        service.list_client_secrets(caller, id).await?
    } else {
        Vec::new()
    };
    let former_ids = match &detail.content {
        Some(Content::RelyingParty(content)) => match &content.client.former_ids_of {
            Some(of) => service.former_ids_figure(caller, of).await?,
            None => None,
        },
        _ => None,
    };
    let (locale, words) = (console.locale, Words::of(console.locale));
    let tenant = console.town().tenant.clone();
    let list = paths::console_relying_parties(&tenant);
    let name = detail.title.get(locale).to_owned();
    if let Some(doing) = Doing::of(&console)? {
        let title = doing.title(&name, locale);
        let page = ConsolePage::new(Area::RelyingParties, title, move || life::form(&console, &detail, doing));
        return Ok(page.below(words.title, list).below(name, paths::console_relying_party(&tenant, id)));
    }
    let (standing, published) = (detail.standing, detail.published.is_some());
    let (lead, buttons) = (meta(&detail), detail.abilities.clone());
    let page = ConsolePage::new(Area::RelyingParties, name, move || body(&console, id, &detail, secrets, former_ids));
    Ok(page
        .below(words.title, list)
        .mark(move || standing_badge(standing, locale))
        .lead_view(move || lead_view(lead))
        .actions(move || {
            let (edit, test) =
                (paths::console_relying_party_edit(&tenant, id), paths::console_relying_party_test(&tenant, id));
            let shared = Shared::of(locale);
            let test = if published || buttons.test.is_err() {
                allowed_link(buttons.test, words.test, test, Weight::Quiet, Drawing::Flask, "test", locale)
            } else {
                let (weight, icon) = (Weight::Quiet, Drawing::Flask);
                view! { <DisabledButton word=words.test reason=words.test_unpublished id="test" weight icon/> }
                    .into_any()
            };
            view! {
                {test}
                {allowed_link(buttons.draft, shared.propose, edit, Weight::Primary, Drawing::Pencil, "propose", locale)}
            }
        }))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let doing = Doing::of(&console)?.ok_or(Error::NotFound)?;
    life::submit(&console, id.into(), doing, &form).await
}

/// Vendor and client id, for the line under the title.
fn meta(detail: &Detail) -> (String, String) {
    let provider = match &detail.content {
        Some(Content::RelyingParty(content)) => content.provider.to_string(),
        _ => String::new(),
    };
    (provider, detail.party.as_ref().map(|party| party.client_id.clone()).unwrap_or_default())
}

fn lead_view((provider, client_id): (String, String)) -> AnyView {
    view! { <span class="meta-line"><span>{provider}</span><CopyValue value=client_id/></span> }.into_any()
}

fn body(
    console: &Console,
    id: RelyingPartyId,
    detail: &Detail,
    secrets: Vec<SecretView>,
    former_ids: Option<DisclosedFigure>,
) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = &console.town().tenant;
    let tab = |href: &'static str, word: &'static str| view! { <a href=href>{word}</a> };
    let suspended = detail.party.as_ref().and_then(|party| {
        let at = party.suspended_at?;
        let reason = party.suspended_reason.clone().unwrap_or_default();
        let text = fill(words.suspended_text, &[("day", &day(at, locale)), ("reason", &reason)]);
        Some(view! { <Banner tone=Tone::Error title=words.suspended_title class="page-banner">{text}</Banner> })
    });
    let content = match (&detail.content, &detail.party) {
        (Some(Content::RelyingParty(content)), Some(party)) => contents(console, detail, content, party, former_ids),
        _ => view! { <p class="muted">{words.incomplete}</p> }.into_any(),
    };
    view! {
        {suspended}
        {life::on_its_way(console, detail)}
        <nav class="tabs tabs--sticky" aria-label=words.sections>
            {tab("#versions", words.tab_versions)}
            {tab("#settings", words.tab_settings)}
            {tab("#software", words.tab_software)}
            {tab("#credentials", words.tab_credentials)}
            {tab("#attributes", words.tab_attributes)}
            {tab("#rule", words.tab_rule)}
            {tab("#consent", words.tab_consent)}
        </nav>
        <div class="stack">
            {versions::comparison(detail, locale)}
            {content}
            {credentials(console, id, detail, secrets)}
            {versions::history(detail, locale)}
            {danger(tenant, id, detail, locale)}
        </div>
    }
    .into_any()
}

fn contents(
    console: &Console,
    detail: &Detail,
    content: &RelyingPartyContent,
    party: &PartyView,
    former_ids: Option<DisclosedFigure>,
) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = &console.town().tenant;
    let issuer = BaseUrl::parse(console.site.public_base_url.as_str()).ok().map(|base| paths::issuer(&base, tenant));
    let redirects =
        content.redirect_uris.iter().map(|uri| view! { <p><code>{uri.to_string()}</code></p> }).collect_view();
    let assurance = format!("IAL{}{}AAL{}", content.minimum.ial, dot(locale), content.minimum.aal);
    let (home_url, contact) = (content.home_url.to_string(), content.contact.clone());
    let subject_type = party.subject_type.words().get(locale);
    let software = client_facts::panel(content, former_ids, locale);
    let given = attributes(content, party, locale);
    let rule = title(detail, content.rule.into(), locale);
    let consent_text = title(detail, content.consent_text.into(), locale);
    let rule_path = paths::console_residency_rule(tenant, content.rule);
    let text_path = paths::console_consent_text(tenant, content.consent_text);
    view! {
        <div id="settings">
            <Panel id="settings-h" title=words.tab_settings line=true>
                <Facts>
                    {issuer.map(|issuer| view! { <Fact term=words.issuer><CopyValue value=issuer/></Fact> })}
                    <Fact term=words.redirect_uris>{redirects}<small>{words.exact}</small></Fact>
                    <Fact term=words.home_url><code>{home_url}</code></Fact>
                    <Fact term=words.assurance>{assurance}</Fact>
                    <Fact term=words.subject_type>{subject_type}<small>{words.fixed}</small></Fact>
                    <Fact term=words.contact>{contact}</Fact>
                </Facts>
            </Panel>
        </div>
        {software}
        <div class="columns columns--half columns--pair">
            <div id="attributes">
                <Panel id="attributes-h" title=words.tab_attributes>{given}</Panel>
            </div>
            <div id="rule">
                <Panel id="rule-h" title=words.tab_rule>
                    <p><strong>{rule}</strong></p>
                    <p><a class="text-14" href=rule_path>{words.open_rule}</a></p>
                </Panel>
            </div>
        </div>
        <div id="consent">
            <Panel id="consent-h" title=words.tab_consent>
                <p><strong>{consent_text}</strong></p>
                <p><a class="text-14" href=text_path>{words.open_consent}</a></p>
            </Panel>
        </div>
    }
    .into_any()
}

fn title(detail: &Detail, id: service::configuration::ConfigurationId, locale: Locale) -> String {
    detail.names.title(id).map(|title| title.get(locale).to_owned()).unwrap_or_default()
}

fn attributes(content: &RelyingPartyContent, party: &PartyView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let item = |title: String, text: String| {
        view! {
            <li class="checks__item">
                <Icon of=Drawing::Done class="icon--success"/>
                <div><p class="checks__title">{title}</p><p class="checks__text muted">{text}</p></div>
            </li>
        }
    };
    let eligibility = if content.residency_claim_by_default { words.eligibility_text } else { words.eligibility_asked };
    let (number, number_text) = match party.subject_type {
        SubjectType::Pairwise if content.client.sector_identifier_uri.is_some() => {
            (words.sector_number, words.sector_number_text)
        }
        SubjectType::Pairwise => (words.own_number, words.own_number_text),
        SubjectType::TownWide => (words.town_number, words.town_number_text),
    };
    let released = content
        .items
        .iter()
        .map(|released| item(released.item.text(locale).into_owned(), released.delivery.words().get(locale).to_owned()))
        .collect_view();
    view! {
        <ul class="checks">
            {item(words.eligibility_given.to_owned(), eligibility.to_owned())}
            {content.residency_verified_at.then(|| item(words.eligibility_verified.to_owned(), words.eligibility_verified_text.to_owned()))}
            {item(number.to_owned(), number_text.to_owned())}
            {released}
        </ul>
    }
    .into_any()
}

fn credentials(console: &Console, id: RelyingPartyId, detail: &Detail, secrets: Vec<SecretView>) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    if !console.may(Act::Read, Resource::ClientSecret) {
        return ().into_any();
    }
    let tenant = &console.town().tenant;
    let now = console.service().clock().seconds();
    let issue = paths::console_relying_party_secrets(tenant, id);
    let issue =
        allowed_link(detail.abilities.secrets, words.issue, issue, Weight::Quiet, Drawing::Key, "issue", locale);
    let may_end = detail.abilities.secrets.is_ok();
    let content = match &detail.content {
        Some(Content::RelyingParty(content)) => Some(content),
        _ => None,
    };
    let needed = client_facts::uses_secrets(content);
    let issue = needed.then_some(issue);
    let note = if needed { words.credentials_note } else { words.no_secrets_needed };
    let list = if secrets.is_empty() && !needed {
        ().into_any()
    } else if secrets.is_empty() {
        view! { <p class="panel__body muted">{words.no_secrets}</p> }.into_any()
    } else {
        let rows = secrets.iter().map(|secret| secret_row(tenant, id, secret, may_end, now, locale)).collect_view();
        let columns = vec![
            Column::new(words.hint),
            Column::new(words.made),
            Column::new(words.expiry),
            Column::new(words.state),
            Column::new(words.actions).hidden(),
        ];
        view! { <Table id="secrets" caption=words.secrets_caption columns class="table--wide">{rows}</Table> }
            .into_any()
    };
    view! {
        <section class="panel" id="credentials" aria-labelledby="credentials-h">
            <div class="panel__head">
                <div><h2 id="credentials-h">{words.tab_credentials}</h2><p>{note}</p></div>
                {issue}
            </div>
            {list}
        </section>
    }
    .into_any()
}

fn secret_row(
    tenant: &TenantSlug,
    id: RelyingPartyId,
    secret: &SecretView,
    may_end: bool,
    now: i64,
    locale: Locale,
) -> impl IntoView + use<> {
    let words = Words::of(locale);
    let (mark, word) = match (secret.valid, secret.ended_at) {
        (true, _) if secret.expires_at - now < SOON_SECONDS => (Mark::Due, words.ending_soon),
        (true, _) => (Mark::Live, words.valid),
        (false, Some(_)) => (Mark::Over, words.ended),
        (false, None) => (Mark::Over, words.expired),
    };
    let hint = format!("{}…", secret.hint);
    let end = (secret.valid && may_end).then(|| {
        let href = paths::console_relying_party_secret_revoke(tenant, id, secret.id);
        let object = hint.clone();
        view! { <LinkButton word=words.end href weight=Weight::Danger size=Size::Xs object/> }
    });
    view! {
        <tr>
            <th scope="row"><code>{hint}</code></th>
            <td class="nowrap">{day(secret.created_at, locale)}</td>
            <td class="nowrap">{day(secret.expires_at - 1, locale)}</td>
            <td><Badge mark word/></td>
            <td class="num">{end}</td>
        </tr>
    }
}

fn danger(tenant: &TenantSlug, id: RelyingPartyId, detail: &Detail, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let name = detail.title.get(locale);
    let suspended = detail.party.as_ref().is_some_and(|party| party.suspended_at.is_some());
    let (title, text, button) = if suspended {
        let href = paths::console_relying_party_resume(tenant, id);
        let weight = Weight::Secondary;
        let button = allowed_link(detail.abilities.resume, words.resume, href, weight, Drawing::Done, "resume", locale);
        (words.resume_title, words.resume_text, button)
    } else {
        let href = paths::console_relying_party_suspend(tenant, id);
        let weight = Weight::Danger;
        let button =
            allowed_link(detail.abilities.suspend, words.suspend, href, weight, Drawing::Pause, "suspend", locale);
        (words.suspend_title, words.suspend_text, button)
    };
    if detail.published.is_none() && !suspended {
        return ().into_any();
    }
    view! {
        <section class="panel panel--danger" aria-labelledby="danger-h">
            <div class="panel__head">
                <div><h2 id="danger-h">{fill(title, &[("name", name)])}</h2><p>{text}</p></div>
                {button}
            </div>
        </section>
    }
    .into_any()
}
