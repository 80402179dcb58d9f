//! `provider-service check` and `try`, with the supplier that docs/suppliers.md walks through.

use std::{
    io::Write,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::{NamedTempFile, TempDir};
use test_kit::{Programs, System, wait::free_port, within};

const PAGE: &str = include_str!("../../docs/suppliers.md");

/// The block of code in this language that begins the section, or follows in it.
fn block(language: &str) -> &'static str {
    let (_, section) = PAGE.split_once("\n### A walk through").unwrap();
    let (_, rest) = section.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0
}

/// The API of the walk-through, and the file that maps it.
struct Nusa {
    server: Child,
    directory: TempDir,
}

impl Drop for Nusa {
    fn drop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }
}

impl Nusa {
    async fn start() -> Self {
        let directory = TempDir::new().unwrap();
        let script = directory.path().join("nusa.py");
        std::fs::write(&script, block("python")).unwrap();
        let port = free_port().to_string();
        std::fs::write(directory.path().join("nusa.toml"), block("toml").replace("8099", &port)).unwrap();
        let server = Command::new("python3").arg(script).arg(&port).stderr(Stdio::null()).spawn();
        let nusa = Self { server: server.expect("python3 is installed"), directory };
        within(Duration::from_secs(30), "the server listens", async || {
            tokio::net::TcpStream::connect(format!("127.0.0.1:{port}")).await.ok().map(drop)
        })
        .await;
        nusa
    }

    fn settings(&self) -> [(&str, String); 2] {
        let file = self.directory.path().join("nusa.toml");
        [("SUPPLIERS_FILE", file.to_str().unwrap().to_owned()), ("NUSA_KEY", "nusa-secret".to_owned())]
    }

    async fn run(&self, arguments: &str) -> (Option<i32>, String) {
        run(&self.settings(), arguments).await
    }
}

/// The exit code and all that is printed.
async fn run(settings: &[(&str, String)], arguments: &str) -> (Option<i32>, String) {
    let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let mut command = Programs::of_this_test().command("provider-service", &settings);
    command.args(arguments.split_whitespace());
    let Output { status, stdout, stderr } = tokio::process::Command::from(command).output().await.unwrap();
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_supplier_is_tried_as_documented() {
    let nusa = Nusa::start().await;
    let (code, text) = nusa.run("check").await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("NUSA") && text.contains("Nusa Trips"), "{text}");

    let commands = block("sh").lines().find_map(|line| line.split_once("-- try ")).unwrap();
    let (code, text) = nusa.run(&format!("try {}", commands.1)).await;
    assert_eq!(code, Some(0), "{text}");
    let shown = block("text");
    assert!(text.contains(shown), "{text}\n---\n{shown}");
    for part in [
        "  GET http://127.0.0.1:",
        "/trips?adults=2&back=2127-12-15&from=CGK&out=2127-12-08&to=DPS\n",
        "  x-key: ${NUSA_KEY}\n",
        "  status 200, application/json, ",
        "  {\"trips\": [{\"id\": \"trip-Basic\"",
        "Itineraries: 1, offers left out: 1",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("nusa-secret"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_suppliers_fares_are_found_by_a_search() {
    let nusa = Nusa::start().await;
    let mut system = System::builder();
    for (name, value) in nusa.settings() {
        system = system.set(name, &value);
    }
    let system = system.start().await;
    let client = system.client();
    let body = json!({"from": "JKT", "to": "DPS", "date": "2127-12-08", "return_date": "2127-12-15", "passengers": 2});
    let (_, response) = client.post(&body).await;
    let end = client.result(response["data"]["search_id"].as_str().unwrap()).await.json();
    let report = &end["suppliers"][0];
    assert_eq!((&report["status"], &report["rejected"]), (&json!("ok"), &json!(1)), "{end}");
    let [offer] = &end["results"].as_array().unwrap()[..] else { panic!("{end}") };
    let told = |value: &Value, field: &str| -> Vec<Value> {
        value.as_array().unwrap().iter().map(|part| part[field].clone()).collect()
    };
    assert_eq!(told(&offer["prices"], "total"), [json!("2124.00"), json!("2610.00")]);
    assert_eq!(told(&offer["slices"], "stops"), [json!(1), json!(0)]);
    assert_eq!(told(&offer["slices"][0]["segments"], "flight_number"), [json!("101"), json!("102")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_said_and_secrets_are_not() {
    let nusa = Nusa::start().await;
    let [file, _] = nusa.settings();
    let (code, text) = run(std::slice::from_ref(&file), "check").await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("supplier NUSA: `headers.x-key`: `${NUSA_KEY}` is not set"), "{text}");

    let (code, text) = run(&[file, ("NUSA_KEY", "wrong".to_owned())], "try CGK DPS 2127-12-08").await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("  status 401, text/html") && text.contains("Failed: HTTP status 401"), "{text}");

    for (arguments, problem) in [
        ("try CGK DPS 2127-12-08 --child 7", "Not asked: it sells nothing to children"),
        ("try CGK QQQ 2127-12-08", "no airport or city has the code QQQ"),
        ("try CGK CGK 2127-12-08", "<TO> must differ from <FROM>"),
        ("try CGK DPS 2127-12-08 --supplier GA", "--supplier must be one of NUSA"),
    ] {
        let (code, text) = nusa.run(arguments).await;
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains(problem), "{text}");
    }
    let mut wrong = NamedTempFile::new().unwrap();
    wrong.write_all(block("toml").replace("departure =", "leaves =").as_bytes()).unwrap();
    let settings =
        [("SUPPLIERS_FILE", wrong.path().to_str().unwrap().to_owned()), ("NUSA_KEY", "x".to_owned())];
    let (code, text) = run(&settings, "check").await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("response.segment") && text.contains("leaves"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_suppliers_are_tried_without_a_request() {
    let (code, text) = run(
        &[("SIMULATED_LATENCY_MS", "0".into()), ("SIMULATED_FAILURE_RATE", "0".into())],
        "try CGK DPS 2127-12-08 --supplier GA --cabin business",
    )
    .await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("Sent: nothing") && text.contains("business, Garuda Indonesia"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn resellers_sell_the_carriers_flights_in_other_currencies() {
    let rates = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sample-rates.csv");
    let system = System::builder()
        .set("SIMULATED_RESELLERS", "true")
        .set("SIMULATED_FAILURE_RATE", "0")
        .set("EXCHANGE_RATES_FILE", rates)
        .start()
        .await;
    let client = system.client();
    let end = client.result(&client.submit().await).await.json();
    assert_eq!(end["status"], "completed", "{end}");
    let offers = end["results"].as_array().unwrap();
    let sellers = |offer: &Value| offer["suppliers"].as_array().unwrap().len();
    assert!(offers.iter().all(|offer| offer["comparable"].is_null() && (1..=4).contains(&sellers(offer))));
    assert!(offers.iter().filter(|offer| sellers(offer) >= 3).count() > 3, "{end}");
    let currencies = ["IDR", "SGD", "USD"];
    let prices = || offers.iter().flat_map(|offer| offer["prices"].as_array().unwrap());
    assert!(currencies.iter().all(|currency| prices().any(|price| price["currency"] == *currency)));
    assert!(prices().all(|price| price["approximate"].is_null() == (price["currency"] == "IDR")));
}
