//! Tower's contract, kept by every policy and every pair of them.
#![allow(missing_docs)]

#[path = "support/cases.rs"]
mod cases;
#[path = "support/contract.rs"]
mod contract;
#[path = "support/kit.rs"]
mod kit;

use std::task::{Context, Poll, Waker};

use cases::{Bench, Bottom, Protected, cases, four_layers, heeding_cases};
use contract::Script;
use kit::{LONG, OPEN_FOR};
use tower::Service;

const CALLS: u32 = 1000;
const WAITS: Script = Script {
    ready_after: 1,
    answer_after: 1,
    ready_fails: false,
    failing: 0,
    panics: None,
};

/// Runs `test` over every case, over a bare service and over one behind tower's limit of one.
fn everywhere(script: Script, mut test: impl FnMut(&mut Bench)) {
    let alone = cases().into_iter().chain(heeding_cases());
    for case in alone.chain([four_layers()]) {
        for bottom in [Bottom::Bare, Bottom::LimitOne] {
            let mut bench = case.over(bottom, script);
            test(&mut bench);
            bench.assert_nothing_held("at the end");
        }
    }
}

fn replaced(bench: &mut Bench) -> Protected {
    let clone = bench.service.clone();
    std::mem::replace(&mut bench.service, clone)
}

#[test]
fn hc16_a_thousand_calls_in_sequence() {
    for script in [Script::default(), WAITS] {
        everywhere(script, |bench| {
            let mut service = replaced(bench);
            for n in 0..CALLS {
                assert_eq!(bench.serve(&mut service, n), Ok(n));
            }
        });
    }
}

#[test]
fn hc16_a_thousand_calls_each_on_a_clone() {
    everywhere(WAITS, |bench| {
        for n in 0..CALLS {
            let mut service = bench.service.clone();
            assert_eq!(bench.serve(&mut service, n), Ok(n));
        }
    });
}

#[test]
fn x03_a_thousand_calls_with_interleaved_clones() {
    everywhere(WAITS, |bench| {
        let mut first = replaced(bench);
        for n in 0..CALLS / 2 {
            let mut second = first.clone();
            let idle = second.clone();
            bench.ready(&mut first).unwrap();
            // The other asks while this one holds the only permit, and again after it was called.
            ask(&mut second);
            let call = first.call(n);
            ask(&mut second);
            drop(idle);
            assert_eq!(bench.finish(call), Ok(n));
            assert_eq!(bench.serve(&mut second, n), Ok(n));
            first = second;
        }
    });
}

/// One poll of readiness, which must not fail.
fn ask(service: &mut Protected) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    match service.poll_ready(&mut cx) {
        Poll::Ready(Err(error)) => panic!("readiness failed: {error}"),
        poll => poll.is_ready(),
    }
}

#[test]
fn hc25_readiness_never_fails_for_open_or_full() {
    let down = Script {
        failing: u64::MAX,
        ..WAITS
    };
    let (mut open, mut full) = (0, 0);
    everywhere(down, |bench| {
        bench.kit.resize(1);
        let mut service = replaced(bench);
        let mut held = Vec::new();
        for n in 0..40 {
            // Calls that hang fill bulkheads and lines; calls that fail open breakers.
            if n % 8 == 7 {
                held.clear();
                bench.kit.timer.advance(LONG);
            }
            for _ in 0..4 {
                if ask(&mut service) {
                    let call = service.call(n);
                    if n % 2 == 0 {
                        held.push(call);
                    } else {
                        let answer = bench.finish_within(call, 20);
                        open += u32::from(matches!(&answer, Some(Err(e)) if e.is_circuit_open()));
                        full += u32::from(matches!(&answer, Some(Err(e)) if e.is_bulkhead()));
                    }
                    break;
                }
            }
        }
    });
    assert!(
        open > 0 && full > 0,
        "{open} met an open circuit, {full} a full bulkhead"
    );
}

#[test]
fn hc07_readiness_never_fails_for_late() {
    let never = Script {
        ready_after: u32::MAX,
        ..Script::default()
    };
    let mut late = 0;
    everywhere(never, |bench| {
        let mut service = replaced(bench);
        for _ in 0..3 {
            if ask(&mut service) {
                let _ = bench.finish_within(service.call(0), 20).map(|result| {
                    late += u32::from(result.is_err_and(|error| error.is_timeout()));
                });
            }
            bench.kit.timer.advance(LONG);
        }
    });
    assert!(late > 0, "no case covers readiness");
}

#[test]
fn s20_fifty_readied_clones_leave_room_for_another_caller() {
    for case in cases() {
        let bench = case.over(Bottom::Bare, WAITS);
        // As many permits as one caller needs, and 49 fewer than the clones.
        bench.kit.resize(4);
        let mut idle: Vec<Protected> = (0..50).map(|_| bench.service.clone()).collect();
        for clone in &mut idle {
            bench.ready(clone).unwrap();
        }
        bench.kit.assert_no_permit_held("with fifty clones ready");
        let mut caller = bench.service.clone();
        assert_eq!(bench.serve(&mut caller, 7), Ok(7));
        drop(idle);
        bench.assert_nothing_held("with the clones dropped");
    }
}

#[test]
fn b22_a_readied_clone_holds_no_probe() {
    for case in cases() {
        let bench = case.over(Bottom::Bare, WAITS);
        bench.kit.make_probes_due();
        let views = || -> Vec<_> {
            bench
                .kit
                .breakers
                .iter()
                .map(|breaker| breaker.view())
                .collect()
        };
        let before = views();
        let mut idle: Vec<Protected> = (0..8).map(|_| bench.service.clone()).collect();
        for clone in &mut idle {
            bench.ready(clone).unwrap();
        }
        assert_eq!(views(), before, "{}: readied", case.name);
        drop(idle);
        assert_eq!(views(), before, "{}: dropped", case.name);
        let mut caller = bench.service.clone();
        assert_eq!(bench.serve(&mut caller, 7), Ok(7));
        bench.assert_nothing_held("after the probe");
    }
}

#[test]
fn x03_an_open_time_that_ends_between_readiness_and_call() {
    for case in cases() {
        for bottom in [Bottom::Bare, Bottom::LimitOne] {
            let bench = case.over(bottom, WAITS);
            for breaker in &bench.kit.breakers {
                breaker.trip();
            }
            let mut service = bench.service.clone();
            bench.ready(&mut service).unwrap();
            bench.kit.timer.advance(OPEN_FOR);
            // A service inside that was not asked is not called either.
            let answer = bench.finish(service.call(7));
            assert!(!answer.is_err_and(|error| error.is_inner()));
            bench.kit.assert_no_permit_held("after the call");
            assert_eq!(bench.serve(&mut service, 8), Ok(8), "{}", case.name);
        }
    }
}
