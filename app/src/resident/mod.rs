//! Pages of residents under `/t/{tenant}`: one column, one action, plain words. Views are functions of what they show and
//! give a whole document as text; no router, nothing reactive, and no script but that of passkeys. A page with its stylesheets
//! stays under 30 KB.

pub mod app_link;
pub mod browser;
pub mod consent;
pub mod desk;
pub mod document;
pub mod failure;
pub mod frame;
mod icons;
pub mod information;
pub mod me;
pub mod merge;
mod merge_words;
pub mod outcome;
pub mod passkey;
mod passkey_words;
pub mod renewed_card;
mod renewed_card_words;
pub mod sign_in;
pub mod town;
mod words;

#[cfg(test)]
mod tests;
