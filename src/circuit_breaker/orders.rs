//! What a circuit shows, and what it can be told.

use ninelives_core::breaker::{Breaker, Transition};
use ninelives_core::window::Term;

use super::circuit::Circuit;
use super::layer::{Shared, tell};
use super::watch::Watch;
use super::{
    CircuitBreakerConfig, CircuitBreakerLayer, CircuitRates, CircuitSettings, CircuitState,
    CircuitView, Measure,
};
use crate::clock::Clock;
use crate::emit::Sink;

// === impl CircuitBreakerLayer ===

impl<C, K, L: CircuitSettings, J> CircuitBreakerLayer<C, K, L, J> {
    /// The settings now.
    pub fn config(&self) -> CircuitBreakerConfig<L::Measure> {
        self.shared.settings.current()
    }

    /// The state, as it is stored: an open circuit whose time is over stays open until a call comes. `Disabled` while the settings
    /// say so, unless a command forced another state. Changes nothing.
    pub fn state(&self) -> CircuitState {
        in_force(self.shared.circuit.breaker.state(), &self.config())
    }
}

impl<C: Clock, K: Sink, L: CircuitSettings, J> CircuitBreakerLayer<C, K, L, J> {
    /// The circuit at one moment, with what the next call would meet. Changes nothing.
    pub fn view(&self) -> CircuitView {
        let config = self.config();
        let Shared { circuit, clock, .. } = &*self.shared;
        let mut view = circuit.breaker.view(&config.limits, clock);
        view.state = in_force(view.state, &config);
        if view.state == CircuitState::Disabled {
            (view.probe_due, view.retry_after) = (false, None);
        }
        let closed = circuit.breaker.word().term().map(Term::new);
        let rates = |settings| {
            let rates = circuit.watch.rates(closed?, clock.now())?;
            Some(CircuitRates::of(rates, settings))
        };
        let rates = config.measure().windowed().and_then(rates);
        CircuitView::new(view, rates)
    }

    /// Opens the circuit now, for its recovery timeout.
    pub fn trip(&self) {
        let limits = self.config().limits;
        self.order(|circuit, clock| circuit.order(|breaker| breaker.trip(&limits, clock)));
    }

    /// Closes the circuit, whatever its state; outcomes of calls that are out no longer count.
    pub fn reset(&self) {
        self.order(|circuit, clock| circuit.order(|breaker| breaker.reset(clock)));
    }

    /// Rejects every call until [`reset`](Self::reset); no outcome can change it.
    pub fn force_open(&self) {
        self.order(|circuit, _| circuit.order(Breaker::force_open));
    }

    /// Admits every call and counts nothing until [`reset`](Self::reset).
    pub fn force_closed(&self) {
        self.order(|circuit, _| circuit.order(Breaker::force_closed));
    }

    /// Takes the circuit out of use until [`reset`](Self::reset): as forced closed, under its own name.
    pub fn disable(&self) {
        self.order(|circuit, _| circuit.order(Breaker::disable));
    }

    fn order(&self, order: impl FnOnce(&Circuit<L::Watch>, &C) -> Option<Transition>) {
        if let Some(transition) = order(&self.shared.circuit, &self.shared.clock) {
            tell(&self.sink.attach(&self.name), transition);
        }
    }
}

/// What a circuit in `state` is while its settings are `config`: out of use or only counting if they say so, and no command forced it.
const fn in_force<W>(state: CircuitState, config: &CircuitBreakerConfig<W>) -> CircuitState {
    match state {
        CircuitState::ForcedOpen | CircuitState::ForcedClosed => state,
        _ if config.is_disabled() => CircuitState::Disabled,
        CircuitState::Disabled => state,
        _ if config.is_metrics_only() => CircuitState::MetricsOnly,
        _ => state,
    }
}
