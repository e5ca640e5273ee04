//! Waiting until no call is in flight, and the orderly end.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ninelives::bulkhead::UntilIdle;
use tower::service_fn;

use super::drive::{Wakes, run};
use super::*;

/// Often enough that threads meet in every way they can.
const ROUNDS: u32 = if cfg!(miri) { 8 } else { 500 };

/// A wait that was polled once, with its task.
fn wait(until: UntilIdle) -> (Pin<Box<UntilIdle>>, Arc<Wakes>) {
    let (wakes, waker) = Wakes::new();
    let mut until = Box::pin(until);
    assert!(poll_with(&mut until, &waker).is_pending());
    (until, wakes)
}

#[test]
fn a_bulkhead_without_calls_is_idle_at_once() {
    let rig = Plain::new(1);
    done(Box::pin(rig.layer.until_idle()));
    done(Box::pin(Line::new(1, 1).layer.drain()));
}

#[test]
fn the_last_call_that_ends_wakes_everyone_who_waits_and_none_before_it() {
    let mut rig = Plain::new(3);
    let mut calls = [rig.wait_at(), rig.wait_at()];
    let mut waits = [
        wait(rig.layer.until_idle()),
        wait(rig.layer.clone().until_idle()),
    ];
    let mut woken = Vec::new();
    for (call, gate) in &mut calls {
        gate.answer();
        assert!(poll(call).is_ready());
        woken.extend(waits.iter().map(|(_, wakes)| wakes.count()));
    }
    assert_eq!(woken, [0, 0, 1, 1]);
    for (until, _) in &mut waits {
        assert!(poll(until).is_ready());
    }
}

#[test]
fn who_waits_is_told_though_other_calls_began_since() {
    let mut rig = Plain::new(1);
    let (first, _) = rig.wait_at();
    let (mut until, wakes) = wait(rig.layer.until_idle());
    drop(first);
    let _second = rig.wait_at();
    assert_eq!(wakes.count(), 1);
    assert!(poll(&mut until).is_ready());
    let (_, wakes) = wait(rig.layer.until_idle());
    assert_eq!(wakes.count(), 0, "who came later waits for the second");
}

#[test]
fn who_asks_for_the_first_time_after_the_next_call_began_is_told_too() {
    let mut rig = Plain::new(1);
    let (first, _) = rig.wait_at();
    let mut before = Box::pin(rig.layer.until_idle());
    drop(first);
    let mut between = Box::pin(rig.layer.until_idle());
    let _second = rig.wait_at();
    let mut after = Box::pin(rig.layer.until_idle());
    assert!(poll(&mut before).is_ready() && poll(&mut between).is_ready());
    assert!(poll(&mut after).is_pending());
}

#[test]
fn hc48_a_wait_that_is_dropped_takes_nothing_from_the_others() {
    let mut rig = Plain::new(1);
    let (call, _) = rig.wait_at();
    let (gone, old) = wait(rig.layer.until_idle());
    let (mut until, wakes) = wait(rig.layer.until_idle());
    drop(gone);
    drop(call);
    assert_eq!((old.count(), wakes.count()), (0, 1));
    assert!(poll(&mut until).is_ready());
}

#[test]
fn s07_the_newest_waker_alone_is_woken() {
    let mut rig = Plain::new(1);
    let (call, _) = rig.wait_at();
    let (mut until, old) = wait(rig.layer.until_idle());
    let (new, waker) = Wakes::new();
    assert!(poll_with(&mut until, &waker).is_pending());
    drop(call);
    assert_eq!((old.count(), new.count()), (0, 1));
}

#[test]
fn a_permit_that_goes_to_the_next_in_line_is_not_idle() {
    let mut rig = Line::new(1, 1);
    let (first, _) = rig.wait_at();
    let (second, _) = rig.wait_at();
    let (mut until, wakes) = wait(rig.layer.until_idle());
    drop(first);
    assert_eq!((wakes.count(), rig.now()), (0, (1, 0, 1)));
    drop(second); // its turn had come, and it never knew
    assert_eq!(wakes.count(), 1);
    assert!(poll(&mut until).is_ready());
}

#[test]
fn a_paused_bulkhead_is_idle_whoever_is_in_line() {
    let mut rig = Line::new(1, 1);
    rig.layer.resize(0).unwrap();
    let _waiter = rig.wait_at();
    done(Box::pin(rig.layer.until_idle()));
}

