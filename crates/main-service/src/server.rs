//! Accepts connections and serves HTTP/1.1 on them.
//!
//! An accept loop of its own, on hyper, because an open stream is mostly an idle connection: its buffers are what
//! a gateway's memory would go to. [`event_stream`] does without them.

mod connection;
mod event_stream;
mod wire;

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use axum::Router;
use futures_util::FutureExt;
use service::Lifecycle;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// How long a client may be silent before a request, and then how long it may take to send its headers.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// After how long of silence the kernel asks whether the peer is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);
/// What a connection past the limit is told, before it has said anything.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n\
    connection: close\r\ncontent-length: 111\r\n\r\n\
    {\"success\":false,\"code\":\"too_many_connections\",\"message\":\"too many connections; try again shortly\",\"errors\":[]}";
/// How many are told so at once; beyond that they are closed without a word.
pub(crate) const REFUSED_AT_ONCE: usize = 256;
/// How long that may take.
const REFUSAL_PATIENCE: Duration = Duration::from_secs(1);
/// The pause after a failed accept: file descriptors may be free again by then.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who is at the other end of a connection: an extension of each of its requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// How connections are to be treated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many there may be at once.
    pub(crate) connections: usize,
    /// For how long a peer may take nothing of what it was sent. Every stream sends something every 15 s.
    pub(crate) peer_timeout: Duration,
    /// How long connections have for their end when the gateway stops.
    pub(crate) farewell: Duration,
}

/// Serves until it is time to stop.
pub(crate) async fn run(listener: TcpListener, router: Router, limits: Limits, lifecycle: Lifecycle) {
    let stop = lifecycle.stop_token().clone();
    let places = Arc::new(Semaphore::new(limits.connections));
    let refusals = Arc::new(Semaphore::new(REFUSED_AT_ONCE));
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((socket, peer)) => {
                if let Err(error) = tune(&socket, limits.peer_timeout) {
                    tracing::debug!(%error, "can't tune a connection");
                }
                if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    let serving =
                        connection::serve(socket, Peer(peer.ip()), router.clone(), limits, stop.clone());
                    lifecycle.spawn(serving.map(|()| drop(place)));
                } else if let Ok(place) = Arc::clone(&refusals).try_acquire_owned() {
                    lifecycle.spawn(refuse(socket).map(|()| drop(place)));
                }
            }
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "can't accept a connection");
                stop.run_until_cancelled(tokio::time::sleep(ACCEPT_PAUSE)).await;
            }
        }
    }
}

/// Tells a client that there is no room, and lets go of it. What it sends is read for a moment: a socket that is
/// closed with something unread takes the answer back.
async fn refuse(mut socket: TcpStream) {
    let told = async {
        socket.write_all(REFUSAL).await?;
        socket.shutdown().await?;
        let mut sink = [0; 1024];
        while socket.read(&mut sink).await? > 0 {}
        io::Result::Ok(())
    };
    // Whether the client listened makes no difference here.
    let _ = tokio::time::timeout(REFUSAL_PATIENCE, told).await;
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
