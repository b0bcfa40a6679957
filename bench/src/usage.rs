//! What server and database used during a run.

use std::path::Path;

use crate::Failure;
use crate::process::{self, Memory, Pid};

/// The processes to watch.
pub(crate) struct Meter {
    server: Pid,
    postmaster: Option<Pid>,
}

/// Processor seconds at one moment, since each process began.
pub(crate) struct Reading {
    server: f64,
    database: Option<f64>,
    load: f64,
    memory: Memory,
}

/// Processor seconds between two moments, and memory at the later one.
pub(crate) struct Used {
    /// The server's process.
    pub(crate) server: f64,
    /// All processes of the cluster; `None` on SQLite, whose work is the server's.
    pub(crate) database: Option<f64>,
    /// This program.
    pub(crate) load: f64,
    /// The server's memory at the earlier moment.
    pub(crate) memory_before: Memory,
    /// The server's memory.
    pub(crate) memory: Memory,
}

impl Meter {
    /// Watches the process that listens on the port (or the given one), and the cluster of a data directory.
    ///
    /// # Errors
    /// If one of them is not there.
    pub(crate) fn new(port: u16, server: Option<Pid>, cluster: Option<&Path>) -> Result<Self, Failure> {
        let server = server.map_or_else(|| process::listener(port), Ok)?;
        Ok(Self { server, postmaster: cluster.map(process::postmaster).transpose()? })
    }

    /// What was used so far.
    ///
    /// # Errors
    /// If a process is gone.
    pub(crate) fn read(&self) -> Result<Reading, Failure> {
        Ok(Reading {
            server: process::cpu_seconds(self.server)?,
            database: self.postmaster.map(process::family_cpu_seconds).transpose()?,
            load: process::own_cpu_seconds(),
            memory: process::memory(self.server)?,
        })
    }
}

impl Reading {
    /// What was used between an earlier reading and this one.
    pub(crate) fn since(&self, earlier: &Self) -> Used {
        Used {
            server: self.server - earlier.server,
            database: self.database.zip(earlier.database).map(|(now, then)| now - then),
            load: self.load - earlier.load,
            memory_before: earlier.memory,
            memory: self.memory,
        }
    }
}
