//! The consent page: who receives what, from whom, what for, how it is recorded, how long it is kept, how to end it. The
//! console shows the same view beside its editor.

use domain::attributes::{Item, Items};
use domain::calendar::long_date;
use domain::consent::ConsentDue;
use domain::locale::Locale;
use leptos::prelude::*;
use time::Date;

use super::frame::Setting;
use super::icons;
use super::words::ConsentWords;
use crate::text::{dot, fill};

/// The number under which the receiver knows the resident.
pub enum Pseudonym {
    /// The receiver's own: no other service has it.
    Own,
    /// A number of a few services, which they are told by.
    OfSector(Vec<String>),
    /// The town ID, and the services that see the same one.
    TownWide(Vec<String>),
    /// Nothing is handed over: the town itself asks, and keeps it.
    None,
}

/// What the consent page shows. Texts of the town are in the language of the page.
pub struct ConsentPage {
    /// The service; `None` where the town itself asks.
    pub service: Option<String>,
    /// Why the page is shown.
    pub due: ConsentDue,
    /// Heading of the text.
    pub title: String,
    /// Items handed over now and not again.
    pub once: Items,
    /// Items handed over at every use.
    pub every_time: Items,
    /// Residency is handed over: that the town's rule is met, and until when.
    pub residency: bool,
    /// And in which month the card was read for it.
    pub verified_at: bool,
    /// The service goes on asking without the person: refresh tokens.
    pub offline: bool,
    /// The number.
    pub pseudonym: Pseudonym,
    /// Who receives.
    pub receiver: String,
    /// How to reach them.
    pub receiver_contact: String,
    /// Who holds it now.
    pub holder: String,
    /// What for.
    pub purpose: String,
    /// What is recorded.
    pub record: String,
    /// How long it is kept.
    pub retention: String,
    /// How to withdraw.
    pub withdrawal: String,
    /// Whom to ask.
    pub contact: String,
    /// Version of the text.
    pub version: u32,
    /// When the version was published.
    pub published_on: Date,
}

/// What the answer takes along.
pub struct ConsentForm {
    /// The words that were read, as the form sends them back.
    pub shown: String,
    /// They are new since the page was shown before.
    pub new_words: bool,
    /// A session would begin: the box for a shared computer is shown.
    pub may_keep_session: bool,
    /// The script that says whether this device could keep a passkey; none where that does not matter.
    pub probe: Option<String>,
}

/// Where the heading stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// It is the page's.
    Page,
    /// It is below the heading of a part of the console's page.
    Preview,
}

/// The page as a document. Both buttons post to the page's own address: `decision` is `accept` or `refuse`, `text` says which
/// words were read, and `shared_computer` is there if no session may stay.
pub fn consent_page(setting: &Setting<'_>, page: &ConsentPage, form: &ConsentForm) -> String {
    let words = ConsentWords::of(setting.locale);
    let main = view! {
        {form.new_words.then(|| view! { <p class="r-note" role="status">{words.new_words}</p> })}
        {facts(setting, page, Heading::Page)}
        <form class="r-actions" method="post" data-passkey-probe=form.probe.as_ref().map(|_| "")>
            <input type="hidden" name="text" value=form.shown.clone()/>
            {form.may_keep_session.then(|| view! {
                <label class="r-choice"><input type="checkbox" name="shared_computer" value="on" id="shared-computer"/><span>{words.shared_computer}</span></label>
            })}
            <button class="r-button" type="submit" id="consent-approve" name="decision" value="accept">{words.accept}</button>
            <button class="r-button r-button--plain" type="submit" id="consent-refuse" name="decision" value="refuse">{words.refuse}</button>
        </form>
        {version(setting.locale, page)}
        {form.probe.clone().map(|script| view! { <script src=script defer></script> })}
    };
    setting.page(&page.title, main.into_any())
}

/// The heading and the table: the part that the console's preview shows, where the heading is one of a page of its own.
pub fn facts(setting: &Setting<'_>, page: &ConsentPage, heading: Heading) -> AnyView {
    let locale = setting.locale;
    let words = ConsentWords::of(locale);
    let (once, every_time) = (given_once(locale, page), given_every_time(setting, page));
    let why = match page.due {
        ConsentDue::WordsChanged => Some(words.words_changed),
        ConsentDue::ItemsAdded => Some(words.items_added),
        ConsentDue::AskedAgain => Some(words.asked_again),
        ConsentDue::FirstTime | ConsentDue::None => None,
    };
    let (lead, every_time_term) = match (&page.pseudonym, setting.town) {
        (Pseudonym::None, Some(town)) => {
            (fill(words.lead_town, &[("town_id", &town.town_id)]), fill(words.kept_by_town, &[("town", &town.name)]))
        }
        _ => (words.lead.to_owned(), words.every_time.to_owned()),
    };
    let title = page.title.clone();
    let heading = match heading {
        Heading::Page => view! { <h1 class="r-title">{title}</h1> }.into_any(),
        Heading::Preview => view! { <h3 class="r-title">{title}</h3> }.into_any(),
    };
    let fact = |term: &'static str, text: &str, small: Option<&str>| {
        let small = small.map(|small| view! { <small>{small.to_owned()}</small> });
        view! { <div><dt>{term}</dt><dd>{text.to_owned()}{small}</dd></div> }
    };
    view! {
        {page.service.clone().map(|service| view! { <p class="r-muted">{service}</p> })}
        {heading}
        <p class="r-lead">{lead}</p>
        {why.map(|why| view! { <p class="r-note">{why}</p> })}
        <dl class="r-facts r-section">
            {list(words.once.to_owned(), once)}
            {list(every_time_term, every_time)}
            <div><dt>{words.not_given}</dt><dd><ul class="r-items"><li>{icons::no()}<span>{not_given(locale, page)}</span></li></ul></dd></div>
            {fact(words.receiver, &page.receiver, Some(&page.receiver_contact))}
            {fact(words.holder, &page.holder, Some(words.holder_note))}
            {fact(words.purpose, &page.purpose, None)}
            {fact(words.record, &page.record, None)}
            {fact(words.retention, &page.retention, None)}
            {fact(words.withdrawal, &page.withdrawal, None)}
        </dl>
    }
    .into_any()
}

