//! What every act at the desk has: the colleague who confirms it on the same screen, and its reference, which is shown once.

use domain::calendar::{long_date, tokyo, tokyo_date};
use domain::desk::ActReference;
use domain::locale::Locale;
use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use secrecy::SecretString;
use service::desk::SecondClerk;

use super::text::Words;
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Weight};
use crate::components::field::TextField;
use crate::components::icon::{Drawing, Icon};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form, Refusal, Tone};

/// The fields of the colleague, or that there is none.
pub(super) fn by_a_colleague(four_eyes: bool, words: &'static Words) -> AnyView {
    if !four_eyes {
        return view! { <Banner tone=Tone::Info><p>{words.four_eyes_off}</p></Banner> }.into_any();
    }
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
    .into_any()
}

/// What was typed into these fields.
pub(super) fn second_clerk<'a>(console: &'a Console, form: &'a Form, password: &'a SecretString) -> SecondClerk<'a> {
    SecondClerk { mail: form.get("mail"), password, code: form.get("code"), caller_key: &console.network.0 }
}

/// Nobody confirmed it.
pub(super) fn refused(words: &'static Words) -> Answer<ConsolePage> {
    Answer::Refused(Refusal::of("mail", Violation::Mismatch, words.not_confirmed))
}

/// What was recorded: a title, what it means, and what the trail keeps of it; with the reference of the act.
pub(super) fn recorded(
    console: &Console,
    [title, text, kept]: [&'static str; 3],
    reference: ActReference,
) -> ConsolePage {
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
                    <p class="secret__once">{kept}</p>
                    <p><LinkButton word=words.next_code href=back weight=Weight::Secondary/></p>
                </section>
            </div>
        }
    });
    page.below(words.title, desk)
}

/// A moment in Japan to the hour, as desk codes end.
pub(super) fn moment(at: time::OffsetDateTime, locale: Locale) -> String {
    let (day, hour) = (long_date(tokyo_date(at), locale), tokyo(at).hour());
    match locale {
        Locale::Ja => format!("{day} {hour}時"),
        Locale::En => format!("{day}, {hour}:00"),
    }
}
