//! Accepts connections and serves HTTP/1.1 on them.
//!
//! An accept loop of its own, on hyper, because an open stream is mostly an idle connection: its buffers are what
//! a gateway's memory would go to. [`event_stream`] does without them. [`door`] says how many there may be, and [`reserve`]
//! answers for health past that.

mod connection;
mod door;
mod event_stream;
mod reserve;
mod wire;

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use axum::Router;
use service::Lifecycle;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};

use crate::{clients::Clients, refusals::Refusals};
use door::Door;
use reserve::Reserve;

pub(crate) use reserve::RESERVED;

/// After how long of silence the kernel asks whether the peer is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);
/// The pause after a failed accept: file descriptors may be free again by then.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Who is at the other end of a connection: an extension of each of its requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Why a connection is one too many: an extension of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There are as many as there may be.
    Full,
    /// Its client has as many as one client may.
    OfClient,
}

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

/// What answers, and what is counted.
#[derive(Debug)]
pub(crate) struct Front {
    /// Answers requests.
    pub(crate) router: Router,
    /// Answers those of connections past a limit.
    pub(crate) reserve: Router,
    /// How many connections each client has.
    pub(crate) clients: Arc<Clients>,
    /// Where connections that are refused are counted.
    pub(crate) refusals: Arc<Refusals>,
}

/// Serves until it is time to stop.
pub(crate) async fn run(listener: TcpListener, front: Front, limits: Limits, lifecycle: Lifecycle) {
    let stop = lifecycle.stop_token().clone();
    let door = Arc::new(Door::new(limits.connections, front.clients));
    let mut reserve = Reserve::new(front.reserve, front.refusals);
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((socket, peer)) => {
                if let Err(error) = tune(&socket, limits.peer_timeout) {
                    tracing::debug!(%error, "can't tune a connection");
                }
                match door.admit(peer.ip()) {
                    Ok(place) => {
                        let router = front.router.clone();
                        lifecycle.spawn(connection::serve(socket, place, router, limits, stop.clone()));
                    }
                    Err(refusal) => lifecycle.spawn(reserve.receive(socket, Peer(peer.ip()), refusal)),
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
