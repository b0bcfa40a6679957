//! The whole way in one go, for the demo and for tests: a drafter drafts, somebody else decides. Nothing is published past four
//! eyes, by nobody and no part of the product.

use domain::configuration::EarlierEligibilities;
use domain::ids::ChangeRequestId;
use domain::names::Reason;

use super::content::{ConfigurationId, Form};
use super::draft::NewRelyingParty;
use super::submit::Submission;
use crate::Service;
use crate::error::Error;
use crate::gate::Caller;

impl Service {
    /// Drafts, submits, approves and publishes in one go, each step by whom it belongs to: the same path that two people
    /// walk through the console.
    ///
    /// # Errors
    /// As the steps.
    pub async fn enact(
        &self,
        drafter: &Caller,
        approver: &Caller,
        identity: &NewRelyingParty,
        form: &Form,
        reason: &Reason,
    ) -> Result<ConfigurationId, Error> {
        let id = match form {
            // What a draft needs is not carried along to the end.
            Form::RelyingParty(_) => Box::pin(self.draft_relying_party(drafter, identity, form)).await?,
            Form::ResidencyRule(_) | Form::ConsentText(_) => self.draft_configuration(drafter, form).await?,
        };
        Box::pin(self.enact_draft(drafter, approver, id, reason)).await?;
        Ok(id)
    }

    /// Submits, approves and publishes the draft of a configuration, whether or not its service answers already.
    ///
    /// # Errors
    /// As the steps.
    pub async fn enact_draft(
        &self,
        drafter: &Caller,
        approver: &Caller,
        id: ConfigurationId,
        reason: &Reason,
    ) -> Result<ChangeRequestId, Error> {
        let draft = self.get_draft(drafter, id).await?;
        let submission = Submission {
            reason: reason.clone(),
            effective_on: self.today(),
            earlier_eligibilities: EarlierEligibilities::default(),
        };
        let request = self.hand_in(drafter, id, draft.seen, &submission).await?;
        self.approve_request(approver, request, 1, submission.effective_on, "").await?;
        Ok(request)
    }
}
