use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Extension, Path},
    http::StatusCode,
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::StreamExt;
use socket2::SockRef;
use sse_server::{ClientLimit, EventStream, Refusal, Server, Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};
use tokio_stream::wrappers::WatchStream;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) const STREAM: &str = "GET /stream HTTP/1.1\r\nhost: test\r\n\r\n";
pub(crate) const PLAIN: &str = "GET /plain HTTP/1.1\r\nhost: test\r\n\r\n";
/// The first chunk of every stream.
pub(crate) const OPENED: &str = "c\r\nretry: 1000\n\r\n";

/// How long to wait before a test fails.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The size of the sockets' buffers on both sides: small, so that they fill up soon.
const SOCKET_BUFFER: usize = 16 * 1024;
/// More than fits into the buffers of the sockets and of hyper.
pub(crate) const LARGE: usize = 1024 * 1024;

/// The events of `/stream`: each text that is published, until the end.
#[derive(Clone)]
pub(crate) struct Events(watch::Sender<Option<Bytes>>);

impl Events {
    pub(crate) fn publish(&self, event: impl Into<Bytes>) {
        self.0.send_replace(Some(event.into()));
    }

    pub(crate) fn end(&self) {
        self.0.send_replace(None);
    }

    pub(crate) async fn no_subscriber(&self) {
        timeout(TIMEOUT, self.0.closed()).await.expect("all subscribers have left");
    }

    fn stream(&self) -> EventStream {
        let receiver = self.0.subscribe();
        let subscribe = move || {
            let events = WatchStream::from_changes(receiver.clone());
            events.take_while(|event| std::future::ready(event.is_some())).filter_map(async |event| event)
        };
        EventStream::new(subscribe)
    }
}

pub(crate) struct Running {
    pub(crate) events: Events,
    pub(crate) refused: Arc<AtomicUsize>,
    /// Held by the body of each response of `/stream`.
    pub(crate) guard: Arc<()>,
    pub(crate) task: JoinHandle<()>,
    pub(crate) stop: CancellationToken,
    address: SocketAddr,
    _stop: DropGuard,
}

pub(crate) fn settings() -> Settings {
    Settings { drain_timeout: Duration::from_secs(5), ..Settings::default() }
}

pub(crate) async fn start() -> Running {
    start_with(settings(), ClientLimit::none(), |stream| stream).await
}

/// Starts a server; `adapt` changes its streams.
pub(crate) async fn start_with(
    settings: Settings,
    clients: ClientLimit,
    adapt: impl Fn(EventStream) -> EventStream + Clone + Send + Sync + 'static,
) -> Running {
    let events = Events(watch::Sender::default());
    let source = events.clone();
    let stream = move || {
        let stream = adapt(source.stream());
        async { stream }
    };
    let guard = Arc::new(());
    let service = Router::new()
        .route("/stream", get(stream))
        .layer(map_response(guarded(&guard)))
        .route("/plain", get(async || "plain"))
        .route("/bytes/{length}", get(async |Path(length)| vec![b'x'; length]))
        .route("/header/{length}", post(header));
    let refuse = |Extension(refusal): Extension<Refusal>| async move {
        let status = match refusal {
            Refusal::TooManyConnections => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::TooManyFromClient => StatusCode::TOO_MANY_REQUESTS,
        };
        (status, Extension(refusal), "refused").into_response()
    };
    let overflow = Router::new().route("/health", get(async || "healthy")).fallback(refuse);
    let refused = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&refused);
    let server = Server::new(settings, service, overflow)
        .limit_clients(Arc::new(clients))
        .on_refused(move |_| _ = count.fetch_add(1, Ordering::Relaxed));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    // Connections inherit this size.
    SockRef::from(&listener).set_send_buffer_size(SOCKET_BUFFER).unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(server.run(listener, stop.clone()));
    Running { events, refused, guard, task, _stop: stop.clone().drop_guard(), stop, address }
}

/// Responds at once with a header of this length, and reads the request's body later.
async fn header(Path(length): Path<usize>, body: Body) -> impl IntoResponse {
    tokio::spawn(body.into_data_stream().for_each(async |_| {}));
    ([("x-filler", "x".repeat(length))], ())
}

/// Middleware that holds `guard` in the response's body.
fn guarded(guard: &Arc<()>) -> impl Fn(Response) -> std::future::Ready<Response> + Clone + use<> {
    let guard = Arc::clone(guard);
    move |response| {
        let guard = Arc::clone(&guard);
        std::future::ready(response.map(|body| {
            let data = body.into_data_stream().inspect(move |_| _ = &guard);
            Body::from_stream(data)
        }))
    }
}

impl Running {
    pub(crate) async fn connect(&self) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(u32::try_from(SOCKET_BUFFER).unwrap()).unwrap();
        Client(BufReader::new(socket.connect(self.address).await.unwrap()))
    }

    /// A client that has sent these requests.
    pub(crate) async fn send(&self, requests: &str) -> Client {
        let mut client = self.connect().await;
        client.send(requests).await;
        client
    }

    /// A client whose stream is open.
    pub(crate) async fn follow(&self) -> Client {
        let mut client = self.send(STREAM).await;
        client.read_to(OPENED).await;
        client
    }
}

pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) async fn send(&mut self, requests: &str) {
        self.0.write_all(requests.as_bytes()).await.unwrap();
    }

    /// The socket itself.
    pub(crate) fn socket(&mut self) -> &mut TcpStream {
        self.0.get_mut()
    }

    /// Reads until the text ends with `end`.
    pub(crate) async fn read_to(&mut self, end: &str) -> String {
        let mut text = Vec::new();
        while !text.ends_with(end.as_bytes()) {
            let read = || String::from_utf8_lossy(&text);
            let byte = timeout(TIMEOUT, self.0.read_u8()).await;
            let byte = byte.unwrap_or_else(|_| panic!("{:?} goes on", read()));
            let byte = byte.unwrap_or_else(|error| panic!("{:?}: {error}", read()));
            text.push(byte);
        }
        String::from_utf8(text).unwrap()
    }

    /// Reads this many bytes.
    pub(crate) async fn read_exact(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        timeout(TIMEOUT, self.0.read_exact(&mut bytes)).await.expect("enough bytes").unwrap();
        bytes
    }

    /// Reads a chunk; an empty one is the last.
    pub(crate) async fn read_chunk(&mut self) -> Vec<u8> {
        let size = self.read_to("\r\n").await;
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        let mut chunk = self.read_exact(size + 2).await;
        assert!(chunk.ends_with(b"\r\n"), "{chunk:?}");
        chunk.truncate(size);
        chunk
    }

    /// Reads to the end of the connection.
    pub(crate) async fn read_all(mut self) -> String {
        let mut text = String::new();
        let read = self.0.read_to_string(&mut text);
        timeout(TIMEOUT, read).await.expect("the connection ends").unwrap();
        text
    }
}
