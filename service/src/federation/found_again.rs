//! A person is found again by what a provider calls them: under the digest of the resident's own row, under one of a town ID that
//! was merged into it, or, where the provider says that its name for the person has changed (a renewed card), under the former
//! one. Never by a name, an address or a birthdate. Where the provider says nothing, the desk does ([`super::renewed_card`]).

use domain::calendar::Month;
use domain::ids::{IdentityProviderId, ResidentId};
use domain::locale::Locale;
use entity::{desk_request, resident, resident_lookup};
use oidc::subject::LookupPepper;
use sea_orm::ColumnTrait;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::flow::{Carded, Home, Person};
use super::levels::AttestedBy;
use super::provider::Provider;
use super::published::Published;
use super::store;
use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, WriteScope, action};

type Digests = Vec<(i64, Zeroizing<[u8; 32]>)>;

/// The digests under which a person may be found, the current pepper's first.
pub(super) struct Lookup {
    current: Digests,
    /// Of the provider's former name for the person; empty where it names none.
    former: Digests,
}

impl Lookup {
    pub(super) fn of(published: &Published, provider: &Provider, subject: &str, former: Option<&SecretString>) -> Self {
        let digests = |subject: &str| -> Digests {
            let digest =
                |(number, pepper): &(i64, LookupPepper)| (*number, pepper.lookup(&provider.subject_namespace, subject));
            published.keys.peppers.iter().map(digest).collect()
        };
        let former = former.map(|former| digests(former.expose_secret())).unwrap_or_default();
        Self { current: digests(subject), former }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.current.iter().map(|(_, digest)| digest.as_slice())
    }

    fn knows(&self, digest: &[u8]) -> bool {
        self.all().chain(self.former()).any(|known| known == digest)
    }

    fn former(&self) -> impl Iterator<Item = &[u8]> {
        self.former.iter().map(|(_, digest)| digest.as_slice())
    }

    pub(super) fn current(&self) -> &[u8] {
        self.current.first().map_or(&[], |(_, digest)| digest.as_slice())
    }

    fn pepper(&self) -> i64 {
        self.current.first().map_or(0, |(number, _)| *number)
    }

    pub(super) fn stranger(&self) -> Person {
        let (pepper, digest) = self.current.first().cloned().unwrap_or_default();
        Person::New { digest, pepper }
    }
}

/// A resident who was found again.
pub(super) struct FoundAgain {
    pub(super) row: resident::Model,
    /// The row of a merged town ID's sign-in, where that is what leads here.
    merged: Option<resident_lookup::Model>,
    /// Found under the former name.
    renamed: bool,
}

impl FoundAgain {
    pub(super) fn resident(&self) -> ResidentId {
        ResidentId::from_uuid(self.row.id)
    }

    /// The digest that the resident's own row has once this sign-in is written.
    pub(super) fn home(&self, lookup: &Lookup) -> Result<Home, Error> {
        home(match self.merged {
            Some(_) => &self.row.subject_digest,
            None => lookup.current(),
        })
    }
}

/// A digest at rest, as a flow carries it.
pub(super) fn home(digest: &[u8]) -> Result<Home, Error> {
    let digest = digest.try_into().map_err(|_| Error::internal("a digest of another length"))?;
    Ok(Zeroizing::new(digest))
}

impl Service {
    /// Who it is, if the register knows. For everybody who was here before that is one reading.
    pub(super) async fn find_again(&self, caller: &Caller, lookup: &Lookup) -> Result<Option<FoundAgain>, Error> {
        let own = {
            let scope = self.gate.glance(caller, Resource::Resident).await?;
            own_row(&scope, lookup.all()).await?
        };
        if let Some(row) = own {
            return Ok(Some(FoundAgain { row, merged: None, renamed: false }));
        }
        // Rows only ever move from the register to the merged ones, so whoever is in neither is a stranger.
        let is_merged = {
            let scope = self.gate.glance(caller, Resource::Resident).await?;
            merged_lookup(&scope, lookup.all()).await?.is_some()
        };
        if !is_merged && lookup.former.is_empty() {
            return Ok(None);
        }
        let scope = self.gate.open(caller, action::Read, Resource::Resident).await?;
        search(&scope, lookup).await
    }

