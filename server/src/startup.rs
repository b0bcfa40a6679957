//! From a configuration to a running service: the master key, the migrations, the database.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use service::accounts::PasswordCost;
use service::gate::DatabaseSettings;
use service::keys::{MasterKey, SoftwareKey};
use service::mails::MailSettings;
use service::{Rng, Service, Settings};
use zeroize::Zeroizing;

use crate::Failure;
use crate::configuration::Configuration;

/// Prepares what is missing on a first start, refuses what is not safe, and connects.
///
/// # Errors
/// [`Failure`] with a sentence for the person who starts it.
pub async fn connect(configuration: &Configuration) -> Result<Arc<Service>, Failure> {
    connect_with(configuration, configuration.clock(service::Clock::system().now())?).await
}

/// As [`connect`], on another clock: the demo is made on one that begins a year ago.
///
/// # Errors
/// As [`connect`].
pub async fn connect_with(configuration: &Configuration, clock: service::Clock) -> Result<Arc<Service>, Failure> {
    // The provider of TLS for outgoing requests; that one was chosen before is fine.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let base = configuration.base_url()?;
    let database = configuration.database.settings();
    prepare_files(&database)?;
    let master_key = master_keys(configuration, base.is_loopback())?;
    bring_up_to_date(configuration).await?;
    let settings = Settings {
        database,
        master_key,
        rotation: configuration.keys.rotation()?,
        clock,
        public_base_url: url::Url::parse(base.as_str())
            .map_err(|_| Failure::Configuration("public_base_url: not a URL".to_owned()))?,
        allow_loopback: configuration.development.allow_loopback,
        mail: mail_of(configuration)?,
        outgoing: configuration.outgoing.settings()?,
        limits: configuration.limits.of_requests(),
        password_cost: PasswordCost::OWASP,
    };
    let service = Service::connect(settings).await.map_err(|error| match error {
        service::Error::Unavailable => {
            Failure::Environment("the database does not answer; is DATABASE_URL right, and is it running?".to_owned())
        }
        other => Failure::Service(other),
    })?;
    refuse_missing_master_keys(&service).await?;
    Ok(Arc::new(service))
}

/// How mails leave; the directory that they are written to is made, for nobody else's eyes.
fn mail_of(configuration: &Configuration) -> Result<Option<MailSettings>, Failure> {
    if let Some(directory) = &configuration.mail.directory {
        make_directory(directory)?;
    }
    configuration.mail.settings(&configuration.outgoing.settings()?, configuration.base_url()?.host())
}

/// Without a master key that something is sealed under, half of the municipalities would not work, and nobody could say why.
async fn refuse_missing_master_keys(service: &Service) -> Result<(), Failure> {
    let missing = service.adopt_master_key().await?;
    let Some(name) = missing.first() else { return Ok(()) };
    Err(Failure::Environment(format!(
        "something is still sealed under the master key {name:08x}, which is not configured: add its file to \
         other_master_key_files and run 'machikagi keys reseal'; without it what it sealed is lost"
    )))
}

/// SQLite migrates itself; PostgreSQL is migrated by its owner, before a new version serves.
async fn bring_up_to_date(configuration: &Configuration) -> Result<(), Failure> {
    let url = configuration.database.url.expose_secret();
    if configuration.database.is_sqlite() {
        return migration::up(url)
            .await
            .map_err(|_| Failure::Environment("the SQLite file could not be brought up to date".to_owned()));
    }
    let pending = migration::pending(url).await.map_err(|_| {
        Failure::Environment("the database does not answer; is DATABASE_URL right, and is it running?".to_owned())
    })?;
    if pending.is_empty() {
        return Ok(());
    }
    Err(Failure::Environment(format!(
        "the database lacks {} migration(s), first {}; run 'machikagi migrate' with DATABASE_OWNER_URL",
        pending.len(),
        pending.first().map(String::as_str).unwrap_or_default()
    )))
}

