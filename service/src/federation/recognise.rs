//! After the card: finds the person again, writes what the card said, and goes on.

use domain::calendar::Month;
use domain::consent;
use domain::ids::ResidentId;
use domain::paths;
use domain::residency::{Attestation, Outcome, ReasonCode};
use oidc::provider::authorize::Prompt;
use oidc::{ErrorCode, ProtocolError};

use super::decide::{parts, reaches};
use super::determine::CardFacts;
use super::ending::tally_of;
use super::finish::{Answers, Finished, Finishing, Who, agreement_asked, items_handed_over, response};
use super::flow::{Asked, Carded, Determined, Ending, Flow, Kind, Person, Stage};
use super::found_again::Lookup;
use super::published::{Party, Published};
use super::send::place;
use super::sessions::Proof;
use super::{Browser, Cookies, Go, SessionCookie, Step, Stop, desk, determine, found_again, store};
use crate::Service;
use crate::error::Error;
use crate::gate::WriteScope;

/// What the reader of a card found out, before anybody is looked up.
pub(super) struct CardRead {
    /// Without outcomes: those depend on who it is.
    pub(super) carded: Carded,
    pub(super) facts: CardFacts,
    pub(super) lookup: Lookup,
}

/// Which way a sign-in goes after the card.
pub(super) enum Way {
    Consent,
    Code,
    /// A code, once the person has read that the tie on which it rests ends soon.
    EndsSoon,
    Session,
    End(Ending),
    /// Back to the service with an error of the protocol.
    Refuse(ProtocolError),
}

impl Service {
    /// Finds the person again, decides every rule, and goes on: to a page, or straight back to the service.
    pub(super) async fn recognise(
        &self,
        published: &Published,
        mut flow: Flow,
        read: CardRead,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let CardRead { mut carded, facts, lookup } = read;
        let now = self.clock.now();
        if matches!(flow.kind, Kind::Test(_)) {
            carded.determined = facts.decide(published, Vec::new(), now);
            flow.stage = Stage::Carded(Box::new(carded));
            return self.show(published, &flow, browser).await;
        }
        let caller = self.sign_in(published);
        let found = self.find_again(&caller, &lookup).await?;
        if let Kind::Merge(into) = flow.kind {
            return self.take_other_sign_in(published, flow, into, found, browser).await;
        }
        let found = match found {
            Some(found) => self.lock_again(&caller, found, &lookup).await?,
            None => None,
        };
        // Also whoever deleted the town ID a moment ago: a stranger again, whose ties went with the rest.
        let Some((mut scope, found)) = found else {
            carded.determined = facts.decide(published, flow.offered(), now);
            self.settle_stranger(published, &mut carded, &lookup).await?;
            return self.go_on_as_stranger(published, flow, carded, browser).await;
        };
        let resident = found.resident();
        carded.person = Person::Found(resident, found.home(&lookup)?);
        let ties = self.ties_of(&scope, published, resident, flow.tie.take()).await?;
        carded.determined = facts.decide(published, ties.clone(), now);
        self.settle_resident(&scope, published, &mut carded, &found, &lookup).await?;
        found_again::renew(&mut scope, published, &found, &lookup, &carded, Month::at(now)).await?;
        let written = determine::write_outcomes(&scope, published, resident, &mut carded, now).await?;
        let told = self.announce_lost(&scope, published, &written.lost).await?;
        let existing = self.agreed_by(&scope, published, &flow.kind, resident).await?;
        let way = match way(published, &flow.kind, &mut carded, Some(resident), existing.as_ref())? {
            Way::End(Ending::Determined(ReasonCode::LivesElsewhere | ReasonCode::LivesAbroad))
                if written.moved_away =>
            {
                Way::End(Ending::MovedAway)
            }
            Way::Code if rests_on_what_ends(published, &flow.kind, &carded, &ties, Month::at(now)) => Way::EndsSoon,
            way => way,
        };
        flow.stage = Stage::Carded(Box::new(carded));
        let step = self.follow_written(published, scope, flow, browser, way).await?;
        if told {
            self.ring();
        }
        Ok(step)
    }

    /// Goes on with somebody who is not in the register: nothing is written but a count.
    pub(super) async fn go_on_as_stranger(
        &self,
        published: &Published,
        mut flow: Flow,
        mut carded: Carded,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let way = way(published, &flow.kind, &mut carded, None, None)?;
        flow.stage = Stage::Carded(Box::new(carded));
        if let (Way::End(ending), Some(party)) = (&way, flow.party()) {
            self.count_ending(published, party, *ending).await?;
        }
        self.follow(published, flow, browser, way).await
    }

    /// What the person agreed to with the service of a flow, as the rules of consent see it now.
    pub(super) async fn agreed_by(
        &self,
        scope: &WriteScope,
        published: &Published,
        kind: &Kind,
        resident: ResidentId,
    ) -> Result<Option<consent::ExistingGrant>, Error> {
        let Kind::Service(asked) = kind else { return Ok(None) };
        let grant = store::find_grant(scope, resident, Some(asked.party)).await?;
        let agreed = grant.zip(published.party(asked.party));
        agreed.map(|(row, party)| store::existing_under(&row, party.content.consent_text)).transpose()
    }

