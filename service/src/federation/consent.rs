//! The answer on the consent page, and the ways out of a flow that ended without a code.

use std::fmt;

use domain::consent;
use domain::ids::{ConsentTextId, FlowId};
use domain::names::TenantSlug;
use domain::paths;
use oidc::provider::authorize::Prompt;
use oidc::{ErrorCode, ProtocolError};

use super::decide::{Standing, parts};
use super::finish::{Answers, Finished, Finishing, Who, agreement_asked, response};
use super::flow::{Carded, Ending, Flow, Kind, Person, Stage};
use super::grant::Agreed;
use super::passkeys::begets_passkeys;
use super::published::{Published, Text};
use super::register::{Registered, Registering};
use super::send::place;
use super::sessions::{Proof, is_fresh};
use super::{Browser, Cookies, Go, Passkeys, Step, Stop, store};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{Resource, WriteScope, action};
use crate::usage::tally::Tally;

/// The words of a consent page: a version of a text. The page's form sends it back, so that nobody agrees to words that were
/// published while the page was open. Written as `ID.NUMBER`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownText {
    /// The text.
    pub id: ConsentTextId,
    /// The version.
    pub number: u32,
}

impl fmt::Display for ShownText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id, self.number)
    }
}

impl ShownText {
    /// Reads what a form sent back; `None` for whatever no page of ours has.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, number) = text.split_once('.')?;
        Some(Self { id: id.parse().ok()?, number: number.parse().ok()? })
    }
}

/// The query of the page that is shown again because its words are new.
pub const NEW_WORDS: &str = "words=new";

/// What the person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// 同意して進む.
    Agree {
        /// The words that were read; none of a page that did not say which it showed.
        shown: Option<ShownText>,
        /// The computer is shared: no session is kept.
        shared_computer: bool,
    },
    /// 同意しないで戻る.
    Refuse,
    /// 進む, from a page that asked nothing: the consent stands.
    GoOn,
}

/// How the person goes on.
#[derive(Clone, Copy)]
enum Agreeing {
    /// By agreeing to what the page says.
    Now { shown: Option<ShownText>, keep_session: bool },
    /// Under the consent that stands.
    Again,
}

impl Agreeing {
    /// Whether what the person read is not what is published now.
    fn is_to_other_words(self, text: &Text) -> bool {
        matches!(self, Agreeing::Now { shown, .. } if shown != Some(text.shown()))
    }
}

