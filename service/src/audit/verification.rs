//! Proving that nobody altered the trail: the chain is computed again, and compared with a head that was kept elsewhere.

use std::collections::{BTreeSet, HashMap, HashSet};

use aws_lc_rs::constant_time;
use domain::names::{Reason, TenantSlug};
use domain::violations::Violation;
use oidc::jose::{Algorithm, Claims};
use sea_orm::{ColumnTrait, Order};
use serde::Serialize;

use super::chain::text_digest;
use super::trail::{act_on_trail, stored_head};
use super::{ActKind, ActText, Broken, Head, Link, Verdict};
use crate::Service;
use crate::error::Error;
use crate::gate::{Caller, Resource, Scope, SystemActor, action};
use crate::keys;

/// A head to keep elsewhere, as the payload of a signed token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct KeptHead {
    /// The organisation's slug.
    iss: String,
    /// When it was printed, seconds since 1970.
    iat: i64,
    /// What the token is: nothing else that is signed with the same key says this.
    sub: String,
    /// Entries in the chain.
    entries: i64,
    /// MAC of the last entry, hexadecimal.
    mac: String,
}

const SUBJECT: &str = "audit-head";

impl KeptHead {
    fn of(claims: &Claims) -> Option<Self> {
        Some(Self {
            iss: claims.text("iss")?.to_owned(),
            iat: claims.get("iat")?.as_i64()?,
            sub: claims.text("sub")?.to_owned(),
            entries: claims.get("entries")?.as_i64()?,
            mac: claims.text("mac")?.to_owned(),
        })
    }

    /// Whether the chain up to its own length is the one that was printed.
    fn agrees_with(&self, head: &Head) -> bool {
        self.entries != head.entries || self.mac == hex(&head.mac)
    }
}

/// Rows that a verification reads at once.
const BATCH: u64 = 1_000;

impl Service {
    /// Computes the whole chain again for somebody who reads it, and notes what was found.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read it.
    pub async fn verify_audit_trail(&self, caller: &Caller) -> Result<Verdict, Error> {
        // A long chain takes its time, and on SQLite nobody else writes while a scope that could write is open.
        let scope = self.gate.open(caller, action::Read, Resource::AuditTrail).await?;
        let verdict = self.recompute(&scope, None).await?;
        drop(scope);
        let mut scope = self.gate.open(caller, action::Inspect, Resource::AuditTrail).await?;
        scope.audit(act_on_trail(ActKind::AuditVerified, verdict.code(), ActText::default()));
        scope.commit().await?;
        Ok(verdict)
    }

