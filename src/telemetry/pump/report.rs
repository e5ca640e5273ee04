//! What a pump has done.

use ninelives_core::bell::Bell;
use ninelives_core::tally::Tally;

/// What became of a pump's events. See the [page](super) for the sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PumpReport {
    /// Events that came out of the rings for the sink.
    pub received: u64,
    /// Events that the sink took.
    pub delivered: u64,
    /// Events with which, or before which, the sink failed.
    pub failed: u64,
    /// Events that the sink did not take in time.
    pub timed_out: u64,
    /// Events with which, or before which, the sink panicked.
    pub panicked: u64,
    /// Events that were overwritten before the pump came to them.
    pub lost: u64,
    /// Events that were left when the pump ended.
    pub undelivered: u64,
}

/// What the task and its handle share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) received: Tally,
    pub(super) delivered: Tally,
    pub(super) failed: Tally,
    pub(super) timed_out: Tally,
    pub(super) panicked: Tally,
    pub(super) lost: Tally,
    pub(super) undelivered: Tally,
    /// Rung by the handle: end.
    pub(super) stop: Bell,
    /// Rung by the task, with every count settled.
    pub(super) done: Bell,
}

// === impl PumpReport ===

impl PumpReport {
    /// Every event there was for this pump: `received + lost`.
    pub const fn emitted(&self) -> u64 {
        self.received + self.lost
    }

    /// Events that the sink should have got and did not.
    pub const fn missed(&self) -> u64 {
        self.failed + self.timed_out + self.panicked + self.lost + self.undelivered
    }
}

// === impl Shared ===

impl Shared {
    pub(super) fn report(&self) -> PumpReport {
        PumpReport {
            received: self.received.get(),
            delivered: self.delivered.get(),
            failed: self.failed.get(),
            timed_out: self.timed_out.get(),
            panicked: self.panicked.get(),
            lost: self.lost.get(),
            undelivered: self.undelivered.get(),
        }
    }
}
