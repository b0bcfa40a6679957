//! Counting rows in groups: one query for a page of a list, however many rows stand behind each of its lines.

use std::collections::HashMap;

use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{EntityTrait, QuerySelect};

use super::guarded::Guarded;
use super::scope::Find;
use crate::error::Error;

impl<E> Find<'_, E>
where
    E: Guarded,
    E::Model: Send + Sync,
{
    /// How many rows there are by the key in a column; a key without rows is not in it.
    ///
    /// # Errors
    /// What the database refused.
    pub async fn count_by(self, column: E::Column) -> Result<HashMap<Uuid, u64>, Error>
    where
        E: EntityTrait,
    {
        let counted = self
            .select
            .select_only()
            .column(column)
            .column_as(Expr::cust("*").count(), "counted")
            .group_by(column)
            .into_tuple::<(Uuid, i64)>()
            .all(self.connection)
            .await?;
        Ok(counted.into_iter().map(|(key, count)| (key, u64::try_from(count).unwrap_or(0))).collect())
    }
}
