#![doc = include_str!("../README.md")]

mod action;
mod checking;
mod enabled;
mod gateway;
mod guards;
pub mod properties;
pub mod redis;
mod reply;
mod scripts;
mod snapshot;
mod task;
mod worker;
mod world;

pub use action::Action;
pub use gateway::{Gateway, Overdue};
pub use guards::Guards;
pub use reply::{AnswerReply, Context, EndReply, EndRequest};
pub use snapshot::Snapshot;
pub use worker::{Activity, Step, SupplierState, Task, Worker};
pub use world::{Faults, GATEWAYS, State, WORKERS, World};
