//! One reading of the clock for all that a thread tells at one moment.
//!
//! A call runs into a stack through every layer, and comes out through every layer. Each of them notes when it came and tells when it was done;
//! but between two layers no time passes that anybody could mean, only the time of reading the clock again. So the layers of a stack share
//! a reading: one on the way in, one on the way out.
//!
//! A reading ends where code that is not ours may have run: on the way in and out of the inner service and of layers from elsewhere, by [`leave`]
//! and [`pass`]; at the beginning of a poll; and when a request comes in that is not on its way through another layer. Whoever tells
//! something outside of a request reads the clock.

use std::cell::Cell;

use crate::clock::Tick;

/// What this thread knows of the time.
struct Moment {
    // Whose time it is: clocks of several sinks may differ. 0: nobody's, no reading.
    timeline: Cell<u64>,
    nanos: Cell<u64>,
    // Readings may be shared just now.
    shares: Cell<bool>,
    // A layer calls its inner service just now.
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

/// Puts a flag back, after a panic too.
struct Restore(fn(&Moment) -> &Cell<bool>, bool);

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

/// A request comes in: `run` notes when.
#[inline]
pub(super) fn arriving<T>(run: impl FnOnce() -> T) -> T {
    NOW.with(|now| {
        if !now.calls.get() {
            now.timeline.set(0);
        }
    });
    shared(run)
}

/// `run` tells something of a request on its way.
#[inline]
pub(super) fn shared<T>(run: impl FnOnce() -> T) -> T {
    with(|now| &now.shares, run)
}

/// `run` calls the inner service: what comes in meanwhile came when this request did. When it is back, time has passed.
#[inline(always)] // as the calls that it runs
pub(super) fn calling<T>(run: impl FnOnce() -> T) -> T {
    let value = with(|now| &now.calls, run);
    pass();
    value
}

#[inline(always)]
fn with<T>(flag: fn(&Moment) -> &Cell<bool>, run: impl FnOnce() -> T) -> T {
    let _restore = Restore(flag, NOW.with(|now| flag(now).replace(true)));
    run()
}

// === impl Restore ===

impl Drop for Restore {
    #[inline]
    fn drop(&mut self) {
        NOW.with(|now| (self.0)(now).set(self.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: u64 = u64::MAX;

    fn at(nanos: u64) -> Tick {
        on(LINE, || Tick::from_nanos(nanos))
    }

    #[test]
    fn layers_of_a_stack_have_one_reading_on_the_way_in_and_one_on_the_way_out() {
        let ticks = arriving(|| {
            let outer = at(1);
            let inner = calling(|| arriving(|| at(2)));
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
    fn a_panic_in_a_call_leaves_nothing_behind() {
        std::panic::catch_unwind(|| calling(|| panic!("planted"))).unwrap_err();
        assert_eq!(
            [arriving(|| at(1)), arriving(|| at(2))].map(Tick::as_nanos),
            [1, 2]
        );
    }
}
