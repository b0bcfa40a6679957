//! Fields: label, help, error, input, in this order. A field looks itself up in the refused form: typed text survives, and
//! what is wrong stands beside it.

use domain::violations::Violation;
use leptos::prelude::*;

use super::error_summary::Labels;
use crate::render::{escape_text, locale, submitted};
use crate::text::{Shared, violation_words};

/// The id of a field's input, to which the error summary links.
pub fn field_id(name: &str) -> String {
    format!("f-{}", name.replace(['.', '[', ']'], "-"))
}

/// Words of an area for a violation that the general ones say too vaguely; `None` takes the general ones.
pub type Explain = fn(Violation, domain::locale::Locale) -> Option<&'static str>;

/// A field while it is rendered.
struct Parts {
    id: String,
    /// What was typed, if the form comes back.
    typed: Option<String>,
    error: Option<String>,
    described_by: Option<String>,
    head: AnyView,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
    /// Required, and so plainly that a mark would only be in the way: sign-in.
    Unmarked,
}

/// Label, help and error of a field, and what its input refers to.
fn parts(name: &str, label: &str, help: Option<String>, need: Need, explain: Option<Explain>, group: bool) -> Parts {
    let locale = locale();
    let words = Shared::of(locale);
    let submitted = submitted();
    let error = submitted.as_ref().and_then(|submitted| {
        let violation = submitted.violation(name)?;
        let words = || explain.and_then(|explain| explain(violation, locale));
        let words = submitted.sentence(name).or_else(words).unwrap_or_else(|| violation_words(violation, locale));
        Some(words.to_owned())
    });
    Labels::note(name, label, error.as_deref());
    let id = field_id(name);
    let (help_id, error_id) = (format!("{id}-help"), format!("{id}-error"));
    let described: Vec<&str> = [help.as_ref().map(|_| help_id.as_str()), error.as_ref().map(|_| error_id.as_str())]
        .into_iter()
        .flatten()
        .collect();
    let described_by = (!described.is_empty()).then(|| described.join(" "));
    let mark = match need {
        Need::Required => view! { <span class="field__required">{words.required}</span> }.into_any(),
        Need::Optional => view! { <span class="field__optional">{words.optional}</span> }.into_any(),
        Need::Unmarked => ().into_any(),
    };
    let label = label.to_owned();
    let label = if group {
        view! { <legend class="field__label" id=id.clone() tabindex="-1">{label}{mark}</legend> }.into_any()
    } else {
        view! { <label class="field__label" for=id.clone()>{label}{mark}</label> }.into_any()
    };
    let head = view! {
        {label}
        {help.map(|help| view! { <span class="field__help" id=help_id>{help}</span> })}
        {error.clone().map(|error| view! { <p class="field__error" id=error_id>"＊"{error}</p> })}
    }
    .into_any();
    let typed = submitted.as_ref().map(|submitted| submitted.values().get(name).to_owned());
    Parts { id, typed, error, described_by, head }
}

/// A line of text. `kind` is the input's type: text, email, password, number, date, month, url, tel.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: Option<String>,
    /// The value before anything is typed.
    #[prop(optional, into)]
    value: String,
    #[prop(default = "text")] kind: &'static str,
    /// `input--m` (48 px), `input--l`, `input--short`, `input--number`, `input--code`, `mono-input`.
    #[prop(default = "")]
    class: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(optional)] explain: Option<Explain>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    #[prop(optional)] readonly: bool,
    /// Without the mark that it is required, where every field is.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let need = match (plain, optional) {
        (true, _) => Need::Unmarked,
        (false, true) => Need::Optional,
        (false, false) => Need::Required,
    };
    let parts = parts(&name, &label, help, need, explain, false);
    // A password never comes back, whatever the form was.
    let value = if kind == "password" { String::new() } else { parts.typed.unwrap_or(value) };
    view! {
        <div class="field">
            {parts.head}
            <input
                class=format!("input {class}")
                type=kind
                id=parts.id
                name=name
                value=value
                autocomplete=autocomplete.unwrap_or("off")
                inputmode=inputmode
                maxlength=maxlength.map(|length| length.to_string())
                min=min
                max=max
                readonly=readonly
                aria-required=(!optional).then_some("true")
                aria-invalid=parts.error.is_some().then_some("true")
                aria-describedby=parts.described_by
            />
        </div>
    }
}

