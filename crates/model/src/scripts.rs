//! The protocol: each script that changes Redis, as one atomic step. Methods have the names of the files in
//! `crates/broker/src/scripts`.

use crate::{
    Guards,
    redis::{Answers, Claim, Clock, EntryId, Event, EventKind, Job, Record, Redis, SUPPLIERS, WorkerId},
    reply::{AnswerReply, Context, EndReply, EndRequest},
};

impl Redis {
    /// First command of `submit`: ZADD to the open searches.
    pub fn submit_open(&mut self) {
        self.open = true;
        self.submitted = true;
    }

    /// Second command of `submit`: HSET the record.
    pub fn submit_record(&mut self) {
        let record = self.record.get_or_insert_default();
        record.ended = false;
        record.seq = 0;
    }

    /// Third command of `submit`: XADD the job.
    pub fn submit_job(&mut self) {
        self.jobs[0] = Job::Waiting;
    }

    /// XREADGROUP: delivers a queued job.
    pub fn deliver(&mut self, worker: WorkerId, entry: EntryId) {
        self.jobs[usize::from(entry)] = Job::Pending { owner: worker, deliveries: 1, lease_expired: false };
    }

    /// XCLAIM: takes over a job whose lease has expired.
    pub fn take_over(&mut self, worker: WorkerId, entry: EntryId) {
        if let Job::Pending { owner, deliveries, lease_expired: lease_expired @ true } =
            &mut self.jobs[usize::from(entry)]
        {
            *owner = worker;
            *deliveries += 1;
            *lease_expired = false;
        }
    }

    /// Creates a missing record. Returns `false` if the record has expired, so the search has ended.
    pub fn create(&mut self, claim: Claim, context: Context) -> bool {
        if self.record.is_some() {
            return true;
        }
        // Redis has not lost the job, so it has not lost the submission: a search that is not open has ended.
        let has_job = !matches!(self.jobs[usize::from(claim.entry)], Job::Absent | Job::Done);
        if has_job && !self.open {
            return false;
        }
        if context.guards.missing_record_has_ended && context.clock == Clock::LongOverdue {
            return false;
        }
        self.open = true;
        self.record = Some(Record::default());
        true
    }

    /// Stores answers, at most one per supplier, and adds an event for each.
    pub fn answer(&mut self, claim: Claim, answers: Answers, context: Context) -> AnswerReply {
        let by_non_owner = self.is_non_owner(claim);
        let is_owner = self.is_owner(claim, context.guards);
        let Some(record) = &mut self.record else { return AnswerReply::Missing };
        if record.ended {
            return AnswerReply::Ended;
        }
        if !is_owner {
            return AnswerReply::NotOwner;
        }
        let before = record.version;
        let mut stored = [false; SUPPLIERS];
        for (supplier, answer) in answers.into_iter().enumerate() {
            if let Some(answer) = answer
                && record.answers[supplier].is_none()
            {
                record.answers[supplier] = Some(answer);
                record.seq += 1;
                self.last_id += 1;
                record.version = self.last_id;
                self.log.push(Event {
                    seq: record.seq,
                    kind: EventKind::Answer(supplier, answer),
                    by_non_owner,
                });
                stored[supplier] = true;
            }
        }
        AnswerReply::Stored { stored, before, after: record.version }
    }

    /// Ends the search, at most once, and removes its job.
    pub fn end(&mut self, request: EndRequest, context: Context) -> EndReply {
        let outcome = self.store_end(request, context);
        if !matches!(outcome, EndReply::Stale | EndReply::NotOwner) {
            self.open = false;
            if let Some(Claim { entry, .. }) = request.claim {
                self.remove(entry);
            }
        }
        outcome
    }

    fn store_end(&mut self, request: EndRequest, context: Context) -> EndReply {
        if self.record.is_none() && !self.may_recreate_record(request, context) {
            return EndReply::Gone;
        }
        if self.record.as_ref().is_some_and(|record| record.ended) {
            return EndReply::Already;
        }
        if request.claim.is_some_and(|claim| !self.is_owner(claim, context.guards)) {
            return EndReply::NotOwner;
        }
        if self.record.as_ref().is_some_and(|record| is_stale(record, request, context.guards)) {
            return EndReply::Stale;
        }
        let by_non_owner = request.claim.is_some_and(|claim| self.is_non_owner(claim));
        let record = self.record.get_or_insert_default();
        record.ended = true;
        record.seq = (record.seq + 1).max(request.last_seq + 1);
        self.log.push(Event { seq: record.seq, kind: EventKind::End(request.answers), by_non_owner });
        EndReply::First
    }

    /// Whether a missing record was lost. Else the search has ended and its record has expired.
    fn may_recreate_record(&self, request: EndRequest, context: Context) -> bool {
        if self.open {
            return true;
        }
        if request.knows_deadline {
            context.clock < Clock::LongOverdue || !context.guards.missing_record_has_ended
        } else {
            !context.guards.recheck_open
        }
    }

    /// Hands a job back: queues it as `new_entry`.
    pub fn hand_back(&mut self, claim: Claim, new_entry: EntryId, guards: Guards) {
        if !self.is_pending_for(claim) {
            return;
        }
        self.jobs[usize::from(new_entry)] = Job::Waiting;
        if let Some(record) = &mut self.record
            && guards.fence_handed_back
        {
            record.entry = Some(new_entry);
        }
        self.remove(claim.entry);
    }

    /// Removes the job of an ended search. Checks no claim.
    pub fn discard(&mut self, entry: EntryId) {
        self.remove(entry);
    }

    /// Moves a job to the dead letters. Returns `false` if the worker is not the owner.
    pub fn bury(&mut self, claim: Claim, guards: Guards) -> bool {
        let is_owner = !guards.fence || self.is_pending_for(claim);
        if is_owner {
            self.buried = true;
            self.remove(claim.entry);
        }
        is_owner
    }

    /// XACK and XDEL.
    fn remove(&mut self, entry: EntryId) {
        let job = &mut self.jobs[usize::from(entry)];
        if *job != Job::Absent {
            *job = Job::Done;
        }
    }

    fn is_pending_for(&self, claim: Claim) -> bool {
        matches!(self.jobs[usize::from(claim.entry)], Job::Pending { owner, .. } if owner == claim.worker)
    }

    /// `owner.lua`: the ownership check. A job that is pending for nobody was lost by Redis, so any claim is valid.
    fn is_owner(&self, claim: Claim, guards: Guards) -> bool {
        let handed_back =
            self.record.as_ref().and_then(|record| record.entry).is_some_and(|entry| entry != claim.entry);
        let pending = self.jobs[usize::from(claim.entry)];
        let has_other_owner = matches!(pending, Job::Pending { owner, .. } if owner != claim.worker);
        !(handed_back || guards.fence && has_other_owner)
    }

    /// Whether another worker is the owner, independent of the guards.
    fn is_non_owner(&self, claim: Claim) -> bool {
        let has_other_owner = matches!(self.jobs[usize::from(claim.entry)], Job::Pending { owner, .. } if owner != claim.worker);
        let was_handed_back =
            self.jobs.iter().skip(usize::from(claim.entry) + 1).any(|job| *job != Job::Absent);
        has_other_owner || was_handed_back
    }
}

/// Whether the record has other answers than the request.
fn is_stale(record: &Record, request: EndRequest, guards: Guards) -> bool {
    if guards.ends_check_version {
        request.version != Some(record.version)
    } else {
        record.seq > request.answer_count
    }
}