fn version(locale: Locale, page: &ConsentPage) -> AnyView {
    let words = ConsentWords::of(locale);
    let (number, date) = (page.version.to_string(), long_date(page.published_on, locale));
    let version = fill(words.version, &[("number", &number), ("date", &date)]);
    view! { <p class="r-small r-section">{version}<br/>{words.ask}{page.contact.clone()}</p> }.into_any()
}

/// An item of a list: what, and what it means.
struct Given {
    what: String,
    notes: Vec<String>,
}

impl Given {
    /// Of what is coarse it is said what does not come with it.
    fn item(item: Item, locale: Locale, page: &ConsentPage) -> Self {
        let words = ConsentWords::of(locale);
        let given = page.once.union(page.every_time);
        let note = match item {
            Item::Municipality if !given.contains(Item::Address) => Some(words.municipality_note),
            Item::AgeBand | Item::AgeOver(_) if !given.contains(Item::Birthdate) => Some(words.age_note),
            _ => None,
        };
        Self { what: item.text(locale).into_owned(), notes: note.map(str::to_owned).into_iter().collect() }
    }
}

fn given_once(locale: Locale, page: &ConsentPage) -> Vec<Given> {
    page.once.iter().map(|item| Given::item(item, locale, page)).collect()
}

fn given_every_time(setting: &Setting<'_>, page: &ConsentPage) -> Vec<Given> {
    let words = ConsentWords::of(setting.locale);
    let (name, town_id) = setting.town.map_or(("", ""), |town| (town.name.as_str(), town.town_id.as_str()));
    let mut given: Vec<Given> = page.every_time.iter().map(|item| Given::item(item, setting.locale, page)).collect();
    if page.residency {
        let what = fill(words.residency, &[("town", name)]);
        let note = if page.verified_at { words.residency_verified_note } else { words.residency_note };
        given.push(Given { what, notes: vec![note.to_owned()] });
    }
    if page.offline {
        given.push(Given { what: words.offline.to_owned(), notes: vec![words.offline_note.to_owned()] });
    }
    match &page.pseudonym {
        Pseudonym::Own => {
            given.push(Given { what: words.own_number.to_owned(), notes: vec![words.own_number_note.to_owned()] });
        }
        Pseudonym::OfSector(services) => given.push(Given {
            what: words.sector_number.to_owned(),
            notes: vec![words.town_number_note.to_owned(), services.join(separator(setting.locale))],
        }),
        Pseudonym::TownWide(services) => given.push(Given {
            what: fill(words.town_number, &[("town_id", town_id)]),
            notes: vec![words.town_number_note.to_owned(), services.join(separator(setting.locale))],
        }),
        Pseudonym::None => {
            let what = fill(words.town_number, &[("town_id", town_id)]);
            given.push(Given { what, notes: Vec::new() });
        }
    }
    given
}

/// Whatever of the card is not handed over, and what never is.
fn not_given(locale: Locale, page: &ConsentPage) -> String {
    let given = page.once.union(page.every_time);
    let words = ConsentWords::of(locale);
    let mut absent = names(Item::ATTRIBUTES.into_iter().filter(|item| !given.contains(*item)), locale);
    absent.push(words.individual_number.to_owned());
    absent.join(dot(locale))
}

/// The names of items for one line: only the first begins with a capital.
pub(super) fn names(items: impl Iterator<Item = Item>, locale: Locale) -> Vec<String> {
    let name = |(at, item): (usize, Item)| {
        let text = item.text(locale).into_owned();
        let mut signs = text.chars();
        let first = signs.next().filter(|_| at > 0);
        first.map_or(text.clone(), |first| first.to_lowercase().chain(signs).collect())
    };
    items.enumerate().map(name).collect()
}

fn list(term: String, given: Vec<Given>) -> Option<AnyView> {
    if given.is_empty() {
        return None;
    }
    let rows: Vec<_> = given
        .into_iter()
        .map(|given| {
            let mut notes = given.notes.into_iter();
            let notes = notes.next().map(|first| {
                let rest: Vec<_> = notes.map(|note| view! { <br/>{note} }).collect();
                view! { <small>{first}{rest}</small> }
            });
            view! { <li>{icons::yes()}<span>{given.what}{notes}</span></li> }
        })
        .collect();
    Some(view! { <div><dt>{term}</dt><dd><ul class="r-items">{rows}</ul></dd></div> }.into_any())
}

pub(super) const fn separator(locale: Locale) -> &'static str {
    match locale {
        Locale::Ja => "、",
        Locale::En => ", ",
    }
}