/// A paragraph.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(default = 4)] rows: u8,
    #[prop(optional)] optional: bool,
    #[prop(optional)] explain: Option<Explain>,
    /// The language of what is typed, where it is not the page's.
    #[prop(optional)]
    lang: Option<&'static str>,
) -> impl IntoView {
    let need = if optional { Need::Optional } else { Need::Required };
    let parts = parts(&name, &label, help, need, explain, false);
    // Leptos does not escape the children of a textarea. A browser drops one newline at the start: one is put there.
    let text = format!("\n{}", escape_text(&parts.typed.unwrap_or(value)));
    view! {
        <div class="field">
            {parts.head}
            <textarea
                class="input"
                id=parts.id
                name=name
                rows=rows.to_string()
                lang=lang
                aria-required=(!optional).then_some("true")
                aria-invalid=parts.error.is_some().then_some("true")
                aria-describedby=parts.described_by
                inner_html=text
            ></textarea>
        </div>
    }
}

/// What is wrong with something that has no input of its own: a list that buttons change.
#[component]
pub(crate) fn FieldError(#[prop(into)] name: String, #[prop(into)] label: String) -> impl IntoView {
    let locale = locale();
    let error =
        submitted().and_then(|submitted| submitted.violation(&name)).map(|found| violation_words(found, locale));
    Labels::note(&name, &label, error);
    let id = field_id(&name);
    error.map(|error| view! { <p class="field__error" id=id tabindex="-1">"＊"{error}</p> })
}

/// One of several answers.
#[derive(Debug, Clone)]
pub struct Choice {
    value: String,
    word: String,
    help: Option<String>,
}

impl Choice {
    /// A value and its word.
    pub fn new(value: impl Into<String>, word: impl Into<String>) -> Self {
        Self { value: value.into(), word: word.into(), help: None }
    }

    /// With a sentence that explains it.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// One of a list.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] explain: Option<Explain>,
    #[prop(default = "")] class: &'static str,
) -> impl IntoView {
    let need = if optional { Need::Optional } else { Need::Required };
    let parts = parts(&name, &label, help, need, explain, false);
    let value = parts.typed.unwrap_or(value);
    let options = choices
        .into_iter()
        .map(
            |choice| view! { <option value=choice.value.clone() selected=choice.value == value>{choice.word}</option> },
        )
        .collect_view();
    view! {
        <div class="field">
            {parts.head}
            <select
                class=format!("input {class}")
                id=parts.id
                name=name
                aria-invalid=parts.error.is_some().then_some("true")
                aria-describedby=parts.described_by
            >
                {options}
            </select>
        </div>
    }
}

/// One of a few, each with its sentence.
#[component]
pub fn RadioCards(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] explain: Option<Explain>,
) -> impl IntoView {
    let parts = parts(&name, &label, help, Need::Required, explain, true);
    let value = parts.typed.unwrap_or(value);
    let inputs = choices
        .into_iter()
        .map(|choice| {
            let checked = choice.value == value;
            option_view(&name, choice, checked, "radio", "choice choice--card")
        })
        .collect_view();
    view! { <fieldset class="field" aria-describedby=parts.described_by>{parts.head}{inputs}</fieldset> }
}

/// Any of several, sent as repeated values of one name.
#[component]
pub fn Checkboxes(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] help: Option<String>,
    /// Which are ticked before anything is changed.
    #[prop(optional)]
    values: Vec<String>,
    #[prop(optional)] optional: bool,
    #[prop(optional)] explain: Option<Explain>,
) -> impl IntoView {
    let need = if optional { Need::Optional } else { Need::Required };
    let parts = parts(&name, &label, help, need, explain, true);
    let values = match submitted() {
        Some(submitted) => submitted.values().all(&name).map(str::to_owned).collect(),
        None => values,
    };
    let inputs = choices
        .into_iter()
        .map(|choice| {
            let checked = values.contains(&choice.value);
            option_view(&name, choice, checked, "checkbox", "choice")
        })
        .collect_view();
    view! {
        <fieldset class="field" aria-describedby=parts.described_by>
            {parts.head}
            <div class="choice-grid choice-grid--columns">{inputs}</div>
        </fieldset>
    }
}

