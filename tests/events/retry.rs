use std::task::Poll;
use std::time::Duration;

use ninelives::emit::FailureCause;
use ninelives::emit::PolicyEvent as Told;
use ninelives::prelude::*;
use ninelives::retry::{RetryPolicyBuilder, RetryService};
use tower::Layer;

use crate::backend::{Ask, Backend, Broken, Gate, Readiness};
use crate::drive::{done, panics, poll, start};
use crate::{End, MS, Sink, assert_told, end, sink_on, told};

const TEN: Duration = Duration::from_millis(10);
const TWENTY: Duration = Duration::from_millis(20);
const THIRTY: Duration = Duration::from_millis(30);

type Builder<P> = RetryPolicyBuilder<P, ManualTimer>;
type Protected<P> = RetryService<
    ninelives::lift::Lift<Backend, ninelives::emit::Timed>,
    P,
    ManualTimer,
    <Sink as ninelives::emit::Sink>::Emitter,
>;

struct Rig<P> {
    timer: ManualTimer,
    sink: Sink,
    backend: Backend,
    service: Protected<P>,
}

fn builder(timer: &ManualTimer) -> Builder<ninelives::retry::Transient> {
    RetryPolicy::builder()
        .backoff(Backoff::exponential(TEN))
        .with_timer(timer.clone())
}

fn rig<P>(build: impl FnOnce(&ManualTimer) -> Builder<P>) -> Rig<P> {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let backend = Backend::default();
    let layer = build(&timer).build().unwrap().into_layer();
    Rig {
        service: layer.with_sink(sink.clone()).layer(backend.clone()),
        timer,
        sink,
        backend,
    }
}

#[test]
fn each_attempt_is_told_before_its_wait_and_the_end_of_them_once() {
    let mut rig = rig(builder);
    let mut call = start(&mut rig.service, Ask::Fail);
    assert_told!(rig.sink, []);
    assert!(poll(&mut call).is_pending());
    assert_told!(
        rig.sink,
        [Told::RetryAttempt {
            attempt: 2,
            delay: TEN,
            ..
        }]
    );
    assert!(poll(&mut call).is_pending());
    assert_told!(rig.sink, []);
    rig.timer.advance(TEN);
    assert!(poll(&mut call).is_pending());
    let events = assert_told!(
        rig.sink,
        [Told::RetryAttempt {
            attempt: 3,
            delay: TWENTY,
            ..
        }]
    );
    assert_eq!(events[0].time().as_nanos(), 10_000_000);
    rig.timer.advance(TWENTY);
    assert!(poll(&mut call).is_ready());
    assert_told!(
        rig.sink,
        [
            Told::RetryExhausted { attempts: 3, .. },
            Told::RequestFailure {
                cause: FailureCause::Exhausted,
                elapsed: THIRTY,
                ..
            },
        ]
    );
}

#[test]
fn a_call_that_needs_no_second_attempt_tells_its_outcome_alone() {
    let mut rig = rig(builder);
    let gate = Gate::new();
    let mut call = start(&mut rig.service, Ask::At(gate.clone()));
    assert!(poll(&mut call).is_pending());
    rig.timer.advance(TEN);
    gate.answer();
    assert_eq!(done(call), Ok(()));
    assert_told!(rig.sink, [Told::RequestSuccess { elapsed: TEN, .. }]);
}

#[test]
fn a_retry_that_helped_is_told_with_the_success() {
    let mut rig = rig(builder);
    let gate = Gate::new();
    gate.fail();
    let mut call = start(&mut rig.service, Ask::At(gate.clone()));
    assert!(poll(&mut call).is_pending());
    gate.answer();
    rig.timer.advance(TEN);
    assert_eq!(done(call), Ok(()));
    assert_told!(
        rig.sink,
        [
            Told::RetryAttempt { attempt: 2, .. },
            Told::RequestSuccess { elapsed: TEN, .. },
        ]
    );
}

#[test]
fn the_delay_that_is_told_is_the_one_that_is_waited() {
    for seed in 0..20 {
        let jittered = |timer: &_| builder(timer).with_jitter(Jitter::full()).with_seed(seed);
        let mut rig = rig(jittered);
        let mut call = start(&mut rig.service, Ask::Fail);
        assert!(poll(&mut call).is_pending());
        let [Told::RetryAttempt { delay, .. }] = told(&rig.sink)[..] else {
            panic!("seed {seed}")
        };
        if delay.is_zero() {
            continue;
        }
        rig.timer.advance(delay - Duration::from_nanos(1));
        assert!(poll(&mut call).is_pending());
        assert_eq!(rig.backend.calls(), 1, "seed {seed}");
        rig.timer.advance(Duration::from_nanos(1));
        assert!(poll(&mut call).is_pending());
        assert_eq!(rig.backend.calls(), 2, "seed {seed}");
    }
}

