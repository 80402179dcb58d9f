use std::{io, sync::Arc, time::Duration};

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ClientLimit, HttpService, Peer, Refusal, Settings,
    admission::{Admission, OpenConnections},
    connection,
    overflow::{OnRefused, Overflow},
};

/// After how long a silence the kernel asks whether the peer is still there.
const KEEPALIVE: Duration = Duration::from_mins(1);
/// The pause after a failed accept: file descriptors may be free again by then.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves HTTP/1.1 connections, and writes [event streams](crate::EventStream) with next to no memory for each.
pub struct Server<S, O> {
    settings: Settings,
    service: S,
    overflow: O,
    clients: Arc<ClientLimit>,
    on_refused: OnRefused,
    open: OpenConnections,
}

impl<S: HttpService, O: HttpService> Server<S, O> {
    /// Answers requests by `service`, and by `overflow` the one request that a connection past a limit has. That one
    /// finds a [`Refusal`] in its extensions, and puts it into those of a response that refuses.
    pub fn new(settings: Settings, service: S, overflow: O) -> Self {
        let clients = Arc::new(ClientLimit::none());
        let (on_refused, open): (OnRefused, _) = (Arc::new(|_| {}), OpenConnections::default());
        Self { settings, service, overflow, clients, on_refused, open }
    }

    /// Limits the connections of each client.
    #[must_use]
    pub fn limit_clients(self, clients: Arc<ClientLimit>) -> Self {
        Self { clients, ..self }
    }

    /// Calls this for each refused connection, whether or not the client received the refusal.
    #[must_use]
    pub fn on_refused(self, on_refused: impl Fn(Refusal) + Send + Sync + 'static) -> Self {
        Self { on_refused: Arc::new(on_refused), ..self }
    }

    /// Counts the connections that are open, also while the server runs.
    #[must_use]
    pub fn open_connections(&self) -> OpenConnections {
        self.open.clone()
    }

    /// Serves until `stop` is cancelled, and then until all connections have ended: requests under way are answered,
    /// event streams end, and their clients reconnect. [`Settings::drain_timeout`] is what they have for it.
    pub async fn run(self, listener: TcpListener, stop: CancellationToken) {
        let connections = TaskTracker::new();
        self.accept(listener, &connections, &stop).await;
        connections.close();
        connections.wait().await;
    }

    async fn accept(self, listener: TcpListener, connections: &TaskTracker, stop: &CancellationToken) {
        let admission = Arc::new(Admission::new(self.settings, self.clients, self.open));
        let mut overflow = Overflow::new(self.overflow, self.on_refused);
        while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
            match accepted {
                Ok((socket, peer)) => {
                    if let Err(error) = tune(&socket, admission.settings.write_timeout) {
                        tracing::debug!(%error, "can't tune a connection");
                    }
                    match admission.admit(peer.ip()) {
                        Ok(permit) => {
                            let service = self.service.clone();
                            connections.spawn(connection::serve(socket, permit, service, stop.clone()));
                        }
                        Err(refusal) => {
                            connections.spawn(overflow.receive(socket, Peer(peer.ip()), refusal));
                        }
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
}

fn tune(socket: &TcpStream, write_timeout: Duration) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let socket = SockRef::from(socket);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE / 6))?;
    // Closes the connection of a client that vanished or does not read.
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(write_timeout))?;
    Ok(())
}

/// A peer that went away before it was accepted is no trouble of this process.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
