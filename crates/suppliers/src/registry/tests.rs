use std::{collections::HashMap, time::Duration};

use contracts::{SearchId, SearchQuery, SupplierStatus};
use tokio::time::Instant;

use super::*;

fn query(from: &str, to: &str) -> SearchQuery {
    SearchQuery {
        origin: from.parse().unwrap(),
        destination: to.parse().unwrap(),
        date: "2025-07-10".parse().unwrap(),
        passengers: 2.try_into().unwrap(),
    }
}

fn fast<'a>() -> Options<'a> {
    Options {
        simulated_latency: Some("0".parse().unwrap()),
        simulated_failure_rate: Some(0.0),
        ..Options::default()
    }
}

fn embedded(options: Options<'_>) -> Registry {
    Registry::embedded(options, &Arc::new(Airports::embedded())).unwrap()
}

fn code(text: &str) -> SupplierCode {
    text.parse().unwrap()
}

async fn statuses(registry: &Registry, query: SearchQuery) -> HashMap<String, SupplierStatus> {
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut statuses = HashMap::new();
    for desk in registry.select(&[]) {
        let answer = desk.ask(SearchId::random(), &query, deadline).await;
        assert_eq!(answer.offers.is_empty(), answer.report.status != SupplierStatus::Ok);
        statuses.insert(desk.code().to_string(), answer.report.status);
    }
    statuses
}

#[tokio::test]
async fn the_embedded_carriers_answer_for_the_routes_they_fly() {
    let registry = embedded(fast());
    assert!(registry.listing().len() >= 8);

    let domestic = statuses(&registry, query("CGK", "DPS")).await;
    for carrier in ["GA", "JT", "QG", "QZ", "ID", "IU", "IP"] {
        assert_eq!(domestic[carrier], SupplierStatus::Ok, "{carrier}");
    }
    assert_eq!(domestic["SQ"], SupplierStatus::Empty, "no foreign carrier flies within Indonesia");

    let atlantic = statuses(&registry, query("LHR", "JFK")).await;
    assert!(atlantic.values().all(|status| *status == SupplierStatus::Empty), "{atlantic:?}");

    let unknown = statuses(&registry, query("QQQ", "CGK")).await;
    assert!(unknown.values().all(|status| *status == SupplierStatus::Empty), "{unknown:?}");

    let to_london = statuses(&registry, query("CGK", "LHR")).await;
    assert_eq!(to_london["SQ"], SupplierStatus::Ok);
    assert_eq!(to_london["IP"], SupplierStatus::Empty);
}

#[test]
fn a_selection_holds_each_supplier_once_in_the_order_asked() {
    let registry = embedded(fast());
    let selected = registry.select(&[code("SQ"), code("GA"), code("SQ")]);
    assert_eq!(selected.iter().map(|desk| desk.code().as_str()).collect::<Vec<_>>(), ["SQ", "GA"]);
}

#[tokio::test]
async fn a_supplier_that_nobody_has_answers_with_an_error() {
    let registry = embedded(fast());
    let desks = registry.select(&[code("NOBODY")]);
    let answer =
        desks[0].ask(SearchId::random(), &query("CGK", "DPS"), Instant::now() + Duration::from_secs(1)).await;
    assert_eq!(answer.report.code, code("NOBODY"));
    assert_eq!(answer.report.status, SupplierStatus::Error);
}

#[tokio::test(start_paused = true)]
async fn the_latency_and_failure_options_hold_for_all() {
    let options = Options {
        simulated_latency: Some("250".parse().unwrap()),
        simulated_failure_rate: Some(1.0),
        ..Options::default()
    };
    for desk in embedded(options).select(&[]) {
        let answer =
            desk.ask(SearchId::random(), &query("CGK", "DPS"), Instant::now() + Duration::from_mins(1)).await;
        assert_eq!((answer.report.status, answer.report.elapsed_ms), (SupplierStatus::Error, 250));
    }
}

fn problem(text: &str) -> String {
    let airports = Arc::new(Airports::embedded());
    Registry::from_toml(text, Options::default(), &airports).err().unwrap().to_string()
}

const CARRIER: &str = r#"
[[supplier]]
code = "XX"
name = "Example Air"
kind = "simulated"
latency = { median_ms = 10, p99_ms = 20 }
price_level = 1
home = "ID"
hubs = ["CGK"]
stations = ["DPS"]
range_km = 5000
"#;

#[test]
fn an_error_names_the_supplier_and_the_field() {
    for (from, to, field) in [
        ("price_level = 1", "price_level = 0", "`price_level`"),
        ("price_level = 1", "price_level = 'a'", "`price_level`"),
        ("price_level = 1", "price_levle = 1", "`price_levle`"),
        ("price_level = 1", "price_level = 1\nretires = 3", "`retires`"),
        ("price_level = 1", "price_level = 1\ntimeout_ms = -3", "`timeout_ms`"),
        ("price_level = 1", "price_level = 1\ntimeout_ms = 0", "`timeout_ms`"),
        ("price_level = 1", "price_level = 1\nretries = -1", "`retries`"),
        ("price_level = 1", "price_level = 1\nrate_limit = { calls = 0, per_ms = 1 }", "`rate_limit.calls`"),
        (
            "price_level = 1",
            "price_level = 1\nrate_limit = { calls = 1, per_ms = 9, burst = 2 }",
            "`rate_limit.burst`",
        ),
        ("price_level = 1", "price_level = 1\nrate_limit = { calls = 1, per = 9 }", "`per`"),
        ("price_level = 1", "price_level = 1\nbreaker = { open_ms = 'long' }", "`breaker.open_ms`"),
        ("\"Example Air\"", "\"\"", "`name`"),
        ("Example Air", "Example\\nAir", "`name`"),
        ("home = \"ID\"", "", "`home`"),
        ("median_ms = 10", "median_ms = 30", "`latency`"),
        ("median_ms = 10", "medium_ms = 10", "`medium_ms`"),
        ("\"DPS\"", "\"QQQ\"", "`stations`"),
        ("\"simulated\"", "\"telex\"", "`kind`"),
        ("price_level = 1", "price_level = 1\nfailure_rate = 1.5", "`failure_rate`"),
    ] {
        let problem = problem(&CARRIER.replace(from, to));
        assert!(problem.contains("supplier XX: ") && problem.contains(field), "{from} -> {to}: {problem}");
    }
}

#[test]
fn a_file_must_be_one_of_suppliers_each_with_a_code_of_its_own() {
    assert!(problem("").contains("[[supplier]]"));
    assert!(problem("[[supplier]").contains("TOML"));
    assert!(problem("[[suplier]]").contains("suplier"));
    assert!(problem("[[supplier]]\nname = 'x'").contains("supplier #1: "));
    assert!(problem(&format!("{CARRIER}{CARRIER}")).contains("supplier XX: "));
    assert!(problem(&format!("[defaults]\nhubs = []\n{CARRIER}")).contains("`hubs`"));
}