#[test]
fn s15_a_panic_inside_ends_the_wait_too() {
    let mut rig = Plain::new(1);
    let mut call = rig.call(Ask::PanicInPoll);
    let (mut until, wakes) = wait(rig.layer.until_idle());
    assert!(drive::panics(|| poll(&mut call)));
    drop(call);
    assert_eq!(wakes.count(), 1);
    assert!(poll(&mut until).is_ready());
}

#[test]
fn s08_a_waker_that_panics_keeps_nobody_else_who_waits_asleep() {
    let mut rig = Plain::new(1);
    let (call, _) = rig.wait_at();
    let mut bad = Box::pin(rig.layer.until_idle());
    assert!(poll_with(&mut bad, &drive::panicking()).is_pending());
    let (mut until, wakes) = wait(rig.layer.until_idle());
    assert!(drive::panics(|| drop(call)));
    assert_eq!((wakes.count(), rig.layer.in_flight()), (1, 0));
    assert!(poll(&mut until).is_ready());
}

#[test]
fn s23_drain_turns_the_line_away_and_ends_with_the_calls_in_flight() {
    let mut rig = Line::new(1, 2);
    let (mut first, gate) = rig.wait_at();
    let mut waiters = rig.waiters(2);
    let (mut drained, wakes) = wait(rig.layer.drain());
    assert!(rig.layer.is_closed());
    for (call, _) in &mut waiters {
        assert!(matches!(
            poll(call),
            Poll::Ready(Err(ResilienceError::BulkheadClosed))
        ));
    }
    assert!(rig.ask(Ask::Answer).unwrap_err().is_bulkhead_closed());
    assert_eq!((wakes.count(), poll(&mut drained)), (0, Poll::Pending));
    gate.answer();
    assert_eq!(poll(&mut first), Poll::Ready(Ok(())));
    assert!(poll(&mut drained).is_ready());
    done(Box::pin(rig.layer.drain()));
}

#[test]
fn s23_drain_closes_before_it_is_polled() {
    let rig = Plain::new(1);
    drop(rig.layer.drain());
    assert!(rig.layer.is_closed());
}

#[test]
fn s23_a_live_bulkhead_drains_whatever_its_limit_becomes() {
    let layer = BulkheadLayer::new(2).unwrap().live();
    let mut rig = Rig::over(layer, ManualTimer::new());
    let (call, _) = rig.wait_at();
    let (mut drained, wakes) = wait(rig.layer.drain());
    rig.layer.resize(0).unwrap();
    rig.layer.resize(9).unwrap();
    assert_eq!((wakes.count(), rig.layer.in_flight()), (0, 1));
    drop(call);
    assert_eq!((wakes.count(), poll(&mut drained)), (1, Poll::Ready(())));
}

#[test]
fn s23_threads_that_call_while_it_drains_are_all_done_when_it_is() {
    for round in 0..50 {
        let layer = BulkheadLayer::queued(2, 2, WAIT).unwrap();
        let layer = layer.with_timer(ManualTimer::new());
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut service = layer.layer(service_fn(|()| async {
                        inside.fetch_add(1, Ordering::SeqCst);
                        thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        Ok::<_, Broken>(())
                    }));
                    loop {
                        match run(start(&mut service, ())) {
                            Err(ResilienceError::BulkheadClosed) => break,
                            Ok(()) | Err(ResilienceError::Bulkhead { .. }) => {}
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                });
            }
            for _ in 0..round {
                thread::yield_now();
            }
            run(layer.drain());
            assert_eq!((layer.in_flight(), inside.load(Ordering::SeqCst)), (0, 0));
        });
        assert_eq!((layer.in_flight(), layer.waiting()), (0, 0));
    }
}

#[test]
fn s23_a_call_in_flight_keeps_a_drain_waiting_though_others_are_just_told_of_an_idle_moment_before()
{
    for round in 0..ROUNDS {
        let layer = BulkheadLayer::new(2).unwrap();
        let mut service = layer.layer(Backend::default());
        let first = start(&mut service, Ask::At(Gate::new()));
        let (_told, _) = wait(layer.until_idle());
        thread::scope(|scope| {
            scope.spawn(|| drop(first));
            while layer.in_flight() > 0 {
                thread::yield_now();
            }
            (0..round % 256).for_each(|_| std::hint::spin_loop());
            let mut service = layer.layer(Backend::default());
            let call = start(&mut service, Ask::At(Gate::new()));
            let mut drained = Box::pin(layer.drain());
            for _ in 0..3 {
                thread::yield_now();
                assert_eq!(layer.in_flight(), 1);
                assert!(poll(&mut drained).is_pending(), "round {round}");
            }
            drop(call);
        });
    }
}
