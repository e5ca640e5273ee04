//! What makes circuit breakers, and the handle that commands them.

use std::sync::Arc;

use ninelives_core::breaker::{Breaker, Transition};
use tower_layer::Layer;

use super::{CircuitBreakerConfig, CircuitBreakerService, CircuitState, CircuitView, shadow};
use crate::adaptive::Adaptive;
use crate::clock::{Clock, MonotonicClock};
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::settings::{Beside, Live, Settings};

/// Puts a circuit breaker around a service, and commands it. See the [page](super).
///
/// One value is one circuit: clones, and services from repeated `layer()` calls, share its state.
#[derive(Debug)]
pub struct CircuitBreakerLayer<
    C = MonotonicClock,
    K = NullSink,
    L: Settings<CircuitBreakerConfig> = CircuitBreakerConfig,
> {
    pub(super) shared: Arc<Shared<C, L>>,
    pub(super) name: Name,
    pub(super) sink: K,
}

/// What the layer, its services and its calls have in common.
#[derive(Debug)]
pub(super) struct Shared<C, L: Settings<CircuitBreakerConfig>> {
    pub(super) breaker: Breaker,
    // Live settings can have a shadow, and this is its circuit.
    pub(super) shadow: L::Beside<Arc<Breaker>>,
    pub(super) settings: L,
    pub(super) clock: C,
}

// === impl CircuitBreakerLayer ===

impl CircuitBreakerLayer {
    /// A circuit with these settings, on the system's monotonic clock.
    ///
    /// # Errors
    /// None: the settings were checked when they were made. The `Result` leaves room for settings that need more.
    pub fn new(config: CircuitBreakerConfig) -> Result<Self, ConfigError> {
        Self::with_clock(config, MonotonicClock)
    }
}

impl<C: Clock> CircuitBreakerLayer<C> {
    /// A circuit on another clock.
    ///
    /// # Errors
    /// As [`new`](CircuitBreakerLayer::new).
    pub fn with_clock(config: CircuitBreakerConfig, clock: C) -> Result<Self, ConfigError> {
        Ok(Self {
            shared: Shared::new(config, clock, None),
            name: Name::generated("breaker"),
            sink: NullSink,
        })
    }
}

impl<C: Clone, K> CircuitBreakerLayer<C, K> {
    /// The same breaker with settings that may change while it is in use; it begins with those it has. It is a new circuit, closed:
    /// what this one's services have seen is not in it.
    pub fn live(self) -> CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig>> {
        let adaptive = Adaptive::new(self.shared.settings);
        self.tuned_by(&adaptive)
    }

    /// A breaker with the settings that `adaptive` has, now and later: a new circuit, closed.
    pub fn tuned_by(
        self,
        adaptive: &Adaptive<CircuitBreakerConfig>,
    ) -> CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig>> {
        let (live, clock) = (Live::new(adaptive), self.shared.clock.clone());
        CircuitBreakerLayer {
            shared: Shared::new(live, clock, Some(shadow::circuit(adaptive))),
            name: self.name,
            sink: self.sink,
        }
    }
}

impl<C, K> CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig>> {
    /// The live settings. See the [page](super#live) for what a change does.
    pub fn settings(&self) -> &Adaptive<CircuitBreakerConfig> {
        self.shared.settings.adaptive()
    }
}

impl<C, K, L: Settings<CircuitBreakerConfig>> CircuitBreakerLayer<C, K, L> {
    /// The settings now.
    pub fn config(&self) -> CircuitBreakerConfig {
        self.shared.settings.current()
    }

    /// The state, as it is stored: an open circuit whose time is over stays open until a call comes. `Disabled` while the settings
    /// say so, unless a command forced another state. Changes nothing.
    pub fn state(&self) -> CircuitState {
        in_force(self.shared.breaker.state(), &self.config())
    }
}

impl<C: Clock, K: Sink, L: Settings<CircuitBreakerConfig>> CircuitBreakerLayer<C, K, L> {
    /// The circuit at one moment, with what the next call would meet. Changes nothing.
    pub fn view(&self) -> CircuitView {
        let config = self.config();
        let Shared { breaker, clock, .. } = &*self.shared;
        let mut view = breaker.view(&config.limits, clock);
        view.state = in_force(view.state, &config);
        if view.state == CircuitState::Disabled {
            (view.probe_due, view.retry_after) = (false, None);
        }
        view
    }

    /// Opens the circuit now, for its recovery timeout.
    pub fn trip(&self) {
        let Shared { breaker, clock, .. } = &*self.shared;
        self.tell(breaker.trip(&self.config().limits, clock));
    }

