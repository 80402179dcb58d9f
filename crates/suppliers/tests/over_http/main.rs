//! The suppliers that are asked over HTTP, against a real server.

#![expect(clippy::unwrap_used, reason = "a test ends where it can't go on")]

mod docs;
mod duffel;
mod http;
mod limits;
mod limits_of_answers;
mod server;
mod support;
mod tls;
