//! Limits that change while calls are in flight, and limits that are only tried.

use std::time::Duration;

use ninelives::emit::Verdict;
use ninelives::prelude::*;
use ninelives::settings::Live;
use tower::Layer;

use crate::shadows::disagreements;
use crate::stage::{Act, Mood, Stage, call};
use crate::ticking::Ticking;
use crate::{limit, ms, timed_out};

type LiveTimeout = TimeoutLayer<ManualTimer, MemorySink, Live<TimeoutConfig>>;

fn live(millis: u64, timer: &ManualTimer) -> (LiveTimeout, MemorySink) {
    let sink = MemorySink::new();
    let layer = limit(ms(millis), timer).with_sink(sink.clone()).live();
    (layer, sink)
}

fn config(millis: u64) -> TimeoutConfig {
    TimeoutConfig::new(ms(millis)).unwrap()
}

#[test]
fn hc70_a_call_in_flight_keeps_the_limit_it_was_made_under() {
    let timer = ManualTimer::new();
    let (layer, _) = live(10, &timer);
    let stage = Stage::always(Act::Gate);
    let mut service = layer.layer(stage.backend());
    let mut old = call(&mut service, 0);
    old.waits();
    layer.settings().set(config(30)).unwrap();
    let mut new = call(&mut service, 1);
    new.waits();
    timer.advance(ms(10));
    assert_eq!(timed_out(&old.done().unwrap_err()), (ms(10), ms(10)));
    timer.advance(ms(19));
    new.waits();
    timer.advance(ms(1));
    assert_eq!(timed_out(&new.done().unwrap_err()), (ms(30), ms(30)));
}

#[test]
fn a_wait_for_readiness_keeps_the_limit_it_began_under() {
    let timer = ManualTimer::new();
    let (layer, _) = live(10, &timer);
    let covering = config(10).with_readiness(true);
    layer.settings().set(covering).unwrap();
    let mut service = layer.layer(NeverReady);
    assert!(crate::stage::readiness(&mut service).is_pending());
    layer
        .settings()
        .set(config(50).with_readiness(true))
        .unwrap();
    timer.advance(ms(10));
    assert!(crate::stage::readiness(&mut service).is_ready());
    let error = call(&mut service, 0).done().unwrap_err();
    assert_eq!(timed_out(&error), (ms(10), ms(10)));
}

#[test]
fn a_wait_that_was_forgotten_is_none_of_a_call_that_covers_no_readiness() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let (layer, _) = live(10, &timer);
    let settings = layer.settings();
    settings.set(config(10).with_readiness(true)).unwrap();
    let mut service = layer.layer(stage.backend());
    stage.mood(Mood::Busy);
    assert!(crate::stage::readiness(&mut service).is_pending());
    timer.advance(ms(6));
    stage.mood(Mood::Ready);
    assert!(crate::stage::readiness(&mut service).is_ready());
    stage.mood(Mood::Busy);
    settings.set(config(30)).unwrap();
    assert!(crate::stage::readiness(&mut service).is_pending());
    stage.mood(Mood::Ready);
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(29));
    request.waits();
    timer.advance(ms(1));
    assert_eq!(timed_out(&request.done().unwrap_err()), (ms(30), ms(30)));
}

#[test]
fn services_made_before_and_after_share_the_live_limit() {
    let timer = ManualTimer::new();
    let (layer, _) = live(10, &timer);
    let stage = Stage::always(Act::Gate);
    let before = layer.layer(stage.backend());
    layer.settings().set(config(20)).unwrap();
    let after = layer.clone().layer(stage.backend());
    for mut service in [before.clone(), before, after] {
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(20));
        let error = request.done().unwrap_err();
        assert_eq!(timed_out(&error), (ms(20), ms(20)));
    }
}

#[test]
fn a_limit_for_a_while_falls_back_by_itself() {
    let timer = ManualTimer::new();
    let (layer, _) = live(10, &timer);
    let stage = Stage::always(Act::Gate);
    let mut service = layer.layer(stage.backend());
    layer
        .settings()
        .set_for(config(1000), ms(5), timer.clone())
        .unwrap();
    let mut patient = call(&mut service, 0);
    patient.waits();
    timer.advance(ms(5));
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(10));
    assert_eq!(timed_out(&request.done().unwrap_err()).1, ms(10));
    patient.waits();
    assert_eq!(layer.config(), config(10));
}

