//! Settings that are tried and not obeyed, where requests carry deadlines: the deadline ends both, and neither lives longer.

use ninelives::RetryConfig;
use ninelives::emit::Verdict;
use tower::Layer;

use super::shadows::disagreements;
use super::stage::{Act, Stage, call};
use super::*;

const LOST: (Verdict, Verdict) = (Verdict::InTime, Verdict::TimedOut);
const WAITED_FOR: (Verdict, Verdict) = (Verdict::TimedOut, Verdict::InTime);
const GAVE_UP_EARLIER: (Verdict, Verdict) = (Verdict::Retried, Verdict::GaveUp);
const TRIED_AGAIN: (Verdict, Verdict) = (Verdict::GaveUp, Verdict::Retried);

/// What a timeout of these limits tells of a request that is answered then, if nothing ends it before.
fn limits(own: u64, shadow: u64, request: Bearer, answered: u64) -> Vec<(Verdict, Verdict)> {
    let (stage, timer, sink) = (
        Stage::always(Act::Gate),
        ManualTimer::new(),
        MemorySink::new(),
    );
    let layer = TimeoutLayer::new(ms(own)).unwrap().with_deadline();
    let layer = layer
        .with_timer(timer.clone())
        .with_sink(sink.clone())
        .live();
    let shadow = TimeoutConfig::new(ms(shadow)).unwrap();
    layer.settings().set_shadow(shadow).unwrap();
    let mut request = call(&mut layer.layer(stage.backend()), request);
    for _ in 0..answered {
        if request.poll().is_ready() {
            return disagreements(&sink.events());
        }
        timer.advance(ms(1));
    }
    stage.open(0, Ok(1));
    assert!(request.poll().is_ready());
    disagreements(&sink.events())
}

#[test]
fn a_shadow_of_a_timeout_tells_where_its_own_limit_would_have_counted() {
    assert_eq!(limits(10, 5, due(30), 7), [LOST]);
    assert_eq!(limits(10, 5, FREE, 7), [LOST]);
    assert_eq!(limits(10, 20, due(30), 25), [WAITED_FOR]);
    assert_eq!(limits(10, 5, due(30), 3), []);
}

#[test]
fn where_the_deadline_ends_both_a_shadow_of_a_timeout_agrees() {
    assert_eq!(limits(10, 20, due(8), 25), []);
    assert_eq!(limits(10, 5, due(3), 25), []);
    // The shadow would have waited for two milliseconds more, until the deadline.
    assert_eq!(limits(10, 20, due(12), 25), [WAITED_FOR]);
}

/// What a retry with these settings tells of a request to a backend that is down.
fn attempts(own: RetryConfig, shadow: RetryConfig, request: Bearer) -> Vec<(Verdict, Verdict)> {
    attempts_on(&ManualTimer::new(), own, shadow, request)
}

fn attempts_on(
    timer: &ManualTimer,
    own: RetryConfig,
    shadow: RetryConfig,
    request: Bearer,
) -> Vec<(Verdict, Verdict)> {
    let (stage, sink) = (Stage::always(Act::Err(7)), MemorySink::new());
    let builder = RetryPolicy::builder().with_timer(timer.clone());
    let layer = builder.heeding_requests().build().unwrap().into_layer();
    let layer = layer.with_sink(sink.clone()).live();
    layer.settings().set(own).unwrap();
    layer.settings().set_shadow(shadow).unwrap();
    let mut request = call(&mut layer.layer(stage.backend()), request);
    while request.poll().is_pending() {
        timer.advance(ms(100));
    }
    disagreements(&sink.events())
}

/// So many attempts, a tenth of a second apart.
fn of(attempts: usize) -> RetryConfig {
    let config = RetryConfig::new().with_backoff(Backoff::constant(ms(100)));
    config.with_max_attempts(attempts).unwrap()
}

#[test]
fn a_shadow_of_a_retry_makes_no_attempt_past_the_requests_deadline() {
    assert_eq!(attempts(of(4), of(9), FREE), [TRIED_AGAIN]);
    assert_eq!(attempts(of(4), of(9), due(401)), [TRIED_AGAIN]);
    // Its fifth attempt would begin when the deadline has passed.
    assert_eq!(attempts(of(4), of(9), due(400)), []);
    assert_eq!(attempts(of(4), of(2), due(350)), [GAVE_UP_EARLIER; 2]);
}

#[test]
fn a_shadow_of_a_retry_keeps_to_the_earlier_of_its_total_time_and_the_deadline() {
    let within = |millis| of(4).with_max_duration(ms(millis)).unwrap();
    assert_eq!(attempts(of(4), within(250), due(10_000)), [GAVE_UP_EARLIER]);
    assert_eq!(attempts(of(4), within(250), FREE), [GAVE_UP_EARLIER]);
    assert_eq!(attempts(of(4), within(10_000), due(350)), []);
}

#[test]
fn a_total_time_of_a_shadow_counts_from_a_request_that_nothing_else_bounds() {
    let timer = ManualTimer::new();
    timer.advance(Duration::from_secs(3_600));
    let within = |millis| of(4).with_max_duration(ms(millis)).unwrap();
    assert_eq!(attempts_on(&timer, of(4), within(10_000), FREE), []);
    let told = attempts_on(&timer, of(4), within(250), FREE);
    assert_eq!(told, [GAVE_UP_EARLIER]);
}

#[test]
fn a_shadow_that_came_after_the_request_does_not_know_when_that_was() {
    let (stage, sink) = (Stage::new([Act::Gate], Act::Ok(1)), MemorySink::new());
    let timer = ManualTimer::new();
    timer.advance(Duration::from_secs(3_600));
    let builder = RetryPolicy::builder().with_timer(timer.clone());
    let layer = builder.heeding_requests().build().unwrap().into_layer();
    let layer = layer.with_sink(sink.clone()).live();
    let mut request = call(&mut layer.layer(stage.backend()), FREE);
    request.waits();
    let shadow = of(4).with_max_duration(ms(250)).unwrap();
    layer.settings().set_shadow(shadow).unwrap();
    stage.open(0, Err(7));
    request.waits();
    timer.advance(ms(100));
    assert_eq!(request.done(), Ok(1));
    assert_eq!(disagreements(&sink.events()), []);
}
