//! The settings of a bulkhead.

use std::time::Duration;

use ninelives_core::semaphore::{MAX_PERMITS, MAX_PLACES};

use super::{BulkheadLayer, Queued, Reject};
use crate::error::ConfigError;

/// How many calls may be in flight, and what happens to others: rejected at once, or [`Queue`]d. Every value that there is can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BulkheadConfig<Q = Reject> {
    max_concurrent: u32,
    queue: Q,
}

/// How many calls may wait in line, and how long each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    max_waiting: u32,
    max_wait: Duration,
}

// === impl BulkheadConfig ===

impl BulkheadConfig {
    /// At most `max_concurrent` calls in flight: 1 to 1,048,575. Others are rejected at once.
    ///
    /// # Errors
    /// A limit outside its range.
    pub fn new(max_concurrent: usize) -> Result<Self, ConfigError> {
        Ok(Self {
            max_concurrent: in_range("max_concurrent", max_concurrent, 1, MAX_PERMITS)?,
            queue: Reject,
        })
    }

    /// Lets at most `max_waiting` calls (1 to 1,048,575) wait in line, first come first served, each for at most `max_wait`
    /// (1 ns and up).
    ///
    /// # Errors
    /// A number or a time outside its range.
    pub fn with_queue(
        self,
        max_waiting: usize,
        max_wait: Duration,
    ) -> Result<BulkheadConfig<Queue>, ConfigError> {
        Ok(BulkheadConfig {
            max_concurrent: self.max_concurrent,
            queue: Queue {
                max_waiting: places("max_waiting", max_waiting, 1)?,
                max_wait: longer_than_nothing(max_wait)?,
            },
        })
    }

    /// A bulkhead with these settings.
    pub fn into_layer(self) -> BulkheadLayer {
        BulkheadLayer::from_config(self)
    }
}

impl BulkheadConfig<Queue> {
    /// Lets at most `max_waiting` calls wait in line: 1 to 1,048,575.
    ///
    /// # Errors
    /// A number outside its range.
    pub fn with_max_waiting(mut self, max_waiting: usize) -> Result<Self, ConfigError> {
        self.queue.max_waiting = places("max_waiting", max_waiting, 1)?;
        Ok(self)
    }

    /// Lets each wait for at most `max_wait`: 1 ns and up.
    ///
    /// # Errors
    /// A time of zero.
    pub fn with_max_wait(mut self, max_wait: Duration) -> Result<Self, ConfigError> {
        self.queue.max_wait = longer_than_nothing(max_wait)?;
        Ok(self)
    }

    /// A bulkhead with a line, on the wheel ([`WheelTimer`](crate::WheelTimer)).
    pub fn into_layer(self) -> BulkheadLayer<Queued> {
        BulkheadLayer::from_queue_config(self)
    }
}

impl<Q> BulkheadConfig<Q> {
    /// Lets at most `max_concurrent` calls in: 0 to 1,048,575. 0 is a pause: nobody gets in until the limit grows.
    ///
    /// # Errors
    /// A limit above its range.
    pub fn with_max_concurrent(mut self, max_concurrent: usize) -> Result<Self, ConfigError> {
        self.max_concurrent = permits(max_concurrent)?;
        Ok(self)
    }

    /// Calls that may be in flight, each by its weight if calls have weights.
    pub const fn max_concurrent(&self) -> usize {
        self.max_concurrent as usize
    }

    /// What happens to others.
    pub const fn queue(&self) -> &Q {
        &self.queue
    }
}

// === impl Queue ===

impl Queue {
    /// Calls that may wait in line.
    pub const fn max_waiting(&self) -> usize {
        self.max_waiting as usize
    }

    /// How long each may wait.
    pub const fn max_wait(&self) -> Duration {
        self.max_wait
    }
}

/// A limit that a bulkhead in use may have.
pub(super) fn permits(max_concurrent: usize) -> Result<u32, ConfigError> {
    in_range("max_concurrent", max_concurrent, 0, MAX_PERMITS)
}

/// A number of places in line, of at least `min`.
pub(super) fn places(field: &'static str, value: usize, min: u32) -> Result<u32, ConfigError> {
    in_range(field, value, min, MAX_PLACES)
}

fn longer_than_nothing(max_wait: Duration) -> Result<Duration, ConfigError> {
    if max_wait.is_zero() {
        let range = Duration::from_nanos(1)..=Duration::MAX;
        return Err(ConfigError::duration("max_wait", max_wait, range));
    }
    Ok(max_wait)
}

/// A count that fits the machine, or the error with the caller's own name and number.
pub(super) fn in_range(
    field: &'static str,
    value: usize,
    min: u32,
    max: u32,
) -> Result<u32, ConfigError> {
    match u32::try_from(value) {
        Ok(count) if (min..=max).contains(&count) => Ok(count),
        _ => {
            let range = u64::from(min)..=u64::from(max);
            Err(ConfigError::count(field, value as u64, range))
        }
    }
}
