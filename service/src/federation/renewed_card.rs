//! A renewed card whose provider does not say whose it was. Before it is renewed the resident makes a recovery number (引き継ぎ番号)
//! on the own page and keeps it on paper; afterwards the new card has made another town ID, whose page gives a code for the desk.
//! There two clerks look at the card and the number, and the former town ID is found by the new card from then on.
//!
//! The desk alone makes nobody anybody: without the number nothing here leads from a person to a town ID.

use domain::calendar::Month;
use domain::desk::{CODE_SECONDS, DeskCode};
use domain::ids::{RelinkRequestId, ResidentId};
use domain::names::TenantSlug;
use domain::renewed_card::RecoveryNumber;
use domain::violations::Violation;
use entity::{
    recovery_number, relink_request, resident, resident_lookup, resident_passkey, resident_session, token_family,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Set};
use time::OffsetDateTime;

use super::found_again::{Standing, stand};
use super::merge::{Dissolved, lead, lock_both};
use super::passkeys::begets_passkeys;
use super::published::Published;
use super::sessions::Session;
use super::views::TownView;
use super::{Browser, sha256, store};
use crate::Service;
use crate::desk::store as requests;
use crate::error::{Conflict, Error};
use crate::gate::{Find, Organisation, ResidentScope, Resource, Scope, SystemActor, WriteScope, action};

/// The page about renewing the card.
pub struct RenewedCardPage {
    /// The town.
    pub town: TownView,
    /// The session was opened with the card, so that something can be had.
    pub by_card: bool,
    /// There is a number.
    pub has_number: bool,
    /// What was asked for: shown now and never again.
    pub handed: Option<Handed>,
    /// Origins that `form-action` needs beside `'self'`: the providers'.
    pub form_origins: Vec<String>,
}

/// What a resident takes away from the page.
#[derive(Clone, Copy)]
pub enum Handed {
    /// The number for later; it takes the place of one from before.
    Number(RecoveryNumber),
    /// The code for the desk; it takes the place of one from before.
    Code {
        /// As it is read out.
        code: DeskCode,
        /// When it ends; a whole hour.
        until: OffsetDateTime,
    },
}

/// Whether somebody signed in with the card just now, no weaker than a passkey would be.
pub(super) fn by_card(session: &Session, now: i64) -> bool {
    begets_passkeys(session.method, session.assurance) && session.is_fresh(now)
}

impl Service {
    /// The page about renewing the card.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] without an open session, [`Error::NotFound`] without such a town.
    pub async fn renewed_card_page(&self, slug: &TenantSlug, browser: &Browser) -> Result<RenewedCardPage, Error> {
        let (published, session, caller) = self.signed_in(slug, browser).await?;
        let scope = self.gate.open_own(&caller, action::Read, Resource::RecoveryNumber).await?;
        let has_number = scope.find::<recovery_number::Entity>().one().await?.is_some();
        Ok(RenewedCardPage {
            town: published.town_view(),
            by_card: by_card(&session, self.clock.seconds()),
            has_number,
            handed: None,
            form_origins: published.provider_origins(),
        })
    }

    /// Makes the number by which the desk finds this town ID again. Only just after the card was read.
    ///
    /// # Errors
    /// As [`Service::renewed_card_page`].
    pub async fn make_recovery_number(&self, slug: &TenantSlug, browser: &Browser) -> Result<RenewedCardPage, Error> {
        use recovery_number::{ActiveModel, Column, Entity};
        let page = self.renewed_card_page(slug, browser).await?;
        if !page.by_card {
            return Ok(page);
        }
        let (_, session, caller) = self.signed_in(slug, browser).await?;
        let number = RecoveryNumber::of_bytes(self.rng.bytes()?);
        let scope = self.gate.open_own(&caller, action::Create, Resource::RecoveryNumber).await?;
        lock_own(&scope, &session).await?;
        let everybody = scope.of_everybody();
        let row = ActiveModel {
            organisation_id: Set(everybody.organisation().uuid()),
            resident_id: Set(session.resident.uuid()),
            digest: Set(digest(everybody, &number)),
        };
        let key = [Column::OrganisationId, Column::ResidentId];
        let anew = OnConflict::columns(key).update_column(Column::Digest).to_owned();
        everybody.insert_or::<Entity, _>(row, anew).await?;
        scope.commit().await?;
        Ok(RenewedCardPage { has_number: true, handed: Some(Handed::Number(number)), ..page })
    }

