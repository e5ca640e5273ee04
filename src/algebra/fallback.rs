//! `a | b`: one policy, and another when it failed.
//!
//! # Readiness
//! That of the primary alone. Its readiness error is returned as the service's own, and nothing falls back. The backup
//! is polled for its readiness only when it is needed.
//!
//! # Cancel safety
//! Dropping the future drops the arm that is running; the backup of a dropped call is never started.
//!
//! # Errors
//! When the backup succeeds, the primary's error is not returned. When it fails too, the error is
//! [`AllFailed`](crate::ResilienceError::AllFailed) with both, left to right. An error that the predicate refuses is returned unchanged.
//!
//! # Events
//! `FallbackTaken` when the backup takes over; one outcome for each request.
//!
//! # Cost
//! Not used: one clone of the request and one of the backup service.

mod future;

use std::fmt;
use std::task::{Context, Poll};

use tower_service::Service;

pub use future::FallbackFuture;

use super::Policy;
use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::emit::{Emitter, Kept, NullSink, Request, Sink};
use crate::error::{FlatError, ResilienceError};
use crate::name::Name;

/// `primary | backup`. See the [page](self).
#[derive(Clone, Debug)]
pub struct FallbackLayer<A, B, W = OnAnyError, K = NullSink> {
    primary: A,
    backup: B,
    when: W,
    name: Name,
    sink: K,
}

/// The service of [`FallbackLayer`].
#[derive(Clone, Debug)]
pub struct FallbackService<A, B, W = OnAnyError, M = NullSink> {
    primary: A,
    backup: B,
    when: W,
    emitter: M,
}

/// Falls back on any error: the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnAnyError;

/// Falls back on the errors a function says yes to.
#[derive(Clone, Copy)]
pub struct When<F>(F);

/// Decides whether an error is a reason to fall back.
pub trait FallbackWhen<E> {
    /// Whether to try the backup after `error`.
    fn falls_back(&self, error: &ResilienceError<E>) -> bool;
}

// === impl FallbackLayer ===

impl<A, B> FallbackLayer<A, B> {
    /// `primary`, and `backup` after any error.
    pub fn new(primary: A, backup: B) -> Self {
        Self {
            primary,
            backup,
            when: OnAnyError,
            name: Name::generated("fallback"),
            sink: NullSink,
        }
    }
}

impl<A, B, K> Policy<FallbackLayer<A, B, OnAnyError, K>> {
    /// Falls back only on errors for which `when` is true; others are returned as they are. Of a chain `a | b | c` it is the last `|` that asks,
    /// and what it asks about is [`AllFailed`](ResilienceError::AllFailed) of the others: `(a | b).when(..) | c` asks at the first.
    pub fn when<F>(self, when: F) -> Policy<FallbackLayer<A, B, When<F>, K>> {
        Policy(FallbackLayer {
            primary: self.0.primary,
            backup: self.0.backup,
            when: When(when),
            name: self.0.name,
            sink: self.0.sink,
        })
    }
}

impl<A, B, W, K> Policy<FallbackLayer<A, B, W, K>> {
    /// Gives the fallback its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.0.name = name.into();
        self
    }

    /// The fallback's name.
    pub const fn name(&self) -> &Name {
        &self.0.name
    }
}

impl<A: Tells, B: Tells, W, K: Sink> Tells for FallbackLayer<A, B, W, K> {
    type Kept = (A::Kept, B::Kept, Kept<K>);
}

impl<S, A, B, W, K> PolicyLayer<S> for FallbackLayer<A, B, W, K>
where
    S: Clone,
    A: PolicyLayer<S>,
    B: PolicyLayer<S>,
    W: Clone,
    K: Sink,
{
    type Service = FallbackService<A::Service, B::Service, W, K::Emitter>;

    fn wrap(&self, inner: S) -> Self::Service {
        FallbackService {
            primary: self.primary.wrap(inner.clone()),
            backup: self.backup.wrap(inner),
            when: self.when.clone(),
            emitter: self.sink.attach(&self.name),
        }
    }
}

impl<A, B, W, K, Q> WithSink<Q> for FallbackLayer<A, B, W, K>
where
    A: WithSink<Q>,
    B: WithSink<Q>,
    Q: Clone,
{
    type Output = FallbackLayer<A::Output, B::Output, W, Q>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        FallbackLayer {
            primary: self.primary.with_sink(sink),
            backup: self.backup.with_sink(sink),
            when: self.when,
            name: self.name,
            sink: sink.clone(),
        }
    }
}

impl<A: Describe, B: Describe, K> Describe for FallbackLayer<A, B, OnAnyError, K> {
    fn describe(&self) -> Node {
        let (primary, backup) = (self.primary.describe(), self.backup.describe());
        Node::operator("| fall back on any error", primary, backup)
    }
}

impl<A: Describe, B: Describe, F, K> Describe for FallbackLayer<A, B, When<F>, K> {
    fn describe(&self) -> Node {
        let (primary, backup) = (self.primary.describe(), self.backup.describe());
        Node::operator("| fall back on chosen errors", primary, backup)
    }
}

// === impl FallbackService ===

impl<A, B, W, M, Req> Service<Req> for FallbackService<A, B, W, M>
where
    B: Service<Req> + Clone,
    B::Error: FlatError,
    A: Service<Req, Response = B::Response, Error = B::Error>,
    W: FallbackWhen<<B::Error as FlatError>::Inner> + Clone,
    M: Emitter,
    Req: Clone,
{
    type Response = B::Response;
    type Error = B::Error;
    type Future = FallbackFuture<A::Future, B, W, Req, <B::Error as FlatError>::Inner, M>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.primary.poll_ready(cx)
    }

    #[inline(always)] // the futures of a stack are built in place only if every layer's call is inlined
    fn call(&mut self, request: Req) -> Self::Future {
        let mut watch = Request::start(&self.emitter);
        let primary = &mut self.primary;
        let primary = watch.calling(|| primary.call(request.clone()));
        let backup = (self.backup.clone(), request);
        FallbackFuture::new(primary, backup, self.when.clone(), watch)
    }
}

// === impl FallbackWhen ===

impl<E> FallbackWhen<E> for OnAnyError {
    #[inline]
    fn falls_back(&self, _error: &ResilienceError<E>) -> bool {
        true
    }
}

impl<E, F: Fn(&ResilienceError<E>) -> bool> FallbackWhen<E> for When<F> {
    #[inline]
    fn falls_back(&self, error: &ResilienceError<E>) -> bool {
        (self.0)(error)
    }
}

impl<F> fmt::Debug for When<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("When")
    }
}
