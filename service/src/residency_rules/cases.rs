//! Saved cases of a rule: made-up people, each with the outcome that the rule must reach. A version whose cases fail is not
//! submitted. Only what pickers offer is kept; whatever else was typed is dropped before anything is written.

use domain::configuration::ResidencyRuleContent;
use domain::ids::{ResidencyRuleId, RuleCaseId};
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::residency::{CaseForm, CaseResult, SavedCase};
use domain::violations::Violation;
use entity::rule_case::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, Order, Set};

use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration::store::{self, Row};
use crate::configuration::{ConfigurationId, Content};
use crate::error::{Conflict, Error};
use crate::gate::{Act as Doing, Caller, Resource, Scope, action};

/// The most cases of one rule.
pub const MAX_CASES: u64 = 200;

/// The field of a submission that a failing case is a violation of.
pub const CASES: &str = "cases";
/// The field of a submission that a clause is a violation of that nobody may be subjected to.
pub const FINDINGS: &str = "findings";

/// A case with what the rule says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// Which.
    pub id: RuleCaseId,
    /// Who, when, and what must come out.
    pub case: SavedCase,
    /// What the newest version says; none while it lacks something.
    pub newest: Option<CaseResult>,
    /// What the version in use says, where it is another one.
    pub published: Option<CaseResult>,
}

impl CaseView {
    /// The newest version says what it must.
    pub fn passes(&self) -> bool {
        self.newest.as_ref().is_some_and(|result| self.case.passes(result))
    }
}

/// The cases of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases {
    /// In the order in which they were added.
    pub rows: Vec<CaseView>,
    /// The newest version.
    pub newest: i64,
    /// The version in use, where it is another one.
    pub published: Option<i64>,
    /// The newest version is complete.
    pub complete: bool,
    /// The municipality whose rule it is.
    pub own: MunicipalityCode,
    /// The caller may add and remove.
    pub editable: bool,
}

impl Cases {
    /// How many the newest version fails; none while it cannot be decided.
    pub fn failing(&self) -> usize {
        if self.complete { self.rows.iter().filter(|row| !row.passes()).count() } else { 0 }
    }
}

