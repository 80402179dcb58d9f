//! A process, and what the kernel says that it has used.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::{self, DirEntry, File},
    path::Path,
    process::Stdio,
    time::Duration,
};

use tokio::process::{Child, Command};

/// A running process. Killed when dropped.
pub(crate) struct Process {
    child: Child,
    pid: u32,
}

impl Process {
    /// Starts a program with these settings in its environment; what it has to say goes to a file, as under a
    /// supervisor that keeps logs.
    pub(crate) fn start(program: &Path, arguments: &[&str], settings: &[(&str, String)], log: &Path) -> Self {
        let mut command = Command::new(program);
        // Nothing of the shell's settings: figures are to be those of the defaults.
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // Several run at once.
        command.env("METRICS_PORT", "0");
        let log = || Stdio::from(File::options().create(true).append(true).open(log).expect("a log file"));
        command.args(arguments).envs(settings.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(log()).stderr(log()).kill_on_drop(true);
        let child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let pid = child.id().expect("a process that has just been started has an id");
        Self { child, pid }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked").is_some()
    }

    /// Ends it and waits until it is gone.
    pub(crate) async fn stop(mut self) {
        self.child.kill().await.expect("a child can be ended");
    }

    /// CPU time used so far, in the process and in the kernel for it.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).expect("a running process");
        // The name, in parentheses, may hold anything; utime and stime are the 12th and 13th field behind it.
        let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks: u64 =
            behind_name.split_whitespace().skip(11).take(2).map(|field| field.parse().unwrap_or(0)).sum();
        Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second()).unwrap_or(100)
    }

    /// CPU time that each of its threads has used so far, in nanoseconds: finer than [`Self::cpu`], but without the
    /// threads that have ended.
    pub(crate) fn cpu_of_threads(&self) -> BTreeMap<OsString, u64> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid)).expect("a running process").flatten();
        let used = |thread: DirEntry| {
            let schedstat = fs::read_to_string(thread.path().join("schedstat")).ok()?;
            Some((thread.file_name(), schedstat.split_whitespace().next()?.parse().ok()?))
        };
        threads.filter_map(used).collect()
    }

    /// Memory it occupies, in KiB: its own and its share of what it shares.
    pub(crate) fn memory_kib(&self) -> u64 {
        let line = |file: &str, name: &str| -> Option<u64> {
            let text = fs::read_to_string(format!("/proc/{}/{file}", self.pid)).ok()?;
            text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
        };
        line("smaps_rollup", "Pss:").or_else(|| line("status", "VmRSS:")).expect("a running process")
    }
}
