//! What the gateway goes by: a municipality's published configuration, read once per generation.
//!
//! Only published versions are here; a draft cannot be used by mistake, because nothing that signs anybody in can see one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest;
use domain::configuration::{
    ConfigurationKind, ConsentTextContent, EarlierEligibilities, RelyingPartyContent, ResidencyRuleContent,
    SubjectType, VersionState,
};
use domain::consent::PublishedText;
use domain::ids::{ConsentTextId, IdentityProviderId, OrganisationId, RelyingPartyId, ResidencyRuleId, ResidentId};
use domain::municipality::MunicipalityCode;
use domain::names::TenantSlug;
use domain::paths;
use oidc::subject::Sector;
use sea_orm::{ColumnTrait, Condition, EntityTrait};
use serde::de::DeserializeOwned;

use super::consent::ShownText;
use super::provider::Provider;
use crate::Service;
use crate::configuration::MAX_PUBLISHED_RULES;
use crate::error::{Conflict, Error};
use crate::gate::{Caller, Organisation, ReadScope, Resource, Scope, SystemActor, action};
use crate::keys::TenantKeys;

/// A municipality as of one generation.
pub(crate) struct Published {
    pub(crate) organisation: Organisation,
    pub(crate) slug: TenantSlug,
    pub(crate) issuer: String,
    pub(crate) code: MunicipalityCode,
    pub(crate) tenant: entity::tenant::Model,
    /// The identity providers that are in use, in the order of the town.
    pub(crate) providers: Vec<Provider>,
    /// Those that were in use once, and were stopped.
    pub(crate) stopped: Vec<Provider>,
    pub(crate) parties: Vec<Party>,
    pub(crate) rules: Vec<Rule>,
    /// A rule asks for a tie: then those of a resident are read with the card.
    pub(crate) names_ties: bool,
    pub(crate) texts: Vec<Text>,
    pub(crate) keys: Arc<TenantKeys>,
    /// Which rules in which versions these are.
    pub(crate) rules_mark: [u8; 8],
}

/// A relying party that went live.
pub(crate) struct Party {
    pub(crate) id: RelyingPartyId,
    pub(crate) number: u32,
    pub(crate) client_id: String,
    pub(crate) subject_type: SubjectType,
    pub(crate) sector: Sector,
    pub(crate) suspended: bool,
    pub(crate) content: RelyingPartyContent,
    pub(crate) secrets: Vec<Secret>,
}

/// A secret of a relying party that was not ended.
pub(crate) struct Secret {
    pub(crate) hash: [u8; 32],
    pub(crate) expires_at: i64,
}

/// A rule in its published version.
pub(crate) struct Rule {
    pub(crate) id: ResidencyRuleId,
    pub(crate) number: u32,
    /// The earliest version whose eligibilities hold: later ones let them run on.
    pub(crate) since: u32,
    pub(crate) content: ResidencyRuleContent,
}

/// A consent text in its published version.
pub(crate) struct Text {
    pub(crate) id: ConsentTextId,
    pub(crate) number: u32,
    pub(crate) last_material: u32,
    pub(crate) published_at: i64,
    pub(crate) content: ConsentTextContent,
}

impl Text {
    pub(crate) fn version(&self) -> PublishedText {
        PublishedText { version: self.number, last_material_version: self.last_material }
    }

    /// The words, as somebody reads them.
    pub(crate) fn shown(&self) -> ShownText {
        ShownText { id: self.id, number: self.number }
    }
}

impl Party {
    /// By what the resident is known to this service.
    pub(crate) fn subject(&self, keys: &TenantKeys, resident: ResidentId) -> String {
        match self.subject_type {
            SubjectType::Pairwise => keys.subject.pairwise(self.sector, resident),
            SubjectType::TownWide => resident.to_string(),
        }
    }
}

impl Published {
    pub(crate) fn id(&self) -> OrganisationId {
        self.organisation.id
    }

