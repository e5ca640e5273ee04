//! Circuit breakers: probes and changes of state.

use std::convert::Infallible;
use std::future::pending;
use std::mem::forget;
use std::sync::Arc;

use ninelives::circuit_breaker::{ByError, CircuitSettings, CircuitState};
use ninelives::emit::{Kind, Sink};
use ninelives::{CircuitBreakerLayer, Clock};
use tower::service_fn;

use super::{Watched, begun};
use crate::soak::laws::{Law, Laws};
use crate::soak::plant::Plant;
use crate::soak::tally::Told;

/// A circuit breaker.
pub struct Circuit {
    name: String,
    look: Box<dyn Fn() -> (CircuitState, u64) + Send + Sync>,
    // A call of this circuit that is never over, and that nobody drops.
    forget: Box<dyn Fn() + Send + Sync>,
    told: Arc<Told>,
}

/// The states that events tell apart. Half-open and ramping are told as one.
const STATES: [CircuitState; 6] = [
    CircuitState::Closed,
    CircuitState::Open,
    CircuitState::Latched,
    CircuitState::ForcedOpen,
    CircuitState::ForcedClosed,
    CircuitState::Disabled,
];

// === impl Circuit ===

impl Circuit {
    /// Watches this one.
    pub fn of<C, K, L>(layer: &CircuitBreakerLayer<C, K, L, ByError>, told: Arc<Told>) -> Self
    where
        C: Clock + Send + Sync + 'static,
        K: Sink + Clone + Send + Sync + 'static,
        L: CircuitSettings + Send + Sync + 'static,
        CircuitBreakerLayer<C, K, L, ByError>: Send + Sync + 'static,
    {
        let name = layer.name().to_string();
        let (layer, forgetful) = (layer.clone(), layer.clone());
        let look = move || {
            let view = layer.view();
            (view.state, u64::from(view.probes_out))
        };
        Self {
            name,
            look: Box::new(look),
            forget: Box::new(move || {
                let hangs = |()| pending::<Result<(), Infallible>>();
                forget(begun(&forgetful, service_fn(hangs)));
            }),
            told,
        }
    }
}

impl Watched for Circuit {
    fn bounds(&self, laws: &Laws) {
        let (state, probes) = (self.look)();
        let name = &self.name;
        laws.hold(Law::Probes, probes <= 63, || {
            format!("{name}: {probes} probes out while {state:?}")
        });
    }

    fn settled(&self, laws: &Laws) {
        let (now, probes) = (self.look)();
        let (name, told) = (&self.name, &self.told);
        laws.same(
            Law::Probes,
            &format!("{name}: probes out while {now:?}"),
            probes,
            0,
        );
        for state in STATES {
            let (came, went) = told.turns(state);
            let first = u64::from(state == CircuitState::Closed);
            let here = u64::from(state == now);
            laws.hold(Law::Transitions, first + came == went + here, || {
                format!(
                    "{name}: {state:?} entered {came} times, left {went} times, and it is {now:?}"
                )
            });
        }
        let tries = [CircuitState::HalfOpen, CircuitState::Ramping];
        let went: u64 = tries.iter().map(|state| told.turns(*state).1).sum();
        let (came, here) = (
            told.of(Kind::CircuitHalfOpen),
            u64::from(tries.contains(&now)),
        );
        laws.hold(Law::Transitions, came == went + here, || {
            format!("{name}: half-open or ramping entered {came} times, left {went} times, and it is {now:?}")
        });
    }

    fn sabotage(&self, plant: Plant) {
        if plant == Plant::Probe && (self.look)().0 == CircuitState::HalfOpen {
            (self.forget)();
        }
    }

    fn said(&self) -> String {
        let (state, probes) = (self.look)();
        format!("{}: {state:?}, {probes} probes out", self.name)
    }
}
