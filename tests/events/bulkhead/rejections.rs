use std::time::Duration;

use ninelives::emit::PolicyEvent as Told;
use ninelives::emit::{BulkheadRejection, FailureCause};
use tower::Layer;

use super::{WAIT, queued, rejecting};
use crate::backend::{Ask, Backend};
use crate::drive::{done, poll, start};
use crate::{MS, assert_told, told};

#[test]
fn a_full_bulkhead_is_told_with_the_permits_out_also_above_a_limit_that_shrank() {
    let (layer, _, sink) = rejecting(2);
    let mut service = layer.layer(Backend::default());
    let _out = [
        start(&mut service, Ask::Hang),
        start(&mut service, Ask::Hang),
    ];
    layer.resize(1).unwrap();
    told(&sink);
    let call = start(&mut service, Ask::Answer);
    // Told when it was turned away; nothing more when that is heard, or not.
    assert_told!(
        sink,
        [
            Told::BulkheadRejected {
                in_flight: 2,
                reason: BulkheadRejection::Full,
                ..
            },
            Told::RequestFailure {
                elapsed: Duration::ZERO,
                cause: FailureCause::Rejected,
                ..
            },
        ]
    );
    assert!(done(call).unwrap_err().is_bulkhead());
    drop(start(&mut service, Ask::Answer));
    assert_told!(
        sink,
        [Told::BulkheadRejected { .. }, Told::RequestFailure { .. }]
    );
}

#[test]
fn a_full_line_is_told_as_full() {
    let (layer, _, sink) = queued(1, 1);
    let mut service = layer.layer(Backend::default());
    let _running = start(&mut service, Ask::Hang);
    let _waiting = start(&mut service, Ask::Hang);
    told(&sink);
    assert!(
        done(start(&mut service, Ask::Answer))
            .unwrap_err()
            .is_bulkhead()
    );
    assert_told!(
        sink,
        [
            Told::BulkheadRejected {
                in_flight: 1,
                reason: BulkheadRejection::Full,
                ..
            },
            Told::RequestFailure {
                cause: FailureCause::Rejected,
                ..
            },
        ]
    );
}

#[test]
fn a_wait_that_was_too_long_is_told_with_its_time() {
    let (layer, timer, sink) = queued(1, 1);
    let mut service = layer.layer(Backend::default());
    let _running = start(&mut service, Ask::Hang);
    let mut waiter = start(&mut service, Ask::Answer);
    assert!(poll(&mut waiter).is_pending());
    told(&sink);
    timer.advance(WAIT);
    assert!(done(waiter).unwrap_err().is_bulkhead());
    assert_told!(
        sink,
        [
            Told::BulkheadRejected {
                reason: BulkheadRejection::TimedOut,
                ..
            },
            Told::RequestFailure {
                elapsed: WAIT,
                cause: FailureCause::Rejected,
                ..
            },
        ]
    );
}

#[test]
fn a_closed_bulkhead_is_told_as_closed_to_those_who_wait_and_those_who_come() {
    let (layer, timer, sink) = queued(1, 1);
    let mut service = layer.layer(Backend::default());
    let _running = start(&mut service, Ask::Hang);
    let mut waiter = start(&mut service, Ask::Answer);
    assert!(poll(&mut waiter).is_pending());
    timer.advance(MS);
    layer.close();
    told(&sink);
    assert!(done(waiter).unwrap_err().is_bulkhead_closed());
    assert_told!(
        sink,
        [
            Told::BulkheadRejected {
                reason: BulkheadRejection::Closed,
                ..
            },
            Told::RequestFailure {
                elapsed: MS,
                cause: FailureCause::Rejected,
                ..
            },
        ]
    );
    drop(start(&mut service, Ask::Answer));
    assert_told!(
        sink,
        [
            Told::BulkheadRejected {
                in_flight: 0,
                reason: BulkheadRejection::Closed,
                ..
            },
            Told::RequestFailure {
                elapsed: Duration::ZERO,
                ..
            },
        ]
    );
    let (layer, _, sink) = rejecting(1);
    layer.close();
    drop(start(&mut layer.layer(Backend::default()), Ask::Answer));
    assert_told!(
        sink,
        [
            Told::BulkheadRejected {
                in_flight: 0,
                reason: BulkheadRejection::Closed,
                ..
            },
            Told::RequestFailure {
                cause: FailureCause::Rejected,
                ..
            },
        ]
    );
}
