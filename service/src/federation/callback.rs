//! The provider sends the browser back: who it is, what every rule says, and which way the sign-in goes from here.

use domain::attributes::Items;
use domain::calendar::Month;
use domain::consent;
use domain::ids::{FlowId, IdentityProviderId, RelyingPartyId, ResidentId};
use domain::names::TenantSlug;
use domain::paths;
use domain::residency::{Outcome, ReasonCode};
use oidc::parameters::Parameters;
use oidc::provider::authorize::Prompt;
use oidc::upstream::callback::{self, Callback, CallbackOutcome, UpstreamRefusal};
use oidc::upstream::id_token::{Freshness, IdTokenRefused};
use oidc::{ErrorCode, ProtocolError};
use secrecy::SecretString;
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use super::authorize::{SentUpstream, parts, place, reaches};
use super::finish::{Finished, Finishing, Who, items_asked, items_handed_over, response};
use super::flow::{Asked, Carded, Ending, Flow, Kind, Person, Stage};
use super::provider::{Provider, ProviderFailure, Redemption, Verified};
use super::published::Published;
use super::{Browser, Cookies, Go, Step, Stop, determine, store};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, WriteScope, action};
use crate::usage::tally::{self, Tally};

/// What was sent upstream, as the flow remembers it.
struct AwayAt {
    provider: IdentityProviderId,
    sent: SentUpstream,
    sent_at: i64,
    fresh: bool,
}

/// Which way a sign-in goes after the card.
enum Way {
    Consent,
    Code,
    Session,
    End(Ending),
    /// Back to the service with an error of the protocol.
    Refuse(ProtocolError),
}

impl Service {
    /// Takes up a sign-in where the provider left it.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`] without a database; a provider that is down, slow or
    /// talks nonsense is an ending of the flow, which can be tried again.
    pub async fn answer_callback(
        &self,
        slug: &TenantSlug,
        parameters: &Parameters,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Ok(callback) = Callback::read(parameters) else { return Ok(Step::stop(Stop::NotAskedFor)) };
        let id: Option<FlowId> = callback.state.get(..32).and_then(|id| id.parse().ok());
        let Some(id) = id else { return Ok(Step::stop(Stop::NotAskedFor)) };
        let Some(mut flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        let Stage::Away { provider, seed, sent_at, fresh } = &flow.stage else {
            // The back button, or the same callback twice: the flow is further on already.
            return Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() });
        };
        let away = AwayAt { provider: *provider, sent: SentUpstream::of(id, seed), sent_at: *sent_at, fresh: *fresh };
        let Some(provider) = published.provider.as_ref().filter(|provider| provider.id == away.provider) else {
            return self.end(&published, flow, browser, Ending::Changed).await;
        };
        let sends_iss = match self.provider_metadata(&provider.issuer).await {
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
        let (carded, lookup) = match self.read_card(&published, provider, &flow, &away, &code).await {
            Ok(read) => read,
            Err(failure) => return self.fail(&published, flow, browser, failure).await,
        };
        flow.stage = Stage::Carded(Box::new(carded));
        self.recognise(&published, flow, &lookup, browser).await
    }

    /// Redeems the provider's code, decides every rule, and keeps of the attributes what may still be handed over.
    async fn read_card(
        &self,
        published: &Published,
        provider: &Provider,
        flow: &Flow,
        away: &AwayAt,
        code: &SecretString,
    ) -> Result<(Carded, Lookup), ProviderFailure> {
        let freshness = match &flow.kind {
            _ if away.fresh => Freshness::NotBefore(moment(away.sent_at)),
            Kind::Service(asked) => match asked.max_age_seconds {
                Some(seconds) if seconds > 0 => Freshness::MaxAge(Duration::seconds(seconds.into())),
                _ => Freshness::Any,
            },
            Kind::TownPage | Kind::Test(_) => Freshness::Any,
        };
        let redemption = Redemption {
            provider,
            key: &published.keys.upstream,
            callback: &self.callback_url(published),
            code,
            verifier: &away.sent.verifier,
            nonce: &away.sent.nonce,
            freshness,
        };
        let (identity, tokens) = self.redeem_upstream(&redemption).await?;
        let attested = self.attested(provider, &identity, &tokens).await?;
        let now = self.clock.now();
        // A provider that does not say when attests a sign-in that happened within this flow.
        let auth_time = identity.auth_time.unwrap_or(now).min(now);
        let level = identity
            .acr
            .and_then(|at| provider.settings.levels.get(at))
            .ok_or(ProviderFailure::IdToken(IdTokenRefused::Assurance))?;
        let verified = match provider.settings.verified {
            Verified::AtSignIn => Some(Month::at(auth_time)),
            Verified::NotStated => None,
        };
        let source = provider.settings.address_source;
        let attributes = attested.attributes;
        let determined = determine::decide(published, &attributes, source, verified, now);
        let lookup = Lookup::of(published, provider, &identity.subject);
        let taken = match &flow.kind {
            Kind::Service(asked) => published.party(asked.party).map(|party| items_asked(party, asked)),
            Kind::Test(party) => published.party(*party).map(|party| party.content.item_set()),
            Kind::TownPage => None,
        };
        let carded = Carded {
            provider: provider.id,
            person: lookup.stranger(),
            assurance: level.assurance,
            method: level.method,
            auth_time: auth_time.unix_timestamp(),
            source,
            verified,
            rules_mark: published.rules_mark,
            determined,
            attributes: attributes.only(taken.unwrap_or(Items::NONE)),
        };
        Ok((carded, lookup))
    }

