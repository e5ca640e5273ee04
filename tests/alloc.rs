//! What a call allocates: nothing.
//!
//! Two things do, and each has its test: the list of errors when every branch of a `|` or `&` failed, and the timer of a
//! service's first wait for readiness that a timeout covers.
#![allow(missing_docs, clippy::disallowed_methods)]

#[path = "support/bearing.rs"]
mod bearing;
#[path = "support/contract.rs"]
mod contract;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bearing::{bearing, bearing_as};
use contract::{Contract, Failed, Script};
use ninelives::circuit_breaker::CircuitRamp;
use ninelives::deadline::{Carried, Deadline};
use ninelives::prelude::*;
use ninelives::{ManualClock, Tick};
use tower::util::BoxCloneService;
use tower::{Layer, Service};

type Flat = ResilienceError<Failed>;

const CALLS: u64 = 10_000;
const GOOD: Script = Script {
    ready_after: 0,
    ready_fails: false,
    answer_after: 0,
    failing: 0,
    panics: None,
};
const BAD: Script = Script {
    failing: u64::MAX,
    ..GOOD
};
const SLOW: Script = Script {
    answer_after: 1,
    ..GOOD
};
const MINUTE: Duration = Duration::from_secs(60);

/// Allocations of 10,000 rounds on this thread, after 100 to warm up, within a tokio runtime.
fn allocations(mut round: impl FnMut()) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let _inside = runtime.enter();
    for _ in 0..100 {
        round();
    }
    allocation_counter::measure(|| (0..CALLS).for_each(|_| round())).count_total
}

/// Polls `future` to its end without waiting: whatever pends has woken itself.
fn finish<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..32 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
    panic!("stuck");
}

fn ready<S: Service<u32, Error = Flat>>(service: &mut S) {
    finish(std::future::poll_fn(|cx| service.poll_ready(cx))).unwrap();
}

fn serve<S: Service<u32, Error = Flat>>(service: &mut S) -> Result<S::Response, Flat> {
    ready(service);
    finish(service.call(7))
}

/// Allocations per 10,000 calls of `policy` over a service with this script, each as `expected`; then each on a clone.
fn spent<P>(policy: &P, script: Script, expected: fn(&Result<u32, Flat>) -> bool) -> u64
where
    P: Layer<Contract>,
    P::Service: Service<u32, Response = u32, Error = Flat> + Clone,
{
    let mut service = policy.layer(Contract::new(script).0);
    let check = |result: Result<u32, Flat>| assert!(expected(&result), "{result:?}");
    let same = allocations(|| check(serve(&mut service)));
    let cloned = allocations(|| check(serve(&mut service.clone())));
    same + cloned
}

fn ok(result: &Result<u32, Flat>) -> bool {
    *result == Ok(7)
}

fn failed(result: &Result<u32, Flat>) -> bool {
    *result == Err(ResilienceError::Inner(Failed))
}

fn timeout() -> Policy<TimeoutLayer> {
    Policy(TimeoutLayer::new(MINUTE).unwrap())
}

fn retry() -> Policy<RetryLayer> {
    let builder = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::constant(Duration::ZERO))
        .with_budget(RetryBudget::new(10.0, 0.0, 100).unwrap());
    Policy(builder.build().unwrap().into_layer())
}

fn bulkhead() -> Policy<BulkheadLayer> {
    Policy(BulkheadLayer::new(4).unwrap())
}

fn queue(permits: usize) -> Policy<BulkheadLayer<ninelives::bulkhead::Queued>> {
    Policy(BulkheadLayer::queued(permits, 4, MINUTE).unwrap())
}

fn breaker() -> Policy<CircuitBreakerLayer> {
    let config = CircuitBreakerConfig::new(4_095, MINUTE, 1).unwrap();
    Policy(CircuitBreakerLayer::new(config).unwrap())
}

/// One that no number of failures opens.
fn counting() -> Policy<CircuitBreakerLayer> {
    let config = breaker().0.config().with_metrics_only(true);
    Policy(CircuitBreakerLayer::new(config).unwrap())
}

fn pass() -> Policy<ninelives::algebra::Tower<tower::layer::util::Identity>> {
    Policy::tower(tower::layer::util::Identity::new())
}

#[test]
fn the_counter_counts() {
    let mut boxed = BoxCloneService::new(timeout().layer(Contract::<Failed>::new(GOOD).0));
    let seen = allocations(|| assert!(serve(&mut boxed).is_ok()));
    assert_eq!(seen, CALLS, "one boxed future a call");
}

