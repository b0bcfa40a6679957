//! Ties (在勤・在学) in a sign-in: what staff attested counts when rules are decided, and a one-time code takes somebody on whom
//! the card alone did not let in.
//!
//! A code is looked at when it is typed and spent when the person is written: a sign-in that is given up costs nothing, and of
//! two who hold the same code the first to agree has it.

use domain::calendar;
use domain::ids::{FlowId, ResidentId};
use domain::names::TenantSlug;
use domain::residency::Attestation;
use secrecy::{ExposeSecret, SecretString};

use super::finish::{items_handed_over, response};
use super::flow::{Carded, Ending, Flow, Kind, Offered, Person, Stage};
use super::published::Published;
use super::recognise::{Way, way};
use super::send::place;
use super::{Browser, Cookies, Go, Step, Stop, determine, store};
use crate::Service;
use crate::accounts::throttling::{self, Charge, Throttled};
use crate::attestations::store as attestations;
use crate::error::Error;
use crate::gate::{Resource, WriteScope, action};

/// What became of a one-time code that was typed on the outcome page.
pub enum TieAnswer {
    /// It goes on.
    Step(Box<Step>),
    /// It cannot be used: mistyped, used, revoked, over, of another town, or of no use here. One answer for all of them.
    Refused,
    /// So many were wrong that none is looked at for a while.
    Wait,
}

