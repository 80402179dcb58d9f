//! What a user of the page does and sees.

use contracts::names::SUPPLIERS_KEY;
use fantoccini::{Locator, elements::Element, key::Key};
use rustix::process::Signal;
use serde_json::Value;
use test_kit::{Gateway, System, SystemBuilder, eventually};

use crate::browser::{Browser, Look};

/// Whether no more fares are being added to the list.
const ALL_FARES: &str = "document.querySelector('#fares').ariaBusy !== 'true'";

/// A gateway's page in a browser.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) browser: Browser,
    base: String,
}

/// A system whose suppliers answer within half a second.
pub(crate) async fn quick() -> System {
    with_latency("50-500").await
}

/// A system whose first suppliers answer soon and whose last ones are slow.
pub(crate) async fn slow() -> System {
    with_latency("400-12000").await
}

/// A system whose last suppliers take longer than any test.
pub(crate) async fn very_slow() -> System {
    started(
        SystemBuilder::default()
            .set("SIMULATED_LATENCY_MS", "500-120000")
            .set("SEARCH_DEADLINE_MS", "600000"),
    )
    .await
}

/// Pauses the workers, so that a search waits for the test.
pub(crate) async fn pause(system: &System) {
    // Workers republish the list of suppliers. Without this, it would expire while they are paused.
    let _: i64 = system.redis.run(&format!("PERSIST {SUPPLIERS_KEY}")).await;
    system.workers.iter().for_each(|worker| worker.signal(Signal::STOP));
}

/// Resumes the workers.
pub(crate) fn resume(system: &System) {
    system.workers.iter().for_each(|worker| worker.signal(Signal::CONT));
}

async fn with_latency(latency: &str) -> System {
    started(SystemBuilder::default().set("SIMULATED_LATENCY_MS", latency)).await
}

async fn started(builder: SystemBuilder) -> System {
    let system = builder.start().await;
    system.workers_ready().await;
    system
}

impl Page {
    /// Opens a path of the first gateway; `None` if no browser is installed.
    pub(crate) async fn open(system: &System, path: &str, look: Look) -> Option<Self> {
        let base = base(&system.gateways[0]);
        let page = Self { browser: Browser::start(look).await?, base };
        page.go(path).await;
        Some(page)
    }

    /// The same for a user of other languages: `id-ID,en-US`.
    pub(crate) async fn open_in(system: &System, languages: &str, path: &str, look: Look) -> Option<Self> {
        let base = base(&system.gateways[0]);
        let page = Self { browser: Browser::start(look).await?, base };
        page.browser.languages(languages).await;
        page.go(path).await;
        Some(page)
    }

    /// The page at this address.
    pub(crate) fn of(browser: Browser, base: &str) -> Self {
        Self { browser, base: base.to_owned() }
    }

