//! Lists of one kind: searched, filtered, sorted and paged in the database, with a fixed number of queries however long.

use std::collections::HashMap;

use domain::configuration::{ConfigurationKind, Icon, SubjectType, VersionState};
use domain::ids::RelyingPartyId;
use domain::locale::{Locale, Localized};
use domain::violations::Violation;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, Order};

use super::content::{ConfigurationId, Content};
use super::linkage;
use super::store::{self, Row, Stored, VersionRow};
use crate::Service;
use crate::error::Error;
use crate::gate::{Act, Caller, Resource, Scope, action};

/// What a row of a list stands as: the word on its badge, and the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// A version is in use. A later one may be on its way.
    Published,
    /// The newest version is in review.
    InReview,
    /// The newest version waits for its day.
    Approved,
    /// The newest version was sent back.
    SentBack,
    /// The newest version is a draft.
    Draft,
    /// A relying party that was suspended.
    Suspended,
    /// The only version was withdrawn.
    Withdrawn,
}

impl Standing {
    /// All of them, in the order of the filter.
    pub const ALL: [Standing; 7] = [
        Standing::Published,
        Standing::InReview,
        Standing::Approved,
        Standing::SentBack,
        Standing::Draft,
        Standing::Suspended,
        Standing::Withdrawn,
    ];

    /// The name in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Standing::Published => "published",
            Standing::InReview => "in_review",
            Standing::Approved => "approved",
            Standing::SentBack => "sent_back",
            Standing::Draft => "draft",
            Standing::Suspended => "suspended",
            Standing::Withdrawn => "withdrawn",
        }
    }

    /// The state of the newest version that it goes by; none where something else decides.
    const fn latest(self) -> Option<VersionState> {
        match self {
            Standing::Published | Standing::Suspended => None,
            Standing::InReview => Some(VersionState::Submitted),
            Standing::Approved => Some(VersionState::Approved),
            Standing::SentBack => Some(VersionState::ChangesRequested),
            Standing::Draft => Some(VersionState::Draft),
            Standing::Withdrawn => Some(VersionState::Withdrawn),
        }
    }

    /// How a configuration stands.
    pub(crate) fn of(published: bool, latest: VersionState, suspended: bool) -> Self {
        match latest {
            _ if suspended => Standing::Suspended,
            _ if published => Standing::Published,
            VersionState::Submitted => Standing::InReview,
            VersionState::Approved => Standing::Approved,
            VersionState::ChangesRequested => Standing::SentBack,
            VersionState::Draft => Standing::Draft,
            VersionState::Published | VersionState::Archived => Standing::Published,
            VersionState::Withdrawn => Standing::Withdrawn,
        }
    }
}

impl std::str::FromStr for Standing {
    type Err = Violation;

    fn from_str(text: &str) -> Result<Self, Violation> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text).ok_or(Violation::Unknown)
    }
}

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListSort {
    /// The last change.
    #[default]
    Updated,
    /// The Japanese title.
    Title,
}

/// Which rows of a list a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFilter {
    /// In the title in either language, or in the client id.
    pub search: String,
    /// Only those that stand so.
    pub standing: Option<Standing>,
    /// The order.
    pub sort: ListSort,
    /// The order reversed: the usual one for the last change.
    pub descending: bool,
    /// From 0.
    pub page: u64,
    /// Rows of a page, 1 to 100.
    pub size: u64,
}

impl Default for ListFilter {
    fn default() -> Self {
        Self { search: String::new(), standing: None, sort: ListSort::Updated, descending: true, page: 0, size: 25 }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The rows.
    pub rows: Vec<Listed>,
    /// Rows that the filter lets through, on all pages.
    pub matching: u64,
    /// Rows without a filter.
    pub total: u64,
    /// The caller may draft a new one.
    pub may_create: bool,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: ConfigurationId,
    /// Its title.
    pub title: Localized,
    /// How it stands.
    pub standing: Standing,
    /// The newest version.
    pub latest: i64,
    /// Its state.
    pub latest_state: VersionState,
    /// The version in use.
    pub published: Option<i64>,
    /// The last change, seconds since 1970.
    pub updated_at: i64,
    /// Who drafted the newest version.
    pub updated_by: Option<String>,
    /// A relying party's further columns.
    pub party: Option<ListedParty>,
    /// Whom a rule admits, in a sentence.
    pub sentence: Option<Localized>,
    /// Relying parties in use that name this rule or text.
    pub used_by: Vec<(RelyingPartyId, Localized)>,
}

/// What the list of relying parties shows besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedParty {
    /// Its client id.
    pub client_id: String,
    /// By what residents are known to it.
    pub subject_type: SubjectType,
    /// Others may know people by the same: the town-wide ID, a sector, former ids.
    pub may_share: bool,
    /// The vendor.
    pub provider: String,
    /// Its symbol.
    pub icon: Option<Icon>,
    /// The rule's title and the number of its version in use.
    pub rule: Option<(Localized, Option<i64>)>,
    /// When the last valid secret expires; none if there is no valid one.
    pub secret_expires_at: Option<i64>,
}

