//! Who worked on a version: whoever saved it or handed it in, and whoever did so with a version that was never in force and
//! that it goes on from. Four eyes go by this, not by who was last.

use domain::ids::AccountId;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, Set};

use entity::version_author::{ActiveModel, Column, Entity};

use super::store::VersionRow;
use crate::error::Error;
use crate::gate::{Scope, WriteScope};

/// Notes somebody as an author of a version; a part of the product is nobody whom four eyes could bar.
pub(super) async fn add(
    scope: &WriteScope,
    configuration: Uuid,
    number: i64,
    account: Option<AccountId>,
) -> Result<(), Error> {
    let Some(account) = account else { return Ok(()) };
    let key = [Column::OrganisationId, Column::ConfigurationId, Column::Number, Column::AccountId];
    let conflict = OnConflict::columns(key).do_nothing_on(key).to_owned();
    scope.insert_or::<Entity, _>(row(scope, configuration, number, account.uuid()), conflict).await?;
    Ok(())
}

/// Makes the authors of a version those of the next one, which begins with its words.
pub(super) async fn carry_over(scope: &WriteScope, from: &VersionRow, number: i64) -> Result<(), Error> {
    let authors = of(scope, from.configuration_id, from.number).await?;
    let rows = authors.into_iter().map(|author| row(scope, from.configuration_id, number, author.uuid())).collect();
    scope.insert_all::<Entity, _>(rows).await
}

/// Everybody who worked on a version.
pub(super) async fn of<S: Scope>(scope: &S, configuration: Uuid, number: i64) -> Result<Vec<AccountId>, Error> {
    let rows =
        scope.find::<Entity>().filter(Column::ConfigurationId.eq(configuration)).filter(Column::Number.eq(number));
    Ok(rows.all().await?.into_iter().map(|row| AccountId::from_uuid(row.account_id)).collect())
}

/// For a condition on requests: that somebody worked on the version that is asked for.
pub(crate) fn worked_on<S: Scope>(scope: &S, account: AccountId) -> SimpleExpr {
    use entity::change_request;
    let same =
        |column: Column, of: change_request::Column| Expr::col((Entity, column)).equals((change_request::Entity, of));
    scope.exists::<Entity>(
        Condition::all()
            .add(same(Column::ConfigurationId, change_request::Column::ConfigurationId))
            .add(same(Column::Number, change_request::Column::Number))
            .add(Column::AccountId.eq(account.uuid())),
    )
}

fn row(scope: &WriteScope, configuration: Uuid, number: i64, account: Uuid) -> ActiveModel {
    ActiveModel {
        organisation_id: Set(scope.organisation().uuid()),
        configuration_id: Set(configuration),
        number: Set(number),
        account_id: Set(account),
    }
}
