//! What we speak to identity providers, as their client: discovery, the request, the callback, the token response, the ID
//! token and userinfo, each with every refusal that OpenID Connect asks of a client and a few more.
//!
//! Foreign input is parsed into values and errors of ours that cannot hold its text: an error of this module can be logged.

pub mod authorize;
pub mod callback;
pub mod claim_map;
pub mod client_assertion;
pub mod discovery;
pub mod id_token;
pub mod sealed_fields;
mod secret_json;
pub mod signed_userinfo;
pub mod token;
pub mod userinfo;