/// A single yes.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: Option<String>,
    #[prop(optional)] checked: bool,
    #[prop(optional)] explain: Option<Explain>,
) -> impl IntoView {
    let submitted = submitted();
    let checked = submitted.as_ref().map_or(checked, |submitted| submitted.values().has(&name));
    let locale = locale();
    let error = submitted.and_then(|submitted| submitted.violation(&name)).map(|violation| {
        explain.and_then(|explain| explain(violation, locale)).unwrap_or_else(|| violation_words(violation, locale))
    });
    Labels::note(&name, &label, error);
    let id = field_id(&name);
    let help_id = format!("{id}-help");
    let error_id = format!("{id}-error");
    let described: Vec<&str> =
        [help.as_ref().map(|_| help_id.as_str()), error.map(|_| error_id.as_str())].into_iter().flatten().collect();
    let described_by = (!described.is_empty()).then(|| described.join(" "));
    view! {
        <div class="field">
            {error.map(|error| view! { <p class="field__error" id=error_id>"＊"{error}</p> })}
            <div class="choice">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value="on"
                    checked=checked
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described_by
                />
                <label for=id>{label}</label>
                {help.map(|help| view! { <p class="field__help" id=help_id>{help}</p> })}
            </div>
        </div>
    }
}

fn option_view(name: &str, choice: Choice, checked: bool, kind: &'static str, class: &'static str) -> AnyView {
    let id = format!("{}-{}", field_id(name), choice.value);
    let help_id = format!("{id}-help");
    let described_by = choice.help.as_ref().map(|_| help_id.clone());
    view! {
        <div class=class>
            <input type=kind id=id.clone() name=name.to_owned() value=choice.value checked=checked aria-describedby=described_by/>
            <label for=id>{choice.word}</label>
            {choice.help.map(|help| view! { <p class="field__help" id=help_id>{help}</p> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::locale::Locale;
    use domain::violations::Violations;

    use super::*;
    use crate::forms::{Form, Submitted};
    use crate::render::to_html;

    fn refused(name: &str, value: &str) -> Submitted {
        let form: Form = [(name, value)].into_iter().collect();
        Submitted::new(form, Violations::of(name, Violation::TooLong), None)
    }

    #[test]
    fn a_textarea_cannot_be_left() {
        let hostile = "</textarea><script>alert(1)</script>";
        let html = to_html(Locale::Ja, Some(refused("reason", hostile)), || {
            view! { <TextArea name="reason" label="理由"/> }.into_any()
        });
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>"), "{html}");
    }

    #[test]
    fn an_attribute_cannot_be_left() {
        let html = to_html(Locale::Ja, Some(refused("name", "\"><script>")), || {
            view! { <TextField name="name" label="名前"/> }.into_any()
        });
        assert!(!html.contains("<script"), "{html}");
    }

    #[test]
    fn what_is_wrong_is_tied_to_the_input() {
        let html = to_html(Locale::Ja, Some(refused("name", "長い")), || {
            view! { <TextField name="name" label="名前" help="20文字まで"/> }.into_any()
        });
        assert!(html.contains("aria-describedby=\"f-name-help f-name-error\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("value=\"長い\""), "{html}");
        assert!(html.contains("＊"), "{html}");
    }

    #[test]
    fn a_password_never_comes_back() {
        let html = to_html(Locale::Ja, Some(refused("other", "secret")), || {
            view! { <TextField name="other" label="x" kind="password" value="secret"/> }.into_any()
        });
        assert!(!html.contains("secret"), "{html}");
    }
}
