//! The files of an SQLite database. They hold everything, and are for the eyes of the account that serves.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::PathBuf;

use secrecy::ExposeSecret;

use super::epochs::beside;
use super::pools::DatabaseSettings;

impl DatabaseSettings {
    /// The file of an SQLite database; none of PostgreSQL.
    pub fn file(&self) -> Option<PathBuf> {
        path(self.url.expose_secret())
    }

    /// Makes the files that SQLite would make by itself, readable by nobody else: SQLite leaves that to the umask, and gives its
    /// journals the mode of the file that they belong to. Files that are there already are closed to others. Nothing is done for
    /// PostgreSQL. The directory has to be there.
    ///
    /// # Errors
    /// What the file system refused.
    pub fn close_files_to_others(&self) -> io::Result<()> {
        let url = self.url.expose_secret();
        let (Some(database), Some(keys)) = (path(url), path(&beside(url))) else { return Ok(()) };
        for file in [&database, &keys] {
            open_or_make(file)?;
        }
        for (file, journals) in [(database, ["-wal", "-shm"].as_slice()), (keys, &["-journal"])] {
            let journals = journals.iter().map(|journal| {
                let mut name = file.clone().into_os_string();
                name.push(journal);
                PathBuf::from(name)
            });
            for journal in journals.filter(|journal| journal.exists()) {
                close(&OpenOptions::new().append(true).open(journal)?)?;
            }
        }
        Ok(())
    }
}

/// The file that an SQLite URL names.
fn path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    path.split('?').next().filter(|path| !path.is_empty() && *path != ":memory:").map(PathBuf::from)
}

fn open_or_make(file: &PathBuf) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    close(&options.open(file)?)
}

#[cfg(unix)]
fn close(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(0o600);
    file.set_permissions(permissions)
}

#[cfg(not(unix))]
fn close(_file: &File) -> io::Result<()> {
    Ok(())
}
