//! The resident's own consent page beside the editor: the same view, with what is typed at this moment.

use domain::attributes::{Delivery, Items, ReleasedItem};
use domain::configuration::{ConsentTextForm, RelyingPartyContent, SubjectType};
use domain::consent::ConsentDue;
use domain::ids::{ConsentTextId, RelyingPartyId};
use domain::locale::{Locale, Localized};
use leptos::prelude::*;
use service::Error;
use service::configuration::{Compared, Content};
use service::tenants::TenantView;

use super::text::Words;
use crate::components::button::{SubmitButton, Weight};
use crate::configuration::editing::THEN;
use crate::console::Console;
use crate::resident::consent::{ConsentPage, Heading, Pseudonym, facts};
use crate::resident::document::Sheets;
use crate::resident::frame::{Setting, Town};

/// The service whose page is shown, if one uses the text already.
pub(super) struct Example {
    content: RelyingPartyContent,
    subject_type: SubjectType,
}

/// What the preview needs besides the form.
pub(super) struct Preview {
    pub(super) tenant: TenantView,
    pub(super) example: Option<Example>,
    pub(super) locale: Locale,
}

/// The first service in use that names the text.
pub(super) async fn example(console: &Console, id: ConsentTextId) -> Result<Option<Example>, Error> {
    let (service, caller) = (console.service(), &console.town().caller);
    let detail = service.get_configuration(caller, id, Compared::default(), console.locale).await?;
    let Some((party, _)) = detail.used_by.first() else { return Ok(None) };
    let detail = service.get_configuration(caller, *party, Compared::default(), console.locale).await?;
    Ok(match (detail.content, detail.party) {
        (Some(Content::RelyingParty(content)), Some(party)) => {
            Some(Example { content, subject_type: party.subject_type })
        }
        _ => None,
    })
}

/// The language that a button asked for: `preview.ja`, `preview.en`.
pub(super) fn asked(then: &str) -> Option<Locale> {
    then.strip_prefix("preview.")?.parse().ok()
}

/// The resident's page.
pub(super) fn panel(
    console: &Console,
    preview: Preview,
    form: &ConsentTextForm,
    town_wide: &[(RelyingPartyId, Localized)],
) -> AnyView {
    let words = Words::of(console.locale);
    let (locale, tenant) = (preview.locale, preview.tenant);
    let organisation = &console.town().organisation;
    let name = if locale == Locale::Ja { &organisation.name_ja } else { &organisation.name_en };
    let town = Town {
        slug: console.town().tenant.clone(),
        name: name.clone(),
        region: String::new(),
        seal: organisation.name_ja.chars().take(1).collect(),
        town_id: tenant.town_id.get(locale).to_owned(),
        contact: tenant.contact.get(locale).to_owned(),
        phone: tenant.contact_phone,
        sandbox: false,
    };
    let sheets = Sheets { css: String::new(), favicon: String::new() };
    let setting = Setting { locale, town: Some(&town), sheets: &sheets, switch: String::new(), signed_in: false };
    let page = page(form, preview.example, town_wide, locale, words.sample_service, console);
    let buttons = [(words.preview_ja, "preview.ja"), (words.preview_en, "preview.en")]
        .map(|(word, value)| view! { <SubmitButton word weight=Weight::Quiet name=THEN value/> });
    let (seal, town_name) = (town.seal.clone(), town.name.clone());
    view! {
        <section class="sticky-aside" aria-labelledby="preview-h">
            <div class="preview__bar"><h2 id="preview-h">{words.preview}</h2><span class="cluster">{buttons}</span></div>
            <div class="preview r-page" lang=locale.as_str()>
                <div class="preview__scroll" tabindex="0" role="region" aria-label=words.preview_label>
                    <div class="r-head">
                        <div class="r-head__in">
                            <span class="r-seal" aria-hidden="true">{seal}</span>
                            <p class="r-town">{town_name}</p>
                        </div>
                    </div>
                    <div class="r-main">{facts(&setting, &page, Heading::Preview)}</div>
                </div>
            </div>
            <p class="preview__note">{words.preview_note}</p>
        </section>
    }
    .into_any()
}

fn page(
    form: &ConsentTextForm,
    example: Option<Example>,
    town_wide: &[(RelyingPartyId, Localized)],
    locale: Locale,
    sample: &str,
    console: &Console,
) -> ConsentPage {
    let text = |ja: &str, en: &str| if locale == Locale::Ja { ja.to_owned() } else { en.to_owned() };
    let linked: Vec<String> = town_wide
        .iter()
        .filter(|(id, _)| form.linked.split_whitespace().any(|linked| linked == id.to_string()))
        .map(|(_, name)| name.get(locale).to_owned())
        .collect();
    let given = |released: &[ReleasedItem], delivery: Delivery| -> Items {
        released.iter().filter(|released| released.delivery == delivery).map(|released| released.item).collect()
    };
    let verified_at = example.as_ref().is_some_and(|example| example.content.residency_verified_at);
    let (service, once, every_time, residency, subject_type) = match example {
        Some(Example { content, subject_type }) => (
            content.name.get(locale).to_owned(),
            given(&content.items, Delivery::Once),
            given(&content.items, Delivery::EveryTime),
            content.residency_claim_by_default,
            subject_type,
        ),
        None => (sample.to_owned(), Items::NONE, Items::NONE, true, SubjectType::Pairwise),
    };
    ConsentPage {
        service: Some(service),
        due: ConsentDue::FirstTime,
        title: text(&form.title_ja, &form.title_en),
        once,
        every_time,
        residency,
        verified_at,
        offline: false,
        pseudonym: match subject_type {
            SubjectType::Pairwise if linked.is_empty() => Pseudonym::Own,
            SubjectType::Pairwise => Pseudonym::OfSector(linked),
            SubjectType::TownWide => Pseudonym::TownWide(linked),
        },
        receiver: text(&form.receiver_ja, &form.receiver_en),
        receiver_contact: text(&form.receiver_contact_ja, &form.receiver_contact_en),
        holder: text(&form.holder_ja, &form.holder_en),
        purpose: text(&form.purpose_ja, &form.purpose_en),
        record: text(&form.record_ja, &form.record_en),
        retention: text(&form.retention_ja, &form.retention_en),
        withdrawal: text(&form.withdrawal_ja, &form.withdrawal_en),
        contact: text(&form.contact_ja, &form.contact_en),
        version: 1,
        published_on: console.service().today(),
    }
}
