//! The service's half of a sign-in: discovery once, then question, code, token, userinfo, as an OpenID client does it.
//!
//! Checked are state, issuer, nonce, audience and subject, because a run in which they were wrong would measure nothing.
//! The signature of the ID token is not: it would cost the load's processor and tell nothing about the server; the sample
//! services check it, with a client that is not ours.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::{Url, form_urlencoded};

use crate::Failure;
use crate::ambient::{Stopwatch, random_token};
use crate::browser::Timing;
use crate::connection::{Connection, Origin};
use crate::proof::Proof;
use crate::towns;

/// A service at a town.
pub(crate) struct RelyingParty {
    issuer: String,
    authorize_path: String,
    token_path: String,
    userinfo_path: String,
    introspection_path: String,
    client_id: String,
    proof: Proof,
    redirect_uri: String,
    scopes: String,
}

/// What a sign-in ends with.
pub(crate) struct Finished {
    /// The service's two requests.
    pub(crate) timings: [Timing; 2],
    /// What the service may ask with.
    pub(crate) access_token: String,
}

/// What ties an answer to its question.
pub(crate) struct Question {
    state: String,
    nonce: String,
    verifier: String,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    introspection_endpoint: String,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

#[derive(Deserialize)]
struct IdToken {
    iss: String,
    aud: String,
    sub: String,
    nonce: String,
}

#[derive(Deserialize)]
struct Userinfo {
    sub: String,
}

#[derive(Deserialize)]
struct Introspection {
    active: bool,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl RelyingParty {
    /// Reads the town's metadata.
    ///
    /// # Errors
    /// If it is not to be had, or its endpoints are not on this machine.
    pub(crate) async fn discover(
        origin: &Origin,
        connection: &mut Connection,
        town: &towns::Town,
        service: &towns::RelyingParty,
    ) -> Result<Self, Failure> {
        let path = |url: &str| {
            origin.path_of(url).map(str::to_owned).ok_or_else(|| Failure::new(format!("{url} is elsewhere")))
        };
        let document = format!("{}/.well-known/openid-configuration", path(&town.issuer)?);
        let request =
            Request::get(document).body(Full::default()).map_err(|_| Failure::new("an issuer that is no address"))?;
        let metadata: Metadata = answer(connection, request).await.map_err(|failure| failure.at("metadata"))?;
        if metadata.issuer != town.issuer {
            return Err(Failure::new("metadata of another issuer"));
        }
        Ok(Self {
            authorize_path: path(&metadata.authorization_endpoint)?,
            token_path: path(&metadata.token_endpoint)?,
            userinfo_path: path(&metadata.userinfo_endpoint)?,
            introspection_path: path(&metadata.introspection_endpoint)?,
            issuer: metadata.issuer,
            client_id: service.client_id.clone(),
            proof: Proof::of(service)?,
            redirect_uri: service.redirect_uri.clone(),
            scopes: service.scopes.clone(),
        })
    }

    /// A question and the path and query to send the browser to.
    ///
    /// # Errors
    /// If there is no randomness.
    pub(crate) fn ask(&self) -> Result<(Question, String), Failure> {
        let question = Question { state: random_token()?, nonce: random_token()?, verifier: random_token()? };
        let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, question.verifier.as_bytes()));
        let mut query = form_urlencoded::Serializer::new(format!("{}?", self.authorize_path));
        query.extend_pairs([
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scopes),
            ("state", &question.state),
            ("nonce", &question.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        // The serializer takes the text before it for pairs that were there already, and would begin with `&`.
        let path = query.finish().replacen("?&", "?", 1);
        Ok((question, path))
    }

    /// From the address that the browser came back to, to the userinfo.
    ///
    /// # Errors
    /// If the answer is a refusal, or is not the one to this question.
    pub(crate) async fn finish(
        &self,
        connection: &mut Connection,
        question: &Question,
        returned_to: &str,
    ) -> Result<Finished, Failure> {
        let code = self.code(question, returned_to)?;
        let started = Stopwatch::start();
        let request = self.proven(
            &self.token_path,
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", &self.redirect_uri),
                ("code_verifier", &question.verifier),
            ],
        )?;
        let tokens: Tokens = answer(connection, request).await.map_err(|failure| failure.at("token"))?;
        let token_timing = ("token", started.elapsed());
        let subject = self.subject(question, &tokens.id_token)?;
        let started = Stopwatch::start();
        if self.userinfo(connection, &tokens.access_token).await? != subject {
            return Err(Failure::new("userinfo of another person"));
        }
        Ok(Finished { timings: [token_timing, ("userinfo", started.elapsed())], access_token: tokens.access_token })
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// If the server does not say.
    pub(crate) async fn userinfo(&self, connection: &mut Connection, token: &str) -> Result<String, Failure> {
        let bearer = format!("Bearer {token}");
        let request = Request::get(&self.userinfo_path).header(AUTHORIZATION, bearer).body(Full::default());
        let userinfo: Userinfo = answer(connection, valid(request)?).await.map_err(|failure| failure.at("userinfo"))?;
        Ok(userinfo.sub)
    }

    /// Asks whether a token counts.
    ///
    /// # Errors
    /// If it does not.
    pub(crate) async fn introspect(&self, connection: &mut Connection, token: &str) -> Result<(), Failure> {
        let request = self.proven(&self.introspection_path, &[("token", token)])?;
        let said: Introspection = answer(connection, request).await.map_err(|failure| failure.at("introspection"))?;
        if said.active { Ok(()) } else { Err(Failure::new("a token that does not count")) }
    }

    /// A form with the proof of who sends it.
    fn proven(&self, path: &str, pairs: &[(&str, &str)]) -> Result<Request<Full<Bytes>>, Failure> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(pairs);
        let mut headers = HeaderMap::new();
        self.proof.apply(&self.client_id, &self.issuer, &mut headers, &mut form)?;
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(Full::from(form.finish()));
        let mut request = valid(request)?;
        request.headers_mut().extend(headers);
        Ok(request)
    }

