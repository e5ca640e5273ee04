//! The machine against the naive model: every short sequence of inputs, and random long ones.

use proptest::prelude::*;

use super::super::Priority;
use super::model::{Input, Pair};

/// Every sequence of `depth` inputs, each from the start.
fn exhaust(pair: impl Fn() -> Pair, inputs: &[Input], depth: u32) {
    for number in 0..inputs.len().pow(depth) {
        let mut pair = pair();
        let mut rest = number;
        for _ in 0..depth {
            pair.apply(inputs[rest % inputs.len()]);
            rest /= inputs.len();
        }
    }
}

#[test]
fn every_sequence_of_five_inputs_agrees_with_the_model() {
    let inputs = [
        Input::Try,
        Input::Enter,
        Input::EnterWithin(1),
        Input::Take(0),
        Input::Leave(0),
        Input::Leave(1),
        Input::Release(0),
        Input::Resize(0),
        Input::Resize(2),
        Input::Close,
        Input::Watch,
    ];
    exhaust(|| Pair::new(1, 2), &inputs, 5);
}

#[test]
fn every_sequence_of_seven_inputs_of_the_line_agrees_with_the_model() {
    let inputs = [
        Input::Enter,
        Input::Take(0),
        Input::Leave(0),
        Input::Leave(1),
        Input::Release(0),
    ];
    exhaust(|| Pair::new(1, 3), &inputs, 7);
}

#[test]
fn every_sequence_of_six_inputs_with_weights_agrees_with_the_model() {
    let inputs = [
        Input::EnterFor(1, Priority::Normal),
        Input::EnterFor(2, Priority::Normal),
        Input::EnterFor(3, Priority::Normal),
        Input::TryFor(2),
        Input::Take(0),
        Input::Leave(0),
        Input::Release(0),
        Input::Resize(2),
        Input::Close,
    ];
    exhaust(|| Pair::new(3, 3), &inputs, 6);
}

#[test]
fn every_sequence_of_seven_inputs_with_classes_agrees_with_the_model() {
    let inputs = [
        Input::EnterFor(1, Priority::Low),
        Input::EnterFor(1, Priority::High),
        Input::EnterFor(2, Priority::Critical),
        Input::Take(0),
        Input::Leave(1),
        Input::Release(0),
    ];
    exhaust(|| Pair::with_classes(2, 4), &inputs, 7);
}

fn priority() -> impl Strategy<Value = Priority> {
    prop::sample::select(&Priority::ALL)
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        2 => Just(Input::Try),
        7 => Just(Input::Enter),
        2 => (0..64_u32).prop_map(Input::EnterWithin),
        4 => (0..64_usize).prop_map(Input::Take),
        4 => (0..64_usize).prop_map(Input::Leave),
        2 => (1..6_u32).prop_map(Input::TryFor),
        7 => (1..6_u32, priority()).prop_map(|(weight, class)| Input::EnterFor(weight, class)),
        9 => (0..64_usize).prop_map(Input::Release),
        2 => (0..9_u32).prop_map(Input::Resize),
        2 => Just(Input::Watch),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_sequences_agree_with_the_model(
        limit in 1..6_u32,
        places in 1..40_u32,
        mut inputs in prop::collection::vec(input(), 0..200),
        close in any::<bool>(),
        classes in any::<bool>(),
    ) {
        if close {
            inputs.push(Input::Close);
            inputs.extend([Input::Enter, Input::Leave(0), Input::Release(0), Input::Take(0), Input::Resize(9)]);
        }
        let mut pair = match classes {
            true => Pair::with_classes(limit, places),
            false => Pair::new(limit, places),
        };
        for input in inputs {
            pair.apply(input);
        }
    }
}
