//! A client's socket, which hyper has for as long as there are requests to read.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use bytes::{Buf, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use super::Limits;

/// How much is taken from a client ahead of its time. What goes beyond stays in the kernel.
const MOST_AHEAD: usize = 8 * 1024;

/// A client's socket that hyper can be given and that can be taken back from it.
pub(super) struct Wire {
    socket: TcpStream,
    /// What the client has sent ahead: it is read first.
    unread: BytesMut,
    flushed: Flushed,
}

/// What a client does that ends its stream, or may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    /// It will send no more. It has either closed its end of the connection for writing and still reads, or it has
    /// closed it for good: only what is written next shows which.
    Finished,
    /// Its connection has broken.
    Gone,
}

/// How long to wait for a client that takes nothing.
#[derive(Clone, Copy)]
pub(super) struct Patience<'a> {
    pub(super) limits: Limits,
    pub(super) stop: &'a CancellationToken,
}

impl Patience<'_> {
    async fn is_over(self) {
        let farewell = async {
            self.stop.cancelled().await;
            sleep(self.limits.farewell).await;
        };
        tokio::select! {
            () = sleep(self.limits.peer_timeout) => {}
            () = farewell => {}
        }
    }
}

/// Whether all that was to be written has left: hyper writes all it has before it flushes.
#[derive(Clone, Default)]
pub(super) struct Flushed(Arc<AtomicBool>);

impl Flushed {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, flushed: bool) {
        self.0.store(flushed, Ordering::Relaxed);
    }
}

impl Wire {
    pub(super) fn new(socket: TcpStream) -> Self {
        Self { socket, unread: BytesMut::new(), flushed: Flushed::default() }
    }

    pub(super) fn flushed(&self) -> Flushed {
        self.flushed.clone()
    }

    /// Takes back what was read and not used.
    pub(super) fn unread(&mut self, bytes: &[u8]) {
        let later = self.unread.split();
        self.unread.extend_from_slice(bytes);
        self.unread.unsplit(later);
    }

    /// Writes all of it, unless the client takes nothing for too long.
    pub(super) async fn send(&mut self, mut bytes: impl Buf, patience: Patience<'_>) -> io::Result<()> {
        while bytes.has_remaining() {
            let mut slices = [IoSlice::new(&[]); 4];
            let filled = bytes.chunks_vectored(&mut slices);
            match self.socket.try_write_vectored(&slices[..filled]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => bytes.advance(written),
                // In a box: it is rare, and a stream should not keep the room for it.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    Box::pin(self.takes(patience)).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits until the client takes something.
    async fn takes(&self, patience: Patience<'_>) -> io::Result<()> {
        tokio::select! {
            writable = self.socket.writable() => writable,
            () = patience.is_over() => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Waits until the client says something. `false`: it won't.
    pub(super) async fn speaks(&mut self) -> bool {
        while self.unread.is_empty() {
            if self.socket.readable().await.is_err() || !matches!(self.read_ahead(), Ok(Ahead::Open)) {
                return false;
            }
        }
        true
    }

    /// Waits until the client departs, which may have `finished` already. What it sends meanwhile is kept.
    pub(super) async fn departs(&mut self, finished: bool) -> Departure {
        loop {
            let reads = !finished && self.unread.len() < MOST_AHEAD;
            let awaited = if reads { Interest::READABLE } else { Interest::ERROR };
            if self.socket.ready(awaited).await.is_err() || !reads {
                return Departure::Gone;
            }
            match self.read_ahead() {
                Ok(Ahead::Open) => {}
                Ok(Ahead::Finished) => return Departure::Finished,
                Err(_) => return Departure::Gone,
            }
        }
    }

    /// Reads what there is.
    fn read_ahead(&mut self) -> io::Result<Ahead> {
        let mut chunk = [0; 1024];
        match self.socket.try_read(&mut chunk) {
            Ok(0) => return Ok(Ahead::Finished),
            Ok(length) => self.unread.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(Ahead::Open)
    }
}

/// Whether a client may send more.
enum Ahead {
    Open,
    Finished,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.unread.is_empty() {
            return Pin::new(&mut self.socket).poll_read(cx, into);
        }
        let length = self.unread.len().min(into.remaining());
        into.put_slice(&self.unread[..length]);
        self.unread.advance(length);
        if self.unread.is_empty() {
            // Gives the memory back.
            self.unread = BytesMut::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.flushed.set(false);
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.flushed.set(false);
        Pin::new(&mut self.socket).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.socket).poll_flush(cx);
        self.flushed.set(matches!(flushed, Poll::Ready(Ok(()))));
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
