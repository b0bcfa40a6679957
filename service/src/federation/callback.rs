//! The provider sends the browser back: who it is, what every rule says, and which way the sign-in goes from here.

use domain::attributes::Items;
use domain::calendar::{self, Month};
use domain::ids::{FlowId, IdentityProviderId};
use domain::names::TenantSlug;
use oidc::parameters::Parameters;
use oidc::upstream::callback::{self, Callback, CallbackOutcome, UpstreamRefusal};
use oidc::upstream::id_token::{Freshness, IdTokenRefused, UpstreamIdentity};
use oidc::upstream::userinfo::UpstreamAttributes;
use secrecy::SecretString;
use time::{Duration, OffsetDateTime};

use super::determine::CardFacts;
use super::finish::items_asked;
use super::flow::{Carded, Ending, Flow, Kind, Stage};
use super::found_again::Lookup;
use super::provider::{Provider, ProviderFailure, Redemption};
use super::provider_settings::{ProviderLevel, Verified};
use super::published::Published;
use super::recognise::CardRead;
use super::send::{SentUpstream, place};
use super::{Browser, Cookies, Go, Step, Stop};
use crate::Service;
use crate::error::Error;

/// What was sent upstream, as the flow remembers it.
pub(super) struct AwayAt {
    provider: IdentityProviderId,
    sent: SentUpstream,
    sent_at: i64,
    fresh: bool,
}

/// What a provider attests, of a level that the connection names.
pub(super) struct Attested<'p> {
    identity: UpstreamIdentity,
    pub(super) upstream: UpstreamAttributes,
    pub(super) level: &'p ProviderLevel,
    /// The place of the level among the connection's.
    place: usize,
    pub(super) verified: Option<Month>,
    auth_time: OffsetDateTime,
}

/// How far a provider's clock may be ahead where it says when it verified something.
const CLOCK_SKEW: Duration = Duration::minutes(5);

