//! The side of a pump that its owner keeps.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::report::{PumpReport, Shared};

/// Ends a pump, and tells what it has done. Dropping it ends the pump too, once it has drained.
#[derive(Debug)]
#[must_use = "dropping the handle ends the pump"]
pub struct PumpHandle {
    shared: Arc<Shared>,
}

/// The wait for a pump to end. It gives the final report.
///
/// # Cancel safety
/// Dropping it changes nothing: the pump goes on to drain and ends.
#[derive(Debug)]
#[must_use = "the report is lost, and nobody waits for the pump to drain"]
pub struct PumpShutdown {
    shared: Arc<Shared>,
}

// === impl PumpHandle ===

impl PumpHandle {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// What the pump has done so far. While it runs, the counts are read one by one, and the event in its hand is among the received ones only.
    pub fn report(&self) -> PumpReport {
        self.shared.report()
    }

    /// Whether the pump has ended: after its task was dropped. Then the report is final.
    pub fn is_finished(&self) -> bool {
        self.shared.done.is_rung()
    }

    /// Lets the pump deliver what was emitted so far, until its drain deadline, and end.
    ///
    /// It begins at once, also when the wait is never polled. The wait ends when the task does, or when it is dropped: a task that is
    /// neither polled nor dropped is waited for without an end.
    pub fn shutdown(self) -> PumpShutdown {
        let shared = Arc::clone(&self.shared);
        // Dropping the handle is what ends the pump.
        drop(self);
        PumpShutdown { shared }
    }
}

impl Drop for PumpHandle {
    fn drop(&mut self) {
        self.shared.stop.ring();
    }
}

// === impl PumpShutdown ===

impl Future for PumpShutdown {
    type Output = PumpReport;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<PumpReport> {
        // The waker first: an end that comes before it is seen, one that comes after it wakes it.
        self.shared.done.rest(cx.waker());
        if !self.shared.done.is_rung() {
            return Poll::Pending;
        }
        self.shared.done.leave();
        Poll::Ready(self.shared.report())
    }
}

impl Drop for PumpShutdown {
    fn drop(&mut self) {
        self.shared.done.leave();
    }
}
