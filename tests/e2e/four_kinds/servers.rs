//! An agency with an API of its own, and Duffel as its documentation shows it. Both sell one trip.

use std::{
    fmt::Write,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::{Value, json};

/// Both servers on one port.
#[derive(Clone, Default)]
pub(super) struct Servers {
    port: u16,
    state: Arc<Mutex<Selling>>,
}

#[derive(Default)]
struct Selling {
    /// The slices of the trip, as the gateway tells them.
    slices: Vec<Value>,
    /// The last bodies that each server got.
    agency: Value,
    duffel: Value,
}

impl Servers {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let servers = Self { port, state: Arc::default() };
        let router = Router::new()
            .route("/trips", post(agency))
            .route("/air/offer_requests", post(duffel))
            .with_state(servers.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        servers
    }

    /// A suppliers file with both, a simulated carrier and its reseller.
    pub(super) fn suppliers(&self) -> String {
        let mut file = SUPPLIERS.to_owned();
        let base = format!("http://127.0.0.1:{}", self.port);
        write!(file, "[[supplier]]\ncode = \"DUFFEL\"\nname = \"Duffel\"\nkind = \"duffel\"\n").unwrap();
        write!(file, "token = \"duffel_test_token\"\nbase_url = \"{base}\"\n").unwrap();
        write!(file, "{AGENCY}").unwrap();
        file.replace("{base}", &base)
    }

    /// From now on, both sell this trip.
    pub(super) fn sell(&self, trip: &Value) {
        self.state.lock().unwrap().slices.clone_from(trip["slices"].as_array().unwrap());
    }

    /// Whether the last request to each was what the search asks for.
    pub(super) fn assert_asked_as_documented(&self) {
        let state = self.state.lock().unwrap();
        let leg = |from: &str, to: &str, on: &str| json!({ "from": from, "to": to, "on": on });
        let expected = json!({
            "legs": [leg("CGK", "DPS", "2125-12-08"), leg("DPS", "CGK", "2125-12-15")],
            "travellers": [{"type": "adult"}, {"type": "adult"}, {"type": "child", "age": 7}],
            "class": "business",
        });
        assert_eq!(state.agency, expected);
        let slice = |origin: &str, destination: &str, date: &str| json!({ "origin": origin, "destination": destination, "departure_date": date });
        let expected = json!({ "data": {
            "slices": [slice("CGK", "DPS", "2125-12-08"), slice("DPS", "CGK", "2125-12-15")],
            "passengers": [{"type": "adult"}, {"type": "adult"}, {"age": 7}],
            "cabin_class": "business",
        } });
        assert_eq!(state.duffel, expected);
    }
}

const SUPPLIERS: &str = r#"
[[supplier]]
code = "GA"
name = "Garuda Indonesia"
kind = "simulated"
latency = { median_ms = 10, p99_ms = 20 }
price_level = 1.25
home = "ID"
hubs = ["CGK"]
stations = ["DPS"]
range_km = 12_000

[[supplier]]
code = "TRIPMART"
name = "Tripmart"
kind = "reseller"
latency = { median_ms = 10, p99_ms = 20 }
resells = ["GA"]
currency = "USD"

"#;

const AGENCY: &str = r#"
[[supplier]]
code = "AGENCY"
name = "Agency"
kind = "http"
trips = ["one_way", "return"]
cabins = ["economy", "business"]
passenger_types = ["adult", "child"]
url = "{base}/trips"
[supplier.body]
legs = { each_slice = { from = "{from}", to = "{to}", on = "{date}" } }
travellers = { each_passenger = { type = "{passenger_type}", age = "{age}" } }
class = "{cabin}"
[supplier.response]
offers = "/trips"
price = "/fare/cents"
minor_units = true
currency = "/fare/currency"
fare_brand = "/fare/name"
offer_ref = "/key"
cabin = "/class"
slices = "/legs"
segments = "/flights"
[supplier.response.segment]
carrier = "/airline"
flight_number = "/no"
origin = "/from"
destination = "/to"
departure = "/leaves"
arrival = "/lands"
"#;

/// The local time of a time with an offset.
fn local(time: &Value) -> &str {
    &time.as_str().unwrap()[.."2125-12-08T06:05:00".len()]
}

async fn agency(State(servers): State<Servers>, Json(body): Json<Value>) -> Json<Value> {
    let mut state = servers.state.lock().unwrap();
    state.agency = body;
    let flight = |segment: &Value| {
        json!({
            "airline": segment["carrier"], "no": segment["flight_number"], "from": segment["origin"],
            "to": segment["destination"], "leaves": local(&segment["departure"]),
            "lands": local(&segment["arrival"]),
        })
    };
    let leg = |slice: &Value| {
        let flights: Vec<_> = slice["segments"].as_array().unwrap().iter().map(flight).collect();
        json!({ "flights": flights })
    };
    let legs: Vec<_> = state.slices.iter().map(leg).collect();
    let fare = json!({ "cents": 50_000, "currency": "SGD", "name": "Promo" });
    Json(json!({ "trips": [{ "key": "a-1", "class": "business", "legs": legs, "fare": fare }] }))
}

async fn duffel(State(servers): State<Servers>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if headers["authorization"] != "Bearer duffel_test_token" || headers["duffel-version"] != "v2" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut state = servers.state.lock().unwrap();
    state.duffel = body;
    let carrier = json!({
        "id": "arl_00009VME7DBKeMags5CliQ", "iata_code": "GA", "name": "Garuda Indonesia",
        "logo_symbol_url": null, "logo_lockup_url": null, "conditions_of_carriage_url": null,
    });
    let ids = ["pas_0", "pas_1", "pas_2"];
    let passengers: Vec<_> = ids
        .iter()
        .map(|id| {
            json!({
                "passenger_id": id, "cabin_class": "business", "cabin_class_marketing_name": "Business",
                "fare_basis_code": "COXID",
                "baggages": [{"type": "checked", "quantity": 2}, {"type": "carry_on", "quantity": 1}],
            })
        })
        .collect();
    let segment = |segment: &Value| {
        json!({
            "id": "seg_00009htYpSCXrwaB9Dn456", "duration": "PT1H55M", "distance": "983.25", "stops": [],
            "media": [], "aircraft": null, "passengers": passengers,
            "origin": place(&segment["origin"]), "origin_terminal": segment["origin_terminal"],
            "destination": place(&segment["destination"]),
            "destination_terminal": segment["destination_terminal"],
            "departing_at": local(&segment["departure"]), "arriving_at": local(&segment["arrival"]),
            "marketing_carrier": carrier, "marketing_carrier_flight_number": segment["flight_number"],
            "operating_carrier": carrier, "operating_carrier_flight_number": segment["flight_number"],
        })
    };
    let slice = |slice: &Value| {
        let segments: Vec<_> = slice["segments"].as_array().unwrap().iter().map(segment).collect();
        json!({
            "id": "sli_00009htYpSCXrwaB9Dn123", "segments": segments, "fare_brand_name": "Business Saver",
            "origin_type": "airport", "origin": place(&slice["origin"]),
            "destination_type": "airport", "destination": place(&slice["destination"]),
            "duration": "PT1H55M", "conditions": {"change_before_departure": null},
        })
    };
    let slices: Vec<_> = state.slices.iter().map(slice).collect();
    let travellers: Vec<_> = ids.iter().map(|id| json!({ "id": id, "type": "adult", "age": null })).collect();
    let offer = json!({
        "id": "off_00009htYpSCXrwaB9DnUm0", "live_mode": false, "owner": carrier, "partial": false,
        "total_amount": "399.99", "total_currency": "USD", "base_amount": "350.00", "base_currency": "USD",
        "tax_amount": "49.99", "tax_currency": "USD", "total_emissions_kg": "460",
        "created_at": "2125-12-01T09:30:00Z", "updated_at": "2125-12-01T09:30:00Z",
        "expires_at": "2125-12-01T10:00:00Z", "passenger_identity_documents_required": false,
        "conditions": {
            "change_before_departure": {"allowed": true, "penalty_amount": "40.00", "penalty_currency": "USD"},
            "refund_before_departure": {"allowed": false, "penalty_amount": null, "penalty_currency": null},
        },
        "slices": slices, "passengers": travellers,
    });
    let request = json!({
        "id": "orq_00009hjdomFOCJyxHG7k7k", "live_mode": false, "created_at": "2125-12-01T09:30:00Z",
        "cabin_class": "business", "slices": [], "passengers": travellers, "offers": [offer],
    });
    (StatusCode::CREATED, Json(json!({ "data": request }))).into_response()
}

fn place(code: &Value) -> Value {
    let time_zone = if code == "DPS" { "Asia/Makassar" } else { "Asia/Jakarta" };
    json!({
        "id": format!("arp_{}_id", code.as_str().unwrap().to_lowercase()), "type": "airport", "iata_code": code,
        "iata_city_code": code, "iata_country_code": "ID", "icao_code": null, "name": code, "city_name": code,
        "city": null, "time_zone": time_zone, "latitude": -6.1, "longitude": 106.6,
    })
}
