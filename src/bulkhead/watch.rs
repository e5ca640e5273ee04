//! What a bulkhead tells.

use std::time::Duration;

use super::demand::Weight;
use super::refusal::Refusal;
use crate::emit::{BulkheadRejection, Emitter, Kind, PolicyEvent, Request};
use crate::error::ResilienceError;

/// A request that came in and was given a permit at once.
#[inline]
pub(super) fn acquired<M: Emitter>(
    emitter: &M,
    in_flight: impl FnOnce() -> u32,
    weight: u32,
) -> Request<M> {
    let watch = Request::start(emitter);
    granted(&watch, in_flight, weight);
    watch
}

/// A request was given its permit.
#[inline]
pub(super) fn granted<M: Emitter>(
    watch: &Request<M>,
    in_flight: impl FnOnce() -> u32,
    weight: u32,
) {
    watch.tell(Kind::BulkheadAcquired, |at| PolicyEvent::BulkheadAcquired {
        at,
        in_flight: in_flight(),
        weight,
    });
}

/// A request that came in and was turned away at once: all of it has been told.
#[inline]
pub(super) fn turned_away<M: Emitter>(emitter: &M, refusal: Refusal, weight: u32) -> Request<M> {
    rejected(emitter, refusal.in_flight(), weight, refusal.reason())
}

#[inline]
fn rejected<M: Emitter>(
    emitter: &M,
    in_flight: u32,
    weight: u32,
    reason: BulkheadRejection,
) -> Request<M> {
    let mut request = Request::start(emitter);
    request.tell(Kind::BulkheadRejected, |at| PolicyEvent::BulkheadRejected {
        at,
        in_flight,
        weight,
        reason,
    });
    request.rejected();
    request
}

/// A request came after its deadline, and what it weighs: its rejection has been told.
#[cold]
pub(super) fn late<M: Emitter, E>(
    emitter: &M,
    late_by: Duration,
    weight: &impl Weight,
) -> (Request<M>, ResilienceError<E>) {
    let reason = BulkheadRejection::DeadlinePassed;
    let request = rejected(emitter, 0, weight.permits().get(), reason);
    (request, ResilienceError::DeadlinePassed { late_by })
}

/// A request gave up its place in the line.
pub(super) fn left<M: Emitter>(watch: &Request<M>, weight: u32, reason: BulkheadRejection) {
    watch.tell(Kind::BulkheadRejected, |at| PolicyEvent::BulkheadRejected {
        at,
        in_flight: 0,
        weight,
        reason,
    });
}
