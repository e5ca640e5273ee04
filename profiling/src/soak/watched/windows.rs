//! Windows of circuits: what they have of the calls that went by.

use std::sync::Arc;

use ninelives::circuit_breaker::{CircuitRates, CircuitSettings};
use ninelives::emit::{Kind, Sink};
use ninelives::{CircuitBreakerLayer, Clock};

use super::Watched;
use crate::soak::laws::{Law, Laws};
use crate::soak::plant::Plant;
use crate::soak::tally::Told;

/// What a window has.
type Look = Box<dyn Fn() -> Option<CircuitRates> + Send + Sync>;

/// Three windows, one around the other, of circuits that only count.
pub struct Windows {
    /// The name of the stack.
    pub name: String,
    /// The outermost: a short time.
    pub short: Look,
    /// Inside it: so many calls.
    pub few: (Look, u64),
    /// Inside both: a time that is longer than the stack lives.
    pub all: Look,
    /// What the innermost circuit told.
    pub told: Arc<Told>,
    /// A call through the innermost circuit alone, of which nobody tells.
    pub untold: Box<dyn Fn() + Send + Sync>,
}

// === impl Windows ===

impl Windows {
    /// How to look at the window of this circuit.
    pub fn look<C, K, L, J>(layer: &CircuitBreakerLayer<C, K, L, J>) -> Look
    where
        C: Clock + Send + Sync + 'static,
        K: Sink + Clone + Send + Sync + 'static,
        L: CircuitSettings + Send + Sync + 'static,
        CircuitBreakerLayer<C, K, L, J>: Send + Sync + 'static,
    {
        let layer = layer.clone();
        Box::new(move || layer.view().rates)
    }

    /// A part is never more than the whole, and what is told of both is whole.
    fn parts(&self, laws: &Laws, window: &str, rates: Option<CircuitRates>) -> u64 {
        let name = &self.name;
        let held = rates.is_some_and(|rates| rates.failed.max(rates.slow) <= rates.calls);
        laws.hold(Law::Windows, held, || {
            format!("{name}: {window} has {rates:?}")
        });
        rates.map_or(0, |rates| rates.calls)
    }
}

impl Watched for Windows {
    fn bounds(&self, laws: &Laws) {
        // What ends comes into the inner one first.
        let short = self.parts(laws, "the short window", (self.short)());
        let all = self.parts(laws, "the long window", (self.all)());
        let name = &self.name;
        laws.hold(Law::Windows, short <= all, || {
            format!("{name}: {short} calls in the short window, {all} in the long one")
        });
    }

    fn settled(&self, laws: &Laws) {
        self.bounds(laws);
        let (name, (few, size)) = (&self.name, &self.few);
        let few = self.parts(laws, "the window of calls", few());
        let [calls, failed] = (self.all)().map_or([0; 2], |all| [all.calls, all.failed]);
        let what = format!("{name}: calls in the window of {size}, and in the long one");
        laws.same(Law::Windows, &what, few, calls.min(*size));
        let [well, not] =
            [Kind::RequestSuccess, Kind::RequestFailure].map(|kind| self.told.of(kind));
        let what = format!("{name}: calls that failed in the long window, and by the events");
        laws.same(Law::Windows, &what, failed, not);
        let what = format!("{name}: calls that were well in the long window, and by the events");
        laws.same(Law::Windows, &what, calls - failed, well);
    }

    fn sabotage(&self, plant: Plant) {
        if plant == Plant::Window {
            (self.untold)();
        }
    }

    fn said(&self) -> String {
        let [short, few, all] = [&self.short, &self.few.0, &self.all].map(|look| look());
        format!("{}: {short:?}, {few:?}, {all:?}", self.name)
    }
}
