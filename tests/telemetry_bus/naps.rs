//! Looking again after naps, and what no reader misses on real threads.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use ninelives::prelude::*;
use ninelives::telemetry::Delivery;
use ninelives::{Clock, InstantSleeper, MonotonicClock, Tick, Timer};

use super::drive::{Seeded, Wakes};
use super::recv::{got, poll};
use super::{emit, number, streaming};

const MILLI: Duration = Duration::from_millis(1);

/// The milliseconds, up to the last one, in which an idle reader looks again.
fn looks(last: usize, set: impl FnOnce(Subscriber) -> Subscriber) -> Vec<usize> {
    let (sink, _) = streaming(4);
    let timer = ManualTimer::new();
    let mut subscriber = set(sink.subscribe()).with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut recv = pin!(subscriber.recv());
    assert!(poll(recv.as_mut(), &waker).is_pending());
    let woken = |_: &usize| {
        let before = wakes.count();
        timer.advance(MILLI);
        let woken = wakes.count() > before;
        if woken {
            assert!(poll(recv.as_mut(), &waker).is_pending());
        }
        woken
    };
    (1..=last).filter(woken).collect()
}

#[test]
fn naps_double_and_end_after_a_second_of_silence() {
    let looks = looks(5000, |subscriber| subscriber);
    assert_eq!(looks[..6], [1, 3, 7, 15, 31, 47]);
    // The last nap, and the grace.
    assert_eq!((looks[65], looks[66], looks.len()), (1007, 1008, 67));
}

#[test]
fn a_prompt_reader_sleeps_after_one_nap() {
    assert_eq!(looks(5000, Subscriber::prompt), [1, 2]);
}

#[test]
fn a_reader_that_is_never_woken_naps_for_ever() {
    let never = |longest: u32| {
        let longest = MILLI * longest;
        looks(100, move |subscriber| {
            subscriber.prompt().never_woken(longest)
        })
    };
    assert_eq!(never(16), [1, 3, 7, 15, 31, 47, 63, 79, 95]);
    assert_eq!(never(27), [1, 3, 7, 15, 31, 58, 85]);
    assert_eq!(never(50), [1, 3, 7, 15, 31, 63]);
    let endless = looks(100, |subscriber| subscriber.never_woken(Duration::MAX));
    assert_eq!(endless, [1, 3, 7, 15, 31, 63]);
    for longest in [Duration::ZERO, Duration::from_nanos(1), MILLI] {
        let looks = looks(3000, |subscriber| subscriber.never_woken(longest));
        assert_eq!(looks, (1..=3000).collect::<Vec<_>>());
    }
}

/// How many of so many events, each after the same silence in milliseconds, woke the reader.
fn woken(events: u32, silence: u32, set: impl FnOnce(Subscriber) -> Subscriber) -> u32 {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut subscriber = set(sink.subscribe()).with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut woken = 0;
    for n in 0..events {
        let mut recv = pin!(subscriber.recv());
        for _ in 0..silence {
            assert!(poll(recv.as_mut(), &waker).is_pending());
            timer.advance(MILLI);
        }
        let before = wakes.count();
        emit(&emitter, n);
        woken += (wakes.count() - before) as u32;
        assert_eq!(got(poll(recv.as_mut(), &waker)), Some(n));
    }
    woken
}

#[test]
fn who_emits_pays_for_a_wake_after_a_second_of_silence_only() {
    let set = |subscriber| subscriber;
    assert_eq!(
        [1, 16, 500, 1007].map(|silence| woken(5, silence, set)),
        [0; 4]
    );
    assert_eq!([1009, 3000].map(|silence| woken(5, silence, set)), [5; 2]);
}

#[test]
fn a_prompt_reader_is_woken_after_each_silence_but_not_by_a_busy_stream() {
    assert_eq!(woken(1000, 1, Subscriber::prompt), 0);
    assert_eq!(
        [3, 16].map(|silence| woken(100, silence, Subscriber::prompt)),
        [100; 2]
    );
}

#[test]
fn who_emits_never_wakes_a_reader_that_asked_not_to_be() {
    let never = |subscriber: Subscriber| subscriber.never_woken(MILLI * 5);
    assert_eq!(
        [1, 100, 5000].map(|silence| woken(5, silence, never)),
        [0; 3]
    );
}

