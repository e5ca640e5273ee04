//! A request of which nothing is ever told: [`Request`] in a build with the private cfg `ninelives_untold`, which takes telemetry
//! out of every layer. `cargo xtask instructions` holds policies without a sink against that build.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use tower_service::Service;

use super::{Emitter, FailureCause, Kind, PolicyEvent, Stamp};
use crate::error::FlatError;

#[derive(Debug)]
pub(crate) struct Request<M: Emitter>(PhantomData<M>);

// === impl Request ===

impl<M: Emitter> Request<M> {
    #[inline(always)]
    pub(crate) fn start(_: &M) -> Self {
        Self(PhantomData)
    }

    #[inline(always)]
    pub(crate) fn tell(&self, _: Kind, _: impl FnOnce(Stamp) -> PolicyEvent) {}

    #[inline(always)]
    pub(crate) fn calling<T>(&mut self, call: impl FnOnce() -> T) -> T {
        call()
    }

    #[inline(always)]
    pub(crate) fn call<S: Service<R>, R>(&mut self, inner: &mut S, request: R) -> S::Future {
        inner.call(request)
    }

    #[inline(always)]
    pub(crate) fn pass_on<S: Service<R>, R>(inner: &mut S, request: R) -> S::Future {
        inner.call(request)
    }

    #[inline(always)]
    pub(crate) fn poll<F: Future>(
        &mut self,
        inner: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        inner.poll(cx)
    }

    #[inline(always)]
    pub(crate) fn poll_on<F: Future>(
        &mut self,
        inner: Pin<&mut F>,
        cx: &mut Context<'_>,
    ) -> Poll<F::Output> {
        inner.poll(cx)
    }

    #[inline(always)]
    pub(crate) fn run_on<T>(&mut self, run: impl FnOnce() -> T) -> T {
        run()
    }

    #[inline(always)]
    pub(crate) fn unwinding(&mut self) -> impl Sized + '_ {}

    #[inline(always)]
    pub(crate) fn resumed() {}

    #[inline(always)]
    pub(crate) fn inside<T>(&mut self, run: impl FnOnce() -> T) -> T {
        run()
    }

    #[inline(always)]
    pub(crate) fn enter(&mut self) {}

    #[inline]
    pub(crate) fn set_inside(&mut self, _: bool) {}

    #[inline(always)]
    pub(crate) fn leave<T, X: FlatError>(&mut self, _: &Poll<Result<T, X>>) {}

    #[inline(always)]
    pub(crate) fn attempt(&mut self, _: u32) {}

    #[inline(always)]
    pub(crate) fn within<T>(_: u32, run: impl FnOnce() -> T) -> T {
        run()
    }

    #[inline(always)]
    pub(crate) fn attempt_over(&mut self) {}

    #[inline(always)]
    pub(crate) fn told(&self, _: impl FnOnce(&M)) {}

    #[inline(always)]
    pub(crate) fn over(&mut self, _: Option<FailureCause>) {}

    #[inline(always)]
    pub(crate) fn answered(&mut self) {}

    #[inline(always)]
    pub(crate) fn paused(&mut self) {}

    #[inline(always)]
    pub(crate) fn failed<X: FlatError>(&mut self, _: &X) {}

    #[inline(always)]
    pub(crate) fn rejected(&mut self) {}

    #[inline(always)]
    pub(crate) fn panicked(&mut self) {}
}
