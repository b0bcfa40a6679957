//! Requests that a service signs (RFC 9101), by value: at the authorization endpoint and where they are pushed.

use std::borrow::Cow;

use domain::configuration::SecurityProfile;
use oidc::ProtocolError;
use oidc::parameters::Parameters;
use oidc::provider::request_object::{self, Expected};

use super::published::{Party, Published};
use crate::Service;

impl Service {
    /// The parameters that count: those that the relying party signed, where it signed some, and then no others.
    ///
    /// # Errors
    /// `invalid_request_object`; `invalid_request` where it must sign and did not.
    pub(super) async fn counting_parameters<'p>(
        &self,
        published: &Published,
        party: &Party,
        given: &'p Parameters,
    ) -> Result<Cow<'p, Parameters>, ProtocolError> {
        let Some(object) = request_object::given(given)? else {
            return if party.content.client.signed_only {
                Err(ProtocolError::invalid_request("this client's requests must be signed"))
            } else {
                Ok(Cow::Borrowed(given))
            };
        };
        let unsigned = request_object::refused("the request object is not signed with a key of the client");
        let signed = self.signed_by(party, object).await.ok_or(unsigned)?;
        let settings = &party.content.client;
        // Where nothing but signed requests counts an old one must not; elsewhere whoever has an old one could as well make one
        // without a signature.
        let ends = settings.signed_only || settings.profile == SecurityProfile::Fapi2;
        let expected = Expected { client_id: &party.client_id, issuer: &published.issuer, now: self.clock.now(), ends };
        request_object::parameters(&signed, &expected).map(Cow::Owned)
    }
}
