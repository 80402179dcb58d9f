//! The server as clients see it: real sockets, text in and text out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests panic where they fail")]

mod connections;
mod kit;
mod limits;
mod stopping;
mod streams;
