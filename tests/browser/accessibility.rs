//! The page is accessible: axe-core finds no violation in any state, light or dark.

use std::path::Path;

use serde_json::Value;

use crate::{
    browser::Look,
    page::{Page, quick, very_slow},
};

const WIDTHS: [Look; 2] = [Look::WIDE, Look::PHONE];

fn axe() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; run `npm ci` in tests/browser", path.display()))
}

/// Checks the page in its current state, in both widths and both colour schemes.
pub(crate) async fn is_accessible(page: &Page, state: &str) {
    page.browser.client.execute(&axe(), Vec::new()).await.unwrap();
    for look in WIDTHS.into_iter().flat_map(|look| [look, look.dark()]) {
        page.browser.look(look).await;
        // During a transition, colours are in between, and their contrast is lower.
        page.still().await;
        let script = "const done = arguments[0]; axe.run().then(\
             result => done(result.violations.map(found => [found.id, found.nodes.map(node => \
               node.html + ' ' + node.failureSummary)])), error => done(String(error)))";
        let violations = page.browser.client.execute_async(script, Vec::new()).await.unwrap();
        assert_eq!(violations, Value::Array(Vec::new()), "{state}, {look:?}: {violations:#}");
    }
}

#[tokio::test]
async fn the_empty_form_its_suggestions_and_its_errors_are_accessible() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.shown("#welcome").await;
    is_accessible(&page, "empty").await;
    page.fill("#from", "jak").await;
    page.shown("#from-suggestions").await;
    is_accessible(&page, "suggestions").await;
    page.search("CGX", "DPS").await;
    page.shown("#from-error").await;
    is_accessible(&page, "errors").await;
}

#[tokio::test]
async fn running_and_cancelled_searches_are_accessible() {
    let system = very_slow().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "DPS").await;
    page.fares_arrive().await;
    is_accessible(&page, "running").await;
    page.phase("processing").await;
    page.browser.look(Look::WIDE).await;
    page.click("#cancel").await;
    page.phase("cancelled").await;
    is_accessible(&page, "cancelled").await;
}

#[tokio::test]
async fn results_and_an_expired_search_are_accessible() {
    let system = quick().await;
    let Some(page) = Page::open(&system, "/", Look::WIDE).await else { return };
    page.search("CGK", "NRT").await;
    page.phase("completed").await;
    is_accessible(&page, "results").await;
    page.go("/?search=7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11").await;
    page.phase("missing").await;
    is_accessible(&page, "expired").await;
}
