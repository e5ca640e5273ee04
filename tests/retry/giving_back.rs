//! What a request holds, and that it goes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use ninelives::prelude::*;
use ninelives::retry::RetryPolicyBuilder;
use tower::Layer;

use super::stage::{Act, Down, Mood, Stage, call, panics};
use super::{last, ms};

/// An allotment: `tokens` in all, and none that come with time or with requests.
fn allotment(tokens: u32) -> RetryBudget {
    RetryBudget::new(0.0, 0.0, tokens).unwrap()
}

fn retry(
    budget: &RetryBudget,
    timer: &ManualTimer,
) -> RetryPolicyBuilder<ninelives::retry::Transient, ManualTimer> {
    RetryPolicy::builder()
        .max_attempts(5)
        .backoff(Backoff::constant(ms(100)))
        .with_budget(budget.clone())
        .with_timer(timer.clone())
}

#[test]
fn r03_dropped_in_the_attempt_ends_it() {
    let (stage, timer, budget) = (Stage::always(Act::Hang), ManualTimer::new(), allotment(3));
    let layer = retry(&budget, &timer).build().unwrap().into_layer();
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!(stage.live(), 1);
    drop(request);
    assert_eq!((stage.live(), stage.calls()), (0, 1));
    assert_eq!(budget.balance(timer.now()), 3.0);
}

#[test]
fn r03_dropped_in_the_wait_gives_the_token_back() {
    let (stage, timer, budget) = (Stage::always(Act::Err(1)), ManualTimer::new(), allotment(3));
    let layer = retry(&budget, &timer).build().unwrap().into_layer();
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    assert_eq!((budget.balance(timer.now()), timer.armed()), (2.0, 1));
    drop(request);
    assert_eq!((budget.balance(timer.now()), timer.armed()), (3.0, 0));
    timer.advance(Duration::from_secs(1));
    assert_eq!(stage.calls(), 1);
}

#[test]
fn r03_dropped_while_waiting_for_readiness_gives_the_token_back() {
    let (stage, timer, budget) = (Stage::always(Act::Err(1)), ManualTimer::new(), allotment(3));
    let layer = retry(&budget, &timer).build().unwrap().into_layer();
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    stage.mood(Mood::Busy);
    timer.advance(ms(100));
    request.waits();
    assert_eq!((budget.balance(timer.now()), timer.armed()), (2.0, 0));
    drop(request);
    assert_eq!(budget.balance(timer.now()), 3.0);
    stage.mood(Mood::Ready);
    assert_eq!(stage.calls(), 1);
}

#[test]
fn r03_a_readiness_error_gives_the_token_back() {
    let (stage, timer, budget) = (Stage::always(Act::Err(1)), ManualTimer::new(), allotment(3));
    let layer = retry(&budget, &timer).build().unwrap().into_layer();
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    stage.mood(Mood::Broken(8));
    timer.advance(ms(100));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(8))));
    assert_eq!(
        budget.balance(timer.now()),
        3.0,
        "before the caller sees the error"
    );
}

#[test]
fn r03_a_token_is_spent_by_the_attempt_and_not_by_its_outcome() {
    let (stage, timer, budget) = (
        Stage::new([Act::Err(1)], Act::Hang),
        ManualTimer::new(),
        allotment(3),
    );
    let layer = retry(&budget, &timer).build().unwrap().into_layer();
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(100));
    request.waits();
    assert_eq!(stage.calls(), 2);
    drop(request);
    assert_eq!(budget.balance(timer.now()), 2.0);
    assert_eq!(stage.live(), 0);
}

#[test]
fn r03_a_failed_attempt_is_dropped_before_the_wait() {
    let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
    let layer = retry(&allotment(3), &timer).build().unwrap().into_layer();
    let mut request = call(&mut layer.layer(stage.backend()), 0);
    request.waits();
    assert_eq!((stage.live(), timer.armed()), (0, 1));
}

#[test]
fn r03_what_an_attempt_held_is_free_when_its_answer_is_seen() {
    let timer = ManualTimer::new();
    // A success; an error that is not tried again; an empty budget; the last attempt.
    for (act, tokens, attempts) in [
        (Act::Ok(1), 1, 2),
        (Act::Err(0), 1, 2),
        (Act::Err(1), 0, 2),
        (Act::Err(1), 1, 1),
    ] {
        let (stage, budget) = (Stage::always(act), allotment(1));
        let layer = retry(&budget, &timer)
            .max_attempts(attempts)
            .should_retry(|down: &Down| down.0 > 0)
            .build()
            .unwrap()
            .into_layer();
        let mut service = layer.layer(stage.backend());
        let mut spender = (tokens == 0).then(|| call(&mut service, 0));
        if let Some(spender) = &mut spender {
            spender.waits();
        }
        let mut request = call(&mut service, 0);
        let answer = request.done();
        assert_eq!(stage.live(), 0, "{answer:?}");
    }
}

