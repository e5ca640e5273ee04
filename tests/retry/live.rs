//! Settings that change while the retry is in use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ninelives::retry::Transient;
use ninelives::{Adaptive, ConfigError, Live};

use super::*;

type LiveRetry<T> = RetryLayer<Transient, T, NullSink, Live<RetryConfig>>;

fn live<T: Timer>(attempts: usize, timer: T) -> LiveRetry<T> {
    RetryPolicy::builder()
        .max_attempts(attempts)
        .backoff(Backoff::constant(ms(100)))
        .with_sleeper(timer)
        .build()
        .unwrap()
        .into_layer()
        .live()
}

fn set<T: Timer>(
    layer: &LiveRetry<T>,
    change: impl Fn(RetryConfig) -> Result<RetryConfig, ConfigError>,
) {
    let change = |config: &RetryConfig| change(*config).unwrap();
    layer.settings().update(change).unwrap();
}

#[test]
fn hc44_attempts_and_waits_change_from_the_next_request_on() {
    let (stage, sleeper) = (Stage::always(Act::Err(7)), TrackingSleeper::new());
    let layer = live(3, sleeper.clone());
    let mut service = layer.layer(stage.backend());
    assert_eq!(last(&call(&mut service, 0).finish().unwrap_err()).0, 3);
    set(&layer, |config| config.with_max_attempts(2));
    set(&layer, |config| {
        Ok(config.with_backoff(Backoff::constant(ms(7))))
    });
    assert_eq!(last(&call(&mut service, 0).finish().unwrap_err()).0, 2);
    assert_eq!(sleeper.all_calls(), [ms(100), ms(100), ms(7)]);
}

#[test]
fn r14_hc70_a_request_in_flight_keeps_attempts_and_waits_of_its_version() {
    let (stage, timer) = (Stage::always(Act::Err(7)), ManualTimer::new());
    let layer = live(3, timer.clone());
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    for (attempts, wait) in [(1, 1), (9, 9_000)] {
        set(&layer, |config| {
            let backoff = Backoff::constant(ms(wait));
            config.with_backoff(backoff).with_max_attempts(attempts)
        });
    }
    timer.advance(ms(99));
    request.waits();
    assert_eq!(stage.calls(), 1, "its wait is 100 ms");
    timer.advance(ms(1));
    request.waits();
    timer.advance(ms(100));
    assert_eq!(last(&request.done().unwrap_err()), (3, Down(7)));
    assert_eq!((stage.calls(), timer.armed()), (3, 0));
}

#[test]
fn r14_a_request_of_one_attempt_keeps_to_it() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let layer = live(1, timer);
    let mut request = call(&mut layer.layer(stage.backend()), 0);
    request.waits();
    set(&layer, |config| config.with_max_attempts(5));
    stage.open(0, Err(7));
    assert_eq!(last(&request.done().unwrap_err()), (1, Down(7)));
    assert_eq!(stage.calls(), 1);
}

#[test]
fn r14_the_total_time_is_that_of_the_requests_beginning() {
    let (stage, timer) = (Stage::always(Act::Err(7)), ManualTimer::new());
    let layer = live(9, timer.clone());
    set(&layer, |config| config.with_max_duration(ms(150)));
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    set(&layer, |config| config.with_max_duration(None));
    timer.advance(ms(100));
    assert_eq!(request.done(), Err(ResilienceError::Inner(Down(7))));
    assert_eq!(stage.calls(), 2);
    let mut unbounded = call(&mut service, 0);
    unbounded.waits();
    timer.advance(ms(100));
    unbounded.waits();
}

#[test]
fn hc71_services_of_one_live_layer_have_the_same_settings() {
    let (stage, sleeper) = (Stage::always(Act::Err(7)), TrackingSleeper::new());
    let layer = live(3, sleeper);
    let mut services = [
        layer.layer(stage.backend()),
        layer.clone().layer(stage.backend()),
    ];
    let mut clone = services[0].clone();
    set(&layer, |config| config.with_max_attempts(4));
    for service in services.iter_mut().chain([&mut clone]) {
        assert_eq!(last(&call(service, 0).finish().unwrap_err()).0, 4);
    }
}

