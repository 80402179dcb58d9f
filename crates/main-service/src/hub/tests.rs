mod interleavings;
mod waiting;

use std::sync::Arc;

use contracts::{
    EndStatus, EpochMillis, SearchId,
    entry::{JsonLine, StoredAnswer, StoredEnd},
    event,
};
use futures_util::FutureExt;
use sse_server::Frame;

use super::{Applied, Feed, Hub, LoadedRecord, Need, Next, Subscription};

const ID: &str = "7f6ad8a5-8f3a-4c0e-9f5e-2f9f0d6a1c11";

fn id() -> SearchId {
    ID.parse().unwrap()
}

fn answer(seq: u64) -> StoredAnswer {
    let report = JsonLine::object(format!(r#"{{"code":"S{seq}"}}"#).into()).unwrap();
    StoredAnswer { seq, of: 8, report, offers: JsonLine::empty_array().into(), one_ways: None }
}

fn end() -> StoredEnd {
    StoredEnd { status: EndStatus::Completed, results: JsonLine::empty_array().into(), details: None }
}

fn partial(seq: u64) -> Frame {
    event::partial_frame(id(), &answer(seq)).into()
}

fn terminal(seq: u64) -> Frame {
    event::end_frame(id(), seq, &end()).into()
}

/// The record of a search that has `written` of its events: the answers of `suppliers`, then the end.
fn record(suppliers: u64, written: u64) -> LoadedRecord {
    LoadedRecord {
        seq: written,
        answers: (1..=written.min(suppliers)).map(answer).collect(),
        end: (written > suppliers).then(|| (suppliers + 1, end())),
        deadline: Some(EpochMillis(1)),
        trace: None,
    }
}

/// What is read of such a record.
fn needed(need: Need, suppliers: u64, written: u64) -> LoadedRecord {
    let mut record = record(suppliers, written);
    record.answers.retain(|answer| answer.seq > need.after());
    record
}

fn load(feed: &Feed, suppliers: u64, written: u64) {
    let need = feed.need();
    feed.load(id(), need, &needed(need, suppliers, written));
}

/// What there is for a subscriber at once.
fn at_once(subscription: &mut Subscription) -> Vec<Next> {
    let mut all = Vec::new();
    while let Some(next) = subscription.next().now_or_never() {
        let is_last = !matches!(next, Next::Event(_));
        all.push(next);
        if is_last {
            break;
        }
    }
    all
}

fn events(frames: impl IntoIterator<Item = Frame>) -> Vec<Next> {
    frames.into_iter().map(Next::Event).collect()
}

/// All events of a search with these suppliers, and its end.
fn whole(suppliers: u64) -> Vec<Next> {
    let mut all = events((1..=suppliers).map(partial).chain([terminal(suppliers + 1)]));
    all.push(Next::End);
    all
}

#[test]
fn a_feed_lives_as_long_as_its_last_subscriber() {
    let hub = Arc::new(Hub::default());
    let (first, second) = (hub.join(id(), false, 0), hub.join(id(), true, 0));
    assert_eq!(hub.followed(), [id()]);
    drop(first);
    assert_eq!(hub.followed(), [id()]);
    drop(second);
    assert_eq!(hub.followed(), []);
    assert!(hub.feed(id()).is_none());
}

#[test]
fn only_subscribers_that_want_partials_get_them() {
    let hub = Arc::new(Hub::default());
    let (mut brief, mut full) = (hub.join(id(), false, 0), hub.join(id(), true, 0));
    load(brief.feed(), 2, 3);
    assert_eq!(at_once(&mut brief), [Next::Event(terminal(3)), Next::End]);
    assert_eq!(at_once(&mut full), whole(2));
}

#[test]
fn events_after_a_gap_wait_for_the_record() {
    let hub = Arc::new(Hub::default());
    let mut subscriber = hub.join(id(), true, 0);
    load(subscriber.feed(), 4, 1);
    assert_eq!(subscriber.feed().apply_answer(id(), &answer(3), None), Applied::Gap);
    assert_eq!(subscriber.feed().apply_end(id(), 5, &end(), None), Applied::Gap);
    assert!(subscriber.feed().needs_loading());
    assert_eq!(at_once(&mut subscriber), events([partial(1)]));
    load(subscriber.feed(), 4, 5);
    assert_eq!(at_once(&mut subscriber), whole(4)[1..]);
}

#[test]
fn a_record_read_before_partials_were_wanted_is_read_again() {
    let hub = Arc::new(Hub::default());
    let brief = hub.join(id(), false, 0);
    let need = brief.feed().need();
    let early = needed(need, 3, 1);
    assert_eq!(brief.feed().apply_end(id(), 4, &end(), None), Applied::Yes);
    let mut full = hub.join(id(), true, 0);
    brief.feed().load(id(), need, &early);
    assert!(full.feed().needs_loading());
    assert_eq!(at_once(&mut full), [], "no answers were read then");
    load(full.feed(), 3, 4);
    assert_eq!(at_once(&mut full), whole(3));
}

#[test]
fn a_subscriber_gets_no_event_that_it_has_from_another_gateway() {
    let hub = Arc::new(Hub::default());
    let other = hub.join(id(), true, 0);
    load(other.feed(), 3, 1);
    // The tail of this gateway is behind that of the one that delivered event 2.
    let mut resumed = hub.join(id(), true, 2);
    assert!(resumed.feed().needs_loading());
    assert_eq!(at_once(&mut resumed), []);
    load(resumed.feed(), 3, 3);
    assert_eq!(at_once(&mut resumed), events([partial(3)]));
}

#[test]
fn a_subscriber_that_has_the_end_from_another_gateway_is_at_the_end() {
    let hub = Arc::new(Hub::default());
    let other = hub.join(id(), false, 0);
    load(other.feed(), 3, 1);
    let resumed = hub.join(id(), false, 4);
    assert!(!resumed.is_at_end());
    assert!(resumed.feed().needs_loading());
    load(resumed.feed(), 3, 4);
    assert!(resumed.is_at_end());
}

#[test]
fn a_cursor_of_lost_events_gets_all_events() {
    let hub = Arc::new(Hub::default());
    for partials in [false, true] {
        let mut subscriber = hub.join(id(), partials, u64::MAX);
        assert!(!subscriber.is_at_end());
        load(subscriber.feed(), 3, 4);
        let applied = whole(3);
        assert_eq!(at_once(&mut subscriber), if partials { &applied[..] } else { &applied[3..] });
    }
}

#[test]
fn huge_sequence_numbers_make_nothing_grow() {
    let hub = Arc::new(Hub::default());
    let mut subscriber = hub.join(id(), true, 0);
    let mut record = record(2, 2);
    record.answers.extend([answer(0), answer(u64::MAX)]);
    subscriber.feed().load(id(), subscriber.feed().need(), &record);
    assert_eq!(subscriber.feed().known(), 2);
    assert_eq!(subscriber.feed().apply_answer(id(), &answer(u64::MAX), None), Applied::Gap);
    record.end = Some((u64::MAX, end()));
    subscriber.feed().load(id(), subscriber.feed().need(), &record);
    assert_eq!(subscriber.feed().known(), 10_000);
    assert_eq!(at_once(&mut subscriber).last(), Some(&Next::End));
}
