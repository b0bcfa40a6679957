//! What is done by the clock beside serving: jobs that are due, and the deletion of what has expired. Any number of server
//! processes may do it beside each other: a job is leased, and deleting twice is deleting once.

use std::sync::Arc;
use std::time::Duration;

use service::Service;

/// Between two looks at what is due.
const PAUSE: Duration = Duration::from_secs(60);
/// Looks after which every town was looked at for what has expired.
const PARTS: usize = 5;

/// Works until the program ends. What fails is logged and tried again at the next look.
pub(crate) async fn work(service: Arc<Service>) {
    for part in (0..PARTS).cycle() {
        if let Err(error) = service.run_due_jobs().await {
            tracing::warn!(%error, "jobs could not be looked for");
        }
        if let Err(error) = service.sweep_part(part, PARTS).await {
            tracing::warn!(%error, "what has expired could not be deleted");
        }
        tokio::time::sleep(PAUSE).await;
    }
}
