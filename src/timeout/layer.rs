//! What makes timeouts.

use std::time::Duration;

use tower_layer::Layer;

use super::{TimeoutConfig, TimeoutService};
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{NullSink, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::timer::{Timer, TokioTimer};

/// Puts a timeout around a service. See the [page](super).
#[derive(Clone, Debug)]
pub struct TimeoutLayer<T = TokioTimer, K = NullSink> {
    config: TimeoutConfig,
    name: Name,
    timer: T,
    sink: K,
}

// === impl TimeoutLayer ===

impl TimeoutLayer {
    /// Calls may take `limit`, on tokio's timer.
    ///
    /// # Errors
    /// A limit of zero, as [`TimeoutConfig::new`].
    pub fn new(limit: Duration) -> Result<Self, ConfigError> {
        TimeoutConfig::new(limit).map(Self::from_config)
    }

    /// A timeout with these settings, on tokio's timer.
    pub fn from_config(config: TimeoutConfig) -> Self {
        Self {
            config,
            name: Name::generated("timeout"),
            timer: TokioTimer,
            sink: NullSink,
        }
    }
}

impl<T, K> TimeoutLayer<T, K> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Counts the wait for the inner service's readiness towards the limit.
    #[must_use]
    pub fn covering_readiness(mut self) -> Self {
        self.config = self.config.with_readiness(true);
        self
    }

    /// The same timeout on another timer.
    pub fn with_timer<U>(self, timer: U) -> TimeoutLayer<U, K> {
        TimeoutLayer {
            config: self.config,
            name: self.name,
            timer,
            sink: self.sink,
        }
    }

    /// Tells what happens to `sink`.
    pub fn with_sink<Q>(self, sink: Q) -> TimeoutLayer<T, Q> {
        TimeoutLayer {
            config: self.config,
            name: self.name,
            timer: self.timer,
            sink,
        }
    }

    /// The settings.
    pub const fn config(&self) -> TimeoutConfig {
        self.config
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<T, K, Q: Clone> WithSink<Q> for TimeoutLayer<T, K> {
    type Output = TimeoutLayer<T, Q>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<S, T: Timer + Clone, K: Sink> Layer<S> for TimeoutLayer<T, K> {
    type Service = TimeoutService<Lift<S>, T, K::Emitter>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, T: Timer + Clone, K: Sink> PolicyLayer<S> for TimeoutLayer<T, K> {
    type Service = TimeoutService<S, T, K::Emitter>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        TimeoutService::new(inner, self.config, self.timer.clone(), emitter)
    }
}

impl<T, K> Describe for TimeoutLayer<T, K> {
    fn describe(&self) -> Node {
        let readiness = if self.config.covers_readiness() {
            ", readiness included"
        } else {
            ""
        };
        Node::leaf(format!(
            "timeout {}: {:?}{readiness}",
            self.name,
            self.config.limit()
        ))
    }
}
