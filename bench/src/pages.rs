//! How long console pages take: one clerk, one page after the other, over the loopback interface.

use std::fmt;

use domain::names::TenantSlug;
use domain::paths;
use http::StatusCode;
use serde::Serialize;
use totp_rs::{Builder, Secret};

use crate::Failure;
use crate::ambient::{Stopwatch, seconds_now};
use crate::browser::{Arrived, Browser, Page};
use crate::connection::Connection;
use crate::cookies::Jar;
use crate::latency::{Latencies, Summary};
use crate::markup::Form;
use crate::towns::{Staff, Town, Towns};

/// Mail address and password, then the code: no sign-in has more steps.
const MAX_STEPS: usize = 4;
/// Before anything is counted.
const WARM_UP: u32 = 3;

/// A page and how long it took.
#[derive(Debug, Serialize)]
pub(crate) struct PageTime {
    path: String,
    bytes: usize,
    #[serde(flatten)]
    took: Summary,
}

/// Signs in as somebody of the town and opens each page `count` times.
///
/// # Errors
/// If the sign-in fails, or a page does not come.
pub(crate) async fn measure(towns: &Towns, slug: &str, role: &str, count: u32) -> Result<Vec<PageTime>, Failure> {
    let origin = towns.origin()?;
    let (town, staff) = towns.staff(slug, role)?;
    let (mut connection, mut jar) = (Connection::new(&origin), Jar::default());
    let mut browser = Browser::new(&origin, &mut connection, &mut jar);
    sign_in(&mut browser, staff).await.map_err(|failure| failure.at("sign-in to the console"))?;
    let mut times = Vec::new();
    for path in console(town)? {
        let (mut took, mut bytes) = (Latencies::default(), 0);
        for round in 0..count + WARM_UP {
            let started = Stopwatch::start();
            let arrived = browser.open(&path).await?;
            let elapsed = started.elapsed();
            let Arrived::Page(Page { status: StatusCode::OK, path: at, html }) = arrived else {
                return Err(Failure::new(format!("{path} is no page for the role {role}")));
            };
            if at != path {
                return Err(Failure::new(format!("{path} leads to {at}")));
            }
            bytes = html.len();
            if round >= WARM_UP {
                took.add(elapsed);
            }
        }
        times.push(PageTime { path, bytes, took: took.summary() });
    }
    Ok(times)
}

fn console(town: &Town) -> Result<Vec<String>, Failure> {
    let slug = TenantSlug::parse(&town.slug).map_err(|_| Failure::new("a town with an impossible name"))?;
    Ok(vec![
        paths::console_overview(&slug),
        paths::console_relying_parties(&slug),
        paths::console_residency_rules(&slug),
        paths::console_consent_texts(&slug),
        paths::console_decisions(&slug),
        paths::console_usage(&slug),
        paths::console_staff(&slug),
        paths::console_audit(&slug),
        paths::console_settings(&slug),
        paths::town(&slug),
    ])
}

/// Fills whichever fields a step shows, known by what a password manager would put in.
async fn sign_in(browser: &mut Browser<'_>, staff: &Staff) -> Result<(), Failure> {
    let mut arrived = browser.open(&paths::account_sign_in()).await?;
    let mut filled = false;
    for _ in 0..MAX_STEPS {
        let Arrived::Page(page) = arrived else { return Err(Failure::new("it leads away")) };
        let code = one_time_code(&staff.totp_secret, seconds_now())?;
        let values = [("username", &staff.mail), ("current-password", &staff.password), ("one-time-code", &code)];
        let forms = Form::all(&page.html);
        let fill = |form: &Form| -> Vec<(String, String)> {
            let wanted =
                |field: &&crate::markup::Field, kind: &str| field.autocomplete.split(' ').any(|word| word == kind);
            let pairs = values.iter().filter_map(|(kind, value)| {
                let field = form.fields.iter().find(|field| wanted(field, kind))?;
                Some((field.name.clone(), (*value).clone()))
            });
            pairs.collect()
        };
        let step = forms.iter().map(|form| (form, fill(form))).find(|(form, typed)| form.posts && !typed.is_empty());
        let Some((form, typed)) = step else {
            return if filled { Ok(()) } else { Err(Failure::new(format!("nothing to fill in at {}", page.name()))) };
        };
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        arrived = browser.submit(&page, form, &typed).await?;
        filled = true;
    }
    Err(Failure::new("it does not end; was the one-time code used within the last 30 s?"))
}

fn one_time_code(secret: &str, now: u64) -> Result<String, Failure> {
    let wrong = || Failure::new("a one-time-code secret that is none");
    let secret = Secret::try_from_base32(secret).map_err(|_| wrong())?;
    // Six digits, 30 seconds, SHA-1: what the demo's file says.
    Ok(Builder::new().with_secret(secret).build().map_err(|_| wrong())?.generate(now).to_string())
}

impl fmt::Display for PageTime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { p50_ms, p99_ms, max_ms, .. } = self.took;
        write!(out, "{p50_ms:>8.2} ms p50 {p99_ms:>8.2} p99 {max_ms:>8.2} max {:>8} bytes  {}", self.bytes, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, the last six of its eight digits.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(one_time_code(secret, 59).unwrap(), "287082");
        assert_eq!(one_time_code(secret, 1_111_111_109).unwrap(), "081804");
        assert!(one_time_code("1", 59).is_err());
    }
}
