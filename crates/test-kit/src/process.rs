//! The process of a service.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::NamedTempFile;
use tokio::process::Child;

use crate::wait::TIMEOUT;

/// The environment variables of a process.
pub type Settings = [(String, String)];

/// Where the services' binaries are.
#[derive(Clone, Debug)]
pub struct Programs {
    directory: PathBuf,
}

impl Programs {
    /// The binaries in this test's profile. Builds them once per test program, because Cargo does not build other
    /// packages' binaries for a package's tests.
    #[must_use]
    pub fn of_this_test() -> Self {
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        Self { directory: BUILT.get_or_init(build).clone() }
    }

    /// The binaries in this program's directory, which must have been built.
    #[must_use]
    pub fn in_this_directory() -> Self {
        let program = std::env::current_exe().expect("the path of this program");
        Self { directory: program.parent().expect("a directory").to_owned() }
    }

    /// The binaries in this directory.
    ///
    /// # Panics
    /// If they are not there.
    #[must_use]
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        for name in ["main-service", "provider-service"] {
            assert!(directory.join(name).is_file(), "no {name} in {}", directory.display());
        }
        Self { directory }
    }

    /// The command that starts one of them with only these environment variables.
    #[must_use]
    pub fn command(&self, name: &str, settings: &Settings) -> Command {
        let mut command = bare(self.directory.join(name));
        // No port by default, because services on one machine would use the same.
        command.env("METRICS_PORT", "0");
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A command that inherits only `PATH`, so that the caller's environment can't change a test or a figure.
pub(crate) fn bare(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// A running process with its log. Killed when dropped.
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    child: Child,
    log: NamedTempFile,
}

impl Service {
    /// Starts one of the services that this test has built, with only these environment variables.
    #[must_use]
    pub fn start(name: &'static str, settings: &Settings) -> Self {
        Self::spawn(name, Programs::of_this_test().command(name, settings))
    }

    /// Starts any program. Its output goes to a file.
    #[must_use]
    pub fn spawn(name: &'static str, mut command: Command) -> Self {
        let log = NamedTempFile::new().expect("a file for a log");
        command.stdin(Stdio::null()).stdout(append(log.path())).stderr(append(log.path()));
        let mut command = tokio::process::Command::from(command);
        let child =
            command.kill_on_drop(true).spawn().unwrap_or_else(|error| panic!("{name} starts: {error}"));
        Self { name, child, log }
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends SIGKILL and waits for the end.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("a process can be killed");
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends any signal.
    pub fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?)) {
            kill_process(pid, signal).expect("a process can be signalled");
        }
    }

    /// Waits for the end and returns the exit code, if there is one.
    pub async fn exit_code(&mut self) -> Option<i32> {
        let ended = tokio::time::timeout(TIMEOUT, self.child.wait()).await;
        ended
            .unwrap_or_else(|_| panic!("{} did not end\n{}", self.name, self.log()))
            .expect("a process ends")
            .code()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a process can be looked at").is_some()
    }

    /// What it has written so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log.path()).unwrap_or_default()
    }
}

/// A test that fails prints the end of each service's log.
impl Drop for Service {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let from = log.char_indices().rev().nth(6_000).map_or(0, |(at, _)| at);
            eprintln!("--- {} ---\n{}", self.name, &log[from..]);
        }
    }
}

fn append(path: &Path) -> Stdio {
    File::options().append(true).open(path).expect("a log opens twice").into()
}

fn build() -> PathBuf {
    let program = std::env::current_exe().expect("the path of this program");
    let profile = program.parent().and_then(Path::parent).expect("target/<profile>/deps").to_owned();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["build", "--quiet", "--bins"]);
    cargo.args(["--package", "main-service", "--package", "provider-service"]);
    cargo.arg("--target-dir").arg(profile.parent().expect("target"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    // What cargo tells this test about its own package. Build scripts that look at it would run again, in this build and
    // in the next one of the tests, and all that depends on them be built again.
    for (name, _) in std::env::vars_os() {
        let is_own = name.to_str().is_some_and(|name| {
            ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
                .iter()
                .any(|own| name.starts_with(own))
        });
        if is_own {
            cargo.env_remove(name);
        }
    }
    assert!(cargo.status().expect("cargo runs").success(), "the services are built");
    profile
}
