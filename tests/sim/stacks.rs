//! The stacks of a world: each kind of policy, with settings that are drawn.

mod heeding;
mod line;
mod plain;
mod race;
mod weights;

use std::error::Error;
use std::rc::Rc;

use ninelives::compose::{PolicyLayer, Tells};
use ninelives::lift::Lift;
use ninelives::name::Name;
use ninelives::prelude::*;
use ninelives::registry::Registry;
use tower::util::UnsyncBoxService;
use tower::{Layer, Service};

use crate::backend::{Backend, Down};
use crate::drive::Seeded;
use crate::gauge::{Gauge, Gauged};
use crate::laws::{self, Law, Line};
use crate::order::{Calls, Order};
use crate::tally::Tally;
use crate::{Plant, ms};

/// A guarded backend, whatever guards it.
pub type Guarded = UnsyncBoxService<Order, u32, ResilienceError<Down>>;

type Built = Result<Stack, Box<dyn Error>>;
type Tried = Box<dyn Fn(&mut Seeded)>;

/// One stack.
pub struct Stack {
    pub name: &'static str,
    pub calls: Rc<Calls>,
    pub laws: Vec<Law>,
    /// Its line, if it has one, and whether the line has classes.
    pub line: Option<(Line, bool)>,
    /// Tries another shadow, promotes it or takes it away.
    pub shadows: Vec<Tried>,
    guard: Box<dyn Fn() -> Guarded>,
}

/// What a stack is built with.
pub struct Site<'a> {
    pub draws: &'a mut Seeded,
    pub timer: &'a ManualTimer,
    pub tally: &'a Tally,
    pub registry: &'a Registry,
    pub backend: &'a Backend,
    pub plant: Option<Plant>,
}

/// How each kind is built.
pub const KINDS: [fn(&mut Site<'_>) -> Built; 5] = [
    plain::build,
    line::build,
    weights::build,
    race::build,
    heeding::build,
];

// === impl Stack ===

impl Stack {
    /// Those who wait in this line are passed by nobody of their class.
    fn lined(mut self, line: Line, classes: bool) -> Self {
        self.line = Some((line, classes));
        self
    }

    /// A service for one call.
    pub fn guarded(&self) -> Guarded {
        (self.guard)()
    }
}

// === impl Site ===

impl Site<'_> {
    fn told(&self, name: &Name) -> std::sync::Arc<crate::tally::Told> {
        self.tally.told(name)
    }

    /// What is inside all policies of a stack that tries again.
    fn bottom(&self) -> Gauge {
        Gauge::default().stuttering(self.plant == Some(Plant::Attempt))
    }

    fn up_to(&mut self, most: usize) -> usize {
        1 + self.draws.below(most)
    }

    fn within(&mut self, most: usize) -> std::time::Duration {
        ms(self.up_to(most) as u64)
    }

    fn done<P, S>(
        &self,
        name: &'static str,
        (outer, bottom): (&Name, &Gauge),
        laws: Vec<Law>,
        shadows: Vec<Tried>,
        policy: Policy<P>,
    ) -> Built
    where
        P: Tells + PolicyLayer<Lift<Gauged<Backend>, P::Kept>, Service = S>,
        S: Service<Order, Response = u32, Error = ResilienceError<Down>> + Clone + 'static,
        S::Future: 'static,
    {
        let calls = Rc::<Calls>::default();
        let service = policy.layer(bottom.layer(self.backend.clone()));
        let mut all = vec![laws::outside(&calls, self.told(outer))];
        all.extend(laws);
        Ok(Stack {
            name,
            calls,
            laws: all,
            line: None,
            shadows,
            guard: Box::new(move || UnsyncBoxService::new(service.clone())),
        })
    }
}

/// A shadow of these settings, as `value` draws it.
fn shadow<T: 'static>(
    settings: &Adaptive<T>,
    timer: &ManualTimer,
    value: impl Fn(&mut Seeded) -> Result<T, ConfigError> + 'static,
) -> Tried {
    let (settings, timer) = (settings.clone(), timer.clone());
    Box::new(move |draws| match draws.below(8) {
        0 => drop(settings.clear_shadow()),
        1 => drop(settings.promote_shadow()),
        _ => {
            // By the clock of the simulation, in which no evaluation takes any time.
            let set = |value| settings.set_shadow_within(value, ms(1), timer.clone());
            // What is refused sets nothing.
            let _ = value(draws).and_then(set);
        }
    })
}
