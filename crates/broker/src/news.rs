//! The result log and the stream of cancellations: following them from now on, looking back, and trimming.

mod pace;
mod past;
mod tail;
mod trim;

pub use past::Past;
pub use tail::{Batch, Tail};
pub use trim::Trimmer;
