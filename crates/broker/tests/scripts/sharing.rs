//! Idempotency keys and shared searches.

use crate::stage::{Scenario, Stage, same};

/// Submits search `id`; by the key `k`, if `keyed`.
struct Submit<'a> {
    id: &'a str,
    fingerprint: &'a str,
    share_for: &'a str,
    share: &'a str,
    has_room: &'a str,
    keyed: bool,
}

const PLAIN: Submit<'_> =
    Submit { id: "s", fingerprint: "f", share_for: "60000", share: "1", has_room: "1", keyed: false };

impl Submit<'_> {
    fn submit(&self, stage: &mut Stage) -> Result<Vec<String>, String> {
        let Self { id, fingerprint, share_for, share, has_room, keyed } = self;
        let record = format!("r:{id}");
        let keys = [record.as_str(), "q", "o", "y", "k"];
        let deadline = (stage.now() + 60_000).to_string();
        let args = [
            "r:",
            fingerprint,
            share_for,
            share,
            "90000",
            has_room,
            "900000",
            &deadline,
            id,
            "6",
            "status",
            "processing",
            "seq",
            "0",
            "from",
            "CGK",
            "search_id",
            id,
            "from",
            "CGK",
        ];
        stage.script("submit_shared", &keys[..if *keyed { 5 } else { 4 }], &args)
    }
}

/// One client leaves search `s`. Returns how many are left.
fn leave(stage: &mut Stage) -> Result<Vec<String>, String> {
    stage.script("release", &["r:s"], &[])
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    ("a new search is open, has a record and a job", |stage| {
        same("submitted", &PLAIN.submit(stage)?, &["new", "s"])?;
        same("open", &stage.run("ZCARD o")?, &["1"])?;
        same("record", &stage.run("HMGET r:s status seq from")?, &["processing", "0", "CGK"])?;
        same("jobs", &stage.entry("q")?, &["search_id", "s", "from", "CGK"])
    }),
    ("an equal search is shared while it runs or has completed", |stage| {
        PLAIN.submit(stage)?;
        same("running", &Submit { id: "t", ..PLAIN }.submit(stage)?, &["shared", "s"])?;
        stage.run("HSET r:s status completed")?;
        same("completed", &Submit { id: "t", ..PLAIN }.submit(stage)?, &["shared", "s"])?;
        stage.run("HSET r:s status failed")?;
        same("failed", &Submit { id: "t", ..PLAIN }.submit(stage)?, &["new", "t"])
    }),
    ("an equal search is shared only on request", |stage| {
        PLAIN.submit(stage)?;
        same("submitted", &Submit { id: "t", share: "0", ..PLAIN }.submit(stage)?, &["new", "t"])
    }),
    ("a search is shared for no longer than requested", |stage| {
        Submit { share_for: "0", ..PLAIN }.submit(stage)?;
        same("remembered", &stage.run("EXISTS y")?, &["0"])?;
        PLAIN.submit(stage)?;
        let left = stage.word("PTTL y")?.parse().unwrap_or(0);
        if (1..=60_000).contains(&left) { Ok(()) } else { Err(format!("shared for {left} ms")) }
    }),
    ("a shared search can be read as long as a new one", |stage| {
        PLAIN.submit(stage)?;
        stage.run("HSET r:s status completed")?;
        stage.run("PEXPIRE r:s 5000")?;
        Submit { id: "t", ..PLAIN }.submit(stage)?;
        let kept = stage.word("PTTL r:s")?.parse::<i64>().unwrap_or(0);
        if kept > 60_000 { Ok(()) } else { Err(format!("kept for {kept} ms")) }
    }),
    ("sharing never makes a record expire earlier", |stage| {
        PLAIN.submit(stage)?;
        Submit { id: "t", ..PLAIN }.submit(stage)?;
        same("while it runs", &stage.run("PTTL r:s")?, &["-1"])?;
        stage.run("HSET r:s status completed")?;
        stage.run("PEXPIRE r:s 9000000")?;
        Submit { id: "t", ..PLAIN }.submit(stage)?;
        let kept = stage.word("PTTL r:s")?.parse::<i64>().unwrap_or(0);
        if kept > 900_000 { Ok(()) } else { Err(format!("kept for {kept} ms")) }
    }),
    ("without a permit, a new search is refused, but an earlier one is returned", |stage| {
        same("new", &Submit { has_room: "0", ..PLAIN }.submit(stage)?, &["refused", "s"])?;
        same("left", &stage.run("EXISTS r:s o y k")?, &["0"])?;
        PLAIN.submit(stage)?;
        same("shared", &Submit { id: "t", has_room: "0", ..PLAIN }.submit(stage)?, &["shared", "s"])
    }),
    ("a shared search has clients until each has left", |stage| {
        PLAIN.submit(stage)?;
        Submit { id: "t", ..PLAIN }.submit(stage)?;
        same("the first who leaves", &leave(stage)?, &["1"])?;
        same("the second", &leave(stage)?, &["0"])
    }),
    ("a repeated submission counts as one client", |stage| {
        PLAIN.submit(stage)?;
        same("again", &PLAIN.submit(stage)?, &["shared", "s"])?;
        same("who leaves", &leave(stage)?, &["0"])
    }),
    ("a search without clients is no longer shared", |stage| {
        PLAIN.submit(stage)?;
        same("who leaves", &leave(stage)?, &["0"])?;
        same("an equal one", &Submit { id: "t", ..PLAIN }.submit(stage)?, &["new", "t"])
    }),
    ("leaving a search without clients changes nothing", |stage| {
        PLAIN.submit(stage)?;
        same("who leaves", &leave(stage)?, &["0"])?;
        same("its reply was lost", &leave(stage)?, &["0"])
    }),
    ("leaving a search that has ended changes nothing", |stage| {
        PLAIN.submit(stage)?;
        Submit { id: "t", ..PLAIN }.submit(stage)?;
        stage.run("HSET r:s status completed")?;
        same("who leaves", &leave(stage)?, &["0"])?;
        same("sharers", &stage.run("HGET r:s sharers")?, &["1"])
    }),
    ("a key names one search", |stage| {
        let keyed = Submit { keyed: true, share: "0", ..PLAIN };
        same("at first", &keyed.submit(stage)?, &["new", "s"])?;
        same("again", &Submit { id: "t", ..keyed }.submit(stage)?, &["again", "s"])?;
        same("another", &Submit { id: "t", fingerprint: "g", ..keyed }.submit(stage)?, &["reused", "s"])?;
        let left = stage.word("PTTL k")?.parse().unwrap_or(0);
        if (1..=90_000).contains(&left) { Ok(()) } else { Err(format!("remembered for {left} ms")) }
    }),
];
