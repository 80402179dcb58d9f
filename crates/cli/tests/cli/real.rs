//! Against a real gateway, worker and Redis.

use std::{io::Write, net::TcpListener, process::Command};

use serde_json::Value;
use tempfile::NamedTempFile;
use test_kit::{System, eventually};

use crate::{
    command::{Run, program},
    terminal::Terminal,
};

/// The program with these arguments, at the system's gateway.
fn command(system: &System, arguments: &str) -> Command {
    let mut command = program(&format!("http://127.0.0.1:{}", system.gateways[0].port));
    command.args(arguments.split(' '));
    command
}

async fn run(system: &System, arguments: &str) -> Run {
    tokio::process::Command::from(command(system, arguments)).output().await.unwrap().into()
}

/// Two suppliers: one that answers at once, and one that never does. With what keeps that one silent.
fn one_of_two_hangs() -> (NamedTempFile, TcpListener) {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let mut file = NamedTempFile::new().unwrap();
    write!(
        file,
        "[defaults]\ntimeout_ms = 50000\nretries = 0\n\n\
         [[supplier]]\ncode = \"GA\"\nname = \"Garuda Indonesia\"\nkind = \"simulated\"\n\
         latency = {{ median_ms = 20, p99_ms = 50 }}\nfailure_rate = 0.0\nprice_level = 1.0\nhome = \"ID\"\n\
         hubs = [\"CGK\"]\nrange_km = 6000\nstations = [\"DPS\"]\n\n\
         [[supplier]]\ncode = \"SLOW\"\nname = \"Slow Air\"\nkind = \"http\"\nurl = \"http://127.0.0.1:{port}/\"\n\
         [supplier.response]\noffers = \"\"\nflight_number = \"/flight\"\nprice = \"/price\"\ndeparture = \"/at\"\n\
         duration_minutes = \"/minutes\"\n"
    )
    .unwrap();
    (file, silent)
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The widest line of a table's rows.
fn width_of_rows(text: &str) -> usize {
    let rows = text.lines().filter(|line| {
        // Those of the progress move the cursor.
        line.contains("Rp ") && line.contains(['→', '–']) && !line.contains('\u{1b}')
    });
    rows.map(|line| line.chars().count()).max().expect("rows")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_for_a_family_is_a_line_of_json_for_each_event() {
    let system = System::start().await;
    let search = "Jakarta denpasr +30d --return +37d --adults 2 --child 7 --cabin business --max-stops 1 \
                  --currency USD --json";
    let run = run(&system, search).await;
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.starts_with("“denpasr” is Denpasar, ID (DPS, "), "{}", run.stderr);
    let events = lines(&run.stdout);
    let (end, partials) = events.split_last().unwrap();
    assert_eq!(end["status"], "completed");
    assert_eq!(partials.len(), end["suppliers"].as_array().unwrap().len(), "each supplier has a line");
    for partial in partials {
        assert_eq!(
            (&partial["status"], &partial["search_id"]),
            (&Value::from("processing"), &end["search_id"])
        );
        assert!(partial["supplier"]["code"].is_string() && partial["results"].is_array(), "{partial}");
    }
    let offer = &end["results"][0];
    assert_eq!(
        (offer["cabin"].as_str(), offer["slices"][1]["origin"].as_str()),
        (Some("business"), Some("DPS"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_is_followed_its_offer_shown_and_its_price_checked() {
    let system = System::start().await;
    let client = system.client();
    let id = client.submit().await;
    let end = client.result(&id).await.json();

    let follow = run(&system, &format!("follow {id} --sort duration -n 3")).await;
    assert_eq!((follow.code, follow.stderr.as_str()), (0, ""));
    assert!(follow.stdout.contains("The fastest 3 of "), "{}", follow.stdout);
    let json = run(&system, &format!("follow {id} --json")).await;
    assert_eq!(lines(&json.stdout).last(), Some(&end), "the same end for a later client");

    let first = &end["results"][0];
    let (offer, number) = (first["id"].as_str().unwrap(), first["flight_number"].as_str().unwrap());
    let by_id = run(&system, &format!("offer {id} {offer}")).await;
    assert_eq!((by_id.code, by_id.stderr.as_str()), (0, ""));
    for part in [number, first["carrier"].as_str().unwrap(), "Soekarno-Hatta", "checked bag", "valid until"] {
        assert!(by_id.stdout.contains(part), "{part} is missing in\n{}", by_id.stdout);
    }
    let prices = first["prices"].as_array().unwrap().len();
    assert_eq!(by_id.stdout.matches("valid until").count(), prices, "{}", by_id.stdout);
    let by_number = run(&system, &format!("offer {id} {}", number.to_lowercase())).await;
    assert_eq!(by_number.stdout, by_id.stdout);
    let json = run(&system, &format!("offer {id} {offer} --json")).await;
    assert_eq!(lines(&json.stdout), std::slice::from_ref(first));

    let seller = first["prices"][0]["supplier"].as_str().unwrap();
    let check = run(&system, &format!("check {id} {offer} {seller}")).await;
    assert_eq!((check.code, check.stderr.as_str()), (0, ""), "{}", check.stdout);
    assert!(check.stdout.starts_with(&format!("{seller} still asks for Rp ")), "{}", check.stdout);
    let json = run(&system, &format!("check {id} {offer} {seller} --json")).await;
    assert_eq!(lines(&json.stdout).last().unwrap()["check"]["outcome"], "same");
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_shows_what_has_come_and_the_search_goes_on_until_it_is_cancelled() {
    let (suppliers, _silent) = one_of_two_hangs();
    let system = System::builder().set("SUPPLIERS_FILE", suppliers.path().to_str().unwrap()).start().await;
    let client = system.client();
    eventually("the gateway knows the suppliers' names", async || {
        let (_, listing) = client.get("/api/suppliers").await;
        listing["data"].as_array().is_some_and(|suppliers| suppliers.len() == 2).then_some(())
    })
    .await;

    let search = Terminal::start(command(&system, "CGK DPS tomorrow --sort best"), 80);
    search.shows(" from Rp ").await;
    search.shows("Slow Air").await;
    search.interrupt();
    let (code, shown) = search.end().await;
    assert_eq!(code, Some(130), "{shown}");
    assert!(width_of_rows(&shown) <= 80 && shown.contains("Garuda Indonesia"), "{shown}");
    assert!(
        shown.contains(" so far. 1 of 2 suppliers have answered.\nStill waiting for: Slow Air.\n"),
        "{shown}"
    );
    let (_, id) = shown.split_once("flight-search follow ").expect("how to follow it");
    let id = &id[..36];
    assert!(shown.contains(&format!("flight-search cancel {id}")), "{shown}");
    assert_eq!(client.state(id).await.1["data"]["status"], "processing", "the search goes on");

    let follow = Terminal::start(command(&system, &format!("follow {id}")), 60);
    follow.shows(" offers").await;
    let cancel = run(&system, &format!("cancel {id}")).await;
    assert_eq!((cancel.code, cancel.stdout.as_str(), cancel.stderr.as_str()), (0, "Search cancelled.\n", ""));
    let (code, shown) = follow.end().await;
    assert_eq!(code, Some(3), "{shown}");
    assert!(shown.contains("The search was cancelled"), "{shown}");
    assert!(width_of_rows(&shown) <= 60 && shown.contains("Garuda"), "{shown}");

    let again = run(&system, &format!("cancel {id}")).await;
    assert_eq!((again.code, again.stdout.as_str()), (2, ""));
    assert_eq!(again.stderr, "flight-search: the search has ended already\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_gateway_does_not_have_is_said() {
    let system = System::start().await;
    let client = system.client();
    let id = client.submit().await;
    let end = client.result(&id).await.json();
    let offer = end["results"][0]["id"].as_str().unwrap();
    let unknown = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";
    let no_search = "no search has this id; it may have expired";
    for (arguments, says) in [
        (format!("follow {unknown}"), no_search),
        (format!("cancel {unknown}"), no_search),
        (format!("offer {unknown} {offer}"), no_search),
        (format!("offer {unknown} GA402"), no_search),
        (format!("offer {id} 0123456789abcdef"), "the search has no offer with this id"),
        (format!("offer {id} XX1"), "the search has no offer XX1"),
        (format!("check {id} {offer} NOBODY"), "this supplier has no such price"),
    ] {
        let run = run(&system, &arguments).await;
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{arguments}: {}", run.stderr);
    }
}
