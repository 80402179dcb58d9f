//! The documents for operators, compared with what they describe: each line that services log at `warn` or `error`,
//! each alert, and each metric that rules and dashboards use.

#![expect(clippy::unwrap_used, reason = "tests panic where they fail")]

mod dashboards;
mod log_lines;
mod rules;
mod sources;
