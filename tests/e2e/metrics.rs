//! The operators' port: what services measure, and their health.

mod clients;
mod docs;
mod gateway;
mod scrape;
mod worker;
