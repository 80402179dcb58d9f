use stateright::{Model, Property};

use crate::{
    Guards,
    gateway::{Gateway, end_overdue},
    properties,
    redis::{At, Clock, ENTRIES, EntryId, Job, News, Redis, WorkerId},
    worker::{Now, Task, Worker},
};

/// How many workers there are.
pub const WORKERS: usize = 2;
/// How many gateways there are. The first one submits the search.
pub const GATEWAYS: usize = 2;

/// What is checked: the protocol, and what may happen to it.
#[derive(Clone, Debug)]
pub struct World {
    /// Which guards are on.
    pub guards: Guards,
    /// How much trouble there may be.
    pub troubles: Troubles,
    /// Whether the deadline comes. Without it the workers alone have to end the search, and one of them lives.
    pub has_deadline: bool,
}

/// How often each trouble may come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Troubles {
    /// A process dies. The last one doesn't.
    pub deaths: u8,
    /// A worker stops, and hands back what it has in hand.
    pub stops: u8,
    /// A worker is paused for longer than its lease.
    pub pauses: u8,
    /// Redis does what a worker asks, and the reply is lost.
    pub lost_replies: u8,
    /// Redis comes back without its last writes.
    pub losses: u8,
    /// The group of workers is deleted: nobody knows any more who has what.
    pub lost_groups: u8,
    /// The client cancels.
    pub cancels: u8,
}

/// A state of the world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What Redis holds.
    pub redis: Redis,
    /// What Redis would come back with.
    pub saved: Option<Redis>,
    /// Redis' clock.
    pub clock: Clock,
    /// How many commands of the submit were sent.
    pub submitted: u8,
    /// The gateways.
    pub gateways: [Gateway; GATEWAYS],
    /// The workers.
    pub workers: [Worker; WORKERS],
    /// The trouble that may still come.
    pub left: Troubles,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The first gateway submits the search.
    Submit,
    /// The deadline passes, or `LOST_WITHIN` after it.
    TimePasses,
    /// The record expires.
    RecordExpires,
    /// The lease of a job runs out.
    LeaseRunsOut(EntryId),
    /// A worker reads a job.
    Deliver(WorkerId, EntryId),
    /// A worker takes over a job.
    TakeOver(WorkerId, EntryId),
    /// A worker finds a job that was delivered to it without its knowing.
    Recover(WorkerId, EntryId),
    /// A worker does the next step of its job, and asks this supplier first.
    Work(WorkerId, Option<usize>),
    /// A worker ends the search because it is overdue.
    CareEndsOverdue(WorkerId),
    /// A gateway finds that the search is overdue; it follows it, or it has looked at all that are open.
    Find {
        /// Which gateway.
        gateway: usize,
        /// It follows the search.
        follows: bool,
    },
    /// A gateway reads the record of an overdue search.
    Read(usize),
    /// A gateway reads the record of a search that is to be cancelled.
    Cancel(usize),
    /// A gateway ends the search with what it has read.
    Finish(usize),
    /// A worker does the next step of its job, and the reply of Redis is lost.
    LoseReply(WorkerId, Option<usize>),
    /// A worker dies.
    WorkerDies(WorkerId),
    /// A gateway dies.
    GatewayDies(usize),
    /// A worker stops.
    Stop(WorkerId),
    /// What Redis holds now is what it would come back with.
    Save,
    /// Redis comes back with what was saved, or with nothing.
    LoseWrites,
    /// The group of workers is deleted.
    LoseGroup,
}

impl World {
    fn at(&self, state: &State) -> At {
        At { clock: state.clock, guards: self.guards }
    }

    /// What happens by itself, sooner or later.
    pub(crate) fn progress(&self, state: &State, actions: &mut Vec<Action>) {
        if state.submitted < 3 && state.gateways[0] != Gateway::Dead {
            actions.push(Action::Submit);
        }
        if self.has_deadline && state.clock < Clock::Over {
            actions.push(Action::TimePasses);
        }
        if self.may_expire(state) {
            actions.push(Action::RecordExpires);
        }
        for entry in 0..ENTRIES as EntryId {
            if let Job::Pending { owner, lease_over: false, .. } = state.redis.jobs[usize::from(entry)]
                && !state.has_in_hand(owner, entry)
            {
                actions.push(Action::LeaseRunsOut(entry));
            }
        }
        for worker in 0..WORKERS as WorkerId {
            self.worker_actions(state, worker, actions);
        }
        for gateway in 0..GATEWAYS {
            gateway_actions(state, gateway, actions);
        }
    }

    fn may_expire(&self, state: &State) -> bool {
        let Some(record) = &state.redis.record else { return false };
        if self.guards.records_outlive_deadlines {
            record.ended && state.clock == Clock::Over
        } else {
            self.has_deadline && (record.ended || state.clock >= Clock::Overdue)
        }
    }

