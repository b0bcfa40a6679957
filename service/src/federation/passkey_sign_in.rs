//! Signing in with a passkey: the page that asks for it or for the card, and what an answer leads to. From there on it is a
//! session like any other: the same judgement as for a session that was open says whether it is enough.

use domain::assurance::{Assurance, Ial, Method};
use domain::consent::{self, ExistingGrant, GrantState};
use domain::ids::{FlowId, IdentityProviderId, ResidentId};
use domain::names::TenantSlug;
use domain::paths;
use entity::{resident, resident_passkey};
use oidc::passkey::{Credential, SignInAnswer, SignedIn, request_options};
use oidc::provider::authorize::Prompt;
use sea_orm::ColumnTrait;

use super::decide::{parts, reaches};
use super::finish::{agreement_asked, items_asked};
use super::flow::{Ending, Flow, Kind, LevelAsked, Stage};
use super::flow_page::origins;
use super::levels::AttestedBy;
use super::passkeys::{Ceremony, Challenge, PasskeyAnswer, PasskeyRefusal, algorithm, judged, spend};
use super::published::Published;
use super::send::place;
use super::sessions::Proof;
use super::views::{FlowPage, SignInView};
use super::{Browser, Cookies, Go, Passkeys, SessionCookie, Step, Stop, choose};
use crate::Service;
use crate::error::{Conflict, Error};
use crate::gate::{Resource, Scope, action};

impl Service {
    /// To the page that asks for a passkey or the card, in a browser in which a passkey of this town was used, where one may
    /// do; else to the provider at once: nobody else has a page in the way.
    pub(super) async fn send_to_sign_in(
        &self,
        published: &Published,
        mut flow: Flow,
        browser: &Browser,
    ) -> Result<Step, Error> {
        let wanted = choose::wanted(published, &flow.kind);
        let as_wanted = wanted.is_none_or(|wanted| Assurance::passkey(Ial::THREE).meets(wanted));
        if browser.passkeys == Passkeys::Used && as_wanted && passkey_may_do(published, &flow.kind) {
            flow.stage = Stage::Choosing { passkey: true };
            return self.show(published, &flow, browser).await;
        }
        self.send_to_card(published, flow, browser).await
    }

