//! A slow disk and a stepped clock, for processes that are started under it. Linux only.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    time::Duration,
};

use tempfile::{NamedTempFile, TempPath};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/shim/trouble.c");
/// Where the two numbers stand in the file that the processes read.
const CLOCK_AT: u64 = 0;
const SYNC_AT: u64 = 8;

/// What processes see of the wall clock and of the disk, which can be changed while they run. All that are started
/// under one shim see the same.
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
    /// One that changes nothing yet.
    #[must_use]
    pub fn new() -> Self {
        let shim = Self { control: NamedTempFile::new().expect("a file for a shim") };
        shim.shift_clock(0);
        shim.slow_sync(Duration::ZERO);
        shim
    }

    /// The environment of a process that is to be under it.
    #[must_use]
    pub fn environment(&self) -> [(String, String); 2] {
        let text = |path: &Path| path.to_str().expect("a path that is text").to_owned();
        [("LD_PRELOAD".into(), text(library())), ("TROUBLE_FILE".into(), text(self.control.path()))]
    }

    /// From now on the wall clock is this many milliseconds ahead of the true one, or behind it.
    pub fn shift_clock(&self, millis: i64) {
        self.write(CLOCK_AT, millis * 1000);
    }

    /// From now on each fsync takes this much longer.
    pub fn slow_sync(&self, by: Duration) {
        self.write(SYNC_AT, i64::try_from(by.as_micros()).expect("a short time"));
    }

    /// In place: the processes have the file in their memory.
    fn write(&self, at: u64, micros: i64) {
        self.control.as_file().write_all_at(&micros.to_ne_bytes(), at).expect("a shim's file is written");
    }
}

/// The shared object, compiled once per test program. Other test programs may do the same at the same time.
fn library() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let me = std::env::current_exe().expect("a program knows its place");
        let place = me.with_file_name("trouble.so");
        let fresh: TempPath =
            NamedTempFile::new_in(me.parent().expect("a folder")).expect("a file").into_temp_path();
        let mut compiler = Command::new("cc");
        compiler
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(&*fresh)
            .arg(SOURCE);
        assert!(compiler.status().expect("cc runs").success(), "the shim is compiled");
        File::open(&fresh).and_then(|file| file.sync_all()).expect("the shim is there");
        fresh.persist(&place).expect("the shim has its place");
        place
    })
}
