//! Two versions of a rule over the same world: every town of Japan, and the saved cases.

use domain::calendar::tokyo_date;
use domain::ids::ResidencyRuleId;
use domain::residency::{CaseResult, Comparison, SavedCase};

use super::cases::saved;
use super::mass::TURNS;
use crate::Service;
use crate::configuration::ConfigurationId;
use crate::configuration::store;
use crate::error::Error;
use crate::gate::{Caller, Resource, action};

/// A saved case under both versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedCase {
    /// Who, when, and what must come out.
    pub case: SavedCase,
    /// What the older version says.
    pub before: CaseResult,
    /// What the newer one says.
    pub after: CaseResult,
}

/// What changes from one version to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effects {
    /// Over every town, as of today.
    pub towns: Comparison,
    /// Over every saved case, in the order in which they were added.
    pub cases: Vec<ComparedCase>,
}

/// Two versions of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleComparison {
    /// The older one; none for a first version.
    pub from: Option<i64>,
    /// The newer one.
    pub to: i64,
    /// What changes; none without an older version, or where one of them is a draft that still lacks something.
    pub effects: Option<Effects>,
}

impl Service {
    /// Compares two versions of a rule: those that are named, else the newest with the one in use, or with the one that was in
    /// use before it.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for a version number that is not there.
    pub async fn compare_rule_versions(
        &self,
        caller: &Caller,
        rule: ResidencyRuleId,
        from: Option<i64>,
        to: Option<i64>,
    ) -> Result<RuleComparison, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::Configuration).await?;
        let row = store::read_configuration(&scope, ConfigurationId::from(rule)).await?;
        let versions = store::versions(&scope, row.id).await?;
        let to = to.unwrap_or(row.latest_number);
        let earlier = || versions.iter().filter(|row| row.number < to && row.published_at.is_some());
        let from = from
            .or(row.published_number.filter(|number| *number < to))
            .or_else(|| earlier().map(|row| row.number).max());
        let content = |number: i64| {
            let version = versions.iter().find(|row| row.number == number).ok_or(Error::NotFound)?;
            self.rule_content(version)
        };
        let (before, after) = (from.map(content).transpose()?.flatten(), content(to)?);
        let own = store::own_code(&scope).await?;
        let cases = saved(&scope, rule).await?;
        // The database waits for no towns.
        drop(scope);
        let (Some(before), Some(after)) = (before, after) else {
            return Ok(RuleComparison { from, to, effects: None });
        };
        let today = tokyo_date(self.clock.now());
        let turn = TURNS.acquire().await.map_err(|_| Error::Unavailable)?;
        let done = tokio::task::spawn_blocking(move || {
            let cases = cases.into_iter().map(|(_, case)| ComparedCase {
                before: case.run(&before.rule, own),
                after: case.run(&after.rule, own),
                case,
            });
            let effects =
                Effects { cases: cases.collect(), towns: Comparison::of(&before.rule, &after.rule, own, today) };
            drop(turn);
            effects
        });
        let effects = done.await.map_err(|_| Error::internal("the thread that compares rules"))?;
        Ok(RuleComparison { from, to, effects: Some(effects) })
    }
}
