//! A mail as it is read: subject and body, in Japanese with English below. No language of a member of staff is known.

use domain::locale::{Locale, Localized};
use domain::names::TenantSlug;
use domain::paths;
use domain::web_address::BaseUrl;

use super::outbox::Mail;
use super::{MailKind, client_secret, provider};
use crate::Service;
use crate::error::Error;
use crate::gate::{Organisation, ReadScope};

/// What is sent to everybody who hears of it.
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
}

/// What all mails of an organisation have in common.
pub(super) struct Frame<'s> {
    base_url: &'s BaseUrl,
    pub(super) slug: TenantSlug,
    pub(super) name: Localized,
}

impl<'s> Frame<'s> {
    fn of(organisation: &Organisation, base_url: &'s BaseUrl) -> Result<Self, Error> {
        let slug = organisation.slug.parse().map_err(|_| Error::internal("an organisation's slug"))?;
        let name = Localized::composed(organisation.name_ja.clone(), organisation.name_en.clone());
        Ok(Self { base_url, slug, name })
    }

    /// One of our pages.
    pub(super) fn link(&self, path: &str) -> String {
        self.base_url.join(path)
    }

    /// Puts the body of one mail into what all of them have around it; its HTML is made of it.
    pub(super) fn letter(&self, subject: &str, body: &str) -> Letter {
        let subject = subject.trim_end();
        let console = self.link(&paths::console_overview(&self.slug));
        let (ja, en) = (self.name.get(Locale::Ja), self.name.get(Locale::En));
        let text = format!(
            include_str!("frame/body.txt"),
            body = body,
            organisation_ja = ja,
            organisation_en = en,
            console = console,
        );
        let html = format!(
            include_str!("frame/body.html"),
            subject = escaped(subject),
            body = html_of(body),
            organisation_ja = escaped(ja),
            organisation_en = escaped(en),
            console = escaped(&console),
        );
        Letter { subject: subject.to_owned(), text, html }
    }
}

impl Service {
    /// The mail as things are now; none if there is nothing to say any more.
    pub(super) async fn letter(&self, scope: &ReadScope, mail: &Mail) -> Result<Option<Letter>, Error> {
        let frame = Frame::of(&mail.organisation, &self.base_url)?;
        match mail.kind {
            MailKind::ClientSecretEnds => {
                client_secret::letter(scope, &frame, mail.about, mail.occasion, self.clock.now()).await
            }
            MailKind::ProviderAway => provider::away(scope, &frame, mail.about, mail.occasion).await,
            MailKind::ProviderBack => provider::back(scope, &frame, mail.about, mail.occasion).await,
        }
    }
}

/// Between the two languages of a body.
const ENGLISH: &str = "\n\n— English —\n\n";

/// A body as HTML: what stands between empty lines is a paragraph, an address by itself is a link, and each language is marked.
fn html_of(body: &str) -> String {
    let body = escaped(body.trim_end());
    let paragraph = |text: &str| {
        let link = text.starts_with("http").then(|| format!("<a href=\"{text}\">{text}</a>"));
        format!("<p>{}</p>\n", link.as_deref().unwrap_or(text))
    };
    let part = |(language, text): (&str, &str)| {
        let paragraphs: String = text.split("\n\n").map(paragraph).collect();
        format!("<div lang=\"{language}\">\n{paragraphs}</div>\n")
    };
    ["ja", "en"].into_iter().zip(body.split(ENGLISH)).map(part).collect()
}

/// A text as HTML shows it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
