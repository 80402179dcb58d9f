//! Standard output.

use std::io::Write;

use console::Term;

/// Prints a text.
pub(crate) fn print(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // An error means that the reader closed the pipe. The exit code is still right.
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Prints JSON on one line. A line break can only be between its tokens.
pub(crate) fn json_line(json: &str) {
    print(&format!("{}\n", json.replace(['\n', '\r'], " ")));
}

/// How many characters wide the terminal is, if it is one.
pub(crate) fn width() -> Option<usize> {
    width_of(&Term::stdout())
}

/// The same of any stream.
pub(crate) fn width_of(screen: &Term) -> Option<usize> {
    let size = if screen.is_term() { screen.size_checked() } else { None };
    size.map(|(_, columns)| columns.into())
}