impl Service {
    /// Takes the answer of the consent page. Agreeing writes everything at once and leads back to the service with a code;
    /// agreeing twice while the code was not taken replaces it. Where the words changed meanwhile the page is shown again.
    /// Refusing writes one count.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn answer_consent(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        browser: &Browser,
        answer: ConsentAnswer,
    ) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Some(flow) = self.open_flow(&published, browser, id).await? else { return Ok(Step::stop(Stop::FlowGone)) };
        match (&flow.stage, &flow.kind, answer) {
            (Stage::Carded(_) | Stage::Known(_), Kind::Service(_) | Kind::TownPage, ConsentAnswer::Refuse) => {
                self.refuse(&published, &flow).await
            }
            (Stage::Carded(_), Kind::Service(_), ConsentAnswer::GoOn) => {
                self.agree(&published, &flow, browser, Agreeing::Again, Answers::Perhaps).await
            }
            (
                Stage::Carded(_) | Stage::Known(_),
                Kind::Service(_) | Kind::TownPage,
                ConsentAnswer::Agree { shown, shared_computer },
            ) => {
                let agreeing = Agreeing::Now { shown, keep_session: !shared_computer };
                // Two answers at the same moment may meet in the database; the second then finds what the first wrote.
                match self.agree(&published, &flow, browser, agreeing, Answers::First).await {
                    Err(Error::Conflict(Conflict::Exists | Conflict::Stale)) => {
                        self.agree(&published, &flow, browser, agreeing, Answers::Perhaps).await
                    }
                    answered => answered,
                }
            }
            _ => Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() }),
        }
    }

    async fn refuse(&self, published: &Published, flow: &Flow) -> Result<Step, Error> {
        if let Some(party) = flow.party() {
            self.count(published, party, Tally::Refused).await?;
        }
        let declined = ProtocolError::new(ErrorCode::AccessDenied, "consent_refused: the resident did not consent");
        Ok(go_back(published, flow, &declined))
    }

    async fn agree(
        &self,
        published: &Published,
        flow: &Flow,
        browser: &Browser,
        agreeing: Agreeing,
        answers: Answers,
    ) -> Result<Step, Error> {
        let keep_session = !matches!(agreeing, Agreeing::Now { keep_session: false, .. });
        let changed = match &flow.stage {
            Stage::Carded(carded) => carded.basis != published.basis(carded.provider),
            _ => false,
        };
        let asked = match &flow.kind {
            Kind::Service(asked) => asked,
            Kind::TownPage if !changed => return self.agree_to_town(published, flow, browser, agreeing).await,
            Kind::TownPage | Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => {
                return self.end_instead(published, flow, browser, Ending::Changed).await;
            }
        };
        let Some((party, rule, text)) = parts(published, asked) else { return Ok(Step::stop(Stop::NotSetUp)) };
        if party.suspended {
            return Ok(Step::stop(Stop::Suspended));
        }
        if changed || response(published, party, asked).is_none() {
            return self.end_instead(published, flow, browser, Ending::Changed).await;
        }
        if agreeing.is_to_other_words(text) {
            return Ok(read_again(published, flow));
        }
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Create, Resource::TokenFamily).await?;
        let standing;
        let who = match &flow.stage {
            Stage::Carded(carded) => Who::Card(carded),
            Stage::Known(resident) => {
                // What let the page be shown without the card must still be so; whoever ends all that is open locks this row first.
                let Some(hash) = browser.session_hash() else { return Ok(Step::stop(Stop::FlowGone)) };
                if !store::hold_resident(&scope, *resident).await? {
                    return Ok(Step::stop(Stop::FlowGone));
                }
                let now = self.clock.now();
                standing = Standing::of(&scope, hash, published, (party, rule), now).await?.found;
                match &standing {
                    Some(standing) if standing.session.resident == *resident && !standing.needs_card(party, asked) => {
                        Who::Session(&standing.session)
                    }
                    _ => return Ok(Step::stop(Stop::FlowGone)),
                }
            }
            _ => return Ok(Step::stop(Stop::FlowGone)),
        };
        let consent = match (agreeing, &flow.stage) {
            (Agreeing::Now { .. }, _) => Some(flow.locale),
            // What was agreed to before must cover it still; else it is asked.
            (Agreeing::Again, Stage::Carded(carded)) if !self.is_covered(&scope, published, flow, carded).await? => {
                return Ok(Step { go: Go::To(place(published, flow)), cookies: Cookies::default() });
            }
            (Agreeing::Again, _) => None,
        };
        let finishing = Finishing {
            published,
            browser,
            flow: flow.id,
            party,
            asked,
            who,
            consent,
            tie: flow.tie,
            keep_session,
            answers,
        };
        let finished = self.finish(&scope, &finishing).await?;
        match finished {
            Finished::Code(..) => scope.commit().await?,
            Finished::CodeTaken => {
                drop(scope);
                return self.end_instead(published, flow, browser, Ending::CodeTaken).await;
            }
            Finished::AlreadyDone | Finished::Gone | Finished::Suspended => drop(scope),
        }
        let offers = keep_session
            && browser.passkeys == Passkeys::Possible
            && matches!(who, Who::Card(carded) if begets_passkeys(carded.method, carded.assurance)
                && is_fresh(carded.auth_time, self.clock.seconds()));
        let finished = match finished {
            Finished::Code(code, session) if offers => {
                match self.send_to_offer(published, flow.id, browser, session).await? {
                    Ok(step) => return Ok(step),
                    Err(session) => Finished::Code(code, session),
                }
            }
            finished => finished,
        };
        self.deliver(published, flow, asked, party, finished).await
    }

    /// Whether an earlier consent covers what a flow asks for.
    async fn is_covered(
        &self,
        scope: &WriteScope,
        published: &Published,
        flow: &Flow,
        carded: &Carded,
    ) -> Result<bool, Error> {
        let (Kind::Service(asked), Person::Found(resident, _)) = (&flow.kind, &carded.person) else { return Ok(false) };
        let Some((party, _, text)) = parts(published, asked) else { return Ok(false) };
        let existing = self.agreed_by(scope, published, &flow.kind, *resident).await?;
        let prompt_consent = asked.prompt.contains(Prompt::Consent);
        let items = agreement_asked(party, asked);
        Ok(!consent::consent_due(existing.as_ref(), text.version(), items, prompt_consent).is_due())
    }

    /// The town's own consent: resident, eligibility, consent with the town as receiver, session; no code and no count.
    async fn agree_to_town(
        &self,
        published: &Published,
        flow: &Flow,
        browser: &Browser,
        agreeing: Agreeing,
    ) -> Result<Step, Error> {
        let (Some((.., rule, text)), Stage::Carded(carded)) = (published.town_page(), &flow.stage) else {
            return Ok(Step::stop(Stop::NotSetUp));
        };
        if agreeing.is_to_other_words(text) {
            return Ok(read_again(published, flow));
        }
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Create, Resource::Resident).await?;
        let who = Who::Card(carded);
        let resident = match self.register(&scope, published, who, Some(rule.id), flow.tie).await? {
            Registering::Done(Registered { resident, .. }) => resident,
            Registering::Gone => return Ok(Step::stop(Stop::FlowGone)),
            Registering::CodeTaken => {
                drop(scope);
                return self.end_instead(published, flow, browser, Ending::CodeTaken).await;
            }
        };
        let existing = store::find_grant(&scope, resident, None).await?;
        let items = domain::attributes::AgreedItems::NONE;
        let agreed = Agreed { resident, party: None, text, language: flow.locale, items };
        self.write_grant(&scope, &agreed, existing).await?;
        // Without a session there is no page to come to; on a shared computer it ends with the browser's sign-out there.
        let proof = Proof::of(published, carded);
        let (_, session) = self.open_session(&scope, published, browser, resident, proof).await?;
        scope.commit().await?;
        let session = match session {
            super::SessionCookie::Set { token, .. }
                if matches!(agreeing, Agreeing::Now { keep_session: false, .. }) =>
            {
                super::SessionCookie::Set { token, seconds: SHARED_SECONDS }
            }
            session => session,
        };
        let cookies = Cookies { forget: vec![flow.id], session, ..Cookies::default() };
        Ok(Step { go: Go::To(paths::me(&published.slug)), cookies })
    }

    /// What the page was about does not hold any more: the flow ends, and nothing was written.
    async fn end_instead(
        &self,
        published: &Published,
        flow: &Flow,
        browser: &Browser,
        ending: Ending,
    ) -> Result<Step, Error> {
        let Some(mut again) = self.open_flow(published, browser, flow.id).await? else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        again.tie = None;
        self.end(published, again, browser, ending).await
    }

    /// Leads back to the service from a flow that ended, or that the person gives up.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn leave_flow(&self, slug: &TenantSlug, id: FlowId, browser: &Browser) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Some(flow) = self.open_flow(&published, browser, id).await? else { return Ok(Step::stop(Stop::FlowGone)) };
        let error = match flow.stage {
            Stage::Ended(ending) | Stage::Held(ending, _) => ending.for_client(),
            _ => ProtocolError::new(ErrorCode::AccessDenied, "cancelled: the resident gave up"),
        };
        Ok(go_back(&published, &flow, &error))
    }

    /// Goes to the provider once more in a flow that ended there.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn retry_flow(&self, slug: &TenantSlug, id: FlowId, browser: &Browser) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Some(flow) = self.open_flow(&published, browser, id).await? else { return Ok(Step::stop(Stop::FlowGone)) };
        match (&flow.stage, &flow.kind) {
            (Stage::Ended(ending) | Stage::Held(ending, _), kind) if ending.can_retry() => {
                // The versions that the request was checked against may be gone; then only the service can ask again.
                let stale = match kind {
                    Kind::Service(asked) => {
                        published.party(asked.party).and_then(|party| response(&published, party, asked)).is_none()
                    }
                    Kind::TownPage | Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => false,
                };
                if stale {
                    return Ok(Step::stop(Stop::FlowGone));
                }
                self.send_to_card(&published, flow, browser).await
            }
            _ => Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() }),
        }
    }
}

