//! Checks one search, given the faults during it.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use reqwest::StatusCode;
use tokio::time::Instant;

use crate::{
    airlines::Call,
    auditor::{Announced, AnnouncedEnd, ResultLog},
    cluster::worker_number,
    config::Config,
    history::{ClientState, End, History},
    journal::{Component, Journal, Span},
    load::Search,
    violation::Violation,
};

/// How much earlier than its TTL, by Redis' clock, an end may be gone, in milliseconds.
const READ_LEEWAY: i64 = 500;
/// An answer is in time if it arrives this long before the deadline.
const IN_TIME: Duration = Duration::from_secs(3);
/// Without faults, a search has ended this long after its deadline.
const ENDED_WITHIN: Duration = Duration::from_secs(8);
/// How long a takeover may take in addition to the lease and the slowest supplier.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(8);
/// How long services may use an outdated estimate of Redis' clock.
const CLOCK_IS_NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// All that was recorded in a run.
pub(crate) struct Checker<'a> {
    pub(crate) config: &'a Config,
    pub(crate) journal: &'a Journal,
    pub(crate) log: &'a ResultLog,
    pub(crate) dead_letters: &'a HashSet<String>,
    pub(crate) calls: HashMap<String, Vec<Call>>,
    /// When the last fault was undone.
    pub(crate) quiet_from: Instant,
}

