//! The check behind `provider-service health` for a worker without `METRICS_PORT`.
//!
//! Such a worker serves no port, and it ends by itself when one of its tasks dies. What is left to check is whether it
//! has a connection. A container's network is the worker's alone, so any established connection is the worker's.

use std::{fs, io};

/// The tables of TCP connections, one line each.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];
/// The fourth column of an established connection.
const ESTABLISHED: &str = "01";

/// Why a worker does not count as alive, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Unhealthy {
    /// It has no connection.
    #[error("the worker has no connection; see its log, and check that REDIS_ADDR can be reached")]
    NotConnected,
    /// The connections can't be read.
    #[error("can't read connections from /proc/net ({0}); run this where the worker runs, on Linux")]
    Unreadable(#[from] io::Error),
}

/// Checks that there is an established connection in this network namespace.
pub fn check_connected() -> Result<(), Unhealthy> {
    let tables = TABLES.map(fs::read_to_string);
    if tables.iter().flatten().any(|table| any_established(table)) {
        return Ok(());
    }
    // Without IPv6 there is no table of it.
    let [ipv4, _] = tables;
    ipv4?;
    Err(Unhealthy::NotConnected)
}

fn any_established(table: &str) -> bool {
    table.lines().any(|line| line.split_whitespace().nth(3) == Some(ESTABLISHED))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
    const LISTENING: &str =
        "   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1";
    const CONNECTED: &str =
        "   1: 020013AC:D2F4 030013AC:18EB 01 00000000:00000000 02:00000544 00000000 65532        0 2";

    #[test]
    fn only_an_established_connection_counts() {
        assert!(!any_established(HEAD));
        assert!(!any_established(&[HEAD, LISTENING].join("\n")));
        assert!(any_established(&[HEAD, LISTENING, CONNECTED].join("\n")));
    }
}
