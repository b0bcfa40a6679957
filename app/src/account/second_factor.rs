//! The second factor: a code of the authenticator app, or a recovery code.

use domain::paths::{self, Route};
use leptos::prelude::*;
use service::Error;
use service::accounts::SecondFactorOutcome;

use super::CardPage;
use super::session;
use super::words::Words;
use crate::components::button::{Size, SubmitButton};
use crate::components::field::TextField;
use crate::components::form::Form as FormView;
use crate::forms::{Answer, Flash, Form};
use crate::pages::{PageRoute, Shown, Visitor, form};
use crate::text::fill;

/// The parameter that asks for a recovery code in place of the app's.
const RECOVERY: &str = "recovery";

pub(super) fn routes() -> Vec<PageRoute> {
    vec![form(Route::AccountSecondFactor, (), show, submit)]
}

async fn show(visitor: Visitor) -> Result<Shown<CardPage>, Error> {
    let Some(account) = session::awaited(&visitor).await? else {
        return Ok(Shown::Elsewhere(session::with_next(&paths::account_sign_in(), session::next(&visitor))));
    };
    let words = Words::of(visitor.locale);
    let mail = visitor.service().account(account).await?.mail;
    let recovery = visitor.query("with") == RECOVERY;
    let here = session::with_next(&paths::account_second_factor(), session::next(&visitor));
    let separator = if here.contains('?') { '&' } else { '?' };
    let (title, other_word, other) = if recovery {
        (words.recovery_title, words.use_app, here)
    } else {
        (words.code_title, words.use_recovery, format!("{here}{separator}with={RECOVERY}"))
    };
    let card = CardPage::new(title, move || {
        let field = if recovery {
            view! {
                <TextField
                    name="recovery_code"
                    label=words.recovery
                    help=words.recovery_help
                    class="input--m mono-input"
                    plain=true
                />
            }
            .into_any()
        } else {
            view! {
                <TextField
                    name="code"
                    label=words.code
                    help=words.code_help
                    class="input--l input--code"
                    autocomplete="one-time-code"
                    inputmode="numeric"
                    maxlength=6
                    plain=true
                />
            }
            .into_any()
        };
        view! {
            <Who mail/>
            <FormView>{field}<SubmitButton word=words.sign_in size=Size::M block=true/></FormView>
            <p class="auth__after"><a href=other>{other_word}</a></p>
        }
    });
    Ok(card.into())
}

/// Whose sign-in this is, with a way to begin as somebody else.
#[component]
pub fn Who(
    /// The address that was typed.
    mail: String,
) -> impl IntoView {
    let words = Words::of(crate::render::locale());
    let initial: String = mail.chars().take(1).collect();
    let (name, host) = mail
        .split_once('@')
        .map_or((mail.clone(), String::new()), |(name, host)| (name.to_owned(), format!("@{host}")));
    view! {
        <p class="auth__who">
            <span class="avatar" aria-hidden="true">{initial.to_uppercase()}</span>
            <span>{name}<wbr/>{host}</span>
            <a href=paths::account_sign_in()>{words.change_person}</a>
        </p>
    }
}

async fn submit(visitor: Visitor, form: Form) -> Result<Answer<CardPage>, Error> {
    let words = Words::of(visitor.locale);
    let Some(account) = session::awaited(&visitor).await? else {
        return Ok(Answer::to(paths::account_sign_in()).saying(Flash::warning(words.session_over)));
    };
    let (service, network) = (visitor.service(), &visitor.network.0);
    let (field, outcome) = if form.has("recovery_code") {
        ("recovery_code", service.sign_in_recovery_code(account, form.get("recovery_code"), network).await?)
    } else {
        ("code", service.sign_in_code(account, form.get("code"), network).await?)
    };
    let answer = match outcome {
        SecondFactorOutcome::Refused(refusal) => {
            return Ok(session::refused(&visitor, field, words.refused_code, refusal));
        }
        SecondFactorOutcome::SignedIn => Answer::to(session::destination(&visitor)),
        SecondFactorOutcome::SignedInByRecovery { codes_left } => {
            let text = fill(words.recovery_used, &[("n", &codes_left.to_string())]);
            Answer::to(session::destination(&visitor)).saying(Flash::warning(text))
        }
    };
    session::begin(&visitor, account).await?;
    Ok(answer)
}
