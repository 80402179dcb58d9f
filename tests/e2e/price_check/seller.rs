//! A seller that changes its mind.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::{System, SystemBuilder};

/// A server with one flight, whose fares a test changes.
#[derive(Clone, Default)]
pub(super) struct Seller(Arc<Mutex<Selling>>);

#[derive(Default)]
struct Selling {
    answer: Answer,
    calls: usize,
}

#[derive(Clone)]
enum Answer {
    Offers(Vec<Value>),
    Down,
    Hang,
}

impl Default for Answer {
    fn default() -> Self {
        Self::Offers(Vec::new())
    }
}

impl Seller {
    /// Starts it with these fares, and returns a suppliers file with it.
    pub(super) async fn start(fares: &[(&str, u64)]) -> (Self, NamedTempFile) {
        let seller = Self::default();
        seller.sells(fares);
        let router = Router::new().route("/flights", get(answer)).with_state(seller.clone());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut file = NamedTempFile::new().unwrap();
        write!(
            file,
            "[[supplier]]\ncode = \"SELLER\"\nname = \"Seller\"\nkind = \"http\"\n\
             url = \"http://127.0.0.1:{port}/flights\"\nretries = 1\nbackoff_ms = 10\n\
             breaker = {{ failures = 4, open_ms = 60000 }}\n[supplier.response]\noffers = \"\"\n\
             flight_number = \"/flight\"\nprice = \"/price\"\ndeparture = \"/at\"\nduration_minutes = \"/minutes\"\n\
             fare_brand = \"/brand\"\noffer_ref = \"/ref\"\n"
        )
        .unwrap();
        (seller, file)
    }

    /// From now on, it has the flight at these fares.
    pub(super) fn sells(&self, fares: &[(&str, u64)]) {
        let offers = fares.iter().map(|(brand, price)| offer("SE1", brand, *price));
        self.set(Answer::Offers(offers.collect()));
    }

    /// From now on, it has this many cheaper flights too.
    pub(super) fn sells_others(&self, count: u64) {
        let mut selling = self.0.lock().unwrap();
        let Answer::Offers(offers) = &mut selling.answer else { panic!("it sells nothing") };
        let others = (0..count).map(|at| offer(&format!("SE{}", 100 + at), "Lite", 1000 + at));
        offers.splice(..0, others);
    }

    pub(super) fn is_down(&self) {
        self.set(Answer::Down);
    }

    pub(super) fn hangs(&self) {
        self.set(Answer::Hang);
    }

    /// How often it was asked.
    pub(super) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    fn set(&self, answer: Answer) {
        self.0.lock().unwrap().answer = answer;
    }
}

/// A system with this suppliers file.
pub(super) fn system(file: &NamedTempFile) -> SystemBuilder {
    System::builder().set("SUPPLIERS_FILE", file.path().to_str().unwrap())
}

fn offer(flight: &str, brand: &str, price: u64) -> Value {
    json!({
        "flight": flight, "brand": brand, "price": price, "ref": format!("ref-{brand}"),
        "at": "2025-07-10T06:05:00+07:00", "minutes": 110,
    })
}

async fn answer(State(seller): State<Seller>) -> Response {
    let answer = {
        let mut selling = seller.0.lock().unwrap();
        selling.calls += 1;
        selling.answer.clone()
    };
    match answer {
        Answer::Offers(offers) => Json(offers).into_response(),
        Answer::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Answer::Hang => std::future::pending().await,
    }
}
