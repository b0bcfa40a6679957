use proptest::prelude::*;

use super::*;
use domain::attributes::Item;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REGISTERED: [&str; 2] = ["https://library.example/callback?from=town", "https://library.example/other"];

fn valid() -> Vec<(&'static str, String)> {
    [
        ("client_id", "library"),
        ("redirect_uri", REGISTERED[0]),
        ("response_type", "code"),
        ("scope", "openid residency"),
        ("state", "abc"),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn encode(pairs: &[(&str, String)]) -> Parameters {
    Parameters::parse(&url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// The valid request with one parameter changed, or left out when the value is `None`.
fn with(name: &'static str, value: Option<&str>) -> Parameters {
    let mut pairs = valid();
    pairs.retain(|(given, _)| *given != name);
    if let Some(value) = value {
        pairs.push((name, value.to_owned()));
    }
    encode(&pairs)
}

fn read_as(parameters: &Parameters, pkce: Pkce) -> Result<(AuthorizationRequest, Hints), ProtocolError> {
    let addressee = Addressee::read(parameters).unwrap();
    let place = addressee.find_redirect_uri(REGISTERED).unwrap();
    AuthorizationRequest::read(parameters, addressee, place, pkce)
}

fn read(parameters: &Parameters) -> Result<AuthorizationRequest, ProtocolError> {
    read_as(parameters, Pkce::Required).map(|(request, _)| request)
}

fn refusal(name: &'static str, value: Option<&str>) -> ErrorCode {
    read(&with(name, value)).unwrap_err().code
}

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

#[test]
fn a_plain_request_is_read() {
    let request = read(&encode(&valid())).unwrap();
    assert_eq!(request.client_id.as_str(), "library");
    assert_eq!(request.redirect_uri, 0);
    assert_eq!(request.scopes, Scopes::of(&[Scope::Openid, Scope::Residency]));
    assert_eq!(request.state.as_deref(), Some("abc"));
    assert_eq!(request.code_challenge.map(CodeChallenge::to_text).as_deref(), Some(CHALLENGE));
    assert!(request.items_asked_for().is_empty());
}

#[test]
fn redirect_uri_with_added_query_changed_case_added_slash_path_traversal_fragment() {
    for uri in [
        "https://library.example/callback",
        "https://library.example/callback?from=town&x=1",
        "https://library.example/Callback?from=town",
        "https://LIBRARY.example/callback?from=town",
        "https://library.example/callback/?from=town",
        "https://library.example/x/../callback?from=town",
        "https://library.example/%63allback?from=town",
        "https://library.example/callback?from=town#",
        "https://library.example:443/callback?from=town",
        "http://library.example/callback?from=town",
        "https://library.example/callback?from=town ",
        "https://evil@library.example/callback?from=town",
        "javascript:alert(1)",
    ] {
        let addressee = Addressee::read(&with("redirect_uri", Some(uri))).unwrap();
        assert_eq!(addressee.find_redirect_uri(REGISTERED), Err(NoAddressee::RedirectUriNotRegistered), "{uri}");
    }
}

#[test]
fn an_absent_or_repeated_client_or_redirect_uri_is_a_page() {
    assert_eq!(Addressee::read(&with("client_id", None)), Err(NoAddressee::Client));
    assert_eq!(Addressee::read(&with("redirect_uri", None)), Err(NoAddressee::RedirectUri));
    for (name, error) in [("client_id", NoAddressee::Client), ("redirect_uri", NoAddressee::RedirectUri)] {
        let mut pairs = valid();
        pairs.push((name, "x".to_owned()));
        assert_eq!(Addressee::read(&encode(&pairs)), Err(error));
    }
    assert_eq!(Addressee::read(&with("client_id", Some(&"x".repeat(65)))), Err(NoAddressee::Client));
}

#[test]
fn response_type_missing_or_implicit() {
    assert_eq!(refusal("response_type", None), ErrorCode::InvalidRequest);
    for implicit in ["token", "id_token", "id_token token", "code id_token", "none"] {
        assert_eq!(refusal("response_type", Some(implicit)), ErrorCode::UnsupportedResponseType);
    }
}

#[test]
fn response_modes() {
    assert!(read(&with("response_mode", Some("query"))).is_ok());
    assert_eq!(refusal("response_mode", Some("fragment")), ErrorCode::InvalidRequest);
    assert_eq!(refusal("response_mode", Some("form_post")), ErrorCode::InvalidRequest);
}

#[test]
fn unknown_parameter_ignored() {
    assert!(read(&with("utm_source", Some("x"))).is_ok());
}

#[test]
fn duplicate_parameter_refused() {
    for name in KNOWN.into_iter().filter(|name| !["client_id", "redirect_uri"].contains(name)) {
        let mut pairs = valid();
        pairs.push((name, "x".to_owned()));
        pairs.push((name, "x".to_owned()));
        assert_eq!(read(&encode(&pairs)).unwrap_err().code, ErrorCode::InvalidRequest, "{name}");
    }
}

#[test]
fn too_long_state_and_nonce() {
    assert!(read(&with("state", Some(&"s".repeat(1024)))).is_ok());
    assert_eq!(refusal("state", Some(&"s".repeat(1025))), ErrorCode::InvalidRequest);
    assert!(read(&with("nonce", Some(&"n".repeat(256)))).is_ok());
    assert_eq!(refusal("nonce", Some(&"n".repeat(257))), ErrorCode::InvalidRequest);
    assert_eq!(refusal("state", Some("街")), ErrorCode::InvalidRequest);
}

#[test]
fn the_state_goes_back_with_an_error_when_it_can() {
    assert_eq!(state_to_return(&with("scope", None)), Some("abc"));
    assert_eq!(state_to_return(&with("state", Some(&"s".repeat(1025)))), None);
    let mut pairs = valid();
    pairs.push(("state", "abc".to_owned()));
    assert_eq!(state_to_return(&encode(&pairs)), None);
}

#[test]
fn plain_pkce_or_none_where_it_is_required() {
    assert_eq!(refusal("code_challenge_method", Some("plain")), ErrorCode::InvalidRequest);
    assert_eq!(refusal("code_challenge_method", None), ErrorCode::InvalidRequest);
    assert_eq!(refusal("code_challenge", None), ErrorCode::InvalidRequest);
    assert_eq!(refusal("code_challenge", Some("short")), ErrorCode::InvalidRequest);

    let mut bare = valid();
    bare.retain(|(name, _)| !name.starts_with("code_challenge"));
    assert_eq!(read(&encode(&bare)).unwrap_err().code, ErrorCode::InvalidRequest);
    let (request, _) = read_as(&encode(&bare), Pkce::WhenOffered).unwrap();
    assert_eq!(request.code_challenge, None);
    // Offered badly is refused also where it is not required.
    assert!(read_as(&with("code_challenge_method", Some("plain")), Pkce::WhenOffered).is_err());
    assert!(read_as(&with("code_challenge", None), Pkce::WhenOffered).is_err());
}

#[test]
fn scopes() {
    assert_eq!(refusal("scope", None), ErrorCode::InvalidRequest);
    assert_eq!(refusal("scope", Some("residency")), ErrorCode::InvalidScope);
    let request = read(&with("scope", Some("openid profile email unheard_of address"))).unwrap();
    assert_eq!(request.scopes.to_string(), "openid address");
}

#[test]
fn prompts() {
    assert!(read(&with("prompt", Some("none"))).unwrap().is_silent());
    assert_eq!(
        read(&with("prompt", Some("login consent"))).unwrap().prompt,
        Prompts::of(&[Prompt::Login, Prompt::Consent])
    );
    assert_eq!(read(&with("prompt", Some("select_account"))).unwrap().prompt, Prompts::of(&[Prompt::Login]));
    assert_eq!(refusal("prompt", Some("none login")), ErrorCode::InvalidRequest);
    assert_eq!(refusal("prompt", Some("none select_account")), ErrorCode::InvalidRequest);
    assert_eq!(refusal("prompt", Some("create")), ErrorCode::InvalidRequest);
}

#[test]
fn prompt_login_asks_again() {
    let request = read(&with("prompt", Some("login"))).unwrap();
    assert!(request.asks_to_authenticate_again(at(1000), at(1000)));
    assert!(!read(&encode(&valid())).unwrap().asks_to_authenticate_again(at(0), at(1_000_000)));
}

#[test]
fn max_age_1_asks_again() {
    let request = read(&with("max_age", Some("1"))).unwrap();
    assert!(!request.asks_to_authenticate_again(at(1000), at(1001)));
    assert!(request.asks_to_authenticate_again(at(1000), at(1002)));
}

#[test]
fn max_age_0_is_prompt_login() {
    let request = read(&with("max_age", Some("0"))).unwrap();
    assert_eq!(request.prompt, Prompts::of(&[Prompt::Login]));
    assert!(request.asks_to_authenticate_again(at(1000), at(1000)));
    // With prompt=none it cannot become a prompt, and still no session is fresh enough.
    let mut pairs = valid();
    pairs.extend([("max_age", "0".to_owned()), ("prompt", "none".to_owned())]);
    let silent = read(&encode(&pairs)).unwrap();
    assert!(silent.is_silent() && silent.asks_to_authenticate_again(at(1000), at(1000)));
}

#[test]
fn a_max_age_that_is_no_number_of_seconds() {
    for text in ["-1", "+1", "1.5", "soon", "99999999999"] {
        assert_eq!(refusal("max_age", Some(text)), ErrorCode::InvalidRequest, "{text}");
    }
}

#[test]
fn what_we_do_not_support_says_so() {
    assert_eq!(refusal("request", Some("e30.e30.")), ErrorCode::RequestNotSupported);
    assert_eq!(refusal("request_uri", Some("urn:x")), ErrorCode::RequestUriNotSupported);
    assert_eq!(refusal("registration", Some("{}")), ErrorCode::RegistrationNotSupported);
}

#[test]
fn levels_and_hints() {
    let mut pairs = valid();
    pairs.extend([
        ("acr_values", format!("a b  {} c d", "x".repeat(49))),
        ("id_token_hint", "e30.e30.x".to_owned()),
        ("login_hint", "who".to_owned()),
        ("ui_locales", "en-GB ja".to_owned()),
        ("claims", r#"{"id_token":{"name":null,"sub":{"value":"p"}},"userinfo":{"gender":null}}"#.to_owned()),
    ]);
    let (request, hints) = read_as(&encode(&pairs), Pkce::Required).unwrap();
    assert_eq!(request.acr_values, ["a", "b", "c", "d"]);
    assert_eq!(request.claims.id_token.items, Items::NONE.with(Item::Name));
    assert_eq!(request.items_asked_for(), [Item::Name, Item::Gender].into_iter().collect());
    assert_eq!(hints.id_token_hint.as_deref(), Some("e30.e30.x"));
    assert_eq!(hints.login_hint.as_deref(), Some("who"));
    assert_eq!(hints.subject.as_deref(), Some("p"));
    assert_eq!(request.ui_locale, Some(Locale::En));
}

#[test]
fn malformed_claims() {
    assert_eq!(refusal("claims", Some("{")), ErrorCode::InvalidRequest);
    assert_eq!(refusal("claims", Some(&" ".repeat(5000))), ErrorCode::InvalidRequest);
}

proptest! {
    #[test]
    fn foreign_requests_never_panic(text in ".*", name in proptest::sample::select(KNOWN.to_vec())) {
        let parameters = with(name, Some(&text));
        if let Ok(addressee) = Addressee::read(&parameters) {
            let _ = AuthorizationRequest::read(&parameters, addressee, 0, Pkce::WhenOffered);
        }
        let _ = state_to_return(&parameters);
    }
}
