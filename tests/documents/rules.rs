use crate::sources::{Text, files, read, undocumented_metrics};

const RULES: &str = "deploy/observability/rules";

/// An alert as its rule file has it.
struct Alert {
    name: String,
    severity: String,
    runbook: String,
}

/// The value of the first line that starts like this.
fn value(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(key))?;
    Some(line.trim_matches([' ', '{', '}']).to_owned())
}

fn alerts() -> Vec<Alert> {
    let mut alerts = Vec::new();
    for rules in files(RULES, ".yml").iter().map(read) {
        for rule in rules.split("\n      - alert: ").skip(1) {
            let name = rule.lines().next().unwrap().to_owned();
            let severity =
                value(rule, "labels: { severity:").unwrap_or_else(|| panic!("{name} has no severity"));
            let runbook = value(rule, "runbook:").unwrap_or_else(|| panic!("{name} has no runbook"));
            for key in ["summary:", "description:"] {
                assert!(value(rule, key).is_some(), "{name} has no {key}");
            }
            alerts.push(Alert { name, severity, runbook });
        }
    }
    assert!(!alerts.is_empty());
    alerts
}

/// The anchor that a heading has, as GitHub makes it of headings without punctuation.
fn anchor(heading: &str) -> String {
    heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-")
}

#[test]
fn each_alert_leads_to_its_section_and_the_runbook_lists_each() {
    let runbook = read("docs/runbook.md");
    let anchors: Vec<_> = runbook.lines().filter(|line| line.starts_with('#')).map(anchor).collect();
    let mut rows: Vec<_> = runbook.lines().filter(|line| line.starts_with("| `FlightSearch")).collect();
    for Alert { name, severity, runbook } in alerts() {
        let section = runbook.strip_prefix("docs/runbook.md#").unwrap_or_else(|| panic!("{name}: {runbook}"));
        assert!(anchors.iter().any(|anchor| anchor == section), "{name}: no section {section}");
        let row = rows.iter().position(|row| {
            row.starts_with(&format!("| `{name}` | {severity} |"))
                && row.ends_with(&format!("(#{section}) |"))
        });
        rows.remove(row.unwrap_or_else(|| panic!("no row for {name}, {severity}, #{section}")));
    }
    assert_eq!(rows, [""; 0], "rows without an alert");
}

#[test]
fn each_alert_has_a_test_of_when_it_fires_and_one_of_when_it_does_not() {
    let tests: Vec<_> = files("deploy/observability/tests", ".yml").iter().map(read).collect();
    let checks = || tests.iter().flat_map(|text| text.split("alertname: ").skip(1));
    for Alert { name, .. } in alerts() {
        let of_this = || checks().filter(|check| check.split([',', '\n']).next() == Some(&name));
        let fires = |check: &str| check.split("- name: ").next().unwrap().contains("exp_alerts:");
        assert!(of_this().any(fires), "{name} is never expected to fire");
        assert!(of_this().any(|check| !fires(check)), "{name} is never expected not to fire");
    }
}

#[test]
fn rules_and_the_runbook_use_metrics_that_exist() {
    let rules = files(RULES, ".yml").into_iter().map(|file| (Text::PromQl, read(file)));
    for (kind, text) in rules.chain([(Text::Prose, read("docs/runbook.md"))]) {
        assert_eq!(undocumented_metrics(kind, &text), [""; 0], "not in docs/metrics.md");
    }
}
