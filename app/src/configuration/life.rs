//! The steps of a version's life as forms: handing in, taking back, throwing away. Each is a page of its own, on the address
//! of what it is about with `?do=…`, so that its object and its effect are named before anything happens.

use domain::calendar::{iso_date, parse_iso_date};
use domain::configuration::EarlierEligibilities;
use domain::locale::Locale;
use domain::names::Reason;
use domain::paths;
use domain::violations::{Violation, Violations};
use leptos::prelude::*;
use service::Error;
use service::configuration::{Compared, ConfigurationId, Detail, Seen, Standing, Submission};
use service::gate::{Act, Resource};

use super::text::Words;
use super::{allowed_link, detail_path, edit_path, iso_day, list_path, minute};
use crate::components::banner::Banner;
use crate::components::button::{LinkButton, Size, SubmitButton, Weight};
use crate::components::field::{Choice, RadioCards, TextArea, TextField};
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::components::icon::Drawing;
use crate::console::{AnyOf, Console, ConsolePage};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::pages::Visit;
use crate::text::fill;

/// What the forms below need, one or the other.
pub(crate) const NEEDS: AnyOf = &[
    (Act::Create, Resource::ChangeRequest),
    (Act::Update, Resource::ChangeRequest),
    (Act::Update, Resource::Configuration),
];

/// What the address asks to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    Submit,
    Withdraw,
    Discard,
}

impl Doing {
    const ALL: [Doing; 3] = [Doing::Submit, Doing::Withdraw, Doing::Discard];

    /// What the address of a page asks to do.
    ///
    /// # Errors
    /// [`Error::Denied`] or [`Error::NotFound`]: the reader may not do it, so its form is not shown either.
    pub(crate) fn of(console: &Console) -> Result<Option<Self>, Error> {
        let doing = Self::ALL.into_iter().find(|doing| console.query("do") == doing.as_str());
        if let Some(doing) = doing {
            console.admit(doing.needs())?;
        }
        Ok(doing)
    }

    const fn needs(self) -> AnyOf {
        match self {
            Doing::Submit => &[(Act::Create, Resource::ChangeRequest)],
            Doing::Withdraw => &[(Act::Update, Resource::ChangeRequest)],
            Doing::Discard => &[(Act::Update, Resource::Configuration)],
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Doing::Submit => "submit",
            Doing::Withdraw => "withdraw",
            Doing::Discard => "discard",
        }
    }

    /// The address that asks for it.
    pub(crate) fn link(self, path: &str) -> String {
        format!("{path}?do={}", self.as_str())
    }

    /// The heading of its page.
    pub(crate) fn title(self, name: &str, locale: Locale) -> String {
        let words = Words::of(locale);
        let template = match self {
            Doing::Submit => words.submit_title,
            Doing::Withdraw => words.withdraw_title,
            Doing::Discard => words.discard_title,
        };
        fill(template, &[("name", name)])
    }
}

/// Which versions the address asks to compare.
pub(crate) fn compared(console: &Console) -> Compared {
    Compared { from: console.query("from").parse().ok(), to: console.query("to").parse().ok() }
}

