//! Retries that heed what requests carry.

use ninelives::Live;
use ninelives::deadline::Heeding;
use ninelives::retry::{RetryPolicyBuilder, Transient};
use tower::{Layer, Service};

use super::seen::Seen;
use super::stage::{Act, Down, Mood, Stage, call};
use super::*;

type Builder = RetryPolicyBuilder<Transient, ManualTimer, Heeding>;

fn heeding(attempts: usize, timer: &ManualTimer) -> Builder {
    RetryPolicy::builder()
        .max_attempts(attempts)
        .backoff(Backoff::constant(ms(10)))
        .with_timer(timer.clone())
        .heeding_requests()
}

fn layer(builder: Builder) -> RetryLayer<Transient, ManualTimer, NullSink, RetryConfig, Heeding> {
    builder.build().unwrap().into_layer()
}

/// A request that another retry made its attempt of.
const MARKED: Bearer = (0, Carried::NOTHING.with_attempt(2));

#[test]
fn hc107_no_wait_and_no_attempt_passes_the_requests_deadline() {
    let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
    let mut service = layer(heeding(99, &timer)).layer(stage.backend());
    let mut request = call(&mut service, due(35));
    for _ in 0..3 {
        request.waits();
        timer.advance(ms(10));
    }
    // At 30 ms: another wait would end at 40.
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(1))));
    assert_eq!((stage.calls(), timer.armed()), (4, 0));
}

#[test]
fn hc107_an_attempt_ends_at_the_requests_deadline() {
    let (stage, timer) = (Stage::new([Act::Err(6)], Act::Hang), ManualTimer::new());
    let mut service = layer(heeding(3, &timer)).layer(stage.backend());
    let mut request = call(&mut service, due(35));
    request.waits();
    timer.advance(ms(10));
    request.waits();
    timer.advance(ms(25));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(6))));
    assert_eq!((stage.live(), timer.armed()), (0, 0));
}

#[test]
fn t06_the_earlier_of_the_deadline_and_the_total_counts_and_goes_inward() {
    for (total, request, expected) in [(50, due(30), 30), (20, due(30), 20), (20, FREE, 20)] {
        let (stage, timer, seen) = (
            Stage::always(Act::Hang),
            ManualTimer::new(),
            Seen::default(),
        );
        let retry = heeding(3, &timer).with_total_timeout(ms(total));
        let mut service = layer(retry).layer(seen.by(stage.backend()));
        let mut request = call(&mut service, request);
        request.waits();
        assert_eq!(seen.deadlines(), [Some(tick(expected))]);
        timer.advance(ms(expected));
        assert!(request.done().unwrap_err().is_timeout());
    }
}

#[test]
fn t06_a_timeout_outside_and_a_timeout_of_each_attempt_share_one_deadline() {
    let (stage, timer, seen) = (
        Stage::always(Act::Hang),
        ManualTimer::new(),
        Seen::default(),
    );
    let limit = |limit| {
        let layer = TimeoutLayer::new(ms(limit)).unwrap().with_deadline();
        layer.with_timer(timer.clone())
    };
    let policy = Policy(limit(50)) + Policy(layer(heeding(9, &timer))) + Policy(limit(20));
    let mut service = policy.layer(seen.by(stage.backend()));
    let mut request = call(&mut service, due(200));
    for _ in 0..200 {
        if request.poll().is_ready() {
            break;
        }
        timer.advance(ms(1));
    }
    // Attempts at 0 and 30 ms, the second one with the 20 ms that are left; a third would begin at 60.
    assert_eq!(timer.now(), tick(50));
    assert_eq!(seen.deadlines(), [Some(tick(20)), Some(tick(50))]);
    assert_eq!(seen.attempts(), [1, 2]);
}