impl Service {
    /// Takes up a sign-in where the provider left it. `from` is the connection that the address names, if it names one.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`] without a database; a provider that is down, slow or
    /// talks nonsense is an ending of the flow, which can be tried again.
    pub async fn answer_callback(
        &self,
        slug: &TenantSlug,
        from: Option<IdentityProviderId>,
        parameters: &Parameters,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Ok(callback) = Callback::read(parameters) else { return Ok(Step::stop(Stop::NotAskedFor)) };
        let id: Option<FlowId> = callback.state.get(..32).and_then(|id| id.parse().ok());
        let Some(id) = id else { return Ok(Step::stop(Stop::NotAskedFor)) };
        let Some(flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        let Stage::Away { provider, seed, sent_at, fresh } = &flow.stage else {
            // The back button, or the same callback twice: the flow is further on already.
            return Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() });
        };
        let away = AwayAt { provider: *provider, sent: SentUpstream::of(id, seed), sent_at: *sent_at, fresh: *fresh };
        // A connection that is tried out may not be in use.
        let tried = match &flow.kind {
            Kind::TryOut(id) => self.connection_to_try(&published, *id).await?,
            _ => None,
        };
        let known = tried.as_ref().or_else(|| published.provider(away.provider));
        let Some(provider) = known.filter(|provider| provider.id == away.provider) else {
            return self.end(&published, flow, browser, Ending::Changed).await;
        };
        // Another connection's answer, brought to this flow's state by a provider that was asked (RFC 9700, section 4.4.2.2):
        // its code is presented nowhere.
        if provider.own_callback() != from {
            return Ok(Step::stop(Stop::NotAskedFor));
        }
        let sends_iss = match self.provider_metadata(provider).await {
            Ok(metadata) => metadata.sends_iss,
            Err(failure) => return self.fail(&published, flow, browser, failure).await,
        };
        let asked = callback::Asked { state: &away.sent.state, issuer: &provider.issuer, sends_iss };
        let code = match callback.answer_to(&asked) {
            Ok(CallbackOutcome::Code(code)) => code,
            Ok(CallbackOutcome::Refused(UpstreamRefusal::AccessDenied)) => {
                return self.end(&published, flow, browser, Ending::ProviderDeclined).await;
            }
            Ok(CallbackOutcome::Refused(refusal)) => {
                tracing::warn!(?refusal, "the identity provider refused");
                return self.end(&published, flow, browser, Ending::ProviderFailed).await;
            }
            Err(_) => return Ok(Step::stop(Stop::NotAskedFor)),
        };
        if matches!(flow.kind, Kind::TryOut(_)) {
            return self.take_try_out(&published, provider, flow, browser, &away, &code).await;
        }
        let read = self.read_card(&published, provider, &flow, &away, &code).await;
        self.providers.note(provider.connection(), &read, self.clock.seconds());
        let read = match read {
            Ok(read) => read,
            Err(failure) => return self.fail(&published, flow, browser, failure).await,
        };
        self.recognise(&published, flow, read, browser).await
    }

    /// Redeems the provider's code, and asks what it attests.
    pub(super) async fn attest<'p>(
        &self,
        published: &Published,
        provider: &'p Provider,
        flow: &Flow,
        away: &AwayAt,
        code: &SecretString,
    ) -> Result<Attested<'p>, ProviderFailure> {
        let freshness = match &flow.kind {
            _ if away.fresh => Freshness::NotBefore(moment(away.sent_at)),
            Kind::Service(asked) => match asked.max_age_seconds {
                Some(seconds) if seconds > 0 => Freshness::MaxAge(Duration::seconds(seconds.into())),
                _ => Freshness::Any,
            },
            Kind::TownPage | Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => Freshness::Any,
        };
        let redemption = Redemption {
            provider,
            keys: &published.keys,
            callback: &self.callback_url(published, provider),
            code,
            verifier: &away.sent.verifier,
            nonce: &away.sent.nonce,
            freshness,
        };
        let (identity, tokens) = self.redeem_upstream(&redemption).await?;
        let upstream = self.attested(provider, &published.keys, &identity, &tokens).await?;
        let now = self.clock.now();
        // A provider that does not say when attests a sign-in that happened within this flow.
        let auth_time = identity.auth_time.unwrap_or(now).min(now);
        let level = identity.acr.and_then(|place| Some((place, provider.settings.levels.get(place)?)));
        let (place, level) = level.ok_or(ProviderFailure::IdToken(IdTokenRefused::Assurance))?;
        let verified = match provider.settings.verified {
            Verified::AtSignIn => Some(Month::at(auth_time)),
            Verified::Stated => upstream.verified_at.filter(|at| *at <= now + CLOCK_SKEW).map(Month::at),
            Verified::NotStated => None,
        };
        Ok(Attested { identity, upstream, level, place, verified, auth_time })
    }

    /// Reads what the provider attests, and keeps of the attributes what may still be handed over, apart from what the rules
    /// are decided on.
    async fn read_card(
        &self,
        published: &Published,
        provider: &Provider,
        flow: &Flow,
        away: &AwayAt,
        code: &SecretString,
    ) -> Result<CardRead, ProviderFailure> {
        let Attested { identity, upstream, level, place, verified, auth_time } =
            self.attest(published, provider, flow, away, code).await?;
        let source = provider.settings.address_source;
        let facts = CardFacts::of(&upstream, source, verified);
        let lookup = Lookup::of(published, provider, &identity.subject, upstream.former_subject.as_ref());
        let taken = match &flow.kind {
            Kind::Service(asked) => published.party(asked.party).map(|party| items_asked(party, asked)),
            Kind::Test(party) => published.party(*party).map(|party| party.content.item_set()),
            Kind::TownPage | Kind::Merge(_) | Kind::TryOut(_) => None,
        };
        let taken = taken.unwrap_or(Items::NONE);
        let today = calendar::tokyo_date(self.clock.now());
        let carded = Carded {
            provider: provider.id,
            person: lookup.stranger(),
            assurance: level.assurance,
            method: level.method,
            level: u8::try_from(place).unwrap_or(u8::MAX),
            auth_time: auth_time.unix_timestamp(),
            source,
            verified,
            basis: published.basis(provider.id),
            determined: Vec::new(),
            attributes: upstream.attributes.with_coarse(taken, facts.lives_in(), today).only(taken),
        };
        Ok(CardRead { carded, facts, lookup })
    }
}

fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
