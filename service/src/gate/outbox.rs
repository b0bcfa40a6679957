//! The door of a writing scope to the outbox: a mail is announced in the transaction of its cause.

use sea_orm::{DbErr, EntityTrait};

use super::scope::WriteScope;
use super::scope::sealed::Sealed;
use crate::error::Error;
use crate::mails::{Announcement, anew};

impl WriteScope {
    /// Announces a mail to this organisation's staff. Announcing the same again is announcing it anew, unless it was
    /// said already.
    ///
    /// # Errors
    /// What the database refused.
    pub(crate) async fn announce(&self, mail: Announcement) -> Result<(), Error> {
        let row = entity::outgoing_mail::Entity::insert(mail.first_row(self.key()));
        match row.on_conflict(anew()).exec_without_returning(self.connection()).await {
            Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
