//! Relying parties, residency rules and consent texts as identity and immutable versions: drafted, submitted with a reason,
//! decided by somebody else (`decisions`), published on their day, archived by their successor. One engine for the three.

pub(crate) mod authors;
mod content;
mod detail;
mod draft;
mod enact;
mod linkage;
mod lint;
mod list;
pub(crate) mod publish;
mod push_secret;
pub(crate) mod store;
mod submit;

pub use content::{ConfigurationId, Content, Form, Names};
pub(crate) use detail::withdrawable;
pub use detail::{Abilities, Ability, Barred, Compared, Comparison, Detail, OpenRequest, PartyView, VersionView};
pub use draft::{Draft, NewRelyingParty, Seen};
pub use list::{ListFilter, ListSort, Listed, ListedParty, Listing, Standing};
pub use publish::MAX_PUBLISHED_RULES;
pub(crate) use publish::set_state;
pub use store::Person;
pub use submit::Submission;
