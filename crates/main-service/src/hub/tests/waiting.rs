//! Slow subscribers, what wakes one that waits, and many that come at once.

use std::{
    sync::{Arc, Barrier},
    thread,
    time::Duration,
};

use tokio::{task::yield_now, time::timeout};

use super::*;

/// What a subscriber that waits gets once `then` happens.
async fn woken_by(subscriber: &mut Subscription, then: impl FnOnce()) -> Next {
    let next = async {
        let (next, ()) = tokio::join!(subscriber.next(), async {
            yield_now().await;
            then();
        });
        next
    };
    timeout(Duration::from_mins(1), next).await.expect("the subscriber is woken")
}

#[tokio::test(start_paused = true)]
async fn entries_and_records_wake_waiting_subscribers() {
    let hub = Arc::new(Hub::default());
    let mut subscriber = hub.join(id(), true, 0);
    let feed = hub.feed(id()).unwrap();
    let next = woken_by(&mut subscriber, || load(&feed, 3, 1)).await;
    assert_eq!(next, Next::Event(partial(1)));
    let next = woken_by(&mut subscriber, || _ = feed.apply_answer(id(), &answer(2), None)).await;
    assert_eq!(next, Next::Event(partial(2)));
    let next = woken_by(&mut subscriber, || {
        // Says nothing new, and then something.
        assert_eq!(feed.apply_answer(id(), &answer(1), None), Applied::Yes);
        assert_eq!(feed.apply_end(id(), 3, &end(), None), Applied::Yes);
    })
    .await;
    assert_eq!(next, Next::Event(terminal(3)));
    assert_eq!(subscriber.next().await, Next::End);
    assert_eq!(subscriber.next().await, Next::End);
}

#[tokio::test(start_paused = true)]
async fn one_event_wakes_all_subscribers() {
    let hub = Arc::new(Hub::default());
    let mut subscribers: Vec<_> = (0..100).map(|_| hub.join(id(), false, 0)).collect();
    let feed = hub.feed(id()).unwrap();
    load(&feed, 1, 0);
    let all = futures_util::future::join_all(subscribers.iter_mut().map(Subscription::next));
    let (all, ()) = tokio::join!(all, async {
        yield_now().await;
        feed.apply_end(id(), 2, &end(), None);
    });
    assert!(all.iter().all(|next| *next == Next::Event(terminal(2))));
    let Next::Event(first) = &all[0] else { unreachable!() };
    let shared =
        |next: &Next| matches!(next, Next::Event(frame) if frame.plain().as_ptr() == first.plain().as_ptr());
    assert!(all.iter().all(shared), "an event is written as text once");
}

#[tokio::test(start_paused = true)]
async fn a_stopping_gateway_closes_present_and_later_subscriptions() {
    let hub = Arc::new(Hub::default());
    let mut subscriber = hub.join(id(), true, 0);
    load(subscriber.feed(), 3, 1);
    assert_eq!(subscriber.next().await, Next::Event(partial(1)));
    assert_eq!(woken_by(&mut subscriber, || hub.close()).await, Next::Closed);
    let other = SearchId::random();
    assert_eq!(hub.join(other, true, 0).next().await, Next::Closed);
    // Who has had the end needs not come back.
    subscriber.feed().apply_end(id(), 2, &end(), None);
    assert_eq!(subscriber.next().await, Next::Event(terminal(2)));
    hub.close();
    assert_eq!(subscriber.next().await, Next::End);
}

#[tokio::test(start_paused = true)]
async fn a_lost_record_ends_a_feed_only_if_it_never_knew_its_search() {
    let hub = Arc::new(Hub::default());
    let mut stranger = hub.join(id(), false, 0);
    let feed = hub.feed(id()).unwrap();
    assert_eq!(woken_by(&mut stranger, || feed.lost()).await, Next::Closed);

    let known = SearchId::random();
    let mut subscriber = hub.join(known, false, 0);
    load(subscriber.feed(), 3, 1);
    subscriber.feed().lost();
    assert_eq!(at_once(&mut subscriber), []);
    assert_eq!(hub.overdue(EpochMillis(2)), [(known, EpochMillis(1), 1)], "its deadline still ends it");
}

#[test]
fn a_slow_subscriber_loses_nothing_and_delays_no_other() {
    const MANY: u64 = 5_000;
    let hub = Arc::new(Hub::default());
    let (mut slow, mut quick) = (hub.join(id(), true, 0), hub.join(id(), true, 0));
    load(slow.feed(), MANY, 0);
    for seq in 1..=MANY {
        assert_eq!(slow.feed().apply_answer(id(), &answer(seq), None), Applied::Yes);
        assert_eq!(at_once(&mut quick), events([partial(seq)]));
    }
    slow.feed().apply_end(id(), MANY + 1, &end(), None);
    drop(quick);
    assert_eq!(at_once(&mut slow), whole(MANY));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_loses_nothing() {
    let hub = Arc::new(Hub::default());
    let mut subscriber = hub.join(id(), true, 0);
    load(subscriber.feed(), 2, 0);
    for seq in 1..=2 {
        assert!(timeout(Duration::from_secs(15), subscriber.next()).await.is_err());
        subscriber.feed().apply_answer(id(), &answer(seq), None);
        assert_eq!(at_once(&mut subscriber), events([partial(seq)]));
    }
}

#[test]
fn subscribers_that_come_at_once_do_not_exceed_the_limit() {
    let hub = Hub::default();
    for _ in 0..200 {
        let start = Barrier::new(4);
        let joined: Vec<_> = thread::scope(|scope| {
            let join = || {
                start.wait();
                hub.try_join(id(), false, 0, 2)
            };
            let threads = [(); 4].map(|()| scope.spawn(join));
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(joined.iter().flatten().count(), 2);
    }
    assert_eq!(hub.size(), (0, 0));
}
