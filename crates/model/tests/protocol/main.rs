//! Checks the model: that everything holds, and that it does not without one guard.

mod guards;
mod holds;
mod support;
mod terminates;
