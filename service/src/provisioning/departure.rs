//! The account of somebody who works nowhere any more.

use domain::names::{MailAddress, Reason};
use entity::membership::{Column, Entity};
use sea_orm::ColumnTrait;

use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::error::Error;
use crate::gate::{Resource, Scope, action};

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountDeletion {
    /// Nobody signs in with it any more, and the address is free.
    Done,
    /// Nothing was changed: these organisations, by their slugs, still let the person in.
    StillBelongs(Vec<String>),
}

impl Service {
    /// Deletes the account of a mail address: the address, the password, the second factor, recovery codes and sessions. What
    /// organisations keep beside their audit trails, a name and an address, is theirs and stays.
    ///
    /// The entries in the trails of those that the person belonged to come first, each in a transaction of its own: an entry without
    /// its effect is asked for again.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such an account.
    pub async fn delete_account(&self, mail: &MailAddress, reason: &Reason) -> Result<AccountDeletion, Error> {
        let account = self.find_account(mail).await?.ok_or(Error::NotFound)?;
        let belongings = self.gate.belongings(account).await?;
        if !belongings.is_empty() {
            let slugs = belongings.into_iter().map(|belonging| belonging.organisation.slug).collect();
            return Ok(AccountDeletion::StillBelongs(slugs));
        }
        for organisation in self.gate.formerly(account).await? {
            let caller = self.provisioner(&organisation);
            let mut scope = self.gate.open(&caller, action::Remove, Resource::Membership).await?;
            let row = scope.find::<Entity>().filter(Column::AccountId.eq(account.uuid())).locked().get().await?;
            if row.ended_at.is_none() {
                return Ok(AccountDeletion::StillBelongs(vec![organisation.slug]));
            }
            scope.audit(Act {
                kind: ActKind::AccountDeleted,
                object_kind: Resource::Membership.as_str(),
                object_id: account.to_string(),
                text: ActText { object: row.display_name, reason: reason.to_string(), ..ActText::default() },
            });
            scope.commit().await?;
        }
        self.empty_account(account).await?;
        Ok(AccountDeletion::Done)
    }
}
