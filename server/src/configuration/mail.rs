//! `[mail]`.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;
use service::mails::{MailSettings, UnfitMail};

use crate::Failure;

/// How mails to staff leave: by one of the two ways, or none are made.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// A mail server: `smtps://user:password@mail.example.jp`; `MACHIKAGI_MAIL__SMTP` in the environment.
    pub smtp: Option<SecretString>,
    /// A directory into which each is written as a file, for a developer to read.
    pub directory: Option<PathBuf>,
    /// Whom they are from: `Machikagi <no-reply@example.jp>`. Unless set, no-reply at the host of `public_base_url`.
    pub from: Option<String>,
}

impl Mail {
    /// As the service takes it; none where no way is set.
    ///
    /// # Errors
    /// [`Failure::Configuration`] for two ways at a time, a sender that is no address, a URL of no mail server, or one that mails
    /// would go to in the clear.
    pub fn settings(&self, outgoing: &service::Outgoing, host: &str) -> Result<Option<MailSettings>, Failure> {
        let from = self.from.clone().unwrap_or_else(|| format!("Machikagi <no-reply@{host}>"));
        let (way, settings) = match (&self.smtp, &self.directory) {
            (None, None) => return Ok(None),
            (Some(url), None) => ("smtp", MailSettings::smtp(url, &from, outgoing)),
            (None, Some(directory)) => ("directory", MailSettings::directory(directory.clone(), &from)),
            (Some(_), Some(_)) => {
                return Err(Failure::Configuration("mail: set smtp or directory, not both".to_owned()));
            }
        };
        settings.map(Some).map_err(|unfit| {
            let key = if unfit == UnfitMail::From { "from" } else { way };
            Failure::Configuration(format!("mail.{key}: {unfit}"))
        })
    }
}