#[test]
fn each_wait_begins_with_a_short_nap() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut subscriber = sink.subscribe().with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    for n in 0..10 {
        let mut recv = Box::pin(subscriber.recv());
        for _ in 0..40 {
            assert!(poll(recv.as_mut(), &waker).is_pending());
            timer.advance(MILLI);
        }
        emit(&emitter, n);
        timer.advance(MILLI * 16);
        assert_eq!(got(poll(recv.as_mut(), &waker)), Some(n));
        drop(recv);
        let mut next = pin!(subscriber.recv());
        assert!(poll(next.as_mut(), &waker).is_pending());
        let before = wakes.count();
        timer.advance(MILLI);
        assert_eq!(wakes.count(), before + 1);
    }
}

#[test]
fn an_event_is_received_in_a_nap_when_something_else_polls() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut subscriber = sink.subscribe().with_timer(timer.clone());
    let mut recv = pin!(subscriber.recv());
    assert!(poll(recv.as_mut(), Waker::noop()).is_pending());
    emit(&emitter, 1);
    assert_eq!(got(poll(recv.as_mut(), Waker::noop())), Some(1));
    assert_eq!(timer.armed(), 0);
}

#[test]
fn a_timer_that_does_not_wait_leaves_other_tasks_their_turn() {
    let (sink, emitter) = streaming(4);
    let subscriber = sink.subscribe().never_woken(MILLI);
    let mut subscriber = subscriber.with_timer(InstantSleeper);
    let (wakes, waker) = Wakes::new();
    let mut recv = pin!(subscriber.recv());
    for polls in 1..=100 {
        assert!(poll(recv.as_mut(), &waker).is_pending());
        assert_eq!(wakes.count(), polls, "it goes on by itself");
    }
    emit(&emitter, 1);
    assert_eq!(got(poll(recv.as_mut(), &waker)), Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_task_receives_what_another_task_emits() {
    let ways: [fn(Subscriber) -> Subscriber; 3] = [
        |usual| usual,
        Subscriber::prompt,
        |usual| usual.never_woken(MILLI * 3),
    ];
    for set in ways {
        let (sink, emitter) = streaming(64);
        let mut subscriber = set(sink.subscribe());
        let reader = tokio::spawn(async move {
            let mut numbers = Vec::new();
            while numbers.len() < 10 {
                match subscriber.recv().await {
                    Delivery::Event(event) => numbers.push(number(event)),
                    Delivery::Lagged(gap) => panic!("{gap} lost"),
                }
            }
            numbers
        });
        for n in 0..10 {
            // Before its nap, in it, at its end, in its grace, and when it sleeps.
            let times = if n == 8 { 5000 } else { n % 6 };
            tokio::time::sleep(Duration::from_micros(500) * times).await;
            emit(&emitter, n);
        }
        let numbers = tokio::time::timeout(Duration::from_secs(60), reader).await;
        let numbers = numbers.expect("a wake was missed").unwrap();
        assert_eq!(numbers, (0..10).collect::<Vec<_>>());
    }
}

/// A timer whose waits are fifty times too short, and busy: so that a reader is soon where only a wake helps.
struct Hurried(MonotonicClock);

struct Busy(Tick);

impl Clock for Hurried {
    fn now(&self) -> Tick {
        self.0.now()
    }
}

impl Timer for Hurried {
    type Sleep = Busy;

    fn sleep_until(&self, deadline: Tick) -> Busy {
        let now = self.now();
        Busy(now.after(deadline.since(now) / 50))
    }
}

impl Future for Busy {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if MonotonicClock.now() >= self.0 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Each round the writer emits its one event while the reader naps, arms, sleeps its grace, or sleeps.
#[test]
fn no_wake_is_missed_between_threads() {
    const ROUNDS: u32 = 10_000;
    let (sink, emitter) = streaming(4);
    let seen = Arc::new(AtomicU32::new(0));
    let mut subscriber = sink
        .subscribe()
        .prompt()
        .with_timer(Hurried(MonotonicClock));
    let mut waits = 0_u32;
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut seeded = Seeded::new(9);
            for n in 0..ROUNDS {
                while seen.load(Ordering::Acquire) != n {
                    thread::yield_now();
                }
                (0..seeded.below(4000)).for_each(|_| std::hint::spin_loop());
                emit(&emitter, n);
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            for n in 0..ROUNDS {
                let mut recv = pin!(subscriber.recv());
                let delivery = poll_fn(|cx| {
                    waits += 1;
                    recv.as_mut().poll(cx)
                });
                let limit = Duration::from_secs(60);
                let delivery = tokio::time::timeout(limit, delivery).await;
                let event = delivery.expect("a wake was missed").event().unwrap();
                assert_eq!(number(event), n);
                seen.store(n + 1, Ordering::Release);
            }
        });
    });
    assert!(waits > ROUNDS, "it never had to wait");
}
