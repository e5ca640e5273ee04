//! The harness for authors of layers: every policy passes, and each planted fault is found by its name.
#![allow(missing_docs)]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use ninelives::prelude::*;
use ninelives::testing::{Act, Hand, Held, Mood, Scripted, Stage, Violation, call, check, ready};
use tower::{Layer, Service};

type Backend = Scripted<u32, u32>;
type Boxed = Pin<Box<dyn Future<Output = Result<u32, u32>>>>;

const FAR: Duration = Duration::from_secs(3600);

fn found<S>(wrap: impl Fn(Backend) -> S) -> Violation
where
    S: Service<u32, Response = u32> + Clone,
{
    check(wrap).expect_err("a planted fault")
}

#[test]
fn every_policy_keeps_the_contract() {
    let timer = ManualTimer::new();
    let timeout = TimeoutLayer::new(FAR).unwrap().with_timer(timer.clone());
    let covering = timeout.clone().covering_readiness();
    let breaker = CircuitBreakerConfig::new(50, FAR, 1).unwrap();
    let breaker = CircuitBreakerLayer::new(breaker).unwrap();
    let queued = BulkheadLayer::queued(1, 8, FAR).unwrap();
    let queued = queued.with_timer(timer.clone());
    let retry = || {
        RetryPolicy::builder()
            .with_timer(ManualTimer::new())
            .build()
    };
    check(|service| service).unwrap();
    check(|service| timeout.layer(service)).unwrap();
    check(|service| covering.layer(service)).unwrap();
    check(|service| BulkheadLayer::new(1).unwrap().layer(service)).unwrap();
    check(|service| queued.layer(service)).unwrap();
    check(|service| breaker.layer(service)).unwrap();
    check(|service| retry().unwrap().into_layer().layer(service)).unwrap();
}

#[test]
fn compositions_keep_the_contract() {
    let timeout = || {
        Policy(
            TimeoutLayer::new(FAR)
                .unwrap()
                .with_timer(ManualTimer::new()),
        )
    };
    let bulkhead = || Policy(BulkheadLayer::new(4).unwrap());
    check(|service| (timeout() + bulkhead()).layer(service)).unwrap();
    check(|service| (timeout() | bulkhead()).layer(service)).unwrap();
    check(|service| (timeout() & bulkhead()).layer(service)).unwrap();
}

/// What a planted layer does with the service inside.
#[derive(Clone, Copy)]
enum Fault {
    CallsAClone,
    KeepsCalls,
    NeverReady,
    ForgetsTheWaker,
    SwallowsPanics,
    ChangesAnswers,
    NeverPolls,
    FailsReadiness,
    FailsAnswers,
    KeepsWhatIsDropped,
    KeepsServices,
}

/// The call of a planted layer, which stays when it is dropped before it is over.
struct Kept(Option<Boxed>);

impl Future for Kept {
    type Output = Result<u32, u32>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let call = self.0.as_mut().expect("it is not over");
        let poll = call.as_mut().poll(cx);
        if poll.is_ready() {
            self.0 = None;
        }
        poll
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        std::mem::forget(self.0.take());
    }
}

struct Faulty {
    inner: Backend,
    fault: Fault,
}

impl Clone for Faulty {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            fault: self.fault,
        }
    }
}

impl Service<u32> for Faulty {
    type Response = u32;
    type Error = u32;
    type Future = Boxed;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), u32>> {
        match self.fault {
            Fault::NeverReady => Poll::Pending,
            Fault::FailsReadiness => Poll::Ready(Err(0)),
            Fault::ForgetsTheWaker => {
                let mut deaf = Context::from_waker(std::task::Waker::noop());
                Service::<u32>::poll_ready(&mut self.inner, &mut deaf)
            }
            _ => Service::<u32>::poll_ready(&mut self.inner, cx),
        }
    }

    fn call(&mut self, request: u32) -> Boxed {
        match self.fault {
            Fault::CallsAClone => Box::pin(self.inner.clone().call(request)),
            Fault::KeepsCalls => {
                let call = Box::leak(Box::new(self.inner.call(request)));
                Box::pin(call)
            }
            Fault::SwallowsPanics => {
                let inner = &mut self.inner;
                let run = std::panic::AssertUnwindSafe(|| inner.call(request));
                match std::panic::catch_unwind(run) {
                    Ok(call) => Box::pin(call),
                    Err(_) => Box::pin(std::future::ready(Err(0))),
                }
            }
            Fault::ChangesAnswers => {
                let call = self.inner.call(request);
                Box::pin(async { call.await.map(|answer| answer + 1) })
            }
            Fault::NeverPolls => {
                let call = self.inner.call(request);
                Box::pin(async {
                    let _call = call;
                    std::future::pending().await
                })
            }
            Fault::FailsAnswers => {
                let call = self.inner.call(request);
                Box::pin(async { call.await.and_then(Err) })
            }
            Fault::KeepsWhatIsDropped => Box::pin(Kept(Some(Box::pin(self.inner.call(request))))),
            Fault::KeepsServices => {
                std::mem::forget(self.inner.clone());
                Box::pin(self.inner.call(request))
            }
            _ => Box::pin(self.inner.call(request)),
        }
    }
}