    /// Closes the circuit, whatever its state; outcomes of calls that are out no longer count.
    pub fn reset(&self) {
        self.tell(self.shared.breaker.reset(&self.shared.clock));
    }

    /// Rejects every call until [`reset`](Self::reset); no outcome can change it.
    pub fn force_open(&self) {
        self.tell(self.shared.breaker.force_open());
    }

    /// Admits every call and counts nothing until [`reset`](Self::reset).
    pub fn force_closed(&self) {
        self.tell(self.shared.breaker.force_closed());
    }

    /// Takes the circuit out of use until [`reset`](Self::reset): as forced closed, under its own name.
    pub fn disable(&self) {
        self.tell(self.shared.breaker.disable());
    }

    fn tell(&self, transition: Option<Transition>) {
        if let Some(transition) = transition {
            tell(&self.sink.attach(&self.name), transition);
        }
    }
}

impl<C, K, L: Settings<CircuitBreakerConfig>> CircuitBreakerLayer<C, K, L> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Tells what happens to `sink`. Clones share the circuit, and each tells its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> CircuitBreakerLayer<C, Q, L> {
        CircuitBreakerLayer {
            shared: self.shared,
            name: self.name,
            sink,
        }
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<C, K: Clone, L: Settings<CircuitBreakerConfig>> Clone for CircuitBreakerLayer<C, K, L> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            name: self.name.clone(),
            sink: self.sink.clone(),
        }
    }
}

impl<C, K, L, Q> WithSink<Q> for CircuitBreakerLayer<C, K, L>
where
    L: Settings<CircuitBreakerConfig>,
    Q: Clone,
{
    type Output = CircuitBreakerLayer<C, Q, L>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<S, C, K, L> Layer<S> for CircuitBreakerLayer<C, K, L>
where
    C: Clock,
    K: Sink,
    L: Settings<CircuitBreakerConfig>,
{
    type Service = CircuitBreakerService<Lift<S>, C, K::Emitter, L>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, C, K, L> PolicyLayer<S> for CircuitBreakerLayer<C, K, L>
where
    C: Clock,
    K: Sink,
    L: Settings<CircuitBreakerConfig>,
{
    type Service = CircuitBreakerService<S, C, K::Emitter, L>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        CircuitBreakerService::new(inner, Arc::clone(&self.shared), emitter)
    }
}

impl<C, K, L: Settings<CircuitBreakerConfig>> Describe for CircuitBreakerLayer<C, K, L> {
    fn describe(&self) -> Node {
        let config = self.config();
        let limits = config.limits;
        Node::leaf(format!(
            "circuit breaker {}: {} failures in a row, open for {:?}, {} probes{}",
            self.name,
            limits.failure_threshold(),
            limits.open_for(),
            limits.probes(),
            if config.is_disabled() {
                ", out of use"
            } else {
                ""
            }
        ))
    }
}

// === impl Shared ===

impl<C, L: Settings<CircuitBreakerConfig>> Shared<C, L> {
    fn new(settings: L, clock: C, shadow: Option<Arc<Breaker>>) -> Arc<Self> {
        Arc::new(Self {
            breaker: Breaker::new(),
            shadow: Beside::holding(shadow),
            settings,
            clock,
        })
    }
}

/// What a circuit in `state` is while its settings are `config`: out of use or only counting if they say so, and no command forced it.
const fn in_force(state: CircuitState, config: &CircuitBreakerConfig) -> CircuitState {
    match state {
        CircuitState::ForcedOpen | CircuitState::ForcedClosed => state,
        _ if config.is_disabled() => CircuitState::Disabled,
        CircuitState::Disabled => state,
        _ if config.is_metrics_only() => CircuitState::MetricsOnly,
        _ => state,
    }
}

/// Tells a change of state.
pub(super) fn tell<M: Emitter>(emitter: &M, transition: Transition) {
    let Transition { from, to } = transition;
    match to {
        CircuitState::HalfOpen | CircuitState::Ramping => {
            emitter.tell(Kind::CircuitHalfOpen, |at| PolicyEvent::CircuitHalfOpen {
                at,
                from,
            })
        }
        CircuitState::Open | CircuitState::Latched | CircuitState::ForcedOpen => {
            emitter.tell(Kind::CircuitOpened, |at| PolicyEvent::CircuitOpened {
                at,
                from,
                to,
            });
        }
        CircuitState::Closed
        | CircuitState::ForcedClosed
        | CircuitState::Disabled
        | CircuitState::MetricsOnly => {
            emitter.tell(Kind::CircuitClosed, |at| PolicyEvent::CircuitClosed {
                at,
                from,
                to,
            });
        }
    }
}
