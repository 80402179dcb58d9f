//! Recent searches, for operators.

use std::{collections::HashSet, str::FromStr};

use contracts::{
    SearchId, SearchStatus,
    names::{self, OPEN_SEARCHES, record},
    operators::{ListedSearch, SearchList},
};
use redis::RedisResult;

use crate::{Broker, BrokerError};

/// How many searches are listed.
const MAX_SEARCHES: usize = 100;
/// How many parts of the result log are read to find searches that have ended.
const MAX_LOG_PAGES: usize = 4;
/// How many records are read at once.
const BATCH: usize = 50;
/// The fields of a record that a list shows.
const FIELDS: [&str; 7] = [
    record::STATUS,
    record::SEQ,
    record::CREATED_MS,
    record::ENDED_MS,
    record::FROM,
    record::TO,
    record::DATE,
];

impl Broker {
    /// Recent searches, up to a hundred: open ones, and those that have ended as far as the end of the result log names
    /// them.
    pub async fn recent_searches(&self) -> Result<SearchList, BrokerError> {
        let mut pipe = redis::pipe();
        pipe.cmd("ZCARD").arg(OPEN_SEARCHES);
        pipe.cmd("ZREVRANGEBYSCORE").arg(OPEN_SEARCHES).arg("+inf").arg("-inf");
        pipe.arg("LIMIT").arg(0).arg(MAX_SEARCHES);
        let (open, members): (u64, Vec<Vec<u8>>) = self.ask(&pipe, MAX_SEARCHES * 40).await?;
        let ids: Vec<SearchId> = members.iter().filter_map(|member| parsed(member)).collect();
        let ended = self.recently_logged(&ids.iter().copied().collect()).await?;
        let mut searches = self.listed(&[ids, ended].concat()).await?;
        searches.sort_by_key(|search| std::cmp::Reverse(search.accepted_at));
        searches.truncate(MAX_SEARCHES);
        Ok(SearchList { searches, open })
    }

    /// How many searches have not ended.
    pub async fn open_searches(&self) -> Result<u64, BrokerError> {
        let mut pipe = redis::pipe();
        pipe.cmd("ZCARD").arg(OPEN_SEARCHES);
        Ok(self.ask::<(u64,)>(&pipe, 0).await?.0)
    }

    /// The searches at the end of the result log, except these.
    async fn recently_logged(&self, known: &HashSet<SearchId>) -> Result<Vec<SearchId>, BrokerError> {
        let mut seen = known.clone();
        let mut found = Vec::new();
        let mut highest = Some("+".to_owned());
        for _ in 0..MAX_LOG_PAGES {
            let Some(from) = highest.filter(|_| found.len() < MAX_SEARCHES) else { break };
            let page = self.log_page(&from, "-").await?;
            found.extend(page.events.iter().map(|event| event.search_id).filter(|id| seen.insert(*id)));
            highest = page.next;
        }
        found.truncate(MAX_SEARCHES);
        Ok(found)
    }

    /// What the records of these searches say; leaves out searches without one, or with one that can't be read.
    pub(crate) async fn listed(&self, ids: &[SearchId]) -> Result<Vec<ListedSearch>, BrokerError> {
        let mut searches = Vec::with_capacity(ids.len());
        for ids in ids.chunks(BATCH) {
            let mut pipe = redis::pipe();
            pipe.ignore_errors();
            for id in ids {
                pipe.cmd("HMGET").arg(names::record_key(*id)).arg(&FIELDS);
            }
            let records: Vec<RedisResult<Vec<Option<Vec<u8>>>>> = self.ask(&pipe, BATCH * 200).await?;
            for (id, record) in ids.iter().zip(records) {
                match record {
                    Ok(fields) => searches.extend(listed(*id, fields)),
                    Err(error) if error.code() == Some("WRONGTYPE") => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(searches)
    }
}

/// `None` if there is no record, or none that can be read.
fn listed(search_id: SearchId, fields: Vec<Option<Vec<u8>>>) -> Option<ListedSearch> {
    let [status, seq, created, ended, from, to, date] = <[Option<Vec<u8>>; 7]>::try_from(fields).ok()?;
    let status: SearchStatus = parsed(&status?)?;
    let seq: u64 = seq.and_then(|seq| parsed(&seq)).unwrap_or_default();
    let time = |value: Option<Vec<u8>>| value.and_then(|value| parsed(&value));
    let text = |value: Option<Vec<u8>>| value.map(|value| String::from_utf8_lossy(&value).into_owned());
    Some(ListedSearch {
        search_id,
        status,
        from: text(from),
        to: text(to),
        date: text(date),
        accepted_at: time(created),
        ended_at: time(ended),
        // The end is an event too.
        answers: seq.saturating_sub(u64::from(status.end().is_some())),
    })
}

fn parsed<T: FromStr>(value: &[u8]) -> Option<T> {
    std::str::from_utf8(value).ok()?.parse().ok()
}
