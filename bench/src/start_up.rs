//! How long a server takes from its start to its first answer, and what it weighs then.

use std::fmt;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use domain::paths;
use http::{Request, StatusCode};
use http_body_util::Full;
use rustix::process::{Pid, Signal, kill_process};
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::Failure;
use crate::ambient::Stopwatch;
use crate::connection::{Connection, Origin};
use crate::latency::{Latencies, Summary};
use crate::process;

/// Who is not ready by then never will be.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look; the error of the measurement.
const POLL: Duration = Duration::from_millis(2);

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct StartUp {
    /// From start to ready.
    ready: Summary,
    /// The largest resident memory when ready.
    resident_mib: f64,
}

/// Starts the server `runs` times, and once before, so that its files are in memory and its schema is up to date.
///
/// # Errors
/// If somebody listens there already, or the server does not become ready.
pub(crate) async fn measure(origin: &Origin, command: &[String], runs: u32) -> Result<StartUp, Failure> {
    if TcpStream::connect(origin.address()).await.is_ok() {
        return Err(Failure::new(format!("something listens at {} already", origin.as_str())));
    }
    let (mut ready, mut resident_mib) = (Latencies::default(), 0.0_f64);
    for run in 0..=runs {
        let started = Stopwatch::start();
        let mut server = spawn(command)?;
        let outcome = until_ready(origin, &mut server).await;
        let took = started.elapsed();
        let weight = server.id().map(process::memory);
        stop(server).await?;
        outcome?;
        if run > 0 {
            ready.add(took);
            resident_mib = resident_mib.max(weight.transpose()?.map_or(0.0, |memory| memory.resident_mib));
        }
    }
    Ok(StartUp { ready: ready.summary(), resident_mib })
}

fn spawn(command: &[String]) -> Result<Child, Failure> {
    let (program, arguments) =
        command.split_first().ok_or_else(|| Failure::new("no command to start the server with"))?;
    let mut child = Command::new(program);
    child.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    child.spawn().map_err(|error| Failure::new(format!("{program}: {error}")))
}

async fn until_ready(origin: &Origin, server: &mut Child) -> Result<(), Failure> {
    let ready = async {
        let mut connection = Connection::new(origin);
        loop {
            let request = Request::get(paths::readyz()).body(Full::<Bytes>::default());
            let request = request.map_err(|_| Failure::new("no request"))?;
            match connection.send(request).await {
                Ok((parts, _)) if parts.status == StatusCode::OK => return Ok(()),
                _ => sleep(POLL).await,
            }
        }
    };
    tokio::select! {
        ready = timeout(PATIENCE, ready) => ready.unwrap_or_else(|_| Err(Failure::new("not ready within 30 s"))),
        _ = server.wait() => Err(Failure::new("the server ended by itself; start it by hand to see why")),
    }
}

/// As an operator stops it, so that the next start finds nothing to repair.
async fn stop(mut server: Child) -> Result<(), Failure> {
    let pid = server.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    if let Some(pid) = pid {
        // It may have ended just now.
        let _ = kill_process(pid, Signal::TERM);
    }
    if timeout(PATIENCE, server.wait()).await.is_err() {
        server.kill().await.map_err(|_| Failure::new("the server cannot be stopped"))?;
    }
    Ok(())
}

impl fmt::Display for StartUp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { count, p50_ms, max_ms, .. } = self.ready;
        write!(
            out,
            "{count} starts: ready after {p50_ms:.0} ms (p50), {max_ms:.0} ms at most; {:.1} MiB resident",
            self.resident_mib
        )
    }
}
