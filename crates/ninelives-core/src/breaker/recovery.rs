//! How a breaker that was open tries again: with probes, some of which must succeed, or in stages.

use super::limits::Limits;
use super::ramp::Ramp;
use crate::limit::OutOfRange;

// === impl Limits ===

impl Limits {
    /// Closes at `needed` successes among the probes, and opens as soon as they cannot be reached any more: with the failure number
    /// `probes - needed + 1`.
    ///
    /// # Errors
    /// `needed` outside `1..=probes`.
    pub const fn with_needed(mut self, needed: u32) -> Result<Self, OutOfRange> {
        if needed == 0 {
            return Err(OutOfRange::count("needed", 0, 1..=self.probes as u64));
        }
        self.needed = needed;
        self.checked()
    }

    /// Recovers in stages, and not with probes.
    #[must_use]
    pub const fn with_ramp(mut self, ramp: Ramp) -> Self {
        self.ramp = ramp;
        self.ramps = true;
        self
    }

    /// Recovers with probes; what its stages would be is kept.
    #[must_use]
    pub const fn without_ramp(mut self) -> Self {
        self.ramps = false;
        self
    }

    /// Successful probes that close it.
    pub const fn needed(&self) -> u32 {
        if self.needed == 0 {
            self.probes
        } else {
            self.needed
        }
    }

    /// Successful probes that close it, if it was said: none while all must succeed.
    pub const fn own_needed(&self) -> Option<u32> {
        match self.needed {
            0 => None,
            needed => Some(needed),
        }
    }

    /// The stages of its recovery, if it recovers in stages.
    pub const fn ramp(&self) -> Option<Ramp> {
        if self.ramps { Some(self.ramp) } else { None }
    }

    /// The stages of its recovery, whether or not it recovers in stages.
    pub const fn stages(&self) -> Ramp {
        self.ramp
    }
}