    /// Goes the way of somebody whose outcomes were just written, in the same transaction where more is to be written.
    pub(super) async fn follow_written(
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
                    tie: None,
                    keep_session: true,
                    answers: Answers::Perhaps,
                };
                let finished = self.finish(&scope, &finishing).await?;
                scope.commit().await?;
                self.deliver(published, &flow, asked, party, finished).await
            }
            (Way::Session, _) => {
                let Person::Found(resident, _) = carded.person else { return Err(Error::internal("nobody was found")) };
                let proof = Proof::of(published, carded);
                let (_, session) = self.open_session(&scope, published, browser, resident, proof).await?;
                scope.commit().await?;
                let cookies = Cookies { forget: vec![flow.id], session, ..Cookies::default() };
                Ok(Step { go: Go::To(paths::me(&published.slug)), cookies })
            }
            (Way::End(ending), Kind::Service(asked)) => {
                if let Some(tally) = tally_of(*ending) {
                    self.add_one(&scope, asked.party, tally).await?;
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
            Way::Consent | Way::EndsSoon => match self.keep_flow(published, browser, &flow).await? {
                Ok(cookies) => Ok(Step { go: Go::To(place(published, &flow)), cookies }),
                // Only attributes vary in length: these are longer than what a card holds.
                Err(_) => {
                    flow.stage = Stage::Ended(Ending::ItemMissing);
                    self.show(published, &flow, browser).await
                }
            },
            Way::End(ending) => {
                flow.stage = ended(published, &flow.kind, flow.stage, ending);
                self.show(published, &flow, browser).await
            }
            Way::Refuse(error) => {
                let back = match &flow.kind {
                    Kind::Service(asked) => published
                        .party(asked.party)
                        .and_then(|party| response(published, party, asked))
                        .map(|response| response.error(&error)),
                    Kind::TownPage | Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => None,
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
        party: &Party,
        finished: Finished,
    ) -> Result<Step, Error> {
        match finished {
            Finished::Code(code, session) => {
                let url = self.hand_over(published, party, asked, &code).await?;
                let mut cookies = Cookies { session, ..Cookies::default() };
                // For the life of the code the same answer may be given again; a shared computer keeps nothing.
                if matches!(cookies.session, SessionCookie::Remove) {
                    cookies.forget = vec![flow.id];
                } else {
                    cookies.flows = vec![self.seal_finished_flow(published, flow).await?];
                }
                Ok(Step { go: Go::Away(url), cookies })
            }
            Finished::AlreadyDone => Ok(Step::stop(Stop::AlreadyDone)),
            // A code is spent under a consent, whose page says what became of it.
            Finished::Gone | Finished::CodeTaken => Ok(Step::stop(Stop::FlowGone)),
            Finished::Suspended => Ok(Step::stop(Stop::Suspended)),
        }
    }
}

/// Where a sign-in stands that ends here: over, or held for what the card does not show or staff may find out.
fn ended(published: &Published, kind: &Kind, stage: Stage, ending: Ending) -> Stage {
    match stage {
        Stage::Carded(carded)
            if ties_would_do(published, kind, &carded, ending) || desk::offers(published, kind, ending).is_some() =>
        {
            Stage::Held(ending, Box::new(carded.outcomes_alone()))
        }
        _ => Stage::Ended(ending),
    }
}

fn ties_would_do(published: &Published, kind: &Kind, carded: &Carded, ending: Ending) -> bool {
    matches!(ending, Ending::Determined(_) | Ending::MovedAway)
        && determined(published, kind, carded).is_some_and(|determined| !determined.would_do.is_empty())
}

/// Whether the eligibility ends with a tie, and that is this month or the next.
fn rests_on_what_ends(published: &Published, kind: &Kind, carded: &Carded, ties: &[Attestation], month: Month) -> bool {
    let term = determined(published, kind, carded).and_then(Determined::eligible);
    term.is_some_and(|term| term.expires <= month.next() && ties.iter().any(|tie| tie.until == term.expires))
}

/// What was determined by the rule that the flow is about.
pub(super) fn determined(published: &Published, kind: &Kind, carded: &Carded) -> Option<Determined> {
    let at = match kind {
        Kind::Service(asked) => published.rule(published.party(asked.party)?.content.rule)?.0,
        Kind::Test(party) => published.rule(published.party(*party)?.content.rule)?.0,
        Kind::TownPage => published.town_page()?.0,
        Kind::Merge(_) | Kind::TryOut(_) => return None,
    };
    carded.determined.get(at).copied()
}

/// Which way it goes, given what the card and the register say. Narrows the attributes down to what this flow hands over.
pub(super) fn way(
    published: &Published,
    kind: &Kind,
    carded: &mut Carded,
    resident: Option<ResidentId>,
    existing: Option<&consent::ExistingGrant>,
) -> Result<Way, Error> {
    let asked = match kind {
        Kind::Service(asked) => asked,
        Kind::TownPage => return Ok(way_to_town_page(published, carded)),
        Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => return Ok(Way::Consent),
    };
    let Some((party, _, text)) = parts(published, asked) else { return Ok(Way::End(Ending::Changed)) };
    let Some(determined) = determined(published, kind, carded) else { return Ok(Way::End(Ending::Changed)) };
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
    let due = consent::consent_due(existing, text.version(), agreement_asked(party, asked), prompt_consent);
    Ok(if due.is_due() { Way::Consent } else { Way::Code })
}

/// Somebody who is in the register comes to the own page whatever the rule says now: to see and to end what is there.
fn way_to_town_page(published: &Published, carded: &Carded) -> Way {
    if matches!(carded.person, Person::Found(..)) {
        return Way::Session;
    }
    match determined(published, &Kind::TownPage, carded) {
        None => Way::End(Ending::Changed),
        Some(determined) if determined.outcome() == Outcome::Eligible => Way::Consent,
        Some(determined) => Way::End(Ending::Determined(determined.reason)),
    }
}