    /// Gives a code for the desk to somebody whose new card made this town ID. What the former card is used for counts from the first
    /// of those asked for, as long as one stands.
    ///
    /// # Errors
    /// As [`Service::renewed_card_page`].
    pub async fn ask_relink_code(&self, slug: &TenantSlug, browser: &Browser) -> Result<RenewedCardPage, Error> {
        use relink_request::{ActiveModel, Column, Entity};
        let page = self.renewed_card_page(slug, browser).await?;
        if !page.by_card {
            return Ok(page);
        }
        let (published, session, caller) = self.signed_in(slug, browser).await?;
        let code = DeskCode::of_bytes(self.rng.bytes()?);
        let now = self.clock.seconds();
        let expires_at = requests::whole_hour(now + CODE_SECONDS);
        let until =
            OffsetDateTime::from_unix_timestamp(expires_at).map_err(|_| Error::internal("the end of a code"))?;
        let hash = requests::code_hashes(&published.keys, code).into_iter().next().unwrap_or_default();
        let scope = self.gate.open_own(&caller, action::Create, Resource::RelinkRequest).await?;
        lock_own(&scope, &session).await?;
        // To ask again does not wipe out that the former card was used meanwhile.
        let standing = scope.find::<Entity>().filter(Column::ExpiresAt.gt(now)).one().await?;
        let everybody = scope.of_everybody();
        let row = ActiveModel {
            organisation_id: Set(everybody.organisation().uuid()),
            id: Set(self.rng.uuid_v4()?),
            resident_id: Set(session.resident.uuid()),
            code_hash: Set(hash),
            expires_at: Set(expires_at),
            asked_at: Set(standing.map_or(requests::whole_hour(now), |row| row.asked_at)),
        };
        let key = [Column::OrganisationId, Column::ResidentId];
        let anew = [Column::Id, Column::CodeHash, Column::ExpiresAt, Column::AskedAt];
        everybody.insert_or::<Entity, _>(row, OnConflict::columns(key).update_columns(anew).to_owned()).await?;
        scope.commit().await?;
        Ok(RenewedCardPage { handed: Some(Handed::Code { code, until }), ..page })
    }

    /// Puts the card of a request in the place of whatever led to the town ID of a number, in the clerk's transaction, and commits
    /// it: the town ID that the card made is merged into the former one, everything open under the former card ends, and only the
    /// new one leads there. The number is used up.
    ///
    /// # Errors
    /// As [`former_of`]; [`Conflict::State`] where somebody was faster.
    pub(crate) async fn take_over(
        &self,
        scope: WriteScope,
        published: &Published,
        id: RelinkRequestId,
        number: &RecoveryNumber,
    ) -> Result<(), Error> {
        let now = self.clock.seconds();
        let request = waiting(&scope, id, now).one().await?.ok_or(Conflict::State)?;
        let former = former_of(&scope, &request, number, now).await?;
        let recent = ResidentId::from_uuid(request.resident_id);
        // People before what they asked for: who deletes a town ID locks in this order too.
        let locked = lock_both(&scope, [former, recent]).await?;
        let row = |id: ResidentId| locked.iter().find(|row| row.id == id.uuid()).ok_or(Conflict::State);
        let (former_row, recent_row) = (row(former)?, row(recent)?);
        let still = waiting(&scope, id, now).locked().one().await?;
        let used = scope.delete_many::<recovery_number::Entity>();
        let used = used.filter(recovery_number::Column::Digest.eq(digest(&scope, number))).exec().await?;
        if still.is_none() || used == 0 {
            return Err(Conflict::State.into());
        }
        let scope = scope.about(recent);
        let Dissolved { leading, told } = self.dissolve(&scope, published, recent_row, former).await?;
        let ended = self.end_whatever_led(scope.of_everybody(), published, former).await?;
        stand(scope.of_everybody(), former_row, Standing::of(recent_row), Some(Month::at(self.clock.now()))).await?;
        // The first is the new card's own, which the former town ID's row stands under now.
        lead(scope.of_everybody(), leading.into_iter().skip(1), former).await?;
        scope.commit().await?;
        if told || ended {
            self.ring();
        }
        Ok(())
    }

