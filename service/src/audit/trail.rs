//! Reading the trail, and proving that nobody altered it.

use std::collections::HashMap;

use aws_lc_rs::constant_time;
use domain::ids::AccountId;
use domain::names::TenantSlug;
use oidc::jose::{Algorithm, Claims, JwkSet, SigningKey};
use sea_orm::{ColumnTrait, Order};
use serde::Serialize;

use super::chain::text_digest;
use super::{Act, ActKind, ActText, Broken, Head, Link, Verdict};
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, SystemActor, action};
use crate::Service;

/// Which entries a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailFilter {
    /// Acts of one member of staff.
    pub account: Option<AccountId>,
    /// Acts of one kind.
    pub kind: Option<ActKind>,
    /// From this second on.
    pub since: Option<i64>,
    /// Before this second.
    pub until: Option<i64>,
    /// Entries to skip, newest first.
    pub offset: u64,
    /// Entries to show.
    pub limit: u64,
}

/// One entry as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailEntry {
    /// From 1, without gaps.
    pub number: i64,
    /// Seconds since 1970, UTC.
    pub at: i64,
    /// The colleague's name at present, if staff acted and still has a membership row.
    pub actor_name: Option<String>,
    /// `staff`, or the name of a system actor.
    pub actor_kind: String,
    /// What was done; `None` if a newer version of the product wrote it.
    pub kind: Option<ActKind>,
    /// To what kind of thing.
    pub object_kind: String,
    /// To which one.
    pub object_id: String,
    /// What was said beside it; `None` after an audited erasure.
    pub text: Option<ActText>,
    /// This entry's MAC.
    pub mac: Vec<u8>,
}

/// A page of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// Newest first.
    pub entries: Vec<TrailEntry>,
    /// Entries that the filter lets through, on all pages.
    pub matching: u64,
    /// The head before this reading was itself noted.
    pub head: Head,
    /// Colleagues that the filter can name: account and name.
    pub colleagues: Vec<(AccountId, String)>,
}

/// A head to keep elsewhere, as the payload of a signed token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptHead {
    /// The organisation's slug.
    pub iss: String,
    /// When it was printed, seconds since 1970.
    pub iat: i64,
    /// Entries in the chain.
    pub entries: i64,
    /// MAC of the last entry, hexadecimal.
    pub mac: String,
}

impl KeptHead {
    fn of(claims: &Claims) -> Option<Self> {
        Some(Self {
            iss: claims.text("iss")?.to_owned(),
            iat: claims.get("iat")?.as_i64()?,
            entries: claims.get("entries")?.as_i64()?,
            mac: claims.text("mac")?.to_owned(),
        })
    }
}

/// Rows that a verification reads at once.
const BATCH: u64 = 1_000;

impl Service {
    /// A page of the trail. Reading it is an act that the trail notes.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read it.
    pub async fn read_audit_trail(&self, caller: &Caller, filter: &TrailFilter) -> Result<Trail, Error> {
        use entity::audit_entry::{Column, Entity};
        let mut scope = self.gate.open(caller, action::Inspect, Resource::AuditTrail).await?;
        let narrowed = || {
            let mut condition = sea_orm::Condition::all();
            if let Some(account) = filter.account {
                condition = condition.add(Column::ActorId.eq(account.uuid()));
            }
            if let Some(kind) = filter.kind {
                condition = condition.add(Column::Action.eq(kind.as_str()));
            }
            if let Some(since) = filter.since {
                condition = condition.add(Column::At.gte(since));
            }
            if let Some(until) = filter.until {
                condition = condition.add(Column::At.lt(until));
            }
            condition
        };
        let head = stored_head(&scope).await?;
        let matching = scope.find::<Entity>().filter(narrowed()).count().await?;
        let rows = scope
            .find::<Entity>()
            .filter(narrowed())
            .order_by(Column::Number, Order::Desc)
            .page(filter.offset, filter.limit)
            .all()
            .await?;
        let mut texts = texts_of(&scope, rows.iter().map(|row| row.number)).await?;
        let colleagues = colleagues(&scope).await?;
        let entries = rows
            .into_iter()
            .map(|row| TrailEntry {
                number: row.number,
                at: row.at,
                actor_name: row.actor_id.and_then(|id| {
                    let id = AccountId::from_uuid(id);
                    colleagues.iter().find(|(account, _)| *account == id).map(|(_, name)| name.clone())
                }),
                actor_kind: row.actor_kind,
                kind: ActKind::parse(&row.action),
                object_kind: row.object_kind,
                object_id: row.object_id,
                text: texts.remove(&row.number).and_then(|text| serde_json::from_str(&text.body).ok()),
                mac: row.mac,
            })
            .collect();
        scope.audit(act_on_trail(ActKind::AuditRead, String::new()));
        scope.commit().await?;
        Ok(Trail { entries, matching, head, colleagues })
    }

    /// Recomputes the whole chain for somebody who reads it, and notes what was found.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read it.
    pub async fn verify_audit_trail(&self, caller: &Caller) -> Result<Verdict, Error> {
        let mut scope = self.gate.open(caller, action::Inspect, Resource::AuditTrail).await?;
        let verdict = self.recompute(&scope, None).await?;
        scope.audit(act_on_trail(ActKind::AuditVerified, format!("{verdict:?}")));
        scope.commit().await?;
        Ok(verdict)
    }

