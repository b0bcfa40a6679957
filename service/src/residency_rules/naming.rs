//! Which published rules name municipalities that a new table no longer has, over all towns: for whoever brings the new table.

use std::collections::BTreeSet;

use domain::configuration::ConfigurationKind;
use domain::locale::Localized;
use domain::municipality::MunicipalityCode;
use domain::residency::changes::codes_named_by;

use crate::Service;
use crate::configuration::{Content, store};
use crate::error::Error;
use crate::gate::{Resource, SystemActor, action};

/// A published rule that names some of the codes that were asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamingRule {
    /// The town's name in addresses.
    pub tenant: String,
    /// The rule's name.
    pub title: Localized,
    /// The version in use.
    pub number: i64,
    /// Which of the codes it names, in their order.
    pub codes: Vec<MunicipalityCode>,
}

impl Service {
    /// Looks through the published rules of every town, one town after the other.
    ///
    /// # Errors
    /// [`Error::Unavailable`] without a database.
    pub async fn rules_naming(&self, codes: &BTreeSet<MunicipalityCode>) -> Result<Vec<NamingRule>, Error> {
        let mut naming = Vec::new();
        for organisation in self.gate.tenants().await? {
            let caller = self.gate.system(SystemActor::Gazetteer, &organisation);
            let scope = self.gate.open(&caller, action::Read, Resource::Configuration).await?;
            for row in store::published(&scope, ConfigurationKind::ResidencyRule).await? {
                let Content::ResidencyRule(content) = store::content(&row)? else { continue };
                let named = codes_named_by(&content.rule);
                let codes: Vec<MunicipalityCode> = named.intersection(codes).copied().collect();
                if !codes.is_empty() {
                    let tenant = organisation.slug.clone();
                    naming.push(NamingRule { tenant, title: content.name, number: row.number, codes });
                }
            }
        }
        Ok(naming)
    }
}
