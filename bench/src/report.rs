//! A run as text to read and as JSON to keep.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::latency::Summary;
use crate::load::{Outcome, Plan};

/// Everything that a run says.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    kind: &'static str,
    towns: usize,
    concurrency: usize,
    seconds: f64,
    flows_per_second: f64,
    flow: Summary,
    steps: Vec<Step>,
    failures: BTreeMap<String, u64>,
    cpu: Cpu,
    memory: Memory,
}

#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    #[serde(flatten)]
    took: Summary,
}

#[derive(Debug, Serialize)]
struct Cpu {
    server_seconds: f64,
    /// `None` on SQLite, whose work is the server's.
    database_seconds: Option<f64>,
    load_seconds: f64,
    flows_per_server_second: Option<f64>,
    flows_per_server_and_database_second: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Memory {
    before_mib: f64,
    resident_mib: f64,
    peak_mib: f64,
}

impl Report {
    /// Of a run.
    pub(crate) fn new(plan: &Plan, mut outcome: Outcome) -> Self {
        let flow = outcome.flows.summary();
        let steps = outcome.steps.iter_mut().map(|(name, took)| Step { name, took: took.summary() });
        let used = &outcome.used;
        #[expect(clippy::cast_precision_loss, reason = "a run has some ten thousand sign-ins")]
        let count = flow.count as f64;
        // Below a tenth of a second the table's ticks of 10 ms say too little.
        let per = |seconds: f64| (seconds >= 0.1).then(|| rounded(count / seconds));
        Self {
            kind: plan.kind.words(),
            towns: plan.towns,
            concurrency: plan.concurrency,
            seconds: rounded(outcome.window.as_secs_f64()),
            flows_per_second: rounded(count / outcome.window.as_secs_f64().max(f64::MIN_POSITIVE)),
            steps: steps.collect(),
            flow,
            failures: outcome.failures,
            cpu: Cpu {
                server_seconds: rounded(used.server),
                database_seconds: used.database.map(rounded),
                load_seconds: rounded(used.load),
                flows_per_server_second: per(used.server),
                flows_per_server_and_database_second: per(used.server + used.database.unwrap_or_default()),
            },
            memory: Memory {
                before_mib: rounded(used.memory_before.resident_mib),
                resident_mib: rounded(used.memory.resident_mib),
                peak_mib: rounded(used.memory.peak_mib),
            },
        }
    }
}

/// To three digits after the point: the rest is noise.
pub(crate) fn rounded(figure: f64) -> f64 {
    (figure * 1_000.0).round() / 1_000.0
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (flow, cpu) = (&self.flow, &self.cpu);
        writeln!(out, "{}, {} town(s), {} at once, {:.1} s", self.kind, self.towns, self.concurrency, self.seconds)?;
        writeln!(out, "  {:>9.1} flows/s ({} flows)", self.flows_per_second, flow.count)?;
        let figure = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.0}"));
        writeln!(out, "  {:>9} flows per CPU-second of the server", figure(cpu.flows_per_server_second))?;
        let both = figure(cpu.flows_per_server_and_database_second);
        writeln!(out, "  {both:>9} flows per CPU-second of server and database")?;
        let database =
            cpu.database_seconds.map_or_else(|| "within the server".to_owned(), |seconds| format!("{seconds:.2} s"));
        let (server, load) = (cpu.server_seconds, cpu.load_seconds);
        writeln!(out, "            CPU: server {server:.2} s, database {database}, this program {load:.2} s")?;
        let memory = &self.memory;
        let Memory { before_mib, resident_mib, peak_mib } = memory;
        writeln!(out, "  {resident_mib:>9.1} MiB resident ({before_mib:.1} before, {peak_mib:.1} at most)")?;
        writeln!(out, "  {:<14} {:>8} {:>9} {:>9} {:>9} {:>9}", "ms", "count", "p50", "p90", "p99", "max")?;
        let rows = self.steps.iter().map(|step| (step.name, &step.took));
        for (name, took) in [("whole flow", flow)].into_iter().chain(rows) {
            let Summary { count, p50_ms, p90_ms, p99_ms, max_ms } = took;
            writeln!(out, "  {name:<14} {count:>8} {p50_ms:>9.2} {p90_ms:>9.2} {p99_ms:>9.2} {max_ms:>9.2}")?;
        }
        let failed: u64 = self.failures.values().sum();
        write!(out, "  {failed} failed")?;
        for (what, count) in &self.failures {
            write!(out, "\n  {count:>9} × {what}")?;
        }
        Ok(())
    }
}
