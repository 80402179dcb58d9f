//! The scripts without one of their guards each, in files by what the scripts do.

mod jobs;
mod mutant;
mod operating;
mod searches;
mod sharing;

pub(crate) use mutant::Mutant;

/// All mutants.
pub(crate) fn all() -> impl Iterator<Item = &'static Mutant> {
    [searches::MUTANTS, sharing::MUTANTS, jobs::MUTANTS, operating::MUTANTS].into_iter().flatten()
}
