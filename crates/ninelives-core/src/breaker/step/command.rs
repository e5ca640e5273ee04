//! What a command makes of a breaker, whatever its state.

use super::{closed, is_current, open};
use crate::breaker::limits::Limits;
use crate::breaker::span;
use crate::breaker::verdict::{State, Ticket, Transition};
use crate::breaker::word::Word;
use crate::time::Tick;

/// Open now, with a fresh deadline: while open too, and then nothing else changes.
pub const fn trip(
    word: Word,
    limits: &Limits,
    now: Tick,
    random: u64,
) -> (Word, Option<Transition>) {
    let others = word.openings().saturating_sub(1);
    ordered(
        word,
        match (word.state(), limits.open_nanos(others, random)) {
            (State::Open, Some(nanos)) => word.with_deadline(span::deadline(now, nanos)),
            (State::Latched, None) => word,
            _ => open(word, limits, now, random),
        },
    )
}

/// As [`trip`], when the breaker still is closed as it was when it gave the ticket; else nothing, and nothing while it only counts.
/// The ticket is late from then on.
pub const fn trip_under(
    word: Word,
    limits: &Limits,
    now: Tick,
    random: u64,
    ticket: &Ticket,
) -> (Word, Option<Transition>) {
    match ticket.state() {
        State::Closed if is_current(word, ticket) && !limits.is_metrics_only() => {
            trip(word, limits, now, random)
        }
        _ => (word, None),
    }
}

/// Closed now, with nothing counted and every ticket that is out late: while closed too.
pub const fn reset(word: Word, now: Tick) -> (Word, Option<Transition>) {
    ordered(word, closed(word, now).with_openings(0))
}

/// Rejects until the next order.
pub const fn force_open(word: Word) -> (Word, Option<Transition>) {
    forced(word, State::ForcedOpen)
}

/// Admits without counting until the next order.
pub const fn force_closed(word: Word) -> (Word, Option<Transition>) {
    forced(word, State::ForcedClosed)
}

/// Admits without counting until the next order: out of use.
pub const fn disable(word: Word) -> (Word, Option<Transition>) {
    forced(word, State::Disabled)
}

const fn ordered(word: Word, next: Word) -> (Word, Option<Transition>) {
    (next, Transition::between(word, next))
}

const fn forced(word: Word, state: State) -> (Word, Option<Transition>) {
    if word.state() as u8 == state as u8 {
        (word, None)
    } else {
        ordered(word, word.turn(state).with_openings(0))
    }
}
