//! A server that plays the supplier.

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

/// A server on a port of its own, which ends with the test and keeps count of who asks.
pub(crate) struct Server {
    /// Where it listens, `http://127.0.0.1:12345`.
    pub(crate) url: String,
    pub(crate) count: Count,
    task: JoinHandle<()>,
}

/// When calls came, and how many were open at once.
#[derive(Clone, Default)]
pub(crate) struct Count {
    calls: Arc<Mutex<Vec<Instant>>>,
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(router: Router) -> Self {
        let count = Count::default();
        let router = router.layer(middleware::from_fn_with_state(count.clone(), counted));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, count, task }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Count {
    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    pub(crate) fn most_open(&self) -> usize {
        self.most_open.load(Ordering::SeqCst)
    }

    /// The most calls that came within a second, wherever it begins.
    pub(crate) fn most_in_a_second(&self) -> usize {
        let calls = self.calls.lock().unwrap();
        let from = |at: usize| {
            let second = calls.iter().skip(at).take_while(|call| (**call - calls[at]).as_millis() < 1000);
            second.count()
        };
        (0..calls.len()).map(from).max().unwrap_or(0)
    }
}

/// One more open call, until dropped: also when the client goes away.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn counted(State(count): State<Count>, request: Request, next: Next) -> Response {
    count.calls.lock().unwrap().push(Instant::now());
    let open = count.open.fetch_add(1, Ordering::SeqCst) + 1;
    let _open = Open(Arc::clone(&count.open));
    count.most_open.fetch_max(open, Ordering::SeqCst);
    next.run(request).await
}