impl Checker<'_> {
    /// The violations in a search.
    pub(crate) fn check(&self, search: &Search) -> Vec<Violation> {
        let nothing = Announced::default();
        let announced = self.log.get(&search.id).unwrap_or(&nothing);
        // Includes the ends: one that Redis loses after all clients have received it may be announced again.
        let over = announced.ends.iter().map(|end| end.before).fold(search.done, Instant::max);
        if self.config.is_lossy && self.journal.lost_in(search.submitted, over) {
            return check_where_writes_were_lost(search);
        }
        let any = |is: &dyn Fn(&History) -> bool| search.histories.iter().any(is);
        let ended = announced.ends.first();
        let mut ends = search.histories.iter().flat_map(History::ends).chain(ended.map(|ended| &ended.end));
        let first = ends.next();
        let mut wrong = vec![
            (Violation::Lost, any(&|history| self.lost(history, ended))),
            (Violation::Twice, any(&|history| history.ends().count() > 1) || announced.ends.len() > 1),
            (Violation::Contradicted, ends.any(|end| Some(end) != first)),
            (Violation::OutOfOrder, any(&|history| !history.is_in_order())),
            (Violation::AnswerTwice, any(&History::has_answer_twice) || announced.answer_twice),
            (Violation::LeftOut, any(&History::has_answer_missing_from_end)),
            (Violation::DifferentEvents, differ(&search.histories)),
            (Violation::Unannounced, ended.is_none() && !self.config.is_lossy),
        ];
        if let Some(ended) = ended
            && !self.dead_letters.contains(&search.id)
            && !self.journal.stepped(search.submitted - CLOCK_IS_NOTICED_WITHIN, ended.before)
        {
            wrong.extend([
                (Violation::Ignored, self.ignores(search, ended)),
                (Violation::CutShort, self.is_cut_short(search, ended)),
                (Violation::Late, self.is_late(search, ended)),
                (Violation::Neglected, self.is_neglected(search, ended)),
            ]);
        }
        wrong.into_iter().filter_map(|(what, is)| is.then_some(what)).collect()
    }

    /// Describes a search's course in lines of text, with times since it was submitted.
    pub(crate) fn describe(&self, search: &Search) -> Vec<String> {
        let since = |at: Instant| at.saturating_duration_since(search.submitted);
        let mut lines: Vec<_> = search.histories.iter().map(ToString::to_string).collect();
        for AnnouncedEnd { end, after, before } in
            self.log.get(&search.id).into_iter().flat_map(|announced| &announced.ends)
        {
            lines.push(format!("announced {:?} to {:?}: {end:?}", since(*after), since(*before)));
        }
        for Call { airline, worker, began, answered, .. } in self.calls.get(&search.key).into_iter().flatten()
        {
            let answered = answered.map(|(at, offers)| (since(at), offers));
            lines.push(format!(
                "{airline} asked by {worker} after {:?}, answered {answered:?}",
                since(*began)
            ));
        }
        for Span { on, fault, from, to } in self.journal.spans() {
            if from <= search.done && to >= search.submitted {
                lines.push(format!("{on:?} {fault:?} {:?} to {:?}", since(from), since(to)));
            }
        }
        lines
    }

    /// Whether a client received no end, although it asked before the record expired.
    fn lost(&self, history: &History, ended: Option<&AnnouncedEnd>) -> bool {
        let ttl = i64::try_from(self.config.ttl.as_millis()).unwrap_or(i64::MAX);
        let too_late =
            |at| ended.is_some_and(|ended| self.journal.passed(ended.after, at) >= ttl - READ_LEEWAY);
        !history.has_ended()
            && !matches!(history.state, ClientState::Refused(StatusCode::NOT_FOUND, at) if too_late(at))
    }

    /// Whether an answer is missing from the end that arrived in time at the worker that asked last, while neither this
    /// worker, nor its link, nor Redis had a fault.
    fn ignores(&self, search: &Search, ended: &AnnouncedEnd) -> bool {
        let Some(calls) = self.calls.get(&search.key) else { return false };
        let Some(last) = calls.iter().max_by_key(|call| call.began) else { return false };
        let worker = worker_number(&last.worker);
        if self.journal.troubled(last.began - IN_TIME, ended.before, |on| {
            on == Component::Redis || worker.is_some_and(|worker| on == Component::Worker(worker))
        }) {
            return false;
        }
        calls.iter().filter(|call| call.worker == last.worker).any(|call| {
            let in_time =
                |at: Instant| at + IN_TIME < search.submitted + self.config.deadline && at <= ended.before;
            let in_end = |offers: usize| {
                ended
                    .end
                    .suppliers
                    .get(&call.airline)
                    .is_some_and(|(status, reported)| status == "ok" && *reported == offers as u64)
            };
            call.answered.is_some_and(|(at, offers)| in_time(at) && !in_end(offers))
        })
    }

    fn is_cut_short(&self, search: &Search, ended: &AnnouncedEnd) -> bool {
        let before_deadline = ended.before + IN_TIME < search.submitted + self.config.deadline;
        let has_lasting_timeout =
            self.config.supplier_timeout > self.config.deadline && ended.end.has_timeout();
        before_deadline && (has_lasting_timeout || !self.lists_all_suppliers(&ended.end))
    }

    fn lists_all_suppliers(&self, end: &End) -> bool {
        end.suppliers.len() == self.config.suppliers()
    }

    fn is_late(&self, search: &Search, ended: &AnnouncedEnd) -> bool {
        let deadline = search.accepted + self.config.deadline;
        let latest = deadline + ENDED_WITHIN;
        let troubled = |who: Component| self.journal.troubled(deadline - IN_TIME, latest, |on| on == who);
        let any_is_healthy = (0..self.config.gateways)
            .map(Component::Gateway)
            .chain((0..self.config.workers).map(Component::Worker))
            .any(|who| !troubled(who));
        ended.after > latest && !troubled(Component::Redis) && any_is_healthy
    }

    fn is_neglected(&self, search: &Search, ended: &AnnouncedEnd) -> bool {
        let deadline = search.submitted + self.config.deadline;
        let enough =
            self.config.lease + self.config.slowest() + TAKEN_OVER_WITHIN + self.config.slow_to_notice();
        let by_deadline = ended.before + IN_TIME > deadline;
        self.config.has_room()
            && by_deadline
            && search.accepted.max(self.quiet_from) + enough < deadline
            && (ended.end.has_timeout() || !self.lists_all_suppliers(&ended.end))
    }
}

/// Checks what holds even if Redis lost writes: each client receives an end or a 404, and each of its streams is in
/// order and ends once.
fn check_where_writes_were_lost(search: &Search) -> Vec<Violation> {
    let any = |is: &dyn Fn(&History) -> bool| search.histories.iter().any(is);
    let wrong = [
        (Violation::Lost, any(&|history| !history.has_ended() && !was_unknown(history))),
        (Violation::OutOfOrder, any(&|history| !history.is_in_order_by_stream())),
    ];
    wrong.into_iter().filter_map(|(what, is)| is.then_some(what)).collect()
}

fn was_unknown(history: &History) -> bool {
    matches!(history.state, ClientState::Refused(StatusCode::NOT_FOUND, _))
}

/// Whether two clients received different events at the same sequence number.
fn differ(histories: &[History]) -> bool {
    let mut seen = HashMap::new();
    let mut received = histories.iter().flat_map(|history| &history.received);
    received.any(|event| *seen.entry(event.seq).or_insert(event.bytes) != event.bytes)
}
