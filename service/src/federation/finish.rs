//! The one write before the last redirect: resident, eligibility, consent, session, token family and the tallies, together
//! or not at all, keyed by the flow's id.

use domain::assurance::{Assurance, Method};
use domain::attributes::{AgreedItems, Attributes, Items};
use domain::calendar::Month;
use domain::consent::{self, ExistingGrant};
use domain::ids::{FlowId, ResidentId};
use domain::locale::Locale;
use entity::{session_client, token_family};
use oidc::provider::authorize::Prompt;
use oidc::provider::authorize_response::AuthorizationResponse;
use oidc::provider::claims_request::{Scope as OauthScope, Scopes};
use oidc::provider::verified_claims::Verification;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Set};
use uuid::Uuid;

use super::code::{CODE_SECONDS, Code};
use super::flow::{Asked, Carded, Offered};
use super::grant::Agreed;
use super::published::{Party, Published};
use super::register::{Registered, Registering};
use super::sessions::{Proof, Session};
use super::{Browser, SessionCookie, store};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{Scope, WriteScope};
use crate::usage::tally::{self, SignIn};

/// A sign-in that leads to a code.
pub(super) struct Finishing<'a> {
    pub(super) published: &'a Published,
    pub(super) browser: &'a Browser,
    pub(super) flow: FlowId,
    pub(super) party: &'a Party,
    pub(super) asked: &'a Asked,
    pub(super) who: Who<'a>,
    /// The consent that was just given: in which language its words were read.
    pub(super) consent: Option<Locale>,
    /// What a one-time code proved: it is spent with what is written.
    pub(super) tie: Option<Offered>,
    /// Whether the browser may keep a session.
    pub(super) keep_session: bool,
    pub(super) answers: Answers,
}

/// Whether the flow may have been answered before.
#[derive(Clone, Copy)]
pub(super) enum Answers {
    /// It is new and answered at once, under a consent that was just read.
    AtOnce { grant: Uuid },
    /// Hardly: if it was, what is written meets what is there, and is taken back.
    First,
    /// Perhaps: it is looked for.
    Perhaps,
    /// It was: where what was written is there no more, it was taken back since, and nothing is written anew.
    Again,
}

/// How it is known who it is.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    /// By the card, in this flow.
    Card(&'a Carded),
    /// By a session that is open.
    Session(&'a Session),
}

/// What was written.
pub(super) enum Finished {
    /// A code can be handed over.
    Code(Box<Code>, SessionCookie),
    /// The code of this flow was taken already.
    AlreadyDone,
    /// What the flow rests on is no more: the person left the register, or the eligibility or consent ended meanwhile.
    Gone,
    /// The one-time code went to somebody else meanwhile.
    CodeTaken,
    /// The service was suspended meanwhile.
    Suspended,
}

impl Who<'_> {
    /// When the person proved to be there, to which level, and how.
    fn reached(self) -> (i64, Assurance, Method) {
        match self {
            Who::Card(carded) => (carded.auth_time, carded.assurance, carded.method),
            Who::Session(session) => (session.auth_time, session.assurance, session.method),
        }
    }
}

