//! Reads metrics as Prometheus does.

use std::{
    collections::BTreeSet,
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use reqwest::{Method, StatusCode, header};
use test_kit::{Client, eventually};

/// What a service exposes.
#[derive(Clone, Debug)]
pub(crate) struct Scrape(pub(super) String);

/// Waits until the operators' port answers.
pub(super) async fn listening(port: u16) -> Client {
    let client = Client::new(port);
    eventually("the operators' port answers", async || {
        client.request(Method::GET, "/health/live").send().await.ok()?;
        Some(())
    })
    .await;
    client
}

/// The metrics, in the classic format.
pub(crate) async fn scrape(client: &Client) -> Scrape {
    let response = client.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
    Scrape(response.text().await.unwrap())
}

/// Waits until the metrics satisfy a condition, and returns them.
pub(super) async fn scrape_until(client: &Client, what: &str, holds: impl Fn(&Scrape) -> bool) -> Scrape {
    let scraped = test_kit::wait::within(Duration::from_secs(20), what, async || {
        let scraped = scrape(client).await;
        holds(&scraped).then_some(scraped)
    });
    scraped.await
}

impl Scrape {
    /// The sum of all samples with this name whose labels include these, written `name="value"`. `None` if there are
    /// none.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> Option<f64> {
        let samples = self.samples(name).filter(|sample| labels.iter().all(|label| sample.contains(label)));
        let values = samples.map(|sample| sample.rsplit(' ').next().unwrap().parse::<f64>().unwrap());
        values.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
    }

    /// How many time series there are.
    pub(super) fn series(&self) -> usize {
        self.0.lines().filter(|line| !line.starts_with('#')).count()
    }

    /// The name, type, labels and help of each metric.
    pub(super) fn described(&self) -> BTreeSet<[String; 4]> {
        let types = self.0.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        types
            .map(|(name, kind)| {
                let help = format!("# HELP {name} ");
                let help = self.0.lines().find_map(|line| line.strip_prefix(&help));
                let suffixes: &[&str] = if kind == "histogram" { &["_count"] } else { &[""] };
                let labels: BTreeSet<_> = suffixes
                    .iter()
                    .flat_map(|suffix| self.samples(&format!("{name}{suffix}")).collect::<Vec<_>>())
                    .flat_map(label_names)
                    .collect();
                let labels: Vec<_> = labels.into_iter().map(|label| format!("`{label}`")).collect();
                [name.into(), kind.into(), labels.join(", "), help.unwrap_or_default().into()]
            })
            .collect()
    }

    /// Checks the metrics with Prometheus' own tool. Skips the check, with a message, if it is not installed and `CI`
    /// is not `true`.
    pub(super) fn check_with_promtool(&self) {
        let mut command = Command::new("promtool");
        command
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut promtool = match command.spawn() {
            Ok(promtool) => promtool,
            Err(error) => {
                let is_required = std::env::var("CI").is_ok_and(|ci| ci == "true");
                assert!(!is_required, "promtool is required (Debian: apt-get install prometheus): {error}");
                eprintln!("skipped: no promtool here. Debian: apt-get install prometheus");
                return;
            }
        };
        promtool.stdin.take().unwrap().write_all(self.0.as_bytes()).unwrap();
        let output = promtool.wait_with_output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        assert!(output.status.success() && printed.is_empty(), "{}", String::from_utf8_lossy(&printed));
    }

    fn samples<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.lines().filter(move |line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{') || rest.starts_with(' '))
        })
    }
}

/// The names of a sample's labels. No value contains a comma or an equals sign.
fn label_names(sample: &str) -> Vec<String> {
    let labels =
        sample.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(labels, _)| labels);
    labels.split(',').filter_map(|label| Some(label.split_once('=')?.0.to_owned())).collect()
}
