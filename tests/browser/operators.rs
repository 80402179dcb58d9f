//! The operators' page: what it shows of a running system, and what it changes.

use serde_json::{Value, json};
use test_kit::{Client, System, SystemBuilder, client::example, eventually, wait::free_port};

use crate::{
    accessibility::is_accessible,
    browser::{Browser, Look},
    page::Page,
};

/// A system whose first gateway has an operators' port.
struct Operated {
    system: System,
    port: u16,
}

async fn operated(settings: SystemBuilder) -> Operated {
    let port = free_port();
    let mut system = settings.gateways(0).workers(0).start().await;
    system.add_gateway_with(&[("METRICS_PORT", &port.to_string())]).await;
    system.gateways[0].ready().await;
    Operated { system, port }
}

impl Operated {
    async fn open(&self, look: Look) -> Option<Page> {
        let page = Page::of(Browser::start(look).await?, &format!("http://localhost:{}", self.port));
        page.go("/").await;
        page.browser.until("document.body.dataset.state === 'read'").await;
        Some(page)
    }

    async fn api(&self, path: &str) -> Value {
        Client::new(self.port).get(path).await.1["data"].clone()
    }

    /// Adds a dead letter of a search that has ended. Returns its entry.
    async fn dead_letter(&self) -> String {
        let mut fields = vec![("reason".to_owned(), "3 workers died".to_owned())];
        fields.push(("entry_id".into(), "1-0".into()));
        fields.push(("search_id".into(), "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11".into()));
        for (name, value) in example().as_object().unwrap() {
            fields.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)));
        }
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.system.redis.add("flight.search.dead", &fields).await
    }
}

/// The rows of a table, each with the texts of its cells.
async fn rows(page: &Page, table: &str) -> Vec<Vec<String>> {
    let script = format!(
        "[...document.querySelectorAll('{table} tbody tr')].map(row => [...row.children].map(cell => cell.textContent))"
    );
    serde_json::from_value(page.browser.eval(&script).await).unwrap()
}

/// Waits until an element's text has a part.
async fn says(page: &Page, selector: &str, part: &str) {
    page.browser
        .until(&format!("document.querySelector('{selector}').textContent.includes({})", json!(part)))
        .await;
}

#[tokio::test]
async fn a_worker_and_its_job_are_shown_and_a_search_s_history() {
    let mut operated = operated(System::builder().set("SIMULATED_LATENCY_MS", "60000")).await;
    operated.system.add_worker();
    operated.system.joined(1).await;
    let id = operated.system.client().submit().await;
    let Some(page) = operated.open(Look::WIDE).await else { return };
    says(&page, "#worker-list", &id).await;
    let worker = rows(&page, "#worker-list").await.remove(0);
    assert_eq!((worker[1].as_str(), worker[3].as_str()), ("alive", "1"), "{worker:?}");

    page.click(&format!("[aria-label='History of {id}']")).await;
    says(&page, "#history", "accepted").await;
    says(&page, "#history", "delivered").await;
    assert_eq!(page.focus().await, "history");
    operated.system.client().cancel(&id).await;
    says(&page, "#history", "cancelled").await;

    // By its id, too; and one that is unknown.
    page.fill("#find-id", "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11").await;
    page.press("\u{E007}").await;
    says(&page, "#history", "there is no record of this search").await;
    assert!(page.browser.complaints().await.is_empty());
}

#[tokio::test]
async fn a_breaker_that_has_opened_is_shown_with_the_last_error() {
    let mut operated = operated(System::builder().set("SIMULATED_FAILURE_RATE", "1")).await;
    operated.system.add_worker();
    let client = operated.system.client();
    // Twenty failures open a breaker.
    for _ in 0..21 {
        client.result(&client.submit().await).await;
    }
    let Some(page) = operated.open(Look::WIDE).await else { return };
    page.browser.until("document.querySelector('#supplier-list td.bad')?.textContent === 'open'").await;
    says(&page, "#supplier-list", "simulated failure").await;
}

