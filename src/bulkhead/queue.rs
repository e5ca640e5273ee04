//! The bulkhead with a line: calls that do not fit wait for their turn.
//!
//! A call that has to wait takes the readied inner service with it, and the next call readies a clone: so the inner service is
//! `Clone` here, and only here. A call that fits costs what it costs without a line.

mod future;

use std::sync::Arc;
use std::task::{Context, Poll};

use ninelives_core::semaphore::{Entry, Semaphore};
use tower_service::Service;

use future::InLine;
pub use future::QueuedFuture;

use super::demand::{One, RankRequest, Same, Weigh, WeighRequest, Weight, ask, places_of};
use super::door::Door;
use super::mode::Queued;
use super::permit::{Held, Waiter, in_flight};
use super::refusal::Refusal;
use super::{BulkheadConfig, Queue, shadow, watch};
use crate::deadline::{Due, Heed, Unheeding, late_by};
use crate::emit::{Emitter, NullSink, Request};
use crate::error::FlatError;
use crate::settings::Settings;
use crate::stripe::spot;
use crate::timer::{Timer, WheelTimer};

/// A service with a bulkhead and a line around it. See the [page](super::super).
#[derive(Clone, Debug)]
pub struct QueuedService<
    S,
    T = WheelTimer,
    M = NullSink,
    C: Settings<BulkheadConfig<Queue>> = BulkheadConfig<Queue>,
    W = One,
    P = Same,
    D = Unheeding,
> {
    inner: S,
    door: Door<Queue, M, C, W>,
    line: Queued<T, P, D>,
}

// === impl QueuedService ===

impl<S, T, M, C: Settings<BulkheadConfig<Queue>>, W, P, D> QueuedService<S, T, M, C, W, P, D> {
    pub(super) const fn new(inner: S, door: Door<Queue, M, C, W>, line: Queued<T, P, D>) -> Self {
        Self { inner, door, line }
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

impl<S, T, M, C, W, P, D, Req> Service<Req> for QueuedService<S, T, M, C, W, P, D>
where
    S: Service<Req> + Clone,
    S::Error: FlatError,
    T: Timer + Clone,
    M: Emitter,
    C: Settings<BulkheadConfig<Queue>>,
    W: WeighRequest<Req>,
    P: RankRequest<Req>,
    D: Heed<Req>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = QueuedFuture<S, T, Req, M, C::Beside<Arc<Semaphore>>, <W as Weigh>::Weight, D>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let door = &mut self.door;
        let (config, shade) = door.settings.both(&mut door.reader);
        let queue = config.queue();
        let weight = door.weigh.weigh(&request);
        let priority = self.line.prioritize.rank(&request);
        let max_waiting = || places_of(priority, queue.max_waiting());
        let due = D::Due::at(D::look(&request).tick());
        if D::HEEDS
            && let Some(late_by) = late_by(due, &self.line.timer)
        {
            let (watch, error) = watch::late(&door.emitter, late_by, &weight);
            let error = S::Error::from_flat(error);
            return QueuedFuture::turned_away(error, watch, self.line.timer.clone());
        }
        let (call, asked) = ((weight, priority), ask(weight, priority));
        let entry = door.semaphore.enter_from(spot, asked, max_waiting);
        let permits = weight.permits().get();
        match entry {
            Entry::Acquired { in_flight: told } => {
                // Held before anybody is told: a panic of theirs gives the permits back.
                let held = Held::new(door.semaphore.lend(), weight);
                let tried = shadow::admitted(&door.shadow, shade, &door.emitter, call);
                let held = held.with(tried);
                let in_flight = || in_flight(told, &door.semaphore, permits);
                let mut watch = watch::acquired(&door.emitter, in_flight, permits);
                let future = watch.call(&mut self.inner, request);
                QueuedFuture::running(future, held, watch, self.line.timer.clone())
            }
            Entry::Waiting(place) => {
                let waiter = Waiter::new(door.semaphore.lend(), place, weight); // as the permits above
                let tried = shadow::admitted(&door.shadow, shade, &door.emitter, call);
                let waiter = waiter.with(tried);
                let watch = Request::start(&door.emitter);
                let unready = self.inner.clone();
                let ready = std::mem::replace(&mut self.inner, unready);
                let line = InLine::new(waiter, ready, request, queue.max_wait(), due);
                QueuedFuture::waiting(line, watch, self.line.timer.clone())
            }
            refused => {
                shadow::turned_away(&door.shadow, shade, &door.emitter, call, &refused);
                let refusal = Refusal::of(refused, permits);
                let watch = watch::turned_away(&door.emitter, refusal, permits);
                let error = S::Error::from_flat(refusal.error());
                QueuedFuture::turned_away(error, watch, self.line.timer.clone())
            }
        }
    }
}
