//! Who is let through: by chance, and one a second whatever the chance.

use super::*;

#[cfg(not(miri))] // one thread, many steps
#[test]
fn each_stage_admits_its_share_by_chance() {
    // Seeded, and spread over 2^64: 20,000 draws, and the share of a stage to within three standard deviations.
    for (number, share) in [
        (1, 0.001),
        (2, 0.01),
        (3, 0.05),
        (4, 0.1),
        (5, 0.25),
        (6, 0.5),
    ] {
        let rig = at_stage(number);
        let draws = 20_000;
        let mut admitted = 0;
        for seed in 0..draws {
            rig.seed.set(seed * 7_919);
            if let Admission::Probe { ticket, .. } = rig.admit() {
                admitted += 1;
                let _ = rig.breaker.abandon(ticket);
            }
        }
        let (mean, draws) = (draws as f64 * share, draws as f64);
        let spread = 3.0 * (draws * share * (1.0 - share)).sqrt();
        let off = f64::from(admitted) - mean;
        assert!(off.abs() < spread, "stage {number}: {admitted} for {mean}");
    }
}

#[test]
fn the_share_of_a_stage_ends_before_the_number_that_it_is() {
    for (stage, thousandths) in [(0, 1), (2, 50), (5, 500)] {
        let end = u64::MAX / 1_000 * thousandths;
        assert!(Ramp::admits(stage, 0) && Ramp::admits(stage, end - 1));
        assert!(!Ramp::admits(stage, end) && !Ramp::admits(stage, u64::MAX));
    }
}

#[test]
fn whoever_comes_a_second_after_the_last_is_admitted_by_no_chance() {
    let (rig, _first) = ramping();
    rig.clock.pass(EIGHTH * 7 - Duration::from_nanos(1));
    assert_eq!(rig.refused().retry_after, Some(Duration::from_nanos(1)));
    rig.clock.pass(Duration::from_nanos(1));
    assert!(rig.view().probe_due);
    let _second = rig.probe();
    assert!(!rig.view().probe_due);
    assert_eq!(rig.refused().retry_after, Some(EIGHTH * 7));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn no_second_with_calls_in_it_passes_without_an_admission() {
    // Callers at odd times, who have no luck, after idle times of every length around the wrap of four seconds.
    for idle in 0..200 {
        let (rig, _first) = ramping();
        rig.clock.pass(Duration::from_millis(3_000 + 10 * idle));
        let (mut since, mut longest) = (0, 0);
        for _ in 0..4_000 {
            match rig.admit() {
                Admission::Rejected(_) => since += 1,
                _ => since = 0,
            }
            longest = longest.max(since);
            rig.clock.pass(MILLI);
        }
        assert!(longest <= 1_000, "{longest} ms without, after {idle}");
    }
}

#[test]
fn hc30_hung_calls_never_wedge_it() {
    let (rig, _first) = ramping();
    let mut admitted = 0;
    for _ in 0..600 {
        rig.clock.pass(SECOND);
        let Admission::Probe { transition, .. } = rig.admit() else {
            panic!("nobody was admitted for a second")
        };
        assert_eq!(transition, None);
        admitted += 1;
    }
    assert_eq!((admitted, rig.view().stage), (600, 1));
}

#[test]
fn a_caller_with_a_slightly_older_time_is_not_taken_for_an_idle_one() {
    let (rig, _first) = ramping();
    rig.clock.back(EIGHTH);
    assert_eq!(rig.refused().retry_after, Some(SECOND));
}

#[test]
fn a_lucky_call_with_a_slightly_older_time_does_not_bring_the_next_one_forward() {
    let (rig, _first) = ramping();
    rig.clock.back(EIGHTH);
    let _lucky = rig.lucky_probe();
    rig.clock.pass(EIGHTH);
    assert_eq!(rig.refused().retry_after, Some(EIGHTH * 7));
}

#[test]
fn hc50_whether_it_would_admit_draws_no_lot() {
    let (rig, _first) = ramping();
    assert_eq!(rig.breaker.would_admit(&rig.limits, &rig.clock), Ok(()));
    rig.refused();
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn the_luck_that_a_call_is_told_is_that_with_which_it_is_admitted() {
    let rig = at_stage(6);
    let (mut admitted, asks) = (0, 1_000);
    for _ in 0..asks {
        let ask = |luck| rig.breaker.ask(&rig.limits, &rig.clock, &luck).unwrap();
        let told = ask(Luck::UNDRAWN);
        assert_ne!(told.luck, Luck::UNDRAWN);
        assert_eq!(ask(told.luck), told, "asked again, nothing is drawn");
        let admission = rig.breaker.admit_with(&rig.limits, &rig.clock, &told.luck);
        match (told.refusal, admission) {
            (Some(told), Admission::Rejected(rejected)) => assert_eq!(told, rejected),
            (None, Admission::Probe { ticket, .. }) => {
                let _ = rig.breaker.abandon(ticket);
                admitted += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!((400..600).contains(&admitted), "half of {asks}: {admitted}");
}

#[test]
fn nobody_draws_who_meets_no_ramp() {
    let rig = Rig::new(1, SECOND, 1);
    let ask = || rig.breaker.ask(&rig.limits, &rig.clock, &Luck::UNDRAWN);
    assert_eq!(ask(), None, "closed");
    rig.fail();
    let open = ask().unwrap();
    assert_eq!(
        (open.luck, open.refusal),
        (Luck::UNDRAWN, Some(rig.refused()))
    );
    rig.clock.pass(SECOND);
    let due = ask().unwrap();
    assert_eq!((due.luck, due.refusal), (Luck::UNDRAWN, None));
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn a_last_stage_without_luck_admits_one_a_second() {
    let rig = at_stage(6);
    let mut admitted = 0;
    for _ in 0..10_000 {
        rig.clock.pass(MILLI);
        admitted += u32::from(matches!(rig.admit(), Admission::Probe { .. }));
    }
    assert!((10..=12).contains(&admitted), "{admitted} in 10 s");
}
