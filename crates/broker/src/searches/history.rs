//! What happened to one search, as far as Redis still knows it. For operators.

mod events;

use std::collections::HashMap;

use contracts::{
    EpochMillis, SearchId, SearchStatus,
    entry::{Fields, ResultEntry},
    names::{self, REQUESTED_STREAM, record},
    operators::{HistoryEvent, JobState, ListedSearch, SearchHistory},
};

use events::Answered;

use crate::{Broker, BrokerError, Entry, EntryId, connection::bulk::chunks, metrics::Operation};

/// How many parts of the result log, and of the queue, are searched.
const MAX_PAGES: usize = 4;
/// How many jobs a part of the queue has, and their size.
const JOBS: usize = 256;
const JOBS_BYTES: usize = JOBS * 400;
/// How many of the latest dead letters are searched.
const DEAD_LETTERS: usize = 100;
/// A job's entry is added at most this long before or after the time of its search's acceptance, which is a gateway's
/// estimate of Redis' clock.
const MAX_DIFFERENCE_MS: u64 = 2_000;

impl Broker {
    /// What happened to a search. `None` if it has no record.
    pub async fn search_history(&self, id: SearchId) -> Result<Option<SearchHistory>, BrokerError> {
        let Some(search) = self.listed(&[id]).await?.pop() else { return Ok(None) };
        let (fields, answers) = self.record_without_offers(id).await?;
        let mut gaps = Vec::new();
        let times = self.logged_times(&search, &mut gaps).await?;
        let job = match search.status {
            SearchStatus::Processing => self.job_of(&search, &fields, &mut gaps).await?,
            _ => None,
        };
        let buried = self.burial(id).await?;
        let events = events::in_order(&search, &fields, &answers, &times, job.as_ref(), buried);
        let text = |name: &str| fields.optional::<String>(name).ok().flatten();
        Ok(Some(SearchHistory {
            deadline_at: fields.optional(record::DEADLINE_MS).ok().flatten(),
            passengers: text(record::PASSENGERS),
            suppliers: text(record::SUPPLIERS),
            search,
            job,
            events,
            gaps,
        }))
    }

    /// The small fields of a record, and its answers.
    async fn record_without_offers(&self, id: SearchId) -> Result<(Fields, Vec<Answered>), BrokerError> {
        let key = names::record_key(id);
        // With these limits, only fields of up to 1 KiB are read.
        let (mut fields, large) = self.read_small_fields(&key, None).await?;
        let is_answer = |name: &[u8]| name.starts_with(record::ANSWER_PREFIX.as_bytes());
        let mut answers = Vec::new();
        let small: Vec<_> =
            fields.iter().filter(|(name, _)| is_answer(name)).map(|(_, value)| value.clone()).collect();
        answers.extend(small.iter().filter_map(|value| Answered::decode(value)));
        let large_answers: Vec<_> = large.iter().filter(|(name, _)| is_answer(name)).cloned().collect();
        for (chunk, _) in chunks(&large_answers, |(_, length)| *length) {
            let mut call = self.scripts.heads.key(&key);
            for (name, _) in chunk {
                call.arg(name);
            }
            let call = &call;
            let read = |mut bulk| async move { call.invoke_async(&mut bulk).await };
            let heads: Vec<Vec<u8>> =
                self.bulk.request(Operation::Operators, chunk.len() * 300, read).await?;
            answers.extend(heads.iter().filter_map(|head| Answered::decode(head)));
        }
        answers.sort_by_key(|answer| answer.seq);
        // The end's details may be large for a search of many suppliers.
        if let Some((name, length)) = large.iter().find(|(name, _)| name == record::DETAILS.as_bytes()) {
            let mut get = redis::cmd("HGET");
            get.arg(&key).arg(name);
            let get = &get;
            let read = |mut bulk| async move { get.query_async(&mut bulk).await };
            let value: Option<Vec<u8>> = self.bulk.request(Operation::Operators, *length, read).await?;
            fields.extend(value.map(|value| (name.clone(), value)));
        }
        Ok((fields.into(), answers))
    }

