//! A second value beside the current one, which is tried and not obeyed.

use std::sync::Arc;
use std::time::Duration;

use ninelives_core::meter::Meter;

use super::{Adaptive, NoShadow};
use crate::clock::{Clock, MonotonicClock};
use crate::error::ConfigError;

/// What one evaluation of a shadow may cost unless it is said otherwise: 1 µs.
pub const SHADOW_ALLOWANCE: Duration = Duration::from_micros(1);

/// A value that policies evaluate beside the current one, with what it may cost.
pub(crate) struct Shadow<T> {
    pub(super) value: Arc<T>,
    allowance: Duration,
    clock: Arc<dyn Clock + Send + Sync>,
    meter: Meter,
}

// === impl Shadow ===

impl<T> Shadow<T> {
    pub(super) fn new(value: T, allowance: Duration, clock: Arc<dyn Clock + Send + Sync>) -> Self {
        Self {
            value: Arc::new(value),
            allowance,
            clock,
            meter: Meter::new(),
        }
    }

    /// The value.
    #[inline]
    pub(crate) fn value(&self) -> &T {
        &self.value
    }

    /// What one evaluation may cost.
    pub(crate) fn allowance(&self) -> Duration {
        self.allowance
    }

    /// Runs an evaluation and measures it; true when it was the one too many that cost more than its allowance.
    #[cold]
    pub(crate) fn measure<R>(&self, run: impl FnOnce() -> R) -> (R, bool) {
        let since = self.clock.now();
        let result = run();
        let cost = self.clock.now().since(since);
        (result, self.meter.sample(cost > self.allowance))
    }
}

// === impl Adaptive ===

impl<T> Adaptive<T> {
    /// Sets the shadow, in the place of the one there is; see [Shadow](super#shadow). One evaluation may cost [`SHADOW_ALLOWANCE`].
    ///
    /// # Errors
    /// What the validation says of `value`.
    pub fn set_shadow(&self, value: T) -> Result<(), ConfigError> {
        self.set_shadow_within(value, SHADOW_ALLOWANCE, MonotonicClock)
    }

    /// Sets the shadow, one evaluation of which may cost `allowance` on `clock`.
    ///
    /// # Errors
    /// What the validation says of `value`.
    pub fn set_shadow_within(
        &self,
        value: T,
        allowance: Duration,
        clock: impl Clock + Send + Sync + 'static,
    ) -> Result<(), ConfigError> {
        self.check(&value)?;
        self.live
            .shadow(&Arc::new(Shadow::new(value, allowance, Arc::new(clock))));
        Ok(())
    }

    /// The shadow, if there is one.
    pub fn get_shadow(&self) -> Option<Arc<T>> {
        self.shadow_now().map(|shadow| Arc::clone(&shadow.value))
    }

    /// The shadow with what it may cost.
    pub(crate) fn shadow_now(&self) -> Option<Arc<Shadow<T>>> {
        self.live.entry().shadow().cloned()
    }

    /// Makes the shadow the value, in one step, and gives its version; there is no shadow then. It ends an override, and a
    /// rollback brings back what it replaced.
    ///
    /// # Errors
    /// When there is no shadow; nothing has changed then.
    pub fn promote_shadow(&self) -> Result<u64, NoShadow> {
        self.live.change(|seen| seen.promoted().ok_or(NoShadow))
    }

    /// Takes the shadow away; false if there was none.
    pub fn clear_shadow(&self) -> bool {
        self.live.unshadow(|_| true)
    }

    /// Takes this shadow away, if it is still the one; false if not.
    pub(crate) fn drop_shadow(&self, shadow: &Arc<Shadow<T>>) -> bool {
        self.live.unshadow(|other| Arc::ptr_eq(other, shadow))
    }
}
