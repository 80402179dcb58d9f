use std::collections::BTreeSet;

use crate::sources::{files, read};

/// What runs in the services.
const CRATES: [&str; 11] = [
    "broker",
    "log-throttle",
    "main-service",
    "operators",
    "operators-console",
    "pages",
    "provider-service",
    "service",
    "sse-server",
    "suppliers",
    "traces",
];

/// The one whose problems are shown, not logged.
const CONSOLE: &str = "operators-console";

/// The sources of crates, without their unit tests.
fn sources(crates: &[&str]) -> Vec<String> {
    let files = crates.iter().flat_map(|name| files(&format!("crates/{name}/src"), ".rs"));
    let is_test =
        |path: &std::path::PathBuf| path.ends_with("tests.rs") || path.iter().any(|part| part == "tests");
    let texts = files.filter(|path| !is_test(path)).map(read);
    texts.map(|text| text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()).collect()
}

/// The arguments of each call of a macro.
fn calls<'a>(source: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let starts = source.match_indices(name).filter(move |(start, _)| {
        let before = source[..*start].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || character == '_')
    });
    starts.map(move |(start, _)| &source[start + name.len()..])
}

/// The last string literal of a macro's arguments, which start here. Follows Rust's escapes as far as messages have
/// them.
fn message(arguments: &str) -> Option<String> {
    let (mut depth, mut last, mut characters) = (1, None, arguments.chars().peekable());
    while let Some(character) = characters.next() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '"' => {
                let mut text = String::new();
                while let Some(character) = characters.next().filter(|character| *character != '"') {
                    if character != '\\' {
                        text.push(character);
                    } else if characters.peek() == Some(&'\n') {
                        while characters.next_if(|next| next.is_whitespace()).is_some() {}
                    } else {
                        text.extend(characters.next());
                    }
                }
                if depth == 1 {
                    last = Some(text);
                }
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    last
}

#[test]
fn a_message_is_the_last_text_of_the_call_itself() {
    assert_eq!(message(r#"%error, "first: {}", cause("second")); other("third")"#).unwrap(), "first: {}");
    assert_eq!(message("\"in \\\n        two \\\"lines\\\"\")").unwrap(), r#"in two "lines""#);
    assert_eq!(message("%error)"), None);
    let found: Vec<_> = calls(r#"warn!("a") compile_error!("b") tracing::error!("c")"#, "error!(").collect();
    assert_eq!(found, [r#""c")"#]);
}

#[test]
fn the_runbook_has_each_line_that_services_log_at_warn_and_error() {
    let mut logged = BTreeSet::new();
    for source in sources(&CRATES) {
        for (level, name) in [("warn", "warn!("), ("error", "error!(")] {
            for arguments in calls(&source, name) {
                let message =
                    message(arguments).unwrap_or_else(|| panic!("no message in {name}{arguments:.99}"));
                logged.insert(format!("| {level} | `{message}` |"));
            }
        }
    }
    let runbook = read("docs/runbook.md");
    let rows =
        runbook.lines().filter(|line| line.starts_with("| warn | `") || line.starts_with("| error | `"));
    let documented: BTreeSet<_> = rows
        .map(|row| {
            assert_eq!(row.matches(" | ").count() + row.matches(" | | ").count(), 4, "columns of {row}");
            row.match_indices("` |").next().map(|(end, mark)| row[..end + mark.len()].to_owned()).unwrap()
        })
        .collect();
    assert_same(&logged, &documented);
}

#[test]
fn the_runbook_has_each_code_of_a_problem() {
    let logged: Vec<_> = CRATES.into_iter().filter(|name| *name != CONSOLE).collect();
    assert_same(&codes(&logged), &codes_in_table("| `code` | meaning | do |\n"));
    let shown = codes_in_table("| `code` on the operators' page only | meaning | do |\n");
    assert_same(&codes(&[CONSOLE]), &shown);
}

/// The codes of the problems that crates find.
fn codes(crates: &[&str]) -> BTreeSet<String> {
    let sources = sources(crates);
    let codes = sources.iter().flat_map(|source| calls(source, "Alert::new("));
    let codes = codes.filter_map(|arguments| arguments.trim_start().strip_prefix('"')?.split('"').next());
    codes.map(str::to_owned).collect()
}

/// The codes in the runbook's table below this header.
fn codes_in_table(header: &str) -> BTreeSet<String> {
    let runbook = read("docs/runbook.md");
    let table = runbook.split_once(header).unwrap().1.split("\n\n").next().unwrap();
    let rows = table.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next());
    rows.map(str::to_owned).collect()
}

fn assert_same(in_sources: &BTreeSet<String>, in_runbook: &BTreeSet<String>) {
    let missing: Vec<_> = in_sources.difference(in_runbook).cloned().collect();
    let gone: Vec<_> = in_runbook.difference(in_sources).cloned().collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "docs/runbook.md lacks\n{}\nand has\n{}",
        missing.join("\n"),
        gone.join("\n")
    );
}
