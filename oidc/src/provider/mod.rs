//! What services speak to: the authorization, token and userinfo endpoints as pure requests and responses.
//!
//! The town's gateway is one such provider; the sandbox card reader is another, smaller one with keys of its own.

pub mod authorize;
pub mod authorize_response;
pub mod bearer;
pub mod claims;
pub mod claims_request;
pub mod client_assertion;
pub mod client_authentication;
pub mod client_metadata;
pub mod dpop;
pub mod former_ids;
pub mod id_token_hint;
pub mod introspection;
pub mod logout;
pub mod metadata;
pub mod pushed;
pub mod refresh;
pub mod request_object;
pub mod sector;
pub mod security_event;
pub mod token;
pub mod verified_claims;
