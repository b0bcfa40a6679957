//! One request at the desk: which rule, why nothing could be decided, what to look at, and what was found. The colleague who
//! confirms it does so on this screen; the reference of the act is shown once and never again.

use domain::calendar::{Month, tokyo, tokyo_date};
use domain::desk::ActReference;
use domain::ids::DeskRequestId;
use domain::locale::Locale;
use domain::paths;
use domain::residency::ReasonCode;
use domain::violations::Violation;
use leptos::prelude::*;
use service::desk::{Clearance, DeskRequestView, SecondClerk};
use service::{Conflict, Error};

use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::{Choice, Select, TextField};
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Refusal, Tone};
use crate::text::dot;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: DeskRequestId = console.param("request")?;
    let town = console.town();
    let request = console.service().desk_request(&town.caller, &town.tenant, id).await?;
    let (locale, words) = (console.locale, Words::of(console.locale));
    let page = ConsolePage::new(Area::Desk, words.request_title, move || body(&request, locale));
    Ok(page.below(words.title, paths::console_desk(&town.tenant)))
}

fn body(request: &DeskRequestView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let services: Vec<&str> = request.services.iter().map(|service| service.get(locale)).collect();
    let services = (!services.is_empty()).then(|| services.join(dot(locale)));
    let (rule, eligible) = (request.rule.get(locale).to_owned(), request.eligible.get(locale).to_owned());
    let (why, ends) = (request.reason.for_clerk().get(locale), moment(request.expires_at, locale));
    let look = what_to_look_at(request.reason, words);
    let eligible_panel = eligible_panel(request, locale);
    view! {
        <div class="columns">
            <div class="stack stack--tight">
                <Panel id="asked" title=words.asked_title>
                    <Facts>
                        <Fact term=words.rule>{rule}</Fact>
                        <Fact term=words.eligible>{eligible}</Fact>
                        {services.map(|services| view! { <Fact term=words.services>{services}</Fact> })}
                        <Fact term=words.why>{why}</Fact>
                        <Fact term=words.ends>{ends}</Fact>
                    </Facts>
                </Panel>
                <Panel id="look" title=words.look_title>
                    <div class="prose">
                        <ul><li>{words.look_person}</li><li>{look}</li></ul>
                        <p class="muted">{words.nothing_typed}</p>
                    </div>
                </Panel>
                {eligible_panel}
            </div>
            <div class="stack stack--tight">
                <Panel id="not-eligible" title=words.not_eligible_title>
                    <p>{words.not_eligible_text}</p>
                    <form method="post" class="form">
                        <FormActions>
                            <SubmitButton
                                word=words.not_eligible
                                weight=Weight::Danger
                                size=Size::M
                                name="finding"
                                value="not_eligible"
                            />
                        </FormActions>
                    </form>
                </Panel>
            </div>
        </div>
    }
    .into_any()
}

fn eligible_panel(request: &DeskRequestView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let months = std::iter::successors(Some(request.earliest), |month| Some(month.next()))
        .take_while(|month| *month <= request.latest)
        .map(|month| Choice::new(month.to_string(), month.text(locale)));
    let months: Vec<Choice> = months.collect();
    let latest = request.latest.to_string();
    let second = request.four_eyes.then(|| {
        view! {
            <fieldset class="field">
                <legend class="field__label">{words.second_title}</legend>
                <p class="field__help">{words.second_help}</p>
                <div class="form form--tight">
                    <TextField name="mail" label=words.second_mail kind="email" inputmode="email"/>
                    <TextField name="password" label=words.second_password kind="password"/>
                    <TextField
                        name="code"
                        label=words.second_code
                        help=words.second_code_help
                        class="input--short mono-input"
                        maxlength=40
                    />
                </div>
            </fieldset>
        }
    });
    let alone = (!request.four_eyes).then(|| view! { <Banner tone=Tone::Info><p>{words.four_eyes_off}</p></Banner> });
    let word = if request.four_eyes { words.record_two } else { words.record_one };
    view! {
        <Panel id="eligible" title=words.eligible_title>
            <PageForm label=words.eligible_title>
                <Select
                    name="until"
                    label=words.until
                    help=words.until_help
                    choices=months
                    value=latest
                    class="input--short"
                />
                {second}
                {alone}
                <FormActions>
                    <SubmitButton word size=Size::M icon=Drawing::Tick name="finding" value="eligible"/>
                </FormActions>
            </PageForm>
        </Panel>
    }
    .into_any()
}

const fn what_to_look_at(reason: ReasonCode, words: &Words) -> &'static str {
    match reason {
        ReasonCode::BirthdateMissing => words.look_birthdate,
        _ => words.look_address,
    }
}

/// A moment in Japan to the hour, as desk codes end.
fn moment(at: time::OffsetDateTime, locale: Locale) -> String {
    let (day, hour) = (domain::calendar::long_date(tokyo_date(at), locale), tokyo(at).hour());
    match locale {
        Locale::Ja => format!("{day} {hour}時"),
        Locale::En => format!("{day}, {hour}:00"),
    }
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: DeskRequestId = console.param("request")?;
    let words = Words::of(console.locale);
    let done = match form.get("finding") {
        "eligible" => record(&console, id, &form).await,
        "not_eligible" => {
            let town = console.town();
            let refused = console.service().refuse_desk_request(&town.caller, &town.tenant, id).await;
            refused
                .map(|reference| Answer::Once(recorded(&console, words.refused_title, words.refused_text, reference)))
        }
        _ => return Err(Error::NotFound),
    };
    match done {
        // A colleague was faster, or the code ended while the page was open: there is no page to come back to.
        Err(Error::Conflict(Conflict::State | Conflict::Stale)) => {
            let desk = paths::console_desk(&console.town().tenant);
            Ok(Answer::to(desk).saying(Flash::warning(words.gone)))
        }
        done => done,
    }
}

async fn record(console: &Console, id: DeskRequestId, form: &Form) -> Result<Answer<ConsolePage>, Error> {
    let (town, words) = (console.town(), Words::of(console.locale));
    let until: Month = form.get("until").parse().map_err(|_| Error::invalid("until", Violation::Malformed))?;
    let password = form.get("password").into();
    let second = SecondClerk {
        mail: form.get("mail"),
        password: &password,
        code: form.get("code"),
        caller_key: &console.network.0,
    };
    match console.service().clear_desk_request(&town.caller, &town.tenant, id, until, &second).await? {
        Clearance::Recorded(reference) => {
            Ok(Answer::Once(recorded(console, words.recorded_title, words.recorded_text, reference)))
        }
        Clearance::NotConfirmed => Ok(Answer::Refused(Refusal::of("mail", Violation::Mismatch, words.not_confirmed))),
    }
}

/// What was recorded, with the reference of the act.
fn recorded(console: &Console, title: &'static str, text: &'static str, reference: ActReference) -> ConsolePage {
    let words = Words::of(console.locale);
    let desk = paths::console_desk(&console.town().tenant);
    let back = desk.clone();
    let page = ConsolePage::new(Area::Desk, title, move || {
        view! {
            <div class="stack stack--tight">
                <Banner tone=Tone::Success><p>{text}</p></Banner>
                <section class="secret" aria-labelledby="reference-title">
                    <h2 class="secret__title" id="reference-title"><Icon of=Drawing::Stamp/>{words.reference}</h2>
                    <p class="secret__value"><code class="mono">{reference.to_string()}</code></p>
                    <p class="secret__once">{words.reference_once}</p>
                    <p><LinkButton word=words.next_code href=back weight=Weight::Secondary/></p>
                </section>
            </div>
        }
    });
    page.below(words.title, desk)
}