    /// When the result log got each event of a search, by sequence number.
    async fn logged_times(
        &self,
        search: &ListedSearch,
        gaps: &mut Vec<String>,
    ) -> Result<HashMap<u64, EpochMillis>, BrokerError> {
        let mut times = HashMap::new();
        let wanted = search.answers;
        let lowest = search
            .accepted_at
            .map_or_else(|| "-".to_owned(), |at| at.0.saturating_sub(MAX_DIFFERENCE_MS).to_string());
        let mut highest = Some(
            search
                .ended_at
                .map_or_else(|| "+".to_owned(), |at| at.0.saturating_add(MAX_DIFFERENCE_MS).to_string()),
        );
        for _ in 0..MAX_PAGES {
            let Some(from) = highest else { break };
            let page = self.log_page(&from, &lowest).await?;
            let own = page.events.iter().filter(|event| event.search_id == search.search_id);
            times.extend(own.filter_map(|event| Some((event.seq?, event.entry.added_at()))));
            highest = page.next;
            if times.len() as u64 >= wanted {
                break;
            }
        }
        let known = (1..=wanted).filter(|seq| times.contains_key(seq)).count() as u64;
        if known < wanted {
            gaps.push(match highest {
                Some(_) => {
                    "the result log has too many other entries to find when each supplier answered".into()
                }
                None => "the result log no longer says when each supplier answered".into(),
            });
        }
        Ok(times)
    }

    /// Finds the job of a search that has not ended.
    async fn job_of(
        &self,
        search: &ListedSearch,
        fields: &Fields,
        gaps: &mut Vec<String>,
    ) -> Result<Option<JobState>, BrokerError> {
        let entry: Option<EntryId> = fields.optional(record::ENTRY).ok().flatten();
        let entry = match entry {
            Some(entry) => Some(entry),
            None => self.find_job(search, gaps).await?,
        };
        match entry {
            Some(entry) => self.job_state(entry).await.map(Some),
            None => Ok(None),
        }
    }

    /// Looks for a search's job among those that were queued at about the time of its acceptance.
    async fn find_job(
        &self,
        search: &ListedSearch,
        gaps: &mut Vec<String>,
    ) -> Result<Option<EntryId>, BrokerError> {
        let Some(accepted) = search.accepted_at else { return Ok(None) };
        let mut lowest = accepted.0.saturating_sub(MAX_DIFFERENCE_MS).to_string();
        let highest = accepted.0.saturating_add(MAX_DIFFERENCE_MS).to_string();
        for _ in 0..MAX_PAGES {
            let mut pipe = redis::pipe();
            pipe.cmd("XRANGE").arg(REQUESTED_STREAM).arg(&lowest).arg(&highest).arg("COUNT").arg(JOBS);
            let (jobs,): (Vec<Entry>,) = self.ask(&pipe, JOBS_BYTES).await?;
            let is_wanted = |job: &&Entry| {
                let id = job.fields.as_ref().and_then(|fields| ResultEntry::search_id(fields).ok());
                id == Some(search.search_id)
            };
            if let Some(job) = jobs.iter().find(is_wanted) {
                return Ok(Some(job.id));
            }
            let Some(last) = jobs.last().filter(|_| jobs.len() == JOBS) else { return Ok(None) };
            lowest = format!("({}", last.id);
        }
        gaps.push("the queue has too many jobs of the same time to find this one".into());
        Ok(None)
    }

    /// Looks for a search's job among the latest dead letters.
    async fn burial(&self, id: SearchId) -> Result<Option<HistoryEvent>, BrokerError> {
        let page = self.dead_letters(None, DEAD_LETTERS).await?;
        let letter = page.dead_letters.into_iter().find(|letter| letter.search_id == Some(id));
        Ok(letter.map(|letter| HistoryEvent::Buried {
            at: letter.buried_at,
            dead_letter: letter.entry,
            reason: letter.reason,
        }))
    }
}
