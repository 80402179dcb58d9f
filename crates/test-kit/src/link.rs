//! A proxy to a server, which can be slow, hold bytes back in either direction, break, or lead elsewhere. It can change
//! while it is in use.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

/// How many bytes are passed on at once. Small compared with a second of the slowest link.
const CHUNK: usize = 16 << 10;
/// The most chunks in transit in one direction of a connection.
const IN_TRANSIT: usize = 64;

/// A link that listens on its own port and passes each connection on to a server. Ends when it is dropped.
#[derive(Debug)]
pub struct Link {
    port: u16,
    terms: watch::Sender<Terms>,
    accepting: JoinHandle<()>,
}

/// What happens to bytes in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// They arrive.
    #[default]
    Open,
    /// They wait until this changes, like in a network partition.
    Held,
    /// They are lost, and so is anything after them on that connection, as if a router had forgotten it.
    Swallowed,
}

/// The current state of a link.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Where new connections lead. Open ones stay where they are.
    pub server: String,
    /// Bytes per second in each direction, for all connections together; `None`: no limit.
    pub rate: Option<u32>,
    /// How long each byte is in transit, in each direction.
    pub latency: Duration,
    /// From clients to the server.
    pub up: Flow,
    /// From the server to clients.
    pub down: Flow,
    /// Incremented by each cut.
    cuts: u64,
    /// Incremented whenever open connections are forgotten.
    forgets: u64,
}

impl Link {
    /// A link to this server, without limits or faults.
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a link listens");
        let port = listener.local_addr().expect("a port").port();
        let (rate, latency, flow) = (None, Duration::ZERO, Flow::Open);
        let terms = Terms { server, rate, latency, up: flow, down: flow, cuts: 0, forgets: 0 };
        let (terms, current) = watch::channel(terms);
        Self { port, terms, accepting: tokio::spawn(accept(listener, current)) }
    }

    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Changes its state.
    pub fn change(&self, change: impl FnOnce(&mut Terms)) {
        self.terms.send_modify(change);
    }

    /// Removes all limits and faults.
    pub fn heal(&self) {
        self.change(|terms| {
            (terms.rate, terms.latency, terms.up, terms.down) =
                (None, Duration::ZERO, Flow::Open, Flow::Open);
        });
    }

    /// Closes all connections. New ones work.
    pub fn cut(&self) {
        self.change(|terms| terms.cuts += 1);
    }

    /// Loses all bytes on the open connections, so that neither side notices. New ones work.
    pub fn forget(&self) {
        self.change(|terms| terms.forgets += 1);
    }

    /// Leads new connections to another server. Open ones stay, as behind a virtual address.
    pub fn lead_to(&self, server: String) {
        self.change(|terms| terms.server = server);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, terms: watch::Receiver<Terms>) {
    let directions = [Arc::new(Direction::default()), Arc::new(Direction::default())];
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(pass_on(client, directions.clone(), terms.clone()));
    }
}

/// Passes one connection on, until either side closes it or it is cut.
async fn pass_on(client: TcpStream, [up, down]: [Arc<Direction>; 2], mut terms: watch::Receiver<Terms>) {
    let (server, cuts) = {
        let now = terms.borrow();
        (now.server.clone(), now.cuts)
    };
    let Ok(server) = TcpStream::connect(server).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::select! {
        () = pump(from_client, to_server, &up, terms.clone(), |terms| terms.up) => {}
        () = pump(from_server, to_client, &down, terms.clone(), |terms| terms.down) => {}
        // Fails when the link is dropped.
        _ = terms.wait_for(|terms| terms.cuts != cuts) => {}
    }
}

/// Passes bytes on in one direction, until the sender closes its side or the receiver accepts no more.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    direction: &Direction,
    mut terms: watch::Receiver<Terms>,
    flow: fn(&Terms) -> Flow,
) {
    let (sender, mut in_transit) = mpsc::channel::<(Instant, Vec<u8>)>(IN_TRANSIT);
    let latency = terms.clone();
    let forgets = terms.borrow().forgets;
    let read = async move {
        let mut chunk = vec![0; CHUNK];
        while let Ok(length @ 1..) = from.read(&mut chunk).await {
            let arrives = Instant::now() + latency.borrow().latency;
            if sender.send((arrives, chunk[..length].to_vec())).await.is_err() {
                break;
            }
        }
    };
    let write = async move {
        let mut is_forgotten = false;
        while let Some((arrives, chunk)) = in_transit.recv().await {
            sleep_until(arrives).await;
            let Ok(now) = terms.wait_for(|terms| flow(terms) != Flow::Held).await.map(|now| now.clone())
            else {
                return;
            };
            is_forgotten |= flow(&now) == Flow::Swallowed || now.forgets != forgets;
            if is_forgotten {
                continue;
            }
            direction.pass(chunk.len(), now.rate).await;
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
    };
    // Writing ends when nothing is in transit any more, or when the receiver accepts no more.
    let read = async {
        read.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = read => {}
        () = write => {}
    }
}

/// One direction of a link, shared by its connections.
#[derive(Debug, Default)]
struct Direction {
    free_from: Mutex<Option<Instant>>,
}

impl Direction {
    /// Waits until these bytes have passed at this rate, after all earlier ones.
    async fn pass(&self, bytes: usize, rate: Option<u32>) {
        let Some(rate) = rate else { return };
        let takes = Duration::from_secs(1) * u32::try_from(bytes).unwrap_or(u32::MAX) / rate.max(1);
        let until = {
            let mut free_from = self.free_from.lock().unwrap_or_else(PoisonError::into_inner);
            let begins = free_from.map_or_else(Instant::now, |free| free.max(Instant::now()));
            *free_from.insert(begins + takes)
        };
        sleep_until(until).await;
    }
}
