//! The breaker against the naive one: every sequence to a depth, and long random ones.

use std::vec;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::pair::{Input, Pair, limits_of};
use super::*;

const OPEN_FOR: u64 = 5_000_000_000;
const LEASE: u64 = 7_000_000_000;

const INPUTS: [Input; 14] = [
    Input::Admit,
    Input::Report(true, Outcome::Success),
    Input::Report(false, Outcome::Success),
    Input::Report(true, Outcome::Failure),
    Input::Report(false, Outcome::Failure),
    Input::Report(true, Outcome::Breach),
    Input::Report(true, Outcome::Ignored),
    Input::Abandon(false),
    Input::Wait(OPEN_FOR),
    Input::Wait(LEASE),
    Input::Trip,
    Input::TripUnder,
    Input::Reset,
    Input::Disable,
];

/// Every sequence of `depth` inputs from here.
fn every(pair: &Pair, depth: u32, runs: &mut u32) {
    *runs += 1;
    if depth == 0 {
        return;
    }
    for input in INPUTS {
        let mut next = pair.fork();
        next.run(input);
        every(&next, depth - 1, runs);
    }
}

#[test]
fn every_sequence_of_four_inputs_from_every_stage() {
    let fail = Input::Report(false, Outcome::Failure);
    let win = Input::Report(false, Outcome::Success);
    let wait = Input::Wait(OPEN_FOR);
    let limits = limits_of(2, OPEN_FOR, 2, LEASE);
    let two_of_three = limits_of(2, OPEN_FOR, 3, LEASE).with_needed(2).unwrap();
    let two_of_three = two_of_three.with_growth(2.0, SECOND * 12).unwrap();
    let ramp = limits.with_ramp(Ramp::new().with_minimum(1).unwrap());
    let stages: [(Limits, &[Input]); 10] = [
        (limits, &[]),
        (limits, &[Input::Admit, Input::Admit, Input::Admit, fail]),
        (limits, &[Input::Admit, Input::Admit, Input::Trip]),
        (limits, &[Input::Admit, Input::Trip, wait, Input::Admit]),
        (limits, &[Input::Trip, wait, Input::Admit, Input::Admit]),
        (
            limits,
            &[Input::Trip, wait, Input::Admit, win, Input::Admit],
        ),
        (two_of_three, &[Input::Trip, wait, Input::Admit, fail]),
        (ramp, &[Input::Trip, wait, Input::Admit]),
        (ramp, &[Input::Trip, wait, Input::Admit, wait, win, wait]),
        (
            limits.with_metrics_only(true),
            &[Input::Admit, Input::Admit, Input::Admit, fail],
        ),
    ];
    for (limits, stage) in stages {
        let mut pair = Pair::new(limits);
        for input in stage {
            pair.run(*input);
        }
        let mut runs = 0;
        every(&pair, 4, &mut runs);
        assert_eq!(runs, 1 + 14 + 196 + 2_744 + 38_416);
    }
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        4 => Just(Outcome::Success),
        4 => Just(Outcome::Failure),
        1 => Just(Outcome::Breach),
        1 => Just(Outcome::Ignored),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    let micros = 1_000_u64..10_000_000;
    prop_oneof![
        30 => Just(Input::Admit),
        24 => (any::<bool>(), outcome()).prop_map(|(oldest, outcome)| Input::Report(oldest, outcome)),
        3 => any::<bool>().prop_map(Input::Abandon),
        10 => micros.prop_map(Input::Wait),
        2 => (0_u64..5_000_000).prop_map(Input::Back),
        1 => Just(Input::Trip),
        1 => Just(Input::TripUnder),
        1 => Just(Input::Reset),
        1 => Just(Input::ForceOpen),
        1 => Just(Input::ForceClosed),
        1 => Just(Input::Disable),
        2 => any::<u64>().prop_map(Input::Seed),
        2 => limits().prop_map(Input::Limits),
    ]
}

fn limits() -> impl Strategy<Value = Limits> {
    let open_for = prop_oneof![
        9 => 1_000_000_u64..6_000_000,
        1 => Just(u64::MAX),
    ];
    let basics = (0..5_u32, open_for, 1..5_u32, 1_000_000_u64..20_000_000);
    let growth = (10..50_u32, 1..5_u32, 0..3_u32);
    let ramp = proptest::option::of((1..4_u32, 1..11_u32));
    (
        basics,
        1..5_u32,
        growth,
        ramp,
        proptest::bool::weighted(0.05),
    )
        .prop_map(
            |((threshold, open_for, probes, lease), needed, growth, ramp, metrics_only)| {
                let (factor, longest, jitter) = growth;
                let mut limits = limits_of(threshold, open_for, probes, lease)
                    .with_needed(needed.min(probes))
                    .and_then(|limits| limits.with_jitter(f64::from(jitter) / 2.0))
                    .expect("in range");
                if open_for != u64::MAX {
                    let longest = Duration::from_nanos(open_for) * longest;
                    limits = limits
                        .with_growth(f64::from(factor) / 10.0, longest)
                        .expect("in range");
                }
                if let Some((minimum, ratio)) = ramp {
                    let ramp = Ramp::new().with_minimum(minimum).expect("in range");
                    let ramp = ramp.with_failure_ratio(f64::from(ratio) / 10.0);
                    limits = limits.with_ramp(ramp.expect("in range"));
                }
                limits.with_metrics_only(metrics_only)
            },
        )
}

#[test]
fn long_random_lives_agree_with_the_naive_breaker_and_reach_every_change() {
    let mut changes = [[0_u32; 8]; 8];
    // One fixed seed: which changes are reached must not depend on luck.
    let config = ProptestConfig {
        cases: 1_500,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, seed);
    let seen = core::cell::RefCell::new(&mut changes);
    let lives = (limits(), proptest::collection::vec(input(), 1..120));
    let result = runner.run(&lives, |(limits, inputs)| {
        let mut pair = Pair::new(limits);
        for input in inputs {
            pair.run(input);
        }
        for (sum, row) in seen.borrow_mut().iter_mut().zip(pair.changes) {
            for (sum, count) in sum.iter_mut().zip(row) {
                *sum += count;
            }
        }
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}\n{runner}");
    }
    // Closed, open, half-open, latched, forced open, forced closed, disabled, ramping: who reaches whom.
    let reachable = [
        "01011110", "10111111", "11011110", "11001110", "11010110", "11011010", "11011100",
        "11111110",
    ];
    for (from, row) in reachable.iter().enumerate() {
        for (to, expected) in row.bytes().enumerate() {
            let count = changes[from][to];
            assert_eq!(count > 0, expected == b'1', "{from} to {to}: {count}");
        }
    }
}
