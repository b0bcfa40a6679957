//! The callback: what a provider sends a browser back with.

use secrecy::SecretString;

use crate::parameters::Parameters;

/// The longest `state` of ours; the flow's id is much shorter.
const MAX_STATE_BYTES: usize = 256;
/// The longest code that we redeem.
const MAX_CODE_BYTES: usize = 8192;

/// Why a callback is not followed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackRefused {
    /// A parameter is missing or repeated, or both a code and an error came.
    #[error("the callback is malformed")]
    Malformed,
    /// `state` is not the flow's: nobody here asked for this.
    #[error("the callback belongs to no flow")]
    NotAskedFor,
    /// `iss` is another provider's, or missing from one that always sends it: a mix-up (RFC 9207 section 2.4).
    #[error("the callback comes from another provider")]
    OtherProvider,
}

/// What a provider says instead of a code, as far as it concerns us. Its own words are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpstreamRefusal {
    /// The person declined or gave up, or the card failed.
    AccessDenied,
    /// The person would have had to do something that the request ruled out.
    InteractionNeeded,
    /// The provider is down or overloaded.
    Unavailable,
    /// The request was wrong: our configuration at the provider needs a look.
    Misconfigured,
}

/// What came back.
#[derive(Debug)]
pub enum CallbackOutcome {
    /// A code, to be redeemed with the flow's verifier.
    Code(SecretString),
    /// No code.
    Refused(UpstreamRefusal),
}

/// A callback, read but not yet believed.
#[derive(Debug)]
pub struct Callback {
    /// Names the flow; the server finds the flow's cookie by it.
    pub state: String,
    issuer: Option<String>,
    outcome: CallbackOutcome,
}

/// What the flow remembers of the request that it sent.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The `state` that was sent.
    pub state: &'a str,
    /// The issuer of the provider that was asked.
    pub issuer: &'a str,
    /// Whether that provider always sends `iss`.
    pub sends_iss: bool,
}

impl Callback {
    /// Reads the query of a callback.
    ///
    /// # Errors
    /// [`CallbackRefused::Malformed`].
    pub fn read(parameters: &Parameters) -> Result<Self, CallbackRefused> {
        let one = |name| parameters.get(name).map_err(|_| CallbackRefused::Malformed);
        let state = one("state")?.filter(|state| state.len() <= MAX_STATE_BYTES).ok_or(CallbackRefused::Malformed)?;
        let code = one("code")?.filter(|code| code.len() <= MAX_CODE_BYTES);
        let outcome = match (code, one("error")?) {
            (Some(code), None) => CallbackOutcome::Code(code.into()),
            (None, Some(error)) => CallbackOutcome::Refused(refusal(error)),
            _ => return Err(CallbackRefused::Malformed),
        };
        Ok(Self { state: state.to_owned(), issuer: one("iss")?.map(str::to_owned), outcome })
    }

    /// What came back, if it answers the request that the flow sent, and comes from the provider that was asked.
    ///
    /// # Errors
    /// [`CallbackRefused::NotAskedFor`] or [`CallbackRefused::OtherProvider`].
    pub fn answer_to(self, asked: &Asked<'_>) -> Result<CallbackOutcome, CallbackRefused> {
        if self.state != asked.state {
            return Err(CallbackRefused::NotAskedFor);
        }
        match self.issuer {
            Some(issuer) if issuer != asked.issuer => Err(CallbackRefused::OtherProvider),
            None if asked.sends_iss => Err(CallbackRefused::OtherProvider),
            _ => Ok(self.outcome),
        }
    }
}

fn refusal(error: &str) -> UpstreamRefusal {
    match error {
        "access_denied" => UpstreamRefusal::AccessDenied,
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            UpstreamRefusal::InteractionNeeded
        }
        "server_error" | "temporarily_unavailable" => UpstreamRefusal::Unavailable,
        _ => UpstreamRefusal::Misconfigured,
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const CARD: &str = "https://card.example";

    fn follow(query: &str, sends_iss: bool) -> Result<CallbackOutcome, CallbackRefused> {
        Callback::read(&Parameters::parse(query))?.answer_to(&Asked { state: "flow", issuer: CARD, sends_iss })
    }

    fn refused(query: &str, sends_iss: bool) -> CallbackRefused {
        follow(query, sends_iss).unwrap_err()
    }

    #[test]
    fn a_code_for_the_flow() {
        for (query, sends_iss) in [
            ("state=flow&code=c", false),
            ("state=flow&code=c&iss=https%3A%2F%2Fcard.example", false),
            ("state=flow&code=c&iss=https%3A%2F%2Fcard.example&session_state=x", true),
        ] {
            let Ok(CallbackOutcome::Code(code)) = follow(query, sends_iss) else { panic!("{query}") };
            assert_eq!(code.expose_secret(), "c");
        }
    }

    #[test]
    fn a_login_response_that_nobody_asked_for() {
        assert_eq!(refused("state=other&code=c", false), CallbackRefused::NotAskedFor);
        assert_eq!(refused("code=c", false), CallbackRefused::Malformed);
    }

    // conforms: RFC 9700 §4.4 MUST
    #[test]
    fn mix_up() {
        assert_eq!(refused("state=flow&code=c&iss=https%3A%2F%2Fevil.example", false), CallbackRefused::OtherProvider);
        assert_eq!(
            refused("state=flow&code=c&iss=https%3A%2F%2Fcard.example%2F", true),
            CallbackRefused::OtherProvider
        );
        assert_eq!(refused("state=flow&code=c", true), CallbackRefused::OtherProvider);
        assert_eq!(refused("state=flow&error=access_denied", true), CallbackRefused::OtherProvider);
    }

    #[test]
    fn malformed_callbacks() {
        for query in
            ["", "state=flow", "state=flow&code=c&error=x", "state=flow&code=c&code=d", "state=flow&state=flow&code=c"]
        {
            assert_eq!(refused(query, false), CallbackRefused::Malformed, "{query}");
        }
    }

    #[test]
    fn refusals_lose_their_words() {
        for (error, refusal) in [
            ("access_denied", UpstreamRefusal::AccessDenied),
            ("login_required", UpstreamRefusal::InteractionNeeded),
            ("temporarily_unavailable", UpstreamRefusal::Unavailable),
            ("invalid_scope", UpstreamRefusal::Misconfigured),
            ("Yamada Taro", UpstreamRefusal::Misconfigured),
        ] {
            let outcome = follow(&format!("state=flow&error={error}&error_description=Yamada"), false).unwrap();
            assert!(matches!(outcome, CallbackOutcome::Refused(given) if given == refusal), "{error}");
            assert!(!format!("{outcome:?}").contains("Yamada"));
        }
    }

    proptest::proptest! {
        #[test]
        fn foreign_callbacks_never_panic(text in ".*") {
            let _ = follow(&text, true);
        }
    }
}
