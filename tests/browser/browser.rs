//! A Chromium for each test, with a fresh profile.

use std::{
    env, fs, io,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::Once,
};

use fantoccini::{Client, ClientBuilder, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use test_kit::{Service, eventually};
use url::Url;

/// The names of Chromium's program in distributions.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Flags that keep Chromium from doing anything on its own.
const FLAGS: [&str; 7] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];

/// The size of the window, and its colour scheme.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
}

impl Look {
    pub(crate) const WIDE: Self = Self { width: 1440, height: 900, dark: false };
    pub(crate) const PHONE: Self = Self { width: 360, height: 740, dark: false };

    /// The widths that the layout is checked at: small and large phones, tablets, and windows of all sizes.
    pub(crate) const WIDTHS: [u32; 6] = [320, 390, 768, 960, 1024, 1440];

    pub(crate) fn of_width(width: u32) -> Self {
        Self { width, height: 900, dark: false }
    }

    pub(crate) fn dark(self) -> Self {
        Self { dark: true, ..self }
    }
}

/// A browser with one window.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) client: Client,
    // Declared in this order, so that the driver ends before the browser's data is deleted.
    _driver: Service,
    data: TempDir,
}

/// Kills the browser: the driver starts it in a process group of its own, and it survives the driver.
impl Drop for Browser {
    fn drop(&mut self) {
        let data = self.data.path().as_os_str().as_encoded_bytes();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
            let pid = process.file_name().to_str().and_then(|name| Pid::from_raw(name.parse().ok()?));
            if let (true, Some(pid)) = (command.windows(data.len()).any(|part| part == data), pid) {
                // It may have ended meanwhile.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}

impl Browser {
    /// Starts one; `None` if none is installed. Panics instead if the tests are required.
    pub(crate) async fn start(look: Look) -> Option<Self> {
        let (Some(chromium), Some(driver)) = (NAMES.into_iter().find_map(find), find("chromedriver")) else {
            missing();
            return None;
        };
        let (driver, port) = launch(&driver).await;
        let data = TempDir::new().unwrap();
        let mut flags: Vec<String> = FLAGS.map(ToOwned::to_owned).into();
        flags.push(format!("--user-data-dir={}", data.path().display()));
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": chromium, "args": flags},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let Value::Object(capabilities) = capabilities else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        let browser = Self { client, _driver: driver, data };
        browser.look(look).await;
        Some(browser)
    }

    /// Sets size and colour scheme, also to widths that a real window can't have.
    pub(crate) async fn look(&self, Look { width, height, dark }: Look) {
        let scheme = if dark { "dark" } else { "light" };
        let metrics =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.media("", &[("prefers-color-scheme", scheme)]).await;
    }

    /// Sets the medium, such as `print`, and features of it.
    pub(crate) async fn media(&self, medium: &str, features: &[(&str, &str)]) {
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({"media": medium, "features": features})).await;
    }

    /// Sets the user's languages, most wanted first: `id-ID,en-US`.
    pub(crate) async fn languages(&self, languages: &str) {
        let agent = self.eval("navigator.userAgent").await;
        let identity = json!({"userAgent": agent, "acceptLanguage": languages});
        self.devtools("Emulation.setUserAgentOverride", identity).await;
    }

    /// Sends a command of the protocol of the developer tools.
    pub(crate) async fn devtools(&self, command: &str, params: Value) -> Value {
        let body = json!({"cmd": command, "params": params});
        self.client.issue_cmd(Vendor("goog/cdp/execute", body)).await.unwrap()
    }

    /// The console's messages since the last call, without those about failed requests, which a page can't prevent.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.client.issue_cmd(Vendor("se/log", json!({"type": "browser"}))).await.unwrap();
        let entries = entries.as_array().unwrap().iter().filter(|entry| entry["source"] != "network");
        entries.map(|entry| entry["message"].to_string()).collect()
    }

    /// The value of a JavaScript expression.
    pub(crate) async fn eval(&self, expression: &str) -> Value {
        self.client.execute(&format!("return ({expression});"), Vec::new()).await.unwrap()
    }

    /// Waits until a JavaScript expression is true.
    pub(crate) async fn until(&self, expression: &str) {
        eventually(expression, async || {
            // There is no document while a page loads.
            let value = self.client.execute(&format!("return Boolean({expression});"), Vec::new()).await;
            value.ok().filter(|value| *value == true).map(drop)
        })
        .await;
    }
}

/// Starts the driver on a port of its choice. It takes one that is free for IPv6; if that is taken for IPv4, the driver
/// ends, and is started again.
async fn launch(program: &Path) -> (Service, String) {
    loop {
        let mut command = Command::new(program);
        command.arg("--port=0");
        let mut driver = Service::spawn("chromedriver", command);
        let port = eventually("chromedriver listens", async || {
            let log = driver.log();
            let port =
                log.split_once("started successfully on port ").and_then(|(_, rest)| rest.split_once('.'));
            match port {
                Some((port, _)) => Some(Some(port.to_owned())),
                None => driver.has_ended().then_some(None),
            }
        })
        .await;
        if let Some(port) = port {
            return (driver, port);
        }
    }
}

/// A command that only Chromium's driver has.
#[derive(Debug)]
struct Vendor(&'static str, Value);

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|directory| directory.join(name))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file())
}

/// Prints once that the browser tests are skipped.
fn missing() {
    static PRINTED: Once = Once::new();
    let required = env::var("CI").is_ok_and(|ci| ci == "true")
        || env::var("BROWSER_TESTS").is_ok_and(|how| how == "required");
    assert!(!required, "chromium and chromedriver are not on the PATH, and the browser tests are required");
    PRINTED.call_once(|| {
        let notice = "\n  !! SKIPPED: ALL BROWSER TESTS. chromium and chromedriver are not on the PATH.\n  \
             !! Debian: apt-get install chromium chromium-driver\n\n";
        // The test harness captures `eprint!` and hides it if a test passes.
        let _ = io::stderr().write_all(notice.as_bytes());
    });
}
