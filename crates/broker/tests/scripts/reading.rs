//! Reading records.

use crate::stage::{Scenario, Stage, same};

/// A record of up to 100 bytes is small, a field of up to 10.
fn read(stage: &mut Stage) -> Result<Vec<String>, String> {
    read_after(stage, "")
}

/// The same, without answers up to this sequence number.
fn read_after(stage: &mut Stage, seq: &str) -> Result<Vec<String>, String> {
    let reply = stage.script("read", &["r"], &["100", "10", seq])?;
    // HGETALL has no particular order.
    let mut pairs: Vec<_> = reply.chunks(2).collect();
    pairs.sort_unstable();
    Ok(pairs.concat())
}

/// A value of this many bytes.
fn long(bytes: usize) -> String {
    "x".repeat(bytes)
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    ("a record without answers is read whole", |stage| {
        let long = long(200);
        stage.run(&format!("HSET r seq 0 query {long}"))?;
        same("reply", &read(stage)?, &["query", &long, "seq", "0"])
    }),
    ("a record without a sequence number is read whole", |stage| {
        let long = long(200);
        stage.run(&format!("HSET r query {long}"))?;
        same("reply", &read(stage)?, &["query", &long])
    }),
    ("a small record is read whole, whatever its fields", |stage| {
        let long = long(50);
        stage.run(&format!("HSET r seq 1 supplier:a {long}"))?;
        same("reply", &read(stage)?, &["seq", "1", "supplier:a", &long])
    }),
    ("of a large record, small fields and the lengths of others are read", |stage| {
        let (ten, eleven, long) = (long(10), long(11), long(200));
        stage.run(&format!("HSET r seq 2 a {ten} b {eleven} c {long}"))?;
        same("reply", &read(stage)?, &["a", &ten, "b", "11", "c", "200", "seq", "2"])
    }),
    ("answers and one-ways are read", |stage| {
        stage.run("HSET r seq 1 supplier:a 1x one_ways:a x")?;
        same("reply", &read(stage)?, &["one_ways:a", "x", "seq", "1", "supplier:a", "1x"])
    }),
    ("answers that the caller has are not read, and no one-ways", |stage| {
        stage.run(
            "HSET r seq 9 supplier:a 1x supplier:b 2x supplier:c 3x one_ways:c x supplier:d x supplierx 1",
        )?;
        let rest = ["seq", "9", "supplier:c", "3x", "supplier:d", "x", "supplierx", "1"];
        same("reply", &read_after(stage, "2")?, &rest)
    }),
    ("a record is small if what is read of it is", |stage| {
        let (long, eleven) = (long(200), long(11));
        stage.run(&format!("HSET r seq 9 supplier:a 1{long} b {eleven}"))?;
        same("reply", &read_after(stage, "1")?, &["b", &eleven, "seq", "9"])?;
        same("large", &read_after(stage, "0")?, &["b", "11", "seq", "9", "supplier:a", "201"])
    }),
];
