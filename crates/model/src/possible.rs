//! What can happen next: by itself, and as trouble.

use crate::{
    Action, State, World,
    gateway::Gateway,
    redis::{Clock, ENTRIES, Job, WorkerId},
    worker::Now,
    world::{GATEWAYS, SUBMIT, WORKERS},
};

impl World {
    /// What happens sooner or later, if nothing else does.
    pub(crate) fn progress(&self, state: &State, actions: &mut Vec<Action>) {
        if state.sent < SUBMIT && state.gateways[0] != Gateway::Dead {
            actions.push(Action::Submit);
        }
        if self.has_deadline && state.clock < Clock::Over {
            actions.push(Action::TimePasses);
        }
        if self.may_expire(state) {
            actions.push(Action::RecordExpires);
        }
        for entry in ENTRIES {
            if let Job::Pending { owner, lease_over: false, .. } = state.redis.jobs[usize::from(entry)]
                && !state.workers[usize::from(owner)].has_in_hand(entry)
            {
                actions.push(Action::LeaseRunsOut(entry));
            }
        }
        for worker in WORKERS.into_iter().filter(|worker| !state.is_like_another(*worker)) {
            self.work(state, worker, actions);
        }
        for (at, gateway) in state.gateways.iter().enumerate() {
            match gateway {
                Gateway::Dead | Gateway::Idle | Gateway::Told => {}
                Gateway::Found(_) => actions.push(Action::Read(at)),
                Gateway::Read { .. } => actions.push(Action::Finish(at)),
            }
            let finds = gateway.finds(&state.redis, state.clock);
            actions.extend(finds.into_iter().map(|found| Action::Find(at, found)));
        }
    }

    /// Whether nothing happens any more by itself.
    pub(crate) fn is_at_rest(&self, state: &State) -> bool {
        let mut actions = Vec::new();
        self.progress(state, &mut actions);
        actions.is_empty()
    }

    fn may_expire(&self, state: &State) -> bool {
        let Some(record) = &state.redis.record else { return false };
        if self.guards.records_outlive_deadlines {
            record.ended && state.clock == Clock::Over
        } else {
            record.ended || state.clock > Clock::Running
        }
    }

    fn work(&self, state: &State, worker: WorkerId, actions: &mut Vec<Action>) {
        match &state.workers[usize::from(worker)].now {
            Now::Dead => return,
            Now::Idle => {
                for entry in ENTRIES {
                    match state.redis.jobs[usize::from(entry)] {
                        Job::Waiting => actions.push(Action::Deliver(worker, entry)),
                        Job::Pending { lease_over: true, .. } if self.guards.takeover_before_new_work => {
                            actions.push(Action::TakeOver(worker, entry));
                        }
                        Job::Absent | Job::Pending { .. } | Job::Done => {}
                    }
                }
            }
            Now::Busy(task) => {
                actions.extend(task.choices().into_iter().map(|ask| Action::Work(worker, ask)));
            }
        }
        if self.guards.workers_end_overdue && state.redis.open && state.clock > Clock::Running {
            actions.push(Action::EndOverdue(worker));
        }
    }

    /// What may happen or not.
    pub(crate) fn trouble(&self, state: &State, actions: &mut Vec<Action>) {
        for worker in WORKERS.into_iter().filter(|worker| !state.is_like_another(*worker)) {
            self.trouble_of_worker(state, worker, actions);
        }
        for gateway in 0..GATEWAYS {
            state.trouble_of_gateway(gateway, actions);
        }
        if state.left.losses > 0 && state.redis.submitted {
            actions.extend(state.saved.is_none().then_some(Action::Save));
            actions.push(Action::LoseWrites);
        }
        if state.left.lost_groups > 0 && state.redis.jobs.iter().any(|job| matches!(job, Job::Pending { .. }))
        {
            actions.push(Action::LoseGroup);
        }
    }

    fn trouble_of_worker(&self, state: &State, worker: WorkerId, actions: &mut Vec<Action>) {
        let now = &state.workers[usize::from(worker)].now;
        let has_lost_replies = state.left.lost_replies > 0;
        if *now == Now::Idle {
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
        if let Now::Busy(task) = now {
            if has_lost_replies {
                actions.extend(task.choices().into_iter().map(|ask| Action::LoseReply(worker, ask)));
            }
            if state.left.stops > 0
                && task.can_be_handed_back()
                && self.worker_may_go(state)
                && state.redis.free_entry().is_some()
            {
                actions.push(Action::Stop(worker));
            }
            let job = state.redis.jobs[usize::from(task.entry)];
            let has_lease = matches!(job, Job::Pending { owner, lease_over: false, .. } if owner == worker);
            if state.left.pauses > 0 && has_lease {
                actions.push(Action::LeaseRunsOut(task.entry));
            }
        }
        if *now != Now::Dead && state.left.deaths > 0 && self.worker_may_go(state) {
            actions.push(Action::WorkerDies(worker));
        }
    }

    /// One process stays; where there is no deadline, a worker.
    fn worker_may_go(&self, state: &State) -> bool {
        let gateways = if self.has_deadline { state.living_gateways() } else { 0 };
        state.living_workers() + gateways > 1
    }
}

impl State {
    fn trouble_of_gateway(&self, at: usize, actions: &mut Vec<Action>) {
        let gateway = self.gateways[at];
        let is_running = self.redis.record.as_ref().is_some_and(|record| !record.ended);
        if self.left.cancels > 0 && gateway == Gateway::Idle && is_running {
            actions.push(Action::Cancel(at));
        }
        let may_go = self.living_workers() + self.living_gateways() > 1;
        if self.left.deaths > 0 && gateway != Gateway::Dead && may_go {
            actions.push(Action::GatewayDies(at));
        }
    }

    pub(crate) fn living_workers(&self) -> usize {
        self.workers.iter().filter(|worker| worker.now != Now::Dead).count()
    }

    fn living_gateways(&self) -> usize {
        self.gateways.iter().filter(|gateway| **gateway != Gateway::Dead).count()
    }
}