    /// Begins a sign-in from the town's own page, for somebody who has a passkey and wants to use it.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn begin_town_passkey_sign_in(&self, slug: &TenantSlug, browser: &Browser) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        if published.town_page().is_none() {
            return Ok(Step::stop(Stop::NotSetUp));
        }
        let mut flow = self.new_flow(Kind::TownPage, browser, None)?;
        flow.stage = Stage::Choosing { passkey: true };
        self.show(&published, &flow, browser).await
    }

    /// Begins a sign-in from the town's own page, for somebody who is to show the card.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn begin_town_card_sign_in(&self, slug: &TenantSlug, browser: &Browser) -> Result<Step, Error> {
        let nothing_known = Browser { passkeys: Passkeys::Unknown, ..browser.clone() };
        self.begin_town_sign_in(slug, &nothing_known).await
    }

    /// From the outcome page to the one that asks for a passkey, where the provider was of no help.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town.
    pub async fn choose_passkey(&self, slug: &TenantSlug, id: FlowId, browser: &Browser) -> Result<Step, Error> {
        let published = self.published(slug).await?;
        let Some(mut flow) = self.open_flow(&published, browser, id).await? else {
            return Ok(Step::stop(Stop::FlowGone));
        };
        if offers_passkey(&published, &flow) {
            // Who turns to the passkey where the provider was of no help is not sent back there for a level that is only wanted.
            if let Kind::Service(asked) = &mut flow.kind
                && matches!(asked.level, LevelAsked::Wanted(_))
            {
                asked.level = LevelAsked::None;
            }
            flow.stage = Stage::Choosing { passkey: true };
            return self.show(&published, &flow, browser).await;
        }
        Ok(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() })
    }

    pub(super) async fn sign_in_view(
        &self,
        published: &Published,
        flow: &Flow,
        passkey: bool,
    ) -> Result<FlowPage, Error> {
        let options = match passkey {
            true => {
                let challenge = self.passkey_challenge(published, Ceremony::SignIn(flow.id.bytes()), &[]).await?;
                Some(request_options(self.passkey_party(&self.origin()), &challenge))
            }
            false => None,
        };
        Ok(FlowPage::SignIn(Box::new(SignInView {
            town: published.town_view(),
            service: flow.party().and_then(|id| published.party(id)).map(|party| party.view()),
            options,
            providers: self.choices(published, &flow.kind),
            locale: flow.locale,
            form_origins: origins(published, flow),
        })))
    }

    /// Takes what a device answered on the page that asks for a passkey. A session is opened, and the request is judged again
    /// with it: to the service, to the consent page, or to the card.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`].
    pub async fn answer_with_passkey(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        browser: &Browser,
        sent: &str,
    ) -> Result<PasskeyAnswer, Error> {
        let published = self.published(slug).await?;
        let go = |step| Ok(PasskeyAnswer::Step(Box::new(step)));
        let Some(flow) = self.open_flow(&published, browser, id).await? else { return go(Step::stop(Stop::FlowGone)) };
        if !matches!(flow.stage, Stage::Choosing { passkey: true }) {
            return go(Step { go: Go::To(place(&published, &flow)), cookies: Cookies::default() });
        }
        let (resident, session) = match self.recognise_passkey(&published, id, browser, sent).await? {
            Ok(recognised) => recognised,
            Err(refusal) => return Ok(PasskeyAnswer::Refused(refusal)),
        };
        let mut step = match &flow.kind {
            Kind::TownPage => Step { go: Go::To(paths::me(slug)), cookies: Cookies::default() },
            Kind::Service(_) | Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => {
                self.go_on_recognised(slug, id, browser, resident, &session).await?
            }
        };
        step.cookies.session = session;
        step.cookies.passkeys = Some(Passkeys::Used);
        // A flow that goes on has its cookie; one that is over needs none.
        if step.cookies.flows.is_empty() {
            step.cookies.forget.push(id);
        }
        go(step)
    }

    /// Judges the request with the session that was just opened.
    async fn go_on_recognised(
        &self,
        slug: &TenantSlug,
        id: FlowId,
        browser: &Browser,
        resident: ResidentId,
        session: &SessionCookie,
    ) -> Result<Step, Error> {
        let token = match session {
            SessionCookie::Set { token, .. } => Some(token.clone()),
            SessionCookie::Keep | SessionCookie::Remove => browser.session.clone(),
        };
        let browser = Browser { session: token, ..browser.clone() };
        loop {
            let published = self.published(slug).await?;
            let Some(mut flow) = self.open_flow(&published, &browser, id).await? else {
                return Ok(Step::stop(Stop::FlowGone));
            };
            flow.stage = Stage::Known(resident);
            // `None` says that the configuration changed this very moment.
            if let Some(step) = self.decide(&published, true, flow, &browser).await? {
                return Ok(step);
            }
        }
    }

    /// Whose passkey answered: opens a session for that person.
    async fn recognise_passkey(
        &self,
        published: &Published,
        flow: FlowId,
        browser: &Browser,
        sent: &str,
    ) -> Result<Result<(ResidentId, SessionCookie), PasskeyRefusal>, Error> {
        let Ok(answer) = SignInAnswer::parse(sent) else { return Ok(Err(PasskeyRefusal::Unusable)) };
        let Ok(bytes) = answer.challenge() else { return Ok(Err(PasskeyRefusal::Unusable)) };
        let ceremony = Ceremony::SignIn(flow.bytes());
        let Some(challenge) = self.open_challenge(published, ceremony, bytes).await? else {
            return Ok(Err(PasskeyRefusal::Again));
        };
        let caller = self.sign_in(published);
        // The credential is looked for in this town alone: one of another town is nobody's here.
        let row = {
            use resident_passkey::{Column, Entity};
            let scope = self.gate.glance(&caller, Resource::ResidentPasskey).await?;
            scope.find::<Entity>().filter(Column::CredentialId.eq(answer.credential_id())).one().await?
        };
        let Some(row) = row else { return Ok(Err(PasskeyRefusal::Unknown)) };
        let unreadable = |_| Error::internal("a passkey cannot be read");
        let credential = Credential {
            user_handle: &row.user_handle,
            public_key: &row.public_key,
            algorithm: algorithm(&row)?,
            counter: u32::try_from(row.counter).map_err(unreadable)?,
            backup_eligible: row.backup_eligible,
        };
        let used = match answer.judge(self.passkey_party(&self.origin()), challenge.bytes(), &credential) {
            Ok(used) => used,
            Err(why) => return Ok(Err(judged(why))),
        };
        match self.open_session_of(published, browser, &row, used, &challenge).await {
            // The same answer once more, or at the same moment.
            Err(Error::Conflict(Conflict::Exists)) => Ok(Err(PasskeyRefusal::Again)),
            opened => opened,
        }
    }

    async fn open_session_of(
        &self,
        published: &Published,
        browser: &Browser,
        row: &resident_passkey::Model,
        used: SignedIn,
        challenge: &Challenge,
    ) -> Result<Result<(ResidentId, SessionCookie), PasskeyRefusal>, Error> {
        let caller = self.sign_in(published);
        let scope = self.gate.open(&caller, action::Update, Resource::ResidentPasskey).await?;
        let person = {
            use resident::{Column, Entity};
            scope.find::<Entity>().filter(Column::Id.eq(row.resident_id)).locked().one().await?
        };
        let Some(person) = person else { return Ok(Err(PasskeyRefusal::Unknown)) };
        use resident_passkey::{Column, Entity};
        let updated = scope
            .update_many::<Entity>()
            .set(Column::Counter, i64::from(used.counter))
            .set(Column::BackedUp, used.backup.made)
            .filter(Column::Id.eq(row.id))
            .filter(Column::Counter.eq(row.counter))
            .exec()
            .await?;
        if updated == 0 {
            // Removed, or used at the same moment.
            return Ok(Err(PasskeyRefusal::Again));
        }
        spend(&scope, challenge)?;
        let resident = ResidentId::from_uuid(person.id);
        let ial: Option<Ial> = u8::try_from(person.ial).ok().and_then(|ial| ial.try_into().ok());
        let proof = Proof {
            auth_time: self.clock.seconds(),
            assurance: Assurance::passkey(ial.ok_or_else(|| Error::internal("a resident cannot be read"))?),
            method: if used.backup.eligible { Method::SyncedPasskey } else { Method::DevicePasskey },
            by: AttestedBy {
                provider: IdentityProviderId::from_uuid(person.identity_provider_id),
                word: person.level_word,
            },
        };
        let (_, session) = self.open_session(&scope, published, browser, resident, proof).await?;
        scope.commit().await?;
        Ok(Ok((resident, session)))
    }
}

