//! The end of a search.

use crate::stage::{LONGEST_IN_LOG, Scenario, Stage, same};

/// The arguments of an end.
struct End<'a> {
    status: &'a str,
    details: &'a str,
    made_of: &'a str,
    least: &'a str,
    announce: &'a str,
    by: (&'a str, &'a str),
    kept: &'a str,
    deadline: String,
    offers: &'a str,
}

/// An end by a gateway, without answers or a known deadline.
const BY_GATEWAY: End<'_> = End {
    status: "completed",
    details: "{}",
    made_of: "0",
    least: "1",
    announce: "1",
    by: ("", ""),
    kept: "900000",
    deadline: String::new(),
    offers: "",
};

impl End<'_> {
    fn run(&self, stage: &mut Stage) -> Result<Vec<String>, String> {
        self.run_with(stage, &[])
    }

    /// The same, with further fields and values in the log.
    fn run_with(&self, stage: &mut Stage, further: &[&str]) -> Result<Vec<String>, String> {
        let Self { status, details, made_of, least, announce, by: (consumer, entry), kept, deadline, offers } =
            self;
        let args = [
            "s",
            status,
            "[]",
            details,
            made_of,
            least,
            announce,
            "g",
            consumer,
            entry,
            kept,
            "1000",
            deadline,
            "1000",
            offers,
            LONGEST_IN_LOG,
        ];
        stage.script("end", &["r", "l", "q", "c", "o"], &[&args, further].concat())
    }
}

/// The entry in the log of an end with this further field.
fn announced<'a>(field: &'a str, value: &'a str) -> [&'a str; 12] {
    ["search_id", "s", "status", "completed", "results", "[]", "seq", "1", field, value, "details", "{}"]
}

/// What Redis keeps of a search that has ended.
fn left(stage: &mut Stage) -> Result<[String; 4], String> {
    Ok([stage.word("HGET r status")?, stage.word("ZCARD o")?, stage.word("XLEN q")?, stage.word("XLEN l")?])
}

