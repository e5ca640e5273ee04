//! Retry: attempts, delays, readiness.
#![allow(missing_docs, clippy::disallowed_types, clippy::disallowed_methods)]

#[path = "retry/budget.rs"]
mod budget;
#[path = "retry/budget_live.rs"]
mod budget_live;
#[path = "retry/clipped.rs"]
mod clipped;
#[path = "retry/giving_back.rs"]
mod giving_back;
#[path = "retry/hint.rs"]
mod hint;
#[path = "retry/live.rs"]
mod live;
#[path = "retry/orders.rs"]
mod orders;
#[path = "retry/plan.rs"]
mod plan;
#[path = "retry/result.rs"]
mod result;
#[path = "retry/shadow.rs"]
mod shadow;
#[path = "support/shadows.rs"]
mod shadows;
#[path = "support/stage.rs"]
mod stage;
#[path = "support/ticking.rs"]
mod ticking;
#[path = "retry/total_time.rs"]
mod total_time;

use std::time::Duration;

use ninelives::Tick;
use ninelives::prelude::*;
use ninelives::retry::{RetryPolicyBuilder, Transient};
use stage::{Act, Down, Mood, Stage, call};
use tower::{Layer, Service, ServiceExt};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A service's own error after the last attempt.
fn last(error: &ResilienceError<Down>) -> (u32, Down) {
    match error {
        ResilienceError::RetryExhausted {
            attempts,
            last: AttemptError::Inner(down),
            ..
        } => (*attempts, *down),
        other => panic!("expected exhausted attempts, got {other:?}"),
    }
}

#[test]
fn r01_n_attempts_are_n_calls_and_n_minus_one_waits() {
    for attempts in [1, 2, 3, 10] {
        let (stage, sleeper) = (Stage::always(Act::Err(7)), TrackingSleeper::new());
        let retry = RetryPolicy::builder()
            .max_attempts(attempts)
            .with_sleeper(sleeper.clone())
            .build()
            .unwrap();
        let error = call(&mut retry.into_layer().layer(stage.backend()), 0)
            .finish()
            .unwrap_err();
        assert_eq!(last(&error), (attempts as u32, Down(7)));
        assert_eq!(stage.calls(), attempts);
        assert_eq!(sleeper.calls(), attempts - 1);
        assert_eq!(stage.live(), 0);
    }
}

#[test]
fn r01_a_million_attempts_keep_only_the_last_error() {
    let attempts = 1_000_000;
    let stage = Stage::always(Act::Err(1));
    let retry = RetryPolicy::builder()
        .max_attempts(attempts)
        .with_sleeper(InstantSleeper)
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    let error = request.finish().unwrap_err();
    assert_eq!(last(&error), (1_000_000, Down(1)));
    assert_eq!(stage.calls(), attempts);
}

#[test]
fn r01_a_success_ends_it() {
    let (stage, sleeper) = (
        Stage::new([Act::Err(1), Act::Err(2)], Act::Ok(3)),
        TrackingSleeper::new(),
    );
    let retry = RetryPolicy::builder()
        .max_attempts(9)
        .backoff(Backoff::linear(ms(10)))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    assert_eq!(call(&mut service, 0).finish(), Ok(3));
    assert_eq!(stage.calls(), 3);
    assert_eq!(sleeper.all_calls(), [ms(10), ms(20)]);
}

#[test]
fn r01_attempts_out_of_range_are_refused_by_name() {
    let build = |attempts| RetryPolicy::builder().max_attempts(attempts).build();
    let error = build(0).unwrap_err();
    assert_eq!(
        error.to_string(),
        "max_attempts: 0 is outside 1..=4294967295"
    );
    assert!(build(u32::MAX as usize).is_ok());
    #[cfg(target_pointer_width = "64")]
    assert_eq!(
        build(u32::MAX as usize + 1).unwrap_err().field(),
        "max_attempts"
    );
}