    /// Finds the person again and goes on: to a page, or straight back to the service.
    async fn recognise(
        &self,
        published: &Published,
        mut flow: Flow,
        lookup: &Lookup,
        browser: &Browser,
    ) -> Result<Step, Error> {
        if matches!(flow.kind, Kind::Test(_)) {
            return self.show(published, &flow, browser).await;
        }
        let caller = self.sign_in(published);
        let found = {
            let scope = self.gate.open(&caller, action::Read, Resource::Resident).await?;
            store::find_resident(&scope, lookup.all()).await?
        };
        let Some(found) = found else {
            let way = match &mut flow.stage {
                Stage::Carded(carded) => way(published, &flow.kind, carded, None, None)?,
                _ => return Err(Error::internal("a flow without its card")),
            };
            if let (Way::End(ending), Some(party)) = (&way, flow.party()) {
                self.count_ending(published, party, *ending).await?;
            }
            return self.follow(published, flow, browser, way).await;
        };
        let resident = ResidentId::from_uuid(found.id);
        let scope = self.gate.open(&caller, action::Update, Resource::Resident).await?;
        let Stage::Carded(carded) = &mut flow.stage else { return Err(Error::internal("a flow without its card")) };
        carded.person = Person::Found(resident);
        let mut moved_away = false;
        if !store::lock_resident(&scope, resident).await? {
            // Deleted a moment ago, by the person: a stranger again.
            carded.person = lookup.stranger();
        } else {
            determine::renew(&scope, &found, lookup.current(), lookup.pepper(), carded).await?;
            let now = self.clock.seconds();
            moved_away = determine::write_outcomes(&scope, published, resident, carded, now).await?;
        }
        let grant = match flow.kind {
            Kind::Service(ref asked) => store::find_grant(&scope, resident, Some(asked.party)).await?,
            Kind::TownPage | Kind::Test(_) => None,
        };
        let existing = grant.as_ref().map(store::existing).transpose()?;
        let way = match way(published, &flow.kind, carded, Some(resident), existing.as_ref())? {
            Way::End(Ending::Determined(ReasonCode::LivesElsewhere | ReasonCode::LivesAbroad)) if moved_away => {
                Way::End(Ending::MovedAway)
            }
            way => way,
        };
        self.follow_written(published, scope, flow, browser, way).await
    }

    /// Goes the way of somebody whose outcomes were just written, in the same transaction where more is to be written.
    async fn follow_written(
        &self,
        published: &Published,
        scope: WriteScope,
        flow: Flow,
        browser: &Browser,
        way: Way,
    ) -> Result<Step, Error> {
        let Stage::Carded(carded) = &flow.stage else { return Err(Error::internal("a flow without its card")) };
        match (&way, &flow.kind) {
            (Way::Code, Kind::Service(asked)) => {
                let Some((party, ..)) = parts(published, asked) else { return Ok(Step::stop(Stop::NotSetUp)) };
                let finishing = Finishing {
                    published,
                    browser,
                    flow: flow.id,
                    party,
                    asked,
                    who: Who::Card(carded),
                    consent: None,
                    keep_session: true,
                };
                let finished = self.finish(&scope, &finishing).await?;
                scope.commit().await?;
                self.deliver(published, &flow, asked, party, finished).await
            }
            (Way::Session, _) => {
                let Person::Found(resident) = carded.person else { return Err(Error::internal("nobody was found")) };
                let proof = Who::Card(carded).proof();
                let (_, session) = self.open_session(&scope, published, browser, resident, proof).await?;
                scope.commit().await?;
                let cookies = Cookies { forget: vec![flow.id], session, ..Cookies::default() };
                Ok(Step { go: Go::To(paths::me(&published.slug)), cookies })
            }
            (Way::End(ending), Kind::Service(asked)) => {
                if let Some(tally) = tally_of(*ending) {
                    let month = Month::at(self.clock.now()).to_string();
                    tally::add_one(&scope, self.rng, asked.party, &month, tally).await?;
                }
                scope.commit().await?;
                self.follow(published, flow, browser, way).await
            }
            _ => {
                scope.commit().await?;
                self.follow(published, flow, browser, way).await
            }
        }
    }

