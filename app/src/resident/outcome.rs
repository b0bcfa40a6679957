//! Where a sign-in ends without a code: not eligible, cannot be decided, moved away, given up. What was checked, what was
//! found, what to do, whom to ask, and the way back. Nobody did anything wrong, so nothing is red.

use domain::calendar::Month;
use domain::ids::FlowId;
use domain::paths;
use domain::residency::{AttestationKind, AttestationKinds, Outcome, ReasonCode};
use leptos::prelude::*;

use super::desk::{Desk, DeskSaid};
use super::frame::{Setting, telephone};
use super::icons;
use super::me::month_end;
use super::words::OutcomeWords;
use crate::text::fill;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The town's rule said no, or could not say.
    Determined(ReasonCode),
    /// The person was eligible until now, and the card says that they live elsewhere.
    MovedAway,
    /// The person gave up at the provider, or the card was not read.
    Declined,
    /// The provider does not answer, is slow, or answers nonsense.
    ProviderFailed,
    /// The sign-in is weaker than the service accepts.
    TooWeak,
    /// Something that the service takes did not come from the card.
    ItemMissing,
    /// The town changed its rules while the sign-in ran.
    Changed,
    /// The one-time code of a tie went to somebody else while the sign-in ran.
    CodeTaken,
    /// A session is open, and the card is asked for again: the eligibility is over.
    TermOver,
    /// The same: the rule asks for the card from time to time.
    RecheckDue,
    /// The same: the rule has a new version.
    NewRule,
}

/// Why a one-time code was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeRefused {
    /// It cannot be used, whyever.
    Unusable,
    /// Too many were wrong: none is looked at for a while.
    Wait,
}

/// What the page shows.
pub struct OutcomePage {
    /// How it ended.
    pub ending: Ending,
    /// The flow, for the way back; `None` when there is nowhere to go back to.
    pub flow: Option<FlowId>,
    /// The service; `None` for a sign-in on the town page.
    pub service: Option<String>,
    /// Who can use it, as a sentence.
    pub rule: Option<String>,
    /// Whom each clause of it lets in, and whether that asks for a tie; empty where a sentence says it better.
    pub clauses: Vec<(String, bool)>,
    /// Whom to ask, in the town's words.
    pub contact: String,
    /// A new attempt can begin here: it posts `retry` to this address.
    pub retry: Option<String>,
    /// It leads to a choice of providers.
    pub others: bool,
    /// A passkey can be tried in its place: it posts `with=passkey` to that address.
    pub passkey: bool,
    /// Ties that would make the person eligible: a one-time code is asked for, which this page takes by `tie_code`.
    pub ties: AttestationKinds,
    /// A code was sent and not taken.
    pub refused: Option<CodeRefused>,
    /// What the desk can do, where it can do something: this page takes `desk`.
    pub desk: Option<Desk>,
    /// What became of that form.
    pub desk_said: Option<DeskSaid>,
}

