//! What all stacks have.

use std::sync::Arc;

use ninelives::algebra::Policy;
use ninelives::lift::Lift;
use ninelives::{Adaptive, ConfigError, PolicyLayer, ResilienceError, Tells};
use tower::util::BoxCloneService;
use tower::{Layer, Service};

use super::{Bottom, Site, Stack};
use crate::rng::SplitMix64;
use crate::soak::calls::Calls;
use crate::soak::count::Count;
use crate::soak::gauge::Gauge;
use crate::soak::order::{Fault, Order, Reply};
use crate::soak::tally::Told;
use crate::soak::watched::{Outside, Watched};

/// A stack that is being built.
pub struct Draft {
    /// What comes out of all its policies.
    pub bottom: Gauge,
    name: String,
    calls: Arc<Calls>,
    stalls: Arc<Count>,
    watched: Vec<Box<dyn Watched>>,
}

/// Shadows that can be tried.
#[derive(Default)]
pub struct Shadows(Vec<Try>);

type Try = Box<dyn Fn(&mut SplitMix64) + Send + Sync>;

// === impl Draft ===

impl Draft {
    /// A stack of this name on this site.
    pub fn new(site: &Site<'_>, name: &str) -> Self {
        Self {
            bottom: Gauge::new(&site.stalls, site.plant),
            stalls: Arc::clone(&site.stalls),
            name: format!("{}{name}", site.prefix),
            calls: Calls::new(&site.whole),
            watched: Vec::new(),
        }
    }

    /// The name of one of its policies.
    pub fn name(&self, policy: &str) -> String {
        format!("{}/{policy}", self.name)
    }

    /// A gauge for the inside of one of its policies: what a plant breaks, it breaks at the bottom.
    pub fn gauge(&self) -> Gauge {
        Gauge::new(&self.stalls, None)
    }

    /// Looks at this, too.
    pub fn watching(mut self, watched: impl Watched + 'static) -> Self {
        self.watched.push(Box::new(watched));
        self
    }

    /// The stack with this policy, the outermost part of which told this.
    pub fn done<P, S>(
        mut self,
        told: Option<Arc<Told>>,
        shadows: Shadows,
        policy: Policy<P>,
    ) -> Stack
    where
        P: Tells + PolicyLayer<Lift<Bottom, P::Kept>, Service = S> + Send + Sync + 'static,
        S: Service<Order, Response = Reply, Error = ResilienceError<Fault>>,
        S: Clone + Send + 'static,
        S::Future: Send + 'static,
    {
        let calls = self.calls;
        let outside = Outside {
            name: self.name.clone(),
            calls: Arc::clone(&calls),
            told,
        };
        self.watched.push(Box::new(outside));
        Stack {
            name: self.name,
            calls,
            bottom: self.bottom,
            watched: self.watched,
            shadow: shadows.into_one(),
            guard: Box::new(move |bottom| BoxCloneService::new(policy.layer(bottom))),
        }
    }
}

// === impl Shadows ===

impl Shadows {
    /// None.
    pub fn none() -> Self {
        Self::default()
    }

    /// Shadows of these settings, too, as `value` draws them.
    pub fn of<T: Send + Sync + 'static>(
        mut self,
        settings: &Adaptive<T>,
        value: impl Fn(&mut SplitMix64) -> Result<T, ConfigError> + Send + Sync + 'static,
    ) -> Self {
        let settings = settings.clone();
        self.0.push(Box::new(move |draws| {
            // What is refused, or is not there, is nobody's loss here: the laws are looked at elsewhere.
            match draws.next() % 8 {
                0 => drop(settings.clear_shadow()),
                1 => drop(settings.promote_shadow()),
                _ => drop(value(draws).and_then(|value| settings.set_shadow(value))),
            }
        }));
        self
    }

    fn into_one(self) -> Try {
        Box::new(move |draws| {
            if let Some(last) = self.0.len().checked_sub(1) {
                let chosen = draws.next() as usize % (last + 1);
                self.0[chosen](draws);
            }
        })
    }
}
