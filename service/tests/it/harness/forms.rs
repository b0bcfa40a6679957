//! Forms of the three kinds, complete and plausible, and the shortest way to have them published.

use domain::access::Role;
use domain::configuration::{ClauseForm, ConsentTextForm, RelyingPartyForm, ResidencyRuleForm, SubjectType};
use domain::ids::{ConsentTextId, RelyingPartyId, ResidencyRuleId};
use domain::names::Reason;
use service::configuration::{ConfigurationId, Form, NewRelyingParty};

use super::{Town, World};

/// Residents of the town, for a year.
pub(crate) fn rule(name: &str) -> ResidencyRuleForm {
    ResidencyRuleForm {
        name_ja: name.to_owned(),
        name_en: "Residents".to_owned(),
        clauses: vec![ClauseForm { area: "own".to_owned(), ..ClauseForm::default() }],
        term: "months".to_owned(),
        term_months: "12".to_owned(),
        weakest_source: "card_surface".to_owned(),
        greatest_age_months: "0".to_owned(),
        when_undecidable: "desk_code".to_owned(),
        ..ResidencyRuleForm::default()
    }
}

/// A consent text for a service that gets a pseudonym of its own.
pub(crate) fn consent_text(receiver: &str) -> ConsentTextForm {
    let same = |text: &str| (text.to_owned(), text.to_owned());
    let (title_ja, title_en) = same("May we pass this on?");
    let (receiver_ja, receiver_en) = same(receiver);
    let (receiver_contact_ja, receiver_contact_en) = same("0241-57-0000");
    let (holder_ja, holder_en) = same("the town");
    let (purpose_ja, purpose_en) = same("to lend books");
    let (record_ja, record_en) = same("the day and the version");
    let (retention_ja, retention_en) = same("until the book is back");
    let (withdrawal_ja, withdrawal_en) = same("on your own page");
    let (contact_ja, contact_en) = same("the town hall");
    ConsentTextForm {
        name_ja: format!("Consent for {receiver}"),
        name_en: format!("Consent for {receiver}"),
        title_ja,
        title_en,
        receiver_ja,
        receiver_en,
        receiver_contact_ja,
        receiver_contact_en,
        holder_ja,
        holder_en,
        purpose_ja,
        purpose_en,
        record_ja,
        record_en,
        retention_ja,
        retention_en,
        withdrawal_ja,
        withdrawal_en,
        contact_ja,
        contact_en,
        basis: "consent".to_owned(),
        linked: String::new(),
        material: "on".to_owned(),
    }
}

/// A library at its own address.
pub(crate) fn relying_party(rule: ResidencyRuleId, text: ConsentTextId) -> RelyingPartyForm {
    RelyingPartyForm {
        name_ja: "電子図書館".to_owned(),
        name_en: "E-Library".to_owned(),
        description_ja: "家で本が読めます".to_owned(),
        description_en: "Read at home".to_owned(),
        provider: "みなと書誌システム".to_owned(),
        contact: "0241-57-0000".to_owned(),
        home_url: "https://tosho.example.jp/".to_owned(),
        redirect_uris: "https://tosho.example.jp/cb".to_owned(),
        pkce: "required".to_owned(),
        rule: rule.to_string(),
        consent_text: text.to_string(),
        minimum_ial: "3".to_owned(),
        minimum_aal: "2".to_owned(),
        icon: "book".to_owned(),
        ..RelyingPartyForm::default()
    }
}

pub(crate) fn reason() -> Reason {
    Reason::parse("住民の声に応えるため").unwrap()
}

pub(crate) fn identity(client_id: &str, subject_type: SubjectType) -> NewRelyingParty {
    NewRelyingParty { client_id: Some(client_id.parse().unwrap()), subject_type }
}

impl World {
    /// Drafted, submitted, approved and published by the town's own people.
    pub(crate) async fn enact(&self, town: &Town, identity: &NewRelyingParty, form: &Form) -> ConfigurationId {
        let (drafter, approver) = (town.caller(Role::Drafter).await, town.caller(Role::Approver).await);
        self.service.enact(&drafter, &approver, identity, form, &reason()).await.unwrap()
    }

    pub(crate) async fn publish_rule(&self, town: &Town, form: ResidencyRuleForm) -> ResidencyRuleId {
        match self.enact(town, &NewRelyingParty::default(), &Form::ResidencyRule(form)).await {
            ConfigurationId::ResidencyRule(id) => id,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn publish_consent_text(&self, town: &Town, form: ConsentTextForm) -> ConsentTextId {
        match self.enact(town, &NewRelyingParty::default(), &Form::ConsentText(form)).await {
            ConfigurationId::ConsentText(id) => id,
            other => panic!("{other:?}"),
        }
    }

    /// A library with a rule and a text of its own.
    pub(crate) async fn publish_library(&self, town: &Town) -> RelyingPartyId {
        let rule = self.publish_rule(town, rule("住民")).await;
        let text = self.publish_consent_text(town, consent_text("みなと書誌システム")).await;
        let form = Form::RelyingParty(relying_party(rule, text));
        match self.enact(town, &identity("library", SubjectType::Pairwise), &form).await {
            ConfigurationId::RelyingParty(id) => id,
            other => panic!("{other:?}"),
        }
    }
}
