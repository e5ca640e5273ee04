use std::time::Duration;

use ninelives::algebra::Tower;
use ninelives::emit::PolicyEvent as Told;
use ninelives::emit::{Arm, FailureCause};
use ninelives::prelude::*;
use tower::Layer;
use tower::layer::util::Identity;

use crate::backend::{Ask, Backend, Broken, Gate};
use crate::drive::{done, panics, poll, start};
use crate::{End, MS, Sink, assert_told, end, sink_on, told};

type Pass = Policy<Tower<Identity>>;
type Race = Policy<ForkJoinLayer<Tower<Identity>, Tower<Identity>, ManualTimer, Sink>>;

fn pass() -> Pass {
    Policy::tower(Identity::new())
}

fn answers() -> Policy<ninelives::algebra::Respond<fn(Ask)>> {
    Policy::respond(|_| ())
}

fn race(stagger: Duration) -> (Race, ManualTimer, Sink) {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let policy = (pass() & pass()).with_timer(timer.clone()).stagger(stagger);
    (policy.with_sink(sink.clone()), timer, sink)
}

#[test]
fn a_fallback_that_is_not_needed_tells_its_outcome_alone() {
    let sink = MemorySink::new();
    let mut service = (pass() | pass())
        .with_sink(sink.clone())
        .layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    assert_told!(sink, [Told::RequestSuccess { .. }]);
}

#[test]
fn a_fallback_that_is_taken_is_told_when_the_primary_has_ended() {
    let timer = ManualTimer::new();
    let sink = sink_on(&timer);
    let primary = BulkheadLayer::new(1).unwrap();
    let primary_id = primary.name().id();
    let policy = (Policy(primary) | answers()).with_sink(sink.clone());
    let gate = Gate::new();
    let mut call = start(&mut policy.layer(Backend::default()), Ask::At(gate.clone()));
    assert!(poll(&mut call).is_pending());
    timer.advance(MS);
    gate.fail();
    assert_eq!(done(call), Ok(()));
    let events = assert_told!(
        sink,
        [
            Told::BulkheadAcquired { .. },
            Told::RequestFailure {
                cause: FailureCause::Inner,
                ..
            },
            Told::FallbackTaken { .. },
            Told::RequestSuccess { elapsed: MS, .. },
        ]
    );
    let primarys = events.iter().map(|event| event.policy() == primary_id);
    assert!(primarys.eq([true, true, false, false]));
    assert_eq!(events[2].policy(), events[3].policy());
}

#[test]
fn a_backup_that_fails_too_is_told_once_as_both() {
    let sink = MemorySink::new();
    let mut service = (pass() | pass())
        .with_sink(sink.clone())
        .layer(Backend::default());
    assert!(done(start(&mut service, Ask::Fail)).is_err());
    assert_told!(
        sink,
        [
            Told::FallbackTaken { .. },
            Told::RequestFailure {
                cause: FailureCause::AllFailed,
                ..
            },
        ]
    );
}

#[test]
fn an_error_that_is_no_reason_to_fall_back_is_told_as_it_is() {
    let sink = MemorySink::new();
    let policy = (pass() | pass()).when(|error: &ResilienceError<Broken>| error.is_timeout());
    let mut service = policy.with_sink(sink.clone()).layer(Backend::default());
    assert!(done(start(&mut service, Ask::Fail)).is_err());
    assert_told!(
        sink,
        [Told::RequestFailure {
            cause: FailureCause::Inner,
            ..
        }]
    );
}

#[test]
fn a_reason_that_panics_is_a_panic_of_the_request() {
    let sink = MemorySink::new();
    let policy = (pass() | pass()).when(|_: &ResilienceError<Broken>| panic!("on purpose"));
    let call = start(
        &mut policy.with_sink(sink.clone()).layer(Backend::default()),
        Ask::Fail,
    );
    assert!(panics(|| done(call)));
    assert_eq!(end(&told(&sink)).0, End::Failure(FailureCause::Panicked));
}

#[test]
fn a_race_tells_both_starts_and_the_winner() {
    let (policy, ..) = race(Duration::ZERO);
    let sink = MemorySink::new();
    let mut service = policy.with_sink(sink.clone()).layer(Backend::default());
    let call = start(&mut service, Ask::Answer);
    assert_told!(
        sink,
        [
            Told::ForkStarted { arm: Arm::Left, .. },
            Told::ForkStarted {
                arm: Arm::Right,
                ..
            },
        ]
    );
    assert!(done(call).is_ok());
    assert_told!(
        sink,
        [
            Told::ForkWon { arm: Arm::Left, .. },
            Told::RequestSuccess { .. }
        ]
    );
}

