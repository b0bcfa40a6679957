//! Services with a number in common: by the town-wide ID, by a sector that they share (OpenID Connect Core, section 8.1), or because
//! one is given the former ids of the other.
//! Whoever shares a number is a linkage group: the town approves it, and the consent text of each lists all of them.

use std::collections::{HashMap, HashSet};

use domain::configuration::{ConfigurationKind, ConsentTextContent, RelyingPartyContent, SubjectType};
use domain::ids::{ConsentTextId, RelyingPartyId};
use domain::violations::Violation;
use sea_orm::ColumnTrait;
use sea_orm::prelude::Uuid;

use super::content::{Content, Form};
use super::store::{self, Stored, VersionRow};
use crate::error::Error;
use crate::gate::Scope;

/// With whom a relying party has a number in common.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Number {
    /// With nobody.
    Own,
    /// With whoever names a document of this host.
    OfSector(String),
    /// With whoever gets the town-wide ID.
    TownWide,
}

impl Number {
    fn of(subject_type: SubjectType, sector: Option<String>) -> Self {
        match (subject_type, sector) {
            (SubjectType::TownWide, _) => Number::TownWide,
            (SubjectType::Pairwise, Some(host)) => Number::OfSector(host),
            (SubjectType::Pairwise, None) => Number::Own,
        }
    }
}

/// What a version of a relying party says about numbers.
struct Member {
    party: RelyingPartyId,
    number: Number,
    /// Whose former ids it is given, if it is another's.
    predecessor: Option<RelyingPartyId>,
    /// The words of its consent page.
    text: ConsentTextId,
}

impl Member {
    /// Whether both know a person by something in common.
    fn shares_with(&self, other: &Member) -> bool {
        let same = self.number != Number::Own && self.number == other.number;
        same || self.predecessor == Some(other.party) || other.predecessor == Some(self.party)
    }
}

/// What a version of a relying party may say of its sector.
///
/// # Errors
/// `sector_identifier_uri`: [`Violation::NotAllowed`] beside the town-wide ID, which has no sector, and where the version in use has
/// another sector or none; `consent_text`: [`Violation::Mismatch`] where the text does not list who shares the number.
pub(super) async fn check_relying_party<S: Scope>(
    scope: &S,
    party: RelyingPartyId,
    published: Option<i64>,
    content: &RelyingPartyContent,
    text: &ConsentTextContent,
) -> Result<(), Error> {
    let refused = || Error::invalid("sector_identifier_uri", Violation::NotAllowed);
    let sector = content.client.sector_host();
    let subject_type = subject_type(scope, party).await?;
    if subject_type == SubjectType::TownWide && sector.is_some() {
        return Err(refused());
    }
    if let Some(number) = published {
        let in_use = store::content(&store::version(scope, party.uuid(), number).await?)?;
        if !matches!(in_use, Content::RelyingParty(in_use) if in_use.client.sector_host() == sector) {
            return Err(refused());
        }
    }
    let predecessor = match &content.client.former_ids_of {
        None => None,
        Some(of) => {
            Some(party_of(scope, of.as_str()).await?.ok_or(Error::invalid("former_ids_of", Violation::Unknown))?)
        }
    };
    let predecessor = predecessor.filter(|other| *other != party);
    let member = Member { party, number: Number::of(subject_type, sector), predecessor, text: content.consent_text };
    let members = members(scope).await?;
    if is_told(&members, &member, text) && is_told_by_others(scope, &members, &member).await? {
        Ok(())
    } else {
        Err(Error::invalid("consent_text", Violation::Mismatch))
    }
}

/// What a version of a consent text may list.
///
/// # Errors
/// `linked`: [`Violation::Unknown`] where those that it lists do not share a number, [`Violation::Mismatch`] where it leaves out one
/// that shares the number of a service in use: they would go on sharing a number that it no longer tells of.
pub(super) async fn check_text<S: Scope>(scope: &S, id: ConsentTextId, text: &ConsentTextContent) -> Result<(), Error> {
    let mut apart = Vec::new();
    for party in &text.linked {
        apart.push(drafted(scope, *party).await?);
    }
    let mut group: Vec<Member> = apart.pop().into_iter().collect();
    // Whoever shares with one of the group is of the group; one alone must have a number that others may know.
    while let Some(at) = apart.iter().position(|party| group.iter().any(|member| member.shares_with(party))) {
        group.push(apart.swap_remove(at));
    }
    let alone = matches!(group.as_slice(), [one] if one.number == Number::Own);
    if alone || !apart.is_empty() {
        return Err(Error::invalid("linked", Violation::Unknown));
    }
    let members = members(scope).await?;
    for row in store::published(scope, ConfigurationKind::RelyingParty).await? {
        let uses = matches!(store::content(&row)?, Content::RelyingParty(party) if party.consent_text == id);
        let member = members.iter().find(|member| member.party.uuid() == row.configuration_id);
        if let Some(member) = member.filter(|_| uses)
            && !is_told(&members, member, text)
        {
            return Err(Error::invalid("linked", Violation::Mismatch));
        }
    }
    Ok(())
}