    pub(crate) async fn go(&self, path: &str) {
        self.browser.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// The path in the address, with query and fragment.
    pub(crate) async fn address(&self) -> String {
        let url = self.browser.client.current_url().await.unwrap();
        url.as_str().strip_prefix(&self.base).unwrap().to_owned()
    }

    /// The id of the search in the address.
    pub(crate) async fn search_id(&self) -> String {
        let address = self.address().await;
        let (_, rest) = address.split_once("/?search=").unwrap_or_else(|| panic!("no search in {address}"));
        rest.split('#').next().unwrap().to_owned()
    }

    pub(crate) async fn find(&self, selector: &str) -> Element {
        self.browser
            .client
            .find(Locator::Css(selector))
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Sends keys to the focused element.
    pub(crate) async fn press(&self, keys: &str) {
        self.browser.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// The id of the focused element.
    pub(crate) async fn focus(&self) -> String {
        self.browser.eval("document.activeElement.id").await.as_str().unwrap().to_owned()
    }

    pub(crate) async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    /// The value of a field.
    pub(crate) async fn value(&self, selector: &str) -> String {
        self.find(selector).await.prop("value").await.unwrap().unwrap()
    }

    /// Clears a field and types into it.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Fills in a place, and takes the best suggestion, which has this code.
    pub(crate) async fn place(&self, selector: &str, text: &str, code: &str) {
        self.suggestions(selector, text, code).await;
        self.press(&char::from(Key::Tab).to_string()).await;
    }

    /// Fills in a place, and waits until the best suggestion has this code. Before, there may be suggestions for the
    /// beginning of the text.
    pub(crate) async fn suggestions(&self, selector: &str, text: &str, code: &str) {
        self.fill(selector, text).await;
        let best = format!("{selector}-suggestions [aria-selected=true] .option-code");
        self.browser.until(&format!("document.querySelector('{best}')?.textContent === '{code}'")).await;
    }

    /// Clicks the best suggestion, again if the list was just replaced.
    pub(crate) async fn take_suggestion(&self, selector: &str) {
        let option = format!("{selector}-suggestions [role=option]");
        eventually("the suggestion is clicked", async || {
            let option = self.browser.client.find(Locator::Css(&option)).await.ok()?;
            option.click().await.ok()
        })
        .await;
    }

    /// Fills in a date. Typing it depends on the locale.
    pub(crate) async fn set_date(&self, selector: &str, date: &str) {
        let script = format!(
            "(() => {{ const field = document.querySelector('{selector}'); field.value = '{date}'; \
             for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, {{bubbles: true}})); }})()"
        );
        self.browser.eval(&script).await;
    }

    /// Chooses an option of a list.
    pub(crate) async fn choose(&self, selector: &str, value: &str) {
        self.find(selector).await.select_by_value(value).await.unwrap();
    }

    /// Whether the element is hidden.
    pub(crate) async fn hides(&self, selector: &str) -> bool {
        self.browser.eval(&format!("!document.querySelector('{selector}').checkVisibility()")).await == true
    }

    /// Fills in origin and destination, and submits the form.
    pub(crate) async fn search(&self, from: &str, to: &str) {
        self.fill("#from", from).await;
        self.fill("#to", to).await;
        // On a phone, the suggestions would cover the button.
        self.press(&char::from(Key::Tab).to_string()).await;
        self.click("#submit").await;
    }

    /// Waits until the element is shown.
    pub(crate) async fn shown(&self, selector: &str) {
        self.browser.until(&format!("document.querySelector('{selector}')?.checkVisibility()")).await;
    }

    /// Waits until the search on the page is in this phase, with all its fares.
    pub(crate) async fn phase(&self, phase: &str) {
        let phase = format!("document.querySelector('#results').dataset.phase === '{phase}'");
        self.browser.until(&format!("{phase} && {ALL_FARES}")).await;
    }

    /// Waits for the first fare.
    pub(crate) async fn fares_arrive(&self) {
        self.browser.until("document.querySelector('.fare')").await;
    }

    /// The flights and prices of the fares, from the top.
    pub(crate) async fn fares(&self) -> Vec<(String, String)> {
        self.browser.until(ALL_FARES).await;
        let script = "[...document.querySelectorAll('.fare')].map(fare => \
             ['.flight', '.amount'].map(part => fare.querySelector(part).textContent))";
        serde_json::from_value(self.browser.eval(script).await).unwrap()
    }

    /// Waits until all animations have ended but those without an end.
    pub(crate) async fn still(&self) {
        let still = "document.getAnimations().every(animation => \
             animation.playState !== 'running' || animation.effect.getTiming().iterations === Infinity)";
        self.browser.until(still).await;
    }

    /// The fares' vertical positions, in pixels. Waits until their animations have ended.
    pub(crate) async fn fare_tops(&self) -> Vec<f64> {
        self.browser
            .until("document.getAnimations().every(animation => animation.playState !== 'running')")
            .await;
        let script = "[...document.querySelectorAll('.fare')].map(fare => fare.getBoundingClientRect().top)";
        serde_json::from_value(self.browser.eval(script).await).unwrap()
    }
}

/// The address of a gateway.
pub(crate) fn base(gateway: &Gateway) -> String {
    format!("http://localhost:{}", gateway.port)
}

/// The fares that the page should show for a result.
pub(crate) fn expected(results: &Value) -> Vec<(String, String)> {
    let shown = |offer: &Value| {
        let flight = offer["flight_number"].as_str().unwrap().replace('/', " + ");
        (flight, rupiah(offer["price"].as_u64().unwrap()))
    };
    results.as_array().unwrap().iter().map(shown).collect()
}

/// As the page writes it in English, the language of these browsers.
fn rupiah(amount: u64) -> String {
    let digits = amount.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("Rp\u{a0}{text}")
}
