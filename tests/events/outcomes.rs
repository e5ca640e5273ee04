//! One outcome for each request and policy, wherever the request ends.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::task::Poll;
use std::time::Duration;

use ninelives::emit::{FailureCause, PolicyEvent, PolicyId};
use tower::Service;

use crate::cases::{Bench, Case, Protected, cases};
use crate::contract::{Panics, Probe, Script};
use crate::kit::{LONG, PERMITS};
use crate::{End, MS, ends};

/// What the policies are like when the call comes.
#[derive(Clone, Copy, Debug)]
enum Before {
    Calm,
    /// Breakers are at the end of their open time.
    ProbesDue,
    /// Breakers are open, and bulkheads have no permits.
    Shut,
    /// Bulkheads have no permits until before the poll of this number.
    Paused {
        opens_at: u32,
    },
}

/// How the call ended for its caller.
#[derive(Clone, Copy, Debug)]
struct Fate {
    end: Option<End>,
    after: Duration,
    /// It was answered, or panicked, before it was to be dropped.
    over: bool,
}

/// Drops the call of each case after every number of polls; gives how many calls that were.
fn walk_all(before: Before, step: Duration, scripts: &[Script]) -> u32 {
    let mut calls = 0;
    for case in cases() {
        for &script in scripts {
            calls += walk(case, script, before, step);
        }
    }
    calls
}

fn walk(case: Case, script: Script, before: Before, step: Duration) -> u32 {
    for polls in 0..200 {
        let (bench, mut service, probe) = case.over(script);
        let fate = run(&bench, &mut service, &probe, before, step, polls);
        let when = format!(
            "{}: {before:?}, {script:?}, after {polls} polls, {fate:?}",
            case.name
        );
        check(&bench, fate, &when);
        if fate.over {
            return polls + 1;
        }
    }
    panic!("stuck: {}", case.name);
}

fn run(
    bench: &Bench,
    service: &mut Protected,
    probe: &Probe,
    before: Before,
    step: Duration,
    polls: u32,
) -> Fate {
    match before {
        Before::Calm => {}
        Before::ProbesDue => bench.kit.make_probes_due(),
        Before::Paused { .. } => bench.kit.resize(0),
        Before::Shut => {
            bench.kit.breakers.iter().for_each(|breaker| breaker.trip());
            bench.kit.resize(0);
        }
    }
    bench.ready(service).unwrap();
    let timer = &bench.kit.timer;
    let called = ninelives::Clock::now(timer);
    let mut answer = None;
    let mut inside = true;
    let walked = catch_unwind(AssertUnwindSafe(|| {
        let mut call = service.call(7);
        for poll in 0..=polls {
            if matches!(before, Before::Paused { opens_at } if opens_at == poll) {
                bench.kit.resize(PERMITS);
            }
            if poll == polls {
                inside = false;
                break;
            }
            if let Poll::Ready(result) = Bench::poll(&mut call) {
                let told = bench.sink.events();
                answer = Some(match result {
                    Ok(_) => End::Success,
                    Err(error) => End::Failure(error.cause()),
                });
                // Polled to its end and kept: all has been told, and its drop tells nothing.
                timer.advance(LONG);
                drop(call);
                assert_eq!(bench.sink.events(), told);
                return;
            }
            timer.advance(step);
        }
    }));
    let now = ninelives::Clock::now(timer);
    let after = match answer {
        Some(_) => now.since(called).saturating_sub(LONG),
        None => now.since(called),
    };
    assert_eq!(walked.is_err(), probe.panicked(), "another panic");
    let end = match (walked, answer) {
        (_, Some(end)) => Some(end),
        (Ok(()), None) => Some(End::Cancelled),
        (Err(_), None) if inside => Some(End::Failure(FailureCause::Panicked)),
        // In the drop that its caller made: it was given up as much as it panicked.
        (Err(_), None) => None,
    };
    Fate {
        end,
        after,
        over: inside,
    }
}