    pub(crate) fn sandbox(&self) -> bool {
        self.tenant.mode == "sandbox"
    }

    pub(crate) fn party(&self, id: RelyingPartyId) -> Option<&Party> {
        self.parties.iter().find(|party| party.id == id)
    }

    pub(crate) fn client(&self, client_id: &str) -> Option<&Party> {
        self.parties.iter().find(|party| party.client_id == client_id)
    }

    /// Whether a relying party's requests must be pushed (RFC 9126): its own setting, or the town's for all of them.
    pub(crate) fn requires_pushed(&self, party: &Party) -> bool {
        self.tenant.pushed_only || party.content.client.requires_pushed()
    }

    /// The rule and its place among the outcomes of a flow.
    pub(crate) fn rule(&self, id: ResidencyRuleId) -> Option<(usize, &Rule)> {
        self.rules.iter().enumerate().find(|(_, rule)| rule.id == id)
    }

    /// An identity provider that is in use.
    pub(crate) fn provider(&self, id: IdentityProviderId) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id == id)
    }

    pub(crate) fn text(&self, id: ConsentTextId) -> Option<&Text> {
        self.texts.iter().find(|text| text.id == id)
    }

    /// The rule and the consent text of the town's own page, if it has both.
    pub(crate) fn town_page(&self) -> Option<(usize, &Rule, &Text)> {
        let (at, rule) = self.rule(ResidencyRuleId::from_uuid(self.tenant.page_rule_id?))?;
        Some((at, rule, self.text(ConsentTextId::from_uuid(self.tenant.page_consent_text_id?))?))
    }
}

/// Published configurations, by the name in the URL.
#[derive(Default)]
pub(crate) struct PublishedCache(Mutex<HashMap<String, Arc<Published>>>);

/// Municipalities whose configuration is kept: all of Japan's, with room.
const KEPT: usize = 4_096;

impl PublishedCache {
    fn known(&self, slug: &TenantSlug) -> Option<Arc<Published>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(slug.as_str()).cloned()
    }

    fn keep(&self, published: &Arc<Published>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(published.slug.to_string(), Arc::clone(published));
    }
}

impl Service {
    /// The published configuration of the municipality that a URL names, as of now.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such municipality.
    pub(crate) async fn published(&self, slug: &TenantSlug) -> Result<Arc<Published>, Error> {
        let organisation = self.gate.organisation(slug).await?;
        let known = self.published.known(slug);
        if let Some(known) = known.filter(|known| known.organisation == organisation) {
            return Ok(known);
        }
        let caller = self.gate.system(SystemActor::SignIn, &organisation);
        let scope: ReadScope = self.gate.open(&caller, action::Read, Resource::Configuration).await?;
        let loaded = Arc::new(self.load(&scope, organisation, slug).await?);
        drop(scope);
        self.published.keep(&loaded);
        Ok(loaded)
    }

    /// That of a municipality by its id, for acts of staff.
    ///
    /// # Errors
    /// As [`Service::published`].
    pub(crate) async fn published_of(&self, id: OrganisationId) -> Result<Arc<Published>, Error> {
        let scope = self.gate.platform_read().await?;
        let row = scope.one(entity::organisation::Entity::find_by_id(id.uuid())).await?.ok_or(Error::NotFound)?;
        drop(scope);
        let slug = TenantSlug::parse(&row.slug).map_err(|_| Error::internal("the name of a municipality"))?;
        self.published(&slug).await
    }

    /// The configuration as this process saw it last. Whoever goes by it reads the generation together with the rows that
    /// are wanted anyway ([`crate::gate::AsOf`]), and begins again with [`Service::published`] where it is another one: a
    /// change acts on the next request of every process, and an unchanged configuration costs no reading of its own.
    ///
    /// # Errors
    /// As [`Service::published`].
    pub(crate) async fn presumed(&self, slug: &TenantSlug) -> Result<Arc<Published>, Error> {
        match self.published.known(slug) {
            Some(known) => Ok(known),
            None => self.published(slug).await,
        }
    }