    /// Goes a way on which nothing more is written.
    async fn follow(&self, published: &Published, mut flow: Flow, browser: &Browser, way: Way) -> Result<Step, Error> {
        match way {
            Way::Consent => match self.keep_flow(published, browser, &flow).await? {
                Ok(cookies) => Ok(Step { go: Go::To(place(published, &flow)), cookies }),
                // Only attributes vary in length: these are longer than what a card holds.
                Err(_) => {
                    flow.stage = Stage::Ended(Ending::ItemMissing);
                    self.show(published, &flow, browser).await
                }
            },
            Way::End(ending) => {
                flow.stage = Stage::Ended(ending);
                self.show(published, &flow, browser).await
            }
            Way::Refuse(error) => {
                let back = match &flow.kind {
                    Kind::Service(asked) => published
                        .party(asked.party)
                        .and_then(|party| response(published, party, asked))
                        .map(|response| response.error(&error)),
                    Kind::TownPage | Kind::Test(_) => None,
                };
                match back {
                    Some(url) => {
                        let cookies = Cookies { forget: vec![flow.id], ..Cookies::default() };
                        Ok(Step { go: Go::Away(url), cookies })
                    }
                    None => Ok(Step::stop(Stop::FlowGone)),
                }
            }
            Way::Code | Way::Session => Err(Error::internal("a way that writes was not written")),
        }
    }

    /// Hands a code over, or says why there is none.
    pub(super) async fn deliver(
        &self,
        published: &Published,
        flow: &Flow,
        asked: &Asked,
        party: &super::published::Party,
        finished: Finished,
    ) -> Result<Step, Error> {
        match finished {
            Finished::Code(code, session) => {
                let url = self.hand_over(published, party, asked, &code).await?;
                let mut cookies = Cookies { session, ..Cookies::default() };
                // For the life of the code the same answer may be given again; a shared computer keeps nothing.
                match self.seal_flow(published, flow).await? {
                    Ok(cookie) if !matches!(cookies.session, super::SessionCookie::Remove) => {
                        cookies.flows = vec![super::FlowCookie { seconds: super::code::CODE_SECONDS, ..cookie }];
                    }
                    _ => cookies.forget = vec![flow.id],
                }
                Ok(Step { go: Go::Away(url), cookies })
            }
            Finished::AlreadyDone => Ok(Step::stop(Stop::AlreadyDone)),
            Finished::Gone => Ok(Step::stop(Stop::FlowGone)),
        }
    }

    async fn fail(
        &self,
        published: &Published,
        flow: Flow,
        browser: &Browser,
        failure: ProviderFailure,
    ) -> Result<Step, Error> {
        tracing::warn!(%failure, "the identity provider cannot be used");
        let weak = matches!(failure, ProviderFailure::IdToken(IdTokenRefused::Stale | IdTokenRefused::Assurance));
        let ending = if weak { Ending::TooWeak } else { Ending::ProviderFailed };
        self.end(published, flow, browser, ending).await
    }

    /// Ends a flow without a code, counts that, and shows its outcome page.
    pub(super) async fn end(
        &self,
        published: &Published,
        mut flow: Flow,
        browser: &Browser,
        ending: Ending,
    ) -> Result<Step, Error> {
        if let (Kind::Service(asked), Some(_)) = (&flow.kind, tally_of(ending)) {
            self.count_ending(published, asked.party, ending).await?;
        }
        flow.stage = Stage::Ended(ending);
        self.show(published, &flow, browser).await
    }

    async fn count_ending(&self, published: &Published, party: RelyingPartyId, ending: Ending) -> Result<(), Error> {
        match tally_of(ending) {
            Some(tally) => self.count(published, party, tally).await,
            None => Ok(()),
        }
    }

