//! The floor: the minimal gateway on axum and redis-rs, to compare the real one with. It has hyper's HTTP/1
//! connections, axum's router, one XADD for a submit, one XREAD tail, and a map of channels for the streams. It
//! validates nothing, stores nothing and survives no fault; what the real gateway costs more is the price of its
//! promises.
#![expect(clippy::expect_used, reason = "the floor stops at any error")]

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
    routing::{get, post},
};
use contracts::SearchId;
use futures_util::{FutureExt, stream};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use redis::{
    AsyncCommands, AsyncConnectionConfig,
    aio::MultiplexedConnection,
    streams::{StreamReadOptions, StreamReadReply},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

struct Floor {
    redis: MultiplexedConnection,
    waiting: Mutex<HashMap<String, oneshot::Sender<String>>>,
}

#[tokio::main]
async fn main() {
    let [port, redis] = ["APP_PORT", "REDIS_ADDR"].map(|name| std::env::var(name).expect(name));
    let client = redis::Client::open(format!("redis://{redis}")).expect("an address");
    let connect = || async {
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        client.get_multiplexed_async_connection_with_config(&config).await.expect("Redis")
    };
    let floor = Arc::new(Floor { redis: connect().await, waiting: Mutex::default() });
    tokio::spawn(tail(Arc::clone(&floor), connect().await));
    let router = Router::new()
        .route("/api/flights/search", post(submit))
        .route("/api/flights/search/{id}/stream", get(stream))
        .with_state(floor);
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await.expect("a free port");
    while let Ok((socket, _)) = listener.accept().await {
        socket.set_nodelay(true).expect("a socket");
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
    }
}

async fn submit(State(floor): State<Arc<Floor>>, Json(search): Json<Value>) -> Json<Value> {
    let id = SearchId::random().to_string();
    let text = |name: &str| search[name].as_str().unwrap_or_default().to_owned();
    let passengers = search["passengers"].to_string();
    let (from, to, date) = (text("from"), text("to"), text("date"));
    let job =
        [("search_id", &id), ("from", &from), ("to", &to), ("date", &date), ("passengers", &passengers)];
    let added = floor.redis.clone().xadd::<_, _, _, _, String>("flight.search.requested", "*", &job).await;
    let accepted = json!({ "search_id": id, "status": "processing" });
    Json(json!({ "success": added.is_ok(), "message": "Search request submitted", "data": accepted }))
}

async fn stream(State(floor): State<Arc<Floor>>, Path(id): Path<String>) -> impl IntoResponse {
    let (sender, receiver) = oneshot::channel();
    floor.waiting.lock().expect("a map").insert(id, sender);
    let event = receiver.map(|data| Ok::<_, Infallible>(format!("data: {}\n\n", data.unwrap_or_default())));
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream::once(event)))
}

async fn tail(floor: Arc<Floor>, mut redis: MultiplexedConnection) {
    let (stream, mut last) = ("flight.search.results", "0".to_owned());
    let options = StreamReadOptions::default().count(512).block(1000);
    loop {
        let reply = redis.xread_options::<_, _, Option<StreamReadReply>>(&[stream], &[&last], &options).await;
        for entry in reply.expect("Redis").into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids) {
            let field = |name| entry.get::<String>(name).unwrap_or_default();
            let (id, status, results) = (field("search_id"), field("status"), field("results"));
            let waiting = floor.waiting.lock().expect("a map").remove(&id);
            let data = format!(r#"{{"search_id":"{id}","status":"{status}","results":{results}}}"#);
            waiting.map(|sender| sender.send(data));
            last = entry.id;
        }
    }
}