    /// The part of the product that signs residents in, as a caller.
    pub(super) fn sign_in(&self, published: &Published) -> Caller {
        self.gate.system(SystemActor::SignIn, &published.organisation)
    }

    /// The part of the product that answers services, as a caller.
    pub(super) fn oidc_provider(&self, published: &Published) -> Caller {
        self.gate.system(SystemActor::OidcProvider, &published.organisation)
    }

    async fn load(&self, scope: &ReadScope, organisation: Organisation, slug: &TenantSlug) -> Result<Published, Error> {
        let tenant = scope.find::<entity::tenant::Entity>().get().await?;
        let keys = self.tenant_keys.of(scope, organisation.generation, &self.master).await?;
        let versions = published_versions(scope).await?;
        let mut rules = Vec::new();
        for row in of_kind(&versions, ConfigurationKind::ResidencyRule) {
            rules.push(Rule {
                id: ResidencyRuleId::from_uuid(row.configuration_id),
                number: number(row)?,
                since: since(&versions, row)?,
                content: content(row)?,
            });
        }
        rules.sort_by_key(|rule| rule.id);
        if rules.len() > MAX_PUBLISHED_RULES {
            return Err(Conflict::Limit.into());
        }
        let code = tenant.code.parse().map_err(|_| Error::internal("the code of a municipality"))?;
        let (providers, stopped) = providers(scope).await?;
        Ok(Published {
            issuer: paths::issuer(&self.base_url, slug),
            slug: slug.clone(),
            providers,
            stopped,
            parties: parties(scope, &versions).await?,
            texts: texts(&versions)?,
            rules_mark: mark(&rules, tenant.ties_ended),
            names_ties: rules.iter().any(|rule: &Rule| !rule.content.rule.condition().kinds_named().is_empty()),
            organisation,
            code,
            tenant,
            rules,
            keys,
        })
    }
}

/// Published versions of everything, and the archived ones of consent texts and rules, which tell when the words last changed
/// and what of earlier determinations holds.
async fn published_versions(scope: &ReadScope) -> Result<Vec<entity::configuration_version::Model>, Error> {
    use entity::configuration_version::{Column, Entity};
    let told_by_earlier = [ConfigurationKind::ConsentText, ConfigurationKind::ResidencyRule];
    let archived = Condition::all()
        .add(Column::Kind.is_in(told_by_earlier.map(ConfigurationKind::as_str)))
        .add(Column::State.eq(VersionState::Archived.as_str()));
    scope
        .find::<Entity>()
        .filter(Condition::any().add(Column::State.eq(VersionState::Published.as_str())).add(archived))
        .all()
        .await
}

fn of_kind(
    versions: &[entity::configuration_version::Model],
    kind: ConfigurationKind,
) -> impl Iterator<Item = &entity::configuration_version::Model> {
    versions.iter().filter(move |row| row.kind == kind.as_str() && row.state == VersionState::Published.as_str())
}

fn content<T: DeserializeOwned>(row: &entity::configuration_version::Model) -> Result<T, Error> {
    serde_json::from_str(&row.content).map_err(|_| Error::internal("a published version cannot be read"))
}

/// The earliest version of a rule whose eligibilities hold under this one: each version in between lets them run on.
fn since(
    versions: &[entity::configuration_version::Model],
    row: &entity::configuration_version::Model,
) -> Result<u32, Error> {
    let runs_on = |row: &entity::configuration_version::Model| {
        row.earlier_eligibilities.as_deref() == Some(EarlierEligibilities::RunOn.as_str())
    };
    let mut earliest = row;
    while runs_on(earliest) {
        let before = versions
            .iter()
            .filter(|other| other.configuration_id == row.configuration_id && other.number < earliest.number)
            .max_by_key(|other| other.number);
        match before {
            Some(before) => earliest = before,
            None => break,
        }
    }
    number(earliest)
}

