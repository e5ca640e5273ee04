//! The step against the naive model: every short sequence, and many long ones.

use proptest::collection::vec;
use proptest::prelude::*;

use super::naive::{Input, Naive};
use super::{at, limits};
use crate::budget::{Limits, Withdrawal, Word};

/// Runs both and compares them after every input.
fn agree(limits: &Limits, word: &mut Word, naive: &mut Naive, input: Input) -> Option<Withdrawal> {
    let verdict = match input {
        Input::Deposit => {
            *word = word.deposit(limits);
            None
        }
        Input::Refund => {
            *word = word.refund(limits);
            None
        }
        Input::Withdraw { millis } => {
            let (next, verdict) = word.withdraw(limits, at(millis));
            *word = next;
            Some(verdict)
        }
    };
    let expected = naive.apply(limits, input);
    assert_eq!(verdict, expected, "{input:?} gave {word:?}, {naive:?}");
    assert_eq!(
        word.tokens(),
        naive.tokens(),
        "{input:?} gave {word:?}, {naive:?}"
    );
    assert_eq!(
        word.stamp(),
        naive.last() as u32,
        "{input:?} gave {word:?}, {naive:?}"
    );
    assert!(word.tokens() <= f64::from(limits.cap()), "{word:?}");
    verdict
}

#[test]
fn every_sequence_of_six_inputs_agrees_with_the_model() {
    const DEPTH: u32 = 6;
    // Moves of the clock in milliseconds: none, less than a token, several tokens, a stale reading, a step back.
    const MOVES: [i64; 5] = [0, 90, 1_700, -400, -2_500];
    let limits = limits(0.3, 1.5, 2);
    let choices = 2 + MOVES.len() as u64;
    let (mut granted, mut empty) = (0u32, 0u32);
    for sequence in 0..choices.pow(DEPTH) {
        let (mut word, mut naive) = (Word::full(&limits), Naive::full(&limits));
        let (mut now, mut rest) = (0i64, sequence);
        for _ in 0..DEPTH {
            let choice = (rest % choices) as usize;
            rest /= choices;
            let input = match choice {
                0 => Input::Deposit,
                1 => Input::Refund,
                _ => {
                    now = (now + MOVES[choice - 2]).max(0);
                    Input::Withdraw { millis: now as u64 }
                }
            };
            match agree(&limits, &mut word, &mut naive, input) {
                Some(Withdrawal::Granted) => granted += 1,
                Some(Withdrawal::Empty) => empty += 1,
                None => {}
            }
        }
    }
    assert!(
        granted > 1_000 && empty > 1_000,
        "{granted} granted, {empty} empty"
    );
}

#[derive(Clone, Debug)]
enum Move {
    Deposit,
    Refund,
    Withdraw { by: i64 },
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => Just(Move::Deposit),
        1 => Just(Move::Refund),
        4 => (-20i64..200).prop_map(|by| Move::Withdraw { by }),
        1 => (-5_000i64..50_000).prop_map(|by| Move::Withdraw { by }),
        1 => (0i64..1_000_000_000).prop_map(|by| Move::Withdraw { by }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn long_sequences_agree_with_the_model(
        ratio in 0.0..=10.0f64,
        min_per_second in prop_oneof![0.0..=20.0f64, 0.0..=65_535.0f64],
        cap in prop_oneof![1u32..5, 1u32..=65_535],
        moves in vec(moves(), 1..200),
    ) {
        let limits = limits(ratio, min_per_second, cap);
        let (mut word, mut naive) = (Word::full(&limits), Naive::full(&limits));
        let mut now = 0i64;
        for step in moves {
            let input = match step {
                Move::Deposit => Input::Deposit,
                Move::Refund => Input::Refund,
                Move::Withdraw { by } => {
                    now = (now + by).max(0);
                    Input::Withdraw { millis: now as u64 }
                }
            };
            agree(&limits, &mut word, &mut naive, input);
        }
    }
}
