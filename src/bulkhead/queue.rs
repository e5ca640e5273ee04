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

use super::idle::Permits;
use super::permit::{Permit, Waiter};
use super::{BulkheadConfig, Queue, shadow, watch};
use crate::emit::{BulkheadRejection, Emitter, NullSink, Request};
use crate::error::{FlatError, ResilienceError};
use crate::settings::{Beside, Settings};
use crate::timer::{Timer, TokioTimer};

/// A service with a bulkhead and a line around it. See the [page](super::super).
#[derive(Debug)]
pub struct QueuedService<
    S,
    T = TokioTimer,
    M = NullSink,
    C: Settings<BulkheadConfig<Queue>> = BulkheadConfig<Queue>,
> {
    inner: S,
    semaphore: Arc<Semaphore>,
    shadow: C::Beside<Arc<Semaphore>>,
    settings: C,
    reader: C::Reader,
    timer: T,
    emitter: M,
}

// === impl QueuedService ===

impl<S, T, M, C: Settings<BulkheadConfig<Queue>>> QueuedService<S, T, M, C> {
    pub(super) fn new(inner: S, permits: &Permits, settings: C, timer: T, emitter: M) -> Self {
        Self {
            inner,
            semaphore: Arc::clone(&permits.semaphore),
            shadow: Beside::holding(permits.shadow.clone()),
            reader: settings.reader(),
            settings,
            timer,
            emitter,
        }
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

impl<S, T, M, C> Clone for QueuedService<S, T, M, C>
where
    S: Clone,
    T: Clone,
    M: Clone,
    C: Settings<BulkheadConfig<Queue>>,
{
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            semaphore: Arc::clone(&self.semaphore),
            shadow: Beside::holding(self.shadow.held().cloned()),
            settings: self.settings.clone(),
            reader: self.reader.clone(),
            timer: self.timer.clone(),
            emitter: self.emitter.clone(),
        }
    }
}

impl<S, T, M, C, Req> Service<Req> for QueuedService<S, T, M, C>
where
    S: Service<Req> + Clone,
    S::Error: FlatError,
    T: Timer + Clone,
    M: Emitter,
    C: Settings<BulkheadConfig<Queue>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = QueuedFuture<S, T, Req, M, C::Beside<Permit>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let (config, shade) = self.settings.both(&mut self.reader);
        let queue = *config.queue();
        let max_waiting = || queue.max_waiting() as u32;
        let entry = self.semaphore.enter_within(max_waiting);
        let (door, emitter) = (&self.shadow, &self.emitter);
        match entry {
            Entry::Acquired { in_flight } => {
                let tried = shadow::admitted(door, shade, emitter);
                let permit = Permit::new(&self.semaphore);
                let mut watch = watch::acquired(&self.emitter, in_flight);
                let inner = &mut self.inner;
                let future = watch.inside(|| inner.call(request));
                QueuedFuture::running(future, permit, watch, self.timer.clone(), tried)
            }
            Entry::Waiting(place) => {
                let tried = shadow::admitted(door, shade, emitter);
                let waiter = Waiter::new(&self.semaphore, place);
                let watch = Request::start(&self.emitter);
                let unready = self.inner.clone();
                let ready = std::mem::replace(&mut self.inner, unready);
                let line = InLine::new(waiter, ready, request, queue.max_wait());
                QueuedFuture::waiting(line, watch, self.timer.clone(), tried)
            }
            Entry::Full { in_flight, limit } => {
                shadow::turned_away(door, shade, emitter);
                let reason = BulkheadRejection::Full;
                let watch = watch::turned_away(&self.emitter, in_flight, reason);
                let (in_flight, max) = (in_flight as usize, limit as usize);
                let error = ResilienceError::Bulkhead { in_flight, max };
                QueuedFuture::turned_away(S::Error::from_flat(error), watch, self.timer.clone())
            }
            Entry::Closed => {
                shadow::turned_away(door, shade, emitter);
                let reason = BulkheadRejection::Closed;
                let watch = watch::turned_away(&self.emitter, 0, reason);
                let error = S::Error::from_flat(ResilienceError::BulkheadClosed);
                QueuedFuture::turned_away(error, watch, self.timer.clone())
            }
        }
    }
}
