//! A link to a server that can be thin, slow, cut, deaf in one direction, or lead elsewhere, and change while it is used.

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

/// How much is carried at once. Small beside what the thinnest link carries in a second.
const CHUNK: usize = 16 << 10;
/// How many chunks are under way at once in one direction of a connection.
const UNDER_WAY: usize = 64;

/// A link that listens on a port of its own and carries each connection to a server. Ends with its value.
#[derive(Debug)]
pub struct Link {
    port: u16,
    terms: watch::Sender<Terms>,
    accepting: JoinHandle<()>,
}

/// What becomes of bytes in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// They arrive.
    #[default]
    Open,
    /// They wait until this changes, as where a network is partitioned for a while.
    Held,
    /// They are taken and never arrive, nor does anything after them on that connection: the way has forgotten it.
    Swallowed,
}

/// What a link is like at the moment.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Where new connections lead. Those that are open stay where they are.
    pub server: String,
    /// Bytes a second in each direction, of all connections together; `None`: as fast as can be.
    pub rate: Option<u32>,
    /// How long each byte is under way, in each direction.
    pub latency: Duration,
    /// From clients to the server.
    pub up: Flow,
    /// From the server to clients.
    pub down: Flow,
    /// Rises with each cut.
    cuts: u64,
    /// Rises whenever what is open is forgotten.
    forgets: u64,
}

impl Link {
    /// A link to this server that is as good as none.
    pub async fn to(server: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a link listens");
        let port = listener.local_addr().expect("a port").port();
        let (rate, latency, flow) = (None, Duration::ZERO, Flow::Open);
        let terms = Terms { server, rate, latency, up: flow, down: flow, cuts: 0, forgets: 0 };
        let (terms, current) = watch::channel(terms);
        Self { port, terms, accepting: tokio::spawn(accept(listener, current)) }
    }

    /// Where it is to be used.
    #[must_use]
    pub fn addr(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Changes what it is like.
    pub fn change(&self, change: impl FnOnce(&mut Terms)) {
        self.terms.send_modify(change);
    }

    /// Makes it as good as none again.
    pub fn heal(&self) {
        self.change(|terms| {
            (terms.rate, terms.latency, terms.up, terms.down) =
                (None, Duration::ZERO, Flow::Open, Flow::Open);
        });
    }

    /// Closes all connections. New ones get through.
    pub fn cut(&self) {
        self.change(|terms| terms.cuts += 1);
    }

    /// Swallows all on the connections that there are, so that neither end notices. New ones get through.
    pub fn forget(&self) {
        self.change(|terms| terms.forgets += 1);
    }

    /// New connections lead to another server; those that are open stay, as behind a virtual address.
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
    let lanes = [Arc::new(Lane::default()), Arc::new(Lane::default())];
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(carry(client, lanes.clone(), terms.clone()));
    }
}

/// Carries one connection, until it ends at either end or is cut.
async fn carry(client: TcpStream, [up, down]: [Arc<Lane>; 2], mut terms: watch::Receiver<Terms>) {
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
        // It fails when the link itself is gone.
        _ = terms.wait_for(|terms| terms.cuts != cuts) => {}
    }
}

/// Carries one direction until the end at which it begins is closed, or the other one takes no more.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    lane: &Lane,
    mut terms: watch::Receiver<Terms>,
    flow: fn(&Terms) -> Flow,
) {
    let (sender, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
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
        while let Some((arrives, chunk)) = under_way.recv().await {
            sleep_until(arrives).await;
            let Ok(now) = terms.wait_for(|terms| flow(terms) != Flow::Held).await.map(|now| now.clone())
            else {
                return;
            };
            is_forgotten |= flow(&now) == Flow::Swallowed || now.forgets != forgets;
            if is_forgotten {
                continue;
            }
            lane.turn(chunk.len(), now.rate).await;
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
    };
    // Writing ends when nothing is under way any more, or at once when nothing more is taken.
    let read = async {
        read.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = read => {}
        () = write => {}
    }
}

/// One direction of a link, which its connections share.
#[derive(Debug, Default)]
struct Lane {
    free_from: Mutex<Option<Instant>>,
}

impl Lane {
    /// Waits until so many bytes have passed at this rate, behind all that came before.
    async fn turn(&self, bytes: usize, rate: Option<u32>) {
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
