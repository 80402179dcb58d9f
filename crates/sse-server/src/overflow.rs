//! Connections past a limit. A few are read all the same: an orchestrator that probes a full server must not take it
//! for a dead one, and kill the streams it serves. Everything else learns that there is no room.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::oneshot,
    time::timeout,
};

use crate::{HttpService, Peer, Refusal, requests::MAX_BUFFER};

/// How many connections past a limit are read at once. When another comes, the one that has waited longest for its
/// client is dropped: idle ones can't keep the next out.
pub const MAX_OVERFLOW: usize = 256;
/// How long one may take.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Is called with each refusal.
pub(crate) type OnRefused = Arc<dyn Fn(Refusal) + Send + Sync>;

/// Answers connections past a limit.
pub(crate) struct Overflow<O> {
    service: O,
    on_refused: OnRefused,
    /// Those being read, the oldest first. Dropping a sender drops its connection.
    reading: VecDeque<oneshot::Sender<()>>,
}

impl<O: HttpService> Overflow<O> {
    pub(crate) fn new(service: O, on_refused: OnRefused) -> Self {
        Self { service, on_refused, reading: VecDeque::new() }
    }

    /// Answers one request of a connection, and closes it.
    pub(crate) fn receive(
        &mut self,
        socket: TcpStream,
        peer: Peer,
        refusal: Refusal,
    ) -> impl Future<Output = ()> + Send + use<O> {
        let (drop_it, dropped) = oneshot::channel();
        self.reading.retain(|reading| !reading.is_closed());
        if self.reading.len() >= MAX_OVERFLOW {
            self.reading.pop_front();
        }
        self.reading.push_back(drop_it);
        let (service, on_refused) = (self.service.clone(), Arc::clone(&self.on_refused));
        async move {
            let is_served = AtomicBool::new(false);
            tokio::select! {
                // Whether the client listened makes no difference here.
                _ = timeout(RESPONSE_TIMEOUT, answer(socket, peer, refusal, service, &is_served)) => {}
                _ = dropped => {}
            }
            if !is_served.load(Ordering::Relaxed) {
                tracing::debug!(client = %peer.0, ?refusal, "a connection was refused");
                on_refused(refusal);
            }
        }
    }
}

async fn answer<O: HttpService>(
    socket: TcpStream,
    peer: Peer,
    refusal: Refusal,
    service: O,
    is_served: &AtomicBool,
) {
    let service = TowerToHyperService::new(service);
    let answer = |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(refusal);
        let response = service.call(request);
        async {
            let response = response.await?;
            is_served.store(response.extensions().get::<Refusal>().is_none(), Ordering::Relaxed);
            Ok::<_, std::convert::Infallible>(response)
        }
    };
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .keep_alive(false)
        .half_close(true)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(socket), service_fn(answer));
    if let Ok(parts) = connection.without_shutdown().await {
        let _ = close(parts.io.into_inner()).await;
    }
}

/// Reads on for a moment: a socket that is closed with something unread takes the response back.
async fn close(mut socket: TcpStream) -> io::Result<()> {
    socket.shutdown().await?;
    let mut sink = [0; 1024];
    while socket.read(&mut sink).await? > 0 {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use futures_util::FutureExt;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn when_there_are_too_many_the_oldest_is_dropped() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Peer([127, 0, 0, 1].into());
        let mut overflow = Overflow::new(Router::new(), Arc::new(|_| {}));
        let (mut clients, mut reading) = (Vec::new(), VecDeque::new());
        for _ in 0..=MAX_OVERFLOW {
            clients.push(TcpStream::connect(listener.local_addr().unwrap()).await.unwrap());
            let (socket, _) = listener.accept().await.unwrap();
            reading.push_back(Box::pin(overflow.receive(socket, peer, Refusal::TooManyConnections)));
        }
        let oldest = reading.pop_front().unwrap();
        assert!(oldest.now_or_never().is_some(), "it has made room");
        assert!(reading.into_iter().all(|other| other.now_or_never().is_none()));
    }
}