pub(crate) const SCENARIOS: &[Scenario] = &[
    ("a worker ends a search, which deletes its job", |stage| {
        let entry = stage.begin()?;
        same("ended", &End { by: ("a", &entry), ..BY_GATEWAY }.run(stage)?, &["now", "1"])?;
        same("left", &left(stage)?, &["completed", "0", "0", "1"])?;
        same("pending", &stage.run("XPENDING q g - + 9")?, &[])
    }),
    ("the trace of an end is in the log", |stage| {
        stage.submit(60_000)?;
        BY_GATEWAY.run_with(stage, &["traceparent", "t"])?;
        let entry = stage.entry("l")?;
        same("log", &entry[entry.len() - 4..], &["details", "{}", "traceparent", "t"])?;
        same("record", &stage.run("HEXISTS r traceparent")?, &["0"])
    }),
    ("a search ends once", |stage| {
        stage.submit(60_000)?;
        BY_GATEWAY.run(stage)?;
        let again = End { status: "failed", ..BY_GATEWAY }.run(stage)?;
        same("ended again", &again, &["before", "1"])?;
        same("left", &left(stage)?, &["completed", "0", "1", "1"])
    }),
    ("the end is in the record and in the log", |stage| {
        stage.submit(60_000)?;
        BY_GATEWAY.run(stage)?;
        same("record", &stage.run("HMGET r results details seq")?, &["[]", "{}", "1"])?;
        let end = ["search_id", "s", "status", "completed", "results", "[]", "seq", "1", "details", "{}"];
        same("log", &stage.entry("l")?, &end)
    }),
    ("offers that the results have not all of are in the record and in the log", |stage| {
        stage.submit(60_000)?;
        End { offers: "all", ..BY_GATEWAY }.run(stage)?;
        same("record", &stage.run("HMGET r results details seq")?, &["all", "{}", "1"])?;
        same("log", &stage.entry("l")?, &announced("offers", "all"))
    }),
    ("long offers of an end are in the record and not in the log", |stage| {
        stage.submit(60_000)?;
        End { offers: "all six", ..BY_GATEWAY }.run(stage)?;
        same("record", &stage.run("HMGET r results details seq")?, &["all six", "{}", "1"])?;
        same("log", &stage.entry("l")?, &announced("in_record", "7"))
    }),
    ("an end without details has none", |stage| {
        stage.submit(60_000)?;
        End { details: "", ..BY_GATEWAY }.run(stage)?;
        same("record", &stage.run("HEXISTS r details")?, &["0"])?;
        let end = ["search_id", "s", "status", "completed", "results", "[]", "seq", "1"];
        same("log", &stage.entry("l")?, &end)
    }),
    ("a record without a status does not prevent the end", |stage| {
        stage.submit(60_000)?;
        stage.run("HDEL r status")?;
        stage.run("HSET r seq 2")?;
        same("ended", &BY_GATEWAY.run(stage)?, &["now", "3"])
    }),
    ("ending a search trims the log", |stage| {
        stage.submit(60_000)?;
        stage.run("XADD l 1-1 is old")?;
        BY_GATEWAY.run(stage)?;
        same("announced", &stage.run("XLEN l")?, &["1"])
    }),
    ("a worker whose job was taken over ends nothing", |stage| {
        let entry = stage.begin()?;
        stage.take_over("b", &entry)?;
        let ended = End { by: ("a", &entry), ..BY_GATEWAY }.run(stage)?;
        same("ended", &ended, &["not owner", "0"])?;
        same("left", &left(stage)?, &["processing", "1", "1", "0"])
    }),
    ("a gateway needs no job to end a search that was handed back", |stage| {
        let entry = stage.begin()?;
        stage.hand_back("a", &entry)?;
        same("ended", &BY_GATEWAY.run(stage)?, &["now", "1"])
    }),
    ("an end with fewer answers than the record is refused", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["x", "y"])?;
        let by = ("a", entry.as_str());
        let fewer = End { made_of: "1", by, ..BY_GATEWAY }.run(stage)?;
        same("of one", &fewer, &["stale", "2"])?;
        same("of both", &End { made_of: "2", by, ..BY_GATEWAY }.run(stage)?, &["now", "3"])
    }),
    ("without a number of answers a search ends anyway", |stage| {
        let entry = stage.begin()?;
        stage.answer("a", &entry, &["x"])?;
        same("ended", &End { made_of: "", ..BY_GATEWAY }.run(stage)?, &["now", "2"])
    }),
    ("the end has the highest sequence number, even after a loss", |stage| {
        let entry = stage.begin()?;
        let end = End { made_of: "2", least: "3", by: ("a", &entry), ..BY_GATEWAY };
        same("ended", &end.run(stage)?, &["now", "3"])
    }),
    ("a search without a record has ended when its deadline is long past", |stage| {
        let deadline = (stage.now() - 1001).to_string();
        same("ended", &End { deadline, ..BY_GATEWAY }.run(stage)?, &["gone", "0"])?;
        same("records and log", &stage.run("EXISTS r l")?, &["0"])
    }),
    ("a search without a record and with no known deadline has ended", |stage| {
        same("ended", &BY_GATEWAY.run(stage)?, &["gone", "0"])?;
        same("records and log", &stage.run("EXISTS r l")?, &["0"])
    }),
    ("a search whose record was lost ends", |stage| {
        let deadline = (stage.now() - 50).to_string();
        same("ended", &End { deadline, ..BY_GATEWAY }.run(stage)?, &["now", "1"])
    }),
    ("an open search without a record ends, however late", |stage| {
        let deadline = stage.now() - 60_000;
        stage.run(&format!("ZADD o {deadline} s"))?;
        let end = End { deadline: deadline.to_string(), ..BY_GATEWAY };
        same("ended", &end.run(stage)?, &["now", "1"])
    }),
    ("the record of an open search that was lost is kept until its deadline is long past", |stage| {
        let deadline = stage.now() + 60_000;
        stage.run(&format!("ZADD o {deadline} s"))?;
        End { kept: "1000", ..BY_GATEWAY }.run(stage)?;
        let kept = stage.word("PTTL r")?.parse().unwrap_or(0);
        if (1001..=61_000).contains(&kept) { Ok(()) } else { Err(format!("kept for {kept} ms")) }
    }),
    ("a search that has a record ends, however late", |stage| {
        stage.submit(-60_000)?;
        stage.run("ZREM o s")?;
        same("ended", &BY_GATEWAY.run(stage)?, &["now", "1"])
    }),
    ("an end of the replaced system is stored, but not announced again", |stage| {
        same("ended", &End { announce: "0", ..BY_GATEWAY }.run(stage)?, &["now", "1"])?;
        same("left", &left(stage)?, &["completed", "0", "0", "0"])
    }),
    ("a record is kept for a time after the end", |stage| {
        stage.submit(-60_000)?;
        BY_GATEWAY.run(stage)?;
        let kept = stage.word("PTTL r")?.parse().unwrap_or(0);
        if (1..=900_000).contains(&kept) { Ok(()) } else { Err(format!("kept for {kept} ms")) }
    }),
    ("a record is kept until its deadline is long past", |stage| {
        stage.submit(60_000)?;
        End { kept: "1000", ..BY_GATEWAY }.run(stage)?;
        let kept = stage.word("PTTL r")?.parse().unwrap_or(0);
        if (1001..=61_000).contains(&kept) { Ok(()) } else { Err(format!("kept for {kept} ms")) }
    }),
    ("only cancelled searches are in the cancellations", |stage| {
        stage.submit(60_000)?;
        BY_GATEWAY.run(stage)?;
        same("completed", &stage.run("XLEN c")?, &["0"])?;
        stage.submit(60_000)?;
        End { status: "cancelled", ..BY_GATEWAY }.run(stage)?;
        same("cancelled", &stage.entry("c")?, &["search_id", "s"])
    }),
    ("overdue searches are found, but not before the leeway", |stage| {
        let now = stage.now();
        for (id, deadline) in
            [("late", now - 60_000), ("later", now - 90_000), ("just", now), ("soon", now + 9_000)]
        {
            stage.run(&format!("ZADD o {deadline} {id}"))?;
        }
        same("found", &stage.script("overdue", &["o"], &["30000", "60000", "9", "r:"])?, &["later", "late"])?;
        same("found at most", &stage.script("overdue", &["o"], &["30000", "60000", "1", "r:"])?, &["later"])
    }),
    ("a deadline too far in the future is reduced", |stage| {
        let (now, ahead) = (stage.now(), stage.now() + 9_000_000);
        stage.run(&format!("ZADD o {ahead} s"))?;
        stage.script("overdue", &["o"], &["500", "60000", "9", "r:"])?;
        let deadline = stage.word("ZSCORE o s")?.parse::<i64>().unwrap_or(0);
        if deadline < now + 600_000 { Ok(()) } else { Err(format!("{} ms ahead", deadline - now)) }
    }),
    ("a long deadline that a gateway has set is kept", |stage| {
        let now = stage.now();
        let deadline = now + 119_000;
        stage.run(&format!("ZADD o {deadline} s"))?;
        stage.run(&format!("HSET r:s created_ms {} deadline_ms {deadline}", now - 1000))?;
        stage.script("overdue", &["o"], &["500", "60000", "9", "r:"])?;
        same("deadline", &[stage.word("ZSCORE o s")?], &[&deadline.to_string()])
    }),
    ("a long deadline is reduced after the clock has stepped back", |stage| {
        let (now, ahead) = (stage.now(), 9_000_000);
        let deadline = now + ahead + 120_000;
        stage.run(&format!("ZADD o {deadline} s"))?;
        stage.run(&format!("HSET r:s created_ms {} deadline_ms {deadline}", now + ahead))?;
        stage.script("overdue", &["o"], &["500", "60000", "9", "r:"])?;
        let score = stage.word("ZSCORE o s")?.parse::<i64>().unwrap_or(0);
        if score < now + 600_000 { Ok(()) } else { Err(format!("{} ms ahead", score - now)) }
    }),
    ("only ends of the replaced system are foreign", |stage| {
        stage.run("XADD l 1-1 search_id ours results [] seq 4")?;
        stage.run("XADD l 2-1 search_id partial offers []")?;
        stage.run("XADD l 3-1 search_id theirs results []")?;
        let found = stage.script("foreign_ends", &["l"], &["0-0", "9"])?;
        same("found", &found, &["3-1", "3-1", "search_id", "theirs", "results", "[]"])?;
        same("after it", &stage.script("foreign_ends", &["l"], &["3-1", "9"])?, &["3-1", ""])
    }),
    ("a stream has an end, and no stream has none", |stage| {
        same("no stream", &stage.script("stream_end", &["l"], &[])?, &[])?;
        stage.run("XADD l 1-1 search_id s results []")?;
        stage.run("XADD l 2-1 search_id s results []")?;
        stage.run("XDEL l 2-1")?;
        same("the end", &stage.script("stream_end", &["l"], &[])?, &["2-1", "2"])
    }),
];
