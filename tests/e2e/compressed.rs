//! Streams are compressed for clients that accept gzip: each event can be read when it arrives, and is the same for all.

use flate2::{Decompress, FlushDecompress, read::GzDecoder};
use reqwest::{Method, Response, StatusCode};
use test_kit::{Client, System, wait::TIMEOUT};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The length of a header.
const HEADER: usize = 10;

/// Opens a stream with partials. The client of the test kit accepts no coding by itself.
async fn open(client: &Client, id: &str, accept: &str, last_event_id: &str) -> Response {
    let path = format!("/api/flights/search/{id}/stream?partials=true");
    let request = client.request(Method::GET, &path).header("accept-encoding", accept);
    request.header("last-event-id", last_event_id).send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// The text of a whole gzip stream. Checks that it is one member, with the right checksum and length.
fn decoded(bytes: &[u8]) -> String {
    let mut decoder = GzDecoder::new(bytes);
    let text = std::io::read_to_string(&mut decoder).unwrap();
    assert!(decoder.into_inner().is_empty(), "one member");
    text
}

/// Heartbeats come at other times in each stream.
fn without_heartbeats(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| *line != ":\n").collect()
}

/// A stream that is decoded as it arrives.
struct Gzip {
    response: Response,
    decoder: Decompress,
    bytes: Vec<u8>,
    readable: Vec<u8>,
}

impl Gzip {
    async fn open(client: &Client, id: &str) -> Self {
        let response = open(client, id, "gzip", "").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "content-encoding"), "gzip");
        assert_eq!(header(&response, "vary"), "accept-encoding");
        Self { response, decoder: Decompress::new(false), bytes: Vec::new(), readable: Vec::new() }
    }

    /// Reads until all of the block with this text can be read.
    async fn read_to(&mut self, text: &str) {
        let has = |readable: &[u8]| {
            let has_whole_blocks = readable.ends_with(b"\n\n") || readable.ends_with(text.as_bytes());
            has_whole_blocks && readable.windows(text.len()).any(|part| part == text.as_bytes())
        };
        while !has(&self.readable) {
            let chunk = timeout(TIMEOUT, self.response.chunk()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("no {text:?}")).unwrap();
            self.bytes.extend_from_slice(&chunk.expect("the stream goes on"));
            let done = HEADER + usize::try_from(self.decoder.total_in()).unwrap();
            let rest = self.bytes.get(done..).unwrap_or_default();
            self.readable.reserve(4 << 20);
            self.decoder.decompress_vec(rest, &mut self.readable, FlushDecompress::None).unwrap();
        }
    }

    /// The whole stream, to its end.
    async fn all(mut self) -> String {
        while let Some(chunk) = timeout(TIMEOUT, self.response.chunk()).await.expect("an end").unwrap() {
            self.bytes.extend_from_slice(&chunk);
        }
        decoded(&self.bytes)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_can_be_read_while_the_search_goes_on() {
    // Only the cancellation ends the search.
    let system = System::builder()
        .set("SIMULATED_LATENCY_MS", "100-20000")
        .set("SIMULATED_FAILURE_RATE", "0")
        .start()
        .await;
    let client = system.client();
    let id = client.submit().await;
    let mut streams = [Gzip::open(&client, &id).await, Gzip::open(&client, &id).await];
    let plain = open(&client, &id, "identity", "").await;
    for stream in &mut streams {
        stream.read_to("retry: 1000\n").await;
        stream.read_to("event: partial\nid: 1\n").await;
    }
    assert_eq!(client.state(&id).await.1["data"]["status"], "processing");
    let late = Gzip::open(&client, &id).await;
    client.cancel(&id).await;
    let plain = without_heartbeats(&plain.text().await.unwrap());
    assert!(plain.contains("\"status\":\"cancelled\""), "{plain}");
    let [first, second] = streams;
    for stream in [first, second, late] {
        assert_eq!(without_heartbeats(&stream.all().await), plain);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_accept_gzip_gets_text_and_the_rest_of_http_stays() {
    let system = System::builder().set("SIMULATED_LATENCY_MS", "1").start().await;
    let client = system.client();
    let id = client.submit().await;
    let events = client.follow_partials(&id).await.all().await;
    let plain = open(&client, &id, "gzip;q=0", "").await;
    assert_eq!((header(&plain, "content-encoding"), header(&plain, "vary")), ("", "accept-encoding"));
    let length = plain.text().await.unwrap().len();
    let gzip = open(&client, &id, "br, gzip;q=0.1", "").await;
    assert_eq!(header(&gzip, "cache-control"), "no-cache, no-transform");
    let gzip = gzip.bytes().await.unwrap();
    assert!(gzip.len() * 4 < length, "{} of {length}", gzip.len());

    let rest = open(&client, &id, "gzip", &(events.len() - 1).to_string()).await.bytes().await.unwrap();
    assert_eq!(decoded(&rest), format!("retry: 1000\n{}", events.last().unwrap().raw));
    let end = open(&client, &id, "gzip", &events.len().to_string()).await;
    assert_eq!((end.status(), header(&end, "content-encoding")), (StatusCode::NO_CONTENT, ""));

    // hyper writes a stream for HTTP/1.0, and the head for HEAD.
    let request = |method: &str| {
        format!("{method} /api/flights/search/{id}/stream HTTP/1.0\r\naccept-encoding: gzip\r\n\r\n")
    };
    for method in ["GET", "HEAD"] {
        let mut socket = TcpStream::connect(("127.0.0.1", system.gateways[0].port)).await.unwrap();
        socket.write_all(request(method).as_bytes()).await.unwrap();
        let mut response = Vec::new();
        timeout(TIMEOUT, socket.read_to_end(&mut response)).await.expect("an end").unwrap();
        let at = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        let (head, body) = response.split_at(at);
        assert!(String::from_utf8_lossy(head).contains("content-encoding: gzip\r\n"));
        if method == "GET" {
            assert_eq!(decoded(body), format!("retry: 1000\n{}", events.last().unwrap().raw));
        } else {
            assert!(body.is_empty());
        }
    }
}