#[test]
fn a_shadow_that_agrees_tells_nothing() {
    let timer = ManualTimer::new();
    let (layer, sink) = live(10, &timer);
    layer.settings().set_shadow(config(5)).unwrap();
    let stage = Stage::always(Act::Gate);
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(4));
    stage.open(0, Ok(1));
    assert_eq!(request.done(), Ok(1));
    assert_eq!(disagreements(&sink.events()), []);
}

#[test]
fn a_shadow_no_shorter_than_the_limit_agrees_on_an_answer_in_its_last_poll() {
    for (shadow, answered) in [(10, 10), (10, 12), (11, 12)] {
        let timer = ManualTimer::new();
        let (layer, sink) = live(10, &timer);
        layer.settings().set_shadow(config(shadow)).unwrap();
        let stage = Stage::always(Act::Gate);
        let mut service = layer.layer(stage.backend());
        let mut request = call(&mut service, 0);
        request.waits();
        timer.advance(ms(answered));
        stage.open(0, Ok(1));
        assert_eq!(request.done(), Ok(1));
        assert_eq!(disagreements(&sink.events()), [], "{shadow} {answered}");
    }
}

#[test]
fn a_shorter_shadow_tells_of_the_answer_it_would_have_lost() {
    let timer = ManualTimer::new();
    let (layer, sink) = live(10, &timer);
    layer.settings().set_shadow(config(5)).unwrap();
    let stage = Stage::always(Act::Gate);
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(5));
    stage.open(0, Ok(1));
    assert_eq!(request.done(), Ok(1));
    assert_eq!(
        disagreements(&sink.events()),
        [(Verdict::InTime, Verdict::TimedOut)]
    );
}

#[test]
fn a_longer_shadow_tells_of_the_call_it_would_have_waited_for() {
    let timer = ManualTimer::new();
    let (layer, sink) = live(10, &timer);
    layer.settings().set_shadow(config(20)).unwrap();
    let stage = Stage::always(Act::Gate);
    let mut service = layer.layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(10));
    assert_eq!(timed_out(&request.done().unwrap_err()), (ms(10), ms(10)));
    assert_eq!(
        disagreements(&sink.events()),
        [(Verdict::TimedOut, Verdict::InTime)]
    );
}

#[test]
fn a_promoted_shadow_is_the_limit_of_the_next_call() {
    let timer = ManualTimer::new();
    let (layer, sink) = live(10, &timer);
    layer.settings().set_shadow(config(5)).unwrap();
    let stage = Stage::always(Act::Gate);
    let mut service = layer.layer(stage.backend());
    layer.settings().promote_shadow().unwrap();
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(5));
    assert_eq!(timed_out(&request.done().unwrap_err()), (ms(5), ms(5)));
    assert_eq!(disagreements(&sink.events()), []);
}

#[test]
fn a_shadow_that_costs_too_much_is_dropped_and_told_once() {
    let timer = ManualTimer::new();
    let (layer, sink) = live(10, &timer);
    let settings = layer.settings();
    // A clock that moves with each reading: every evaluation takes a nanosecond, and none is allowed.
    settings
        .set_shadow_within(config(5), Duration::ZERO, Ticking::default())
        .unwrap();
    let stage = Stage::always(Act::Gate);
    let mut service = layer.layer(stage.backend());
    for index in 0..64 * 16 {
        let mut request = call(&mut service, 0);
        request.waits();
        stage.open(index, Ok(1));
        assert_eq!(request.done(), Ok(1));
    }
    assert_eq!(settings.get_shadow(), None);
    let events = sink.events();
    let dropped = events
        .iter()
        .filter(|event| matches!(event, PolicyEvent::ShadowDropped { .. }))
        .count();
    assert_eq!(dropped, 1);
    assert_eq!(layer.config(), config(10));
}

/// A service that nobody will ever find ready.
#[derive(Clone)]
struct NeverReady;

impl tower::Service<u32> for NeverReady {
    type Response = u32;
    type Error = crate::Down;
    type Future = std::future::Pending<Result<u32, crate::Down>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), crate::Down>> {
        std::task::Poll::Pending
    }

    fn call(&mut self, _: u32) -> Self::Future {
        unreachable!("it was never ready")
    }
}