impl Service {
    /// A page of the list of one kind.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read configuration.
    pub async fn list_configurations(
        &self,
        caller: &Caller,
        kind: ConfigurationKind,
        filter: &ListFilter,
    ) -> Result<Listing, Error> {
        use entity::configuration::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let of_kind = || scope.find::<Entity>().filter(Column::Kind.eq(kind.as_str()));
        let parties = match kind {
            ConfigurationKind::RelyingParty => parties(&scope).await?,
            ConfigurationKind::ResidencyRule | ConfigurationKind::ConsentText => HashMap::new(),
        };
        let narrowed = narrowed(filter, &parties);
        let total = of_kind().count().await?;
        let matching = of_kind().filter(narrowed.clone()).count().await?;
        let order = if filter.descending { Order::Desc } else { Order::Asc };
        let sort = match filter.sort {
            ListSort::Updated => Column::UpdatedAt,
            ListSort::Title => Column::TitleJa,
        };
        let size = filter.size.clamp(1, 100);
        let rows = of_kind()
            .filter(narrowed)
            .order_by(sort, order)
            .order_by(Column::Id, Order::Desc)
            .page(filter.page.saturating_mul(size), size)
            .all()
            .await?;
        let rows = self.listed(&scope, kind, rows, &parties).await?;
        let may_create = match kind {
            ConfigurationKind::RelyingParty => caller.may(Act::Create, Resource::RelyingParty),
            ConfigurationKind::ResidencyRule | ConfigurationKind::ConsentText => {
                caller.may(Act::Create, Resource::Configuration)
            }
        };
        Ok(Listing { rows, matching, total, may_create })
    }

    async fn listed<S: Scope>(
        &self,
        scope: &S,
        kind: ConfigurationKind,
        rows: Vec<Row>,
        parties: &HashMap<Uuid, entity::relying_party::Model>,
    ) -> Result<Vec<Listed>, Error> {
        use entity::configuration_version::{Column, Entity};
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut versions: HashMap<(Uuid, i64), VersionRow> = HashMap::new();
        if !ids.is_empty() {
            let gone = [VersionState::Archived.as_str()];
            let found = scope.find::<Entity>().filter(Column::ConfigurationId.is_in(ids.clone()));
            for version in found.filter(Column::State.is_not_in(gone)).all().await? {
                versions.insert((version.configuration_id, version.number), version);
            }
        }
        let people = store::people(scope, versions.values().filter_map(|version| version.drafted_by)).await?;
        let names = store::names(scope).await?;
        let secrets = match kind {
            ConfigurationKind::RelyingParty => self.last_expiry(scope, &ids).await?,
            ConfigurationKind::ResidencyRule | ConfigurationKind::ConsentText => HashMap::new(),
        };
        let users = match kind {
            ConfigurationKind::RelyingParty => Vec::new(),
            ConfigurationKind::ResidencyRule | ConfigurationKind::ConsentText => {
                store::published(scope, ConfigurationKind::RelyingParty).await?
            }
        };
        let rules = match kind {
            ConfigurationKind::RelyingParty => store::published(scope, ConfigurationKind::ResidencyRule).await?,
            ConfigurationKind::ResidencyRule | ConfigurationKind::ConsentText => Vec::new(),
        };
        let sharing = linkage::sharing(parties, versions.values())?;
        let mut listed = Vec::with_capacity(rows.len());
        for row in rows {
            let latest = versions.get(&(row.id, row.latest_number));
            let shown = row.published_number.and_then(|number| versions.get(&(row.id, number))).or(latest);
            let content = match shown.map(Stored::of).transpose()? {
                Some(Stored::Content(content)) => Some(content),
                Some(Stored::Form(form)) => form.parse(self.loopback()).ok(),
                None => None,
            };
            let suspended = parties.get(&row.id).is_some_and(|party| party.suspended_at.is_some());
            let latest_state = row.latest_state.parse().map_err(|_| Error::internal("the state of a configuration"))?;
            let author = latest.and_then(|version| version.drafted_by);
            let party = parties.get(&row.id).map(|party| {
                let (provider, icon, rule) = match &content {
                    Some(Content::RelyingParty(content)) => {
                        (content.provider.to_string(), Some(content.icon), Some(content.rule))
                    }
                    _ => (String::new(), None, None),
                };
                let rule = rule.and_then(|rule| {
                    let version = rules.iter().find(|row| row.configuration_id == rule.uuid());
                    Some((names.title(rule)?.clone(), version.map(|row| row.number)))
                });
                let subject_type = party.subject_type.parse().unwrap_or_default();
                ListedParty {
                    client_id: party.client_id.clone(),
                    subject_type,
                    may_share: sharing.contains(&party.client_id),
                    provider,
                    icon,
                    rule,
                    secret_expires_at: secrets.get(&row.id).copied(),
                }
            });
            let sentence = match &content {
                Some(content @ Content::ResidencyRule(_)) => {
                    let condition = |locale| {
                        let fields = content.fields(locale, &names);
                        let field =
                            fields.into_iter().find(|field| field.key == domain::configuration::FieldKey::Condition);
                        field.map(|field| field.lines.concat()).unwrap_or_default()
                    };
                    Some(Localized::composed(condition(Locale::Ja), condition(Locale::En)))
                }
                _ => None,
            };
            listed.push(Listed {
                id: ConfigurationId::of(kind, row.id),
                title: store::title(&row),
                standing: Standing::of(row.published_number.is_some(), latest_state, suspended),
                latest: row.latest_number,
                latest_state,
                published: row.published_number,
                updated_at: row.updated_at,
                updated_by: author.and_then(|id| people.get(&id)).map(|person| person.name.clone()),
                party,
                sentence,
                used_by: used_by(&users, row.id)?,
            });
        }
        Ok(listed)
    }

