use std::borrow::Cow;

use super::{Fields, InvalidEntry, JsonLine, ResultEntry, StoredAnswer, StoredEnd, answer::json};
use crate::{
    SearchStatus, SupplierReport,
    names::{field, record},
};

/// The fields of a record that are the end of its search.
const END: [&str; 4] = [record::STATUS, record::SEQ, record::RESULTS, record::DETAILS];

/// The event of an entry in the result log whose offers are only in the search's record, because they are long. Only a
/// gateway with a follower of the search reads it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InRecord {
    /// The record's fields to read.
    pub fields: Vec<Cow<'static, str>>,
    /// How many bytes of offers they have.
    pub bytes: usize,
}

impl InRecord {
    /// Where the record has the event of this entry; `None` if the entry has it.
    pub fn of(entry: &Fields) -> Result<Option<Self>, InvalidEntry> {
        let Some(bytes) = Self::bytes(entry)? else { return Ok(None) };
        let fields = if entry.get(field::RESULTS).is_some() {
            END.map(Cow::Borrowed).to_vec()
        } else {
            let report = json(field::SUPPLIER, JsonLine::object, entry.get(field::SUPPLIER).map(Into::into))?;
            let SupplierReport { code, .. } = report.parse(field::SUPPLIER)?;
            vec![format!("{}{code}", record::ANSWER_PREFIX).into()]
        };
        Ok(Some(Self { fields, bytes }))
    }

    /// How many bytes of offers only the record has; `None` if the entry has them.
    pub fn bytes(entry: &Fields) -> Result<Option<usize>, InvalidEntry> {
        entry.optional(field::IN_RECORD)
    }

    /// The event, from the values of [`fields`](Self::fields). `None` if the record has none: it has expired, or Redis has
    /// lost it. If Redis has lost the event and stored another in its place, it is that one, with its own sequence number.
    pub fn decode(&self, values: Vec<Option<Vec<u8>>>) -> Result<Option<ResultEntry>, InvalidEntry> {
        let names = self.fields.iter().map(AsRef::as_ref);
        let mut found: Fields = names.zip(values).filter_map(|(name, value)| Some((name, value?))).collect();
        if let [name] = self.fields.as_slice() {
            let Some(value) = found.take(name) else { return Ok(None) };
            return StoredAnswer::decode_stored(name, &value).map(|answer| Some(ResultEntry::Answer(answer)));
        }
        let status: Option<SearchStatus> = found.optional(record::STATUS)?;
        if status.and_then(SearchStatus::end).is_none() {
            return Ok(None);
        }
        let seq = Some(found.required(record::SEQ)?);
        Ok(Some(ResultEntry::End { seq, end: StoredEnd::decode(&mut found)? }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::EndStatus;

    const REPORT: &str =
        r#"{"code":"GA","name":"Garuda Indonesia","status":"ok","elapsed_ms":612,"offers":9}"#;

    fn of<'a>(entry: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Option<InRecord>, InvalidEntry> {
        InRecord::of(&entry.into_iter().collect())
    }

    fn values(values: &[Option<&str>]) -> Vec<Option<Vec<u8>>> {
        values.iter().map(|value| value.map(Into::into)).collect()
    }

    #[test]
    fn an_answer_is_read_from_its_field() {
        let left = of([("supplier", REPORT), ("in_record", "3000")]).unwrap().unwrap();
        assert_eq!((left.fields.as_slice(), left.bytes), ([Cow::Borrowed("supplier:GA")].as_slice(), 3000));
        let found = left.decode(values(&[Some("3\n8\n{}\n[]")])).unwrap().unwrap();
        assert!(matches!(found, ResultEntry::Answer(StoredAnswer { seq: 3, of: 8, .. })), "{found:?}");
        assert_eq!(left.decode(values(&[None])), Ok(None));
        assert!(left.decode(values(&[Some("3\n8")])).is_err());
    }

    #[test]
    fn an_end_is_read_from_four_fields() {
        let left = of([("seq", "9"), ("results", "[]"), ("in_record", "5000")]).unwrap().unwrap();
        let found =
            left.decode(values(&[Some("completed"), Some("9"), Some("[]"), Some("{}")])).unwrap().unwrap();
        let ResultEntry::End { seq: Some(9), end } = found else { panic!("{found:?}") };
        assert_eq!((end.status, end.details.is_some()), (EndStatus::Completed, true));
        for lost in [&[None, None, None, None], &[Some("processing"), Some("4"), None, None]] {
            assert_eq!(left.decode(values(lost)), Ok(None), "{lost:?}");
        }
        for malformed in
            [&[Some("over"), Some("9"), Some("[]"), None], &[Some("failed"), None, Some("[]"), None]]
        {
            assert!(left.decode(values(malformed)).is_err(), "{malformed:?}");
        }
    }

    #[test]
    fn an_entry_may_be_complete() {
        assert_eq!(of([("supplier", REPORT), ("offers", "[]")]), Ok(None));
        assert_eq!(of([("seq", "9"), ("results", "[]")]), Ok(None));
    }

    #[test]
    fn an_error_names_the_field() {
        let problem = |entry: [(&'static str, &'static str); 2]| of(entry).unwrap_err().field;
        assert_eq!(problem([("supplier", REPORT), ("in_record", "much")]), "in_record");
        for malformed in [("seq", "2"), ("supplier", "{}"), ("supplier", "GA")] {
            assert_eq!(problem([malformed, ("in_record", "3000")]), "supplier", "{malformed:?}");
        }
    }

    proptest! {
        #[test]
        fn no_values_make_it_panic(is_end: bool, values in prop::collection::vec(any::<Option<Vec<u8>>>(), 0..6)) {
            let name = if is_end { "results" } else { "supplier" };
            let left = of([(name, REPORT), ("in_record", "1")]).unwrap().unwrap();
            let _ = left.decode(values);
        }
    }
}
