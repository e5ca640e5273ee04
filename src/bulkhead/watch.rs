//! What a bulkhead tells.

use crate::emit::{BulkheadRejection, Emitter, Kind, PolicyEvent, Request};

/// A request that came in and was given a permit at once.
#[inline]
pub(super) fn acquired<M: Emitter>(emitter: &M, in_flight: u32) -> Request<M> {
    let watch = Request::start(emitter);
    granted(&watch, in_flight);
    watch
}

/// A request was given its permit.
#[inline]
pub(super) fn granted<M: Emitter>(watch: &Request<M>, in_flight: u32) {
    watch.tell(Kind::BulkheadAcquired, |at| PolicyEvent::BulkheadAcquired {
        at,
        in_flight,
    });
}

/// A request that came in and was turned away at once: all of it has been told.
#[inline]
pub(super) fn turned_away<M: Emitter>(
    emitter: &M,
    in_flight: u32,
    reason: BulkheadRejection,
) -> Request<M> {
    let mut request = Request::start(emitter);
    request.tell(Kind::BulkheadRejected, |at| PolicyEvent::BulkheadRejected {
        at,
        in_flight,
        reason,
    });
    request.rejected();
    request
}

/// A request gave up its place in the line.
pub(super) fn left<M: Emitter>(watch: &Request<M>, reason: BulkheadRejection) {
    watch.tell(Kind::BulkheadRejected, |at| PolicyEvent::BulkheadRejected {
        at,
        in_flight: 0,
        reason,
    });
}
