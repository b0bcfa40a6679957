//! The towns to sign in at, with their services and staff: the file that `machikagi seed-demo` writes.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Failure;
use crate::connection::Origin;
use crate::proof::Method;

/// The file. Keys that no measurement needs are not read.
#[derive(Debug, Deserialize)]
pub(crate) struct Towns {
    /// The gateway's public base URL.
    pub(crate) base_url: String,
    /// The towns.
    pub(crate) towns: Vec<Town>,
}

/// A town.
#[derive(Debug, Deserialize)]
pub(crate) struct Town {
    /// As in `/t/showa`.
    pub(crate) slug: String,
    /// Exactly as in the discovery document.
    pub(crate) issuer: String,
    /// People with a console; generated towns have none.
    #[serde(default)]
    pub(crate) staff: Vec<Staff>,
    /// Services.
    pub(crate) relying_parties: Vec<RelyingParty>,
}

/// Somebody who may sign in to the console.
#[derive(Debug, Deserialize)]
pub(crate) struct Staff {
    /// `admin`, `drafter`, …
    pub(crate) role: String,
    /// Mail address.
    pub(crate) mail: String,
    /// Password.
    pub(crate) password: String,
    /// RFC 4648 base32.
    pub(crate) totp_secret: String,
}

/// A service at the town.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct RelyingParty {
    /// Which sample it is.
    pub(crate) key: String,
    /// Client id.
    pub(crate) client_id: String,
    /// How it proves who it is.
    #[serde(default)]
    pub(crate) authentication: Method,
    /// For those methods that have one.
    pub(crate) client_secret: String,
    /// For `private_key_jwt`: PKCS #8 in base64.
    #[serde(default)]
    pub(crate) private_key: String,
    /// Where codes go.
    pub(crate) redirect_uri: String,
    /// What it asks for.
    pub(crate) scopes: String,
}

impl Towns {
    /// Reads the file.
    ///
    /// # Errors
    /// If it is not there or not of this shape.
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let text = fs::read_to_string(file)
            .map_err(|_| Failure::new(format!("there is no {name}; `machikagi seed-demo` writes data/demo.json")))?;
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("{name}: {error}")))
    }

    /// The server that all of them are at.
    ///
    /// # Errors
    /// If it is not on this machine.
    pub(crate) fn origin(&self) -> Result<Origin, Failure> {
        Origin::parse(&self.base_url)
    }

    /// The first `count` towns that have the service, with it.
    ///
    /// # Errors
    /// If there are fewer.
    pub(crate) fn with_service(&self, count: usize, key: &str) -> Result<Vec<(&Town, &RelyingParty)>, Failure> {
        let with = self.towns.iter().filter_map(|town| {
            let service = town.relying_parties.iter().find(|service| service.key == key)?;
            Some((town, service))
        });
        let found: Vec<_> = with.take(count).collect();
        if found.len() < count || found.is_empty() {
            return Err(Failure::new(format!(
                "{} towns of the file have a service '{key}'; {count} are asked for",
                found.len()
            )));
        }
        Ok(found)
    }

    /// Somebody of a town who has a role.
    ///
    /// # Errors
    /// If there is nobody.
    pub(crate) fn staff(&self, slug: &str, role: &str) -> Result<(&Town, &Staff), Failure> {
        let town = self.towns.iter().find(|town| town.slug == slug);
        let staff = town.and_then(|town| Some((town, town.staff.iter().find(|person| person.role == role)?)));
        staff.ok_or_else(|| Failure::new(format!("the file names nobody at {slug} with the role {role}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"base_url":"http://localhost:3000","towns":[
        {"slug":"showa","name":"昭和村","issuer":"http://localhost:3000/t/showa",
         "staff":[{"role":"admin","name":"x","mail":"a@example.jp","password":"p","totp_secret":"JBSW"}],
         "relying_parties":[{"key":"library","name":"x","client_id":"c","client_secret":"s",
            "redirect_uri":"http://127.0.0.1:4001/showa/callback","start_url":"http://127.0.0.1:4001/showa","scopes":"openid residency"}]},
        {"slug":"seki","name":"関市","issuer":"http://localhost:3000/t/seki","relying_parties":[]}]}"#;

    #[test]
    fn the_demo_file_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("demo.json");
        assert!(Towns::read(&file).is_err());
        fs::write(&file, FILE).unwrap();
        let towns = Towns::read(&file).unwrap();
        assert_eq!(towns.origin().unwrap().as_str(), "http://localhost:3000");
        let found = towns.with_service(1, "library").unwrap();
        assert_eq!((found[0].0.slug.as_str(), found[0].1.client_id.as_str()), ("showa", "c"));
        assert!(towns.with_service(2, "library").is_err());
        assert_eq!(towns.staff("showa", "admin").unwrap().1.mail, "a@example.jp");
        assert!(towns.staff("seki", "admin").is_err() && towns.staff("showa", "auditor").is_err());
    }
}
