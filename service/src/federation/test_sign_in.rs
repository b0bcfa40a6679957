//! A clerk's test of a relying party: the whole way to the card and back, and then, in place of a code, what the service would
//! be told. Nothing about the person is written; that somebody tested is an act of staff and stands in the audit trail.

use std::sync::Arc;

use domain::assurance::Assurance;
use domain::calendar::Month;
use domain::ids::{FlowId, RelyingPartyId, ResidencyRuleId, ResidentId};
use domain::locale::{Locale, Localized};
use domain::names::TenantSlug;
use domain::paths;
use domain::residency::{AddressSource, Outcome, ReasonCode};
use oidc::provider::claims::{AttributeClaims, ResidencyClaim, UserinfoClaims};
use oidc::provider::verified_claims::VerifiedAnswer;
use zeroize::Zeroizing;

use super::flow::{Carded, Ending, Flow, Kind, Stage};
use super::published::{Party, Published};
use super::views::SecretClaim;
use super::{Browser, Step};
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::Error;
use crate::gate::{self, Caller, Resource, action};

/// The page of a test, before it and after it.
pub struct TestPage {
    /// What residents call the service.
    pub service: Localized,
    /// The name of the identity provider; none where the town has none, so that nothing can be tested.
    pub provider: Option<Localized>,
    /// How far the test is.
    pub standing: TestStanding,
    /// Origins that `form-action` needs beside `'self'`: the provider's.
    pub form_origins: Vec<String>,
}

/// How far a test is.
pub enum TestStanding {
    /// It was not begun.
    Ready,
    /// The card was read.
    Read(Box<TestView>),
    /// It ended before that.
    Ended(Ending),
    /// The browser has no such test any more: half an hour is over, or more than three sign-ins were begun.
    Gone,
}

/// What a service would be told about the card that was read.
pub struct TestView {
    /// The rule that decided.
    pub rule: ResidencyRuleId,
    /// Its name.
    pub rule_name: Localized,
    /// Its version.
    pub rule_number: u32,
    /// What it says.
    pub outcome: Outcome,
    /// Why.
    pub reason: ReasonCode,
    /// Until when it would hold.
    pub expires: Option<Month>,
    /// Where the provider had the address from.
    pub source: AddressSource,
    /// As of which month.
    pub verified: Option<Month>,
    /// The level that was reached.
    pub assurance: Assurance,
    /// Why there would be no code.
    pub refusal: Option<TestRefusal>,
    /// The body of the userinfo response where there would be a code, as indented JSON. The `sub` is nobody's.
    pub userinfo: Option<SecretClaim>,
}

/// What would go back to the service in place of a code.
pub struct TestRefusal {
    /// Why.
    pub ending: Ending,
    /// The error code (RFC 6749, section 4.1.2.1).
    pub code: &'static str,
    /// Its description.
    pub description: &'static str,
}

impl Service {
    /// Begins a sign-in that shows a clerk what a service would be told.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the relying party is not published, or the caller may not try it.
    pub async fn begin_test_sign_in(
        &self,
        caller: &Caller,
        slug: &TenantSlug,
        party: RelyingPartyId,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let published = self.published_to(caller, slug).await?;
        let tested = published.party(party).ok_or(Error::NotFound)?;
        let mut scope = self.gate.open(caller, action::Create, Resource::TestSignIn).await?;
        scope.audit(Act {
            kind: ActKind::TestSignIn,
            object_kind: Resource::TestSignIn.as_str(),
            object_id: party.to_string(),
            text: ActText { object: tested.content.name.get(Locale::Ja).to_owned(), ..ActText::default() },
        });
        scope.commit().await?;
        let flow = self.new_flow(Kind::Test(party), browser, None)?;
        self.send_to_card(&published, flow, browser).await
    }

    /// The page of a test: before it, or after it where `flow` names one that this browser has.
    ///
    /// # Errors
    /// As [`Service::begin_test_sign_in`].
    pub async fn test_page(
        &self,
        caller: &Caller,
        slug: &TenantSlug,
        party: RelyingPartyId,
        flow: Option<FlowId>,
        browser: &Browser,
    ) -> Result<TestPage, Error> {
        caller.require(gate::Act::Create, Resource::TestSignIn)?;
        let published = self.published_to(caller, slug).await?;
        let tested = published.party(party).ok_or(Error::NotFound)?;
        let standing = match flow {
            None => TestStanding::Ready,
            Some(id) => match self.open_flow(&published, browser, id).await? {
                Some(flow) if matches!(flow.kind, Kind::Test(of) if of == party) => {
                    standing(&published, &flow, tested)?
                }
                _ => TestStanding::Gone,
            },
        };
        Ok(TestPage {
            service: tested.content.name.clone(),
            provider: published.providers.first().map(|provider| provider.name.clone()),
            standing,
            form_origins: published.provider_origins(),
        })
    }