#[test]
fn a_race_that_the_right_arm_wins_tells_so_after_the_loser_has_gone() {
    let sink = MemorySink::new();
    let left = BulkheadLayer::new(1).unwrap();
    let left_id = left.name().id();
    let mut service = (Policy(left) & answers())
        .with_sink(sink.clone())
        .layer(Backend::default());
    assert!(done(start(&mut service, Ask::Hang)).is_ok());
    let events = assert_told!(
        sink,
        [
            Told::ForkStarted { arm: Arm::Left, .. },
            Told::BulkheadAcquired { .. },
            Told::ForkStarted {
                arm: Arm::Right,
                ..
            },
            Told::RequestCancelled { .. },
            Told::ForkWon {
                arm: Arm::Right,
                ..
            },
            Told::RequestSuccess { .. },
        ]
    );
    assert_eq!(events[3].policy(), left_id);
}

#[test]
fn a_race_that_nobody_wins_tells_no_winner() {
    let (policy, _, sink) = race(Duration::ZERO);
    assert!(done(start(&mut policy.layer(Backend::default()), Ask::Fail)).is_err());
    assert_told!(
        sink,
        [
            Told::ForkStarted { .. },
            Told::ForkStarted { .. },
            Told::RequestFailure {
                cause: FailureCause::AllFailed,
                ..
            },
        ]
    );
}

#[test]
fn a_staggered_arm_is_told_when_it_starts() {
    let (policy, timer, sink) = race(MS);
    let mut service = policy.layer(Backend::default());
    assert!(done(start(&mut service, Ask::Answer)).is_ok());
    assert_told!(
        sink,
        [
            Told::ForkStarted { arm: Arm::Left, .. },
            Told::ForkWon { arm: Arm::Left, .. },
            Told::RequestSuccess { .. },
        ]
    );
    let mut call = start(&mut service, Ask::Hang);
    assert!(poll(&mut call).is_pending());
    assert_told!(sink, [Told::ForkStarted { arm: Arm::Left, .. }]);
    timer.advance(MS);
    assert!(poll(&mut call).is_pending());
    assert_told!(
        sink,
        [Told::ForkStarted {
            arm: Arm::Right,
            ..
        }]
    );
    drop(call);
    assert_told!(sink, [Told::RequestCancelled { elapsed: MS, .. }]);
}

#[test]
fn a_staggered_arm_starts_at_once_when_the_left_one_has_failed() {
    let (policy, _, sink) = race(MS);
    assert!(done(start(&mut policy.layer(Backend::default()), Ask::Fail)).is_err());
    assert_told!(
        sink,
        [
            Told::ForkStarted { arm: Arm::Left, .. },
            Told::ForkStarted {
                arm: Arm::Right,
                ..
            },
            Told::RequestFailure {
                cause: FailureCause::AllFailed,
                elapsed: Duration::ZERO,
                ..
            },
        ]
    );
}

#[test]
fn a_panic_of_one_arm_is_told_and_the_other_is_cancelled() {
    let sink = MemorySink::new();
    let (left, right) = (
        BulkheadLayer::new(1).unwrap(),
        BulkheadLayer::new(1).unwrap(),
    );
    let (left_id, right_id) = (left.name().id(), right.name().id());
    let policy = (Policy(left) & Policy(right)).with_sink(sink.clone());
    let call = start(&mut policy.layer(Backend::default()), Ask::PanicInPoll);
    assert!(panics(|| done(call)));
    let ends = crate::ends(&told(&sink));
    let end_of = |id| {
        ends.iter()
            .find(|(policy, ..)| *policy == id)
            .map(|(_, end, _)| *end)
    };
    assert_eq!(end_of(left_id), Some(End::Failure(FailureCause::Panicked)));
    assert_eq!(end_of(right_id), Some(End::Cancelled));
    assert_eq!(
        (ends.len(), ends[2].1),
        (3, End::Failure(FailureCause::Panicked))
    );
}

/// A request that cannot be cloned.
struct Fragile;

impl Clone for Fragile {
    fn clone(&self) -> Self {
        panic!("on purpose")
    }
}

#[test]
fn a_request_that_panics_when_it_is_cloned_is_a_panic_of_the_policy() {
    macro_rules! end_of {
        ($policy:expr) => {{
            let sink = MemorySink::new();
            let service =
                tower::service_fn(|_: Fragile| std::future::pending::<Result<(), Broken>>());
            let mut service = $policy.with_sink(sink.clone()).layer(service);
            assert!(panics(|| start(&mut service, Fragile)));
            end(&told(&sink)).0
        }};
    }
    let panicked = End::Failure(FailureCause::Panicked);
    let retry = RetryPolicy::builder().build().unwrap().into_layer();
    assert_eq!(end_of!(Policy(retry)), panicked, "retry");
    assert_eq!(end_of!(pass() | pass()), panicked, "fallback");
    assert_eq!(end_of!((pass() & pass())), panicked, "race");
    assert_eq!(
        end_of!((pass() & pass()).stagger(MS)),
        panicked,
        "staggered race"
    );
}
