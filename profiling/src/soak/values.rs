//! A live value of the run's own, whose lives are counted: what calls hold while it changes.

use std::mem::forget;
use std::sync::Arc;
use std::time::Duration;

use ninelives::adaptive::Snapshot;
use ninelives::{Adaptive, ConfigError, TokioTimer};

use super::count::Level;
use super::laws::{Law, Laws};
use super::plant::Plant;
use super::watched::Watched;
use crate::rng::SplitMix64;

/// A live value.
pub struct Values {
    live: Adaptive<Value>,
    alive: Arc<Level>,
}

/// A value, which is counted while it is alive.
pub struct Value {
    number: u64,
    alive: Arc<Level>,
}

/// A value that a call holds.
pub struct Held {
    values: Arc<Values>,
    first: Snapshot<Value>,
}

/// Multiples of it are refused.
const REFUSED: u64 = 5;

// === impl Values ===

impl Values {
    /// The value, in its first version.
    ///
    /// # Errors
    /// None: it is taken.
    pub fn new() -> Result<Self, ConfigError> {
        let alive = Arc::<Level>::default();
        let live = Adaptive::with_validation(Value::new(1, &alive), |value| {
            match value.number % REFUSED {
                0 => Err(ConfigError::count("number", value.number, 1..=1)),
                _ => Ok(()),
            }
        })?;
        Ok(Self { live, alive })
    }

    /// Holds what is current.
    pub fn hold(self: &Arc<Self>) -> Held {
        let first = self.live.snapshot();
        let values = Arc::clone(self);
        Held { values, first }
    }

    /// Changes it, in one of all the ways there are.
    pub fn change(&self, draws: &mut SplitMix64, laws: &Laws) {
        let (before, value) = (self.live.version(), self.value(draws.next()));
        let refused = value.number.is_multiple_of(REFUSED);
        let lasts = Duration::from_millis(draws.next() % 50);
        let version = match draws.next() % 8 {
            0 => self.live.set_for(value, lasts, TokioTimer).ok(),
            1 => self.live.compare_and_set(before, value).ok(),
            2 => self.live.rollback().ok(),
            3 => self.live.set_shadow(value).ok().map(|()| before + 1),
            4 => self.live.promote_shadow().ok(),
            5 => {
                self.live.clear_shadow();
                None
            }
            6 => self.live.update(|_| self.value(draws.next())).ok(),
            _ => {
                let version = self.live.set(value).ok();
                laws.hold(Law::Versions, version.is_none() || !refused, || {
                    "a value that had to be refused was taken".to_owned()
                });
                version
            }
        };
        laws.hold(
            Law::Versions,
            version.is_none_or(|version| version > before),
            || format!("a change of version {before} made version {version:?}"),
        );
    }

    fn value(&self, number: u64) -> Value {
        Value::new(number, &self.alive)
    }
}

impl Watched for Values {
    fn bounds(&self, laws: &Laws) {
        let number = self.live.get().number;
        laws.hold(Law::Versions, !number.is_multiple_of(REFUSED), || {
            format!("{number} is the value, and had to be refused")
        });
    }

    fn settled(&self, laws: &Laws) {
        self.bounds(laws);
        self.live.clear_shadow();
        let set = [1, 2].map(|number| self.live.set(self.value(number)));
        laws.hold(Law::Versions, set.iter().all(Result::is_ok), || {
            format!("a value that is taken was refused: {set:?}")
        });
        // Nobody holds one: the current one, and the one before it.
        laws.same(Law::Versions, "values alive", self.alive.now(), 2);
    }

    fn said(&self) -> String {
        let (version, alive) = (self.live.version(), self.alive.now());
        format!("value: version {version}, {alive} alive")
    }
}

// === impl Value ===

impl Value {
    fn new(number: u64, alive: &Arc<Level>) -> Self {
        alive.enter(1);
        let alive = Arc::clone(alive);
        Self { number, alive }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        self.alive.leave(1);
    }
}

// === impl Held ===

impl Held {
    /// The call is over: what is current now is not older than what it held.
    pub fn end(self, laws: &Laws, plant: Option<(Plant, u64)>) {
        let (first, now) = (self.first.version(), self.values.live.snapshot());
        laws.hold(Law::Versions, now.version() >= first, || {
            format!("version {} after {first}", now.version())
        });
        let numbers = [&self.first, &now].map(|seen| seen.value().number);
        let refused = |number: &u64| number.is_multiple_of(REFUSED);
        laws.hold(Law::Versions, !numbers.iter().any(refused), || {
            format!("{numbers:?} are the values, and one had to be refused")
        });
        if matches!(plant, Some((Plant::Value, number)) if Plant::Value.strikes(number)) {
            forget(self);
        }
    }
}
