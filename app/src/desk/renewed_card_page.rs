//! Somebody with a renewed card at the desk: what to look at, the number on their paper, and the colleague who confirms.

use domain::ids::RelinkRequestId;
use domain::locale::Locale;
use domain::paths;
use domain::renewed_card::RelinkReason;
use domain::violations::Violation;
use leptos::prelude::*;
use service::desk::{RelinkRequestView, Relinking};
use service::{Conflict, Error};

use super::confirmation::{self, recorded};
use super::renewed_card_words::RenewedCardWords;
use super::text::Words;
use crate::components::button::{Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::{Choice, RadioCards, TextField};
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: RelinkRequestId = console.param("request")?;
    let town = console.town();
    let request = console.service().relink_request(&town.caller, &town.tenant, id).await?;
    let (locale, words) = (console.locale, RenewedCardWords::of(console.locale));
    let page = ConsolePage::new(Area::Desk, words.title, move || body(request, locale));
    Ok(page.lead(words.lead).below(Words::of(locale).title, paths::console_desk(&town.tenant)))
}

fn body(request: RelinkRequestView, locale: Locale) -> AnyView {
    let words = RenewedCardWords::of(locale);
    let reasons = RelinkReason::ALL.map(|reason| Choice::new(reason.as_str(), reason.words().get(locale))).to_vec();
    let second = confirmation::by_a_colleague(request.four_eyes, Words::of(locale));
    let word = if request.four_eyes { words.record_two } else { words.record_one };
    view! {
        <div class="columns">
            <div class="stack stack--tight">
                <Panel id="asked" title=words.asked_title>
                    <Facts><Fact term=words.ends>{confirmation::moment(request.expires_at, locale)}</Fact></Facts>
                </Panel>
                <Panel id="look" title=words.look_title>
                    <div class="prose">
                        <ul><li>{words.look_person}</li><li>{words.look_number}</li><li>{words.look_ask}</li></ul>
                        <p class="muted">{words.nothing_typed}</p>
                    </div>
                </Panel>
                <Panel id="take-over" title=words.form_title>
                    <PageForm label=words.form_title>
                        <TextField
                            name="number"
                            label=words.number
                            help=words.number_help
                            class="input--m mono-input"
                            maxlength=60
                            explain=explain
                        />
                        <RadioCards name="reason" label=words.reason choices=reasons/>
                        {second}
                        <p>{words.effect}</p>
                        <FormActions>
                            <SubmitButton word size=Size::M icon=Drawing::Tick name="finding" value="take_over"/>
                        </FormActions>
                    </PageForm>
                </Panel>
            </div>
            <div class="stack stack--tight">
                <Panel id="refuse" title=words.refuse_title>
                    <p>{words.refuse_text}</p>
                    <form method="post" class="form">
                        <FormActions>
                            <SubmitButton
                                word=words.refuse
                                weight=Weight::Secondary
                                size=Size::M
                                name="finding"
                                value="refuse"
                            />
                        </FormActions>
                    </form>
                </Panel>
            </div>
        </div>
    }
    .into_any()
}

const fn explain(violation: Violation, locale: Locale) -> Option<&'static str> {
    let words = RenewedCardWords::of(locale);
    match violation {
        Violation::Malformed => Some(words.number_malformed),
        Violation::Unknown => Some(words.number_unknown),
        Violation::Duplicate => Some(words.number_own),
        Violation::NotAllowed => Some(words.number_in_use),
        _ => None,
    }
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: RelinkRequestId = console.param("request")?;
    let (town, words) = (console.town(), RenewedCardWords::of(console.locale));
    let done = match form.get("finding") {
        "take_over" => take_over(&console, id, &form).await,
        "refuse" => {
            let refused = console.service().refuse_renewed_card(&town.caller, &town.tenant, id).await;
            let text = [words.refused_title, words.refused_text, words.kept];
            refused.map(|reference| Answer::Once(recorded(&console, text, reference)))
        }
        _ => return Err(Error::NotFound),
    };
    match done {
        // A colleague was faster, or the person deleted a town ID meanwhile: there is no page to come back to.
        Err(Error::Conflict(Conflict::State | Conflict::Stale)) => {
            Ok(Answer::to(paths::console_desk(&town.tenant)).saying(Flash::warning(Words::of(console.locale).gone)))
        }
        done => done,
    }
}

async fn take_over(console: &Console, id: RelinkRequestId, form: &Form) -> Result<Answer<ConsolePage>, Error> {
    let (town, words) = (console.town(), RenewedCardWords::of(console.locale));
    let typed = (form.get("number"), form.get("reason"));
    let password = form.get("password").into();
    let second = confirmation::second_clerk(console, form, &password);
    match console.service().take_renewed_card_over(&town.caller, &town.tenant, id, typed, &second).await? {
        Relinking::Done(reference) => {
            let text = [words.done_title, words.done_text, words.kept];
            Ok(Answer::Once(recorded(console, text, reference)))
        }
        Relinking::NotConfirmed => Ok(confirmation::refused(Words::of(console.locale))),
    }
}
