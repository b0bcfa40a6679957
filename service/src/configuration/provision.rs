//! Putting configuration in place without a person at the console: when a municipality is created, and for the demo.

use domain::configuration::VersionState;
use domain::ids::{ChangeRequestId, RelyingPartyId};
use domain::locale::Locale;
use domain::names::{Reason, TenantSlug};
use sea_orm::Set;

use super::content::{ConfigurationId, Form};
use super::draft::NewRelyingParty;
use super::publish::change_act;
use super::store;
use super::submit::Submission;
use crate::Service;
use crate::audit::ActKind;
use crate::error::Error;
use crate::gate::{Caller, Resource, SystemActor, action};
use crate::relying_parties::IssuedSecret;

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
            Form::RelyingParty(_) => self.draft_relying_party(drafter, identity, form).await?,
            Form::ResidencyRule(_) | Form::ConsentText(_) => self.draft_configuration(drafter, form).await?,
        };
        self.enact_draft(drafter, approver, id, reason).await?;
        Ok(id)
    }

    /// Submits, approves and publishes the draft of a configuration.
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
        let submission = Submission { reason: reason.clone(), effective_on: self.today() };
        let request = self.submit_draft(drafter, id, draft.seen, &submission).await?;
        self.approve_request(approver, request, 1, submission.effective_on, "").await?;
        Ok(request)
    }

    /// Publishes the first version of a configuration as the product itself, for a municipality that has no staff yet. No
    /// console reaches this: there, somebody drafts and somebody else decides.
    ///
    /// # Errors
    /// [`Error::Invalid`] by the form's fields.
    pub async fn provision_configuration(
        &self,
        slug: &TenantSlug,
        identity: &NewRelyingParty,
        form: &Form,
    ) -> Result<ConfigurationId, Error> {
        use entity::{configuration, configuration_version};
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Provisioner, &organisation);
        let mut scope = self.gate.open(&caller, action::Create, Resource::Configuration).await?;
        let content = form.parse(self.loopback())?;
        let kind = form.kind();
        let id = ConfigurationId::of(kind, self.rng.uuid_v7(&self.clock)?);
        let title = content.title();
        let now = self.clock.seconds();
        let state = VersionState::Published.as_str().to_owned();
        let row = configuration::ActiveModel {
            organisation_id: Set(organisation.id.uuid()),
            id: Set(id.uuid()),
            kind: Set(kind.as_str().to_owned()),
            title_ja: Set(title.get(Locale::Ja).to_owned()),
            title_en: Set(title.get(Locale::En).to_owned()),
            latest_number: Set(1),
            latest_state: Set(state.clone()),
            published_number: Set(Some(1)),
            created_at: Set(now),
            updated_at: Set(now),
            revision: Set(1),
        };
        let version = configuration_version::ActiveModel {
            organisation_id: Set(organisation.id.uuid()),
            configuration_id: Set(id.uuid()),
            number: Set(1),
            kind: Set(kind.as_str().to_owned()),
            state: Set(state),
            content: Set(content.write()?),
            reason: Set(String::new()),
            drafted_by: Set(None),
            drafted_at: Set(now),
            published_at: Set(Some(now)),
            archived_at: Set(None),
            revision: Set(1),
        };
        scope.insert::<configuration::Entity, _>(row).await?;
        if matches!(form, Form::RelyingParty(_)) {
            self.insert_relying_party(&scope, id, identity).await?;
        }
        self.check_dependencies(&scope, id, None, &content).await?;
        scope.insert::<configuration_version::Entity, _>(version).await?;
        let names = store::names(&scope).await?;
        let version = store::version(&scope, id.uuid(), 1).await?;
        scope.audit(change_act(ActKind::VersionPublished, &version, None, &names, "")?);
        scope.bump_generation().await?;
        scope.commit().await?;
        Ok(id)
    }
    /// Makes a secret for a relying party as the product itself, for a municipality that has no staff yet.
    ///
    /// # Errors
    /// As [`Service::issue_client_secret`].
    pub async fn provision_client_secret(
        &self,
        slug: &TenantSlug,
        party: RelyingPartyId,
    ) -> Result<IssuedSecret, Error> {
        let organisation = self.gate.organisation(slug).await?;
        let caller = self.gate.system(SystemActor::Provisioner, &organisation);
        self.issue_client_secret(&caller, party, None).await
    }
}