#[track_caller]
fn check(bench: &Bench, fate: Fate, when: &str) {
    let events = bench.sink.events();
    let ends = ends(&events);
    let mut counts: HashMap<PolicyId, usize> = HashMap::new();
    for (policy, ..) in &ends {
        *counts.entry(*policy).or_default() += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable();
    assert_eq!(
        counts,
        bench.entered(),
        "outcomes and requests of each policy, {when}: {events:?}"
    );
    // The outermost policy tells last, and as its caller saw it.
    let Some(&(outermost, end, elapsed)) = ends.last() else {
        panic!("nothing told, {when}")
    };
    assert_eq!(elapsed, fate.after, "{when}");
    match fate.end {
        // Turned away in `call`, which its caller did not wait to hear.
        Some(End::Cancelled) if end == End::Failure(FailureCause::Rejected) => {
            assert!(fate.after.is_zero(), "{when}");
        }
        Some(fate) => assert_eq!(end, fate, "{when}: {events:?}"),
        None => assert!(
            matches!(end, End::Cancelled | End::Failure(FailureCause::Panicked)),
            "{end:?}, {when}"
        ),
    }
    let others = ends.iter().filter(|(policy, ..)| *policy == outermost);
    assert_eq!(others.count(), 1, "{when}");
    assert!(bench.sink.name_of(outermost).is_some());
    assert!(events.is_sorted_by_key(PolicyEvent::time));
}

/// Answers after 0 to 2 polls; the first calls fail.
fn scripts() -> Vec<Script> {
    let mut list = Vec::new();
    for answer_after in 0..=2 {
        for failing in [0, 1, u64::MAX] {
            list.push(Script {
                answer_after,
                failing,
                ready_after: answer_after % 2,
                ..Script::default()
            });
        }
    }
    list
}

fn panicking(panics: Panics) -> Vec<Script> {
    let with = |script| Script {
        panics: Some(panics),
        ..script
    };
    scripts().into_iter().map(with).collect()
}

/// Keeps the panics of scripts off the screen.
fn silence_scripted_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref::<String>();
            if !text.is_some_and(|text| text.starts_with("scripted panic")) {
                before(info);
            }
        }));
    });
}

#[test]
fn one_outcome_wherever_the_call_is_dropped() {
    let calls = walk_all(Before::Calm, MS, &scripts());
    assert!(calls > 8_000, "{calls} calls");
}

#[test]
fn one_outcome_while_deadlines_pass() {
    let calls = walk_all(Before::Calm, LONG, &scripts());
    assert!(calls > 5_000, "{calls} calls");
}

#[test]
fn one_outcome_of_a_probe() {
    let calls = walk_all(Before::ProbesDue, MS, &scripts());
    assert!(calls > 8_000, "{calls} calls");
}

#[test]
fn one_outcome_of_a_rejection() {
    let calls = walk_all(Before::Shut, LONG, &scripts());
    assert!(calls > 4_000, "{calls} calls");
}

#[test]
fn one_outcome_of_a_wait_in_line() {
    let script = Script {
        answer_after: 1,
        ..Script::default()
    };
    for opens_at in 0..4 {
        let calls = walk_all(Before::Paused { opens_at }, MS, &[script]);
        assert!(calls > 500, "{calls} calls");
    }
}

#[test]
fn one_outcome_of_a_panic_in_call() {
    silence_scripted_panics();
    let calls = walk_all(Before::Calm, MS, &panicking(Panics::Call));
    assert!(calls > 2_000, "{calls} calls");
}

#[test]
fn one_outcome_of_a_panic_in_a_poll() {
    silence_scripted_panics();
    for before in [Before::Calm, Before::ProbesDue] {
        let calls = walk_all(before, MS, &panicking(Panics::Poll));
        assert!(calls > 2_000, "{calls} calls");
    }
}

#[test]
fn one_outcome_of_a_panic_in_a_drop() {
    silence_scripted_panics();
    let calls = walk_all(Before::Calm, MS, &panicking(Panics::Drop));
    assert!(calls > 2_000, "{calls} calls");
    walk_all(Before::Calm, LONG, &panicking(Panics::Drop));
}

#[test]
fn a_readiness_that_fails_is_no_request() {
    let script = Script {
        ready_fails: true,
        ..Script::default()
    };
    for case in cases() {
        let (bench, mut service, _) = case.over(script);
        if bench.ready(&mut service).is_err() {
            assert_eq!(ends(&bench.sink.events()), [], "{}", case.name);
        }
    }
}
