//! `docs/openapi.json` is the document of this code, and clients of the last release can go on with it.

mod compatibility;

use std::{env, fs, path::PathBuf};

use crate::http::api;
use serde_json::Value;

const RENEW: &str = "UPDATE_OPENAPI=1 cargo test -p main-service openapi";

fn docs(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../docs", name].iter().collect()
}

fn current() -> String {
    let routes = api::router(|submit| submit).into_openapi().merge_from(api::streams().into_openapi());
    super::document(routes).to_pretty_json().unwrap() + "\n"
}

fn released() -> Value {
    serde_json::from_str(&fs::read_to_string(docs("openapi.released.json")).unwrap()).unwrap()
}

#[test]
fn the_committed_document_is_current() {
    let (path, current) = (docs("openapi.json"), current());
    if env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(&path, &current).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let mut lines = committed.lines().zip(current.lines()).enumerate();
    let first = lines.find(|(_, (committed, current))| committed != current);
    let (line, (committed_line, current_line)) = first.unwrap_or_default();
    assert!(
        committed == current,
        "docs/openapi.json is out of date; renew it and read the diff: {RENEW}\n\
         line {}\n  committed: {committed_line}\n  current:   {current_line}",
        line + 1,
    );
}

#[test]
fn clients_of_the_last_release_can_go_on() {
    let (released, current) = (released(), serde_json::from_str(&current()).unwrap());
    if compatibility::may_break(&released, &current) {
        return;
    }
    let breaks = compatibility::breaks(&released, &current);
    assert!(
        breaks.is_empty(),
        "not compatible with docs/openapi.released.json: {breaks:#?}\n\
         Keep what clients use, or see \"A change that breaks clients\" in CONTRIBUTING.md."
    );
}
