//! One consent text: its present content, its versions, who uses it.

use domain::ids::ConsentTextId;
use domain::paths;
use leptos::prelude::*;
use service::Error;
use service::configuration::{Content, Detail};

use super::text::Words;
use crate::components::button::Weight;
use crate::components::facts::{Fact, Facts};
use crate::components::icon::Drawing;
use crate::components::panel::Panel;
use crate::configuration::life::{self, Doing};
use crate::configuration::text::Words as Shared;
use crate::configuration::{allowed_link, standing_badge, versions};
use crate::console::{Area, Console, ConsolePage};
use crate::forms::{Answer, Form};

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let id: ConsentTextId = console.param("consent_text")?;
    let (locale, tenant) = (console.locale, console.town().tenant.clone());
    let (caller, compared) = (&console.town().caller, life::compared(&console));
    let detail = console.service().get_configuration(caller, id, compared, locale).await?;
    let words = Words::of(locale);
    let list = paths::console_consent_texts(&tenant);
    let name = detail.title.get(locale).to_owned();
    if let Some(doing) = Doing::of(&console)? {
        let title = doing.title(&name, locale);
        let page = ConsolePage::new(Area::ConsentTexts, title, move || life::form(&console, &detail, doing));
        return Ok(page.below(words.title, list).below(name, paths::console_consent_text(&tenant, id)));
    }
    let (standing, ability) = (detail.standing, detail.abilities.draft);
    let page = ConsolePage::new(Area::ConsentTexts, name, move || body(&console, &detail));
    Ok(page.below(words.title, list).mark(move || standing_badge(standing, locale)).actions(move || {
        let edit = paths::console_consent_text_edit(&tenant, id);
        allowed_link(ability, Shared::of(locale).propose, edit, Weight::Primary, Drawing::Pencil, "propose", locale)
    }))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let id: ConsentTextId = console.param("consent_text")?;
    let doing = Doing::of(&console)?.ok_or(Error::NotFound)?;
    life::submit(&console, id.into(), doing, &form).await
}

fn body(console: &Console, detail: &Detail) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let tenant = &console.town().tenant;
    let content = match &detail.content {
        Some(content @ Content::ConsentText(_)) => {
            let rows = content
                .fields(locale, &detail.names)
                .into_iter()
                .filter(|field| !field.lines.is_empty())
                .map(|field| {
                    let lines = field.lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
                    view! { <Fact term=field.key.words().get(locale)>{lines}</Fact> }
                })
                .collect_view();
            view! { <Facts>{rows}</Facts> }.into_any()
        }
        _ => view! { <p class="muted">{words.incomplete}</p> }.into_any(),
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
    view! {
        {life::on_its_way(console, detail)}
        <div class="stack">
            {versions::comparison(detail, locale)}
            <Panel id="present" title=words.present line=true>{content}</Panel>
            <Panel id="used-by" title=words.used_by>{used}</Panel>
            {versions::history(detail, locale)}
        </div>
    }
    .into_any()
}
