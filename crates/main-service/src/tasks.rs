//! The gateway's permanent tasks.

pub(crate) mod deadlines;
pub(crate) mod loads;
pub(crate) mod presence;
pub(crate) mod queue_metrics;
pub(crate) mod refusals;
pub(crate) mod tail;
pub(crate) mod watch;
