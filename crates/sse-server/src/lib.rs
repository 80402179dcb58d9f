#![doc = include_str!("../README.md")]

mod admission;
mod client_limit;
mod coding;
mod connection;
mod encoder;
mod event_stream;
pub mod frame;
mod frames;
mod gzip;
mod heartbeat;
mod held_body;
mod http_service;
mod hyper_io;
mod overflow;
mod peer;
mod progress;
mod refusal;
mod requests;
mod server;
mod settings;
mod socket;
mod takeover;
mod writer;

pub use admission::OpenConnections;
pub use client_limit::{ClientLimit, ClientPermit, client_key};
pub use coding::Coding;
pub use event_stream::EventStream;
pub use frame::Frame;
pub use held_body::HeldBody;
pub use http_service::HttpService;
pub use overflow::MAX_OVERFLOW;
pub use peer::Peer;
pub use refusal::Refusal;
pub use server::Server;
pub use settings::Settings;
