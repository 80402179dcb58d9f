/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A gateway, or all, killed and started again.
    KillGateway,
    /// A gateway, or all, stopped as an orchestrator does, and started again.
    StopGateway,
    /// A gateway stands still, and goes on as if nothing had been.
    PauseGateway,
    /// A worker, or all, killed and started again.
    KillWorker,
    /// A worker, or all, stopped as an orchestrator does, and started again.
    StopWorker,
    /// A worker stands still beyond its lease, or beyond the TTL, and goes on as if nothing had been.
    PauseWorker,
    /// Redis killed, and started again with what it has kept.
    KillRedis,
    /// Redis stands still: what it is asked meanwhile, it does afterwards.
    HangRedis,
    /// Redis forgets its scripts.
    FlushScripts,
    /// Redis closes all connections.
    KillClients,
    /// The disk under Redis takes long to sync.
    SlowSync,
    /// Redis' wall clock is stepped.
    StepRedis,
    /// A planned failover: the replica becomes the primary, and open connections stay where they are.
    Failover,
    /// The primary dies, and a replica that lags behind takes its place.
    CrashFailover,
    /// Redis forgets everything.
    FlushAll,
    /// A service's wall clock is stepped.
    StepService,
    /// A service's link carries 1 to 10 MB/s.
    ThinLink,
    /// What passes over a service's link is under way for 100 ms.
    SlowLink,
    /// Nothing arrives in one direction of a service's link, for a while.
    OneWayLink,
    /// Nothing arrives in either direction of a service's link, for a while.
    PartedLink,
    /// A service's link has forgotten the connections that there are, and neither end notices.
    ForgetLink,
    /// A service's connections break.
    CutLink,
}

/// What a fault hits. Faults of different targets are injected side by side, so that they coincide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Gateways,
    Workers,
    Redis,
    Links,
    Clocks,
}

impl Fault {
    /// All there are.
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

    /// What it hits.
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