    /// The head of an organisation's chain, signed with its key of today, to be kept where nobody of ours can reach it.
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
            sub: SUBJECT.to_owned(),
            entries: head.entries,
            mac: hex(&head.mac),
        };
        let key = keys.signing.signer(Algorithm::ES256, self.clock.seconds());
        let key = key.ok_or_else(|| Error::internal("no signing key"))?;
        key.sign(&kept).map_err(|_| Error::internal("signing a head"))
    }

    /// Computes an organisation's chain again, and compares it with a head that was kept elsewhere. Nothing is written.
    ///
    /// # Errors
    /// [`Error::Invalid`] (`head`) if the kept head was not signed by this organisation.
    pub async fn audit_verify(&self, slug: &TenantSlug, kept: Option<&str>) -> Result<Verdict, Error> {
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Auditor, &organisation);
        let scope = self.gate.open(&caller, action::Read, Resource::AuditTrail).await?;
        let kept = match kept {
            None => None,
            Some(token) => {
                let keys = keys::signing_keys_ever(&scope, &self.master).await?;
                let refused = || Error::invalid("head", Violation::Mismatch);
                let jws = oidc::jose::verify(token.trim(), &keys, &[Algorithm::ES256]).map_err(|_| refused())?;
                let head = KeptHead::of(&jws.claims).filter(|head| head.iss == slug.as_str() && head.sub == SUBJECT);
                Some(head.ok_or_else(refused)?)
            }
        };
        self.recompute(&scope, kept.as_ref()).await
    }

    /// Erases the text beside an entry, where somebody wrote into it what must not be kept. The chain stays whole, and says
    /// that it was erased and why.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a text.
    pub async fn erase_audit_text(&self, slug: &TenantSlug, number: i64, reason: &Reason) -> Result<(), Error> {
        use entity::audit_text::{Column, Entity};
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Auditor, &organisation);
        let mut scope = self.gate.open(&caller, action::Remove, Resource::AuditTrail).await?;
        if scope.delete_many::<Entity>().filter(Column::Number.eq(number)).exec().await? == 0 {
            return Err(Error::NotFound);
        }
        let text = ActText { reason: reason.to_string(), ..ActText::default() };
        scope.audit(act_on_trail(ActKind::TextErased, number.to_string(), text));
        scope.commit().await
    }

    async fn recompute<S: Scope>(&self, scope: &S, kept: Option<&KeptHead>) -> Result<Verdict, Error> {
        use entity::audit_entry::{Column, Entity};
        let key = self.gate.ink().key(scope).await?;
        let mut head = Head::empty();
        let mut texts = Texts::default();
        let mut seen = None;
        loop {
            let rows = scope
                .find::<Entity>()
                .filter(Column::Number.gt(head.entries))
                .order_by(Column::Number, Order::Asc)
                .page(0, BATCH)
                .all()
                .await?;
            if rows.is_empty() {
                // On PostgreSQL each statement sees what was committed before it: somebody may have written entries since
                // the last one. Then the head is ahead, and so are rows that the next round finds; else it is no head of
                // these entries.
                let stored = stored_head(scope).await?;
                if stored == head {
                    break;
                }
                if stored.entries <= head.entries || seen.as_ref() == Some(&stored) {
                    return Ok(Verdict::Broken(Broken::Head));
                }
                seen = Some(stored);
                continue;
            }
            let beside = texts_of(scope, rows.iter().map(|row| row.number)).await?;
            for row in rows {
                let next = head.entries + 1;
                if row.number != next {
                    return Ok(Verdict::Broken(Broken::Missing(next)));
                }
                head = head.followed_by(&key, &Link::of(&row));
                if constant_time::verify_slices_are_equal(&head.mac, &row.mac).is_err() {
                    return Ok(Verdict::Broken(Broken::Altered(next)));
                }
                if !texts.agree(&row, beside.get(&next)) {
                    return Ok(Verdict::Broken(Broken::TextAltered(next)));
                }
                if kept.is_some_and(|kept| !kept.agrees_with(&head)) {
                    return Ok(Verdict::Broken(Broken::Kept));
                }
            }
        }
        if kept.is_some_and(|kept| kept.entries > head.entries) {
            return Ok(Verdict::Broken(Broken::Kept));
        }
        Ok(match texts.unexplained() {
            Some(number) => Verdict::Broken(Broken::TextMissing(number)),
            None => Verdict::Whole(head),
        })
    }
}

/// Texts that are gone, and those of which the chain says that they were erased.
#[derive(Default)]
struct Texts {
    missing: BTreeSet<i64>,
    erased: HashSet<i64>,
}

impl Texts {
    fn agree(&mut self, row: &entity::audit_entry::Model, text: Option<&entity::audit_text::Model>) -> bool {
        if row.action == ActKind::TextErased.as_str()
            && let Ok(number) = row.object_id.parse()
        {
            self.erased.insert(number);
        }
        match text {
            Some(text) => text_digest(&text.salt, &text.body) == row.text_digest,
            None => {
                self.missing.insert(row.number);
                true
            }
        }
    }

    fn unexplained(&self) -> Option<i64> {
        self.missing.iter().find(|number| !self.erased.contains(number)).copied()
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

pub(super) async fn texts_of<S: Scope>(
    scope: &S,
    numbers: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, entity::audit_text::Model>, Error> {
    use entity::audit_text::{Column, Entity};
    let rows = scope.find::<Entity>().filter(Column::Number.is_in(numbers)).all().await?;
    Ok(rows.into_iter().map(|row| (row.number, row)).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
