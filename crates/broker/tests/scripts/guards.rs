//! Finds the guards in a script: the clauses of its conditions, and its writes.

use std::ops::Range;

use crate::{mutants::Mutant, stage::SCRIPTS};

/// Commands that write.
const WRITES: &[&str] = &[
    "HSET",
    "HINCRBY",
    "PEXPIRE",
    "SET",
    "XACK",
    "XADD",
    "XCLAIM",
    "XDEL",
    "XGROUP",
    "XREADGROUP",
    "XTRIM",
    "ZADD",
    "ZREM",
];

/// The ranges of all guards in a script.
pub(crate) fn guards(source: &str) -> Vec<Range<usize>> {
    let code = &without_comments(source);
    let mut guards = Vec::new();
    for condition in conditions(code) {
        clauses(code, condition, &mut guards);
    }
    for (call, name) in code.match_indices("redis.call('") {
        let name = call + name.len()..;
        let length = code[name.clone()].find('\'').expect("a command's name ends");
        let name = name.start..name.start + length;
        if WRITES.contains(&&code[name.clone()]) {
            guards.push(name);
        }
    }
    guards
}

/// The range that a mutant changes in its script. If the change is ambiguous, such as when one of two equal words is
/// removed, the range includes both.
pub(crate) fn changed(mutant: &Mutant) -> Range<usize> {
    let Mutant { script, without, instead, .. } = mutant;
    let (_, source) = SCRIPTS.iter().find(|(name, _)| name == script).expect("a script of this name");
    let begin = source.find(without).expect("the script contains it");
    let head = common(without.bytes(), instead.bytes());
    let tail = common(without.bytes().rev(), instead.bytes().rev());
    let shorter = without.len().min(instead.len());
    begin + head.min(shorter - tail)..begin + without.len() - tail.min(shorter - head)
}

/// The length of the common prefix.
fn common(a: impl Iterator<Item = u8>, b: impl Iterator<Item = u8>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

/// Replaces comments with blanks.
fn without_comments(source: &str) -> String {
    let blank = |line: &str| " ".repeat(line.trim_end_matches('\n').len()) + "\n";
    let is_comment = |line: &str| line.trim_start().starts_with("--");
    source
        .split_inclusive('\n')
        .map(|line| if is_comment(line) { blank(line) } else { line.to_owned() })
        .collect()
}

/// The conditions between `if` and `then`, over any number of lines, and those that are combined in a `local` before.
fn conditions(code: &str) -> Vec<Range<usize>> {
    let branches = code.match_indices("if ").filter_map(|(at, word)| {
        let begin = at + word.len();
        let is_word =
            !code[..at].ends_with(|before: char| before.is_alphanumeric()) || code[..at].ends_with("else");
        is_word.then(|| begin..begin + code[begin..].find(" then").expect("an if has a then"))
    });
    let locals = code.match_indices("\nlocal ").filter_map(|(at, _)| {
        let line = &code[at + 1..][..code[at + 1..].find('\n')?];
        let begin = at + 1 + line.find("= ")? + 2;
        line.contains(" and ").then_some(begin..at + 1 + line.len())
    });
    branches.chain(locals).collect()
}

/// Cuts a condition at each `and` and `or`, within its parentheses too.
fn clauses(code: &str, condition: Range<usize>, found: &mut Vec<Range<usize>>) {
    let text = &code[condition.clone()];
    let (mut depth, mut begin) = (0_u32, 0);
    let mut parts = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' | '\n' if depth == 0 => {
                const JOINS: [&str; 4] = [" and ", " or ", " and\n", " or\n"];
                if let Some(word) = JOINS.into_iter().find(|word| text[at..].starts_with(word)) {
                    parts.push(begin..at);
                    begin = at + word.len();
                }
            }
            _ => {}
        }
    }
    parts.push(begin..text.len());
    for part in parts {
        let clause = &text[part.clone()];
        let start = condition.start + part.start;
        if clause.starts_with('(') && clause.ends_with(')') {
            clauses(code, start + 1..start + clause.len() - 1, found);
        } else {
            found.push(start..start + clause.len());
        }
    }
}

#[test]
fn guards_are_clauses_of_conditions_and_writes() {
    let source = "-- if this were code then\nlocal both = a and (b or c == (d))\nif e and\n  f(g and h) then\n  x = redis.call('XADD', k)\nelseif redis.call('GET', k) then return end\n";
    let guards: Vec<_> = guards(source).into_iter().map(|guard| source[guard].trim()).collect();
    assert_eq!(guards, ["e", "f(g and h)", "redis.call('GET', k)", "a", "b", "c == (d)", "XADD"]);
}
