//! One client's connection, from its first request to its end.
//!
//! hyper reads the requests and writes the answers, except for event streams: when a request is answered by one,
//! the connection is taken from hyper, with all its buffers, for as long as the stream lasts.

use std::{
    future::{pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    task::Poll,
    time::Duration,
};

use axum::Router;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::{
    net::TcpStream,
    time::{Sleep, sleep},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use super::{
    Limits,
    door::Place,
    event_stream::{Answer, EventStream, Takeover},
    wire::{Flushed, Patience, Wire},
};

/// Serves a connection until one of the two sides ends it. When the gateway stops it may be cut off: half a request
/// or an answer that nobody takes must not hold the others up.
pub(super) async fn serve(
    socket: TcpStream,
    place: Place,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    let mut wire = Wire::new(socket);
    // One for all that is done here: each locks what all connections share.
    let mut stopping = pin!(stop.cancelled());
    loop {
        // Most clients go when their stream has ended: hyper's buffers are for those that say more.
        let speaks = tokio::select! {
            biased;
            speaks = wire.speaks() => speaks,
            () = place.outstayed(|| Some(0)) => return,
            () = stopping.as_mut() => return,
        };
        if !speaks {
            return;
        }
        match requests(wire, &place, router.clone(), stopping.as_mut(), limits.farewell).await {
            Ok(Some((next, stream))) => match stream.pour(next, Patience { limits, stop: &stop }).await {
                Ok(Some(next)) => wire = next,
                Ok(None) => return,
                Err(error) => return tracing::debug!(%error, "a stream broke"),
            },
            Ok(None) => return,
            Err(error) => return tracing::debug!(%error, "a connection broke"),
        }
    }
}

/// Answers requests, until one is answered by an event stream, or until the connection's end.
async fn requests(
    wire: Wire,
    place: &Place,
    router: Router,
    mut stopping: Pin<&mut WaitForCancellationFuture<'_>>,
    farewell: Duration,
) -> hyper::Result<Option<(Wire, EventStream)>> {
    let flushed = wire.flushed();
    let taken = Arc::new(Mutex::new(None));
    // Even between two requests, odd while one is being answered.
    let steps = Arc::new(AtomicU32::new(0));
    let (peer, idle) = (place.peer(), idle(flushed.clone(), Arc::clone(&steps)));
    let router = TowerToHyperService::new(router);
    let answer = |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        let (takeover, taken) = (Takeover::of(&request), Arc::clone(&taken));
        let steps = Arc::clone(&steps);
        steps.fetch_add(1, Ordering::Relaxed);
        let response = router.call(request);
        async move {
            match takeover.take(response.await?) {
                Answer::Stream(stream) => {
                    *taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream);
                    // hyper waits for an answer until it is relieved of the connection.
                    pending().await
                }
                Answer::Plain(response) => {
                    steps.fetch_add(1, Ordering::Relaxed);
                    Ok::<_, std::convert::Infallible>(response)
                }
            }
        }
    };
    let connection = http1::Builder::new()
        // That is for `outstayed` to see.
        .header_read_timeout(None)
        // A client that sends no more may still wait for its answer.
        .half_close(true)
        .max_buf_size(16 * 1024)
        .serve_connection(TokioIo::new(wire), service_fn(answer));
    // In a box, so that a stream does not keep the room for it.
    let mut connection = Box::new(connection);
    let mut outstayed = Box::pin(place.outstayed(idle));
    let mut cut_off: Option<Pin<Box<Sleep>>> = None;

    let stream = poll_fn(|cx| {
        loop {
            if let Poll::Ready(ended) = Pin::new(&mut *connection).poll(cx) {
                return Poll::Ready(ended.map(|()| None));
            }
            // An answer to an earlier request may still be on its way.
            if flushed.get()
                && let Some(stream) = taken.lock().unwrap_or_else(PoisonError::into_inner).take()
            {
                return Poll::Ready(Ok(Some(stream)));
            }
            if let Some(cut_off) = &mut cut_off {
                return cut_off.as_mut().poll(cx).map(|()| Ok(None));
            }
            if outstayed.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(None));
            }
            if stopping.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            cut_off = Some(Box::pin(sleep(farewell)));
            // Answers what is under way, streams included, which the hub has told to end; takes nothing new.
            Pin::new(&mut *connection).graceful_shutdown();
        }
    })
    .await?;
    Ok(stream.map(|stream| {
        let parts = connection.into_parts();
        let mut wire = parts.io.into_inner();
        wire.unread(&parts.read_buf);
        (wire, stream)
    }))
}

/// Tells whether a connection is idle, as [`Place::outstayed`] asks it.
fn idle(flushed: Flushed, steps: Arc<AtomicU32>) -> impl Fn() -> Option<u32> {
    move || {
        let steps = steps.load(Ordering::Relaxed);
        (flushed.get() && steps.is_multiple_of(2)).then_some(steps)
    }
}

#[cfg(test)]
mod tests;
