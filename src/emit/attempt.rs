//! The attempt that this thread is making, for the events of the policies inside.

use std::cell::Cell;

thread_local! {
    // Of the innermost retry whose inner service runs on this thread just now; 0: none.
    static CURRENT: Cell<u16> = const { Cell::new(0) };
}

/// Puts the attempt of the retry around it back, after a panic too.
struct Restore(u16);

/// The attempt; 0 outside of any.
#[inline]
pub(super) fn current() -> u16 {
    CURRENT.get()
}

/// Runs `run` within the attempt with this number; those above 65,535 count as that.
#[inline]
pub(super) fn within<T>(number: u32, run: impl FnOnce() -> T) -> T {
    let number = u16::try_from(number).unwrap_or(u16::MAX);
    let _restore = Restore(CURRENT.replace(number));
    run()
}

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}