impl Service {
    /// Writes everything. The caller commits, then hands the code over.
    pub(super) async fn finish(&self, scope: &WriteScope, finishing: &Finishing<'_>) -> Result<Finished, Error> {
        let Finishing { published, asked, party, who, .. } = *finishing;
        if !store::works(scope, party.id).await? {
            return Ok(Finished::Suspended);
        }
        let family_id = Uuid::from_bytes(finishing.flow.bytes());
        let (auth_time, assurance, method) = who.reached();
        let code = Code {
            family: family_id,
            secret: self.rng.bytes()?,
            party_number: asked.party_number,
            redirect_uri: asked.redirect_uri,
            scopes: scopes_given(finishing),
            claims: asked.claims.clone(),
            code_challenge: asked.code_challenge,
            port: asked.port,
            key: asked.key,
            nonce: asked.nonce.clone(),
            auth_time,
            assurance,
            method,
            attributes: handed_over(who),
            verification: verification(published, asked, who),
        };
        if matches!(finishing.answers, Answers::Perhaps | Answers::Again) {
            match store::find_family(scope, family_id).await? {
                Some(family) => return self.finish_again(scope, finishing, code, &family).await,
                None if matches!(finishing.answers, Answers::Again) => return Ok(Finished::Gone),
                None => {}
            }
        }
        if let Some(id) = &asked.pushed
            && !self.spend(scope, id).await?
        {
            // Where nobody has looked yet whether this flow itself spent it, the caller looks.
            return match finishing.answers {
                Answers::First => Err(Conflict::Exists.into()),
                Answers::AtOnce { .. } | Answers::Perhaps | Answers::Again => Ok(Finished::Gone),
            };
        }
        let rule = Some(party.content.rule);
        let registered = match self.register(scope, published, who, rule, finishing.tie).await? {
            Registering::Done(registered) => registered,
            Registering::Gone => return Ok(Finished::Gone),
            Registering::CodeTaken => return Ok(Finished::CodeTaken),
        };
        let Registered { resident, newcomer } = registered;
        let Some(grant) = self.consent_of(scope, finishing, &registered).await? else { return Ok(Finished::Gone) };
        let (session, cookie) = self.finish_session(scope, finishing, resident).await?;
        if let Some(session) = session {
            reach(scope, session, party)?;
        }
        let expires_at = self.clock.seconds() + CODE_SECONDS;
        let row = token_family::ActiveModel {
            organisation_id: Set(published.id().uuid()),
            id: Set(family_id),
            relying_party_id: Set(party.id.uuid()),
            resident_id: Set(resident.uuid()),
            grant_id: Set(grant),
            session_id: Set(session),
            rule_id: Set(party.content.rule.uuid()),
            code_hash: Set(code.hash().to_vec()),
            code_expires_at: Set(expires_at),
            expires_at: Set(expires_at),
            redeemed_at: Set(None),
            revoked_at: Set(None),
        };
        scope.insert_soon::<token_family::Entity, _>(row)?;
        let sign_in = SignIn {
            resident,
            newcomer,
            party: party.id,
            month: Month::at(self.clock.now()),
            keeps_year: tally::keeps_year(&published.tenant),
        };
        tally::count_sign_in(scope, self.rng, &sign_in).await?;
        Ok(Finished::Code(Box::new(code), cookie))
    }

    /// The consent under which the code is given: the one that stands, or the one that was just given.
    async fn consent_of(
        &self,
        scope: &WriteScope,
        finishing: &Finishing<'_>,
        registered: &Registered,
    ) -> Result<Option<Uuid>, Error> {
        let Finishing { published, asked, party, .. } = *finishing;
        if let Answers::AtOnce { grant } = finishing.answers {
            return Ok(Some(grant));
        }
        let resident = registered.resident;
        let existing = match registered.newcomer {
            true => None,
            false => store::find_grant(scope, resident, Some(party.id)).await?,
        };
        let Some(language) = finishing.consent else { return Ok(existing.map(|existing| existing.id)) };
        let Some(text) = published.text(party.content.consent_text) else { return Ok(None) };
        let agreed = Agreed { resident, party: Some(party), text, language, items: agreement_asked(party, asked) };
        self.write_grant(scope, &agreed, existing).await.map(Some)
    }

