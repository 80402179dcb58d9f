//! Connections past a limit. A few are read all the same: an orchestrator that asks for the health of a gateway must
//! not take a full one for a dead one, and kill the streams it serves. Everything else is told that there is no room.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1, service::Service, service::service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    time::timeout,
};

use super::{Peer, Refusal};
use crate::{http, refusals::Refusals};

/// How many are read at once. When another comes, the one that has waited longest for its client is dropped: idle ones
/// can't keep the next out.
pub(crate) const RESERVED: usize = 256;
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// Receives connections past a limit.
pub(super) struct Reserve {
    router: Router,
    refusals: Arc<Refusals>,
    /// Those being read, the oldest first: who is taken from here is dropped.
    read: VecDeque<oneshot::Sender<()>>,
}

impl Reserve {
    pub(super) fn new(router: Router, refusals: Arc<Refusals>) -> Self {
        Self { router, refusals, read: VecDeque::new() }
    }

    /// Answers one request of a connection, and lets go of it.
    pub(super) fn receive(
        &mut self,
        socket: TcpStream,
        peer: Peer,
        refusal: Refusal,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (drop_it, dropped) = oneshot::channel();
        self.read.retain(|read| !read.is_closed());
        if self.read.len() >= RESERVED {
            self.read.pop_front();
        }
        self.read.push_back(drop_it);
        let (router, refusals) = (self.router.clone(), Arc::clone(&self.refusals));
        async move {
            let is_health = AtomicBool::new(false);
            tokio::select! {
                // Whether the client listened makes no difference here.
                _ = timeout(PATIENCE, answer(socket, peer, refusal, router, &is_health)) => {}
                _ = dropped => {}
            }
            if !is_health.load(Ordering::Relaxed) {
                tracing::debug!(client = %peer.0, ?refusal, "a connection was refused");
                refusals.count(refusal.code());
            }
        }
    }
}

impl Refusal {
    fn code(self) -> &'static str {
        match self {
            Self::Full => "too_many_connections",
            Self::OfClient => "too_many_from_client",
        }
    }
}

async fn answer(socket: TcpStream, peer: Peer, refusal: Refusal, router: Router, is_health: &AtomicBool) {
    let router = TowerToHyperService::new(router);
    let answer = |mut request: Request<Incoming>| {
        is_health.store(http::is_health(request.uri()), Ordering::Relaxed);
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(refusal);
        router.call(request)
    };
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .keep_alive(false)
        .half_close(true)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(socket), service_fn(answer));
    if let Ok(parts) = connection.without_shutdown().await {
        let _ = let_go(parts.io.into_inner()).await;
    }
}

/// What a client sends is read for a moment: a socket that is closed with something unread takes the answer back.
async fn let_go(mut socket: TcpStream) -> std::io::Result<()> {
    socket.shutdown().await?;
    let mut sink = [0; 1024];
    while socket.read(&mut sink).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::{Extension, routing::get};
    use tokio::net::TcpListener;

    use super::*;

    async fn ask(path: &str, client: &mut TcpStream) -> String {
        client.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn idle_ones_keep_nobody_out() {
        let fallback = |Extension(refusal): Extension<Refusal>| async move { format!("{refusal:?}") };
        let router = Router::new().route("/health/live", get(async || "alive")).fallback(fallback);
        let refusals = Arc::new(Refusals::default());
        let mut reserve = Reserve::new(router, Arc::clone(&refusals));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut connect = async || {
            let client = TcpStream::connect(address).await.unwrap();
            let (socket, peer) = listener.accept().await.unwrap();
            tokio::spawn(reserve.receive(socket, Peer(peer.ip()), Refusal::Full));
            client
        };
        let mut idle = Vec::new();
        for _ in 0..RESERVED + 20 {
            idle.push(connect().await);
        }
        assert!(ask("/health/live", &mut connect().await).await.ends_with("\r\n\r\nalive"));
        assert!(ask("/else", &mut connect().await).await.ends_with("\r\n\r\nFull"));
        // The first has been dropped, and all are in a while.
        for client in &mut idle {
            assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
        }
        let mut told = 0;
        while told < RESERVED + 21 {
            let counted = refusals.told().await;
            told += counted.strip_prefix("too_many_connections ").unwrap().parse::<usize>().unwrap();
        }
        assert_eq!(told, RESERVED + 21, "all but the health");
    }
}
