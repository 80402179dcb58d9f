//! What packagers install: completions for shells, and the manual page.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::{args::Cli, exit::Exit, output};

/// Prints a shell's script for completions. Returns the exit code.
pub(crate) fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "flight-search", &mut script);
    // For bash, clap_complete 4.6 names the states of a program with a hyphen in two ways, so that no command would be
    // completed (clap-rs/clap#6421).
    let script = String::from_utf8_lossy(&script).replace("flight__subcmd__search", "flight__search");
    output::print(&script);
    Exit::Found
}

/// Prints the manual page of a command, or of the program. Returns the exit code.
pub(crate) fn man(command: Option<&str>) -> Exit {
    match page(command) {
        Ok(page) => {
            output::print(&page);
            Exit::Found
        }
        Err(error) => {
            eprintln!("flight-search: can't write the manual page: {error}");
            Exit::ServerError
        }
    }
}

fn page(command: Option<&str>) -> io::Result<String> {
    let mut program = Cli::command().disable_help_subcommand(true);
    // Gives commands their full names.
    program.build();
    let page = match command {
        Some(name) => program.find_subcommand(name).cloned().ok_or(io::ErrorKind::NotFound)?,
        None => program,
    };
    let mut roff = Vec::new();
    Man::new(page).render(&mut roff)?;
    Ok(String::from_utf8_lossy(&roff).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_page_names_every_command_and_option() {
        let page = page(None).unwrap();
        for part in
            ["return", "max\\-stops", "slice", "FLIGHT_SEARCH_URL", "follow", "cancel", "offer", "check"]
        {
            assert!(page.contains(part), "{part} is missing");
        }
    }

    #[test]
    fn each_command_that_has_a_page_can_be_asked_for() {
        let program = Cli::command();
        for command in
            program.get_subcommands().filter(|command| !["completions", "man"].contains(&command.get_name()))
        {
            let name = command.get_name();
            let page = page(Some(name)).unwrap();
            assert!(page.contains(&format!(".TH flight-search-{name} 1")), "{page}");
            Cli::command().try_get_matches_from(["flight-search", "man", name]).unwrap();
        }
    }
}
