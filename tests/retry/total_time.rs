//! `max_duration`: when it is not worth waiting any more.

use std::time::Duration;

use ninelives::prelude::*;
use tower::Layer;

use super::stage::{Act, Down, Stage, call};
use super::{last, ms};

#[test]
fn hc14_the_last_wait_is_skipped_when_it_would_overrun() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let retry = RetryPolicy::builder()
        .max_attempts(10)
        .backoff(Backoff::constant(ms(100)))
        .max_duration(ms(250))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    assert_eq!(
        call(&mut service, 0).finish(),
        Err(ResilienceError::Inner(Down(1)))
    );
    assert_eq!(sleeper.all_calls(), [ms(100), ms(100)]);
    assert_eq!(stage.calls(), 3);
}

#[test]
fn hc14_a_wait_that_ends_exactly_at_the_limit_is_made() {
    let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
    let retry = RetryPolicy::builder()
        .max_attempts(10)
        .backoff(Backoff::constant(ms(100)))
        .max_duration(ms(300))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    let error = call(&mut service, 0).finish().unwrap_err();
    assert!(error.is_inner(), "the last error itself, got {error:?}");
    assert_eq!((stage.calls(), sleeper.calls()), (4, 3));
}

#[test]
fn hc14_the_time_of_the_attempts_counts() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let retry = RetryPolicy::builder()
        .max_attempts(10)
        .backoff(Backoff::constant(ms(100)))
        .max_duration(Duration::from_secs(1))
        .with_timer(timer.clone())
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(900));
    stage.open(0, Err(5));
    request.waits(); // 900 + 100 is within it
    timer.advance(ms(100));
    request.waits(); // the second attempt begins at the limit and is not cut
    assert_eq!(stage.calls(), 2);
    timer.advance(Duration::from_secs(5));
    stage.open(1, Err(6));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(6))));
    assert_eq!(timer.armed(), 0);
}

#[test]
fn hc14_the_time_starts_with_the_call_of_each_request() {
    let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
    let retry = RetryPolicy::builder()
        .max_attempts(2)
        .backoff(Backoff::constant(ms(100)))
        .max_duration(ms(150))
        .with_timer(timer.clone())
        .build()
        .unwrap();
    let mut service = retry.into_layer().layer(stage.backend());
    timer.advance(Duration::from_secs(60));
    for _ in 0..2 {
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(100));
        assert_eq!(last(&request.done().unwrap_err()).0, 2);
    }
}

#[test]
fn r13_a_backoff_beyond_the_total_time_gives_up_now_with_the_services_error() {
    let (stage, sleeper) = (Stage::always(Act::Err(3)), TrackingSleeper::new());
    let retry = RetryPolicy::builder()
        .max_attempts(5)
        .backoff(Backoff::constant(Duration::from_secs(10)))
        .max_duration(Duration::from_secs(1))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let mut request = call(&mut retry.into_layer().layer(stage.backend()), 0);
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(3))));
    assert_eq!((stage.calls(), sleeper.calls()), (1, 0));
}

#[test]
fn r13_a_wait_out_of_range_is_beyond_every_total_time() {
    let (stage, sleeper) = (Stage::always(Act::Err(3)), TrackingSleeper::new());
    let retry = RetryPolicy::builder()
        .backoff(Backoff::constant(Duration::MAX))
        .max_duration(Duration::from_secs(500 * 365 * 86_400))
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap();
    let mut request = call(&mut retry.into_layer().layer(stage.backend()), 0);
    assert!(request.done().unwrap_err().is_inner());
    assert_eq!(sleeper.calls(), 0);
}

#[test]
fn hc14_the_longest_total_time_never_ends_a_call() {
    for total in [Duration::MAX, Duration::from_secs(u64::MAX / 10)] {
        let (stage, sleeper) = (Stage::always(Act::Err(1)), TrackingSleeper::new());
        let retry = RetryPolicy::builder()
            .max_attempts(20)
            .backoff(Backoff::exponential(Duration::from_secs(1)))
            .max_duration(total)
            .with_sleeper(sleeper.clone())
            .build()
            .unwrap();
        let mut service = retry.into_layer().layer(stage.backend());
        let error = call(&mut service, 0).finish().unwrap_err();
        assert_eq!(last(&error).0, 20);
        assert_eq!(sleeper.calls(), 19);
    }
}

#[test]
fn hc14_a_total_time_of_zero_is_refused_by_name() {
    let refused = RetryPolicy::builder().max_duration(Duration::ZERO).build();
    assert_eq!(refused.unwrap_err().field(), "max_duration");
}
