use std::time::Duration;

use contracts::{
    SearchId,
    names::{self, CONSUMER_GROUP, REQUESTED_STREAM},
};
use redis::Value;

use super::{Delivery, Leases};
use crate::{BrokerError, Entry, EntryId, metrics::Operation, millis::millis};

/// How many leases one script renews: it should block Redis for no more than a millisecond.
const RENEW_BATCH: usize = 256;

impl Leases {
    /// Renews the leases of these jobs. Returns those that another consumer has taken over.
    pub async fn renew(&self, jobs: &[EntryId]) -> Result<Vec<EntryId>, BrokerError> {
        let mut lost = Vec::new();
        for jobs in jobs.chunks(RENEW_BATCH) {
            let mut call = self.broker.scripts.renew.key(REQUESTED_STREAM);
            call.arg(CONSUMER_GROUP).arg(&*self.name).arg(jobs);
            lost.append(&mut call.invoke_async(&mut self.broker.connection.to(Operation::Renew)).await?);
        }
        Ok(lost)
    }

    /// Takes over up to `max` jobs whose lease has run out. Skips those that `is_skipped`, at most `max_skipped`.
    pub async fn take_over(
        &self,
        lease: Duration,
        max: usize,
        max_skipped: usize,
        is_skipped: impl Fn(EntryId) -> bool,
    ) -> Result<Vec<Delivery>, BrokerError> {
        let lease = millis(lease);
        let mut pending = redis::cmd("XPENDING");
        pending.arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg("IDLE").arg(lease).arg("-").arg("+");
        // Skipped jobs must not crowd out others.
        pending.arg(max + max_skipped);
        let pending: Vec<(EntryId, String, u64, u64)> =
            pending.query_async(&mut self.broker.connection.to(Operation::TakeOver)).await?;
        let pending: Vec<_> =
            pending.into_iter().filter(|(entry, ..)| !is_skipped(*entry)).take(max).collect();
        if pending.is_empty() {
            return Ok(Vec::new());
        }
        // XCLAIM checks the idle time again, in case another worker was faster. It also removes deleted entries from
        // the pending list.
        let mut claim = redis::cmd("XCLAIM");
        claim.arg(REQUESTED_STREAM).arg(CONSUMER_GROUP).arg(&*self.name).arg(lease);
        for (entry, ..) in &pending {
            claim.arg(entry);
        }
        let claimed: Vec<Entry> =
            claim.query_async(&mut self.broker.connection.to(Operation::TakeOver)).await?;
        let before =
            |id| pending.iter().find(|(entry, ..)| *entry == id).map_or(0, |(.., deliveries)| *deliveries);
        Ok(claimed
            .into_iter()
            .filter_map(|Entry { id, fields }| {
                fields.map(|fields| Delivery { entry: id, fields, deliveries: before(id) + 1 })
            })
            .collect())
    }

    /// Deletes a job whose search has ended.
    pub async fn discard(&self, entry: EntryId) -> Result<(), BrokerError> {
        let mut pipe = redis::pipe();
        // Not in a transaction, which a full Redis refuses. If only the first is done, nobody gets the job again, and a
        // claim of its entry removes that.
        pipe.xdel(REQUESTED_STREAM, &[entry]).ignore();
        pipe.xack(REQUESTED_STREAM, CONSUMER_GROUP, &[entry]).ignore();
        Ok(pipe.exec_async(&mut self.broker.connection.to(Operation::Discard)).await?)
    }

    /// Queues a job again with all its fields, so that another worker gets it at once. Does nothing if another
    /// consumer has it.
    pub async fn hand_back(&self, delivery: &Delivery, search: SearchId) -> Result<bool, BrokerError> {
        let mut call = self.broker.scripts.hand_back.key(REQUESTED_STREAM);
        call.key(names::record_key(search));
        call.arg(CONSUMER_GROUP).arg(&*self.name).arg(delivery.entry);
        for (field, value) in delivery.fields.pairs() {
            call.arg(field).arg(value);
        }
        Ok(call.invoke_async(&mut self.broker.connection.to(Operation::HandBack)).await?)
    }

    /// Gives up the lease of a job, so that another worker takes it over. This delivery does not count. Does nothing
    /// if another consumer has the job.
    pub async fn decline(&self, delivery: &Delivery, lease: Duration) -> Result<(), BrokerError> {
        let mut call = self.broker.scripts.decline.key(REQUESTED_STREAM);
        call.arg(CONSUMER_GROUP).arg(&*self.name).arg(delivery.entry);
        call.arg(millis(lease)).arg(delivery.deliveries.saturating_sub(1));
        let _: Value = call.invoke_async(&mut self.broker.connection.to(Operation::Decline)).await?;
        Ok(())
    }
}
