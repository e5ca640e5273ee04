//! What makes retries.

use std::sync::Arc;

use tower_layer::Layer;

use super::plan::Plan;
use super::{RetryPolicyBuilder, RetryService, Transient};
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{NullSink, Sink};
use crate::lift::Lift;
use crate::name::Name;
use crate::timer::{Timer, TokioTimer};

/// The settings of a retry, checked. Made by [`RetryPolicy::builder`].
#[derive(Debug)]
pub struct RetryPolicy<P = Transient, T = TokioTimer> {
    plan: Arc<Plan<P, T>>,
    name: Name,
}

/// Puts a retry around a service. See the [page](super).
///
/// One value is one policy: clones, and services from repeated `layer()` calls, share its budget and its randomness.
#[derive(Debug)]
pub struct RetryLayer<P = Transient, T = TokioTimer, K = NullSink> {
    plan: Arc<Plan<P, T>>,
    name: Name,
    sink: K,
}

// === impl RetryPolicy ===

impl RetryPolicy {
    /// A builder: 3 attempts, 100 ms exponential backoff up to 10 s, no jitter, the service's errors and timeouts, tokio's timer.
    pub fn builder() -> RetryPolicyBuilder {
        RetryPolicyBuilder::new()
    }
}

impl<P, T> RetryPolicy<P, T> {
    pub(super) fn new(plan: Plan<P, T>) -> Self {
        Self {
            plan: Arc::new(plan),
            name: Name::generated("retry"),
        }
    }

    /// The layer with these settings.
    pub fn into_layer(self) -> RetryLayer<P, T> {
        RetryLayer {
            plan: self.plan,
            name: self.name,
            sink: NullSink,
        }
    }
}

impl<P, T> Clone for RetryPolicy<P, T> {
    fn clone(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            name: self.name.clone(),
        }
    }
}

// === impl RetryLayer ===

impl<P, T, K> RetryLayer<P, T, K> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Tells what happens to `sink`. Clones share the budget, and each tells its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> RetryLayer<P, T, Q> {
        RetryLayer {
            plan: self.plan,
            name: self.name,
            sink,
        }
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<P, T, K: Clone> Clone for RetryLayer<P, T, K> {
    fn clone(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            name: self.name.clone(),
            sink: self.sink.clone(),
        }
    }
}

impl<P, T, K, Q: Clone> WithSink<Q> for RetryLayer<P, T, K> {
    type Output = RetryLayer<P, T, Q>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<S, P, T: Timer, K: Sink> Layer<S> for RetryLayer<P, T, K> {
    type Service = RetryService<Lift<S>, P, T, K::Emitter>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, P, T: Timer, K: Sink> PolicyLayer<S> for RetryLayer<P, T, K> {
    type Service = RetryService<S, P, T, K::Emitter>;

    fn wrap(&self, inner: S) -> Self::Service {
        RetryService::new(inner, Arc::clone(&self.plan), self.sink.attach(&self.name))
    }
}

impl<P, T, K> Describe for RetryLayer<P, T, K> {
    fn describe(&self) -> Node {
        let plan = &self.plan;
        let budget = if plan.budget.is_some() {
            ", from a budget"
        } else {
            ""
        };
        let total = match plan.max_duration {
            Some(total) => format!(", {total:?} in all"),
            None => String::new(),
        };
        Node::leaf(format!(
            "retry {}: {} attempts{total}{budget}",
            self.name, plan.max_attempts
        ))
    }
}
