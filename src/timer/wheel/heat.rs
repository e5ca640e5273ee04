//! Whether so much is armed that the driver should nap instead of sleep.

use std::cell::Cell;

use ninelives_core::wheel::Wheel;

use crate::clock::Tick;

/// Armings of one thread within a tick that make naps worth their price.
const ENOUGH: u32 = 16;

/// A tick, in nanoseconds.
pub(super) const TICK: u64 = 1_000_000;

thread_local! {
    // When the count began, and the count.
    static RECENT: Cell<(u64, u32)> = const { Cell::new((0, 0)) };
    static STAMPS: Cell<u64> = const { Cell::new(0) };
}

/// A wait was armed at `now`, after a reading of the clock that naps would have saved.
pub(super) fn arming(wheel: &Wheel, now: Tick) {
    let now = now.as_nanos();
    let (since, count) = RECENT.get();
    if now.wrapping_sub(since) >= TICK {
        RECENT.set((now, 1));
    } else if count < ENOUGH {
        RECENT.set((since, count + 1));
    } else {
        RECENT.set((now, 0));
        wheel.ask_for_naps();
    }
}

/// The place of an arming among those of its thread.
pub(super) fn stamp() -> u64 {
    let next = STAMPS.get() + 1;
    STAMPS.set(next);
    next
}
