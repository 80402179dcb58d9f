//! Storing answers, and creating records.

use crate::stage::{Scenario, Stage, same};

fn create(stage: &mut Stage, deadline: i64) -> Result<Vec<String>, String> {
    create_for(stage, "", deadline)
}

/// Creates a record for a job that was submitted with its search.
fn create_for(stage: &mut Stage, entry: &str, deadline: i64) -> Result<Vec<String>, String> {
    let deadline = deadline.to_string();
    let arguments = ["s", &deadline, "1000", entry, "status", "processing", "seq", "0"];
    stage.script("create", &["r", "o", "q"], &arguments)
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    ("a search that is no longer open is not started again while its job exists", |stage| {
        let deadline = stage.now() + 60_000;
        stage.run("XADD q 1-1 search_id s")?;
        same("its job exists", &create_for(stage, "1-1", deadline)?, &["ended"])?;
        same("records", &stage.run("EXISTS r")?, &["0"])?;
        same("its job is lost", &create_for(stage, "1-2", deadline)?, &["created"])?;
        stage.run("DEL r")?;
        same("it is open", &create_for(stage, "1-1", deadline)?, &["created"])
    }),
    ("a supplier answers once", |stage| {
        let entry = stage.begin()?;
        same("at first", &stage.answer("a", &entry, &["x", "y"])?, &["stored", "1", "2"])?;
        same("again", &stage.answer("a", &entry, &["x"])?, &["stored", "0"])?;
        same("announced", &stage.run("XLEN l")?, &["2"])
    }),
    ("no answer is stored after the end", |stage| {
        let entry = stage.begin()?;
        stage.run("HSET r status completed")?;
        same("answered", &stage.answer("a", &entry, &["x"])?, &["ended"])?;
        same("announced", &stage.run("XLEN l")?, &["0"])
    }),
    ("no answer is stored without a record", |stage| {
        let entry = stage.begin()?;
        stage.run("DEL r")?;
        same("answered", &stage.answer("a", &entry, &["x"])?, &["missing"])?;
        same("records", &stage.run("EXISTS r")?, &["0"])
    }),
    ("the first answer's time stays", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["x"])?;
        let exists = stage.word("HEXISTS r first_answer_ms")?;
        stage.run("HSET r first_answer_ms 7")?;
        stage.answer("a", &entry, &["y"])?;
        same("time", &[exists, stage.word("HGET r first_answer_ms")?], &["1", "7"])
    }),
    ("a supplier that was not asked is not the first answer", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["skipped", "skipped-too"])?;
        same("before", &stage.run("HEXISTS r first_answer_ms")?, &["0"])?;
        stage.answer("a", &entry, &["x"])?;
        same("then", &stage.run("HEXISTS r first_answer_ms")?, &["1"])
    }),
    ("the first answer has Redis' time", |stage| {
        let entry = stage.begin()?;
        let before = stage.run("TIME")?;
        stage.answer("a", &entry, &["x"])?;
        let first = stage.word("HGET r first_answer_ms")?;
        let seconds = first.get(..first.len().saturating_sub(3)).unwrap_or_default();
        if seconds.parse::<u64>().ok() >= before[0].parse().ok() {
            Ok(())
        } else {
            Err(format!("{first} is before {before:?}"))
        }
    }),
    ("an answer is in the record and in the log", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["x"])?;
        same("record", &stage.run("HGET r supplier:x")?, &["1\n2\n{}\n[]"])?;
        same(
            "log",
            &stage.entry("l")?,
            &["search_id", "s", "seq", "1", "of", "2", "supplier", "{}", "offers", "[]"],
        )
    }),
    ("long offers are in the record and not in the log", |stage| {
        let entry = stage.begin()?;
        stage.answer_with("a", &entry, &["long"], &["traceparent", "t"])?;
        same("record", &stage.run("HGET r supplier:long")?, &["1\n2\n{}\n[{},{}]"])?;
        let announced =
            ["search_id", "s", "seq", "1", "of", "2", "supplier", "{}", "in_record", "7", "traceparent", "t"];
        same("log", &stage.entry("l")?, &announced)
    }),
    ("one-ways are in the record and not in the log", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["pairs"])?;
        same("record", &stage.run("HGET r one_ways:pairs")?, &["{}"])?;
        let announced = ["search_id", "s", "seq", "1", "of", "2", "supplier", "{}", "offers", "[]"];
        same("log", &stage.entry("l")?, &announced)?;
        stage.answer("a", &entry, &["x"])?;
        same("without any", &stage.run("HEXISTS r one_ways:x")?, &["0"])
    }),
    ("the trace of an answer is in the log", |stage| {
        let entry = stage.begin()?;
        stage.answer_with("a", &entry, &["x"], &["traceparent", "t", "tracestate", "u"])?;
        same("record", &stage.run("HGET r supplier:x")?, &["1\n2\n{}\n[]"])?;
        same("log", &stage.entry("l")?[10..], &["traceparent", "t", "tracestate", "u"])
    }),
    ("storing an answer trims the log", |stage| {
        let entry = stage.begin()?;
        stage.run("XADD l 1-1 is old")?;
        stage.answer("a", &entry, &["x"])?;
        same("announced", &stage.run("XLEN l")?, &["1"])
    }),
    ("an existing record is not overwritten", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["x"])?;
        let deadline = stage.now() + 60_000;
        same("created", &create(stage, deadline)?, &["there"])?;
        same("seq", &stage.run("HGET r seq")?, &["1"])
    }),
    ("no record is created once a search has expired", |stage| {
        let deadline = stage.now() - 1001;
        same("created", &create(stage, deadline)?, &["ended"])?;
        same("records", &stage.run("EXISTS r o")?, &["0"])
    }),
    ("creating a record opens the search", |stage| {
        let deadline = stage.now() - 50;
        same("created", &create(stage, deadline)?, &["created"])?;
        same("status", &stage.run("HGET r status")?, &["processing"])?;
        same("open", &stage.run("ZSCORE o s")?, &[deadline.to_string().as_str()])
    }),
];
