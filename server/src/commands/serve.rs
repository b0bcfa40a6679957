//! `machikagi serve`.

use std::net::SocketAddr;
use std::time::Duration;

use axum_server::Handle;
use tokio::net::TcpListener;

use crate::callers::Doorkeeper;
use crate::configuration::Configuration;
use crate::{Failure, background, observability, router, startup};

/// How long open requests may take after Ctrl-C or SIGTERM.
const GRACE: Duration = Duration::from_secs(20);
/// The largest head of a request: some cookies of 3.5 KB and an authorization request in the address.
const HEAD_BYTES: usize = 64 * 1024;

pub(crate) async fn run(configuration: Configuration) -> Result<(), Failure> {
    observability::log_as_json();
    let metrics = observability::measure()?;
    let service = startup::connect(&configuration).await?;
    refuse_public_sandbox(&configuration, &service).await?;
    if !configuration.base_url()?.is_https() {
        tracing::warn!("public_base_url is http: cookies are not Secure; for this machine only");
    }
    if configuration.mail.smtp.is_none() && configuration.mail.directory.is_none() {
        tracing::warn!("no way for mails is set (mail.smtp): staff are told nothing by mail");
    }
    let router = router::build(&configuration, std::sync::Arc::clone(&service))?;
    let listener = bind(configuration.listen).await?;
    tokio::spawn(background::work(service));
    tokio::spawn(observability::keep_up(metrics.clone()));
    let at_metrics = bind(configuration.metrics.listen).await?;
    tokio::spawn(async move {
        let served = axum::serve(at_metrics, observability::router(metrics)).await;
        if served.is_err() {
            tracing::error!("metrics are no longer served");
        }
    });
    tracing::info!(listen = %configuration.listen, public_base_url = configuration.public_base_url, "serving");
    let handle = Handle::new();
    let most = usize::try_from(configuration.limits.connections.get()).unwrap_or(usize::MAX);
    let idle = Duration::from_secs(configuration.limits.idle_seconds.get().into());
    let mut server = axum_server::Server::<SocketAddr>::from_listener(listener)
        .handle(handle.clone())
        .acceptor(Doorkeeper { handle: handle.clone(), most })
        .first_request_timeout(idle)
        .http1_only();
    server.http_builder().http1().header_read_timeout(idle).max_buf_size(HEAD_BYTES);
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping: open requests are finished first");
        handle.graceful_shutdown(Some(GRACE));
    });
    let served = server.serve(router.into_make_service_with_connect_info::<SocketAddr>()).await;
    served.map_err(|error| Failure::Environment(format!("the server ended: {error}")))
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
