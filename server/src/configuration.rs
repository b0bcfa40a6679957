//! One configuration: a file, then the environment. Unknown keys are refused by name; secrets have no text form.

mod mail;

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::web_address::BaseUrl;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use service::Clock;
use service::gate::DatabaseSettings;
use service::keys::Rotation;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use self::mail::Mail;
use crate::Failure;

/// The file that is read if none is named.
const DEFAULT_FILE: &str = "machikagi.toml";

/// Everything that can be set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// `https://id.example.jp`: issuers, links and cookies are made from it, never from a request. http is for loopback.
    pub public_base_url: String,
    /// Where to listen.
    #[serde(default = "defaults::listen")]
    pub listen: SocketAddr,
    /// The file with the 32 bytes of the master key, base64.
    #[serde(default = "defaults::master_key_file")]
    pub master_key_file: PathBuf,
    /// Files with master keys that open and do not seal: the one before, or the next one (`docs/keys.md`).
    #[serde(default)]
    pub other_master_key_files: Vec<PathBuf>,
    /// Signing keys.
    #[serde(default)]
    pub keys: Keys,
    /// Reverse proxies whose `X-Forwarded-For` is believed: addresses, or networks such as `10.0.3.0/24`.
    #[serde(default)]
    pub trusted_proxies: Vec<Network>,
    /// How often somebody may ask.
    #[serde(default)]
    pub limits: Limits,
    /// Requests that the server makes: to providers and services.
    #[serde(default)]
    pub outgoing: Outgoing,
    /// Mails to staff.
    #[serde(default)]
    pub mail: Mail,
    /// The database.
    #[serde(default)]
    pub database: Database,
    /// Metrics.
    #[serde(default)]
    pub metrics: Metrics,
    /// Test municipalities.
    #[serde(default)]
    pub sandbox: Sandbox,
    /// On a loopback address only.
    #[serde(default)]
    pub development: Development,
}

/// The database.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://path` or `postgres://…`; `DATABASE_URL` in the environment.
    pub url: SecretString,
    /// The owner on PostgreSQL, who migrates; `DATABASE_OWNER_URL` in the environment.
    pub owner_url: Option<SecretString>,
    /// Connections at most.
    pub max_connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://data/machikagi.db".into(), owner_url: None, max_connections: 8 }
    }
}

impl Database {
    /// Whether it is a file rather than a server.
    pub fn is_sqlite(&self) -> bool {
        self.url.expose_secret().starts_with("sqlite:")
    }

    /// How the service reaches it.
    pub fn settings(&self) -> DatabaseSettings {
        DatabaseSettings { url: self.url.clone(), max_connections: self.max_connections }
    }
}

/// One address, or a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse()
            .or_else(|_| address())
            .map(Self)
            .map_err(|_| "an address or a network such as 10.0.3.0/24 is expected")
    }
}

/// Requests a second that each may go on sending; ten seconds' worth may come at once. Each server process counts for itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// One address of IPv4, 64 bits of IPv6.
    pub address: NonZeroU32,
    /// One service.
    pub client: NonZeroU32,
    /// One municipality.
    pub tenant: NonZeroU32,
    /// Open connections at most; more are closed at once.
    pub connections: NonZeroU32,
    /// How long the head of a request may take, and a connection may wait for its next one. A proxy in front should give up
    /// its own idle connections earlier.
    pub idle_seconds: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        let service::Limits { address, client, tenant } = service::Limits::STANDARD;
        let [connections, idle_seconds] = [9_999, 29].map(|more| NonZeroU32::MIN.saturating_add(more));
        Self { address, client, tenant, connections, idle_seconds }
    }
}

impl Limits {
    /// As the service takes them.
    pub fn of_requests(&self) -> service::Limits {
        service::Limits { address: self.address, client: self.client, tenant: self.tenant }
    }
}

/// What requests to others need in a network of the operator's own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outgoing {
    /// Certificate authorities (PEM) that are believed beside those of the machine.
    pub ca_file: Option<PathBuf>,
    /// Networks in which identity providers may be reached although they are not public: `["10.20.0.0/16"]`.
    pub provider_networks: Vec<Network>,
    /// The same for services: whatever address a vendor names there is asked.
    pub service_networks: Vec<Network>,
}

