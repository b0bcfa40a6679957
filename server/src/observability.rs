//! Logs and metrics. A line about a request holds route template, status, duration and the request's id; no path, query,
//! header, body or address, because those are about people.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::Failure;

/// So often what was measured is counted.
const BETWEEN_COUNTS: Duration = Duration::from_secs(5);

/// Structured lines on standard output; `RUST_LOG` chooses which.
pub(crate) fn log_as_json() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    // Already set only where several servers run in one process, in tests.
    let _ = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).try_init();
}

/// Starts counting.
pub(crate) fn measure() -> Result<PrometheusHandle, Failure> {
    let buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
    PrometheusBuilder::new()
        .set_buckets(&buckets)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|_| Failure::Environment("metrics could not be started".to_owned()))
}

/// Counts what was measured into its histograms, until the program ends: else each measurement waits for somebody to read the
/// metrics, and where nobody does, memory grows with every request.
pub(crate) async fn keep_up(handle: PrometheusHandle) {
    loop {
        tokio::time::sleep(BETWEEN_COUNTS).await;
        handle.run_upkeep();
    }
}

/// What listens on the address of the metrics.
pub(crate) fn router(handle: PrometheusHandle) -> Router {
    let path = domain::paths::Route::Metrics.template();
    Router::new().route(path, get(move || async move { handle.render() }))
}
