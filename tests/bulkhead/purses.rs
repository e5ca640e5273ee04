//! A thread that has a bulkhead to itself keeps permits, with the feature `membarrier`.

use ninelives_core::weighted::Threads;

use super::*;

/// More than a stock of calls, and what has to come back to a stripe after it.
const LONG: u32 = (1 << 16) + (1 << 11);
const LIMIT: usize = 64;

/// A bulkhead of which this thread keeps a permit.
fn kept() -> Option<Plain> {
    let mut rig = Plain::new(LIMIT);
    for _ in 0..LONG {
        let call = rig.call(Ask::Answer);
        assert_eq!(done(call), Ok(()));
    }
    let keeps = format!("{:?}", rig.layer).contains("kept: true");
    assert_eq!(keeps, Threads::can_fence());
    keeps.then_some(rig)
}

#[test]
fn a_thread_that_is_alone_for_long_keeps_permits_and_nobody_is_in_flight() {
    if let Some(rig) = kept() {
        assert_eq!((rig.layer.in_flight(), rig.layer.available()), (0, LIMIT));
    }
}

#[test]
fn the_limit_stays_exact_beside_what_the_thread_keeps() {
    let Some(mut rig) = kept() else { return };
    let calls: Vec<_> = (0..LIMIT).map(|_| rig.wait_at()).collect();
    let over = done(rig.call(Ask::Answer));
    assert!(over.is_err_and(|error| error.is_bulkhead()));
    assert_eq!(rig.layer.in_flight(), LIMIT);
    drop(calls);
    assert_eq!(rig.layer.in_flight(), 0);
}

#[test]
fn another_thread_is_let_in_by_what_this_one_keeps() {
    let Some(mut rig) = kept() else { return };
    let _calls: Vec<_> = (1..LIMIT).map(|_| rig.wait_at()).collect();
    let mut service = rig.layer.layer(rig.backend.clone());
    let other = std::thread::spawn(move || done(start(&mut service, Ask::Answer)));
    assert_eq!(other.join().unwrap(), Ok(()));
}

#[test]
fn a_drain_waits_for_no_permit_that_the_thread_keeps() {
    let Some(rig) = kept() else { return };
    let mut drain = Box::pin(rig.layer.drain());
    assert!(poll(&mut drain).is_ready());
}
