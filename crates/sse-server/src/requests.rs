use std::{pin::Pin, sync::Arc};

use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::time::timeout;

use crate::{
    HeldBody, HttpService, Peer,
    admission::Permit,
    hyper_io::HyperIo,
    progress::Progress,
    socket::Socket,
    takeover::{Asked, Takeover},
};

/// What hyper buffers of a connection at most.
pub(crate) const MAX_BUFFER: usize = 16 * 1024;

/// Has hyper read requests and send their responses, until one is an event stream or the connection ends.
pub(crate) async fn serve<S: HttpService>(
    socket: Socket,
    permit: &Permit,
    service: S,
    stopping: Pin<&mut impl Future<Output = ()>>,
) -> hyper::Result<Option<(Socket, Takeover)>> {
    let progress = Arc::new(Progress::default());
    let io = HyperIo::new(socket, Arc::clone(&progress));
    let (peer, service) = (Peer(permit.peer()), TowerToHyperService::new(service));
    let answer = |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let (asked, answering) = (Asked::by(&request), progress.begin());
        let response = service.call(request);
        let progress = Arc::clone(&progress);
        async move {
            let Ok(response) = response.await;
            match asked.take(response) {
                Ok(response) => {
                    // Until hyper has flushed it.
                    progress.unflush();
                    Ok(response.map(|body| HeldBody::new(body, answering)))
                }
                Err(takeover) => {
                    // Earlier responses may still be on their way, and hyper drops what it has not written.
                    progress.flushed().await;
                    Err(takeover)
                }
            }
        }
    };
    let mut connection = http1::Builder::new()
        // Idle connections are closed by `idle_too_long`.
        .header_read_timeout(None)
        // A client that sends no more may still wait for its response.
        .half_close(true)
        .max_buf_size(MAX_BUFFER)
        .serve_connection(TokioIo::new(io), service_fn(answer));

    let ended = tokio::select! {
        biased;
        ended = &mut connection => ended,
        () = permit.idle_too_long(|| progress.idle()) => return Ok(None),
        () = stopping => {
            // Sends the responses that are under way, and takes no new request.
            Pin::new(&mut connection).graceful_shutdown();
            match timeout(permit.settings().drain_timeout, &mut connection).await {
                Ok(ended) => ended,
                Err(_) => return Ok(None),
            }
        }
    };
    let Err(error) = ended else { return Ok(None) };
    let takeover = Takeover::from_hyper(&error).ok_or(error)?;
    let parts = connection.into_parts();
    let mut socket = parts.io.into_inner().into_socket();
    socket.push_back(&parts.read_buf);
    Ok(Some((socket, takeover)))
}