#[test]
fn an_answer_at_once_costs_nothing() {
    assert_eq!(spent(&timeout(), GOOD, ok), 0, "timeout");
    assert_eq!(spent(&retry(), GOOD, ok), 0, "retry");
    assert_eq!(spent(&bulkhead(), GOOD, ok), 0, "bulkhead");
    assert_eq!(spent(&queue(4), GOOD, ok), 0, "queue");
    assert_eq!(spent(&breaker(), GOOD, ok), 0, "breaker");
}

#[test]
fn an_answer_that_pends_on_the_tokio_timer_costs_nothing() {
    assert_eq!(spent(&timeout(), SLOW, ok), 0, "timeout");
    assert_eq!(spent(&retry(), SLOW, ok), 0, "retry");
    assert_eq!(spent(&bulkhead(), SLOW, ok), 0, "bulkhead");
    assert_eq!(spent(&queue(4), SLOW, ok), 0, "queue");
    assert_eq!(spent(&breaker(), SLOW, ok), 0, "breaker");
}

#[test]
fn a_deadline_costs_nothing_kept_awaited_or_passed() {
    let timeout = || timeout().0.covering_readiness().with_deadline();
    assert_eq!(spent(&bearing(timeout()), GOOD, ok), 0, "ready");
    assert_eq!(spent(&bearing(timeout()), SLOW, ok), 0, "pending");
    assert_eq!(spent(&bearing(timeout().live()), SLOW, ok), 0, "live");
    let waits = Script {
        ready_after: 1,
        ..GOOD
    };
    assert_eq!(spent(&bearing(timeout()), waits, ok), 0, "readiness");
    let passed = |n| (n, Carried::NOTHING.with_deadline(Deadline::at(Tick::ZERO)));
    let refused = |result: &Result<u32, Flat>| {
        result
            .as_ref()
            .is_err_and(ResilienceError::is_deadline_passed)
    };
    let late = bearing_as(timeout(), passed);
    assert_eq!(spent(&late, GOOD, refused), 0, "refused");
}

#[test]
fn a_retry_that_heeds_requests_or_ends_with_its_time_costs_nothing() {
    let builder = || {
        let budget = RetryBudget::new(10.0, 0.0, 100).unwrap();
        let builder = RetryPolicy::builder().with_budget(budget);
        builder.backoff(Backoff::constant(Duration::ZERO))
    };
    let exhausted = |result: &Result<u32, Flat>| {
        result
            .as_ref()
            .is_err_and(ResilienceError::is_retry_exhausted)
    };
    let heeding = || builder().heeding_requests().build().unwrap().into_layer();
    let clipped = builder().with_total_timeout(MINUTE).build().unwrap();
    let clipped = Policy(clipped.into_layer());
    for (script, expected) in [(GOOD, ok as fn(&_) -> _), (SLOW, ok), (BAD, exhausted)] {
        assert_eq!(spent(&bearing(heeding()), script, expected), 0, "heeding");
        assert_eq!(spent(&clipped, script, expected), 0, "clipped");
    }
    let twice = builder().retry_if(|answer: Result<&u32, &Failed>| answer == Ok(&7));
    let twice = Policy(twice.build().unwrap().into_layer());
    assert_eq!(spent(&twice, GOOD, ok), 0, "over responses");
}

#[test]
fn a_line_and_a_race_that_heed_requests_cost_nothing_late_ones_either() {
    let line = || queue(4).0.heeding_requests();
    let race = || (pass() & pass()).stagger(MINUTE).heeding_requests().0;
    for script in [GOOD, SLOW] {
        assert_eq!(spent(&bearing(line()), script, ok), 0, "line");
        assert_eq!(spent(&bearing(line().live()), script, ok), 0, "live line");
        assert_eq!(spent(&bearing(race()), script, ok), 0, "race");
    }
    let passed = |n| (n, Carried::NOTHING.with_deadline(Deadline::at(Tick::ZERO)));
    let refused = |result: &Result<u32, Flat>| {
        result
            .as_ref()
            .is_err_and(ResilienceError::is_deadline_passed)
    };
    assert_eq!(spent(&bearing_as(line(), passed), GOOD, refused), 0, "line");
    assert_eq!(spent(&bearing_as(race(), passed), GOOD, refused), 0, "race");
}

