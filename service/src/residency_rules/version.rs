//! Which version of a rule is tried, compared or written out.

use domain::configuration::ResidencyRuleContent;
use domain::ids::ResidencyRuleId;

use crate::Service;
use crate::configuration::store::{self, Row, Stored, VersionRow};
use crate::configuration::{ConfigurationId, Content};
use crate::error::Error;
use crate::gate::Scope;

/// One version of a rule, as a page names it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RuleVersion {
    /// The newest, draft or not.
    #[default]
    Newest,
    /// The one in use.
    Published,
    /// The one with this number.
    Number(i64),
}

/// The versions of a rule that cases and addresses meet.
pub(super) struct Versions {
    pub(super) row: Row,
    /// The newest version, as far as it is complete.
    pub(super) newest: Option<ResidencyRuleContent>,
    /// The version in use, unless it is the newest.
    pub(super) published: Option<ResidencyRuleContent>,
}

impl Service {
    /// The content of a version; none of a draft that still lacks something.
    pub(super) async fn rule_version<S: Scope>(
        &self,
        scope: &S,
        rule: ResidencyRuleId,
        version: RuleVersion,
    ) -> Result<Option<ResidencyRuleContent>, Error> {
        let row = store::read_configuration(scope, ConfigurationId::from(rule)).await?;
        let number = match version {
            RuleVersion::Newest => row.latest_number,
            RuleVersion::Published => row.published_number.ok_or(Error::NotFound)?,
            RuleVersion::Number(number) => number,
        };
        self.rule_content(&store::version(scope, row.id, number).await?)
    }

    pub(super) async fn rule_versions<S: Scope>(&self, scope: &S, rule: ResidencyRuleId) -> Result<Versions, Error> {
        let row = store::read_configuration(scope, ConfigurationId::from(rule)).await?;
        let newest = self.rule_content(&store::version(scope, row.id, row.latest_number).await?)?;
        let published = match row.published_number.filter(|number| *number != row.latest_number) {
            None => None,
            Some(number) => self.rule_content(&store::version(scope, row.id, number).await?)?,
        };
        Ok(Versions { row, newest, published })
    }

    pub(super) fn rule_content(&self, row: &VersionRow) -> Result<Option<ResidencyRuleContent>, Error> {
        let content = match Stored::of(row)? {
            Stored::Content(content) => Some(content),
            Stored::Form(form) => form.parse(self.loopback()).ok(),
        };
        match content {
            Some(Content::ResidencyRule(content)) => Ok(Some(content)),
            None => Ok(None),
            Some(_) => Err(Error::internal("the content of a rule")),
        }
    }
}
