//! What the end-to-end tests stand on: a private Redis, the real services as processes, and clients.
//!
//! | module | what it gives |
//! | --- | --- |
//! | [`link`] | a link to a server that can be thin, slow, cut or deaf |
//! | [`redis`] | a Redis of its own that can be stopped, killed and started again |
//! | [`process`] | a service as a process that can be signalled |
//! | [`system`] | both together, as a test wants them |
//! | [`client`] | what a client does: submit, follow, ask, cancel |
//! | [`shim`] | a slow disk and a stepped clock for a process |
//! | [`sse`] | reading Server-Sent Events off a connection |
//! | [`wait`] | waiting for a condition, never for a fixed time |
//!
//! Everything ends with its value: no process outlives a test.

#![expect(clippy::missing_panics_doc, reason = "a harness panics wherever a test is to fail")]
#![expect(clippy::expect_used, reason = "a harness panics wherever a test is to fail")]

pub mod client;
pub mod link;
pub mod process;
pub mod redis;
pub mod shim;
pub mod sse;
pub mod system;
pub mod wait;

pub use client::Client;
pub use link::{Flow, Link};
pub use process::Service;
pub use redis::{Launch, Redis};
pub use shim::Shim;
pub use sse::{Event, EventStream};
pub use system::{Gateway, System, SystemBuilder};
pub use wait::{eventually, within};
