//! The windows of a circuit.

use std::sync::Arc;
use std::time::Duration;

use ninelives_core::limit::OutOfRange;
use ninelives_core::window::{CountWindow, Mark, Rates, Shape, Term, TimeWindow};

use super::{CircuitWindow, Windowed};
use crate::clock::Tick;
use crate::stripe::stripes;

/// How the calls of a stretch ended; clones are the same window.
#[derive(Clone, Debug)]
pub(super) enum Outcomes {
    Time(Arc<TimeWindow>),
    Count(Arc<CountWindow>),
}

/// Slots of a window over time.
const SLOTS: u32 = 10;
/// Slots of the window in which calls are out.
const FLIGHT_SLOTS: u32 = 30;

// === impl Outcomes ===

impl Outcomes {
    pub(super) fn new(window: CircuitWindow) -> Self {
        match window {
            CircuitWindow::Time(time) => Self::Time(Arc::new(TimeWindow::new(shape(time, SLOTS)))),
            CircuitWindow::Count(size) => Self::Count(Arc::new(in_range(CountWindow::new(size)))),
        }
    }

    /// Whether an outcome needs to know when it is.
    #[inline]
    pub(super) const fn is_timed(&self) -> bool {
        matches!(self, Self::Time(_))
    }

    #[inline]
    pub(super) fn record(
        &self,
        stripe: impl FnOnce() -> u32,
        term: Term,
        now: Tick,
        mark: Mark,
        current: impl Fn() -> bool,
    ) {
        match self {
            Self::Time(window) => window.record(stripe(), term, now, mark, current),
            Self::Count(window) => window.record(term, mark, current),
        };
    }

    pub(super) fn rates(&self, term: Term, now: Tick) -> Rates {
        match self {
            Self::Time(window) => window.rates(term, now),
            Self::Count(window) => window.rates(term),
        }
    }

    /// The stretch is over. A window over time tells stretches apart by itself.
    pub(super) fn forget(&self, term: Term) {
        if let Self::Count(window) = self {
            window.forget(term);
        }
    }

    /// Another window, with the history that it can take over: none, if one of the two is over time and the other is not.
    pub(super) fn resized(&self, to: CircuitWindow, term: Term, now: Tick) -> Self {
        match (self, to) {
            (Self::Time(window), CircuitWindow::Time(time)) => {
                Self::Time(Arc::new(window.resized(shape(time, SLOTS), term, now)))
            }
            (Self::Count(window), CircuitWindow::Count(size)) => {
                Self::Count(Arc::new(in_range(window.resized(size, term))))
            }
            _ => Self::new(to),
        }
    }
}

/// A window for calls that are out. One that hangs is seen for as long as it would be in the window if it had ended once it was
/// slow: over time as long as the window is, over a count seven times as long as it takes to be slow.
pub(super) fn flights(settings: &Windowed) -> TimeWindow {
    let slow = settings.slow_after().unwrap_or_default();
    let seen = match settings.window {
        CircuitWindow::Time(time) => time,
        CircuitWindow::Count(_) => slow * 7,
    };
    TimeWindow::new(shape(seen + slow, FLIGHT_SLOTS))
}

fn shape(window: Duration, slots: u32) -> Shape {
    in_range(Shape::new(window, slots, stripes()))
}

fn in_range<T>(made: Result<T, OutOfRange>) -> T {
    match made {
        Ok(made) => made,
        Err(error) => unreachable!("the settings were checked: {error}"),
    }
}
