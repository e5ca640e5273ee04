//! What makes circuit breakers, and the handle that commands them.

use std::sync::Arc;

use ninelives_core::breaker::Transition;
use tower_layer::Layer;

use super::circuit::Circuit;
use super::shadow::Trial;
use super::{
    ByError, CircuitBreakerConfig, CircuitBreakerService, CircuitSettings, CircuitState, Measure,
    Windowed,
};
use crate::adaptive::Adaptive;
use crate::clock::{Clock, MonotonicClock};
use crate::compose::{Describe, Node, PolicyLayer, Tells, WithSink};
use crate::counted::Counted;
use crate::emit::{Emitter, Kept, Kind, NullSink, PolicyEvent, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;
use crate::settings::{Beside, Live};

/// Puts a circuit breaker around a service, and commands it. See the [page](super).
///
/// One value is one circuit: clones, and services from repeated `layer()` calls, share its state. [`classify`](Self::classify),
/// [`with_retry_after`](Self::with_retry_after), [`live`](Self::live) and [`tuned_by`](Self::tuned_by) make a layer with a new circuit: to
/// watch and command the circuit, clone the layer that the last of them returned.
#[derive(Debug)]
pub struct CircuitBreakerLayer<
    C = MonotonicClock,
    K = NullSink,
    L: CircuitSettings = CircuitBreakerConfig,
    J = ByError,
> {
    pub(super) shared: Arc<Shared<C, L, J>>,
    pub(super) name: Name,
    pub(super) sink: K,
}

/// What the layer, its services and its calls have in common.
#[derive(Debug)]
pub(super) struct Shared<C, L: CircuitSettings, J> {
    pub(super) circuit: Circuit<L::Watch>,
    // Live settings can have a shadow, and this is its circuit.
    pub(super) shadow: L::Beside<Arc<Trial<L::Measure>>>,
    pub(super) settings: L,
    pub(super) clock: C,
    // Shared by the circuits that are made of one another.
    pub(super) judge: Arc<J>,
}

// === impl CircuitBreakerLayer ===

impl<W: Measure> CircuitBreakerLayer<MonotonicClock, NullSink, CircuitBreakerConfig<W>> {
    /// A circuit with these settings, on the system's monotonic clock.
    ///
    /// # Errors
    /// None: the settings were checked when they were made. The `Result` leaves room for settings that need more.
    pub fn new(config: CircuitBreakerConfig<W>) -> Result<Self, ConfigError> {
        Self::with_clock(config, MonotonicClock)
    }
}

impl<C: Clock, W: Measure> CircuitBreakerLayer<C, NullSink, CircuitBreakerConfig<W>> {
    /// A circuit on another clock.
    ///
    /// # Errors
    /// As [`new`](CircuitBreakerLayer::new).
    pub fn with_clock(config: CircuitBreakerConfig<W>, clock: C) -> Result<Self, ConfigError> {
        Ok(Self {
            shared: Shared::new(config, clock, Arc::new(ByError), None),
            name: Name::generated("breaker"),
            sink: NullSink,
        })
    }
}

impl<C, K, W: Measure, J> CircuitBreakerLayer<C, K, Live<CircuitBreakerConfig<W>>, J> {
    /// The live settings. See the [page](super#live) for what a change does.
    pub fn settings(&self) -> &Adaptive<CircuitBreakerConfig<W>> {
        self.shared.settings.adaptive()
    }
}

impl<C, K, L: CircuitSettings, J> CircuitBreakerLayer<C, K, L, J> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Emits its events to `sink`. Clones share the circuit, and each emits to its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> CircuitBreakerLayer<C, Q, L, J> {
        CircuitBreakerLayer {
            shared: self.shared,
            name: self.name,
            sink,
        }
    }

    /// Makes the jitter of the recovery timeout, and the calls that a ramp admits, repeatable: the same seed and the same order of
    /// calls give the same draws. It applies to this circuit: call it after what makes a new one, such as [`live`](CircuitBreakerLayer::live).
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        self.shared.circuit.breaker.reseed(seed);
        if let Some(trial) = self.shared.shadow.held() {
            trial.breaker.reseed(seed);
        }
        self
    }

    /// The policy's name.
    pub const fn name(&self) -> &Name {
        &self.name
    }
}

impl<C, K: Clone, L: CircuitSettings, J> Clone for CircuitBreakerLayer<C, K, L, J> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            name: self.name.clone(),
            sink: self.sink.clone(),
        }
    }
}

impl<C, K, L, J, Q> WithSink<Q> for CircuitBreakerLayer<C, K, L, J>
where
    L: CircuitSettings,
    Q: Clone,
{
    type Output = CircuitBreakerLayer<C, Q, L, J>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<S, C, K, L, J> Layer<S> for CircuitBreakerLayer<C, K, L, J>
where
    C: Clock,
    K: Sink,
    L: CircuitSettings,
{
    type Service = CircuitBreakerService<Lift<S, Kept<K>>, C, K::Emitter, L, J>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::under(inner))
    }
}

impl<C, K: Sink, L: CircuitSettings, J> Tells for CircuitBreakerLayer<C, K, L, J> {
    type Kept = Kept<K>;
}

impl<S, C, K, L, J> PolicyLayer<S> for CircuitBreakerLayer<C, K, L, J>
where
    C: Clock,
    K: Sink,
    L: CircuitSettings,
{
    type Service = CircuitBreakerService<S, C, K::Emitter, L, J>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        CircuitBreakerService::new(inner, &self.shared, emitter)
    }
}

impl<C, K, L: CircuitSettings, J> Describe for CircuitBreakerLayer<C, K, L, J> {
    fn describe(&self) -> Node {
        let config = self.config();
        let (name, open_for) = (&self.name, config.rejects_for());
        let opens = said(&config);
        let out = if config.is_disabled() {
            ", out of use"
        } else if config.is_metrics_only() {
            ", only counts"
        } else {
            ""
        };
        let tries = config.tries();
        Node::leaf(format!(
            "circuit breaker {name}: {opens}, open for {open_for}, {tries}{out}"
        ))
    }
}

// === impl Shared ===

impl<C, L: CircuitSettings, J> Shared<C, L, J> {
    pub(super) fn new(
        settings: L,
        clock: C,
        judge: Arc<J>,
        shadow: Option<Arc<Trial<L::Measure>>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            circuit: Circuit::new(settings.watch()),
            shadow: Beside::holding(shadow),
            settings,
            clock,
            judge,
        })
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

/// What opens a circuit.
fn said<W: Measure>(config: &CircuitBreakerConfig<W>) -> String {
    let failures = config.failure_threshold();
    let in_a_row = (failures > 0).then(|| {
        let failures = Counted(failures.into(), ["failure", "failures"]);
        format!("{failures} in a row")
    });
    let rates = config.measure().windowed().and_then(Windowed::said);
    let all: Vec<_> = in_a_row.into_iter().chain(rates).collect();
    if all.is_empty() {
        "opens by command".to_owned()
    } else {
        all.join(" or ")
    }
}
