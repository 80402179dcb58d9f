#![doc = include_str!("../README.md")]

mod action;
mod gateway;
mod guards;
mod possible;
pub mod properties;
pub mod redis;
mod reply;
mod scripts;
mod seen;
mod task;
mod worker;
mod world;

pub use action::Action;
pub use gateway::{Gateway, Overdue};
pub use guards::Guards;
pub use reply::{Answered, At, Ending, Finished};
pub use seen::Seen;
pub use worker::{Heard, Now, Step, Task, Worker};
pub use world::{GATEWAYS, State, Troubles, WORKERS, World};
