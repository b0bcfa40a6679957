//! A passkey for the next time, offered once: after the first consent in a browser whose device can, when all is written and
//! before the service gets its code. Whoever wants none goes on with one press, and is not asked again.

use domain::ids::{FlowId, ResidentId};
use domain::names::TenantSlug;
use entity::token_family;
use sea_orm::ColumnTrait;

use super::decide::parts;
use super::finish::{Answers, Finished, Finishing, Who, response};
use super::flow::{Ending, Flow, Kind, Person, Stage};
use super::flow_page::origins;
use super::passkeys::{Added, Ceremony, Making, PasskeyAnswer, PasskeyRefusal, passkeys_of};
use super::published::Published;
use super::renewed_card::by_card;
use super::send::place;
use super::views::{FlowPage, PasskeyOfferView};
use super::{Browser, Cookies, Go, Passkeys, SessionCookie, Step, Stop, store};
use crate::Service;
use crate::error::Error;
use crate::gate::{Resource, WriteScope, action};

impl Service {
    /// To the page that offers a passkey, for somebody who has none; `None` where the code is handed over at once. The code
    /// that was written is not used: the page's answer makes another one in its place.
    pub(super) async fn send_to_offer(
        &self,
        published: &Published,
        id: FlowId,
        browser: &Browser,
        session: SessionCookie,
    ) -> Result<Result<Step, SessionCookie>, Error> {
        let Some(mut flow) = self.open_flow(published, browser, id).await? else { return Ok(Err(session)) };
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Update, Resource::TokenFamily).await?;
        let Some(resident) = self.wait_for_offer(&scope, &flow).await? else { return Ok(Err(session)) };
        scope.commit().await?;
        let Stage::Carded(carded) = &mut flow.stage else { return Ok(Err(session)) };
        carded.person = Person::Found(resident, carded.person.home().clone());
        flow.tie = None;
        flow.offers_passkey = true;
        let mut step = self.show(published, &flow, browser).await?;
        step.cookies.session = session;
        step.cookies.passkeys = Some(Passkeys::Offered);
        Ok(Ok(step))
    }

    /// Lets what was written wait for the page as long as the flow lives. Says whose it is, unless that person has a passkey.
    async fn wait_for_offer(&self, scope: &WriteScope, flow: &Flow) -> Result<Option<ResidentId>, Error> {
        use token_family::{Column, Entity};
        let family = uuid::Uuid::from_bytes(flow.id.bytes());
        let Some(row) = store::find_family(scope, family).await? else { return Ok(None) };
        let resident = ResidentId::from_uuid(row.resident_id);
        if !passkeys_of(scope, resident).await?.is_empty() {
            return Ok(None);
        }
        let lives = scope.update_many::<Entity>().set(Column::ExpiresAt, flow.expires_at());
        lives.filter(Column::Id.eq(family)).filter(Column::RedeemedAt.is_null()).exec_one().await?;
        Ok(Some(resident))
    }

    pub(super) async fn passkey_offer_view(
        &self,
        published: &Published,
        flow: &Flow,
        browser: &Browser,
    ) -> Result<FlowPage, Error> {
        let resident = match &flow.stage {
            Stage::Carded(carded) => carded.person.found(),
            _ => None,
        };
        let session = match resident {
            Some(resident) => self.session_of(published, browser, resident).await?,
            None => None,
        };
        if session.is_none() {
            return Ok(FlowPage::Stop(Stop::FlowGone));
        }
        let making = Making { ceremony: Ceremony::Offer(flow.id.bytes()), existing: &[] };
        let service = flow.party().and_then(|id| published.party(id)).map(|party| party.view());
        Ok(FlowPage::PasskeyOffer(Box::new(PasskeyOfferView {
            town: published.town_view(),
            service,
            options: self.making_options(published, &making).await?,
            locale: flow.locale,
            form_origins: origins(published, flow),
        })))
    }

    /// Takes the answer of the page that offers a passkey: what a device made, or nothing. Then back to the service.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn answer_passkey_offer(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        browser: &Browser,
        sent: Option<&str>,
    ) -> Result<PasskeyAnswer, Error> {
        let published = self.published(slug).await?;
        let go = |step| Ok(PasskeyAnswer::Step(Box::new(step)));
        let Some(flow) = self.open_flow(&published, browser, id).await? else { return go(Step::stop(Stop::FlowGone)) };
        let resident = match &flow.stage {
            Stage::Carded(carded) if flow.offers_passkey && !flow.answered => match carded.person {
                Person::Found(resident, _) => resident,
                Person::New { .. } => return Err(Error::internal("an offer to nobody")),
            },
            _ if flow.answered => return go(Step::stop(Stop::AlreadyDone)),
            _ => return go(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() }),
        };
        let Some(session) = self.session_of(&published, browser, resident).await? else {
            return go(Step::stop(Stop::FlowGone));
        };
        let mut passkeys = None;
        if let Some(sent) = sent {
            // The page may have been open for longer than whoever gave the consent was there.
            if !by_card(&session, self.clock.seconds()) {
                return Ok(PasskeyAnswer::Refused(PasskeyRefusal::CardFirst));
            }
            match self.keep_passkey(&published, Ceremony::Offer(id.bytes()), &session, sent).await? {
                Added::Done => passkeys = Some(Passkeys::Used),
                Added::Refused(refusal) => return Ok(PasskeyAnswer::Refused(refusal)),
            }
        }
        let mut step = self.go_on_after_offer(&published, flow, browser).await?;
        step.cookies.passkeys = passkeys;
        go(step)
    }

    /// Back to the service, with a code in place of the one that was not handed over.
    async fn go_on_after_offer(&self, published: &Published, flow: Flow, browser: &Browser) -> Result<Step, Error> {
        let (Kind::Service(asked), Stage::Carded(carded)) = (&flow.kind, &flow.stage) else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        let Some((party, ..)) = parts(published, asked) else { return Ok(Step::stop(Stop::NotSetUp)) };
        if carded.basis != published.basis(carded.provider) || response(published, party, asked).is_none() {
            let flow = Flow { offers_passkey: false, ..flow };
            return self.end(published, flow, browser, Ending::Changed).await;
        }
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Create, Resource::TokenFamily).await?;
        let finishing = Finishing {
            published,
            browser,
            flow: flow.id,
            party,
            asked,
            who: Who::Card(carded),
            // The page that offers comes after the one that asked, and takes nothing back of what was agreed to there.
            consent: Some(flow.locale),
            tie: None,
            keep_session: true,
            answers: Answers::Again,
        };
        let finished = self.finish(&scope, &finishing).await?;
        if matches!(finished, Finished::Code(..)) {
            scope.commit().await?;
        } else {
            drop(scope);
        }
        self.deliver(published, &flow, asked, party, finished).await
    }
}
