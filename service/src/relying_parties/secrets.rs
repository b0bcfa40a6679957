//! Secrets of a relying party: made here, shown once, kept as a hash. Two are valid at a time, so that a service changes
//! from one to the next without a gap.

use domain::calendar::{iso_date, tokyo_date, tokyo_midnight};
use domain::ids::{ClientSecretId, RelyingPartyId};
use domain::locale::Locale;
use domain::violations::Violation;
use oidc::provider::client_authentication::{client_secret, secret_digest};
use sea_orm::{ColumnTrait, Condition, Order, Set};
use secrecy::{ExposeSecret, SecretString};
use time::Date;

use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration::store;
use crate::error::{Conflict, Error};
use crate::gate::{Caller, Resource, Scope, WriteScope, action};
use crate::mails::secret_made;

/// Secrets that are valid at a time.
const VALID_AT_A_TIME: u64 = 2;
/// Days that a secret is valid unless somebody says otherwise.
const USUAL_DAYS: i64 = 365;
/// Days that a secret is valid at most.
const MOST_DAYS: i64 = 2 * 365;
/// Characters of a secret that pages show, to tell one from the other.
const HINT_CHARS: usize = 4;

/// A secret, the one time that it can be seen.
pub struct IssuedSecret {
    /// Its id.
    pub id: ClientSecretId,
    /// The secret itself: 256 random bits, base64url.
    pub secret: SecretString,
    /// The last day on which it is valid.
    pub valid_through: Date,
}

impl IssuedSecret {
    /// The secret, for the one page that shows it.
    pub fn reveal(&self) -> &str {
        self.secret.expose_secret()
    }
}

/// A secret as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretView {
    /// Its id.
    pub id: ClientSecretId,
    /// Its first characters.
    pub hint: String,
    /// When it was made, seconds since 1970.
    pub created_at: i64,
    /// When it stops being valid by itself.
    pub expires_at: i64,
    /// When somebody ended it.
    pub ended_at: Option<i64>,
    /// It can be used now.
    pub valid: bool,
}

impl Service {
    /// The secrets of a relying party, newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read them.
    pub async fn list_client_secrets(&self, caller: &Caller, party: RelyingPartyId) -> Result<Vec<SecretView>, Error> {
        use entity::client_secret::{Column, Entity};
        let scope = self.gate.open(caller, action::Read, Resource::ClientSecret).await?;
        let now = self.clock.seconds();
        let rows = scope
            .find::<Entity>()
            .filter(Column::RelyingPartyId.eq(party.uuid()))
            .order_by(Column::CreatedAt, Order::Desc)
            .order_by(Column::Id, Order::Desc)
            .all()
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| SecretView {
                id: ClientSecretId::from_uuid(row.id),
                hint: row.hint,
                created_at: row.created_at,
                expires_at: row.expires_at,
                ended_at: row.ended_at,
                valid: row.ended_at.is_none() && row.expires_at > now,
            })
            .collect())
    }

    /// Makes a secret. `valid_through` is the last day in Japan on which it is valid, a year from now if none is given.
    ///
    /// # Errors
    /// [`Conflict::Limit`] while two are valid; [`Error::Invalid`] for a day that has passed or is over two years away.
    pub async fn issue_client_secret(
        &self,
        caller: &Caller,
        party: RelyingPartyId,
        valid_through: Option<Date>,
    ) -> Result<IssuedSecret, Error> {
        use entity::client_secret::{ActiveModel, Column, Entity};
        let scope = self.gate.open(caller, action::Create, Resource::ClientSecret).await?;
        let title = store::title(&store::configuration(&scope, party.into()).await?);
        let now = self.clock.seconds();
        let today = tokyo_date(self.clock.now());
        let in_days = |days: i64| today.saturating_add(time::Duration::days(days));
        let valid_through = valid_through.unwrap_or_else(|| in_days(USUAL_DAYS));
        if valid_through < today || valid_through > in_days(MOST_DAYS) {
            return Err(Error::invalid("valid_through", Violation::OutOfRange));
        }
        let valid = Condition::all()
            .add(Column::RelyingPartyId.eq(party.uuid()))
            .add(Column::EndedAt.is_null())
            .add(Column::ExpiresAt.gt(now));
        if scope.find::<Entity>().filter(valid).count().await? >= VALID_AT_A_TIME {
            return Err(Conflict::Limit.into());
        }
        let secret = client_secret(&self.rng.bytes::<32>()?);
        let id = ClientSecretId::from_uuid(self.rng.uuid_v7(&self.clock)?);
        let hint: String = secret.expose_secret().chars().take(HINT_CHARS).collect();
        let expires_at = tokyo_midnight(valid_through.next_day().unwrap_or(valid_through)).unix_timestamp();
        let row = ActiveModel {
            organisation_id: Set(scope.organisation().uuid()),
            id: Set(id.uuid()),
            relying_party_id: Set(party.uuid()),
            hash: Set(secret_digest(&secret).to_vec()),
            hint: Set(hint.clone()),
            created_at: Set(now),
            expires_at: Set(expires_at),
            ended_at: Set(None),
        };
        scope.insert::<Entity, _>(row).await?;
        secret_made(&scope, id.uuid(), expires_at, now).await?;
        let said = format!("{hint}… {}まで", iso_date(valid_through));
        finish(scope, ActKind::SecretIssued, party, title.get(Locale::Ja), said).await?;
        Ok(IssuedSecret { id, secret, valid_through })
    }

    /// Ends a secret at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not this relying party's; [`Conflict::State`] if it has ended already.
    pub async fn end_client_secret(
        &self,
        caller: &Caller,
        party: RelyingPartyId,
        id: ClientSecretId,
    ) -> Result<(), Error> {
        use entity::client_secret::{Column, Entity};
        let (scope, row) = self.gate.fetch::<_, Entity>(caller, action::Remove, id.uuid()).await?;
        if row.relying_party_id != party.uuid() {
            return Err(Error::NotFound);
        }
        let title = store::title(&store::read_configuration(&scope, party.into()).await?);
        let ended = scope
            .update_many::<Entity>()
            .set(Column::EndedAt, Some(self.clock.seconds()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::EndedAt.is_null())
            .exec()
            .await?;
        if ended == 0 {
            return Err(Conflict::State.into());
        }
        finish(scope, ActKind::SecretEnded, party, title.get(Locale::Ja), format!("{}…", row.hint)).await
    }
}

async fn finish(
    mut scope: WriteScope,
    kind: ActKind,
    party: RelyingPartyId,
    title: &str,
    said: String,
) -> Result<(), Error> {
    scope.audit(Act {
        kind,
        object_kind: Resource::RelyingParty.as_str(),
        object_id: party.to_string(),
        text: ActText { object: title.to_owned(), after: vec![said], ..ActText::default() },
    });
    scope.bump_generation().await?;
    scope.commit().await
}
