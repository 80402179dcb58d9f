//! Slow fsyncs and a stepped clock, for processes that are started under a shim. Linux only.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::Duration,
};

use tempfile::{NamedTempFile, TempPath};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/shim/shim.c");
/// The positions of the two numbers in the file that the processes read.
const CLOCK_AT: u64 = 0;
const SYNC_AT: u64 = 8;

/// Changes the wall clock and delays the fsyncs of processes while they run. It affects all processes that are started
/// under it.
#[derive(Debug)]
pub struct Shim {
    control: NamedTempFile,
}

impl Default for Shim {
    fn default() -> Self {
        Self::new()
    }
}

impl Shim {
    /// A shim that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let shim = Self { control: NamedTempFile::new().expect("a file for a shim") };
        shim.shift_clock(0);
        shim.slow_sync(Duration::ZERO);
        shim
    }

    /// The environment variables that start a process under it.
    #[must_use]
    pub fn environment(&self) -> [(String, String); 2] {
        let text = |path: &Path| path.to_str().expect("a path that is text").to_owned();
        [("LD_PRELOAD".into(), text(library())), ("SHIM_FILE".into(), text(self.control.path()))]
    }

    /// Sets the wall clock this many milliseconds ahead of the real one, or, if negative, behind it.
    pub fn shift_clock(&self, millis: i64) {
        self.write(CLOCK_AT, millis * 1000);
    }

    /// Delays each fsync by this much.
    pub fn slow_sync(&self, by: Duration) {
        self.write(SYNC_AT, i64::try_from(by.as_micros()).expect("a short time"));
    }

    /// Overwrites a number in place, because the processes have mapped the file.
    fn write(&self, at: u64, micros: i64) {
        self.control.as_file().write_all_at(&micros.to_ne_bytes(), at).expect("a shim's file is written");
    }
}

/// The shared object, compiled once per test program. Other test programs may compile it at the same time.
fn library() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let program = std::env::current_exe().expect("the path of this program");
        let library = program.with_file_name("shim.so");
        let fresh: TempPath =
            NamedTempFile::new_in(program.parent().expect("a directory")).expect("a file").into_temp_path();
        let mut compiler = Command::new("cc");
        compiler
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(&*fresh)
            .arg(SOURCE);
        assert!(compiler.status().expect("cc runs").success(), "the shim is compiled");
        File::open(&fresh).and_then(|file| file.sync_all()).expect("the shim is written");
        fresh.persist(&library).expect("the shim is renamed");
        library
    })
}
