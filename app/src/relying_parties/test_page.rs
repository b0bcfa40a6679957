//! A test sign-in: the clerk goes the residents' way to the card, and back here sees what the rule says and what the service
//! would be told. Nothing of the person is written.

use domain::ids::{FlowId, RelyingPartyId};
use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use domain::residency::Outcome;
use http::HeaderMap;
use leptos::prelude::*;
use service::Error;
use service::federation::{Ending, Go, TestPage, TestRefusal, TestStanding, TestView};

use super::text::{TestWords, Words};
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::code_block::CodeBlock;
use crate::components::facts::{Fact, Facts};
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::configuration::version_word;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form, Refusal, Tone};
use crate::resident::browser::set_cookies;
use crate::text::{dot, fill};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let flow = match console.query("flow") {
        "" => None,
        text => Some(text.parse::<FlowId>().map_err(|_| Error::NotFound)?),
    };
    let town = console.town();
    let browser = console.browser(&town.tenant);
    let tested = console.service().test_page(&town.caller, &town.tenant, id, flow, &browser).await?;
    let (locale, tenant) = (console.locale, town.tenant.clone());
    let words = TestWords::of(locale);
    let list = paths::console_relying_parties(&tenant);
    let name = tested.service.get(locale).to_owned();
    let back = paths::console_relying_party(&tenant, id);
    let title = fill(words.title, &[("name", &name)]);
    let (above, origins) = (back.clone(), tested.form_origins.clone());
    let page = ConsolePage::new(Area::RelyingParties, title, move || body(tested, &tenant, id, back, locale));
    Ok(page.below(Words::of(locale).title, list).below(name, above).lead(words.lead).form_origins(origins))
}

pub(super) async fn begin(console: Console, _form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelyingPartyId = console.param("relying_party")?;
    let town = console.town();
    let browser = console.browser(&town.tenant);
    let step = console.service().begin_test_sign_in(&town.caller, &town.tenant, id, &browser).await?;
    Ok(match step.go {
        Go::Away(to) | Go::To(to) => {
            let mut cookies = HeaderMap::new();
            set_cookies(&mut cookies, console.site.is_https(), &town.tenant, &step.cookies);
            Answer::Away(to, cookies)
        }
        // Without a provider, which the page says already.
        Go::Stop(_) => Answer::Refused(Refusal::default()),
    })
}

fn body(tested: TestPage, tenant: &TenantSlug, id: RelyingPartyId, back: String, locale: Locale) -> AnyView {
    let words = TestWords::of(locale);
    let action = paths::console_relying_party_test(tenant, id);
    let ready = matches!(tested.standing, TestStanding::Ready);
    let result = match tested.standing {
        TestStanding::Ready => steps(locale),
        TestStanding::Read(view) => result(*view, tenant, locale),
        TestStanding::Ended(ending) => {
            let text = ending_words(ending, locale);
            view! { <Banner tone=Tone::Warning title=words.no_answer class="page-banner">{text}</Banner> }.into_any()
        }
        TestStanding::Gone => {
            view! { <Banner tone=Tone::Warning title=words.gone class="page-banner">{words.gone_text}</Banner> }
                .into_any()
        }
    };
    let start = match tested.provider {
        Some(provider) => {
            let (word, weight) = if ready { (words.begin, Weight::Primary) } else { (words.again, Weight::Secondary) };
            let towards = fill(words.towards, &[("provider", provider.get(locale))]);
            view! {
                <PageForm action class="form--page">
                    {ready.then(|| view! { <Banner tone=Tone::Info>{towards}</Banner> })}
                    <FormActions>
                        <SubmitButton word weight size=Size::M icon=Drawing::Flask/>
                        <LinkButton word=words.back href=back weight=Weight::Quiet size=Size::M/>
                    </FormActions>
                </PageForm>
            }
            .into_any()
        }
        None => view! { <Banner tone=Tone::Warning>{words.no_provider}</Banner> }.into_any(),
    };
    view! { <div class="stack">{result}{start}</div> }.into_any()
}

