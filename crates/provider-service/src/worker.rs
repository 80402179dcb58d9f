//! Takes jobs from the queue and works on them, many at once.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`consume`] | the loop: a permit first, then a job, then a task for it |
//! | [`process`] | one job from delivery to its end, and what is done with it then |
//! | [`gather`] | asks a search's suppliers and stores what they answer |
//! | [`persist`] | keeps at it while Redis is away |
//! | [`in_hand`] | which jobs this worker has, and how to stop them |
//! | [`declined`] | which jobs need a newer worker |
//! | [`take_over`] | jobs of dead workers |
//! | [`renew`] | leases of the jobs in hand |
//! | [`care`] | dead consumers, the log's length, what else is to be done now and then |
//! | [`overdue`] | ends searches that are past their deadline |
//! | [`cancellations`] | stops what clients have cancelled |

mod cancellations;
mod care;
mod consume;
mod declined;
mod gather;
mod in_hand;
mod overdue;
mod persist;
mod process;
mod renew;
mod take_over;

use std::sync::Arc;

use broker::{
    Broker,
    jobs::{Consumer, Leases},
};
use service::Lifecycle;
use suppliers::Registry;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::Config;
use declined::Declined;
use in_hand::InHand;

/// What all tasks of a worker share.
pub(crate) struct Context {
    config: Config,
    broker: Broker,
    leases: Leases,
    suppliers: Registry,
    in_hand: InHand,
    declined: Declined,
    /// One per job that may be in hand.
    permits: Arc<Semaphore>,
    /// The jobs in hand. Apart from the permanent tasks, because leases are renewed until the last job has ended.
    jobs: TaskTracker,
    /// Says that the last job has ended.
    idle: CancellationToken,
}

impl Context {
    pub(crate) fn new(config: Config, broker: Broker, suppliers: Registry) -> Self {
        Self {
            leases: Leases::new(broker.clone(), consumer_name()),
            permits: Arc::new(Semaphore::new(config.max_concurrency as usize)),
            config,
            broker,
            suppliers,
            in_hand: InHand::default(),
            declined: Declined::default(),
            jobs: TaskTracker::new(),
            idle: CancellationToken::new(),
        }
    }
}

/// Starts the worker's tasks.
pub(crate) fn start(context: &Arc<Context>, lifecycle: &Lifecycle) {
    let consumer = Consumer::new(&context.leases);
    tracing::info!(consumer = context.leases.name(), redis = %context.config.common.redis.redis_addr,
        suppliers = context.suppliers.listing().len(), "worker starts");
    let stop = lifecycle.stop_token();
    lifecycle.spawn_permanent("consumer", consume::run(Arc::clone(context), consumer, stop.clone()));
    lifecycle.spawn_permanent("leases", renew::run(Arc::clone(context)));
    lifecycle.spawn_permanent("care", care::run(Arc::clone(context)));
    lifecycle.spawn_permanent("overdue searches", overdue::run(Arc::clone(context), stop.clone()));
    lifecycle.spawn_permanent("cancellations", cancellations::run(Arc::clone(context), stop.clone()));
}

/// A name that no other process has, and that tells people where to look: host, process and some chance, as hosts
/// and process numbers come again in containers.
fn consumer_name() -> String {
    let host = std::env::var("HOSTNAME")
        .or_else(|_| std::fs::read_to_string("/etc/hostname"))
        .unwrap_or_else(|_| "worker".into());
    format!("{}-{}-{:08x}", host.trim(), std::process::id(), rand::random::<u32>())
}
