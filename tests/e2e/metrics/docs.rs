use std::collections::{BTreeMap, BTreeSet};

use super::{gateway, scrape::scrape, worker};

/// The rows of docs/metrics.md's table: name, type, labels, services, meaning.
type Rows = BTreeSet<String>;

fn rows(scraped: &[(&str, BTreeSet<[String; 4]>)]) -> Rows {
    let mut metrics = BTreeMap::<&[String; 4], Vec<&str>>::new();
    for (service, described) in scraped {
        for metric in described {
            metrics.entry(metric).or_default().push(service);
        }
    }
    let row = |([name, kind, labels, help], services): (&[String; 4], Vec<&str>)| {
        let services = if services.len() > 1 { "both" } else { services[0] };
        format!("| `{name}` | {kind} | {labels} | {services} | {help} |")
    };
    metrics.into_iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_has_each_metric_that_a_service_exposes() {
    let (mut system, gateway) = gateway::start(&[]).await;
    // Routes appear with their first request.
    system.client().submit().await;
    let worker = worker::add_worker(&mut system, &[]).await;
    let exposed = rows(&[
        ("gateway", scrape(&gateway).await.described()),
        ("worker", scrape(&worker).await.described()),
    ]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/metrics.md");
    let document = std::fs::read_to_string(path).unwrap();
    let documented: Rows =
        document.lines().filter(|line| line.starts_with("| `flight_search_")).map(str::to_owned).collect();
    let missing: Vec<_> = exposed.difference(&documented).cloned().collect();
    let gone: Vec<_> = documented.difference(&exposed).cloned().collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "docs/metrics.md lacks\n{}\nand has\n{}",
        missing.join("\n"),
        gone.join("\n")
    );
}
