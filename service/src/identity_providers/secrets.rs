//! Secrets with which a municipality proves who it is at its identity providers: kept apart from the set-ups that name them.

use entity::identity_provider::Entity;

use super::Draft;
use crate::error::Error;
use crate::federation::ProviderSettings;
use crate::gate::{Scope, WriteScope};
use crate::keys;

/// Deletes those that no set-up names any more, neither in force nor proposed.
pub(super) async fn forget_unnamed(scope: &WriteScope) -> Result<(), Error> {
    if !keys::hold_provider_secrets(scope).await? {
        return Ok(());
    }
    let mut named = Vec::new();
    for row in scope.find::<Entity>().all().await? {
        let draft = Draft::of(&row)?.and_then(|draft| draft.settings.authentication.secret());
        named.extend(ProviderSettings::parse(&row.settings)?.authentication.secret());
        named.extend(draft);
    }
    keys::forget_provider_secrets(scope, &named).await
}
