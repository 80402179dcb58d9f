use std::{
    fs,
    path::{Path, PathBuf},
};

/// The text of a file of this repository.
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All files under a directory of this repository whose names end like this, in order.
pub(crate) fn files(directory: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![root().join(directory)];
    while let Some(directory) = directories.pop() {
        let entries =
            fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                directories.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{directory} has no file *{ending}");
    found
}

/// The metrics in the table of docs/metrics.md, with their types.
pub(crate) fn documented_metrics() -> Vec<(String, String)> {
    let rows = read("docs/metrics.md");
    let rows = rows.lines().filter_map(|line| line.strip_prefix("| `flight_search_"));
    rows.map(|row| {
        let (name, rest) = row.split_once("` | ").unwrap();
        (format!("flight_search_{name}"), rest.split(" | ").next().unwrap().to_owned())
    })
    .collect()
}

/// Where metrics are named. In `PromQL`, a histogram has only the series with its suffixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    PromQl,
    Prose,
}

/// The names in `text` that look like a metric of the services and that docs/metrics.md does not have.
pub(crate) fn undocumented_metrics(kind_of_text: Text, text: &str) -> Vec<String> {
    let documented = documented_metrics();
    let is_documented = |name: &str| {
        documented.iter().any(|(metric, kind)| match name.strip_prefix(metric.as_str()) {
            Some("") => kind != "histogram" || kind_of_text == Text::Prose,
            Some("_bucket" | "_sum" | "_count") => kind == "histogram",
            _ => false,
        })
    };
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let names = text.split(|character| !is_name(character)).filter(|word| word.starts_with("flight_search_"));
    names.filter(|name| !is_documented(name)).map(str::to_owned).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn histograms_are_known_by_their_series_alone() {
    let text = "rate(flight_search_job_queue_wait_seconds_bucket[5m]) + flight_search_redis_up + flight_search:slo:x";
    assert_eq!(undocumented_metrics(Text::PromQl, text), [""; 0]);
    assert_eq!(undocumented_metrics(Text::Prose, "flight_search_job_queue_wait_seconds"), [""; 0]);
    for unknown in
        ["flight_search_job_queue_wait_seconds", "flight_search_redis_up_count", "flight_search_nonsense"]
    {
        assert_eq!(undocumented_metrics(Text::PromQl, &format!("sum({unknown})")), [unknown]);
    }
}