impl Outgoing {
    /// As the service takes it.
    ///
    /// # Errors
    /// [`Failure::Configuration`] if the file cannot be read or holds no certificate.
    pub fn settings(&self) -> Result<service::Outgoing, Failure> {
        let problem = |what: &str| Failure::Configuration(format!("outgoing.ca_file: {what}"));
        let authorities =
            self.ca_file.as_ref().map(std::fs::read).transpose().map_err(|_| problem("cannot be read"))?;
        let networks = |set: &[Network]| set.iter().map(|network| network.0).collect();
        let (providers, services) = (networks(&self.provider_networks), networks(&self.service_networks));
        service::Outgoing::new(authorities.as_deref(), providers, services)
            .map_err(|_| problem("holds no certificates in PEM"))
    }
}

/// How often signing keys change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// A key signs for so many days.
    pub rotate_every_days: u32,
    /// It is published so many hours before it signs, so that services have it.
    pub announce_hours: u32,
}

impl Default for Keys {
    fn default() -> Self {
        Self { rotate_every_days: 90, announce_hours: 48 }
    }
}

impl Keys {
    /// As the service takes it.
    ///
    /// # Errors
    /// [`Failure::Configuration`] where services would not have a key before it signs, or keys change all the time.
    pub fn rotation(&self) -> Result<Rotation, Failure> {
        let hours = |hours: u32| Duration::from_secs(u64::from(hours) * 60 * 60);
        let rotation =
            Rotation { every: hours(self.rotate_every_days.saturating_mul(24)), announced: hours(self.announce_hours) };
        let problem = if !(1..=3_650).contains(&self.rotate_every_days) {
            "keys.rotate_every_days: 1 to 3650 days"
        } else if self.announce_hours < 1 || rotation.announced * 2 > rotation.every {
            "keys.announce_hours: at least 1, and at most half of keys.rotate_every_days"
        } else {
            return Ok(rotation);
        };
        Err(Failure::Configuration(problem.to_owned()))
    }
}

/// Metrics for Prometheus.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// An address of its own; loopback by default.
    pub listen: SocketAddr,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 9464)) }
    }
}

/// Test municipalities and their card reader.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sandbox {
    /// Serves the sandbox card reader, which plays the card's provider with invented residents.
    pub card: bool,
    /// Permits sandbox municipalities on an address that others can reach.
    pub public: bool,
}

/// Settings for a developer's machine, refused unless the public base URL is a loopback address.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Development {
    /// Permits http loopback addresses of relying parties and providers.
    pub allow_loopback: bool,
    /// A moment to start at (`2026-11-21T09:00:00+09:00`), or a shift (`+40d`, `-3h`).
    pub clock: Option<String>,
}

mod defaults {
    use std::net::SocketAddr;
    use std::path::PathBuf;

    pub(super) fn listen() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 3000))
    }

    pub(super) fn master_key_file() -> PathBuf {
        PathBuf::from("data/master.key")
    }
}

