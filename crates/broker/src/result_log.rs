//! Reads the result log and the stream of cancellations, and trims the log.

mod history;
mod page;
mod read_size;
mod tail;
mod trim;

pub use history::History;
pub use tail::{Batch, Tail};
pub use trim::Trimmer;
