//! Sleeping until an event comes.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use ninelives::emit::{Emitter, Interest, Kind, PolicyEvent};
use ninelives::prelude::*;
use ninelives::telemetry::{BusEmitter, Delivery};

use super::{drain, emit, number, streaming};

const GRACE: Duration = Duration::from_millis(1);

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wakes {
    fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::new(Self::default());
        (Arc::clone(&wakes), Waker::from(wakes))
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

fn got(poll: Poll<Delivery>) -> Option<u32> {
    match poll {
        Poll::Ready(delivery) => delivery.event().map(number),
        Poll::Pending => None,
    }
}

#[test]
fn an_event_that_is_there_is_received_without_a_timer() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut subscriber = sink.subscribe().with_timer(timer.clone());
    emit(&emitter, 1);
    let (_, waker) = Wakes::new();
    assert_eq!(got(poll(pin!(subscriber.recv()), &waker)), Some(1));
    assert_eq!(timer.armed(), 0);
}

#[test]
fn a_sleeper_is_woken_by_an_event_during_its_grace_and_after_it() {
    for graces in [0, 1, 2] {
        let (sink, emitter) = streaming(4);
        let timer = ManualTimer::new();
        let mut subscriber = sink.subscribe().with_timer(timer.clone());
        let (wakes, waker) = Wakes::new();
        let mut recv = pin!(subscriber.recv());
        assert!(poll(recv.as_mut(), &waker).is_pending());
        assert_eq!(timer.armed(), 1);
        for _ in 0..graces {
            timer.advance(GRACE);
            assert!(poll(recv.as_mut(), &waker).is_pending());
            assert_eq!(timer.armed(), 0, "the second sleep has no end");
        }
        let before = wakes.count();
        emit(&emitter, 1);
        emit(&emitter, 2);
        assert_eq!(wakes.count() - before, 1, "once for all that came");
        assert_eq!(got(poll(recv.as_mut(), &waker)), Some(1));
    }
}

#[test]
fn the_grace_ends_with_another_look() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut subscriber = sink.subscribe().with_timer(timer.clone());
    let other = sink.subscribe().with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut recv = pin!(subscriber.recv());
    assert!(poll(recv.as_mut(), &waker).is_pending());
    timer.advance(GRACE);
    assert_eq!(wakes.count(), 1, "the timer wakes it");
    emit(&emitter, 1);
    assert_eq!(got(poll(recv.as_mut(), &waker)), Some(1));
    drop(other);
}

#[test]
fn an_event_that_nobody_sleeps_for_wakes_nobody() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let wide = sink.subscribe();
    let circuit = Interest::NONE.with(Kind::CircuitOpened);
    let mut narrow = sink.subscribe_to(circuit).with_timer(timer);
    let (wakes, waker) = Wakes::new();
    let mut recv = Box::pin(narrow.recv());
    assert!(poll(recv.as_mut(), &waker).is_pending());
    (0..100).for_each(|n| emit(&emitter, n));
    assert_eq!(wakes.count(), 0);
    emitter.tell(Kind::CircuitOpened, |at| PolicyEvent::CircuitOpened {
        at,
        from: CircuitState::Closed,
        to: CircuitState::Open,
    });
    assert_eq!(wakes.count(), 1);
    assert_eq!(
        poll(recv.as_mut(), &waker),
        Poll::Ready(Delivery::Lagged(97))
    );
    drop(recv);
    let Poll::Ready(Delivery::Event(event)) = poll(pin!(narrow.recv()), &waker) else {
        panic!("the event that woke it is the newest");
    };
    assert_eq!(event.kind(), Kind::CircuitOpened);
    drop(wide);
}

