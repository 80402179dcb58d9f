use std::{fmt, ops::RangeInclusive, time::Duration};

use rand::{RngExt, rngs::StdRng};

use crate::{airline::Airline, fault::Fault, run::Run};

/// The shortest time between two searches.
const FASTEST_PACE: Duration = Duration::from_millis(50);
/// The longest time between two searches.
const SLOWEST_PACE: Duration = Duration::from_secs(1);
/// Whether one worker may have a `SEARCH_DEADLINE_MS` of its own. It must not matter: the gateway sets a search's
/// deadline.
const UNEVEN_DEADLINES: bool = true;

/// The configuration of one run, drawn from its seed.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The seed and the duration.
    pub(crate) run: Run,
    pub(crate) gateways: usize,
    pub(crate) workers: usize,
    /// How many searches a worker has in progress at once.
    pub(crate) max_concurrency: u32,
    /// How long a worker owns a job without renewing its lease.
    pub(crate) lease: Duration,
    /// How long after its acceptance a search ends at the latest.
    pub(crate) deadline: Duration,
    /// How long an end can be read.
    pub(crate) ttl: Duration,
    /// The timeout of a supplier's call.
    pub(crate) supplier_timeout: Duration,
    /// The suppliers that are called over HTTP.
    pub(crate) airlines: Vec<Airline>,
    /// The simulated suppliers, each with its median latency in milliseconds.
    pub(crate) simulated: Vec<u64>,
    pub(crate) appendonly: Appendonly,
    pub(crate) has_replica: bool,
    /// Whether Redis may lose what it has acknowledged.
    pub(crate) is_lossy: bool,
    /// The kinds of fault to inject.
    pub(crate) faults: Vec<Fault>,
    /// The time between two searches.
    pub(crate) pace: Duration,
    /// The timeout of a request to Redis.
    pub(crate) redis_timeout: Duration,
    /// Whether gateways use `ACCEPT_DURABILITY=disk`, if the server can.
    pub(crate) is_accepted_on_disk: bool,
    /// The first worker's `SEARCH_DEADLINE_MS`.
    pub(crate) first_workers_deadline: Duration,
}

/// Redis' append-only file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appendonly {
    /// Synced before each reply.
    Always,
    /// Synced each second.
    Everysec,
    /// There is none.
    Off,
}

impl Config {
    /// Draws a configuration from the run's seed.
    pub(crate) fn draw(run: Run) -> Self {
        let mut rng = run.rng(0);
        let rng = &mut rng;
        let max_concurrency = log_uniform(rng, 1..=1000);
        let workers = rng.random_range(1..=4);
        let deadline =
            if rng.random_bool(0.5) { millis(rng, 4000..7000) } else { millis(rng, 14_000..18_000) };
        let ttl = if rng.random_bool(0.5) { rng.random_range(2..=5) } else { 120 };
        let airlines: Vec<_> =
            (1..=rng.random_range(1..=3)).map(|number| Airline::any(number, rng)).collect();
        let simulated: Vec<_> =
            (0..rng.random_range(0..=3)).map(|_| log_uniform(rng, 20..=1000).into()).collect();
        let is_lossy = rng.random_bool(0.3);
        let appendonly = match rng.random_range(0..10) {
            0..6 => Appendonly::Always,
            6..8 => Appendonly::Everysec,
            _ => Appendonly::Off,
        };
        let mut config = Self {
            run,
            gateways: rng.random_range(1..=3),
            workers,
            max_concurrency,
            lease: Duration::from_millis(log_uniform(rng, 250..=3000).into()),
            deadline,
            ttl: Duration::from_secs(ttl),
            supplier_timeout: if rng.random_bool(0.5) { Duration::from_millis(3500) } else { deadline * 2 },
            airlines,
            simulated,
            appendonly,
            has_replica: rng.random_bool(0.5),
            is_lossy,
            faults: Vec::new(),
            pace: SLOWEST_PACE,
            redis_timeout: Duration::from_secs(1),
            is_accepted_on_disk: false,
            first_workers_deadline: deadline,
        };
        // A little faster than the workers' capacity, within the bounds of the pace.
        let capacity = max_concurrency * u32::try_from(workers).unwrap_or(u32::MAX);
        config.pace = (config.slowest() / capacity).mul_f64(0.9).clamp(FASTEST_PACE, SLOWEST_PACE);
        // Half of the kinds of fault in one run, so that one does not hide the effects of another.
        let without = std::env::var("CHAOS_WITHOUT").unwrap_or_default();
        let is_wanted = |fault: &Fault| !without.split(',').any(|name| name == format!("{fault:?}"));
        config.faults = Fault::ALL
            .into_iter()
            .filter(|fault| rng.random_bool(0.5) && config.permits(*fault) && is_wanted(fault))
            .collect();
        // Drawn last, so that the other values of known seeds stay the same.
        config.redis_timeout = Duration::from_millis(log_uniform(rng, 500..=3000).into());
        config.is_accepted_on_disk = appendonly != Appendonly::Off && rng.random_bool(0.4);
        if UNEVEN_DEADLINES && rng.random_bool(0.3) {
            config.first_workers_deadline = deadline.mul_f64(rng.random_range(0.3..3.0));
        }
        config
    }