    fn worker_actions(&self, state: &State, worker: WorkerId, actions: &mut Vec<Action>) {
        match &state.workers[usize::from(worker)].now {
            Now::Dead => return,
            Now::Idle => {
                for entry in 0..ENTRIES as EntryId {
                    match state.redis.jobs[usize::from(entry)] {
                        Job::Waiting => actions.push(Action::Deliver(worker, entry)),
                        Job::Pending { owner, .. } if owner == worker => actions.push(Action::Recover(worker, entry)),
                        Job::Pending { lease_over: true, .. } if self.guards.takeover_before_new_work => {
                            actions.push(Action::TakeOver(worker, entry));
                        }
                        Job::Absent | Job::Done | Job::Pending { .. } => {}
                    }
                }
            }
            Now::Busy(task) => actions.extend(task.choices().into_iter().map(|ask| Action::Work(worker, ask))),
        }
        if self.guards.workers_end_overdue && state.redis.open && state.clock >= Clock::Overdue {
            actions.push(Action::CareEndsOverdue(worker));
        }
    }

    fn troubles(&self, state: &State, actions: &mut Vec<Action>) {
        let left = state.left;
        for worker in 0..WORKERS as WorkerId {
            let Worker { now, .. } = &state.workers[usize::from(worker)];
            if *now == Now::Dead {
                continue;
            }
            if left.deaths > 0 && self.may_go(state, true) {
                actions.push(Action::WorkerDies(worker));
            }
            if let Now::Busy(task) = now {
                if left.stops > 0 && self.may_go(state, true) && state.free_entry().is_some() {
                    actions.push(Action::Stop(worker));
                }
                if left.lost_replies > 0 {
                    actions.extend(task.choices().into_iter().map(|ask| Action::LoseReply(worker, ask)));
                }
                let job = state.redis.jobs[usize::from(task.entry)];
                if left.pauses > 0 && matches!(job, Job::Pending { owner, lease_over: false, .. } if owner == worker) {
                    actions.push(Action::LeaseRunsOut(task.entry));
                }
            }
        }
        for gateway in 0..GATEWAYS {
            if left.deaths > 0 && state.gateways[gateway] != Gateway::Dead && self.may_go(state, false) {
                actions.push(Action::GatewayDies(gateway));
            }
            if left.cancels > 0
                && state.gateways[gateway] == Gateway::Idle
                && state.redis.record.as_ref().is_some_and(|record| !record.ended)
            {
                actions.push(Action::Cancel(gateway));
            }
        }
        if left.losses > 0 {
            if state.saved.is_none() && state.redis.submitted {
                actions.push(Action::Save);
            }
            actions.push(Action::LoseWrites);
        }
        if left.lost_groups > 0 && state.redis.jobs.iter().any(|job| matches!(job, Job::Pending { .. })) {
            actions.push(Action::LoseGroup);
        }
    }

    /// One of those that are needed must stay.
    fn may_go(&self, state: &State, is_worker: bool) -> bool {
        let workers = state.workers.iter().filter(|worker| worker.now != Now::Dead).count();
        let gateways = state.gateways.iter().filter(|gateway| **gateway != Gateway::Dead).count();
        let others = if is_worker || self.has_deadline { workers + gateways } else { 2 };
        let enough_workers = self.has_deadline || !is_worker || workers > 1;
        others > 1 && enough_workers
    }

    /// Whether nothing happens any more by itself.
    pub(crate) fn is_at_rest(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        self.progress(state, &mut actions);
        actions.is_empty()
    }

    fn work(&self, state: &mut State, worker: WorkerId, ask: Option<usize>, lost: bool) {
        let at = self.at(state);
        let Worker { now, jobs } = &mut state.workers[usize::from(worker)];
        if let Now::Busy(task) = std::mem::take(now)
            && let Some(task) = task.work((worker, *jobs), ask, &mut state.redis, at, lost)
        {
            *now = Now::Busy(task);
        }
    }

    fn submit(&self, state: &mut State) {
        let rest = [Redis::submit_open, Redis::submit_record, Redis::submit_job];
        let commands = if self.guards.submit_at_once { 3 } else { 1 };
        for command in rest.iter().skip(usize::from(state.submitted)).take(commands) {
            command(&mut state.redis);
            state.submitted += 1;
        }
    }
}

