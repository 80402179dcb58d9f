//! The enabled actions of a state: progress and faults.

use crate::{
    Action, State, World,
    gateway::Gateway,
    redis::{Clock, ENTRIES, Job, WorkerId},
    worker::Activity,
    world::{GATEWAYS, SUBMIT, WORKERS},
};

impl World {
    /// Actions that happen eventually.
    pub(crate) fn progress(&self, state: &State, actions: &mut Vec<Action>) {
        if state.sent < SUBMIT && state.gateways[0] != Gateway::Dead {
            actions.push(Action::Submit);
        }
        if self.has_deadline && state.clock < Clock::LongOverdue {
            actions.push(Action::TimePasses);
        }
        if self.may_expire(state) {
            actions.push(Action::RecordExpires);
        }
        for entry in ENTRIES {
            if let Job::Pending { owner, lease_expired: false, .. } = state.redis.jobs[usize::from(entry)]
                && !state.workers[usize::from(owner)].holds(entry)
            {
                actions.push(Action::LeaseExpires(entry));
            }
        }
        for worker in WORKERS.into_iter().filter(|worker| !state.is_symmetric_to_earlier(*worker)) {
            self.work(state, worker, actions);
        }
        for (at, gateway) in state.gateways.iter().enumerate() {
            match gateway {
                Gateway::Dead | Gateway::Idle | Gateway::Ended => {}
                Gateway::Found(_) => actions.push(Action::ReadRecord(at)),
                Gateway::Read { .. } => actions.push(Action::EndSearch(at)),
            }
            let finds = gateway.finds(&state.redis, state.clock);
            actions.extend(finds.into_iter().map(|found| Action::FindOverdue(at, found)));
        }
    }

    /// Whether no action of progress is enabled.
    pub(crate) fn is_quiescent(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        self.progress(state, &mut actions);
        actions.is_empty()
    }

    fn may_expire(&self, state: &State) -> bool {
        let Some(record) = &state.redis.record else { return false };
        if self.guards.records_outlive_deadlines {
            record.ended && state.clock == Clock::LongOverdue
        } else {
            record.ended || state.clock > Clock::Running
        }
    }

    fn work(&self, state: &State, worker: WorkerId, actions: &mut Vec<Action>) {
        match &state.workers[usize::from(worker)].activity {
            Activity::Dead => return,
            Activity::Idle => {
                for entry in ENTRIES {
                    match state.redis.jobs[usize::from(entry)] {
                        Job::Waiting => actions.push(Action::Deliver(worker, entry)),
                        Job::Pending { lease_expired: true, .. } if self.guards.takeover_before_new_work => {
                            actions.push(Action::TakeOver(worker, entry));
                        }
                        Job::Absent | Job::Pending { .. } | Job::Done => {}
                    }
                }
            }
            Activity::Busy(task) => {
                actions.extend(task.choices().into_iter().map(|ask| Action::Work(worker, ask)));
            }
        }
        if self.guards.workers_end_overdue && state.redis.open && state.clock > Clock::Running {
            actions.push(Action::EndOverdue(worker));
        }
    }

    /// Faults, which may happen or not.
    pub(crate) fn faults(&self, state: &State, actions: &mut Vec<Action>) {
        for worker in WORKERS.into_iter().filter(|worker| !state.is_symmetric_to_earlier(*worker)) {
            self.faults_of_worker(state, worker, actions);
        }
        for gateway in 0..GATEWAYS {
            state.faults_of_gateway(gateway, actions);
        }
        if state.left.losses > 0 && state.redis.submitted {
            actions.extend(state.saved.is_none().then_some(Action::Persist));
            actions.push(Action::LoseWrites);
        }
        if state.left.lost_groups > 0 && state.redis.jobs.iter().any(|job| matches!(job, Job::Pending { .. }))
        {
            actions.push(Action::LoseGroup);
        }
    }

    fn faults_of_worker(&self, state: &State, worker: WorkerId, actions: &mut Vec<Action>) {
        let now = &state.workers[usize::from(worker)].activity;
        let has_lost_replies = state.left.lost_replies > 0;
        if *now == Activity::Idle {
            for entry in ENTRIES {
                match state.redis.jobs[usize::from(entry)] {
                    Job::Waiting if has_lost_replies => actions.push(Action::LoseDelivery(worker, entry)),
                    Job::Pending { owner, .. } if owner == worker => {
                        actions.push(Action::Recover(worker, entry));
                    }
                    Job::Absent | Job::Waiting | Job::Pending { .. } | Job::Done => {}
                }
            }
        }
        if let Activity::Busy(task) = now {
            if has_lost_replies {
                actions.extend(task.choices().into_iter().map(|ask| Action::LoseReply(worker, ask)));
            }
            if state.left.stops > 0
                && task.can_be_handed_back()
                && self.worker_may_die(state)
                && state.redis.free_entry().is_some()
            {
                actions.push(Action::Stop(worker));
            }
            let job = state.redis.jobs[usize::from(task.entry)];
            let has_lease =
                matches!(job, Job::Pending { owner, lease_expired: false, .. } if owner == worker);
            if state.left.pauses > 0 && has_lease {
                actions.push(Action::LeaseExpires(task.entry));
            }
        }
        if *now != Activity::Dead && state.left.deaths > 0 && self.worker_may_die(state) {
            actions.push(Action::WorkerDies(worker));
        }
    }

    /// One process survives. Without a deadline, a worker does.
    fn worker_may_die(&self, state: &State) -> bool {
        let gateways = if self.has_deadline { state.living_gateways() } else { 0 };
        state.living_workers() + gateways > 1
    }
}

impl State {
    fn faults_of_gateway(&self, at: usize, actions: &mut Vec<Action>) {
        let gateway = self.gateways[at];
        let is_running = self.redis.record.as_ref().is_some_and(|record| !record.ended);
        if self.left.cancels > 0 && gateway == Gateway::Idle && is_running {
            actions.push(Action::Cancel(at));
        }
        let may_die = self.living_workers() + self.living_gateways() > 1;
        if self.left.deaths > 0 && gateway != Gateway::Dead && may_die {
            actions.push(Action::GatewayDies(at));
        }
    }

    pub(crate) fn living_workers(&self) -> usize {
        self.workers.iter().filter(|worker| worker.activity != Activity::Dead).count()
    }

    fn living_gateways(&self) -> usize {
        self.gateways.iter().filter(|gateway| **gateway != Gateway::Dead).count()
    }
}