    /// Locks who was found, or is found now because the town ID was merged a moment ago. `None` if the person left meanwhile, or
    /// is known by a new name of the provider or a new card, which this sign-in does not have.
    pub(super) async fn lock_again(
        &self,
        caller: &Caller,
        found: FoundAgain,
        lookup: &Lookup,
    ) -> Result<Option<(WriteScope, FoundAgain)>, Error> {
        let scope = self.gate.open(caller, action::Update, Resource::Resident).await?;
        if let Some(row) = store::lock_row(&scope, found.resident()).await?
            && match &found.merged {
                Some(merged) => leads_to(&scope, &merged.subject_digest).await? == Some(row.id),
                None => lookup.knows(&row.subject_digest),
            }
        {
            return Ok(Some((scope, FoundAgain { row, ..found })));
        }
        let Some(found) = search(&scope, lookup).await? else { return Ok(None) };
        match store::lock_row(&scope, found.resident()).await? {
            Some(row) => Ok(Some((scope, FoundAgain { row, ..found }))),
            None => Ok(None),
        }
    }
}

/// Looks at every place.
async fn search<S: Scope>(scope: &S, lookup: &Lookup) -> Result<Option<FoundAgain>, Error> {
    if let Some(row) = own_row(scope, lookup.all()).await? {
        return Ok(Some(FoundAgain { row, merged: None, renamed: false }));
    }
    if let Some((row, merged)) = merged_row(scope, lookup.all()).await? {
        return Ok(Some(FoundAgain { row, merged: Some(merged), renamed: false }));
    }
    if lookup.former.is_empty() {
        return Ok(None);
    }
    if let Some(row) = own_row(scope, lookup.former()).await? {
        return Ok(Some(FoundAgain { row, merged: None, renamed: true }));
    }
    let found = merged_row(scope, lookup.former()).await?;
    Ok(found.map(|(row, merged)| FoundAgain { row, merged: Some(merged), renamed: true }))
}

async fn own_row<S: Scope>(scope: &S, digests: impl Iterator<Item = &[u8]>) -> Result<Option<resident::Model>, Error> {
    use resident::{Column, Entity};
    scope.find::<Entity>().filter(Column::SubjectDigest.is_in(digests.map(<[u8]>::to_vec))).one().await
}

async fn merged_row<S: Scope>(
    scope: &S,
    digests: impl Iterator<Item = &[u8]>,
) -> Result<Option<(resident::Model, resident_lookup::Model)>, Error> {
    let Some(lookup) = merged_lookup(scope, digests).await? else { return Ok(None) };
    let row = scope.find::<resident::Entity>().filter(resident::Column::Id.eq(lookup.resident_id)).one().await?;
    Ok(row.map(|row| (row, lookup)))
}

async fn merged_lookup<S: Scope>(
    scope: &S,
    digests: impl Iterator<Item = &[u8]>,
) -> Result<Option<resident_lookup::Model>, Error> {
    use resident_lookup::{Column, Entity};
    scope.find::<Entity>().filter(Column::SubjectDigest.is_in(digests.map(<[u8]>::to_vec))).one().await
}

/// The town ID to which a digest leads by way of one that was merged into it.
pub(super) async fn leads_to(scope: &WriteScope, digest: &[u8]) -> Result<Option<Uuid>, Error> {
    use resident_lookup::{Column, Entity};
    Ok(scope.find::<Entity>().filter(Column::SubjectDigest.eq(digest)).one().await?.map(|row| row.resident_id))
}