    /// What is published in the organisation that the caller was made for, and in no other.
    pub(super) async fn published_to(&self, caller: &Caller, slug: &TenantSlug) -> Result<Arc<Published>, Error> {
        let published = self.published(slug).await?;
        if published.id() == caller.organisation() { Ok(published) } else { Err(Error::NotFound) }
    }
}

/// Where a test goes on: its own page in the console, with the flow that it is about.
pub(super) fn place(slug: &TenantSlug, party: RelyingPartyId, flow: FlowId) -> String {
    format!("{}?flow={flow}", paths::console_relying_party_test(slug, party))
}

fn standing(published: &Published, flow: &Flow, party: &Party) -> Result<TestStanding, Error> {
    match &flow.stage {
        Stage::Carded(carded) => match view(published, party, carded)? {
            Some(view) => Ok(TestStanding::Read(Box::new(view))),
            None => Ok(TestStanding::Ended(Ending::Changed)),
        },
        Stage::Ended(ending) | Stage::Held(ending, _) => Ok(TestStanding::Ended(*ending)),
        // The browser came back from the provider by its history.
        Stage::Away { .. } => Ok(TestStanding::Ended(Ending::ProviderDeclined)),
        Stage::Arrived | Stage::Choosing { .. } | Stage::Known(_) | Stage::Other(..) | Stage::Tried(_) => {
            Ok(TestStanding::Gone)
        }
    }
}

/// None if rules were published since the card was read.
fn view(published: &Published, party: &Party, carded: &Carded) -> Result<Option<TestView>, Error> {
    let Some((at, rule)) = published.rule(party.content.rule) else { return Ok(None) };
    let unchanged = carded.basis == published.basis(carded.provider);
    let Some(determined) = carded.determined.get(at).filter(|_| unchanged) else { return Ok(None) };
    let expires = determined.eligible().map(|term| term.expires);
    let ending = if determined.outcome() != Outcome::Eligible {
        Some(Ending::Determined(determined.reason))
    } else if !carded.assurance.meets(party.content.minimum) {
        Some(Ending::TooWeak)
    } else if !party.content.item_set().minus(carded.attributes.items()).is_empty() {
        Some(Ending::ItemMissing)
    } else {
        None
    };
    let refusal = ending.map(|ending| {
        let error = ending.for_client();
        TestRefusal { ending, code: error.code.as_str(), description: error.description }
    });
    let userinfo = match refusal {
        Some(_) => None,
        None => Some(userinfo(published, party, carded, expires)?),
    };
    Ok(Some(TestView {
        rule: rule.id,
        rule_name: rule.content.name.clone(),
        rule_number: rule.number,
        outcome: determined.outcome(),
        reason: determined.reason,
        expires,
        source: carded.source,
        verified: carded.verified,
        assurance: carded.assurance,
        refusal,
        userinfo,
    }))
}

fn userinfo(
    published: &Published,
    party: &Party,
    carded: &Carded,
    expires: Option<Month>,
) -> Result<SecretClaim, Error> {
    let residency = ResidencyClaim {
        eligible: true,
        municipality: published.tenant.code.clone(),
        valid_until: expires,
        verified_at: carded.verified,
    };
    // Nobody's pseudonym: a test gives the clerk none, neither a new one nor the one that the clerk may have as a resident.
    let example = party.subject(&published.keys, ResidentId::from_uuid(uuid::Uuid::nil()));
    let claims = UserinfoClaims {
        sub: &example,
        residency: Some(&residency),
        sandbox: published.sandbox(),
        attributes: AttributeClaims::of(&carded.attributes),
        verified_claims: VerifiedAnswer::default(),
    };
    // Room for the largest answer at once: growing would leave copies behind that nobody wipes.
    let mut json = Zeroizing::new(Vec::with_capacity(8 * 1024));
    serde_json::to_writer_pretty(&mut *json, &claims).map_err(|_| Error::internal("claims"))?;
    let text = std::str::from_utf8(&json).map_err(|_| Error::internal("claims"))?;
    Ok(Zeroizing::new(text.to_owned()))
}
