//! The service that times its calls.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tower_service::Service;

use super::{TimeoutConfig, TimeoutFuture};
use crate::clock::Tick;
use crate::emit::{Emitter, NullSink, Request};
use crate::error::FlatError;
use crate::timer::Timer;

/// A service with a timeout around it. See the [page](super).
#[derive(Debug)]
pub struct TimeoutService<S, T: Timer, M = NullSink> {
    inner: S,
    config: TimeoutConfig,
    timer: T,
    emitter: M,
    wait: Wait,
    // boxed: a service is not pinned. Made by the first wait for readiness, and used again by the next; armed only while it lasts.
    sleep: Option<Pin<Box<Option<T::Sleep>>>>,
}

/// How far the wait for readiness has come; it stays [`Wait::None`] unless readiness is covered.
#[derive(Clone, Copy, Debug)]
enum Wait {
    None,
    Started { since: Tick },
    Late { elapsed: Duration },
}

// === impl TimeoutService ===

impl<S, T: Timer, M> TimeoutService<S, T, M> {
    pub(super) fn new(inner: S, config: TimeoutConfig, timer: T, emitter: M) -> Self {
        Self {
            inner,
            config,
            timer,
            emitter,
            wait: Wait::None,
            sleep: None,
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

    #[cold]
    fn wait_for_readiness(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let since = match self.wait {
            Wait::None => {
                self.disarm();
                self.timer.now()
            }
            Wait::Started { since } => since,
            Wait::Late { .. } => return Poll::Ready(()),
        };
        self.wait = Wait::Started { since };
        let mut sleep = self.sleep.get_or_insert_with(|| Box::pin(None)).as_mut(); // boxed: see the field
        if sleep.is_none() {
            let deadline = since.after(self.config.limit());
            sleep.set(Some(self.timer.sleep_until(deadline)));
        }
        match sleep.as_mut().as_pin_mut() {
            Some(armed) => std::task::ready!(armed.poll(cx)),
            None => unreachable!("the timer was armed above"),
        }
        sleep.set(None);
        let elapsed = self.timer.now().since(since);
        self.wait = Wait::Late { elapsed };
        Poll::Ready(())
    }

    #[cold]
    fn disarm(&mut self) {
        if let Some(sleep) = &mut self.sleep {
            sleep.as_mut().set(None);
        }
    }
}

/// A clone waits for its own readiness.
impl<S: Clone, T: Timer + Clone, M: Clone> Clone for TimeoutService<S, T, M> {
    fn clone(&self) -> Self {
        let timer = self.timer.clone();
        Self::new(self.inner.clone(), self.config, timer, self.emitter.clone())
    }
}

impl<S, T, M, Req> Service<Req> for TimeoutService<S, T, M>
where
    S: Service<Req>,
    S::Error: FlatError,
    T: Timer + Clone,
    M: Emitter,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = TimeoutFuture<S::Future, T, M>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if let Wait::Late { .. } = self.wait {
            return Poll::Ready(Ok(()));
        }
        match self.inner.poll_ready(cx) {
            Poll::Pending if self.config.covers_readiness() => {
                self.wait_for_readiness(cx).map(|()| Ok(()))
            }
            poll => {
                if let Wait::Started { .. } = self.wait {
                    self.disarm();
                }
                poll
            }
        }
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let limit = self.config.limit();
        let timer = self.timer.clone();
        let mut watch = Request::start(&self.emitter);
        let since = match std::mem::replace(&mut self.wait, Wait::None) {
            Wait::None => None,
            Wait::Started { since } => Some(since),
            Wait::Late { elapsed } => return TimeoutFuture::late(limit, elapsed, timer, watch),
        };
        let inner = &mut self.inner;
        let future = watch.inside(|| inner.call(request));
        TimeoutFuture::new(future, limit, since, timer, watch)
    }
}
