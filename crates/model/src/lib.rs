//! model

mod gateway;
mod guards;
pub mod properties;
pub mod redis;
mod worker;
mod world;

pub use gateway::Gateway;
pub use guards::Guards;
pub use redis::Clock;
pub use worker::{Heard, Now, Seen, Step, Task, Worker};
pub use world::{Action, GATEWAYS, State, Troubles, WORKERS, World};