#[test]
fn a_sleeper_that_was_woken_in_vain_sleeps_again_with_a_grace_and_is_woken_again() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut wide = sink.subscribe().with_timer(timer.clone());
    let narrow = Interest::NONE.with(Kind::FallbackTaken);
    let mut narrow = sink.subscribe_to(narrow).with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut first = pin!(wide.recv());
    let mut second = pin!(narrow.recv());
    assert!(poll(first.as_mut(), Waker::noop()).is_pending());
    assert!(poll(second.as_mut(), &waker).is_pending());
    timer.advance(GRACE);
    assert!(poll(second.as_mut(), &waker).is_pending());
    let before = wakes.count();
    emit(&emitter, 1);
    assert_eq!(wakes.count(), before + 1, "the alarm was taken for all");
    let armed = timer.armed();
    assert!(poll(second.as_mut(), &waker).is_pending());
    assert_eq!(timer.armed(), armed + 1, "armed anew, so a grace anew");
    emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
    assert_eq!(wakes.count(), before + 2);
    assert!(poll(second.as_mut(), &waker).is_ready());
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    for graces in [0, 1] {
        let (sink, emitter) = streaming(4);
        let timer = ManualTimer::new();
        let mut subscriber = sink.subscribe().with_timer(timer.clone());
        let ((old, old_waker), (new, new_waker)) = (Wakes::new(), Wakes::new());
        let mut recv = pin!(subscriber.recv());
        assert!(poll(recv.as_mut(), &old_waker).is_pending());
        timer.advance(GRACE * graces);
        assert!(poll(recv.as_mut(), &new_waker).is_pending());
        let before = old.count();
        emit(&emitter, 1);
        assert_eq!((old.count() - before, new.count()), (0, 1));
        assert_eq!(got(poll(recv.as_mut(), &new_waker)), Some(1));
    }
}

#[test]
fn a_dropped_wait_loses_no_event_and_keeps_no_waker() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut subscriber = sink.subscribe().with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    for n in 0..3 {
        {
            let mut recv = pin!(subscriber.recv());
            assert!(poll(recv.as_mut(), &waker).is_pending());
            emit(&emitter, n);
        }
        assert_eq!(timer.armed(), 0);
        assert_eq!(Arc::strong_count(&wakes), 2, "a waker is kept");
        assert_eq!(drain(&mut subscriber), (vec![n], 0));
    }
    assert!(poll(pin!(subscriber.recv()), &waker).is_pending());
    let before = wakes.count();
    emit(&emitter, 9);
    assert_eq!(wakes.count(), before, "nobody waits any more");
    assert_eq!(drain(&mut subscriber), (vec![9], 0));
}

/// A waker that tells an event itself.
struct Tells(BusEmitter, AtomicU32);

impl Wake for Tells {
    fn wake(self: Arc<Self>) {
        emit(&self.0, 100 + self.1.fetch_add(1, Ordering::SeqCst));
    }
}

#[test]
fn e12_an_event_from_a_wake_is_delivered_and_does_not_recur() {
    let (sink, emitter) = streaming(8);
    let mut subscriber = sink.subscribe().with_timer(ManualTimer::new());
    let tells = Arc::new(Tells(emitter.clone(), AtomicU32::new(0)));
    let waker = Waker::from(Arc::clone(&tells));
    let mut recv = Box::pin(subscriber.recv());
    assert!(poll(recv.as_mut(), &waker).is_pending());
    emit(&emitter, 1);
    emit(&emitter, 2);
    assert_eq!(tells.1.load(Ordering::SeqCst), 1);
    assert_eq!(got(poll(recv.as_mut(), &waker)), Some(1));
    drop(recv);
    assert_eq!(drain(&mut subscriber), (vec![100, 2], 0));
}

#[tokio::test(start_paused = true)]
async fn a_task_receives_what_another_task_emits() {
    let (sink, emitter) = streaming(64);
    let mut subscriber = sink.subscribe();
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
        // Before its grace, in it, at its end, and long after it.
        tokio::time::sleep(Duration::from_micros(500) * (n % 4)).await;
        emit(&emitter, n);
    }
    let numbers = tokio::time::timeout(Duration::from_secs(60), reader).await;
    let numbers = numbers.expect("a wake was missed").unwrap();
    assert_eq!(numbers, (0..10).collect::<Vec<_>>());
}

/// Each round the reader goes to sleep while the writer emits its one event.
#[test]
fn no_wake_is_missed_between_threads() {
    const ROUNDS: u32 = 20_000;
    let (sink, emitter) = streaming(4);
    let seen = Arc::new(AtomicU32::new(0));
    let mut subscriber = sink.subscribe();
    let writer = {
        let seen = Arc::clone(&seen);
        thread::spawn(move || {
            for n in 0..ROUNDS {
                while seen.load(Ordering::Acquire) != n {
                    thread::yield_now();
                }
                emit(&emitter, n);
            }
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        for n in 0..ROUNDS {
            let delivery = tokio::time::timeout(Duration::from_secs(60), subscriber.recv()).await;
            let event = delivery.expect("a wake was missed").event().unwrap();
            assert_eq!(number(event), n);
            seen.store(n + 1, Ordering::Release);
        }
    });
    writer.join().unwrap();
}