    /// Ends what was open by the former card, on whatever device, and what else led to the town ID. Says whether a service is told.
    async fn end_whatever_led(
        &self,
        scope: &WriteScope,
        published: &Published,
        resident: ResidentId,
    ) -> Result<bool, Error> {
        let id = resident.uuid();
        let told = self.end_sessions(scope, published, resident).await?;
        let families =
            scope.update_many::<token_family::Entity>().set(token_family::Column::RevokedAt, self.clock.seconds());
        let families = families.filter(token_family::Column::ResidentId.eq(id));
        families.filter(token_family::Column::RevokedAt.is_null()).exec().await?;
        let passkeys = resident_passkey::Column::ResidentId.eq(id);
        scope.delete_many::<resident_passkey::Entity>().filter(passkeys).exec().await?;
        let lookups = resident_lookup::Column::ResidentId.eq(id);
        scope.delete_many::<resident_lookup::Entity>().filter(lookups).exec().await?;
        let asked = relink_request::Column::ResidentId.eq(id);
        scope.delete_many::<relink_request::Entity>().filter(asked).exec().await?;
        Ok(told)
    }

    /// Deletes requests whose code is over. Looks first, as everything that sweeps.
    pub(super) async fn sweep_relink_requests(&self, organisation: &Organisation) -> Result<u64, Error> {
        use relink_request::{Column, Entity};
        let over = || Column::ExpiresAt.lte(self.clock.seconds());
        let caller = self.gate.system(SystemActor::OidcProvider, organisation);
        let glance = self.gate.glance(&caller, Resource::RelinkRequest).await?;
        if glance.find::<Entity>().filter(over()).one().await?.is_none() {
            return Ok(0);
        }
        drop(glance);
        let scope = self.gate.open(&caller, action::Remove, Resource::RelinkRequest).await?;
        let swept = scope.delete_many::<Entity>().filter(over()).exec().await?;
        scope.commit().await?;
        Ok(swept)
    }
}

/// Locks the row of whoever a session is of, and asks for the session once more: the desk may have ended it while this waited.
async fn lock_own(scope: &ResidentScope<WriteScope>, session: &Session) -> Result<(), Error> {
    scope.find::<resident::Entity>().locked().one().await?.ok_or(Error::Unauthenticated)?;
    if store::is_open(scope.of_everybody(), session.id).await? { Ok(()) } else { Err(Error::Unauthenticated) }
}

/// A request that waits for the desk.
pub(crate) fn waiting<S: Scope>(scope: &S, id: RelinkRequestId, now: i64) -> Find<'_, relink_request::Entity> {
    use relink_request::{Column, Entity};
    scope.find::<Entity>().filter(Column::Id.eq(id.uuid())).filter(Column::ExpiresAt.gt(now))
}

/// The town ID of a number, where the card of a request may be put in the place of what leads there.
///
/// # Errors
/// [`Error::Invalid`] with the field `number`: `Unknown` (used, replaced, of a town ID that was deleted, or of no one of this
/// municipality), `Duplicate` for the number of the very town ID that the new card made, `NotAllowed` where the former card was
/// used after the new one first asked, so that it is not out of use.
pub(crate) async fn former_of<S: Scope>(
    scope: &S,
    request: &relink_request::Model,
    number: &RecoveryNumber,
    now: i64,
) -> Result<ResidentId, Error> {
    use recovery_number::{Column, Entity};
    let wrong = |violation| Error::invalid("number", violation);
    let row = scope.find::<Entity>().filter(Column::Digest.eq(digest(scope, number))).one().await?;
    let former = row.ok_or_else(|| wrong(Violation::Unknown))?.resident_id;
    if former == request.resident_id {
        return Err(wrong(Violation::Duplicate));
    }
    // A whole hour: what was open less than an hour after the code was asked for counts for nothing.
    let open = scope
        .find::<resident_session::Entity>()
        .filter(resident_session::Column::ResidentId.eq(former))
        .filter(resident_session::Column::ExpiresAt.gt(now))
        .filter(resident_session::Column::AuthTime.gt(request.asked_at))
        .all()
        .await?;
    let by_card = |row: &resident_session::Model| row.amr.parse().is_ok_and(domain::assurance::Method::is_card);
    if open.iter().any(by_card) {
        return Err(wrong(Violation::NotAllowed));
    }
    Ok(ResidentId::from_uuid(former))
}

/// What rests of a number: bound to the municipality, so that the same letters elsewhere are another one. 80 random bits need no
/// slow hash, and no key: one that changes would end numbers that wait in drawers for years.
fn digest<S: Scope>(scope: &S, number: &RecoveryNumber) -> Vec<u8> {
    let organisation = scope.organisation().uuid();
    let parts: [&[u8]; 3] = [b"machikagi recovery number\0", organisation.as_bytes(), number.bytes()];
    sha256(&parts.concat()).to_vec()
}