#[test]
fn a_live_bulkhead_costs_nothing_after_changes_too() {
    let (plain, line) = (Policy(bulkhead().0.live()), Policy(queue(4).0.live()));
    for limit in [3, 2] {
        assert_eq!(plain.0.resize(limit), Ok(limit + 1));
        assert_eq!(line.0.resize(limit), Ok(limit + 1));
        assert_eq!(spent(&plain, GOOD, ok), 0, "bulkhead");
        assert_eq!(spent(&line, SLOW, ok), 0, "queue");
    }
    plain.0.resize(0).unwrap();
    line.0.close();
    let rejected =
        |result: &Result<u32, Flat>| result.as_ref().is_err_and(ResilienceError::is_bulkhead);
    assert_eq!(spent(&plain, GOOD, rejected), 0, "full");
    assert_eq!(spent(&line, GOOD, rejected), 0, "closed");
}

#[test]
fn weights_and_classes_cost_nothing() {
    use ninelives::bulkhead::Priority;
    let weighed = Policy(bulkhead().0.weighted_by(|_: &u32| 3));
    let line = queue(4).0.weighted_by(|_: &u32| 3);
    let line = Policy(line.prioritized_by(|_: &u32| Priority::Low));
    assert_eq!(spent(&weighed, SLOW, ok), 0, "weighed");
    assert_eq!(spent(&line, SLOW, ok), 0, "line");
    weighed.0.resize(2).unwrap();
    line.0.resize(2).unwrap();
    let overweight = |result: &Result<u32, Flat>| {
        matches!(result, Err(ResilienceError::BulkheadOverweight { .. }))
    };
    assert_eq!(spent(&weighed, GOOD, overweight), 0, "overweight");
    assert_eq!(spent(&line, GOOD, overweight), 0, "overweight");
}

#[test]
fn a_failure_costs_nothing() {
    assert_eq!(spent(&timeout(), BAD, failed), 0, "timeout");
    assert_eq!(spent(&bulkhead(), BAD, failed), 0, "bulkhead");
    assert_eq!(spent(&queue(4), BAD, failed), 0, "queue");
    assert_eq!(spent(&counting(), BAD, failed), 0, "breaker");
    let exhausted = |result: &Result<u32, Flat>| {
        result
            .as_ref()
            .is_err_and(ResilienceError::is_retry_exhausted)
    };
    assert_eq!(spent(&retry(), BAD, exhausted), 0, "retry");
}

#[test]
fn a_rejection_costs_nothing() {
    let open = breaker();
    open.0.force_open();
    let circuit_open =
        |result: &Result<u32, Flat>| result.as_ref().is_err_and(ResilienceError::is_circuit_open);
    assert_eq!(spent(&open, GOOD, circuit_open), 0, "breaker");
    let rejected =
        |result: &Result<u32, Flat>| result.as_ref().is_err_and(ResilienceError::is_bulkhead);
    let full = bulkhead();
    full.0.resize(0).unwrap();
    assert_eq!(spent(&full, GOOD, rejected), 0, "bulkhead");
    let closed = queue(1);
    closed.0.close();
    assert_eq!(spent(&closed, GOOD, rejected), 0, "queue");
}

#[test]
fn a_wait_in_line_costs_nothing() {
    let policy = queue(1);
    let mut service = policy.layer(Contract::<Failed>::new(SLOW).0);
    let mut cx = Context::from_waker(Waker::noop());
    let seen = allocations(|| {
        ready(&mut service);
        let mut first = pin!(service.call(1));
        assert!(first.as_mut().poll(&mut cx).is_pending());
        ready(&mut service);
        let mut second = pin!(service.call(2));
        assert!(second.as_mut().poll(&mut cx).is_pending());
        assert_eq!(policy.0.waiting(), 1);
        assert_eq!(finish(first), Ok(1));
        assert_eq!(finish(second), Ok(2));
    });
    assert_eq!(seen, 0);
}

