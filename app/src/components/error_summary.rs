//! What is wrong with a form, on top of it: more than one error as links to the fields, and why it cannot happen at all.

use std::sync::{Arc, Mutex, PoisonError};

use leptos::prelude::*;

use super::banner::Banner;
use super::field::field_id;
use super::icon::{Drawing, Icon};
use crate::forms::{Submitted, Tone};
use crate::render::locale;
use crate::text::{Shared, conflict_words, fill};

/// The fields of a page as they are rendered: name, label, words of what is wrong. One list per page and not per form: many
/// a page makes its fields before the form that holds them.
#[derive(Clone, Default)]
pub struct Labels(Arc<Mutex<Vec<Noted>>>);

/// Fields of a page that is seen whole: what is wrong beside one of them needs no second telling above.
const SEEN_AT_ONCE: usize = 4;

/// Name, label, and the words of what is wrong.
type Noted = (String, String, Option<String>);

impl Labels {
    /// Notes a field; called by each field as it is rendered.
    pub fn note(name: &str, label: &str, error: Option<&str>) {
        if let Some(labels) = use_context::<Labels>() {
            let mut labels = labels.0.lock().unwrap_or_else(PoisonError::into_inner);
            labels.push((name.to_owned(), label.to_owned(), error.map(str::to_owned)));
        }
    }

    fn noted(&self) -> Vec<(String, String, Option<String>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Rendered after the fields, which note themselves in `labels`, and placed above them.
pub fn summary(submitted: Option<Submitted>, labels: &Labels) -> AnyView {
    let Some(submitted) = submitted else { return ().into_any() };
    let locale = locale();
    let words = Shared::of(locale);
    let noted = labels.noted();
    let mut lines: Vec<AnyView> = noted
        .iter()
        .filter_map(|(name, label, error)| {
            let error = error.clone()?;
            Some(view! { <li><a href=format!("#{}", field_id(name))>{label.clone()}": "{error}</a></li> }.into_any())
        })
        .collect();
    // What no field of the page shows must not stay unsaid.
    let unshown = submitted.violations().iter().filter(|(name, _)| !noted.iter().any(|(field, ..)| field == name));
    let unshown: Vec<AnyView> = unshown
        .map(|(name, violation)| {
            let words = submitted.sentence(name).unwrap_or_else(|| crate::text::violation_words(violation, locale));
            view! { <li>{words.to_owned()}</li> }.into_any()
        })
        .collect();
    // In a long form a single error may stand far below what is seen first.
    let stands_alone = unshown.is_empty() && lines.len() < 2 && (lines.is_empty() || noted.len() <= SEEN_AT_ONCE);
    lines.extend(unshown);
    let count = lines.len();
    let heading =
        if count == 1 { words.fix_one.to_owned() } else { fill(words.fix_many, &[("n", &count.to_string())]) };
    let conflict = submitted.conflict().map(|conflict| {
        view! {
            <div role="alert">
                <Banner tone=Tone::Error title=words.conflict_title class="page-banner">
                    {conflict_words(conflict, locale)}
                </Banner>
            </div>
        }
    });
    let list = (!stands_alone).then(|| {
        view! {
            <div class="error-summary" role="alert" aria-labelledby="error-summary-title" tabindex="-1">
                <h2 id="error-summary-title"><Icon of=Drawing::Stop/>{heading}</h2>
                <ul>{lines}</ul>
            </div>
        }
    });
    view! { {conflict}{list} }.into_any()
}

#[cfg(test)]
mod tests {
    use domain::locale::Locale;
    use domain::violations::{Violation, Violations};
    use leptos::prelude::*;

    use crate::components::field::TextField;
    use crate::components::form::Form as PageForm;
    use crate::forms::{Form, Submitted};
    use crate::render::to_html;

    #[test]
    fn a_single_error_is_told_above_a_long_form_only() {
        let html = |fields: usize| {
            let form: Form = [("f0", "")].into_iter().collect();
            let wrong = Violations::of("f0", Violation::Required);
            to_html(Locale::En, Some(Submitted::new(form, wrong, None)), || {
                let fields = (0..fields).map(|n| view! { <TextField name=format!("f{n}") label="F"/> }).collect_view();
                view! { <PageForm>{fields}</PageForm> }.into_any()
            })
        };
        assert!(!html(2).contains("error-summary"));
        assert!(html(9).contains("<a href=\"#f-f0\">"));
    }

    #[test]
    fn fields_made_before_their_form_are_named_and_linked() {
        let mut wrong = Violations::of("issuer", Violation::Required);
        wrong.add("client_id", Violation::Required);
        let form: Form = [("issuer", ""), ("client_id", "")].into_iter().collect();
        let html = to_html(Locale::En, Some(Submitted::new(form, wrong, None)), || {
            let before = view! { <TextField name="issuer" label="Issuer"/> };
            view! { <PageForm>{before}<TextField name="client_id" label="Client ID"/></PageForm> }.into_any()
        });
        for line in ["<a href=\"#f-issuer\">Issuer", "<a href=\"#f-client_id\">Client ID"] {
            assert!(html.contains(line), "{html}");
        }
    }
}
