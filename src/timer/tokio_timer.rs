//! Waiting on tokio's timer.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep};

use super::Timer;
use crate::clock::{Clock, Tick, saturating_nanos};

/// tokio's clock and timer; under `tokio::time::pause` both follow the paused time.
///
/// Its resolution is one millisecond: a wait ends up to 1 ms late, never early. It takes part in tokio's budget of a task: under a call that uses the
/// budget up in each of its polls, a timeout on it never ends. On [`WheelTimer`](super::WheelTimer) it does.
///
/// # Panics
/// Making or polling its wait outside a tokio runtime that has time enabled panics, as tokio's own does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokioTimer;

pin_project! {
    /// A wait of [`TokioTimer`].
    #[must_use = "futures do nothing unless polled"]
    pub struct TokioSleep {
        // None: a deadline that never comes.
        #[pin]
        sleep: Option<Sleep>,
    }
}

/// The tick of the origin. Paused clocks of several runtimes may stand before the first reading of the process, so the origin
/// is not zero: 2^60 ns, about 36 years, leave room on both sides.
const ORIGIN_TICK: u64 = 1 << 60;

// === impl TokioTimer ===

impl TokioTimer {
    /// The timer. All values of this type are the same timer.
    pub const fn new() -> Self {
        Self
    }
}

fn origin() -> Instant {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    *ORIGIN.get_or_init(now)
}

#[allow(clippy::disallowed_methods)] // this page is a clock that others must go through
fn now() -> Instant {
    Instant::now()
}

fn tick(at: Instant) -> Tick {
    let origin = origin();
    Tick::from_nanos(match at.checked_duration_since(origin) {
        Some(after) => ORIGIN_TICK.saturating_add(saturating_nanos(after)),
        None => ORIGIN_TICK.saturating_sub(saturating_nanos(origin.duration_since(at))),
    })
}

/// The instant of a tick; now for one that lies before all that the platform can name, None for one that lies behind.
pub(super) fn instant(tick: Tick) -> Option<Instant> {
    match tick.as_nanos().checked_sub(ORIGIN_TICK) {
        Some(after) => origin().checked_add(Duration::from_nanos(after)),
        None => {
            let before = Duration::from_nanos(ORIGIN_TICK - tick.as_nanos());
            Some(origin().checked_sub(before).unwrap_or_else(now))
        }
    }
}

impl Clock for TokioTimer {
    #[inline]
    fn now(&self) -> Tick {
        tick(now())
    }
}

impl Timer for TokioTimer {
    type Sleep = TokioSleep;

    fn sleep_until(&self, deadline: Tick) -> TokioSleep {
        let at = if deadline == Tick::NEVER {
            None
        } else {
            instant(deadline)
        };
        TokioSleep {
            sleep: at.map(tokio::time::sleep_until),
        }
    }
}

// === impl TokioSleep ===

impl Future for TokioSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.project().sleep.as_pin_mut() {
            Some(sleep) => sleep.poll(cx),
            None => Poll::Pending,
        }
    }
}

impl std::fmt::Debug for TokioSleep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokioSleep")
            .field("armed", &self.sleep.is_some())
            .finish()
    }
}
