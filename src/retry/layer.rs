//! What makes retries.

use std::sync::Arc;

use tower_layer::Layer;

use super::plan::Plan;
use super::{RetryPolicyBuilder, RetryService, Transient};
use crate::compose::{Describe, Node, PolicyLayer};
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
pub struct RetryLayer<P = Transient, T = TokioTimer> {
    plan: Arc<Plan<P, T>>,
    name: Name,
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

impl<P, T> RetryLayer<P, T> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<P, T> Clone for RetryLayer<P, T> {
    fn clone(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            name: self.name.clone(),
        }
    }
}

impl<S, P, T: Timer> Layer<S> for RetryLayer<P, T> {
    type Service = RetryService<Lift<S>, P, T>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, P, T: Timer> PolicyLayer<S> for RetryLayer<P, T> {
    type Service = RetryService<S, P, T>;

    fn wrap(&self, inner: S) -> Self::Service {
        RetryService::new(inner, Arc::clone(&self.plan))
    }
}

impl<P, T> Describe for RetryLayer<P, T> {
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
