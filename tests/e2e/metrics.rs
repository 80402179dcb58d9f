//! The operators' port: what services measure, and their health.

mod docs;
mod gateway;
mod scrape;
mod worker;
