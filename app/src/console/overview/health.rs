//! 動作の状態: whether the identity provider answers, how sign-ins go, when the audit trail was verified.

use domain::locale::Locale;
use domain::names::TenantSlug;
use domain::paths;
use domain::sign_in_health::SignInHealth;
use leptos::prelude::*;
use service::federation::ProviderContact;
use service::overview::{LastVerification, Overview};

use super::words::Words;
use crate::components::facts::{Fact, Facts};
use crate::components::icon::{Drawing, Icon};
use crate::components::panel::Panel;
use crate::configuration::minute;
use crate::text::fill;

/// The panel; none for somebody who may read nothing of it.
pub(super) fn panel(overview: &Overview, tenant: &TenantSlug, locale: Locale) -> Option<AnyView> {
    let words = Words::of(locale);
    let provider = overview.provider.as_ref().map(|provider| {
        let (drawing, class, word) = match provider.contact {
            Some(ProviderContact::Answered) => (Drawing::Done, "icon--success", words.fine),
            Some(ProviderContact::Failed) => (Drawing::Warning, "icon--warning", words.provider_failed),
            None => (Drawing::Information, "icon--info", words.provider_unused),
        };
        let since = provider.outage.map(|outage| {
            let text = fill(words.provider_since, &[("when", &minute(outage.since, locale))]);
            view! { <small>{text}</small> }
        });
        let name = provider.name.get(locale).to_owned();
        let page = paths::console_identity_providers(tenant);
        let check = (provider.contact != Some(ProviderContact::Answered))
            .then(|| view! { <small><a href=page>{words.provider_test}</a></small> });
        view! { <Fact term=name><Icon of=drawing class/>" "{word}{since}{check}</Fact> }
    });
    let sign_ins = overview.sign_ins.map(|health| {
        let names: Vec<&str> = overview.failing.iter().map(|(_, name, _)| name.get(locale)).collect();
        let worst = overview.failing.iter().map(|(.., health)| *health).max().unwrap_or_default().max(health);
        let (drawing, class, word) = match worst {
            SignInHealth::Usual => (Drawing::Done, "icon--success", words.as_usual),
            SignInHealth::MoreThanUsual => (Drawing::Warning, "icon--warning", words.more_than_usual),
            SignInHealth::MostFail => (Drawing::Warning, "icon--warning", words.most_fail),
        };
        let separator = if locale == Locale::Ja { "、" } else { ", " };
        let names = (!names.is_empty()).then(|| view! { <small>{names.join(separator)}</small> });
        view! { <Fact term=words.sign_ins><Icon of=drawing class/>" "{word}{names}</Fact> }
    });
    let audit = match overview.audit {
        LastVerification::Unknown => None,
        LastVerification::Never => Some((Drawing::Information, "icon--info", words.audit_never.to_owned(), None)),
        LastVerification::At { at, whole } => {
            let when = fill(words.audit_at, &[("when", &minute(at, locale))]);
            Some(match whole {
                Some(entries) => {
                    let whole = fill(words.audit_whole, &[("n", &entries.to_string())]);
                    (Drawing::Done, "icon--success", when, Some(whole))
                }
                None => (Drawing::Warning, "icon--warning", when, Some(words.audit_broken.to_owned())),
            })
        }
    };
    let audit = audit.map(|(drawing, class, word, note)| {
        let note = note.map(|note| view! { <small>{note}</small> });
        let page = paths::console_audit(tenant);
        view! {
            <Fact term=words.audit><Icon of=drawing class/>" "{word}{note}<small><a href=page>{words.audit_open}</a></small></Fact>
        }
    });
    if provider.is_none() && sign_ins.is_none() && audit.is_none() {
        return None;
    }
    let panel = view! {
        <Panel id="health" title=words.health>
            <Facts class="facts--narrow facts--plain">{provider}{sign_ins}{audit}</Facts>
        </Panel>
    };
    Some(panel.into_any())
}