#[tokio::test]
async fn a_dead_letter_is_shown_replayed_as_a_new_search_and_another_dropped() {
    let mut operated = operated(System::builder()).await;
    operated.system.add_worker();
    let entry = operated.dead_letter().await;
    let Some(page) = operated.open(Look::WIDE).await else { return };
    page.click(&format!("[aria-label='Show {entry}']")).await;
    says(&page, "#letter", "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11").await;
    page.click(&format!("[aria-label='Replay {entry}']")).await;
    says(&page, "#dead-result", "this is a new search").await;
    let new = page.text("#dead-result button").await;
    assert_eq!(operated.system.client().result(&new).await.json()["status"], "completed");
    page.click("#dead-result button").await;
    says(&page, "#history", &format!("{new}: completed")).await;
    page.shown("#dead-list p").await;

    let entry = operated.dead_letter().await;
    let drop = format!("[aria-label=\"Drop {entry}\"]");
    page.shown(&drop).await;
    page.click(&drop).await;
    assert_eq!(page.focus().await, "confirm-no", "nothing is dropped by mistake");
    page.click("#confirm-no").await;
    assert_eq!(operated.api("/api/dead-letters").await["total"], 1);
    page.click(&drop).await;
    page.click("#confirm-yes").await;
    says(&page, "#dead-result", &format!("Dropped {entry}")).await;
    assert_eq!(operated.api("/api/dead-letters").await["total"], 0);
    assert!(page.browser.complaints().await.is_empty());
}

#[tokio::test]
async fn the_log_filter_is_changed_and_an_invalid_one_refused() {
    let operated = operated(System::builder()).await;
    let Some(page) = operated.open(Look::WIDE).await else { return };
    page.browser.until("document.querySelector('#log-filter').value === 'info'").await;
    page.fill("#log-filter", "info,broker=loud").await;
    page.press("\u{E007}").await;
    says(&page, "#log-result", "the filter is invalid").await;
    page.fill("#log-filter", "warn").await;
    page.press("\u{E007}").await;
    says(&page, "#log-result", "changed").await;
    assert_eq!(operated.api("/log").await["filter"], "warn");
}

#[tokio::test]
async fn refreshing_keeps_the_focus_and_the_open_detail_and_says_when_the_port_is_gone() {
    let mut operated = operated(System::builder()).await;
    let entry = operated.dead_letter().await;
    let Some(page) = operated.open(Look::WIDE).await else { return };
    page.click(&format!("[aria-label='Show {entry}']")).await;
    page.shown("#letter").await;
    page.browser.eval(&format!("document.querySelector(\"[aria-label='Replay {entry}']\").focus()")).await;
    // What is read next moves the row.
    operated.dead_letter().await;
    page.browser.until("document.querySelectorAll('#dead-list tbody tr').length === 2").await;
    let focused = page.browser.eval("document.activeElement.getAttribute('aria-label')").await;
    assert_eq!(focused, format!("Replay {entry}"));
    assert!(page.find("#letter").await.is_displayed().await.unwrap());

    operated.system.gateways[0].service.kill().await;
    says(&page, "#offline", "This port does not answer").await;
    says(&page, "#offline", "What you see is from").await;
    assert_eq!(rows(&page, "#dead-list").await.len(), 2, "what was read stays");
}

#[tokio::test]
async fn the_page_is_accessible_and_fits_a_phone() {
    let mut operated = operated(System::builder().set("SIMULATED_LATENCY_MS", "60000")).await;
    operated.system.add_worker();
    operated.system.joined(1).await;
    let entry = operated.dead_letter().await;
    let id = operated.system.client().submit().await;
    let Some(page) = operated.open(Look::WIDE).await else { return };
    says(&page, "#worker-list", &id).await;
    page.click(&format!("[aria-label='History of {id}']")).await;
    says(&page, "#history", "accepted").await;
    page.click(&format!("[aria-label='Show {entry}']")).await;
    page.shown("#letter").await;
    eventually("suppliers are shown", async || {
        (!rows(&page, "#supplier-list").await.is_empty()).then_some(())
    })
    .await;
    is_accessible(&page, "everything open").await;
    page.browser.look(Look::PHONE).await;
    let fits = "document.documentElement.scrollWidth <= 360";
    assert_eq!(page.browser.eval(fits).await, true, "nothing is wider than the screen");
    page.browser.look(Look::WIDE).await;
    page.click(&format!("[aria-label='Drop {entry}']")).await;
    is_accessible(&page, "asking before a drop").await;
    page.click("#confirm-no").await;
}