    fn code(&self, question: &Question, returned_to: &str) -> Result<String, Failure> {
        if !returned_to.strip_prefix(&self.redirect_uri).is_some_and(|rest| rest.starts_with('?')) {
            return Err(Failure::new("the browser was sent to an address that is not the service's"));
        }
        let url = Url::parse(returned_to).map_err(|_| Failure::new("the way back is no address"))?;
        let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        if let Some(error) = of("error") {
            let reason = of("error_description").unwrap_or_default();
            return Err(Failure::new(format!("refused: {error} {reason}").trim_end()));
        }
        if of("state").as_deref() != Some(&question.state) || of("iss").as_deref() != Some(&self.issuer) {
            return Err(Failure::new("an answer to another question"));
        }
        of("code").ok_or_else(|| Failure::new("an answer without a code"))
    }

    fn subject(&self, question: &Question, id_token: &str) -> Result<String, Failure> {
        let payload = id_token.split('.').nth(1).and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok());
        let claims: Option<IdToken> = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
        claims
            .filter(|claims| {
                claims.nonce == question.nonce && claims.iss == self.issuer && claims.aud == self.client_id
            })
            .map(|claims| claims.sub)
            .ok_or_else(|| Failure::new("an ID token that answers another question"))
    }
}

fn valid(request: http::Result<Request<Full<Bytes>>>) -> Result<Request<Full<Bytes>>, Failure> {
    request.map_err(|_| Failure::new("a request that cannot be made"))
}

/// A JSON answer, or the error code of a refusal (RFC 6749, section 5.2).
async fn answer<T: DeserializeOwned>(connection: &mut Connection, request: Request<Full<Bytes>>) -> Result<T, Failure> {
    let (parts, body) = connection.send(request).await?;
    if parts.status != StatusCode::OK {
        let refusal = serde_json::from_slice::<Refusal>(&body).map_or_else(|_| String::new(), |refusal| refusal.error);
        return Err(Failure::new(format!("answered {} {refusal}", parts.status.as_u16()).trim_end()));
    }
    serde_json::from_slice(&body).map_err(|_| Failure::new("an answer of another shape"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> RelyingParty {
        RelyingParty {
            issuer: "http://localhost:3000/t/showa".to_owned(),
            authorize_path: "/t/showa/authorize".to_owned(),
            token_path: "/t/showa/token".to_owned(),
            userinfo_path: "/t/showa/userinfo".to_owned(),
            introspection_path: "/t/showa/introspect".to_owned(),
            client_id: "c".to_owned(),
            proof: Proof::None,
            redirect_uri: "http://127.0.0.1:4001/showa/callback".to_owned(),
            scopes: "openid residency".to_owned(),
        }
    }

    fn question() -> Question {
        Question { state: "s".to_owned(), nonce: "n".to_owned(), verifier: "v".to_owned() }
    }

    #[test]
    fn the_question_has_all_parameters_once() {
        let (question, path) = library().ask().unwrap();
        let url = Url::parse(&format!("http://localhost:3000{path}")).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
        ];
        assert_eq!(names, expected);
        assert_eq!(url.path(), "/t/showa/authorize");
        assert_eq!((pairs[4].1.as_str(), pairs[3].1.as_str()), (question.state.as_str(), "openid residency"));
        assert_eq!(pairs[6].1.len(), 43);
    }

    #[test]
    fn only_the_answer_to_this_question_is_taken() {
        let answer =
            |query: &str| library().code(&question(), &format!("http://127.0.0.1:4001/showa/callback?{query}"));
        let issuer = "iss=http%3A%2F%2Flocalhost%3A3000%2Ft%2Fshowa";
        assert_eq!(answer(&format!("code=x&state=s&{issuer}")).unwrap(), "x");
        for wrong in [format!("code=x&state=t&{issuer}"), "code=x&state=s".to_owned(), format!("state=s&{issuer}")] {
            assert!(answer(&wrong).is_err(), "{wrong}");
        }
        let refused =
            answer(&format!("error=access_denied&error_description=not_resident&state=s&{issuer}")).unwrap_err();
        assert_eq!(refused.to_string(), "refused: access_denied not_resident");
        assert!(library().code(&question(), "http://127.0.0.1:4002/showa/callback?code=x").is_err());
    }

    #[test]
    fn an_id_token_is_of_this_sign_in() {
        let token = |claims: &str| format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
        let good = token(r#"{"iss":"http://localhost:3000/t/showa","aud":"c","sub":"p","nonce":"n","exp":1}"#);
        assert_eq!(library().subject(&question(), &good).unwrap(), "p");
        for wrong in [good.replace('.', ""), token(r#"{"iss":"x","aud":"c","sub":"p","nonce":"n"}"#), token("{}")] {
            assert!(library().subject(&question(), &wrong).is_err());
        }
    }
}
