use std::error::Error;
use std::io;
use std::time::Duration;

use super::{AttemptError, Failures, ResilienceError};

type Flat = ResilienceError<io::Error>;

fn inner(text: &str) -> Flat {
    Flat::Inner(io::Error::other(text.to_owned()))
}

fn timeout() -> Flat {
    Flat::Timeout {
        elapsed: Duration::from_millis(12),
        timeout: Duration::from_millis(10),
    }
}

#[test]
fn the_error_is_small() {
    assert!(size_of::<ResilienceError<()>>() <= 40);
    assert!(size_of::<ResilienceError<[u64; 4]>>() <= 56);
}

#[test]
fn messages_are_lower_case_without_a_full_stop() {
    let exhausted = Flat::RetryExhausted {
        attempts: 3,
        last: AttemptError::Inner(io::Error::other("refused")),
    };
    assert_eq!(exhausted.to_string(), "gave up after 3 attempts: refused");
    assert_eq!(timeout().to_string(), "timed out after 12ms (limit 10ms)");
    assert_eq!(
        Flat::Bulkhead {
            in_flight: 4,
            max: 4
        }
        .to_string(),
        "bulkhead full: 4 of 4 permits out"
    );
}

#[test]
fn one_attempt_and_one_permit_are_told_as_one() {
    let exhausted = Flat::RetryExhausted {
        attempts: 1,
        last: AttemptError::Inner(io::Error::other("refused")),
    };
    assert_eq!(exhausted.to_string(), "gave up after 1 attempt: refused");
    let full = |max| Flat::Bulkhead { in_flight: 1, max }.to_string();
    assert_eq!(full(1), "bulkhead full: 1 of 1 permit out");
    assert_eq!(full(2), "bulkhead full: 1 of 2 permits out");
}

#[test]
fn failures_of_nested_branches_are_one_flat_list() {
    let first = Flat::AllFailed(Failures::join(inner("a"), timeout()));
    let all = Failures::join(first, inner("c"));
    assert_eq!(all.iter().count(), 3);
    assert!(!all.iter().any(|error| matches!(error, Flat::AllFailed(_))));
    assert_eq!(
        all.to_string(),
        "all 3 branches failed: a; timed out after 12ms (limit 10ms); c"
    );
}

#[test]
fn branches_that_were_all_rejected_are_a_rejection() {
    let open = || Flat::CircuitOpen { retry_after: None };
    assert!(Flat::AllFailed(Failures::join(open(), Flat::BulkheadClosed)).is_rejection());
    assert!(!Flat::AllFailed(Failures::join(open(), inner("x"))).is_rejection());
}

#[test]
fn the_source_is_the_services_own_error() {
    let exhausted = Flat::RetryExhausted {
        attempts: 2,
        last: AttemptError::Inner(io::Error::other("deep")),
    };
    assert_eq!(exhausted.source().unwrap().to_string(), "deep");
    assert!(timeout().source().is_none());
}

#[test]
fn a_boxed_inner_error_comes_back_as_it_is() {
    type Any = Box<dyn Error + Send + Sync>;
    let error: ResilienceError<Any> = ResilienceError::Inner(Box::new(io::Error::other("mine")));
    assert!(error.into_boxed().downcast_ref::<io::Error>().is_some());
    let rejected: ResilienceError<Any> = ResilienceError::BulkheadClosed;
    assert_eq!(rejected.into_boxed().to_string(), "bulkhead closed");
}

#[test]
fn the_inner_error_of_the_last_attempt_can_be_taken() {
    let exhausted = ResilienceError::RetryExhausted {
        attempts: 2,
        last: AttemptError::Inner(7),
    };
    assert_eq!(exhausted.as_inner(), Some(&7));
    assert_eq!(exhausted.map_inner(|n| n + 1).into_inner(), Some(8));
}

const SECOND: Duration = Duration::from_secs(1);

/// One of each, over `u8`.
fn errors() -> Vec<ResilienceError<u8>> {
    vec![
        ResilienceError::Timeout {
            elapsed: SECOND,
            timeout: SECOND,
        },
        ResilienceError::Bulkhead {
            in_flight: 1,
            max: 1,
        },
        ResilienceError::BulkheadOverweight { weight: 3, max: 2 },
        ResilienceError::BulkheadTimeout { waited: SECOND },
        ResilienceError::BulkheadClosed,
        ResilienceError::CircuitOpen { retry_after: None },
        ResilienceError::CircuitOpen {
            retry_after: Some(SECOND),
        },
        ResilienceError::DeadlinePassed { late_by: SECOND },
        ResilienceError::RetryExhausted {
            attempts: 3,
            last: AttemptError::Inner(1),
        },
        ResilienceError::RetryExhausted {
            attempts: 3,
            last: AttemptError::Timeout {
                elapsed: SECOND,
                timeout: SECOND,
            },
        },
        ResilienceError::Inner(1),
    ]
}

#[test]
fn errors_are_told_in_lower_case_without_a_full_stop() {
    for error in errors() {
        let text = error.to_string();
        let first = text.chars().next().unwrap();
        assert!(!first.is_uppercase() && !text.ends_with('.'), "{text}");
    }
}

#[test]
fn an_error_over_another_type_is_the_same_but_for_what_is_inside() {
    for error in errors() {
        let mapped = error.clone().map_inner(|inner| u64::from(inner) + 41);
        assert_eq!(mapped.cause(), error.cause());
        assert_eq!(mapped.retry_after(), error.retry_after());
        assert_eq!(mapped.into_inner(), error.into_inner().map(|_| 42));
    }
}

#[test]
fn an_attempts_error_goes_where_errors_go_with_the_services_behind_it() {
    let inner = AttemptError::Inner(io::Error::other("refused"));
    let boxed: Box<dyn Error> = Box::new(inner);
    assert_eq!(boxed.source().unwrap().to_string(), "refused");
    let late: AttemptError<io::Error> = AttemptError::Timeout {
        elapsed: Duration::from_millis(12),
        timeout: Duration::from_millis(10),
    };
    assert!(late.source().is_none());
}
