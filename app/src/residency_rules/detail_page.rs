//! One rule: in words, its versions, who uses it.

use domain::ids::ResidencyRuleId;
use domain::municipality::MunicipalityTable;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Content, Detail};

use super::parts::{self, Part};
use super::text::Words;
use super::{cases_page, edit_page, findings, living, told};
use crate::components::button::Weight;
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::configuration::life::{self, Doing};
use crate::configuration::text::Words as Shared;
use crate::configuration::{allowed_link, standing_badge, versions};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let (caller, compared) = (&console.town().caller, life::compared(&console));
    let detail = console.service().get_configuration(caller, id, compared, locale).await?;
    let words = Words::of(locale);
    let list = paths::console_residency_rules(&tenant);
    let name = detail.title.get(locale).to_owned();
    if let Some(doing) = Doing::of(&console)? {
        let title = doing.title(&name, locale);
        let failing = if doing == Doing::Submit { cases_page::before_submission(&console, id).await? } else { None };
        let page = ConsolePage::new(Area::ResidencyRules, title, move || {
            view! { {failing}{life::form(&console, &detail, doing)} }
        });
        return Ok(page.below(words.title, list).below(name, paths::console_residency_rule(&tenant, id)));
    }
    let (standing, ability) = (detail.standing, detail.abilities.draft);
    let page = ConsolePage::new(Area::ResidencyRules, name, move || body(&console, &detail, id));
    Ok(page.below(words.title, list).mark(move || standing_badge(standing, locale)).actions(move || {
        let edit = paths::console_residency_rule_edit(&tenant, id);
        allowed_link(ability, Shared::of(locale).propose, edit, Weight::Primary, Drawing::Pencil, "propose", locale)
    }))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ResidencyRuleId = console.param("rule")?;
    let doing = Doing::of(&console)?.ok_or(Error::NotFound)?;
    match life::submit(&console, id.into(), doing, &form).await {
        Err(error) => cases_page::refusal(error, console.locale),
        done => done,
    }
}

fn body(console: &Console, detail: &Detail, id: ResidencyRuleId) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = &console.town().tenant;
    let tabs = parts::tabs(tenant, id, Part::Rule, locale);
    let (rule, found) = match &detail.content {
        Some(Content::ResidencyRule(content)) => {
            let own = detail.names.own();
            let told = told::of_rule(&content.rule, own, MunicipalityTable::japan(), locale);
            let note = (!content.note.is_empty()).then(|| {
                let note = content.note.clone();
                view! { <p class="text-14 muted">{words.note}": "{note}</p> }
            });
            let sentences = living::sentences(told, &edit_page::teller_words(locale));
            let rule = view! { <div class="told">{sentences}</div>{note} }.into_any();
            let found = findings::list(&content.rule, own, locale, false);
            (rule, Some(view! { <Panel id="findings" title=words.findings>{found}</Panel> }))
        }
        _ => (view! { <p class="muted">{words.incomplete}</p> }.into_any(), None),
    };
    let used = detail
        .used_by
        .iter()
        .map(|(id, name)| {
            view! { <li><a href=paths::console_relying_party(tenant, *id)>{name.get(locale).to_owned()}</a></li> }
        })
        .collect_view();
    let used = if detail.used_by.is_empty() {
        view! { <p class="muted">{Shared::of(locale).nobody_uses}</p> }.into_any()
    } else {
        view! { <ul>{used}</ul> }.into_any()
    };
    let exchange = parts::exchange(detail, tenant, id, locale);
    view! {
        {life::on_its_way(console, detail)}
        <div class="stack">
            {tabs}
            <div class="columns columns--half">
                <Panel id="rule" title=words.sentence note=words.sentence_note>{rule}</Panel>
                <div class="stack">{found}<Panel id="used-by" title=words.used_by>{used}</Panel>{exchange}</div>
            </div>
            {versions::comparison(detail, locale)}
            {versions::history(detail, locale)}
        </div>
    }
    .into_any()
}