    /// Adds one to a counter, and writes nothing else.
    pub(super) async fn count(&self, published: &Published, party: RelyingPartyId, tally: Tally) -> Result<(), Error> {
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Update, Resource::UsageCounter).await?;
        let month = Month::at(self.clock.now()).to_string();
        tally::add_one(&scope, self.rng, party, &month, tally).await?;
        scope.commit().await
    }
}

/// Under which counter an ending goes; giving up at the provider is nobody's failure.
fn tally_of(ending: Ending) -> Option<Tally> {
    match ending {
        Ending::Determined(reason) => match reason.outcome() {
            Outcome::Eligible => None,
            Outcome::NotEligible => Some(Tally::NotEligible),
            Outcome::Undecidable => Some(Tally::Undecidable),
        },
        Ending::MovedAway => Some(Tally::NotEligible),
        Ending::ProviderFailed | Ending::TooWeak | Ending::ItemMissing => Some(Tally::Failed),
        Ending::ProviderDeclined | Ending::Changed => None,
    }
}

/// Which way it goes, given what the card and the register say. Narrows the attributes down to what this flow hands over.
fn way(
    published: &Published,
    kind: &Kind,
    carded: &mut Carded,
    resident: Option<ResidentId>,
    existing: Option<&consent::ExistingGrant>,
) -> Result<Way, Error> {
    let asked = match kind {
        Kind::Service(asked) => asked,
        Kind::TownPage => return Ok(way_to_town_page(published, carded)),
        Kind::Test(_) => return Ok(Way::Consent),
    };
    let Some((party, rule, text)) = parts(published, asked) else { return Ok(Way::End(Ending::Changed)) };
    let at = published.rule(rule.id).map_or(usize::MAX, |(at, _)| at);
    let Some(determined) = carded.determined.get(at) else { return Ok(Way::End(Ending::Changed)) };
    if determined.outcome() != Outcome::Eligible {
        return Ok(Way::End(Ending::Determined(determined.reason)));
    }
    if !reaches(carded.assurance, party, asked) {
        return Ok(Way::End(Ending::TooWeak));
    }
    let expected = match (asked.subject, resident) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(_), Some(resident)) => asked.accepts_subject(&party.subject(&published.keys, resident)),
    };
    if !expected {
        let error = ProtocolError::new(ErrorCode::LoginRequired, "somebody else signed in than the one asked for");
        return Ok(Way::Refuse(error));
    }
    let items = items_handed_over(party, asked, existing);
    if !items.minus(carded.attributes.items()).is_empty() {
        return Ok(Way::End(Ending::ItemMissing));
    }
    carded.attributes = std::mem::take(&mut carded.attributes).only(items);
    let prompt_consent = asked.prompt.contains(Prompt::Consent);
    let due = consent::consent_due(existing, text.version(), items_asked(party, asked), prompt_consent);
    Ok(if due.is_due() { Way::Consent } else { Way::Code })
}

/// Somebody who is in the register comes to the own page whatever the rule says now: to see and to end what is there.
fn way_to_town_page(published: &Published, carded: &Carded) -> Way {
    if matches!(carded.person, Person::Found(_)) {
        return Way::Session;
    }
    let determined = published.town_page().and_then(|(at, ..)| carded.determined.get(at));
    match determined {
        None => Way::End(Ending::Changed),
        Some(determined) if determined.outcome() == Outcome::Eligible => Way::Consent,
        Some(determined) => Way::End(Ending::Determined(determined.reason)),
    }
}

/// The digests under which a person may be found, the current pepper's first.
struct Lookup(Vec<(i64, Zeroizing<[u8; 32]>)>);

impl Lookup {
    fn of(published: &Published, provider: &Provider, subject: &str) -> Self {
        let digest = |(number, pepper): &(i64, oidc::subject::LookupPepper)| {
            (*number, pepper.lookup(&provider.subject_namespace, subject))
        };
        Self(published.keys.peppers.iter().map(digest).collect())
    }

    fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|(_, digest)| digest.as_slice())
    }

    fn current(&self) -> &[u8] {
        self.0.first().map_or(&[], |(_, digest)| digest.as_slice())
    }

    fn pepper(&self) -> i64 {
        self.0.first().map_or(0, |(number, _)| *number)
    }

    fn stranger(&self) -> Person {
        let (pepper, digest) = self.0.first().cloned().unwrap_or_default();
        Person::New { digest, pepper }
    }
}

fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
