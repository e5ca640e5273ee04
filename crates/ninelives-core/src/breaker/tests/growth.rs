//! The open time: grown with each opening without a recovery in between, and spread by chance.

use std::vec::Vec;

use super::*;

/// One second, twice as long each time, up to a minute.
fn growing() -> Rig {
    let mut rig = Rig::new(1, SECOND, 1);
    rig.limits = rig.limits.with_growth(2.0, SECOND * 60).unwrap();
    rig
}

/// Opens by a call's failure, and lets the time pass.
fn open_and_wait(rig: &Rig) -> u64 {
    rig.fail();
    let rest = rig.refused().retry_after.unwrap();
    rig.clock.pass(rest);
    rest.as_secs()
}

/// From its time over to open again.
fn fail_the_probe(rig: &Rig) -> u64 {
    rig.report(rig.probe(), Outcome::Failure);
    let rest = rig.refused().retry_after.unwrap();
    rig.clock.pass(rest);
    rest.as_secs()
}

#[test]
fn each_failed_probe_makes_it_open_for_longer_up_to_the_longest() {
    let rig = growing();
    let mut times = std::vec![open_and_wait(&rig)];
    times.extend((0..9).map(|_| fail_the_probe(&rig)));
    assert_eq!(times, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    assert_eq!(rig.view().openings, 10);
}

#[test]
fn hc33_a_success_of_a_probe_is_no_recovery() {
    let rig = growing();
    let mut times = Vec::new();
    for _ in 0..8 {
        times.push(open_and_wait(&rig));
        rig.report(rig.probe(), Outcome::Success);
        assert_eq!(rig.state(), State::Closed);
    }
    assert_eq!(times, [1, 2, 4, 8, 16, 32, 60, 60]);
}

#[test]
fn closed_for_the_longest_time_it_begins_anew() {
    for (closed_for, expected) in [(59, 4), (60, 4), (64, 1), (1_000_000, 1)] {
        let rig = growing();
        for _ in 0..2 {
            open_and_wait(&rig);
            rig.report(rig.probe(), Outcome::Success);
        }
        rig.clock.pass(SECOND * closed_for);
        assert_eq!(open_and_wait(&rig), expected, "closed for {closed_for} s");
        assert_eq!(rig.view().openings, if expected == 1 { 1 } else { 3 });
    }
}

#[test]
fn the_longest_time_of_a_recovery_has_its_jitter_in_it() {
    for (closed_for, expected) in [(70, 2), (94, 1)] {
        let mut rig = growing();
        rig.limits = rig.limits.with_jitter(0.5).unwrap();
        rig.fail();
        rig.clock.pass(rig.refused().retry_after.unwrap());
        rig.report(rig.probe(), Outcome::Success);
        rig.clock.pass(SECOND * closed_for);
        rig.fail();
        assert_eq!(rig.view().openings, expected, "closed for {closed_for} s");
    }
}

#[test]
fn b14_a_clock_that_steps_back_while_closed_is_no_recovery() {
    let rig = growing();
    open_and_wait(&rig);
    rig.report(rig.probe(), Outcome::Success);
    rig.clock.back(SECOND * 1_800);
    assert_eq!(open_and_wait(&rig), 2);
}

#[test]
fn a_command_begins_anew() {
    let commands: [fn(&Rig) -> Option<Transition>; 4] = [
        |_| None,
        |rig| rig.breaker.force_open(),
        |rig| rig.breaker.force_closed(),
        |rig| rig.breaker.disable(),
    ];
    for command in commands {
        let rig = growing();
        open_and_wait(&rig);
        fail_the_probe(&rig);
        command(&rig);
        rig.reset();
        assert_eq!(rig.view().openings, 0);
        assert_eq!(open_and_wait(&rig), 1);
    }
}

#[test]
fn hc32_a_trip_while_open_renews_the_time_and_counts_no_opening() {
    let rig = growing();
    open_and_wait(&rig);
    rig.report(rig.probe(), Outcome::Failure);
    rig.clock.pass(SECOND);
    assert_eq!(rig.trip(), None);
    assert_eq!(rig.refused().retry_after, Some(SECOND * 2));
    assert_eq!(rig.view().openings, 2);
}

#[test]
fn the_count_ends_at_fifteen_and_carries_into_no_neighbour() {
    let mut rig = growing();
    rig.limits = rig.limits.with_growth(1.1, SECOND * 1_000_000).unwrap();
    open_and_wait(&rig);
    let times: Vec<_> = (0..40).map(|_| fail_the_probe(&rig)).collect();
    // 1.1^15 is 4.177.
    assert_eq!(times[14..], [4; 26]);
    assert_eq!(rig.view().openings, 15);
    assert_eq!(rig.state(), State::Open);
}

#[test]
fn without_growth_every_opening_is_alike() {
    let rig = Rig::new(1, SECOND * 7, 1);
    assert_eq!(open_and_wait(&rig), 7);
    assert_eq!(fail_the_probe(&rig), 7);
    assert_eq!(fail_the_probe(&rig), 7);
}

#[test]
fn a_wait_that_the_dependency_asks_for_does_not_grow_and_does_not_shorten() {
    for (asked, expected) in [(3, 4), (9, 9)] {
        let rig = growing();
        open_and_wait(&rig);
        fail_the_probe(&rig);
        let limits = rig.limits.lengthened(SECOND * asked, SECOND * 300);
        let probe = rig.probe();
        rig.breaker
            .report(probe, Outcome::Failure, &limits, &rig.clock);
        assert_eq!(rig.refused().retry_after, Some(SECOND * expected));
    }
}

#[test]
fn hc65_jitter_lengthens_by_its_share_at_most_and_at_the_longest_too() {
    let mut rig = growing();
    rig.limits = rig.limits.with_jitter(0.5).unwrap();
    let mut distinct = std::collections::BTreeSet::new();
    for seed in 0..200 {
        rig.seed.set(seed);
        rig.reset();
        rig.fail();
        let rest = rig.refused().retry_after.unwrap();
        assert!(
            rest >= SECOND && rest <= MILLI * 1_500,
            "seed {seed}: {rest:?}"
        );
        distinct.insert(rest);
        for _ in 0..9 {
            rig.clock.pass(rig.refused().retry_after.unwrap());
            rig.report(rig.probe(), Outcome::Failure);
        }
        let rest = rig.refused().retry_after.unwrap();
        assert!(
            rest >= SECOND * 60 && rest <= SECOND * 90,
            "seed {seed}: {rest:?}"
        );
    }
    assert!(distinct.len() > 190, "{} of 200 differ", distinct.len());
    assert!(*distinct.first().unwrap() < MILLI * 1_010);
    assert!(*distinct.last().unwrap() > MILLI * 1_490);
}

#[test]
fn the_same_seed_gives_the_same_times() {
    let times = |seed| {
        let mut rig = growing();
        rig.limits = rig.limits.with_jitter(1.0).unwrap();
        rig.seed.set(seed);
        rig.fail();
        rig.refused().retry_after
    };
    assert_eq!(times(7), times(7));
    assert_ne!(times(7), times(8));
}

#[test]
fn a_trip_is_exact_whatever_the_jitter() {
    let mut rig = growing();
    rig.limits = rig.limits.with_jitter(0.5).unwrap();
    rig.trip();
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

#[test]
fn b16_the_longest_time_with_all_its_jitter_still_ends() {
    let mut rig = Rig::new(1, SECOND, 1);
    let longest = MICRO * 2_u32.pow(23) * 2_u32.pow(22) - MICRO;
    rig.limits = rig.limits.with_growth(100.0, longest).unwrap();
    rig.limits = rig.limits.with_jitter(1.0).unwrap();
    rig.fail();
    for _ in 0..14 {
        rig.clock.pass(rig.refused().retry_after.unwrap());
        rig.report(rig.probe(), Outcome::Failure);
    }
    rig.clock.pass(rig.refused().retry_after.unwrap());
    assert!(rig.view().probe_due);
}

#[test]
fn what_is_open_too_long_to_grow_is_refused_by_its_own_name() {
    for open_for in [Duration::MAX, MICRO * 2_u32.pow(23) * 2_u32.pow(22)] {
        let limits = Limits::new(1, open_for, 1).unwrap();
        let error = limits.with_growth(2.0, open_for).unwrap_err();
        let (least, most) = error.range();
        assert_eq!((error.field(), least < most), ("open_for", true), "{error}");
    }
}