#[test]
fn a_request_whose_deadline_has_passed_is_refused_and_pays_nothing() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let budget = RetryBudget::new(1.0, 0.0, 10).unwrap();
    let mut service = layer(heeding(3, &timer).with_budget(budget.clone())).layer(stage.backend());
    drain(&budget, &timer);
    timer.advance(ms(30));
    let error = call(&mut service, due(20)).done().unwrap_err();
    assert!(error.is_deadline_passed() && error.is_rejection());
    assert_eq!(stage.calls(), 0);
    assert_eq!(budget.balance(timer.now()), 0.0);
    assert_eq!(call(&mut service, due(40)).done(), Ok(1));
    assert_eq!(budget.balance(timer.now()), 1.0);
}

#[test]
fn a_request_whose_deadline_is_now_is_refused_and_pays_nothing() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let budget = RetryBudget::new(1.0, 0.0, 10).unwrap();
    let mut service = layer(heeding(3, &timer).with_budget(budget.clone())).layer(stage.backend());
    drain(&budget, &timer);
    timer.advance(ms(20));
    let error = call(&mut service, due(20)).done().unwrap_err();
    assert!(error.is_deadline_passed());
    assert_eq!((stage.calls(), budget.balance(timer.now())), (0, 0.0));
}

#[test]
fn a_total_that_was_set_before_requests_are_heeded_is_kept() {
    let timer = ManualTimer::new();
    let builder = RetryPolicy::builder().with_timer(timer.clone());
    let builder = builder.with_total_timeout(ms(50)).heeding_requests();
    let mut service = layer(builder).layer(Stage::always(Act::Hang).backend());
    let mut request = call(&mut service, FREE);
    request.waits();
    timer.advance(ms(50));
    assert!(request.done().unwrap_err().is_timeout());
}

#[test]
fn of_two_totals_the_one_that_was_set_last_counts() {
    for (first, last) in [(50, 20), (20, 50)] {
        let timer = ManualTimer::new();
        let builder = heeding(3, &timer).with_total_timeout(ms(first));
        let layer = layer(builder.with_total_timeout(ms(last)));
        let mut service = layer.layer(Stage::always(Act::Hang).backend());
        let mut request = call(&mut service, FREE);
        request.waits();
        timer.advance(ms(last - 1));
        request.waits();
        timer.advance(ms(1));
        assert!(request.done().unwrap_err().is_timeout());
    }
}

/// Empties a budget by retries of another service.
fn drain(budget: &RetryBudget, timer: &ManualTimer) {
    let stage = Stage::always(Act::Err(1));
    let retry = RetryPolicy::builder()
        .max_attempts(1000)
        .backoff(Backoff::constant(Duration::ZERO))
        .with_timer(timer.clone())
        .with_budget(budget.clone())
        .build()
        .unwrap();
    let _ = call(&mut retry.into_layer().layer(stage.backend()), 0).finish();
}

#[test]
fn hc97_each_attempt_carries_its_own_number() {
    let (stage, timer, seen) = (
        Stage::always(Act::Err(1)),
        ManualTimer::new(),
        Seen::default(),
    );
    let mut service = layer(heeding(4, &timer)).layer(seen.by(stage.backend()));
    for _ in 0..2 {
        let mut request = call(&mut service, FREE);
        for _ in 0..3 {
            request.waits();
            timer.advance(ms(10));
        }
        assert!(request.done().unwrap_err().is_retry_exhausted());
    }
    assert_eq!(seen.attempts(), [1, 2, 3, 4, 1, 2, 3, 4]);
    assert_eq!(seen.deadlines(), [None; 8]);
}

#[test]
fn a_marked_request_gets_one_attempt_and_its_error_as_it_is() {
    let (stage, timer, seen) = (
        Stage::always(Act::Err(4)),
        ManualTimer::new(),
        Seen::default(),
    );
    let budget = RetryBudget::new(1.0, 0.0, 10).unwrap();
    let sink = MemorySink::with_capacity(64).unwrap();
    let retry = layer(heeding(3, &timer).with_budget(budget.clone())).with_sink(sink.clone());
    let mut service = retry.layer(seen.by(stage.backend()));
    drain(&budget, &timer);
    let error = call(&mut service, MARKED).done();
    assert_eq!(error, Err(ResilienceError::Inner(Down(4))));
    assert_eq!(seen.attempts(), [2], "the mark of the outer retry goes on");
    assert_eq!(budget.balance(timer.now()), 0.0, "the outer one pays");
    assert_eq!(sink.events().len(), 1, "its outcome alone");
}

