//! How somebody was identified, as far as a service may be told: date and method of the card that was read in this flow. What
//! is not known for certain is left out.

use domain::assurance::Method;
use domain::residency::AddressSource;
use oidc::provider::verified_claims::{Evidence, TrustFramework, Verification};

use super::Verified;
use super::flow::Carded;
use super::published::Published;

impl Published {
    fn trust_framework(&self) -> TrustFramework {
        if self.sandbox() { TrustFramework::Sandbox } else { TrustFramework::Ds511 }
    }

    /// How the holder of a card that was read in a flow is identified by it. None without the card, and of data that the
    /// provider keeps from some earlier day: nobody tells us how it came by them.
    pub(super) fn verification(&self, carded: &Carded) -> Option<Verification> {
        let settings = &self.provider(carded.provider)?.settings;
        Some(Verification {
            framework: self.trust_framework(),
            ial: carded.assurance.ial,
            evidence: evidence(carded.method, carded.source)?,
            time: (settings.verified == Verified::AtSignIn).then_some(carded.auth_time),
        })
    }

    /// What can be said of verifications in this town at best; none where nothing can.
    pub(super) fn verifications(&self) -> Option<(TrustFramework, Evidence)> {
        let levels = self.providers.iter().flat_map(|provider| {
            let source = provider.settings.address_source;
            provider.settings.levels.iter().filter_map(move |level| evidence(level.method, source))
        });
        let strongest = levels.max_by_key(|evidence| match evidence {
            Evidence::NotStated => 0,
            Evidence::Card => 1,
            Evidence::Certificate => 2,
        });
        strongest.map(|evidence| (self.trust_framework(), evidence))
    }
}

fn evidence(method: Method, source: AddressSource) -> Option<Evidence> {
    match (method, source) {
        (_, AddressSource::StoredByProvider) => None,
        (Method::Card, AddressSource::SignatureCertificate) => Some(Evidence::Certificate),
        (Method::Card, AddressSource::CardSurface) => Some(Evidence::Card),
        // The certificate on a phone is no document for which there is a word.
        (Method::PhoneCertificate, _) => Some(Evidence::NotStated),
        (Method::ProviderDevice | Method::Session | Method::DevicePasskey | Method::SyncedPasskey, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_read_in_the_flow_is_verified() {
        use AddressSource::{CardSurface, SignatureCertificate, StoredByProvider};
        assert_eq!(evidence(Method::Card, SignatureCertificate), Some(Evidence::Certificate));
        assert_eq!(evidence(Method::Card, CardSurface), Some(Evidence::Card));
        assert_eq!(evidence(Method::Card, StoredByProvider), None);
        assert_eq!(evidence(Method::PhoneCertificate, SignatureCertificate), Some(Evidence::NotStated));
        for method in [Method::ProviderDevice, Method::Session, Method::DevicePasskey, Method::SyncedPasskey] {
            assert_eq!(evidence(method, SignatureCertificate), None);
        }
    }
}
