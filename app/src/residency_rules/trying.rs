//! Trying a rule with somebody who does not exist.

use domain::configuration::ResidencyRuleForm;
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable, PrefectureCode};
use domain::residency::{Answer, AttestationKind, Clause, DecidedBy, Level, Outcome, Resolution, Town};
use leptos::prelude::*;
use service::Error;
use service::residency_rules::{MadeUp, Trial};

use super::text::Words;
use crate::components::button::{SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::{Checkboxes, Choice, TextField};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::configuration::editing::THEN;
use crate::console::Console;
use crate::forms::Form;
use crate::text::{dot, fill};

/// The value of its button.
pub(super) const TRY: &str = "try";
/// The id of the answer's place.
const ID: &str = "try-answer";

/// What came of somebody made up.
pub(super) enum Tried {
    /// Nobody was.
    Nobody,
    /// The rule or the person lacks something.
    Lacking,
    /// The answer.
    Answer(Trial),
}

impl Tried {
    /// The part of the rule that decided.
    pub(super) fn clause(&self) -> Option<Clause> {
        match self {
            Tried::Answer(trial) => trial.determination.clause,
            Tried::Nobody | Tried::Lacking => None,
        }
    }
}

/// Decides the rule for the person whom the form makes up.
///
/// # Errors
/// As [`service::Service::try_rule`].
pub(super) async fn attempt(console: &Console, rule: &ResidencyRuleForm, form: &Form) -> Result<Trial, Error> {
    let somebody = MadeUp {
        address: form.get("try_address").to_owned().into(),
        birthdate: form.get("try_birthdate").to_owned().into(),
        ties: form.all("try_ties").map(str::to_owned).collect(),
        day: form.get("try_day").to_owned(),
    };
    console.service().try_rule(&console.town().caller, rule, somebody).await
}

/// The fields and, after the button was pressed, the answer.
pub(super) fn panel(tried: &Tried, typed: Option<&Form>, deciding: Option<String>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let kinds = AttestationKind::ALL.map(|kind| Choice::new(kind.as_str(), kind.words().get(locale))).to_vec();
    let answer = answer(tried, deciding, locale);
    let more = typed.is_some_and(|form| form.has("try_ties") || !form.get("try_day").is_empty());
    view! {
        <Panel id="try" title=words.try_title note=words.try_note>
            <div class="form form--tight">
                <TextField name="try_address" label=words.try_address optional=true maxlength=1000/>
                <TextField name="try_birthdate" label=words.try_birthdate kind="date" optional=true/>
                <details class="disclosure" open=more>
                    <summary><span>{words.try_more}</span></summary>
                    <div class="disclosure__body form form--tight">
                        <Checkboxes name="try_ties" label=words.try_ties choices=kinds optional=true/>
                        <TextField name="try_day" label=words.try_day help=words.try_day_help kind="date" optional=true/>
                    </div>
                </details>
                <div><SubmitButton word=words.try_button weight=Weight::Secondary name=THEN value=TRY/></div>
            </div>
            {answer}
        </Panel>
    }
    .into_any()
}

/// The answer's place: what came out, that something is lacking, or nothing before anything was tried. `deciding` is the part
/// of the form that decided.
pub(super) fn answer(tried: &Tried, deciding: Option<String>, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    match tried {
        Tried::Nobody => view! { <div id=ID></div> }.into_any(),
        Tried::Lacking => view! { <div id=ID><p class="try-lacks muted">{words.try_lacks}</p></div> }.into_any(),
        Tried::Answer(trial) => {
            let (said, verdict) = verdict(trial, deciding.as_deref(), locale);
            view! {
                <div id=ID data-said=said data-deciding=deciding.map(|part| part.replace('.', "-"))>
                    {verdict}
                    <h3 class="try-how">{words.how_read}</h3>
                    {reading(&trial.reading, locale)}
                </div>
            }
            .into_any()
        }
    }
}

fn verdict(trial: &Trial, deciding: Option<&str>, locale: Locale) -> (String, AnyView) {
    let words = Words::of(locale);
    let found = &trial.determination;
    let (class, of, title) = match found.outcome {
        Outcome::Eligible => ("verdict verdict--yes", Drawing::Done, words.yes),
        Outcome::NotEligible => ("verdict verdict--no", Drawing::Cross, words.no),
        Outcome::Undecidable => ("verdict verdict--unknown", Drawing::Question, words.unknown),
    };
    let reason = found.reason.for_clerk().get(locale).to_owned();
    let number = |index: u8| (usize::from(index) + 1).to_string();
    let by = found.clause.map(|clause| match clause {
        Clause::Admits(index) => fill(words.by_clause, &[("n", &number(index))]),
        Clause::Excludes(index) => fill(words.by_exclusion, &[("n", &number(index))]),
        // What a single condition asks for is asked of everybody; the form shows it in that condition.
        Clause::Everyone(_) if deciding == Some("clauses.0") => fill(words.by_clause, &[("n", &number(0))]),
        Clause::Everyone(_) => words.by_everyone.to_owned(),
    });
    let why: Vec<String> = match (found.outcome, by) {
        (Outcome::Eligible, Some(by)) => vec![by],
        (_, by) => std::iter::once(reason).chain(by).collect(),
    };
    let mut more = Vec::new();
    more.extend(found.expires.map(|month| fill(words.until, &[("month", &month.text(locale))])));
    more.extend(found.recheck.map(|month| fill(words.recheck_until, &[("month", &month.text(locale))])));
    if !found.would_do.is_empty() {
        let kinds: Vec<&str> = found.would_do.iter().map(|kind| kind.words().get(locale)).collect();
        more.push(fill(words.would_do, &[("kinds", &kinds.join(dot(locale)))]));
    }
    let gap = if locale == Locale::Ja { "。" } else { ". " };
    let said = format!("{title}{gap}{}", why.join(" "));
    let lines = why.into_iter().chain(more).map(|line| view! { <p class="verdict__why">{line}</p> }).collect_view();
    let view = view! {
        <div class=class role="status">
            <p class="verdict__title"><Icon of/>{title}</p>
            {lines}
        </div>
    };
    (said, view.into_any())
}

/// One level of an address: what it is, or the candidates.
fn level<T>(found: Level<T>, name: impl Fn(T) -> AnyView, words: &'static Words) -> AnyView {
    match found {
        Level::Resolved(one) => name(one),
        Level::Ambiguous(several) => {
            let several = several.into_iter().map(|one| view! { <li>{name(one)}</li> }).collect_view();
            view! { <span class="muted">{words.one_of}</span><ul class="reading__candidates">{several}</ul> }.into_any()
        }
        Level::Unknown => view! { <span class="muted">{words.not_read}</span> }.into_any(),
    }
}

fn reading(answer: &Answer, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    if answer.resolution == Resolution::Abroad {
        return view! { <p>{words.abroad}</p> }.into_any();
    }
    let table = MunicipalityTable::japan();
    let ambiguous = matches!(answer.resolution, Resolution::Ambiguous(_));
    let municipality = move |code: MunicipalityCode| {
        let name = table.find(code).map(|row| if ambiguous { row.full_name(locale) } else { row.name(locale) });
        view! { {name}" "<code>{code.to_string()}</code> }.into_any()
    };
    let prefecture = move |number: u32| {
        let code = PrefectureCode::all().find(|code| code.to_string() == format!("{number:02}"));
        view! { {code.map(|code| code.name(locale))} }.into_any()
    };
    let how = answer.decided_by.and_then(|by| match by {
        DecidedBy::Municipality => None,
        DecidedBy::Prefecture => Some(words.by_prefecture),
        DecidedBy::County => Some(words.by_county),
        DecidedBy::FormerName => Some(words.by_former),
        DecidedBy::Town => Some(words.by_town),
        DecidedBy::Postcode => Some(words.by_postcode),
    });
    let how = how.map(|how| view! { " "<span class="muted">"("{how}")"</span> });
    let town = |town: &Town| view! { {town.name.clone()} }.into_any();
    let ward = answer.ward();
    let ward = (ward != Level::Unknown).then(|| level(ward, municipality, words));
    let ward = ward.map(|ward| view! { <Fact term=words.ward>{ward}</Fact> });
    let prefecture = level(answer.prefecture(), prefecture, words);
    let municipality = level(answer.municipality(), municipality, words);
    let town = level(answer.town(), town, words);
    view! {
        <Facts class="facts--narrow facts--plain">
            <Fact term=words.prefecture>{prefecture}</Fact>
            <Fact term=words.municipality>{municipality}{how}</Fact>
            {ward}
            <Fact term=words.town>{town}</Fact>
            <Fact term=words.rest>{words.rest_text}</Fact>
        </Facts>
    }
    .into_any()
}
