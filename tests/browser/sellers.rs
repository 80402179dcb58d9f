//! Suppliers that tell everything about an offer: one answers as Duffel documents it, and one sells by links.

use std::io::Write;

use axum::{Json, Router, extract::Path, routing};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use test_kit::{System, SystemBuilder};

/// A system with these suppliers, and the rates of a day.
pub(crate) struct Sellers {
    pub(crate) system: System,
    _suppliers: NamedTempFile,
    _rates: NamedTempFile,
}

impl Sellers {
    /// Starts it. Duffel's offers expire at `expires_at`.
    pub(crate) async fn start(expires_at: String) -> Self {
        let routes = Router::new()
            .route(
                "/air/offer_requests",
                routing::post(async move |Json(body): Json<Value>| Json(offers(&body, &expires_at))),
            )
            .route("/links/{date}", routing::get(async |Path(date): Path<String>| Json(links(&date))));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let suppliers = file(&format!(
            "[[supplier]]\ncode = \"DUFFEL\"\nname = \"Duffel\"\nkind = \"duffel\"\ntoken = \"t\"\n\
             base_url = \"http://127.0.0.1:{port}\"\n\
             [[supplier]]\ncode = \"LINKS\"\nname = \"Linkmart\"\nkind = \"http\"\n\
             url = \"http://127.0.0.1:{port}/links/{{date}}\"\n[supplier.response]\noffers = \"\"\n\
             flight_number = \"/n\"\nprice = \"/p\"\ndeparture = \"/d\"\narrival = \"/a\"\nstops = \"/s\"\n\
             carrier = {{ default = \"Garuda Indonesia\" }}\ndeep_link = \"/link\"\nseats_left = \"/left\"\n\
             cabin = {{ default = \"economy\" }}\n"
        ));
        let rates = file("Date, USD, IDR, \n23 November 2026, 1.05, 16800, \n");
        let path = |file: &NamedTempFile| file.path().to_str().unwrap().to_owned();
        let system = SystemBuilder::default()
            .set("SUPPLIERS_FILE", &path(&suppliers))
            .set("EXCHANGE_RATES_FILE", &path(&rates))
            .start()
            .await;
        system.workers_ready().await;
        Self { system, _suppliers: suppliers, _rates: rates }
    }
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// One flight with the links that a page must not follow, and one that two sellers have.
fn links(date: &str) -> Value {
    let flight = |number: &str, price: u32, link: &str| {
        json!({
            "n": number, "p": price, "s": 1, "link": link, "left": 3,
            "d": format!("{date}T08:00:00"), "a": format!("{date}T18:30:00"),
        })
    };
    json!([
        flight("GA825/GA826", 3_400_000, "https://linkmart.example/buy?offer=1&from=CGK"),
        flight("GA827/GA828", 3_500_000, "http://linkmart.example/unsafe"),
    ])
}

fn place(code: &str, time_zone: &str) -> Value {
    json!({ "type": "airport", "iata_code": code, "name": code, "time_zone": time_zone })
}

/// A flight: number, operating carrier, from and to with terminal, and the local times.
fn segment(
    number: &str,
    operator: (&str, &str),
    from: (&str, &str, Option<&str>),
    to: (&str, &str, Option<&str>),
    times: [&str; 2],
) -> Value {
    let bags = json!([{ "type": "checked", "quantity": 1 }, { "type": "carry_on", "quantity": 1 }]);
    json!({
        "origin": place(from.0, from.1), "origin_terminal": from.2,
        "destination": place(to.0, to.1), "destination_terminal": to.2,
        "departing_at": times[0], "arriving_at": times[1],
        "marketing_carrier": { "iata_code": "GA", "name": "Garuda Indonesia" },
        "marketing_carrier_flight_number": number,
        "operating_carrier": { "iata_code": operator.0, "name": operator.1 },
        "aircraft": { "iata_code": "789" }, "stops": [],
        "passengers": [{ "cabin_class": "economy", "baggages": bags }],
    })
}

/// From Jakarta to Tokyo: with another terminal in Singapore, and overnight with another airport in Seoul.
fn offers(body: &Value, expires_at: &str) -> Value {
    let day = body["data"]["slices"][0]["departure_date"].as_str().unwrap();
    let next: String = {
        let day: jiff::civil::Date = day.parse().unwrap();
        day.tomorrow().unwrap().to_string()
    };
    let (jakarta, seoul, singapore, tokyo) = ("Asia/Jakarta", "Asia/Seoul", "Asia/Singapore", "Asia/Tokyo");
    let garuda = ("GA", "Garuda Indonesia");
    let by_singapore = [
        segment(
            "825",
            garuda,
            ("CGK", jakarta, Some("3")),
            ("SIN", singapore, Some("2")),
            [&format!("{day}T08:00:00"), &format!("{day}T10:50:00")],
        ),
        segment(
            "826",
            garuda,
            ("SIN", singapore, Some("3")),
            ("NRT", tokyo, None),
            [&format!("{day}T12:10:00"), &format!("{day}T18:30:00")],
        ),
    ];
    let by_seoul = [
        segment(
            "878",
            garuda,
            ("CGK", jakarta, Some("3")),
            ("ICN", seoul, Some("1")),
            [&format!("{day}T21:30:00"), &format!("{next}T06:30:00")],
        ),
        segment(
            "9870",
            ("KE", "Korean Air"),
            ("GMP", seoul, None),
            ("NRT", tokyo, None),
            [&format!("{next}T10:00:00"), &format!("{next}T12:20:00")],
        ),
    ];
    let offer = |id: &str, amount: &str, segments: &[Value]| {
        json!({
            "id": id, "total_amount": amount, "total_currency": "USD", "base_amount": "150.00",
            "tax_amount": "32.40", "expires_at": expires_at,
            "conditions": {
                "change_before_departure": {
                    "allowed": true, "penalty_amount": "25.00", "penalty_currency": "USD",
                },
                "refund_before_departure": { "allowed": false },
            },
            "slices": [{ "segments": segments, "fare_brand_name": "Eco Flex" }],
        })
    };
    json!({ "data": { "offers": [
        offer("off_1", "212.40", &by_singapore), offer("off_2", "187.50", &by_seoul),
    ] } })
}
