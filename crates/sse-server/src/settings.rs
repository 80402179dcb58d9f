use std::time::Duration;

/// How connections are treated.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many connections may be open at once, event streams included.
    pub max_connections: usize,
    /// How long a connection may stay open without a request, before its first one and between two.
    pub idle_timeout: Duration,
    /// The same while three quarters of all permits, or of the client's permits, are taken.
    pub crowded_idle_timeout: Duration,
    /// How long a client may not read. On Linux this also bounds how long a vanished client goes unnoticed.
    pub write_timeout: Duration,
    /// How long requests in progress and unfinished writes have after the server is asked to stop.
    pub drain_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            idle_timeout: Duration::from_secs(30),
            crowded_idle_timeout: Duration::from_secs(2),
            write_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(20),
        }
    }
}
