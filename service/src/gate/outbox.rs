//! The door of a writing scope to the outbox: a mail is announced in the transaction of its cause.

use sea_orm::{DbErr, EntityTrait};

use super::scope::WriteScope;
use super::scope::sealed::Sealed;
use crate::error::Error;
use crate::mails::{Announcement, once};

impl WriteScope {
    /// Announces a mail to this organisation's staff. Announcing twice the same is announcing once.
    ///
    /// # Errors
    /// What the database refused.
    pub(crate) async fn announce(&self, mail: Announcement) -> Result<(), Error> {
        let row = entity::outgoing_mail::Entity::insert(mail.first_row(self.key()));
        match row.on_conflict(once()).exec_without_returning(self.connection()).await {
            Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
