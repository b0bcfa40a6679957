//! The list of batches: searched, filtered, sorted and paged in the database.

use domain::calendar::iso_date;
use domain::residency::AttestationKind;
use entity::attestation_batch::{Column, Entity};
use entity::attestation_code;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, Order};
use time::Date;

use super::batches::{BatchStanding, BatchView, ids, view};
use super::store;
use crate::Service;
use crate::error::Error;
use crate::gate::{Act, Caller, Resource, Scope, action};
use crate::usage::policy_of;

/// By what the list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BatchSort {
    /// When it was made.
    #[default]
    Made,
    /// The last day for redeeming.
    RedeemUntil,
    /// School or employer.
    Name,
}

/// Which batches a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFilter {
    /// In the name.
    pub search: String,
    /// Only of this kind.
    pub kind: Option<AttestationKind>,
    /// Only those that stand so.
    pub standing: Option<BatchStanding>,
    /// The order.
    pub sort: BatchSort,
    /// The order reversed.
    pub descending: bool,
    /// From 0.
    pub page: u64,
    /// Rows of a page, 1 to 100.
    pub size: u64,
}

impl Default for BatchFilter {
    fn default() -> Self {
        let (search, sort) = (String::new(), BatchSort::Made);
        Self { search, kind: None, standing: None, sort, descending: true, page: 0, size: 25 }
    }
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchListing {
    /// The rows.
    pub rows: Vec<BatchView>,
    /// Rows that the filter lets through, on all pages.
    pub matching: u64,
    /// Rows without a filter.
    pub total: u64,
    /// The caller may make codes.
    pub may_create: bool,
    /// The caller may extend and end all ties of a kind.
    pub may_change_ties: bool,
}

impl Service {
    /// A page of the list of batches.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read it.
    pub async fn list_attestation_batches(&self, caller: &Caller, filter: &BatchFilter) -> Result<BatchListing, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::AttestationBatch).await?;
        let today = self.today();
        let narrowed = narrowed(filter, today);
        let total = scope.find::<Entity>().count().await?;
        let matching = scope.find::<Entity>().filter(narrowed.clone()).count().await?;
        let column = match filter.sort {
            BatchSort::Made => Column::Id,
            BatchSort::RedeemUntil => Column::RedeemUntil,
            BatchSort::Name => Column::Name,
        };
        let size = filter.size.clamp(1, 100);
        let rows = scope
            .find::<Entity>()
            .filter(narrowed)
            .order_by(column, if filter.descending { Order::Desc } else { Order::Asc })
            .order_by(Column::Id, Order::Desc)
            .page(filter.page.saturating_mul(size), size)
            .all()
            .await?;
        let left = scope
            .find::<attestation_code::Entity>()
            .filter(attestation_code::Column::BatchId.is_in(ids(&rows)))
            .count_by(attestation_code::Column::BatchId)
            .await?;
        let policy = policy_of(&scope.find::<entity::tenant::Entity>().get().await?);
        let rows = rows
            .iter()
            .map(|row| view(row, left.get(&row.id).copied().unwrap_or(0), today, &policy))
            .collect::<Result<_, Error>>()?;
        Ok(BatchListing {
            rows,
            matching,
            total,
            may_create: caller.may(Act::Create, Resource::AttestationBatch),
            may_change_ties: caller.may(Act::Update, Resource::Attestation),
        })
    }
}

fn narrowed(filter: &BatchFilter, today: Date) -> Condition {
    let mut all = Condition::all();
    // No name holds a control character, and PostgreSQL no text with NUL.
    let search: String = filter.search.trim().to_lowercase().chars().filter(|c| !c.is_control()).collect();
    if !search.is_empty() {
        let literal = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let name = Expr::expr(Func::lower(Expr::col((Entity, Column::Name))));
        all = all.add(name.like(LikeExpr::new(format!("%{literal}%")).escape('\\')));
    }
    if let Some(kind) = filter.kind {
        all = all.add(Column::Kind.eq(kind.as_str()));
    }
    match filter.standing {
        None => all,
        Some(BatchStanding::Open) => all.add(store::open(today)),
        Some(BatchStanding::Over) => all.add(Column::EndedOn.is_null()).add(Column::RedeemUntil.lt(iso_date(today))),
        Some(BatchStanding::Revoked) => all.add(Column::EndedOn.is_not_null()),
    }
}
