//! Starts a private Redis, the real services and clients for tests and benchmarks.
//!
//! | module | what it contains |
//! | --- | --- |
//! | [`client`] | a client: submit, follow, read, cancel |
//! | [`link`] | a proxy to a server that can be slow, hold bytes back, break, or lead elsewhere |
//! | [`process`] | a service's process; the build of it |
//! | [`redis`] | a private Redis that can be stopped, killed and started again |
//! | [`shim`] | slow fsyncs and a stepped clock for a process |
//! | [`sse`] | reads Server-Sent Events |
//! | [`system`] | Redis, gateways and workers together |
//! | [`usage`] | CPU time and memory of a process |
//! | [`wait`] | waits for a condition, never for a fixed time |
//!
//! A process ends when its value is dropped: none outlives a test.

#![expect(clippy::missing_panics_doc, reason = "a panic fails the test")]
#![expect(clippy::expect_used, reason = "a panic fails the test")]

pub mod client;
pub mod link;
pub mod process;
pub mod redis;
pub mod shim;
pub mod sse;
pub mod system;
pub mod usage;
pub mod wait;

pub use client::Client;
pub use link::{Flow, Link};
pub use process::{Programs, Service};
pub use redis::{Launch, Redis};
pub use shim::Shim;
pub use sse::{Event, EventStream};
pub use system::{Gateway, System, SystemBuilder};
pub use wait::{eventually, within};
