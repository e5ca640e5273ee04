//! Sleeping until an event comes, and is woken for.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ninelives::emit::{Emitter, Interest, Kind, PolicyEvent};
use ninelives::prelude::*;
use ninelives::telemetry::{BusEmitter, Delivery};

use super::drive::{Wakes, panicking};
use super::{drain, emit, number, streaming};

/// The nap before the alarm is armed, and the grace after it.
const NAP: Duration = Duration::from_millis(1);

/// Polls a wait of a prompt subscriber through its nap: from here on it is woken.
fn arm<F: Future>(mut future: std::pin::Pin<&mut F>, timer: &ManualTimer, waker: &Waker) {
    assert!(poll(future.as_mut(), waker).is_pending());
    timer.advance(NAP);
    assert!(poll(future, waker).is_pending());
}

pub(super) fn poll<F: Future>(future: std::pin::Pin<&mut F>, waker: &Waker) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(waker))
}

pub(super) fn got(poll: Poll<Delivery>) -> Option<u32> {
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
fn a_prompt_sleeper_is_woken_by_an_event_during_its_grace_and_after_it() {
    for graces in [0, 1, 2] {
        let (sink, emitter) = streaming(4);
        let timer = ManualTimer::new();
        let mut subscriber = sink.subscribe().prompt().with_timer(timer.clone());
        let (wakes, waker) = Wakes::new();
        let mut recv = pin!(subscriber.recv());
        arm(recv.as_mut(), &timer, &waker);
        assert_eq!(timer.armed(), 1);
        for _ in 0..graces {
            timer.advance(NAP);
            assert!(poll(recv.as_mut(), &waker).is_pending());
            assert_eq!(timer.armed(), 0, "the sleep has no end");
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
    let mut subscriber = sink.subscribe().prompt().with_timer(timer.clone());
    let other = sink.subscribe().with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut recv = pin!(subscriber.recv());
    arm(recv.as_mut(), &timer, &waker);
    timer.advance(NAP);
    assert_eq!(wakes.count(), 2, "the timer wakes it");
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
    let narrow = sink.subscribe_to(circuit).prompt();
    let mut narrow = narrow.with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut recv = Box::pin(narrow.recv());
    arm(recv.as_mut(), &timer, &waker);
    let before = wakes.count();
    (0..100).for_each(|n| emit(&emitter, n));
    assert_eq!(wakes.count(), before);
    emitter.tell(Kind::CircuitOpened, |at| PolicyEvent::CircuitOpened {
        at,
        from: CircuitState::Closed,
        to: CircuitState::Open,
    });
    assert_eq!(wakes.count(), before + 1);
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
fn a_prompt_sleeper_that_was_woken_in_vain_naps_and_sleeps_and_is_woken_again() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut wide = sink.subscribe().prompt().with_timer(timer.clone());
    let narrow = Interest::NONE.with(Kind::FallbackTaken);
    let narrow = sink.subscribe_to(narrow).prompt();
    let mut narrow = narrow.with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut first = pin!(wide.recv());
    let mut second = pin!(narrow.recv());
    arm(first.as_mut(), &timer, Waker::noop());
    arm(second.as_mut(), &timer, &waker);
    timer.advance(NAP);
    assert!(poll(second.as_mut(), &waker).is_pending());
    let before = wakes.count();
    emit(&emitter, 1);
    assert_eq!(wakes.count(), before + 1, "the alarm was taken for all");
    let armed = timer.armed();
    assert!(poll(second.as_mut(), &waker).is_pending());
    assert_eq!(timer.armed(), armed + 1, "begun anew, so a nap");
    let tell = || emitter.tell(Kind::FallbackTaken, |at| PolicyEvent::FallbackTaken { at });
    tell();
    assert_eq!(wakes.count(), before + 1, "the nap will find it");
    assert!(poll(second.as_mut(), &waker).is_ready());
    arm(second.as_mut(), &timer, &waker);
    let before = wakes.count();
    tell();
    assert_eq!(wakes.count(), before + 1);
    assert!(poll(second.as_mut(), &waker).is_ready());
}

#[test]
fn the_waker_of_the_last_poll_is_woken() {
    for graces in [0, 1] {
        let (sink, emitter) = streaming(4);
        let timer = ManualTimer::new();
        let mut subscriber = sink.subscribe().prompt().with_timer(timer.clone());
        let ((old, old_waker), (new, new_waker)) = (Wakes::new(), Wakes::new());
        let mut recv = pin!(subscriber.recv());
        arm(recv.as_mut(), &timer, &old_waker);
        timer.advance(NAP * graces);
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
    let mut subscriber = sink.subscribe().prompt().with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    for n in 0..3 {
        {
            let mut recv = pin!(subscriber.recv());
            arm(recv.as_mut(), &timer, &waker);
            emit(&emitter, n);
        }
        assert_eq!(timer.armed(), 0);
        assert_eq!(Arc::strong_count(&wakes), 2, "a waker is kept");
        assert_eq!(drain(&mut subscriber), (vec![n], 0));
    }
    arm(pin!(subscriber.recv()), &timer, &waker);
    let before = wakes.count();
    emit(&emitter, 9);
    assert_eq!(wakes.count(), before, "nobody waits any more");
    assert_eq!(drain(&mut subscriber), (vec![9], 0));
}

#[test]
fn a_nap_after_a_wake_in_vain_is_not_disturbed_by_another_one() {
    let (sink, emitter) = streaming(4);
    let (timer, other) = (ManualTimer::new(), ManualTimer::new());
    let mut wide = sink.subscribe().prompt().with_timer(other.clone());
    let narrow = sink.subscribe_to(Interest::NONE.with(Kind::FallbackTaken));
    let mut narrow = narrow.prompt().with_timer(timer.clone());
    let (wakes, waker) = Wakes::new();
    let mut second = pin!(narrow.recv());
    arm(second.as_mut(), &timer, &waker);
    for n in 1..3 {
        // The first of its rings is in vain; then the other one naps.
        let mut first = Box::pin(wide.recv());
        arm(first.as_mut(), &other, Waker::noop());
        let before = wakes.count();
        emit(&emitter, n);
        assert_eq!(wakes.count() - before, usize::from(n == 1));
        assert!(poll(second.as_mut(), &waker).is_pending());
        assert_eq!(got(poll(first.as_mut(), Waker::noop())), Some(n));
    }
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
    let timer = ManualTimer::new();
    let mut subscriber = sink.subscribe().prompt().with_timer(timer.clone());
    let tells = Arc::new(Tells(emitter.clone(), AtomicU32::new(0)));
    let waker = Waker::from(Arc::clone(&tells));
    let mut recv = Box::pin(subscriber.recv());
    arm(recv.as_mut(), &timer, Waker::noop());
    assert!(poll(recv.as_mut(), &waker).is_pending());
    emit(&emitter, 1);
    emit(&emitter, 2);
    assert_eq!(tells.1.load(Ordering::SeqCst), 1);
    assert_eq!(got(poll(recv.as_mut(), &waker)), Some(1));
    drop(recv);
    assert_eq!(drain(&mut subscriber), (vec![100, 2], 0));
}

#[test]
fn e04_a_waker_that_panics_keeps_no_other_reader_asleep_and_is_nothing_to_who_emits() {
    let (sink, emitter) = streaming(4);
    let timer = ManualTimer::new();
    let mut readers = [(); 2].map(|()| sink.subscribe().prompt().with_timer(timer.clone()));
    let [bad, other] = &mut readers;
    let (mut bad, mut other) = (pin!(bad.recv()), pin!(other.recv()));
    let (wakes, waker) = Wakes::new();
    arm(bad.as_mut(), &timer, Waker::noop());
    arm(other.as_mut(), &timer, &waker);
    assert!(poll(bad, &panicking()).is_pending());
    let before = wakes.count();
    emit(&emitter, 7);
    assert_eq!(wakes.count(), before + 1);
    assert_eq!(got(poll(other, &waker)), Some(7));
}
