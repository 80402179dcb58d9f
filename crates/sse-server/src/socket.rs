use std::{io, io::IoSlice};

use bytes::{Buf, BytesMut};
use tokio::{io::Interest, net::TcpStream, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::Settings;

/// How many bytes are read from a client ahead of their time. What goes beyond stays in the kernel.
const MAX_READ_AHEAD: usize = 8 * 1024;

/// A client's socket, and what was read from it ahead of its time.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) tcp: TcpStream,
    /// What the client has sent ahead: it is read first.
    pub(crate) unread: BytesMut,
}

/// How a client leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    /// It has closed its sending side. It may still read, or it may have closed the socket: only the next write shows.
    HalfClosed,
    /// Its connection is broken.
    Gone,
}

/// How long a write waits for a client that does not read.
#[derive(Clone, Copy)]
pub(crate) struct WriteLimit<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) stop: &'a CancellationToken,
}

impl WriteLimit<'_> {
    async fn expired(self) {
        let drained = async {
            self.stop.cancelled().await;
            sleep(self.settings.drain_timeout).await;
        };
        tokio::select! {
            () = sleep(self.settings.write_timeout) => {}
            () = drained => {}
        }
    }
}

impl Socket {
    pub(crate) fn new(tcp: TcpStream) -> Self {
        Self { tcp, unread: BytesMut::new() }
    }

    /// Returns bytes that were read and not used.
    pub(crate) fn push_back(&mut self, bytes: &[u8]) {
        let later = self.unread.split();
        self.unread.extend_from_slice(bytes);
        self.unread.unsplit(later);
    }

    /// Writes all bytes, or fails if the client does not read for too long.
    pub(crate) async fn write(&mut self, mut bytes: impl Buf, limit: WriteLimit<'_>) -> io::Result<()> {
        while bytes.has_remaining() {
            match self.write_some(&mut bytes) {
                Ok(()) => {}
                // Boxed: it is rare, and an idle stream should not keep the room for it.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    Box::pin(self.writable(limit)).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes what fits. By itself, so that an idle stream does not keep the room for the slices.
    fn write_some(&self, bytes: &mut impl Buf) -> io::Result<()> {
        let mut slices = [IoSlice::new(&[]); 4];
        let filled = bytes.chunks_vectored(&mut slices);
        match self.tcp.try_write_vectored(&slices[..filled])? {
            0 => Err(io::ErrorKind::WriteZero.into()),
            written => {
                bytes.advance(written);
                Ok(())
            }
        }
    }

    async fn writable(&self, limit: WriteLimit<'_>) -> io::Result<()> {
        tokio::select! {
            writable = self.tcp.writable() => writable,
            () = limit.expired() => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Waits for the first bytes of a request; `false` if none will come.
    pub(crate) async fn has_request(&mut self) -> bool {
        while self.unread.is_empty() {
            if self.tcp.readable().await.is_err() || !matches!(self.read_ahead(), Ok(ReadAhead::Open)) {
                return false;
            }
        }
        true
    }

    /// Waits until the client leaves; it may be half-closed already. Keeps what the client sends meanwhile.
    pub(crate) async fn departure(&mut self, half_closed: bool) -> Departure {
        loop {
            let reads = !half_closed && self.unread.len() < MAX_READ_AHEAD;
            let interest = if reads { Interest::READABLE } else { Interest::ERROR };
            if self.tcp.ready(interest).await.is_err() || !reads {
                return Departure::Gone;
            }
            match self.read_ahead() {
                Ok(ReadAhead::Open) => {}
                Ok(ReadAhead::Closed) => return Departure::HalfClosed,
                Err(_) => return Departure::Gone,
            }
        }
    }

    /// Reads what there is.
    fn read_ahead(&mut self) -> io::Result<ReadAhead> {
        let mut chunk = [0; 1024];
        match self.tcp.try_read(&mut chunk) {
            Ok(0) => return Ok(ReadAhead::Closed),
            Ok(length) => self.unread.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(ReadAhead::Open)
    }
}

/// Whether a client may send more.
enum ReadAhead {
    Open,
    Closed,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use socket2::SockRef;
    use tokio::{io::AsyncWriteExt, net::TcpListener, time::timeout};

    use super::*;

    #[tokio::test]
    async fn little_is_read_ahead_and_a_client_that_goes_is_noticed_all_the_same() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut socket = Socket::new(listener.accept().await.unwrap().0);
        client.write_all(&vec![b'x'; 4 * MAX_READ_AHEAD]).await.unwrap();
        assert!(timeout(Duration::from_millis(100), socket.departure(false)).await.is_err());
        let length = socket.unread.len();
        assert!((MAX_READ_AHEAD..MAX_READ_AHEAD + 1024).contains(&length), "{length}");
        SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        drop(client);
        assert_eq!(socket.departure(false).await, Departure::Gone);
    }
}