/// The page as a document.
pub fn outcome_page(setting: &Setting<'_>, page: OutcomePage) -> String {
    let words = OutcomeWords::of(setting.locale);
    let Some(town) = setting.town else { return String::new() };
    let service = page.service.clone().unwrap_or_else(|| town.town_id.clone());
    let fillers = [("service", service.as_str()), ("town", town.name.as_str())];
    let say = |template: &str| fill(template, &fillers);
    let title = say(match page.ending {
        Ending::Determined(reason) if reason.outcome() == Outcome::Undecidable => words.undecidable_title,
        Ending::Determined(_) => words.not_eligible_title,
        Ending::MovedAway => words.moved_title,
        Ending::Declined => words.declined_title,
        Ending::ProviderFailed => words.provider_failed_title,
        Ending::TooWeak => words.too_weak_title,
        Ending::ItemMissing => words.item_missing_title,
        Ending::Changed => words.changed_title,
        Ending::CodeTaken => words.code_taken_title,
        Ending::TermOver | Ending::RecheckDue | Ending::NewRule => words.card_due_title,
    });
    let lead = match page.ending {
        Ending::Determined(reason) => reason.for_resident().get(setting.locale).to_owned(),
        Ending::MovedAway => say(words.moved_lead),
        Ending::Declined => words.declined_lead.to_owned(),
        Ending::ProviderFailed if page.others => words.provider_failed_others.to_owned(),
        Ending::ProviderFailed => words.provider_failed_lead.to_owned(),
        Ending::TooWeak => words.too_weak_lead.to_owned(),
        Ending::ItemMissing => words.item_missing_lead.to_owned(),
        Ending::Changed => words.changed_lead.to_owned(),
        Ending::CodeTaken => words.code_taken_lead.to_owned(),
        Ending::TermOver => words.term_over_lead.to_owned(),
        Ending::RecheckDue => words.recheck_lead.to_owned(),
        Ending::NewRule => words.new_rule_lead.to_owned(),
    };
    let checked =
        matches!(page.ending, Ending::Determined(_) | Ending::MovedAway).then(|| checked(words, &page, &fillers));
    let next = if page.desk.is_some() { Vec::new() } else { next_steps(words, page.ending) };
    let next = (!next.is_empty()).then(|| {
        let steps: Vec<_> = next
            .into_iter()
            .map(|(who, what)| {
                view! { <details class="r-more"><summary>{say(who)}</summary><div><p>{say(what)}</p></div></details> }
            })
            .collect();
        view! { <section class="r-section" aria-labelledby="next"><h2 class="r-h2" id="next">{words.next}</h2>{steps}</section> }
    });
    let ties = page
        .flow
        .filter(|_| !page.ties.is_empty())
        .map(|flow| ties(words, page.ties, page.refused, paths::flow_outcome(&town.slug, flow), &fillers));
    let desk = page.flow.zip(page.desk.as_ref()).map(|(flow, desk)| {
        super::desk::section(
            desk,
            page.desk_said,
            town,
            paths::flow_outcome(&town.slug, flow),
            &service,
            setting.locale,
        )
    });
    let passkey = page.flow.filter(|_| page.passkey).map(|flow| view! {
        <form method="post" action=paths::flow_outcome(&town.slug, flow)><button class="r-button r-button--plain" type="submit" name="with" value="passkey" id="with-passkey">{super::passkey::instead(setting.locale)}</button></form>
    });
    let retry_word = if page.others { words.retry_other } else { words.retry };
    let retry = page.retry.map(|address| view! {
        <form method="post" action=address><button class="r-button" type="submit" name="retry" value="on" id="retry">{retry_word}</button></form>
    });
    let back = match (page.flow, &page.service) {
        (Some(flow), Some(service)) => view! {
            <form method="post" action=paths::flow_return(&town.slug, flow)>
                <button class="r-button r-button--plain" type="submit" id="back-to-service">{fill(words.back_to_service, &[("service", service)])}</button>
            </form>
        }
        .into_any(),
        _ => view! {
            <a class="r-button r-button--plain" href=paths::town(&town.slug)>{say(words.back_to_town)}</a>
        }
        .into_any(),
    };
    // A text that names a number of its own is not followed by another one.
    let contact = if page.contact.is_empty() { town.contact.clone() } else { page.contact.clone() };
    let number = (!contact.contains(|c: char| c.is_ascii_digit())).then(|| telephone(&town.phone));
    let main = view! {
        {page.service.map(|service| view! { <p class="r-muted">{service}</p> })}
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{lead}</p>
        {checked}
        {ties}
        {desk}
        {next}
        <section class="r-section" aria-labelledby="ask">
            <h2 class="r-h2" id="ask">{words.ask}</h2>
            <p>{contact}{number}</p>
        </section>
        <div class="r-actions">{retry}{passkey}{back}</div>
    };
    setting.page(&title, main.into_any())
}

/// What somebody reads before going on, whose tie ends soon. The button posts `decision=continue` to the page's own address.
pub struct EndsSoonPage {
    /// The service.
    pub service: String,
    /// The last month.
    pub until: Month,
    /// Whom to ask, in the town's words.
    pub contact: String,
}

/// The page as a document.
pub fn ends_soon_page(setting: &Setting<'_>, page: EndsSoonPage) -> String {
    let words = OutcomeWords::of(setting.locale);
    let until = month_end(page.until, setting.locale);
    let fillers = [("service", page.service.as_str()), ("month", until.as_str())];
    let title = fill(words.ends_soon_title, &fillers);
    let main = view! {
        <p class="r-muted">{page.service.clone()}</p>
        <h1 class="r-title">{title.clone()}</h1>
        <p class="r-lead">{fill(words.ends_soon_lead, &fillers)}</p>
        <p class="r-note">{words.ends_soon_next}</p>
        <form class="r-actions" method="post">
            <button class="r-button" type="submit" name="decision" value="continue" id="continue">{words.go_on}</button>
        </form>
        <section class="r-section" aria-labelledby="ask">
            <h2 class="r-h2" id="ask">{words.ask}</h2>
            <p>{page.contact.clone()}</p>
        </section>
    };
    setting.page(&title, main.into_any())
}

