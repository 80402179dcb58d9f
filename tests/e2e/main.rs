//! End-to-end tests: real processes, real signals, a private Redis each.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests panic where they fail")]

mod bad_input;
mod bounded;
mod cancelling;
mod coalescing;
mod contract;
mod crashes;
mod deadlines;
mod durable;
mod half_open;
mod http_manners;
mod idempotency;
mod kit;
mod late;
mod load;
mod openapi;
mod overdue;
mod ownership;
mod page;
mod redis_away;
mod redis_trouble;
mod replaced_system;
mod resume;
mod rolling;
mod sharing;
mod state;
mod stopping;
mod suppliers;
mod thin_link;
mod wrong_suppliers;
