use std::time::Duration;

use contracts::names::{CONSUMER_GROUP, DEAD_STREAM, REQUESTED_STREAM, RESULTS_STREAM, field};
use redis::Value;

use super::{Delivery, Leases};
use crate::{BrokerError, millis::millis};

/// How many dead letters are kept, about.
const DEAD_LETTERS_KEPT: usize = 10_000;
/// How many fields of a job are kept in its dead letter: a script can't pass on any number, and a job has nine.
const FIELDS_KEPT: usize = 100;

impl Leases {
    /// Moves a job that can't be worked on to the dead letters, with the reason.
    pub async fn bury(&self, delivery: &Delivery, reason: &str) -> Result<(), BrokerError> {
        let mut call = self.broker.scripts.bury.key(REQUESTED_STREAM);
        call.key(DEAD_STREAM).arg(CONSUMER_GROUP).arg(delivery.entry).arg(DEAD_LETTERS_KEPT);
        call.arg(field::REASON).arg(reason).arg(field::ENTRY_ID).arg(delivery.entry);
        for (field, value) in delivery.fields.pairs().take(FIELDS_KEPT) {
            call.arg(field).arg(value);
        }
        let _: Value = call.invoke_async(&mut self.broker.connection.clone()).await?;
        Ok(())
    }

    /// Leaves the group, unless this consumer still holds a job: that is then taken over after its lease, and the
    /// consumer swept away later. Tells whether it left.
    pub async fn leave(&self) -> Result<bool, BrokerError> {
        let mut call = self.broker.scripts.leave.key(REQUESTED_STREAM);
        call.arg(CONSUMER_GROUP).arg(&self.name);
        Ok(call.invoke_async(&mut self.broker.connection.clone()).await?)
    }

    /// Gives a sign of life, removes consumers that hold nothing and have given none for `silence`, and tells their
    /// names.
    pub async fn sweep(&self, silence: Duration) -> Result<Vec<String>, BrokerError> {
        let mut call = self.broker.scripts.sweep.key(REQUESTED_STREAM);
        call.arg(CONSUMER_GROUP).arg(millis(silence)).arg(&self.name);
        Ok(call.invoke_async(&mut self.broker.connection.clone()).await?)
    }

    /// Trims the result log by age. Writers do that as they write; this is for when nobody writes.
    pub async fn trim_news(&self) -> Result<(), BrokerError> {
        let mut connection = self.broker.connection.clone();
        let (seconds, micros): (u64, u64) = redis::cmd("TIME").query_async(&mut connection).await?;
        let age = millis(self.broker.retention.news);
        let oldest = (seconds * 1000 + micros / 1000).saturating_sub(age);
        let mut trim = redis::cmd("XTRIM");
        trim.arg(RESULTS_STREAM).arg("MINID").arg("~").arg(oldest);
        Ok(trim.exec_async(&mut connection).await?)
    }
}