#[test]
fn r02_every_attempt_waits_for_the_readiness_of_the_instance_it_calls() {
    let stage = Stage::new([Act::Err(1)], Act::Ok(2));
    let retry = RetryPolicy::builder()
        .with_sleeper(InstantSleeper)
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    stage.mood(Mood::Busy);
    request.waits();
    assert_eq!(stage.calls(), 1, "an unready backend is not called");
    request.waits();
    stage.mood(Mood::Ready);
    assert!(request.wakes() > 0);
    assert_eq!(request.done(), Ok(2));
    assert_eq!(
        stage.callers(),
        [1, 2],
        "the instance that was readied makes the first attempt, and its clone is readied for the further ones"
    );
}

#[test]
fn r02_a_readiness_error_ends_it_and_is_kept() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let retry = RetryPolicy::builder()
        .max_attempts(5)
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    stage.mood(Mood::Broken(99));
    assert_eq!(request.finish(), Err(ResilienceError::Inner(Down(99))));
    assert_eq!((stage.calls(), sleeper.calls()), (1, 1));
}

#[test]
fn hc18_the_first_attempt_passes_readiness_through() {
    let stage = Stage::always(Act::Ok(1));
    let retry = RetryPolicy::builder().build().unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    stage.mood(Mood::Busy);
    assert!(stage::readiness(&mut service).is_pending());
    stage.mood(Mood::Broken(4));
    let std::task::Poll::Ready(Err(error)) = stage::readiness(&mut service) else {
        panic!("a readiness error passes through")
    };
    assert_eq!(error, ResilienceError::Inner(Down(4)));
}

#[test]
fn r05_a_thousand_attempts_stay_below_the_cap() {
    let cap = Duration::from_secs(30);
    for jitter in [Jitter::None, Jitter::full(), Jitter::equal()] {
        let sleeper = TrackingSleeper::new();
        let backoff = Backoff::exponential(Duration::from_secs(1))
            .with_max(cap)
            .unwrap();
        let retry = RetryPolicy::builder()
            .max_attempts(1_100)
            .backoff(backoff)
            .with_jitter(jitter)
            .with_seed(5)
            .with_sleeper(sleeper.clone())
            .build()
            .unwrap();
        let stage = Stage::always(Act::Err(1));
        let _ = call(&mut retry.into_layer().layer(stage.backend()), 0).finish();
        let waits = sleeper.all_calls();
        assert_eq!(waits.len(), 1_099);
        assert!(waits.iter().all(|wait| *wait <= cap), "{jitter:?}");
        assert!(waits[1_000..].iter().any(|wait| *wait > cap / 2));
        if jitter == Jitter::None {
            assert_eq!(waits[1_098], cap);
        }
    }
}

#[test]
fn hc65_waits_at_the_cap_stay_spread() {
    let sleeper = TrackingSleeper::new();
    let backoff = Backoff::exponential(ms(1)).with_max(ms(100)).unwrap();
    let retry = RetryPolicy::builder()
        .max_attempts(60)
        .backoff(backoff)
        .with_jitter(Jitter::full())
        .with_seed(11)
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let stage = Stage::always(Act::Err(1));
    let _ = call(&mut retry.into_layer().layer(stage.backend()), 0).finish();
    let capped = &sleeper.all_calls()[10..];
    let different: std::collections::BTreeSet<_> = capped.iter().collect();
    assert!(different.len() > 40, "seed 11: {different:?}");
}

/// Ends each wait at once, one for ever too: no timer may.
#[derive(Clone)]
struct Hasty;

impl Clock for Hasty {
    fn now(&self) -> Tick {
        Tick::ZERO
    }
}

impl Timer for Hasty {
    type Sleep = std::future::Ready<()>;

    fn sleep_until(&self, _deadline: Tick) -> Self::Sleep {
        std::future::ready(())
    }
}

fn uncapped<T: Timer>(timer: T) -> RetryPolicy<Transient, T> {
    RetryPolicy::builder()
        .max_attempts(200)
        .backoff(Backoff::exponential(Duration::from_secs(1)))
        .with_jitter(Jitter::equal())
        .with_sleeper(timer)
        .build()
        .unwrap()
}

