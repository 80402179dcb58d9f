//! Heartbeats keep an idle stream open, and show that both ends are still there.

use std::time::Duration;

/// The interval of heartbeats unless a stream sets its own. Proxies close a connection that is silent for 60 s, some after
/// 30 s.
pub(crate) const INTERVAL: Duration = Duration::from_secs(15);

/// The frame: a comment, which clients skip. Without a blank line, which some clients take for the end of an event.
pub(crate) const FRAME: &[u8] = b":\n";
