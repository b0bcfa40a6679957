//! One request: the reason, the difference, what was checked, what happened so far, and the decision.

use domain::calendar::{iso_date, parse_iso_date};
use domain::configuration::{ChangeRequestState, EarlierEligibilities};
use domain::ids::ChangeRequestId;
use domain::locale::Locale;
use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::configuration::ConfigurationId;
use service::decisions::{DecisionView, EventKind};
use service::residency_rules::RuleComparison;

use super::state_badge;
use super::text::{Words, dot, quoted};
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::{TextArea, TextField};
use crate::components::form::{Form as PageForm, Hidden};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::components::timeline::{Step, Timeline, TimelineStep};
use crate::configuration::diff::Before;
use crate::configuration::life::Doing;
use crate::configuration::text::Words as Shared;
use crate::configuration::{detail_path, diff, iso_day, machine_minute, minute, version_word};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::residency_rules::{effects, refusal};
use crate::text::fill;

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: ChangeRequestId = console.param("request")?;
    let locale = console.locale;
    let decision = console.service().get_decision(&console.town().caller, id, locale).await?;
    let words = Words::of(locale);
    let list = paths::console_decisions(&console.town().tenant);
    let title = quoted(words.heading, decision.title.get(locale), &version_word(decision.number, locale));
    let state = decision.state;
    let meta = meta(&decision, locale);
    let effects = effects_of(&console, &decision).await?;
    let page = ConsolePage::new(Area::Decisions, title, move || body(&console, decision, effects));
    Ok(page.below(words.title, list).mark(move || state_badge(state, locale)).lead_view(move || meta))
}

/// What a rule that waits would change, beside the one in use.
async fn effects_of(console: &Console, decision: &DecisionView) -> Result<Option<RuleComparison>, Error> {
    let waits = matches!(decision.state, ChangeRequestState::Submitted | ChangeRequestState::Approved);
    match (decision.configuration, decision.replaces) {
        (ConfigurationId::ResidencyRule(rule), Some(from)) if waits => {
            let (service, caller) = (console.service(), &console.town().caller);
            service.compare_rule_versions(caller, rule, Some(from), Some(decision.number)).await.map(Some)
        }
        _ => Ok(None),
    }
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ChangeRequestId = console.param("request")?;
    let (service, caller) = (console.service(), &console.town().caller);
    let words = Words::of(console.locale);
    let (revision, comment) = (form.revision(), form.get("comment"));
    let said = match form.get("decision") {
        "approve" => {
            let day = parse_iso_date(form.get("effective_on"));
            let day = day.map_err(|_| Error::invalid("effective_on", Violation::Malformed))?;
            if let Err(error) = service.approve_request(caller, id, revision, day, comment).await {
                return refusal(error, console.locale);
            }
            if day == service.today() {
                words.approved_now.to_owned()
            } else {
                fill(words.approved_later, &[("day", &domain::calendar::long_date(day, console.locale))])
            }
        }
        "send_back" => {
            service.send_back_request(caller, id, revision, comment).await?;
            words.sent_back_done.to_owned()
        }
        _ => return Err(Error::NotFound),
    };
    Ok(Answer::to(paths::console_decision(&console.town().tenant, id)).saying(Flash::success(said)))
}

fn meta(decision: &DecisionView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let kind = fill(words.meta_kind, &[("kind", decision.configuration.kind().words().get(locale))]);
    let by = decision.submitted_by.as_ref().map(|person| {
        let place = if person.department.is_empty() { String::new() } else { format!("({})", person.department) };
        view! { <span>{fill(words.meta_by, &[("name", &person.name)])}{place}</span> }
    });
    let at = decision.submitted_at;
    view! {
        <span class="meta-line">
            <span>{kind}</span>
            {by}
            <span><time datetime=machine_minute(at)>{minute(at, locale)}</time></span>
        </span>
    }
    .into_any()
}

