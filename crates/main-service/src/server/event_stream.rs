//! An answer that goes on for minutes and is mostly silent.
//!
//! While hyper writes an answer it keeps a buffer of 8 KiB for what is to be written and one for what may be read.
//! So an event stream is taken from it before its first byte is written, and written here: chunked, as hyper would
//! do it, each frame straight from the feed that shares it among all who follow.
//!
//! A client that sends no more may still read (`shutdown(SHUT_WR)`, `nc -N`), so its stream goes on. A comment is
//! written to it at once: one that has closed its socket answers with a reset, which ends the stream.

use std::{
    io::{self, Write as _},
    time::SystemTime,
};

use super::wire::{Departure, Patience, Wire};
use axum::body::{Body, BodyDataStream, HttpBody};
use bytes::{Buf, Bytes};
use futures_util::{FutureExt, StreamExt};
use hyper::{
    Method, Request, Response, StatusCode, Version,
    header::{CONNECTION, CONTENT_TYPE, HeaderMap},
};

/// What ends a chunk.
const CHUNK_END: &[u8] = b"\r\n";
/// What ends the last chunk, and the answer.
const LAST_CHUNK_END: &[u8] = b"\r\n0\r\n\r\n";
/// What ends an answer without a chunk.
const NO_CHUNK: &[u8] = b"0\r\n\r\n";

/// A comment, which readers of event streams pass by.
const COMMENT: &[u8] = b":\n\n";

/// The longest size of a chunk, and its line's end.
const MOST_OF_A_SIZE: usize = usize::BITS as usize / 4 + 2;

/// An event stream that is to be written.
pub(super) struct EventStream {
    head: Bytes,
    body: BodyDataStream,
    keep_alive: bool,
}

/// An answer, by who writes it.
pub(super) enum Answer {
    /// This module.
    Stream(EventStream),
    /// hyper.
    Plain(Response<Body>),
}

/// What a request says about whether its answer can be taken over.
#[derive(Clone, Copy)]
pub(super) struct Takeover {
    possible: bool,
    keep_alive: bool,
}

impl Takeover {
    /// Chunks came with HTTP/1.1, and the answer to any other method than GET has no body or is no stream. What a
    /// request has for a body is hyper's to read past: here it would be taken for the next request.
    pub(super) fn of<B: HttpBody>(request: &Request<B>) -> Self {
        let is_bare = request.method() == Method::GET && request.body().is_end_stream();
        let possible = is_bare && request.version() == Version::HTTP_11;
        Self { possible, keep_alive: !wants_close(request.headers()) }
    }

    /// Takes over an answer that is an event stream; any other is left to hyper.
    pub(super) fn take(self, response: Response<Body>) -> Answer {
        let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        if !self.possible || !is_stream || response.status() != StatusCode::OK {
            return Answer::Plain(response);
        }
        let (parts, body) = response.into_parts();
        let keep_alive = self.keep_alive && !wants_close(&parts.headers);
        let head = head(&parts.headers, keep_alive);
        Answer::Stream(EventStream { head, body: body.into_data_stream(), keep_alive })
    }
}

impl EventStream {
    /// Writes the answer to its end. Gives the connection back if another request may follow on it.
    pub(super) async fn pour(mut self, mut wire: Wire, patience: Patience<'_>) -> io::Result<Option<Wire>> {
        let mut ahead = None;
        let mut finished = false;
        loop {
            let frame = if ahead.is_some() {
                ahead.take()
            } else {
                tokio::select! {
                    biased;
                    frame = next(&mut self.body) => frame?,
                    departure = wire.departs(finished) => match departure {
                        Departure::Finished => {
                            finished = true;
                            Some(Bytes::from_static(COMMENT))
                        }
                        Departure::Gone => return Ok(None),
                    },
                }
            };
            let head = std::mem::take(&mut self.head);
            let Some(frame) = frame else {
                wire.send(head.chain(NO_CHUNK), patience).await?;
                break;
            };
            // What is there already, be it the end, leaves at once: the last event and the end in one write.
            let behind = next(&mut self.body).now_or_never().transpose()?;
            let end = if matches!(behind, Some(None)) { LAST_CHUNK_END } else { CHUNK_END };
            let mut room = [0; MOST_OF_A_SIZE];
            let size = chunk_size(frame.len(), &mut room)?;
            wire.send(head.chain(size).chain(frame).chain(end), patience).await?;
            match behind {
                Some(None) => break,
                Some(frame) => ahead = frame,
                None => {}
            }
        }
        Ok(self.keep_alive.then_some(wire))
    }
}

/// The next piece that has something in it: an empty chunk would end the answer.
async fn next(body: &mut BodyDataStream) -> io::Result<Option<Bytes>> {
    while let Some(data) = body.next().await {
        let data = data.map_err(io::Error::other)?;
        if !data.is_empty() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// What begins a chunk. Without an allocation: it is done for each event and each who follows it.
fn chunk_size(length: usize, room: &mut [u8; MOST_OF_A_SIZE]) -> io::Result<&[u8]> {
    let mut left = &mut room[..];
    write!(left, "{length:x}\r\n")?;
    let written = MOST_OF_A_SIZE - left.len();
    Ok(&room[..written])
}

fn head(headers: &HeaderMap, keep_alive: bool) -> Bytes {
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    for (name, value) in headers.iter().filter(|(name, _)| *name != CONNECTION) {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let connection = if keep_alive { "" } else { "connection: close\r\n" };
    let date = httpdate::fmt_http_date(SystemTime::now());
    head.extend_from_slice(
        format!("{connection}transfer-encoding: chunked\r\ndate: {date}\r\n\r\n").as_bytes(),
    );
    head.into()
}

fn wants_close(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONNECTION).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|option| option.trim().eq_ignore_ascii_case("close"))
}