/// The rule as the town published it, what was found, and what became of the address.
fn checked(words: &'static OutcomeWords, page: &OutcomePage, fillers: &[(&str, &str)]) -> AnyView {
    let found = match page.ending {
        Ending::Determined(reason) => match reason {
            ReasonCode::LivesElsewhere => words.found_elsewhere,
            ReasonCode::LivesAbroad => words.found_abroad,
            ReasonCode::TooYoung => words.found_too_young,
            ReasonCode::TooOld => words.found_too_old,
            ReasonCode::NotAttested => words.found_not_attested,
            ReasonCode::AddressAmbiguous => words.found_ambiguous,
            ReasonCode::AddressUnknown => words.found_unknown,
            ReasonCode::BirthdateMissing => words.found_no_birthdate,
            ReasonCode::SourceTooWeak | ReasonCode::VerificationTimeUnknown | ReasonCode::VerificationTooOld => {
                words.found_weak
            }
            ReasonCode::Excluded | ReasonCode::ConditionsNotMet | ReasonCode::CheckedAtDesk | ReasonCode::Meets => {
                words.found_conditions
            }
        },
        _ => words.found_elsewhere,
    };
    let rule = page.rule.clone().unwrap_or_else(|| fill(words.any_rule, fillers));
    let by_clause = matches!(
        page.ending,
        Ending::MovedAway
            | Ending::Determined(ReasonCode::LivesElsewhere | ReasonCode::LivesAbroad | ReasonCode::NotAttested)
    );
    let item = |who: String, found: &'static str| {
        view! { <li>{icons::no()}<span>{who}<br/><span class="r-muted">{found}</span></span></li> }
    };
    let items: Vec<_> = if by_clause && page.clauses.len() > 1 {
        let found = |asks_for_tie: bool| if asks_for_tie { words.found_not_attested } else { found };
        page.clauses.iter().map(|(who, asks_for_tie)| item(who.clone(), found(*asks_for_tie))).collect()
    } else {
        vec![item(rule, found)]
    };
    let kept = match (page.ending, &page.service) {
        (Ending::MovedAway, _) => words.moved_kept,
        (_, Some(_)) => words.nothing_kept,
        (_, None) => words.nothing_kept_town,
    };
    view! {
        <section class="r-section" aria-labelledby="checked">
            <h2 class="r-h2" id="checked">{words.checked}</h2>
            <ul class="r-items">{items}</ul>
            <p class="r-note">{fill(kept, fillers)}</p>
        </section>
    }
    .into_any()
}

/// 在勤・在学の方: a one-time code in place of what the card does not show. What was typed is never shown again.
fn ties(
    words: &'static OutcomeWords,
    kinds: AttestationKinds,
    refused: Option<CodeRefused>,
    address: String,
    fillers: &[(&str, &str)],
) -> AnyView {
    let title = match (kinds.contains(AttestationKind::Work), kinds.contains(AttestationKind::School)) {
        (true, true) => words.ties_both,
        (true, false) => words.ties_work,
        (false, true) => words.ties_school,
        (false, false) => words.ties_other,
    };
    let error = refused.map(|refused| match refused {
        CodeRefused::Unusable => words.code_unusable,
        CodeRefused::Wait => words.code_wait,
    });
    let invalid = error.is_some().then_some("true");
    let described_by = if error.is_some() { "tie-code-help tie-code-error" } else { "tie-code-help" };
    view! {
        <section class="r-section" aria-labelledby="ties">
            <h2 class="r-h2" id="ties">{fill(title, fillers)}</h2>
            <p>{words.ties_lead}</p>
            <form method="post" action=address>
                <div class="r-field">
                    <label class="r-label" for="tie-code">{words.code_label}</label>
                    <p class="r-small" id="tie-code-help">{words.code_help}</p>
                    {error.map(|error| view! { <p class="r-error" id="tie-code-error" role="alert">{error}</p> })}
                    <input
                        class="r-input"
                        id="tie-code"
                        name="tie_code"
                        type="text"
                        inputmode="text"
                        autocomplete="off"
                        autocapitalize="characters"
                        spellcheck="false"
                        required
                        maxlength="40"
                        aria-describedby=described_by
                        aria-invalid=invalid
                    />
                </div>
                <div class="r-actions"><button class="r-button" type="submit" id="tie-code-send">{words.code_send}</button></div>
            </form>
            <p class="r-note">{fill(words.ties_kept, fillers)}</p>
        </section>
    }
    .into_any()
}

/// For whom there is something to do, and what.
fn next_steps(words: &'static OutcomeWords, ending: Ending) -> Vec<(&'static str, &'static str)> {
    let moved_here = (words.if_moved_here, words.then_moved_here);
    let living_here = (words.if_living_here, words.then_living_here);
    match ending {
        Ending::Determined(ReasonCode::LivesElsewhere | ReasonCode::ConditionsNotMet) => vec![moved_here, living_here],
        Ending::Determined(ReasonCode::LivesAbroad) => vec![(words.if_returned, words.then_returned)],
        Ending::Determined(ReasonCode::AddressAmbiguous | ReasonCode::AddressUnknown) => vec![living_here],
        Ending::MovedAway => vec![(words.if_moved_away, words.then_moved_away), living_here],
        Ending::Determined(_)
        | Ending::Declined
        | Ending::ProviderFailed
        | Ending::TooWeak
        | Ending::ItemMissing
        | Ending::Changed
        | Ending::CodeTaken
        | Ending::TermOver
        | Ending::RecheckDue
        | Ending::NewRule => Vec::new(),
    }
}
