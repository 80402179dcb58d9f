//! The operators' port: what services measure, and their health.

mod clients;
mod docs;
mod gateway;
mod scrape;
mod worker;

pub(crate) use {scrape::scrape, worker::add_worker};
