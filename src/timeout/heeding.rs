//! The service that keeps the deadlines of its requests.
//!
//! Tower asks for readiness before there is a request, so nobody knows its deadline then. Where readiness is covered, this service is
//! always ready, and the call waits for the inner service: under the deadline, in whatever line the inner service stands.

use std::task::{Context, Poll};
use std::time::Duration;

use tower_service::Service;

use super::approach::Approach;
use super::{TimeoutConfig, TimeoutFuture};
use crate::deadline::{Carries, Deadline};
use crate::emit::{Emitter, NullSink, Request};
use crate::error::FlatError;
use crate::settings::{Beside, Settings};
use crate::timer::Timer;

/// A service with a timeout around it that heeds the deadline of each request. See the [page](super).
#[derive(Debug)]
pub struct DeadlineService<S, T, M = NullSink, C: Settings<TimeoutConfig> = TimeoutConfig> {
    inner: S,
    // The inner service said that it is not ready, and the call is to wait for it.
    waits: bool,
    settings: C,
    reader: C::Reader,
    timer: T,
    emitter: M,
}

// === impl DeadlineService ===

impl<S, T, M, C: Settings<TimeoutConfig>> DeadlineService<S, T, M, C> {
    pub(super) fn new(inner: S, settings: C, timer: T, emitter: M) -> Self {
        Self {
            inner,
            waits: false,
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

/// A clone asks for its own readiness.
impl<S, T, M, C> Clone for DeadlineService<S, T, M, C>
where
    S: Clone,
    T: Clone,
    M: Clone,
    C: Settings<TimeoutConfig>,
{
    fn clone(&self) -> Self {
        let (inner, settings) = (self.inner.clone(), self.settings.clone());
        Self::new(inner, settings, self.timer.clone(), self.emitter.clone())
    }
}

impl<S, T, M, C, Req> Service<Req> for DeadlineService<S, T, M, C>
where
    S: Service<Req> + Clone,
    S::Error: FlatError,
    T: Timer + Clone,
    M: Emitter,
    C: Settings<TimeoutConfig>,
    Req: Carries,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = TimeoutFuture<Approach<S, Req, S::Future, T>, T, M, C::Beside<Duration>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let poll = self.inner.poll_ready(cx);
        self.waits = poll.is_pending() && self.settings.read(&mut self.reader).covers_readiness();
        if self.waits {
            return Poll::Ready(Ok(()));
        }
        poll
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, mut request: Req) -> Self::Future {
        let timer = self.timer.clone();
        let mut watch = Request::start(&self.emitter);
        let carried = request.carried();
        let now = timer.now();
        let rest = match carried.deadline() {
            Some(deadline) if deadline.has_passed(now) => {
                let late_by = now.since(deadline.tick());
                return TimeoutFuture::refused(late_by, timer, watch);
            }
            Some(deadline) => deadline.remaining(now),
            None => Duration::MAX,
        };
        let limit = self.settings.read(&mut self.reader).limit().min(rest);
        let shadow = self.settings.look(&mut self.reader).map(|shade| {
            shade.sample(&self.emitter, || timer.now());
            shade.settings().limit().min(rest)
        });
        let deadline = Deadline::after(now, limit);
        request.carry(carried.with_deadline(deadline));
        let future = if std::mem::take(&mut self.waits) {
            // What was asked stands in line: it goes along, and the clone asks anew.
            let fresh = self.inner.clone();
            let service = std::mem::replace(&mut self.inner, fresh);
            Approach::Waiting {
                service,
                request: Some(request),
                deadline: deadline.tick(),
                timer: timer.clone(),
            }
        } else {
            let future = watch.call(&mut self.inner, request);
            Approach::Calling { future }
        };
        let shadow = Beside::holding(shadow);
        TimeoutFuture::new(future, limit, Some(now), timer, watch, shadow)
    }
}
