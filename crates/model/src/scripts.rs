//! The scripts that change what Redis holds: the protocol itself. Each is one atomic step, and has the name of its file in
//! `crates/broker/src/scripts`.

use crate::{
    Guards,
    redis::{Answers, Claim, Clock, EntryId, Event, Job, News, Record, Redis, SUPPLIERS, WorkerId},
    reply::{Answered, At, Ending, Finished},
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

    /// XREADGROUP: delivers a job that waits.
    pub fn deliver(&mut self, worker: WorkerId, entry: EntryId) {
        self.jobs[usize::from(entry)] = Job::Pending { owner: worker, deliveries: 1, lease_over: false };
    }

    /// XCLAIM of a job whose lease has run out.
    pub fn take_over(&mut self, worker: WorkerId, entry: EntryId) {
        if let Job::Pending { owner, deliveries, lease_over: lease_over @ true } =
            &mut self.jobs[usize::from(entry)]
        {
            *owner = worker;
            *deliveries += 1;
            *lease_over = false;
        }
    }

    /// Makes the record of a search that has none. Tells whether it is there now: else the search has ended.
    pub fn create(&mut self, at: At) -> bool {
        if self.record.is_some() {
            return true;
        }
        if at.guards.missing_has_ended && at.clock == Clock::Over {
            return false;
        }
        self.open = true;
        self.record = Some(Record::default());
        true
    }

    /// Stores answers, each once per supplier.
    pub fn answer(&mut self, claim: Claim, answers: Answers, at: At) -> Answered {
        let overruled = self.is_overruled(claim);
        let is_owner = self.is_owner(claim, at.guards);
        let Some(record) = &mut self.record else { return Answered::Missing };
        if record.ended {
            return Answered::Ended;
        }
        if !is_owner {
            return Answered::NotOwner;
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
                self.log.push(Event { seq: record.seq, news: News::Answer(supplier, answer), overruled });
                stored[supplier] = true;
            }
        }
        Answered::Stored { stored, before, after: record.version }
    }

    /// Ends the search, once. Then its job is done.
    pub fn finish(&mut self, ending: Ending, at: At) -> Finished {
        let outcome = self.end(ending, at);
        if !matches!(outcome, Finished::Stale | Finished::NotOwner) {
            self.open = false;
            if let Some(Claim { entry, .. }) = ending.claim {
                self.remove(entry);
            }
        }
        outcome
    }

    fn end(&mut self, ending: Ending, at: At) -> Finished {
        if self.record.is_none() && !self.may_be_made_anew(ending, at) {
            return Finished::Gone;
        }
        if self.record.as_ref().is_some_and(|record| record.ended) {
            return Finished::Already;
        }
        if ending.claim.is_some_and(|claim| !self.is_owner(claim, at.guards)) {
            return Finished::NotOwner;
        }
        if self.record.as_ref().is_some_and(|record| is_stale(record, ending, at.guards)) {
            return Finished::Stale;
        }
        let overruled = ending.claim.is_some_and(|claim| self.is_overruled(claim));
        let record = self.record.get_or_insert_default();
        record.ended = true;
        record.seq = (record.seq + 1).max(ending.seen + 1);
        self.log.push(Event { seq: record.seq, news: News::End(ending.answers), overruled });
        Finished::First
    }

    /// A search without a record: was that lost, or has it ended and expired?
    fn may_be_made_anew(&self, ending: Ending, at: At) -> bool {
        if self.open {
            return true;
        }
        if ending.knows_deadline {
            at.clock < Clock::Over || !at.guards.missing_has_ended
        } else {
            !at.guards.still_open
        }
    }

    /// Adds the job anew, for another worker to have at once.
    pub fn hand_back(&mut self, claim: Claim, anew: EntryId, guards: Guards) {
        if !self.is_pending_for(claim) {
            return;
        }
        self.jobs[usize::from(anew)] = Job::Waiting;
        if let Some(record) = &mut self.record
            && guards.fence_handed_back
        {
            record.entry = Some(anew);
        }
        self.remove(claim.entry);
    }

    /// Removes a job whose search has ended, whoever has it: nobody needs it any more.
    pub fn discard(&mut self, entry: EntryId) {
        self.remove(entry);
    }

    /// Moves a job to the dead letters. Tells whether it did: else the job is another's.
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

    /// What `owner.lua` tells. A job that nobody holds is one that Redis has lost: who has it in hand is the only one
    /// who knows.
    fn is_owner(&self, claim: Claim, guards: Guards) -> bool {
        let handed_back =
            self.record.as_ref().and_then(|record| record.entry).is_some_and(|entry| entry != claim.entry);
        let pending = self.jobs[usize::from(claim.entry)];
        let is_anothers = matches!(pending, Job::Pending { owner, .. } if owner != claim.worker);
        !(handed_back || guards.fence && is_anothers)
    }

    /// Whether the job is another's in truth.
    fn is_overruled(&self, claim: Claim) -> bool {
        let is_anothers = matches!(self.jobs[usize::from(claim.entry)], Job::Pending { owner, .. } if owner != claim.worker);
        let was_handed_back =
            self.jobs.iter().skip(usize::from(claim.entry) + 1).any(|job| *job != Job::Absent);
        is_anothers || was_handed_back
    }
}

/// Whether the record has other answers than those that the end is made of.
fn is_stale(record: &Record, ending: Ending, guards: Guards) -> bool {
    if guards.ends_name_a_version {
        ending.version != Some(record.version)
    } else {
        record.seq > ending.made_of
    }
}
