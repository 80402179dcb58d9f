//! A minimal client for HTTP/1.1 and Server-Sent Events: it checks just enough of each response, so that the benchmark
//! does not measure the client.

use std::net::Ipv4Addr;

use contracts::SearchId;
use tokio::{io::AsyncWriteExt, net::TcpStream, time::Instant};

/// How much is read at once.
const CHUNK: usize = 4096;

/// A connection to a gateway on the loopback address.
pub(crate) struct Client {
    socket: TcpStream,
    unread: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(port: u16) -> Self {
        let socket =
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("the gateway accepts a connection");
        socket.set_nodelay(true).expect("a socket can be set up");
        Self { socket, unread: Vec::new() }
    }

    /// Submits a search.
    pub(crate) async fn submit(&mut self, body: &str) -> SearchId {
        let request = format!(
            "POST /api/flights/search HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let head = self.ask(&request).await;
        let length = header(&head, "content-length: ").parse().expect("a length");
        while self.unread.len() < length {
            self.read().await;
        }
        let body: Vec<u8> = self.unread.drain(..length).collect();
        let body = String::from_utf8(body).expect("UTF-8");
        assert!(body.contains(r#""success":true"#), "refused: {body}");
        let id = body.split_once(r#""search_id":""#).and_then(|(_, rest)| rest.get(..36)).expect("an id");
        id.parse().expect("an id")
    }

    /// Opens the stream of a search, with these parameters; returns when the headers have arrived. `coding` is a content
    /// coding that is accepted.
    pub(crate) async fn follow(&mut self, id: SearchId, parameters: &str, coding: Option<&str>) {
        let path = format!("/api/flights/search/{id}/stream{parameters}");
        let accept = coding.map(|coding| format!("accept-encoding: {coding}\r\n")).unwrap_or_default();
        let head = self.ask(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\n{accept}\r\n")).await;
        if let Some(coding) = coding {
            assert_eq!(header(&head, "content-encoding: "), coding);
        }
    }

    /// Waits for the terminal event, which must have offers, and then for the end of the response. Returns when the
    /// event arrived.
    pub(crate) async fn end(&mut self) -> Instant {
        let mut arrived = None;
        loop {
            // Only the terminal event has this status.
            if arrived.is_none() && find(&self.unread, b"\"status\":\"completed\",\"results\":[{").is_some() {
                arrived = Some(Instant::now());
            }
            if self.unread.ends_with(b"\r\n0\r\n\r\n") {
                self.unread.clear();
                return arrived.expect("a terminal event with offers before the end");
            }
            self.read().await;
        }
    }

    /// Waits for the end of the response, whatever its events.
    pub(crate) async fn close(&mut self) {
        while !self.unread.ends_with(b"\r\n0\r\n\r\n") {
            self.read().await;
        }
    }

    async fn ask(&mut self, request: &str) -> String {
        self.socket.write_all(request.as_bytes()).await.expect("the gateway accepts a request");
        let end = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at + 4;
            }
            self.read().await;
        };
        let head: Vec<u8> = self.unread.drain(..end).collect();
        let head = String::from_utf8(head).expect("UTF-8");
        assert!(head.starts_with("HTTP/1.1 200"), "refused: {head}{}", String::from_utf8_lossy(&self.unread));
        head
    }

    /// Reads into a buffer on the stack, so that idle streams need no memory for one.
    async fn read(&mut self) {
        self.socket.readable().await.expect("an open connection");
        let mut chunk = [0; CHUNK];
        match self.socket.try_read(&mut chunk) {
            Ok(0) => panic!("closed early: {}", String::from_utf8_lossy(&self.unread)),
            Ok(length) => self.unread.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => panic!("broken connection: {error}"),
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let at = head.find(name).expect("a header") + name.len();
    head[at..].split("\r\n").next().unwrap_or_default()
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}
