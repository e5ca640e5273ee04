//! Waits on a wheel, one for each runtime.

mod driver;
mod hall;
mod heat;
mod knock;
mod sleep;

use std::time::Duration;

use ninelives_core::wheel::{Pace, Wheel};

pub use sleep::WheelSleep;

use super::{Timer, TokioTimer};
use crate::clock::{Clock, Tick, saturating_nanos};

/// The default timer of every policy that waits: a timer wheel. Most waits are cancelled before they end: arming and cancelling one takes no lock,
/// no system call and, while many are armed, no reading of the clock.
///
/// Every tokio runtime that waits on it has a wheel and one task, its driver, which ends the waits that are due. A runtime with several workers has
/// a second task, which only keeps the driver from being held up by a worker that woke it and then blocks. While many waits are armed, the driver runs
/// once in a tick of a millisecond; otherwise it sleeps until the earliest deadline, a second at most while it is in use, and for ever when nothing is
/// armed. Its clock is [`TokioTimer`]'s, paused time included.
///
/// # Promised
/// * A wait never ends early.
/// * It ends late by at most two ticks, a wait of less than 10 ms by at most one, plus the driver's own delay: it is a task of the runtime, and a
///   busy runtime runs it late. Tokio's own timer is late by up to one. Under paused time both end within the same millisecond.
/// * Waits of one runtime that are due together end in the order of their deadlines; if those are equal, and all were armed by one thread while the
///   driver slept, in the order of their arming.
/// * A wait may be polled and dropped on any thread. It belongs to the runtime in which it was first polled; when that runtime ends, it goes on in
///   the one where it is polled next.
/// * Code that a task runs to completion in another runtime (`block_on`) waits there, and the task in its own.
///
/// # Not promised
/// * That memory is freed: a wheel has 64 bytes for each of about twice as many waits as were ever armed at the same time, and is reused by a later
///   runtime, not freed.
/// * That a task's memory is freed with the task: the waker of a cancelled wait is kept until the driver comes by, which is within a second of
///   steady use, and at the latest when that wait would have ended.
/// * That a runtime has no tasks but yours after its first wait: it has one or two more.
/// * That a task which first waits within `Handle::enter` of another runtime ever waits in its own; nor do the tasks of a `LocalSet` that another runtime
///   runs after they have waited: they wait where they waited before.
/// * That the start of a wait is known if a task of another runtime runs this one to completion and this one's time is paused.
/// * That the start of a wait is known to the tick: while the driver is held up, its last reading is taken for the start, and a timeout that ends then
///   reports a longer elapsed time by as much. It is never shorter than its limit.
///
/// # Panics
/// As [`TokioTimer`]'s, a wait panics when it is polled outside of a runtime of tokio, or in one without time.
///
/// # Progress
/// Arming, polling and cancelling are lock-free. The first wait of a thread in a runtime looks for its wheel; the first wait of a runtime spawns
/// the driver. Beyond 1,024 runtimes or 2,097,152 waits of one runtime at once, and with tokio 1.48, which does not tell runtimes apart, a wait uses a
/// timer of tokio instead, in a box: there [`TokioTimer`] is cheaper.
///
/// ```
/// use ninelives::{TimeoutLayer, WheelTimer};
/// use std::time::Duration;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let layer: TimeoutLayer<WheelTimer> = TimeoutLayer::new(Duration::from_secs(1))?;
/// # let _ = layer.with_timer(ninelives::TokioTimer); // for tokio's own timer
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WheelTimer;

/// Shorter waits are always told as a deadline, which costs a reading of the clock: in nanoseconds.
const SHORT: u64 = 10 * heat::TICK;

// === impl WheelTimer ===

impl WheelTimer {
    /// The timer. All values of this type are the same timer.
    pub const fn new() -> Self {
        Self
    }

    /// How many waits are armed in the current runtime; 0 outside of one. Exact while none is being armed or cancelled.
    pub fn armed(&self) -> usize {
        hall::of_runtime().map_or(0, Wheel::waiting)
    }
}

impl Clock for WheelTimer {
    #[inline]
    fn now(&self) -> Tick {
        TokioTimer.now()
    }
}

impl Timer for WheelTimer {
    type Sleep = WheelSleep;

    #[inline]
    fn sleep_until(&self, deadline: Tick) -> WheelSleep {
        WheelSleep::until(deadline)
    }

    #[inline]
    fn start(&self, duration: Duration) -> (Tick, WheelSleep) {
        let span = saturating_nanos(duration);
        let wheel = hall::current();
        let may_be_coarse = (SHORT..u64::MAX).contains(&span);
        if let Some(wheel) = wheel
            && may_be_coarse
            && let Pace::Coarse { recent } = wheel.pace()
        {
            return (recent, WheelSleep::span(wheel, span));
        }
        let now = self.now();
        if let Some(wheel) = wheel
            && may_be_coarse
        {
            heat::arming(wheel, now);
        }
        (now, WheelSleep::ahead(wheel, now.after(duration)))
    }
}
