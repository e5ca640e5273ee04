//! The scenarios of the windows, each by its name.

use core::time::Duration;

use super::*;
use crate::time::Tick;

mod clocks;
mod counts;
mod notes;
mod open;
mod recent;
mod resizes;
mod shapes;
mod slots;
mod table;
mod threads;
mod thresholds;

const SECOND: Duration = Duration::from_secs(1);
const MILLI: Duration = Duration::from_millis(1);
const TERM: Term = Term::new(0);

fn at(time: Duration) -> Tick {
    Tick::ZERO.after(time)
}

fn rates(total: u64, failed: u64, slow: u64) -> Rates {
    Rates {
        total,
        failed,
        slow,
    }
}

/// Ten seconds in so many slots, on one stripe.
fn window(slots: u32) -> TimeWindow {
    TimeWindow::new(Shape::new(SECOND * 10, slots, 1).unwrap())
}

/// Records at a time, in the one stretch there is.
fn record(window: &TimeWindow, time: Duration, mark: Mark) -> bool {
    window.record(0, TERM, at(time), mark, || true)
}

fn note(window: &CountWindow, marks: &[Mark]) {
    for mark in marks {
        assert!(window.record(TERM, *mark, || true));
    }
}
