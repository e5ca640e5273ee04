//! What holds of any history, and the scenarios that broke other budgets.

use std::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{DAY, at, limits};
use crate::budget::{Budget, Limits, Withdrawal};
use crate::time::Tick;
use Withdrawal::{Empty, Granted};

fn drain(budget: &Budget, limits: &Limits, now: Tick) -> usize {
    (0..1_000)
        .take_while(|_| budget.withdraw(limits, now) == Granted)
        .count()
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn hc04_the_measured_retry_ratio_is_the_one_asked_for() {
    const REQUESTS: u32 = 10_000;
    for tenth in 1..=9 {
        let ratio = f64::from(tenth) / 10.0;
        let limits = limits(ratio, 0.0, 100);
        let budget = Budget::new(&limits);
        drain(&budget, &limits, Tick::ZERO);
        let mut retries = 0;
        for _ in 0..REQUESTS {
            budget.deposit(&limits);
            // Three attempts more than the ratio ever pays for.
            retries += (0..3)
                .filter(|_| budget.withdraw(&limits, Tick::ZERO) == Granted)
                .count();
        }
        let measured = retries as f64 / f64::from(REQUESTS);
        assert!(
            (measured / ratio - 1.0).abs() < 0.002,
            "{ratio}: {measured}"
        );
    }
}

#[test]
fn hc13_seven_idle_days_fill_the_budget_in_one_withdrawal() {
    let limits = limits(0.2, 10.0, 100);
    let budget = Budget::new(&limits);
    assert_eq!(drain(&budget, &limits, Tick::ZERO), 100);
    assert_eq!(drain(&budget, &limits, at(7 * DAY)), 100);
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn hc80_an_idle_hour_banks_nothing_beyond_the_cap() {
    let limits = limits(0.2, 10.0, 100);
    let budget = Budget::new(&limits);
    assert_eq!(drain(&budget, &limits, at(1_000)), 100);
    for _ in 0..10_000 {
        budget.deposit(&limits);
    }
    assert_eq!(drain(&budget, &limits, at(3_601_000)), 100);
    assert_eq!(budget.withdraw(&limits, at(3_601_099)), Empty);
    assert_eq!(budget.withdraw(&limits, at(3_601_100)), Granted);
}

#[test]
fn hc96_retries_resume_after_an_outage_and_a_few_successes() {
    let limits = limits(0.2, 0.0, 100);
    let budget = Budget::new(&limits);
    assert_eq!(drain(&budget, &limits, Tick::ZERO), 100);
    for _ in 0..5 {
        assert_eq!(budget.withdraw(&limits, at(60_000)), Empty);
        budget.deposit(&limits);
    }
    assert_eq!(budget.withdraw(&limits, at(60_000)), Granted);
}

#[test]
fn hc99_a_burst_of_two_hundred_gets_the_cap_and_no_more() {
    let limits = Limits::default();
    let budget = Budget::new(&limits);
    let granted = (0..200)
        .filter(|_| budget.withdraw(&limits, Tick::ZERO) == Granted)
        .count();
    assert_eq!(granted, limits.cap() as usize);
}

#[test]
fn hc100_an_empty_budget_answers_at_once_and_is_left_as_it_was() {
    let limits = limits(0.2, 10.0, 1);
    let budget = Budget::new(&limits);
    assert_eq!(budget.withdraw(&limits, Tick::ZERO), Granted);
    let before = budget.word();
    assert_eq!(budget.withdraw(&limits, at(99)), Empty);
    assert_eq!(budget.word(), before);
}

#[test]
fn r09_after_any_idle_time_the_balance_is_the_cap() {
    let limits = limits(0.2, 10.0, 100);
    // 48 days is short of where the stamp wraps; the last tick of all is 584 years away.
    for idle in [at(10_000), at(3_600_000), at(48 * DAY), Tick::NEVER] {
        let budget = Budget::new(&limits);
        drain(&budget, &limits, Tick::ZERO);
        assert_eq!(budget.balance(&limits, idle), 100.0, "{idle:?}");
        assert_eq!(drain(&budget, &limits, idle), 100, "{idle:?}");
    }
}

#[test]
fn r09_a_clock_that_steps_back_refills_nothing_and_goes_on_from_there() {
    let limits = limits(0.0, 10.0, 10);
    let budget = Budget::new(&limits);
    drain(&budget, &limits, at(3_600_000));
    assert_eq!(budget.withdraw(&limits, at(0)), Empty);
    assert_eq!(budget.balance(&limits, at(500)), 5.0);
    assert_eq!(drain(&budget, &limits, at(1_000)), 10);
}

#[test]
fn the_first_withdrawal_may_come_at_any_tick() {
    let limits = limits(0.2, 10.0, 3);
    for nanos in [0, 1, 1 << 32, 1 << 63, u64::MAX - 1, u64::MAX] {
        let budget = Budget::new(&limits);
        let now = Tick::from_nanos(nanos);
        assert_eq!(budget.balance(&limits, now), 3.0, "{nanos}");
        assert_eq!(drain(&budget, &limits, now), 3, "{nanos}");
    }
}

#[derive(Clone, Copy, Debug)]
struct Second {
    wait: u64,
    deposits: u32,
    attempts: u32,
}

fn seconds() -> impl Strategy<Value = Second> {
    let wait = prop_oneof![Just(0), 1u64..500, 1u64..20_000];
    (wait, 0u32..20, 0u32..20).prop_map(|(wait, deposits, attempts)| Second {
        wait,
        deposits,
        attempts,
    })
}

#[cfg(not(miri))] // one thread, many steps
proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn r08_withdrawals_over_any_window_are_bounded(
        ratio in 0.0..=2.0f64,
        min_per_second in 0.0..=50.0f64,
        cap in 1u32..30,
        history in vec(seconds(), 1..60),
    ) {
        let limits = limits(ratio, min_per_second, cap);
        let budget = Budget::new(&limits);
        let mut millis = 0;
        let mut spans: Vec<(u64, u32, u32)> = Vec::new();
        for second in history {
            millis += second.wait;
            let mut granted = 0;
            for attempt in 0..second.deposits.max(second.attempts) {
                if attempt < second.deposits {
                    budget.deposit(&limits);
                }
                if attempt < second.attempts && budget.withdraw(&limits, at(millis)) == Granted {
                    granted += 1;
                }
            }
            spans.push((millis, second.deposits, granted));
            let balance = budget.balance(&limits, at(millis));
            prop_assert!((0.0..=f64::from(cap)).contains(&balance), "{balance}");
        }
        for from in 0..spans.len() {
            let (mut deposits, mut granted) = (0, 0);
            for &(now, more_deposits, more_granted) in &spans[from..] {
                deposits += more_deposits;
                granted += more_granted;
                let passed = (now - spans[from].0) as f64 / 1_000.0 + 0.001;
                let allowed = f64::from(cap)
                    + limits.ratio() * f64::from(deposits)
                    + limits.min_per_second() * passed;
                prop_assert!(f64::from(granted) <= allowed, "{granted} > {allowed} from {from}");
            }
        }
    }
}
