use std::fmt::Display;

use super::{Fields, InvalidEntry};
use crate::{
    EpochMillis, PriceCheck, SearchId, SearchQuery, SearchRequest, SupplierSelection, TraceContext,
    check::CHECKS_SINCE,
    names::field,
    search::{FieldSource, SearchField},
};

/// A job: an entry of the stream `flight.search.requested`.
///
/// A worker that passes a job on copies the entry's fields, because some may be unknown to this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The search.
    pub search_id: SearchId,
    /// What is searched.
    pub query: SearchQuery,
    /// The suppliers to ask.
    pub suppliers: SupplierSelection,
    /// The price that is asked for, if it is a price check.
    pub check: Option<Box<PriceCheck>>,
    /// Acceptance and deadline. `None` in a job of the replaced system, which was accepted when its entry was added.
    pub times: Option<JobTimes>,
    /// The trace that it belongs to, if any.
    pub trace: Option<TraceContext>,
}

/// When a search starts and when it ends at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobTimes {
    /// When the gateway accepted the search.
    pub created: EpochMillis,
    /// When it ends at the latest.
    pub deadline: EpochMillis,
}

impl JobTimes {
    /// The entry's fields.
    #[must_use]
    pub fn encode(self) -> [(&'static str, String); 2] {
        let Self { created, deadline } = self;
        [(field::CREATED_MS, created.to_string()), (field::DEADLINE_MS, deadline.to_string())]
    }
}

impl Job {
    /// The job of a request.
    #[must_use]
    pub fn new(search_id: SearchId, request: SearchRequest, times: JobTimes) -> Self {
        // The deadline includes the timeout.
        let SearchRequest { query, suppliers, timeout: _ } = request;
        Self { search_id, query, suppliers, check: None, times: Some(times), trace: None }
    }

    /// Reads an entry.
    pub fn decode(fields: &Fields) -> Result<Self, InvalidEntry> {
        let search_id = fields.required(field::SEARCH_ID)?;
        let created = fields.optional(field::CREATED_MS)?;
        let deadline = fields.optional(field::DEADLINE_MS)?;
        Ok(Self {
            search_id,
            query: Self::query(fields)?,
            suppliers: Self::suppliers(fields)?,
            check: Self::check(fields)?,
            times: created.zip(deadline).map(|(created, deadline)| JobTimes { created, deadline }),
            trace: fields.trace(),
        })
    }

    /// Reads the query from an entry or a record.
    pub fn query(fields: &Fields) -> Result<SearchQuery, InvalidEntry> {
        let mut entry = Entry { fields, error: None };
        let query = SearchQuery::read(&mut entry);
        match (query, entry.error) {
            (Ok(query), None) => Ok(query),
            (_, error) => Err(error.unwrap_or_else(|| InvalidEntry::new(field::FROM, "can't be read"))),
        }
    }

    /// Reads the suppliers to ask from an entry or a record.
    pub fn suppliers(fields: &Fields) -> Result<SupplierSelection, InvalidEntry> {
        Ok(fields.optional(field::SUPPLIERS)?.unwrap_or_default())
    }

    /// Whether the replaced system added the job: it sets no times.
    #[must_use]
    pub fn is_foreign(fields: &Fields) -> bool {
        fields.get(field::CREATED_MS).is_none() || fields.get(field::DEADLINE_MS).is_none()
    }

    /// Reads what a price check asks for from an entry or a record.
    pub fn check(fields: &Fields) -> Result<Option<Box<PriceCheck>>, InvalidEntry> {
        Ok(fields.optional(field::CHECK)?.map(Box::new))
    }

    /// The lowest [`DEFINITION_VERSION`](crate::search::DEFINITION_VERSION) of a worker that can process this entry.
    pub fn needs(fields: &Fields) -> Result<u32, InvalidEntry> {
        Ok(fields.optional(field::NEEDS)?.unwrap_or(1))
    }