#[test]
fn a_marked_request_is_tried_again_when_asked_and_the_switch_is_live() {
    let (stage, timer) = (Stage::always(Act::Err(4)), ManualTimer::new());
    let built = layer(heeding(3, &timer).backoff(Backoff::constant(Duration::ZERO)));
    let retry: RetryLayer<_, _, _, Live<RetryConfig>, Heeding> = built.live();
    let mut service = retry.layer(stage.backend());
    for (nested, calls) in [(false, 1), (true, 4), (false, 5)] {
        let settings = retry.settings();
        settings
            .update(|config| config.with_nested(nested))
            .unwrap();
        assert!(call(&mut service, MARKED).finish().is_err());
        assert_eq!(stage.calls(), calls, "nested: {nested}");
    }
    let asked = layer(heeding(3, &timer).even_if_nested());
    assert!(asked.config().nested());
}

/// Three services, each with a retry of three attempts, one behind another.
fn three_layers<S>(
    retry: impl Fn() -> Builder,
    bottom: S,
) -> impl Service<Bearer, Response = u32, Error = Down>
where
    S: Service<Bearer, Response = u32, Error = Down> + Clone,
{
    // Each process has errors of its own: the next one cannot see that a retry gave up.
    fn plain(error: ResilienceError<Down>) -> Down {
        error.into_inner().unwrap_or(Down(0))
    }
    let inner = tower::util::MapErr::new(layer(retry()).layer(bottom), plain);
    let middle = tower::util::MapErr::new(layer(retry()).layer(inner), plain);
    tower::util::MapErr::new(layer(retry()).layer(middle), plain)
}

#[test]
fn attempts_of_three_layers_multiply_unless_the_requests_are_marked() {
    let timer = ManualTimer::new();
    let at_once = || heeding(3, &timer).backoff(Backoff::constant(Duration::ZERO));
    let marked = Stage::always(Act::Err(1));
    let mut service = three_layers(at_once, marked.backend());
    assert_eq!(call(&mut service, FREE).finish(), Err(Down(1)));
    assert_eq!(marked.calls(), 3);
    let multiplied = Stage::always(Act::Err(1));
    let mut service = three_layers(|| at_once().even_if_nested(), multiplied.backend());
    assert_eq!(call(&mut service, FREE).finish(), Err(Down(1)));
    assert_eq!(multiplied.calls(), 27);
}

#[test]
fn r03_tokens_come_back_when_a_request_is_given_up_or_cut() {
    let (stage, timer) = (Stage::always(Act::Err(1)), ManualTimer::new());
    let budget = RetryBudget::new(0.0, 0.0, 10).unwrap();
    let mut service = layer(heeding(3, &timer).with_budget(budget.clone())).layer(stage.backend());
    let mut request = call(&mut service, due(50));
    request.waits();
    assert_eq!(budget.balance(timer.now()), 9.0);
    drop(request);
    assert_eq!(budget.balance(timer.now()), 10.0);
    let mut request = call(&mut service, due(50));
    request.waits();
    stage.mood(Mood::Busy);
    timer.advance(ms(50));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(1))));
    assert_eq!((budget.balance(timer.now()), timer.armed()), (10.0, 0));
}

#[test]
fn the_policy_says_that_it_heeds_requests() {
    let layer = layer(heeding(3, &ManualTimer::new())).named("api");
    assert_eq!(
        Policy(layer).explain(),
        "retry api: 3 attempts, heeding requests\n"
    );
}
