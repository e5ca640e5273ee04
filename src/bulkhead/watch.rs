//! What a bulkhead tells.

use std::time::Duration;

use ninelives_core::semaphore::Entry;

use super::demand::Weight;
use crate::emit::{BulkheadRejection, Emitter, Kind, PolicyEvent, Request};
use crate::error::ResilienceError;

/// A request that came in and was given a permit at once.
#[inline]
pub(super) fn acquired<M: Emitter>(emitter: &mut M, in_flight: u32, weight: u32) -> Request<M> {
    let watch = Request::start(emitter);
    granted(&watch, in_flight, weight);
    watch
}

/// A request was given its permit.
#[inline]
pub(super) fn granted<M: Emitter>(watch: &Request<M>, in_flight: u32, weight: u32) {
    watch.tell(Kind::BulkheadAcquired, |at| PolicyEvent::BulkheadAcquired {
        at,
        in_flight,
        weight,
    });
}

/// A request that came in and was turned away at once: all of it has been told.
#[inline]
pub(super) fn turned_away<M: Emitter>(
    emitter: &mut M,
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

/// The same by what was decided of it, and its error.
#[cold]
pub(super) fn refused<M: Emitter, E>(
    emitter: &mut M,
    entry: Entry,
    weight: u32,
) -> (Request<M>, ResilienceError<E>) {
    let (in_flight, reason, error) = match entry {
        Entry::Full { in_flight, limit } => {
            let (in_use, max) = (in_flight as usize, limit as usize);
            let error = ResilienceError::Bulkhead {
                in_flight: in_use,
                max,
            };
            (in_flight, BulkheadRejection::Full, error)
        }
        Entry::Overweight { limit } => {
            let error = ResilienceError::overweight(weight, limit);
            (0, BulkheadRejection::Overweight, error)
        }
        Entry::Closed => {
            let reason = BulkheadRejection::Closed;
            (0, reason, ResilienceError::BulkheadClosed)
        }
        Entry::Acquired { .. } | Entry::Waiting(_) => unreachable!("it was let in"),
    };
    let request = turned_away(emitter, in_flight, weight, reason);
    (request, error)
}

/// A request came after its deadline, and what it weighs: its rejection has been told.
#[cold]
pub(super) fn late<M: Emitter, E>(
    emitter: &mut M,
    late_by: Duration,
    weight: &impl Weight,
) -> (Request<M>, ResilienceError<E>) {
    let reason = BulkheadRejection::DeadlinePassed;
    let request = turned_away(emitter, 0, weight.permits().get(), reason);
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
