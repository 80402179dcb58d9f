#![doc = include_str!("../README.md")]

mod admission;
mod client_limit;
mod connection;
mod event_stream;
pub mod frame;
mod frames;
mod heartbeat;
mod held_body;
mod hyper_io;
mod overflow;
mod progress;
mod requests;
mod server;
mod settings;
mod socket;
mod takeover;
mod writer;

pub use admission::OpenConnections;
pub use client_limit::{ClientLimit, ClientPermit, client_key};
pub use event_stream::EventStream;
pub use held_body::HeldBody;
pub use overflow::MAX_OVERFLOW;
pub use server::{HttpService, Peer, Refusal, Server};
pub use settings::Settings;
