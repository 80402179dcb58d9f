use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::fault::Fault;

/// How long something is troubled by what is over at once, such as a cut connection, at least.
const AFTERMATH: Duration = Duration::from_secs(1);
/// How far back writes may be lost that Redis has acknowledged: it syncs each second, and holds writes back for up to
/// two more while that takes long.
const MAY_BE_LOST: Duration = Duration::from_secs(4);

/// All trouble there was, and when.
#[derive(Debug)]
pub(crate) struct Journal {
    /// How long something is troubled by what is over at once.
    aftermath: Duration,
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    spans: Vec<Span>,
    /// When Redis' clock was stepped, and how far ahead it was from then on, in milliseconds.
    steps: Vec<(Instant, i64)>,
    /// From when on writes may be lost, and until when that is over.
    losses: Vec<(Instant, Instant)>,
    counts: BTreeMap<Fault, usize>,
}

/// Something was in trouble for some time.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) on: On,
    pub(crate) fault: Fault,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
}

/// What was in trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// The gateway with this number, or its link.
    Gateway(usize),
    /// The worker with this number, or its link.
    Worker(usize),
    Redis,
}

impl Journal {
    /// An empty one, of services that take so much longer than by default to notice that a connection is dead.
    pub(crate) fn new(slow_to_notice: Duration) -> Self {
        Self { aftermath: AFTERMATH + slow_to_notice, pages: Mutex::default() }
    }

    fn pages<T>(&self, of: impl FnOnce(&mut Pages) -> T) -> T {
        of(&mut self.pages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Counts a trouble that begins.
    pub(crate) fn count(&self, fault: Fault) {
        self.pages(|pages| *pages.counts.entry(fault).or_default() += 1);
    }

    /// Notes a trouble that began then and is over.
    pub(crate) fn note(&self, on: On, fault: Fault, from: Instant) {
        let to = Instant::now() + self.aftermath;
        self.pages(|pages| pages.spans.push(Span { on, fault, from, to }));
    }

    /// Notes that Redis may have lost what it was told until now, since a while before `from`.
    pub(crate) fn lose(&self, from: Instant) {
        let from = from.checked_sub(MAY_BE_LOST).unwrap_or(from);
        self.pages(|pages| pages.losses.push((from, Instant::now() + AFTERMATH)));
    }

    /// Notes that Redis' clock is this many milliseconds ahead from now on.
    pub(crate) fn step(&self, ahead: i64) {
        self.pages(|pages| pages.steps.push((Instant::now(), ahead)));
    }

    /// All that was noted.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.pages(|pages| pages.spans.clone())
    }

    /// Whether there was trouble of such a one in this time.
    pub(crate) fn troubled(&self, from: Instant, to: Instant, who: impl Fn(On) -> bool) -> bool {
        let meets = |span: &Span| who(span.on) && span.from <= to && span.to >= from;
        self.pages(|pages| pages.spans.iter().any(meets))
    }

    /// Whether Redis may have lost something of what went on in this time.
    pub(crate) fn lost_in(&self, from: Instant, to: Instant) -> bool {
        self.pages(|pages| pages.losses.iter().any(|(begin, end)| *begin <= to && *end >= from))
    }

    /// How much time passed on Redis' clock, in milliseconds, or had passed already before it was stepped back.
    pub(crate) fn passed(&self, from: Instant, to: Instant) -> i64 {
        self.pages(|Pages { steps, .. }| {
            let ahead =
                |at: Instant| steps.iter().rev().find(|(from, _)| *from < at).map_or(0, |(_, ahead)| *ahead);
            let passed = |at: Instant| {
                let truly = at.saturating_duration_since(from).as_millis();
                i64::try_from(truly).unwrap_or(i64::MAX) + ahead(at) - ahead(from)
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
        write!(f, "there was: {:?}", self.pages(|pages| pages.counts.clone()))
    }
}
