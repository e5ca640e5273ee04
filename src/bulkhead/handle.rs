//! The layer as a handle: what is in flight and in line, and the commands.

use super::mode::Mode;
use super::{BulkheadConfig, BulkheadLayer, UntilIdle};
use crate::settings::Settings;
use ninelives_core::semaphore::Snapshot;

// === impl BulkheadLayer ===

impl<M: Mode, K, C: Settings<BulkheadConfig<M::Rule>>, W> BulkheadLayer<M, K, C, W> {
    /// Permits in use now: calls in flight, or, where calls weigh more than one, the sum of their weights. After the limit shrank it may be above
    /// it.
    pub fn in_flight(&self) -> usize {
        self.now().in_flight as usize
    }

    /// Permits that there are now; 0 is a pause.
    pub fn limit(&self) -> usize {
        self.now().limit as usize
    }

    /// Permits that are free now: 0 when in flight is at or above the limit.
    pub fn available(&self) -> usize {
        let now = self.now();
        now.limit.saturating_sub(now.in_flight) as usize
    }

    /// Places in line that are taken now.
    pub fn waiting(&self) -> usize {
        self.now().waiting as usize
    }

    /// Turns every later call away and everyone in line; calls in flight finish. It cannot be undone. See [`drain`](Self::drain).
    pub fn close(&self) {
        self.permits.semaphore.close();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.now().closed
    }

    /// Closes it now, and gives a future that is done when no call is in flight any more: for an orderly end.
    ///
    /// A call whose turn in line had come before has a permit, polled or not, and is in flight until it is done or dropped. Put a
    /// timeout around the future: a call that hangs keeps it waiting.
    pub fn drain(&self) -> UntilIdle {
        self.close();
        self.until_idle()
    }

    /// A future that is done when no call is in flight, or when none was at some time since it was made. It closes nothing: others may
    /// begin meanwhile. Nothing polls for it; whoever brings the last permit back wakes all who wait, and allocates for that.
    ///
    /// A permit that goes to a call in line stays out. Calls that wait while the bulkhead is paused are not in flight.
    pub fn until_idle(&self) -> UntilIdle {
        self.permits.until_idle()
    }

    fn now(&self) -> Snapshot {
        // An override that has lapsed ends with this look.
        let _ = self.settings.current();
        self.permits.semaphore.snapshot()
    }
}