fn body(console: &Console, decision: DecisionView, found: Option<RuleComparison>) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = &console.town().tenant;
    let open = decision.state == ChangeRequestState::Submitted;
    let (count, to) = (diff::count(&decision.changes).to_string(), decision.number);
    let compared = match decision.replaces {
        None => words.first.to_owned(),
        Some(from) => {
            let template = if open { words.compared } else { words.compared_past };
            fill(template, &[("from", &from.to_string()), ("to", &to.to_string())])
        }
    };
    let approval = approval(&decision, locale);
    let aside = view! { {decide(console, &decision)}{timeline(&decision, locale)} };
    let earlier = decision.earlier_eligibilities.map(|choice| earlier(choice, locale));
    let checks = checks(&decision, locale);
    let effects = found.map(|found| effects(found, locale));
    let configuration = detail_path(tenant, decision.configuration);
    let before = decision.replaces.map(|number| Before { number, in_use: open });
    let rows = diff::rows(decision.changes, before, to, locale);
    let reason = decision.reason.lines().map(|line| view! { <p>{line.to_owned()}</p> }).collect_view();
    view! {
        {approval}
        <div class="columns">
            <div class="stack stack--tight">
                <section class="panel" aria-labelledby="reason">
                    <div class="panel__head"><h2 id="reason">{words.reason_title}</h2></div>
                    <div class="panel__body prose">{reason}</div>
                </section>
                {earlier}
                <section class="panel" aria-labelledby="changes">
                    <div class="panel__head panel__head--line">
                        <div>
                            <h2 id="changes">{words.changes}" "<span class="count count--quiet">{count}</span></h2>
                            <p>{compared}</p>
                        </div>
                        <a class="button button--quiet no-print" href=configuration>{words.open}</a>
                    </div>
                    {rows}
                </section>
                {effects}
                {checks}
            </div>
            <div class="stack stack--tight sticky-aside">{aside}</div>
        </div>
    }
    .into_any()
}

/// What was chosen for those who are eligible already.
fn earlier(choice: EarlierEligibilities, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let effect = match choice {
        EarlierEligibilities::RunOn => words.earlier_run_on,
        EarlierEligibilities::CardAgain => words.earlier_card_again,
    };
    view! {
        <Panel id="earlier" title=words.earlier>
            <p><b>{choice.words().get(locale)}</b></p>
            <p>{effect}</p>
        </Panel>
    }
    .into_any()
}

/// The boxes for seals, on paper only.
fn approval(decision: &DecisionView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let caption = quoted(words.seal_caption, decision.title.get(locale), &version_word(decision.number, locale));
    let drafter = decision.drafted_by.as_ref().map(|person| person.name.clone());
    let heads = [words.seal_head, words.seal_deputy, words.seal_manager, words.seal_chief, words.seal_drafter]
        .map(|head| view! { <th scope="col">{head}</th> });
    view! {
        <table class="approval print-only">
            <caption>{caption}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody><tr><td></td><td></td><td></td><td></td><td>{drafter}</td></tr></tbody>
        </table>
    }
    .into_any()
}

fn checks(decision: &DecisionView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    if decision.checks.is_empty() && decision.warnings.is_empty() {
        return ().into_any();
    }
    let warnings = decision.warnings.iter().map(|warning| {
        let text = warning.words().get(locale);
        view! {
            <li class="checks__item">
                <Icon of=Drawing::Warning class="icon--warning"/>
                <div><p class="checks__title">{words.note}</p><p class="checks__text">{text}</p></div>
            </li>
        }
        .into_any()
    });
    let checks = decision.checks.iter().map(|(check, holds)| {
        let (of, class) = if *holds { (Drawing::Done, "icon--success") } else { (Drawing::Stop, "icon--error") };
        let text = (!holds).then(|| view! { <p class="checks__text">{words.check_fails}</p> });
        view! {
            <li class="checks__item">
                <Icon of class/>
                <div><p class="checks__title">{words.check(*check)}</p>{text}</div>
            </li>
        }
        .into_any()
    });
    let rows: Vec<AnyView> = warnings.chain(checks).collect();
    view! { <Panel id="checks" title=words.checks note=words.checks_note line=true><ul class="checks">{rows}</ul></Panel> }
        .into_any()
}

