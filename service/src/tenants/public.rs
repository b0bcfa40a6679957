//! What anybody may know of a municipality before signing in, and what the operator's start-up asks of all of them.

use domain::names::TenantSlug;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, Resource, Scope, SystemActor, action};
use crate::provisioning::TenantMode;

/// A municipality's accent, `#rrggbb`, in light and in dark surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// On light ground.
    pub light: String,
    /// On dark ground.
    pub dark: String,
}

impl Service {
    /// The colours of a municipality's pages.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn theme(&self, slug: &TenantSlug) -> Result<Theme, Error> {
        let organisation = self.gate.organisation(slug).await?;
        let row = self.tenant_row(&organisation).await?;
        Ok(Theme { light: row.accent_light, dark: row.accent_dark })
    }

    /// Whether any municipality is a test: a start-up on an address that others reach asks.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn has_sandbox_tenants(&self) -> Result<bool, Error> {
        use entity::organisation::{Column, Entity};
        let scope = self.gate.platform_read().await?;
        let tenants = scope.all(Entity::find().filter(Column::Kind.eq("tenant"))).await?;
        drop(scope);
        for tenant in tenants {
            // An organisation whose creation was cut off has no settings yet, and serves nobody.
            match self.tenant_row(&tenant.into()).await {
                Ok(row) if TenantMode::of_column(&row.mode) == TenantMode::Sandbox => return Ok(true),
                Ok(_) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    async fn tenant_row(&self, organisation: &Organisation) -> Result<entity::tenant::Model, Error> {
        let caller = self.gate.system(SystemActor::SignIn, organisation);
        let scope = self.gate.open(&caller, action::Read, Resource::Tenant).await?;
        scope.find::<entity::tenant::Entity>().get().await
    }
}
