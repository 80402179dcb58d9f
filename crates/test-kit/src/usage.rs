//! CPU time and memory of a process, read from `/proc`. Linux only.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, DirEntry},
    time::Duration,
};

use crate::process::Service;

impl Service {
    /// CPU time used so far, in user and kernel mode.
    #[must_use]
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(self.proc("stat")).expect("a running process");
        // The name, in parentheses, may contain anything; utime and stime are the 12th and 13th field after it.
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks: u64 =
            after_name.split_whitespace().skip(11).take(2).map(|field| field.parse().unwrap_or(0)).sum();
        Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second()).unwrap_or(100)
    }

    /// CPU time that each of its threads has used so far, in nanoseconds: more precise than [`Self::cpu`], but without
    /// threads that have ended.
    #[must_use]
    pub fn cpu_of_threads(&self) -> BTreeMap<OsString, u64> {
        let threads = fs::read_dir(self.proc("task")).expect("a running process").flatten();
        let used = |thread: DirEntry| {
            let schedstat = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            Some((thread.file_name(), schedstat.split_whitespace().next()?.parse().ok()?))
        };
        threads.filter_map(used).collect()
    }

    /// Its memory in KiB: its own, and its share of what it shares with other processes.
    #[must_use]
    pub fn memory_kib(&self) -> u64 {
        let line = |file: &str, name: &str| -> Option<u64> {
            let text = fs::read_to_string(self.proc(file)).ok()?;
            text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
        };
        line("smaps_rollup", "Pss:").or_else(|| line("status", "VmRSS:")).expect("a running process")
    }

    /// The path of a file in `/proc` about this process.
    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.pid().expect("a running process"))
    }
}