    /// The same flow was answered before. While its code is not redeemed a new one takes its place, and nothing is counted
    /// or agreed to twice.
    async fn finish_again(
        &self,
        scope: &WriteScope,
        finishing: &Finishing<'_>,
        code: Code,
        family: &token_family::Model,
    ) -> Result<Finished, Error> {
        use token_family::{Column, Entity};
        let Finishing { published, who, .. } = *finishing;
        if let Some(session) = family.session_id
            && !store::is_open(scope, session).await?
        {
            return Ok(Finished::Gone);
        }
        let expires_at = self.clock.seconds() + CODE_SECONDS;
        let replaced = scope
            .update_many::<Entity>()
            .set(Column::CodeHash, code.hash().to_vec())
            .set(Column::CodeExpiresAt, expires_at)
            .set(Column::ExpiresAt, expires_at)
            .filter(Column::Id.eq(family.id))
            .filter(Column::RedeemedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .exec()
            .await?;
        if replaced == 0 {
            return Ok(Finished::AlreadyDone);
        }
        let cookie = match family.session_id {
            Some(session) if matches!(who, Who::Card(_)) => self.hand_over_session(scope, published, session).await?,
            _ => SessionCookie::Keep,
        };
        Ok(Finished::Code(Box::new(code), cookie))
    }

    async fn finish_session(
        &self,
        scope: &WriteScope,
        finishing: &Finishing<'_>,
        resident: ResidentId,
    ) -> Result<(Option<Uuid>, SessionCookie), Error> {
        match finishing.who {
            Who::Session(session) => Ok((Some(session.id), SessionCookie::Keep)),
            Who::Card(_) if !finishing.keep_session => {
                self.close_session(scope, finishing.published, finishing.browser).await?;
                Ok((None, SessionCookie::Remove))
            }
            Who::Card(carded) => {
                let Finishing { published, browser, .. } = *finishing;
                let proof = Proof::of(published, carded);
                let (id, cookie) = self.open_session(scope, published, browser, resident, proof).await?;
                Ok((Some(id), cookie))
            }
        }
    }

    /// The way back to the service with a code, after the commit.
    pub(super) async fn hand_over(
        &self,
        published: &Published,
        party: &Party,
        asked: &Asked,
        code: &Code,
    ) -> Result<String, Error> {
        let sealed = self.seal_code(published, &party.client_id, code).await?;
        let response = response(published, party, asked).ok_or_else(|| Error::internal("a redirect URI"))?;
        Ok(response.success(&sealed))
    }
}

/// The items that a request asks for and the town approved.
pub(super) fn items_asked(party: &Party, asked: &Asked) -> Items {
    asked.items_asked_for().intersection(party.content.item_set())
}

/// The same, with which of them are handed over every time and whether the month in which the card was read goes with the
/// residency claim: what is agreed to.
pub(super) fn agreement_asked(party: &Party, asked: &Asked) -> AgreedItems {
    AgreedItems::of(&party.content.items, asked.items_asked_for()).with_verified_at(verified_at_asked(party, asked))
}

/// Whether the service may go on without the person, if the person agrees.
pub(super) fn offline_asked(party: &Party, asked: &Asked) -> bool {
    granted(party, asked.scopes).contains(OauthScope::OfflineAccess)
}

/// What a code is good for. Going on without the person is agreed to on the page, each time (OpenID Connect Core, section
/// 11): who was not asked now has not agreed to it.
fn scopes_given(finishing: &Finishing<'_>) -> Scopes {
    let asked_now = finishing.consent.is_some();
    finishing.asked.scopes.iter().filter(|scope| asked_now || *scope != OauthScope::OfflineAccess).collect()
}

/// Whether the service is told about the eligibility.
pub(super) fn residency_asked(party: &Party, asked: &Asked) -> bool {
    party.content.residency_claim_by_default || asked.residency_asked_for()
}

/// Whether that says in which month the card was read.
pub(super) fn verified_at_asked(party: &Party, asked: &Asked) -> bool {
    party.content.residency_verified_at && residency_asked(party, asked)
}

/// The scopes that are granted: what was asked for, as far as the town approved it.
pub(super) fn granted(party: &Party, asked: Scopes) -> Scopes {
    let approved = party.content.item_set();
    let fits = |scope: &OauthScope| match scope {
        OauthScope::OfflineAccess => party.content.client.offline_access,
        scope => scope.item().is_none_or(|item| approved.contains(item)),
    };
    asked.iter().filter(fits).collect()
}

/// What this flow hands over, in view of what was agreed to before it.
pub(super) fn items_handed_over(party: &Party, asked: &Asked, before: Option<&ExistingGrant>) -> Items {
    let prompt_consent = asked.prompt.contains(Prompt::Consent);
    consent::delivered(&party.content.items, items_asked(party, asked), before, prompt_consent, true)
}

/// The values that this flow hands over: what the card left in it; nothing without the card.
fn handed_over(who: Who<'_>) -> Attributes {
    match who {
        // A copy, because the answer may have to be written a second time.
        Who::Card(carded) => super::copy_of(&carded.attributes),
        Who::Session(_) => Attributes::none(),
    }
}

/// How the person was identified, where somebody wants to know and the card was used.
fn verification(published: &Published, asked: &Asked, who: Who<'_>) -> Option<Verification> {
    let wanted = !asked.claims.id_token.verified.is_empty() || !asked.claims.userinfo.verified.is_empty();
    match who {
        Who::Card(carded) if wanted => published.verification(carded),
        Who::Card(_) | Who::Session(_) => None,
    }
}

/// Notes that a session reached a service, for its logout.
fn reach(scope: &WriteScope, session: Uuid, party: &Party) -> Result<(), Error> {
    use session_client::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        session_id: Set(session),
        relying_party_id: Set(party.id.uuid()),
    };
    let key = [Column::OrganisationId, Column::SessionId, Column::RelyingPartyId];
    scope.insert_all_or_soon::<Entity, _>(vec![row], OnConflict::columns(key).do_nothing_on(key).to_owned())
}

/// The way back to the service, if the version that the request was checked against is still the published one.
pub(super) fn response<'a>(
    published: &'a Published,
    party: &'a Party,
    asked: &'a Asked,
) -> Option<AuthorizationResponse<'a>> {
    let uri = party.content.redirect_uris.get(usize::from(asked.redirect_uri))?;
    (party.number == asked.party_number).then(|| AuthorizationResponse {
        redirect_uri: uri.at_port(asked.port),
        issuer: &published.issuer,
        state: asked.state.as_deref(),
    })
}
