//! One colleague: who it is, and one act at a time, each on a page of its own that names its object and its effect.

use domain::access::Role;
use domain::ids::AccountId;
use domain::paths;
use domain::violations::Violation;
use leptos::prelude::*;
use service::Error;
use service::memberships::{MembershipView, Obstacle};

use super::list_page::factor_badge;
use super::text::{Words, day};
use crate::components::badge::{Badge, Mark, PlainBadge};
use crate::components::banner::Banner;
use crate::components::button::{DisabledButton, LinkButton, Size, SubmitButton, Weight};
use crate::components::facts::{Fact, Facts};
use crate::components::field::{Checkboxes, Choice, TextArea};
use crate::components::form::{Form as PageForm, FormActions, Hidden};
use crate::components::panel::Panel;
use crate::console::{Area, Console, ConsolePage, role_word};
use crate::forms::{Answer, Flash, Form, Tone};
use crate::text::fill;

/// What the address asks to do; without it the page shows who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Roles,
    End,
    Reset,
}

impl Doing {
    const PARAMETER: &str = "do";

    fn of(console: &Console) -> Option<Self> {
        [Doing::Roles, Doing::End, Doing::Reset]
            .into_iter()
            .find(|doing| console.query(Self::PARAMETER) == doing.as_str())
    }

    const fn as_str(self) -> &'static str {
        match self {
            Doing::Roles => "roles",
            Doing::End => "end",
            Doing::Reset => "reset",
        }
    }

    fn link(self, path: &str) -> String {
        format!("{path}?{}={}", Self::PARAMETER, self.as_str())
    }

    const fn stands(self, member: &MembershipView) -> Result<(), Obstacle> {
        match self {
            Doing::Roles => member.change_roles,
            Doing::End => member.end_access,
            Doing::Reset => member.reset_second_factor,
        }
    }
}

pub(super) async fn show(console: Console) -> Result<ConsolePage, Error> {
    let account: AccountId = console.param("account")?;
    let member = console.service().membership(&console.town().caller, account).await?;
    let words = Words::of(console.locale);
    let list = paths::console_staff(&console.town().tenant);
    let name = member.row.display_name.clone();
    // What cannot be done is not offered as a form either; the page says why beside its button.
    let doing = Doing::of(&console).filter(|doing| doing.stands(&member).is_ok() || console.submitted.is_some());
    let Some(doing) = doing else {
        let (department, ended) = (member.row.department.clone(), member.row.ended_at.is_some());
        let page = ConsolePage::new(Area::Staff, name, move || person(&console, member))
            .below(words.title, list)
            .lead(department);
        return Ok(if ended { page.mark(move || view! { <Badge mark=Mark::Over word=words.former/> }) } else { page });
    };
    let title = match doing {
        Doing::Roles => words.roles_title,
        Doing::End => words.end_title,
        Doing::Reset => words.reset_title,
    };
    let title = fill(title, &[("name", &name)]);
    let path = paths::console_staff_member(&console.town().tenant, account);
    let page = match doing {
        Doing::Roles => ConsolePage::new(Area::Staff, title, move || roles_form(&console, &member)),
        Doing::End | Doing::Reset => {
            ConsolePage::new(Area::Staff, title, move || confirmation(&console, &member, doing))
        }
    };
    Ok(page.below(words.title, list).below(name, path))
}

pub(super) async fn submit(console: Console, form: Form) -> Result<Answer<ConsolePage>, Error> {
    let account: AccountId = console.param("account")?;
    let (service, caller) = (console.service(), &console.town().caller);
    let words = Words::of(console.locale);
    let name = service.membership(caller, account).await?.row.display_name;
    let reason = form.get("reason");
    let done = match Doing::of(&console).ok_or(Error::NotFound)? {
        Doing::Roles => {
            let roles: Result<Vec<Role>, _> = form.all("roles").map(str::parse).collect();
            let roles = roles.map_err(|_| Error::invalid("roles", Violation::Unknown))?;
            service.change_roles(caller, account, form.revision(), &roles, reason).await?;
            words.roles_saved
        }
        Doing::End => {
            service.end_access(caller, account, form.revision(), reason).await?;
            words.end_done
        }
        Doing::Reset => {
            service.reset_second_factor(caller, account, reason).await?;
            words.reset_done
        }
    };
    let flash = Flash::success(fill(done, &[("name", &name)]));
    Ok(Answer::to(paths::console_staff_member(&console.town().tenant, account)).saying(flash))
}

