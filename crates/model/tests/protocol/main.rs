//! Checks that all properties hold, and that each guard is needed.

mod guards;
mod holds;
mod support;
mod terminates;
