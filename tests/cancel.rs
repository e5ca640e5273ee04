//! Every call, dropped at every await, and with a panic at every place, gives back all it holds.
#![allow(missing_docs)]

#[path = "support/cases.rs"]
mod cases;
#[path = "support/contract.rs"]
mod contract;
#[path = "support/kit.rs"]
mod kit;
#[path = "support/walk.rs"]
mod walk;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cases::{Bottom, Case, cases, four_layers, heeding_cases, live_cases, weighted_cases};
use contract::{Panics, Script};
use kit::{LONG, OPEN_FOR, PERMITS};
use ninelives::CircuitState;
use tower::Service;
use walk::{Before, Plan, silence_scripted_panics, walk};

const STEP: Duration = Duration::from_millis(1);
const FAILING: [u64; 4] = [0, 1, 2, u64::MAX];

fn everything() -> impl Iterator<Item = Case> {
    let alone = cases().into_iter().chain(live_cases());
    let alone = alone.chain(heeding_cases()).chain(weighted_cases());
    alone.chain([four_layers()])
}

/// Walks every case with each of these scripts, and gives how many drops that made.
fn walk_all(before: Before, step: Duration, scripts: &[Script]) -> u32 {
    let mut drops = 0;
    for case in everything() {
        for &script in scripts {
            for bottom in bottoms(before) {
                drops += walk(&Plan {
                    case,
                    bottom: *bottom,
                    script,
                    before,
                    step,
                });
            }
        }
    }
    drops
}

/// A bulkhead that turns a call away keeps the readiness of the service inside for its next call. When that readiness is the
/// only permit there is, a backup over the same service waits for it: so full bulkheads stand over the bare service alone.
fn bottoms(before: Before) -> &'static [Bottom] {
    match before {
        Before::Paused { .. } => &[Bottom::Bare],
        Before::Calm | Before::ProbesDue => &[Bottom::Bare, Bottom::LimitOne],
    }
}

/// Answers after 0 to 2 polls; the first calls fail.
fn scripts() -> Vec<Script> {
    let mut list = Vec::new();
    for answer_after in 0..=2 {
        for failing in FAILING {
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

#[test]
fn x02_hc48_dropped_at_every_await() {
    let drops = walk_all(Before::Calm, STEP, &scripts());
    assert!(drops > 20_000, "{drops} drops");
}

#[test]
fn t04_dropped_at_every_await_while_deadlines_pass() {
    let drops = walk_all(Before::Calm, LONG, &scripts());
    assert!(drops > 10_000, "{drops} drops");
}

#[test]
fn b03_dropped_at_every_await_of_a_probe() {
    let drops = walk_all(Before::ProbesDue, STEP, &scripts());
    assert!(drops > 20_000, "{drops} drops");
}

#[test]
fn s04_dropped_at_every_await_of_the_line() {
    let script = Script {
        answer_after: 1,
        ..Script::default()
    };
    // The permit comes before each of the polls: also right before the drop, given and not yet taken up.
    for opens_at in 0..6 {
        let drops = walk_all(Before::Paused { opens_at }, STEP, &[script]);
        assert!(drops > 500, "{drops} drops");
    }
}

#[test]
fn s15_b05_t05_a_panic_at_every_place() {
    silence_scripted_panics();
    for panics in [Panics::Call, Panics::Poll, Panics::Drop] {
        let mut scripts = scripts();
        for script in &mut scripts {
            script.panics = Some(panics);
        }
        for before in [Before::Calm, Before::ProbesDue] {
            walk_all(before, STEP, &scripts);
        }
        walk_all(Before::Calm, LONG, &scripts);
    }
}

fn named(name: &str) -> Case {
    everything().find(|case| case.name == name).unwrap()
}

#[test]
fn b03_a_dropped_probe_records_no_outcome() {
    let script = Script {
        answer_after: 2,
        failing: u64::MAX,
        ..Script::default()
    };
    for polls in 0..=2 {
        let bench = named("breaker").over(Bottom::Bare, script);
        bench.kit.make_probes_due();
        let mut service = bench.service.clone();
        bench.ready(&mut service).unwrap();
        assert!(bench.finish_within(service.call(7), polls).is_none());
        let view = bench.kit.breakers[0].view();
        assert_eq!(view.state, CircuitState::HalfOpen, "after {polls} polls");
        assert_eq!((view.probes_out, view.won), (0, 0), "after {polls} polls");
    }
}

#[test]
fn b05_a_probe_that_panics_is_one_failure() {
    silence_scripted_panics();
    for panics in [Panics::Call, Panics::Poll] {
        let script = Script {
            panics: Some(panics),
            ..Script::default()
        };
        let bench = named("breaker").over(Bottom::Bare, script);
        bench.kit.make_probes_due();
        let mut service = bench.service.clone();
        let caught = catch_unwind(AssertUnwindSafe(|| bench.serve(&mut service, 7)));
        assert!(caught.is_err(), "{panics:?} reaches the caller");
        let view = bench.kit.breakers[0].view();
        assert_eq!(view.state, CircuitState::Open, "{panics:?}");
        assert_eq!(view.probes_out, 0, "{panics:?}");
        bench.kit.timer.advance(OPEN_FOR);
        assert_eq!(bench.serve(&mut service, 8), Ok(8), "after {panics:?}");
    }
}

#[test]
fn r03_a_dropped_retry_makes_no_further_call() {
    let script = Script {
        answer_after: 1,
        failing: u64::MAX,
        ..Script::default()
    };
    for polls in 0..8 {
        let bench = named("retry").over(Bottom::Bare, script);
        let mut service = bench.service.clone();
        bench.ready(&mut service).unwrap();
        let _ = bench.finish_within(service.call(7), polls);
        let calls = bench.probe.calls();
        bench.kit.timer.advance(OPEN_FOR);
        assert_eq!(bench.probe.calls(), calls, "after {polls} polls");
        bench.assert_nothing_held("after the drop");
    }
}

#[test]
fn s04_a_permit_given_to_a_dropped_call_wakes_the_next() {
    let bench = named("queue").over(Bottom::Bare, Script::default());
    bench.kit.resize(0);
    let mut service = bench.service.clone();
    let mut waiting = walk::Line::default();
    for n in 0..4 {
        bench.ready(&mut service).unwrap();
        waiting.join(service.call(n));
    }
    assert_eq!(waiting.woken(), [0, 0, 0, 0]);
    // s03: one from the middle leaves; the order of the others stays.
    waiting.leave(1);
    bench.kit.resize(1);
    assert_eq!(waiting.woken(), [1, 0, 0], "the head is given the permit");
    waiting.leave(0);
    assert_eq!(
        waiting.woken(),
        [1, 0],
        "and the next, once the head has gone"
    );
    assert_eq!(waiting.finish(0), Ok(2));
    assert_eq!(waiting.woken(), [1]);
    assert_eq!(waiting.finish(0), Ok(3));
    bench.kit.resize(PERMITS);
    bench.assert_nothing_held("at the end");
}