fn person(console: &Console, member: MembershipView) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let path = paths::console_staff_member(&console.town().tenant, member.row.account);
    let ended = member.row.ended_at.map(|at| {
        let text = fill(words.ended_text, &[("day", &day(at, locale)), ("town", console.organisation_name())]);
        view! { <Banner tone=Tone::Info title=words.ended_title class="page-banner">{text}</Banner> }
    });
    let button = |doing: Doing, word: &'static str, weight: Weight| {
        match doing.stands(&member) {
        Ok(()) => view! { <LinkButton word href=doing.link(&path) weight/> }.into_any(),
        Err(obstacle) => {
            view! { <DisabledButton word reason=words.obstacle(obstacle) id=format!("button-{}", doing.as_str()) weight/> }
                .into_any()
        }
    }
    };
    let roles_button = button(Doing::Roles, words.change_roles, Weight::Secondary);
    let reset_button = button(Doing::Reset, words.reset, Weight::Secondary);
    let end_button = button(Doing::End, words.end, Weight::Danger);
    let row = member.row;
    let roles = row
        .roles
        .iter()
        .map(|role| {
            view! { <li><PlainBadge word=role_word(*role, locale)/>" "<span class="muted text-14">{words.may(*role)}</span></li> }
        })
        .collect_view();
    let roles = if row.roles.is_empty() {
        view! { <p class="muted">{words.none}</p> }.into_any()
    } else {
        view! { <ul class="plain-list stack--tight">{roles}</ul> }.into_any()
    };
    let factor = match row.second_factor_since {
        Some(at) => fill(words.enrolled_on, &[("day", &day(at, locale))]),
        None => words.enrolled_at_next.to_owned(),
    };
    let who = view! {
        <Panel id="person" title=words.person>
            <Facts>
                <Fact term=words.department>{row.department}</Fact>
                <Fact term=words.mail>{row.mail}</Fact>
                <Fact term=words.since>{day(row.created_at, locale)}</Fact>
            </Facts>
        </Panel>
    };
    view! {
        {ended}
        <div class="stack">
            {who.into_any()}
            <Panel id="roles" title=words.roles>
                <div class="stack stack--tight">{roles}<div>{roles_button}</div></div>
            </Panel>
            <Panel id="factor" title=words.second_factor note=words.reset_text>
                <div class="stack stack--tight">
                    <p>{factor_badge(row.second_factor_since.is_some(), words)}" "{factor}</p>
                    <div>{reset_button}</div>
                </div>
            </Panel>
            <Panel id="end" title=words.end note=words.end_text class="panel--danger"><div>{end_button}</div></Panel>
        </div>
    }
    .into_any()
}

fn roles_form(console: &Console, member: &MembershipView) -> AnyView {
    let locale = console.locale;
    let words = Words::of(locale);
    let choices = Role::OF_A_TENANT
        .map(|role| Choice::new(role.as_str(), role_word(role, locale)).help(words.may(role)))
        .to_vec();
    let values = member.row.roles.iter().map(Role::to_string).collect();
    let back = paths::console_staff_member(&console.town().tenant, member.row.account);
    let revision = member.revision.to_string();
    view! {
        <PageForm class="form--page">
            <Hidden name="revision" value=revision/>
            <Checkboxes name="roles" label=words.roles help=words.roles_help choices values/>
            <TextArea name="reason" label=words.reason help=words.reason_help rows=3/>
            <FormActions>
                <SubmitButton word=words.roles_save size=Size::M/>
                <LinkButton word=words.cancel href=back weight=Weight::Quiet size=Size::M/>
            </FormActions>
        </PageForm>
    }
    .into_any()
}

fn confirmation(console: &Console, member: &MembershipView, doing: Doing) -> AnyView {
    let words = Words::of(console.locale);
    let back = paths::console_staff_member(&console.town().tenant, member.row.account);
    let (effects, confirm) = if doing == Doing::End {
        ([words.end_effect_now, words.end_effect_kept, words.end_effect_other], words.end_confirm)
    } else {
        ([words.reset_effect_now, words.reset_effect_next, words.reset_effect_check], words.reset_confirm)
    };
    let values = [("name", member.row.display_name.as_str()), ("town", console.organisation_name())];
    let effects = effects.map(|effect| view! { <li>{fill(effect, &values)}</li> }).collect_view();
    let (confirm, revision) = (fill(confirm, &values), member.revision.to_string());
    view! {
        <PageForm class="form--page">
            <Hidden name="revision" value=revision/>
            <Banner tone=Tone::Warning><ul>{effects}</ul></Banner>
            <TextArea name="reason" label=words.reason help=words.reason_help rows=3/>
            <FormActions>
                <SubmitButton word=confirm weight=Weight::Danger size=Size::M/>
                <LinkButton word=words.cancel href=back weight=Weight::Quiet size=Size::M/>
            </FormActions>
        </PageForm>
    }
    .into_any()
}
