//! One's own account: the address, the second factor, the password.

use domain::calendar::{long_date, tokyo_date};
use domain::paths::{self, Route};
use domain::violations::Violation;
use leptos::prelude::*;
use secrecy::SecretString;
use service::Error;
use service::accounts::PasswordChange;
use time::OffsetDateTime;

use super::CardPage;
use super::session;
use super::words::Words;
use crate::components::button::{Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::TextField;
use crate::components::form::Form as FormView;
use crate::forms::{Answer, Flash, Form, Refusal};
use crate::pages::{PageRoute, Visitor, form};
use crate::text::fill;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![form(Route::AccountProfile, (), show, submit)]
}

async fn show(visitor: Visitor) -> Result<CardPage, Error> {
    let account = visitor.service().account(session::account(&visitor)?).await?;
    let locale = visitor.locale;
    let words = Words::of(locale);
    let since = account
        .second_factor_since
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .map(|moment| long_date(tokyo_date(moment), locale));
    let codes = fill(words.codes_count, &[("n", &account.recovery_codes_left.to_string())]);
    let card = CardPage::new(words.profile_title, move || {
        view! {
            <div class="stack">
            <Facts>
                <Fact term=words.mail>{account.mail}</Fact>
                <Fact term=words.second_factor_since>{since}</Fact>
                <Fact term=words.codes_left>{codes}</Fact>
            </Facts>
            <p><a href=paths::account_organisations()>{words.organisations}</a></p>
            <h2>{words.change_password}</h2>
            <FormView>
                <TextField
                    name="current_password"
                    label=words.current_password
                    kind="password"
                    class="input--m"
                    autocomplete="current-password"
                    plain=true
                />
                <TextField
                    name="new_password"
                    label=words.new_password
                    help=words.new_password_help
                    kind="password"
                    class="input--m"
                    autocomplete="new-password"
                    plain=true
                />
                <SubmitButton word=words.change_password size=Size::M/>
            </FormView>
            <form class="form form--tight" method="post" action=paths::account_sign_out()>
                <SubmitButton word=words.sign_out weight=Weight::Quiet/>
            </form>
            </div>
        }
    });
    Ok(card.wide())
}

async fn submit(visitor: Visitor, form: Form) -> Result<Answer<CardPage>, Error> {
    let account = session::account(&visitor)?;
    let words = Words::of(visitor.locale);
    let secret = |name| SecretString::from(form.get(name));
    let (current, new) = (secret("current_password"), secret("new_password"));
    let session_id = visitor.session.id();
    match visitor.service().change_password(account, &current, &new, session_id.as_ref()).await? {
        PasswordChange::Changed => {
            Ok(Answer::to(paths::account_profile()).saying(Flash::success(words.password_changed)))
        }
        PasswordChange::Refused(refusal) if refusal.retry_after_seconds > 0 => {
            Ok(session::refused(&visitor, "current_password", words.password_wrong, refusal))
        }
        PasswordChange::Refused(_) => {
            Ok(Answer::Refused(Refusal::of("current_password", Violation::Mismatch, words.password_wrong)))
        }
    }
}
