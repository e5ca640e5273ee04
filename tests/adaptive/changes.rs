//! Subscribers.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ninelives::adaptive::{Changes, Snapshot};
use ninelives::{Adaptive, Clock, Tick};

use crate::Census;

/// Counts how often it was woken.
#[derive(Clone, Default)]
pub struct Wakes(Arc<Counter>);

#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Wakes {
    pub fn count(&self) -> usize {
        self.0.0.load(Ordering::SeqCst)
    }

    pub fn poll<T>(&self, changes: &mut Changes<T>) -> Poll<Snapshot<T>> {
        let waker = Waker::from(Arc::clone(&self.0));
        changes.poll_changed(&mut Context::from_waker(&waker))
    }

    /// Handles of this counter that wakers hold.
    fn held(&self) -> usize {
        Arc::strong_count(&self.0) - 1
    }
}

/// Runs an action when it is woken.
struct Does<F>(F);

impl<F: Fn() + Send + Sync + 'static> Wake for Does<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

#[test]
fn only_what_comes_after_it_is_a_change() {
    let live = Adaptive::new(1);
    live.set(2).unwrap();
    let (mut changes, wakes) = (live.subscribe(), Wakes::default());
    assert!(wakes.poll(&mut changes).is_pending());
    live.set(3).unwrap();
    assert_eq!(wakes.count(), 1);
    let Poll::Ready(change) = wakes.poll(&mut changes) else {
        panic!("a change is there")
    };
    assert_eq!((**change.value(), change.version()), (3, 2));
    assert!(wakes.poll(&mut changes).is_pending());
}

#[test]
fn a07_many_changes_are_one_and_it_is_the_last() {
    let live = Adaptive::new(0);
    let (mut changes, wakes) = (live.subscribe(), Wakes::default());
    assert!(wakes.poll(&mut changes).is_pending());
    (1..=100).for_each(|value| _ = live.set(value).unwrap());
    assert_eq!(wakes.count(), 1, "nobody rests after the first");
    let change = changes.try_changed().unwrap();
    assert_eq!((**change.value(), change.version()), (100, 100));
    assert!(changes.try_changed().is_none());
}

#[test]
fn a_rollback_is_a_change() {
    let live = Adaptive::new(1);
    live.set(2).unwrap();
    let mut changes = live.subscribe();
    live.rollback().unwrap();
    assert_eq!(*changes.try_changed().unwrap().into_value(), 1);
}

#[test]
fn each_subscriber_sees_each_change_and_the_newest_waker_is_woken() {
    let live = Adaptive::new(1);
    let (mut first, mut second) = (live.subscribe(), live.subscribe());
    let [old, new, other] = std::array::from_fn(|_| Wakes::default());
    assert!(old.poll(&mut first).is_pending());
    assert!(new.poll(&mut first).is_pending());
    assert!(other.poll(&mut second).is_pending());
    live.set(2).unwrap();
    assert_eq!((old.count(), new.count(), other.count()), (0, 1, 1));
    assert!(first.try_changed().is_some() && second.try_changed().is_some());
}

#[test]
fn coming_and_going_of_subscribers_changes_no_version() {
    let live = Adaptive::new(1);
    let mut stays = live.subscribe();
    let mut cache = live.cache();
    drop(live.subscribe());
    assert_eq!((live.version(), *cache.load()), (0, 1));
    assert!(stays.try_changed().is_none());
    live.set(2).unwrap();
    assert!(stays.try_changed().is_some());
}

#[test]
fn a_wait_that_is_dropped_frees_its_waker_and_loses_no_change() {
    let live = Adaptive::new(1);
    let (mut changes, wakes) = (live.subscribe(), Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes.0));
    {
        let mut next = pin!(changes.changed());
        let mut cx = Context::from_waker(&waker);
        assert!(next.as_mut().poll(&mut cx).is_pending());
        assert_eq!(wakes.held(), 2);
        live.set(2).unwrap();
    }
    assert_eq!((wakes.held(), wakes.count()), (1, 1));
    assert_eq!(*changes.try_changed().unwrap().into_value(), 2);
    assert!(
        pin!(changes.changed())
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    assert_eq!(wakes.held(), 1, "dropped while pending");
}