    /// When the last valid secret of each relying party expires.
    async fn last_expiry<S: Scope>(&self, scope: &S, parties: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
        use entity::client_secret::{Column, Entity};
        let mut last: HashMap<Uuid, i64> = HashMap::new();
        if parties.is_empty() {
            return Ok(last);
        }
        let valid = scope
            .find::<Entity>()
            .filter(Column::RelyingPartyId.is_in(parties.iter().copied()))
            .filter(Column::EndedAt.is_null())
            .filter(Column::ExpiresAt.gt(self.clock.seconds()));
        for row in valid.all().await? {
            let latest = last.entry(row.relying_party_id).or_insert(row.expires_at);
            *latest = Ord::max(*latest, row.expires_at);
        }
        Ok(last)
    }
}

async fn parties<S: Scope>(scope: &S) -> Result<HashMap<Uuid, entity::relying_party::Model>, Error> {
    let rows = scope.find::<entity::relying_party::Entity>().all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Names of the relying parties whose version in use names this rule or text.
pub(crate) fn used_by(published: &[VersionRow], id: Uuid) -> Result<Vec<(RelyingPartyId, Localized)>, Error> {
    let mut names = Vec::new();
    for row in published {
        if let Content::RelyingParty(content) = store::content(row)?
            && (content.rule.uuid() == id || content.consent_text.uuid() == id)
        {
            names.push((RelyingPartyId::from_uuid(row.configuration_id), content.name));
        }
    }
    Ok(names)
}

fn narrowed(filter: &ListFilter, parties: &HashMap<Uuid, entity::relying_party::Model>) -> Condition {
    use entity::configuration::{Column, Entity};
    let mut all = Condition::all();
    let search = filter.search.trim().to_lowercase();
    if !search.is_empty() {
        let literal = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let contains = |column: Column| {
            Expr::expr(Func::lower(Expr::col((Entity, column))))
                .like(LikeExpr::new(format!("%{literal}%")).escape('\\'))
        };
        let by_client_id = parties.values().filter(|party| party.client_id.to_lowercase().contains(&search));
        let by_client_id: Vec<Uuid> = by_client_id.map(|party| party.id).collect();
        let any = Condition::any().add(contains(Column::TitleJa)).add(contains(Column::TitleEn));
        all = all.add(if by_client_id.is_empty() { any } else { any.add(Column::Id.is_in(by_client_id)) });
    }
    let suspended = || parties.values().filter(|party| party.suspended_at.is_some()).map(|party| party.id);
    match filter.standing {
        None => all,
        Some(Standing::Published) => {
            all.add(Column::PublishedNumber.is_not_null()).add(Column::Id.is_not_in(suspended()))
        }
        Some(Standing::Suspended) => all.add(Column::Id.is_in(suspended())),
        Some(standing) => match standing.latest() {
            Some(state) => all.add(Column::LatestState.eq(state.as_str())),
            None => all,
        },
    }
}
