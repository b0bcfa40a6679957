//! What is done by the clock beside serving: jobs that are due, the deletion of what has expired, notices to services, mails to
//! staff, and notes about identity providers that do not answer. Any number of server processes may do it beside each other: a job is leased,
//! deleting twice is deleting once, and noting twice is noting once.

use std::sync::Arc;
use std::time::Duration;

use service::Service;

/// Between two looks at what is due.
const PAUSE: Duration = Duration::from_secs(60);
/// Looks after which every town was looked at for what has expired.
const PARTS: usize = 5;

/// Works until the program ends. What fails is logged and tried again at the next look.
pub(crate) async fn work(service: Arc<Service>) {
    let notices = async { tokio::join!(send_notices(&service), send_notices(&service), send_notices(&service)) };
    tokio::join!(keep_house(&service), note_outages(&service), send_mails(&service), notices);
}

/// Apart from everything else, because a mail server may take its time.
async fn send_mails(service: &Service) {
    loop {
        if let Err(error) = service.send_due_mails().await {
            tracing::warn!(%error, "mails could not be looked for");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Apart from the other jobs, because staff want to know of it whatever else there is to do.
async fn note_outages(service: &Service) {
    loop {
        tokio::time::sleep(PAUSE).await;
        if let Err(error) = service.note_outages().await {
            tracing::warn!(%error, "outages of identity providers could not be noted");
        }
    }
}

async fn keep_house(service: &Service) {
    for part in (0..PARTS).cycle() {
        if let Err(error) = service.run_due_jobs().await {
            tracing::warn!(%error, "jobs could not be looked for");
        }
        if let Err(error) = service.sweep_part(part, PARTS).await {
            tracing::warn!(%error, "what has expired could not be deleted");
        }
        if let Err(error) = service.sweep_mails().await {
            tracing::warn!(%error, "old mails could not be forgotten");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// At once after this process wrote some, and every minute for those of a process that died, or of a service that was away. More
/// than one at a time, each at another town: who waits for a service that is silent keeps the others from nothing.
async fn send_notices(service: &Service) {
    loop {
        if let Err(error) = service.send_due_notices().await {
            tracing::warn!(%error, "notices could not be looked for");
        }
        let _ = tokio::time::timeout(PAUSE, service.notices_written()).await;
    }
}
