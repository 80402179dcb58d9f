//! A server that acts as the supplier.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A server on its own port that counts its calls. Dropping it stops it.
pub(crate) struct TestServer {
    /// Its URL, such as `http://127.0.0.1:12345`.
    pub(crate) url: String,
    pub(crate) calls: Calls,
    task: JoinHandle<()>,
}

/// When calls started, and how many were in progress at once.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    times: Arc<Mutex<Vec<Instant>>>,
    open: Arc<AtomicUsize>,
    max_open: Arc<AtomicUsize>,
}

impl TestServer {
    pub(crate) async fn start(router: Router) -> Self {
        let calls = Calls::default();
        let router = router.layer(middleware::from_fn_with_state(calls.clone(), counted));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, calls, task }
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Calls {
    pub(crate) fn count(&self) -> usize {
        self.times.lock().unwrap().len()
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    pub(crate) fn max_open(&self) -> usize {
        self.max_open.load(Ordering::SeqCst)
    }

    /// The most calls that started within any second.
    pub(crate) fn max_in_a_second(&self) -> usize {
        let times = self.times.lock().unwrap();
        let from = |at: usize| {
            let second = times.iter().skip(at).take_while(|time| (**time - times[at]).as_millis() < 1000);
            second.count()
        };
        (0..times.len()).map(from).max().unwrap_or(0)
    }
}

/// A call in progress. Axum drops it when the client disconnects.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn counted(State(calls): State<Calls>, request: Request, next: Next) -> Response {
    calls.times.lock().unwrap().push(Instant::now());
    let open = calls.open.fetch_add(1, Ordering::SeqCst) + 1;
    let _open = Open(Arc::clone(&calls.open));
    calls.max_open.fetch_max(open, Ordering::SeqCst);
    next.run(request).await
}
