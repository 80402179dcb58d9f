/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A gateway, or all, is killed and started again.
    KillGateway,
    /// A gateway, or all, is stopped with SIGTERM and started again.
    StopGateway,
    /// A gateway, or all, is paused and resumed.
    PauseGateway,
    /// A worker, or all, is killed and started again.
    KillWorker,
    /// A worker, or all, is stopped with SIGTERM and started again.
    StopWorker,
    /// A worker, or all, is paused for longer than the lease, the deadline or the TTL, and resumed.
    PauseWorker,
    /// Redis is killed and started again with what its disk has.
    KillRedis,
    /// Redis hangs for a while, and executes afterwards what it received meanwhile.
    HangRedis,
    /// Redis forgets its scripts.
    FlushScripts,
    /// Redis closes all connections.
    KillClients,
    /// Redis' fsyncs are slow.
    SlowSync,
    /// Redis' wall clock steps.
    StepRedis,
    /// A planned failover: the replica becomes the primary, and open connections stay with the old one.
    Failover,
    /// The primary dies, and a lagging replica becomes the primary.
    CrashFailover,
    /// Redis forgets everything.
    FlushAll,
    /// A service's wall clock steps.
    StepService,
    /// A service's link carries 1 to 10 MB/s.
    ThinLink,
    /// A service's link has a latency of 100 ms.
    SlowLink,
    /// For a while, a service's link delivers nothing in one direction.
    OneWayLink,
    /// For a while, a service's link delivers nothing in either direction.
    PartedLink,
    /// A service's link silently drops its open connections; neither side notices.
    ForgetLink,
    /// A service's connections break.
    CutLink,
}

/// What a fault affects. Faults of different targets are injected concurrently, so that they coincide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Gateways,
    Workers,
    Redis,
    Links,
    Clocks,
}

impl Fault {
    /// All kinds.
    pub(crate) const ALL: [Self; 22] = [
        Self::KillGateway,
        Self::StopGateway,
        Self::PauseGateway,
        Self::KillWorker,
        Self::StopWorker,
        Self::PauseWorker,
        Self::KillRedis,
        Self::HangRedis,
        Self::FlushScripts,
        Self::KillClients,
        Self::SlowSync,
        Self::StepRedis,
        Self::Failover,
        Self::CrashFailover,
        Self::FlushAll,
        Self::StepService,
        Self::ThinLink,
        Self::SlowLink,
        Self::OneWayLink,
        Self::PartedLink,
        Self::ForgetLink,
        Self::CutLink,
    ];

    /// What it affects.
    pub(crate) fn target(self) -> Target {
        match self {
            Self::KillGateway | Self::StopGateway | Self::PauseGateway => Target::Gateways,
            Self::KillWorker | Self::StopWorker | Self::PauseWorker => Target::Workers,
            Self::StepRedis | Self::StepService => Target::Clocks,
            Self::ThinLink
            | Self::SlowLink
            | Self::OneWayLink
            | Self::PartedLink
            | Self::ForgetLink
            | Self::CutLink => Target::Links,
            _ => Target::Redis,
        }
    }
}
