//! Leases, dead letters, consumers.

use std::time::{Duration, Instant};

use crate::stage::{Scenario, Stage, same};

fn bury(stage: &mut Stage, consumer: &str, entry: &str) -> Result<Vec<String>, String> {
    stage.script("bury", &["q", "d"], &["g", consumer, entry, "9", "reason", "none"])
}

/// A property of the first pending job: 0 is its entry, 1 its owner, 2 its idle time, 3 its number of deliveries.
fn pending(stage: &mut Stage, at: usize) -> Result<String, String> {
    Ok(stage.run("XPENDING q g - + 1")?.get(at).cloned().unwrap_or_default())
}

fn consumers(stage: &mut Stage) -> Result<Vec<String>, String> {
    let info = stage.run("XINFO CONSUMERS q g")?;
    Ok(info.chunks(2).filter(|field| field[0] == "name").map(|field| field[1].clone()).collect())
}

/// Waits until each consumer has been idle for longer than this.
fn rest(stage: &mut Stage, idle: u64) -> Result<(), String> {
    let give_up_at = Instant::now() + Duration::from_secs(30);
    loop {
        let info = stage.run("XINFO CONSUMERS q g")?;
        let mut idles = info.chunks(2).filter(|field| field[0] == "idle");
        if idles.all(|field| field[1].parse().is_ok_and(|is: u64| is > idle)) {
            return Ok(());
        }
        if Instant::now() > give_up_at {
            return Err("the consumers are not idle".to_owned());
        }
    }
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    ("a job is buried by its owner, once", |stage| {
        let entry = stage.begin()?;
        stage.take_over("b", &entry)?;
        same("by another", &bury(stage, "a", &entry)?, &["0"])?;
        same("by its owner", &bury(stage, "b", &entry)?, &["1"])?;
        same("again", &bury(stage, "b", &entry)?, &["0"])?;
        same("dead letters", &stage.run("XLEN d")?, &["1"])?;
        same("jobs", &stage.run("XLEN q")?, &["0"])?;
        same("pending", &stage.run("XPENDING q g - + 9")?, &[])
    }),
    ("the number of dead letters is limited", |stage| {
        for _ in 0..12 {
            stage.run("XADD d * reason none")?;
        }
        let entry = stage.begin()?;
        bury(stage, "a", &entry)?;
        same("dead letters", &stage.run("XLEN d")?, &["9"])
    }),
    ("a lease is renewed by its owner only", |stage| {
        let entry = stage.begin()?;
        same("its own", &stage.script("renew", &["q"], &["g", "a", &entry])?, &[])?;
        stage.take_over("b", &entry)?;
        same("another's", &stage.script("renew", &["q"], &["g", "a", &entry])?, &[entry.as_str()])?;
        same("owner", &[pending(stage, 1)?], &["b"])
    }),
    ("a job that is not pending is neither renewed nor reported as taken over", |stage| {
        let entry = stage.begin()?;
        stage.run(&format!("XACK q g {entry}"))?;
        same("nobody's", &stage.script("renew", &["q"], &["g", "a", &entry])?, &[])?;
        same("pending", &stage.run("XPENDING q g - + 9")?, &[])
    }),
    ("renewing a lease does not count as a delivery", |stage| {
        let entry = stage.begin()?;
        stage.run(&format!("XCLAIM q g a 0 {entry} IDLE 9000000 JUSTID"))?;
        stage.script("renew", &["q"], &["g", "a", &entry])?;
        let idle = pending(stage, 2)?.parse().unwrap_or(i64::MAX);
        same("deliveries", &[pending(stage, 3)?], &["1"])?;
        if idle < 9_000_000 { Ok(()) } else { Err(format!("not renewed for {idle} ms")) }
    }),
    ("recovering a job does not count as a delivery", |stage| {
        let entry = stage.begin()?;
        let recovered = stage.script("recover", &["q"], &["g", "a", "0-0", "9"])?;
        same("recovered", &recovered, &[entry.as_str(), "1", "search_id", "s"])?;
        same("deliveries", &[pending(stage, 3)?], &["1"])?;
        same("after it", &stage.script("recover", &["q"], &["g", "a", &entry, "9"])?, &[])
    }),
    ("a declined job can be taken over at once, and its delivery does not count", |stage| {
        let entry = stage.begin()?;
        same("declined", &stage.script("decline", &["q"], &["g", "a", &entry, "9000000", "0"])?, &["1"])?;
        let idle = pending(stage, 2)?.parse().unwrap_or(0);
        if idle < 9_000_000 {
            return Err(format!("idle for {idle} ms"));
        }
        same("deliveries", &[pending(stage, 3)?], &["0"])?;
        stage.run(&format!("XCLAIM q g b 9000000 {entry}"))?;
        same("owner", &[pending(stage, 1)?], &["b"])?;
        same("deliveries", &[pending(stage, 3)?], &["1"])
    }),
    ("a job is declined only by its owner", |stage| {
        let entry = stage.begin()?;
        stage.take_over("b", &entry)?;
        let declined = stage.script("decline", &["q"], &["g", "a", &entry, "9000000", "0"])?;
        same("another's", &declined, &["0"])?;
        same("owner", &[pending(stage, 1)?], &["b"])?;
        stage.run(&format!("XACK q g {entry}"))?;
        let declined = stage.script("decline", &["q"], &["g", "a", &entry, "9000000", "0"])?;
        same("nobody's", &declined, &["0"])
    }),
    ("a consumer leaves only without jobs", |stage| {
        let entry = stage.begin()?;
        same("with a job", &stage.script("leave", &["q"], &["g", "a"])?, &["0"])?;
        stage.run(&format!("XACK q g {entry}"))?;
        same("with none", &stage.script("leave", &["q"], &["g", "a"])?, &["1"])?;
        same("consumers", &consumers(stage)?, &[])
    }),
    ("silent consumers without jobs are removed, except the caller", |stage| {
        stage.begin()?;
        stage.run("XGROUP CREATECONSUMER q g idle")?;
        stage.run("XGROUP CREATECONSUMER q g me")?;
        rest(stage, 20)?;
        same("swept", &stage.script("sweep", &["q"], &["g", "20", "me"])?, &["idle"])?;
        same("consumers", &consumers(stage)?, &["a", "me"])
    }),
    ("a consumer that was active recently is not removed", |stage| {
        stage.run("XGROUP CREATECONSUMER q g other")?;
        same("swept", &stage.script("sweep", &["q"], &["g", "60000", "me"])?, &[])
    }),
    ("done jobs are deleted, but not waiting ones or those in progress", |stage| {
        let done = stage.begin()?;
        stage.submit(60_000)?;
        stage.submit(60_000)?;
        stage.run(&format!("XACK q g {done}"))?;
        let in_progress = stage.deliver("a")?;
        same("shed", &stage.script("shed", &["q"], &["g"])?, &["1"])?;
        stage.run(&format!("XACK q g {in_progress}"))?;
        same("shed later", &stage.script("shed", &["q"], &["g"])?, &["1"])?;
        same("jobs", &stage.run("XLEN q")?, &["1"])
    }),
    ("all jobs are deleted when all are done, even with another group", |stage| {
        stage.run("XGROUP CREATE q another 0")?;
        for _ in 0..2 {
            let done = stage.begin()?;
            stage.run(&format!("XACK q g {done}"))?;
        }
        same("shed", &stage.script("shed", &["q"], &["g"])?, &["2"])
    }),
    ("without jobs nothing is deleted", |stage| {
        stage.run("DEL q")?;
        same("shed", &stage.script("shed", &["q"], &["g"])?, &["0"])
    }),
];