fn planted(fault: Fault) -> String {
    found(|inner| Faulty { inner, fault }).to_string()
}

#[test]
fn hc16_a_layer_that_calls_a_clone_is_found() {
    assert_eq!(
        planted(Fault::CallsAClone),
        "calls in sequence: it panicked: called without having been ready"
    );
}

#[test]
fn a_layer_that_keeps_calls_is_found() {
    assert_eq!(
        planted(Fault::KeepsCalls),
        "calls in sequence: held at the end: 32 calls, 0 readied services of 0"
    );
}

#[test]
fn a_layer_that_is_never_ready_is_found() {
    assert_eq!(
        planted(Fault::NeverReady),
        "calls in sequence: not ready, and what is inside is"
    );
}

#[test]
fn a_layer_that_loses_wake_ups_is_found() {
    assert_eq!(
        planted(Fault::ForgetsTheWaker),
        "readiness that comes later: the wake-up of a service that became ready was lost"
    );
}

#[test]
fn a_layer_that_swallows_panics_is_found() {
    assert_eq!(
        planted(Fault::SwallowsPanics),
        "a panic inside: PanicInCall did not come through"
    );
}

#[test]
fn a_layer_that_changes_answers_is_found() {
    assert_eq!(
        planted(Fault::ChangesAnswers),
        "calls in sequence: it answered 8, and what is inside 7"
    );
}

#[test]
fn a_layer_that_never_polls_the_call_is_found() {
    assert_eq!(
        planted(Fault::NeverPolls),
        "calls in sequence: it waits, and what is inside has answered"
    );
}

#[test]
fn a_layer_whose_readiness_fails_is_found() {
    assert_eq!(
        planted(Fault::FailsReadiness),
        "calls in sequence: its readiness failed"
    );
}

#[test]
fn a_layer_that_fails_what_was_answered_is_found() {
    assert_eq!(
        planted(Fault::FailsAnswers),
        "calls in sequence: it failed, and what is inside answered"
    );
}

#[test]
fn a_layer_that_keeps_a_call_which_its_caller_dropped_is_found() {
    let fault = Fault::KeepsWhatIsDropped;
    let violation = found(|inner| Faulty { inner, fault });
    assert_eq!(violation.scenario(), "calls that are dropped");
    assert_eq!(
        violation.to_string(),
        "calls that are dropped: after 0 polls: 1 call, 0 readied services of 1"
    );
}

#[test]
fn a_layer_that_keeps_services_is_found() {
    assert_eq!(
        planted(Fault::KeepsServices),
        "calls in sequence: held at the end: 0 calls, 0 readied services of 32"
    );
}

#[test]
fn a_stage_that_changes_its_mind_does_so_from_the_next_call_on() {
    let stage = Stage::<u32, u32>::new([Act::Gate, Act::Gate], Act::Answer(1));
    let mut service = stage.service();
    let mut before = call(&mut service, ());
    stage.henceforth(Act::Fail(2));
    assert_eq!(call(&mut service, ()).done(), Err(2));
    assert_eq!(call(&mut service, ()).done(), Err(2));
    before.waits();
    stage.open(0, Ok(3));
    assert_eq!(before.done(), Ok(3));
}

