//! The service behind a bulkhead that rejects.

use std::sync::Arc;
use std::task::{Context, Poll};

use ninelives_core::semaphore::{Entry, Semaphore};
use tower_service::Service;

use super::idle::Permits;
use super::permit::Permit;
use super::{BulkheadConfig, BulkheadFuture, shadow, watch};
use crate::emit::{BulkheadRejection, Emitter, NullSink};
use crate::error::FlatError;
use crate::settings::{Beside, Settings};

/// A service with a bulkhead around it. See the [page](super).
#[derive(Debug)]
pub struct BulkheadService<S, M = NullSink, C: Settings<BulkheadConfig> = BulkheadConfig> {
    inner: S,
    semaphore: Arc<Semaphore>,
    shadow: C::Beside<Arc<Semaphore>>,
    settings: C,
    reader: C::Reader,
    emitter: M,
}

// === impl BulkheadService ===

impl<S, M, C: Settings<BulkheadConfig>> BulkheadService<S, M, C> {
    pub(super) fn new(inner: S, permits: &Permits, settings: C, emitter: M) -> Self {
        Self {
            inner,
            semaphore: Arc::clone(&permits.semaphore),
            shadow: Beside::holding(permits.shadow.clone()),
            reader: settings.reader(),
            settings,
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

impl<S: Clone, M: Clone, C: Settings<BulkheadConfig>> Clone for BulkheadService<S, M, C> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            semaphore: Arc::clone(&self.semaphore),
            shadow: Beside::holding(self.shadow.held().cloned()),
            settings: self.settings.clone(),
            reader: self.reader.clone(),
            emitter: self.emitter.clone(),
        }
    }
}

impl<S, M, C, Req> Service<Req> for BulkheadService<S, M, C>
where
    S: Service<Req>,
    S::Error: FlatError,
    M: Emitter,
    C: Settings<BulkheadConfig>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BulkheadFuture<S::Future, M, C::Beside<Permit>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        // The limit is in the semaphore already; an override of it that has lapsed ends with this look.
        let shade = self.settings.look(&mut self.reader);
        let entry = self.semaphore.try_acquire();
        let (door, emitter) = (&self.shadow, &self.emitter);
        match entry {
            Entry::Acquired { in_flight } => {
                let tried = shadow::admitted(door, shade, emitter);
                let permit = Permit::new(&self.semaphore);
                let mut watch = watch::acquired(&self.emitter, in_flight);
                let inner = &mut self.inner;
                let future = watch.inside(|| inner.call(request));
                BulkheadFuture::running(future, permit, watch, tried)
            }
            Entry::Full { in_flight, limit } => {
                shadow::turned_away(door, shade, emitter);
                let reason = BulkheadRejection::Full;
                let watch = watch::turned_away(&self.emitter, in_flight, reason);
                BulkheadFuture::full(in_flight, limit, watch)
            }
            Entry::Closed => {
                shadow::turned_away(door, shade, emitter);
                let reason = BulkheadRejection::Closed;
                BulkheadFuture::closed(watch::turned_away(&self.emitter, 0, reason))
            }
            Entry::Waiting(_) => unreachable!("no line was asked for"),
        }
    }
}
