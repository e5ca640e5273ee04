//! Every scenario loads the library, does what it says, and ends when it is told to.

#![allow(clippy::disallowed_methods)]

use std::sync::Arc;
use std::thread;

use profiling::course::{Course, Tally};
use profiling::scenario::{ALL, Scenario};

/// Runs a scenario until it has made so many calls.
fn calls(scenario: Scenario, enough: u64) -> Tally {
    let course = Arc::new(Course::new(42, 2));
    thread::scope(|scope| {
        let load = scope.spawn(|| scenario.run(&course));
        while course.tally().calls() < enough && !load.is_finished() {
            thread::yield_now();
        }
        course.end();
        load.join().unwrap().unwrap();
    });
    course.tally()
}

fn tally(name: &str) -> Tally {
    calls(Scenario::named(name).unwrap(), 2000)
}

#[test]
fn every_scenario_makes_calls_until_its_course_is_over() {
    for scenario in ALL {
        let tally = calls(scenario, 500);
        assert!(tally.calls() >= 500, "{scenario:?}: {tally:?}");
        assert!(tally.answered > 0, "{scenario:?}: {tally:?}");
    }
}

#[test]
fn names_are_different_and_lines_short() {
    for scenario in ALL {
        let same = ALL.iter().filter(|other| other.name == scenario.name);
        assert_eq!(same.count(), 1, "{scenario:?}");
        assert!(scenario.about.len() <= 110, "{scenario:?}");
    }
}

#[test]
fn an_unknown_scenario_is_named_with_those_that_there_are() {
    let error = Scenario::named("fullstack").unwrap_err().to_string();
    assert!(error.starts_with("unknown scenario `fullstack`: there are timeout, "));
    assert!(ALL.iter().all(|scenario| error.contains(scenario.name)));
}

#[test]
fn failures_that_a_policy_covers_do_not_reach_the_caller() {
    for name in ["retry", "fallback", "full-stack", "storm"] {
        assert_eq!(tally(name).failed, 0, "{name}");
    }
}

#[test]
fn a_closed_breaker_passes_every_sixteenth_failure_on() {
    let tally = tally("breaker");
    // Whole batches of 64.
    assert_eq!(tally.failed * 15, tally.answered, "{tally:?}");
}

#[test]
fn a_turn_of_the_circuit_is_three_failures_eight_rejections_and_two_probes() {
    let tally = tally("half-open");
    assert_eq!(tally.failed * 2, tally.answered * 11, "{tally:?}");
}
