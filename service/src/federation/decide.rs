//! Session, card, consent or code: which way a request goes.

use domain::assurance::Assurance;
use domain::calendar::Month;
use domain::consent::{self, ConsentDue, ExistingGrant};
use oidc::provider::authorize::Prompt;
use oidc::{ErrorCode, ProtocolError};
use time::OffsetDateTime;
use uuid::Uuid;

use super::finish::{Answers, Finished, Finishing, Who, agreement_asked, items_asked, response};
use super::flow::{Asked, Ending, Flow, Kind, LevelAsked, Stage};
use super::published::{Party, Published, Rule, Text};
use super::sessions::Session;
use super::store::Holding;
use super::{Browser, Step, Stop, choose, store};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{AsOf, Resource, Scope, action, find_standing};

/// What the register says about the person of a session, as one service needs it.
pub(super) struct Standing {
    pub(super) session: Session,
    /// What the eligibility under the service's rule says.
    pub(super) eligibility: Holding,
    /// The consent that permits: its record, and what was agreed to.
    pub(super) grant: Option<(Uuid, ExistingGrant)>,
}

impl Standing {
    /// Session, consent and eligibility of a browser, in one reading.
    pub(super) async fn of<S: Scope>(
        scope: &S,
        session_hash: [u8; 32],
        published: &Published,
        (party, rule): (&Party, &Rule),
        now: OffsetDateTime,
    ) -> Result<AsOf<Self>, Error> {
        let seconds = now.unix_timestamp();
        let read = find_standing(scope, &session_hash, seconds, party.id.uuid(), rule.id.uuid()).await?;
        let AsOf { generation, found: Some(found) } = read else {
            return Ok(AsOf { generation: read.generation, found: None });
        };
        let grant = match found.grant {
            None => None,
            Some(grant) => {
                let agreed = store::existing_of(&grant.state, grant.text_number, grant.items)?;
                Some((grant.id, store::under(agreed, grant.text_id, party.content.consent_text)))
            }
        };
        let standing = Self {
            session: Session::of(found.session, published)?,
            eligibility: found.eligibility.map_or(Holding::No, |row| store::holding(&row, rule, Month::at(now))),
            grant,
        };
        Ok(AsOf { generation, found: Some(standing) })
    }

    /// What was agreed to.
    pub(super) fn agreed(&self) -> Option<&ExistingGrant> {
        self.grant.as_ref().map(|(_, agreed)| agreed)
    }

    /// The card is due: nothing that holds says that the person is eligible, the session is too weak, or something is handed
    /// over.
    pub(super) fn needs_card(&self, party: &Party, asked: &Asked) -> bool {
        let prompt_consent = asked.prompt.contains(Prompt::Consent);
        !matches!(self.eligibility, Holding::Until(_))
            || !reaches(self.session.assurance, party, asked)
            || consent::needs_card(&party.content.items, items_asked(party, asked), self.agreed(), prompt_consent)
    }
}

