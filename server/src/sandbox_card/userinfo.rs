//! The userinfo endpoint, in the profile's form: the address as one string, the birthdate as `YYYYMMDD`. An address with
//! substitute characters comes with the certificate's flags, as `{formatted, substitute_flags}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::attributes::Item;
use oidc::ProtocolError;
use oidc::parameters::Parameters;
use oidc::provider::bearer;
use secrecy::ExposeSecret;
use serde::Serialize;

use super::SandboxCard;
use super::attempts::Release;
use crate::oidc::{Tried, refused};

#[derive(Serialize)]
struct Userinfo {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Address {
    Text(String),
    Flagged { formatted: String, substitute_flags: String },
}

/// What a card shows in place of a character that it cannot hold.
const SUBSTITUTE: char = '〓';

impl Address {
    fn of(formatted: String) -> Self {
        if !formatted.contains(SUBSTITUTE) {
            return Self::Text(formatted);
        }
        let substitute_flags = formatted.chars().map(|c| if c == SUBSTITUTE { '1' } else { '0' }).collect();
        Self::Flagged { formatted, substitute_flags }
    }
}

impl Userinfo {
    fn of(release: &Release) -> Self {
        let person = &release.person;
        let day = person.birthdate;
        let asked = |item| release.items.contains(item);
        Self {
            sub: release.subject.clone(),
            name: asked(Item::Name).then(|| person.name.clone()),
            address: asked(Item::Address).then(|| Address::of(person.address.clone())),
            birthdate: asked(Item::Birthdate)
                .then(|| format!("{:04}{:02}{:02}", day.year(), u8::from(day.month()), day.day())),
            gender: asked(Item::Gender).then(|| person.gender.claim()),
        }
    }
}

/// `GET /userinfo`
pub(super) async fn by_get(State(card): State<Arc<SandboxCard>>, headers: HeaderMap) -> Response {
    answer(&card, &headers, &Parameters::default())
}

/// `POST /userinfo`
pub(super) async fn by_post(State(card): State<Arc<SandboxCard>>, headers: HeaderMap, body: String) -> Response {
    answer(&card, &headers, &Parameters::parse(&body))
}

fn answer(card: &SandboxCard, headers: &HeaderMap, body: &Parameters) -> Response {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = match bearer::access_token(authorization, body) {
        Ok((token, _)) => token,
        Err(error) => return refused(&error, Tried::of(headers)),
    };
    let now = card.clock.seconds();
    let mut memory = card.memory();
    match memory.tokens.get_mut(token.expose_secret(), now) {
        Some(release) => ([(header::CACHE_CONTROL, "no-store")], Json(Userinfo::of(release))).into_response(),
        None => refused(&ProtocolError::invalid_token(), Tried::of(headers)),
    }
}
