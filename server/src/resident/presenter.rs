//! From the views of use-cases to what pages show: one language, dates in words.

use app::resident::consent::{ConsentPage, Pseudonym};
use app::resident::desk::{Desk, DeskSaid};
use app::resident::frame::Town;
use app::resident::me::{self, Consent, Done, Session};
use app::resident::merge::MergeQuestion;
use app::resident::outcome::{self, CodeRefused, EndsSoonPage, OutcomePage};
use app::resident::renewed_card::{Handed, RenewedCardPage};
use app::resident::town::{self as town_view, ServiceLink};
use domain::calendar::{tokyo, tokyo_date};
use domain::ids::FlowId;
use domain::locale::{Locale, Localized};
use domain::municipality::MunicipalityTable;
use domain::paths;
use service::federation::{
    self, CardDue, ConsentView, DeskView, EndedView, Ending, EndsSoonView, GrantView, MergeView, MyPage, ServiceView,
    TownPage, TownView,
};
use time::OffsetDateTime;

use super::passkeys;

/// The town for the frame. The seal is the first character of its Japanese name in every language, as on paper.
pub(super) fn town(view: &TownView, locale: Locale) -> Town {
    let municipality = view.code.parse().ok().and_then(|code| MunicipalityTable::japan().find(code));
    let region = municipality.map(|row| match locale {
        Locale::Ja => format!("{}{}", row.prefecture, row.county.as_deref().unwrap_or_default()),
        Locale::En => row.prefecture_name(locale).to_owned(),
    });
    Town {
        slug: view.slug.clone(),
        name: view.name.get(locale).to_owned(),
        region: region.unwrap_or_default(),
        seal: view.name.get(Locale::Ja).chars().take(1).collect(),
        town_id: view.town_id.get(locale).to_owned(),
        contact: view.contact.get(locale).to_owned(),
        phone: view.contact_phone.clone(),
        sandbox: view.sandbox,
    }
}

pub(super) fn town_page(view: &TownPage, locale: Locale) -> town_view::TownPage {
    let service = |service: &ServiceView| ServiceLink {
        name: service.name.get(locale).to_owned(),
        description: service.description.get(locale).to_owned(),
        href: service.home_url.clone(),
        icon: service.icon,
    };
    town_view::TownPage {
        title: view.title.get(locale).to_owned(),
        lead: view.lead.get(locale).to_owned(),
        services: view.services.iter().map(service).collect(),
        sign_in: view.can_sign_in,
    }
}

pub(super) fn consent(view: &ConsentView, locale: Locale) -> ConsentPage {
    let text = |text: &Localized| text.get(locale).to_owned();
    let pseudonym = match (&view.service, view.linked.is_empty()) {
        (None, _) => Pseudonym::None,
        (Some(_), true) => Pseudonym::Own,
        (Some(_), false) if view.of_sector => Pseudonym::OfSector(view.linked.iter().map(text).collect()),
        (Some(_), false) => Pseudonym::TownWide(view.linked.iter().map(text).collect()),
    };
    ConsentPage {
        service: view.service.as_ref().map(|service| text(&service.name)),
        due: view.due,
        title: text(&view.text.title),
        once: view.once.iter().copied().collect(),
        every_time: view.every_time.iter().copied().collect(),
        residency: view.residency,
        verified_at: view.verified_at,
        offline: view.offline,
        pseudonym,
        receiver: text(&view.text.receiver),
        receiver_contact: text(&view.text.receiver_contact),
        holder: text(&view.text.holder),
        purpose: text(&view.text.purpose),
        record: text(&view.text.record),
        retention: text(&view.text.retention),
        withdrawal: text(&view.text.withdrawal),
        contact: text(&view.text.contact),
        version: view.shown.number,
        published_on: view.text_published_on,
    }
}

/// What became of a form of the outcome page.
#[derive(Clone, Copy, Default)]
pub(super) struct Said {
    /// Of a one-time code.
    pub(super) refused: Option<CodeRefused>,
    /// Of what was asked of the desk.
    pub(super) desk: Option<DeskSaid>,
}

pub(super) fn outcome(view: &EndedView, flow: FlowId, said: Said, locale: Locale) -> OutcomePage {
    let text = |text: &Localized| text.get(locale).to_owned();
    OutcomePage {
        ending: match view.ending {
            Ending::Determined(reason) => outcome::Ending::Determined(reason),
            Ending::ProviderDeclined => outcome::Ending::Declined,
            Ending::ProviderFailed => outcome::Ending::ProviderFailed,
            Ending::TooWeak => outcome::Ending::TooWeak,
            Ending::ItemMissing => outcome::Ending::ItemMissing,
            Ending::Changed => outcome::Ending::Changed,
            Ending::MovedAway => outcome::Ending::MovedAway,
            Ending::CodeTaken => outcome::Ending::CodeTaken,
            Ending::CardDue(CardDue::Expired) => outcome::Ending::TermOver,
            Ending::CardDue(CardDue::Recheck) => outcome::Ending::RecheckDue,
            Ending::CardDue(CardDue::NewRule) => outcome::Ending::NewRule,
        },
        flow: Some(flow),
        service: view.service.as_ref().map(|service| text(&service.name)),
        rule: view.rule.as_ref().map(text),
        clauses: view.clauses.iter().map(|clause| (text(&clause.people), clause.asks_for_tie)).collect(),
        contact: view.contact.as_ref().map(text).unwrap_or_default(),
        others: view.others,
        retry: view.can_retry.then(|| paths::flow_outcome(&view.town.slug, flow)),
        passkey: view.may_use_passkey,
        ties: view.would_do,
        refused: said.refused,
        desk: match &view.desk {
            DeskView::None => None,
            DeskView::Offered => Some(Desk::Offered),
            DeskView::Given { code, until } => Some(Desk::Given { code: code.clone(), until: *until }),
        },
        desk_said: said.desk,
    }
}

