//! The epoch: how far it reaches, and that its wrap would be noticed.

use super::*;

/// Turns of the epoch until it is the same again.
const WRAP: u64 = 1 << 14;

/// Two turns by hand, within the same second.
fn turn_twice(rig: &Rig) {
    rig.trip();
    rig.reset();
}

#[test]
fn b12_a_wrap_within_two_seconds_by_hand_takes_an_ancient_ticket() {
    // The negative model: this wrong acceptance must be found, else the tests of late reports prove nothing.
    let rig = Rig::new(2, SECOND, 1);
    turn_twice(&rig);
    let ancient = rig.call();
    for _ in 0..WRAP / 2 {
        turn_twice(&rig);
    }
    assert_eq!(rig.report(ancient, Outcome::Failure), Report::COUNTED);
    assert_eq!(rig.view().failures, 1);
}

#[test]
fn b12_one_turn_off_the_wrap_is_late() {
    let rig = Rig::new(2, SECOND, 1);
    turn_twice(&rig);
    let ancient = rig.call();
    for _ in 0..WRAP / 2 {
        turn_twice(&rig);
    }
    rig.reset();
    assert_eq!(rig.report(ancient, Outcome::Failure), Report::LATE);
}

#[test]
fn b12_a_wrap_two_seconds_later_is_late() {
    let rig = Rig::new(2, SECOND, 1);
    turn_twice(&rig);
    let ancient = rig.call();
    for _ in 0..WRAP / 2 - 1 {
        turn_twice(&rig);
    }
    rig.clock.pass(SECOND * 2);
    turn_twice(&rig);
    assert_eq!(rig.call().id & 0x1_FFFF, ancient.id & 0x1_FFFF);
    assert_eq!(rig.report(ancient, Outcome::Failure), Report::LATE);
}

#[test]
fn b12_the_fastest_flapping_stays_below_the_wrap_for_a_closed_ticket() {
    // A failure, a wait, a probe and its success: three turns per `open_for`, at its shortest.
    let rig = Rig::new(1, MILLI, 1);
    let before = rig.breaker.word().epoch();
    let mut cycles = 0;
    let end = Tick::from_nanos(rig.clock.now.get()).after(SECOND * 2);
    while Tick::from_nanos(rig.clock.now.get()) < end {
        rig.fail();
        rig.clock.pass(MILLI);
        rig.report(rig.probe(), Outcome::Success);
        cycles += 1;
    }
    assert_eq!(rig.breaker.word().epoch() - before, 3 * cycles);
    assert!(3 * cycles + 3 < WRAP, "{cycles} cycles in two seconds");
}

#[test]
fn b12_the_fastest_flapping_stays_below_the_wrap_within_the_longest_lease() {
    let mut rig = Rig::new(1, MILLI, 1);
    rig.limits = rig.limits.with_lease(MILLI * 4_096).unwrap();
    rig.fail();
    rig.clock.pass(MILLI);
    let parked = rig.probe();
    rig.reset();
    let before = rig.breaker.word().epoch();
    for _ in 0..4_096 {
        rig.fail();
        rig.clock.pass(MILLI);
        rig.report(rig.probe(), Outcome::Success);
    }
    let turns = rig.breaker.word().epoch() - before;
    assert_eq!(turns, 3 * 4_096);
    assert!(turns + 4 < WRAP);
    assert_eq!(rig.report(parked, Outcome::Success), Report::LATE);
}

#[test]
fn a_probe_ticket_at_the_wrap_is_late_by_its_lease() {
    let (rig, parked) = Rig::half_open(1);
    for _ in 0..(WRAP - 2) / 2 {
        rig.trip();
        rig.reset();
    }
    rig.fail();
    rig.clock.pass(SECOND * 10);
    let _probe = rig.probe();
    assert_eq!(rig.breaker.word().identity(), parked.id);
    assert_eq!(rig.report(parked, Outcome::Success), Report::LATE);
    assert_eq!(rig.state(), State::HalfOpen);
}
