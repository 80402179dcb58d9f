//! The operators' port of a service: metrics and health, on a port of its own that is never public.
//!
//! | path | response |
//! | --- | --- |
//! | `/metrics` | all metrics, in Prometheus' text format; as `OpenMetrics`, with exemplars, if the scraper accepts it |
//! | `/health/live` | 200 while the process runs |
//! | `/health/ready` | 200 if the service can do its work, else 503 with the problems |
//!
//! A service hands in its [`Registry`](prometheus_client::registry::Registry) and a function that names its problems:
//! this crate knows neither searches nor Redis. Further routes can be merged into [`router`]: `operators-console` has
//! those that operators use.

mod exposition;
mod health;
mod port;
mod routes;

pub use health::Problem;
pub use port::{Port, PortUnavailable};
pub use routes::router;