#[test]
fn what_a_test_holds_in_its_hands_prints_where_it_stands() {
    let stage = Stage::<u32, u32>::always(Act::AnswerLater(1));
    let mut service = stage.service();
    assert_eq!(
        format!("{service:?}"),
        "Scripted { instance: 1, ready: false, .. }"
    );
    ready::<_, ()>(&mut service);
    let future = service.call(());
    assert_eq!(format!("{future:?}"), "ScriptedFuture { index: 0, .. }");
    let mut hand = Hand::new(future);
    hand.waits();
    assert_eq!(format!("{hand:?}"), "Hand { wakes: 1, .. }");
    assert!(hand.size() > 0);
    assert_eq!(hand.finish(), Ok(1));
    let held = stage.held();
    let text = format!("Stage {{ calls: 1, held: {held:?}, .. }}");
    assert_eq!(format!("{stage:?}"), text);
}

#[test]
#[should_panic(expected = "expected to have to wait")]
fn a_hand_says_when_a_future_is_done_too_early() {
    Hand::new(std::future::ready(())).waits();
}

#[test]
#[should_panic(expected = "expected to be done")]
fn a_hand_says_when_a_future_is_not_done() {
    Hand::new(std::future::pending::<()>()).done();
}

#[test]
#[should_panic(expected = "it is not ready")]
fn who_readies_a_busy_service_is_told() {
    let stage = Stage::<u32, u32>::always(Act::Answer(1));
    stage.mood(Mood::Busy);
    ready::<_, ()>(&mut stage.service());
}

#[test]
#[should_panic(expected = "its readiness failed")]
fn who_readies_a_broken_service_is_told() {
    let stage = Stage::<u32, u32>::always(Act::Answer(1));
    stage.mood(Mood::Broken(1));
    ready::<_, ()>(&mut stage.service());
}

#[test]
fn a_stage_counts_what_is_held_and_who_called() {
    let stage = Stage::<u32, u32>::new([Act::Fail(1)], Act::Answer(2));
    let mut first = stage.service();
    let mut second = first.clone();
    ready::<_, ()>(&mut first);
    ready::<_, ()>(&mut second);
    let held = |calls, readied, services| Held {
        calls,
        readied,
        services,
    };
    assert_eq!(stage.held(), held(0, 2, 2));
    let mut failing = Hand::new(second.call(()));
    assert_eq!(stage.held(), held(1, 1, 2));
    assert_eq!(failing.done(), Err(1));
    drop(failing);
    assert_eq!(Hand::new(first.call(())).done(), Ok(2));
    assert_eq!(stage.callers(), [2, 1]);
    drop((first, second));
    assert_eq!(stage.held(), Held::default());
}

#[test]
fn a_gate_wakes_the_call_it_lets_answer() {
    let stage = Stage::<u32, u32>::always(Act::Gate);
    let mut request = call(&mut stage.service(), ());
    request.waits();
    stage.open(0, Ok(3));
    assert_eq!((request.wakes(), request.done()), (1, Ok(3)));
}

/// A task that owns what stands on a stage.
struct Owner(#[allow(dead_code)] Scripted<u32, u32>);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_gate_lets_go_of_a_waker_that_owns_another_service() {
    let stage = Stage::<u32, u32>::always(Act::Gate);
    let mut request = Box::pin(Service::call(&mut readied(&stage), ()));
    let owner = Waker::from(Arc::new(Owner(stage.service())));
    let first = request.as_mut().poll(&mut Context::from_waker(&owner));
    drop(owner);
    let second = request
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(first.is_pending() && second.is_pending());
    assert_eq!(stage.held().services, 0);
}

fn readied(stage: &Stage<u32, u32>) -> Scripted<u32, u32> {
    let mut service = stage.service();
    ready::<_, ()>(&mut service);
    service
}

#[test]
fn a_mood_wakes_who_waits_for_it() {
    let stage = Stage::<u32, u32>::always(Act::Answer(1));
    stage.mood(Mood::Busy);
    let mut service = stage.service();
    let mut asking = Hand::new(std::future::poll_fn(|cx| {
        Service::<()>::poll_ready(&mut service, cx)
    }));
    asking.waits();
    stage.mood(Mood::Broken(9));
    assert_eq!((asking.wakes(), asking.done()), (1, Err(9)));
}

#[test]
#[should_panic(expected = "pending, and nobody woke it")]
fn a_hand_finds_a_wait_without_a_wake_up() {
    Hand::new(std::future::pending::<()>()).finish();
}
