//! What operators look at and do: dead letters, the result log, answers without offers.

use crate::stage::{Scenario, Stage, same};

const KEYS: [&str; 5] = ["d", "q", "o", "r", "n"];

/// Replays a dead letter of search `s` as it is, or as search `t`.
fn replay(stage: &mut Stage, letter: &str) -> Result<Vec<String>, String> {
    let job = ["search_id", "s", "from", "CGK"];
    let record = ["status", "processing", "seq", "0"];
    let new_job = ["search_id", "t", "from", "CGK"];
    let mut args = vec![letter, "s", "t", "90", "4", "4"];
    args.extend(job.iter().chain(&record).chain(&new_job));
    stage.script("replay", &KEYS, &args)
}

/// Buries the job of search `s`. Returns the dead letter's id and the search's deadline.
fn buried(stage: &mut Stage) -> Result<String, String> {
    let entry = stage.begin()?;
    let args = ["g", "a", entry.as_str(), "9", "reason", "none", "search_id", "s"];
    stage.script("bury", &["q", "d"], &args)?;
    stage.word("XRANGE d - +")
}

/// Ids of dead letters, or of entries of the result log.
fn letters(stage: &mut Stage, highest: &str, lowest: &str, limits: [&str; 3]) -> Result<Vec<String>, String> {
    let [most, cut, bytes] = limits;
    stage.script("dead_letters", &["d"], &[highest, lowest, most, cut, bytes])
}

fn page(
    stage: &mut Stage,
    highest: &str,
    lowest: &str,
    most: &str,
    bytes: &str,
) -> Result<Vec<String>, String> {
    stage.script("log_page", &["l"], &[highest, lowest, most, bytes])
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    ("a dead letter whose search has ended becomes a new search, once", |stage| {
        let letter = buried(stage)?;
        stage.run("ZREM o s")?;
        stage.run("HSET r status failed")?;
        let replayed = replay(stage, &letter)?;
        let entry = stage.word("XRANGE q - +")?;
        same("replayed", &replayed, &["new", entry.as_str()])?;
        same("job", &stage.entry("q")?, &["search_id", "t", "from", "CGK"])?;
        same("open", &stage.run("ZRANGE o 0 -1 WITHSCORES")?, &["t", "90"])?;
        same("record", &stage.run("HMGET n status seq entry")?, &["processing", "0", ""])?;
        same("old record", &stage.run("HMGET r status entry")?, &["failed", ""])?;
        same("dead letters", &stage.run("XLEN d")?, &["0"])?;
        same("again", &replay(stage, &letter)?, &["gone", ""])?;
        same("jobs", &stage.run("XLEN q")?, &["1"])
    }),
    ("a dead letter whose search has not ended is a new delivery of it, once", |stage| {
        let letter = buried(stage)?;
        let replayed = replay(stage, &letter)?;
        let entry = stage.word("XRANGE q - +")?;
        same("replayed", &replayed, &["again", entry.as_str()])?;
        same("job", &stage.entry("q")?, &["search_id", "s", "from", "CGK"])?;
        same("record", &stage.run("HMGET r status entry")?, &["processing", entry.as_str()])?;
        same("new record", &stage.run("EXISTS n")?, &["0"])?;
        same("open", &stage.run("ZRANGE o 0 -1")?, &["s"])?;
        same("dead letters", &stage.run("XLEN d")?, &["0"])?;
        same("again", &replay(stage, &letter)?, &["gone", ""])?;
        same("jobs", &stage.run("XLEN q")?, &["1"])
    }),
    ("replaying makes no record for a search that has lost it", |stage| {
        let letter = buried(stage)?;
        stage.run("DEL r")?;
        same("replayed", &replay(stage, &letter)?[..1], &["again"])?;
        same("record", &stage.run("EXISTS r")?, &["0"])
    }),
    ("dead letters are read from the newest on, as many as wanted", |stage| {
        for id in ["1-0", "2-0", "3-0", "4-0"] {
            stage.run(&format!("XADD d {id} reason none"))?;
        }
        let all = letters(stage, "(4-0", "-", ["9", "99", "999"])?;
        same(
            "after the first",
            &all,
            &["3-0", "reason", "none", "2-0", "reason", "none", "1-0", "reason", "none"],
        )?;
        let some = letters(stage, "+", "-", ["2", "99", "999"])?;
        same("two", &some, &["4-0", "reason", "none", "3-0", "reason", "none"])?;
        let one = letters(stage, "2-0", "2-0", ["9", "99", "999"])?;
        same("one", &one, &["2-0", "reason", "none"])
    }),
    ("long dead letters are cut, and fewer are read", |stage| {
        for id in ["1-0", "2-0", "3-0"] {
            stage.run(&format!("XADD d {id} reason {}", "x".repeat(500)))?;
        }
        let cut = letters(stage, "+", "-", ["9", "8", "20"])?;
        same("cut", &cut, &["3-0", "reason", "xxxxxxxx", "2-0", "reason", "xxxxxxxx"])
    }),
    ("the result log is read backwards in parts", |stage| {
        for id in ["1-0", "2-0", "3-0"] {
            stage.run(&format!("XADD l {id} search_id s seq {} offers []", &id[..1]))?;
        }
        stage.run("XADD l 4-0 other field")?;
        same("first", &page(stage, "+", "-", "2", "999")?, &["(3-0", "4-0", "", "", "3-0", "s", "3"])?;
        same("second", &page(stage, "(3-0", "2-0", "2", "999")?, &["", "2-0", "s", "2"])?;
        same("few bytes", &page(stage, "+", "-", "9", "6")?, &["(3-0", "4-0", "", "", "3-0", "s", "3"])
    }),
    ("answers are read without their offers", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["GA"])?;
        let heads = stage.script("heads", &["r"], &["supplier:GA", "status", "supplier:SQ"])?;
        same("heads", &heads, &["1\n2\n{}", "", ""])
    }),
];
