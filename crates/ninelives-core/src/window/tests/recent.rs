//! A few outcomes in one word.

use std::format;
use std::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::window::count::Recent;

const MARKS: [Mark; 4] = [Mark::SUCCESS, Mark::FAILURE, Mark::SLOW, Mark::SLOW_FAILURE];

pub(super) fn sum(marks: &[Mark]) -> Rates {
    Rates {
        total: marks.len() as u64,
        failed: marks.iter().filter(|mark| mark.failed).count() as u64,
        slow: marks.iter().filter(|mark| mark.slow).count() as u64,
    }
}

/// The last `size` of them.
pub(super) fn last(marks: &[Mark], size: u32) -> &[Mark] {
    &marks[marks.len().saturating_sub(size as usize)..]
}

#[cfg(not(miri))] // one thread, many steps
#[test]
fn every_sequence_of_seven_outcomes_of_every_small_size() {
    for size in 1..=4 {
        let window = CountWindow::new(size).unwrap();
        let mut marks = Vec::new();
        for sequence in 0..MARKS.len().pow(7) {
            window.forget(TERM);
            marks.clear();
            let mut rest = sequence;
            for _ in 0..7 {
                marks.push(MARKS[rest % MARKS.len()]);
                rest /= MARKS.len();
                note(&window, &marks[marks.len() - 1..]);
                assert_eq!(window.rates(TERM), sum(last(&marks, size)), "{marks:?}");
            }
        }
    }
}

#[test]
fn it_prints_as_it_came() {
    let marks = [Mark::SUCCESS, Mark::FAILURE, Mark::SLOW, Mark::SLOW_FAILURE];
    let word = marks
        .iter()
        .fold(Recent::EMPTY, |word, mark| word.push(24, *mark));
    assert_eq!(format!("{word:?}"), "#0 .xsX");
    assert_eq!((word.len(), word.is_empty()), (4, false));
    assert!(Recent::EMPTY.is_empty());
}

#[test]
fn happy_path_writes_nothing_once_it_is_full_of_successes() {
    let full = (0..24).fold(Recent::EMPTY, |word, _| word.push(24, Mark::SUCCESS));
    assert_eq!(full.push(24, Mark::SUCCESS), full);
    for size in 1..=24 {
        let full = (0..30).fold(Recent::of(Term::new(9)), |word, _| {
            word.push(size, Mark::SUCCESS)
        });
        assert_eq!(full, Recent::well(size, Term::new(9)));
    }
    assert_ne!(full.push(24, Mark::FAILURE), full);
}

#[cfg(not(miri))] // one thread, many steps
proptest! {
    #[test]
    fn it_is_the_last_of_a_list(
        size in 1..=Recent::MOST,
        marks in prop::collection::vec((any::<bool>(), any::<bool>()), 0..80),
    ) {
        let window = CountWindow::new(size).unwrap();
        let mut list = Vec::new();
        for (failed, slow) in marks {
            list.push(Mark { failed, slow });
            note(&window, last(&list, 1));
            prop_assert_eq!(window.rates(TERM), sum(last(&list, size)));
        }
    }
}