#[test]
fn r05_an_uncapped_backoff_saturates() {
    let stage = Stage::always(Act::Err(1));
    let error = call(&mut uncapped(Hasty).into_layer().layer(stage.backend()), 0).finish();
    assert_eq!(last(&error.unwrap_err()).0, 200);
}

#[test]
fn r05_a_delay_past_the_end_of_time_is_a_wait_for_ever() {
    let sleeper = TrackingSleeper::new();
    let stage = Stage::always(Act::Err(1));
    let mut service = uncapped(sleeper.clone())
        .into_layer()
        .layer(stage.backend());
    call(&mut service, 0).waits();
    let forever = Tick::NEVER.since(sleeper.now());
    assert_eq!(sleeper.all_calls().last(), Some(&forever));
    assert_eq!(stage.calls(), sleeper.calls());
}

#[test]
fn r06_without_a_delay_each_retry_yields_once() {
    let stage = Stage::always(Act::Err(1));
    let retry = RetryPolicy::builder()
        .max_attempts(4)
        .backoff(Backoff::constant(Duration::ZERO))
        .with_sleeper(InstantSleeper)
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    for retries in 1..4 {
        request.waits();
        assert_eq!(stage.calls(), retries, "one attempt a poll");
        assert_eq!(request.wakes(), retries, "and a wake-up for the next");
    }
    assert_eq!(last(&request.done().unwrap_err()).0, 4);
}

#[tokio::test]
async fn r06_without_a_delay_other_tasks_make_progress() {
    let retry = RetryPolicy::builder()
        .max_attempts(100)
        .backoff(Backoff::constant(Duration::ZERO))
        .build()
        .unwrap();
    let turns = std::rc::Rc::new(std::cell::Cell::new(0));
    let counted = turns.clone();
    let local = tokio::task::LocalSet::new();
    local.spawn_local(async move {
        loop {
            counted.set(counted.get() + 1);
            tokio::task::yield_now().await;
        }
    });
    let stage = Stage::always(Act::Err(1));
    let mut service = retry.into_layer().layer(stage.backend());
    let _ = local
        .run_until(async { ServiceExt::<u32>::ready(&mut service).await?.call(0).await })
        .await;
    assert!(
        turns.get() >= 50,
        "the other task ran {} times",
        turns.get()
    );
}

#[test]
fn r07_what_is_not_a_number_is_refused_by_name() {
    let backoff = Backoff::exponential(ms(1));
    for factor in [f64::NAN, -1.0, 0.5, f64::INFINITY] {
        assert_eq!(backoff.with_factor(factor).unwrap_err().field(), "factor");
    }
    for ratio in [f64::NAN, -0.1, f64::INFINITY] {
        let refused = RetryBudget::new(ratio, 1.0, 1).unwrap_err();
        assert_eq!(refused.field(), "ratio");
        let refused = RetryBudget::new(1.0, ratio, 1).unwrap_err();
        assert_eq!(refused.field(), "min_per_second");
    }
    assert_eq!(RetryBudget::new(0.1, 1.0, 0).unwrap_err().field(), "cap");
    assert!(Jitter::decorrelated(ms(2), ms(1)).is_err());
    assert!(backoff.with_max(Duration::from_nanos(1)).is_err());
}

#[tokio::test(start_paused = true)]
async fn hc55_a_task_local_is_seen_by_every_attempt() {
    tokio::task_local! {
        static REQUEST: u32;
    }
    let seen = std::sync::Mutex::new(Vec::new());
    let retry = RetryPolicy::builder().max_attempts(3).build().unwrap();
    let mut service = retry.into_layer().layer(tower::service_fn(|()| async {
        seen.lock().unwrap().push(REQUEST.get());
        Err::<(), _>(Down(1))
    }));
    let service = service.ready().await.unwrap();
    let _ = REQUEST.scope(42, service.call(())).await;
    assert_eq!(*seen.lock().unwrap(), [42, 42, 42]);
}
