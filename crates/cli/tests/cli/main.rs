//! Runs the binary: against a scripted gateway, and against real services.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by a panic")]

mod command;
mod endings;
mod gateway;
mod interrupt;
mod ops;
mod pages;
mod real;
mod reconnects;
mod refusals;
mod terminal;