/// What will happen, before it does.
fn steps(locale: Locale) -> AnyView {
    let words = TestWords::of(locale);
    let item = |title: &'static str, text: &'static str| {
        view! {
            <li class="checks__item">
                <Icon of=Drawing::Done class="icon--success"/>
                <div><p class="checks__title">{title}</p><p class="checks__text muted">{text}</p></div>
            </li>
        }
    };
    view! {
        <Panel id="how" title=words.how>
            <ul class="checks">
                {item(words.how_card, words.how_card_text)}
                {item(words.how_seen, words.how_seen_text)}
                {item(words.how_kept, words.how_kept_text)}
            </ul>
        </Panel>
    }
    .into_any()
}

fn result(view: TestView, tenant: &TenantSlug, locale: Locale) -> AnyView {
    let words = TestWords::of(locale);
    let (class, of, title) = match view.outcome {
        Outcome::Eligible => ("verdict verdict--yes", Drawing::Done, words.eligible),
        Outcome::NotEligible => ("verdict verdict--no", Drawing::Cross, words.not_eligible),
        Outcome::Undecidable => ("verdict verdict--unknown", Drawing::Question, words.undecidable),
    };
    let why = view.reason.for_clerk().get(locale);
    let until = view.expires.map(|month| {
        view! { <p class="verdict__why">{fill(words.until, &[("month", &month.text(locale))])}</p> }
    });
    let rule = paths::console_residency_rule(tenant, view.rule);
    let rule_name = view.rule_name.get(locale).to_owned();
    let version = version_word(view.rule_number.into(), locale);
    let source = view.source.words().get(locale);
    let verified = view.verified.map_or_else(|| words.not_stated.to_owned(), |month| month.text(locale));
    let level = view.assurance;
    view! {
        <div class="columns columns--half">
            <Panel id="decision" title=words.decision>
                <div class=class>
                    <p class="verdict__title"><Icon of/>{title}</p>
                    <p class="verdict__why">{why}</p>
                    {until}
                </div>
                <Facts class="facts--narrow try-how">
                    <Fact term=words.rule><a href=rule>{rule_name}</a><small>{version}</small></Fact>
                    <Fact term=words.source>{source}</Fact>
                    <Fact term=words.verified>{verified}</Fact>
                    <Fact term=words.level>{format!("IAL{}{}AAL{}", level.ial, dot(locale), level.aal)}<small><code>{level.acr()}</code></small></Fact>
                </Facts>
            </Panel>
            <Panel id="told" title=words.told note=words.told_note>{told(view.refusal, view.userinfo.as_ref().map(|json| json.to_string()), locale)}</Panel>
        </div>
    }
    .into_any()
}

/// What goes to the service: the claims, or the error in place of a code.
fn told(refusal: Option<TestRefusal>, userinfo: Option<String>, locale: Locale) -> AnyView {
    let words = TestWords::of(locale);
    match (refusal, userinfo) {
        (None, Some(json)) => view! {
            <CodeBlock text=json label=words.claims/>
            <p class="muted text-14">{words.example_sub}</p>
        }
        .into_any(),
        (Some(TestRefusal { ending, code, description }), _) => view! {
            <p>{words.no_code}" "{ending_words(ending, locale)}</p>
            <Facts class="facts--narrow">
                <Fact term="error"><code>{code}</code></Fact>
                <Fact term="error_description"><code>{description}</code></Fact>
            </Facts>
        }
        .into_any(),
        (None, None) => ().into_any(),
    }
}

fn ending_words(ending: Ending, locale: Locale) -> &'static str {
    let words = TestWords::of(locale);
    match ending {
        Ending::Determined(_) | Ending::MovedAway => words.by_rule,
        Ending::ProviderDeclined => words.declined,
        Ending::ProviderFailed => words.failed,
        Ending::TooWeak => words.too_weak,
        Ending::ItemMissing => words.item_missing,
        // A test has no session and no tie: neither of the last two happens to it.
        Ending::Changed | Ending::CodeTaken | Ending::CardDue(_) => words.changed,
    }
}
