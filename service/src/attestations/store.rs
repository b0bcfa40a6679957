//! Codes and ties as the gateway reads and writes them.
//!
//! What is redeemed leaves a kind and a month with the person, and nothing anywhere of the batch: the code's row is deleted, no
//! row of the batch is touched, no time is noted. How many of a batch were redeemed is how many of its codes are no longer
//! there.

use aws_lc_rs::digest::{Context, SHA256};
use domain::calendar::{Month, iso_date};
use domain::ids::{OrganisationId, ResidentId};
use domain::residency::{Attestation, AttestationCode, AttestationKind};
use entity::{attestation, attestation_batch, attestation_code};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, Condition, Set};
use time::Date;

use crate::error::Error;
use crate::gate::{Scope, WriteScope};

/// What a code that can be redeemed stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered {
    /// The tie.
    pub(crate) kind: AttestationKind,
    /// The last month of the tie.
    pub(crate) until: Month,
    /// The code's digest: what a flow keeps until the tie is written.
    pub(crate) hash: [u8; 32],
}

/// The ties of a resident, by kind; those that have expired among them until they are swept, which a rule does not count.
pub(crate) async fn attested_of<S: Scope>(scope: &S, resident: ResidentId) -> Result<Vec<Attestation>, Error> {
    use attestation::{Column, Entity};
    let rows = scope.find::<Entity>().filter(Column::ResidentId.eq(resident.uuid())).all().await?;
    rows.iter().map(|row| read(&row.kind, &row.until_month)).collect()
}

/// What a typed code stands for, if it can be redeemed today: it exists, nobody has redeemed it, its batch was not revoked and
/// is not over. One answer for everything else.
pub(crate) async fn look_up<S: Scope>(scope: &S, typed: &str, today: Date) -> Result<Option<Offered>, Error> {
    let Some(code) = AttestationCode::read(typed) else { return Ok(None) };
    offered(scope, digest(scope.organisation(), &code), today).await
}

/// Redeems a code by its digest and writes the tie; `None` if it can no longer be redeemed. Of two who try at the same time one
/// wins, because the row is deleted once. A longer tie of the same kind stays. Says which tie the person has now; the resident's
/// row must have been written before.
pub(crate) async fn redeem(
    scope: &WriteScope,
    resident: ResidentId,
    hash: &[u8; 32],
    today: Date,
) -> Result<Option<Attestation>, Error> {
    let Some(offered) = offered(scope, *hash, today).await? else { return Ok(None) };
    use attestation_code::{Column, Entity};
    if scope.delete_many::<Entity>().filter(Column::Hash.eq(hash.to_vec())).exec().await? == 0 {
        return Ok(None);
    }
    write(scope, resident, Attestation { kind: offered.kind, until: offered.until }).await.map(Some)
}

/// The digest of a code: bound to the municipality, so that the same text elsewhere is another code. 80 random bits need no
/// slow hash and no key.
pub(super) fn digest(organisation: OrganisationId, code: &AttestationCode) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(b"machikagi attestation code\0");
    context.update(organisation.uuid().as_bytes());
    context.update(code.bytes());
    let mut hash = [0; 32];
    for (byte, found) in hash.iter_mut().zip(context.finish().as_ref()) {
        *byte = *found;
    }
    hash
}

/// The batches whose codes can be redeemed today.
pub(super) fn open(today: Date) -> Condition {
    use attestation_batch::Column;
    Condition::all().add(Column::EndedOn.is_null()).add(Column::RedeemUntil.gte(iso_date(today)))
}

async fn offered<S: Scope>(scope: &S, hash: [u8; 32], today: Date) -> Result<Option<Offered>, Error> {
    let code = scope.find::<attestation_code::Entity>().filter(attestation_code::Column::Hash.eq(hash.to_vec()));
    let Some(code) = code.one().await? else { return Ok(None) };
    let Some(batch) = open_batch(scope, code.batch_id, today).await? else { return Ok(None) };
    let Attestation { kind, until } = read(&batch.kind, &batch.until_month)?;
    // A tie that is over already would be none.
    Ok((until >= Month::of(today)).then_some(Offered { kind, until, hash }))
}

async fn open_batch<S: Scope>(scope: &S, id: Uuid, today: Date) -> Result<Option<attestation_batch::Model>, Error> {
    use attestation_batch::{Column, Entity};
    scope.find::<Entity>().filter(Column::Id.eq(id)).filter(open(today)).one().await
}

async fn write(scope: &WriteScope, resident: ResidentId, tie: Attestation) -> Result<Attestation, Error> {
    use attestation::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        resident_id: Set(resident.uuid()),
        kind: Set(tie.kind.as_str().to_owned()),
        until_month: Set(tie.until.to_string()),
    };
    // Months are text that sorts as they follow each other.
    let shorter = Expr::col((Entity, Column::UntilMonth)).lt(tie.until.to_string());
    let longest = OnConflict::columns([Column::OrganisationId, Column::ResidentId, Column::Kind])
        .update_column(Column::UntilMonth)
        .action_and_where(shorter)
        .to_owned();
    if scope.insert_or::<Entity, _>(row, longest).await? > 0 {
        return Ok(tie);
    }
    let kept = scope
        .find::<Entity>()
        .filter(Column::ResidentId.eq(resident.uuid()))
        .filter(Column::Kind.eq(tie.kind.as_str()))
        .get()
        .await?;
    read(&kept.kind, &kept.until_month)
}

pub(crate) fn read(kind: &str, until: &str) -> Result<Attestation, Error> {
    let unreadable = || Error::internal("a tie cannot be read");
    Ok(Attestation { kind: kind.parse().map_err(|_| unreadable())?, until: until.parse().map_err(|_| unreadable())? })
}
