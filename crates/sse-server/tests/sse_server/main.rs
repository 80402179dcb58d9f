//! Tests the server over real sockets.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by a panic")]

mod compression;
mod connections;
mod kit;
mod limits;
mod stopping;
mod streams;
