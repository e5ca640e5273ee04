//! One flat error: inside a policy, alone, and stacked by hand.

use std::time::Duration;

use ninelives::prelude::*;
use tower::{BoxError, Layer, ServiceBuilder};

use super::stage::{Act, Down, Stage, call};

fn limit() -> TimeoutLayer {
    TimeoutLayer::new(Duration::from_secs(1)).unwrap()
}

fn breaker() -> CircuitBreakerLayer {
    CircuitBreakerLayer::new(CircuitBreakerConfig::new(5, Duration::from_secs(1), 1).unwrap())
        .unwrap()
}

fn retry() -> RetryLayer<ninelives::retry::Transient, InstantSleeper> {
    let retry = RetryPolicy::builder()
        .max_attempts(2)
        .with_sleeper(InstantSleeper);
    retry.build().unwrap().into_layer()
}

/// One match, exhaustive but for what may be added later.
fn told(error: ResilienceError<Down>) -> &'static str {
    match error {
        ResilienceError::Timeout { .. } => "timeout",
        ResilienceError::Bulkhead { .. } => "full",
        ResilienceError::BulkheadTimeout { .. } => "no turn",
        ResilienceError::BulkheadClosed => "closed",
        ResilienceError::CircuitOpen { .. } => "open",
        ResilienceError::RetryExhausted {
            last: AttemptError::Inner(Down(_)),
            ..
        } => "exhausted",
        ResilienceError::RetryExhausted { .. } => "exhausted in time",
        ResilienceError::AllFailed(_) => "all failed",
        ResilienceError::Inner(Down(_)) => "down",
        _ => "new",
    }
}

#[test]
fn hc74_a_match_over_one_type_suffices_for_five_layers() {
    let (bulkhead, breaker) = (BulkheadLayer::new(1).unwrap(), breaker());
    let policy = Policy(limit())
        + Policy(breaker.clone())
        + Policy(bulkhead.clone())
        + Policy(retry())
        + Policy(limit());
    let stage = Stage::always(Act::Err(1));
    let mut service = policy.layer(stage.backend());
    assert_eq!(
        told(call(&mut service, 0).finish().unwrap_err()),
        "exhausted"
    );
    breaker.force_open();
    assert_eq!(told(call(&mut service, 0).finish().unwrap_err()), "open");
    breaker.reset();
    bulkhead.close();
    assert_eq!(told(call(&mut service, 0).finish().unwrap_err()), "closed");
}

#[test]
fn hc74_with_branches_too() {
    let plain = || Policy(BulkheadLayer::new(1).unwrap());
    let policy =
        Policy(limit()) + Policy(breaker()) + (plain() | plain() & plain()) + Policy(limit());
    let mut service = policy.layer(Stage::always(Act::Err(1)).backend());
    let error = call(&mut service, 0).finish().unwrap_err();
    let ResilienceError::AllFailed(failures) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(failures.iter().count(), 3);
    assert!(failures.iter().all(ResilienceError::is_inner), "{error:?}");
    assert_eq!(told(error), "all failed");
}

/// What a service says that takes `()`, for any error.
#[track_caller]
fn says<S, E>(mut service: S, expected: impl Fn(&E) -> bool)
where
    S: tower::Service<(), Response = (), Error = ResilienceError<E>>,
    E: std::fmt::Debug,
{
    let error = call(&mut service, ()).finish().unwrap_err();
    let inner = error.as_inner();
    assert!(inner.is_some_and(expected), "{error:?}");
}

#[test]
fn hc16_a_layer_alone_takes_any_error() {
    /// Neither `Error`, `Display`, `Clone` nor `Send`.
    #[derive(Debug)]
    struct Odd(std::rc::Rc<u8>);
    let odd = |()| async { Err::<(), _>(Odd(std::rc::Rc::new(7))) };
    let seven = |odd: &Odd| *odd.0 == 7;
    says(ServiceBuilder::new().layer(limit()).service_fn(odd), seven);
    says(
        ServiceBuilder::new().layer(breaker()).service_fn(odd),
        seven,
    );
    says(
        ServiceBuilder::new()
            .layer(BulkheadLayer::new(1).unwrap())
            .service_fn(odd),
        seven,
    );
    says(ServiceBuilder::new().layer(retry()).service_fn(odd), seven);
    let boxed = |()| async { Err::<(), BoxError>("down".into()) };
    let down = |error: &BoxError| error.to_string() == "down";
    says(ServiceBuilder::new().layer(limit()).service_fn(boxed), down);
    says(
        ServiceBuilder::new().layer(breaker()).service_fn(boxed),
        down,
    );
    says(
        ServiceBuilder::new()
            .layer(BulkheadLayer::new(1).unwrap())
            .service_fn(boxed),
        down,
    );
    says(ServiceBuilder::new().layer(retry()).service_fn(boxed), down);
}

#[test]
fn hc16_two_layers_stacked_by_hand_nest_their_errors() {
    // A layer alone lifts whatever is below, another layer of this crate too: compose them with `+` to have one flat error.
    let mut stacked = ServiceBuilder::new()
        .layer(limit())
        .layer(breaker())
        .service(Stage::always(Act::Err(4)).backend());
    let error: ResilienceError<ResilienceError<Down>> = call(&mut stacked, 0).done().unwrap_err();
    assert_eq!(
        error,
        ResilienceError::Inner(ResilienceError::Inner(Down(4)))
    );
    // The retry therefore takes a rejection below it for an error of the service.
    let open = breaker();
    open.force_open();
    let mut stacked = ServiceBuilder::new()
        .layer(retry())
        .layer(open)
        .service(Stage::always(Act::Ok(1)).backend());
    assert!(
        call(&mut stacked, 0)
            .finish()
            .unwrap_err()
            .is_retry_exhausted()
    );
}

#[test]
fn hc16_a_policy_in_a_service_builder_is_one_layer() {
    let mut service = ServiceBuilder::new()
        .layer(Policy(limit()) + Policy(breaker()))
        .service(Stage::always(Act::Err(4)).backend());
    let error = call(&mut service, 0).done().unwrap_err();
    assert_eq!(error, ResilienceError::Inner(Down(4)));
}
