//! What makes circuit breakers, and the handle that commands them.

use std::sync::Arc;

use ninelives_core::breaker::{Breaker, Limits, Transition};
use tower_layer::Layer;

use super::{CircuitBreakerConfig, CircuitBreakerService, CircuitState, CircuitView};
use crate::clock::{Clock, MonotonicClock};
use crate::compose::{Describe, Node, PolicyLayer, WithSink};
use crate::emit::{Emitter, Kind, NullSink, PolicyEvent, Sink};
use crate::error::ConfigError;
use crate::lift::Lift;
use crate::name::Name;

/// Puts a circuit breaker around a service, and commands it. See the [page](super).
///
/// One value is one circuit: clones, and services from repeated `layer()` calls, share its state.
#[derive(Debug)]
pub struct CircuitBreakerLayer<C = MonotonicClock, K = NullSink> {
    shared: Arc<Shared<C>>,
    name: Name,
    sink: K,
}

/// What the layer, its services and its calls have in common.
#[derive(Debug)]
pub(super) struct Shared<C> {
    pub(super) breaker: Breaker,
    pub(super) limits: Limits,
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
        let breaker = if config.disabled {
            Breaker::disabled()
        } else {
            Breaker::new()
        };
        Ok(Self {
            shared: Arc::new(Shared {
                breaker,
                limits: config.limits,
                clock,
            }),
            name: Name::generated("breaker"),
            sink: NullSink,
        })
    }
}

impl<C: Clock, K: Sink> CircuitBreakerLayer<C, K> {
    /// The state, as it is stored: an open circuit whose time is over stays open until a call comes. Changes nothing.
    pub fn state(&self) -> CircuitState {
        self.shared.breaker.state()
    }

    /// The circuit at one moment, with what the next call would meet. Changes nothing.
    pub fn view(&self) -> CircuitView {
        self.shared
            .breaker
            .view(&self.shared.limits, &self.shared.clock)
    }

    /// Opens the circuit now, for its recovery timeout.
    pub fn trip(&self) {
        let Shared {
            breaker,
            limits,
            clock,
        } = &*self.shared;
        self.tell(breaker.trip(limits, clock));
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

impl<C, K> CircuitBreakerLayer<C, K> {
    /// Gives the policy its name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Name>) -> Self {
        self.name = name.into();
        self
    }

    /// Tells what happens to `sink`. Clones share the circuit, and each tells its own sink.
    pub fn with_sink<Q>(self, sink: Q) -> CircuitBreakerLayer<C, Q> {
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

impl<C, K: Clone> Clone for CircuitBreakerLayer<C, K> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            name: self.name.clone(),
            sink: self.sink.clone(),
        }
    }
}

impl<C, K, Q: Clone> WithSink<Q> for CircuitBreakerLayer<C, K> {
    type Output = CircuitBreakerLayer<C, Q>;

    fn with_sink(self, sink: &Q) -> Self::Output {
        self.with_sink(sink.clone())
    }
}

impl<S, C: Clock, K: Sink> Layer<S> for CircuitBreakerLayer<C, K> {
    type Service = CircuitBreakerService<Lift<S>, C, K::Emitter>;

    fn layer(&self, inner: S) -> Self::Service {
        self.wrap(Lift::new(inner))
    }
}

impl<S, C: Clock, K: Sink> PolicyLayer<S> for CircuitBreakerLayer<C, K> {
    type Service = CircuitBreakerService<S, C, K::Emitter>;

    fn wrap(&self, inner: S) -> Self::Service {
        let emitter = self.sink.attach(&self.name);
        CircuitBreakerService::new(inner, Arc::clone(&self.shared), emitter)
    }
}

impl<C, K> Describe for CircuitBreakerLayer<C, K> {
    fn describe(&self) -> Node {
        let limits = &self.shared.limits;
        Node::leaf(format!(
            "circuit breaker {}: {} failures in a row, open for {:?}, {} probes",
            self.name,
            limits.failure_threshold(),
            limits.open_for(),
            limits.probes()
        ))
    }
}

/// Tells a change of state.
pub(super) fn tell<M: Emitter>(emitter: &M, transition: Transition) {
    let Transition { from, to } = transition;
    match to {
        CircuitState::HalfOpen => emitter.tell(Kind::CircuitHalfOpen, |at| {
            PolicyEvent::CircuitHalfOpen { at, from }
        }),
        CircuitState::Open | CircuitState::Latched | CircuitState::ForcedOpen => {
            emitter.tell(Kind::CircuitOpened, |at| PolicyEvent::CircuitOpened {
                at,
                from,
                to,
            });
        }
        CircuitState::Closed | CircuitState::ForcedClosed | CircuitState::Disabled => {
            emitter.tell(Kind::CircuitClosed, |at| PolicyEvent::CircuitClosed {
                at,
                from,
                to,
            });
        }
    }
}