    /// Whether a fault fits this configuration: if Redis may lose nothing, no fault may lose writes.
    fn permits(&self, fault: Fault) -> bool {
        match fault {
            Fault::KillRedis => self.is_lossy || self.appendonly == Appendonly::Always,
            Fault::FlushAll => self.is_lossy,
            Fault::CrashFailover => self.is_lossy && self.has_replica,
            Fault::Failover => self.has_replica,
            Fault::SlowSync => self.appendonly != Appendonly::Off,
            _ => true,
        }
    }

    /// How much longer than with the default timeout a service may need to notice a dead connection: one timeout for a
    /// request, then two more without a reply.
    pub(crate) fn slow_to_notice(&self) -> Duration {
        self.redis_timeout.saturating_sub(Duration::from_secs(1)) * 3
    }

    /// The longest time that a supplier takes.
    pub(crate) fn slowest(&self) -> Duration {
        let http = self.airlines.iter().map(|airline| airline.slowest_ms).max();
        let simulated = self.simulated.iter().map(|median| median * 2).max();
        Duration::from_millis(http.max(simulated).unwrap_or_default())
    }

    /// Whether a single worker can handle the load.
    pub(crate) fn has_room(&self) -> bool {
        let at_once = self.slowest().as_secs_f64() * 2.0 / self.pace.as_secs_f64();
        f64::from(self.max_concurrency) > at_once
    }

    /// How many suppliers each search asks.
    pub(crate) fn suppliers(&self) -> usize {
        self.airlines.len() + self.simulated.len()
    }

    /// The environment variables of all services.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        let settings = [
            ("SEARCH_DEADLINE_MS", self.deadline.as_millis()),
            ("RECORD_TTL_SECS", self.ttl.as_secs().into()),
            ("JOB_LEASE_MS", self.lease.as_millis()),
            ("MAX_CONCURRENCY", self.max_concurrency.into()),
            ("REDIS_TIMEOUT_MS", self.redis_timeout.as_millis()),
            ("SHUTDOWN_GRACE_MS", 5000),
        ];
        settings.map(|(name, value)| (name.to_owned(), value.to_string())).into()
    }
}

/// A random number, uniform on a logarithmic scale: each doubling is equally likely.
fn log_uniform(rng: &mut StdRng, range: RangeInclusive<u32>) -> u32 {
    let (low, high) = (*range.start(), *range.end());
    let doubled = low << rng.random_range(0..=(high / low).ilog2());
    rng.random_range(doubled..=high.min(doubled * 2 - 1))
}

fn millis(rng: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.random_range(range))
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, gateways, workers, max_concurrency, lease, deadline, ttl, supplier_timeout, .. } =
            self;
        let Self { airlines, simulated, appendonly, has_replica, is_lossy, faults, pace, .. } = self;
        let Self { redis_timeout, is_accepted_on_disk, first_workers_deadline, .. } = self;
        writeln!(f, "chaos for {:?} with CHAOS_SEED={}:", run.lasts, run.seed)?;
        writeln!(
            f,
            "  {gateways} gateways, {workers} workers with {max_concurrency} searches at once, a search every {pace:?}"
        )?;
        writeln!(
            f,
            "  lease {lease:?}, deadline {deadline:?}, of the first worker {first_workers_deadline:?}, TTL {ttl:?}"
        )?;
        write!(f, "  suppliers, timeout {supplier_timeout:?}:")?;
        for airline in airlines {
            write!(f, " {airline},")?;
        }
        writeln!(f, " simulated {simulated:?} ms")?;
        writeln!(
            f,
            "  Redis: timeout {redis_timeout:?}, append-only file {appendonly:?}, {} replica, accepts {}, {}",
            if *has_replica { "one" } else { "no" },
            if *is_accepted_on_disk { "on disk if it can" } else { "in memory" },
            if *is_lossy { "may lose writes" } else { "loses nothing" }
        )?;
        write!(f, "  faults: {faults:?}")
    }
}