fn number(row: &entity::configuration_version::Model) -> Result<u32, Error> {
    u32::try_from(row.number).map_err(|_| Error::internal("the number of a version"))
}

async fn parties(scope: &ReadScope, versions: &[entity::configuration_version::Model]) -> Result<Vec<Party>, Error> {
    use entity::{client_secret, relying_party};
    let rows = scope.find::<relying_party::Entity>().all().await?;
    let secrets = scope.find::<client_secret::Entity>().filter(client_secret::Column::EndedAt.is_null()).all().await?;
    let mut parties = Vec::new();
    for version in of_kind(versions, ConfigurationKind::RelyingParty) {
        let Some(row) = rows.iter().find(|row| row.id == version.configuration_id) else {
            return Err(Error::internal("a relying party without its identity"));
        };
        let own = secrets.iter().filter(|secret| secret.relying_party_id == row.id);
        let content: RelyingPartyContent = content(version)?;
        parties.push(Party {
            id: RelyingPartyId::from_uuid(row.id),
            number: number(version)?,
            client_id: row.client_id.clone(),
            subject_type: row.subject_type.parse().map_err(|_| Error::internal("a subject type"))?,
            // No version changes it once one is published (`configuration::linkage`).
            sector: content.client.sector_host().map_or(Sector(*row.sector.as_bytes()), |host| Sector::of_host(&host)),
            suspended: row.suspended_at.is_some(),
            content,
            secrets: own
                .filter_map(|secret| {
                    Some(Secret { hash: secret.hash.as_slice().try_into().ok()?, expires_at: secret.expires_at })
                })
                .collect(),
        });
    }
    Ok(parties)
}

fn texts(versions: &[entity::configuration_version::Model]) -> Result<Vec<Text>, Error> {
    let mut texts = Vec::new();
    for row in of_kind(versions, ConfigurationKind::ConsentText) {
        let content: ConsentTextContent = content(row)?;
        let earlier =
            versions.iter().filter(|other| other.configuration_id == row.configuration_id && other.number < row.number);
        let mut last_material = if content.material { row.number } else { 1 };
        for earlier in earlier {
            let content: ConsentTextContent = self::content(earlier)?;
            if content.material {
                last_material = last_material.max(earlier.number);
            }
        }
        texts.push(Text {
            id: ConsentTextId::from_uuid(row.configuration_id),
            number: number(row)?,
            last_material: u32::try_from(last_material).map_err(|_| Error::internal("the number of a version"))?,
            published_at: row.published_at.unwrap_or(row.drafted_at),
            content,
        });
    }
    Ok(texts)
}

/// The connections in use, in the order of the town, and those that were.
async fn providers(scope: &ReadScope) -> Result<(Vec<Provider>, Vec<Provider>), Error> {
    use entity::identity_provider::{Column, Entity};
    let was_used = Condition::any().add(Column::Active.eq(true)).add(Column::FirstActiveAt.is_not_null());
    let rows = scope
        .find::<Entity>()
        .filter(was_used)
        .order_by(Column::Position, sea_orm::Order::Asc)
        .order_by(Column::CreatedAt, sea_orm::Order::Asc)
        .all()
        .await?;
    let (mut active, mut stopped) = (Vec::new(), Vec::new());
    for row in rows {
        let kept = if row.active { &mut active } else { &mut stopped };
        kept.push(Provider::of(row)?);
    }
    Ok((active, stopped))
}

fn mark(rules: &[Rule], ties_ended: i64) -> [u8; 8] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&ties_ended.to_be_bytes());
    for rule in rules {
        context.update(rule.id.uuid().as_bytes());
        context.update(&rule.number.to_be_bytes());
    }
    context.finish().as_ref().first_chunk().copied().unwrap_or_default()
}
