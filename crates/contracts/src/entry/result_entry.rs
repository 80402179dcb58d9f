use super::{Fields, InvalidEntry, StoredAnswer, StoredEnd};
use crate::{SearchId, names::field};

/// An entry of the result log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultEntry {
    /// A supplier has answered.
    Answer(StoredAnswer),
    /// The search has ended.
    End {
        /// The terminal event's sequence number; absent if the replaced system ended the search.
        seq: Option<u64>,
        /// How it ended.
        end: StoredEnd,
    },
}

impl ResultEntry {
    /// The search's id. Enough to skip an entry that no client follows.
    pub fn search_id(fields: &Fields) -> Result<SearchId, InvalidEntry> {
        fields.required(field::SEARCH_ID)
    }

    /// Whether the replaced system wrote the entry: it writes no `seq`.
    #[must_use]
    pub fn is_foreign_end(fields: &Fields) -> bool {
        fields.get(field::RESULTS).is_some() && fields.get(field::SEQ).is_none()
    }

    /// Reads an entry.
    pub fn decode(mut fields: Fields) -> Result<Self, InvalidEntry> {
        if fields.get(field::RESULTS).is_some() {
            let seq = fields.optional(field::SEQ)?;
            Ok(Self::End { seq, end: StoredEnd::decode(&mut fields)? })
        } else {
            StoredAnswer::decode(&mut fields).map(Self::Answer)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::EndStatus;

    const ID: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

    #[test]
    fn reads_what_the_replaced_system_writes() {
        let results = r#"[{"flight_number":"GA57","price":1500000}]"#;
        let fields: Fields =
            [("search_id", ID), ("status", "completed"), ("results", results)].into_iter().collect();
        assert!(ResultEntry::is_foreign_end(&fields));
        let ResultEntry::End { seq: None, end } = ResultEntry::decode(fields).unwrap() else {
            panic!("not an end")
        };
        assert_eq!((end.status, end.results.json().as_str()), (EndStatus::Completed, results));
    }

    #[test]
    fn an_entry_with_offers_is_an_answer() {
        let fields: Fields =
            [("search_id", ID), ("seq", "3"), ("of", "8"), ("supplier", "{}"), ("offers", "[]")]
                .into_iter()
                .collect();
        assert!(matches!(
            ResultEntry::decode(fields),
            Ok(ResultEntry::Answer(StoredAnswer { seq: 3, of: 8, .. }))
        ));
    }

    #[test]
    fn an_error_names_the_field() {
        let fields: Fields = [("search_id", ID), ("results", "{}")].into_iter().collect();
        assert_eq!(ResultEntry::decode(fields).unwrap_err().field, "results");
        let fields: Fields = [("search_id", ID)].into_iter().collect();
        assert_eq!(ResultEntry::decode(fields).unwrap_err().field, "seq");
    }

    proptest! {
        #[test]
        fn no_entry_makes_it_panic(
            entry in prop::collection::vec(("(search_id|seq|of|supplier|offers|results|status|details)", "\\PC{0,20}"), 0..9),
            stored in prop::collection::vec(any::<u8>(), 0..40),
        ) {
            let fields: Fields = entry.into_iter().collect();
            let _ = ResultEntry::search_id(&fields);
            let _ = ResultEntry::decode(fields);
            let _ = StoredAnswer::decode_stored("supplier:GA", &stored);
        }
    }
}
