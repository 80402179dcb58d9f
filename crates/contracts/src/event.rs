//! The Server-Sent Events, as frames ready for the socket.
//!
//! The terminal event is unnamed, so that `EventSource.onmessage` gets it, and has `search_id`, `status` and
//! `results` first and in this order. A partial is named `partial`. The id is the sequence number. All data is on one
//! line.

use std::fmt::Write;

use crate::{
    SearchId,
    entry::{StoredAnswer, StoredEnd},
};

/// The name of an event with one supplier's answer.
pub const PARTIAL: &str = "partial";

/// The frame of the terminal event.
#[must_use]
pub fn end_frame(id: SearchId, seq: u64, end: &StoredEnd) -> String {
    let status = end.status.as_str();
    let results = end.results.json().as_str();
    // Without its opening brace, the details object continues the data after `results`.
    let details = end.details.as_ref().and_then(|details| details.as_str().strip_prefix('{')).unwrap_or("}");
    let comma = if details.trim_start().starts_with('}') { "" } else { "," };
    let mut frame = String::with_capacity(128 + results.len() + details.len());
    // Writing to a String can't fail.
    let _ = write!(
        frame,
        "id: {seq}\ndata: {{\"search_id\":\"{id}\",\"status\":\"{status}\",\"results\":{results}{comma}{details}\n\n"
    );
    frame
}

/// The frame of a `partial` event.
#[must_use]
pub fn partial_frame(id: SearchId, answer: &StoredAnswer) -> String {
    let StoredAnswer { seq, of, report, offers, one_ways: _ } = answer;
    let (report, offers) = (report.as_str(), offers.json().as_str());
    let mut frame = String::with_capacity(192 + report.len() + offers.len());
    let _ = write!(
        frame,
        "event: {PARTIAL}\nid: {seq}\ndata: {{\"search_id\":\"{id}\",\"status\":\"processing\",\
         \"supplier\":{report},\"results\":{offers},\"progress\":{{\"answered\":{seq},\"of\":{of}}}}}\n\n"
    );
    frame
}

/// Whether an encoded event is a partial rather than the end.
#[must_use]
pub fn is_partial(frame: &[u8]) -> bool {
    frame.starts_with(b"event: ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EndStatus, entry::JsonLine};

    const ID: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

    fn end(details: Option<&str>) -> String {
        let results = JsonLine::array(br#"[{"flight_number":"GA57","price":1500000}]"#.to_vec()).unwrap();
        let details = details.map(|text| JsonLine::object(text.into()).unwrap());
        end_frame(
            ID.parse().unwrap(),
            9,
            &StoredEnd { status: EndStatus::Completed, results: results.into(), details },
        )
    }

    #[test]
    fn the_terminal_event_is_the_contracts() {
        let contract = format!(
            "id: 9\ndata: {{\"search_id\":\"{ID}\",\"status\":\"completed\",\
             \"results\":[{{\"flight_number\":\"GA57\",\"price\":1500000}}]}}\n\n"
        );
        assert_eq!(end(None), contract);
        assert_eq!(end(Some("{}")), contract);
    }

    #[test]
    fn details_follow_the_results() {
        assert!(end(Some(r#"{"total":1}"#)).ends_with("}],\"total\":1}\n\n"));
    }

    #[test]
    fn a_partial_has_a_name_and_the_progress() {
        let answer = StoredAnswer {
            seq: 3,
            of: 8,
            report: JsonLine::object(br#"{"code":"GA"}"#.to_vec()).unwrap(),
            offers: JsonLine::empty_array().into(),
            one_ways: None,
        };
        let frame = partial_frame(ID.parse().unwrap(), &answer);
        let data = frame.strip_prefix("event: partial\nid: 3\ndata: ").unwrap();
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["progress"], serde_json::json!({"answered": 3, "of": 8}));
        assert_eq!(data["supplier"]["code"], "GA");
    }
}
