use std::collections::BTreeSet;

use serde_json::Value;

use crate::sources::{Text, files, read, undocumented_metrics};

const DASHBOARDS: &str = "deploy/observability/grafana/dashboards";

fn dashboards() -> Vec<(String, Value)> {
    let files = files(DASHBOARDS, ".json");
    files
        .iter()
        .map(|file| (file.display().to_string(), serde_json::from_str(&read(file)).unwrap()))
        .collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    dashboard["panels"].as_array().unwrap().iter()
}

#[test]
fn each_panel_says_what_it_shows_and_in_which_unit() {
    let mut uids = BTreeSet::new();
    for (file, dashboard) in dashboards() {
        assert!(uids.insert(text(&dashboard, "/uid").to_owned()), "{file} has the uid of another");
        for panel in panels(&dashboard).filter(|panel| panel["type"] != "row") {
            let title = text(panel, "/title");
            for pointer in ["/title", "/description", "/fieldConfig/defaults/unit", "/datasource/uid"] {
                assert_ne!(text(panel, pointer), "", "{file}: {title:?} has no {pointer}");
            }
            let targets = panel["targets"].as_array().unwrap();
            assert!(!targets.is_empty(), "{file}: {title} shows nothing");
            for target in targets {
                assert_ne!(text(target, "/expr"), "", "{file}: {title}");
                assert_ne!(text(target, "/legendFormat"), "", "{file}: {title}");
            }
        }
    }
}

#[test]
fn panels_use_metrics_that_exist() {
    for (file, dashboard) in dashboards() {
        assert_eq!(
            undocumented_metrics(Text::PromQl, &dashboard.to_string()),
            [""; 0],
            "{file}: not in docs/metrics.md"
        );
    }
}

#[test]
fn panels_are_side_by_side() {
    for (file, dashboard) in dashboards() {
        let mut taken = BTreeSet::new();
        for panel in panels(&dashboard) {
            let number = |key| panel["gridPos"][key].as_u64().unwrap();
            assert!(number("x") + number("w") <= 24, "{file}: {} is too wide", panel["title"]);
            for row in number("y")..number("y") + number("h") {
                for column in number("x")..number("x") + number("w") {
                    assert!(taken.insert((row, column)), "{file}: {} covers another panel", panel["title"]);
                }
            }
        }
    }
}
