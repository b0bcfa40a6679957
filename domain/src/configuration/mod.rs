//! What a town configures, as identity and immutable versions: relying parties, residency rules and consent texts; how a
//! version lives, who may publish it, and what changed in it.

mod change_request;
mod consent_text;
mod diff;
mod earlier_eligibilities;
mod field;
mod kind;
mod relying_party;
mod residency_rule;
mod version;

pub use change_request::{ChangeRequest, ChangeRequestState, FourEyes, Refusal};
pub use consent_text::{Basis, ConsentTextContent, ConsentTextForm};
pub use diff::{ChangeKind, FieldChange, Segment, diff, segments};
pub use earlier_eligibilities::EarlierEligibilities;
pub use field::{Field, FieldKey, References, Warning};
pub use kind::ConfigurationKind;
pub use relying_party::{
    AcrWords, ApplicationType, ClientAuthentication, ClientForm, ClientKeys, ClientSettings, Encryption, EventDelivery,
    EventKind, EventSettings, EventsForm, Icon, IdTokenSigning, Pkce, RelyingPartyContent, RelyingPartyForm,
    SecretNumber, SecurityProfile, SubjectType, TypedSecret,
};
pub use residency_rule::{AgesForm, ClauseForm, MAX_CLAUSES, PlaceForm, ResidencyRuleContent, ResidencyRuleForm};
pub use version::{InvalidTransition, VersionState};

use std::str::FromStr;

use crate::locale::Localized;
use crate::violations::{Violation, Violations};

/// Notes what is wrong with a text in two languages under the names of its two fields, `{field}_ja` and `{field}_en`.
fn localized(wrong: &mut Violations, field: &str, text: Result<Localized, Violations>) -> Option<Localized> {
    let refused = match text {
        Ok(text) => return Some(text),
        Err(refused) => refused,
    };
    for (language, violation) in refused.iter() {
        wrong.add(format!("{field}_{language}"), violation);
    }
    None
}

/// An id as a form's option holds it.
fn id<T: FromStr>(text: &str) -> Result<T, Violation> {
    if text.is_empty() {
        return Err(Violation::Required);
    }
    text.parse().map_err(|_| Violation::Unknown)
}
