//! How offers are stored: compressed, and long ones only in the record, as soon as all gateways can read that.

use std::sync::atomic::Ordering;

use contracts::entry::Encoding;

use super::presence::READS_OFFERS;
use crate::{Broker, BrokerError, Retention, metrics::Operation};

/// How many bytes of offers an entry in the result log has at most. Longer ones are only in the record, so that each
/// gateway reads them only if it has a subscriber of the search. Those of a small search are shorter, and save that
/// read.
const LONGEST_IN_LOG: u32 = 2048;
/// No limit, as Redis writes it.
const ALL: isize = -1;

impl Broker {
    /// Looks which gateways run. From now on, offers are compressed if all of them read that, and not if Redis refuses
    /// to tell. If none has announced itself, the encoding stays as it is: Redis may just have lost the announcements,
    /// and gateways of version 0.1 make none. Call it every few seconds, in every process that stores offers: while a
    /// system is upgraded, gateways of different versions run.
    pub async fn choose_encoding(&self) -> Result<(), BrokerError> {
        let gateways = match self.live_gateways(Operation::Presence, ALL).await {
            Err(error) if error.is_transient() => return Err(error),
            gateways => gateways,
        };
        let reads = |member: &str| member.split(' ').any(|word| word == READS_OFFERS);
        if gateways.as_ref().is_ok_and(Vec::is_empty) {
            return Ok(());
        }
        let compress =
            gateways.as_ref().is_ok_and(|gateways| gateways.iter().all(|(member, _)| reads(member)));
        if self.compresses.swap(compress, Ordering::Relaxed) != compress {
            tracing::info!(compress, "offers are stored in another encoding from now on");
        }
        gateways.map(drop)
    }

    /// How to store offers. As JSON until [`choose_encoding`](Self::choose_encoding) has found that all gateways read
    /// more.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        if self.compresses.load(Ordering::Relaxed) { Encoding::Compressed } else { Encoding::Json }
    }

    /// How many bytes of offers an entry in the result log may have. Unlimited as long as a gateway runs that would not
    /// look for them in the record, and if the log is kept for longer than records are: a gateway that is behind finds
    /// them there.
    pub(crate) fn longest_in_log(&self) -> u32 {
        let Retention { record, result_log } = self.retention;
        match self.encoding() {
            Encoding::Compressed if record >= result_log => LONGEST_IN_LOG,
            Encoding::Compressed | Encoding::Json => u32::MAX,
        }
    }
}
