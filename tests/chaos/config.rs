use std::{fmt, ops::RangeInclusive, time::Duration};

use rand::{RngExt, rngs::StdRng};

use crate::{airline::Airline, fault::Fault, run::Run};

/// No more searches than one in this time.
const FASTEST_PACE: Duration = Duration::from_millis(50);
/// And no less.
const SLOWEST_PACE: Duration = Duration::from_secs(1);
/// Whether one worker may be given another `SEARCH_DEADLINE_MS` than all else: a search's deadline is its gateway's.
const UNEVEN_DEADLINES: bool = true;

/// What one run is made of, all drawn from its seed.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// The seed, and how long it lasts.
    pub(crate) run: Run,
    pub(crate) gateways: usize,
    pub(crate) workers: usize,
    /// Searches that a worker has in hand at once.
    pub(crate) max_concurrency: u32,
    /// How long a worker may be silent about a job.
    pub(crate) lease: Duration,
    /// When a search ends at the latest.
    pub(crate) deadline: Duration,
    /// How long its end can be read.
    pub(crate) ttl: Duration,
    /// How long one call of a supplier may take.
    pub(crate) supplier_timeout: Duration,
    /// The suppliers that are asked over HTTP.
    pub(crate) airlines: Vec<Airline>,
    /// The simulated ones, each with its usual latency in milliseconds.
    pub(crate) simulated: Vec<u64>,
    pub(crate) appendonly: Appendonly,
    pub(crate) has_replica: bool,
    /// Whether Redis may lose what it has acknowledged.
    pub(crate) is_lossy: bool,
    /// The troubles that there are.
    pub(crate) faults: Vec<Fault>,
    /// The time between two searches.
    pub(crate) pace: Duration,
    /// How long a request to Redis may take.
    pub(crate) redis_timeout: Duration,
    /// Whether searches are accepted when Redis' disk has them, if the server can do so.
    pub(crate) is_accepted_on_disk: bool,
    /// What the first worker takes for the time until a search's deadline.
    pub(crate) first_workers_deadline: Duration,
}

/// How Redis keeps what it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appendonly {
    /// Synced before it is acknowledged.
    Always,
    /// Synced each second.
    Everysec,
    /// Not at all.
    Off,
}

impl Config {
    /// What a run's seed gives.
    pub(crate) fn draw(run: Run) -> Self {
        let mut chance = run.chance(0);
        let chance = &mut chance;
        let max_concurrency = log_uniform(chance, 1..=1000);
        let workers = chance.random_range(1..=4);
        let deadline =
            if chance.random_bool(0.5) { millis(chance, 4000..7000) } else { millis(chance, 14_000..18_000) };
        let ttl = if chance.random_bool(0.5) { chance.random_range(2..=5) } else { 120 };
        let airlines: Vec<_> =
            (1..=chance.random_range(1..=3)).map(|number| Airline::any(number, chance)).collect();
        let simulated: Vec<_> =
            (0..chance.random_range(0..=3)).map(|_| log_uniform(chance, 20..=1000).into()).collect();
        let is_lossy = chance.random_bool(0.3);
        let appendonly = match chance.random_range(0..10) {
            0..6 => Appendonly::Always,
            6..8 => Appendonly::Everysec,
            _ => Appendonly::Off,
        };
        let mut config = Self {
            run,
            gateways: chance.random_range(1..=3),
            workers,
            max_concurrency,
            lease: Duration::from_millis(log_uniform(chance, 250..=3000).into()),
            deadline,
            ttl: Duration::from_secs(ttl),
            supplier_timeout: if chance.random_bool(0.5) {
                Duration::from_millis(3500)
            } else {
                deadline * 2
            },
            airlines,
            simulated,
            appendonly,
            has_replica: chance.random_bool(0.5),
            is_lossy,
            faults: Vec::new(),
            pace: SLOWEST_PACE,
            redis_timeout: Duration::from_secs(1),
            is_accepted_on_disk: false,
            first_workers_deadline: deadline,
        };
        // As fast as the workers can follow, and a little faster, but for a tiny load's sake.
        let capacity = max_concurrency * u32::try_from(workers).unwrap_or(u32::MAX);
        config.pace = (config.slowest() / capacity).mul_f64(0.9).clamp(FASTEST_PACE, SLOWEST_PACE);
        // Fewer faults in one run: then what one does is not hidden by what another one does.
        let without = std::env::var("CHAOS_WITHOUT").unwrap_or_default();
        let is_wanted = |fault: &Fault| !without.split(',').any(|name| name == format!("{fault:?}"));
        config.faults = Fault::ALL
            .into_iter()
            .filter(|fault| chance.random_bool(0.5) && config.permits(*fault) && is_wanted(fault))
            .collect();
        // Drawn last, so that earlier seeds keep what they drew before.
        config.redis_timeout = Duration::from_millis(log_uniform(chance, 500..=3000).into());
        config.is_accepted_on_disk = appendonly != Appendonly::Off && chance.random_bool(0.4);
        if UNEVEN_DEADLINES && chance.random_bool(0.3) {
            config.first_workers_deadline = deadline.mul_f64(chance.random_range(0.3..3.0));
        }
        config
    }

    /// Whether a fault fits this configuration: where nothing may be lost, no fault may lose writes.
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

    /// How much longer than by default it may take until a service has noticed that a connection is dead: a request
    /// times out, and then for twice as long nothing comes.
    pub(crate) fn slow_to_notice(&self) -> Duration {
        self.redis_timeout.saturating_sub(Duration::from_secs(1)) * 3
    }

    /// How long the slowest supplier takes.
    pub(crate) fn slowest(&self) -> Duration {
        let http = self.airlines.iter().map(|airline| airline.slowest_ms).max();
        let simulated = self.simulated.iter().map(|median| median * 2).max();
        Duration::from_millis(http.max(simulated).unwrap_or_default())
    }

    /// Whether a single worker can follow the load.
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

/// Small numbers as often as large ones: each doubling is as likely as any other.
fn log_uniform(chance: &mut StdRng, range: RangeInclusive<u32>) -> u32 {
    let (low, high) = (*range.start(), *range.end());
    let doubled = low << chance.random_range(0..=(high / low).ilog2());
    chance.random_range(doubled..=high.min(doubled * 2 - 1))
}

fn millis(chance: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(chance.random_range(range))
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
        write!(f, "  suppliers, each with {supplier_timeout:?}:")?;
        for airline in airlines {
            write!(f, " {airline},")?;
        }
        writeln!(f, " simulated {simulated:?} ms")?;
        writeln!(
            f,
            "  Redis: has {redis_timeout:?}, append-only file {appendonly:?}, {} replica, accepts {}, {}",
            if *has_replica { "one" } else { "no" },
            if *is_accepted_on_disk { "on disk if it can" } else { "in memory" },
            if *is_lossy { "may lose writes" } else { "loses nothing" }
        )?;
        write!(f, "  troubles: {faults:?}")
    }
}
