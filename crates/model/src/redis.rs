//! What Redis holds of one search, and the scripts that change it: the protocol itself. Each script is one atomic step
//! and has the name of its file in `crates/broker/src/scripts`.

use crate::Guards;

/// How many suppliers a search asks.
pub const SUPPLIERS: usize = 2;
/// How many entries the job can have: the submitted one, and the one that a worker hands it back as.
pub const ENTRIES: usize = 2;

/// A worker, by its number.
pub type WorkerId = u8;
/// An entry of the job stream, by its number.
pub type EntryId = u8;

/// What a supplier answered: whom, and which of that worker's jobs. Two answers of one supplier differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The worker that asked.
    pub worker: WorkerId,
    /// How many jobs that worker had taken before.
    pub job: u8,
}

/// An answer for each supplier that has one.
pub type Answers = [Option<Answer>; SUPPLIERS];

/// Redis' clock, as far as it matters. A lease and `RECORD_TTL_SECS` may end at any time: both are shorter as well as
/// longer than any phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Before the deadline.
    Running,
    /// Past the deadline (and the leeway behind it).
    Overdue,
    /// Past the deadline and `LOST_WITHIN`.
    Over,
}

/// All that Redis holds of the search. It falls back to an earlier value when Redis loses its last writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Redis {
    /// `flight.search.record:{id}`.
    pub record: Option<Record>,
    /// Whether the id is a member of `flight.search.open`.
    pub open: bool,
    /// The search's entries in `flight.search.requested`, with what the group knows of them.
    pub jobs: [Job; ENTRIES],
    /// What `flight.search.results` has told of the search.
    pub log: Vec<Event>,
    /// The id of the last entry. Ids come from Redis' clock: none comes again after a loss.
    pub last_id: u8,
    /// Not in Redis: the submit has reached it, and was not lost. From then on the search has to end.
    pub submitted: bool,
}

/// The record of the search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Record {
    /// `status` is terminal.
    pub ended: bool,
    /// The last sequence number.
    pub seq: u8,
    /// The fields `supplier:*`.
    pub answers: Answers,
    /// The id of the event that was told last.
    pub version: Version,
    /// The field `entry`: the job was handed back as this one.
    pub entry: Option<EntryId>,
}

/// An entry of the job stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Job {
    /// Not added (yet).
    #[default]
    Absent,
    /// Not delivered yet.
    Waiting,
    /// Delivered, and not acknowledged.
    Pending {
        /// The consumer that has it.
        owner: WorkerId,
        /// How often it was delivered.
        deliveries: u8,
        /// Idle for longer than a lease.
        lease_over: bool,
    },
    /// Acknowledged and deleted.
    Done,
}

/// An entry of the result log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// Its sequence number.
    pub seq: u8,
    /// What it tells.
    pub news: News,
    /// Not in Redis: whoever stored it no longer had the job.
    pub overruled: bool,
}

/// What an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum News {
    /// A supplier has answered.
    Answer(usize, Answer),
    /// The search has ended with these answers.
    End(Answers),
}

/// Which events a record holds, by the id of the last one; 0 for none.
pub type Version = u8;

/// By what a worker writes: the job was delivered to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The consumer.
    pub worker: WorkerId,
    /// The entry.
    pub entry: EntryId,
}

/// What became of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// These were stored; the others' suppliers had answered before.
    Stored {
        /// Which.
        stored: [bool; SUPPLIERS],
        /// The record's version before.
        before: Version,
        /// The record's version now.
        after: Version,
    },
    /// There is no record.
    Missing,
    /// The search has ended.
    Ended,
    /// Another worker has the job.
    NotOwner,
}

/// Who ends a search, and what with.
#[derive(Clone, Copy, Debug)]
pub struct Ending {
    /// Of a worker; gateways and care have none.
    pub claim: Option<Claim>,
    /// What the end is made of.
    pub answers: Answers,
    /// How many answers that were.
    pub made_of: u8,
    /// The version of the record that had those answers and no others; `None` if none is known to.
    pub version: Option<Version>,
    /// The last sequence number that is known.
    pub seen: u8,
    /// The search's deadline is known, from its job or its record.
    pub knows_deadline: bool,
}

/// What became of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The search has ended so.
    First,
    /// It had ended before.
    Already,
    /// It had ended before, and its record has expired.
    Gone,
    /// Nothing was done: the record has more answers.
    Stale,
    /// Nothing was done: another worker has the job.
    NotOwner,
}

/// The settings of a script.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Redis' clock.
    pub clock: Clock,
    /// Which guards are on.
    pub guards: Guards,
}

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
        if let Job::Pending { owner, deliveries, lease_over: lease_over @ true } = &mut self.jobs[usize::from(entry)] {
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
                self.jobs[usize::from(entry)] = Job::Done;
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
        self.last_id += 1;
        let record = self.record.get_or_insert_default();
        record.ended = true;
        record.version = self.last_id;
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
        self.jobs[usize::from(claim.entry)] = Job::Done;
    }

    /// Removes a job whose search has ended.
    pub fn discard(&mut self, claim: Claim, guards: Guards) {
        if !guards.fence || self.is_pending_for(claim) {
            self.jobs[usize::from(claim.entry)] = Job::Done;
        }
    }

    /// Moves a job to the dead letters.
    pub fn bury(&mut self, claim: Claim, guards: Guards) {
        self.discard(claim, guards);
    }

    fn is_pending_for(&self, claim: Claim) -> bool {
        matches!(self.jobs[usize::from(claim.entry)], Job::Pending { owner, .. } if owner == claim.worker)
    }

    /// What `owner.lua` tells. A job that nobody holds is one that Redis has lost: who has it in hand is the only one
    /// who knows.
    fn is_owner(&self, claim: Claim, guards: Guards) -> bool {
        let handed_back = self.record.as_ref().and_then(|record| record.entry).is_some_and(|entry| entry != claim.entry);
        let pending = self.jobs[usize::from(claim.entry)];
        let is_anothers = matches!(pending, Job::Pending { owner, .. } if owner != claim.worker);
        !(handed_back || guards.fence && is_anothers)
    }

    /// Whether the job is another's in truth.
    fn is_overruled(&self, claim: Claim) -> bool {
        let is_anothers =
            matches!(self.jobs[usize::from(claim.entry)], Job::Pending { owner, .. } if owner != claim.worker);
        let was_handed_back = self.jobs.iter().skip(usize::from(claim.entry) + 1).any(|job| *job != Job::Absent);
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
