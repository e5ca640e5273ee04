//! The service that tries again.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower_service::Service;

use super::plan::Plan;
use super::{Bound, RetryConfig, RetryFuture, RetryIf};
use crate::deadline::{Heed, Unheeding};
use crate::emit::{Emitter, NullSink};
use crate::error::FlatError;
use crate::settings::Settings;
use crate::share::Share;
use crate::timer::Timer;

/// A service with a retry around it. See the [page](super).
#[derive(Debug)]
pub struct RetryService<
    S,
    P,
    T,
    M = NullSink,
    C: Settings<RetryConfig> = RetryConfig,
    D = Unheeding,
> {
    inner: S,
    plan: Share<Plan<P, T, C>>,
    reader: C::Reader,
    emitter: M,
    bound: PhantomData<D>,
}

// === impl RetryService ===

impl<S, P, T, M, C: Settings<RetryConfig>, D> RetryService<S, P, T, M, C, D> {
    pub(super) fn new(inner: S, plan: &Arc<Plan<P, T, C>>, emitter: M) -> Self {
        Self {
            inner,
            reader: plan.settings.reader(),
            plan: Share::new(plan),
            emitter,
            bound: PhantomData,
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

impl<S, P, T, M, C, D> Clone for RetryService<S, P, T, M, C, D>
where
    S: Clone,
    M: Clone,
    C: Settings<RetryConfig>,
{
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            plan: self.plan.clone(),
            reader: self.reader.clone(),
            emitter: self.emitter.clone(),
            bound: PhantomData,
        }
    }
}

impl<S, P, T, M, C, D, Req> Service<Req> for RetryService<S, P, T, M, C, D>
where
    S: Service<Req> + Clone,
    S::Error: FlatError,
    P: RetryIf<S::Response, <S::Error as FlatError>::Inner>,
    T: Timer,
    M: Emitter,
    C: Settings<RetryConfig>,
    D: Bound + Heed<Req>,
    Req: Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = RetryFuture<S, P, T, Req, M, C, D>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let (plan, ready) = (self.plan.lend(), &mut self.inner);
        // Its total time counts from the request, if anything else knows when that came or not.
        let shadowed = D::CLIPS && self.plan.settings.look(&mut self.reader).is_some();
        let config = self.plan.settings.read(&mut self.reader);
        RetryFuture::new(ready, plan, config, shadowed, request, &self.emitter)
    }
}
