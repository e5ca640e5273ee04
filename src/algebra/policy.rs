//! The wrapper that carries the operators.

use std::fmt;
use std::ops::{Add, BitAnd, BitOr};

use tower_layer::Layer;

use super::{CombinedLayer, FallbackLayer, ForkJoinLayer, Respond, Tower};
use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::lift::Lift;

/// A policy: a layer that composes with `+`, `|` and `&`.
///
/// `Policy(layer)` takes any layer of this crate, or any [`PolicyLayer`]. It is a tower [`Layer`]; clones and repeated calls of
/// `layer()` share the state of the layers inside.
#[derive(Clone, Copy, Debug)]
pub struct Policy<P>(pub P);

// === impl Policy ===

impl<L> Policy<Tower<L>> {
    /// A third-party tower layer as a policy. It must pass the error of its inner service through, or return a
    /// `ResilienceError` of its own. One that boxes errors does not fit: see [Third-party layers](super#third-party-layers).
    pub fn tower(layer: L) -> Self {
        Self(Tower::new(layer))
    }
}

impl<F> Policy<Respond<F>> {
    /// A policy that answers by itself: `respond` makes the response from the request, and the inner service is not called.
    /// Behind a `|` it is a static fallback.
    ///
    /// ```
    /// use ninelives::prelude::*;
    /// use std::time::Duration;
    /// use tower::{Service, ServiceBuilder, ServiceExt};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let policy = Policy(BulkheadLayer::new(8)?) | Policy::respond(|id: u32| format!("cached {id}"));
    /// let mut service = ServiceBuilder::new()
    ///     .layer(policy)
    ///     .service_fn(|_id: u32| async { Err::<String, _>(std::io::Error::other("down")) });
    /// assert_eq!(service.ready().await?.call(7).await?, "cached 7");
    /// # Ok(())
    /// # }
    /// ```
    pub fn respond(respond: F) -> Self {
        Self(Respond::new(respond))
    }
}

impl<P> Policy<P> {
    /// Emits the events of every policy inside to `sink`. They keep their state.
    pub fn with_sink<K>(self, sink: K) -> Policy<P::Output>
    where
        P: WithSink<K>,
    {
        Policy(self.0.with_sink(&sink))
    }
}

impl<P: Describe> Policy<P> {
    /// The policy as a tree, a line a node.
    pub fn explain(&self) -> String {
        self.0.describe().to_string()
    }
}

impl<P: Describe> fmt::Display for Policy<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe().fmt(f)
    }
}

impl<P: Describe> Describe for Policy<P> {
    fn describe(&self) -> Node {
        self.0.describe()
    }
}

impl<S, P: Tells + PolicyLayer<Lift<S, P::Kept>>> Layer<S> for Policy<P> {
    type Service = P::Service;

    fn layer(&self, inner: S) -> Self::Service {
        self.0.wrap(Lift::under(inner))
    }
}

impl<P: Tells> Tells for Policy<P> {
    type Kept = P::Kept;
}

impl<S, P: PolicyLayer<S>> PolicyLayer<S> for Policy<P> {
    type Service = P::Service;

    fn wrap(&self, inner: S) -> Self::Service {
        self.0.wrap(inner)
    }
}

impl<A, B> Add<Policy<B>> for Policy<A> {
    type Output = Policy<CombinedLayer<A, B>>;

    fn add(self, inner: Policy<B>) -> Self::Output {
        Policy(CombinedLayer::new(self.0, inner.0))
    }
}

impl<A, B> BitOr<Policy<B>> for Policy<A> {
    type Output = Policy<FallbackLayer<A, B>>;

    fn bitor(self, backup: Policy<B>) -> Self::Output {
        Policy(FallbackLayer::new(self.0, backup.0))
    }
}

impl<A, B> BitAnd<Policy<B>> for Policy<A> {
    type Output = Policy<ForkJoinLayer<A, B>>;

    fn bitand(self, right: Policy<B>) -> Self::Output {
        Policy(ForkJoinLayer::new(self.0, right.0))
    }
}
