use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The most connections at once. Scrapers and probes need one each; further ones wait.
const MAX_CONNECTIONS: usize = 32;
/// How long a connection may take, from its start to the end of its response.
const MAX_DURATION: Duration = Duration::from_secs(10);
/// How long a client may take to send its request. Short, so that silent clients don't keep probes waiting.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(1);
/// The pause after a connection could not be accepted, such as for want of open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The operators' port, open.
#[derive(Debug)]
pub struct Port(TcpListener);

/// The operators' port can't be opened.
#[derive(Debug, thiserror::Error)]
#[error("METRICS_PORT {port} can't be opened: {source}")]
pub struct PortUnavailable {
    port: u16,
    source: io::Error,
}

impl Port {
    /// Opens `port` on all interfaces; `None` if it is 0, which turns the operators' port off.
    pub async fn open(port: u16) -> Result<Option<Self>, PortUnavailable> {
        if port == 0 {
            return Ok(None);
        }
        // All interfaces, of both kinds; those of IPv4 alone on a host without IPv6.
        let bound = match TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await {
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await
            }
            bound => bound,
        };
        bound.map(|listener| Some(Self(listener))).map_err(|source| PortUnavailable { port, source })
    }

    /// Serves `router` until `stop`, then finishes the requests in progress.
    ///
    /// A connection serves one request and has a time limit in total. So no client can hold one, and there is nothing
    /// to configure.
    pub async fn serve(self, router: Router, stop: CancellationToken) {
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let connections = TaskTracker::new();
        let accept = async {
            loop {
                // Never closed.
                let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
                match self.0.accept().await {
                    Ok((stream, _)) => {
                        let router = router.clone();
                        connections.spawn(async move {
                            serve_connection(stream, router).await;
                            drop(permit);
                        });
                    }
                    Err(error) => {
                        tracing::debug!(%error, "could not accept a connection on the operators' port");
                        sleep(ACCEPT_PAUSE).await;
                    }
                }
            }
        };
        stop.run_until_cancelled(accept).await;
        connections.close();
        connections.wait().await;
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIMEOUT)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    match timeout(MAX_DURATION, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a connection of the operators' port failed"),
        Err(_) => tracing::debug!("a connection of the operators' port took too long"),
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn served() -> (u16, CancellationToken) {
        let port = Port(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap());
        let number = port.0.local_addr().unwrap().port();
        let stop = CancellationToken::new();
        tokio::spawn(port.serve(Router::new().route("/", get(async || "here")), stop.clone()));
        (number, stop)
    }

    async fn ask(port: u16) -> io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await?;
        let mut response = String::new();
        stream.read_to_string(&mut response).await?;
        Ok(response)
    }

    #[tokio::test]
    async fn silent_clients_hold_no_connection_for_good() {
        let (port, _stop) = served().await;
        let mut silent = Vec::new();
        for _ in 0..MAX_CONNECTIONS {
            silent.push(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap());
        }
        // Only once their time is over.
        let response = timeout(20 * REQUEST_TIMEOUT, ask(port)).await.unwrap().unwrap();
        assert!(response.ends_with("here"), "{response}");
    }

    #[tokio::test]
    async fn a_port_in_use_is_an_error_that_names_the_setting() {
        let taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Port::open(port).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("METRICS_PORT {port} can't be opened: ")), "{error}");
        assert!(Port::open(0).await.unwrap().is_none());
    }
}
