use std::process::{Command, Output, Stdio};

/// The exit code and the output of a run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program, for this gateway, without environment variables that could change what it does.
pub(crate) fn program(url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flight-search"));
    for variable in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(variable);
    }
    command.env("FLIGHT_SEARCH_URL", url).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The command for a search at this gateway.
pub(crate) fn command(url: &str, more: &[&str]) -> Command {
    let mut command = program(url);
    command.args(["CGK", "DPS", "2027-07-10", "-p", "2"]).args(more);
    command
}

/// Runs a search to its end.
pub(crate) fn search(url: &str, more: &[&str]) -> Run {
    command(url, more).output().unwrap().into()
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
