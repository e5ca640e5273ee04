//! The layer as a handle: what is in flight and in line, and the commands.

use super::mode::Mode;
use super::{BulkheadConfig, BulkheadLayer};
use crate::settings::Settings;
use ninelives_core::semaphore::Snapshot;

// === impl BulkheadLayer ===

impl<M: Mode, K, C: Settings<BulkheadConfig<M::Rule>>> BulkheadLayer<M, K, C> {
    /// Calls in flight now. After the limit shrank it may be above it.
    pub fn in_flight(&self) -> usize {
        self.now().in_flight as usize
    }

    /// Calls that may be in flight now.
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

    /// Turns every later call away and everyone in line; calls in flight finish. It cannot be undone.
    pub fn close(&self) {
        self.semaphore.close();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.now().closed
    }

    fn now(&self) -> Snapshot {
        // An override that has lapsed ends with this look.
        let _ = self.settings.current();
        self.semaphore.snapshot()
    }
}
