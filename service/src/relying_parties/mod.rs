//! What a relying party has beside its versions: its client id and sector, its suspension, its secrets.

pub(crate) mod ending;
mod import;
mod metadata_form;
mod registered;
mod registration;
mod secrets;
mod suspension;

use domain::configuration::{Field, FieldKey, SubjectType};
use domain::locale::Locale;

pub use self::import::{Imported, NotImported};
pub use self::secrets::{IssuedSecret, SecretView};
use crate::configuration::ConfigurationId;
use crate::error::Error;
use crate::gate::Scope;

/// What a relying party has for good, as fields beside those of its versions: whoever decides on the first one fixes them too.
/// Nothing for a rule or a text.
pub(crate) async fn lasting_fields<S: Scope>(
    scope: &S,
    id: ConfigurationId,
    locale: Locale,
) -> Result<Vec<Field>, Error> {
    use entity::relying_party::{Column, Entity};
    use sea_orm::ColumnTrait;
    let ConfigurationId::RelyingParty(id) = id else { return Ok(Vec::new()) };
    let row = scope.find::<Entity>().filter(Column::Id.eq(id.uuid())).get().await?;
    let subject_type: SubjectType = row.subject_type.parse().unwrap_or_default();
    Ok(vec![
        Field { key: FieldKey::ClientId, lines: vec![row.client_id] },
        Field { key: FieldKey::SubjectType, lines: vec![subject_type.words().get(locale).to_owned()] },
    ])
}