impl Service {
    /// Session, card, consent or code: what the request needs and what is there already. `None` where the configuration is
    /// not the latest, or nothing was read that says so.
    pub(super) async fn decide(
        &self,
        published: &Published,
        latest: bool,
        mut flow: Flow,
        browser: &Browser,
    ) -> Result<Option<Step>, Error> {
        let Kind::Service(asked) = &flow.kind else { return Ok(latest.then(|| Step::stop(Stop::FlowGone))) };
        let Some((party, rule, text)) = parts(published, asked) else {
            return Ok(latest.then(|| Step::stop(Stop::NotSetUp)));
        };
        let Some(back) = response(published, party, asked) else {
            if !latest {
                return Ok(None);
            }
            flow.stage = Stage::Ended(Ending::Changed);
            return self.show(published, &flow, browser).await.map(Some);
        };
        let now = self.clock.seconds();
        let standing = match browser.session_hash() {
            None if latest => None,
            None => return Ok(None),
            Some(hash) => {
                let caller = self.sign_in(published);
                let scope = self.gate.glance(&caller, Resource::ResidentSession).await?;
                let read = Standing::of(&scope, hash, published, (party, rule), self.clock.now()).await?;
                if read.generation != published.organisation.generation {
                    return Ok(None);
                }
                read.found
            }
        };
        let silent = asked.is_silent();
        // Whoever proved to be there within the flow is not asked to do it again.
        let recognised = match flow.stage {
            Stage::Known(resident) => Some(resident),
            _ => None,
        };
        let refuse = |code, description| Ok(Some(Step::away(back.error(&ProtocolError::new(code, description)))));
        let usable = standing.filter(|standing| {
            let subject = party.subject(&published.keys, standing.session.resident);
            let again = asked.asks_to_authenticate_again(standing.session.auth_time, now)
                && recognised != Some(standing.session.resident);
            !again && asked.accepts_subject(&subject)
        });
        let Some(standing) = usable else {
            if silent {
                return refuse(ErrorCode::LoginRequired, "nobody is signed in here who would do");
            }
            if recognised.is_some() {
                return refuse(ErrorCode::LoginRequired, "somebody else signed in than the one asked for");
            }
            return self.send_to_sign_in(published, flow, browser).await.map(Some);
        };
        let prompt_consent = asked.prompt.contains(Prompt::Consent);
        let asked_for = agreement_asked(party, asked);
        let due = consent::consent_due(standing.agreed(), text.version(), asked_for, prompt_consent);
        // A level that is only wanted is worth a step-up, and no refusal (OpenID Connect Core, section 3.1.2.1).
        let wanted = choose::wanted(published, &flow.kind).filter(|_| !silent);
        let weaker = wanted.is_some_and(|wanted| !standing.session.assurance.meets(wanted));
        let card = weaker || standing.needs_card(party, asked);
        match (silent, due, card) {
            (true, ConsentDue::None, true) => refuse(ErrorCode::InteractionRequired, "the card is due"),
            (true, ConsentDue::None, false) | (false, ConsentDue::None, false) => {
                self.answer_from_session(published, &flow, asked, party, &standing, browser).await.map(Some)
            }
            (true, _, _) => refuse(ErrorCode::ConsentRequired, "a consent is due"),
            (false, _, true) => {
                // Who signed in a while ago is told first why that is not enough any more.
                if let Holding::Over(due) = standing.eligibility {
                    return self.end(published, flow, browser, Ending::CardDue(due)).await.map(Some);
                }
                self.send_to_card(published, flow, browser).await.map(Some)
            }
            (false, _, false) => {
                flow.stage = Stage::Known(standing.session.resident);
                self.show(published, &flow, browser).await.map(Some)
            }
        }
    }

    async fn answer_from_session(
        &self,
        published: &Published,
        flow: &Flow,
        asked: &Asked,
        party: &Party,
        standing: &Standing,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Create, Resource::TokenFamily).await?;
        let finishing = Finishing {
            published,
            browser,
            flow: flow.id,
            party,
            asked,
            who: Who::Session(&standing.session),
            consent: None,
            tie: None,
            keep_session: true,
            answers: match &standing.grant {
                Some((id, _)) => Answers::AtOnce { grant: *id },
                None => Answers::Perhaps,
            },
        };
        let written = match self.finish(&scope, &finishing).await {
            Ok(Finished::Code(code, _)) => scope.commit().await.map(|()| code),
            // The session ended, or the consent was withdrawn, between reading and writing.
            Ok(Finished::Suspended) => return Ok(Step::stop(Stop::Suspended)),
            Ok(Finished::AlreadyDone | Finished::Gone | Finished::CodeTaken) => return Ok(Step::stop(Stop::FlowGone)),
            Err(error) => Err(error),
        };
        match written {
            Ok(code) => Ok(Step::away(self.hand_over(published, party, asked, &code).await?)),
            // Somebody who presented the same pushed request at the same moment was quicker.
            Err(Error::Conflict(Conflict::Exists)) if asked.pushed.is_some() => Ok(Step::stop(Stop::FlowGone)),
            Err(error) => Err(error),
        }
    }
}

/// The relying party, its rule and its text, if all three are published.
pub(super) fn parts<'p>(published: &'p Published, asked: &Asked) -> Option<(&'p Party, &'p Rule, &'p Text)> {
    let party = published.party(asked.party)?;
    let (_, rule) = published.rule(party.content.rule)?;
    Some((party, rule, published.text(party.content.consent_text)?))
}

/// Whether a level is enough for the relying party and the request.
pub(super) fn reaches(level: Assurance, party: &Party, asked: &Asked) -> bool {
    let essential = match asked.level {
        LevelAsked::Essential(essential) => Some(essential),
        LevelAsked::Wanted(_) | LevelAsked::None => None,
    };
    level.meets(party.content.minimum) && essential.is_none_or(|essential| level.meets(essential))
}