    /// The fields of the entry: the five of the replaced system first, in its order.
    #[must_use]
    pub fn encode(&self) -> Vec<(&'static str, String)> {
        let Self { search_id, query, suppliers, check, times, trace } = self;
        let mut fields = Vec::with_capacity(if trace.is_some() { 10 } else { 8 });
        fields.push((field::SEARCH_ID, search_id.to_string()));
        query.write(|name, value| fields.push((name, value)));
        fields.extend(times.iter().flat_map(|times| times.encode()));
        if !suppliers.is_all() {
            fields.push((field::SUPPLIERS, suppliers.to_string()));
        }
        if let Some(check) = check {
            fields.push((field::CHECK, check.to_string()));
        }
        let needs = if check.is_some() { CHECKS_SINCE } else { query.needs() };
        if needs > 1 {
            fields.push((field::NEEDS, needs.to_string()));
        }
        fields.extend(trace.iter().flat_map(TraceContext::fields));
        fields
    }
}

/// An entry or a record, and its first error.
struct Entry<'a> {
    fields: &'a Fields,
    error: Option<InvalidEntry>,
}

impl Entry<'_> {
    fn keep<T>(&mut self, read: Result<T, InvalidEntry>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                self.error.get_or_insert(error);
                None
            }
        }
    }
}

impl FieldSource for Entry<'_> {
    fn required<T: SearchField>(&mut self, name: &'static str, _about: &'static str) -> Option<T> {
        let read = self.fields.required(name);
        self.keep(read)
    }

    fn stored<T: SearchField>(&mut self, name: &'static str) -> Option<T> {
        self.optional(name, "")
    }

    fn optional<T: SearchField>(&mut self, name: &'static str, _about: &'static str) -> Option<T> {
        let read = self.fields.optional(name);
        self.keep(read).flatten()
    }

    fn refuse(&mut self, name: &'static str, problem: &dyn Display) {
        self.error.get_or_insert_with(|| InvalidEntry::new(name, problem.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{samples, search::DEFINITION_VERSION};

    const GO_JOB: [(&str, &str); 5] = [
        ("search_id", "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11"),
        ("from", "CGK"),
        ("to", "DPS"),
        ("date", "2025-07-10"),
        ("passengers", "2"),
    ];

    #[test]
    fn reads_what_the_replaced_system_writes() {
        let job = Job::decode(&GO_JOB.into_iter().collect()).unwrap();
        assert_eq!(job.times, None);
        assert_eq!(job.encode(), GO_JOB.map(|(field, value)| (field, value.to_owned())));
    }

    #[test]
    fn decodes_what_it_encodes() {
        let mut job = Job::decode(&GO_JOB.into_iter().collect()).unwrap();
        job.suppliers = "GA,SQ".parse().unwrap();
        job.times = Some(JobTimes { created: EpochMillis(5), deadline: EpochMillis(9) });
        job.trace = TraceContext::parse(
            Some(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            Some(b"a=b"),
        );
        assert_eq!(Job::decode(&job.encode().into_iter().collect()), Ok(job));
    }

    #[test]
    fn a_price_check_needs_a_worker_that_knows_checks() {
        let mut job = Job::decode(&GO_JOB.into_iter().collect()).unwrap();
        let price = samples::price("GA", "900000", "IDR");
        let offer = "8a3f5e0c92d14b67".parse().unwrap();
        job.check = Some(Box::new(PriceCheck::new(job.search_id, offer, &price)));
        let mut fields: Fields = job.encode().into_iter().collect();
        assert_eq!(Job::decode(&fields), Ok(job));
        assert_eq!(Job::needs(&fields), Ok(CHECKS_SINCE));
        const { assert!(CHECKS_SINCE <= DEFINITION_VERSION) };
        fields.set(field::CHECK, "{}");
        assert_eq!(Job::decode(&fields).unwrap_err().field, field::CHECK);
    }

    #[test]
    fn a_malformed_trace_does_not_spoil_a_job() {
        let mut fields: Fields = GO_JOB.into_iter().collect();
        fields.set(field::TRACEPARENT, "?");
        assert_eq!(Job::decode(&fields).unwrap().trace, None);
    }

    #[test]
    fn an_error_names_the_field() {
        for at in 0..GO_JOB.len() {
            let mut fields = GO_JOB;
            fields[at].1 = "?";
            assert_eq!(Job::decode(&fields.into_iter().collect()).unwrap_err().field, GO_JOB[at].0);
        }
    }

    proptest! {
        #[test]
        fn no_entry_makes_it_panic(values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 5)) {
            let fields: Fields = GO_JOB.iter().map(|(name, _)| *name).zip(values).collect();
            let _ = Job::decode(&fields);
        }
    }
}
