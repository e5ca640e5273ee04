//! Retries from a budget.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use ninelives::Tick;
use ninelives::prelude::*;
use tower::Layer;

use super::stage::{Act, Down, Stage, call};
use super::{last, ms};

fn layer<T: Timer>(
    attempts: usize,
    budget: &RetryBudget,
    timer: T,
) -> RetryLayer<ninelives::retry::Transient, T> {
    RetryPolicy::builder()
        .max_attempts(attempts)
        .backoff(Backoff::constant(ms(1)))
        .with_budget(budget.clone())
        .with_timer(timer)
        .build()
        .unwrap()
        .into_layer()
}

#[test]
fn r10_hc100_an_empty_budget_returns_the_services_error_unslept() {
    let (stage, sleeper) = (Stage::always(Act::Err(6)), TrackingSleeper::new());
    let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
    let mut service = layer(5, &budget, sleeper.clone()).layer(stage.backend());
    let error = call(&mut service, 0).finish();
    assert_eq!(error, Err(ResilienceError::Inner(Down(6))));
    assert_eq!((stage.calls(), sleeper.calls()), (2, 1));
    let mut request = call(&mut service, 0);
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(6))));
    assert_eq!(
        (stage.calls(), sleeper.calls()),
        (3, 1),
        "nothing waited for"
    );
}

#[test]
fn r10_the_last_allowed_attempt_asks_for_no_token() {
    let budget = RetryBudget::new(0.0, 0.0, 2).unwrap();
    let mut service =
        layer(3, &budget, TrackingSleeper::new()).layer(Stage::always(Act::Err(1)).backend());
    let error = call(&mut service, 0).finish().unwrap_err();
    assert_eq!(last(&error).0, 3);
    assert_eq!(budget.balance(Tick::ZERO), 0.0);
}

#[test]
fn r11_hc11_a_dead_backend_gets_no_storm() {
    let (requests, cap) = (5_000, 100);
    let stage = Stage::always(Act::Err(1));
    let budget = RetryBudget::new(0.2, 0.0, cap).unwrap();
    let mut service = layer(10, &budget, InstantSleeper).layer(stage.backend());
    for _ in 0..requests {
        let _ = call(&mut service, 0).finish();
    }
    let most = requests as f64 * 1.2 + f64::from(cap) + 1.0;
    assert!((stage.calls() as f64) <= most, "{} calls", stage.calls());
    assert!(stage.calls() > requests, "and there were retries at all");
}

#[test]
fn hc04_every_ratio_is_met_within_two_percent() {
    for tenths in 1..=9_u32 {
        let (requests, ratio) = (10_000_usize, f64::from(tenths) / 10.0);
        let stage = Stage::always(Act::Err(1));
        let budget = RetryBudget::new(ratio, 0.0, 10).unwrap();
        let mut service = layer(2, &budget, InstantSleeper).layer(stage.backend());
        for _ in 0..requests {
            let _ = call(&mut service, 0).finish();
        }
        let measured = (stage.calls() - requests) as f64 / requests as f64;
        assert!(
            (measured - ratio).abs() < 0.02 * ratio,
            "ratio {ratio} came out as {measured}"
        );
    }
}

#[test]
fn r08_hc24_threads_that_race_never_overdraw() {
    let (threads, requests, cap) = (8, 500, 3_u32);
    let stage = Stage::always(Act::Err(1));
    let budget = RetryBudget::new(0.25, 0.0, cap).unwrap();
    let service = layer(4, &budget, InstantSleeper).layer(stage.backend());
    let start = Arc::new(Barrier::new(threads));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (mut service, start) = (service.clone(), Arc::clone(&start));
            scope.spawn(move || {
                start.wait();
                for _ in 0..requests {
                    let _ = call(&mut service, 0).finish();
                }
            });
        }
    });
    let all = threads * requests;
    let retries = stage.calls() - all;
    let deposited = all as f64 * 0.25 + f64::from(cap);
    assert!(retries as f64 <= deposited, "{retries} of {deposited}");
    // Nothing is lost either: what was not spent is still there, but for deposits at the cap.
    assert!(
        retries as f64 >= deposited * 0.9,
        "{retries} of {deposited}"
    );
}

#[test]
fn r08_one_of_many_gets_the_last_token() {
    for _ in 0..50 {
        let threads = 4;
        let stage = Stage::always(Act::Err(1));
        let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
        let service = layer(2, &budget, InstantSleeper).layer(stage.backend());
        let start = Arc::new(Barrier::new(threads));
        let exhausted: usize = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..threads)
                .map(|_| {
                    let (mut service, start) = (service.clone(), Arc::clone(&start));
                    scope.spawn(move || {
                        start.wait();
                        let error = call(&mut service, 0).finish().unwrap_err();
                        usize::from(error.is_retry_exhausted())
                    })
                })
                .collect();
            hands.into_iter().map(|hand| hand.join().unwrap()).sum()
        });
        assert_eq!((exhausted, stage.calls()), (1, threads + 1));
    }
}

#[test]
fn hc05_clones_and_repeated_layers_share_one_budget() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let budget = RetryBudget::new(0.0, 0.0, 3).unwrap();
    let layer = layer(2, &budget, sleeper.clone());
    let mut first = layer.layer(stage.backend());
    let (mut second, mut third) = (first.clone(), layer.clone().layer(stage.backend()));
    for _ in 0..4 {
        let _ = call(&mut first, 0).finish();
        let _ = call(&mut second, 0).finish();
        let _ = call(&mut third, 0).finish();
    }
    assert_eq!((stage.calls(), sleeper.calls()), (15, 3));
}

