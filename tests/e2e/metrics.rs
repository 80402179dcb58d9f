//! The operators' port: what services measure, and their health.

mod docs;
mod scrape;
mod worker;
