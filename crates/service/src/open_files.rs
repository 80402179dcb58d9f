use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises this process's limit of open files to the hard limit.
///
/// The soft limit is often 1,024, for the sake of programs that use select(2). It would limit connections too.
pub fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => tracing::debug!(from = limit.current, to = limit.maximum, "open files"),
        Err(error) => {
            tracing::warn!(limit = limit.current, %error, "could not raise the open files limit");
        }
    }
}

/// The limit of open files of this process.
#[must_use]
pub fn open_files() -> usize {
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX))
}
