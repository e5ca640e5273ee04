//! The stacks: policies that guard the client, each in its own way.

mod build;
mod parts;

use std::sync::Arc;

use ninelives::chaos::ChaosLayer;
use ninelives::registry::Registry;
use ninelives::{ResilienceError, TokioTimer, WheelTimer};
use tower::Layer;
use tower::util::BoxCloneService;

use super::calls::{Calls, Whole};
use super::client::Client;
use super::count::Count;
use super::gauge::Gauge;
use super::order::{Fault, Order, Reply};
use super::plant::Plant;
use super::tally::Tally;
use super::timer::Audited;
use super::watched::Watched;
use crate::rng::SplitMix64;

/// A guarded client, whatever guards it.
pub type Guarded = BoxCloneService<Order, Reply, ResilienceError<Fault>>;

/// What makes the client misbehave.
pub type Chaos = ChaosLayer<fn() -> Fault>;

/// One stack: policies that stay, put around the client of each epoch.
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Its calls.
    pub calls: Arc<Calls>,
    /// What comes out of all its policies.
    pub bottom: Gauge,
    /// What is looked at.
    pub watched: Vec<Box<dyn Watched>>,
    /// Tries another shadow on one of its policies, or promotes it, or takes it away.
    pub shadow: Box<dyn Fn(&mut SplitMix64) + Send + Sync>,
    guard: Box<dyn Fn(Bottom) -> Guarded + Send + Sync>,
}

/// What a stack is built with.
pub struct Site<'a> {
    /// Where its policies tell.
    pub sink: &'a Tally,
    /// Where its live policies are registered.
    pub registry: &'a Registry,
    /// A timer of the wheel.
    pub wheel: Audited<WheelTimer>,
    /// A timer of tokio.
    pub tokio: Audited<TokioTimer>,
    /// The books of all calls.
    pub whole: Arc<Whole>,
    /// Polls that blocked their thread.
    pub stalls: Arc<Count>,
    /// What is broken on purpose.
    pub plant: Option<Plant>,
    /// Before the names of its policies.
    pub prefix: String,
}

/// What is inside all policies.
type Bottom = super::gauge::Gauged<ninelives::chaos::ChaosService<Client, fn() -> Fault>>;

/// The most that a limit which changes is ever set to.
pub const MOST: u64 = 64;

pub use build::{guests, house};

// === impl Stack ===

impl Stack {
    /// Puts its policies around this client.
    pub fn guard(&self, client: &Client, chaos: &Chaos) -> Guarded {
        (self.guard)(self.bottom.layer(chaos.layer(client.clone())))
    }
}
