//! Errors that a test of somebody else makes by itself: each is what a policy would have said.
#![allow(missing_docs)]

use std::error::Error;
use std::io;
use std::time::Duration;

use ninelives::emit::FailureCause;
use ninelives::prelude::*;
use ninelives::{AttemptError, ComposedSinkError};

type Flat = ResilienceError<io::Error>;

const SECOND: Duration = Duration::from_secs(1);

fn refused() -> io::Error {
    io::Error::other("refused")
}

#[test]
fn rejections_can_be_made_without_a_policy() {
    let table = [
        (Flat::bulkhead(4, 4), "bulkhead full: 4 of 4 permits out"),
        (
            Flat::bulkhead_overweight(3, 2),
            "a call of weight 3 does not fit a bulkhead of 2",
        ),
        (
            Flat::bulkhead_timeout(SECOND),
            "no permit of the bulkhead came free within 1s",
        ),
        (
            Flat::circuit_open(Some(SECOND)),
            "circuit open, retry after 1s",
        ),
        (Flat::circuit_open(None), "circuit open"),
        (
            Flat::deadline_passed(SECOND),
            "the request's deadline had passed 1s before",
        ),
    ];
    for (error, text) in table {
        assert_eq!(error.to_string(), text);
        assert!(error.is_rejection(), "{text}");
        assert_eq!(error.cause(), FailureCause::Rejected, "{text}");
    }
    assert_eq!(Flat::circuit_open(Some(SECOND)).retry_after(), Some(SECOND));
}

#[test]
fn calls_that_ran_out_of_time_or_attempts_can_be_made_without_a_policy() {
    let late = Flat::timeout(SECOND * 2, SECOND);
    assert!(late.is_timeout());
    assert_eq!(late.to_string(), "timed out after 2s (limit 1s)");
    let inner = Flat::retry_exhausted(3, AttemptError::Inner(refused()));
    assert!(inner.is_retry_exhausted());
    assert_eq!(inner.to_string(), "gave up after 3 attempts: refused");
    assert_eq!(inner.source().unwrap().to_string(), "refused");
    let late = Flat::retry_exhausted(3, AttemptError::timeout(SECOND, SECOND));
    let text = "gave up after 3 attempts: timed out after 1s (limit 1s)";
    assert_eq!(late.to_string(), text);
}

#[test]
fn what_branches_said_is_one_flat_list_when_it_is_made_too() {
    let two = Flat::all_failed(Flat::circuit_open(None), Flat::BulkheadClosed);
    assert!(two.is_rejection());
    let all = Flat::all_failed(Flat::Inner(refused()), two);
    let text = "all 3 branches failed: refused; circuit open; bulkhead closed";
    assert_eq!(all.to_string(), text);
    assert!(!all.is_rejection());
}

#[test]
fn an_error_that_was_made_is_the_error_that_a_policy_gives() {
    let config = CircuitBreakerConfig::new(1, SECOND, 1).unwrap();
    let layer = CircuitBreakerLayer::new(config).unwrap();
    layer.force_open();
    let service = tower::service_fn(|()| async { Ok::<_, u8>(()) });
    let mut service = tower::Layer::layer(&layer, service);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let ready = tower::Service::<()>::poll_ready(&mut service, &mut cx);
    assert!(ready.is_ready());
    let call = std::pin::pin!(tower::Service::call(&mut service, ()));
    let said = std::future::Future::poll(call, &mut cx);
    let made = ResilienceError::circuit_open(None);
    assert_eq!(said, std::task::Poll::Ready(Err(made)));
}

#[test]
fn errors_of_two_sinks_can_be_made_without_sinks() {
    type Both = ComposedSinkError<io::Error, io::Error>;
    let first = Both::of_first(refused());
    assert_eq!(
        (first.first().is_some(), first.second().is_some()),
        (true, false)
    );
    assert_eq!(first.to_string(), "the first sink failed");
    let second = Both::of_second(refused());
    assert_eq!(second.to_string(), "the second sink failed");
    let both = Both::of_both(refused(), io::Error::other("full"));
    assert_eq!(both.to_string(), "both sinks failed, the second with: full");
    assert_eq!(both.source().unwrap().to_string(), "refused");
}