/// Whether a passkey may be enough, as far as that can be said before it is known who comes.
fn passkey_may_do(published: &Published, kind: &Kind) -> bool {
    let asked = match kind {
        Kind::TownPage => return published.town_page().is_some(),
        Kind::Merge(_) | Kind::Test(_) | Kind::TryOut(_) => return false,
        Kind::Service(asked) => asked,
    };
    let Some((party, _, text)) = parts(published, asked) else { return false };
    let items = items_asked(party, asked);
    // Somebody who agreed to everything already: whoever did not is sent on to the card by the same rule.
    let agreed = agreement_asked(party, asked);
    let agreed = ExistingGrant { state: GrantState::Given, text_version: text.number, items: agreed };
    let prompt_consent = asked.prompt.contains(Prompt::Consent);
    reaches(Assurance::passkey(Ial::THREE), party, asked)
        && !consent::needs_card(&party.content.items, items, Some(&agreed), prompt_consent)
}

/// Whether the outcome page offers a passkey: the provider was of no help, or was not wanted.
pub(super) fn offers_passkey(published: &Published, flow: &Flow) -> bool {
    matches!(flow.stage, Stage::Ended(Ending::ProviderFailed | Ending::ProviderDeclined))
        && passkey_may_do(published, &flow.kind)
}
