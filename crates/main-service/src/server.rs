//! Accepts connections and serves HTTP/1.1 on them.
//!
//! An accept loop of its own, on hyper, because an open stream is mostly an idle connection: its buffers are what
//! a gateway's memory goes to.

use std::{io, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use service::Lifecycle;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// How long a client may take to send the headers of a request, an idle connection between two included.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// After how long of silence the kernel asks whether the peer is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);
/// The pause after a failed accept: file descriptors may be free again by then.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until it is time to stop. A peer that takes nothing for `peer_timeout` is cut off; every stream sends
/// something every 15 s.
pub(crate) async fn run(listener: TcpListener, router: Router, peer_timeout: Duration, lifecycle: Lifecycle) {
    let stop = lifecycle.stop_token().clone();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((socket, _)) => {
                if let Err(error) = tune(&socket, peer_timeout) {
                    tracing::debug!(%error, "can't tune a connection");
                }
                lifecycle.spawn(serve(socket, router.clone(), stop.clone()));
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "can't accept a connection");
                stop.run_until_cancelled(tokio::time::sleep(ACCEPT_PAUSE)).await;
            }
        }
    }
}

async fn serve(socket: TcpStream, router: Router, stop: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(socket), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            // Answers what is under way, streams included, which the hub has told to end; takes nothing new.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

fn tune(socket: &TcpStream, peer_timeout: Duration) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let socket = SockRef::from(socket);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 6))?;
    // Closes the connection of a peer that vanished, and of one that takes nothing although there is something.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(peer_timeout))?;
    Ok(())
}

/// A peer that went away before it was accepted is no trouble of this process.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
