use std::{collections::HashMap, time::Duration};

use contracts::{SearchId, SearchQuery, SupplierStatus};
use tokio::time::Instant;
use traces::Span;

use super::*;
use crate::testing::query;

fn fast<'a>() -> RegistryOptions<'a> {
    RegistryOptions {
        simulated_latency: Some("0".parse().unwrap()),
        simulated_failure_rate: Some(0.0),
        ..RegistryOptions::default()
    }
}

fn embedded(options: RegistryOptions<'_>) -> Registry {
    Registry::embedded(options, &Arc::new(Airports::embedded())).unwrap()
}

fn code(text: &str) -> SupplierCode {
    text.parse().unwrap()
}

async fn statuses(registry: &Registry, query: SearchQuery) -> HashMap<String, SupplierStatus> {
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut statuses = HashMap::new();
    for client in registry.select(&[]) {
        let answer = client.ask(SearchId::random(), &query, deadline, &Span::none()).await;
        assert_eq!(answer.offers.is_empty(), answer.report.status != SupplierStatus::Ok);
        statuses.insert(client.code().to_string(), answer.report.status);
    }
    statuses
}

#[tokio::test]
async fn the_embedded_carriers_have_offers_for_their_routes() {
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
fn a_selection_has_each_supplier_once_in_the_requested_order() {
    let registry = embedded(fast());
    let selected = registry.select(&[code("SQ"), code("GA"), code("SQ")]);
    assert_eq!(selected.iter().map(|client| client.code().as_str()).collect::<Vec<_>>(), ["SQ", "GA"]);
}

#[tokio::test]
async fn an_unknown_supplier_answers_with_an_error() {
    let registry = embedded(fast());
    let clients = registry.select(&[code("NOBODY")]);
    let answer = clients[0]
        .ask(SearchId::random(), &query("CGK", "DPS"), Instant::now() + Duration::from_secs(1), &Span::none())
        .await;
    assert_eq!(answer.report.code, code("NOBODY"));
    assert_eq!(answer.report.status, SupplierStatus::Error);
}

#[tokio::test(start_paused = true)]
async fn the_latency_and_failure_options_apply_to_all() {
    let options = RegistryOptions {
        simulated_latency: Some("250".parse().unwrap()),
        simulated_failure_rate: Some(1.0),
        ..RegistryOptions::default()
    };
    for client in embedded(options).select(&[]) {
        let answer = client
            .ask(
                SearchId::random(),
                &query("CGK", "DPS"),
                Instant::now() + Duration::from_mins(1),
                &Span::none(),
            )
            .await;
        assert_eq!((answer.report.status, answer.report.elapsed_ms), (SupplierStatus::Error, 250));
    }
}

fn problem(text: &str) -> String {
    let airports = Arc::new(Airports::embedded());
    Registry::from_toml(text, RegistryOptions::default(), &airports).err().unwrap().to_string()
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
fn a_file_has_suppliers_with_distinct_codes() {
    assert!(problem("").contains("[[supplier]]"));
    assert!(problem("[[supplier]").contains("TOML"));
    assert!(problem("[[suplier]]").contains("suplier"));
    assert!(problem("[[supplier]]\nname = 'x'").contains("supplier #1: "));
    assert!(problem(&format!("{CARRIER}{CARRIER}")).contains("supplier XX: "));
    assert!(problem(&format!("[defaults]\nhubs = []\n{CARRIER}")).contains("`hubs`"));
}

#[test]
fn made_up_codes_make_no_time_series() {
    let registry = Registry::embedded(RegistryOptions::default(), &Arc::new(Airports::embedded())).unwrap();
    let series = || {
        let mut metrics = prometheus_client::registry::Registry::default();
        registry.register_metrics(&mut metrics);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &metrics).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).count()
    };
    let ask_for = |code: String| drop(registry.select(&[code.parse().unwrap()]));
    ask_for("Z0".into());
    let before = series();
    for number in 1..100 {
        ask_for(format!("Z{number}"));
    }
    assert_eq!(series(), before);
}