impl Configuration {
    /// Reads the file, then the environment, and checks what belongs together.
    ///
    /// # Errors
    /// [`Failure::Configuration`] with a sentence that names the key.
    pub fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let figment = match file {
            Some(file) if !file.is_file() => {
                return Err(Failure::Configuration(format!("there is no file {}", file.display())));
            }
            Some(file) => Figment::new().merge(Toml::file_exact(file)),
            None => Figment::new().merge(Toml::file(DEFAULT_FILE)),
        };
        // `MACHIKAGI_CONFIG` names the file and `MACHIKAGI_CACHE` belongs to the scripts: neither is a setting.
        let figment = figment
            .join(Serialized::default("public_base_url", "http://localhost:3000"))
            .merge(Env::prefixed("MACHIKAGI_").ignore(&["config", "cache"]).split("__"));
        let figment = ["DATABASE_URL", "DATABASE_OWNER_URL"].iter().fold(figment, |figment, name| {
            let key = if *name == "DATABASE_URL" { "database.url" } else { "database.owner_url" };
            match std::env::var(name) {
                Ok(url) => figment.merge(Serialized::default(key, url)),
                Err(_) => figment,
            }
        });
        Self::of(&figment)
    }

    fn of(figment: &Figment) -> Result<Self, Failure> {
        let configuration: Self = figment.extract().map_err(|error| Failure::Configuration(explain(error)))?;
        let base = configuration.base_url()?;
        let loopback = base.is_loopback();
        if !base.is_https() && !loopback {
            let problem = "public_base_url: http is for this machine only (localhost); others need https";
            return Err(Failure::Configuration(problem.to_owned()));
        }
        let development = &configuration.development;
        if !loopback && (development.allow_loopback || development.clock.is_some()) {
            let problem = "development.*: only where public_base_url is a loopback address";
            return Err(Failure::Configuration(problem.to_owned()));
        }
        configuration.clock(Clock::system().now())?;
        configuration.keys.rotation()?;
        configuration.mail.settings(&service::Outgoing::default(), base.host())?;
        Ok(configuration)
    }

    /// The public base URL.
    ///
    /// # Errors
    /// [`Failure::Configuration`] if it is not an origin.
    pub fn base_url(&self) -> Result<BaseUrl, Failure> {
        BaseUrl::parse(&self.public_base_url)
            .map_err(|_| Failure::Configuration("public_base_url: write https://host, without a path".to_owned()))
    }

    /// The clock, moved if `development.clock` says so.
    ///
    /// # Errors
    /// [`Failure::Configuration`] if that is neither a moment nor a shift.
    pub fn clock(&self, now: OffsetDateTime) -> Result<Clock, Failure> {
        let Some(text) = self.development.clock.as_deref() else { return Ok(Clock::system()) };
        if let Ok(start) = OffsetDateTime::parse(text, &Rfc3339) {
            return Ok(Clock::shifted(start.unix_timestamp() - now.unix_timestamp()));
        }
        shift_seconds(text).map(Clock::shifted).ok_or_else(|| {
            Failure::Configuration("development.clock: write 2026-11-21T09:00:00+09:00, or +40d, -3h".to_owned())
        })
    }
}

/// `+40d`, `-3h`, `+90m`, `+5s`.
fn shift_seconds(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    let number = text.strip_suffix(['d', 'h', 'm', 's'])?;
    if !number.starts_with(['+', '-']) {
        return None;
    }
    number.parse::<i64>().ok()?.checked_mul(unit)
}

