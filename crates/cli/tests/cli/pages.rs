//! Completions and the manual page.

use std::{io::Write, process::Command};

use crate::command::{Run, program};

fn run(arguments: &[&str]) -> Run {
    program("http://127.0.0.1:1").args(arguments).output().unwrap().into()
}

#[test]
fn each_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = run(&["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{shell}");
        for part in ["flight-search", "max-stops", "follow"] {
            assert!(run.stdout.contains(part), "{shell}: {part} is missing");
        }
    }
    assert_eq!(run(&["completions", "cmd"]).code, 2);
}

/// What bash offers after these words, the last of which is not complete.
fn completed_by_bash(words: &[&str]) -> Vec<String> {
    let mut script = tempfile::NamedTempFile::new().unwrap();
    script.write_all(run(&["completions", "bash"]).stdout.as_bytes()).unwrap();
    let complete = r#"source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _flight__search flight-search "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}""#;
    let mut bash = Command::new("bash");
    bash.args(["-c", complete]).arg(script.path()).arg("flight-search").args(words);
    let Run { code, stdout, stderr } = bash.output().unwrap().into();
    assert_eq!((code, stderr.as_str()), (0, ""), "{words:?}");
    stdout.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_and_values() {
    for (words, offers) in [
        (&["f"][..], &["follow"][..]),
        (&["ops", "s"], &["status", "suppliers", "searches"]),
        (&["ops", "dead", "re"], &["replay"]),
        (&["ops", "--json", "dead", "list", "--be"], &["--before"]),
        (&["CGK", "DPS", "tomorrow", "--cabin", "b"], &["business"]),
        (&["follow", "ID", "--sort", "d"], &["duration", "departure"]),
        (&["man", "c"], &["cancel", "check"]),
    ] {
        assert_eq!(completed_by_bash(words), offers, "{words:?}");
    }
}

#[test]
fn the_manual_page_has_exit_codes() {
    let run = run(&["man"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains(".TH flight-search 1"), "{}", run.stdout);
    assert!(
        run.stdout.contains("interrupted by Ctrl\\-C") || run.stdout.contains("interrupted by Ctrl-C"),
        "{}",
        run.stdout
    );
}

#[test]
fn help_names_codes_commands_and_names_of_places() {
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    for part in ["<FROM> <TO> <DATE>", "--slice <FROM:TO:DATE>", "follow", "130", "Jakarta", "tomorrow"] {
        assert!(help.stdout.contains(part), "{part} is missing in\n{}", help.stdout);
    }
}

#[test]
fn an_ambiguous_or_unknown_place_is_said_without_a_request() {
    let ambiguous = run(&["San Jose", "CGK", "tomorrow"]);
    assert_eq!(ambiguous.code, 2);
    assert!(ambiguous.stderr.contains("\n  SJC  San Jose, US"), "{}", ambiguous.stderr);
    let unknown = run(&["CGK", "xyzzy", "tomorrow"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("no airport or city has this name"), "{}", unknown.stderr);
    let day = run(&["CGK", "DPS", "someday"]);
    assert!(day.stderr.contains("today, tomorrow"), "{}", day.stderr);
}
