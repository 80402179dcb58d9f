//! Starts a private Redis, the real services and clients for tests and benchmarks.
//!
//! | module | what it gives |
//! | --- | --- |
//! | [`client`] | what a client does: submit, follow, ask, cancel |
//! | [`collector`] | a collector of traces, as OpenTelemetry's protocol has it |
//! | [`link`] | a link to a server that can be thin, slow, cut or deaf, or lead elsewhere |
//! | [`process`] | a service as a process that can be signalled; which build of it |
//! | [`redis`] | a private Redis that can be stopped, killed and started again |
//! | [`shim`] | a slow disk and a stepped clock for a process |
//! | [`sse`] | reading Server-Sent Events off a connection |
//! | [`system`] | Redis, gateways and workers together |
//! | [`usage`] | CPU time and memory of a process |
//! | [`wait`] | waiting for a condition, never for a fixed time |
//!
//! Everything ends with its value: no process outlives a test.

#![expect(clippy::missing_panics_doc, reason = "a harness panics wherever a test is to fail")]
#![expect(clippy::expect_used, reason = "a harness panics wherever a test is to fail")]

pub mod client;
pub mod collector;
pub mod link;
pub mod process;
pub mod redis;
pub mod shim;
pub mod sse;
pub mod system;
pub mod usage;
pub mod wait;

pub use client::Client;
pub use collector::{Collector, ReceivedSpan};
pub use link::{Flow, Link};
pub use process::{Programs, Service};
pub use redis::{Launch, Redis};
pub use shim::Shim;
pub use sse::{Event, EventStream};
pub use system::{Gateway, System, SystemBuilder};
pub use wait::{eventually, within};