pub(super) fn ends_soon(view: &EndsSoonView, locale: Locale) -> EndsSoonPage {
    EndsSoonPage {
        service: view.service.name.get(locale).to_owned(),
        until: view.until,
        contact: view.contact.get(locale).to_owned(),
    }
}

pub(super) fn my_page(view: &MyPage, locale: Locale, now: OffsetDateTime, done: Option<Done>) -> me::MyPage {
    let town = town(&view.town, locale);
    let sessions = view.sessions.iter().map(|session| Session {
        id: session.id.to_string(),
        current: session.current,
        by_passkey: session.by_passkey,
        ends: clock_words(session.expires_at, now, locale),
    });
    me::MyPage {
        valid_until: view.eligible_until,
        card_from: view.card_from,
        relinked: view.relinked,
        merged: view.merged,
        has_recovery_number: view.has_recovery_number,
        ties: view
            .ties
            .iter()
            .map(|view| me::Tie { kind: view.tie.kind, until: view.tie.until, ends_soon: view.ends_soon })
            .collect(),
        consents: view
            .grants
            .iter()
            .filter(|grant| grant.state.permits())
            .map(|row| grant(row, &town, locale))
            .collect(),
        passkeys: view.passkeys.iter().map(passkeys::passkey).collect(),
        may_add_passkey: view.may_add_passkey,
        sessions: sessions.collect(),
        done,
    }
}

pub(super) fn renewed_card(view: &federation::RenewedCardPage) -> RenewedCardPage {
    RenewedCardPage {
        by_card: view.by_card,
        has_number: view.has_number,
        handed: view.handed.as_ref().map(|handed| match handed {
            federation::Handed::Number(number) => Handed::Number(number.to_string()),
            federation::Handed::Code { code, until } => Handed::Code { code: code.to_string(), until: *until },
        }),
    }
}

pub(super) fn merge(view: &MergeView, locale: Locale) -> MergeQuestion {
    let name = |name: &Localized| name.get(locale).to_owned();
    MergeQuestion {
        kept: view.kept.iter().map(name).collect(),
        ending: view.ending.iter().map(|service| (name(service), view.kept.contains(service))).collect(),
    }
}

/// A consent; one to the town itself is called by the town ID.
pub(super) fn grant(row: &GrantView, town: &Town, locale: Locale) -> Consent {
    let text = row.text.as_ref();
    let service = match &row.service {
        Some(service) => service.name.get(locale).to_owned(),
        None if row.of_town => town.town_id.clone(),
        None => text.map(|text| text.receiver.get(locale).to_owned()).unwrap_or_else(|| town.name.clone()),
    };
    let receiver = text.map(|text| match locale {
        Locale::Ja => format!("{}({})", text.receiver.get(locale), text.receiver_contact.get(locale)),
        Locale::En => format!("{} ({})", text.receiver.get(locale), text.receiver_contact.get(locale)),
    });
    Consent {
        grant: row.id,
        service,
        items: row.items.iter().copied().collect(),
        given_on: row.given_on,
        version: row.text_number,
        withdrawal: text.map(|text| text.withdrawal.get(locale).to_owned()).unwrap_or_default(),
        receiver: receiver.unwrap_or_else(|| format!("{} {}", town.contact, town.phone)),
        is_town: row.of_town,
    }
}

/// A moment within the next day on a clock in Japan: sessions live for hours.
fn clock_words(at: OffsetDateTime, now: OffsetDateTime, locale: Locale) -> String {
    let local = tokyo(at);
    let today = tokyo_date(at) == tokyo_date(now);
    let (hour, minute) = (local.hour(), local.minute());
    match (locale, today) {
        (Locale::Ja, true) => format!("今日の{hour}時{minute:02}分"),
        (Locale::Ja, false) => format!("{}月{}日の{hour}時{minute:02}分", u8::from(local.month()), local.day()),
        (Locale::En, true) => format!("today at {hour}:{minute:02}"),
        (Locale::En, false) => format!("on {} {} at {hour}:{minute:02}", local.day(), local.month()),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_session_ends_today_or_on_a_day() {
        let now = datetime!(2026-11-21 10:00 UTC);
        assert_eq!(clock_words(datetime!(2026-11-21 14:05 UTC), now, Locale::Ja), "今日の23時05分");
        assert_eq!(clock_words(datetime!(2026-11-21 16:05 UTC), now, Locale::Ja), "11月22日の1時05分");
        assert_eq!(clock_words(datetime!(2026-11-21 16:05 UTC), now, Locale::En), "on 22 November at 1:05");
    }
}