impl Service {
    /// The cases of a rule, each decided by its newest version and by the one in use.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn list_rule_cases(&self, caller: &Caller, rule: ResidencyRuleId) -> Result<Cases, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let versions = self.rule_versions(&scope, rule).await?;
        let own = store::own_code(&scope).await?;
        let rows = saved(&scope, rule).await?;
        let decide = |content: &Option<ResidencyRuleContent>, case: &SavedCase| {
            content.as_ref().map(|content| case.run(&content.rule, own))
        };
        let rows = rows.into_iter().map(|(id, case)| CaseView {
            id,
            newest: decide(&versions.newest, &case),
            published: decide(&versions.published, &case),
            case,
        });
        Ok(Cases {
            rows: rows.collect(),
            newest: versions.row.latest_number,
            published: versions.row.published_number.filter(|number| *number != versions.row.latest_number),
            complete: versions.newest.is_some(),
            own,
            editable: caller.may(Doing::Update, Resource::Configuration),
        })
    }

    /// Adds a case.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the form's fields, `municipality` with `Duplicate` where the same person is there already;
    /// [`Conflict::Limit`] beyond [`MAX_CASES`].
    pub async fn add_rule_case(&self, caller: &Caller, rule: ResidencyRuleId, form: &CaseForm) -> Result<(), Error> {
        let mut scope = self.gate.open(caller, action::Update, Resource::Configuration).await?;
        let row = store::configuration(&scope, ConfigurationId::from(rule)).await?;
        let case = SavedCase::parse(form, MunicipalityTable::japan())?;
        let others = saved(&scope, rule).await?;
        if others.iter().any(|(_, other)| other.is_same_person(&case)) {
            return Err(Error::invalid("municipality", Violation::Duplicate));
        }
        if others.len() as u64 >= MAX_CASES {
            return Err(Conflict::Limit.into());
        }
        let form = case.form();
        let inserted = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            rule_id: Set(rule.uuid()),
            id: Set(self.rng.uuid_v7(&self.clock)?),
            municipality: Set(form.municipality),
            town: Set(form.town),
            age: Set(i64::from(case.age())),
            birthday: Set(form.birthday),
            ties: Set(form.ties.join(" ")),
            on_day: Set(form.on_day),
            expected: Set(form.expected),
            created_at: Set(self.clock.seconds()),
        };
        scope.insert::<Entity, _>(inserted).await?;
        scope.audit(act(ActKind::CaseAdded, &row, &case));
        scope.commit().await
    }

    /// Removes a case. What it expected is never changed: whoever expects something else adds another.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_rule_case(&self, caller: &Caller, rule: ResidencyRuleId, id: RuleCaseId) -> Result<(), Error> {
        let mut scope = self.gate.open(caller, action::Update, Resource::Configuration).await?;
        let row = store::configuration(&scope, ConfigurationId::from(rule)).await?;
        let found = scope.find::<Entity>().filter(Column::RuleId.eq(rule.uuid())).filter(Column::Id.eq(id.uuid()));
        let case = case(found.get().await?)?;
        let gone = scope.delete_many::<Entity>().filter(Column::RuleId.eq(rule.uuid()));
        gone.filter(Column::Id.eq(id.uuid())).exec().await?;
        scope.audit(act(ActKind::CaseRemoved, &row, &case));
        scope.commit().await
    }

    /// Refuses a rule that fails one of its cases, or of which something was found that nobody may be subjected to.
    ///
    /// # Errors
    /// [`Error::Invalid`]: [`CASES`] with `Mismatch`, [`FINDINGS`] with `NotAllowed`.
    pub(crate) async fn check_proof<S: Scope>(
        &self,
        scope: &S,
        id: ConfigurationId,
        content: &Content,
    ) -> Result<(), Error> {
        let (Content::ResidencyRule(content), ConfigurationId::ResidencyRule(rule)) = (content, id) else {
            return Ok(());
        };
        let own = store::own_code(scope).await?;
        if content.findings(own, MunicipalityTable::japan()).iter().any(domain::residency::Finding::refuses) {
            return Err(Error::invalid(FINDINGS, Violation::NotAllowed));
        }
        let cases = saved(scope, rule).await?;
        let passes = |case: &SavedCase| case.passes(&case.run(&content.rule, own));
        if cases.iter().all(|(_, case)| passes(case)) {
            Ok(())
        } else {
            Err(Error::invalid(CASES, Violation::Mismatch))
        }
    }
}

/// The cases of a rule, in the order in which they were added.
pub(super) async fn saved<S: Scope>(scope: &S, rule: ResidencyRuleId) -> Result<Vec<(RuleCaseId, SavedCase)>, Error> {
    let rows = scope.find::<Entity>().filter(Column::RuleId.eq(rule.uuid()));
    let rows = rows.order_by(Column::CreatedAt, Order::Asc).order_by(Column::Id, Order::Asc).all().await?;
    rows.into_iter().map(|row| Ok((RuleCaseId::from_uuid(row.id), case(row)?))).collect()
}

fn case(row: Model) -> Result<SavedCase, Error> {
    let form = CaseForm {
        municipality: row.municipality,
        town: row.town,
        age: row.age.to_string(),
        birthday: row.birthday,
        ties: row.ties.split_whitespace().map(str::to_owned).collect(),
        on_day: row.on_day,
        expected: row.expected,
    };
    SavedCase::stored(&form).map_err(|_| Error::internal("a saved case"))
}

fn act(kind: ActKind, row: &Row, case: &SavedCase) -> Act {
    let line = format!("{} → {}", case.label(Locale::Ja), case.expected().words().get(Locale::Ja));
    let mut text = ActText { object: row.title_ja.clone(), ..ActText::default() };
    match kind {
        ActKind::CaseRemoved => text.before.push(line),
        _ => text.after.push(line),
    }
    Act { kind, object_kind: "residency_rule", object_id: row.id.to_string(), text }
}
