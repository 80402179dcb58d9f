//! End-to-end tests: real processes, real signals, a private Redis each.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests panic where they fail")]

mod bad_input;
mod coalescing;
mod contract;
mod http_manners;
mod idempotency;
mod openapi;
mod redis_away;
mod replaced_system;
mod sharing;
mod stopping;
