//! Third-party tower layers in, under and over a policy.

use std::time::Duration;

use ninelives::prelude::*;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::util::{MapErrLayer, MapRequestLayer, MapResponseLayer};
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt};

use super::stage::{Act, Down, Stage, call};

fn limit() -> Policy<TimeoutLayer<ManualTimer>> {
    let limit = TimeoutLayer::new(Duration::from_secs(1)).unwrap();
    Policy(limit.with_timer(ManualTimer::new()))
}

fn retry(attempts: usize) -> Policy<RetryLayer<ninelives::retry::Transient, InstantSleeper>> {
    let retry = RetryPolicy::builder()
        .max_attempts(attempts)
        .with_sleeper(InstantSleeper);
    Policy(retry.build().unwrap().into_layer())
}

#[test]
fn f11_a_layer_that_passes_errors_through_fits_in_anywhere() {
    let plus = |n: u32| MapResponseLayer::new(move |answer: u32| answer + n);
    let stage = Stage::always(Act::Ok(1));
    let policy = Policy::tower(plus(10)) + limit() + Policy::tower(plus(100));
    assert_eq!(call(&mut policy.layer(stage.backend()), 0).done(), Ok(111));
    let policy =
        limit() + Policy::tower(MapRequestLayer::new(|n: u32| n + 1)) + Policy::respond(|n: u32| n);
    assert_eq!(call(&mut policy.layer(stage.backend()), 41).done(), Ok(42));
    let branches = (limit() & Policy::tower(plus(10))) | Policy::tower(plus(100));
    assert_eq!(call(&mut branches.layer(stage.backend()), 0).done(), Ok(1));
    assert_eq!(Policy::tower(plus(1)).explain(), "tower MapResponseLayer\n");
}

#[test]
fn f11_a_layer_may_say_a_flat_error_of_its_own() {
    let renamed =
        MapErrLayer::new(|error: ResilienceError<Down>| error.map_inner(|down| down.0 + 1));
    let policy = limit() + Policy::tower(renamed) + limit();
    let mut service = policy.layer(Stage::always(Act::Err(6)).backend());
    assert_eq!(call(&mut service, 0).done(), Err(ResilienceError::Inner(7)));
}

#[test]
fn f11_a_layer_that_boxes_its_errors_goes_below_the_policy() {
    let stage = Stage::always(Act::Hang);
    let mut service = ServiceBuilder::new()
        .layer(limit() + retry(3))
        .layer(LoadShedLayer::new())
        .layer(ConcurrencyLimitLayer::new(1))
        .service(stage.backend());
    let mut holder = call(&mut service, 0);
    holder.waits();
    let mut shed = service.clone();
    let error: ResilienceError<BoxError> = call(&mut shed, 0).finish().unwrap_err();
    let text = error.as_inner().map(ToString::to_string);
    assert_eq!(text.as_deref(), Some("service overloaded"));
    assert!(
        error.is_retry_exhausted(),
        "to the policy it is an error of the service"
    );
    assert_eq!(stage.calls(), 1);
}

#[test]
fn hc03_a_stream_of_calls_over_one_slot_finishes() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let stage = Stage::new(
        (0..500).map(|n| if n % 3 == 0 { Act::Err(n) } else { Act::Ok(n) }),
        Act::Ok(0),
    );
    let policy = limit() + retry(3) + Policy::tower(ConcurrencyLimitLayer::new(1));
    let service = policy.layer(stage.backend());
    let answers = runtime.block_on(async {
        use futures::StreamExt;
        let requests = futures::stream::iter(0..300_u32);
        service.call_all(requests).collect::<Vec<_>>().await
    });
    assert_eq!(answers.len(), 300);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(stage.live(), 0);
}

#[test]
fn hc10_ten_thousand_calls_in_one_task_shed_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let policy = limit() + Policy(BulkheadLayer::new(1).unwrap()) + retry(3);
    let mut service = LoadShedLayer::new().layer(policy.layer(Stage::always(Act::Ok(1)).backend()));
    runtime.block_on(async {
        for _ in 0..10_000 {
            let answer = ServiceExt::<u32>::ready(&mut service)
                .await
                .unwrap()
                .call(0)
                .await;
            assert_eq!(answer.unwrap(), 1);
        }
    });
}

#[test]
fn hc16_every_attempt_gets_a_slot_of_its_own_over_a_limit_of_one() {
    let stage = Stage::always(Act::Err(1));
    let policy = retry(3) + Policy::tower(ConcurrencyLimitLayer::new(1));
    let mut service = policy.layer(stage.backend());
    for _ in 0..1_000 {
        assert!(
            call(&mut service, 0)
                .finish()
                .unwrap_err()
                .is_retry_exhausted()
        );
    }
    assert_eq!(stage.calls(), 3_000);
}

#[test]
fn hc01_dropped_readied_clones_hold_no_slot_below() {
    let stage = Stage::always(Act::Ok(1));
    let policy = (limit() + retry(3) + Policy::tower(ConcurrencyLimitLayer::new(1))) | limit();
    let mut service = policy.layer(stage.backend());
    for _ in 0..10 {
        assert!(super::stage::readiness(&mut service.clone()).is_ready());
    }
    assert_eq!(call(&mut service, 0).done(), Ok(1));
}
