//! What is odd about a rule, on screen: what refuses a submission first, each with the clause that it is about.

use domain::configuration::ResidencyRuleForm;
use domain::locale::Locale;
use domain::municipality::{MunicipalityCode, MunicipalityTable};
use domain::residency::ResidencyRule;
use domain::violations::Violations;
use leptos::prelude::*;

use super::text::Words;
use crate::components::icon::{Drawing, Icon};

/// The id of their place in the builder.
const ID: &str = "rule-findings";

/// The findings of the rule that a form says; a sentence while it does not say one.
pub(super) fn of_form(form: &ResidencyRuleForm, own: MunicipalityCode, locale: Locale) -> AnyView {
    let words = Words::of(locale);
    let mut wrong = Violations::default();
    let body = match form.rule(&mut wrong, MunicipalityTable::japan()).filter(|_| wrong.is_empty()) {
        Some(rule) => list(&rule, own, locale, true),
        None => view! { <p class="muted">{words.findings_later}</p> }.into_any(),
    };
    view! { <div id=ID>{body}</div> }.into_any()
}

/// The findings of a rule.
pub(super) fn list(rule: &ResidencyRule, own: MunicipalityCode, locale: Locale, in_builder: bool) -> AnyView {
    let words = Words::of(locale);
    let table = MunicipalityTable::japan();
    let items: Vec<AnyView> = rule
        .findings(own, table)
        .into_iter()
        .map(|finding| {
            let (of, class, severity) = match finding.refuses() {
                true => (Drawing::Stop, "icon--error", words.refuses),
                false => (Drawing::Information, "icon--info", words.notices),
            };
            let field = finding.at.filter(|_| in_builder).map(|at| rule.clauses().form_field(at));
            let part = field.map(|field| format!("#{}", field.replace('.', "-")));
            let told = finding.words(rule, own, table, locale);
            // The sentence names its clause; in the builder it leads there.
            let told = match part {
                Some(part) => view! { <a href=part>{told}</a> }.into_any(),
                None => view! { {told} }.into_any(),
            };
            view! {
                <li class="checks__item">
                    <Icon of class/>
                    <p class="checks__text"><span class="visually-hidden">{severity}": "</span>{told}</p>
                </li>
            }
            .into_any()
        })
        .collect();
    if items.is_empty() {
        return view! { <p class="muted">{words.findings_none}</p> }.into_any();
    }
    view! { <ul class="checks">{items}</ul> }.into_any()
}
