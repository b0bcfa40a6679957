//! 在勤・在学: one-time codes for people whom no card shows to belong here, and all ties of a kind at the turn of the year.

mod batch_page;
mod issue_page;
mod list_page;
mod sheet;
mod text;
mod ties_page;

use domain::locale::Locale;
use domain::paths::Route;
use domain::residency::AttestationKind;
use service::attestations::BatchView;
use service::gate::{Act, Resource};

use self::text::Words;
use crate::components::field::Choice;
use crate::console::AnyOf;
use crate::pages::{PageRoute, editor, page};

const MAKE: AnyOf = &[(Act::Create, Resource::AttestationBatch)];
const REVOKE: AnyOf = &[(Act::Remove, Resource::AttestationBatch)];
const EXTEND: AnyOf = &[(Act::Update, Resource::Attestation)];
const END: AnyOf = &[(Act::Remove, Resource::Attestation)];

/// The routes of this area.
pub fn routes() -> Vec<PageRoute> {
    vec![
        page(Route::ConsoleAttestations, list_page::show),
        editor(Route::ConsoleAttestationBatchNew, MAKE, issue_page::show_new, issue_page::make),
        editor(Route::ConsoleAttestationDesk, MAKE, issue_page::show_desk, issue_page::make_for_desk),
        editor(Route::ConsoleAttestationsExtend, EXTEND, ties_page::show_extend, ties_page::extend),
        editor(Route::ConsoleAttestationsEnd, END, ties_page::show_end, ties_page::end),
        page(Route::ConsoleAttestationBatch, batch_page::show),
        editor(Route::ConsoleAttestationBatchMore, MAKE, issue_page::show_more, issue_page::make_more),
        editor(Route::ConsoleAttestationBatchRevoke, REVOKE, batch_page::show_revoke, batch_page::revoke),
    ]
}

/// The kinds of ties as answers.
fn kinds(locale: Locale) -> Vec<Choice> {
    let words = Words::of(locale);
    let help = |kind| match kind {
        AttestationKind::Work => words.work_help,
        AttestationKind::School => words.school_help,
        AttestationKind::Other => words.other_help,
    };
    let choice = |kind: AttestationKind| Choice::new(kind.as_str(), kind.words().get(locale)).help(help(kind));
    AttestationKind::ALL.into_iter().map(choice).collect()
}

/// What a batch is called: its school or employer, the desk, or nothing.
fn name_of(batch: &BatchView, locale: Locale) -> String {
    let words = Words::of(locale);
    match (batch.desk, batch.name.as_str()) {
        (true, _) => words.of_the_desk.to_owned(),
        (false, "") => words.nameless.to_owned(),
        (false, name) => name.to_owned(),
    }
}
