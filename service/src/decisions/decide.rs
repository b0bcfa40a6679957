//! Approving and sending back, by somebody who did not work on it, unless the municipality had switched four eyes off when it
//! was submitted.

use domain::calendar::{iso_date, tokyo_midnight};
use domain::ids::ChangeRequestId;
use domain::names::Reason;
use domain::violations::Violation;
use time::Date;

use crate::Service;
use crate::audit::{Act, ActKind, ActText};
use crate::configuration::store::{self, RequestRow};
use crate::configuration::{ConfigurationId, set_state};
use crate::error::{Conflict, Error};
use crate::gate::{Caller, action};
use crate::jobs;

impl Service {
    /// Approves a request, from the day that the approver sets; today puts it into force at once. `revision` is the one that
    /// was read; `comment` may be empty.
    ///
    /// # Errors
    /// [`Conflict::FourEyes`] for one's own work; [`Conflict::State`]; [`Conflict::Stale`]; [`Error::Invalid`] for a day in
    /// the past; [`Conflict::DependencyUnpublished`], [`Conflict::Limit`] and the saved cases of a rule as at the submission.
    pub async fn approve_request(
        &self,
        caller: &Caller,
        id: ChangeRequestId,
        revision: i64,
        effective_on: Date,
        comment: &str,
    ) -> Result<(), Error> {
        use entity::change_request::{Column, Entity};
        let by = caller.actor().account().ok_or(Error::Denied)?;
        let comment = if comment.trim().is_empty() { None } else { Some(checked(comment)?) };
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Decide, id.uuid()).await?;
        if row.revision != revision {
            return Err(Conflict::Stale.into());
        }
        let request = store::request(&scope, &row).await?.approve(by, effective_on)?;
        if effective_on < self.today() {
            return Err(Error::invalid("effective_on", Violation::OutOfRange));
        }
        let configuration = ConfigurationId::of(store::kind(&row.kind)?, row.configuration_id);
        let identity = store::configuration(&scope, configuration).await?;
        let version = store::version(&scope, row.configuration_id, row.number).await?;
        let content = store::content(&version)?;
        self.check_dependencies(&scope, configuration, identity.published_number, &content).await?;
        self.check_proof(&scope, configuration, &content).await?;
        let state = store::state(&version)?.approve()?;
        let now = self.clock.seconds();
        set_state(&scope, configuration, &version, state, now).await?;
        store::changed_request(&scope, &row)
            .set(Column::State, request.state.as_str())
            .set(Column::EffectiveOn, iso_date(effective_on))
            .set(Column::DecidedBy, Some(by.uuid()))
            .set(Column::DecidedAt, Some(now))
            .set(Column::Comment, comment.clone())
            .exec_one()
            .await?;
        let said = vec![format!("施行日: {}", iso_date(effective_on))];
        scope.audit(act(ActKind::ChangeApproved, configuration, &row, comment, said));
        if effective_on == self.today() {
            let row = RequestRow {
                state: request.state.as_str().to_owned(),
                effective_on: iso_date(effective_on),
                decided_by: Some(by.uuid()),
                revision: row.revision + 1,
                ..row
            };
            self.publish(&mut scope, &row).await?;
        } else {
            scope.enqueue(jobs::Kind::Publish, tokyo_midnight(effective_on).unix_timestamp()).await?;
        }
        scope.commit().await
    }

    /// 差戻し: sends a request back to whoever drafted it, with a comment that says what to change.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a comment; otherwise as [`Service::approve_request`].
    pub async fn send_back_request(
        &self,
        caller: &Caller,
        id: ChangeRequestId,
        revision: i64,
        comment: &str,
    ) -> Result<(), Error> {
        use entity::change_request::{Column, Entity};
        let by = caller.actor().account().ok_or(Error::Denied)?;
        let comment = checked(comment)?;
        let (mut scope, row) = self.gate.fetch::<_, Entity>(caller, action::Decide, id.uuid()).await?;
        if row.revision != revision {
            return Err(Conflict::Stale.into());
        }
        let request = store::request(&scope, &row).await?.send_back(by)?;
        let configuration = ConfigurationId::of(store::kind(&row.kind)?, row.configuration_id);
        let version = store::version(&scope, row.configuration_id, row.number).await?;
        let state = store::state(&version)?.send_back()?;
        let now = self.clock.seconds();
        set_state(&scope, configuration, &version, state, now).await?;
        store::changed_request(&scope, &row)
            .set(Column::State, request.state.as_str())
            .set(Column::DecidedBy, Some(by.uuid()))
            .set(Column::DecidedAt, Some(now))
            .set(Column::Comment, Some(comment.clone()))
            .exec_one()
            .await?;
        scope.audit(act(ActKind::ChangeSentBack, configuration, &row, Some(comment), Vec::new()));
        scope.commit().await
    }
}

fn checked(comment: &str) -> Result<String, Error> {
    Reason::parse(comment).map(String::from).map_err(|violation| Error::invalid("comment", violation))
}

fn act(kind: ActKind, id: ConfigurationId, row: &RequestRow, comment: Option<String>, after: Vec<String>) -> Act {
    let mut lines = vec![format!("第{}版", row.number)];
    lines.extend(after);
    let text =
        ActText { object: row.title_ja.clone(), reason: comment.unwrap_or_default(), before: Vec::new(), after: lines };
    Act { kind, object_kind: id.kind().as_str(), object_id: id.uuid().to_string(), text }
}