/// Puts the digest that led here under the current pepper, or under the provider's new name for the person, once; and notes the
/// level of identity of this sign-in, be it lower, and who attested it in which word: a passkey says that of the last card, not of the
/// best. The row is locked.
pub(super) async fn renew(
    scope: &mut WriteScope,
    published: &Published,
    found: &FoundAgain,
    lookup: &Lookup,
    carded: &Carded,
    month: Month,
) -> Result<(), Error> {
    let row = &found.row;
    let ial = i64::from(carded.assurance.ial.number());
    let AttestedBy { provider, word } = published.attested_by(carded);
    let own = found.home(lookup)?;
    let pepper = if found.merged.is_some() { row.pepper_number } else { lookup.pepper() };
    let mut moved = found.merged.is_none() && row.subject_digest != own.as_slice();
    if let Some(merged) = &found.merged
        && merged.subject_digest != lookup.current()
    {
        use resident_lookup::{Column, Entity};
        let renewed = scope
            .update_many::<Entity>()
            .set(Column::SubjectDigest, lookup.current().to_vec())
            .set(Column::PepperNumber, lookup.pepper())
            .filter(Column::SubjectDigest.eq(merged.subject_digest.clone()))
            .exec()
            .await?;
        moved = renewed == 1;
    }
    // Two sign-ins with the new card at once: the second one finds it done.
    let relinked = found.renamed && moved;
    if relinked {
        scope.audit(relinking(published, carded.provider));
    }
    let standing = Standing { digest: own.to_vec(), pepper, ial, provider: provider.uuid(), word };
    if standing == Standing::of(row) && !relinked {
        return Ok(());
    }
    stand(scope, row, standing, relinked.then_some(month)).await
}

/// By what a resident's own row is found, and what it says of the last sign-in with the card.
#[derive(PartialEq, Eq)]
pub(super) struct Standing {
    digest: Vec<u8>,
    pepper: i64,
    ial: i64,
    provider: Uuid,
    word: Option<String>,
}

impl Standing {
    /// That of a row.
    pub(super) fn of(row: &resident::Model) -> Self {
        Self {
            digest: row.subject_digest.clone(),
            pepper: row.pepper_number,
            ial: row.ial,
            provider: row.identity_provider_id,
            word: row.level_word.clone(),
        }
    }
}

/// The one place that puts another digest in the place of a resident's own, be it another pepper's, or another card's (in which
/// month, the resident reads). What waits at the desk goes along. The row is locked.
pub(super) async fn stand(
    scope: &WriteScope,
    row: &resident::Model,
    standing: Standing,
    relinked: Option<Month>,
) -> Result<(), Error> {
    use resident::{Column, Entity};
    if standing.digest != row.subject_digest {
        use desk_request::{Column, Entity};
        let waiting = scope.update_many::<Entity>().set(Column::SubjectDigest, standing.digest.clone());
        waiting.filter(Column::SubjectDigest.eq(row.subject_digest.clone())).exec().await?;
    }
    let mut update = scope
        .update_many::<Entity>()
        .set(Column::SubjectDigest, standing.digest)
        .set(Column::PepperNumber, standing.pepper)
        .set(Column::Ial, standing.ial)
        .set(Column::IdentityProviderId, standing.provider)
        .set(Column::LevelWord, standing.word)
        .filter(Column::Id.eq(row.id));
    if let Some(month) = relinked {
        update = update.set(Column::RelinkedMonth, month.to_string());
    }
    update.exec().await?;
    Ok(())
}

/// That somebody was found again under another name of the provider. It names the connection and nobody.
fn relinking(published: &Published, provider: IdentityProviderId) -> Act {
    let name = published.provider(provider).map(|provider| provider.name.get(Locale::Ja).to_owned());
    Act {
        kind: ActKind::ResidentRelinked,
        object_kind: Resource::IdentityProvider.as_str(),
        object_id: provider.to_string(),
        text: ActText { object: name.unwrap_or_default(), ..ActText::default() },
    }
}
