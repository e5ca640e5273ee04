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
use crate::settings::{Beside, Settings, Shade};
use crate::timer::Timer;

/// A service with a timeout around it. See the [page](super).
#[derive(Debug)]
pub struct TimeoutService<S, T: Timer, M = NullSink, C: Settings<TimeoutConfig> = TimeoutConfig> {
    inner: S,
    settings: C,
    reader: C::Reader,
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
    Started { since: Tick, limit: Duration },
    // The inner service is ready; what comes before its call is nobody's wait for it. `spent` is a time since `Tick::ZERO`: a second
    // variant of two durations would make the service a word larger.
    Over { spent: Tick, limit: Duration },
    Late { elapsed: Duration, limit: Duration },
}

// === impl TimeoutService ===

impl<S, T: Timer, M, C: Settings<TimeoutConfig>> TimeoutService<S, T, M, C> {
    pub(super) fn new(inner: S, settings: C, timer: T, emitter: M) -> Self {
        Self {
            inner,
            reader: settings.reader(),
            settings,
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

    /// The inner service is not ready: ready when that has taken too long.
    #[cold]
    fn wait_for_readiness(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (since, limit) = match self.wait {
            Wait::None | Wait::Over { .. } => {
                let config = *self.settings.read(&mut self.reader);
                if !config.covers_readiness() {
                    self.wait = Wait::None;
                    return Poll::Pending;
                }
                self.disarm();
                (self.timer.now(), config.limit())
            }
            Wait::Started { since, limit } => (since, limit),
            Wait::Late { .. } => return Poll::Ready(()),
        };
        self.wait = Wait::Started { since, limit };
        let mut sleep = self.sleep.get_or_insert_with(|| Box::pin(None)).as_mut(); // boxed: see the field
        if sleep.is_none() {
            let deadline = since.after(limit);
            sleep.set(Some(self.timer.sleep_until(deadline)));
        }
        match sleep.as_mut().as_pin_mut() {
            Some(armed) => std::task::ready!(armed.poll(cx)),
            None => unreachable!("the timer was armed above"),
        }
        sleep.set(None);
        let elapsed = self.timer.now().since(since);
        self.wait = Wait::Late { elapsed, limit };
        Poll::Ready(())
    }

    /// The inner service is ready, or broken, and was waited for. A wait that was late has been answered, and is forgotten.
    #[cold]
    fn end_wait(&mut self) {
        self.wait = match self.wait {
            Wait::Started { since, limit } => {
                self.disarm();
                let spent = Tick::ZERO.after(self.timer.now().since(since));
                Wait::Over { spent, limit }
            }
            Wait::Late { .. } => Wait::None,
            wait @ (Wait::None | Wait::Over { .. }) => wait,
        };
    }

    /// A call whose readiness was waited for: its limit, and when its clock started; or how long it took, if that was too long.
    #[cold]
    fn waited(&mut self) -> (Duration, Result<Option<Tick>, Duration>) {
        match std::mem::replace(&mut self.wait, Wait::None) {
            Wait::None => unreachable!("nobody waited for it"),
            Wait::Started { since, limit } => (limit, Ok(Some(since))),
            Wait::Over { spent, limit } => {
                let since = Tick::ZERO.after(self.timer.now().since(spent));
                (limit, Ok(Some(since)))
            }
            Wait::Late { elapsed, limit } => (limit, Err(elapsed)),
        }
    }

    #[cold]
    fn disarm(&mut self) {
        if let Some(sleep) = &mut self.sleep {
            sleep.as_mut().set(None);
        }
    }
}

/// The limit of a shadow.
#[inline(never)] // apart, so that the way of a call without a shadow is short
fn tried<T: Timer, M: Emitter>(
    shade: &Shade<'_, TimeoutConfig>,
    timer: &T,
    emitter: &M,
) -> Duration {
    shade.sample(emitter, || timer.now());
    shade.settings().limit()
}

/// A clone waits for its own readiness.
impl<S, T, M, C> Clone for TimeoutService<S, T, M, C>
where
    S: Clone,
    T: Timer + Clone,
    M: Clone,
    C: Settings<TimeoutConfig>,
{
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            settings: self.settings.clone(),
            reader: self.reader.clone(),
            timer: self.timer.clone(),
            emitter: self.emitter.clone(),
            wait: Wait::None,
            sleep: None,
        }
    }
}

impl<S, T, M, C, Req> Service<Req> for TimeoutService<S, T, M, C>
where
    S: Service<Req>,
    S::Error: FlatError,
    T: Timer + Clone,
    M: Emitter,
    C: Settings<TimeoutConfig>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = TimeoutFuture<S::Future, T, M, C::Beside<Duration>>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        match self.inner.poll_ready(cx) {
            Poll::Pending => self.wait_for_readiness(cx).map(Ok),
            poll => {
                if !matches!(self.wait, Wait::None) {
                    self.end_wait();
                }
                poll
            }
        }
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let timer = self.timer.clone();
        let mut watch = Request::start(&self.emitter);
        let (config, shade) = self.settings.both(&mut self.reader);
        let now = config.limit();
        let shadow = match shade {
            Some(shade) => Beside::holding(Some(tried(&shade, &self.timer, &self.emitter))),
            None => Beside::holding(None),
        };
        let (mut limit, mut since) = (now, None);
        if !matches!(self.wait, Wait::None) {
            let (begun, start) = self.waited();
            match start {
                Ok(start) => (limit, since) = (begun, start),
                Err(elapsed) => {
                    return TimeoutFuture::late(begun, elapsed, timer, watch, shadow);
                }
            }
        }
        let future = watch.call(&mut self.inner, request);
        TimeoutFuture::new(future, limit, since, timer, watch, shadow)
    }
}
