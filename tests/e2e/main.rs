//! End-to-end tests: each starts real processes and a private Redis.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by a panic")]

mod bad_input;
mod bounded;
mod cancelling;
mod clocks;
mod coalescing;
mod connections;
mod contract;
mod crashes;
mod deadlines;
mod durable;
mod failover;
mod half_closed;
mod half_open;
mod health_check;
mod http_manners;
mod idempotency;
mod late;
mod load;
mod loading;
mod metrics;
mod openapi;
mod operators;
mod overdue;
mod ownership;
mod page;
mod redis_away;
mod redis_full;
mod redis_settings;
mod redis_setup;
mod redis_trouble;
mod replaced_system;
mod resume;
mod rolling;
mod shared_cancelling;
mod sharing;
mod stale;
mod state;
mod stopping;
mod suppliers;
mod thin_link;
mod tls;
mod upgrading;
mod worker_alive;
mod wrong_suppliers;
