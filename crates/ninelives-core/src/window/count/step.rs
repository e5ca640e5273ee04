//! What an outcome makes of the words of a count window. `current` says whether its stretch still is the one that counts; it
//! matters only where the word is of another one.

use super::recent::Recent;
use super::sum::{Seat, Sum};
use crate::window::{Mark, Term};

/// An outcome comes to a window of the last `size`; whether it counts.
#[inline]
pub const fn push(
    word: Recent,
    size: u32,
    term: Term,
    mark: Mark,
    current: bool,
) -> (Recent, bool) {
    if word.is_of(term) {
        (word.push(size, mark), true)
    } else if current {
        (Recent::of(term).push(size, mark), true)
    } else {
        (word, false)
    }
}

/// An outcome comes to its place in the ring; whether it gets it.
#[inline]
pub const fn sit(seat: Seat, term: Term, mark: Mark, current: bool) -> (Seat, bool) {
    if seat.is_of(term) || current {
        (Seat::of(term, mark), true)
    } else {
        (seat, false)
    }
}

/// An outcome got its place from `old`; whether it was counted.
#[inline]
pub const fn turn(
    sum: Sum,
    term: Term,
    new: Mark,
    old: Option<Mark>,
    current: bool,
) -> (Sum, bool) {
    if sum.is_of(term) {
        (sum.turned(new, old), true)
    } else if current {
        (Sum::of(term).turned(new, old), true)
    } else {
        (sum, false)
    }
}
