use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::fault::Fault;

/// The shortest time that a fault's effects last, such as those of a cut connection.
const AFTERMATH: Duration = Duration::from_secs(1);
/// How old acknowledged writes may be that Redis loses: it syncs each second, and holds writes back for up to two more
/// seconds while a sync is slow.
const MAY_BE_LOST: Duration = Duration::from_secs(4);

/// All faults so far, and when they happened.
#[derive(Debug)]
pub(crate) struct Journal {
    /// How long a fault's effects last.
    aftermath: Duration,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    spans: Vec<Span>,
    /// When Redis' clock was stepped, and how far ahead it was from then on, in milliseconds.
    steps: Vec<(Instant, i64)>,
    /// The times within which writes may have been lost.
    losses: Vec<(Instant, Instant)>,
    counts: BTreeMap<Fault, usize>,
}

/// A fault of one component, with the time of its effects.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) on: Component,
    pub(crate) fault: Fault,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

/// What has faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    /// The gateway with this number, or its link.
    Gateway(usize),
    /// The worker with this number, or its link.
    Worker(usize),
    Redis,
}

impl Journal {
    /// An empty journal. Services need `slow_to_notice` longer than by default to notice a dead connection.
    pub(crate) fn new(slow_to_notice: Duration) -> Self {
        Self { aftermath: AFTERMATH + slow_to_notice, pages: Mutex::default() }
    }

    fn pages<T>(&self, of: impl FnOnce(&mut Pages) -> T) -> T {
        of(&mut self.pages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a fault that begins.
    pub(crate) fn count(&self, fault: Fault) {
        self.pages(|pages| *pages.counts.entry(fault).or_default() += 1);
    }

    /// Notes a fault that began at `from` and is undone now.
    pub(crate) fn note(&self, on: Component, fault: Fault, from: Instant) {
        let to = Instant::now() + self.aftermath;
        self.pages(|pages| pages.spans.push(Span { on, fault, from, to }));
    }

    /// Notes that Redis may have lost writes from [`MAY_BE_LOST`] before `from` until now.
    pub(crate) fn lose(&self, from: Instant) {
        let from = from.checked_sub(MAY_BE_LOST).unwrap_or(from);
        self.pages(|pages| pages.losses.push((from, Instant::now() + AFTERMATH)));
    }

    /// Notes that Redis' clock is this many milliseconds ahead from now on.
    pub(crate) fn step(&self, ahead: i64) {
        self.pages(|pages| pages.steps.push((Instant::now(), ahead)));
    }

    /// All noted faults.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.pages(|pages| pages.spans.clone())
    }

    /// Whether a component for which `who` holds had a fault in this time.
    pub(crate) fn troubled(&self, from: Instant, to: Instant, who: impl Fn(Component) -> bool) -> bool {
        let overlaps = |span: &Span| who(span.on) && span.from <= to && span.to >= from;
        self.pages(|pages| pages.spans.iter().any(overlaps))
    }

    /// Whether Redis may have lost writes of this time.
    pub(crate) fn lost_in(&self, from: Instant, to: Instant) -> bool {
        self.pages(|pages| pages.losses.iter().any(|(begin, end)| *begin <= to && *end >= from))
    }

    /// How much time passed on Redis' clock, in milliseconds: the most that had passed at any moment, as it may step
    /// back.
    pub(crate) fn passed(&self, from: Instant, to: Instant) -> i64 {
        self.pages(|Pages { steps, .. }| {
            let ahead =
                |at: Instant| steps.iter().rev().find(|(from, _)| *from < at).map_or(0, |(_, ahead)| *ahead);
            let passed = |at: Instant| {
                let real = at.saturating_duration_since(from).as_millis();
                i64::try_from(real).unwrap_or(i64::MAX) + ahead(at) - ahead(from)
            };
            let before_steps = steps.iter().map(|(at, _)| *at).filter(|at| (from..to).contains(at));
            before_steps.chain([to]).map(passed).max().unwrap_or_default()
        })
    }

    /// Whether Redis' clock was stepped in this time.
    pub(crate) fn stepped(&self, from: Instant, to: Instant) -> bool {
        self.pages(|pages| pages.steps.iter().any(|(at, _)| *at >= from && *at <= to))
    }
}

impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "injected: {:?}", self.pages(|pages| pages.counts.clone()))
    }
}
