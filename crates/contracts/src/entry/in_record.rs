use serde::Deserialize;

use super::{Fields, InvalidEntry, JsonLine, ResultEntry, StoredAnswer, StoredEnd, answer::json};
use crate::{
    SearchStatus, SupplierCode,
    names::{field, record},
};

/// The fields of a record that are the end of its search.
const END: [&str; 4] = [record::STATUS, record::SEQ, record::RESULTS, record::DETAILS];

/// An event whose entry in the result log leaves out its offers: they are long, so only the search's record has them. Only
/// a gateway with a subscriber of the search reads them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InRecord {
    /// A supplier's answer, in this field.
    Answer(String),
    /// The end of the search.
    End,
}

/// The part of a supplier's report that says where its answer is. Newer workers may write other reports.
#[derive(Deserialize)]
struct Reporter {
    code: SupplierCode,
}

impl InRecord {
    /// The event of this entry; `None` if the entry has its offers.
    pub fn of(entry: &Fields) -> Result<Option<Self>, InvalidEntry> {
        if entry.get(field::IN_RECORD).is_none() {
            return Ok(None);
        }
        if entry.get(field::RESULTS).is_some() {
            return Ok(Some(Self::End));
        }
        let report = json(field::SUPPLIER, JsonLine::object, entry.get(field::SUPPLIER).map(Into::into))?;
        let Reporter { code } = report.parse(field::SUPPLIER)?;
        Ok(Some(Self::Answer(format!("{}{code}", record::ANSWER_PREFIX))))
    }

    /// The record's fields to read.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Answer(name) => vec![name],
            Self::End => END.to_vec(),
        }
    }

    /// The event, from those fields of the record. `None` if they do not have it: the record has expired, Redis has lost the
    /// event, or it is malformed. If Redis has stored another event in its place, it is that one, with its own sequence
    /// number.
    #[must_use]
    pub fn decode(&self, mut found: Fields) -> Option<ResultEntry> {
        match self {
            Self::Answer(name) => {
                StoredAnswer::decode_stored(name, &found.take(name)?).ok().map(ResultEntry::Answer)
            }
            Self::End => {
                found.required::<SearchStatus>(record::STATUS).ok()?.end()?;
                let seq = Some(found.required(record::SEQ).ok()?);
                Some(ResultEntry::End { seq, end: StoredEnd::decode(&mut found).ok()? })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::EndStatus;

    /// Of a newer worker.
    const REPORT: &str = r#"{"code":"GA","status":"elsewhere"}"#;

    fn of<'a>(entry: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Option<InRecord>, InvalidEntry> {
        InRecord::of(&entry.into_iter().collect())
    }

    fn found<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Fields {
        pairs.into_iter().collect()
    }

    #[test]
    fn an_answer_is_read_from_its_field() {
        let answer = of([("supplier", REPORT), ("in_record", "3000")]).unwrap().unwrap();
        assert_eq!(answer.fields(), ["supplier:GA"]);
        let event = answer.decode(found([("supplier:GA", "3\n8\n{}\n[]")])).unwrap();
        assert!(matches!(event, ResultEntry::Answer(StoredAnswer { seq: 3, of: 8, .. })), "{event:?}");
        assert_eq!(answer.decode(found([])), None);
        assert_eq!(answer.decode(found([("supplier:GA", "3\n8")])), None);
    }

    #[test]
    fn an_end_is_read_from_four_fields() {
        let end = of([("seq", "9"), ("results", "[]"), ("in_record", "5000")]).unwrap().unwrap();
        assert_eq!(end.fields(), END);
        let all = [("status", "failed"), ("seq", "9"), ("results", "[]"), ("details", "{}")];
        let Some(ResultEntry::End { seq: Some(9), end: stored }) = end.decode(found(all)) else {
            panic!("no end")
        };
        assert_eq!((stored.status, stored.details.is_some()), (EndStatus::Failed, true));
        for wrong in [("status", "processing"), ("status", "over"), ("seq", ""), ("results", "{}")] {
            let mut fields = found(all);
            fields.set(wrong.0, wrong.1);
            assert_eq!(end.decode(fields), None, "{wrong:?}");
        }
        assert_eq!(end.decode(found([])), None);
    }

    #[test]
    fn an_entry_may_have_its_offers() {
        assert_eq!(of([("supplier", REPORT), ("offers", "[]")]), Ok(None));
        assert_eq!(of([("seq", "9"), ("results", "[]")]), Ok(None));
    }

    #[test]
    fn an_error_names_the_field() {
        for malformed in [("seq", "2"), ("supplier", "{}"), ("supplier", "GA")] {
            let error = of([malformed, ("in_record", "3000")]).unwrap_err();
            assert_eq!(error.field, "supplier", "{malformed:?}");
        }
    }

    proptest! {
        #[test]
        fn no_values_make_it_panic(values in prop::collection::vec(any::<Vec<u8>>(), 4)) {
            for event in [InRecord::End, InRecord::Answer("supplier:GA".into())] {
                let names = event.fields();
                let _ = event.decode(names.iter().copied().zip(values.clone()).collect());
            }
        }
    }
}