#[test]
fn a_retry_without_a_wait_is_told_with_a_delay_of_zero() {
    let at_once = |timer: &_| {
        builder(timer)
            .backoff(Backoff::constant(Duration::ZERO))
            .max_attempts(2)
    };
    let mut rig = rig(at_once);
    let mut call = start(&mut rig.service, Ask::Fail);
    assert!(poll(&mut call).is_pending());
    assert_told!(
        rig.sink,
        [Told::RetryAttempt {
            attempt: 2,
            delay: Duration::ZERO,
            ..
        }]
    );
    assert!(done(call).is_err());
    assert_told!(
        rig.sink,
        [
            Told::RetryExhausted { attempts: 2, .. },
            Told::RequestFailure {
                cause: FailureCause::Exhausted,
                elapsed: Duration::ZERO,
                ..
            },
        ]
    );
}

#[test]
fn a_single_attempt_that_fails_is_exhausted() {
    let mut rig = rig(|timer| builder(timer).max_attempts(1));
    assert!(done(start(&mut rig.service, Ask::Fail)).is_err());
    assert_told!(
        rig.sink,
        [
            Told::RetryExhausted { attempts: 1, .. },
            Told::RequestFailure {
                cause: FailureCause::Exhausted,
                ..
            },
        ]
    );
}

#[test]
fn an_empty_budget_is_told_with_the_attempts_made() {
    let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
    let mut rig = rig(|timer| builder(timer).with_budget(budget));
    let mut call = start(&mut rig.service, Ask::Fail);
    assert!(poll(&mut call).is_pending());
    assert_told!(rig.sink, [Told::RetryAttempt { attempt: 2, .. }]);
    rig.timer.advance(TEN);
    assert_eq!(done(call), Err(ResilienceError::Inner(Broken)));
    assert_told!(
        rig.sink,
        [
            Told::RetryBudgetExhausted { attempts: 2, .. },
            Told::RequestFailure {
                cause: FailureCause::Inner,
                elapsed: TEN,
                ..
            },
        ]
    );
    assert!(done(start(&mut rig.service, Ask::Fail)).is_err());
    assert_told!(
        rig.sink,
        [Told::RetryBudgetExhausted { attempts: 1, .. }, _]
    );
}

#[test]
fn a_total_time_that_ends_it_is_not_told_as_exhausted() {
    let mut rig = rig(|timer| builder(timer).max_duration(MS));
    assert!(done(start(&mut rig.service, Ask::Fail)).is_err());
    assert_told!(
        rig.sink,
        [Told::RequestFailure {
            cause: FailureCause::Inner,
            ..
        }]
    );
}

#[test]
fn an_error_that_is_not_retried_is_a_failure_and_no_attempt() {
    let mut rig = rig(|timer| builder(timer).should_retry(|_: &Broken| false));
    assert!(done(start(&mut rig.service, Ask::Fail)).is_err());
    assert_told!(
        rig.sink,
        [Told::RequestFailure {
            cause: FailureCause::Inner,
            ..
        }]
    );
}

#[test]
fn a_call_dropped_in_its_wait_is_cancelled() {
    let mut rig = rig(builder);
    let mut call = start(&mut rig.service, Ask::Fail);
    assert!(poll(&mut call).is_pending());
    rig.timer.advance(MS);
    drop(call);
    assert_told!(
        rig.sink,
        [
            Told::RetryAttempt { .. },
            Told::RequestCancelled { elapsed: MS, .. }
        ]
    );
}

#[test]
fn a_readiness_that_fails_before_an_attempt_ends_the_request_as_its_error() {
    let mut rig = rig(builder);
    let mut call = start(&mut rig.service, Ask::Fail);
    assert!(poll(&mut call).is_pending());
    rig.backend.set(Readiness::Broken);
    rig.timer.advance(TEN);
    assert!(matches!(
        poll(&mut call),
        Poll::Ready(Err(ResilienceError::Inner(Broken)))
    ));
    assert_told!(
        rig.sink,
        [
            Told::RetryAttempt { attempt: 2, .. },
            Told::RequestFailure {
                cause: FailureCause::Inner,
                elapsed: TEN,
                ..
            },
        ]
    );
}

#[test]
fn a_predicate_that_panics_is_a_panic_of_the_request() {
    let mut rig = rig(|timer| builder(timer).should_retry(|_: &Broken| panic!("on purpose")));
    let call = start(&mut rig.service, Ask::Fail);
    assert!(panics(|| done(call)));
    assert_eq!(
        end(&told(&rig.sink)).0,
        End::Failure(FailureCause::Panicked)
    );
}
