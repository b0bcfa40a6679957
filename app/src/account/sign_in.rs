//! Mail address and password, and the way out.

use domain::paths::{self, Route};
use leptos::prelude::*;
use service::Error;
use service::accounts::PasswordOutcome;

use super::CardPage;
use super::session;
use super::words::Words;
use crate::components::button::{Size, SubmitButton};
use crate::components::field::TextField;
use crate::components::form::Form as FormView;
use crate::forms::{Answer, Flash, Form};
use crate::pages::{PageRoute, Shown, Visitor, action, form, page};

pub(super) fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::Home, home),
        form(Route::AccountSignIn, (), show, submit),
        action(Route::AccountSignOut, (), sign_out),
    ]
}

/// The front page is where staff go in: residents come from their town's page.
async fn home(visitor: Visitor) -> Result<Shown<CardPage>, Error> {
    Ok(Shown::Elsewhere(if visitor.account.is_some() {
        paths::account_organisations()
    } else {
        paths::account_sign_in()
    }))
}

async fn show(visitor: Visitor) -> Result<Shown<CardPage>, Error> {
    if visitor.account.is_some() {
        return Ok(Shown::Elsewhere(session::destination(&visitor)));
    }
    let words = Words::of(visitor.locale);
    let card = CardPage::new(words.sign_in_title, move || {
        view! {
            <FormView>
                <TextField
                    name="mail"
                    label=words.mail
                    kind="email"
                    class="input--m"
                    autocomplete="username"
                    inputmode="email"
                    plain=true
                />
                <TextField
                    name="password"
                    label=words.password
                    kind="password"
                    class="input--m"
                    autocomplete="current-password"
                    plain=true
                />
                <SubmitButton word=words.next size=Size::M block=true/>
            </FormView>
        }
    });
    Ok(card.after(move || view! { <p class="auth__after">{words.for_residents}</p> }).into())
}

async fn submit(visitor: Visitor, form: Form) -> Result<Answer<CardPage>, Error> {
    let service = visitor.service();
    let password = form.get("password").into();
    let path = match service.sign_in_password(form.get("mail"), &password, &visitor.network.0).await? {
        PasswordOutcome::SecondFactor(account) => {
            session::await_second_factor(&visitor, account).await?;
            paths::account_second_factor()
        }
        PasswordOutcome::Enrol(account) => {
            session::await_second_factor(&visitor, account).await?;
            paths::account_enrol()
        }
        PasswordOutcome::Refused(refusal) => {
            return Ok(session::refused(&visitor, "password", Words::of(visitor.locale).refused, refusal));
        }
    };
    Ok(Answer::to(session::with_next(&path, session::next(&visitor))))
}

async fn sign_out(visitor: Visitor, _: Form) -> Result<Answer<CardPage>, Error> {
    visitor.session.flush().await.map_err(|_| Error::Unavailable)?;
    let text = Words::of(visitor.locale).signed_out;
    Ok(Answer::to(paths::account_sign_in()).saying(Flash::success(text)))
}
