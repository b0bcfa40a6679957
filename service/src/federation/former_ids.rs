//! Accounts that a service had before the card (docs/decisions/0011): the service hands in a handle for each person who proved to it
//! who they were, and whoever the town names asks for it when that person comes.
//!
//! A handle is a digest under a key that never gets here. It is kept while somebody is to be given it, and goes with the consent to
//! the service that handed it in and with the town ID.

use std::collections::{HashMap, HashSet};

use domain::calendar::Month;
use domain::configuration::{ClientAuthentication, ConfigurationKind};
use domain::disclosure::{DisclosedFigure, at_least};
use domain::ids::{RelyingPartyId, ResidentId};
use domain::locale::Locale;
use domain::names::{ClientId, TenantSlug};
use entity::consent_grant;
use entity::former_id::{ActiveModel, Column, Entity};
use oidc::parameters::Parameters;
use oidc::provider::former_ids::{
    Expected, Handle, Line, LineError, Refused, WrongLine, judge, read, refused, unsigned,
};
use oidc::{ErrorCode, ProtocolError};
use sea_orm::{ColumnTrait, Condition, Order, Set};
use uuid::Uuid;

use super::client::{Authenticated, PublicClients};
use super::events::{PEOPLE_AT_ONCE, permitting_states};
use super::published::{Party, Published};
use super::token::counting_strictly;
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration::{Content, store};
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, WriteScope, action, find_family_standing};
use crate::usage::policy_of;

/// Consents that are read in one statement while people are looked for.
const CONSENTS_AT_ONCE: u64 = 2_000;

/// What a service gets that handed something in or asked.
#[derive(Debug, PartialEq, Eq)]
pub enum FormerIds {
    /// All lines are kept: so many.
    Kept(usize),
    /// Nothing is kept, because these lines are wrong.
    Refused(Vec<WrongLine>),
    /// The handle of the person whose access token was shown, if one was handed in.
    Found(Option<String>),
}

impl Service {
    /// Takes lines `sub,handle` in `former_ids`, all or none, with the `signature` of a service that signs; or says the handle of the person whose access token is in `token`.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a town, [`Error::Unavailable`]; what the client did wrong is the inner error.
    pub async fn former_ids(
        &self,
        slug: &TenantSlug,
        authorization: Option<&str>,
        body: &Parameters,
    ) -> Result<Result<FormerIds, ProtocolError>, Error> {
        let published = self.published(slug).await?;
        let Authenticated { party, proof, .. } =
            match self.authenticated(&published, PublicClients::Refused, authorization, body).await {
                Ok(client) => client,
                Err(refusal) => return Ok(Err(refusal)),
            };
        let answer = match (body.get("former_ids"), body.get("token")) {
            _ if party.suspended => Err(not_for_it()),
            (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
            (Ok(Some(lines)), Ok(None)) => match self.signed_lines(&published, party, lines, body).await {
                Ok(()) => self.hand_in_former_ids(&published, party, lines).await?,
                Err(refusal) => Err(refusal),
            },
            (Ok(None), Ok(Some(token))) => self.find_former_id(&published, party, token).await?,
            _ => Err(ProtocolError::invalid_request("one of former_ids and token is needed")),
        };
        self.answer_once(&published, proof.as_ref(), answer).await
    }

    /// Whether lines are signed, where the service signs what it says: who merely learnt to authenticate in its name hands nothing in.
    async fn signed_lines(
        &self,
        published: &Published,
        party: &Party,
        lines: &str,
        body: &Parameters,
    ) -> Result<(), ProtocolError> {
        let client = &party.content.client;
        let signs = client.authentication == ClientAuthentication::PrivateKeyJwt || client.signed_only;
        let Some(signature) = body.get("signature")? else {
            return if signs { Err(unsigned()) } else { Ok(()) };
        };
        let signed = self.signed_by(party, signature).await.ok_or(unsigned())?;
        let (issuer, now) = (&published.issuer, self.clock.now());
        judge(&signed, &Expected { lines, client_id: &party.client_id, issuer, now })
    }

    async fn hand_in_former_ids(
        &self,
        published: &Published,
        party: &Party,
        text: &str,
    ) -> Result<Result<FormerIds, ProtocolError>, Error> {
        // Nothing is kept that nobody is to be given.
        if !published.parties.iter().any(|other| predecessor(other) == Some(&party.client_id)) {
            return Ok(Err(not_for_it()));
        }
        let lines = match read(text) {
            Ok(lines) => lines,
            Err(Refused::Lines(wrong)) => return Ok(Ok(FormerIds::Refused(wrong))),
            Err(Refused::TooMany) => {
                return Ok(Err(ProtocolError::invalid_request("there are more lines than are taken at once")));
            }
        };
        if lines.is_empty() {
            return Ok(Err(ProtocolError::invalid_request("there is no line in former_ids")));
        }
        // Who they are is computed person by person.
        let Some(_upload) = self.uploads.begin(party.id) else { return Ok(Err(ProtocolError::too_many_requests())) };
        let people = self.people_of(published, party, &lines).await?;
        let (mut known, mut wrong) = (Vec::with_capacity(lines.len()), Vec::new());
        for line in &lines {
            match people.get(line.sub) {
                Some(resident) => known.push((line, *resident)),
                None => wrong.push(WrongLine { line: line.number, error: LineError::UnknownPerson }),
            }
        }
        if wrong.is_empty() {
            wrong = match self.keep_former_ids(published, party, &known).await {
                // Another request of the service came in between.
                Err(Error::Conflict(_)) => return Err(Error::Unavailable),
                kept => kept?,
            };
        }
        Ok(Ok(match (wrong.is_empty(), refused(wrong)) {
            (false, Refused::Lines(wrong)) => FormerIds::Refused(wrong),
            _ => FormerIds::Kept(lines.len()),
        }))
    }

    /// Who the pseudonyms of a service stand for, among those who agreed to it. A pseudonym leads nowhere by itself, so that of
    /// each of them is computed.
    async fn people_of<'l>(
        &self,
        published: &Published,
        party: &Party,
        lines: &[Line<'l>],
    ) -> Result<HashMap<&'l str, ResidentId>, Error> {
        use consent_grant::{Column, Entity};
        let wanted: HashSet<&str> = lines.iter().map(|line| line.sub).collect();
        let mut found = HashMap::new();
        let caller = self.oidc_provider(published);
        let scope = self.gate.open(&caller, action::Read, Resource::ConsentGrant).await?;
        let mut after = Uuid::nil();
        while found.len() < wanted.len() {
            let grants = scope
                .find::<Entity>()
                .filter(Column::RelyingPartyId.eq(party.id.uuid()))
                .filter(Column::State.is_in(permitting_states()))
                .filter(Column::ResidentId.gt(after))
                .order_by(Column::ResidentId, Order::Asc)
                .page(0, CONSENTS_AT_ONCE)
                .all()
                .await?;
            let Some(last) = grants.last() else { break };
            after = last.resident_id;
            for grant in &grants {
                let resident = ResidentId::from_uuid(grant.resident_id);
                if let Some(sub) = wanted.get(party.subject(&published.keys, resident).as_str()) {
                    found.insert(*sub, resident);
                }
            }
        }
        Ok(found)
    }

