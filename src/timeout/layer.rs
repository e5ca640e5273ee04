//! What makes timeouts.

use std::time::Duration;

use tower_layer::Layer;

use super::{TimeoutConfig, TimeoutService};
use crate::adaptive::Adaptive;
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{NullSink, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::registry::{Managed, Member};
use crate::settings::{Live, Settings};
use crate::timer::{Timer, TokioTimer};

/// Puts a timeout around a service. See the [page](super).
#[derive(Clone, Debug)]
pub struct TimeoutLayer<T = TokioTimer, K = NullSink, C = TimeoutConfig> {
    settings: C,
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
            settings: config,
            name: Name::generated("timeout"),
            timer: TokioTimer,
            sink: NullSink,
        }
    }
}

impl<T, K> TimeoutLayer<T, K> {
    /// Counts the wait for the inner service's readiness towards the limit.
    #[must_use]
    pub fn covering_readiness(mut self) -> Self {
        self.settings = self.settings.with_readiness(true);
        self
    }

    /// The same timeout with settings that may change while it is in use; it begins with those it has.
    pub fn live(self) -> TimeoutLayer<T, K, Live<TimeoutConfig>> {
        let adaptive = Adaptive::new(self.settings);
        self.tuned_by(&adaptive)
    }

    /// The same timeout with the settings that `adaptive` has, now and later.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<TimeoutConfig>,
    ) -> TimeoutLayer<T, K, Live<TimeoutConfig>> {
        TimeoutLayer {
            settings: Live::new(adaptive),
            name: self.name,
            timer: self.timer,
            sink: self.sink,
        }
    }
}

impl<T, K> TimeoutLayer<T, K, Live<TimeoutConfig>> {
    /// The live settings. A call has the limit that was in force when it was made.
    pub fn settings(&self) -> &Adaptive<TimeoutConfig> {
        self.settings.adaptive()
    }
}

impl<T, K, C: Settings<TimeoutConfig>> TimeoutLayer<T, K, C> {
    /// The settings now.
    pub fn config(&self) -> TimeoutConfig {
        self.settings.current()
    }
}

impl<T, K, C> TimeoutLayer<T, K, C> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// The same timeout on another timer.
    pub fn with_timer<U>(self, timer: U) -> TimeoutLayer<U, K, C> {
        TimeoutLayer {
            settings: self.settings,
            name: self.name,
            timer,
            sink: self.sink,
        }
    }

    /// Tells what happens to `sink`.
    pub fn with_sink<Q>(self, sink: Q) -> TimeoutLayer<T, Q, C> {
        TimeoutLayer {
            settings: self.settings,
            name: self.name,
            timer: self.timer,
            sink,
        }
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<T, K, C, Q: Clone> WithSink<Q> for TimeoutLayer<T, K, C> {
    type Output = TimeoutLayer<T, Q, C>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<S, T, K, C> Layer<S> for TimeoutLayer<T, K, C>
where
    T: Timer + Clone,
    K: Sink,
    C: Settings<TimeoutConfig>,
{
    type Service = TimeoutService<Lift<S>, T, K::Emitter, C>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, T, K, C> PolicyLayer<S> for TimeoutLayer<T, K, C>
where
    T: Timer + Clone,
    K: Sink,
    C: Settings<TimeoutConfig>,
{
    type Service = TimeoutService<S, T, K::Emitter, C>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        TimeoutService::new(inner, self.settings.clone(), self.timer.clone(), emitter)
    }
}

impl<T, K> Managed for TimeoutLayer<T, K, Live<TimeoutConfig>> {
    fn member(&self) -> Member {
        let settings = self.settings.shared();
        Member::new("timeout", &self.name, settings, settings)
    }
}

impl<T, K, C: Settings<TimeoutConfig>> Describe for TimeoutLayer<T, K, C> {
    fn describe(&self) -> Node {
        let config = self.settings.current();
        let readiness = if config.covers_readiness() {
            ", readiness included"
        } else {
            ""
        };
        Node::leaf(format!(
            "timeout {}: {:?}{readiness}",
            self.name,
            config.limit()
        ))
    }
}
