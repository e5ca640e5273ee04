//! A shadow with another stagger, which is tried and not obeyed.

use std::time::Duration;

use ninelives::MemorySink;
use ninelives::emit::{PolicyEvent, Verdict};
use ninelives::prelude::*;
use tower::Layer;

use super::pass;
use super::stage::{Act, Mood, Stage, call};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// One race whose arms are gates, with a shadow; the arms of `answers` answer at their times.
fn race(
    stagger: Duration,
    shadow: Duration,
    answers: &[(u64, usize, Result<u32, u32>)],
) -> Vec<(Verdict, Verdict)> {
    let (stage, timer, sink) = (
        Stage::always(Act::Gate),
        ManualTimer::new(),
        MemorySink::new(),
    );
    let race = (pass() & pass())
        .stagger(stagger)
        .with_timer(timer.clone())
        .live();
    race.settings()
        .set_shadow(ForkJoinConfig::new().with_stagger(shadow))
        .unwrap();
    let mut service = race.with_sink(sink.clone()).layer(stage.backend());
    let mut request = call(&mut service, 0);
    request.waits();
    let mut now = 0;
    for &(at, arm, answer) in answers {
        while now < at {
            now += 1;
            timer.advance(ms(1));
            request.waits();
        }
        stage.open(arm, answer);
        if answer.is_ok() {
            request.done().unwrap();
        } else {
            request.waits();
        }
    }
    told(&sink)
}

/// Both verdicts of each disagreement.
fn told(sink: &MemorySink) -> Vec<(Verdict, Verdict)> {
    let events = sink.events();
    let both = events.into_iter().filter_map(|event| match event {
        PolicyEvent::ShadowEvent {
            primary, shadow, ..
        } => Some((primary, shadow)),
        _ => None,
    });
    both.collect()
}

#[test]
fn a_shorter_shadow_tells_of_the_arm_it_would_have_started() {
    let told = race(ms(10), ms(5), &[(6, 0, Ok(1))]);
    assert_eq!(told, [(Verdict::Alone, Verdict::Forked)]);
}

#[test]
fn a_longer_shadow_tells_of_the_arm_it_would_have_spared() {
    let told = race(ms(10), ms(20), &[(12, 0, Ok(1))]);
    assert_eq!(told, [(Verdict::Forked, Verdict::Alone)]);
    let told = race(ms(0), ms(20), &[(20, 0, Ok(1))]);
    assert_eq!(told, [(Verdict::Forked, Verdict::Alone)]);
}

#[test]
fn a_shadow_that_agrees_tells_nothing() {
    for (stagger, shadow, at) in [
        (10, 10, 9),
        (10, 10, 11),
        (10, 20, 9),
        (10, 5, 5),
        (10, 5, 15),
        (0, 0, 0),
    ] {
        let told = race(ms(stagger), ms(shadow), &[(at, 0, Ok(1))]);
        assert_eq!(told, [], "{stagger} {shadow} {at}");
    }
}

#[test]
fn a_shadow_counts_from_the_first_poll_as_the_stagger_does() {
    for (before, after) in [(50, 0), (6, 6)] {
        let (stage, timer, sink) = (
            Stage::always(Act::Gate),
            ManualTimer::new(),
            MemorySink::new(),
        );
        let race = (pass() & pass()).stagger(ms(10)).with_timer(timer.clone());
        let race = race.live();
        let same = ForkJoinConfig::new().with_stagger(ms(10));
        race.settings().set_shadow(same).unwrap();
        let mut service = race.with_sink(sink.clone()).layer(stage.backend());
        let mut request = call(&mut service, 0);
        timer.advance(ms(before));
        if after > 0 {
            request.waits();
            timer.advance(ms(after));
        }
        stage.open(0, Ok(1));
        assert_eq!((request.done(), stage.calls()), (Ok(1), 1));
        assert_eq!(told(&sink), [], "{before} {after}");
    }
}

#[test]
fn a_left_arm_that_failed_starts_the_right_one_under_every_stagger() {
    let told = race(ms(10), ms(20), &[(2, 0, Err(1)), (3, 1, Ok(1))]);
    assert_eq!(told, []);
}

#[test]
fn a_right_arm_that_won_before_the_shadows_turn_says_nothing() {
    assert_eq!(race(ms(5), ms(20), &[(7, 1, Ok(1))]), []);
    assert_eq!(race(ms(5), ms(6), &[(7, 1, Ok(1))]), []);
}

#[test]
fn a_promoted_shadow_is_the_stagger_of_the_next_call() {
    let (stage, timer) = (Stage::always(Act::Hang), ManualTimer::new());
    let race = (pass() & pass())
        .stagger(ms(10))
        .with_timer(timer.clone())
        .live();
    let shadow = ForkJoinConfig::new().with_stagger(ms(5));
    race.settings().set_shadow(shadow).unwrap();
    let mut service = race.layer(stage.backend());
    race.settings().promote_shadow().unwrap();
    let mut request = call(&mut service, 0);
    request.waits();
    timer.advance(ms(5));
    request.waits();
    assert_eq!(stage.calls(), 2);
}

#[test]
fn a_right_arm_without_a_token_was_begun_under_no_stagger() {
    for shadow in [5, 10, 100] {
        let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
        let (sink, budget) = (MemorySink::new(), RetryBudget::new(0.0, 0.0, 1).unwrap());
        let race = (pass() & pass())
            .stagger(ms(10))
            .with_timer(timer.clone())
            .with_budget(budget)
            .live();
        let mut service = race.clone().with_sink(sink.clone()).layer(stage.backend());
        let mut answered = |left| {
            let mut request = call(&mut service, 0);
            request.waits();
            timer.advance(ms(50));
            request.waits();
            stage.open(left, Ok(1));
            request.done()
        };
        assert_eq!(answered(0), Ok(1)); // with the only token
        assert_eq!(stage.calls(), 2);
        let stagger = ForkJoinConfig::new().with_stagger(ms(shadow));
        race.settings().set_shadow(stagger).unwrap();
        assert_eq!(answered(2), Ok(1));
        assert_eq!(stage.calls(), 3);
        assert_eq!(told(&sink), [], "{shadow}");
    }
}

#[test]
fn a_right_arm_that_was_never_ready_was_begun_under_no_stagger() {
    for shadow in [5, 10, 100] {
        let (stage, timer) = (Stage::always(Act::Gate), ManualTimer::new());
        let sink = MemorySink::new();
        let race = (pass() & pass())
            .stagger(ms(10))
            .with_timer(timer.clone())
            .live();
        let stagger = ForkJoinConfig::new().with_stagger(ms(shadow));
        race.settings().set_shadow(stagger).unwrap();
        let mut service = race.with_sink(sink.clone()).layer(stage.backend());
        let mut request = call(&mut service, 0);
        request.waits();
        stage.mood(Mood::Busy);
        timer.advance(ms(50));
        request.waits();
        stage.open(0, Ok(1));
        request.done().unwrap();
        assert_eq!((told(&sink), stage.calls()), (vec![], 1), "{shadow}");
    }
}
