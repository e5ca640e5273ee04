//! The service behind a bulkhead that rejects.

use std::sync::Arc;
use std::task::{Context, Poll};

use ninelives_core::semaphore::{Entry, Priority, Semaphore};
use tower_service::Service;

use super::demand::{One, Weigh, WeighRequest, Weight, ask};
use super::door::Door;
use super::mode::Reject;
use super::permit::{Held, in_flight};
use super::refusal::Refusal;
use super::{BulkheadConfig, BulkheadFuture, shadow, watch};
use crate::emit::{Emitter, NullSink};
use crate::error::FlatError;
use crate::settings::Settings;
use crate::stripe::spot;

/// A service with a bulkhead around it. See the [page](super).
#[derive(Clone, Debug)]
pub struct BulkheadService<S, M = NullSink, C: Settings<BulkheadConfig> = BulkheadConfig, W = One> {
    inner: S,
    door: Door<Reject, M, C, W>,
}

// === impl BulkheadService ===

impl<S, M, C: Settings<BulkheadConfig>, W> BulkheadService<S, M, C, W> {
    pub(super) const fn new(inner: S, door: Door<Reject, M, C, W>) -> Self {
        Self { inner, door }
    }

    /// The service inside.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The service inside, to change.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the service back.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, M, C, W, Req> Service<Req> for BulkheadService<S, M, C, W>
where
    S: Service<Req>,
    S::Error: FlatError,
    M: Emitter,
    C: Settings<BulkheadConfig>,
    W: WeighRequest<Req>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BulkheadFuture<S::Future, M, C::Beside<Arc<Semaphore>>, <W as Weigh>::Weight>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let door = &mut self.door;
        // The limit is in the semaphore already; an override of it that has lapsed ends with this look.
        let shade = door.settings.look(&mut door.reader);
        let weight = door.weigh.weigh(&request);
        let priority = Priority::Critical; // without a line there are no classes
        let (call, asked) = ((weight, priority), ask(weight, priority));
        let entry = door.semaphore.try_acquire_from(spot, asked);
        let permits = weight.permits().get();
        match entry {
            Entry::Acquired { in_flight: told } => {
                let (emitter, semaphore) = (&door.emitter, &*door.semaphore);
                let tried = shadow::admitted_from(semaphore, &door.shadow, shade, emitter, weight);
                let held = Held::new(door.semaphore.lend(), weight).with(tried);
                let in_flight = || in_flight(told, &door.semaphore, permits);
                let mut watch = watch::acquired(&door.emitter, in_flight, permits);
                // By a closure: without one a stack takes five instructions more, some of them only where nobody listens.
                let inner = &mut self.inner;
                let future = watch.calling(|| inner.call(request));
                BulkheadFuture::running(future, held, watch)
            }
            refused => {
                shadow::turned_away(&door.shadow, shade, &door.emitter, call, &refused);
                let refusal = Refusal::of(refused, permits);
                let watch = watch::turned_away(&door.emitter, refusal, permits);
                BulkheadFuture::turned_away(refusal, watch)
            }
        }
    }
}
