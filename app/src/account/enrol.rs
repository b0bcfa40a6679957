//! The second factor is enrolled at the first sign-in, before anything else; then recovery codes are shown, once.

use domain::paths::{self, Route};
use domain::violations::Violation;
use leptos::prelude::*;
use qrcode::QrCode;
use qrcode::render::svg;
use service::Error;

use super::CardPage;
use super::second_factor::Who;
use super::session;
use super::words::Words;
use crate::components::button::{LinkButton, Size, SubmitButton};
use crate::components::field::TextField;
use crate::components::form::Form as FormView;
use crate::forms::{Answer, Flash, Form, Refusal};
use crate::pages::{PageRoute, Shown, Visitor, form};

pub(super) fn routes() -> Vec<PageRoute> {
    vec![form(Route::AccountEnrol, (), show, submit)]
}

async fn show(visitor: Visitor) -> Result<Shown<CardPage>, Error> {
    let Some(account) = session::awaited(&visitor).await? else {
        return Ok(Shown::Elsewhere(paths::account_sign_in()));
    };
    let words = Words::of(visitor.locale);
    let mail = visitor.service().account(account).await?.mail;
    let enrolment = visitor.service().begin_totp_enrolment(account).await?;
    let figure = figure(&enrolment.otpauth_url)?;
    let key = grouped(&enrolment.secret_base32);
    let card = CardPage::new(words.enrol_title, move || {
        view! {
            <Who mail/>
            <div class="stack stack--tight">
            <p>{words.enrol_lead}</p>
            <FormView class="enrolment">
                <section class="enrolment__step">
                    <h2>{words.enrol_scan}</h2>
                    <p>{words.enrol_scan_text}</p>
                    <div class="qr" role="img" aria-label=words.qr_label inner_html=figure></div>
                    <p class="text-14">{words.enrol_type}</p>
                    <code class="mono">{key}</code>
                </section>
                <section class="enrolment__step">
                    <h2>{words.enrol_confirm}</h2>
                    <TextField
                        name="code"
                        label=words.code
                        class="input--l input--code"
                        autocomplete="one-time-code"
                        inputmode="numeric"
                        maxlength=6
                        plain=true
                    />
                    <SubmitButton word=words.enrol_submit size=Size::M block=true/>
                </section>
            </FormView>
            </div>
        }
    });
    Ok(card.wide().into())
}

async fn submit(visitor: Visitor, form: Form) -> Result<Answer<CardPage>, Error> {
    let words = Words::of(visitor.locale);
    let Some(account) = session::awaited(&visitor).await? else {
        return Ok(Answer::to(paths::account_sign_in()).saying(Flash::warning(words.session_over)));
    };
    let Some(codes) = visitor.service().finish_totp_enrolment(account, form.get("code")).await? else {
        return Ok(Answer::Refused(Refusal::of("code", Violation::Mismatch, words.refused_code)));
    };
    session::begin(&visitor, account).await?;
    let next = session::destination(&visitor);
    let card = CardPage::new(words.codes_title, move || {
        let codes = codes.iter().map(|code| view! { <li>{code.as_str().to_owned()}</li> }).collect_view();
        view! {
            <div class="stack stack--tight">
                <p>{words.codes_lead}</p>
                <ul class="recovery-codes">{codes}</ul>
                <LinkButton word=words.codes_done href=next size=Size::M block=true/>
            </div>
        }
    });
    Ok(Answer::Once(card.wide()))
}

/// The figure as SVG, in the colours of the stylesheet's frame around it.
fn figure(url: &str) -> Result<String, Error> {
    let code = QrCode::new(url).map_err(|_| Error::internal("an otpauth URL is too long for a figure"))?;
    let mut renderer = code.render::<svg::Color<'_>>();
    renderer.quiet_zone(false).min_dimensions(200, 200);
    let figure = renderer.dark_color(svg::Color("currentColor")).light_color(svg::Color("none")).build();
    // An SVG inside HTML has no XML declaration.
    Ok(figure.find("<svg").and_then(|start| figure.get(start..)).unwrap_or_default().to_owned())
}

/// In groups of four, for typing.
fn grouped(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figure_is_drawn_by_the_stylesheet() {
        let figure = figure("otpauth://totp/x?secret=ABC").unwrap();
        assert!(figure.starts_with("<svg") && figure.contains("currentColor"));
        assert!(!figure.contains("style="), "{figure}");
    }

    #[test]
    fn a_key_is_grouped() {
        assert_eq!(grouped("ABCDEFGHIJ"), "ABCD EFGH IJ");
    }
}
