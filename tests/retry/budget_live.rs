//! A budget whose settings change while it is in use.

use std::sync::atomic::{AtomicBool, Ordering};

use ninelives::{Adaptive, Tick};

use super::*;

fn full(cap: u32) -> RetryBudget {
    RetryBudget::new(0.5, 0.0, cap).unwrap()
}

fn set(budget: &RetryBudget, change: impl Fn(RetryBudgetConfig) -> RetryBudgetConfig) {
    budget.settings().update(|config| change(*config)).unwrap();
}

fn capped(budget: &RetryBudget, cap: u32) {
    set(budget, |config| config.with_cap(cap).unwrap());
}

fn balance(budget: &RetryBudget) -> f64 {
    budget.balance(Tick::ZERO)
}

/// A service that fails always, tries twice and pays into `budget`.
fn spender(budget: &RetryBudget) -> impl FnMut() -> bool + use<> {
    let retry = RetryPolicy::builder()
        .max_attempts(2)
        .with_budget(budget.clone())
        .with_sleeper(InstantSleeper)
        .build()
        .unwrap();
    let mut service = retry
        .into_layer()
        .layer(Stage::always(Act::Err(7)).backend());
    move || {
        let error = call(&mut service, 0).finish().unwrap_err();
        error.is_retry_exhausted()
    }
}

#[test]
fn hc44_a_lowered_cap_takes_away_what_is_above_it() {
    let budget = full(100);
    capped(&budget, 3);
    assert_eq!(balance(&budget), 3.0);
}

#[test]
fn hc80_a_raised_cap_banks_nothing() {
    let budget = full(3);
    capped(&budget, 100);
    assert_eq!(balance(&budget), 3.0);
    capped(&budget, 2);
    capped(&budget, 100);
    assert_eq!(balance(&budget), 2.0, "nothing comes back");
}

#[test]
fn hc44_a_new_ratio_counts_for_the_next_request() {
    let budget = RetryBudget::new(0.0, 0.0, 10).unwrap();
    let mut retried = spender(&budget);
    for _ in 0..10 {
        assert!(retried());
    }
    assert!(!retried(), "the allotment is spent, and nothing comes in");
    set(&budget, |config| config.with_ratio(1.0).unwrap());
    assert!(retried());
    set(&budget, |config| config.with_ratio(0.0).unwrap());
    assert!(!retried());
}

#[test]
fn a_new_rate_counts_from_the_last_token_taken() {
    let (timer, second) = (ManualTimer::new(), Duration::from_secs(1));
    let budget = RetryBudget::new(0.0, 0.0, 5).unwrap();
    capped(&budget, 1);
    capped(&budget, 5);
    timer.advance(second);
    assert_eq!(budget.balance(timer.now()), 1.0);
    set(&budget, |config| config.with_min_per_second(2.0).unwrap());
    assert_eq!(budget.balance(timer.now()), 3.0);
    timer.advance(second * 10);
    assert_eq!(budget.balance(timer.now()), 5.0, "the cap");
}

#[test]
fn hc70_a_token_that_is_out_stays_out_and_goes_back_under_the_new_cap() {
    let (timer, budget) = (ManualTimer::new(), full(3));
    let retry = RetryPolicy::builder()
        .with_budget(budget.clone())
        .with_timer(timer.clone());
    let layer = retry.build().unwrap().into_layer();
    let mut request = call(&mut layer.layer(Stage::always(Act::Err(7)).backend()), 0);
    request.waits();
    assert_eq!(balance(&budget), 2.0);
    capped(&budget, 2);
    drop(request);
    assert_eq!(balance(&budget), 2.0, "no more than the cap");
    capped(&budget, 3);
    assert_eq!(balance(&budget), 2.0);
}

#[test]
fn an_override_of_the_ratio_ends_at_its_deadline_with_the_next_retry() {
    let (timer, budget) = (ManualTimer::new(), RetryBudget::new(0.0, 0.0, 1).unwrap());
    let mut retried = spender(&budget);
    assert!(retried());
    let free = budget.config().with_ratio(1.0).unwrap();
    let minute = Duration::from_secs(60);
    budget
        .settings()
        .set_for(free, minute, timer.clone())
        .unwrap();
    assert!(retried() && retried());
    timer.advance(minute);
    // The request that comes first pays by what it finds; its retry ends the override.
    assert!(retried());
    assert!(!retried());
}

#[test]
fn one_live_value_tunes_budgets_whose_balances_are_their_own() {
    let adaptive = Adaptive::new(RetryBudgetConfig::new(0.0, 0.0, 5).unwrap());
    let [one, two] = [(); 2].map(|()| RetryBudget::tuned_by(&adaptive));
    assert!(spender(&one)());
    capped(&one, 4);
    assert_eq!((balance(&one), balance(&two)), (4.0, 4.0));
    assert!(spender(&two)());
    assert_eq!((balance(&one), balance(&two)), (4.0, 3.0));
    drop(one);
    capped(&two, 2);
    assert_eq!(balance(&two), 2.0);
}

#[test]
fn settings_out_of_range_are_refused_by_name_and_nothing_changes() {
    let config = RetryBudgetConfig::default();
    let said =
        |result: Result<RetryBudgetConfig, ninelives::ConfigError>| result.unwrap_err().field();
    assert_eq!(said(config.with_ratio(f64::NAN)), "ratio");
    assert_eq!(said(config.with_min_per_second(-1.0)), "min_per_second");
    assert_eq!(said(config.with_cap(0)), "cap");
}

#[test]
fn a02_beside_a_thread_that_changes_the_cap_no_balance_is_above_the_widest() {
    let budget = full(8);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for cap in [2, 8, 1] {
                    capped(&budget, cap);
                }
            }
        });
        let mut retried = spender(&budget);
        let (mut retries, requests) = (0_u32, 5_000_u32);
        for _ in 0..requests {
            retries += u32::from(retried());
        }
        over.store(true, Ordering::Relaxed);
        assert!(retries > 0 && retries <= 8 + requests / 2, "{retries}");
    });
    capped(&budget, 1);
    assert!(balance(&budget) <= 1.0);
}

#[test]
fn a_budget_is_made_of_settings_as_it_is_of_numbers() {
    let config = RetryBudgetConfig::default();
    let budget = RetryBudget::from_config(config);
    assert_eq!(budget.config(), config);
    assert_eq!(budget.balance(Tick::ZERO), 100.0);
}
