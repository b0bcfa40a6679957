//! How mails leave: by SMTP, into a directory, or into a mailbox in memory. Which one is the operator's setting.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Address, MultiPart};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::response::Category;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError, PoolConfig};
use lettre::{AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use url::{Host, Url};

use super::letter::Letter;
use crate::http_client::Outgoing;

/// How long the mail server may take for one answer.
const ANSWER: Duration = Duration::from_secs(10);
/// How long it may take for a whole mail.
const MAIL: Duration = Duration::from_secs(30);

/// Where mails go, and whom they are from.
#[derive(Debug, Clone)]
pub struct MailSettings {
    from: Address,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(Box<AsyncSmtpTransportBuilder>),
    Directory(PathBuf),
    Mailbox(Mailbox),
}

/// Why settings are of no use. Says nothing of what was written there: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnfitMail {
    /// The sender is no mail address.
    #[error("write an address, or Name <name@example.jp>")]
    From,
    /// The URL is none of a mail server.
    #[error("write smtps://user:password@host, smtp://user:password@host?tls=required, or smtp://localhost:1025")]
    Url,
    /// Mails, or even the password, would go over the network as they are.
    #[error(
        "without TLS for this machine only; write smtps://, or ?tls=required (or ?tls=opportunistic, without a password)"
    )]
    Plain,
}

impl MailSettings {
    /// By SMTP: `smtps://` is TLS from the first byte, `smtp://…?tls=required` begins in the clear and goes on with TLS or not at
    /// all. Certificate authorities of the operator are believed here too.
    ///
    /// # Errors
    /// [`UnfitMail`].
    pub fn smtp(url: &SecretString, from: &str, outgoing: &Outgoing) -> Result<Self, UnfitMail> {
        let parsed = Url::parse(url.expose_secret()).map_err(|_| UnfitMail::Url)?;
        let host = parsed.host_str().ok_or(UnfitMail::Url)?;
        let tls = parsed.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let here = on_this_machine(&parsed);
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(parsed.as_str()).map_err(|_| UnfitMail::Url)?;
        let parameters = || {
            let believed = outgoing
                .authorities()
                .iter()
                .try_fold(TlsParameters::builder(host.to_owned()), |believed, authority| {
                    Ok(believed.add_root_certificate(Certificate::from_der(authority.to_vec())?))
                });
            believed.and_then(|believed| believed.build()).map_err(|_: SmtpError| UnfitMail::Url)
        };
        let builder = match (parsed.scheme(), tls.as_deref()) {
            ("smtps", _) => builder.tls(Tls::Wrapper(parameters()?)),
            ("smtp", Some("required")) => builder.tls(Tls::Required(parameters()?)),
            ("smtp", Some("opportunistic")) if here || parsed.password().is_none() => {
                builder.tls(Tls::Opportunistic(parameters()?))
            }
            ("smtp", None) if here => builder,
            _ => return Err(UnfitMail::Plain),
        };
        let builder = builder.timeout(Some(ANSWER)).pool_config(PoolConfig::new().max_size(2));
        Self::new(from, Way::Smtp(Box::new(builder)))
    }

    /// Into files of a directory that is there, one for each mail: for a developer to read.
    ///
    /// # Errors
    /// [`UnfitMail::From`].
    pub fn directory(directory: PathBuf, from: &str) -> Result<Self, UnfitMail> {
        Self::new(from, Way::Directory(directory))
    }

    /// Into memory: for tests.
    ///
    /// # Errors
    /// [`UnfitMail::From`].
    pub fn mailbox(mailbox: Mailbox, from: &str) -> Result<Self, UnfitMail> {
        Self::new(from, Way::Mailbox(mailbox))
    }

    fn new(from: &str, way: Way) -> Result<Self, UnfitMail> {
        Ok(Self { from: from.parse().map_err(|_| UnfitMail::From)?, way })
    }
}

fn on_this_machine(url: &Url) -> bool {
    match url.host() {
        // The parser leaves addresses of IPv4 as they are written where it does not know the scheme.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::Ipv4Addr| address.is_loopback())
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Mails in memory, in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub struct Mailbox(Arc<Mutex<Vec<PostedMail>>>);

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedMail {
    /// Whom it is to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its body as text.
    pub text: String,
    /// Its body as HTML.
    pub html: String,
    /// All of it, as a mail server gets it.
    pub wire: Vec<u8>,
}

impl Mailbox {
    /// What came since the last time.
    pub fn take(&self) -> Vec<PostedMail> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, mail: PostedMail) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
    }
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Posted {
    /// It was taken.
    Taken,
    /// It will not be taken, whenever it is sent.
    Refused,
    /// It is not taken now.
    NotNow,
    /// The server does not answer, or does not let us in: it would take no other one either.
    Away,
}

/// What mails leave by.
pub(crate) struct Post {
    from: Address,
    transport: Transport,
    host: String,
}

enum Transport {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Directory(AsyncFileTransport<Tokio1Executor>),
    Mailbox(Mailbox),
}

impl Post {
    /// `host` is ours, for the ids of messages. Needs a runtime around it.
    pub(crate) fn new(settings: MailSettings, host: &str) -> Self {
        let transport = match settings.way {
            Way::Smtp(builder) => Transport::Smtp(builder.build()),
            Way::Directory(directory) => Transport::Directory(AsyncFileTransport::new(directory)),
            Way::Mailbox(mailbox) => Transport::Mailbox(mailbox),
        };
        Self { from: settings.from, transport, host: host.to_owned() }
    }

    /// `id` is the same whenever this mail is sent, so that a server can see that it has it already.
    pub(super) async fn send(&self, to: &str, letter: Letter, id: &str, at: OffsetDateTime) -> Posted {
        let Some(message) = self.message(to, &letter, id, at) else { return Posted::Refused };
        match &self.transport {
            Transport::Smtp(smtp) => match tokio::time::timeout(MAIL, smtp.send(message)).await {
                Ok(Ok(_)) => Posted::Taken,
                Ok(Err(error)) => judge(&error),
                Err(_) => Posted::Away,
            },
            Transport::Directory(directory) => match directory.send(message).await {
                Ok(_) => Posted::Taken,
                Err(_) => Posted::Away,
            },
            Transport::Mailbox(mailbox) => {
                let (to, wire) = (to.to_owned(), message.formatted());
                mailbox.put(PostedMail { to, subject: letter.subject, text: letter.text, html: letter.html, wire });
                Posted::Taken
            }
        }
    }

    /// None if no mail can be sent to this address.
    fn message(&self, to: &str, letter: &Letter, id: &str, at: OffsetDateTime) -> Option<Message> {
        // RFC 3834: no robot answers it.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.from.clone())
            .to(Address::new(None, to.parse().ok()?))
            .subject(letter.subject.as_str())
            .message_id(Some(format!("<{id}@{}>", self.host)))
            .date(SystemTime::from(at))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
            .ok()
    }
}

/// RFC 5321, section 4.2.1: codes of the third category are about who we are.
fn judge(error: &SmtpError) -> Posted {
    match error.status() {
        Some(code) if code.category == Category::Unspecified3 => Posted::Away,
        Some(_) if error.is_permanent() => Posted::Refused,
        Some(_) => Posted::NotNow,
        None => Posted::Away,
    }
}