/// The form of a step.
pub(crate) fn form(console: &Console, detail: &Detail, doing: Doing) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let back = detail_path(&console.town().tenant, detail.id);
    let latest = detail.latest.to_string();
    let (taken_back, thrown_away) =
        (fill(words.withdraw_text, &[("n", &latest)]), fill(words.discard_text, &[("n", &latest)]));
    let seen = detail.seen;
    let revision = detail.request.as_ref().map_or(0, |request| request.revision).to_string();
    let today = iso_date(console.service().today());
    let cancel = view! { <LinkButton word=words.cancel href=back weight=Weight::Quiet size=Size::M/> };
    let fields = match doing {
        Doing::Submit => view! {
            <TextArea name="reason" label=words.reason help=words.reason_help rows=4/>
            <TextField
                name="effective_on"
                label=words.effective_on
                help=words.effective_help
                kind="date"
                class="input--short"
                value=today.clone()
                min=today
            />
            {earlier_eligibilities(console, detail)}
            <FormActions><SubmitButton word=words.submit size=Size::M/>{cancel}</FormActions>
        }
        .into_any(),
        Doing::Withdraw => view! {
            <Banner tone=Tone::Warning>{taken_back}</Banner>
            <FormActions>
                <SubmitButton word=words.withdraw_confirm weight=Weight::Danger size=Size::M/>
                {cancel}
            </FormActions>
        }
        .into_any(),
        Doing::Discard => view! {
            <Banner tone=Tone::Warning>{thrown_away}</Banner>
            <FormActions>
                <SubmitButton word=words.discard_confirm weight=Weight::Danger size=Size::M/>
                {cancel}
            </FormActions>
        }
        .into_any(),
    };
    let lead = (doing == Doing::Submit).then_some(words.submit_lead);
    let warnings = warnings(detail, locale);
    view! {
        <PageForm class="form--page">
            {lead.map(|lead| view! { <p>{lead}</p> })}
            {(doing == Doing::Submit).then_some(warnings)}
            <Hidden name="number" value=seen.number.to_string()/>
            <Hidden name="seen" value=seen.revision.to_string()/>
            <Hidden name="revision" value=revision/>
            {fields}
        </PageForm>
    }
    .into_any()
}

/// What becomes of those who are eligible already, where a rule replaces another version of itself.
fn earlier_eligibilities(console: &Console, detail: &Detail) -> Option<AnyView> {
    let (ConfigurationId::ResidencyRule(rule), Some(_)) = (detail.id, detail.published) else { return None };
    let locale = console.locale;
    let words = Words::of(locale);
    let choices = EarlierEligibilities::ALL
        .into_iter()
        .map(|choice| {
            let help = match choice {
                EarlierEligibilities::RunOn => words.earlier_run_on,
                EarlierEligibilities::CardAgain => words.earlier_card_again,
            };
            Choice::new(choice.as_str(), choice.words().get(locale)).help(help)
        })
        .collect();
    let compare = paths::console_residency_rule_comparison(&console.town().tenant, rule);
    let view = view! {
        <RadioCards
            name="earlier_eligibilities"
            label=words.earlier
            help=words.earlier_help
            choices=choices
            value=EarlierEligibilities::default().as_str()
        />
        <p><a href=compare>{words.earlier_compare}</a></p>
    };
    Some(view.into_any())
}

/// What to know before something is submitted or decided.
fn warnings(detail: &Detail, locale: Locale) -> AnyView {
    if detail.warnings.is_empty() {
        return ().into_any();
    }
    let lines = detail.warnings.iter().map(|warning| view! { <li>{warning.words().get(locale)}</li> }).collect_view();
    view! { <Banner tone=Tone::Warning title=Words::of(locale).warnings><ul>{lines}</ul></Banner> }.into_any()
}

