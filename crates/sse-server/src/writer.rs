//! Writes an event stream to a connection that was taken over: chunked, as hyper would do it, each frame straight
//! from the bytes that all subscribers share.
//!
//! A client that shuts its end down for writing may still read (`nc -N` does), so its stream goes on. A comment is
//! written to it at once: a client that has closed its socket answers with a reset, which ends the stream.

use std::{
    io::{self, Write as _},
    pin::Pin,
    task::Poll,
};

use bytes::{Buf, Bytes};

use crate::{
    frames::Frames,
    gzip::Trailer,
    socket::{Departure, Socket, WriteLimit},
};

const CHUNK_END: &[u8] = b"\r\n";
/// The end of the response, behind a chunk's bytes.
const LAST_CHUNK_END: &[u8] = b"\r\n0\r\n\r\n";

/// The longest size of a chunk, and its line's end.
const MAX_SIZE_LINE: usize = usize::BITS as usize / 4 + 2;

/// Writes the response to its end, which comes early when the server stops; `false` if its client has gone. What is
/// passed by reference here would count twice in the memory of each stream if it was passed by value.
pub(crate) async fn write(
    mut head: Bytes,
    frames: &mut Frames,
    socket: &mut Socket,
    limit: WriteLimit<'_>,
    mut stopping: Pin<&mut impl Future<Output = ()>>,
) -> io::Result<bool> {
    let mut half_closed = false;
    let mut ahead = None;
    loop {
        let frame = match ahead.take() {
            Some(frame) => Some(frame),
            None => match next(frames, socket, &mut half_closed, stopping.as_mut()).await {
                Event::Frame(frame) => frame,
                Event::ClientGone => return Ok(false),
            },
        };
        let head = std::mem::take(&mut head);
        let Some(frame) = frame else {
            let end = last_chunk_end(frames.trailer());
            // No chunk's bytes are before it.
            socket.write(head.chain(&end[CHUNK_END.len()..]), limit).await?;
            break;
        };
        // What is there already, be it the end, leaves at once: the last event and the end in one write.
        let behind = frames.next_ready();
        let is_last = behind == Poll::Ready(None);
        let end = if is_last { last_chunk_end(frames.trailer()) } else { Bytes::from_static(CHUNK_END) };
        let mut room = [0; MAX_SIZE_LINE];
        let size = size_line(frame.len(), &mut room)?;
        socket.write(head.chain(size).chain(frame).chain(end), limit).await?;
        match behind {
            Poll::Ready(None) => break,
            Poll::Ready(frame) => ahead = frame,
            Poll::Pending => {}
        }
    }
    Ok(true)
}

enum Event {
    /// There is something to write; `None` is the end.
    Frame(Option<Bytes>),
    ClientGone,
}

async fn next(
    frames: &mut Frames,
    socket: &mut Socket,
    half_closed: &mut bool,
    mut stopping: Pin<&mut impl Future<Output = ()>>,
) -> Event {
    loop {
        tokio::select! {
            biased;
            frame = frames.next() => return Event::Frame(frame),
            departure = socket.departure(*half_closed) => match departure {
                Departure::Gone => return Event::ClientGone,
                Departure::HalfClosed => {
                    *half_closed = true;
                    return Event::Frame(Some(frames.heartbeat()));
                }
            },
            () = stopping.as_mut(), if frames.is_following() => {}
        }
        frames.end_early();
    }
}

/// The end of the response, behind a chunk's bytes. A trailer is a chunk of its own.
fn last_chunk_end(trailer: Option<Trailer>) -> Bytes {
    match trailer {
        None => Bytes::from_static(LAST_CHUNK_END),
        Some(trailer) => {
            let size = format!("{:x}\r\n", trailer.len());
            [CHUNK_END, size.as_bytes(), &trailer, LAST_CHUNK_END].concat().into()
        }
    }
}

/// What begins a chunk. Without an allocation: it is done for each event and each subscriber.
fn size_line(length: usize, room: &mut [u8; MAX_SIZE_LINE]) -> io::Result<&[u8]> {
    let mut left = &mut room[..];
    write!(left, "{length:x}\r\n")?;
    let written = MAX_SIZE_LINE - left.len();
    Ok(&room[..written])
}
