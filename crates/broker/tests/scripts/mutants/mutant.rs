/// A script without one of its guards.
pub(crate) struct Mutant {
    /// The script's name.
    pub(crate) script: &'static str,
    /// The text to replace. Occurs once in the script.
    pub(crate) without: &'static str,
    /// The replacement.
    pub(crate) instead: &'static str,
    /// The scenario that must fail.
    pub(crate) fails: &'static str,
}

pub(super) const fn mutant(
    script: &'static str,
    without: &'static str,
    instead: &'static str,
    fails: &'static str,
) -> Mutant {
    Mutant { script, without, instead, fails }
}