/// Does a step.
pub(crate) async fn submit(
    console: &Console,
    id: ConfigurationId,
    doing: Doing,
    form: &Form,
) -> Result<Answer<ConsolePage>, Error> {
    let (service, caller) = (console.service(), &console.town().caller);
    let tenant = &console.town().tenant;
    let words = Words::of(console.locale);
    let number = |name: &str| form.get(name).parse::<i64>().unwrap_or(-1);
    let seen = Seen { number: number("number"), revision: number("seen") };
    match doing {
        Doing::Submit => {
            let mut wrong = Violations::default();
            let reason = wrong.check("reason", Reason::parse(form.get("reason")));
            let day = parse_iso_date(form.get("effective_on")).map_err(|_| Violation::Malformed);
            let effective_on = wrong.check("effective_on", day);
            // Only rules that replace a version ask; where an answer is missing, nobody goes on by an earlier version.
            let earlier = match form.get("earlier_eligibilities") {
                "" => Ok(EarlierEligibilities::CardAgain),
                chosen => chosen.parse(),
            };
            let earlier = wrong.check("earlier_eligibilities", earlier);
            let parts = (|| Some((reason?, effective_on?, earlier?)))();
            let (reason, effective_on, earlier_eligibilities) = wrong.finish(parts)?;
            let submission = Submission { reason, effective_on, earlier_eligibilities };
            let request = service.submit_draft(caller, id, seen, &submission).await?;
            Ok(Answer::to(paths::console_decision(tenant, request)).saying(Flash::success(words.submitted)))
        }
        Doing::Withdraw => {
            let detail = service.get_configuration(caller, id, Compared::default(), console.locale).await?;
            let request = detail.request.ok_or(Error::NotFound)?;
            service.withdraw_request(caller, request.id, form.revision()).await?;
            Ok(Answer::to(detail_path(tenant, id)).saying(Flash::success(words.withdrawn_done)))
        }
        Doing::Discard => {
            let left = service.discard_draft(caller, id, seen).await?;
            let path = if left { detail_path(tenant, id) } else { list_path(tenant, id) };
            Ok(Answer::to(path).saying(Flash::success(words.discarded)))
        }
    }
}

/// What is on its way, above the parts of a page.
pub(crate) fn on_its_way(console: &Console, detail: &Detail) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = &console.town().tenant;
    let latest = detail.latest.to_string();
    let open =
        |href: String, word: &'static str| view! { <a class="button button--quiet" href=href>{word}</a> }.into_any();
    let path = detail_path(tenant, detail.id);
    let (tone, title, text, link) = match (&detail.request, detail.standing, &detail.draft) {
        (Some(request), _, None) => {
            let name = request.submitted_by.as_ref().map(|person| person.name.clone()).unwrap_or_default();
            let link = open(paths::console_decision(tenant, request.id), words.open_decision);
            if request.state == domain::configuration::ChangeRequestState::Approved {
                let day = iso_day(&request.effective_on, locale);
                let title = fill(words.approved_title, &[("n", &latest), ("day", &day)]);
                (Tone::Info, title, words.approved_text.to_owned(), link)
            } else {
                let day = minute(request.submitted_at, locale);
                let text = fill(words.review_text, &[("day", &day), ("name", &name)]);
                (Tone::Info, fill(words.review_title, &[("n", &latest)]), text, link)
            }
        }
        (Some(request), _, Some(_)) => {
            let comment = request.comment.clone().unwrap_or_default();
            let link = open(edit_path(tenant, detail.id), words.continue_draft);
            (Tone::Warning, fill(words.back_title, &[("n", &latest)]), comment, link)
        }
        (None, standing, Some(_)) if standing != Standing::Withdrawn => {
            let link = open(edit_path(tenant, detail.id), words.continue_draft);
            let title = if detail.lacks.is_empty() {
                fill(words.draft_title, &[("n", &latest)])
            } else {
                fill(words.lacks_title, &[("n", &detail.lacks.iter().count().to_string())])
            };
            (Tone::Info, title, words.draft_text.to_owned(), link)
        }
        _ => return ().into_any(),
    };
    let ready = detail.draft.is_some() && detail.lacks.is_empty();
    let submit = ready.then(|| {
        let href = Doing::Submit.link(&path);
        allowed_link(detail.abilities.submit, words.submit, href, Weight::Secondary, Drawing::Stamp, "submit", locale)
    });
    let withdraw = (detail.request.is_some() && detail.abilities.withdraw.is_ok())
        .then(|| open(Doing::Withdraw.link(&path), words.withdraw));
    let discard = (detail.request.is_none() && detail.draft.is_some() && detail.abilities.draft.is_ok())
        .then(|| open(Doing::Discard.link(&path), words.discard));
    view! {
        <Banner tone title class="page-banner">
            <p>{text}</p>
            <p class="cluster">{link}{submit}{withdraw}{discard}</p>
        </Banner>
    }
    .into_any()
}