    /// Writes all of them in the place of what these people had, and says what cannot be written; then nothing is.
    async fn keep_former_ids(
        &self,
        published: &Published,
        party: &Party,
        known: &[(&Line<'_>, ResidentId)],
    ) -> Result<Vec<WrongLine>, Error> {
        let caller = self.oidc_provider(published);
        let mut scope = self.gate.open(&caller, action::Create, Resource::FormerId).await?;
        let mut wrong = Vec::new();
        for lines in known.chunks(PEOPLE_AT_ONCE) {
            let people = lines.iter().map(|(_, resident)| resident.uuid());
            let agreed = agreeing(&scope, party, people.clone()).await?;
            let gone = lines.iter().filter(|(_, resident)| !agreed.contains(&resident.uuid()));
            wrong.extend(gone.map(|(line, _)| WrongLine { line: line.number, error: LineError::UnknownPerson }));
            let theirs = own(party).add(Column::ResidentId.is_in(people));
            scope.delete_many::<Entity>().filter(theirs).exec().await?;
        }
        for lines in known.chunks(PEOPLE_AT_ONCE) {
            let handles = Column::Handle.is_in(lines.iter().map(|(line, _)| line.handle.0.to_vec()));
            let taken = scope.find::<Entity>().filter(own(party).add(handles)).all().await?;
            let taken: HashSet<Vec<u8>> = taken.into_iter().map(|row| row.handle).collect();
            let lost = lines.iter().filter(|(line, _)| taken.contains(line.handle.0.as_slice()));
            wrong.extend(lost.map(|(line, _)| WrongLine { line: line.number, error: LineError::Taken }));
        }
        if !wrong.is_empty() {
            return Ok(wrong);
        }
        for lines in known.chunks(PEOPLE_AT_ONCE) {
            let rows = lines.iter().map(|(line, resident)| ActiveModel {
                organisation_id: Set(scope.organisation().uuid()),
                relying_party_id: Set(party.id.uuid()),
                resident_id: Set(resident.uuid()),
                handle: Set(line.handle.0.to_vec()),
            });
            scope.insert_all::<Entity, _>(rows.collect()).await?;
        }
        // That it happened; how many people it was about is a figure like any other.
        scope.audit(Act {
            kind: ActKind::FormerIdsHandedIn,
            object_kind: Resource::RelyingParty.as_str(),
            object_id: party.id.to_string(),
            text: ActText { object: party.content.name.get(Locale::Ja).to_owned(), ..ActText::default() },
        });
        scope.commit().await?;
        Ok(wrong)
    }

    async fn find_former_id(
        &self,
        published: &Published,
        party: &Party,
        token: &str,
    ) -> Result<Result<FormerIds, ProtocolError>, Error> {
        let from = predecessor(party).and_then(|client_id| published.client(client_id));
        let Some(from) = from else { return Ok(Err(not_for_it())) };
        let none =
            Ok(Err(ProtocolError::new(ErrorCode::InvalidGrant, "the token does not count, or is not the client's")));
        let Some(token) = self.open_access_token(published, token).await? else { return none };
        let caller = self.oidc_provider(published);
        let scope = self.gate.glance(&caller, Resource::TokenFamily).await?;
        let family = find_family_standing(&scope, token.family).await?.found;
        drop(scope);
        let Some(family) = family else { return none };
        match counting_strictly(published, &family, Month::at(self.clock.now())) {
            Some((owner, _)) if owner.id == party.id => {}
            _ => return none,
        }
        let scope = self.gate.open(&caller, action::Read, Resource::FormerId).await?;
        let row = scope.find::<Entity>().filter(own(from).add(Column::ResidentId.eq(family.resident_id))).one().await?;
        let handle = row.and_then(|row| row.handle.try_into().ok()).map(|bytes| Handle(bytes).to_text());
        Ok(Ok(FormerIds::Found(handle)))
    }

    /// How many people at least a client handed something in for, for those who look after services.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn former_ids_figure(
        &self,
        caller: &Caller,
        client_id: &ClientId,
    ) -> Result<Option<DisclosedFigure>, Error> {
        use entity::relying_party;
        let scope = self.gate.open(caller, action::Read, Resource::RelyingParty).await?;
        let named = relying_party::Column::ClientId.eq(client_id.as_str());
        let Some(party) = scope.find::<relying_party::Entity>().filter(named).one().await? else { return Ok(None) };
        let people = scope.find::<Entity>().filter(Column::RelyingPartyId.eq(party.id)).count().await?;
        let policy = policy_of(&scope.find::<entity::tenant::Entity>().get().await?);
        Ok(at_least(u32::try_from(people).unwrap_or(u32::MAX), None, &policy))
    }
}

/// Who of these people agrees to the service, now and until the end of the transaction: a withdrawal at the same moment waits, and
/// then deletes what was written.
async fn agreeing(
    scope: &WriteScope,
    party: &Party,
    people: impl IntoIterator<Item = Uuid>,
) -> Result<HashSet<Uuid>, Error> {
    use consent_grant::{Column, Entity};
    let grants = scope
        .find::<Entity>()
        .filter(Column::RelyingPartyId.eq(party.id.uuid()))
        .filter(Column::ResidentId.is_in(people))
        .filter(Column::State.is_in(permitting_states()))
        .held()
        .all()
        .await?;
    Ok(grants.into_iter().map(|row| row.resident_id).collect())
}

/// Deletes what one service handed in about one person, whose consent to it ended.
pub(super) async fn forget(scope: &WriteScope, party: RelyingPartyId, resident: ResidentId) -> Result<(), Error> {
    let of_party = Condition::all().add(Column::RelyingPartyId.eq(party.uuid()));
    scope.delete_many::<Entity>().filter(of_party.add(Column::ResidentId.eq(resident.uuid()))).exec().await?;
    Ok(())
}

/// Deletes what no published version asks for any more.
pub(crate) async fn forget_unwanted(scope: &WriteScope) -> Result<(), Error> {
    use entity::relying_party;
    let mut wanted = Vec::new();
    for version in store::published(scope, ConfigurationKind::RelyingParty).await? {
        if let Content::RelyingParty(content) = store::content(&version)? {
            wanted.extend(content.client.former_ids_of.map(|client_id| client_id.to_string()));
        }
    }
    let of = relying_party::Column::ClientId.is_in(wanted);
    let parties = scope.find::<relying_party::Entity>().filter(of).all().await?;
    let unwanted = Column::RelyingPartyId.is_not_in(parties.into_iter().map(|row| row.id));
    scope.delete_many::<Entity>().filter(unwanted).exec().await?;
    Ok(())
}

fn predecessor(party: &Party) -> Option<&str> {
    party.content.client.former_ids_of.as_ref().map(ClientId::as_str)
}

fn own(party: &Party) -> Condition {
    Condition::all().add(Column::RelyingPartyId.eq(party.id.uuid()))
}

fn not_for_it() -> ProtocolError {
    ProtocolError::new(ErrorCode::UnauthorizedClient, "the town has not approved this for the client")
}
