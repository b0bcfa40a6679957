//! From what the card says to outcomes, and from outcomes to rows.
//!
//! Every published rule of the town is decided at once, while the attributes are in memory. For somebody who is in the
//! register already the outcomes are written before any page is shown: who moved away loses the eligibility at that moment.

use domain::attributes::Attributes;
use domain::calendar::{self, Month};
use domain::ids::ResidentId;
use domain::residency::{Address, Facts, Outcome, ReasonCode, Resolution, Resolver};
use entity::eligibility::{ActiveModel, Column, Entity};
use entity::resident;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use super::flow::{Carded, Determined};
use super::published::{Published, Rule};
use super::store;
use crate::error::Error;
use crate::gate::{Scope, WriteScope};
use domain::residency::AddressSource;

/// Decides every published rule, in their order.
pub(super) fn decide(
    published: &Published,
    attributes: &Attributes,
    source: AddressSource,
    verified: Option<Month>,
    now: OffsetDateTime,
) -> Vec<Determined> {
    let resolution = match attributes.address() {
        Some(address) => Resolver::japan().resolve(&Address::new(address.to_owned())),
        None => Resolution::Unknown,
    };
    let facts = Facts { resolution, birthdate: attributes.birthdate(), source, verified, attested: Vec::new() };
    let today = calendar::tokyo_date(now);
    let decide = |rule: &Rule| {
        let determination = rule.content.rule.decide(published.code, &facts, today);
        Determined { reason: determination.reason, expires: determination.expires }
    };
    published.rules.iter().map(decide).collect()
}

/// Writes the outcomes of somebody who is in the register: kept eligibilities are replaced, lost ones deleted together with
/// what was issued under them; what cannot be decided stays as it was. Those that depend on the municipality alone are kept
/// without anybody asking for them. Says whether an eligibility was lost because the person lives elsewhere now.
pub(super) async fn write_outcomes(
    scope: &WriteScope,
    published: &Published,
    resident: ResidentId,
    carded: &Carded,
    now: i64,
) -> Result<bool, Error> {
    let mut moved_away = false;
    let rows = scope.find::<Entity>().filter(Column::ResidentId.eq(resident.uuid())).all().await?;
    let mut eligible = Vec::new();
    for (rule, determined) in published.rules.iter().zip(&carded.determined) {
        let kept = rows.iter().any(|row| row.rule_id == rule.id.uuid());
        match determined.outcome() {
            Outcome::Eligible if kept || !rule.content.rule.depends_on_age() => {
                eligible.push((rule, *determined));
            }
            Outcome::NotEligible if kept => {
                moved_away |= matches!(determined.reason, ReasonCode::LivesElsewhere | ReasonCode::LivesAbroad);
                lose(scope, resident, rule.id.uuid(), now).await?;
            }
            Outcome::Eligible | Outcome::NotEligible | Outcome::Undecidable => {}
        }
    }
    keep_eligibilities(scope, resident, &eligible, carded)?;
    Ok(moved_away)
}

async fn lose(scope: &WriteScope, resident: ResidentId, rule: Uuid, now: i64) -> Result<(), Error> {
    scope
        .delete_many::<Entity>()
        .filter(Column::ResidentId.eq(resident.uuid()))
        .filter(Column::RuleId.eq(rule))
        .exec()
        .await?;
    store::revoke_families_of_rule(scope, resident, rule, now).await
}

/// Writes eligibilities, each in the place of an earlier one, with the next statement.
pub(super) fn keep_eligibilities(
    scope: &WriteScope,
    resident: ResidentId,
    eligible: &[(&Rule, Determined)],
    carded: &Carded,
) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(eligible.len());
    for (rule, determined) in eligible {
        let (Some(verified), Some(expires)) = (carded.verified, determined.expires) else {
            return Err(Error::internal("an eligibility without its months"));
        };
        rows.push(ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            resident_id: Set(resident.uuid()),
            rule_id: Set(rule.id.uuid()),
            rule_number: Set(rule.number.into()),
            outcome: Set(determined.outcome().as_str().to_owned()),
            reason: Set(determined.reason.as_str().to_owned()),
            address_source: Set(carded.source.as_str().to_owned()),
            verified_month: Set(verified.to_string()),
            expires_month: Set(expires.to_string()),
        });
    }
    let replaced = [
        Column::RuleNumber,
        Column::Outcome,
        Column::Reason,
        Column::AddressSource,
        Column::VerifiedMonth,
        Column::ExpiresMonth,
    ];
    let key = [Column::OrganisationId, Column::ResidentId, Column::RuleId];
    scope.insert_all_or_soon::<Entity, _>(rows, OnConflict::columns(key).update_columns(replaced).to_owned())
}

/// Puts a resident under the current pepper, and notes the level of identity of this sign-in where it is higher.
pub(super) async fn renew(
    scope: &WriteScope,
    row: &resident::Model,
    digest: &[u8],
    pepper: i64,
    carded: &Carded,
) -> Result<(), Error> {
    use resident::{Column, Entity};
    let ial = i64::from(carded.assurance.ial.number()).max(row.ial);
    if row.pepper_number == pepper && row.ial == ial {
        return Ok(());
    }
    scope
        .update_many::<Entity>()
        .set(Column::SubjectDigest, digest.to_vec())
        .set(Column::PepperNumber, pepper)
        .set(Column::Ial, ial)
        .filter(Column::Id.eq(row.id))
        .exec()
        .await?;
    Ok(())
}
