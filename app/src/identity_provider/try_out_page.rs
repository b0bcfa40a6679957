//! Trying a connection out: the clerk goes the residents' way to the provider, and back here sees how what it says was read.
//! Nothing is written.

use domain::attributes::Item;
use domain::ids::{FlowId, IdentityProviderId};
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::paths;
use http::HeaderMap;
use leptos::prelude::*;
use service::Error;
use service::federation::{Browser, Go, TriedPlace, TryOutFailure, TryOutPage, TryOutStanding, TryOutView};

use super::facts::method_word;
use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form, Refusal, Tone};
use crate::resident::browser::set_cookies;
use crate::text::{dot, fill};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    let flow = match console.query("flow") {
        "" => None,
        text => Some(text.parse::<FlowId>().map_err(|_| Error::NotFound)?),
    };
    let town = console.town();
    let browser = Browser { locale: console.locale, ..console.browser(&town.tenant) };
    let tried = console.service().try_out_page(&town.caller, &town.tenant, id, flow, &browser).await?;
    let (locale, words) = (console.locale, Words::of(console.locale));
    let (list, back) =
        (paths::console_identity_providers(&town.tenant), paths::console_identity_provider(&town.tenant, id));
    let action = paths::console_identity_provider_try_out(&town.tenant, id);
    let (name, above, origins) = (tried.provider.get(locale).to_owned(), back.clone(), tried.form_origins.clone());
    let title = fill(words.try_out_title, &[("name", &name)]);
    let page = ConsolePage::new(Area::IdentityProvider, title, move || body(tried, action, back, locale));
    Ok(page.below(words.title, list).below(name, above).lead(words.try_out_lead).form_origins(origins))
}

pub(super) async fn begin(console: Console, _form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: IdentityProviderId = console.param("identity_provider")?;
    let town = console.town();
    let browser = console.browser(&town.tenant);
    let step = console.service().begin_try_out(&town.caller, &town.tenant, id, &browser).await?;
    Ok(match step.go {
        Go::Away(to) | Go::To(to) => {
            let mut cookies = HeaderMap::new();
            set_cookies(&mut cookies, console.site.is_https(), &town.tenant, &step.cookies);
            Answer::Away(to, cookies)
        }
        Go::Stop(_) => Answer::Refused(Refusal::default()),
    })
}

fn body(tried: TryOutPage, action: String, back: String, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let ready = matches!(tried.standing, TryOutStanding::Ready);
    let result = match tried.standing {
        TryOutStanding::Ready => {
            let text = if tried.draft { words.try_out_draft } else { words.try_out_in_use };
            view! { <Banner tone=Tone::Info>{text}</Banner> }.into_any()
        }
        TryOutStanding::Read(view) => result(&view, locale),
        TryOutStanding::Failed(failure) => {
            let text = failure_words(failure, words);
            view! { <Banner tone=Tone::Warning title=words.tried_failed>{text}</Banner> }.into_any()
        }
        TryOutStanding::Gone => view! { <Banner tone=Tone::Warning>{words.tried_gone}</Banner> }.into_any(),
    };
    let (word, weight) = if ready { (words.try_out, Weight::Primary) } else { (words.try_again, Weight::Secondary) };
    view! {
        <div class="stack">
            {result}
            <PageForm action class="form--page">
                <FormActions>
                    <SubmitButton word weight size=Size::M icon=Drawing::Flask/>
                    <LinkButton word=words.back href=back weight=Weight::Quiet size=Size::M/>
                </FormActions>
            </PageForm>
        </div>
    }
    .into_any()
}

fn result(view: &TryOutView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let whole = view.missing.is_empty() && !view.incomplete;
    let verdict = if whole {
        view! { <Banner tone=Tone::Success>{words.tried_whole}</Banner> }.into_any()
    } else {
        let text = if view.incomplete { words.tried_incomplete } else { words.tried_missing };
        view! { <Banner tone=Tone::Warning>{text}</Banner> }.into_any()
    };
    let found: Vec<_> = view
        .found
        .iter()
        .map(|(item, value)| {
            let (term, value) = (item.text(locale).into_owned(), value.to_string());
            view! { <Fact term=term>{value}</Fact> }
        })
        .collect();
    let missing: Vec<_> = view
        .missing
        .iter()
        .map(|item: &Item| view! { <Fact term=item.text(locale).into_owned()><span class="muted">{words.not_given}</span></Fact> })
        .collect();
    let level = format!("IAL{}{}AAL{}", view.assurance.ial, dot(locale), view.assurance.aal);
    let verified = view.verified.map_or_else(|| words.verified_unknown.to_owned(), |month| month.text(locale));
    let (place, method, source) =
        (place_words(&view.place, locale), method_word(view.method, words), view.source.words().get(locale));
    let former_key = view.former_key.then(|| view! { <Banner tone=Tone::Warning>{words.tried_former_key}</Banner> });
    view! {
        {verdict}
        {former_key}
        <div class="columns columns--half">
            <Panel id="found" title=words.found note=words.found_note><Facts class="facts--narrow">{found}{missing}</Facts></Panel>
            <Panel id="read" title=words.read>
                <Facts class="facts--narrow">
                    <Fact term=words.place>{place}</Fact>
                    <Fact term=words.levels>{level}<small>{method}</small></Fact>
                    <Fact term=words.source>{source}</Fact>
                    <Fact term=words.verified>{verified}</Fact>
                </Facts>
            </Panel>
        </div>
    }
    .into_any()
}

fn place_words(place: &TriedPlace, locale: Locale) -> String {
    let words = Words::of(locale);
    let name = |code: &MunicipalityCode| {
        let row = MunicipalityTable::japan().find(*code);
        row.map_or_else(|| code.to_string(), |row| format!("{} ({code})", row.full_name(locale)))
    };
    match place {
        TriedPlace::Nothing => words.not_given.to_owned(),
        TriedPlace::In(code, None) => name(code),
        TriedPlace::In(code, Some(town)) => format!("{}{}{town}", name(code), dot(locale)),
        TriedPlace::OneOf(codes) => {
            let names: Vec<String> = codes.iter().map(name).collect();
            fill(words.place_one_of, &[("names", &names.join(if locale == Locale::Ja { "、" } else { ", " }))])
        }
        TriedPlace::Unknown => words.place_unknown.to_owned(),
        TriedPlace::Abroad => words.place_abroad.to_owned(),
    }
}

const fn failure_words(failure: TryOutFailure, words: &'static Words) -> &'static str {
    match failure {
        TryOutFailure::Declined => words.failed_declined,
        TryOutFailure::RequestRefused => words.failed_request,
        TryOutFailure::Silent => words.silent,
        TryOutFailure::Discovery | TryOutFailure::Keys => words.unusable,
        TryOutFailure::NotSetUp => words.failed_not_set_up,
        TryOutFailure::ClientRefused => words.failed_client,
        TryOutFailure::Token => words.failed_token,
        TryOutFailure::Signature => words.failed_signature,
        TryOutFailure::IdToken => words.failed_id_token,
        TryOutFailure::Level => words.failed_level,
        TryOutFailure::Attributes => words.failed_attributes,
        TryOutFailure::OtherSubject => words.failed_subject,
        TryOutFailure::Seal => words.failed_seal,
        TryOutFailure::SignedAttributes => words.failed_signed,
    }
}
