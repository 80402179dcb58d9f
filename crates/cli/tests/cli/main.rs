//! Runs the binary against a scripted gateway.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod command;
mod endings;
mod gateway;
mod interrupt;
mod ops;
mod reconnects;
mod refusals;
