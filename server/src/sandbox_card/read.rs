//! The form: whose card it is, and its PIN. Then the way back, with a code or with `access_denied`.

use std::collections::HashMap;
use std::sync::Arc;

use app::language;
use app::sandbox_card::{self as pages, Problem, TypedIn};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::attributes::{Gender, MAX_ADDRESS_CHARS, MAX_NAME_CHARS, parse_birthdate};
use domain::calendar::tokyo_date;
use domain::locale::Locale;
use oidc::provider::authorize_response::AuthorizationResponse;
use oidc::{ErrorCode, ProtocolError};
use service::Error;
use url::form_urlencoded;

use super::attempts::{Attempt, CODE_SECONDS, Grant, Memory};
use super::residents::{self, Person};
use super::{MAX_WRONG_PINS, PIN, SandboxCard};

pub(super) use pages::Refusal;

/// The value of the radio button of a person typed in by hand.
const TYPED: &str = "typed";

/// Chromium applies `form-action` to the whole chain of redirects that a form begins, and the chain may end at any
/// service's redirect URI. So the schemes are listed, not the origins; there is nothing else on the page to protect.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' https: http:; \
                      frame-ancestors 'none'; base-uri 'none'";

fn page(status: StatusCode, locale: Locale, html: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_LANGUAGE, locale.as_str()),
    ];
    (status, headers, Html(html)).into_response()
}