#[test]
fn a_window_costs_nothing_full_or_not_plain_or_live() {
    use ninelives::circuit_breaker::Windowed;
    let timed = breaker().0.config().with_metrics_only(true);
    let timed = timed.with_failure_rate(0.5).unwrap();
    let all: [(&str, CircuitBreakerConfig<Windowed>); 4] = [
        ("time", timed),
        ("few", timed.with_count_window(20).unwrap()),
        ("many", timed.with_count_window(100).unwrap()),
        ("slow", timed.with_slow_calls(MINUTE, 0.5).unwrap()),
    ];
    for (name, config) in all {
        let plain = CircuitBreakerLayer::new(config).unwrap();
        let live = Policy(plain.clone().live());
        let plain = Policy(plain);
        assert_eq!(spent(&plain, GOOD, ok), 0, "{name}");
        assert_eq!(spent(&plain, SLOW, ok), 0, "{name}, pending");
        assert_eq!(spent(&plain, BAD, failed), 0, "{name}, failing");
        assert!(plain.0.view().rates.unwrap().calls > 0, "{name}");
        assert_eq!(spent(&live, GOOD, ok), 0, "{name}, live");
        assert_eq!(spent(&live, BAD, failed), 0, "{name}, live and failing");
    }
}

#[test]
fn a_ramp_costs_nothing_for_those_it_lets_through_and_those_it_turns_away() {
    let ramp = CircuitRamp::new().with_minimum(31).unwrap();
    let config = breaker().0.config().with_ramp(ramp);
    let clock = Arc::new(ManualClock::new());
    let layer = CircuitBreakerLayer::with_clock(config, Arc::clone(&clock)).unwrap();
    layer.trip();
    clock.advance(MINUTE);
    let mut service = Policy(layer).layer(Contract::new(GOOD).0);
    let mut through = 0;
    let seen = allocations(|| {
        clock.advance(Duration::from_millis(10));
        through += u64::from(serve(&mut service).is_ok());
    });
    assert_eq!(seen, 0);
    assert!(through > 100 && through < CALLS / 2, "{through}");
}

#[test]
fn live_settings_cost_nothing_before_and_after_a_change() {
    let breaker = Policy(counting().0.live());
    let settings = breaker.0.settings();
    for failures in [3_000, 4_095] {
        assert_eq!(spent(&breaker, GOOD, ok), 0, "breaker");
        assert_eq!(spent(&breaker, BAD, failed), 0, "breaker, failing");
        let change = |config: &CircuitBreakerConfig| config.with_failure_threshold(failures);
        settings.update(|config| change(config).unwrap()).unwrap();
        breaker.0.reset();
    }
    let acting = breaker.0.config().with_metrics_only(false);
    settings.set(acting).unwrap();
    breaker.0.trip();
    let circuit_open =
        |result: &Result<u32, Flat>| result.as_ref().is_err_and(ResilienceError::is_circuit_open);
    assert_eq!(spent(&breaker, GOOD, circuit_open), 0, "breaker, open");
}

#[test]
fn a_live_stagger_costs_nothing_before_and_after_a_change() {
    let race = (pass() & pass()).live();
    for stagger in [Duration::ZERO, MINUTE] {
        let config = race.config().with_stagger(stagger);
        race.settings().set(config).unwrap();
        assert_eq!(spent(&race, GOOD, ok), 0, "{stagger:?}");
    }
}

#[test]
fn live_attempts_cost_nothing_before_and_after_a_change() {
    let retry = Policy(retry().0.live());
    let exhausted = |result: &Result<u32, Flat>| {
        result
            .as_ref()
            .is_err_and(ResilienceError::is_retry_exhausted)
    };
    for attempts in [3, 4] {
        let config = retry.0.config().with_max_attempts(attempts).unwrap();
        retry.0.settings().set(config).unwrap();
        assert_eq!(spent(&retry, GOOD, ok), 0, "ready");
        assert_eq!(spent(&retry, BAD, exhausted), 0, "failing");
    }
}

#[test]
fn the_whole_stack_costs_nothing() {
    let stack = || timeout() + counting() + bulkhead() + retry();
    assert_eq!(spent(&stack(), GOOD, ok), 0, "ready");
    assert_eq!(spent(&stack(), SLOW, ok), 0, "pending");
    let exhausted = |result: &Result<u32, Flat>| {
        result
            .as_ref()
            .is_err_and(ResilienceError::is_retry_exhausted)
    };
    assert_eq!(spent(&stack(), BAD, exhausted), 0, "failing");
}

