//! What a service found when it was asked for readiness, for the call that follows.

use std::fmt;
use std::time::Duration;

use ninelives_core::breaker::Luck;

/// Two words. What was found is in the numbers that are no nanoseconds of a second, as the compiler would have it, and the luck where it
/// would leave a hole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Readiness {
    secs: u64,
    found: u32,
    /// Of the call that is asked for: kept however often it is, so that asking again helps nobody. What was drawn for
    /// a ramp that had closed before the call came is left for the next ramp.
    luck: Luck,
}

/// The circuit rejects, and only a command can change it. Less are the nanoseconds of a time after which it makes sense to ask again.
const FOR_EVER: u32 = 1_000_000_000;
const UNKNOWN: u32 = FOR_EVER + 1;
const READY: u32 = FOR_EVER + 2;

// === impl Readiness ===

impl Readiness {
    /// Nobody has asked.
    pub(super) const UNKNOWN: Self = Self {
        secs: 0,
        found: UNKNOWN,
        luck: Luck::UNDRAWN,
    };

    pub(super) const fn luck(&self) -> &Luck {
        &self.luck
    }

    #[inline]
    pub(super) const fn keep(&mut self, luck: Luck) {
        self.luck = luck;
    }

    /// The inner service is ready.
    #[inline]
    pub(super) const fn ready(&mut self) {
        self.found = READY;
    }

    /// The inner service is not ready, whatever it was before.
    #[inline]
    pub(super) const fn lose(&mut self) {
        if self.found == READY {
            self.found = UNKNOWN;
        }
    }

    /// The call was made.
    #[inline]
    pub(super) const fn spent(&mut self) {
        self.found = UNKNOWN;
    }

    /// The circuit rejected, so the inner service was not asked, and the call will be turned away without another look at the clock;
    /// unless the inner service is ready already.
    #[inline]
    pub(super) const fn skip(&mut self, retry_after: Option<Duration>) {
        if self.found == READY {
            return;
        }
        match retry_after {
            Some(rest) => {
                self.secs = rest.as_secs();
                self.found = rest.subsec_nanos();
            }
            None => self.found = FOR_EVER,
        }
    }

    /// Whether the call will be turned away; and after which time it makes sense to ask again.
    #[inline]
    pub(super) const fn skipped(&self) -> Option<Option<Duration>> {
        if self.found > FOR_EVER {
            return None;
        }
        Some(if self.found < FOR_EVER {
            Some(Duration::new(self.secs, self.found))
        } else {
            None
        })
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.skipped(), self.found) {
            (Some(Some(rest)), _) => write!(f, "Skipped({rest:?})"),
            (Some(None), _) => f.write_str("Skipped"),
            (None, READY) => f.write_str("Ready"),
            (None, _) => f.write_str("Unknown"),
        }
    }
}
