//! One request at the desk: which rule, why nothing could be decided, what to look at, and what was found. The colleague who
//! confirms it does so on this screen; the reference of the act is shown once and never again.

use domain::calendar::Month;
use domain::ids::DeskRequestId;
use domain::locale::Locale;
use domain::paths;
use domain::residency::ReasonCode;
use domain::violations::Violation;
use leptos::prelude::*;
use service::desk::{Clearance, DeskRequestView};
use service::{Conflict, Error};

use super::confirmation::{self, recorded};
use super::text::Words;
use crate::components::button::{Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::{Choice, Select};
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};
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
    let (why, ends) = (request.reason.for_clerk().get(locale), confirmation::moment(request.expires_at, locale));
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
                                weight=Weight::Secondary
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
    let second = confirmation::by_a_colleague(request.four_eyes, words);
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

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: DeskRequestId = console.param("request")?;
    let words = Words::of(console.locale);
    let done = match form.get("finding") {
        "eligible" => record(&console, id, &form).await,
        "not_eligible" => {
            let town = console.town();
            let refused = console.service().refuse_desk_request(&town.caller, &town.tenant, id).await;
            refused.map(|reference| {
                Answer::Once(recorded(
                    &console,
                    [words.refused_title, words.refused_text, words.reference_once],
                    reference,
                ))
            })
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
    let second = confirmation::second_clerk(console, form, &password);
    match console.service().clear_desk_request(&town.caller, &town.tenant, id, until, &second).await? {
        Clearance::Recorded(reference) => Ok(Answer::Once(recorded(
            console,
            [words.recorded_title, words.recorded_text, words.reference_once],
            reference,
        ))),
        Clearance::NotConfirmed => Ok(confirmation::refused(words)),
    }
}
