/// Why Redis can't provide the configured durability. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDurable {
    /// Redis is too old.
    #[error("ACCEPT_DURABILITY=disk needs a Redis with WAITAOF: 7.2 or newer, or Valkey")]
    NoWaitAof,
    /// Redis has no append-only file.
    #[error("ACCEPT_DURABILITY=disk needs a Redis with an append-only file: appendonly yes")]
    NoAppendOnlyFile,
    /// Redis never syncs its append-only file.
    #[error("ACCEPT_DURABILITY=disk needs a Redis with appendfsync always or everysec")]
    NeverSynced,
    /// Redis has no connected replica.
    #[error("ACCEPT_DURABILITY=replica needs a Redis with a connected replica")]
    NoReplica,
}

impl NotDurable {
    /// The reason for clients, without the remedy.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoWaitAof => "Redis is too old for ACCEPT_DURABILITY=disk",
            Self::NoAppendOnlyFile => "Redis has no append-only file, which ACCEPT_DURABILITY=disk needs",
            Self::NeverSynced => "Redis never syncs its append-only file, which ACCEPT_DURABILITY=disk needs",
            Self::NoReplica => "Redis has no replica, which ACCEPT_DURABILITY=replica needs",
        }
    }
}
