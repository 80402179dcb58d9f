use super::{Fields, InvalidEntry};
use crate::{EpochMillis, SearchId, SearchQuery, SupplierCode, names::field};

/// A search on its way to a worker: an entry of the stream `flight.search.requested`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The search.
    pub search_id: SearchId,
    /// What is searched.
    pub query: SearchQuery,
    /// The suppliers to ask; empty for all.
    pub suppliers: Vec<SupplierCode>,
    /// When the search was accepted and when it ends at the latest. Absent in a job of the replaced system, for
    /// which the entry's own time stands in.
    pub times: Option<JobTimes>,
}

/// The two points in time between which a search runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobTimes {
    /// When the gateway accepted the search.
    pub created: EpochMillis,
    /// When it ends, whatever has come by then.
    pub deadline: EpochMillis,
}

impl Job {
    /// Reads an entry.
    pub fn decode(fields: &Fields) -> Result<Self, InvalidEntry> {
        let created = fields.optional(field::CREATED_MS)?;
        let deadline = fields.optional(field::DEADLINE_MS)?;
        Ok(Self {
            search_id: fields.required(field::SEARCH_ID)?,
            query: Self::query(fields)?,
            suppliers: Self::suppliers(fields)?,
            times: created.zip(deadline).map(|(created, deadline)| JobTimes { created, deadline }),
        })
    }

    /// Reads what is searched, from an entry or from a record. The ends must differ, as in a POST.
    pub fn query(fields: &Fields) -> Result<SearchQuery, InvalidEntry> {
        let query = SearchQuery {
            origin: fields.required(field::FROM)?,
            destination: fields.required(field::TO)?,
            date: fields.required(field::DATE)?,
            passengers: fields.required(field::PASSENGERS)?,
        };
        if query.origin == query.destination {
            return Err(InvalidEntry::new(field::TO, "must differ from \"from\""));
        }
        Ok(query)
    }

    /// Reads the suppliers that a search is limited to, from an entry or from a record; empty for all.
    pub fn suppliers(fields: &Fields) -> Result<Vec<SupplierCode>, InvalidEntry> {
        Ok(fields.optional(field::SUPPLIERS)?.map_or_else(Vec::new, |CodeList(codes)| codes))
    }

    /// The fields of the entry: the five of the replaced system first, in its order.
    #[must_use]
    pub fn encode(&self) -> Vec<(&'static str, String)> {
        let query = &self.query;
        let mut fields = vec![
            (field::SEARCH_ID, self.search_id.to_string()),
            (field::FROM, query.origin.to_string()),
            (field::TO, query.destination.to_string()),
            (field::DATE, query.date.to_string()),
            (field::PASSENGERS, query.passengers.to_string()),
        ];
        if let Some(times) = self.times {
            fields.push((field::CREATED_MS, times.created.to_string()));
            fields.push((field::DEADLINE_MS, times.deadline.to_string()));
        }
        if !self.suppliers.is_empty() {
            let codes: Vec<_> = self.suppliers.iter().map(SupplierCode::as_str).collect();
            fields.push((field::SUPPLIERS, codes.join(",")));
        }
        fields
    }
}

struct CodeList(Vec<SupplierCode>);

impl std::str::FromStr for CodeList {
    type Err = <SupplierCode as std::str::FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',').filter(|code| !code.is_empty()).map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
    fn comes_back_as_it_was_written() {
        let mut job = Job::decode(&GO_JOB.into_iter().collect()).unwrap();
        job.suppliers = vec!["GA".parse().unwrap(), "SQ".parse().unwrap()];
        job.times = Some(JobTimes { created: EpochMillis(5), deadline: EpochMillis(9) });
        assert_eq!(Job::decode(&job.encode().into_iter().collect()), Ok(job));
    }

    #[test]
    fn names_the_field_that_is_wrong() {
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