/// A sentence of the first problem: the key and what is wrong with it, never the value, which may be a secret.
fn explain(error: figment::Error) -> String {
    use figment::error::Kind;
    let Some(first) = error.into_iter().next() else { return "it cannot be read".to_owned() };
    let path = first.path.join(".");
    let (key, problem) = match &first.kind {
        Kind::UnknownField(name, known) => {
            let key =
                if path.is_empty() || path.ends_with(name.as_str()) { name.clone() } else { format!("{path}.{name}") };
            (key, format!("there is no such key; known here: {}", known.join(", ")))
        }
        Kind::MissingField(name) => (name.to_string(), "it has to be set".to_owned()),
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => (path, format!("{expected} is expected")),
        // A parser's message goes on with the line itself, which may hold a secret.
        Kind::Message(message) => (path, message.lines().next().unwrap_or_default().to_owned()),
        _ => (path, "it cannot be read".to_owned()),
    };
    if key.is_empty() { problem } else { format!("{key}: {problem}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Result<Configuration, String> {
        let figment = Figment::new().merge(Toml::string(toml));
        Configuration::of(&figment).map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_demo_is_a_configuration() {
        let configuration = read(include_str!("../../scripts/demo.toml")).unwrap();
        assert!(configuration.sandbox.card && configuration.base_url().unwrap().is_loopback());
        assert!(configuration.database.is_sqlite());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = read("public_base_url = \"https://id.example.jp\"\ntrusted_proxy = []").unwrap_err();
        assert!(error.contains("trusted_proxy"), "{error}");
        let error = read("public_base_url = \"https://id.example.jp\"\n[database]\nuri = \"x\"").unwrap_err();
        assert!(error.contains("uri"), "{error}");
    }

    #[test]
    fn a_secret_is_never_shown() {
        let configuration =
            read("public_base_url = \"https://id.example.jp\"\n[database]\nurl = \"postgres://a:hidden@db/x\"")
                .unwrap();
        assert!(!format!("{configuration:?}").contains("hidden"));
        let error =
            read("public_base_url = \"https://id.example.jp\"\ndatabase = \"postgres://a:hidden@db/x\"").unwrap_err();
        assert!(!error.contains("hidden"), "{error}");
    }

    #[test]
    fn http_and_development_stay_on_this_machine() {
        assert!(read("public_base_url = \"http://id.example.jp\"").is_err());
        assert!(read("public_base_url = \"https://id.example.jp/path\"").is_err());
        assert!(read("public_base_url = \"https://id.example.jp\"\n[development]\nallow_loopback = true").is_err());
        assert!(read("public_base_url = \"http://localhost:3000\"\n[development]\nclock = \"soon\"").is_err());
        assert!(read("public_base_url = \"http://localhost:3000\"\n[development]\nclock = \"+40d\"").is_ok());
    }

    #[test]
    fn mails_leave_by_one_way_and_not_in_the_clear() {
        let mail = |text: &str| read(&format!("public_base_url = \"https://id.example.jp\"\n[mail]\n{text}"));
        for right in [
            "",
            "directory = \"mails\"",
            "smtp = \"smtps://town:hidden@mail.example.jp\"\nfrom = \"街鍵 <no-reply@id.example.jp>\"",
            "smtp = \"smtp://town:hidden@mail.example.jp?tls=required\"",
            "smtp = \"smtp://mail.example.jp?tls=opportunistic\"",
            "smtp = \"smtp://localhost:1025\"",
            "smtp = \"smtp://127.0.0.1:1025\"",
        ] {
            assert!(mail(right).is_ok(), "{right}: {:?}", mail(right).err());
        }
        for (wrong, said) in [
            ("smtp = \"smtp://town:hidden@mail.example.jp\"", "mail.smtp"),
            ("smtp = \"smtp://town:hidden@mail.example.jp?tls=opportunistic\"", "mail.smtp"),
            ("smtp = \"https://hidden.example.jp\"", "mail.smtp"),
            ("smtp = \"hidden\"", "mail.smtp"),
            ("smtp = \"smtps://mail.example.jp\"\ndirectory = \"mails\"", "not both"),
            ("directory = \"mails\"\nfrom = \"hidden\"", "mail.from"),
            ("server = \"mail.example.jp\"", "server"),
        ] {
            let error = mail(wrong).unwrap_err();
            assert!(error.contains(said) && !error.contains("hidden"), "{error}");
        }
        let configuration = mail("smtp = \"smtps://town:hidden@mail.example.jp\"").unwrap();
        assert!(!format!("{configuration:?}").contains("hidden"));
    }

    #[test]
    fn keys_are_known_before_they_sign() {
        let keys = |text: &str| read(&format!("public_base_url = \"https://id.example.jp\"\n[keys]\n{text}"));
        assert!(keys("").is_ok());
        assert!(keys("rotate_every_days = 30\nannounce_hours = 24").is_ok());
        for wrong in ["rotate_every_days = 0", "rotate_every_days = 3", "announce_hours = 0", "announce_hours = 1081"] {
            assert!(keys(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_operators_network_is_said_in_addresses_and_networks() {
        let set = |text: &str| read(&format!("public_base_url = \"https://id.example.jp\"\n{text}"));
        let read =
            set("trusted_proxies = [\"10.0.0.1\", \"fd00::/8\"]\n[outgoing]\nprovider_networks = [\"10.20.0.0/16\"]")
                .unwrap();
        assert_eq!(read.trusted_proxies.len(), 2);
        assert!(read.outgoing.settings().is_ok());
        for wrong in [
            "trusted_proxies = [\"proxy\"]",
            "[outgoing]\nservice_networks = [\"10.20/16\"]",
            "[limits]\naddress = 0",
            "[limits]\nclient = -1",
        ] {
            assert!(set(wrong).is_err(), "{wrong}");
        }
        let missing = set("[outgoing]\nca_file = \"/nowhere/ca.pem\"").unwrap();
        assert!(missing.outgoing.settings().is_err());
    }

    #[test]
    fn shifts() {
        assert_eq!(shift_seconds("+40d"), Some(40 * 86_400));
        assert_eq!(shift_seconds("-3h"), Some(-10_800));
        assert_eq!(shift_seconds("3h"), None);
        assert_eq!(shift_seconds("日"), None);
    }
}
