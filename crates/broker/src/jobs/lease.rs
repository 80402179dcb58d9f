use std::time::Duration;

use contracts::{
    SearchId,
    names::{self, CONSUMER_GROUP, REQUESTED_STREAM},
};
use redis::Value;

use super::{Delivery, Leases};
use crate::{BrokerError, Entry, EntryId, millis::millis};

/// How many leases one script renews: few enough that Redis is not held up for more than a millisecond.
const RENEWED_AT_ONCE: usize = 256;

impl Leases {
    /// Renews the leases of these jobs and tells which of them another consumer has by now.
    pub async fn renew(&self, jobs: &[EntryId]) -> Result<Vec<EntryId>, BrokerError> {
        let mut lost = Vec::new();
        for jobs in jobs.chunks(RENEWED_AT_ONCE) {
            let mut call = self.broker.scripts.renew.key(REQUESTED_STREAM);
            call.arg(CONSUMER_GROUP).arg(&*self.name).arg(jobs);
            lost.append(&mut call.invoke_async(&mut self.broker.connection.clone()).await?);
        }
        Ok(lost)
    }

    /// Takes over up to `max` jobs whose lease of `lease` has run out, but none that is `passed_by`, of which there are
    /// `held` at most.
    pub async fn take_over(
        &self,
        lease: Duration,
        max: usize,
        held: usize,
        passed_by: impl Fn(EntryId) -> bool,
    ) -> Result<Vec<Delivery>, BrokerError> {
        let lease = millis(lease);
        let mut pending = redis::cmd("XPENDING");
        // Those may be idle for as long, and must not hide the others.
        pending.arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg("IDLE").arg(lease).arg("-").arg("+");
        pending.arg(max + held);
        let pending: Vec<(EntryId, String, u64, u64)> =
            pending.query_async(&mut self.broker.connection.clone()).await?;
        let pending: Vec<_> =
            pending.into_iter().filter(|(entry, ..)| !passed_by(*entry)).take(max).collect();
        if pending.is_empty() {
            return Ok(Vec::new());
        }
        // The idle time is given again: a job that somebody else took over in between is left to him. Entries that
        // were deleted leave the pending list here and are not given.
        let mut claim = redis::cmd("XCLAIM");
        claim.arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg(&*self.name).arg(lease);
        for (entry, ..) in &pending {
            claim.arg(entry);
        }
        let claimed: Vec<Entry> = claim.query_async(&mut self.broker.connection.clone()).await?;
        let before =
            |id| pending.iter().find(|(entry, ..)| *entry == id).map_or(0, |(.., deliveries)| *deliveries);
        Ok(claimed
            .into_iter()
            .filter_map(|Entry { id, fields }| {
                fields.map(|fields| Delivery { entry: id, fields, deliveries: before(id) + 1 })
            })
            .collect())
    }

    /// Removes a job whose search has ended otherwise.
    pub async fn discard(&self, entry: EntryId) -> Result<(), BrokerError> {
        let mut pipe = redis::pipe();
        pipe.atomic();
        pipe.xack(REQUESTED_STREAM, CONSUMER_GROUP, &[entry]).ignore();
        pipe.xdel(REQUESTED_STREAM, &[entry]).ignore();
        Ok(pipe.exec_async(&mut self.broker.connection.clone()).await?)
    }

    /// Puts a job back into the queue with all its fields, for another worker to have at once. Does nothing if another
    /// consumer has it by now.
    pub async fn hand_back(&self, delivery: &Delivery, search: SearchId) -> Result<(), BrokerError> {
        let mut call = self.broker.scripts.hand_back.key(REQUESTED_STREAM);
        call.key(names::record_key(search));
        call.arg(CONSUMER_GROUP).arg(&*self.name).arg(delivery.entry);
        for (field, value) in delivery.fields.pairs() {
            call.arg(field).arg(value);
        }
        let _: Value = call.invoke_async(&mut self.broker.connection.clone()).await?;
        Ok(())
    }

    /// Leaves a job to other workers, as if it had not been delivered here and its lease had run out: the next one that
    /// looks for jobs to take over has it. Does nothing if another consumer has it by now.
    pub async fn decline(&self, delivery: &Delivery, lease: Duration) -> Result<(), BrokerError> {
        let mut call = self.broker.scripts.decline.key(REQUESTED_STREAM);
        call.arg(CONSUMER_GROUP).arg(&*self.name).arg(delivery.entry);
        call.arg(millis(lease)).arg(delivery.deliveries.saturating_sub(1));
        let _: Value = call.invoke_async(&mut self.broker.connection.clone()).await?;
        Ok(())
    }
}
