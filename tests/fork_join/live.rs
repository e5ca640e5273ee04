//! A stagger that changes while the race is in use.

use std::time::Duration;

use ninelives::prelude::*;
use ninelives::{Adaptive, Live};
use tower::Layer;

use super::pass;
use super::stage::{Act, Mood, Stage, call};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

type LiveRace = Policy<
    ForkJoinLayer<BulkheadLayer, BulkheadLayer, ManualTimer, NullSink, Live<ForkJoinConfig>>,
>;

fn live(stagger: Duration, timer: &ManualTimer) -> LiveRace {
    let race = (pass() & pass()).stagger(stagger);
    race.with_timer(timer.clone()).live()
}

fn set(race: &LiveRace, stagger: Duration) {
    let change = |config: &ForkJoinConfig| config.with_stagger(stagger);
    race.settings().update(change).unwrap();
}

#[test]
fn hc44_a_new_stagger_holds_for_the_next_call() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let race = live(ms(10), &timer);
    let mut service = race.layer(stage.backend());
    set(&race, ms(30));
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(29));
    request.waits();
    assert_eq!(stage.calls(), 1);
    timer.advance(ms(1));
    request.waits();
    assert_eq!(stage.calls(), 2);
}

#[test]
fn hc70_a_second_arm_that_waits_keeps_its_turn() {
    for stagger in [Duration::ZERO, ms(1), ms(1_000)] {
        let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
        let race = live(ms(10), &timer);
        let mut request = call(&mut race.layer(stage.backend()), 0);
        request.waits();
        set(&race, stagger);
        timer.advance(ms(9));
        request.waits();
        assert_eq!(stage.calls(), 1, "{stagger:?}");
        timer.advance(ms(1));
        request.waits();
        assert_eq!(stage.calls(), 2, "{stagger:?}");
    }
}

#[test]
fn hc70_both_arms_that_run_go_on() {
    let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
    let race = live(Duration::ZERO, &timer);
    let mut request = call(&mut race.layer(stage.backend()), 0);
    request.waits();
    set(&race, ms(10));
    request.waits();
    stage.open(1, Ok(2));
    assert_eq!(request.done(), Ok(2));
    assert_eq!((stage.calls(), stage.live()), (2, 0));
}

#[test]
fn from_at_once_to_staggered_and_back() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let race = live(Duration::ZERO, &timer);
    let mut service = race.layer(stage.backend());
    let mut calls = 0;
    for (stagger, starts) in [(ms(0), 2), (ms(5), 1), (ms(0), 2), (ms(7), 1)] {
        set(&race, stagger);
        call(&mut service, 0).waits();
        calls += starts;
        assert_eq!(stage.calls(), calls, "{stagger:?}");
    }
}

#[test]
fn a_change_between_readiness_and_call_waits_for_the_next_call() {
    use tower::Service;

    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let race = live(ms(10), &timer);
    let mut service = race.layer(stage.backend());
    assert!(super::stage::readiness(&mut service).is_ready());
    set(&race, Duration::ZERO);
    let mut first = super::stage::Hand::new(service.call(0));
    first.waits();
    assert_eq!(stage.calls(), 1, "the second arm was not readied");
    call(&mut service, 0).waits();
    assert_eq!(stage.calls(), 3);
    timer.advance(ms(10));
    first.waits();
    assert_eq!(stage.calls(), 4, "its turn came after its stagger");
}

#[test]
fn an_arm_asked_under_another_stagger_still_answers() {
    let (stage, timer) = (Stage::always(Act::Ok(1)), ManualTimer::new());
    let race = live(Duration::ZERO, &timer);
    let mut service = race.layer(stage.backend());
    stage.mood(Mood::Busy);
    assert!(super::stage::readiness(&mut service).is_pending());
    set(&race, ms(10));
    stage.mood(Mood::Ready);
    assert_eq!(call(&mut service, 0).done(), Ok(1));
    assert_eq!(stage.calls(), 1);
}

#[test]
fn hc71_services_and_races_of_one_live_value_have_the_same_stagger() {
    let timer = ManualTimer::new();
    let adaptive = Adaptive::new(ForkJoinConfig::new());
    let race = (pass() & pass()).with_timer(timer.clone());
    let races = [race.clone().tuned_by(&adaptive), race.tuned_by(&adaptive)];
    set(&races[0], ms(10));
    for race in &races {
        let stage = Stage::always(Act::Hang);
        let service = race.layer(stage.backend());
        call(&mut service.clone(), 0).waits();
        assert_eq!(stage.calls(), 1);
        assert_eq!(race.config().stagger(), ms(10));
    }
    assert!(races[1].explain().starts_with("& race, staggered 10ms"));
}