#[test]
fn r09_hc13_hc80_idle_time_fills_to_the_cap_and_banks_nothing_beyond() {
    let timer = ManualTimer::new();
    let budget = RetryBudget::new(0.0, 10.0, 5).unwrap();
    let mut service = layer(2, &budget, timer.clone()).layer(Stage::always(Act::Err(1)).backend());
    let mut burst = |timer: &ManualTimer| {
        let mut retried = 0;
        for _ in 0..50 {
            let mut request = call(&mut service, 0);
            if request.poll().is_pending() {
                retried += 1; // a token was granted
                timer.advance(ms(1));
                assert!(request.poll().is_ready());
            }
        }
        retried
    };
    assert_eq!(burst(&timer), 5);
    timer.advance(Duration::from_secs(3600));
    assert_eq!(burst(&timer), 5, "an idle hour");
    timer.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(burst(&timer), 5, "seven idle days");
}

#[test]
fn hc54_a_budget_of_tokens_per_second_limits_the_rate() {
    let timer = ManualTimer::new();
    let budget = RetryBudget::new(0.0, 10.0, 10).unwrap();
    let stage = Stage::always(Act::Err(1));
    let mut service = layer(2, &budget, timer.clone()).layer(stage.backend());
    let mut retried = 0;
    for _ in 0..1_000 {
        let mut request = call(&mut service, 0);
        let waits = request.poll().is_pending();
        timer.advance(ms(10));
        if waits {
            retried += 1;
            assert!(request.poll().is_ready());
        }
    }
    // Ten seconds at ten a second, and the cap that it started with.
    assert!((105..=110).contains(&retried), "{retried}");
}

#[test]
fn r09_a_clock_that_steps_back_makes_no_tokens() {
    let timer = ManualTimer::new();
    timer.advance(Duration::from_secs(7200));
    let budget = RetryBudget::new(0.0, 1.0, 3).unwrap();
    let stage = Stage::always(Act::Err(1));
    let mut service = layer(2, &budget, timer.clone()).layer(stage.backend());
    let mut granted = |timer: &ManualTimer| {
        let mut request = call(&mut service, 0);
        let granted = request.poll().is_pending();
        timer.advance(ms(1));
        assert!(!granted || request.poll().is_ready());
        granted
    };
    while granted(&timer) {}
    timer.set(Tick::from_nanos(3_600_000_000_000));
    assert!(!granted(&timer), "an hour back");
    // It goes on from there; nothing is banked for the hour that comes twice.
    timer.advance(Duration::from_secs(2));
    let tokens = std::iter::from_fn(|| granted(&timer).then_some(())).count();
    assert!(tokens <= 3, "{tokens} tokens in two seconds");
}

#[test]
fn hc96_retries_resume_after_an_outage() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let budget = RetryBudget::new(0.5, 0.0, 4).unwrap();
    let mut service = layer(3, &budget, sleeper.clone()).layer(stage.backend());
    for _ in 0..100 {
        let _ = call(&mut service, 0).finish();
    }
    stage.henceforth(Act::Ok(1));
    for _ in 0..8 {
        assert_eq!(call(&mut service, 0).finish(), Ok(1));
    }
    assert!(budget.balance(sleeper.now()) >= 4.0 - 1e-6);
    stage.henceforth(Act::Err(1));
    sleeper.clear();
    assert_eq!(last(&call(&mut service, 0).finish().unwrap_err()).0, 3);
    assert_eq!(sleeper.calls(), 2);
}

#[test]
fn hc75_an_empty_budget_leaves_attempts_in_flight_alone() {
    let (stage, timer) = (
        Stage::new([Act::Err(1), Act::Gate], Act::Err(1)),
        ManualTimer::new(),
    );
    let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
    let mut service = layer(3, &budget, timer.clone()).layer(stage.backend());
    let mut retried = call(&mut service, 0);
    retried.waits();
    timer.advance(ms(1));
    retried.waits(); // its second attempt is out, and the budget is empty
    assert!(call(&mut service, 0).done().unwrap_err().is_inner());
    stage.open(1, Ok(9));
    assert_eq!(retried.done(), Ok(9));
}

#[test]
fn hc99_the_burst_is_the_cap() {
    let timer = ManualTimer::new();
    let budget = RetryBudget::new(0.2, 0.0, 100).unwrap();
    let stage = Stage::always(Act::Err(1));
    let mut service = layer(2, &budget, timer.clone()).layer(stage.backend());
    let mut together: Vec<_> = (0..100).map(|_| call(&mut service, 0)).collect();
    let waiting = together
        .iter_mut()
        .filter_map(|request| request.poll().is_pending().then_some(()));
    assert_eq!(waiting.count(), 100);
    assert!(
        call(&mut service, 0).poll().is_ready(),
        "the next is not retried"
    );
}

#[test]
fn hc95_explain_tells_whether_there_is_a_budget() {
    let budget = RetryBudget::new(0.2, 1.0, 10).unwrap();
    let with = Policy(layer(2, &budget, InstantSleeper).named("r"));
    assert_eq!(with.explain(), "retry r: 2 attempts, from a budget\n");
    let without = RetryPolicy::builder().max_duration(ms(5)).build().unwrap();
    let without = Policy(without.into_layer().named("r"));
    assert_eq!(without.explain(), "retry r: 3 attempts, 5ms in all\n");
}