#[test]
fn r04_a_panicking_predicate_passes_through_and_loses_no_token() {
    let (stage, timer, budget) = (Stage::always(Act::Err(1)), ManualTimer::new(), allotment(3));
    let layer = retry(&budget, &timer)
        .should_retry(|_: &Down| -> bool { panic!("the predicate says so") })
        .build()
        .unwrap()
        .into_layer();
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    assert_eq!(panics(|| request.poll()), "the predicate says so");
    drop(request);
    assert_eq!(budget.balance(timer.now()), 3.0);
    assert_eq!(stage.live(), 0);
}

#[test]
fn r04_a_panicking_clone_of_the_request_loses_no_token() {
    /// A request that can be cloned so many times.
    struct Fragile(Arc<AtomicI32>);
    impl Clone for Fragile {
        fn clone(&self) -> Self {
            assert!(self.0.fetch_sub(1, Ordering::Relaxed) > 0, "too fragile");
            Self(Arc::clone(&self.0))
        }
    }
    let (stage, timer, budget) = (Stage::always(Act::Err(1)), ManualTimer::new(), allotment(3));
    let layer = retry(&budget, &timer).build().unwrap().into_layer();
    let mut service = layer.layer(stage.backend());
    // The clone for the second attempt is made by the call; the one for the third by the second attempt.
    let mut request = call(&mut service, Fragile(Arc::new(AtomicI32::new(1))));
    request.waits();
    timer.advance(ms(100));
    assert_eq!(panics(|| request.poll()), "too fragile");
    drop(request);
    assert_eq!(budget.balance(timer.now()), 3.0);
    assert_eq!((stage.calls(), stage.live()), (1, 0));
    // And the clone of the first attempt.
    let unclonable = Fragile(Arc::new(AtomicI32::new(0)));
    assert_eq!(panics(|| call(&mut service, unclonable)), "too fragile");
    assert_eq!(budget.balance(timer.now()), 3.0);
}

#[test]
fn r04_a_panic_in_an_attempt_passes_through() {
    for act in [Act::PanicInPoll, Act::PanicInCall] {
        let (stage, timer, budget) = (
            Stage::new([Act::Err(1)], act),
            ManualTimer::new(),
            allotment(3),
        );
        let layer = retry(&budget, &timer).build().unwrap().into_layer();
        let mut service = layer.layer(stage.backend());
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(100));
        assert!(panics(|| request.poll()).starts_with("told to panic"));
        drop(request);
        assert_eq!(budget.balance(timer.now()), 2.0, "the attempt was made");
        assert_eq!(stage.live(), 0);
    }
}

#[test]
fn hc97_requests_in_flight_together_count_their_own_attempts() {
    let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
    let layer = RetryPolicy::builder()
        .max_attempts(3)
        .backoff(Backoff::linear(ms(100)))
        .with_timer(timer.clone())
        .build()
        .unwrap()
        .into_layer();
    let mut service = layer.layer(stage.backend());
    let mut early = call(&mut service, 0);
    early.waits(); // its second attempt is due at 100
    timer.advance(ms(100));
    early.waits(); // its third at 300
    let mut late = call(&mut service.clone(), 0);
    late.waits(); // its second attempt is due at 200, as a first wait
    timer.advance(ms(100));
    early.waits();
    late.waits(); // its third at 400
    assert_eq!(stage.calls(), 4);
    timer.advance(ms(100));
    assert_eq!(last(&early.done().unwrap_err()).0, 3);
    late.waits();
    timer.advance(ms(100));
    assert_eq!(last(&late.done().unwrap_err()).0, 3);
}

#[test]
fn hc97_decorrelated_waits_build_on_those_of_the_same_request() {
    let (base, max) = (ms(10), Duration::from_secs(3600));
    let sleeper = TrackingSleeper::new();
    let layer = RetryPolicy::builder()
        .max_attempts(12)
        .with_jitter(Jitter::decorrelated(base, max).unwrap())
        .with_seed(3)
        .with_sleeper(sleeper.clone())
        .build()
        .unwrap()
        .into_layer();
    let mut service = layer.layer(Stage::always(Act::Err(1)).backend());
    let mut longest = base;
    for _ in 0..40 {
        sleeper.clear();
        let _ = call(&mut service, 0).finish();
        let waits = sleeper.all_calls();
        assert!(waits[0] <= base * 3, "seed 3: {waits:?}");
        for pair in waits.windows(2) {
            assert!(
                pair[1] >= base && pair[1] <= pair[0] * 3,
                "seed 3: {waits:?}"
            );
        }
        longest = waits.into_iter().fold(longest, Duration::max);
    }
    assert!(
        longest > base * 3,
        "seed 3: {longest:?}, so nothing was built on"
    );
}

#[test]
fn r14_a_request_in_flight_keeps_its_settings_when_all_else_is_gone() {
    let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
    let layer = retry(&allotment(9), &timer).build().unwrap().into_layer();
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    drop((layer, service));
    for _ in 1..5 {
        request.waits();
        timer.advance(ms(100));
    }
    assert_eq!(last(&request.done().unwrap_err()).0, 5);
}