/// 303, which makes a GET of a form's POST.
pub(super) fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => {
            let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// A page that ends here, because nobody is known to whom an answer could go.
pub(super) fn refusal_page(card: &SandboxCard, locale: Locale, refusal: Refusal) -> Response {
    let status = match refusal {
        Refusal::UnknownClient | Refusal::UnknownRedirectUri => StatusCode::BAD_REQUEST,
        Refusal::Over => StatusCode::GONE,
        Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    page(status, locale, pages::refusal(&card.sheets, locale, refusal))
}

/// The form as it is first shown.
pub(super) fn first_page(card: &SandboxCard, id: &str, attempt: &Attempt) -> Response {
    form(card, id, attempt, attempt.locale, &Submitted::default(), None)
}

/// What the form sent.
#[derive(Default)]
struct Submitted(HashMap<String, String>);

impl Submitted {
    fn parse(body: &str) -> Self {
        Self(form_urlencoded::parse(body.as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |text| text.trim())
    }

    fn locale(&self, headers: &HeaderMap) -> Locale {
        self.get("locale").parse().unwrap_or_else(|_| language::of(headers))
    }
}

fn form(
    card: &SandboxCard,
    id: &str,
    attempt: &Attempt,
    locale: Locale,
    submitted: &Submitted,
    problem: Option<Problem>,
) -> Response {
    let chosen = match submitted.get("person") {
        "" => "hanako",
        chosen => chosen,
    };
    let today = tokyo_date(card.clock.now());
    let people = residents::of(attempt.client.municipality, today).into_iter().map(|resident| pages::Choice {
        id: resident.id,
        name: resident.person.name,
        about: resident.about.get(locale),
        address: resident.person.address,
        birthdate: resident.person.birthdate,
        chosen: resident.id == chosen,
    });
    let view = pages::ReadPage {
        attempt: id.to_owned(),
        client: attempt.client.name.get(locale).to_owned(),
        items: attempt.request.items_asked_for(),
        pin: PIN,
        people: people.collect(),
        typed: TypedIn {
            chosen: chosen == TYPED,
            name: submitted.get("name").to_owned(),
            address: submitted.get("address").to_owned(),
            birthdate: submitted.get("birthdate").to_owned(),
            gender: submitted.get("gender").to_owned(),
        },
        renewed: submitted.get("renewed") == "on",
        locked: attempt.wrong_pins >= MAX_WRONG_PINS,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, locale, pages::read(&card.sheets, locale, view))
}

/// `GET /read?attempt=…`: the form again, in the language of the reader.
pub(super) async fn show(
    State(card): State<Arc<SandboxCard>>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let query = Submitted(query);
    let locale = query.locale(&headers);
    let now = card.clock.seconds();
    let mut memory = card.memory();
    match memory.attempts.get_mut(query.get("attempt"), now) {
        Some(attempt) => form(&card, query.get("attempt"), attempt, locale, &Submitted::default(), None),
        None => refusal_page(&card, locale, Refusal::Over),
    }
}

/// `POST /read`
pub(super) async fn submit(State(card): State<Arc<SandboxCard>>, headers: HeaderMap, body: String) -> Response {
    let submitted = Submitted::parse(&body);
    let locale = submitted.locale(&headers);
    card.read(locale, &submitted).unwrap_or_else(|_| refusal_page(&card, locale, Refusal::Unavailable))
}

/// What was asked is forgotten, and where it led kept as long as the code in it lives.
fn answered(memory: &mut Memory, id: &str, answer: String, now: i64) -> Response {
    memory.attempts.remove(id);
    let response = see_other(&answer);
    memory.answers.insert(id.to_owned(), answer, now, now + CODE_SECONDS);
    response
}

impl SandboxCard {
    fn read(&self, locale: Locale, submitted: &Submitted) -> Result<Response, Error> {
        let code = self.rng.token::<32>()?;
        let now = self.clock.seconds();
        let id = submitted.get("attempt");
        let mut memory = self.memory();
        if let Some(answer) = memory.answers.get_mut(id, now) {
            return Ok(see_other(answer));
        }
        let Some(attempt) = memory.attempts.get_mut(id, now) else {
            return Ok(refusal_page(self, locale, Refusal::Over));
        };
        if submitted.get("action") == "cancel" {
            let refused = ProtocolError::new(ErrorCode::AccessDenied, "the person cancelled");
            let answer = self.back(attempt).error(&refused);
            return Ok(answered(&mut memory, id, answer, now));
        }
        if attempt.wrong_pins >= MAX_WRONG_PINS {
            return Ok(form(self, id, attempt, locale, submitted, Some(Problem::Locked)));
        }
        let person = match self.person(attempt, submitted) {
            Ok(person) if submitted.get("renewed") == "on" => person.renewed(),
            Ok(person) => person,
            Err(problem) => return Ok(form(self, id, attempt, locale, submitted, Some(problem))),
        };
        if submitted.get("pin") != PIN {
            attempt.wrong_pins += 1;
            let left = MAX_WRONG_PINS.saturating_sub(attempt.wrong_pins);
            let problem = if left == 0 { Problem::Locked } else { Problem::WrongPin { left } };
            return Ok(form(self, id, attempt, locale, submitted, Some(problem)));
        }
        let answer = self.back(attempt).success(&code);
        let grant = Grant {
            client_id: attempt.client.client_id.to_string(),
            redirect_uri: attempt.redirect_uri.clone(),
            request: attempt.request.clone(),
            auth_time: now,
            subject: self.subject(attempt.client.client_id.as_str(), &person),
            person,
            redeemed: None,
        };
        memory.codes.insert(code, grant, now, now + CODE_SECONDS);
        Ok(answered(&mut memory, id, answer, now))
    }

    fn back<'a>(&'a self, attempt: &'a Attempt) -> AuthorizationResponse<'a> {
        let state = attempt.request.state.as_deref();
        AuthorizationResponse { redirect_uri: attempt.redirect_uri.as_str().into(), issuer: &self.issuer, state }
    }

    fn person(&self, attempt: &Attempt, submitted: &Submitted) -> Result<Person, Problem> {
        let chosen = submitted.get("person");
        if chosen != TYPED {
            let people = residents::of(attempt.client.municipality, tokyo_date(self.clock.now()));
            let found = people.into_iter().find(|resident| resident.id == chosen);
            return found.map(|resident| resident.person).ok_or(Problem::NobodyChosen);
        }
        let text = |name, most, problem| match submitted.get(name) {
            text if text.is_empty() || text.chars().count() > most => Err(problem),
            text => Ok(text.to_owned()),
        };
        Ok(Person::typed(
            text("name", MAX_NAME_CHARS, Problem::Name)?,
            text("address", MAX_ADDRESS_CHARS, Problem::Address)?,
            parse_birthdate(submitted.get("birthdate")).map_err(|_| Problem::Birthdate)?,
            Gender::parse(submitted.get("gender")).map_err(|_| Problem::Gender)?,
        ))
    }

    /// Pairwise: another client sees another person (OpenID Connect Core section 8.1).
    fn subject(&self, client_id: &str, person: &Person) -> String {
        let digest = self.subjects.lookup(client_id, &person.key);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
