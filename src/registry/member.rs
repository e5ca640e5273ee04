//! What a registry knows of a policy.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Weak};

use super::tunable::Tunable;
use crate::adaptive::Adaptive;
use crate::name::Name;
use crate::parameters::{Parameters, Value};

/// A policy that a [`Registry`](super::Registry) can hold: every layer made live, and layers from elsewhere.
#[diagnostic::on_unimplemented(
    message = "a registry cannot hold `{Self}`",
    note = "it holds layers whose settings may change: make the layer live first, by `.live()` or `.tuned_by(..)`; a budget, by `.named(..)`"
)]
pub trait Managed {
    /// What the registry is to know of it.
    fn member(&self) -> Member;
}

/// A policy as its layer describes it to a registry: its settings to change, its state to look at, its commands to run.
///
/// It keeps the settings, and not the policy: that is gone once nobody else holds what the policy's layers and services share.
pub struct Member {
    pub(super) name: Name,
    pub(super) kind: &'static str,
    pub(super) settings: Box<dyn Tunable>,
    pub(super) commands: Vec<Command>,
    shared: Weak<dyn Any + Send + Sync>,
    state: Box<dyn Fn() -> Option<State> + Send + Sync>,
    orders: Vec<Order>,
}

/// What a policy is doing, by name.
pub type State = Vec<(&'static str, Value)>;

/// Something that a policy can be told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    name: &'static str,
    description: &'static str,
}

/// Runs a command; false if the policy is gone.
type Order = Box<dyn Fn() -> bool + Send + Sync>;

// === impl Member ===

impl Member {
    /// A policy of a kind, with its settings; `shared` is what its layers and services share, and nobody else keeps.
    pub fn new<C, S>(
        kind: &'static str,
        name: &Name,
        settings: &Adaptive<C>,
        shared: &Arc<S>,
    ) -> Self
    where
        C: Parameters + Send + Sync + 'static,
        S: Send + Sync + 'static,
    {
        let weak: Weak<S> = Arc::downgrade(shared);
        Self {
            name: name.clone(),
            kind,
            settings: Box::new(settings.clone()),
            commands: Vec::new(),
            shared: weak,
            state: Box::new(|| Some(State::new())),
            orders: Vec::new(),
        }
    }

    /// How to look at its state, which changes nothing.
    #[must_use]
    pub fn with_state<S: Send + Sync + 'static>(
        mut self,
        shared: &Arc<S>,
        look: impl Fn(&Arc<S>) -> State + Send + Sync + 'static,
    ) -> Self {
        let weak = Arc::downgrade(shared);
        self.state = Box::new(move || weak.upgrade().map(|shared| look(&shared)));
        self
    }

    /// Something that it can be told to do. The description says what, in a few words.
    #[must_use]
    pub fn with_command<S: Send + Sync + 'static>(
        mut self,
        shared: &Arc<S>,
        name: &'static str,
        description: &'static str,
        run: impl Fn(&Arc<S>) + Send + Sync + 'static,
    ) -> Self {
        let weak = Arc::downgrade(shared);
        self.commands.push(Command { name, description });
        self.orders.push(Box::new(move || {
            weak.upgrade().map(|shared| run(&shared)).is_some()
        }));
        self
    }

    /// Keeps the policy for a while; none if it is gone.
    pub(super) fn hold(&self) -> Option<Arc<dyn Any + Send + Sync>> {
        self.shared.upgrade()
    }

    pub(super) fn is_alive(&self) -> bool {
        self.shared.strong_count() > 0
    }

    pub(super) fn state(&self) -> Option<State> {
        self.hold().and_then(|_held| (self.state)())
    }

    /// Runs the command of this name, if there is one, and says whether the policy was still there.
    pub(super) fn run(&self, name: &str) -> Option<bool> {
        let index = self.commands.iter().position(|one| one.name == name)?;
        Some(self.orders[index]())
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("alive", &self.is_alive())
            .finish_non_exhaustive()
    }
}

// === impl Command ===

impl Command {
    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it does.
    pub const fn description(&self) -> &'static str {
        self.description
    }
}
