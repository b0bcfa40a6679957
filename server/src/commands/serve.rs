//! `machikagi serve`.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::configuration::Configuration;
use crate::{Failure, background, observability, router, startup};

/// How long open requests may take after Ctrl-C or SIGTERM.
const GRACE: Duration = Duration::from_secs(20);

pub(crate) async fn run(configuration: Configuration) -> Result<(), Failure> {
    observability::log_as_json();
    let metrics = observability::measure(&configuration)?;
    let service = startup::connect(&configuration).await?;
    refuse_public_sandbox(&configuration, &service).await?;
    if !configuration.base_url()?.is_https() {
        tracing::warn!("public_base_url is http: cookies are not Secure; for this machine only");
    }
    let router = router::build(&configuration, std::sync::Arc::clone(&service))?;
    let listener = bind(configuration.listen).await?;
    tokio::spawn(background::work(service));
    if let (Some(address), Some(metrics)) = (configuration.metrics.listen, metrics) {
        let listener = bind(address).await?;
        tokio::spawn(async move {
            let served = axum::serve(listener, observability::router(metrics)).await;
            if served.is_err() {
                tracing::error!("metrics are no longer served");
            }
        });
    }
    tracing::info!(listen = %configuration.listen, public_base_url = configuration.public_base_url, "serving");
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let server = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            asked_to_stop().await;
            tracing::info!("stopping: open requests are finished first");
            // The receiver is the branch below; it is there as long as the server runs.
            let _ = stop.send(true);
        });
    let overdue = async move {
        // A sender that is gone without a word means that the server ended by itself: the other branch says how.
        if stopped.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = server => served.map_err(|error| Failure::Environment(format!("the server ended: {error}"))),
        () = overdue => {
            tracing::warn!("some requests took longer than the grace period and were ended");
            Ok(())
        }
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::Environment(format!("{address} cannot be listened on: {error}")))
}

/// A sandbox municipality accepts invented residents; on an address that others reach that needs a decision.
async fn refuse_public_sandbox(configuration: &Configuration, service: &service::Service) -> Result<(), Failure> {
    if configuration.sandbox.public || configuration.base_url()?.is_loopback() || !service.has_sandbox_tenants().await?
    {
        return Ok(());
    }
    let problem = "there are sandbox municipalities, and public_base_url can be reached by others; set sandbox.public = true \
                   if that is meant";
    Err(Failure::Environment(problem.to_owned()))
}

async fn asked_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