/// How long a session lives on a shared computer where only the town's own page was opened: long enough to look at it.
const SHARED_SECONDS: i64 = 10 * 60;

/// The page once more, with the words of now.
fn read_again(published: &Published, flow: &Flow) -> Step {
    Step { go: Go::To(format!("{}?{NEW_WORDS}", place(published, flow))), cookies: Cookies::default() }
}

/// Back to where the person came from: the service with an error, the town's page, or the clerk's window.
fn go_back(published: &Published, flow: &Flow, error: &ProtocolError) -> Step {
    let cookies = Cookies { forget: vec![flow.id], ..Cookies::default() };
    let go = match &flow.kind {
        Kind::Service(asked) => {
            let back = published
                .party(asked.party)
                .and_then(|party| Some(response(published, party, asked)?.error(error)).filter(|_| !party.suspended));
            back.map_or(Go::Stop(Stop::FlowGone), Go::Away)
        }
        Kind::TownPage => Go::To(paths::town(&published.slug)),
        Kind::Merge(_) => Go::To(paths::me(&published.slug)),
        Kind::Test(party) => Go::To(paths::console_relying_party(&published.slug, *party)),
        Kind::TryOut(provider) => Go::To(paths::console_identity_provider(&published.slug, *provider)),
    };
    Step { go, cookies }
}
