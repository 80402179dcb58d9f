//! Suppliers that are called over HTTP, against a real server.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod docs;
mod duffel;
mod http;
mod http_check;
mod limits;
mod response_limits;
mod support;
mod test_server;
mod tls;
