//! The settings of a race.

use std::time::Duration;

/// When the second arm starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ForkJoinConfig {
    stagger: Duration,
}

// === impl ForkJoinConfig ===

impl ForkJoinConfig {
    /// Both arms at once.
    pub const fn new() -> Self {
        Self {
            stagger: Duration::ZERO,
        }
    }

    /// Starts the right arm only when the left one has been running for `delay`, or has failed. Zero starts both at once; from 584
    /// years on the right arm starts only after a failure.
    #[must_use]
    pub const fn with_stagger(mut self, delay: Duration) -> Self {
        self.stagger = delay;
        self
    }

    /// How long the right arm waits.
    #[inline]
    pub const fn stagger(&self) -> Duration {
        self.stagger
    }
}