fn decide(console: &Console, decision: &DecisionView) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let path = detail_path(&console.town().tenant, decision.configuration);
    let withdraw = decision.withdraw.is_ok().then(|| {
        let href = Doing::Withdraw.link(&path);
        view! { <p class="no-print"><LinkButton word=words.withdraw href weight=Weight::Quiet/></p> }
    });
    if decision.state != ChangeRequestState::Submitted {
        return view! { {withdraw} }.into_any();
    }
    if let Err(barred) = decision.decide {
        let reason = Shared::of(locale).barred(barred, locale);
        return view! {
            <section class="panel no-print" aria-labelledby="decide-h">
                <div class="panel__head"><h2 id="decide-h">{words.decide_title}</h2></div>
                <div class="panel__body">
                    <Banner tone=Tone::Info title=words.cannot>{reason}</Banner>
                    {withdraw}
                </div>
            </section>
        }
        .into_any();
    }
    let today = iso_date(console.service().today());
    // A day that has passed while the request waited cannot be kept.
    let value = decision.effective_on.clone().max(today.clone());
    let help = fill(words.effective_help, &[("day", &iso_day(&decision.effective_on, locale))]);
    let revision = decision.revision.to_string();
    view! {
        <section class="panel no-print" aria-labelledby="decide-h">
            <div class="panel__head panel__head--line"><h2 id="decide-h">{words.decide_title}</h2></div>
            <div class="panel__body">
                <PageForm class="form--tight">
                    <Hidden name="revision" value=revision/>
                    <TextField name="effective_on" label=words.effective_label help kind="date" value min=today/>
                    <TextArea name="comment" label=words.comment help=words.comment_help rows=3 optional=true/>
                    <div class="decide-actions">
                        <SubmitButton word=words.approve size=Size::M block=true icon=Drawing::Tick name="decision" value="approve"/>
                        <SubmitButton
                            word=words.send_back
                            weight=Weight::Secondary
                            size=Size::M
                            block=true
                            icon=Drawing::Back
                            name="decision"
                            value="send_back"
                        />
                    </div>
                    <p class="text-14 muted">{words.approve_help}</p>
                </PageForm>
                {withdraw}
            </div>
        </section>
    }
    .into_any()
}

fn timeline(decision: &DecisionView, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let effective = iso_day(&decision.effective_on, locale);
    let steps = decision
        .timeline
        .iter()
        .map(|event| {
            let step = match event.kind {
                EventKind::Submitted | EventKind::Approved | EventKind::Published => Step::Done,
                EventKind::SentBack | EventKind::Withdrawn => Step::Back,
                EventKind::AwaitingDecision | EventKind::AwaitingDay => Step::Now,
            };
            let who = event.who.as_ref().map(|person| match person.department.as_str() {
                "" => person.name.clone(),
                department => format!("{}{}{department}", person.name, dot(locale)),
            });
            let said = match (&event.comment, event.kind) {
                (Some(comment), _) => Some(comment.clone()),
                (None, EventKind::AwaitingDay) => Some(effective.clone()),
                (None, _) => None,
            };
            let word = words.event(event.kind);
            let text = view! { <b>{word}</b>{who.map(|who| view! { <p>{who}</p> })}{said.map(|said| view! { <p>{said}</p> })} };
            let content = text.into_any();
            match event.at {
                Some(at) => {
                    let when = (machine_minute(at), minute(at, locale));
                    view! { <TimelineStep step when>{content}</TimelineStep> }.into_any()
                }
                None => view! { <TimelineStep step>{content}</TimelineStep> }.into_any(),
            }
        })
        .collect_view();
    view! { <Panel id="timeline" title=words.timeline><Timeline>{steps}</Timeline></Panel> }.into_any()
}