/// A number in common is so only with those whom the consent text lists; a pseudonym is nobody else's. Who gives up former ids
/// learns nothing by it, and need not list who is given them.
fn is_told(members: &[Member], of: &Member, text: &ConsentTextContent) -> bool {
    let same = |other: &&Member| other.party != of.party && of.number != Number::Own && other.number == of.number;
    let mut others: Vec<RelyingPartyId> = members.iter().filter(same).map(|other| other.party).collect();
    others.extend(of.predecessor);
    if others.is_empty() && text.linked.is_empty() {
        return true;
    }
    let shares = !others.is_empty() || of.number != Number::Own;
    shares && text.linked.contains(&of.party) && others.iter().all(|other| text.linked.contains(other))
}

/// Whether the texts of the services in use that would share the number with a new one list it: their people must not go on under
/// words that have become untrue.
async fn is_told_by_others<S: Scope>(scope: &S, members: &[Member], new: &Member) -> Result<bool, Error> {
    let same = |other: &&Member| other.party != new.party && new.number != Number::Own && other.number == new.number;
    let others: Vec<&Member> = members.iter().filter(same).collect();
    for row in store::published(scope, ConfigurationKind::ConsentText).await? {
        let used = others.iter().any(|other| other.text.uuid() == row.configuration_id && other.text != new.text);
        if used && !matches!(store::content(&row)?, Content::ConsentText(text) if text.linked.contains(&new.party)) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn members<S: Scope>(scope: &S) -> Result<Vec<Member>, Error> {
    use entity::relying_party::Entity;
    let rows = scope.find::<Entity>().all().await?;
    let mut members = Vec::new();
    for version in store::published(scope, ConfigurationKind::RelyingParty).await? {
        let Some(row) = rows.iter().find(|row| row.id == version.configuration_id) else {
            return Err(Error::internal("a relying party without its identity"));
        };
        members.push(member(&rows, row, &version)?);
    }
    Ok(members)
}

/// What a relying party that is in use, or one that is drafted, says about numbers: texts are written before the services that
/// they are about are published.
async fn drafted<S: Scope>(scope: &S, party: RelyingPartyId) -> Result<Member, Error> {
    use entity::configuration::{Column, Entity};
    let rows = scope.find::<entity::relying_party::Entity>().all().await?;
    let row = rows.iter().find(|row| row.id == party.uuid());
    let row = row.ok_or_else(|| Error::invalid("linked", Violation::Unknown))?;
    let identity = scope.find::<Entity>().filter(Column::Id.eq(party.uuid())).get().await?;
    let version = store::version(scope, row.id, identity.published_number.unwrap_or(identity.latest_number)).await?;
    member(&rows, row, &version)
}

fn member(
    rows: &[entity::relying_party::Model],
    row: &entity::relying_party::Model,
    version: &VersionRow,
) -> Result<Member, Error> {
    let Form::RelyingParty(form) = Stored::of(version)?.form()? else {
        return Err(Error::internal("the content of a relying party"));
    };
    let subject_type = row.subject_type.parse().map_err(|_| Error::internal("a subject type"))?;
    let of = form.client.former_ids_of.trim();
    let predecessor = rows.iter().find(|other| other.client_id == of && other.id != row.id);
    Ok(Member {
        party: RelyingPartyId::from_uuid(row.id),
        number: Number::of(subject_type, form.client.sector_host()),
        predecessor: predecessor.map(|row| RelyingPartyId::from_uuid(row.id)),
        // A draft that has none yet is compared with no text.
        text: form.consent_text.parse().unwrap_or(ConsentTextId::from_uuid(Uuid::nil())),
    })
}

/// The clients that may know people by the same as others, as versions have it: those with such a number, those that are given
/// the former ids of another, and those others.
pub(super) fn sharing<'v>(
    parties: &HashMap<Uuid, entity::relying_party::Model>,
    versions: impl Iterator<Item = &'v VersionRow>,
) -> Result<HashSet<String>, Error> {
    let mut sharing = HashSet::new();
    for version in versions {
        let (Some(row), Form::RelyingParty(form)) =
            (parties.get(&version.configuration_id), Stored::of(version)?.form()?)
        else {
            continue;
        };
        let subject_type = row.subject_type.parse().map_err(|_| Error::internal("a subject type"))?;
        let of = form.client.former_ids_of.trim();
        let succeeds = !of.is_empty() && of != row.client_id;
        if succeeds {
            sharing.insert(of.to_owned());
        }
        if succeeds || Number::of(subject_type, form.client.sector_host()) != Number::Own {
            sharing.insert(row.client_id.clone());
        }
    }
    Ok(sharing)
}

async fn party_of<S: Scope>(scope: &S, client_id: &str) -> Result<Option<RelyingPartyId>, Error> {
    use entity::relying_party::{Column, Entity};
    let row = scope.find::<Entity>().filter(Column::ClientId.eq(client_id)).one().await?;
    Ok(row.map(|row| RelyingPartyId::from_uuid(row.id)))
}

async fn subject_type<S: Scope>(scope: &S, party: RelyingPartyId) -> Result<SubjectType, Error> {
    use entity::relying_party::{Column, Entity};
    let row = scope.find::<Entity>().filter(Column::Id.eq(party.uuid())).get().await?;
    row.subject_type.parse().map_err(|_| Error::internal("a subject type"))
}