    /// The head of an organisation's chain, signed with its newest key, to be kept where nobody of ours can reach it.
    ///
    /// # Errors
    /// [`Error::Internal`] without keys.
    pub async fn audit_head(&self, slug: &TenantSlug) -> Result<String, Error> {
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Auditor, &organisation);
        let scope = self.gate.open(&caller, action::Read, Resource::AuditTrail).await?;
        let head = stored_head(&scope).await?;
        let keys = self.tenant_keys.of(&scope, caller.generation(), &self.master).await?;
        let kept = KeptHead {
            iss: organisation.slug,
            iat: self.clock.seconds(),
            entries: head.entries,
            mac: hex(&head.mac),
        };
        let key = keys.signing.first().ok_or_else(|| Error::internal("no signing key"))?;
        key.sign(&kept).map_err(|_| Error::internal("signing a head"))
    }

    /// Recomputes an organisation's chain, and compares it with a head that was kept elsewhere. Nothing is written.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the kept head was not signed by this organisation.
    pub async fn audit_verify(
        &self,
        slug: &TenantSlug,
        kept: Option<&str>,
    ) -> Result<Verdict, Error> {
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Auditor, &organisation);
        let scope = self.gate.open(&caller, action::Read, Resource::AuditTrail).await?;
        let kept = match kept {
            None => None,
            Some(token) => {
                let keys = self.tenant_keys.of(&scope, caller.generation(), &self.master).await?;
                let jwks = JwkSet::of(keys.signing.iter().map(SigningKey::public_jwk));
                let refused = || Error::invalid("head", domain::violations::Violation::Mismatch);
                let jws = oidc::jose::verify(token.trim(), &jwks, &[Algorithm::ES256]).map_err(|_| refused())?;
                let head = KeptHead::of(&jws.claims).filter(|head| head.iss == slug.as_str());
                Some(head.ok_or_else(refused)?)
            }
        };
        self.recompute(&scope, kept.as_ref()).await
    }

    async fn recompute<S: Scope>(&self, scope: &S, kept: Option<&KeptHead>) -> Result<Verdict, Error> {
        use entity::audit_entry::{Column, Entity};
        let key = self.gate.ink().key(scope).await?;
        let mut head = Head::empty();
        loop {
            let rows = scope
                .find::<Entity>()
                .filter(Column::Number.gt(head.entries))
                .order_by(Column::Number, Order::Asc)
                .page(0, BATCH)
                .all()
                .await?;
            if rows.is_empty() {
                break;
            }
            let texts = texts_of(scope, rows.iter().map(|row| row.number)).await?;
            for row in rows {
                let next = head.entries + 1;
                if row.number != next {
                    return Ok(Verdict::Broken(Broken::Missing(next)));
                }
                head = head.followed_by(&key, &Link::of(&row));
                if constant_time::verify_slices_are_equal(&head.mac, &row.mac).is_err() {
                    return Ok(Verdict::Broken(Broken::Altered(next)));
                }
                if let Some(text) = texts.get(&next)
                    && text_digest(&text.salt, &text.body) != row.text_digest
                {
                    return Ok(Verdict::Broken(Broken::TextAltered(next)));
                }
                if let Some(kept) = kept
                    && kept.entries == next
                    && kept.mac != hex(&head.mac)
                {
                    return Ok(Verdict::Broken(Broken::Kept));
                }
            }
        }
        if kept.is_some_and(|kept| kept.entries > head.entries) {
            return Ok(Verdict::Broken(Broken::Kept));
        }
        if stored_head(scope).await? != head {
            return Ok(Verdict::Broken(Broken::Head));
        }
        Ok(Verdict::Whole(head))
    }
}

impl<'a> Link<'a> {
    fn of(row: &'a entity::audit_entry::Model) -> Self {
        Self {
            number: row.number,
            at: row.at,
            actor_kind: &row.actor_kind,
            actor_id: row.actor_id,
            action: &row.action,
            object_kind: &row.object_kind,
            object_id: &row.object_id,
            text_digest: &row.text_digest,
        }
    }
}

fn act_on_trail(kind: ActKind, object: String) -> Act {
    let text = ActText { object, ..ActText::default() };
    Act { kind, object_kind: Resource::AuditTrail.as_str(), object_id: String::new(), text }
}

async fn stored_head<S: Scope>(scope: &S) -> Result<Head, Error> {
    let row = scope.find::<entity::audit_head::Entity>().one().await?;
    Ok(row.as_ref().map_or_else(Head::empty, Head::of))
}

async fn texts_of<S: Scope>(
    scope: &S,
    numbers: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, entity::audit_text::Model>, Error> {
    use entity::audit_text::{Column, Entity};
    let rows = scope.find::<Entity>().filter(Column::Number.is_in(numbers)).all().await?;
    Ok(rows.into_iter().map(|row| (row.number, row)).collect())
}

async fn colleagues<S: Scope>(scope: &S) -> Result<Vec<(AccountId, String)>, Error> {
    use entity::membership::{Column, Entity};
    let rows = scope.find::<Entity>().order_by(Column::DisplayName, Order::Asc).all().await?;
    Ok(rows.into_iter().map(|row| (AccountId::from_uuid(row.account_id), row.display_name)).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