#[test]
fn events_of_the_whole_stack_cost_nothing_in_a_ring_that_is_full() {
    let sink = StreamingSink::new(64).unwrap();
    let mut subscriber = sink.subscribe();
    let stack = || (timeout() + counting() + bulkhead() + retry()).with_sink(sink.clone());
    let exhausted = |result: &Result<u32, Flat>| {
        result
            .as_ref()
            .is_err_and(ResilienceError::is_retry_exhausted)
    };
    // Each script calls 20,200 times, on a ring that nobody empties.
    assert_eq!(spent(&stack(), GOOD, ok), 0, "ready");
    assert_eq!(spent(&stack(), SLOW, ok), 0, "pending");
    assert_eq!(spent(&stack(), BAD, exhausted), 0, "failing");
    let open = Policy(breaker().0.with_sink(sink.clone()));
    open.0.force_open();
    let circuit_open =
        |result: &Result<u32, Flat>| result.as_ref().is_err_and(ResilienceError::is_circuit_open);
    assert_eq!(spent(&open, GOOD, circuit_open), 0, "rejecting");
    // A success is told by four policies, with one permit; a rejection by one, twice.
    let calls = 2 * (CALLS + 100);
    assert!(subscriber.backlog() >= 2 * 5 * calls + 2 * calls);
    let mut received = 0;
    while let Some(delivery) = subscriber.try_recv() {
        received += u64::from(delivery.event().is_some());
    }
    assert_eq!(received, 64, "{subscriber:?}");
}

#[test]
fn events_cost_nothing_while_a_subscriber_takes_them() {
    let sink = StreamingSink::new(64).unwrap();
    let mut subscriber = sink.subscribe();
    let stack = (timeout() + counting() + bulkhead() + retry()).with_sink(sink.clone());
    let mut service = stack.layer(Contract::<Failed>::new(GOOD).0);
    let mut received = 0;
    let seen = allocations(|| {
        assert_eq!(serve(&mut service), Ok(7));
        while let Some(delivery) = subscriber.try_recv() {
            received += u64::from(delivery.event().is_some());
        }
    });
    assert_eq!((seen, received), (0, 5 * (CALLS + 100)));
}

#[test]
fn a_fallback_costs_nothing_used_or_not() {
    assert_eq!(spent(&(pass() | pass()), GOOD, ok), 0, "not used");
    let backed = pass() | Policy::respond(|n: u32| n);
    assert_eq!(spent(&backed, BAD, ok), 0, "used");
}

#[test]
fn a_race_costs_nothing_fired_or_not() {
    let staggered = || (pass() & pass()).stagger(MINUTE);
    assert_eq!(spent(&staggered(), GOOD, ok), 0, "not fired");
    assert_eq!(spent(&staggered(), SLOW, ok), 0, "armed");
    assert_eq!(spent(&(pass() & pass()), SLOW, ok), 0, "both at once");
    let budget = || RetryBudget::new(10.0, 0.0, 100).unwrap();
    assert_eq!(
        spent(&staggered().with_budget(budget()), SLOW, ok),
        0,
        "paid"
    );
    let paid = (pass() & pass()).with_budget(budget());
    assert_eq!(spent(&paid, SLOW, ok), 0, "both paid");
    let fired = (pass() & Policy::respond(|n: u32| n)).stagger(MINUTE);
    assert_eq!(spent(&fired, BAD, ok), 0, "fired");
}

#[test]
fn a_failure_of_every_branch_costs_its_list() {
    let all_failed =
        |result: &Result<u32, Flat>| matches!(result, Err(ResilienceError::AllFailed(_)));
    let twice = 2 * CALLS;
    assert_eq!(spent(&(pass() | pass()), BAD, all_failed), twice, "|");
    assert_eq!(spent(&(pass() & pass()), BAD, all_failed), twice, "&");
}

#[test]
fn a_retry_that_sleeps_costs_nothing() {
    // Calls that wait on time need the runtime to run, whose own start costs the same whatever the number of calls.
    let spent = |calls: u64| {
        let retry = RetryPolicy::builder().max_attempts(3).build().unwrap();
        let mut service = retry.into_layer().layer(Contract::<Failed>::new(BAD).0);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let mut run = |calls: u64| {
            runtime.block_on(async {
                for _ in 0..calls {
                    ready(&mut service);
                    assert!(service.call(7).await.is_err());
                }
            });
        };
        run(100);
        allocation_counter::measure(|| run(calls)).count_total
    };
    assert_eq!(spent(CALLS), spent(1));
}

#[test]
fn a_wait_for_readiness_that_is_covered_costs_one_timer_a_service() {
    let policy = Policy(timeout().0.covering_readiness());
    let waits = Script {
        ready_after: 1,
        ..GOOD
    };
    assert_eq!(spent(&policy, GOOD, ok), 0, "ready at once");
    assert_eq!(spent(&policy, waits, ok), CALLS, "one for each clone");
}
