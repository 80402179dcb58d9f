//! The binary as a shell sees it, against a gateway that does what each test wants.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail it by panicking, as the tests do")]

mod command;
mod endings;
mod gateway;
mod interrupt;
mod ops;
mod reconnects;
mod refusals;