#[test]
fn a07_a_subscriber_that_is_dropped_leaves_nothing() {
    let census = Census::default();
    let live = Adaptive::new(census.born(1));
    let (mut changes, wakes) = (live.subscribe(), Wakes::default());
    assert!(wakes.poll(&mut changes).is_pending());
    assert_eq!(wakes.held(), 1);
    drop(changes);
    assert_eq!(wakes.held(), 0);
    live.set(census.born(2)).unwrap();
    assert_eq!(wakes.count(), 0);
    live.rollback().unwrap();
    assert_eq!(census.alive(), 1);
}

#[test]
fn subscribers_that_have_gone_are_forgotten() {
    let live = Adaptive::new(1);
    let bytes = || allocation_counter::measure(|| drop(live.subscribe())).bytes_total;
    // What a thread keeps for itself from its first look on is not of the list.
    drop(live.subscribe());
    let first = bytes();
    (0..100).for_each(|_| drop(live.subscribe()));
    assert_eq!(bytes(), first, "the list is as long as before");
}

#[test]
fn a07_a_subscriber_that_is_dropped_by_a_wake_leaves_nothing() {
    let live = Arc::new(Adaptive::new(0));
    let victim = Arc::new(std::sync::Mutex::new(None));
    let mut first = live.subscribe();
    let (mut second, wakes) = (live.subscribe(), Wakes::default());
    assert!(wakes.poll(&mut second).is_pending());
    *victim.lock().unwrap() = Some(second);
    let taken = Arc::clone(&victim);
    let waker = Waker::from(Arc::new(Does(move || drop(taken.lock().unwrap().take()))));
    let mut cx = Context::from_waker(&waker);
    assert!(first.poll_changed(&mut cx).is_pending());
    live.set(1).unwrap();
    assert!(
        victim.lock().unwrap().is_none(),
        "dropped while the others are told"
    );
    assert_eq!((wakes.held(), wakes.count()), (0, 0));
    assert_eq!(*first.try_changed().unwrap().into_value(), 1);
}

#[test]
fn a09_a_set_by_who_is_woken_goes_through() {
    let live = Arc::new(Adaptive::new(1));
    let mut changes = live.subscribe();
    let inner = Arc::clone(&live);
    let waker = Waker::from(Arc::new(Does(move || _ = inner.set(100).unwrap())));
    let mut cx = Context::from_waker(&waker);
    assert!(changes.poll_changed(&mut cx).is_pending());
    assert_eq!(live.set(2), Ok(1));
    let change = changes.try_changed().unwrap();
    assert_eq!((**change.value(), change.version()), (100, 2));
}

#[test]
fn a07_a_change_in_the_middle_of_a_poll_is_not_missed() {
    /// Sets the value when it is asked for the time, once it is told to.
    struct Sets(Adaptive<u64>, Arc<AtomicBool>);
    impl Clock for Sets {
        fn now(&self) -> Tick {
            if self.1.swap(false, Ordering::SeqCst) {
                self.0.set(3).unwrap();
            }
            Tick::ZERO
        }
    }
    let (live, due) = (Adaptive::new(1), Arc::new(AtomicBool::new(false)));
    let clock = Sets(live.clone(), Arc::clone(&due));
    live.set_for(2, Duration::MAX, clock).unwrap();
    let (mut changes, wakes) = (live.subscribe(), Wakes::default());
    due.store(true, Ordering::SeqCst);
    // The first look is at the override, and the change comes before the waker is known.
    let Poll::Ready(change) = wakes.poll(&mut changes) else {
        panic!(
            "it waits for a change that is there: {} wakes",
            wakes.count()
        )
    };
    assert_eq!(**change.value(), 3);
}

#[test]
fn a_subscription_outlives_the_other_handles() {
    let live = Adaptive::new(1);
    let mut changes = live.subscribe();
    live.set(2).unwrap();
    drop(live);
    assert_eq!(*changes.try_changed().unwrap().into_value(), 2);
    assert!(Wakes::default().poll(&mut changes).is_pending());
}

#[test]
fn a09_a_waker_that_panics_keeps_nobody_else_asleep() {
    let live = Adaptive::new(1);
    let mut subscribers = [(); 4].map(|()| live.subscribe());
    let wakes = Wakes::default();
    for (number, changes) in subscribers.iter_mut().enumerate() {
        let bad = Waker::from(Arc::new(Does(move || panic!("waker {number}"))));
        let rests = match number {
            0 | 2 => changes.poll_changed(&mut Context::from_waker(&bad)),
            _ => wakes.poll(changes),
        };
        assert!(rests.is_pending());
    }
    assert_eq!(crate::hand::panics(|| live.set(2)), "waker 0");
    assert_eq!((*live.get(), wakes.count()), (2, 2));
}
