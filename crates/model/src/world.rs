use crate::{
    Action, Guards,
    gateway::{Gateway, Overdue, end_overdue},
    redis::{Clock, ENTRIES, EntryId, Job, Redis, WorkerId},
    reply::Context,
    worker::{Activity, Worker},
};

/// The workers.
pub const WORKERS: [WorkerId; 2] = [0, 1];
/// The maximum number of gateways. The first one submits the search.
pub const GATEWAYS: usize = 2;
/// Number of commands of a submit.
pub(crate) const SUBMIT: usize = 3;

/// A configuration to check: the protocol's guards, and the faults that may happen.
#[derive(Clone, Debug)]
pub struct World {
    /// Which guards are on.
    pub guards: Guards,
    /// How often each fault may happen.
    pub faults: Faults,
    /// Number of gateways.
    pub gateways: usize,
    /// Whether the deadline passes. Without it, a worker survives and the workers alone end the search.
    pub has_deadline: bool,
}

/// How often each fault may happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    /// A process dies, except the last one.
    pub deaths: u8,
    /// A worker stops and hands its job back.
    pub stops: u8,
    /// A worker pauses for longer than its lease. Shorter pauses are always possible.
    pub pauses: u8,
    /// Redis executes a worker's command and the reply is lost.
    pub lost_replies: u8,
    /// Redis restarts without its last writes.
    pub losses: u8,
    /// The consumer group is deleted, and with it all deliveries.
    pub lost_groups: u8,
    /// A client cancels.
    pub cancels: u8,
}

/// A state of the system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// Redis.
    pub redis: Redis,
    /// What Redis has persisted.
    pub saved: Option<Redis>,
    /// Redis' clock.
    pub clock: Clock,
    /// Commands of the submit that were sent.
    pub sent: usize,
    /// The gateways.
    pub gateways: [Gateway; GATEWAYS],
    /// The workers.
    pub workers: [Worker; WORKERS.len()],
    /// Faults that may still happen.
    pub left: Faults,
}

impl State {
    pub(crate) fn act(&mut self, action: Action, guards: Guards) -> Option<()> {
        let context = Context { clock: self.clock, guards };
        let Self { redis, workers, gateways, left, .. } = self;
        match action {
            Action::Submit => self.submit(guards),
            Action::TimePasses => self.clock = self.clock.next(),
            Action::RecordExpires => redis.record = None,
            Action::LeaseExpires(entry) => self.end_lease(entry),
            Action::Deliver(worker, entry) => {
                redis.deliver(worker, entry);
                workers[usize::from(worker)].begin(entry, redis);
            }
            Action::TakeOver(worker, entry) => {
                redis.take_over(worker, entry);
                workers[usize::from(worker)].begin(entry, redis);
            }
            Action::Work(worker, ask) => {
                workers[usize::from(worker)].work(worker, ask, redis, context, false);
            }
            Action::EndOverdue(_) => end_overdue(redis, context),
            Action::FindOverdue(gateway, found) => gateways[gateway] = Gateway::Found(found),
            Action::ReadRecord(gateway) => {
                let Gateway::Found(found) = gateways[gateway] else { return None };
                gateways[gateway] = Gateway::read(found, redis);
            }
            Action::EndSearch(gateway) => {
                let Gateway::Read { snapshot, knows_deadline } = gateways[gateway] else { return None };
                gateways[gateway] = Gateway::finish(snapshot, knows_deadline, redis, context);
            }
            Action::Cancel(gateway) => {
                left.cancels -= 1;
                gateways[gateway] = Gateway::read(Overdue::Followed, redis);
            }
            Action::LoseDelivery(worker, entry) => {
                left.lost_replies -= 1;
                redis.deliver(worker, entry);
            }
            Action::Recover(worker, entry) => workers[usize::from(worker)].begin(entry, redis),
            Action::LoseReply(worker, ask) => {
                left.lost_replies -= 1;
                workers[usize::from(worker)].work(worker, ask, redis, context, true);
            }
            Action::WorkerDies(worker) => {
                left.deaths -= 1;
                workers[usize::from(worker)].activity = Activity::Dead;
            }
            Action::GatewayDies(gateway) => {
                left.deaths -= 1;
                gateways[gateway] = Gateway::Dead;
            }
            Action::Stop(worker) => {
                left.stops -= 1;
                let new_entry = redis.free_entry()?;
                workers[usize::from(worker)].stop(worker, new_entry, redis, guards);
            }
            Action::Persist => self.saved = Some(redis.clone()),
            Action::LoseWrites => self.lose_writes(),
            Action::LoseGroup => {
                left.lost_groups -= 1;
                redis.lose_group();
            }
        }
        Some(())
    }

    fn submit(&mut self, guards: Guards) {
        let commands: [fn(&mut Redis); SUBMIT] =
            [Redis::submit_open, Redis::submit_record, Redis::submit_job];
        let now = if guards.atomic_submit { SUBMIT } else { 1 };
        for command in commands.into_iter().skip(self.sent).take(now) {
            command(&mut self.redis);
            self.sent += 1;
        }
    }

    fn end_lease(&mut self, entry: EntryId) {
        if let Job::Pending { owner, lease_expired, .. } = &mut self.redis.jobs[usize::from(entry)] {
            *lease_expired = true;
            if self.workers[usize::from(*owner)].holds(entry) {
                self.left.pauses -= 1;
            }
        }
    }

    /// The connection breaks, so the rest of a submit is not sent.
    fn lose_writes(&mut self) {
        self.left.losses -= 1;
        self.redis = Redis { last_id: self.redis.last_id, ..self.saved.take().unwrap_or_default() };
        if self.sent > 0 {
            self.sent = SUBMIT;
        }
    }

    /// Symmetry reduction: of the workers that have had no job, only the first acts.
    pub(crate) fn is_symmetric_to_earlier(&self, worker: WorkerId) -> bool {
        let fresh = Worker::default();
        let (this, before) = (&self.workers[usize::from(worker)], &self.workers[..usize::from(worker)]);
        *this == fresh && before.contains(&fresh)
    }
}

impl Redis {
    /// The job's next unused entry.
    pub(crate) fn free_entry(&self) -> Option<EntryId> {
        ENTRIES.into_iter().skip(1).find(|entry| self.jobs[usize::from(*entry)] == Job::Absent)
    }

    fn lose_group(&mut self) {
        for job in self.jobs.iter_mut().filter(|job| matches!(job, Job::Pending { .. })) {
            *job = Job::Waiting;
        }
    }
}