#[test]
fn one_live_value_tunes_two_retries_that_keep_their_own_predicates() {
    let adaptive = Adaptive::new(RetryConfig::new().with_max_attempts(2).unwrap());
    let never = RetryPolicy::builder()
        .should_retry(|_: &Down| false)
        .with_sleeper(InstantSleeper)
        .build()
        .unwrap();
    let never = never.into_layer().tuned_by(&adaptive);
    let always = RetryPolicy::builder().with_sleeper(InstantSleeper);
    let always = always.build().unwrap().into_layer().tuned_by(&adaptive);
    let (one, two) = (Stage::always(Act::Err(7)), Stage::always(Act::Err(7)));
    let _ = call(&mut never.layer(one.backend()), 0).finish();
    let _ = call(&mut always.layer(two.backend()), 0).finish();
    assert_eq!((one.calls(), two.calls()), (1, 2));
}

#[test]
fn a_live_retry_shares_its_budget_with_what_it_was_made_from() {
    let budget = RetryBudget::new(0.0, 0.0, 1).unwrap();
    let plain = RetryPolicy::builder()
        .with_budget(budget)
        .with_sleeper(InstantSleeper)
        .build()
        .unwrap()
        .into_layer();
    let stage = Stage::always(Act::Err(7));
    let _ = call(&mut plain.clone().live().layer(stage.backend()), 0).finish();
    let _ = call(&mut plain.layer(stage.backend()), 0).finish();
    assert_eq!(stage.calls(), 3, "one token for both");
}

#[test]
fn an_override_that_lapses_is_an_end_of_its_settings() {
    let (stage, timer) = (Stage::always(Act::Err(7)), ManualTimer::new());
    let layer = live(1, timer.clone());
    let storm = layer.config().with_max_attempts(2).unwrap();
    layer
        .settings()
        .set_for(storm, ms(10), timer.clone())
        .unwrap();
    let mut service = layer.layer(stage.backend());
    call(&mut service, 0).waits();
    timer.advance(ms(10));
    assert_eq!(last(&call(&mut service, 0).done().unwrap_err()).0, 1);
}

#[test]
fn settings_out_of_range_are_refused_by_name() {
    let config = RetryConfig::new();
    let said = |result: Result<RetryConfig, ConfigError>| result.unwrap_err().to_string();
    assert_eq!(
        said(config.with_max_attempts(0)),
        "max_attempts: 0 is outside 1..=4294967295"
    );
    assert!(said(config.with_max_duration(Duration::ZERO)).starts_with("max_duration: 0ns"));
    assert_eq!(config.with_max_duration(None).unwrap(), config);
}

#[test]
fn the_builder_and_the_config_begin_with_the_same_settings() {
    let layer = RetryPolicy::builder().build().unwrap().into_layer();
    assert_eq!(layer.config(), RetryConfig::default());
    let config = RetryConfig::new()
        .with_max_attempts(7)
        .unwrap()
        .with_jitter(Jitter::full())
        .with_backoff(Backoff::linear(ms(3)))
        .with_max_duration(ms(50))
        .unwrap();
    let layer = RetryPolicy::builder().with_config(config).build().unwrap();
    assert_eq!(layer.into_layer().live().config(), config);
}

#[test]
fn a02_beside_a_thread_that_changes_settings_attempts_and_waits_are_of_one_version() {
    let sleeper = TrackingSleeper::new();
    let layer = live(3, sleeper.clone());
    let changed = layer.settings().clone();
    let over = Arc::new(AtomicBool::new(false));
    let until = Arc::clone(&over);
    let changer = std::thread::spawn(move || {
        while !until.load(Ordering::Relaxed) {
            for attempts in [2, 3, 4] {
                let change = |config: &RetryConfig| {
                    let backoff = Backoff::constant(ms(attempts as u64));
                    let config = config.with_backoff(backoff);
                    config.with_max_attempts(attempts).unwrap()
                };
                changed.update(change).unwrap();
            }
        }
    });
    let mut service = layer.layer(Stage::always(Act::Err(7)).backend());
    let mut torn = Vec::new();
    for _ in 0..2_000 {
        let before = sleeper.calls();
        let error = call(&mut service, 0).finish().unwrap_err();
        let waits = sleeper.all_calls().split_off(before);
        let attempts = waits.len() as u32 + 1;
        let first = waits[0] == ms(100); // before the first change
        if !first && waits.iter().any(|wait| *wait != ms(u64::from(attempts))) {
            torn.push((error, waits));
        }
    }
    over.store(true, Ordering::Relaxed);
    changer.join().unwrap();
    assert!(torn.is_empty(), "{:?}", torn[0]);
}
