//! Where a desk code is typed in. There is no list: whoever has no code before them has nothing to look for here.

use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::desk::AtDesk;

use super::text::Words;
use crate::components::button::{Size, SubmitButton};
use crate::components::field::TextField;
use crate::components::form::{Form as PageForm, FormActions};
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form, Refusal};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let words = Words::of(console.locale);
    let page = ConsolePage::new(Area::Desk, words.title, move || {
        view! {
            <div class="columns">
                <Panel id="code-title" title=words.code_title>
                    <PageForm>
                        <TextField
                            name="desk_code"
                            label=words.code
                            help=words.code_help
                            class="input--m input--short mono-input"
                            maxlength=40
                        />
                        <FormActions>
                            <SubmitButton word=words.find size=Size::M icon=Drawing::Search/>
                        </FormActions>
                    </PageForm>
                </Panel>
                <Panel id="steps-title" title=words.steps_title>
                    <div class="prose">
                        <ol>
                            <li>{words.step_code}</li>
                            <li>{words.step_look}</li>
                            <li>{words.step_record}</li>
                        </ol>
                        <p class="muted">{words.nothing_typed}</p>
                    </div>
                </Panel>
            </div>
        }
    });
    Ok(page.lead(words.lead))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let town = console.town();
    match console.service().find_at_desk(&town.caller, form.get("desk_code")).await {
        Ok(AtDesk::Undecided(id)) => Ok(Answer::to(paths::console_desk_request(&town.tenant, id))),
        Ok(AtDesk::RenewedCard(id)) => Ok(Answer::to(paths::console_desk_renewed_card(&town.tenant, id))),
        Err(Error::Invalid(wrong)) => {
            let words = Words::of(console.locale);
            Ok(Answer::Refused(match wrong.get("desk_code") {
                Some(Violation::Unknown) => Refusal::of("desk_code", Violation::Unknown, words.code_unknown),
                Some(Violation::Malformed) => Refusal::of("desk_code", Violation::Malformed, words.code_malformed),
                _ => wrong.into(),
            }))
        }
        Err(error) => Err(error),
    }
}