impl Service {
    /// Takes a one-time code on the outcome page of somebody whom a tie would make eligible.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn answer_with_code(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        browser: &Browser,
        typed: &SecretString,
    ) -> Result<TieAnswer, Error> {
        let published = self.published(slug).await?;
        let go = |step| Ok(TieAnswer::Step(Box::new(step)));
        let Some(mut flow) = self.open_flow(&published, browser, id).await? else {
            return go(Step::stop(Stop::FlowGone));
        };
        let carded = match std::mem::replace(&mut flow.stage, Stage::Arrived) {
            Stage::Held(_, carded)
                if carded.basis == published.basis(carded.provider) && is_current(&published, &flow.kind) =>
            {
                carded
            }
            Stage::Held(..) => return go(self.end(&published, flow, browser, Ending::Changed).await?),
            stage => {
                flow.stage = stage;
                return go(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() });
            }
        };
        if !self.charge_code(id).await? {
            return Ok(TieAnswer::Wait);
        }
        let today = calendar::tokyo_date(self.clock.now());
        let caller = self.sign_in(&published);
        let offered = {
            let scope = self.gate.open(&caller, action::Read, Resource::AttestationBatch).await?;
            attestations::look_up(&scope, typed.expose_secret(), today).await?
        };
        let helps = |offered: &attestations::Offered| {
            super::recognise::determined(&published, &flow.kind, &carded)
                .is_some_and(|determined| determined.would_do.contains(offered.kind))
        };
        let Some(offered) = offered.filter(helps) else { return Ok(TieAnswer::Refused) };
        let offered =
            Offered { tie: Attestation { kind: offered.kind, until: offered.until }, code_hash: offered.hash };
        let step = match carded.person {
            Person::New { .. } => Some(self.go_on_with_offer(&published, flow, *carded, offered, browser).await?),
            Person::Found(resident, _) => {
                self.go_on_with_tie(&published, flow, *carded, resident, offered, browser).await?
            }
        };
        let Some(step) = step else { return Ok(TieAnswer::Refused) };
        self.refund_code(id).await?;
        go(step)
    }

    /// Somebody who is not in the register: nothing is written yet.
    async fn go_on_with_offer(
        &self,
        published: &Published,
        mut flow: Flow,
        mut carded: Carded,
        offered: Offered,
        browser: &Browser,
    ) -> Result<Step, Error> {
        flow.tie = Some(offered);
        if needs_attributes(published, &flow.kind, None) {
            return self.send_to_card(published, flow, browser).await;
        }
        carded.attest(offered.tie);
        self.go_on_as_stranger(published, flow, carded, browser).await
    }

    /// Somebody who is in the register has the tie at once. `None` if the code went to somebody else a moment ago.
    async fn go_on_with_tie(
        &self,
        published: &Published,
        mut flow: Flow,
        mut carded: Carded,
        resident: ResidentId,
        offered: Offered,
        browser: &Browser,
    ) -> Result<Option<Step>, Error> {
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Update, Resource::Resident).await?;
        if !store::lock_found(&scope, resident, carded.person.home()).await? {
            return Ok(Some(Step::stop(Stop::FlowGone)));
        }
        if !self.spend_code(&scope, resident, offered).await? {
            return Ok(None);
        }
        carded.attest(offered.tie);
        let written = determine::write_outcomes(&scope, published, resident, &mut carded, self.clock.now()).await?;
        self.announce_lost(&scope, published, &written.lost).await?;
        let existing = self.agreed_by(&scope, published, &flow.kind, resident).await?;
        if needs_attributes(published, &flow.kind, existing.as_ref()) {
            scope.commit().await?;
            return self.send_to_card(published, flow, browser).await.map(Some);
        }
        let way: Way = way(published, &flow.kind, &mut carded, Some(resident), existing.as_ref())?;
        flow.stage = Stage::Carded(Box::new(carded));
        self.follow_written(published, scope, flow, browser, way).await.map(Some)
    }

    /// The ties that count for somebody in the register, after a code of this flow was spent. They are read only where a rule
    /// asks for one.
    pub(super) async fn ties_of(
        &self,
        scope: &WriteScope,
        published: &Published,
        resident: ResidentId,
        offered: Option<Offered>,
    ) -> Result<Vec<Attestation>, Error> {
        if !published.names_ties {
            return Ok(Vec::new());
        }
        if let Some(offered) = offered {
            // Where it went to somebody else meanwhile, what the person has decides.
            self.spend_code(scope, resident, offered).await?;
        }
        attestations::attested_of(scope, resident).await
    }

    /// Spends a code for a person whose row is locked. False if somebody else was quicker; the person who spent it a moment ago,
    /// in another tab or with the same form sent twice, has what it stands for.
    pub(super) async fn spend_code(
        &self,
        scope: &WriteScope,
        resident: ResidentId,
        offered: Offered,
    ) -> Result<bool, Error> {
        let today = calendar::tokyo_date(self.clock.now());
        if attestations::redeem(scope, resident, &offered.code_hash, today).await?.is_some() {
            return Ok(true);
        }
        let ties = attestations::attested_of(scope, resident).await?;
        Ok(ties.iter().any(|tie| tie.kind == offered.tie.kind && tie.until >= offered.tie.until))
    }

    /// Charges an attempt before it is judged. False if none is looked at now.
    ///
    /// A flow that asks for a code costs a card; and codes are far too many to be found by all flows of a town together. So
    /// no town is charged: whoever wanted to could keep its people from their codes.
    async fn charge_code(&self, flow: FlowId) -> Result<bool, Error> {
        let scope = self.gate.platform_write().await?;
        let charged = throttling::charge(&scope, &Throttled::codes_of_flow(flow), self.clock.seconds()).await?;
        scope.commit().await?;
        Ok(matches!(charged, Charge::Taken(_)))
    }

    async fn refund_code(&self, flow: FlowId) -> Result<(), Error> {
        let scope = self.gate.platform_write().await?;
        throttling::refund(&scope, &Throttled::codes_of_flow(flow)).await?;
        scope.commit().await
    }
}

/// Whether what the request was checked against is still published; there is nothing to check for the town's own page.
pub(super) fn is_current(published: &Published, kind: &Kind) -> bool {
    match kind {
        Kind::Service(asked) => {
            published.party(asked.party).is_some_and(|party| response(published, party, asked).is_some())
        }
        Kind::TownPage => published.town_page().is_some(),
        Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => false,
    }
}

/// Whether something is handed over that only the card holds: then it is read once more, because nothing of it was kept.
pub(super) fn needs_attributes(
    published: &Published,
    kind: &Kind,
    existing: Option<&domain::consent::ExistingGrant>,
) -> bool {
    match kind {
        Kind::Service(asked) => {
            published.party(asked.party).is_some_and(|party| !items_handed_over(party, asked, existing).is_empty())
        }
        Kind::TownPage | Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => false,
    }
}
