use std::{
    fmt::Write,
    io::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tempfile::NamedTempFile;
use tokio::time::{Instant, sleep};

use crate::{airline::Airline, config::Config};

/// The server that plays all airlines, and the calls it has received.
pub(crate) struct Airlines {
    calls: Arc<Mutex<Vec<Call>>>,
    file: NamedTempFile,
}

/// One call of one airline.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The airline's code.
    pub(crate) airline: String,
    /// The worker that called.
    pub(crate) worker: String,
    /// The search, by its date and passengers.
    pub(crate) key: String,
    pub(crate) began: Instant,
    /// When the answer was sent, and how many offers it has. `None` before that, and for an error.
    pub(crate) answered: Option<(Instant, usize)>,
}

#[derive(Clone)]
struct Stage {
    airlines: Arc<[Airline]>,
    calls: Arc<Mutex<Vec<Call>>>,
    rng: Arc<Mutex<StdRng>>,
}

impl Airlines {
    /// Starts the server and writes the workers' suppliers file. The path of a call has the worker's name, from the
    /// environment variable `CHAOS_WORKER`.
    pub(crate) async fn start(config: &Config) -> Self {
        let calls = Arc::<Mutex<Vec<Call>>>::default();
        let rng = Arc::new(Mutex::new(config.run.rng(99)));
        let stage = Stage { airlines: config.airlines.clone().into(), calls: Arc::clone(&calls), rng };
        let router =
            Router::new().route("/{airline}/{worker}/{date}/{passengers}", get(answer)).with_state(stage);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("airlines listen");
        let port = listener.local_addr().expect("a port").port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut file = NamedTempFile::new().expect("a file for suppliers");
        file.write_all(suppliers(config, port).as_bytes()).expect("suppliers are written");
        Self { calls, file }
    }

    /// The environment variable that makes a worker use this suppliers file.
    pub(crate) fn setting(&self) -> (String, String) {
        ("SUPPLIERS_FILE".into(), self.file.path().to_str().expect("a path that is text").to_owned())
    }

    /// All calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn answer(
    State(Stage { airlines, calls, rng }): State<Stage>,
    Path((code, worker, date, passengers)): Path<(String, String, String, u8)>,
) -> Response {
    let airline =
        airlines.iter().find(|airline| airline.code == code).expect("an airline of the suppliers file");
    let mut rng = StdRng::from_rng(&mut *rng.lock().unwrap_or_else(PoisonError::into_inner));
    let key = key(&date, passengers);
    let call = Call { airline: code, worker, key, began: Instant::now(), answered: None };
    let number = {
        let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
        calls.len() - 1
    };
    sleep(Duration::from_millis(rng.random_range(airline.fastest_ms..=airline.slowest_ms))).await;
    if rng.random_bool(airline.failure_rate) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let count = rng.random_range(1..=airline.offers);
    let offer = |number: usize| json!({"flight": format!("{}{number}", airline.code), "price": 900_000 + number, "at": format!("{date}T06:05:00"), "minutes": 110});
    let offers: Vec<_> = (1..=count).map(offer).collect();
    calls.lock().unwrap_or_else(PoisonError::into_inner)[number].answered = Some((Instant::now(), count));
    Json(offers).into_response()
}

/// What identifies a search in airlines' calls. No two searches have the same key.
pub(crate) fn key(date: &str, passengers: u8) -> String {
    format!("{date}/{passengers}")
}

fn suppliers(config: &Config, port: u16) -> String {
    let timeout_ms = config.supplier_timeout.as_millis();
    let mut file = format!(
        "[defaults]\ntimeout_ms = {timeout_ms}\nretries = 0\nconcurrency = 0\nbreaker = {{ failures = 0, open_ms = 1 }}\n\n"
    );
    // Writing to a String can't fail.
    for Airline { code, .. } in &config.airlines {
        let _ = write!(
            file,
            "[[supplier]]\ncode = \"{code}\"\nname = \"{code}\"\nkind = \"http\"\n\
             url = \"http://127.0.0.1:{port}/{code}/${{CHAOS_WORKER}}/{{date}}/{{passengers}}\"\n\
             [supplier.response]\noffers = \"\"\nflight_number = \"/flight\"\nprice = \"/price\"\n\
             departure = \"/at\"\nduration_minutes = \"/minutes\"\n\n"
        );
    }
    for (number, median) in config.simulated.iter().enumerate() {
        let _ = write!(
            file,
            "[[supplier]]\ncode = \"S{number}\"\nname = \"S{number}\"\nkind = \"simulated\"\n\
             latency = {{ median_ms = {median}, p99_ms = {} }}\nprice_level = 1.0\nhome = \"ID\"\nhubs = [\"CGK\"]\n\
             stations = [\"DPS\", \"SIN\"]\nrange_km = 5000\n\n",
            median * 2
        );
    }
    file
}
