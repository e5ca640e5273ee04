//! What makes retries.

use std::marker::PhantomData;
use std::sync::Arc;

use tower_layer::Layer;

use super::plan::Plan;
use super::{Bound, RetryConfig, RetryPolicyBuilder, RetryService, Transient};
use crate::adaptive::Adaptive;
use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::counted::Counted;
use crate::deadline::Unheeding;
use crate::emit::{Kept, NullSink, Sink};
use crate::lift::Lift;
use crate::name::Name;
use crate::settings::{Live, Settings};
use crate::timer::{Timer, WheelTimer};

/// The settings of a retry, checked. Made by [`RetryPolicy::builder`].
#[derive(Debug)]
pub struct RetryPolicy<P = Transient, T = WheelTimer, D = Unheeding> {
    plan: Arc<Plan<P, T, RetryConfig>>,
    name: Name,
    bound: PhantomData<D>,
}

/// Puts a retry around a service. See the [page](super).
///
/// One value is one policy: clones, and services from repeated `layer()` calls, share its budget and its randomness.
#[derive(Debug)]
pub struct RetryLayer<P = Transient, T = WheelTimer, K = NullSink, C = RetryConfig, D = Unheeding> {
    plan: Arc<Plan<P, T, C>>,
    name: Name,
    sink: K,
    bound: PhantomData<D>,
}

// === impl RetryPolicy ===

impl RetryPolicy {
    /// A builder: 3 attempts, 100 ms exponential backoff up to 10 s, no jitter, the service's errors and timeouts, the wheel ([`WheelTimer`](crate::WheelTimer)).
    pub fn builder() -> RetryPolicyBuilder {
        RetryPolicyBuilder::new()
    }
}

impl<P, T, D> RetryPolicy<P, T, D> {
    pub(super) fn new(plan: Plan<P, T, RetryConfig>) -> Self {
        Self {
            plan: Arc::new(plan),
            name: Name::generated("retry"),
            bound: PhantomData,
        }
    }

    /// The layer with these settings.
    pub fn into_layer(self) -> RetryLayer<P, T, NullSink, RetryConfig, D> {
        RetryLayer {
            plan: self.plan,
            name: self.name,
            sink: NullSink,
            bound: PhantomData,
        }
    }
}

impl<P, T, D> Clone for RetryPolicy<P, T, D> {
    fn clone(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            name: self.name.clone(),
            bound: PhantomData,
        }
    }
}

// === impl RetryLayer ===

impl<P, T, K, D> RetryLayer<P, T, K, RetryConfig, D> {
    /// The same retry with settings that may change while it is in use; it begins with those it has, and shares the budget and
    /// the randomness.
    pub fn live(self) -> RetryLayer<P, T, K, Live<RetryConfig>, D> {
        let adaptive = Adaptive::new(self.plan.settings);
        self.tuned_by(&adaptive)
    }

    /// The same retry with the settings that `adaptive` has, now and later.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<RetryConfig>,
    ) -> RetryLayer<P, T, K, Live<RetryConfig>, D> {
        RetryLayer {
            plan: Arc::new(Plan {
                settings: Live::new(adaptive),
                budget: self.plan.budget.clone(),
                common: Arc::clone(&self.plan.common),
            }),
            name: self.name,
            sink: self.sink,
            bound: PhantomData,
        }
    }
}

impl<P, T, K, D> RetryLayer<P, T, K, Live<RetryConfig>, D> {
    pub(super) const fn plan(&self) -> &Arc<Plan<P, T, Live<RetryConfig>>> {
        &self.plan
    }

    /// The live settings. A request keeps to its end those that were in force when it came.
    pub fn settings(&self) -> &Adaptive<RetryConfig> {
        self.plan.settings.adaptive()
    }
}

impl<P, T, K, C: Settings<RetryConfig>, D> RetryLayer<P, T, K, C, D> {
    /// The settings now.
    pub fn config(&self) -> RetryConfig {
        self.plan.settings.current()
    }
}

impl<P, T, K, C, D> RetryLayer<P, T, K, C, D> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Emits its events to `sink`. Clones share the budget, and each emits to its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> RetryLayer<P, T, Q, C, D> {
        RetryLayer {
            plan: self.plan,
            name: self.name,
            sink,
            bound: PhantomData,
        }
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<P, T, K: Clone, C, D> Clone for RetryLayer<P, T, K, C, D> {
    fn clone(&self) -> Self {
        Self {
            plan: Arc::clone(&self.plan),
            name: self.name.clone(),
            sink: self.sink.clone(),
            bound: PhantomData,
        }
    }
}

impl<P, T, K, C, D, Q: Clone> WithSink<Q> for RetryLayer<P, T, K, C, D> {
    type Output = RetryLayer<P, T, Q, C, D>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<S, P, T, K, C, D> Layer<S> for RetryLayer<P, T, K, C, D>
where
    T: Timer,
    K: Sink,
    C: Settings<RetryConfig>,
{
    type Service = RetryService<Lift<S, Kept<K>>, P, T, K::Emitter, C, D>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::under(inner))
    }
}

impl<P, T, K: Sink, C, D> Tells for RetryLayer<P, T, K, C, D> {
    type Kept = Kept<K>;
}

impl<S, P, T, K, C, D> PolicyLayer<S> for RetryLayer<P, T, K, C, D>
where
    T: Timer,
    K: Sink,
    C: Settings<RetryConfig>,
{
    type Service = RetryService<S, P, T, K::Emitter, C, D>;

    fn wrap(&self, inner: S) -> Self::Service {
        RetryService::new(inner, &self.plan, self.sink.attach(&self.name))
    }
}

impl<P, T, K, C: Settings<RetryConfig>, D: Bound> Describe for RetryLayer<P, T, K, C, D> {
    fn describe(&self) -> Node {
        let config = self.config();
        let budget = if self.plan.budget.is_some() {
            ", from a budget"
        } else {
            ""
        };
        let total = match config.max_duration() {
            Some(total) if D::CLIPS => format!(", over within {total:?}"),
            Some(total) => format!(", {total:?} in all"),
            None => String::new(),
        };
        let heeds = if D::HEEDS { ", heeding requests" } else { "" };
        let attempts = Counted(config.max_attempts().into(), ["attempt", "attempts"]);
        Node::leaf(format!(
            "retry {}: {attempts}{total}{heeds}{budget}",
            self.name
        ))
    }
}
