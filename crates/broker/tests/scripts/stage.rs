use redis::{Client, Connection, Value};

use crate::mutants::Mutant;

/// A name and a test. Passes with the original scripts.
pub(crate) type Scenario = (&'static str, fn(&mut Stage) -> Result<(), String>);

macro_rules! scripts {
    ($($name:literal),+) => {
        /// The sources of the scripts.
        pub(crate) const SCRIPTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../src/scripts/", $name, ".lua")))),+];
    };
}

scripts!(
    "answer",
    "bury",
    "create",
    "dead_letters",
    "decline",
    "end",
    "foreign_ends",
    "hand_back",
    "heads",
    "leave",
    "log_page",
    "overdue",
    "owner",
    "read",
    "recover",
    "release",
    "renew",
    "replay",
    "shed",
    "stream_end",
    "submit_shared",
    "sweep"
);

/// The scripts that start with `owner.lua`.
const OWNED: [&str; 2] = ["answer", "end"];

/// How many bytes of offers an entry in the result log has at most in a scenario.
pub(crate) const LONGEST_IN_LOG: &str = "6";

/// A Redis with the scripts, one of which may be a mutant.
pub(crate) struct Stage {
    connection: Connection,
    mutant: Option<&'static Mutant>,
}

impl Stage {
    pub(crate) fn new(addr: &str) -> Self {
        let client = Client::open(format!("redis://{addr}")).expect("an address");
        let mut stage = Self { connection: client.get_connection().expect("Redis answers"), mutant: None };
        // Makes approximate trimming exact.
        stage.run("CONFIG SET stream-node-max-entries 1").expect("Redis is configured");
        stage
    }

    /// Empties Redis, and replaces one script with this mutant, if any.
    pub(crate) fn set(&mut self, mutant: Option<&'static Mutant>) {
        self.mutant = mutant;
        self.run("FLUSHALL").expect("Redis is emptied");
        self.run("XGROUP CREATE q g 0 MKSTREAM").expect("a group is made");
    }

    /// Runs a command, with words separated by spaces. Returns the reply, flattened.
    pub(crate) fn run(&mut self, command: &str) -> Result<Vec<String>, String> {
        let mut words = command.split(' ');
        let mut cmd = redis::cmd(words.next().unwrap_or_default());
        cmd.arg(words.collect::<Vec<_>>());
        let reply = cmd.query(&mut self.connection).map_err(|error| format!("{command}: {error}"))?;
        Ok(flat(reply))
    }

    /// Like [`Stage::run`], for a command that replies with one word.
    pub(crate) fn word(&mut self, command: &str) -> Result<String, String> {
        Ok(self.run(command)?.into_iter().next().unwrap_or_default())
    }

    /// The fields of the only entry of a stream.
    pub(crate) fn entry(&mut self, stream: &str) -> Result<Vec<String>, String> {
        Ok(self.run(&format!("XRANGE {stream} - +"))?.into_iter().skip(1).collect())
    }

    /// Runs a script.
    pub(crate) fn script(&mut self, name: &str, keys: &[&str], args: &[&str]) -> Result<Vec<String>, String> {
        let source =
            if OWNED.contains(&name) { self.source("owner") + &self.source(name) } else { self.source(name) };
        let mut cmd = redis::cmd("EVAL");
        cmd.arg(source).arg(keys.len()).arg(keys).arg(args);
        let reply = cmd.query(&mut self.connection).map_err(|error| format!("{name}: {error}"))?;
        Ok(flat(reply))
    }

    fn source(&self, name: &str) -> String {
        let (_, source) = SCRIPTS.iter().find(|(script, _)| *script == name).expect("a script of this name");
        match self.mutant {
            Some(Mutant { script, without, instead, .. }) if *script == name => {
                assert_eq!(source.matches(without).count(), 1, "in {script}: {without}");
                source.replace(without, instead)
            }
            _ => (*source).to_owned(),
        }
    }
}

fn flat(reply: Value) -> Vec<String> {
    match reply {
        Value::Array(values) => values.into_iter().flat_map(flat).collect(),
        Value::Nil => vec![String::new()],
        other => vec![redis::from_redis_value(other).unwrap_or_default()],
    }
}

/// Fails if `is` is not as expected.
pub(crate) fn same<T: AsRef<str>>(what: &str, is: &[T], should_be: &[&str]) -> Result<(), String> {
    let is: Vec<_> = is.iter().map(AsRef::as_ref).collect();
    if is == should_be { Ok(()) } else { Err(format!("{what}: {is:?} instead of {should_be:?}")) }
}

/// A search as the scripts see it: record `r`, open searches `o`, jobs `q`, result log `l`, cancellations `c`.
impl Stage {
    pub(crate) fn now(&mut self) -> i64 {
        let time = self.run("TIME").expect("Redis replies with the time");
        let part = |at: usize| time[at].parse::<i64>().expect("a number");
        part(0) * 1000 + part(1) / 1000
    }

    /// Submits a search with this many milliseconds to its deadline. Returns the deadline.
    pub(crate) fn submit(&mut self, left: i64) -> Result<i64, String> {
        let deadline = self.now() + left;
        self.run(&format!("ZADD o {deadline} s"))?;
        self.run(&format!("HSET r status processing seq 0 deadline_ms {deadline}"))?;
        self.run("XADD q * search_id s")?;
        Ok(deadline)
    }

    /// Submits a search and delivers its job to consumer `a`. Returns the entry.
    pub(crate) fn begin(&mut self) -> Result<String, String> {
        self.submit(60_000)?;
        self.deliver("a")
    }

    /// Delivers a job and returns its entry.
    pub(crate) fn deliver(&mut self, consumer: &str) -> Result<String, String> {
        let reply = self.run(&format!("XREADGROUP GROUP g {consumer} COUNT 1 STREAMS q >"))?;
        reply.get(1).cloned().ok_or_else(|| "there is no job".to_owned())
    }

    /// Another consumer takes a job over.
    pub(crate) fn take_over(&mut self, consumer: &str, entry: &str) -> Result<(), String> {
        self.run(&format!("XCLAIM q g {consumer} 0 {entry}")).map(drop)
    }

    /// A consumer stores answers of these suppliers. One whose name begins with `skipped` was not asked, and one
    /// whose name begins with `pairs` has one-ways.
    pub(crate) fn answer(
        &mut self,
        consumer: &str,
        entry: &str,
        suppliers: &[&str],
    ) -> Result<Vec<String>, String> {
        self.answer_with(consumer, entry, suppliers, &[])
    }

    /// The same, with further fields and values in the log.
    pub(crate) fn answer_with(
        &mut self,
        consumer: &str,
        entry: &str,
        suppliers: &[&str],
        further: &[&str],
    ) -> Result<Vec<String>, String> {
        let count = further.len().to_string();
        let mut args = vec!["s", "1000", "g", consumer, entry, LONGEST_IN_LOG, &count];
        args.extend(further);
        for supplier in suppliers {
            let asked = if supplier.starts_with("skipped") { "" } else { "1" };
            let one_ways = if supplier.starts_with("pairs") { "{}" } else { "" };
            let offers = if supplier.starts_with("long") { "[{},{}]" } else { "[]" };
            args.extend([supplier, "2", "{}", offers, asked, one_ways]);
        }
        self.script("answer", &["r", "l", "q"], &args)
    }

    pub(crate) fn hand_back(&mut self, consumer: &str, entry: &str) -> Result<Vec<String>, String> {
        self.script("hand_back", &["q", "r"], &["g", consumer, entry, "search_id", "s"])
    }
}