fn gateway_actions(state: &State, gateway: usize, actions: &mut Vec<Action>) {
    match state.gateways[gateway] {
        Gateway::Dead => {}
        Gateway::Idle | Gateway::Told if state.clock == Clock::Running || state.submitted == 0 => {}
        Gateway::Idle => {
            if state.redis.open {
                actions.push(Action::Find { gateway, follows: false });
            }
            actions.push(Action::Find { gateway, follows: true });
        }
        Gateway::Told if state.redis.open => actions.push(Action::Find { gateway, follows: false }),
        Gateway::Told => {}
        Gateway::Found { .. } => actions.push(Action::Read(gateway)),
        Gateway::Read { .. } => actions.push(Action::Finish(gateway)),
    }
}

impl State {
    /// Whether this worker works on this entry.
    fn has_in_hand(&self, worker: WorkerId, entry: EntryId) -> bool {
        matches!(&self.workers[usize::from(worker)].now, Now::Busy(task) if task.entry == entry)
    }

    /// The next entry of the job that never was there.
    fn free_entry(&self) -> Option<EntryId> {
        let is_free = |entry: &EntryId| self.redis.jobs[usize::from(*entry)] == Job::Absent;
        (1..ENTRIES as EntryId).find(is_free)
    }

    fn begin(&mut self, worker: WorkerId, entry: EntryId) {
        if let Job::Pending { deliveries, .. } = self.redis.jobs[usize::from(entry)] {
            let worker = &mut self.workers[usize::from(worker)];
            worker.now = Now::Busy(Task::new(entry, deliveries));
            worker.jobs += 1;
        }
    }

    /// The ends that the log tells of.
    pub(crate) fn ends(&self) -> usize {
        self.redis.log.iter().filter(|event| matches!(event.news, News::End(_))).count()
    }
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            redis: Redis::default(),
            saved: None,
            clock: Clock::Running,
            submitted: 0,
            gateways: Default::default(),
            workers: Default::default(),
            left: self.troubles,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.progress(state, actions);
        self.troubles(state, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        let at = self.at(&state);
        match action {
            Action::Submit => self.submit(&mut state),
            Action::TimePasses => {
                state.clock = if state.clock == Clock::Running { Clock::Overdue } else { Clock::Over };
            }
            Action::RecordExpires => state.redis.record = None,
            Action::LeaseRunsOut(entry) => {
                if let Job::Pending { owner, lease_over, .. } = &mut state.redis.jobs[usize::from(entry)] {
                    *lease_over = true;
                    if last.has_in_hand(*owner, entry) {
                        state.left.pauses -= 1;
                    }
                }
            }
            Action::Deliver(worker, entry) => {
                state.redis.deliver(worker, entry);
                state.begin(worker, entry);
            }
            Action::TakeOver(worker, entry) => {
                state.redis.take_over(worker, entry);
                state.begin(worker, entry);
            }
            Action::Recover(worker, entry) => state.begin(worker, entry),
            Action::Work(worker, ask) => self.work(&mut state, worker, ask, false),
            Action::CareEndsOverdue(_) => end_overdue(&mut state.redis, at),
            Action::Find { gateway, follows } => state.gateways[gateway] = Gateway::Found { follows },
            Action::Read(gateway) => {
                if let Gateway::Found { follows } = state.gateways[gateway] {
                    state.gateways[gateway] = Gateway::read(follows, &state.redis);
                }
            }
            Action::Cancel(gateway) => {
                state.left.cancels -= 1;
                state.gateways[gateway] = Gateway::read(true, &state.redis);
            }
            Action::Finish(gateway) => {
                if let Gateway::Read { seen, knows_deadline } = state.gateways[gateway] {
                    state.gateways[gateway] = Gateway::finish(seen, knows_deadline, &mut state.redis, at);
                }
            }
            Action::LoseReply(worker, ask) => {
                state.left.lost_replies -= 1;
                self.work(&mut state, worker, ask, true);
            }
            Action::WorkerDies(worker) => {
                state.left.deaths -= 1;
                state.workers[usize::from(worker)].now = Now::Dead;
            }
            Action::GatewayDies(gateway) => {
                state.left.deaths -= 1;
                state.gateways[gateway] = Gateway::Dead;
            }
            Action::Stop(worker) => {
                state.left.stops -= 1;
                let anew = state.free_entry()?;
                state.workers[usize::from(worker)].stop(worker, anew, &mut state.redis, self.guards);
            }
            Action::Save => state.saved = Some(state.redis.clone()),
            Action::LoseWrites => {
                state.left.losses -= 1;
                state.redis = Redis { last_id: last.redis.last_id, ..state.saved.take().unwrap_or_default() };
                // What was under way on the connection is not sent again.
                if state.submitted > 0 {
                    state.submitted = 3;
                }
            }
            Action::LoseGroup => {
                state.left.lost_groups -= 1;
                for job in &mut state.redis.jobs {
                    if matches!(job, Job::Pending { .. }) {
                        *job = Job::Waiting;
                    }
                }
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
