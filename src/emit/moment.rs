//! One reading of the clock, shared by all layers of a stack.
//!
//! A call enters a stack through every layer, and leaves through every layer. Each layer notes when the call came and emits an event when it is done.
//! Between two layers no time passes but that of reading the clock again. So the layers share a reading: one on the way in, one on the
//! way out.
//!
//! A reading is valid until foreign code may have run. It ends on entering and leaving the inner service or a third-party layer ([`leave`]
//! and [`pass`]), at the beginning of a poll, and when a request arrives that does not come from another layer of the stack. The outer layer marks the
//! request as coming from it right before it calls, and the called layer clears the mark; the outer one has nothing left to do after the call, so its
//! future is built in place. A layer that emits an event between two calls ends the reading first, by [`pass`]. An event outside of a request
//! reads the clock.

use std::cell::Cell;

use crate::clock::Tick;

/// What this thread knows of the time.
struct Moment {
    // Whose time it is: clocks of several sinks may differ. 0: nobody's, no reading.
    timeline: Cell<u64>,
    nanos: Cell<u64>,
    // Readings may be shared just now.
    shares: Cell<bool>,
    // A layer has just called its inner service, which has not noticed yet.
    calls: Cell<bool>,
}

thread_local! {
    static NOW: Moment = const {
        Moment {
            timeline: Cell::new(0),
            nanos: Cell::new(0),
            shares: Cell::new(false),
            calls: Cell::new(false),
        }
    };
}

/// Puts back whether readings are shared, after a panic too.
struct Restore(bool);

/// Code that is not ours has run, and time may have passed.
#[inline]
pub(crate) fn pass() {
    NOW.with(|now| now.timeline.set(0));
}

/// Code that is not ours is about to be called: what it calls in turn comes later.
#[inline]
pub(crate) fn leave() {
    NOW.with(|now| now.calls.set(false));
}

/// Nothing is known, as of a thread that begins: after a call that did not come back, or that took its time.
#[inline]
pub(super) fn forget() {
    leave();
    pass();
}

/// The inner service is about to be called: what comes in there came when this request did.
#[inline]
pub(super) fn call() {
    NOW.with(|now| now.calls.set(true));
}

/// The time on this timeline, whose clock is read only if it has to be. A timeline has a number above 0.
#[inline]
pub(crate) fn on(timeline: u64, read: impl FnOnce() -> Tick) -> Tick {
    NOW.with(|now| {
        if !now.shares.get() {
            return read();
        }
        if now.timeline.get() == timeline {
            return Tick::from_nanos(now.nanos.get());
        }
        let tick = read();
        now.timeline.set(timeline);
        now.nanos.set(tick.as_nanos());
        tick
    })
}

/// A request comes in: now, if it is not on its way through another layer.
#[inline]
pub(super) fn arrive() {
    NOW.with(|now| {
        if !now.calls.replace(false) {
            now.timeline.set(0);
        }
    });
}

/// `run` tells how a request ended. Whoever was called and has not noticed by now passes nothing on any more.
#[inline]
pub(super) fn ended<T>(run: impl FnOnce() -> T) -> T {
    let _restore = Restore(NOW.with(|now| {
        let shares = now.shares.replace(true);
        now.calls.set(false); // beside it, so both are one write
        shares
    }));
    run()
}

/// `run` tells something of a request on its way.
#[inline]
pub(super) fn shared<T>(run: impl FnOnce() -> T) -> T {
    let _restore = Restore(NOW.with(|now| now.shares.replace(true)));
    run()
}

// === impl Restore ===

impl Drop for Restore {
    #[inline]
    fn drop(&mut self) {
        NOW.with(|now| now.shares.set(self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: u64 = u64::MAX;

    fn at(nanos: u64) -> Tick {
        on(LINE, || Tick::from_nanos(nanos))
    }

    fn arriving<T>(run: impl FnOnce() -> T) -> T {
        arrive();
        shared(run)
    }

    fn calling<T>(run: impl FnOnce() -> T) -> T {
        call();
        run()
    }

    #[test]
    fn layers_of_a_stack_have_one_reading_on_the_way_in_and_one_on_the_way_out() {
        let ticks = arriving(|| {
            let outer = at(1);
            let inner = calling(|| arriving(|| at(2)));
            pass();
            [outer, inner, shared(|| at(3)), shared(|| at(4))]
        });
        assert_eq!(ticks.map(Tick::as_nanos), [1, 1, 3, 3]);
    }

    #[test]
    fn requests_that_come_one_after_the_other_have_readings_of_their_own() {
        assert_eq!(
            [arriving(|| at(1)), arriving(|| at(2))].map(Tick::as_nanos),
            [1, 2]
        );
    }

    #[test]
    fn a_layer_inside_of_a_layer_from_elsewhere_has_a_reading_of_its_own() {
        let ticks = arriving(|| {
            let outer = at(1);
            let inner = calling(|| {
                leave();
                arriving(|| at(2))
            });
            [outer, inner]
        });
        assert_eq!(ticks.map(Tick::as_nanos), [1, 2]);
    }

    #[test]
    fn timelines_do_not_share() {
        let first = arriving(|| at(1));
        let other = shared(|| on(LINE - 1, || Tick::from_nanos(2)));
        assert_eq!([first, other].map(Tick::as_nanos), [1, 2]);
    }

    #[test]
    fn who_tells_outside_of_a_request_reads_the_clock() {
        arriving(|| at(1));
        assert_eq!(at(2).as_nanos(), 2);
    }

    #[test]
    fn a_call_that_nobody_noticed_is_forgotten() {
        arriving(|| at(1));
        calling(forget);
        assert_eq!(arriving(|| at(2)).as_nanos(), 2);
    }

    #[test]
    fn whoever_is_called_takes_back_that_it_was() {
        let first = calling(|| arriving(|| at(1)));
        assert_eq!([first, arriving(|| at(2))].map(Tick::as_nanos), [1, 2]);
    }

    #[test]
    fn a_panic_while_something_is_told_leaves_nothing_behind() {
        std::panic::catch_unwind(|| shared(|| panic!("planted"))).unwrap_err();
        assert_eq!([at(1), at(2)].map(Tick::as_nanos), [1, 2]);
    }
}
