//! The open time: its ends, and clocks that misbehave.

use std::cell::Cell;
use std::rc::Rc;

use ninelives::{Clock, Tick};

use super::*;

const YEAR: Duration = Duration::from_secs(365 * 86_400);

#[test]
fn b14_clock_that_steps_back_keeps_it_open_until_its_deadline() {
    let mut rig = Rig::new(1, 1);
    rig.clock.advance(Duration::from_secs(100));
    rig.fail(1);
    rig.clock.set(Tick::ZERO);
    assert!(rig.rejected().is_some());
    rig.clock
        .set(Tick::ZERO.after(Duration::from_secs(110) - NANO));
    assert_eq!(rig.rejected(), Some(NANO));
    rig.clock.advance(NANO);
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn b15_clock_that_jumps_a_year_ahead_half_opens_once() {
    let mut rig = Rig::new(1, 1);
    rig.fail(1);
    rig.clock.advance(YEAR);
    let _probe = rig.wait_at(&Gate::new());
    assert_eq!(rig.state(), CircuitState::HalfOpen);
    assert!(rig.rejected().is_some());
    assert_eq!(rig.view().probes_out, 1);
}

#[test]
fn b16_the_longest_open_times_never_end_by_themselves() {
    for open_for in [Duration::MAX, Duration::from_secs(u64::MAX / 10)] {
        let mut rig = Rig::with(CircuitBreakerConfig::new(1, open_for, 1).unwrap());
        rig.fail(1);
        assert_eq!(rig.state(), CircuitState::Latched);
        for _ in 0..10 {
            rig.clock.advance(YEAR * 50);
            assert_eq!(rig.rejected(), None);
        }
        rig.clock.set(Tick::NEVER);
        assert_eq!(rig.rejected(), None);
        rig.layer.reset();
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
    }
}

#[test]
fn hc15_waiting_for_retry_after_is_exactly_enough() {
    for late in [0, 1, 999, 1_000_001, 9_999_999_999] {
        let mut rig = Rig::new(1, 1);
        rig.clock.advance(Duration::from_nanos(12_345));
        rig.fail(1);
        rig.clock.advance(Duration::from_nanos(late));
        let rest = rig.rejected().unwrap();
        // The deadline is kept in units of 20 µs, rounded up.
        assert!(rest + Duration::from_nanos(late) - OPEN_FOR < Duration::from_micros(20));
        rig.clock.advance(rest - NANO);
        assert_eq!(rig.rejected(), Some(NANO));
        rig.clock.advance(NANO);
        assert_eq!(rig.ask(Ask::Answer), Ok(()));
    }
}

#[test]
fn b27_hc56_clock_frozen_at_the_boundary_is_read_twice_a_call() {
    /// A clock that counts its readings: not `Send`, so the layer asks for no more than it needs.
    #[derive(Clone)]
    struct Counting(Rc<Cell<(u64, u32)>>);
    impl Clock for Counting {
        fn now(&self) -> Tick {
            let (now, reads) = self.0.get();
            self.0.set((now, reads + 1));
            Tick::from_nanos(now)
        }
    }
    let cell = Rc::new(Cell::new((0, 0)));
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let layer = CircuitBreakerLayer::with_clock(config, Counting(Rc::clone(&cell))).unwrap();
    let mut service = layer.layer(Backend::default());
    layer.trip();
    let boundary = OPEN_FOR.as_nanos() as u64;
    for (now, let_through) in [(boundary - 1, false), (boundary, true)] {
        for _ in 0..100 {
            cell.set((now, 0));
            let call = start(&mut service, Ask::Hang);
            assert!(cell.get().1 <= 2, "{} readings", cell.get().1);
            assert_eq!(layer.state() == CircuitState::HalfOpen, let_through);
            drop(call);
        }
    }
}

#[test]
fn a_closed_circuit_that_is_well_reads_no_clock() {
    struct NoClock;
    impl Clock for NoClock {
        fn now(&self) -> Tick {
            panic!("the clock was read")
        }
    }
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let layer = CircuitBreakerLayer::with_clock(config, NoClock).unwrap();
    let mut service = layer.layer(Backend::default());
    for _ in 0..3 {
        assert_eq!(done(start(&mut service, Ask::Answer)), Ok(()));
        drop(start(&mut service, Ask::Hang));
    }
}

#[test]
fn hc63_a_look_after_the_open_time_says_that_a_probe_is_due() {
    let mut rig = Rig::new(1, 1);
    rig.fail(1);
    let view = rig.view();
    assert_eq!((view.probe_due, view.retry_after), (false, Some(OPEN_FOR)));
    rig.clock.advance(OPEN_FOR);
    let view = rig.view();
    assert_eq!((view.state, view.probe_due), (CircuitState::Open, true));
    assert_eq!(view.retry_after, None);
}

#[test]
fn hc91_clock_an_hour_back_neither_panics_nor_stalls() {
    let hour = Duration::from_secs(3600);
    let mut rig = Rig::due(1, 1);
    rig.clock.advance(hour * 2);
    let _hung = rig.wait_at(&Gate::new());
    let now = rig.clock.now();
    rig.clock.set(Tick::ZERO.after(hour));
    assert!(rig.rejected().is_some());
    rig.clock.set(now.after(OPEN_FOR));
    assert_eq!(rig.ask(Ask::Answer), Ok(()));
}

#[test]
fn a_rejection_reads_the_clock_once() {
    struct Counted(Rc<Cell<u32>>, ManualClock);
    impl Clock for Counted {
        fn now(&self) -> Tick {
            self.0.set(self.0.get() + 1);
            self.1.now()
        }
    }
    let readings = Rc::new(Cell::new(0));
    let config = CircuitBreakerConfig::new(1, OPEN_FOR, 1).unwrap();
    let clock = Counted(Rc::clone(&readings), ManualClock::new());
    let layer = CircuitBreakerLayer::with_clock(config, clock).unwrap();
    layer.trip();
    let mut service = layer.layer(Backend::default());
    readings.set(0);
    let error = done(start(&mut service, Ask::Answer)).unwrap_err();
    assert!(error.is_circuit_open());
    assert_eq!(readings.get(), 1);
}
