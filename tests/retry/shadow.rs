//! Settings that are tried and not obeyed.

use ninelives::emit::Verdict;
use ninelives::{MemorySink, PolicyEvent, RetryConfig, Tick};

use super::ticking::Ticking;
use super::*;

const GAVE_UP_EARLIER: (Verdict, Verdict) = (Verdict::Retried, Verdict::GaveUp);
const TRIED_AGAIN: (Verdict, Verdict) = (Verdict::GaveUp, Verdict::Retried);

/// Both verdicts of each disagreement, when a request to a backend that is down is made with `config` and tried with `shadow`.
fn disagreements(
    config: RetryConfig,
    shadow: RetryConfig,
    budget: Option<RetryBudget>,
) -> Vec<(Verdict, Verdict)> {
    disagreements_on(&ManualTimer::new(), config, shadow, budget)
}

fn disagreements_on(
    timer: &ManualTimer,
    config: RetryConfig,
    shadow: RetryConfig,
    budget: Option<RetryBudget>,
) -> Vec<(Verdict, Verdict)> {
    let (stage, sink) = (Stage::always(Act::Err(7)), MemorySink::new());
    let mut builder = RetryPolicy::builder().with_timer(timer.clone());
    if let Some(budget) = budget {
        builder = builder.with_budget(budget);
    }
    let layer = builder.build().unwrap().into_layer();
    let layer = layer.with_sink(sink.clone()).live();
    layer.settings().set(config).unwrap();
    layer.settings().set_shadow(shadow).unwrap();
    let mut request = call(&mut layer.layer(stage.backend()), 0);
    while request.poll().is_pending() {
        timer.advance(ms(100));
    }
    shadows::disagreements(&sink.events())
}

fn attempts(attempts: usize) -> RetryConfig {
    let config = RetryConfig::new().with_backoff(Backoff::constant(ms(100)));
    config.with_max_attempts(attempts).unwrap()
}

fn within(config: RetryConfig, millis: u64) -> RetryConfig {
    config.with_max_duration(ms(millis)).unwrap()
}

#[test]
fn a_shadow_that_is_alike_says_nothing() {
    assert_eq!(disagreements(attempts(3), attempts(3), None), []);
}

#[test]
fn a_shadow_of_fewer_attempts_tells_of_each_it_would_not_have_made() {
    let told = disagreements(attempts(4), attempts(2), None);
    assert_eq!(told, [GAVE_UP_EARLIER; 2]);
}

#[test]
fn a_shadow_of_more_attempts_tells_where_the_policy_ended() {
    assert_eq!(disagreements(attempts(2), attempts(9), None), [TRIED_AGAIN]);
}

#[test]
fn what_the_service_asks_for_is_waited_for_by_the_shadow_too() {
    let (stage, sink, timer) = (
        Stage::always(Act::Err(7)),
        MemorySink::new(),
        ManualTimer::new(),
    );
    let builder = RetryPolicy::builder().with_timer(timer.clone());
    let builder = builder.with_delay_hint(ms(10_000), |_: &Down| Some(ms(600)));
    let layer = builder.build().unwrap().into_layer();
    let layer = layer.with_sink(sink.clone()).live();
    layer.settings().set(within(attempts(2), 900)).unwrap();
    let shadow = within(attempts(2), 500);
    layer.settings().set_shadow(shadow).unwrap();
    let mut request = call(&mut layer.layer(stage.backend()), 0);
    request.waits();
    timer.advance(ms(600));
    assert!(request.done().is_err());
    assert_eq!(shadows::disagreements(&sink.events()), [GAVE_UP_EARLIER]);
}

#[test]
fn a_shorter_total_time_of_the_shadow_counts_from_the_request_on() {
    let told = disagreements(within(attempts(4), 900), within(attempts(4), 200), None);
    assert_eq!(told, [GAVE_UP_EARLIER]);
}

#[test]
fn a_longer_total_time_of_the_shadow_tells_where_the_policy_ran_out() {
    let told = disagreements(within(attempts(9), 250), within(attempts(9), 900), None);
    assert_eq!(told, [TRIED_AGAIN]);
}

#[test]
fn a_total_time_that_never_ends_does_not_say_when_the_request_came() {
    let timer = ManualTimer::new();
    timer.advance(Duration::from_secs(3_600));
    let endless = attempts(3).with_max_duration(Duration::MAX).unwrap();
    let told = disagreements_on(&timer, endless, within(attempts(3), 900), None);
    assert_eq!(told, []);
}

#[test]
fn an_empty_budget_stops_the_shadow_as_it_stops_the_policy() {
    let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
    assert_eq!(disagreements(attempts(3), attempts(9), Some(budget)), []);
}

#[test]
fn a_shadow_takes_no_token() {
    let budget = RetryBudget::new(0.0, 0.0, 10).unwrap();
    disagreements(attempts(3), attempts(9), Some(budget.clone()));
    assert_eq!(budget.balance(Tick::ZERO), 8.0);
}

#[test]
fn a_shadow_that_costs_too_much_is_dropped_and_told_once() {
    let (stage, sink) = (Stage::always(Act::Err(7)), MemorySink::new());
    let layer = RetryPolicy::builder()
        .with_timer(ManualTimer::new())
        .build();
    let layer = layer.unwrap().into_layer().with_sink(sink.clone()).live();
    layer.settings().set(attempts(1)).unwrap();
    // A clock that moves with each reading: every evaluation takes a nanosecond, and none is allowed.
    layer
        .settings()
        .set_shadow_within(attempts(1), Duration::ZERO, Ticking::default())
        .unwrap();
    let mut service = layer.layer(stage.backend());
    for _ in 0..64 * 16 {
        call(&mut service, 0).done().unwrap_err();
    }
    assert_eq!(layer.settings().get_shadow(), None);
    let events = sink.events();
    let dropped = events
        .iter()
        .filter(|event| matches!(event, PolicyEvent::ShadowDropped { .. }));
    assert_eq!(dropped.count(), 1);
    assert_eq!(layer.config(), attempts(1));
}
