//! What draws a random number, and what does not: a run with a seed repeats.

use std::format;
use std::vec::Vec;

use super::*;

fn fresh(rig: &Rig, outcome: Outcome) {
    // Without the rig's seed, which begins anew each time.
    if let Admission::Admitted(ticket) = rig.breaker.admit(&rig.limits, &rig.clock) {
        rig.breaker.report(ticket, outcome, &rig.limits, &rig.clock);
    }
}

/// Whom the first stage of a ramp lets through, of many, when so much happened before.
fn lots(noise: u32) -> Vec<usize> {
    let mut rig = Rig::new(2, SECOND, 1);
    rig.limits = rig.limits.with_ramp(Ramp::new());
    for _ in 0..noise {
        fresh(&rig, Outcome::Failure);
        fresh(&rig, Outcome::Success);
    }
    fresh(&rig, Outcome::Failure);
    fresh(&rig, Outcome::Failure);
    assert_eq!(rig.state(), State::Open);
    let refused = (0..noise).map(|_| rig.breaker.admit(&rig.limits, &rig.clock));
    assert!(
        refused
            .into_iter()
            .all(|admission| matches!(admission, Admission::Rejected(_)))
    );
    rig.clock.pass(SECOND);
    let mut lucky = Vec::new();
    for nth in 0..20_000 {
        if let Admission::Probe { ticket, .. } = rig.breaker.admit(&rig.limits, &rig.clock) {
            rig.breaker.abandon(ticket);
            lucky.push(nth);
        }
    }
    assert_eq!(rig.state(), State::Ramping);
    lucky
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn neither_failures_nor_refusals_change_whom_a_ramp_lets_through() {
    assert!(lots(0).len() > 2, "{:?}", lots(0));
    assert_eq!(lots(0), lots(9));
}

#[test]
fn what_opens_nothing_does_not_change_how_long_it_is_open() {
    let opened = |ignored: u32| {
        let mut rig = Rig::new(3, SECOND, 1);
        rig.limits = rig.limits.with_jitter(1.0).unwrap();
        fresh(&rig, Outcome::Failure);
        (0..ignored).for_each(|_| fresh(&rig, Outcome::Ignored));
        fresh(&rig, Outcome::Failure);
        fresh(&rig, Outcome::Failure);
        rig.refused().retry_after.unwrap()
    };
    assert!(opened(0) > SECOND);
    assert_eq!(opened(0), opened(7));
}

#[test]
fn chance_lengthens_an_open_time_by_its_whole_share_at_most() {
    let limits = Limits::new(1, SECOND, 1).unwrap().with_jitter(0.5).unwrap();
    assert_eq!(limits.open_nanos(0, u64::MAX), Some(1_500_000_000));
    assert_eq!(limits.open_nanos(0, 0), Some(1_000_000_000));
}

#[test]
fn what_grows_ends_by_itself_however_long_it_has_become() {
    let year = SECOND * 86_400 * 365;
    let limits = Limits::new(1, year, 1).unwrap();
    let limits = limits
        .with_growth(10.0, Duration::MAX)
        .or(limits.with_growth(10.0, year));
    let limits = limits.unwrap().with_jitter(1.0).unwrap();
    let never = (1_u64 << 45) * 1_000;
    assert_eq!(limits.open_nanos(15, u64::MAX), Some(never - 1));
}

#[test]
fn states_are_told_by_one_word_each() {
    let states = [
        State::Closed,
        State::Open,
        State::HalfOpen,
        State::Latched,
        State::ForcedOpen,
        State::ForcedClosed,
        State::Disabled,
        State::Ramping,
        State::MetricsOnly,
    ];
    let words = states.map(State::as_str);
    let told =
        "closed open half-open latched forced-open forced-closed disabled ramping metrics-only";
    assert_eq!(words.join(" "), told);
    assert_eq!(format!("{:>9}|", State::HalfOpen), "half-open|");
    assert_eq!(format!("{:>8}|", State::Closed), "  closed|");
}

#[test]
fn a_longer_wait_that_was_asked_for_is_the_open_time() {
    let limits = Limits::new(1, SECOND, 1).unwrap();
    let asked = |seconds: u32| limits.lengthened(SECOND * seconds, SECOND * 60).open_for();
    assert_eq!(
        [asked(0), asked(1), asked(30), asked(90)],
        [SECOND, SECOND, SECOND * 30, SECOND * 60]
    );
}
