//! Trying a rule with somebody who does not exist.

use domain::locale::Locale;
use domain::municipality::Municipality;
use domain::residency::Outcome;
use leptos::prelude::*;
use service::residency_rules::{Reading, Trial};

use super::text::Words;
use crate::components::button::{SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::TextField;
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::configuration::editing::THEN;
use crate::text::fill;

/// The value of its button.
pub(super) const TRY: &str = "try";

/// The fields and, after the button was pressed, the answer.
pub(super) fn panel(trial: Option<Trial>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let answer = trial.map(|trial| answer(trial, locale));
    view! {
        <Panel id="try" title=words.try_title note=words.try_note>
            <div class="form form--tight">
                <TextField name="try_address" label=words.try_address optional=true/>
                <TextField name="try_birthdate" label=words.try_birthdate kind="date" optional=true/>
                <div><SubmitButton word=words.try_button weight=Weight::Secondary name=THEN value=TRY/></div>
            </div>
            {answer}
        </Panel>
    }
    .into_any()
}

fn answer(trial: Trial, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let (class, of, title) = match trial.determination.outcome {
        Outcome::Eligible => ("verdict verdict--yes", Drawing::Done, words.yes),
        Outcome::NotEligible => ("verdict verdict--no", Drawing::Cross, words.no),
        Outcome::Undecidable => ("verdict verdict--unknown", Drawing::Question, words.unknown),
    };
    let why = match trial.clause {
        Some(number) => fill(words.by_clause, &[("n", &number.to_string())]),
        None => trial.determination.reason.for_clerk().get(locale).to_owned(),
    };
    let until = trial.determination.expires.map(|month| {
        let until = fill(words.until, &[("month", &month.text(locale))]);
        view! { <p class="verdict__why">{until}</p> }
    });
    let reading = reading(trial.reading, locale);
    view! {
        <div class=class role="status">
            <p class="verdict__title"><Icon of/>{title}</p>
            <p class="verdict__why">{why}</p>
            {until}
        </div>
        <h3 class="try-how">{words.how_read}</h3>
        {reading}
    }
    .into_any()
}

fn reading(reading: Reading, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let name = |place: &Municipality| format!("{} {}", place.name(locale), place.code);
    match reading {
        Reading::Place(place) => {
            let (prefecture, name) = (place.prefecture_name(locale).to_owned(), name(&place));
            view! {
                <Facts class="facts--narrow facts--plain">
                    <Fact term=words.prefecture>{prefecture}</Fact>
                    <Fact term=words.municipality>{name}</Fact>
                    <Fact term=words.rest>{words.rest_text}</Fact>
                </Facts>
            }
            .into_any()
        }
        Reading::Places(places) => {
            let places = places.iter().map(|place| view! { <li>{place.full_name(locale)}</li> }).collect_view();
            view! { <p class="text-14">{words.candidates}</p><ul>{places}</ul> }.into_any()
        }
        Reading::Unknown => view! { <p>{words.unreadable}</p> }.into_any(),
        Reading::Abroad => view! { <p>{words.abroad}</p> }.into_any(),
    }
}
