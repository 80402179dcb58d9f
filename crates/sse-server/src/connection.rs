//! One client's connection, from its first request to its end.
//!
//! hyper reads its requests and sends their responses, except for event streams. It gets the connection only when a
//! request has come: most clients leave when their stream has ended, and need none of its buffers any more.

use std::pin::pin;

use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::{
    HttpService,
    admission::Permit,
    requests,
    socket::{Socket, WriteLimit},
    takeover::Takeover,
    writer,
};

/// Serves a connection until one of the two sides ends it. When the server stops, it may be cut off: half a request, or
/// a response that its client does not take, must not hold up the others.
pub(crate) async fn serve<S: HttpService>(
    socket: TcpStream,
    permit: Permit,
    service: S,
    stop: CancellationToken,
) {
    let mut socket = Socket::new(socket);
    // One for all that is done here: each registers with what all connections share.
    let mut stopping = pin!(stop.cancelled());
    loop {
        let has_request = tokio::select! {
            biased;
            has_request = socket.has_request() => has_request,
            () = permit.idle_too_long(|| Some(0)) => return,
            () = stopping.as_mut() => return,
        };
        if !has_request {
            return;
        }
        // Boxed, so that a stream does not keep the room for it.
        let requests = Box::pin(requests::serve(socket, &permit, service.clone(), stopping.as_mut()));
        let takeover;
        (socket, takeover) = match requests.await {
            Ok(Some(taken)) => taken,
            Ok(None) => return,
            Err(error) => return tracing::debug!(%error, "a connection broke"),
        };
        let Takeover { head, stream, keep_alive, guards: _guards } = takeover;
        let mut frames = stream.open();
        drop(stream);
        let limit = WriteLimit { settings: permit.settings(), stop: &stop };
        match writer::write(head, &mut frames, &mut socket, limit, stopping.as_mut()).await {
            Ok(true) if keep_alive => {}
            Ok(_) => return,
            Err(error) => return tracing::debug!(%error, "an event stream broke"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use tokio::net::TcpListener;

    use super::*;
    use crate::{
        ClientLimit, Settings,
        admission::{Admission, OpenConnections},
    };

    /// Every open stream has a task of this size, which is most of what it costs.
    #[tokio::test]
    async fn a_connection_takes_little_memory() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let admission =
            Admission::new(Settings::default(), Arc::new(ClientLimit::none()), OpenConnections::default());
        let permit = Arc::new(admission).admit([127, 0, 0, 1].into()).unwrap();
        let size = size_of_val(&serve(socket, permit, Router::new(), CancellationToken::new()));
        assert!(size <= 1150, "{size}");
    }
}
