//! What makes timeouts.

use std::time::Duration;

use tower_layer::Layer;

use super::{DeadlineService, TimeoutConfig, TimeoutService};
use crate::adaptive::Adaptive;
use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::deadline::{Heeding, Manner, Unheeding};
use crate::emit::{Kept, NullSink, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::registry::{Managed, Member};
use crate::settings::{Live, Settings};
use crate::timer::{Timer, WheelTimer};

/// Puts a timeout around a service. See the [page](super).
#[derive(Clone, Debug)]
pub struct TimeoutLayer<T = WheelTimer, K = NullSink, C = TimeoutConfig, D = Unheeding> {
    settings: C,
    manner: D,
    name: Name,
    timer: T,
    sink: K,
}

// === impl TimeoutLayer ===

impl TimeoutLayer {
    /// Calls may take `limit`, on the wheel ([`WheelTimer`]).
    ///
    /// # Errors
    /// A limit of zero, as [`TimeoutConfig::new`].
    pub fn new(limit: Duration) -> Result<Self, ConfigError> {
        TimeoutConfig::new(limit).map(Self::from_config)
    }

    /// A timeout with these settings, on the wheel ([`WheelTimer`]).
    pub fn from_config(config: TimeoutConfig) -> Self {
        Self {
            settings: config,
            manner: Unheeding,
            name: Name::generated("timeout"),
            timer: WheelTimer,
            sink: NullSink,
        }
    }
}

impl<T, K, D> TimeoutLayer<T, K, TimeoutConfig, D> {
    /// Counts the wait for the inner service's readiness towards the limit.
    #[must_use]
    pub fn covering_readiness(mut self) -> Self {
        self.settings = self.settings.with_readiness(true);
        self
    }

    /// The same timeout with settings that may change while it is in use; it begins with those it has.
    pub fn live(self) -> TimeoutLayer<T, K, Live<TimeoutConfig>, D> {
        let adaptive = Adaptive::new(self.settings);
        self.tuned_by(&adaptive)
    }

    /// The same timeout with the settings that `adaptive` has, now and later.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<TimeoutConfig>,
    ) -> TimeoutLayer<T, K, Live<TimeoutConfig>, D> {
        TimeoutLayer {
            settings: Live::new(adaptive),
            manner: self.manner,
            name: self.name,
            timer: self.timer,
            sink: self.sink,
        }
    }
}

impl<T, K, D> TimeoutLayer<T, K, Live<TimeoutConfig>, D> {
    /// The live settings. A call has the limit that was in force when it was made.
    pub fn settings(&self) -> &Adaptive<TimeoutConfig> {
        self.settings.adaptive()
    }
}

impl<T, K, C: Settings<TimeoutConfig>, D> TimeoutLayer<T, K, C, D> {
    /// The settings now.
    pub fn config(&self) -> TimeoutConfig {
        self.settings.current()
    }
}

impl<T, K, C> TimeoutLayer<T, K, C> {
    /// Heeds the deadline that each request carries: see [the page](super#deadline). Requests must be [`Carries`], and the inner
    /// service `Clone`.
    ///
    /// [`Carries`]: crate::deadline::Carries
    pub fn with_deadline(self) -> TimeoutLayer<T, K, C, Heeding> {
        TimeoutLayer {
            settings: self.settings,
            manner: Heeding,
            name: self.name,
            timer: self.timer,
            sink: self.sink,
        }
    }
}

impl<T, K, C, D> TimeoutLayer<T, K, C, D> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// The same timeout on another timer.
    pub fn with_timer<U>(self, timer: U) -> TimeoutLayer<U, K, C, D> {
        TimeoutLayer {
            settings: self.settings,
            manner: self.manner,
            name: self.name,
            timer,
            sink: self.sink,
        }
    }

    /// Emits its events to `sink`.
    pub fn with_sink<Q>(self, sink: Q) -> TimeoutLayer<T, Q, C, D> {
        TimeoutLayer {
            settings: self.settings,
            manner: self.manner,
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

impl<T, K, C, D, Q: Clone> WithSink<Q> for TimeoutLayer<T, K, C, D> {
    type Output = TimeoutLayer<T, Q, C, D>;

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
    type Service = TimeoutService<Lift<S, Kept<K>>, T, K::Emitter, C>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::under(inner))
    }
}

impl<T, K: Sink, C, D> Tells for TimeoutLayer<T, K, C, D> {
    type Kept = Kept<K>;
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

impl<S, T, K, C> Layer<S> for TimeoutLayer<T, K, C, Heeding>
where
    T: Timer + Clone,
    K: Sink,
    C: Settings<TimeoutConfig>,
{
    type Service = DeadlineService<Lift<S, Kept<K>>, T, K::Emitter, C>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::under(inner))
    }
}

impl<S, T, K, C> PolicyLayer<S> for TimeoutLayer<T, K, C, Heeding>
where
    T: Timer + Clone,
    K: Sink,
    C: Settings<TimeoutConfig>,
{
    type Service = DeadlineService<S, T, K::Emitter, C>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        DeadlineService::new(inner, self.settings.clone(), self.timer.clone(), emitter)
    }
}

impl<T, K, D> Managed for TimeoutLayer<T, K, Live<TimeoutConfig>, D> {
    fn member(&self) -> Member {
        let settings = self.settings.shared();
        Member::new("timeout", &self.name, settings, settings)
    }
}

impl<T, K, C: Settings<TimeoutConfig>, D: Manner> Describe for TimeoutLayer<T, K, C, D> {
    fn describe(&self) -> Node {
        let config = self.settings.current();
        let readiness = if config.covers_readiness() {
            ", readiness included"
        } else {
            ""
        };
        let deadline = if D::HEEDS {
            ", or the request's deadline"
        } else {
            ""
        };
        Node::leaf(format!(
            "timeout {}: {:?}{readiness}{deadline}",
            self.name,
            config.limit()
        ))
    }
}
