//! `retry_if`: a predicate over responses and errors.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn busy(result: Result<&u32, &Down>) -> bool {
    match result {
        Ok(status) => *status == 503,
        Err(down) => down.0 < 100,
    }
}

fn instant() -> RetryPolicyBuilder<Transient, TrackingSleeper> {
    RetryPolicy::builder()
        .backoff(Backoff::constant(ms(10)))
        .with_sleeper(TrackingSleeper::new())
}

#[test]
fn a_response_that_is_worth_it_is_tried_again() {
    let stage = Stage::new([Act::Ok(503), Act::Err(7), Act::Ok(503)], Act::Ok(200));
    let retry = instant().max_attempts(9).retry_if(busy).build().unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    assert_eq!(call(&mut service, 0).finish(), Ok(200));
    assert_eq!((stage.calls(), stage.live()), (4, 0));
}

#[test]
fn r01_the_last_response_is_returned_as_it_is() {
    let stage = Stage::always(Act::Ok(503));
    let sink = MemorySink::with_capacity(64).unwrap();
    let retry = instant().retry_if(busy).build().unwrap();
    let mut service = retry
        .into_layer()
        .with_sink(sink.clone())
        .layer(stage.backend());
    assert_eq!(call(&mut service, 0).finish(), Ok(503));
    assert_eq!(stage.calls(), 3);
    let told: Vec<String> = sink
        .events()
        .iter()
        .map(|event| format!("{:?}", event.kind()))
        .collect();
    assert_eq!(
        told,
        [
            "RetryAttempt",
            "RetryAttempt",
            "RetryExhausted",
            "RequestSuccess"
        ],
        "given up, and answered"
    );
}

#[test]
fn the_last_answer_counts_whatever_came_before() {
    let retry = || instant().retry_if(busy).build().unwrap().into_layer();
    let stage = Stage::new([Act::Ok(503), Act::Ok(503)], Act::Err(5));
    let error = call(&mut retry().layer(stage.backend()), 0).finish();
    assert_eq!(last(&error.unwrap_err()), (3, Down(5)));
    let stage = Stage::new([Act::Err(5), Act::Err(5)], Act::Ok(503));
    assert_eq!(
        call(&mut retry().layer(stage.backend()), 0).finish(),
        Ok(503)
    );
}

#[test]
fn errors_that_the_predicate_declines_end_it_and_timeouts_do_not() {
    let (stage, timer) = (Stage::new([Act::Hang], Act::Err(500)), ManualTimer::new());
    let retry = RetryPolicy::builder()
        .backoff(Backoff::constant(ms(10)))
        .with_timer(timer.clone())
        .retry_if(busy)
        .build()
        .unwrap();
    let timeout = TimeoutLayer::new(ms(50)).unwrap().with_timer(timer.clone());
    let policy = Policy(retry.into_layer()) + Policy(timeout);
    let mut service = policy.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(50));
    request.waits();
    timer.advance(ms(10));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(500))));
    assert_eq!(stage.calls(), 2);
}

#[test]
fn r12_a_rejection_is_not_asked_about() {
    let open =
        CircuitBreakerLayer::new(CircuitBreakerConfig::new(1, ms(1000), 1).unwrap()).unwrap();
    open.force_open();
    let retry = instant()
        .retry_if(|_: Result<&u32, &Down>| true)
        .build()
        .unwrap();
    let policy = Policy(retry.into_layer()) + Policy(open);
    let stage = Stage::always(Act::Ok(1));
    let error = call(&mut policy.layer(stage.backend()), 0).done();
    assert!(error.unwrap_err().is_circuit_open());
}

#[test]
fn each_answer_is_asked_about_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let stage = Stage::new([Act::Ok(503), Act::Gate, Act::Err(1)], Act::Ok(503));
    let retry = instant()
        .max_attempts(4)
        .retry_if(move |result: Result<&u32, &Down>| {
            count.fetch_add(1, Ordering::Relaxed);
            busy(result)
        })
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    stage.open(1, Ok(503));
    assert_eq!(request.finish(), Ok(503));
    assert_eq!(asked.load(Ordering::Relaxed), stage.calls());
}

#[test]
fn hc102_a_response_says_how_long_to_wait() {
    let sleeper = TrackingSleeper::new();
    let retry = RetryPolicy::builder()
        .max_attempts(4)
        .backoff(Backoff::constant(ms(10)))
        .with_sleeper(sleeper.clone())
        .retry_if(|result: Result<&u32, &Down>| result != Ok(&200))
        .with_result_delay_hint(ms(500), |result: Result<&u32, &Down>| match result {
            Ok(status) => Some(ms(u64::from(*status))),
            Err(down) => (down.0 > 0).then(|| ms(u64::from(down.0))),
        })
        .build()
        .unwrap();
    let stage = Stage::new([Act::Ok(300), Act::Ok(9000), Act::Err(40)], Act::Ok(200));
    let mut service = retry.into_layer().layer(stage.backend());
    assert_eq!(call(&mut service, 0).finish(), Ok(200));
    assert_eq!(sleeper.all_calls(), [ms(300), ms(500), ms(40)]);
}

#[test]
fn hc14_without_time_or_tokens_the_response_is_returned_unslept() {
    let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
    let poor = instant().retry_if(busy).with_budget(budget);
    let short = instant().retry_if(busy).max_duration(ms(15));
    let stage = Stage::always(Act::Ok(503));
    for (builder, calls) in [(poor, 2), (short, 4)] {
        let mut service = builder.build().unwrap().into_layer().layer(stage.backend());
        assert_eq!(call(&mut service, 0).finish(), Ok(503));
        assert_eq!(stage.calls(), calls);
    }
}

#[test]
fn r04_a_predicate_that_panics_over_a_response_loses_no_token() {
    let budget = RetryBudget::new(0.0, 0.0, 5).unwrap();
    let stage = Stage::always(Act::Ok(503));
    let retry = instant()
        .retry_if(|_: Result<&u32, &Down>| panic!("told to"))
        .with_budget(budget.clone())
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    assert_eq!(stage::panics(|| call(&mut service, 0).done()), "told to");
    assert_eq!(
        (budget.balance(ninelives::Tick::ZERO), stage.live()),
        (5.0, 0)
    );
}