/// Makes the directory and the files of SQLite, for nobody else's eyes.
pub(crate) fn prepare_files(database: &DatabaseSettings) -> Result<(), Failure> {
    let Some(file) = database.file() else { return Ok(()) };
    make_directory_of(&file)?;
    database.close_files_to_others().map_err(|error| {
        Failure::Environment(format!("the database {} could not be closed to others: {error}", file.display()))
    })
}

fn make_directory_of(file: &Path) -> Result<(), Failure> {
    match file.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => make_directory(directory),
        _ => Ok(()),
    }
}

fn make_directory(directory: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    // Whoever may read the database and the key may read everything.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| {
        Failure::Environment(format!("the directory {} could not be made: {error}", directory.display()))
    })
}

/// The key that seals, and those that only open.
fn master_keys(configuration: &Configuration, loopback: bool) -> Result<MasterKey, Failure> {
    let mut key = MasterKey::new(&*master_key(configuration, loopback)?)?;
    for file in &configuration.other_master_key_files {
        key = key.and(SoftwareKey::new(&*read_key(file)?)?);
    }
    Ok(key)
}

/// Reads the master key; on a developer's machine with SQLite it is made on the first start. Anywhere else a missing key is
/// a mistake: with a new one nothing sealed would open again.
fn master_key(configuration: &Configuration, loopback: bool) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let file = &configuration.master_key_file;
    if !file.exists() && loopback && configuration.database.is_sqlite() {
        make_directory_of(file)?;
        write_new_key(file)?;
    }
    read_key(file)
}

fn read_key(file: &Path) -> Result<Zeroizing<[u8; 32]>, Failure> {
    let failure = |problem: &str| Failure::Environment(format!("the master key file {}: {problem}", file.display()));
    let text = std::fs::read_to_string(file).map(Zeroizing::new).map_err(|_| failure("cannot be read"))?;
    refuse_readable_by_others(file)?;
    let mut key = Zeroizing::new([0; 32]);
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| failure("is not base64"))?);
    if bytes.len() != key.len() {
        return Err(failure("does not hold 32 bytes in base64; 'openssl rand -base64 32' makes one"));
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}

fn write_new_key(file: &Path) -> Result<(), Failure> {
    use std::io::Write;
    let bytes = Zeroizing::new(Rng::system().bytes::<32>()?);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut open| writeln!(open, "{}", STANDARD.encode(*bytes)));
    written.map_err(|error| {
        Failure::Environment(format!("the master key {} could not be written: {error}", file.display()))
    })
}

#[cfg(unix)]
fn refuse_readable_by_others(file: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).map(|metadata| metadata.permissions().mode()).unwrap_or_default();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::Environment(format!("the master key file {0} is open to others; run 'chmod 600 {0}'", file.display())))
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_file: &Path) -> Result<(), Failure> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn nobody_else_reads_what_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path().join("data");
        // A database that an earlier version left open to others, in a directory that is.
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("kept.db"), []).unwrap();
        for (path, mode) in [(at.clone(), 0o755), (at.join("kept.db"), 0o644)] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        for name in ["kept.db", "new.db"] {
            let file = directory.path().join("machikagi.toml");
            let text = format!(
                "public_base_url = \"http://localhost:3000\"\nmaster_key_file = \"{0}/master.key\"\n\
                 [database]\nurl = \"sqlite://{0}/{name}\"\n",
                at.display()
            );
            std::fs::write(&file, text).unwrap();
            let service = connect(&Configuration::read(Some(&file)).unwrap()).await.unwrap();
            service.sweep_accounts().await.unwrap();
            let modes: BTreeMap<String, u32> = std::fs::read_dir(&at)
                .unwrap()
                .map(|entry| entry.unwrap())
                .map(|entry| {
                    let mode = entry.metadata().unwrap().permissions().mode();
                    (entry.file_name().into_string().unwrap(), mode & 0o777)
                })
                .collect();
            for kept in [name.to_owned(), format!("{name}-wal"), format!("{name}-shm"), format!("{name}-epochs")] {
                assert_eq!(modes.get(&kept), Some(&0o600), "{kept}: {modes:?}");
            }
        }
    }
}
